package web

import (
	"net/http"
	"runtime/debug"
	"strings"

	"chancery.example/internal/web/i18n"
	"chancery.example/letter"
)

// policy is the content security policy of every page: nothing from anywhere
// but this server, no inline script or style, no frame around it.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; font-src 'self'; " +
	"form-action 'self'; worker-src 'self'; manifest-src 'self'; img-src 'self' blob:; base-uri 'none'; frame-ancestors 'none'"

// wasmPolicy is that of pages that answer on the reader's device, and of what they
// load: it may compile WebAssembly, and otherwise no more.
var wasmPolicy = strings.Replace(policy, "script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'", 1)

// protect sets the security headers, refuses forms that other sites send, and
// answers a failure of the program with a page that says so.
func (s *site) protect(next http.Handler) http.Handler {
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := s.bare(w, r)
		s.write(c, s.problem(c, "cross_origin", 0))
	}))
	guarded := guard.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		SecurityHeaders(w.Header(), s.opts.HTTPS)
		if runsWasm(r.URL.Path) && s.opts.Reader.Kit() != nil {
			w.Header().Set("Content-Security-Policy", wasmPolicy)
		}
		defer func() {
			failure := recover()
			if failure == nil {
				return
			}
			if failure == http.ErrAbortHandler { //nolint:errorlint // the value itself is the signal
				panic(failure)
			}
			s.opts.Log.ErrorContext(r.Context(), "a page failed", "path", r.Pattern, "failure", failure, "stack", string(debug.Stack()))
			c := s.bare(w, r)
			s.write(c, s.problem(c, "internal", 0))
		}()
		guarded.ServeHTTP(w, r)
	})
}

// bare is a call without records, for answers that must not depend on them.
func (s *site) bare(w http.ResponseWriter, r *http.Request) *call {
	lang := langOf(r.URL.Path)
	return &call{Request: r, w: w, lang: lang, printer: s.printers[lang]}
}

// langOf returns the language of an address.
func langOf(path string) letter.Lang {
	prefix := "/" + string(i18n.Arabic)
	if path == prefix || len(path) > len(prefix) && path[:len(prefix)+1] == prefix+"/" {
		return i18n.Arabic
	}
	return i18n.English
}

// SecurityHeaders sets what browsers are to hold pages to, those of the desk
// included. https: they are served by https.
func SecurityHeaders(h http.Header, https bool) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	// Same-origin rather than none: with none, browsers send "Origin: null" with
	// the form, which cannot be told from another site's.
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Embedder-Policy", "require-corp")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(self), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()")
	h.Set("Origin-Agent-Cluster", "?1")
	if https {
		h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
	}
}

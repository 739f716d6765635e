package web

import (
	"log/slog"
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

// withPictures is a policy for an answer that holds pictures of its own, as data: addresses:
// they show what the reader sent, so that they must have no address here. Pictures run
// nothing and load nothing, wherever their bytes come from.
func withPictures(policy string) string {
	return strings.Replace(policy, "img-src 'self' blob:", "img-src 'self' blob: data:", 1)
}

// A Guard is what stands before all pages of a door.
type Guard struct {
	HTTPS bool // the pages are served by https
	Log   *slog.Logger
	// Headers changes the security headers for an address; nil changes none.
	Headers func(*http.Request, http.Header)
	// Say answers with the door's own page of a problem: "cross_origin" or "internal".
	Say func(w http.ResponseWriter, r *http.Request, problem string)
}

// Protect sets the security headers, refuses forms that other sites send, and
// answers a failure of the program with a page that says so.
func (g Guard) Protect(next http.Handler) http.Handler {
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { g.Say(w, r, "cross_origin") }))
	guarded := guard.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		securityHeaders(w.Header(), g.HTTPS)
		if g.Headers != nil {
			g.Headers(r, w.Header())
		}
		defer func() {
			failure := recover()
			if failure == nil {
				return
			}
			if failure == http.ErrAbortHandler { //nolint:errorlint // the value itself is the signal
				panic(failure)
			}
			g.Log.ErrorContext(r.Context(), "a page failed", "path", r.Pattern, "failure", failure, "stack", string(debug.Stack()))
			g.Say(w, r, "internal")
		}()
		guarded.ServeHTTP(w, r)
	})
}

// protect stands before the public pages.
func (s *site) protect(next http.Handler) http.Handler {
	return Guard{HTTPS: s.opts.HTTPS, Log: s.opts.Log,
		Headers: func(r *http.Request, h http.Header) {
			if runsWasm(r.URL.Path) && s.opts.Reader.Kit() != nil {
				h.Set("Content-Security-Policy", wasmPolicy)
			}
		},
		Say: func(w http.ResponseWriter, r *http.Request, problem string) {
			c := s.bare(w, r)
			s.write(c, s.problem(c, problem, 0))
		},
	}.Protect(next)
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

// securityHeaders sets what browsers are to hold pages to. https: they are served
// by https.
func securityHeaders(h http.Header, https bool) {
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

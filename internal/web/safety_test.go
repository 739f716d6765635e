package web_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"chancery.example/internal/web"
	"chancery.example/internal/web/webtest"
)

func TestSecurityHeaders(t *testing.T) {
	h := serve(t, webtest.New(t), web.Options{HTTPS: true})
	for _, path := range []string{"/", "/ar/log", "/nothing", "/style.css", "/log/3/raw", "/l/lights/LA-2026-004/proof"} {
		res := get(t, h, path)
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; font-src 'self'; " +
				"form-action 'self'; worker-src 'self'; manifest-src 'self'; img-src 'self' blob:; base-uri 'none'; frame-ancestors 'none'",
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin",
			"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
			"Strict-Transport-Security": "max-age=63072000; includeSubDomains",
		} {
			if got := res.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q; want %q", path, name, got, want)
			}
		}
		if len(res.Cookies()) > 0 {
			t.Errorf("%s sets a cookie", path)
		}
	}
	if hsts := get(t, serve(t, webtest.Empty(t), web.Options{}), "/").Header.Get("Strict-Transport-Security"); hsts != "" {
		t.Errorf("without https browsers are told to use it: %q", hsts)
	}
}

func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	h := serve(t, webtest.New(t), web.Options{})
	res := post(t, h, "/ar/check", map[string]string{"text": webtest.InForce}, "", "Sec-Fetch-Site", "cross-site")
	if res.StatusCode != http.StatusForbidden {
		t.Errorf("status %d", res.StatusCode)
	}
	wellFormed(t, "cross site", body(t, res))
	if res := post(t, h, "/check", map[string]string{"text": webtest.InForce}, "", "Sec-Fetch-Site", "same-origin"); res.StatusCode != http.StatusOK {
		t.Errorf("own form: status %d", res.StatusCode)
	}
}

// What is not public has the same page as what does not exist.
func TestAbsentAndHiddenLookTheSame(t *testing.T) {
	h := serve(t, webtest.New(t), web.Options{})
	want := body(t, get(t, h, "/l/lights/LA-2026-999"))
	for _, path := range []string{
		"/l/lights/LA-2026-008", "/l/lights/LA-2026-008/proof", "/l/nobody/LA-2026-004", "/l/courier/LA-2026-004", "/l/lights/../x",
		"/o/nobody", "/o/lights?standing=nonsense", "/o/lights?year=soon", "/o/lights?year=0", "/o/lights?language=English", "/log/99", "/log/-1", "/log/01", "/log/x", "/log/99/raw", "/l/lights/", "/nothing",
	} {
		res := get(t, h, path)
		if res.StatusCode >= 300 && res.StatusCode < 400 {
			continue // the mux cleans the path
		}
		if got := body(t, res); res.StatusCode != http.StatusNotFound || got != want {
			t.Errorf("%s: status %d, or another page", path, res.StatusCode)
		}
	}
}

func TestEmbargoedWordsAreNowhere(t *testing.T) {
	h := serve(t, webtest.New(t), web.Options{})
	for _, path := range []string{"/l/lights/LA-2026-007", "/ar/l/lights/LA-2026-007", "/log/30", "/o/lights"} {
		if strings.Contains(body(t, get(t, h, path)), "secret of the embargo") {
			t.Errorf("%s shows the words", path)
		}
	}
}

func TestDownloads(t *testing.T) {
	reg := webtest.New(t)
	h := serve(t, reg, web.Options{})
	raw, _ := reg.Entry(t.Context(), 5)
	res := get(t, h, "/log/5/raw")
	if got := body(t, res); got != string(raw) || res.Header.Get("Content-Disposition") != "attachment; filename=entry-5.cose" {
		t.Errorf("raw entry: %d bytes, %q", len(got), res.Header.Get("Content-Disposition"))
	}
	res = get(t, h, "/l/lights/LA/2026/006/proof")
	if got := body(t, res); got != "proof of lights LA/2026/006" || res.Header.Get("Content-Disposition") != "attachment; filename=LA-2026-006.chancery-proof" {
		t.Errorf("proof: %q, %q", got, res.Header.Get("Content-Disposition"))
	}
	reg.NoProof = http.ErrNotSupported
	if res = get(t, h, "/l/lights/LA/2026/006/proof"); res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a proof that cannot be made: status %d", res.StatusCode)
	}
}

// Files of the design may be kept for ever, because their addresses change with
// their bytes; every one that a page or the style sheet names is there.
func TestAssets(t *testing.T) {
	h := serve(t, webtest.New(t), web.Options{})
	style := regexp.MustCompile(`href="(/style\.[0-9a-f]{16}\.css)"`).FindStringSubmatch(body(t, get(t, h, "/")))
	if style == nil {
		t.Fatal("the page names no style sheet")
	}
	css := body(t, get(t, h, style[1]))
	addresses := []string{style[1]}
	for _, m := range regexp.MustCompile(`url\(([^)]+)\)`).FindAllStringSubmatch(css, -1) {
		addresses = append(addresses, m[1])
	}
	if len(addresses) != 9 {
		t.Errorf("%d files; want the sheet and 8 fonts", len(addresses))
	}
	size := 0
	for _, a := range addresses {
		res := get(t, h, a)
		size += len(body(t, res))
		if res.StatusCode != http.StatusOK || res.Header.Get("Cache-Control") != "public, max-age=31536000, immutable" {
			t.Errorf("%s: %d %q", a, res.StatusCode, res.Header.Get("Cache-Control"))
		}
	}
	if size > 300_000 {
		t.Errorf("the design takes %d bytes", size)
	}
}

// The pages for programs, at the same addresses.
func TestPagesAsJSON(t *testing.T) {
	h := serve(t, webtest.New(t), web.Options{})
	for path, want := range map[string]string{
		"/l/lights/LA-2026-002": `"standing":"withdrawn"`, "/l/lights/LA-2026-003": `"standing":"draft_closed"`,
		"/o/": `"office":"courier"`, "/o/lights": `"reference":"LA-2026-007"`, "/log": `"entry":34`, "/log/8": `"kind":"issue"`,
	} {
		res := get(t, h, path, "Accept", jsonOnly)
		var compact bytes.Buffer
		text := body(t, res)
		if err := json.Compact(&compact, []byte(text)); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		if !strings.Contains(compact.String(), want) || !strings.Contains(compact.String(), `"checkpoint":{"origin":"`+webtest.Origin) {
			t.Errorf("%s: %s is missing in %s", path, want, compact.String())
		}
	}
	res := get(t, h, "/nothing", "Accept", jsonOnly)
	if got := body(t, res); res.Header.Get("Content-Type") != "application/problem+json" || !strings.Contains(got, `"status": 404`) {
		t.Errorf("problem: %s", got)
	}
}

func TestMethods(t *testing.T) {
	h := serve(t, webtest.New(t), web.Options{})
	for _, c := range []struct {
		method, path string
		status       int
	}{{"HEAD", "/", 200}, {"HEAD", "/l/lights/LA-2026-004", 200}, {"GET", "/check", 303}, {"DELETE", "/log", 405}, {"PUT", "/l/lights/LA-2026-004", 405}} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(c.method, c.path, nil))
		if w.Code != c.status || c.method == "HEAD" && w.Body.Len() > 0 {
			t.Errorf("%s %s: %d with %d bytes; want %d", c.method, c.path, w.Code, w.Body.Len(), c.status)
		}
	}
}

// A genuine reference can stand on a forged paper: only words that a reader
// gave are answered in full colour.
func TestRecordPageIsNoAnswer(t *testing.T) {
	h := serve(t, webtest.New(t), web.Options{})
	page := body(t, get(t, h, "/l/lights/LA-2026-004"))
	if !strings.Contains(page, `class="verdict record i-in-force"`) || !strings.Contains(page, "says nothing about a paper in your hand") {
		t.Error("the page of a letter in force can be taken for an answer about a paper")
	}
}

// The address on paper is frozen: it must answer for ever, in this form, and the
// page must not depend on the register.
func TestPaperCodeAddressIsFrozen(t *testing.T) {
	full, empty := serve(t, webtest.New(t), web.Options{}), serve(t, webtest.Empty(t), web.Options{})
	page := body(t, get(t, full, "/q/"))
	if !strings.Contains(page, "A code alone says nothing") || strings.Contains(page, "i-in-force") {
		t.Error("the page of the paper code claims something")
	}
	if other := body(t, get(t, empty, "/q/")); other != page {
		t.Error("the page differs from register to register")
	}
}

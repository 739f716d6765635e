package web_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"chancery.example/internal/web"
	"chancery.example/internal/web/webtest"
)

func serve(t testing.TB, src web.Source, opts web.Options) http.Handler {
	t.Helper()
	h, err := web.New(src, opts)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func get(t testing.TB, h http.Handler, path string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t testing.TB, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// post sends the form as a browser does.
func post(t testing.TB, h http.Handler, path string, fields map[string]string, file string, header ...string) *http.Response {
	t.Helper()
	var buf bytes.Buffer
	form := multipart.NewWriter(&buf)
	part, err := form.CreateFormFile("file", "paper.txt")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(part, file)
	for name, value := range fields {
		if err := form.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, path, &buf)
	r.Header.Set("Content-Type", form.FormDataContentType())
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

var pages = []string{
	"/", "/q/", "/about", "/o/", "/o/lights", "/o/ministry", "/o/lights?standing=withdrawn", "/o/lights?language=ar&year=2026", "/log", "/l/lights/LA-2026-001",
	"/l/lights/LA-2026-002", "/l/lights/LA-2026-003", "/l/lights/LA-2026-004", "/l/lights/LA-2026-005",
	"/l/lights/LA/2026/006", "/l/lights/LA-2026-007", "/l/ministry/LA-2026-004",
}

// missing finds a message that is not there, which is shown as its key.
var missing = regexp.MustCompile(`\[[a-z]+(\.[a-zA-Z_-]+)+\]`)

func TestEveryPageInBothLanguages(t *testing.T) {
	reg := webtest.New(t)
	h := serve(t, reg, web.Options{})
	paths := append([]string{}, pages...)
	for i := range reg.Size() {
		paths = append(paths, "/log/"+itoa(i))
	}
	for _, path := range paths {
		for _, lang := range []string{"en", "ar"} {
			at, dir := path, "ltr"
			if lang == "ar" {
				at, dir = "/ar"+path, "rtl"
			}
			res := get(t, h, at)
			text := body(t, res)
			if res.StatusCode != http.StatusOK {
				t.Errorf("%s: status %d", at, res.StatusCode)
				continue
			}
			wellFormed(t, at, text)
			for _, want := range []string{`<html lang="` + lang + `" dir="` + dir + `">`, `class="exercise"`, "<h1>"} {
				if !strings.Contains(text, want) {
					t.Errorf("%s: %q is missing", at, want)
				}
			}
		}
	}
}

// wellFormed checks what no page may hold, and that it has one h1 and no id
// twice.
func wellFormed(t testing.TB, at, text string) {
	t.Helper()
	for _, m := range strings.SplitAfter(text, "<script")[1:] {
		if !strings.HasPrefix(m, ` type="application/ld+json">{`) && !strings.HasPrefix(m, ` src="/`) && !strings.HasPrefix(m, ` type="module" src="/`) {
			t.Errorf("%s: a script in the page: %.80q", at, m)
		}
	}
	if m := missing.FindString(text); m != "" {
		t.Errorf("%s: no message for %s", at, m)
	}
	for _, bad := range []string{" style=", "onclick", "javascript:", "{n}", "{k}", "%!", "<no value>", "ZgotmplZ", "<em>cannot", "<b>Amal"} {
		if strings.Contains(text, bad) {
			t.Errorf("%s: the page holds %q", at, bad)
		}
	}
	seen, headlines := map[string]bool{}, 0
	for z := html.NewTokenizer(strings.NewReader(text)); ; {
		kind := z.Next()
		if kind == html.ErrorToken {
			if !errors.Is(z.Err(), io.EOF) {
				t.Errorf("%s: %v", at, z.Err())
			}
			break
		}
		tok := z.Token()
		if kind == html.StartTagToken && tok.Data == "h1" {
			headlines++
		}
		for _, a := range tok.Attr {
			if a.Key == "id" && seen[a.Val] {
				t.Errorf("%s: two elements with id %q", at, a.Val)
			}
			seen[a.Val] = seen[a.Val] || a.Key == "id"
		}
	}
	if headlines != 1 {
		t.Errorf("%s: %d headlines; want 1", at, headlines)
	}
}

func itoa(i int) string { return string(json.Number(strings.TrimSpace(string(mustJSON(i))))) }

func mustJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

var _ = url.Values{}

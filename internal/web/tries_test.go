package web_test

import (
	"bytes"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"chancery.example/internal/web"
	"chancery.example/internal/web/webtest"
	"chancery.example/letter"
)

// TestTries: papers on offer stand on the first page in both languages, their files can
// be had, and one is checked as if its reader had sent it. Nothing else is.
func TestTries(t *testing.T) {
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 60, 80))); err != nil {
		t.Fatal(err)
	}
	h, err := web.New(webtest.NewFurther(t), web.Options{Tries: []web.Try{
		{Name: "paper.txt", Title: map[letter.Lang]string{"en": "A letter <in force>", "ar": "رسالة سارية"}, Media: "text/plain", Data: []byte(webtest.Harbour)},
		{Name: "photo.png", Title: map[letter.Lang]string{"en": "A photo"}, Media: "image/png", Data: picture.Bytes()},
	}})
	if err != nil {
		t.Fatal(err)
	}
	do := func(r *http.Request) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	get := func(path string) *httptest.ResponseRecorder {
		return do(httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	}
	send := func(name string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/check", strings.NewReader(url.Values{"try": {name}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return do(r)
	}
	for path, want := range map[string][]string{
		"/":    {"A letter &lt;in force&gt;", `src="/try/photo.png"`, `value="paper.txt"`, `<p lang="en" dir="auto">A photo`},
		"/ar/": {"رسالة سارية", `src="/ar/try/photo.png"`, `<p lang="en" dir="auto">A photo`}, // no title in Arabic
	} {
		page := get(path).Body.String()
		for _, w := range want {
			if !strings.Contains(page, w) {
				t.Errorf("%s lacks %s", path, w)
			}
		}
		if strings.Contains(page, `src="/try/paper.txt"`) {
			t.Errorf("%s shows a text as a picture", path)
		}
	}
	if got := get("/try/photo.png"); got.Code != http.StatusOK || got.Header().Get("Content-Type") != "image/png" || !bytes.Equal(got.Body.Bytes(), picture.Bytes()) {
		t.Errorf("the file of a paper: %d %s", got.Code, got.Header().Get("Content-Type"))
	}
	if got := get("/try/other.png"); got.Code != http.StatusNotFound {
		t.Errorf("a file that is not on offer: %d", got.Code)
	}
	if got := send("paper.txt"); got.Code != http.StatusOK || !strings.Contains(got.Body.String(), "The words of a letter in force") {
		t.Errorf("a check of a paper on offer: %d\n%s", got.Code, got.Body)
	}
	if got := send("other.txt"); got.Code != http.StatusBadRequest {
		t.Errorf("a check of a paper that is not on offer: %d", got.Code)
	}
}

// TestNoTries: where none is on offer nothing says so.
func TestNoTries(t *testing.T) {
	h, err := web.New(webtest.New(t), web.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{"/": http.StatusOK, "/try/paper.txt": http.StatusNotFound} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
		if w.Code != want || strings.Contains(w.Body.String(), "/try/") {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

package web_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"testing"

	"chancery.example/internal/web"
	"chancery.example/internal/web/webtest"
)

// FuzzForm sends anything as a form: the answer is a page or a problem, never a
// failure of the program.
func FuzzForm(f *testing.F) {
	h, err := web.New(webtest.New(f), web.Options{FileLimit: 1 << 16, TextLimit: 1 << 14})
	if err != nil {
		f.Fatal(err)
	}
	const multipart = "multipart/form-data; boundary=x"
	f.Add(multipart, []byte("--x\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nkeep radio channel 14 open\r\n--x--\r\n"))
	f.Add(multipart, []byte("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\u202ea\x00.html\"\r\nContent-Type: text/html\r\n\r\n<p>&#0;<q>a\r\n--x--\r\n"))
	f.Add(multipart, []byte("--x\r\nContent-Disposition: form-data; name=\"text1\"\r\n\r\n\"a b\" c\r\n--x\r\nContent-Disposition: form-data; name=\"files\"; filename=\"b\"\r\n\r\n«a [b]»\r\n--x--\r\n"))
	f.Add("application/x-www-form-urlencoded", []byte("text=%E2%80%AE%00LA-2026-004&as=report"))
	f.Add("text/html", []byte("<html><blockquote>“Vessels of more than 60 metres</blockquote>"))
	f.Add("text/plain; charset=utf-8", []byte("\xff\xfe\x00"))
	f.Fuzz(func(t *testing.T, contentType string, data []byte) {
		for _, path := range []string{"/check", "/compare"} {
			r := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(data))
			r.Header.Set("Content-Type", contentType)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code == http.StatusInternalServerError {
				t.Errorf("%s: status %d for %q: %s", path, w.Code, contentType, w.Body)
			}
			wellFormed(t, path, w.Body.String())
		}
	})
}

package shapes_test

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"chancery.example/internal/check"
	"chancery.example/internal/server"
	"chancery.example/internal/web"
	"chancery.example/proof"
)

// uploaded sends a photo to the register's own pages, for readers of both languages and
// for programs: the answer says how it was compared.
func (d *desk) uploaded(t *testing.T, photo []byte) {
	t.Helper()
	src, err := server.Read(t.Context(), d.house.Dir, proof.Policy{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	pages, err := web.New(src, web.Options{Pictures: d.reader.Read, Rates: web.Rates{All: web.Rate{Burst: -1}, Checks: web.Rate{Burst: -1}}})
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(pages)
	defer s.Close()
	var f check.Finding
	if err := json.Unmarshal(sent(t, s.URL+"/check", "application/json", photo), &f); err != nil || f.Shape == nil || f.Record == nil || f.Record.Reference != reference(1) {
		t.Errorf("programs are told %+v, %v", f, err)
	}
	for path, says := range map[string]string{"/check": "Compared by shape with page 1", "/ar/check": "ar"} {
		page := string(sent(t, s.URL+path, "text/html", photo))
		if says == "ar" && f.Shape != nil {
			says = f.Shape.Says.AR
		}
		if !strings.Contains(page, says) || !strings.Contains(page, string(reference(1))) {
			t.Errorf("%s does not say %q", path, says)
		}
	}
}

func sent(t *testing.T, address, accept string, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	part, err := m.CreateFormFile("file", "photo.jpg")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write(data)
	_ = m.Close()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, &b)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", m.FormDataContentType())
	r.Header.Set("Accept", accept)
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = got.Body.Close() }()
	out, err := io.ReadAll(got.Body)
	if err != nil || got.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v: %.300s", address, got.Status, err, out)
	}
	return out
}

package shapes_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"chancery.example/internal/check"
	"chancery.example/internal/server"
	"chancery.example/internal/web"
	"chancery.example/internal/web/webtest"
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

func sent(t *testing.T, address, accept string, photo []byte) []byte {
	t.Helper()
	status, body := webtest.Upload(t, address, accept, "photo.jpg", photo)
	if status != http.StatusOK {
		t.Fatalf("%s: %d: %.300s", address, status, body)
	}
	return body
}

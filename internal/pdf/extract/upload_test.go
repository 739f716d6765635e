package extract

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"chancery.example/internal/check"
	"chancery.example/internal/server"
	"chancery.example/internal/testkit"
	"chancery.example/internal/web"
	"chancery.example/internal/web/webtest"
	"chancery.example/proof"
)

// TestUploaded: PDFs that are sent to a register's own pages are answered, as the file
// that was issued, as an altered one, and as what cannot be read; a bomb and a file that
// was cut off end nothing, and the next one is answered.
func TestUploaded(t *testing.T) {
	h, own := inBothHouse(t)
	src, err := server.Read(t.Context(), h.Dir, proof.Policy{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	pages, err := web.New(src, web.Options{PDFs: reader(t, nil), Rates: web.Rates{All: web.Rate{Burst: -1}, Checks: web.Rate{Burst: -1}}})
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(pages)
	defer s.Close()
	forged := strings.NewReplacer("840", "940").Replace(pilotsEN)
	bomb, err := os.ReadFile(filepath.Join(testkit.Data(t, "attack-generated"), "bomb_flate3_1G.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		data   []byte
		status int
		code   string // of the headline, or the problem
		says   string // a page
	}{
		{"issued", own, http.StatusOK, "exact_file/in_force", "in force"},
		{"altered", setAndSealed(t, "Harbour Commission", forged), http.StatusOK, "altered/lookalike", "940"},
		{"bomb", bomb, http.StatusUnprocessableEntity, "about:blank#" + string(check.ProblemPDF), "the pdf could not be read"},
		{"cut off", own[:len(own)/3], http.StatusUnprocessableEntity, "about:blank#" + string(check.ProblemPDF), "the pdf could not be read"},
		{"issued once more", own, http.StatusOK, "exact_file/in_force", "in force"},
	} {
		status, body := webtest.Upload(t, s.URL+"/check", "application/json", "letter.pdf", c.data)
		var a struct {
			Headline struct{ Code string }
			Type     string
		}
		if err := json.Unmarshal(body, &a); err != nil {
			t.Errorf("%s: %v: %.300s", c.name, err, body)
		}
		if status != c.status || a.Headline.Code != c.code && a.Type != c.code {
			t.Errorf("%s: %d %+v, want %d %s: %.400s", c.name, status, a, c.status, c.code, body)
		}
		if status, body := webtest.Upload(t, s.URL+"/check", "text/html", "letter.pdf", c.data); status != c.status || !bytes.Contains(bytes.ToLower(body), []byte(c.says)) {
			t.Errorf("%s: the page, %d, does not say %q", c.name, status, c.says)
		}
	}
}

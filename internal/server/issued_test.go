package server

import (
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/letter"
)

// TestIssuedPDFIsOffered: the page of a letter, in both languages and for programs,
// offers the PDF that it was issued as, and that very file is given out; none is
// offered before its hour, and none that was erased (folder.md MUST-18, MUST-20).
func TestIssuedPDFIsOffered(t *testing.T) {
	n := &node{House: officetest.NewOnPaper(t, officetest.LightForms{})}
	n.IssueLetter(t, "harbour", officetest.Content(t, "HC-1/2026", "The south lock is closed on 4 March.\n"), office.Terms{})
	n.IssueLetter(t, "harbour", officetest.Content(t, "HC-2", "The north lock is closed on 5 March.\n"), office.Terms{NotBefore: n.Now().Add(time.Hour)})
	n.whole(t)

	page := func(lang string) string { return n.raw(t, http.MethodGet, lang+"/l/harbour/HC-1/2026", "text/html") }
	files := func() []struct {
		Address string      `json:"address"`
		SHA256  letter.Hash `json:"sha256"`
	} {
		t.Helper()
		var out struct {
			Files []struct {
				Address string      `json:"address"`
				SHA256  letter.Hash `json:"sha256"`
			} `json:"files"`
		}
		_, body, _ := strings.Cut(n.raw(t, http.MethodGet, "/l/harbour/HC-1/2026", "application/json"), "\n\n")
		if err := json.Unmarshal([]byte(body[strings.Index(body, "{"):]), &out); err != nil {
			t.Fatal(err)
		}
		return out.Files
	}
	got := files()
	if len(got) != 1 || got[0].Address != "/files/"+got[0].SHA256.String()+".pdf" {
		t.Fatalf("programs are told of %+v", got)
	}
	for _, lang := range []string{"", "/ar"} {
		if p := page(lang); !strings.Contains(p, `href="`+got[0].Address+`" download="HC-1_2026.pdf"`) || !strings.Contains(p, got[0].SHA256.String()) {
			t.Errorf("the page %s/l/harbour/HC-1/2026 does not offer the PDF", lang)
		}
	}
	if p := n.raw(t, http.MethodGet, "/l/harbour/HC-2", "text/html"); !strings.HasPrefix(p, "404") || strings.Contains(p, "/files/") {
		t.Errorf("before its hour: %.300s", p)
	}
	file := n.raw(t, http.MethodGet, got[0].Address, "*/*")
	if at := strings.Index(file, "%PDF-"); at < 0 || letter.Hash(sha256.Sum256([]byte(file[at:]))) != got[0].SHA256 {
		t.Errorf("%s is another file: %.300s", got[0].Address, file)
	}

	r, err := n.Folder().Read(t.Context(), n.src.Policy(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for x := range r.State.Texts() {
		if _, err := n.Erase(t.Context(), x.Leaf.Hash, "order 12"); err != nil {
			t.Fatal(err)
		}
	}
	n.whole(t)
	if left := files(); len(left) != 0 || strings.Contains(page(""), ".pdf") {
		t.Errorf("an erased PDF is offered: %+v", left)
	}
	if file := n.raw(t, http.MethodGet, got[0].Address, "*/*"); strings.Contains(file, "%PDF-") || strings.HasPrefix(file, "200") {
		t.Errorf("an erased PDF is given out: %.200s", file)
	}
}

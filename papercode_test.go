package chancery_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"chancery.example/commitment"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/papercode"
	"chancery.example/internal/web"
	"chancery.example/internal/web/webtest"
	"chancery.example/letter"
)

// MUST numbers here are those of papercode.md.

// TestPaperCodeExample: version 1 is frozen; the page's example stays as it is
// (MUST-1 to MUST-3).
func TestPaperCodeExample(t *testing.T) {
	digest, err := letter.ParseHash("39210d731afe90a13c1835afe7f5a61752e976a4e1f42d5490d092c11bbe6d27")
	if err != nil {
		t.Fatal(err)
	}
	o := commitment.Opening{
		Nonce: [32]byte([]byte(strings.Repeat("\x11", 32))), Register: "letters.harbour.example/main/2026", Office: "https://harbour.example",
		Tag: [32]byte([]byte(strings.Repeat("\x22", 32))), Purpose: commitment.Draft, Revision: 1, Digest: digest,
	}
	if got := o.Commitment().String(); got != "0b96e69c448b5ddcfcec89ba722daad8d6d6cb699b88689c0406c20bc055fe79" {
		t.Errorf("commitment %s is not that of the page", got)
	}
	code := fmt.Sprintf("https://harbour.example/q/#1.harbour.1.%x.HC-2026-0012", o.PaperCheck())
	page, err := os.ReadFile("docs/formats/papercode.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), "\n    "+code+"\n") {
		t.Errorf("docs/formats/papercode.md does not show %s", code)
	}
}

// TestPaperCodeOfCopies: every copy of a revision carries the same code, as
// letters on every page, and the reference stands whole at its end (MUST-2,
// MUST-4, MUST-6).
func TestPaperCodeOfCopies(t *testing.T) {
	h := officetest.New(t)
	ref := letter.Ref("HC-2026.7/b")
	if err := h.Start(t.Context(), "harbour", "drafter", officetest.Content(t, ref, "Sir,\n\nthe ship leaves.\n")); err != nil {
		t.Fatal(err)
	}
	out, err := h.Circulate(t.Context(), "harbour", "clerk", ref, []office.Holder{
		{Name: "Ministry of Ports", Purpose: "clearance", Outside: true}, {Name: "Legal adviser", Purpose: "information"},
	})
	if err != nil {
		t.Fatal(err)
	}
	code := out.Copies[0].Code
	parts := strings.SplitN(strings.TrimPrefix(code, "https://harbour.example/q/#"), ".", 5)
	if len(parts) != 5 || parts[0] != "1" || parts[1] != "harbour" || parts[2] != "1" || len(parts[3]) != 16 || parts[4] != string(ref) {
		t.Errorf("code %s", code)
	}
	for _, c := range out.Copies {
		if c.Code != code {
			t.Errorf("copy %d has the code %s, copy 1 has %s", c.Mark.Copy, c.Code, code)
		}
		if text, _ := c.Text("en"); !strings.Contains(text, code) || strings.Contains(code, c.Mark.Holder) {
			t.Errorf("copy %d does not print its code", c.Mark.Copy)
		}
	}
}

// TestPaperCodePage: the page knows nothing of any code (MUST-5).
func TestPaperCodePage(t *testing.T) {
	page := func(r *webtest.Register) string {
		h, err := web.New(r, web.Options{})
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/q/", nil))
		if w.Code != http.StatusOK {
			t.Fatalf("/q/ answers %d", w.Code)
		}
		return w.Body.String()
	}
	if page(webtest.New(t)) != page(webtest.Empty(t)) {
		t.Error("the page differs from register to register")
	}
}

// TestPrintedCodes: a printed copy shows its code as a symbol of level M and
// printed size (MUST-7), and one that leaves the house its draft-opening code, by
// the office's policy (MUST-10), with which its holder shows the draft.
func TestPrintedCodes(t *testing.T) {
	h := officetest.New(t)
	ref := letter.Ref("HC-2026-0077")
	if err := h.Start(t.Context(), "harbour", "drafter", officetest.Content(t, ref, "Sir,\n\nthe ship leaves.\n")); err != nil {
		t.Fatal(err)
	}
	holders := []office.Holder{{Name: "Ministry of Ports", Purpose: "clearance", Outside: true}, {Name: "Legal adviser", Purpose: "information"}}
	out, err := h.Circulate(t.Context(), "harbour", "clerk", ref, holders)
	if err != nil {
		t.Fatal(err)
	}
	away, inside := out.Copies[0], out.Copies[1]
	if inside.Opening != "" || away.Opening == "" {
		t.Fatalf("openings: %.30q outside, %.30q inside", away.Opening, inside.Opening)
	}
	page, err := away.HTML()
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{away.Code, away.Opening} {
		m, err := papercode.Matrix(text)
		if err != nil {
			t.Fatal(err)
		}
		_, drawn, _ := strings.Cut(papercode.SVG(m, ""), "<path")
		if !strings.Contains(page, drawn) {
			t.Errorf("the page does not draw %.40s", text)
		}
	}
	o, err := papercode.ParseOpening(away.Opening)
	if err != nil {
		t.Fatal(err)
	}
	held, err := o.Held(officetest.Origin, "https://harbour.example")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := held.Link.Opening.Commitment(), out.Draft.Draft.Link.Opening.Commitment(); got != want {
		t.Errorf("the code opens %s: want %s", got, want)
	}
	given, err := h.Copies(t.Context(), "harbour", ref)
	if err != nil {
		t.Fatal(err)
	}
	if given[0].Paper.Opening != away.Opening || given[0].Paper.Code != away.Code {
		t.Error("printed again, the copy has another code")
	}
	out, err = h.CirculateAnswering(t.Context(), "harbour", "clerk", ref, holders, office.Silent)
	if err != nil {
		t.Fatal(err)
	}
	if out.Copies[0].Opening != "" {
		t.Error("a silent revision's copy carries its opening")
	}
}

package office_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/form"
	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/store"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// filesIn returns what is in a register's public folder of PDFs.
func filesIn(t *testing.T, dir string) (out []string) {
	t.Helper()
	names, err := os.ReadDir(filepath.Join(dir, "files"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	for _, n := range names {
		out = append(out, n.Name())
	}
	return out
}

// TestIssuedPDF: the PDF is made when a letter is put up for approval; officers
// approve its digest; it is the office's own until the letter is issued, and then
// public, the same bytes (folder.md MUST-19).
func TestIssuedPDF(t *testing.T) {
	var order form.Order
	h := officetest.NewOnPaper(t, officetest.LightForms{Asked: func(o form.Order) { order = o }})
	c := officetest.Content(t, "HC-2026-0012", "The south lock is closed on 4 March.\n")
	q, err := h.SubmitFinished(t.Context(), "harbour", "drafter", c, office.Terms{})
	if err != nil {
		t.Fatal(err)
	}
	digest, ok := q.FormOf()
	if !ok {
		t.Fatalf("the request names no PDF: %+v", q.Body)
	}
	pdf, err := h.Form(t.Context(), "harbour", digest)
	if err != nil || letter.Hash(sha256.Sum256(pdf)) != digest {
		t.Fatalf("%d bytes, %v", len(pdf), err)
	}
	if got := filesIn(t, h.Dir); len(got) != 0 {
		t.Fatalf("before it is issued files/ holds %v", got)
	}
	// What it is made of: the office's name and address, the day, the code, and the
	// proof that the revision was recorded, which verifies by itself.
	l := order.Letter
	if l.Domain != "harbour.example" || len(l.Office) != 1 || l.Office[0].Text != "Office harbour" || len(l.Date) != 1 || l.Date[0].Text != "2 March 2026" {
		t.Errorf("letterhead: %+v, %q, %+v", l.Office, l.Domain, l.Date)
	}
	if !strings.HasPrefix(l.Code, "https://harbour.example/q/#1.harbour.1.") || len(l.Notices) != 0 || order.Seal == nil {
		t.Errorf("code %q, notices %v, seal %v", l.Code, l.Notices, order.Seal != nil)
	}
	if len(l.Attachments) != 1 || l.Attachments[0].Name != "HC-2026-0012.chancery-draft" {
		t.Fatalf("attached: %+v", l.Attachments)
	}
	draft, err := proof.Parse(l.Attachments[0].Data)
	if err != nil || draft.Draft == nil {
		t.Fatalf("what is attached is no proof of a recorded draft: %v", err)
	}
	policy, err := h.Folder().Config.Policy()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := draft.Verify(policy, h.Now(), c.Texts...); err != nil {
		t.Errorf("what is attached does not verify: %v", err)
	}
	if _, err := h.Carry(t.Context(), q, "clerk", h.Signer("harbour", "commissioner"), h.Signer("harbour", "legal")); err != nil {
		t.Fatal(err)
	}
	public, err := h.Folder().Form(digest)
	if err != nil || !bytes.Equal(public, pdf) {
		t.Errorf("the public PDF is not the approved one: %v", err)
	}
	if got := filesIn(t, h.Dir); !slices.Equal(got, []string{digest.String() + ".pdf"}) {
		t.Errorf("files/ holds %v", got)
	}
	// A correction is a new PDF; the old one stays.
	q, err = h.ProposeCorrect(t.Context(), "harbour", "drafter", "HC-2026-0012", office.Correction{Reason: register.Words{"en": "The day was wrong."}, Change: func(c *letter.Content) error {
		c.Texts = []letter.LangText{{Lang: "en", Text: officetest.Text(t, "The south lock is closed on 5 March.\n")}}
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	second, ok := q.FormOf()
	if !ok || second == digest {
		t.Fatalf("the correction names %v", second)
	}
	if _, err := h.Carry(t.Context(), q, "clerk", h.Signer("harbour", "commissioner"), h.Signer("harbour", "legal")); err != nil {
		t.Fatal(err)
	}
	for _, d := range []letter.Hash{digest, second} {
		if _, err := h.Folder().Form(d); err != nil {
			t.Error(err)
		}
	}
	// What goes to addressees is the correction's.
	sent, err := h.IssuedForm(t.Context(), "harbour", "HC-2026-0012")
	if err != nil || letter.Hash(sha256.Sum256(sent)) != second {
		t.Errorf("what is sent is not the newest PDF: %d bytes, %v", len(sent), err)
	}
	// Erased by legal order with any of its words (folder.md MUST-20).
	erased := 0
	r, err := h.Folder().Read(t.Context(), proof.Policy{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for x := range r.State.Texts() {
		if _, err := h.Erase(t.Context(), x.Leaf.Hash, "order 12"); err != nil {
			t.Fatal(err)
		}
		erased++
		break
	}
	for _, d := range []letter.Hash{digest, second} {
		if _, err := h.Folder().Form(d); !errors.Is(err, fs.ErrNotExist) || !h.Folder().FormErased(d) {
			t.Errorf("after erasing %d texts: %v, %v", erased, err, h.Folder().FormErased(d))
		}
		if raw, err := h.Form(t.Context(), "harbour", d); kind.Of(err) != kind.NotFound {
			t.Errorf("the office gives out an erased PDF: %d bytes, %v", len(raw), err)
		}
	}
	if sent, err := h.IssuedForm(t.Context(), "harbour", "HC-2026-0012"); err != nil || sent != nil {
		t.Errorf("an erased PDF is sent to addressees: %d bytes, %v", len(sent), err)
	}
}

// TestPDFUnderEmbargo: nothing of the PDF is in the public folder before the hour,
// through crashes and restarts; at the hour it is, and its entry names it.
func TestPDFUnderEmbargo(t *testing.T) {
	h := officetest.NewOnPaper(t, officetest.LightForms{})
	hour := h.Now().Add(time.Hour)
	c := officetest.Content(t, "HC-2026-0013", "The dues are raised by 4 per cent.\n")
	q, err := h.SubmitFinished(t.Context(), "harbour", "drafter", c, office.Terms{NotBefore: hour})
	if err != nil {
		t.Fatal(err)
	}
	digest, _ := q.FormOf()
	if _, err := h.Carry(t.Context(), q, "clerk", h.Signer("harbour", "commissioner"), h.Signer("harbour", "legal")); err != nil {
		t.Fatal(err)
	}
	h.Clock.Step(time.Hour - time.Second)
	for range 2 {
		if err := h.Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := filesIn(t, h.Dir); len(got) != 0 {
			t.Fatalf("before the hour files/ holds %v", got)
		}
		if sent, err := h.IssuedForm(t.Context(), "harbour", c.Reference); err != nil || sent != nil {
			t.Errorf("before the hour there is a PDF to be sent: %d bytes, %v", len(sent), err)
		}
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
		if h.Register, err = office.Open(t.Context(), h.Dir, h.Options()); err != nil {
			t.Fatal(err)
		}
	}
	h.Clock.Step(time.Second)
	if err := h.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Folder().Form(digest); err != nil {
		t.Error(err)
	}
}

// TestPaperOfAnOffice: without it letters are issued as before; what was issued
// before it is recorded here gets no PDF of ours; a seal that is missing holds no
// letter up.
func TestPaperOfAnOffice(t *testing.T) {
	h := officetest.New(t)
	if p, err := h.PaperOf(t.Context(), "harbour"); err != nil || p != office.NoPaper {
		t.Fatalf("%q, %v", p, err)
	}
	submit := func(h *officetest.House, ref letter.Ref, terms office.Terms) office.Request {
		t.Helper()
		q, err := h.SubmitFinished(t.Context(), "harbour", "drafter", officetest.Content(t, ref, "Words of "+string(ref)+".\n"), terms)
		if err != nil {
			t.Fatal(err)
		}
		return q
	}
	if _, ok := submit(h, "A-1", office.Terms{}).FormOf(); ok {
		t.Error("an office without paper made a PDF")
	}
	if err := h.SetPaper(t.Context(), "harbour", "vellum"); kind.Of(err) != kind.Invalid {
		t.Errorf("vellum: %v", err)
	}
	if err := h.SetPaper(t.Context(), "nobody", office.NoPaper); kind.Of(err) != kind.NotFound {
		t.Errorf("nobody: %v", err)
	}
	h = officetest.NewOnPaper(t, officetest.LightForms{})
	if _, ok := submit(h, "A-2", office.Terms{Written: "2020-01-06"}).FormOf(); ok {
		t.Error("a letter that was issued before was printed anew")
	}
	own := register.File{Role: "form", MediaType: "application/pdf", Digest: letter.Hash{1}}
	if d, _ := submit(h, "A-3", office.Terms{Files: []register.File{own}}).FormOf(); d != own.Digest {
		t.Errorf("a form that was given by its digest became %v", d)
	}
	for _, name := range []string{"seal-harbour.pem", "seal-harbour.pem.crt"} {
		if err := os.Remove(filepath.Join(h.Dir, "keys", name)); err != nil {
			t.Fatal(err)
		}
	}
	if _, ok := submit(h, "A-4", office.Terms{}).FormOf(); !ok {
		t.Error("without a seal there is no PDF")
	}
	notes, err := h.Journal(t.Context(), "harbour", "A-4")
	if err != nil || !slices.ContainsFunc(notes, func(n store.Note) bool { return strings.Contains(n.Text, "has no seal") }) {
		t.Errorf("the journal does not say that the seal is missing: %v, %v", notes, err)
	}
	if err := h.SetPaper(t.Context(), "harbour", office.NoPaper); err != nil {
		t.Fatal(err)
	}
	if _, ok := submit(h, "A-5", office.Terms{}).FormOf(); ok {
		t.Error("paper was put away, and a PDF was made")
	}
}

package office_test

import (
	"context"
	"errors"
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
	"chancery.example/internal/pdf/pades"
	"chancery.example/internal/pdf/typeset"
	"chancery.example/internal/store"
	"chancery.example/internal/testkit/children"
	"chancery.example/letter"
	"chancery.example/register"
)

// TestPDFMadeElsewhere: a PDF of another program that shows the letter in both its
// languages, once the drafter has confirmed what was read in it, becomes the form:
// stamped, sealed, approved, public - in an office that makes no PDFs of its own.
func TestPDFMadeElsewhere(t *testing.T) {
	h := officetest.NewOnPaper(t, children.Forms(t))
	if err := h.SetPaper(t.Context(), "harbour", office.NoPaper); err != nil {
		t.Fatal(err)
	}
	c := officetest.Content(t, "HC-2026-0015", "Sir,\n\nthe south lock is closed on 4 March.\n")
	c.Texts = append(c.Texts, letter.LangText{Lang: "ar", Text: officetest.Text(t, "سيدي،\n\nيُغلق الهويس الجنوبي في الرابع من آذار.\n")})
	c.Addressees = nil
	set, err := typeset.Set(typeset.Letter{Content: letter.Content{Type: c.Type, Texts: c.Texts}, Domain: "harbour.example"})
	if err != nil {
		t.Fatal(err)
	}
	terms := office.Terms{Form: set.PDF}
	shown, err := h.ShowForm(t.Context(), "harbour", "drafter", c, terms)
	if err != nil || !shown.Fit() || len(shown.Texts) != 2 {
		t.Fatalf("%+v, %v", shown, err)
	}
	if _, err := h.SubmitFinished(t.Context(), "harbour", "drafter", c, terms); kind.Of(err) != kind.Conflict || !strings.Contains(err.Error(), shown.Digest().String()) {
		t.Fatalf("without a yes: %v", err)
	}
	terms.Confirmed = shown.Digest()
	q, err := h.SubmitFinished(t.Context(), "harbour", "drafter", c, terms)
	if err != nil {
		t.Fatal(err)
	}
	digest, ok := q.FormOf()
	if !ok {
		t.Fatal("the request names no PDF")
	}
	if _, err := h.Carry(t.Context(), q, "clerk", h.Signer("harbour", "commissioner"), h.Signer("harbour", "legal")); err != nil {
		t.Fatal(err)
	}
	isStamped(t, h, digest, ".1.")
	correctedElsewhere(t, h, c, digest)
}

// correctedElsewhere: the corrected letter is another PDF of that program, which is
// looked at, confirmed, stamped and sealed as the first was.
func correctedElsewhere(t *testing.T, h *officetest.House, c letter.Content, first letter.Hash) {
	t.Helper()
	texts := slices.Clone(c.Texts)
	texts[0].Text = officetest.Text(t, "Sir,\n\nthe south lock is closed on 5 March.\n")
	set, err := typeset.Set(typeset.Letter{Content: letter.Content{Type: c.Type, Texts: texts}, Domain: "harbour.example"})
	if err != nil {
		t.Fatal(err)
	}
	x := office.Correction{Reason: register.Words{"en": "The day was wrong."}, Form: set.PDF, Change: func(now *letter.Content) error {
		now.Texts = slices.Clone(texts)
		return nil
	}}
	shown, err := h.ShowCorrection(t.Context(), "harbour", "drafter", c.Reference, x)
	if err != nil || !shown.Fit() {
		t.Fatalf("%+v, %v", shown, err)
	}
	x.Confirmed = shown.Digest()
	q, err := h.ProposeCorrect(t.Context(), "harbour", "drafter", c.Reference, x)
	if err != nil {
		t.Fatal(err)
	}
	digest, ok := q.FormOf()
	if !ok || digest == first {
		t.Fatalf("the correction names %v", digest)
	}
	if _, err := h.Carry(t.Context(), q, "clerk", h.Signer("harbour", "commissioner"), h.Signer("harbour", "legal")); err != nil {
		t.Fatal(err)
	}
	isStamped(t, h, digest, ".2.")
	notes, err := h.Journal(t.Context(), "harbour", c.Reference)
	if err != nil || !slices.ContainsFunc(notes, func(n store.Note) bool {
		return n.Actor == "drafter" && n.Act == "confirm form" && n.Text == shown.Digest().String()
	}) {
		t.Errorf("who confirmed it is not in %+v, %v", notes, err)
	}
}

// isStamped sees that a public PDF is sealed, and has the code of a revision on every page.
func isStamped(t *testing.T, h *officetest.House, digest letter.Hash, revision string) {
	t.Helper()
	pdf, err := h.Folder().Form(digest)
	if err != nil {
		t.Fatal(err)
	}
	if r := pades.Inspect(pdf); r.Seal != pades.SealWhole {
		t.Errorf("the seal is %s: %s", r.Seal, r.Why)
	}
	r, err := children.Reader(t).Read(t.Context(), pdf)
	if err != nil || strings.Count(r.First().Text, "https://harbour.example/q/#1.harbour"+revision) != len(r.Pages) {
		t.Errorf("the code is not on all %d pages: %v\n%s", len(r.Pages), err, r.First().Text)
	}
}

// TestPDFMadeElsewhereIsRefused: nothing is sealed or kept for a PDF with other words,
// one that was confirmed as something else, or terms that have another form.
func TestPDFMadeElsewhereIsRefused(t *testing.T) {
	h := officetest.NewOnPaper(t, officetest.LightForms{})
	c := officetest.Content(t, "A-1", "The lock is closed.\n")
	if err := h.Start(t.Context(), "harbour", "drafter", c); err != nil {
		t.Fatal(err)
	}
	pdf := []byte("%PDF-1.7\nThe lock is closed.\n")
	yes := form.Shown{File: letter.Hash{}, Text: ""}.Digest()
	s, err := h.ShowForm(t.Context(), "harbour", "drafter", c, office.Terms{Form: pdf})
	if err != nil {
		t.Fatal(err)
	}
	other := []byte("%PDF-1.7\nThe lock is open.\n")
	for name, x := range map[string]struct {
		terms office.Terms
		want  kind.Kind
		says  string
	}{
		"other words":       {office.Terms{Form: other, Confirmed: s.Digest()}, kind.Invalid, "The lock is open"},
		"not confirmed":     {office.Terms{Form: pdf}, kind.Conflict, s.Digest().String()},
		"another confirmed": {office.Terms{Form: pdf, Confirmed: yes}, kind.Conflict, "nobody has confirmed"},
		"issued before":     {office.Terms{Form: pdf, Confirmed: s.Digest(), Written: "2020-01-06"}, kind.Invalid, "issued before"},
		"two forms":         {office.Terms{Form: pdf, Confirmed: s.Digest(), Files: []register.File{{Role: "form", MediaType: "application/pdf"}}}, kind.Invalid, "one form"},
		"past embargo":      {office.Terms{Form: pdf, Confirmed: s.Digest(), NotBefore: h.Now().Add(-time.Hour)}, kind.Invalid, "past"},
	} {
		if _, err := h.Submit(t.Context(), "harbour", "drafter", "A-1", x.terms); kind.Of(err) != x.want || !strings.Contains(err.Error(), x.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := h.ShowForm(t.Context(), "harbour", "press", c, office.Terms{Form: pdf}); kind.Of(err) != kind.Forbidden {
		t.Errorf("shown to the press: %v", err)
	}
	revs, err := h.Revisions(t.Context(), "harbour", "A-1")
	if err != nil || len(revs) != 0 || len(filesIn(t, h.Dir)) != 0 {
		t.Errorf("%d revisions were sealed, %v kept, %v", len(revs), filesIn(t, h.Dir), err)
	}
	if _, err := h.Submit(t.Context(), "harbour", "drafter", "A-1", office.Terms{Form: pdf, Confirmed: s.Digest()}); err != nil {
		t.Errorf("the right one: %v", err)
	}
}

// TestCorrectionMadeElsewhereIsRefused: nothing is sealed or kept for a correction whose
// PDF shows other words - those that stood before included -, was not confirmed, or stands
// beside another form.
func TestCorrectionMadeElsewhereIsRefused(t *testing.T) {
	h := officetest.NewOnPaper(t, officetest.LightForms{})
	h.IssueLetter(t, "harbour", officetest.Content(t, "A-1", "The lock is closed.\n"), office.Terms{})
	kept := filesIn(t, h.Dir)
	pdf := []byte("%PDF-1.7\nThe lock is shut.\n")
	mend := func(form []byte, yes letter.Hash) office.Correction {
		return office.Correction{Reason: because, Form: form, Confirmed: yes, Change: func(c *letter.Content) error {
			c.Texts = officetest.Content(t, "A-1", "The lock is shut.\n").Texts
			return nil
		}}
	}
	show := func(by string, x office.Correction) (form.Shown, error) {
		return h.ShowCorrection(t.Context(), "harbour", by, "A-1", x)
	}
	s, err := show("drafter", mend(pdf, letter.Hash{}))
	if err != nil || !s.Fit() {
		t.Fatalf("%+v, %v", s, err)
	}
	two := mend(pdf, s.Digest())
	two.Files = []register.File{{Role: "form", MediaType: "application/pdf"}}
	same := mend(pdf, s.Digest())
	same.Change = func(*letter.Content) error { return nil }
	for name, x := range map[string]struct {
		correction office.Correction
		want       kind.Kind
		says       string
	}{
		"the words before":  {mend([]byte("%PDF-1.7\nThe lock is closed.\n"), s.Digest()), kind.Invalid, "The lock is closed"},
		"not confirmed":     {mend(pdf, letter.Hash{}), kind.Conflict, s.Digest().String()},
		"another confirmed": {mend([]byte("%PDF-1.7 \nThe lock is shut.\n"), s.Digest()), kind.Conflict, "nobody has confirmed"},
		"two forms":         {two, kind.Invalid, "one form"},
		"nothing changed":   {same, kind.Invalid, "nothing differs"},
		"no file":           {mend([]byte{}, s.Digest()), kind.Invalid, "there is no file"},
	} {
		if _, err := h.ProposeCorrect(t.Context(), "harbour", "drafter", "A-1", x.correction); kind.Of(err) != x.want || !strings.Contains(err.Error(), x.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := show("press", mend(pdf, letter.Hash{})); kind.Of(err) != kind.Forbidden {
		t.Errorf("shown to the press: %v", err)
	}
	if s, err := show("drafter", mend([]byte("%PDF-1.7\nThe lock is closed.\n"), letter.Hash{})); err != nil || s.Fit() || s.Differing() != 1 {
		t.Errorf("the words before: %+v, %v", s, err)
	}
	revs, err := h.Revisions(t.Context(), "harbour", "A-1")
	if err != nil || len(revs) != 1 || !slices.Equal(filesIn(t, h.Dir), kept) {
		t.Errorf("%d revisions were sealed, %v kept, %v", len(revs), filesIn(t, h.Dir), err)
	}
	if _, err := h.ProposeCorrect(t.Context(), "harbour", "drafter", "A-1", mend(pdf, s.Digest())); err != nil {
		t.Errorf("the right one: %v", err)
	}
}

// noForms makes none: as where nothing reads PDFs, or a file does not read back.
type noForms struct{ err error }

func (n noForms) Make(context.Context, form.Order) ([]byte, error)     { return nil, n.err }
func (n noForms) Look(context.Context, form.Order) (form.Shown, error) { return form.Shown{}, n.err }

// TestFormThatDoesNotReadBack: when the PDF that was set does not read back as the
// letter, the letter is not put up for approval, and nothing of the PDF stays; once it
// does, or the office issues no PDFs, it is.
func TestFormThatDoesNotReadBack(t *testing.T) {
	no := kind.Invalid.Errorf("page 1: it shows \"open\" where \"closed\" was set")
	h := officetest.NewOnPaper(t, noForms{no})
	c := officetest.Content(t, "A-1", "The lock is closed.\n")
	if _, err := h.SubmitFinished(t.Context(), "harbour", "drafter", c, office.Terms{}); !errors.Is(err, no) {
		t.Fatal(err)
	}
	waiting, err := h.Waiting(t.Context(), "harbour")
	if err != nil || len(waiting) != 0 {
		t.Errorf("%d requests wait, %v", len(waiting), err)
	}
	raw, err := os.ReadFile(filepath.Join(h.Dir, "office.db"))
	if err != nil || strings.Contains(string(raw), "%PDF") || len(filesIn(t, h.Dir)) != 0 {
		t.Errorf("something of the PDF was kept: %v, %v", filesIn(t, h.Dir), err)
	}
	if err := h.SetPaper(t.Context(), "harbour", office.NoPaper); err != nil {
		t.Fatal(err)
	}
	q, err := h.SubmitFinished(t.Context(), "harbour", "drafter", c, office.Terms{})
	if _, ok := q.FormOf(); ok || err != nil {
		t.Errorf("without a PDF: %v, %v", ok, err)
	}
}

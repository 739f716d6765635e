package office_test

import (
	"strings"
	"testing"
	"time"

	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

const words = "Harbour Commission\n\nSir,\n\nthe ship leaves at noon on Friday.\n\nThe Commissioner\n"

// reading reads the register as a stranger would, from its public files alone.
func reading(t *testing.T, h *officetest.House) *register.State {
	t.Helper()
	r, err := h.Folder().Read(t.Context(), proof.Policy{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range r.State.Problems() {
		t.Errorf("the log holds an entry against the rules: %s", p)
	}
	return r.State
}

func standing(t *testing.T, h *officetest.House, s string) register.Standing {
	t.Helper()
	st := reading(t, h).StandingsOf(letter.LangText{Lang: "en", Text: officetest.Text(t, s)}, h.Now())
	if len(st) == 0 {
		return register.NotOnRecord
	}
	return st[0].Standing
}

func TestALetterFromDraftToWithdrawal(t *testing.T) {
	h := officetest.New(t)
	ctx := t.Context()
	if err := h.Start(ctx, "harbour", "drafter", officetest.Content(t, "HC-1", words)); err != nil {
		t.Fatal(err)
	}
	c, err := h.Circulate(ctx, "harbour", "clerk", "HC-1", []office.Holder{{Name: "Pilot station", Purpose: "clearance"}, {Name: "Coast guard", Purpose: "coordination", Outside: true}})
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Copies) != 2 || c.Copies[1].Mark.Of != 2 {
		t.Fatalf("copies: %+v", c.Copies)
	}
	if got := standing(t, h, words); got != register.NotOnRecord {
		t.Errorf("a sealed draft answers %s", got)
	}
	h.Clock.Step(time.Hour)
	q, err := h.Submit(ctx, "harbour", "drafter", "HC-1", office.Terms{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Register.Issue(ctx, "harbour", "clerk", "HC-1"); err == nil {
		t.Fatal("issued without approvals")
	}
	rec, err := h.Carry(ctx, q, "clerk", h.Signer("harbour", "commissioner"), h.Signer("harbour", "legal"))
	if err != nil {
		t.Fatal(err)
	}
	if got := standing(t, h, words); got != register.InForce {
		t.Errorf("an issued letter answers %s", got)
	}
	again, err := h.Register.Issue(ctx, "harbour", "clerk", "HC-1")
	if err != nil || again.Index != rec.Index {
		t.Errorf("issuing again: entry %d, %v; want entry %d once more", again.Index, err, rec.Index)
	}
	h.Clock.Step(time.Hour)
	w, err := h.ProposeWithdraw(ctx, "harbour", "clerk", "HC-1", register.Words{"en": "The ship has left."})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Carry(ctx, w, "clerk", h.Signer("harbour", "commissioner"), h.Signer("harbour", "legal")); err != nil {
		t.Fatal(err)
	}
	if got := standing(t, h, words); got != register.Withdrawn {
		t.Errorf("a withdrawn letter answers %s", got)
	}
	r, err := h.Folder().Read(ctx, proof.Policy{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	let, _ := r.State.Letter("https://harbour.example", "HC-1")
	b, err := r.Proof(r.State.IDOf(let))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := b.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := proof.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	policy, err := h.Folder().Config.Policy()
	if err != nil {
		t.Fatal(err)
	}
	v, err := parsed.Verify(policy, h.Now(), letter.LangText{Lang: "en", Text: officetest.Text(t, words)})
	if err != nil {
		t.Fatal(err)
	}
	if v.Status.Standing != register.Withdrawn || len(v.Statuses) != 1 {
		t.Errorf("the proof says %s of %d texts", v.Status.Standing, len(v.Statuses))
	}
	t.Logf("proof of a withdrawn letter: %d bytes", len(raw))
}

// TestWhatTheDeskReads: revisions, copies, requests and policy as the desk shows
// them.
func TestWhatTheDeskReads(t *testing.T) {
	h := officetest.New(t)
	if err := h.Start(t.Context(), "harbour", "drafter", officetest.Content(t, "HC-9", "The first words about the quay.\n")); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Circulate(t.Context(), "harbour", "clerk", "HC-9", []office.Holder{{Name: "The Master", Purpose: "coordination", Outside: true}}); err != nil {
		t.Fatal(err)
	}
	err := h.Revise(t.Context(), "harbour", "drafter", "HC-9", "clearer", func(c *letter.Content) error {
		c.Texts[0].Text = officetest.Text(t, "The second words about the quay.\n")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	q, err := h.Submit(t.Context(), "harbour", "drafter", "HC-9", office.Terms{})
	if err != nil {
		t.Fatal(err)
	}
	revs, err := h.Revisions(t.Context(), "harbour", "HC-9")
	if err != nil || len(revs) != 2 || !revs[1].Logged || revs[0].Digest == revs[1].Digest || len(strings.Fields(revs[0].SixWords)) != 6 ||
		!strings.Contains(revs[0].Content.Texts[0].Text.String(), "first") {
		t.Errorf("%+v (%v)", revs, err)
	}
	copies, err := h.Copies(t.Context(), "harbour", "HC-9")
	if err != nil || len(copies) != 1 || copies[0].Holder != "The Master" || !copies[0].Outside || copies[0].Revision != 1 {
		t.Errorf("%+v (%v)", copies, err)
	}
	requests, err := h.RequestsOf(t.Context(), "harbour", "HC-9")
	if err != nil || len(requests) != 1 || requests[0].ID != q.ID || requests[0].Revision != 2 {
		t.Errorf("%+v (%v)", requests, err)
	}
	if p, at, err := h.PolicyOf(t.Context(), "harbour"); err != nil || len(p.Officers) != len(officetest.Officers) || at == 0 {
		t.Errorf("%+v %d (%v)", p, at, err)
	}
}

// TestOfficeJournal: newest first, in pages, with the letters' references.
func TestOfficeJournal(t *testing.T) {
	h := officetest.New(t)
	for _, ref := range []letter.Ref{"HC-1", "HC-2", "HC-3"} {
		if err := h.Start(t.Context(), "harbour", "drafter", officetest.Content(t, ref, words)); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Note(t.Context(), "harbour", "auditor", "export", "the journal"); err != nil {
		t.Fatal(err)
	}
	first, err := h.OfficeJournal(t.Context(), "harbour", 0, 2)
	if err != nil || len(first) != 2 || first[0].Act != "export" || first[0].Reference != "" || first[1].Reference != "HC-3" || first[1].Actor != "drafter" {
		t.Fatalf("%+v (%v)", first, err)
	}
	rest, err := h.OfficeJournal(t.Context(), "harbour", first[1].ID, 100)
	if err != nil || len(rest) < 2 || rest[0].Reference != "HC-2" || rest[1].Reference != "HC-1" {
		t.Errorf("%+v (%v)", rest, err)
	}
	if _, err := h.OfficeJournal(t.Context(), "nobody", 0, 1); err == nil {
		t.Error("the journal of no office")
	}
}

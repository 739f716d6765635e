package office_test

import (
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

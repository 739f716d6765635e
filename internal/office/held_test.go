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

// A copy that leaves the house carries the proof that its words were a recorded
// draft; its holder needs nobody for that, and learns the rest from the log.
func TestTheHolderOfACopyProvesTheDraft(t *testing.T) {
	h := officetest.New(t)
	ctx := t.Context()
	if err := h.Start(ctx, "harbour", "drafter", officetest.Content(t, "HC-1", words)); err != nil {
		t.Fatal(err)
	}
	inside, err := h.Circulate(ctx, "harbour", "drafter", "HC-1", []office.Holder{{Name: "Pilot station", Purpose: "clearance"}})
	if err != nil {
		t.Fatal(err)
	}
	if inside.Draft != nil {
		t.Error("a copy that stays in the house carries a proof of the draft")
	}
	out, err := h.Circulate(ctx, "harbour", "clerk", "HC-1", []office.Holder{{Name: "Coast guard", Purpose: "coordination", Outside: true}})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := out.Draft.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	b, err := proof.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	policy, err := h.Folder().Config.Policy()
	if err != nil {
		t.Fatal(err)
	}
	text := letter.LangText{Lang: "en", Text: officetest.Text(t, words)}
	v, err := b.Verify(policy, h.Now(), text)
	if err != nil {
		t.Fatal(err)
	}
	if v.Status.Standing != register.DraftOpened || v.Record.Reference != "HC-1" || v.Status.Revision != 1 {
		t.Errorf("the holder's proof says %+v", v.Status)
	}
	other := letter.LangText{Lang: "en", Text: officetest.Text(t, words+"\n\nP.S.")}
	if _, err := b.Verify(policy, h.Now(), other); proof.ClassOf(err) != proof.TextDiffers {
		t.Errorf("another text: %v", err)
	}
	if got := standing(t, h, words); got != register.NotOnRecord {
		t.Errorf("to everybody else the draft answers %s", got)
	}
	// Later the log knows more, and so does who holds the opening.
	q, err := h.ProposeClose(ctx, "harbour", "drafter", "HC-1")
	if err != nil {
		t.Fatal(err)
	}
	h.Clock.Step(time.Hour)
	if _, err := h.Carry(ctx, q, "drafter", h.Signer("harbour", "drafter"), h.Signer("harbour", "legal")); err != nil {
		t.Fatal(err)
	}
	st, err := reading(t, h).Held("https://harbour.example", *b.Draft, text, h.Now())
	if err != nil || st.Standing != register.DraftClosed {
		t.Errorf("after the sealed draft was closed: %s, %v", st.Standing, err)
	}
	// An opening that does not fit shows nothing.
	forged := *b.Draft
	forged.Link.Opening.Nonce[0] ^= 1
	if _, err := reading(t, h).Held("https://harbour.example", forged, text, h.Now()); err == nil {
		t.Error("a forged opening was taken")
	}
	if _, err := reading(t, h).Held("https://harbour.example", *b.Draft, other, h.Now()); err == nil {
		t.Error("a text that the revision does not have was taken")
	}
}

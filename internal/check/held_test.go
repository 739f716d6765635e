package check

import (
	"testing"

	"chancery.example/letter"
	"chancery.example/register"
)

// Who holds the opening of a sealed draft finds its words; nobody else does.
func TestHeldDraft(t *testing.T) {
	w, _ := village(t)
	const words = "This draft tells of the sale of the lighthouse to a travelling circus, before the summer is over."
	sealed := w.seal("port", "PO-7", map[string]string{"en": words}, w.end())
	rev := sealed.seals[0]
	held := register.HeldDraft{
		Link:   sealed.links[0],
		Fields: rev.Disclose(letter.FieldReference, letter.FieldType, letter.TextField("en")),
	}
	text := letter.LangText{Lang: "en", Text: w.text(words)}
	s := w.snapshot(w.end())
	if f := examine(t, s, Exhibit{Data: []byte(words)}, w.end()); f.Headline.Code != "none/not_on_record" {
		t.Errorf("without the opening: %s", f.Headline.Code)
	}
	if err := s.Hold("https://port.example", held, []letter.LangText{text}); err != nil {
		t.Fatal(err)
	}
	f := examine(t, s, Exhibit{Data: []byte(words)}, w.end())
	if f.Headline.Code != "same_text/draft_open" || f.Exit() != ExitDraft || f.Record == nil || f.Record.Reference != "PO-7" || !hasChip(f, ChipHeld) {
		t.Errorf("with the opening: %s, %+v, %v", f.Headline.Code, f.Record, f.Evidence)
	}
	forged := held
	forged.Link.Opening.Tag[3] ^= 1
	if err := w.snapshot(w.end()).Hold("https://port.example", forged, []letter.LangText{text}); err == nil {
		t.Error("a forged opening was taken")
	}
}

package check

import (
	"time"

	"chancery.example/internal/fold"
	"chancery.example/letter"
	"chancery.example/register"
)

// Tell says where a text of a record stands that a proof file carries, as
// [Snapshot.Examine] says it of the same words; h is the opening that came with a
// sealed draft, or nil. Nothing that only the office's own server knows is
// asked: a sealed draft answers by its opening alone. False when these words are
// none of that record's here.
func (s *Snapshot) Tell(id register.RecordID, h *register.HeldDraft, text letter.LangText, at time.Time) (Finding, bool) {
	t := &shown{record: id, lang: text.Lang, text: text.Text, alike: fold.Record(text.Text.String()).Spelling()}
	if h != nil {
		t.held = &heldText{id.Office, *h, text}
	}
	st, ok := s.statusOf(t, at)
	if !ok { // unless the office issued words alike under another reference, which no proof of these shows
		if st.Standing != register.DraftOpened {
			return Finding{}, false
		}
		st.Standing = register.DraftReplaced
	}
	f := s.begin(at)
	f.ExhibitKind = KindProof
	f = s.beside(s.conclude(f, SameText, st.Standing, &st), t)
	if _, public := s.state.Standing(id, text, at); h != nil && !public {
		heldChip(f, func(k ChipKind, en, ar string) { f.Evidence = append(f.Evidence, Chip{k, Words{en, ar}}) })
	}
	return f, true
}

// TellRecord says where a record stands as a whole, for a proof file without
// words.
func (s *Snapshot) TellRecord(i register.Index, at time.Time) (Finding, bool) {
	id, st, err := s.state.RecordAt(i, at)
	if err != nil {
		return Finding{}, false
	}
	st.Language = s.languageOf(id)
	f := s.begin(at)
	f.ExhibitKind = KindProof
	f = s.conclude(f, SameText, st.Standing, &st)
	w, fill := standings[f.Status.Standing], s.filler(f, &f.Status)
	f.Headline.Text = fill.words(Words{"A proof without words, of " + w.noun.EN, "إثبات بلا نص، بشأن " + w.noun.AR})
	f.Details = fill.words(w.says)
	return s.beside(f, nil), true
}

// TellNothing is the answer to a proof file that shows nothing here.
func (s *Snapshot) TellNothing(m Match, st register.Standing, at time.Time) Finding {
	f := s.begin(at)
	f.ExhibitKind = KindProof
	return s.conclude(f, m, st, nil)
}

package check

import (
	"fmt"
	"time"

	"chancery.example/internal/compare"
	"chancery.example/letter"
	"chancery.example/register"
)

// Hold makes a sealed draft searchable for one reader: the holder of a copy to
// whom its office gave the opening. Others go on learning nothing of it. It is
// for a Snapshot that answers nobody else, and called before Examine.
func (s *Snapshot) Hold(o register.Office, h register.HeldDraft, texts []letter.LangText) error {
	for _, t := range texts {
		st, err := s.state.Held(o, h, t, time.Time{})
		if err != nil {
			return fmt.Errorf("the draft's proof does not belong to this register: %w", err)
		}
		if _, public := s.state.Standing(st.Record, t, time.Time{}); public {
			continue // everybody can find it
		}
		draft := shown{record: st.Record, lang: t.Lang, revision: st.Revision, revisions: []uint32{st.Revision}, text: t.Text, held: &heldText{o, h, t}}
		s.texts = append(s.texts, draft)
		s.index.Add(compare.Document{ID: len(s.texts) - 1, Family: familyOf(st.Record), Text: t.Text.String()})
	}
	return nil
}

// A heldText is a text that only its holder can place.
type heldText struct {
	office register.Office
	draft  register.HeldDraft
	text   letter.LangText
}

// statusOf says where a shown text stands.
func (s *Snapshot) statusOf(t *shown, at time.Time) (register.Status, bool) {
	if t.held == nil {
		return s.state.Standing(t.record, langText(t), at)
	}
	st, err := s.state.Held(t.held.office, t.held.draft, t.held.text, at)
	return st, err == nil
}

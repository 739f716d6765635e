package check

import (
	"fmt"
	"slices"
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
		draft.alike = s.index.Add(compare.Document{ID: len(s.texts), Family: familyOf(st.Record), Text: t.Text.String()}).Spelling()
		s.texts = append(s.texts, draft)
	}
	return nil
}

// A heldText is a text that only its holder can place.
type heldText struct {
	office register.Office
	draft  register.HeldDraft
	text   letter.LangText
}

// statusOf says where a shown text stands; false when another text answers for
// its words.
func (s *Snapshot) statusOf(t *shown, at time.Time) (register.Status, bool) {
	var st register.Status
	var ok bool
	if t.held == nil {
		st, ok = s.state.Standing(t.record, langText(t), at)
	} else {
		var err error
		st, err = s.state.Held(t.held.office, t.held.draft, t.held.text, at)
		ok = err == nil
	}
	if !ok {
		return st, false
	}
	return s.alikeElsewhere(t, st)
}

// alikeElsewhere holds what a register can only say of a text, byte for byte
// (standing.md MUST-11, MUST-15), to its words: a comma more makes no draft of an
// issued letter, and nobody disavows his own letter in other line ends.
func (s *Snapshot) alikeElsewhere(t *shown, st register.Status) (register.Status, bool) {
	switch st.Standing {
	case register.DraftOpened, register.DraftClosed, register.DraftReplaced, register.Disavowed:
	default:
		return st, true
	}
	own := familyOf(t.record)
	for _, i := range s.alike[wordsKey{t.record.Office, t.alike}] {
		o := &s.texts[i]
		switch {
		case familyOf(o.record) == own:
		case st.Standing == register.Disavowed, o.issued != 0 && t.held == nil && t.opened > o.issued:
			st.Standing = register.Conflict
			st.Entries = append(slices.Clone(st.Entries), o.record.Entry)
			return st, true
		case o.issued != 0: // opened once, issued later: the issue answers
			return st, false
		}
	}
	return st, true
}

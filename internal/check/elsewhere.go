package check

import (
	"slices"

	"chancery.example/letter"
)

// Leaves returns the salted leaves under which the register shows the text that a
// finding is about: what a receiver in another register names when it says what
// it was given.
func (s *Snapshot) Leaves(f Finding) []letter.Hash {
	if f.Record == nil || f.Match == nil || *f.Match != SameText {
		return nil
	}
	var out []letter.Hash
	for _, t := range s.texts {
		if t.record.Office == f.Record.OfficeURI && t.record.Kind == f.Record.Kind && t.record.Reference == f.Record.Reference && t.lang == f.Record.Language {
			out = append(out, t.leaves...)
		}
	}
	return out
}

// Voices returns the statements of this register that say of the words of an
// exhibit, letter for letter, that they were seen, kept or received: by a salt
// that the statement publishes, or by one of the leaves that another register
// shows them under. They are the word of who made them and of nobody else.
func (s *Snapshot) Voices(words string, leaves []letter.Hash) []StatementView {
	out := []StatementView{}
	text, err := letter.Canonicalize([]byte(words))
	for _, r := range s.state.Statements() {
		holds := slices.ContainsFunc(r.Statement.Of, func(d letter.Disclosure) bool {
			return slices.Contains(leaves, d.Hash) || err == nil && d.Salt != nil && d.Matches([]byte(text.String()))
		})
		if holds {
			out = append(out, s.statement(r, true))
		}
	}
	return out
}

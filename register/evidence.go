package register

import (
	"maps"
	"slices"

	"chancery.example/letter"
)

// Evidence returns the entries that a record rests on, in order of the log: the
// genesis, the keys and policies of its office, and every entry that made the
// record what it is, with those of the letters it replaced or was replaced by.
// A fold over only these entries gives the record the same standing. It is nil
// for a record that the state does not hold.
func (s *State) Evidence(id RecordID) []Index {
	got := map[Index]bool{}
	switch id.Kind {
	case RecordLetter:
		for _, l := range s.refs[refKey{id.Office, id.Reference}] {
			s.letterEvidence(l, got)
		}
	case RecordStatement:
		if r, ok := s.statements[id.Entry]; ok {
			got[r.Index] = true
			addRetraction(r.Retracted, got)
		}
	case RecordDisavowal:
		if d, ok := s.disavowals[id.Entry]; ok {
			got[d.Index] = true
			addRetraction(d.Retracted, got)
		}
	}
	if len(got) == 0 {
		return nil
	}
	got[0] = true
	if o, ok := s.offices[id.Office]; ok {
		for _, k := range o.view.Keys {
			got[k.Added] = true
		}
		for _, i := range o.revokes {
			got[i] = true
		}
		for _, p := range o.policies {
			got[p.index] = true
		}
	}
	return slices.Sorted(maps.Keys(got))
}

// letterEvidence follows replacements in both directions. A letter is done when
// its first entry is there, so a chain is walked once.
func (s *State) letterEvidence(l *Letter, got map[Index]bool) {
	entries := s.letterStatus(l).Entries
	if len(entries) == 0 || got[entries[0]] {
		return
	}
	for _, i := range append(entries, l.Conflicts...) {
		got[i] = true
	}
	for _, d := range s.denied {
		if d.Office == l.Office && s.deniesOwn(l, d) {
			got[d.Index] = true
			addRetraction(d.Retracted, got)
		}
	}
	for _, i := range l.Issues {
		for _, t := range i.Issue.Supersedes {
			if p, ok := s.issues[t.Index]; ok {
				s.letterEvidence(p, got)
			}
		}
	}
	for _, r := range l.ReplacedBy {
		s.letterEvidence(r.By, got)
	}
}

// EvidenceOfText returns the entries that an office's words rest on besides those
// of one record: every other letter of the office that issued or opened them, and
// its disavowals of them.
func (s *State) EvidenceOfText(o Office, text letter.LangText) []Index {
	got := map[Index]bool{}
	for _, l := range s.order {
		if l.Office == o && l.shows(text) {
			s.letterEvidence(l, got)
		}
	}
	for _, d := range s.denied {
		if d.Office == o && says(d.Disavow.Texts, text.Text) {
			got[d.Index] = true
			addRetraction(d.Retracted, got)
		}
	}
	return slices.Sorted(maps.Keys(got))
}

// deniesOwn reports whether a disavowal is about this letter by its reference;
// whether it is about its words takes the words.
func (s *State) deniesOwn(l *Letter, d *Disavowal) bool {
	return slices.ContainsFunc(d.Disavow.Regarding, func(t Target) bool {
		return t.Office == l.Office && t.Reference == l.Reference
	})
}

func addRetraction(r *Retraction, got map[Index]bool) {
	if r != nil {
		got[r.Index] = true
	}
}

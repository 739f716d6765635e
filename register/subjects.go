package register

import (
	"slices"

	"chancery.example/letter"
)

// Subjects say what an entry that counts is about: under which names it is
// found (lookup.md MUST-4).
type Subjects struct {
	Letters []SubjectLetter
	Offices []Office            // whose keys or policy it changes
	Texts   []letter.Disclosure // words that it shows to everybody
	Leaves  []letter.Hash       // of words that it names and does not show
	Files   []letter.Hash
}

// A SubjectLetter is a letter of the entry's own office that an entry is about.
// Earlier is an entry that turns out to be about the letter only now, none when
// it is 0: the closing of a draft that was still sealed.
type SubjectLetter struct {
	Office    Office
	Reference letter.Ref
	Earlier   Index
}

// Subjects returns what an entry is about. The state is that over the log up to the
// entry, which must count.
func (s *State) Subjects(l Logged) Subjects {
	var a Subjects
	o := l.Entry.Claims.Issuer
	switch b := l.Entry.Body.(type) {
	case KeyAdd:
		a.Offices = []Office{b.Office}
	case Policy:
		a.Offices = []Office{o}
	case Issue:
		a.letter(o, b.Reference, s.closingOf(o, b.Seal))
		s.aboutTargets(&a, o, b.Supersedes)
		a.fields(b.Fields)
		a.files(b.Files)
	case DraftOpen:
		a.letter(o, b.Reference, s.closingOf(o, b.Chain[0]))
		for _, r := range b.Revisions {
			a.fields(r.Fields)
		}
	case DraftClose:
		if let, known := s.tags[closeKey{o, b.Tag}]; known {
			a.letter(o, let.Reference, 0)
		}
	case Withdraw:
		s.aboutTargets(&a, o, []Target{b.Target})
	case Correct:
		s.aboutTargets(&a, o, []Target{b.Target})
		a.fields(b.Fields)
		a.files(b.Files)
	case Ratify:
		if let, ok := s.emergency[b.Target.Index]; ok {
			a.letter(o, let.Reference, 0)
		}
	case KeyRevoke:
		a.Offices = []Office{b.Office}
	case Supersede:
		s.aboutTargets(&a, o, []Target{b.Target, b.Successor})
	case Statement:
		s.aboutStatement(&a, o, b)
	case Disavow:
		s.aboutTargets(&a, o, b.Regarding)
		a.fields(b.Texts)
		a.Files = append(a.Files, b.Files...)
	case Retract:
		s.aboutRetracted(&a, o, b.Target.Index)
	}
	return a
}

func (a *Subjects) letter(o Office, ref letter.Ref, earlier Index) {
	x := SubjectLetter{o, ref, earlier}
	if !slices.Contains(a.Letters, x) {
		a.Letters = append(a.Letters, x)
	}
}

// fields notes texts: shown ones by their words, others by their leaf.
func (a *Subjects) fields(ds []letter.Disclosure) {
	for _, d := range ds {
		switch _, isText := d.Field.Lang(); {
		case !isText:
		case d.Salt == nil:
			a.Leaves = append(a.Leaves, d.Hash)
		default:
			a.Texts = append(a.Texts, d)
		}
	}
}

func (a *Subjects) files(fs []File) {
	for _, f := range fs {
		a.Files = append(a.Files, f.Digest)
	}
}

// closingOf returns the closing of the letter that a seal belongs to, 0 without.
func (s *State) closingOf(o Office, link Link) Index {
	let, ok := s.letters[letterKey{o, link.Opening.Tag}]
	if !ok || let.Closed == nil {
		return 0
	}
	return let.Closed.Index
}

// aboutTargets notes the letters of the office itself that targets name: by
// reference, or by an entry that is about one letter.
func (s *State) aboutTargets(a *Subjects, o Office, ts []Target) {
	for _, t := range ts {
		if t.Office != o {
			continue
		}
		if t.Reference != "" {
			a.letter(o, t.Reference, 0)
		}
		if let, ok := s.issues[t.Index]; ok && let.Office == o && s.leaves[t.Index] == t.Leaf {
			a.letter(o, let.Reference, 0)
		}
	}
}

func (s *State) aboutStatement(a *Subjects, o Office, b Statement) {
	s.aboutTargets(a, o, b.Regarding)
	a.fields(b.Texts)
	for _, d := range b.Of {
		a.Leaves = append(a.Leaves, d.Hash)
	}
	a.Files = append(a.Files, b.Files...)
}

// aboutRetracted notes what the statement or disavowal that is taken back was
// about: letters, words and files.
func (s *State) aboutRetracted(a *Subjects, o Office, i Index) {
	if r, ok := s.statements[i]; ok {
		s.aboutStatement(a, o, r.Statement)
	}
	if d, ok := s.disavowals[i]; ok {
		s.aboutTargets(a, o, d.Disavow.Regarding)
		a.fields(d.Disavow.Texts)
		a.Files = append(a.Files, d.Disavow.Files...)
	}
}

// EvidenceAt returns what the entry at an index rests on: the evidence of the
// record that it made, or else the entry itself.
func (s *State) EvidenceAt(i Index) []Index {
	id, _, err := s.RecordAt(i, s.LastTime())
	if err != nil {
		return []Index{i}
	}
	return append(s.Evidence(id), i)
}

package register

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"chancery.example/letter"
)

// An OfficeView is what the log says about an office.
type OfficeView struct {
	Office     Office
	ID         string
	Name       Words
	Domain     string
	Since      time.Time // when it was enrolled
	Enrolled   Index
	Keys       []KeyView
	Policy     Index // the policy entry in force; 0: none yet
	Speakers   []string
	Statements int
	Disavowals int
	Sealed     int // commitments that nobody opened: drafts and lists of copies
	Opened     int // commitments that were opened
}

// A KeyView is a key that an office has, or had until it was revoked.
type KeyView struct {
	Thumbprint letter.Hash
	Key        PublicKey
	Added      Index
	Revoked    *Revocation
}

// Offices returns the offices in order of their short names.
func (s *State) Offices() []OfficeView {
	out := make([]OfficeView, 0, len(s.offices))
	for _, o := range s.offices {
		out = append(out, o.view)
	}
	slices.SortFunc(out, func(a, b OfficeView) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// OfficeByID returns the office with a short name.
func (s *State) OfficeByID(id string) (OfficeView, bool) {
	o, ok := s.offices[s.ids[id]]
	if !ok {
		return OfficeView{}, false
	}
	return o.view, true
}

// OfficeOf returns the office with a URI.
func (s *State) OfficeOf(u Office) (OfficeView, bool) {
	o, ok := s.offices[u]
	if !ok {
		return OfficeView{}, false
	}
	return o.view, true
}

// PolicyOf returns the policy of an office that is in force, with its index.
func (s *State) PolicyOf(u Office) (Policy, Index, bool) {
	o, ok := s.offices[u]
	if !ok || len(o.policies) == 0 {
		return Policy{}, 0, false
	}
	last := o.policies[len(o.policies)-1]
	return last.policy, last.index, true
}

// PoliciesOf returns the indices of all policy entries of an office.
func (s *State) PoliciesOf(u Office) []Index {
	var out []Index
	if o, ok := s.offices[u]; ok {
		for _, p := range o.policies {
			out = append(out, p.index)
		}
	}
	return out
}

// Letters returns the letters that are issued or opened, in order of the log.
func (s *State) Letters() []*Letter { return s.order }

// Letter returns an office's letter by its reference, the first if the record
// contradicts itself.
func (s *State) Letter(o Office, ref letter.Ref) (*Letter, bool) {
	ls := s.refs[refKey{o, ref}]
	if len(ls) == 0 {
		return nil, false
	}
	return ls[0], true
}

// ByFile returns the records that name a file by its SHA-256.
func (s *State) ByFile(digest letter.Hash) []RecordID { return s.files[digest] }

// A TextRecord is one text that the register shows to everybody.
type TextRecord struct {
	Record   RecordID
	Language letter.Lang
	Revision uint32
	Leaf     letter.Disclosure
}

// Texts returns every text that the register shows: issued publicly, opened,
// stated, disavowed. Their words are kept outside the log, under their leaf.
func (s *State) Texts() iter.Seq[TextRecord] {
	return func(yield func(TextRecord) bool) {
		for _, l := range s.order {
			if !s.letterTexts(l, yield) {
				return
			}
		}
		for _, d := range s.denied {
			if !texts(s.disavowalID(d), 0, d.Disavow.Texts, yield) {
				return
			}
		}
		for _, r := range s.spoken {
			if !texts(s.statementID(r), 0, r.Statement.Texts, yield) {
				return
			}
		}
	}
}

// TextsInOrder returns the texts that the register shows in the order of the
// entries that show them: what a longer log adds comes at the end.
func (s *State) TextsInOrder() []TextRecord {
	return slices.SortedStableFunc(s.Texts(), func(a, b TextRecord) int { return cmp.Compare(a.Record.Entry, b.Record.Entry) })
}

// Family names the letter, statement or disavowal that a record's texts belong
// to: the same for all revisions and languages of a letter.
func (id RecordID) Family() string {
	if id.Kind == RecordLetter {
		return fmt.Sprintf("letter %s %s", id.Office, id.Reference)
	}
	return fmt.Sprintf("%s %d", id.Kind, id.Entry)
}

func (s *State) letterTexts(l *Letter, yield func(TextRecord) bool) bool {
	for _, i := range l.Issues {
		if !texts(s.letterID(l, i.Index), i.Issue.Seal.Opening.Revision, i.Issue.Fields, yield) {
			return false
		}
	}
	for _, c := range l.Corrected {
		if !texts(s.letterID(l, c.Index), c.Correct.Seal.Opening.Revision, c.Correct.Fields, yield) {
			return false
		}
	}
	for _, o := range l.Opened {
		if !texts(s.letterID(l, o.Index), o.Revision.Number, o.Revision.Fields, yield) {
			return false
		}
	}
	return true
}

func texts(id RecordID, revision uint32, ds []letter.Disclosure, yield func(TextRecord) bool) bool {
	for _, d := range ds {
		lang, isText := d.Field.Lang()
		if !isText || d.Salt == nil {
			continue
		}
		if !yield(TextRecord{id, lang, revision, d}) {
			return false
		}
	}
	return true
}

// LetterStatus is the standing of a letter as a whole: of its issued text, or
// of its newest opened revision.
func (s *State) LetterStatus(l *Letter, at time.Time) Status {
	st := s.letterStatus(l)
	switch {
	case len(l.Issues) > 0:
		st.Standing, st.Revision = l.standingOfIssued(at), l.current()
	case l.Closed != nil:
		st.Standing = DraftClosed
	default:
		st.Standing = DraftOpened
	}
	for _, o := range l.Opened {
		if len(l.Issues) == 0 {
			st.Revision = max(st.Revision, o.Revision.Number)
		}
	}
	s.sealOf(l, &st)
	if len(l.Conflicts) > 0 || len(s.refs[refKey{l.Office, l.Reference}]) > 1 {
		st.Standing = Conflict
		st.Entries = append(st.Entries, l.Conflicts...)
	}
	s.finish(&st)
	return st
}

// StatementStatus is the standing of a statement.
func (s *State) StatementStatus(r *StatementRecord) Status {
	lang, _ := r.Statement.Texts[0].Field.Lang()
	return s.ofStatement(r, lang)
}

func (s *State) letterID(l *Letter, entry Index) RecordID {
	if entry == 0 && len(l.Issues) > 0 {
		entry = l.Issues[0].Index
	} else if entry == 0 && len(l.Opened) > 0 {
		entry = l.Opened[0].Index
	}
	return RecordID{RecordLetter, l.Office, s.idOf(l.Office), l.Reference, entry}
}

func (s *State) statementID(r *StatementRecord) RecordID {
	var ref letter.Ref
	if len(r.Statement.Regarding) > 0 {
		ref = r.Statement.Regarding[0].Reference
	}
	return RecordID{RecordStatement, r.Office, s.idOf(r.Office), ref, r.Index}
}

func (s *State) disavowalID(d *Disavowal) RecordID {
	var ref letter.Ref
	if len(d.Disavow.Regarding) > 0 {
		ref = d.Disavow.Regarding[0].Reference
	}
	return RecordID{RecordDisavowal, d.Office, s.idOf(d.Office), ref, d.Index}
}

func (s *State) idOf(o Office) string {
	if r, ok := s.offices[o]; ok {
		return r.view.ID
	}
	return ""
}

// RecordAt returns the record that the entry at an index made known, with its
// standing as a whole: a letter by its issue, correction or opening, a statement,
// a disavowal.
func (s *State) RecordAt(i Index, at time.Time) (RecordID, Status, error) {
	if r, ok := s.statements[i]; ok {
		return s.statementID(r), s.StatementStatus(r), nil
	}
	if d, ok := s.disavowals[i]; ok {
		return s.disavowalID(d), s.ofDisavowal(d, letter.LangText{}), nil
	}
	for _, l := range s.order {
		issued := slices.ContainsFunc(l.Issues, func(x Issuance) bool { return x.Index == i })
		opened := slices.ContainsFunc(l.Opened, func(x Opened) bool { return x.Index == i })
		corrected := slices.ContainsFunc(l.Corrected, func(x Corrected) bool { return x.Index == i })
		if issued || opened || corrected {
			return s.letterID(l, i), s.LetterStatus(l, at), nil
		}
	}
	return RecordID{}, Status{}, fmt.Errorf("entry %d makes no letter, statement or disavowal known", i)
}

// VersionAt is RecordAt for what the entry itself holds, such as its file: it is
// superseded when a later correction took its place (standing.md MUST-19).
func (s *State) VersionAt(i Index, at time.Time) (RecordID, Status, error) {
	id, st, err := s.RecordAt(i, at)
	if err != nil || id.Kind != RecordLetter || st.Standing == Conflict {
		return id, st, err
	}
	l, ok := s.Letter(id.Office, id.Reference)
	if !ok || len(l.Issues) == 0 {
		return id, st, nil
	}
	last := slices.IndexFunc(l.Corrected, func(c Corrected) bool { return c.Index == i })
	if last < 0 && l.Issues[0].Index != i {
		return id, st, nil // an opened draft
	}
	l.outdate(&st, officially{last: last})
	return id, st, nil
}

// IDOf returns the name of a letter's record.
func (s *State) IDOf(l *Letter) RecordID { return s.letterID(l, 0) }

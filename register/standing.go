package register

import (
	"slices"
	"time"

	"chancery.example/letter"
)

// A Standing says where a text stands.
type Standing string

// The standings, as docs/formats/standing.md defines them.
const (
	Conflict      Standing = "conflict"       // the record contradicts itself
	Lookalike     Standing = "lookalike"      // signed, but not by the office it names
	Disavowed     Standing = "disavowed"      // the office says it is not theirs
	Withdrawn     Standing = "withdrawn"      // issued, then withdrawn
	Superseded    Standing = "superseded"     // issued, then replaced
	DraftClosed   Standing = "draft_closed"   // a draft, closed without being issued
	DraftOpened   Standing = "draft_open"     // a draft, not issued
	DraftReplaced Standing = "draft_replaced" // an earlier draft; issued in other words
	Embargoed     Standing = "embargoed"      // issued, not public before a time
	CannotCheck   Standing = "cannot_check"   // could not be checked to the end
	Expired       Standing = "expired"        // issued; its period is over
	InForce       Standing = "in_force"       // issued, in force
	NotOnRecord   Standing = "not_on_record"  // no issued letter with these words
	NoRegister    Standing = "no_register"    // this office keeps no register here
	Stated        Standing = "stated"         // words of a statement
	Retracted     Standing = "retracted"      // words of a statement taken back
)

// gravity orders standings from the most serious to the least: ties between
// records that match equally well go to the more serious one.
var gravity = []Standing{
	Conflict, Lookalike, Disavowed, Withdrawn, Superseded, DraftClosed, DraftOpened,
	DraftReplaced, Embargoed, CannotCheck, Expired, InForce, Retracted, Stated, NotOnRecord, NoRegister,
}

// Standings lists all standings, the most serious first.
func Standings() []Standing { return slices.Clone(gravity) }

// Graver reports whether a is more serious than b.
func (a Standing) Graver(b Standing) bool {
	return slices.Index(gravity, a) < slices.Index(gravity, b)
}

// A RecordKind says what sort of record words come from.
type RecordKind string

// The kinds of records.
const (
	RecordLetter    RecordKind = "letter"
	RecordStatement RecordKind = "statement"
	RecordDisavowal RecordKind = "disavowal"
)

// A RecordID names one record of the register. Entry is the entry that made it
// known: the issue, else the first opening; the statement; the disavowal.
type RecordID struct {
	Kind      RecordKind
	Office    Office
	OfficeID  string
	Reference letter.Ref
	Entry     Index
}

// A Status is where one text stands in one record.
type Status struct {
	Standing Standing
	Record   RecordID
	Language letter.Lang
	Revision uint32 // of a draft or issued letter

	SealedAt, OpenedAt, ClosedAt, IssuedAt, EndedAt, NotBefore, Expires Stamp

	// Written is when a letter was written that was recorded later; "" of any other.
	Written Day

	Reason     Words // of a withdrawal, retraction or disavowal
	ReplacedBy []Replacement
	// Corrected are the corrections of the letter. CorrectedBy is the one that
	// put other words in the place of these; 0: these words stand.
	Corrected   []Corrected
	CorrectedBy Index
	Emergency   *Emergency // of a withdrawal in an emergency
	Revisions   int        // known to exist
	Sealed      int        // of those, still sealed
	ApprovedBy  []ApprovedBy
	Needed      int
	Entries     []Index // that the answer rests on, in order of the log
	// LaterRevoked are the entries among them whose key was revoked later, from
	// a position before them. What officers approved there stays valid.
	LaterRevoked []Index
}

// StandingOf folds entries and returns where text stands in every record that
// holds exactly it, the most serious first. at is the reader's time: embargo and
// expiry depend on it.
func StandingOf(entries []Logged, text letter.LangText, at time.Time) []Status {
	return Fold(entries).StandingsOf(text, at)
}

// StandingsOf returns where text stands in every record that holds exactly it,
// the most serious first (standing.md MUST-16).
func (s *State) StandingsOf(text letter.LangText, at time.Time) []Status {
	var out []Status
	for _, l := range s.order {
		st, ok := s.inLetter(l, text, at)
		if !ok {
			continue
		}
		// Opened once, issued later in the same words: the issue answers.
		if elsewhere, _ := s.issuedElsewhere(l, text); elsewhere && st.Standing == DraftReplaced {
			continue
		}
		out = append(out, st)
	}
	for _, d := range s.denied {
		if holds(d.Disavow.Texts, text, nil) {
			out = append(out, s.ofDisavowal(d, text))
		}
	}
	for _, r := range s.spoken {
		if holds(r.Statement.Texts, text, nil) {
			out = append(out, s.ofStatement(r, text.Lang))
		}
	}
	slices.SortStableFunc(out, func(a, b Status) int {
		return slices.Index(gravity, a.Standing) - slices.Index(gravity, b.Standing)
	})
	return out
}

// Standing returns where text stands within one record; false when the record
// does not hold exactly this text.
func (s *State) Standing(id RecordID, text letter.LangText, at time.Time) (Status, bool) {
	switch id.Kind {
	case RecordLetter:
		for _, l := range s.refs[refKey{id.Office, id.Reference}] {
			if st, ok := s.inLetter(l, text, at); ok {
				return st, true
			}
		}
	case RecordDisavowal:
		if d, ok := s.disavowals[id.Entry]; ok && holds(d.Disavow.Texts, text, nil) {
			return s.ofDisavowal(d, text), true
		}
	case RecordStatement:
		if r, ok := s.statements[id.Entry]; ok && holds(r.Statement.Texts, text, nil) {
			return s.ofStatement(r, text.Lang), true
		}
	}
	return Status{}, false
}

// inLetter decides the standing of a text of a letter: standing.md MUST-10 to
// MUST-15.
func (s *State) inLetter(l *Letter, text letter.LangText, at time.Time) (Status, bool) {
	issued, at0 := l.official(text)
	opened := indexOf(l.Opened, func(o Opened) bool { return holds(o.Revision.Fields, text, nil) })
	if !issued && opened < 0 {
		return Status{}, false
	}
	st := s.letterStatus(l)
	st.Language = text.Lang
	if issued {
		st.Standing, st.Revision = l.standingOfIssued(at), at0.revision
		l.outdate(&st, at0)
	} else {
		st.Revision = l.Opened[opened].Revision.Number
		s.ofDraft(l, text, &st)
	}
	s.sealOf(l, &st)
	reopened := issued && slices.ContainsFunc(l.Opened, func(o Opened) bool {
		return o.Index > at0.first && says(o.Revision.Fields, text.Text)
	})
	own := s.disavowedBy(l.Office, text)
	if len(l.Conflicts) > 0 || reopened || own != nil || len(s.refs[refKey{l.Office, l.Reference}]) > 1 {
		st.Standing = Conflict
		st.Entries = append(st.Entries, l.Conflicts...)
	}
	if own != nil {
		st.Entries = append(st.Entries, own.Index)
	}
	s.finish(&st)
	return st, true
}

// finish puts the entries of a status in order and notes which of them were
// signed with a key that was revoked later.
func (s *State) finish(st *Status) {
	slices.Sort(st.Entries)
	st.Entries = slices.Compact(st.Entries)
	st.LaterRevoked = s.laterRevoked(st.Record.Office, st.Entries)
}

// ofDraft sets the standing of a text that its letter only opened. Whoever issued
// the same words under another reference cannot call them a draft afterwards.
func (s *State) ofDraft(l *Letter, text letter.LangText, st *Status) {
	elsewhere, by := s.issuedElsewhere(l, text)
	last := l.Opened[0].Index
	for _, o := range l.Opened {
		if holds(o.Revision.Fields, text, nil) {
			last = o.Index
		}
	}
	switch {
	case elsewhere && last > by:
		st.Standing = Conflict // standing.md MUST-11
		st.Entries = append(st.Entries, by)
	case elsewhere || len(l.Issues) > 0:
		st.Standing = DraftReplaced
	case l.Closed != nil:
		st.Standing = DraftClosed
	default:
		st.Standing = DraftOpened
	}
}

// issuedElsewhere returns the first entry with which the letter's office issued
// a text in another letter.
func (s *State) issuedElsewhere(l *Letter, text letter.LangText) (bool, Index) {
	for _, other := range s.order {
		if other == l || other.Office != l.Office {
			continue
		}
		if by, ok := other.saysOfficially(text.Text); ok {
			return true, by
		}
	}
	return false, 0
}

func indexOf[T any](ts []T, f func(T) bool) int { return slices.IndexFunc(ts, f) }

// standingOfIssued is the standing of the text that the letter's first issue
// entry holds.
func (l *Letter) standingOfIssued(at time.Time) Standing {
	now := StampOf(at)
	issue := l.Issues[0].Issue
	replaced := slices.ContainsFunc(l.ReplacedBy, func(r Replacement) bool { return r.EffectsAt == 0 || r.EffectsAt <= now })
	switch {
	case l.Withdrawn != nil:
		return Withdrawn
	case replaced:
		return Superseded
	case issue.NotBefore != 0 && now < issue.NotBefore:
		return Embargoed
	case issue.Expires != 0 && now >= issue.Expires:
		return Expired
	}
	return InForce
}

// letterStatus fills in what does not depend on the text.
func (s *State) letterStatus(l *Letter) Status {
	st := Status{Record: s.letterID(l, 0), Revisions: len(l.Seals)}
	st.Revisions, st.Sealed = l.counts()
	for _, seal := range l.Seals {
		st.Entries = append(st.Entries, seal.Index)
	}
	for _, o := range l.Opened {
		st.Entries = append(st.Entries, o.Index)
		if st.OpenedAt == 0 {
			st.OpenedAt, st.ApprovedBy = o.At, nil
		}
	}
	if l.Closed != nil {
		st.ClosedAt = l.Closed.At
		st.Entries = append(st.Entries, l.Closed.Index)
	}
	for i, is := range l.Issues {
		st.Entries = append(st.Entries, is.Index)
		if e := is.Issue.Embargo; e != nil {
			st.Entries = append(st.Entries, e.Index)
		}
		if i == 0 {
			st.IssuedAt, st.ApprovedBy, st.Needed, st.Written = is.At, is.ApprovedBy, is.Needed, is.Issue.Written
			st.NotBefore, st.Expires = is.Issue.NotBefore, is.Issue.Expires
		}
	}
	for _, c := range l.Corrected {
		st.Entries = append(st.Entries, c.Index)
	}
	st.Corrected = l.Corrected
	for _, r := range l.ReplacedBy {
		st.Entries = append(st.Entries, r.Index)
		if st.EndedAt == 0 {
			st.EndedAt = r.At
		}
	}
	st.ReplacedBy = l.ReplacedBy
	if w := l.Withdrawn; w != nil {
		st.EndedAt, st.Reason, st.Emergency = w.At, w.Reason, w.Emergency
		st.Entries = append(st.Entries, w.Index)
		if w.Emergency != nil && w.Emergency.Ratified != nil {
			st.Entries = append(st.Entries, w.Emergency.Ratified.Index)
		}
	}
	return st
}

// counts returns how many revisions are known to exist and how many of them
// nobody outside can read.
func (l *Letter) counts() (revisions, sealed int) {
	read := map[uint32]bool{}
	for _, o := range l.Opened {
		read[o.Revision.Number] = true
	}
	for _, i := range l.Issues {
		read[i.Issue.Seal.Opening.Revision] = true
		revisions = max(revisions, int(i.Issue.Seal.Opening.Revision))
	}
	for _, c := range l.Corrected {
		read[c.Correct.Seal.Opening.Revision] = true
	}
	for _, s := range l.Seals {
		revisions = max(revisions, int(s.Revision))
	}
	return revisions, max(0, revisions-len(read))
}

// sealOf notes when the text's own revision was sealed.
func (s *State) sealOf(l *Letter, st *Status) {
	for _, seal := range l.Seals {
		if seal.Revision == st.Revision {
			st.SealedAt = seal.At
		}
	}
}

// disavowedBy returns an office's standing disavowal of a text, or nil.
func (s *State) disavowedBy(o Office, text letter.LangText) *Disavowal {
	for _, d := range s.denied {
		if d.Office == o && d.Retracted == nil && says(d.Disavow.Texts, text.Text) {
			return d
		}
	}
	return nil
}

// DisavowalsOf returns every office's disavowals of a text. Those of other
// offices than the letter's stand beside its answer and change nothing.
func (s *State) DisavowalsOf(text letter.LangText) []*Disavowal {
	var out []*Disavowal
	for _, d := range s.denied {
		if holds(d.Disavow.Texts, text, nil) {
			out = append(out, d)
		}
	}
	return out
}

func (s *State) ofDisavowal(d *Disavowal, text letter.LangText) Status {
	st := Status{
		Standing: Disavowed, Record: s.disavowalID(d), Language: text.Lang,
		Reason: d.Disavow.Reason, EndedAt: d.At, ApprovedBy: d.ApprovedBy, Entries: []Index{d.Index},
	}
	if d.Retracted != nil {
		st.Standing, st.Reason, st.EndedAt = Retracted, d.Retracted.Reason, d.Retracted.At
		st.Entries = append(st.Entries, d.Retracted.Index)
		s.finish(&st)
		return st
	}
	for _, l := range s.order {
		if l.Office == d.Office && l.shows(text) {
			st.Standing = Conflict // standing.md MUST-15: an office's own letter
			st.Entries = append(st.Entries, s.letterStatus(l).Entries...)
		}
	}
	s.finish(&st)
	return st
}

// shows reports whether the letter issued or opened exactly these words.
func (l *Letter) shows(text letter.LangText) bool {
	_, official := l.saysOfficially(text.Text)
	return official || slices.ContainsFunc(l.Opened, func(o Opened) bool { return says(o.Revision.Fields, text.Text) })
}

// says reports whether one of the texts is made of exactly these words, whatever
// language it is called: another tag makes nothing else of them.
func says(of []letter.Disclosure, words letter.Text) bool {
	return slices.ContainsFunc(of, func(d letter.Disclosure) bool {
		_, isText := d.Field.Lang()
		return isText && d.Matches([]byte(words.String()))
	})
}

func (s *State) ofStatement(r *StatementRecord, lang letter.Lang) Status {
	st := Status{
		Standing: Stated, Record: s.statementID(r), Language: lang,
		IssuedAt: r.At, ApprovedBy: r.ApprovedBy, Entries: []Index{r.Index},
	}
	if r.Retracted != nil {
		st.Standing, st.Reason, st.EndedAt = Retracted, r.Retracted.Reason, r.Retracted.At
		st.Entries = append(st.Entries, r.Retracted.Index)
	}
	s.finish(&st)
	return st
}

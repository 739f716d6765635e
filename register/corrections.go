package register

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"chancery.example/letter"
)

// MUST numbers here are those of standing.md.

// A Corrected is a correction of an issued letter.
type Corrected struct {
	Index      Index
	At         Stamp
	Correct    Correct
	ApprovedBy []ApprovedBy
	Needed     int
}

// An Emergency is a withdrawal by fewer officers than it takes otherwise.
type Emergency struct {
	RatifyBy Stamp
	Ratified *Ratified
}

// A Ratified is the confirmation of a withdrawal in an emergency.
type Ratified struct {
	Index      Index
	At         Stamp
	ApprovedBy []ApprovedBy
}

// Overdue reports whether nobody ratified the withdrawal within its time.
func (e *Emergency) Overdue(at time.Time) bool {
	return e != nil && e.Ratified == nil && StampOf(at) > e.RatifyBy
}

// correct is MUST-18.
func (s *State) correct(l Logged, o *officeRecord, b Correct) error {
	let, err := s.target(o.view.Office, b.Target, l.Index)
	if err != nil {
		return err
	}
	if err := subjectOf(s.genesis.Origin, l.Entry, let.Reference); err != nil {
		return err
	}
	c, err := s.sealed(o.view.Office, b.Seal, l.Index)
	if err != nil {
		return err
	}
	if err := let.mayCorrect(b); err != nil {
		return err
	}
	set, err := s.approved(l, o, b, string(let.Type))
	if err != nil {
		return err
	}
	s.markOpened(o, let, b.Seal, c)
	let.Corrected = append(let.Corrected, Corrected{l.Index, StampOf(l.Entry.Claims.IssuedAt), b, set.by, set.needed})
	s.addForms(b.Files, s.letterID(let, l.Index))
	return nil
}

// mayCorrect: what is corrected is the letter's first issue, in force or not but
// never withdrawn, by a later revision of the same letter that has the same type,
// the same languages, and is shown as the issue was.
func (l *Letter) mayCorrect(b Correct) error {
	first := l.Issues[0]
	typ := letter.Find(b.Fields, letter.FieldType)
	switch {
	case first.Index != b.Target.Index:
		return fmt.Errorf("entry %d is not the first issue of %s", b.Target.Index, l.Reference)
	case l.Withdrawn != nil:
		return fmt.Errorf("%s was withdrawn with entry %d", l.Reference, l.Withdrawn.Index)
	case b.Seal.Opening.Tag != l.tag:
		return errors.New("the seal is another letter's")
	case b.Seal.Opening.Revision <= l.current():
		return fmt.Errorf("revision %d is not later than revision %d, which stands", b.Seal.Opening.Revision, l.current())
	case string(typ.Value) != string(first.Issue.Type):
		return fmt.Errorf("its type is %q, that of the issue %s", typ.Value, first.Issue.Type)
	case b.Disclosure != first.Issue.Disclosure:
		return fmt.Errorf("its disclosure is %q, that of the issue %q", b.Disclosure, first.Issue.Disclosure)
	case !slices.Equal(languages(b.Fields), languages(first.Issue.Fields)):
		return fmt.Errorf("its texts are in %v, those of the issue in %v", languages(b.Fields), languages(first.Issue.Fields))
	}
	return nil
}

// languages returns those of the texts in a disclosure list, in its order.
func languages(ds []letter.Disclosure) []letter.Lang {
	var out []letter.Lang
	for _, d := range ds {
		if lang, isText := d.Field.Lang(); isText {
			out = append(out, lang)
		}
	}
	return out
}

// current returns the revision of an issued letter that stands.
func (l *Letter) current() uint32 {
	if n := len(l.Corrected); n > 0 {
		return l.Corrected[n-1].Correct.Seal.Opening.Revision
	}
	return l.Issues[0].Issue.Seal.Opening.Revision
}

// issuedRevision reports whether a revision was issued, or took an issued one's
// place as a correction.
func (l *Letter) issuedRevision(n uint32) bool {
	return slices.ContainsFunc(l.Issues, func(i Issuance) bool { return i.Issue.Seal.Opening.Revision == n }) ||
		slices.ContainsFunc(l.Corrected, func(c Corrected) bool { return c.Correct.Seal.Opening.Revision == n })
}

// An officially is where a letter has a text: in its issue or a correction.
type officially struct {
	first    Index  // the first entry that holds it
	last     int    // the last correction that holds it, -1: only the issue does
	revision uint32 // of the last
}

// official finds a text among what the letter issued.
func (l *Letter) official(text letter.LangText) (bool, officially) {
	out, found := officially{last: -1}, false
	for _, i := range l.Issues {
		if !found && holds(i.Issue.Fields, text, nil) {
			found, out.first, out.revision = true, i.Index, i.Issue.Seal.Opening.Revision
		}
	}
	for n, c := range l.Corrected {
		if !holds(c.Correct.Fields, text, nil) {
			continue
		}
		if !found {
			found, out.first = true, c.Index
		}
		out.last, out.revision = n, c.Correct.Seal.Opening.Revision
	}
	return found, out
}

// ofRevision finds a revision among what the letter issued.
func (l *Letter) ofRevision(n uint32) officially {
	last := indexOf(l.Corrected, func(c Corrected) bool { return c.Correct.Seal.Opening.Revision == n })
	return officially{last: last, revision: n}
}

// outdate is MUST-19: words that a later correction does not have any more are
// superseded by it, unless the whole letter was withdrawn.
func (l *Letter) outdate(st *Status, text officially) {
	if text.last == len(l.Corrected)-1 {
		return
	}
	by := l.Corrected[text.last+1]
	st.CorrectedBy = by.Index
	if st.Standing != Withdrawn {
		st.Standing = Superseded
		if st.EndedAt == 0 || by.At < st.EndedAt {
			st.EndedAt = by.At
		}
	}
}

// saysOfficially returns the first entry with which the letter was issued or
// corrected in exactly these words.
func (l *Letter) saysOfficially(words letter.Text) (Index, bool) {
	for _, i := range l.Issues {
		if says(i.Issue.Fields, words) {
			return i.Index, true
		}
	}
	for _, c := range l.Corrected {
		if says(c.Correct.Fields, words) {
			return c.Index, true
		}
	}
	return 0, false
}

// toRatify notes a withdrawal in an emergency (MUST-20).
func (s *State) toRatify(l Logged, o *officeRecord, let *Letter) {
	within := o.policies[len(o.policies)-1].policy.RatifyWithin
	let.Withdrawn.Emergency = &Emergency{RatifyBy: StampOf(l.Entry.Claims.IssuedAt) + Stamp(within)}
	s.emergency[l.Index], s.leaves[l.Index] = let, l.Entry.LeafHash()
}

// ratify is MUST-20.
func (s *State) ratify(l Logged, o *officeRecord, b Ratify) error {
	let, ok := s.emergency[b.Target.Index]
	switch {
	case !ok || b.Target.Index >= l.Index:
		return fmt.Errorf("entry %d is no withdrawal in an emergency", b.Target.Index)
	case s.leaves[b.Target.Index] != b.Target.Leaf:
		return fmt.Errorf("entry %d is not the one that was meant (its leaf hash differs)", b.Target.Index)
	case let.Office != o.view.Office || b.Target.Office != o.view.Office:
		return fmt.Errorf("entry %d is another office's withdrawal", b.Target.Index)
	case b.Target.Reference != "" && b.Target.Reference != let.Reference:
		return fmt.Errorf("entry %d withdraws %s, not %s", b.Target.Index, let.Reference, b.Target.Reference)
	}
	if err := subjectOf(s.genesis.Origin, l.Entry, let.Reference); err != nil {
		return err
	}
	set, err := s.approved(l, o, b, string(let.Type))
	if err != nil {
		return err
	}
	if was := let.Withdrawn.Emergency.Ratified; was != nil {
		return fmt.Errorf("entry %d ratified the withdrawal already", was.Index)
	}
	e := *let.Withdrawn.Emergency
	e.Ratified = &Ratified{l.Index, StampOf(l.Entry.Claims.IssuedAt), set.by}
	let.Withdrawn.Emergency = &e
	return nil
}

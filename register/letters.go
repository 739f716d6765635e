package register

import (
	"errors"
	"fmt"
	"slices"

	"chancery.example/commitment"
	"chancery.example/letter"
)

// A Letter is what the log says about one letter of an office.
type Letter struct {
	Office    Office
	Reference letter.Ref
	Type      letter.Type

	tag commitment.Tag
	// Seals are the commitments of its revisions that are opened, in order of
	// revision; there may be more, and there cannot be fewer.
	Seals []Seal
	// Issues is empty for a draft and has one element for an issued letter;
	// with more the record contradicts itself.
	Issues     []Issuance
	Corrected  []Corrected
	Opened     []Opened
	Closed     *Closing
	Withdrawn  *Ending
	ReplacedBy []Replacement
	// Conflicts are the entries that contradict the record of this letter.
	Conflicts []Index
}

// A Seal is the commitment of one revision.
type Seal struct {
	Revision uint32
	Index    Index
	At       Stamp
}

// An Issuance is an issue entry of a letter.
type Issuance struct {
	Index      Index
	At         Stamp
	Issue      Issue
	ApprovedBy []ApprovedBy
	Needed     int
}

// An Opened is a revision of a draft that was opened.
type Opened struct {
	Index      Index
	At         Stamp
	Revision   OpenedRevision
	ApprovedBy []ApprovedBy
}

// A Closing is the end of a draft.
type Closing struct {
	Index      Index
	At         Stamp
	ApprovedBy []ApprovedBy
}

// An Ending is the withdrawal of a letter.
type Ending struct {
	Index      Index
	At         Stamp
	Reason     Words
	ApprovedBy []ApprovedBy
	Emergency  *Emergency // nil: withdrawn with the approvals that it takes
}

// A Replacement names the letter that replaced another.
type Replacement struct {
	Index     Index // the entry that says so
	At        Stamp
	By        *Letter
	EffectsAt Stamp // when the successor takes effect; 0: at once
}

// letterOf returns the letter with a tag, making it when it is new.
func (s *State) letterOf(o Office, tag commitment.Tag, ref letter.Ref, typ letter.Type) (*Letter, error) {
	key := letterKey{o, tag}
	if l, ok := s.letters[key]; ok {
		if l.Reference != ref {
			return nil, fmt.Errorf("the letter's reference is %s, not %s", l.Reference, ref)
		}
		return l, nil
	}
	l := &Letter{Office: o, Reference: ref, Type: typ, tag: tag}
	ck := closeKey{o, commitment.CloseTag(tag)}
	if c, ok := s.closed[ck]; ok {
		l.Closed = &c
	}
	s.tags[ck] = l
	s.letters[key] = l
	s.order = append(s.order, l)
	rk := refKey{o, ref}
	s.refs[rk] = append(s.refs[rk], l)
	return l, nil
}

// sealed checks that a link opens a commitment of this office in this log.
func (s *State) sealed(o Office, link Link, before Index) (*commitRecord, error) {
	c, ok := s.commits[link.Index]
	if !ok || link.Index >= before {
		return nil, fmt.Errorf("entry %d is no earlier commitment", link.Index)
	}
	op := link.Opening
	switch {
	case c.office != o || op.Office != string(o):
		return nil, fmt.Errorf("commitment %d is another office's", link.Index)
	case op.Register != s.genesis.Origin:
		return nil, fmt.Errorf("the opening is for register %q", op.Register)
	case !op.Opens(c.commitment):
		return nil, fmt.Errorf("the opening does not fit commitment %d", link.Index)
	}
	return c, nil
}

func (c *commitRecord) open(o *officeRecord) {
	if c != nil && !c.opened {
		c.opened = true
		o.view.Sealed--
		o.view.Opened++
	}
}

func (s *State) markOpened(o *officeRecord, l *Letter, link Link, c *commitRecord) {
	c.open(o)
	if !slices.ContainsFunc(l.Seals, func(x Seal) bool { return x.Index == link.Index }) {
		l.Seals = append(l.Seals, Seal{link.Opening.Revision, link.Index, c.at})
		slices.SortFunc(l.Seals, func(a, b Seal) int { return int(a.Revision) - int(b.Revision) })
	}
}

func (s *State) open(l Logged, o *officeRecord, d DraftOpen) error {
	if err := subjectOf(s.genesis.Origin, l.Entry, d.Reference); err != nil {
		return err
	}
	commits := make([]*commitRecord, len(d.Chain))
	for i, link := range d.Chain {
		c, err := s.sealed(o.view.Office, link, l.Index)
		if err != nil {
			return err
		}
		commits[i] = c
	}
	set, err := s.approved(l, o, d, "")
	if err != nil {
		return err
	}
	typ := letter.Find(d.Revisions[0].Fields, letter.FieldType)
	let, err := s.letterOf(o.view.Office, d.Chain[0].Opening.Tag, d.Reference, letter.Type(typ.Value))
	if err != nil {
		return err
	}
	for i, link := range d.Chain {
		s.markOpened(o, let, link, commits[i])
	}
	at := StampOf(l.Entry.Claims.IssuedAt)
	for _, r := range d.Revisions {
		if let.issuedRevision(r.Number) {
			let.Conflicts = append(let.Conflicts, l.Index) // standing.md MUST-11: issued text declared a draft
		}
		let.Opened = append(let.Opened, Opened{l.Index, at, r, set.by})
	}
	return nil
}

func (s *State) close(l Logged, o *officeRecord, d DraftClose) error {
	if err := closeSubject(s.genesis.Origin, l.Entry, d.Reference); err != nil {
		return err
	}
	set, err := s.approved(l, o, d, "")
	if err != nil {
		return err
	}
	key := closeKey{o.view.Office, d.Tag}
	if _, twice := s.closed[key]; twice {
		return nil // a letter is closed once (standing.md MUST-7)
	}
	c := Closing{l.Index, StampOf(l.Entry.Claims.IssuedAt), set.by}
	let := s.tags[key]
	if d.Reference != "" && (let == nil || let.Reference != d.Reference) {
		return fmt.Errorf("%s has no opened draft %s with this tag", o.view.ID, d.Reference)
	}
	s.closed[key] = c
	if let == nil {
		return nil
	}
	let.Closed = &c
	if len(let.Issues) > 0 {
		let.Conflicts = append(let.Conflicts, l.Index) // standing.md MUST-11: an issued letter declared closed
	}
	return nil
}

// closeSubject: the closing of a draft that stays sealed must not say which
// letter it is about.
func closeSubject(origin string, e Entry, ref letter.Ref) error {
	if ref != "" {
		return subjectOf(origin, e, ref)
	}
	if want := OfficeSubject(e.Claims.Issuer); e.Claims.Subject != want {
		return fmt.Errorf("its subject is %q, want %q", e.Claims.Subject, want)
	}
	return nil
}

func (s *State) issue(l Logged, o *officeRecord, b Issue) error {
	if err := subjectOf(s.genesis.Origin, l.Entry, b.Reference); err != nil {
		return err
	}
	c, err := s.sealed(o.view.Office, b.Seal, l.Index)
	if err != nil {
		return err
	}
	embargo, decided, err := s.underEmbargo(l, o, b)
	if err != nil {
		return err
	}
	if err := b.writtenBefore(l.Entry.Claims.IssuedAt); err != nil {
		return err
	}
	set, err := s.approvedAt(decided, o, b, string(b.Type))
	if err != nil {
		return err
	}
	predecessors := make([]*Letter, len(b.Supersedes))
	for i, t := range b.Supersedes {
		if predecessors[i], err = s.target(o.view.Office, t, l.Index); err != nil {
			return fmt.Errorf("supersedes: %w", err)
		}
	}
	let, err := s.letterOf(o.view.Office, b.Seal.Opening.Tag, b.Reference, b.Type)
	if err != nil {
		return err
	}
	s.markOpened(o, let, b.Seal, c)
	embargo.open(o)
	at := StampOf(l.Entry.Claims.IssuedAt)
	if len(let.Issues) > 0 || let.Closed != nil {
		let.Conflicts = append(let.Conflicts, l.Index) // standing.md MUST-11: issued twice, or after closing
	}
	let.Issues = append(let.Issues, Issuance{l.Index, at, b, set.by, set.needed})
	let.Type = b.Type
	s.issues[l.Index], s.leaves[l.Index] = let, l.Entry.LeafHash()
	for _, p := range predecessors {
		if !p.before(let) {
			continue // the second issue of an older letter: a conflict already
		}
		p.ReplacedBy = append(p.ReplacedBy, Replacement{l.Index, at, let, b.NotBefore})
	}
	s.addForms(b.Files, s.letterID(let, l.Index))
	return nil
}

// addForms makes a letter known by the files that are its form.
func (s *State) addForms(files []File, id RecordID) {
	for _, f := range files {
		if f.Role == "form" {
			s.files[f.Digest] = append(s.files[f.Digest], id)
		}
	}
}

// target finds the issued letter that a target names, checking that the entry
// is the one meant.
func (s *State) target(o Office, t Target, before Index) (*Letter, error) {
	let, ok := s.issues[t.Index]
	switch {
	case !ok || t.Index >= before:
		return nil, fmt.Errorf("entry %d issues no letter", t.Index)
	case s.leaves[t.Index] != t.Leaf:
		return nil, fmt.Errorf("entry %d is not the one that was meant (its leaf hash differs)", t.Index)
	case let.Office != o || t.Office != o:
		return nil, fmt.Errorf("entry %d is another office's letter", t.Index)
	case t.Reference != "" && t.Reference != let.Reference:
		return nil, fmt.Errorf("entry %d issues %s, not %s", t.Index, let.Reference, t.Reference)
	}
	return let, nil
}

func (s *State) withdraw(l Logged, o *officeRecord, w Withdraw) error {
	let, err := s.target(o.view.Office, w.Target, l.Index)
	if err != nil {
		return err
	}
	if err := subjectOf(s.genesis.Origin, l.Entry, let.Reference); err != nil {
		return err
	}
	set, err := s.approved(l, o, w, string(let.Type))
	if err != nil {
		return err
	}
	if let.Withdrawn == nil {
		let.Withdrawn = &Ending{l.Index, StampOf(l.Entry.Claims.IssuedAt), w.Reason, set.by, nil}
		if w.Emergency {
			s.toRatify(l, o, let)
		}
	}
	return nil
}

func (s *State) supersede(l Logged, o *officeRecord, b Supersede) error {
	let, err := s.target(o.view.Office, b.Target, l.Index)
	if err != nil {
		return err
	}
	next, err := s.target(o.view.Office, b.Successor, l.Index)
	if err != nil {
		return fmt.Errorf("successor: %w", err)
	}
	if err := subjectOf(s.genesis.Origin, l.Entry, let.Reference); err != nil {
		return err
	}
	if !let.before(next) {
		return errors.New("the successor was issued before the letter it is to replace")
	}
	if _, err := s.approved(l, o, b, string(let.Type)); err != nil {
		return err
	}
	effects := next.Issues[0].Issue.NotBefore
	let.ReplacedBy = append(let.ReplacedBy, Replacement{l.Index, StampOf(l.Entry.Claims.IssuedAt), next, effects})
	return nil
}

// before reports whether l was first issued before next. Only a letter that was
// first issued later replaces another, so replacements never form a cycle
// (standing.md MUST-13), not even through a letter that was issued twice.
func (l *Letter) before(next *Letter) bool {
	return l.Issues[0].Index < next.Issues[0].Index
}

package register

import (
	"fmt"

	"chancery.example/letter"
)

// A StatementRecord is a statement of an office.
type StatementRecord struct {
	Office     Office
	Index      Index
	At         Stamp
	Statement  Statement
	ApprovedBy []ApprovedBy
	Retracted  *Retraction
}

// A Retraction takes a statement or disavowal back.
type Retraction struct {
	Index  Index
	At     Stamp
	Reason Words
}

// A Disavowal is an office's word that a text or file is not its own.
type Disavowal struct {
	Office     Office
	Index      Index
	At         Stamp
	Disavow    Disavow
	ApprovedBy []ApprovedBy
	Retracted  *Retraction
}

func (s *State) state(l Logged, o *officeRecord, b Statement) error {
	set, err := s.approved(l, o, b, string(b.Type))
	if err != nil {
		return err
	}
	r := &StatementRecord{Office: o.view.Office, Index: l.Index, At: StampOf(l.Entry.Claims.IssuedAt), Statement: b, ApprovedBy: set.by}
	s.statements[l.Index], s.leaves[l.Index] = r, l.Entry.LeafHash()
	s.spoken = append(s.spoken, r)
	o.view.Statements++
	for _, t := range b.Regarding {
		if t.Reference != "" {
			k := refKey{t.Office, t.Reference}
			s.regarding[k] = append(s.regarding[k], r)
		}
	}
	return nil
}

func (s *State) retract(l Logged, o *officeRecord, b Retract) error {
	if _, err := s.approved(l, o, b, ""); err != nil {
		return err
	}
	if s.leaves[b.Target.Index] != b.Target.Leaf {
		return fmt.Errorf("entry %d is not the one that was meant (its leaf hash differs)", b.Target.Index)
	}
	taken := &Retraction{l.Index, StampOf(l.Entry.Claims.IssuedAt), b.Reason}
	if r, ok := s.statements[b.Target.Index]; ok && r.Office == o.view.Office {
		if r.Retracted == nil {
			r.Retracted = taken
		}
		return nil
	}
	if d, ok := s.disavowals[b.Target.Index]; ok && d.Office == o.view.Office {
		if d.Retracted == nil {
			d.Retracted = taken
		}
		return nil
	}
	return fmt.Errorf("entry %d is no statement or disavowal of this office", b.Target.Index)
}

func (s *State) disavow(l Logged, o *officeRecord, b Disavow) error {
	set, err := s.approved(l, o, b, "")
	if err != nil {
		return err
	}
	d := &Disavowal{Office: o.view.Office, Index: l.Index, At: StampOf(l.Entry.Claims.IssuedAt), Disavow: b, ApprovedBy: set.by}
	s.disavowals[l.Index], s.leaves[l.Index] = d, l.Entry.LeafHash()
	s.denied = append(s.denied, d)
	o.view.Disavowals++
	for _, f := range b.Files {
		s.files[f] = append(s.files[f], s.disavowalID(d))
	}
	return nil
}

// Statements returns all statements in order of the log.
func (s *State) Statements() []*StatementRecord { return s.spoken }

// Disavowals returns all disavowals in order of the log.
func (s *State) Disavowals() []*Disavowal { return s.denied }

// StatementsRegarding returns the statements of every office that name a
// letter by its reference, in order of the log.
func (s *State) StatementsRegarding(o Office, ref letter.Ref) []*StatementRecord {
	return s.regarding[refKey{o, ref}]
}

// Holding returns the statements of those who say that they hold exactly this
// text of record: by the leaf of a copy they were given, or by a published salt.
func (s *State) Holding(text letter.LangText, leaves ...letter.Hash) []*StatementRecord {
	var out []*StatementRecord
	for _, r := range s.spoken {
		if holds(r.Statement.Of, text, leaves) {
			out = append(out, r)
		}
	}
	return out
}

func holds(of []letter.Disclosure, text letter.LangText, leaves []letter.Hash) bool {
	for _, d := range of {
		for _, h := range leaves {
			if d.Hash == h {
				return true
			}
		}
		if d.Field == letter.TextField(text.Lang) && d.Matches([]byte(text.Text.String())) {
			return true
		}
	}
	return false
}

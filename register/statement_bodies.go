package register

import (
	"errors"
	"fmt"

	"chancery.example/approval"
	"chancery.example/letter"
)

// A StatementType says what a statement is about.
type StatementType string

// The types of statement.
const (
	About     StatementType = "about"     // about a letter, or anything
	Received  StatementType = "received"  // an addressee has received a paper
	Sighting  StatementType = "sighting"  // a paper was seen or published
	Holding   StatementType = "holding"   // a paper is circulating; next word by an hour
	Collected StatementType = "collected" // a text kept, from a source, on a date
)

func (t StatementType) valid() bool {
	switch t {
	case About, Received, Sighting, Holding, Collected:
		return true
	}
	return false
}

// A Statement is signed public words of an office. Of names what it holds, by
// salted leaf: either the leaf of a copy it was given, or one under its own salt.
type Statement struct {
	Type       StatementType       `cbor:"1,keyasint"`
	Texts      []letter.Disclosure `cbor:"2,keyasint"`
	Of         []letter.Disclosure `cbor:"3,keyasint,omitempty"`
	Files      []letter.Hash       `cbor:"4,keyasint,omitempty"`
	Source     string              `cbor:"5,keyasint,omitempty"`
	SeenAt     Stamp               `cbor:"6,keyasint,omitempty"`
	NextWordBy Stamp               `cbor:"7,keyasint,omitempty"`
	Regarding  []Target            `cbor:"8,keyasint,omitempty"`
	Approvals  Approvals           `cbor:"9,keyasint"`
}

// Kind implements Body.
func (Statement) Kind() Kind { return KindStatement }

func (s Statement) validate() error {
	if !s.Type.valid() {
		return fmt.Errorf("statement type %q is not known", s.Type)
	}
	if err := shownTexts("words of the statement", s.Texts); err != nil {
		return err
	}
	held := s.Type == Received || s.Type == Sighting || s.Type == Collected
	switch {
	case held && len(s.Of) == 0 && len(s.Files) == 0:
		return fmt.Errorf("a statement of type %s names nothing that is held", s.Type)
	case s.Type == Holding && s.NextWordBy == 0:
		return errors.New("a holding statement must say by when the next word comes")
	case s.Type == Collected && s.Source == "":
		return errors.New("a collected text needs its source")
	case s.SeenAt > maxTime || s.NextWordBy > maxTime:
		return errors.New("a time is beyond the year 9999")
	}
	if err := s.validateHeld(); err != nil {
		return err
	}
	if err := validateTargets("regarding", s.Regarding, false); err != nil {
		return err
	}
	return s.Approvals.validate()
}

func (s Statement) validateHeld() error {
	if len(s.Of) > 0 {
		if err := letter.CheckTexts(s.Of); err != nil {
			return fmt.Errorf("what is held: %w", err)
		}
	}
	for _, d := range s.Of {
		if err := d.Check(); err != nil {
			return fmt.Errorf("what is held: %w", err)
		}
	}
	if len(s.Files) > 64 {
		return fmt.Errorf("%d files: at most 64", len(s.Files))
	}
	if s.Source != "" {
		return validateLine("source", s.Source, 500)
	}
	return nil
}

// shownTexts checks texts whose salts are published.
func shownTexts(what string, ds []letter.Disclosure) error {
	if err := letter.CheckTexts(ds); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	for _, d := range ds {
		if err := d.Check(); err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		if d.Salt == nil {
			return fmt.Errorf("%s: the salt of %s is not shown", what, d.Field)
		}
	}
	return nil
}

func (s Statement) approvals() Approvals { return s.Approvals }

func (s Statement) withSignatures(sigs []OfficerSignature) Body {
	s.Approvals.Signatures = sigs
	return s
}

func (s Statement) topic() (approval.Act, string, letter.Hash, error) {
	ref := "-"
	if len(s.Regarding) > 0 {
		ref = orDash(s.Regarding[0].Reference)
	}
	return approval.State, ref, letter.Hash{}, nil
}

// A Retract takes a statement or disavowal back; both stay visible.
type Retract struct {
	Target    Target    `cbor:"1,keyasint"`
	Reason    Words     `cbor:"2,keyasint"`
	Approvals Approvals `cbor:"3,keyasint"`
}

// Kind implements Body.
func (Retract) Kind() Kind { return KindRetract }

func (r Retract) validate() error {
	if err := r.Target.validate(true); err != nil {
		return err
	}
	if err := r.Reason.validate("the public reason", true); err != nil {
		return err
	}
	return r.Approvals.validate()
}

func (r Retract) approvals() Approvals { return r.Approvals }

func (r Retract) withSignatures(sigs []OfficerSignature) Body {
	r.Approvals.Signatures = sigs
	return r
}

func (r Retract) topic() (approval.Act, string, letter.Hash, error) {
	return approval.Retract, orDash(r.Target.Reference), r.Target.Leaf, nil
}

// A Disavow says that a text, or a file, is not the office's.
type Disavow struct {
	Texts     []letter.Disclosure `cbor:"1,keyasint,omitempty"`
	Files     []letter.Hash       `cbor:"2,keyasint,omitempty"`
	Reason    Words               `cbor:"3,keyasint"`
	Regarding []Target            `cbor:"4,keyasint,omitempty"`
	Approvals Approvals           `cbor:"5,keyasint"`
}

// Kind implements Body.
func (Disavow) Kind() Kind { return KindDisavow }

func (d Disavow) validate() error {
	if len(d.Texts) == 0 && len(d.Files) == 0 {
		return errors.New("it names neither a text nor a file")
	}
	if len(d.Files) > 64 {
		return fmt.Errorf("%d files: at most 64", len(d.Files))
	}
	if len(d.Texts) > 0 {
		if err := shownTexts("disavowed texts", d.Texts); err != nil {
			return err
		}
	}
	if err := d.Reason.validate("the words of the disavowal", true); err != nil {
		return err
	}
	if err := validateTargets("regarding", d.Regarding, false); err != nil {
		return err
	}
	return d.Approvals.validate()
}

func (d Disavow) approvals() Approvals { return d.Approvals }

func (d Disavow) withSignatures(sigs []OfficerSignature) Body {
	d.Approvals.Signatures = sigs
	return d
}

func (d Disavow) topic() (approval.Act, string, letter.Hash, error) {
	ref := "-"
	if len(d.Regarding) > 0 {
		ref = orDash(d.Regarding[0].Reference)
	}
	return approval.Disavow, ref, letter.Hash{}, nil
}

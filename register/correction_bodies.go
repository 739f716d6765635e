package register

import (
	"errors"
	"fmt"

	"chancery.example/approval"
	"chancery.example/commitment"
	"chancery.example/letter"
)

// A Correct corrects a formal error in an issued letter, in public: the letter
// stays in force in the words of a later revision, and what was changed is for
// everybody to see. A change of meaning takes a new letter that supersedes.
type Correct struct {
	Target     Target              `cbor:"1,keyasint"` // the letter's issue, with its reference
	Seal       Link                `cbor:"2,keyasint"`
	Fields     []letter.Disclosure `cbor:"3,keyasint"`
	Disclosure string              `cbor:"4,keyasint"`
	Files      []File              `cbor:"5,keyasint,omitempty"`
	Reason     Words               `cbor:"6,keyasint"`
	Approvals  Approvals           `cbor:"7,keyasint"`
}

// Kind implements Body.
func (Correct) Kind() Kind { return KindCorrect }

// validate holds MUST-30.
func (c Correct) validate() error {
	if err := c.Target.validate(true); err != nil {
		return err
	}
	if c.Target.Reference == "" {
		return errors.New("the letter that it corrects is not named by its reference")
	}
	if c.Seal.Opening.Purpose != commitment.Draft {
		return fmt.Errorf("the seal it opens is for %q: want %q", c.Seal.Opening.Purpose, commitment.Draft)
	}
	if c.Seal.Opening.Revision < 2 || c.Seal.Opening.Previous.IsZero() {
		return errors.New("the seal it opens is of a first revision: a correction comes after what was issued")
	}
	if err := disclosesLetter(c.Fields, c.Target.Reference, c.Seal.Opening.Digest); err != nil {
		return err
	}
	if err := validateDisclosure(c.Disclosure, c.Fields); err != nil {
		return err
	}
	if err := validateFiles(c.Files); err != nil {
		return err
	}
	if err := c.Reason.validate("the public reason", true); err != nil {
		return err
	}
	return c.Approvals.validate()
}

func (c Correct) approvals() Approvals { return c.Approvals }

func (c Correct) withSignatures(sigs []OfficerSignature) Body {
	c.Approvals.Signatures = sigs
	return c
}

func (c Correct) topic() (approval.Act, string, letter.Hash, error) {
	return approval.Correct, orDash(c.Target.Reference), c.Seal.Opening.Digest, nil
}

// A Ratify confirms a withdrawal that was made in an emergency, with the
// approvals that a withdrawal takes otherwise.
type Ratify struct {
	Target    Target    `cbor:"1,keyasint"` // the emergency withdrawal
	Approvals Approvals `cbor:"2,keyasint"`
}

// Kind implements Body.
func (Ratify) Kind() Kind { return KindRatify }

// validate holds MUST-32.
func (r Ratify) validate() error {
	if err := r.Target.validate(true); err != nil {
		return err
	}
	return r.Approvals.validate()
}

func (r Ratify) approvals() Approvals { return r.Approvals }

func (r Ratify) withSignatures(sigs []OfficerSignature) Body {
	r.Approvals.Signatures = sigs
	return r
}

func (r Ratify) topic() (approval.Act, string, letter.Hash, error) {
	return approval.Ratify, orDash(r.Target.Reference), r.Target.Leaf, nil
}

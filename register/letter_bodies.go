package register

import (
	"encoding/binary"
	"errors"
	"fmt"

	"chancery.example/approval"
	"chancery.example/commitment"
	"chancery.example/letter"
)

// A Commit hides something: a draft, a list of copies, an issue under embargo.
// All have the same shape and size (MUST-20).
type Commit struct {
	Sequence   [8]byte               `cbor:"1,keyasint"` // big-endian, gap-free per office, from 1
	Commitment commitment.Commitment `cbor:"2,keyasint"`
}

// NewCommit returns the commit with a sequence number.
func NewCommit(sequence uint64, c commitment.Commitment) Commit {
	var s [8]byte
	binary.BigEndian.PutUint64(s[:], sequence)
	return Commit{s, c}
}

// Number returns the sequence number.
func (c Commit) Number() uint64 { return binary.BigEndian.Uint64(c.Sequence[:]) }

// Kind implements Body.
func (Commit) Kind() Kind { return KindCommit }

func (c Commit) validate() error {
	if c.Number() == 0 || c.Commitment.IsZero() {
		return errors.New("the sequence number or the commitment is zero")
	}
	return nil
}

// A Link is a commitment of the log with its opening.
type Link struct {
	Index   Index              `cbor:"1,keyasint"`
	Opening commitment.Opening `cbor:"2,keyasint"`
}

// An OpenedRevision discloses fields of one revision.
type OpenedRevision struct {
	Number uint32              `cbor:"1,keyasint"`
	Fields []letter.Disclosure `cbor:"2,keyasint"`
}

// A DraftOpen discloses drafts. Chain opens every commitment of the letter from
// the first on, which shows how many revisions there are and nothing of what
// they say; Revisions discloses the texts of those that the office opens.
type DraftOpen struct {
	Reference letter.Ref       `cbor:"1,keyasint"`
	Chain     []Link           `cbor:"2,keyasint"`
	Revisions []OpenedRevision `cbor:"3,keyasint"`
	Approvals Approvals        `cbor:"4,keyasint"`
}

// Kind implements Body.
func (DraftOpen) Kind() Kind { return KindDraftOpen }

func (d DraftOpen) validate() error {
	if _, err := letter.ParseRef(string(d.Reference)); err != nil {
		return err
	}
	openings := make([]commitment.Opening, len(d.Chain))
	for i, l := range d.Chain {
		openings[i] = l.Opening
		if i > 0 && d.Chain[i-1].Index >= l.Index {
			return errors.New("the chain's commitments are not in order of the log")
		}
	}
	if err := commitment.Chain(openings); err != nil {
		return err
	}
	if len(d.Revisions) == 0 {
		return errors.New("it opens no revision")
	}
	var last uint32
	for _, r := range d.Revisions {
		if r.Number <= last || int(r.Number) > len(d.Chain) {
			return fmt.Errorf("revision %d is out of order or not in the chain of %d", r.Number, len(d.Chain))
		}
		last = r.Number
		if err := disclosesLetter(r.Fields, d.Reference, openings[r.Number-1].Digest); err != nil {
			return fmt.Errorf("revision %d: %w", r.Number, err)
		}
	}
	return d.Approvals.validate()
}

// disclosesLetter checks that fields add up to digest and show this reference.
func disclosesLetter(fields []letter.Disclosure, ref letter.Ref, digest letter.Hash) error {
	root, err := letter.Root(fields)
	if err != nil {
		return err
	}
	if root != digest {
		return errors.New("its fields do not add up to the digest that was sealed")
	}
	r := letter.Find(fields, letter.FieldReference)
	if r.Salt == nil || string(r.Value) != string(ref) {
		return fmt.Errorf("its sealed reference is not shown or not %s", ref)
	}
	if t := letter.Find(fields, letter.FieldType); t.Salt == nil {
		return errors.New("its type is not shown")
	}
	return nil
}

func (d DraftOpen) approvals() Approvals { return d.Approvals }

func (d DraftOpen) withSignatures(sigs []OfficerSignature) Body {
	d.Approvals.Signatures = sigs
	return d
}

func (d DraftOpen) topic() (approval.Act, string, letter.Hash, error) {
	if len(d.Chain) == 0 {
		return "", "", letter.Hash{}, errors.New("no chain")
	}
	return approval.Open, string(d.Reference), d.Chain[len(d.Chain)-1].Opening.Digest, nil
}

// A DraftClose ends a draft: it will not be issued under this reference. For a
// letter that was opened it names the reference; for one that stays sealed only
// the close tag, which says nothing to who has no opening.
type DraftClose struct {
	Tag       letter.Hash `cbor:"1,keyasint"`
	Reference letter.Ref  `cbor:"2,keyasint,omitempty"`
	Approvals Approvals   `cbor:"3,keyasint"`
}

// Kind implements Body.
func (DraftClose) Kind() Kind { return KindDraftClose }

func (d DraftClose) validate() error {
	if d.Tag.IsZero() {
		return errors.New("the close tag is missing")
	}
	if d.Reference != "" {
		if _, err := letter.ParseRef(string(d.Reference)); err != nil {
			return err
		}
	}
	return d.Approvals.validate()
}

func (d DraftClose) approvals() Approvals { return d.Approvals }

func (d DraftClose) withSignatures(sigs []OfficerSignature) Body {
	d.Approvals.Signatures = sigs
	return d
}

func (d DraftClose) topic() (approval.Act, string, letter.Hash, error) {
	return approval.Close, orDash(d.Reference), d.Tag, nil
}

func orDash(r letter.Ref) string {
	if r == "" {
		return "-"
	}
	return string(r)
}

// A File is a file issued with a letter or as its form, by digest.
type File struct {
	Role      string      `cbor:"1,keyasint"` // "form" (the document itself) or "enclosure"
	MediaType string      `cbor:"2,keyasint"`
	Digest    letter.Hash `cbor:"3,keyasint"` // SHA-256 of the whole file
}

// How far an issue discloses its texts.
const (
	DisclosePublic         = "public"
	DiscloseOnPresentation = "on_presentation"
)

// An Issue makes a letter official. Seal links it to the commitment of exactly
// this revision: nothing is issued that was not sealed before.
type Issue struct {
	Reference  letter.Ref          `cbor:"1,keyasint"`
	Type       letter.Type         `cbor:"2,keyasint"`
	Fields     []letter.Disclosure `cbor:"3,keyasint"`
	Seal       Link                `cbor:"4,keyasint"`
	Disclosure string              `cbor:"5,keyasint"`
	Files      []File              `cbor:"6,keyasint,omitempty"`
	NotBefore  Stamp               `cbor:"7,keyasint,omitempty"`
	Expires    Stamp               `cbor:"8,keyasint,omitempty"`
	Supersedes []Target            `cbor:"9,keyasint,omitempty"`
	Regarding  []Target            `cbor:"10,keyasint,omitempty"`
	Approvals  Approvals           `cbor:"11,keyasint"`
	// Embargo cites the commitment by which the issue was put on record before its
	// hour; nil without an embargo. Officers sign before it exists.
	Embargo *Link `cbor:"12,keyasint,omitempty"`
	// Written says that the letter was issued before it was recorded here, and when
	// it was written; "" for a letter that this entry issues. Its standing is that of
	// any other from the entry on, and nothing is claimed for the time before.
	Written Day `cbor:"13,keyasint,omitempty"`
}

// Kind implements Body.
func (Issue) Kind() Kind { return KindIssue }

func (i Issue) validate() error {
	if _, err := letter.ParseType(string(i.Type)); err != nil {
		return err
	}
	if i.Seal.Opening.Purpose != commitment.Draft {
		return fmt.Errorf("the seal it opens is for %q: want %q", i.Seal.Opening.Purpose, commitment.Draft)
	}
	if first := i.Seal.Opening.Previous.IsZero(); i.Seal.Opening.Revision == 0 || first != (i.Seal.Opening.Revision == 1) {
		return fmt.Errorf("the seal it opens is of revision %d: that does not fit the commitment before it", i.Seal.Opening.Revision)
	}
	if err := disclosesLetter(i.Fields, i.Reference, i.Seal.Opening.Digest); err != nil {
		return err
	}
	if t := letter.Find(i.Fields, letter.FieldType); string(t.Value) != string(i.Type) {
		return fmt.Errorf("its type is %s, the sealed one %q", i.Type, t.Value)
	}
	if err := validateDisclosure(i.Disclosure, i.Fields); err != nil {
		return err
	}
	if i.NotBefore > maxTime || i.Expires > maxTime {
		return errors.New("a time is beyond the year 9999") // MUST-8
	}
	if i.Expires != 0 && i.Expires <= i.NotBefore {
		return errors.New("it expires before it takes effect")
	}
	if err := validateFiles(i.Files); err != nil {
		return err
	}
	if err := validateTargets("supersedes", i.Supersedes, true); err != nil {
		return err
	}
	if err := validateTargets("regarding", i.Regarding, false); err != nil {
		return err
	}
	if err := i.validateEmbargo(); err != nil {
		return err
	}
	if err := i.validateWritten(); err != nil {
		return err
	}
	return i.Approvals.validate()
}

func validateFiles(files []File) error {
	if len(files) > 64 {
		return fmt.Errorf("%d files: at most 64", len(files))
	}
	for _, f := range files {
		if (f.Role != "form" && f.Role != "enclosure") || f.Digest.IsZero() || f.MediaType == "" || len(f.MediaType) > 100 {
			return errors.New("a file lacks its role (form or enclosure), media type or digest")
		}
	}
	return nil
}

// validateDisclosure: a public issue shows the salts of all texts, one on
// presentation of none.
func validateDisclosure(how string, fields []letter.Disclosure) error {
	if how != DisclosePublic && how != DiscloseOnPresentation {
		return fmt.Errorf("disclosure %q: want %s or %s", how, DisclosePublic, DiscloseOnPresentation)
	}
	for _, d := range fields {
		if _, isText := d.Field.Lang(); isText && (d.Salt != nil) != (how == DisclosePublic) {
			return fmt.Errorf("field %s does not follow the disclosure %q", d.Field, how)
		}
	}
	return nil
}

func (i Issue) approvals() Approvals { return i.Approvals }

func (i Issue) withSignatures(sigs []OfficerSignature) Body {
	i.Approvals.Signatures = sigs
	return i
}

func (i Issue) topic() (approval.Act, string, letter.Hash, error) {
	return approval.Issue, string(i.Reference), i.Seal.Opening.Digest, nil
}

// A Withdraw ends a letter in force without successor. In an emergency fewer
// officers do it, and it is to be ratified.
type Withdraw struct {
	Target    Target    `cbor:"1,keyasint"`
	Reason    Words     `cbor:"2,keyasint"`
	Approvals Approvals `cbor:"3,keyasint"`
	Emergency bool      `cbor:"4,keyasint,omitempty"`
}

// Kind implements Body.
func (Withdraw) Kind() Kind { return KindWithdraw }

func (w Withdraw) validate() error {
	if err := w.Target.validate(true); err != nil {
		return err
	}
	if err := w.Reason.validate("the public reason", true); err != nil {
		return err
	}
	return w.Approvals.validate()
}

func (w Withdraw) approvals() Approvals { return w.Approvals }

func (w Withdraw) withSignatures(sigs []OfficerSignature) Body {
	w.Approvals.Signatures = sigs
	return w
}

func (w Withdraw) topic() (approval.Act, string, letter.Hash, error) {
	act := approval.Withdraw
	if w.Emergency { // another act, so that no approval of the one serves for the other (MUST-31)
		act = approval.WithdrawEmergency
	}
	return act, orDash(w.Target.Reference), w.Target.Leaf, nil
}

// A Supersede names a successor that was issued without saying so itself.
type Supersede struct {
	Target    Target    `cbor:"1,keyasint"`
	Successor Target    `cbor:"2,keyasint"`
	Approvals Approvals `cbor:"3,keyasint"`
}

// Kind implements Body.
func (Supersede) Kind() Kind { return KindSupersede }

func (s Supersede) validate() error {
	if err := s.Target.validate(true); err != nil {
		return err
	}
	if err := s.Successor.validate(true); err != nil {
		return fmt.Errorf("successor: %w", err)
	}
	if s.Target.Index == s.Successor.Index {
		return errors.New("a letter cannot replace itself")
	}
	return s.Approvals.validate()
}

func (s Supersede) approvals() Approvals { return s.Approvals }

func (s Supersede) withSignatures(sigs []OfficerSignature) Body {
	s.Approvals.Signatures = sigs
	return s
}

func (s Supersede) topic() (approval.Act, string, letter.Hash, error) {
	return approval.Supersede, orDash(s.Target.Reference), s.Target.Leaf, nil
}

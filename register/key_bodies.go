package register

import (
	"errors"
	"fmt"

	"chancery.example/approval"
	"chancery.example/letter"
)

// A KeyRole says what a key of the register's operator is for. One key has one
// role: a receipt key signs nothing but receipts.
type KeyRole string

// The roles of keys. A key without a role signs an office's entries.
const (
	KeyReceipt KeyRole = "receipt" // signs COSE receipts
	KeyLog     KeyRole = "log"     // will sign the log's heads: announced before it does
)

// operatorID stands as the short name in a key-add with a role: the operator
// has none.
const operatorID = "operator"

// A KeyAdd gives an office a signing key. The first of an office is signed by
// the register's operator and enrols it; later ones by a key it already has.
// With a Role it gives the operator a key for that use instead.
type KeyAdd struct {
	Office Office    `cbor:"1,keyasint"`
	ID     string    `cbor:"2,keyasint"` // short name in this register
	Name   Words     `cbor:"3,keyasint"`
	Domain string    `cbor:"4,keyasint"`
	Key    PublicKey `cbor:"5,keyasint"`
	Role   KeyRole   `cbor:"6,keyasint,omitempty"`
}

// NewRoleKey returns the entry that gives a register's operator a key with a role.
func NewRoleKey(g Genesis, operator Office, role KeyRole, key PublicKey) KeyAdd {
	return KeyAdd{Office: operator, ID: operatorID, Name: g.Name, Domain: operator.Host(), Key: key, Role: role}
}

// Kind implements Body.
func (KeyAdd) Kind() Kind { return KindKeyAdd }

func (k KeyAdd) validate() error {
	if _, err := ParseOffice(string(k.Office)); err != nil {
		return err
	}
	if err := validateID(k.ID); err != nil {
		return err
	}
	if k.Key.IsZero() {
		return errors.New("the office's key is missing")
	}
	if host := k.Office.Host(); k.Domain != host { // MUST-14
		return fmt.Errorf("domain %.60q is not that of %s: want %s", k.Domain, k.Office, host)
	}
	if err := k.validateRole(); err != nil {
		return err
	}
	return k.Name.validateName("name of the office")
}

// validateRole holds MUST-33.
func (k KeyAdd) validateRole() error {
	switch k.Role {
	case "":
		return nil
	case KeyReceipt, KeyLog:
	default:
		return fmt.Errorf("key role %.40q is not known", string(k.Role))
	}
	if k.ID != operatorID {
		return fmt.Errorf("a key with the role %q is under the short name %q: want %q", k.Role, k.ID, operatorID)
	}
	if _, ok := k.Key.Ed25519(); !ok {
		return fmt.Errorf("a key with the role %q is not Ed25519", k.Role)
	}
	return nil
}

// A KeyRevoke says that a key is not to be trusted for what it signed after a
// position. What officers approved stays valid, whichever key signed it.
type KeyRevoke struct {
	Office     Office      `cbor:"1,keyasint"`
	Thumbprint letter.Hash `cbor:"2,keyasint"`
	After      Index       `cbor:"3,keyasint"` // not trusted after this position
	Reason     Words       `cbor:"4,keyasint"`
	// Approvals are there when the office has a policy: neither a thief with the
	// office's key nor the operator can silence an office alone.
	Approvals *Approvals `cbor:"5,keyasint,omitempty"`
}

// Kind implements Body.
func (KeyRevoke) Kind() Kind { return KindKeyRevoke }

// validate holds MUST-34.
func (k KeyRevoke) validate() error {
	if _, err := ParseOffice(string(k.Office)); err != nil {
		return err
	}
	if k.Thumbprint.IsZero() {
		return errors.New("the key is not named by its thumbprint")
	}
	if k.After > maxIndex {
		return fmt.Errorf("position %d is beyond any log", k.After)
	}
	if err := k.Reason.validate("the public reason", true); err != nil {
		return err
	}
	return k.approvals().validate()
}

func (k KeyRevoke) approvals() Approvals {
	if k.Approvals == nil {
		return Approvals{}
	}
	return *k.Approvals
}

func (k KeyRevoke) withSignatures(sigs []OfficerSignature) Body {
	if k.Approvals != nil { // a copy: the caller's body stays as it is
		k.Approvals = &Approvals{k.Approvals.Policy, k.Approvals.Nonce, sigs}
	}
	return k
}

func (k KeyRevoke) topic() (approval.Act, string, letter.Hash, error) {
	return approval.RevokeKey, "-", k.Thumbprint, nil
}

// An IndexHead puts the root of the look-up map into the log, so that one set of
// witnesses covers both: the map over all entries that count and stand before it.
type IndexHead struct {
	Size uint64      `cbor:"1,keyasint"` // entries covered: the entry's own index
	Root letter.Hash `cbor:"2,keyasint"`
	Keys uint64      `cbor:"3,keyasint"`
}

// Kind implements Body.
func (IndexHead) Kind() Kind { return KindIndexHead }

// validate holds MUST-35.
func (h IndexHead) validate() error {
	if h.Size == 0 || h.Size > uint64(maxIndex) {
		return fmt.Errorf("an index head over %d entries", h.Size)
	}
	if h.Root.IsZero() {
		return errors.New("the root of the map is missing")
	}
	return nil
}

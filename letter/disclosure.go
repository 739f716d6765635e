package letter

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"strings"
)

// A Disclosure is one field of a revision as it stands in a log entry or a
// proof: its leaf, and, when the office discloses it, salt and value. The values
// of texts are kept outside, so they are nil here even when the salt is known.
type Disclosure struct {
	Field Field  `cbor:"1,keyasint"`
	Hash  Hash   `cbor:"2,keyasint"`
	Salt  *Salt  `cbor:"3,keyasint,omitempty"`
	Value []byte `cbor:"4,keyasint,omitempty"`
}

// Matches reports whether value, under the disclosed salt, is what the leaf
// stands for. Without a salt nothing matches.
func (d Disclosure) Matches(value []byte) bool {
	if d.Salt == nil {
		return false
	}
	h := LeafHash(*d.Salt, d.Field, value)
	return hmac.Equal(h[:], d.Hash[:])
}

// Find returns the disclosure of a field, or nil.
func Find(ds []Disclosure, f Field) *Disclosure {
	if i := slices.IndexFunc(ds, func(d Disclosure) bool { return d.Field == f }); i >= 0 {
		return &ds[i]
	}
	return nil
}

// Root returns the revision digest that the leaves add up to: the RFC 6962
// section 2.1 tree head over the leaves in their fixed order (MUST-12). It
// refuses fields that are missing, doubled, unknown or out of order, and
// disclosed values that do not fit their leaf.
func Root(ds []Disclosure) (Hash, error) {
	if err := CheckOrder(ds); err != nil {
		return Hash{}, err
	}
	leaves := make([]Hash, len(ds))
	for i, d := range ds {
		if err := d.Check(); err != nil {
			return Hash{}, err
		}
		leaves[i] = leafNode(d.Hash)
	}
	return treeHead(leaves), nil
}

// Check refuses a disclosure whose value does not fit its leaf (MUST-14). A
// field other than a text is disclosed with its value, a text without.
func (d Disclosure) Check() error {
	_, isText := d.Field.Lang()
	switch {
	case !d.Field.Valid():
		return fmt.Errorf("field %q is not known", clip(string(d.Field)))
	case isText && len(d.Value) > 0:
		return fmt.Errorf("field %s carries its text: texts are kept outside", d.Field)
	case len(d.Value) > 0 && d.Salt == nil:
		return fmt.Errorf("field %s has a value without its salt", d.Field)
	case !isText && d.Salt != nil && !d.Matches(d.Value):
		return fmt.Errorf("the value of field %s does not fit its leaf", d.Field)
	}
	return nil
}

// CheckOrder refuses leaves that are not exactly the fixed fields followed by
// one or more texts in order of language.
func CheckOrder(ds []Disclosure) error {
	if len(ds) <= len(fixedFields) || len(ds) > len(fixedFields)+maxTexts {
		return fmt.Errorf("%d fields: want the %d fixed ones and 1 to %d texts", len(ds), len(fixedFields), maxTexts)
	}
	for i, f := range fixedFields {
		if ds[i].Field != f {
			return fmt.Errorf("field %d is %q: want %q", i+1, clip(string(ds[i].Field)), f)
		}
	}
	return CheckTexts(ds[len(fixedFields):])
}

// CheckTexts refuses a list that is not one or more text fields in order of
// their language, each once.
func CheckTexts(ds []Disclosure) error {
	if len(ds) == 0 || len(ds) > maxTexts {
		return fmt.Errorf("%d texts: want 1 to %d", len(ds), maxTexts)
	}
	last := ""
	for _, d := range ds {
		l, ok := d.Field.Lang()
		if !ok {
			return fmt.Errorf("field %q is not a text", clip(string(d.Field)))
		}
		if strings.Compare(string(l), last) <= 0 {
			return errors.New("texts are not in order of their language, each once")
		}
		last = string(l)
	}
	return nil
}

func leafNode(h Hash) Hash {
	return sha256.Sum256(append([]byte{0}, h[:]...))
}

// treeHead is MTH of RFC 6962 section 2.1 over hashed leaves.
func treeHead(nodes []Hash) Hash {
	if len(nodes) == 1 {
		return nodes[0]
	}
	k := 1 << (bits.Len(uint(len(nodes)-1)) - 1)
	left, right := treeHead(nodes[:k]), treeHead(nodes[k:])
	b := append([]byte{1}, left[:]...)
	return sha256.Sum256(append(b, right[:]...))
}

// SealText makes the salted leaf of a text that stands by itself: the words of
// a statement, a disavowed text, a page that somebody holds.
func SealText(t LangText, salt Salt) Disclosure {
	f := TextField(t.Lang)
	return Disclosure{Field: f, Hash: LeafHash(salt, f, []byte(t.Text.String())), Salt: &salt}
}

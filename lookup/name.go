package lookup

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"chancery.example/letter"
	"chancery.example/register"
)

// A Kind says what sort of thing is looked up.
type Kind string

// The kinds of names in the map (MUST-3).
const (
	Reference Kind = "reference" // a letter of an office: [office, reference]
	File      Kind = "file"      // a file: [SHA-256]
	Text      Kind = "text"      // words that are public: [SHA-256 of the canonical text]
	Leaf      Kind = "leaf"      // words that are shown on presentation: [salted leaf]
	Office    Kind = "office"    // an office's keys and policies: [office]
)

// A Name is what can be looked up. The zero Name is none.
type Name struct {
	Kind   Kind
	Values [][]byte
}

// OfLetter is the name of a letter: all that its office put into the log about it.
func OfLetter(o register.Office, ref letter.Ref) Name {
	return Name{Reference, [][]byte{[]byte(o), []byte(ref)}}
}

// OfFile is the name of a file.
func OfFile(digest letter.Hash) Name { return Name{File, [][]byte{digest[:]}} }

// OfText is the name of public words, in whatever language they are entered.
func OfText(t letter.Text) Name {
	sum := sha256.Sum256([]byte(t.String()))
	return Name{Text, [][]byte{sum[:]}}
}

// OfLeaf is the name of a salted text leaf.
func OfLeaf(leaf letter.Hash) Name { return Name{Leaf, [][]byte{leaf[:]}} }

// OfOffice is the name of an office's keys and policies.
func OfOffice(o register.Office) Name { return Name{Office, [][]byte{[]byte(o)}} }

// Validate refuses a name that nothing can have.
func (n Name) Validate() error {
	want := 1
	if n.Kind == Reference {
		want = 2
	}
	if len(n.Values) != want {
		return fmt.Errorf("a name of kind %.20q with %d values: want %d", string(n.Kind), len(n.Values), want)
	}
	switch n.Kind {
	case Reference, Office:
		if _, err := register.ParseOffice(string(n.Values[0])); err != nil {
			return fmt.Errorf("a name of kind %s: %w", n.Kind, err)
		}
		if n.Kind == Office {
			return nil
		}
		if _, err := letter.ParseRef(string(n.Values[1])); err != nil {
			return fmt.Errorf("a name of kind %s: %w", n.Kind, err)
		}
		return nil
	case File, Text, Leaf:
		if len(n.Values[0]) != sha256.Size {
			return fmt.Errorf("a name of kind %s with a digest of %d bytes", n.Kind, len(n.Values[0]))
		}
		return nil
	}
	return fmt.Errorf("a name of kind %.20q: this program knows no such kind", string(n.Kind))
}

// Letter returns office and reference of a name of kind reference.
func (n Name) Letter() (register.Office, letter.Ref, bool) {
	if n.Kind != Reference || len(n.Values) != 2 {
		return "", "", false
	}
	return register.Office(n.Values[0]), letter.Ref(n.Values[1]), true
}

// Digest returns the digest of a name of kind file, text or leaf.
func (n Name) Digest() (letter.Hash, bool) {
	if len(n.Values) != 1 || len(n.Values[0]) != sha256.Size || n.Kind == Office {
		return letter.Hash{}, false
	}
	return letter.Hash(n.Values[0]), true
}

// Names reports whether the name is that of these words.
func (n Name) Names(t letter.Text) bool {
	d, ok := n.Digest()
	return ok && n.Kind == Text && d == sha256.Sum256([]byte(t.String()))
}

// Same reports whether two names are one.
func (n Name) Same(o Name) bool { return n.Key() == o.Key() }

// Domains of the hashes (MUST-1).
const (
	keyDomain     = "chancery/index/v1"
	entriesDomain = "chancery/index/v1/entries"
	treeDomain    = "chancery/index/v1/tree"
)

// Key is the name's place in the map (MUST-2).
func (n Name) Key() letter.Hash {
	parts := make([][]byte, 0, 4)
	parts = append(parts, []byte(keyDomain), []byte(n.Kind))
	return digest(append(parts, n.Values...)...)
}

// valueOf is what the map holds for a list of entries (MUST-6).
func valueOf(entries []register.Index) letter.Hash {
	var list []byte
	for _, i := range entries {
		list = binary.BigEndian.AppendUint64(list, uint64(i))
	}
	return digest([]byte(entriesDomain), list)
}

// digest is SHA-256 over parts, each after its length in 8 bytes (MUST-1).
func digest(parts ...[]byte) letter.Hash {
	var room [160]byte // most need no more, and then nothing is allocated
	b := room[:0]
	for _, p := range parts {
		b = binary.BigEndian.AppendUint64(b, uint64(len(p)))
		b = append(b, p...)
	}
	return sha256.Sum256(b)
}

package lookup

import (
	"errors"
	"fmt"

	"chancery.example/letter"
	"chancery.example/register"
)

// An Answer is what the map says about a name, with its proof: all entries that
// it holds, in order of the log; none when the name is not in the map.
type Answer struct {
	Name    Name
	Entries []register.Index
	Proof   []byte
}

// Absent reports whether nothing is in the log under the name.
func (a Answer) Absent() bool { return len(a.Entries) == 0 }

// Lookup answers what is in the map under a name.
func (t Tree) Lookup(n Name) Answer {
	entries, p := t.prove(n.Key())
	return Answer{n, entries, p.bytes()}
}

// The errors of Verify are of one of these (MUST-13).
var (
	ErrForm      = errors.New("it is not in its form")          // class bad_form
	ErrNotProved = errors.New("the map's root does not say so") // class not_proved
)

// MaxEntries is how many entries one answer can list (MUST-14).
const MaxEntries = 4096

// Validate refuses an answer that is not in its one form, whatever the root
// (MUST-9, MUST-14).
func (a Answer) Validate() error {
	_, err := a.open()
	return err
}

func (a Answer) open() (path, error) {
	if err := a.Name.Validate(); err != nil {
		return path{}, fmt.Errorf("looking up: %w: %w", ErrForm, err)
	}
	if len(a.Entries) > MaxEntries {
		return path{}, fmt.Errorf("looking up a %s: %w: %d entries, at most %d", a.Name.Kind, ErrForm, len(a.Entries), MaxEntries)
	}
	for i := 1; i < len(a.Entries); i++ {
		if a.Entries[i-1] >= a.Entries[i] {
			return path{}, fmt.Errorf("looking up a %s: %w: its entries are not in order of the log, each once", a.Name.Kind, ErrForm)
		}
	}
	p, err := parse(a.Proof, a.Absent())
	if err != nil {
		return path{}, fmt.Errorf("looking up a %s: %w", a.Name.Kind, err)
	}
	return p, nil
}

// Verify reports whether the map with this root says what the answer says
// (MUST-9 to MUST-13).
func (a Answer) Verify(root letter.Hash) error {
	p, err := a.open()
	if err != nil {
		return err
	}
	if err := p.verify(a.Name.Key(), a.Entries, root); err != nil {
		return fmt.Errorf("looking up a %s: %w", a.Name.Kind, err)
	}
	return nil
}

// A path leads from the root to the one leaf that a key can have.
type path struct {
	at       []byte        // at which bits the way parts, from the root down
	siblings []letter.Hash // the node on the other side, from the root down
	other    *other        // the leaf at the end, when it is another key's
	empty    bool          // the way ends at the root's empty side
}

type other struct{ key, value letter.Hash }

// prove walks to where a key is, or would be.
func (t Tree) prove(key letter.Hash) ([]register.Index, path) {
	var p path
	if t.keys == 0 {
		return nil, path{empty: true}
	}
	n, sibling := t.left, t.right
	if bit(key, 0) == 1 {
		n, sibling = t.right, t.left
	}
	p.step(0, hashOf(sibling))
	if n == nil {
		p.empty = true
		return nil, p
	}
	for n.leaf == nil {
		next, sibling := n.left, n.right
		if bit(key, n.bits) == 1 {
			next, sibling = n.right, n.left
		}
		p.step(n.bits, sibling.hash)
		n = next
	}
	if n.leaf.key == key {
		return n.leaf.entries, p
	}
	p.other = &other{n.leaf.key, valueOf(n.leaf.entries)}
	return nil, p
}

func (p *path) step(at int, sibling letter.Hash) {
	p.at, p.siblings = append(p.at, byte(at)), append(p.siblings, sibling) //nolint:gosec // below 256
}

const (
	hashSize  = len(letter.Hash{})
	otherSize = 2 * hashSize
	stepSize  = 1 + hashSize
)

// bytes writes a path in its one form (MUST-9): the bits at which it parts, the
// siblings, then the other key and its value. One that ends at an empty side is
// the sibling alone, of an empty map nothing.
func (p path) bytes() []byte {
	out := []byte{}
	if !p.empty {
		out = append(out, p.at...)
	}
	for _, s := range p.siblings {
		out = append(out, s[:]...)
	}
	if p.other != nil {
		out = append(append(out, p.other.key[:]...), p.other.value[:]...)
	}
	return out
}

// parse reads what bytes writes.
func parse(b []byte, absent bool) (path, error) {
	if absent && len(b) <= hashSize {
		switch len(b) {
		case 0:
			return path{empty: true}, nil
		case hashSize:
			return path{at: []byte{0}, siblings: []letter.Hash{letter.Hash(b)}, empty: true}, nil
		}
		return path{}, ErrForm
	}
	var p path
	if absent {
		if len(b) < stepSize+otherSize {
			return path{}, ErrForm
		}
		tail := b[len(b)-otherSize:]
		p.other = &other{letter.Hash(tail[:hashSize]), letter.Hash(tail[hashSize:])}
		b = b[:len(b)-otherSize]
	}
	steps := len(b) / stepSize
	if steps == 0 || steps > keyBits || len(b)%stepSize != 0 {
		return path{}, ErrForm
	}
	p.at = b[:steps]
	for rest := b[steps:]; len(rest) > 0; rest = rest[hashSize:] {
		p.siblings = append(p.siblings, letter.Hash(rest[:hashSize]))
	}
	for i, at := range p.at {
		if i == 0 && at != 0 || i > 0 && at <= p.at[i-1] {
			return path{}, ErrForm // the root parts at bit 0, the others further down
		}
	}
	return p, nil
}

func (p path) verify(key letter.Hash, entries []register.Index, root letter.Hash) error {
	if p.empty {
		return p.verifyEmpty(key, root)
	}
	at, value := key, letter.Hash{}
	if p.other == nil {
		value = valueOf(entries)
	} else {
		at, value = p.other.key, p.other.value
		if at == key {
			return fmt.Errorf("%w: it is proved that the name is there", ErrNotProved)
		}
	}
	hash := leafHash(at, value)
	for i := len(p.at) - 1; i >= 0; i-- {
		b := int(p.at[i])
		// The other key must be where this one would be (MUST-11).
		if bit(key, b) != bit(at, b) {
			return fmt.Errorf("%w: the way does not lead to the name", ErrNotProved)
		}
		if bit(at, b) == 0 {
			hash = branchHash(at, b, hash, p.siblings[i])
		} else {
			hash = branchHash(at, b, p.siblings[i], hash)
		}
	}
	if hash != root {
		return ErrNotProved
	}
	return nil
}

// verifyEmpty takes the proof that there is no key at all, or none on the name's
// side of the root (MUST-12).
func (p path) verifyEmpty(key, root letter.Hash) error {
	want := Tree{}.Root()
	if len(p.siblings) == 1 {
		left, right := emptyHash, p.siblings[0]
		if bit(key, 0) == 1 {
			left, right = right, left
		}
		want = branchHash(letter.Hash{}, 0, left, right)
	}
	if want != root {
		return ErrNotProved
	}
	return nil
}

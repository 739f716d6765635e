package compare

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// The form of a model's bytes: a line that names it, four numbers (words,
// learned words, how many words and pairs follow), and for each word or pair the
// step from the hash before and the count, all as varints. Words and pairs stand
// in the order of their hashes.
const (
	modelMagic   = "chancery/model/v1\n"
	maxModel     = 64 << 20 // words or pairs
	leastCounted = 2        // pairs of one letter alone say nothing of another
)

// AppendBinary implements encoding.BinaryAppender. The same texts give the same
// bytes, in whatever order they were learned.
func (m *Model) AppendBinary(b []byte) ([]byte, error) {
	b = append(b, modelMagic...)
	singles, doubles := m.single.least(1), m.double.least(leastCounted)
	for _, n := range []int{m.words, m.learned, len(singles), len(doubles)} {
		b = binary.AppendUvarint(b, uint64(n)) //nolint:gosec // counts
	}
	for _, slots := range [][]slot{singles, doubles} {
		last := uint32(0)
		for _, s := range slots {
			b = binary.AppendUvarint(b, uint64(s.hash-last))
			b = binary.AppendUvarint(b, uint64(s.n))
			last = s.hash
		}
	}
	return b, nil
}

// MarshalBinary implements encoding.BinaryMarshaler.
func (m *Model) MarshalBinary() ([]byte, error) { return m.AppendBinary(nil) }

// UnmarshalBinary implements encoding.BinaryUnmarshaler. It refuses anything that
// MarshalBinary would not write.
func (m *Model) UnmarshalBinary(b []byte) error {
	if len(b) < len(modelMagic) || string(b[:len(modelMagic)]) != modelMagic {
		return errors.New("reading a word model: it does not begin like one of version 1")
	}
	d := varints{b: b[len(modelMagic):]}
	words, learned, singles, doubles := d.next(), d.next(), d.next(), d.next()
	if d.bad || words > 1<<50 || learned > words || singles > maxModel || doubles > maxModel {
		return errors.New("reading a word model: its counts make no sense")
	}
	if uint64(len(d.b)) < 2*(singles+doubles) {
		return fmt.Errorf("reading a word model: %d bytes are too few for %d words and %d pairs", len(d.b), singles, doubles)
	}
	read := Model{words: int(words), learned: int(learned)} //nolint:gosec // bounded above
	read.single.take(&d, singles, 1)
	read.double.take(&d, doubles, leastCounted)
	if d.bad || len(d.b) > 0 {
		return errors.New("reading a word model: it is cut off, out of order, or goes on after its end")
	}
	*m = read
	return nil
}

func (c *counter) take(d *varints, n uint64, least uint64) {
	last := uint64(0)
	for i := range n {
		step, count := d.next(), d.next()
		last += step
		if d.bad || last > 1<<32-1 || count < least || count > 1<<32-1 || step == 0 && i > 0 {
			d.bad = true
			return
		}
		c.add(uint32(last), uint32(count))
	}
}

// varints reads numbers until one is bad.
type varints struct {
	b   []byte
	bad bool
}

func (d *varints) next() uint64 {
	v, n := binary.Uvarint(d.b)
	if n <= 0 || n > 1 && d.b[n-1] == 0 { // cut off, too long, or not the shortest form
		d.bad = true
		return 0
	}
	d.b = d.b[n:]
	return v
}

package seed

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"sort"
	"sync/atomic"
)

// A segment's bytes (index.md MUST-5 to MUST-10): blocks of 4 kB, the first key of
// each, the trailer. They can be written in one go, and opening reads only the end.
const (
	magic       = "chancery-seeds/1"
	trailerSize = 44
	keySize     = 8
)

// MaxSegment limits the bytes of a segment: some 10^8 letters.
const MaxSegment int64 = 1 << 38

// Families is a stretch of family numbers.
type Families struct{ First, Count uint32 }

// A Segment is an immutable list of postings in bytes, which come from anywhere:
// a file mapped into memory, a download. Look-ups may run beside each other.
type Segment struct {
	data     []byte
	blocks   int
	first    []byte // keys of the blocks
	postings uint64
	families Families

	checked []atomic.Uint64 // blocks whose checksum was seen to fit, one bit each
	damage  atomic.Pointer[error]
}

// ErrDamaged is what all errors about a segment's bytes are.
var ErrDamaged = errors.New("segment of the finding index is damaged")

func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrDamaged, fmt.Errorf(format, args...))
}

// OpenSegment opens a segment. It reads the trailer and the first keys only; a
// block is checked when it is first read (see [Segment.Err]), or by [Segment.Check].
// The bytes must stay as they are as long as the segment is used.
func OpenSegment(data []byte) (*Segment, error) {
	if int64(len(data)) > MaxSegment {
		return nil, damaged("%d bytes: at most %d", len(data), MaxSegment)
	}
	if len(data) < trailerSize {
		return nil, damaged("%d bytes, shorter than its trailer", len(data))
	}
	t := data[len(data)-trailerSize:]
	if string(t[:len(magic)]) != magic {
		return nil, damaged("it does not end as a segment of version 1 does; it may be cut short, or of a newer program")
	}
	s := &Segment{
		data: data, postings: binary.LittleEndian.Uint64(t[16:]), blocks: int(binary.LittleEndian.Uint32(t[24:])),
		families: Families{binary.LittleEndian.Uint32(t[28:]), binary.LittleEndian.Uint32(t[32:])},
	}
	if want := s.blocks*(blockSize+keySize) + trailerSize; want != len(data) {
		return nil, damaged("%d bytes for %d blocks: want %d", len(data), s.blocks, want)
	}
	if crc32.Checksum(t[:trailerSize-4], castagnoli) != binary.LittleEndian.Uint32(t[40:]) {
		return nil, damaged("its trailer does not fit its checksum")
	}
	s.first = data[s.blocks*blockSize : len(data)-trailerSize]
	if crc32.Checksum(s.first, castagnoli) != binary.LittleEndian.Uint32(t[36:]) {
		return nil, damaged("its first keys do not fit their checksum")
	}
	if err := s.validate(); err != nil {
		return nil, err
	}
	s.checked = make([]atomic.Uint64, words(s.blocks))
	return s, nil
}

// validate looks at what look-ups rest on.
func (s *Segment) validate() error {
	if uint64(s.families.First)+uint64(s.families.Count) > 1<<32 {
		return damaged("%d families from %d on: more than there can be", s.families.Count, s.families.First)
	}
	if (s.blocks == 0) != (s.postings == 0) || s.blocks > 0 && s.families.Count == 0 {
		return damaged("%d postings of %d families in %d blocks", s.postings, s.families.Count, s.blocks)
	}
	for i := 1; i < s.blocks; i++ {
		if s.firstKey(i) < s.firstKey(i-1) {
			return damaged("block %d begins before block %d", i, i-1)
		}
	}
	return nil
}

func (s *Segment) firstKey(block int) Key {
	return Key(binary.LittleEndian.Uint64(s.first[keySize*block:]))
}

// Len returns how many postings there are.
func (s *Segment) Len() uint64 { return s.postings }

// Size returns how many bytes the segment has.
func (s *Segment) Size() int { return len(s.data) }

// Families returns which families the segment is about.
func (s *Segment) Families() Families { return s.families }

// Err returns why a look-up could not read a block, nil when none failed. After
// an error the segment's answers are not complete.
func (s *Segment) Err() error {
	if p := s.damage.Load(); p != nil {
		return *p
	}
	return nil
}

// block returns a block with its shape. The bytes go on beyond the block, so
// that words can be read at its end.
func (s *Segment) block(i int) ([]byte, shape, error) {
	b := s.data[i*blockSize:]
	bit := uint64(1) << (i % wordBits)
	if s.checked[i/wordBits].Load()&bit == 0 {
		if !sound(b) {
			return nil, shape{}, s.fail(damaged("block %d does not fit its checksum", i))
		}
		s.checked[i/wordBits].Or(bit)
	}
	sh, ok := readShape(b, width(s.families.Count))
	if !ok {
		return nil, shape{}, s.fail(damaged("block %d: its counts are not those of a block", i))
	}
	return b, sh, nil
}

func (s *Segment) fail(err error) error {
	s.damage.CompareAndSwap(nil, &err)
	return err
}

// Lookup implements Postings. See [Segment.Err] for what it cannot say.
func (s *Segment) Lookup(dst []uint32, key Key, level, most int) ([]uint32, int) {
	mask := Mask(level)
	c := newCollector(dst, most)
	from := sort.Search(s.blocks, func(i int) bool { return s.firstKey(i) >= key&mask })
	// The key may begin at the end of the block before.
	for i := max(0, from-1); i < s.blocks && s.firstKey(i)&mask <= key&mask; i++ {
		b, sh, err := s.block(i)
		if err != nil || s.collect(&c, b, sh, s.firstKey(i), key, mask) {
			break
		}
	}
	return c.result()
}

// collect takes the families of a key from one block, and reports whether there
// are too many.
func (s *Segment) collect(c *collector, b []byte, sh shape, first, key, mask Key) bool {
	if key.prefix() < first.prefix() {
		return false
	}
	r, ok := sh.findPrefix(b, key.prefix()-first.prefix())
	if !ok {
		return false
	}
	const all = 1<<extensionsBits - 1
	want, relevant := uint64(key&mask)&all, uint64(mask)&all
	from := selectOne(b, sh.keysAt(), sh.keys, r)
	to := sh.keys
	if r+1 < sh.prefixes {
		to = selectOne(b, sh.keysAt(), sh.keys, r+1)
	}
	for from < to && sh.end(b, from)&relevant < want {
		from++
	}
	end := from
	for end < to && sh.end(b, end)&relevant == want {
		end++
	}
	if from >= end {
		return false
	}
	p := selectOne(b, sh.postingsAt(), sh.postings, from)
	last := sh.postings
	if end < sh.keys {
		last = selectOne(b, sh.postingsAt(), sh.postings, end)
	}
	for ; p < last; p++ {
		f := sh.family(b, p)
		if f >= s.families.Count {
			_ = s.fail(damaged("it names family %d of %d", f, s.families.Count))
			return true
		}
		if c.add(s.families.First + f) {
			return true
		}
	}
	return false
}

// Cursor hands out all postings in order.
func (s *Segment) Cursor() Cursor { return &segmentCursor{s: s} }

type segmentCursor struct {
	s     *Segment
	block int
	buf   []Posting
	last  Posting
}

// Next implements Cursor.
func (c *segmentCursor) Next() ([]Posting, error) {
	if c.block == c.s.blocks {
		return nil, nil
	}
	b, sh, err := c.s.block(c.block)
	if err != nil {
		return nil, err
	}
	var ok bool
	c.buf, ok = sh.unpack(c.buf[:0], b, c.s.firstKey(c.block), c.s.families.First)
	if !ok || c.buf[0].Key != c.s.firstKey(c.block) {
		return nil, c.s.fail(damaged("block %d: its parts do not fit each other", c.block))
	}
	for i, p := range c.buf {
		if (i > 0 || c.block > 0) && !c.last.less(p) || p.Family-c.s.families.First >= c.s.families.Count {
			return nil, c.s.fail(damaged("block %d: posting %d is out of order", c.block, i))
		}
		c.last = p
	}
	c.block++
	return c.buf, nil
}

// Check reads the whole segment and sees that its bytes are the only ones that
// its postings have (index.md MUST-10).
func (s *Segment) Check() error {
	same := &comparer{want: s.data}
	sum, err := WriteSegment(same, s.Cursor(), s.families, nil)
	switch {
	case errors.Is(err, ErrDamaged):
		return err
	case err != nil, sum.Bytes != int64(len(s.data)), sum.Postings != s.postings:
		return damaged("its postings are written in another way than the one way there is")
	}
	return nil
}

var errDiffers = errors.New("differs")

// A comparer is a writer that takes only what it expects.
type comparer struct{ want []byte }

func (c *comparer) Write(b []byte) (int, error) {
	if len(b) > len(c.want) || !bytes.Equal(b, c.want[:len(b)]) {
		return 0, errDiffers
	}
	c.want = c.want[len(b):]
	return len(b), nil
}

// A Summary says what was written.
type Summary struct {
	Postings uint64
	Bytes    int64
}

// WriteSegment writes the postings of a cursor, which all must be of the
// families, as a segment: the same postings give the same bytes. progress, when
// not nil, is told now and then how many postings are written.
func WriteSegment(w io.Writer, from Cursor, families Families, progress func(postings uint64)) (Summary, error) {
	p := &packer{w: w, families: families, bits: width(families.Count)}
	p.sure = sureToFit(p.bits)
	for {
		batch, err := from.Next()
		if err != nil {
			return p.sum, err
		}
		if len(batch) == 0 {
			break
		}
		for _, x := range batch {
			if err := p.add(x); err != nil {
				return p.sum, fmt.Errorf("writing a segment: %w", err)
			}
		}
		if progress != nil {
			progress(p.sum.Postings + uint64(len(p.pending)))
		}
	}
	if err := p.end(); err != nil {
		return p.sum, fmt.Errorf("writing a segment: %w", err)
	}
	return p.sum, nil
}

// A packer fills blocks.
type packer struct {
	w        io.Writer
	families Families
	bits     int
	sum      Summary

	pending        []Posting // of the block being filled
	sure           int       // so many fit, whatever they are
	keys, prefixes int
	first          []byte // keys of the blocks written
	block          [blockSize + keySize]byte
}

// add takes the next posting. A block is full when one more would not fit.
func (p *packer) add(x Posting) error {
	if x.Family-p.families.First >= p.families.Count {
		return fmt.Errorf("family %d is none of the %d from %d on", x.Family, p.families.Count, p.families.First)
	}
	if n := len(p.pending); n > 0 {
		last := p.pending[n-1]
		if cmp.Or(cmp.Compare(last.Key, x.Key), cmp.Compare(last.Family, x.Family)) >= 0 {
			return fmt.Errorf("posting %x of family %d does not come after %x of %d", x.Key, x.Family, last.Key, last.Family)
		}
		keys, prefixes := p.keys, p.prefixes
		if x.Key != last.Key {
			keys++
		}
		if x.Key.prefix() != last.Key.prefix() {
			prefixes++
		}
		if n < p.sure || p.shapeTo(x, n+1, keys, prefixes).size() <= blockSize {
			p.pending, p.keys, p.prefixes = append(p.pending, x), keys, prefixes
			return nil
		}
		if err := p.flush(); err != nil {
			return err
		}
	}
	p.pending, p.keys, p.prefixes = append(p.pending[:0], x), 1, 1
	return nil
}

// shapeTo is the shape of a block of so many postings that ends with last.
func (p *packer) shapeTo(last Posting, postings, keys, prefixes int) shape {
	return shapeOf(postings, keys, prefixes, last.Key.prefix()-p.pending[0].Key.prefix(), p.bits)
}

func (p *packer) flush() error {
	n := len(p.pending)
	p.shapeTo(p.pending[n-1], n, p.keys, p.prefixes).pack(p.block[:blockSize], p.pending, p.families.First)
	p.first = binary.LittleEndian.AppendUint64(p.first, uint64(p.pending[0].Key))
	p.sum.Postings += uint64(len(p.pending))
	return p.write(p.block[:blockSize])
}

func (p *packer) write(b []byte) error {
	n, err := p.w.Write(b)
	p.sum.Bytes += int64(n)
	return err //nolint:wrapcheck // WriteSegment says what it does
}

// end writes what follows the blocks.
func (p *packer) end() error {
	if len(p.pending) > 0 {
		if err := p.flush(); err != nil {
			return err
		}
	}
	t := append([]byte(nil), magic...)
	t = binary.LittleEndian.AppendUint64(t, p.sum.Postings)
	t = binary.LittleEndian.AppendUint32(t, uint32(len(p.first)/keySize)) //nolint:gosec // MaxSegment
	t = binary.LittleEndian.AppendUint32(t, p.families.First)
	t = binary.LittleEndian.AppendUint32(t, p.families.Count)
	t = binary.LittleEndian.AppendUint32(t, crc32.Checksum(p.first, castagnoli))
	t = binary.LittleEndian.AppendUint32(t, crc32.Checksum(t, castagnoli))
	return p.write(slices.Concat(p.first, t))
}

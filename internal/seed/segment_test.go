package seed

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// written returns postings as a segment's bytes.
func written(t interface{ Fatal(...any) }, from Cursor, f Families) []byte {
	var b bytes.Buffer
	sum, err := WriteSegment(&b, from, f, nil)
	if err != nil {
		t.Fatal(err)
	}
	if sum.Bytes != int64(b.Len()) {
		t.Fatal("bytes counted wrong:", sum.Bytes, b.Len())
	}
	return b.Bytes()
}

func opened(t interface{ Fatal(...any) }, b []byte) *Segment {
	s, err := OpenSegment(b)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func familiesOf(ps []Posting) Families {
	if len(ps) == 0 {
		return Families{}
	}
	least, most := ps[0].Family, ps[0].Family
	for _, p := range ps {
		least, most = min(least, p.Family), max(most, p.Family)
	}
	return Families{least, most - least + 1}
}

func all(t interface{ Fatal(...any) }, c Cursor) []Posting {
	var out []Posting
	for {
		b, err := c.Next()
		if err != nil {
			t.Fatal(err)
		}
		if len(b) == 0 {
			return out
		}
		out = append(out, b...)
	}
}

// TestTableAndSegmentsAnswerTheSame: a table, one segment of it, and segments of
// its parts, joined or merged in any order (index.md MUST-6).
func TestTableAndSegmentsAnswerTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ps := somePostings(rapid.SampledFrom([]int{0, 3, 200, 3000}).Draw(t, "size")).Draw(t, "postings")
		table := tableOf(ps)
		one := written(t, table.Cursor(), familiesOf(ps))
		s := opened(t, one)
		if err := s.Check(); err != nil {
			t.Fatal(err)
		}
		if got := all(t, s.Cursor()); !slices.Equal(got, table.Postings()) || s.Len() != uint64(len(got)) {
			t.Fatalf("%d postings came back of %d", len(got), len(table.Postings()))
		}
		sameAnswers(t, "segment", s, ps)

		var parts []Postings
		var cursors []Cursor
		for rest := ps; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "part")
			part := opened(t, written(t, tableOf(rest[:n]).Cursor(), familiesOf(rest[:n])))
			parts, cursors, rest = append(parts, part), append(cursors, part.Cursor()), rest[n:]
		}
		order := rapid.Permutation(make([]int, len(parts))).Draw(t, "order")
		for i := range order {
			j := rapid.IntRange(0, i).Draw(t, "swap")
			parts[i], parts[j], cursors[i], cursors[j] = parts[j], parts[i], cursors[j], cursors[i]
		}
		sameAnswers(t, "segments joined", Join(parts...), ps)
		if again := written(t, Merge(cursors...), familiesOf(ps)); !bytes.Equal(again, one) {
			t.Fatal("segments that were merged are not the bytes of one")
		}
		if err := s.Err(); err != nil {
			t.Fatal(err)
		}
	})
}

// spread has n postings like those of a register: keys as hashes are, a quarter
// of them held by several families.
func spread(n int) []Posting {
	ps := make([]Posting, 0, n)
	for i := range uint64(n) {
		k := stir(i)
		if i%4 == 0 {
			k = stir(i % 97 * 4)
		}
		ps = append(ps, Posting{Key(k), uint32(i / 50)})
	}
	return ps
}

func spreadSegment(t testing.TB, n int) []byte {
	ps := spread(n)
	return written(t, tableOf(ps).Cursor(), familiesOf(ps))
}

// TestEveryFlippedBitIsNoticed, when the segment is opened, by a look-up that
// reads there, and by Check; and nothing that reads it fails in another way.
func TestEveryFlippedBitIsNoticed(t *testing.T) {
	good := spreadSegment(t, 900)
	ps := spread(900)
	for i := range good {
		b := slices.Clone(good)
		b[i] ^= 1 << (i % 8)
		s, err := OpenSegment(b)
		if err != nil {
			if !errors.Is(err, ErrDamaged) {
				t.Fatalf("byte %d: %v", i, err)
			}
			continue
		}
		for i := 0; i < len(ps) && s.Err() == nil; i++ {
			s.Lookup(nil, ps[i].Key, 1, 100)
		}
		if err := s.Err(); i < blockSize && !errors.Is(err, ErrDamaged) {
			t.Fatalf("byte %d: look-ups said %v", i, err)
		}
		if err := s.Check(); !errors.Is(err, ErrDamaged) {
			t.Fatalf("byte %d: Check said %v", i, err)
		}
	}
	for n := range len(good) {
		if _, err := OpenSegment(good[:n]); !errors.Is(err, ErrDamaged) {
			t.Fatalf("cut to %d bytes: %v", n, err)
		}
	}
}

// resealed gives all parts of a segment new checksums, as who wants to deceive
// would.
func resealed(b []byte) []byte {
	if len(b) < trailerSize {
		return b
	}
	t := b[len(b)-trailerSize:]
	blocks := (len(b) - trailerSize) / (blockSize + keySize)
	copy(t, magic)
	binary.LittleEndian.PutUint32(t[24:], uint32(blocks))
	for i := range blocks {
		block := b[i*blockSize : (i+1)*blockSize]
		binary.LittleEndian.PutUint32(block, crc32.Checksum(block[4:], castagnoli))
	}
	if end := len(b) - trailerSize; blocks*blockSize <= end {
		binary.LittleEndian.PutUint32(t[36:], crc32.Checksum(b[blocks*blockSize:end], castagnoli))
	}
	binary.LittleEndian.PutUint32(t[40:], crc32.Checksum(t[:40], castagnoli))
	return b
}

// TestOtherWaysOfWriting: what fits its checksums and is not the one way to write
// its postings is refused by Check (index.md MUST-10).
func TestOtherWaysOfWriting(t *testing.T) {
	good := spreadSegment(t, 2000)
	at := func(i int, v byte) []byte {
		b := slices.Clone(good)
		b[i] = v
		return resealed(b)
	}
	for name, b := range map[string][]byte{
		"no postings in a block": at(4, 0), "more keys": at(6, good[6]+1), "more prefixes": at(8, good[8]+1), "high parts of 0 words": at(10, 0),
		"wide low parts": at(12, 41), "other low parts": at(12, good[12]-1), "spare bytes": at(13, 1), "bits between parts": at(blockSize-1, 1),
		"fewer families": at(len(good)-trailerSize+32, 1), "more families": at(len(good)-trailerSize+32, 200),
		"another count": at(len(good)-trailerSize+16, 1), "another first key": at(len(good)-trailerSize-8, 1),
	} {
		t.Run(name, func(t *testing.T) {
			s, err := OpenSegment(b)
			if err == nil {
				err = s.Check()
			}
			if !errors.Is(err, ErrDamaged) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestWriterRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		ps []Posting
		f  Families
	}{
		"a family outside": {[]Posting{{1, 5}}, Families{0, 5}}, "a family below": {[]Posting{{1, 5}}, Families{6, 5}},
		"no order": {[]Posting{{2, 0}, {1, 0}}, Families{0, 1}}, "one twice": {[]Posting{{2, 0}, {2, 0}}, Families{0, 1}},
	} {
		if _, err := WriteSegment(new(bytes.Buffer), &tableCursor{c.ps}, c.f, nil); err == nil {
			t.Errorf("%s: written", name)
		}
	}
	if _, err := WriteSegment(&comparer{}, &tableCursor{[]Posting{{1, 0}}}, Families{0, 1}, nil); !errors.Is(err, errDiffers) {
		t.Errorf("a writer that fails: %v", err)
	}
}

// TestMergeOfDamagedSegments gives no half result.
func TestMergeOfDamagedSegments(t *testing.T) {
	b := spreadSegment(t, 2000)
	b[100] ^= 1
	if _, err := WriteSegment(new(bytes.Buffer), Merge(opened(t, b).Cursor(), tableOf(spread(10)).Cursor()), Families{0, 1000}, nil); !errors.Is(err, ErrDamaged) {
		t.Errorf("%v", err)
	}
}

// FuzzSegment: whatever the bytes, with checksums that fit, nothing panics, no
// family beyond the announced ones is named, and what Check accepts is what the
// writer writes.
func FuzzSegment(f *testing.F) {
	f.Add(spreadSegment(f, 1))
	f.Add(spreadSegment(f, 300))
	f.Add(spreadSegment(f, 1500))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := OpenSegment(resealed(slices.Clone(b)))
		if err != nil {
			return
		}
		for i := range min(s.blocks, 8) {
			k := s.firstKey(i)
			for level := 1; level <= Levels; level++ {
				for _, key := range []Key{k, k + 1, k + 1<<30, ^Key(0)} {
					families, _ := s.Lookup(nil, key, level, 50)
					for _, x := range families {
						if x-s.families.First >= s.families.Count {
							t.Fatalf("family %d of %+v", x, s.families)
						}
					}
				}
			}
		}
		if s.Check() == nil {
			if again := written(t, s.Cursor(), s.families); !bytes.Equal(again, s.data) {
				t.Fatal("Check accepted what the writer does not write")
			}
		}
	})
}

// TestSegmentVectors holds the bytes of the page to the code (index.md MUST-5 and
// MUST-7 to MUST-9).
func TestSegmentVectors(t *testing.T) {
	small := []Posting{{0x0000000001000001, 2}, {0x0000000001000001, 4}, {0x0000000001000002, 3}, {0x00000000ff000000, 2}}
	b := written(t, &tableCursor{small}, Families{2, 3})
	const block, end = "5a399397040003000200010006000000110000000000000005000000000000000d0000000000000001000002000000000080" + "8f01",
		"01000001000000006368616e636572792d73656564732f31040000000000000001000000020000000300000001a005fde46d4276"
	if got := hex.EncodeToString(b[:len(block)/2]); got != block {
		t.Errorf("block %s, want %s", got, block)
	}
	if got := hex.EncodeToString(b[4096:]); got != end {
		t.Errorf("end %s, want %s", got, end)
	}
	for name, c := range map[string]struct {
		b    []byte
		want string
	}{
		"small": {b, "4148 12907873060857f692357b0102d8e0f2eb0a03d2936f11a49737cbbb04ee2088"}, "three blocks": {spreadSegment(t, 1500), "12356 51f69970261bfa624944f203f920f5ba589f68a0012dbd11b5b4f0dcf3b146e9"}, "none": {written(t, &tableCursor{}, Families{}), "44 866cfe8ae1972dd5fc83bb63575896e0b070a2745eadac52e225302fe0faebb1"},
	} {
		if got := fmt.Sprintf("%d %x", len(c.b), sha256.Sum256(c.b)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

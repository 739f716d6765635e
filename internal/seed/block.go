package seed

import (
	"encoding/binary"
	"hash/crc32"
	"math/bits"
)

// A block holds consecutive postings in 4 kB (index.md MUST-7 to MUST-10):
//
//	head      checksum, counts, width of the low parts
//	high      for each different prefix, in order: as many zeros as its high part
//	          rises over the last one's, then a one (Elias-Fano)
//	keys      one bit for each different key: 1 when its prefix is a new one
//	postings  one bit for each posting: 1 when its key is a new one
//	ends      24 bits for each different key: what follows its prefix
//	low       the low part of each different prefix
//	families  of each posting, less the segment's first
//
// Everything is of fixed width but for the first, so a look-up counts bits in a
// few words and reads what it needs; nothing is unpacked.
const (
	blockSize = 4096
	blockHead = 16
	endBytes  = extensionsBits / 8
	wordBits  = 64
)

// castagnoli is the checksum that processors compute by themselves.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// A shape is what a block's head says, and where its parts begin.
type shape struct {
	postings, keys, prefixes int
	highWords                int
	lowBits, familyBits      int
}

// keysAt and the others are offsets in bytes.
func (s shape) keysAt() int     { return blockHead + 8*s.highWords }
func (s shape) postingsAt() int { return s.keysAt() + 8*words(s.keys) }
func (s shape) endsAt() int     { return s.postingsAt() + 8*words(s.postings) }
func (s shape) lowAt() int      { return s.endsAt() + endBytes*s.keys }

// size is how many bytes the block takes.
func (s shape) size() int {
	return s.lowAt() + (s.prefixes*s.lowBits+s.postings*s.familyBits+7)/8
}

func words(n int) int { return (n + wordBits - 1) / wordBits }

// shapeOf returns the shape of a block whose prefixes rise by span (index.md
// MUST-8).
func shapeOf(postings, keys, prefixes int, span uint64, familyBits int) shape {
	low := max(0, bits.Len64(span/uint64(prefixes))-1) //nolint:gosec // a block has some thousand
	return shape{
		postings: postings, keys: keys, prefixes: prefixes,
		highWords: words(int(span>>low) + prefixes), //nolint:gosec // below three times the prefixes
		lowBits:   low, familyBits: familyBits,
	}
}

// sureToFit is how many postings a block holds at least: each takes a bit in
// keys and postings, less than three in high, an end, a low part and a family; the
// bits are rounded up to words.
func sureToFit(familyBits int) int {
	const rounding = 4 * wordBits
	return (8*(blockSize-blockHead) - rounding) / (5 + extensionsBits + shortBits + familyBits)
}

// readShape reads a block's head and refuses one whose parts cannot be those of
// a block: all that a look-up reads lies within the block then.
func readShape(b []byte, familyBits int) (shape, bool) {
	s := shape{
		postings: int(binary.LittleEndian.Uint16(b[4:])), keys: int(binary.LittleEndian.Uint16(b[6:])),
		prefixes: int(binary.LittleEndian.Uint16(b[8:])), highWords: int(binary.LittleEndian.Uint16(b[10:])),
		lowBits: int(b[12]), familyBits: familyBits,
	}
	ok := 1 <= s.prefixes && s.prefixes <= s.keys && s.keys <= s.postings && s.lowBits <= shortBits && s.size() <= blockSize
	return s, ok
}

// sound reports whether a block's checksum fits.
func sound(b []byte) bool {
	return crc32.Checksum(b[4:blockSize], castagnoli) == binary.LittleEndian.Uint32(b)
}

// bitsAt reads up to 56 bits at a bit's offset. There must be 8 bytes from the
// byte in which they begin.
func bitsAt(b []byte, at, n int) uint64 {
	return binary.LittleEndian.Uint64(b[at>>3:]) >> (at & 7) & (1<<n - 1)
}

// selectOne returns where the bit is that is the n-th one, counted from 0, among
// the first size bits from byte at on; size when there are fewer.
func selectOne(b []byte, at, size, n int) int {
	for w := 0; w < size; w += wordBits {
		word := binary.LittleEndian.Uint64(b[at+w/8:])
		if ones := bits.OnesCount64(word); n >= ones {
			n -= ones
			continue
		}
		for ; n > 0; n-- {
			word &= word - 1
		}
		return min(size, w+bits.TrailingZeros64(word))
	}
	return size
}

// findPrefix returns which of the block's prefixes is the one that lies rel
// above the block's first.
func (s shape) findPrefix(b []byte, rel uint64) (int, bool) {
	high, low := rel>>s.lowBits, rel&(1<<s.lowBits-1)
	size := s.highWords * wordBits
	if high >= uint64(size) { //nolint:gosec // not negative
		return 0, false
	}
	at := s.afterZeros(b, int(high))                                          //nolint:gosec // below size
	for r := at - int(high); at < size && r < s.prefixes; at, r = at+1, r+1 { //nolint:gosec // as above
		if binary.LittleEndian.Uint64(b[blockHead+at/wordBits*8:])>>(at%wordBits)&1 == 0 {
			return 0, false
		}
		switch l := s.low(b, r); {
		case l == low:
			return r, true
		case l > low:
			return 0, false
		}
	}
	return 0, false
}

// afterZeros returns the place in the high parts after n zeros.
func (s shape) afterZeros(b []byte, n int) int {
	if n == 0 {
		return 0
	}
	for w := range s.highWords {
		zeros := ^binary.LittleEndian.Uint64(b[blockHead+8*w:])
		if count := bits.OnesCount64(zeros); n > count {
			n -= count
			continue
		}
		for ; n > 1; n-- {
			zeros &= zeros - 1
		}
		return w*wordBits + bits.TrailingZeros64(zeros) + 1
	}
	return s.highWords * wordBits
}

func (s shape) low(b []byte, i int) uint64 { return bitsAt(b, 8*s.lowAt()+i*s.lowBits, s.lowBits) }

func (s shape) family(b []byte, i int) uint32 {
	return uint32(bitsAt(b, 8*s.lowAt()+s.prefixes*s.lowBits+i*s.familyBits, s.familyBits)) //nolint:gosec // at most 32 bits
}

// end returns what follows the prefix of a key.
func (s shape) end(b []byte, key int) uint64 {
	p := b[s.endsAt()+endBytes*key:]
	return uint64(p[0]) | uint64(p[1])<<8 | uint64(p[2])<<16
}

// isOne reads one bit of the bits that begin at byte at.
func isOne(b []byte, at, i int) bool { return b[at+i/8]>>(i%8)&1 == 1 }

// unpack appends all postings of a block whose first key is first. It reports
// false when the parts do not fit each other.
func (s shape) unpack(dst []Posting, b []byte, first Key, firstFamily uint32) ([]Posting, bool) {
	high, at, prefix, key := uint64(0), 0, -1, -1
	var k Key
	for i := range s.postings {
		if isOne(b, s.postingsAt(), i) {
			key++
			if key == s.keys {
				return dst, false
			}
			if isOne(b, s.keysAt(), key) {
				prefix++
				for at < s.highWords*wordBits && !isOne(b, blockHead, at) {
					high++
					at++
				}
				if at == s.highWords*wordBits || prefix == s.prefixes {
					return dst, false
				}
				at++
			}
			if prefix < 0 {
				return dst, false
			}
			k = Key((first.prefix()+high<<s.lowBits+s.low(b, prefix))<<extensionsBits | s.end(b, key))
		}
		if key < 0 {
			return dst, false
		}
		dst = append(dst, Posting{k, firstFamily + s.family(b, i)})
	}
	return dst, key == s.keys-1 && prefix == s.prefixes-1
}

// pack writes the postings of a block. All must be over first, in order, each
// once, and fit (see packer).
func (s shape) pack(b []byte, ps []Posting, firstFamily uint32) {
	clear(b)
	binary.LittleEndian.PutUint16(b[4:], uint16(s.postings))   //nolint:gosec // a block of 4 kB
	binary.LittleEndian.PutUint16(b[6:], uint16(s.keys))       //nolint:gosec // as above
	binary.LittleEndian.PutUint16(b[8:], uint16(s.prefixes))   //nolint:gosec // as above
	binary.LittleEndian.PutUint16(b[10:], uint16(s.highWords)) //nolint:gosec // as above
	b[12] = byte(s.lowBits)                                    //nolint:gosec // at most 40
	base := ps[0].Key.prefix()
	key, prefix := -1, -1
	var last uint64
	for i, p := range ps {
		if i == 0 || p.Key != ps[i-1].Key {
			key++
			setBits(b, 8*s.postingsAt()+i, 1, 1)
			setBits(b, 8*(s.endsAt()+endBytes*key), uint64(p.Key)&(1<<extensionsBits-1), extensionsBits)
			if now := p.Key.prefix(); prefix < 0 || now != last {
				prefix++
				last = now
				setBits(b, 8*s.keysAt()+key, 1, 1)
				setBits(b, 8*blockHead+int((now-base)>>s.lowBits)+prefix, 1, 1) //nolint:gosec // within highWords
				setBits(b, 8*s.lowAt()+prefix*s.lowBits, (now-base)&(1<<s.lowBits-1), s.lowBits)
			}
		}
		setBits(b, 8*s.lowAt()+s.prefixes*s.lowBits+i*s.familyBits, uint64(p.Family-firstFamily), s.familyBits)
	}
	binary.LittleEndian.PutUint32(b, crc32.Checksum(b[4:], castagnoli))
}

// setBits writes n bits at a bit's offset, where there were zeros.
func setBits(b []byte, at int, v uint64, n int) {
	for n > 0 {
		i, off := at>>3, at&7
		b[i] |= byte(v << off) //nolint:gosec // the part that fits
		took := 8 - off
		v, n, at = v>>took, n-took, at+took
	}
}

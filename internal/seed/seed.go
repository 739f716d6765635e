// Package seed samples short grams of folded letters, by which texts that share
// a passage find each other, and keeps which families of texts hold them.
//
// A gram is sampled by its own letters alone (closed syncmers), so that both
// texts sample the same ones wherever they agree. Its key nests three lengths:
// the first 12 letters, then 16, then 20. One sorted list of keys so answers for
// all three, and a search asks for the shortest that is rare enough.
//
//	table := seed.NewTable()
//	table.Add(7, seed.Of(fold.Record(text).Stream))
//	families, n := table.Lookup(nil, s.Key, 1, 1000) // level 1: grams of 12 letters
//
// A [Table] keeps postings in memory. A [Segment] keeps them in bytes: a file
// that is mapped into memory, or was downloaded. docs/formats/index.md is the
// specification of both the sampling and the bytes.
package seed

import "math/bits"

// Lengths of a gram and of the piece that decides whether it is sampled, in
// letters; Arabic words are shorter.
const (
	gram, piece             = 12, 5
	arabicGram, arabicPiece = 10, 4
	extension               = 4 // letters by which a longer gram is longer
)

// Shared runs of so many letters, none of them Arabic or all of them, hold a
// seed: of the pieces in a run of 2*gram-piece-1 letters the smallest is the
// first piece of one gram that lies within the run, or the last of one.
const (
	SharedRun       = 2*gram - piece - 1
	SharedRunArabic = 2*arabicGram - arabicPiece - 1
)

// Bits of a key for each length of gram.
const (
	shortBits, extensionBits = 40, 12
	extensionsBits           = 2 * extensionBits
)

// A Key names a sampled gram: 40 bits for its first 12 letters (10 in Arabic),
// 12 bits for the 4 letters that follow, and 12 for the 4 after those. Bits for
// letters that the text does not have are zero.
type Key uint64

// prefix is the part of the first 12 letters.
func (k Key) prefix() uint64 { return uint64(k) >> extensionsBits }

// A Seed is one sampled gram of a text.
type Seed struct {
	Key Key
	At  int32 // letter of the stream at which it begins
	// Levels is how many of the three lengths the text has: 1, 2 or 3.
	Levels int8
}

// Levels is how many lengths of gram a key nests.
const Levels = 3

// Mask returns the bits of a key that a look-up at a level (1, 2 or 3: grams of
// 12, 16 or 20 letters) compares.
func Mask(level int) Key {
	return ^Key(0) << (64 - shortBits - extensionBits*(level-1))
}

// Postings is a list of which families hold which grams. A Table, a Segment and
// several joined are.
type Postings interface {
	// Lookup appends the families that hold a gram to dst, each once and in
	// ascending order, and returns how many there are. When there are more than
	// most it may stop, with any of them appended, and returns most+1.
	Lookup(dst []uint32, key Key, level, most int) (families []uint32, n int)
}

// Of returns the seeds of a fold, in order (index.md MUST-1 to MUST-4). They are
// a function of the letters alone: a letter that is far away changes nothing.
func Of(stream string) []Seed {
	for i := range len(stream) {
		if stream[i] >= 0x80 {
			return ofLetters(stream)
		}
	}
	return ofASCII(stream)
}

// ofASCII is Of where each letter is one byte: most letters of the world's
// registers, and several times faster.
func ofASCII(s string) []Seed {
	const pieces = gram - piece + 1 // of a gram
	if len(s) < gram {
		return nil
	}
	out := make([]Seed, 0, len(s)/3+1) // a quarter of the grams, as a rule
	var ring [pieces]uint64            // of the last pieces: that at i is at i%pieces
	window := load(s[:piece-1]) << 8
	for i := range len(s) - piece + 1 {
		window = window>>8 | uint64(s[i+piece-1])<<(8*(piece-1))
		ring[i%pieces] = stir(piece ^ window)
		at := i - pieces + 1
		if at < 0 {
			continue
		}
		// The last piece and, one place on in the ring, the first.
		ends := min(ring[i%pieces], ring[(i+1)%pieces])
		if ends == min(ring[0], ring[1], ring[2], ring[3], ring[4], ring[5], ring[6], ring[7]) {
			out = append(out, asciiSeed(s, at))
		}
	}
	return out
}

func asciiSeed(s string, at int) Seed {
	sd := Seed{Key: Key(hash(s[at:at+gram])) & Mask(1), At: int32(at), Levels: 1} //nolint:gosec // texts are limited to megabytes
	shift := 64 - shortBits
	for from := at + gram; sd.Levels < Levels && from+extension <= len(s); from += extension {
		shift -= extensionBits
		sd.Key |= Key(hash(s[from:from+extension])>>(64-extensionBits)) << shift
		sd.Levels++
	}
	return sd
}

// ofLetters is Of for letters of any size.
func ofLetters(stream string) []Seed {
	starts := make([]int32, 0, len(stream)+1)
	letters := make([]rune, 0, len(stream))
	hasArabic := false
	for i, r := range stream {
		starts = append(starts, int32(i)) //nolint:gosec // texts are limited to megabytes
		letters = append(letters, r)
		hasArabic = hasArabic || isArabic(r)
	}
	starts = append(starts, int32(len(stream))) //nolint:gosec // as above
	long := piecesOf(stream, starts, piece)
	var short []uint64
	if hasArabic {
		short = piecesOf(stream, starts, arabicPiece)
	}
	out := make([]Seed, 0, len(letters)/3+1)
	for i, r := range letters {
		size, part, pieces := gram, piece, long
		if isArabic(r) {
			size, part, pieces = arabicGram, arabicPiece, short
		}
		if i+size < len(starts) && sampled(pieces[i:i+size-part+1]) {
			out = append(out, seedAt(stream, starts, i, size))
		}
	}
	return out
}

func seedAt(stream string, starts []int32, i, size int) Seed {
	s := Seed{At: int32(i), Levels: 1} //nolint:gosec // texts are limited to megabytes
	s.Key = Key(hash(stream[starts[i]:starts[i+size]])) & Mask(1)
	shift := 64 - shortBits
	for from := i + size; s.Levels < Levels && from+extension < len(starts); from += extension {
		shift -= extensionBits
		s.Key |= Key(hash(stream[starts[from]:starts[from+extension]])>>(64-extensionBits)) << shift
		s.Levels++
	}
	return s
}

// isArabic reports whether grams that begin with r are the short ones. Blocks
// instead of the script's table: a format does not change with Unicode.
func isArabic(r rune) bool {
	switch {
	case r < 0x600:
		return false
	case r <= 0x6FF, r >= 0x750 && r <= 0x77F, r >= 0x870 && r <= 0x8FF:
		return true
	}
	return r >= 0xFB50 && r <= 0xFDFF || r >= 0xFE70 && r <= 0xFEFF
}

// piecesOf returns the hash of every piece of size letters.
func piecesOf(stream string, starts []int32, size int) []uint64 {
	out := make([]uint64, max(0, len(starts)-size))
	for i := range out {
		out[i] = hash(stream[starts[i]:starts[i+size]])
	}
	return out
}

// sampled reports whether the smallest piece is the first or the last.
func sampled(pieces []uint64) bool {
	least := pieces[0]
	for _, p := range pieces[1:] {
		least = min(least, p)
	}
	return least == pieces[0] || least == pieces[len(pieces)-1]
}

// hash is the same in every process and on every machine, so that the same
// register has the same index everywhere (index.md MUST-2). It need not resist
// those who look for collisions: words that merely collide do not align.
func hash(s string) uint64 {
	h := uint64(len(s))
	for ; len(s) > 8; s = s[8:] {
		h = stir(h ^ load(s[:8]))
	}
	return stir(h ^ load(s))
}

// load reads up to 8 bytes, the first the lowest.
func load(s string) uint64 {
	if len(s) == 8 { // the compiler makes it one instruction
		return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
			uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
	}
	var w uint64
	for i := range len(s) {
		w |= uint64(s[i]) << (8 * i)
	}
	return w
}

// stir spreads every bit over all others.
func stir(h uint64) uint64 {
	h *= 0x9e3779b97f4a7c15
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	return h ^ h>>32
}

// width is how many bits the numbers below n take.
func width(n uint32) int {
	if n == 0 {
		return 0
	}
	return bits.Len32(n - 1)
}

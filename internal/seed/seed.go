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
//	families, n := table.Lookup(nil, s.Key, 12, 1000)
package seed

import (
	"unicode"
	"unicode/utf8"
)

// Lengths of a gram and of the piece that decides whether it is sampled, in
// letters; Arabic words are shorter.
const (
	gram, piece             = 12, 5
	arabicGram, arabicPiece = 10, 4
	extension               = 4 // letters by which a longer gram is longer
)

// Bits of a key for each length of gram.
const (
	shortBits, extensionBits = 40, 12
)

// A Key names a sampled gram: 40 bits for its first 12 letters (10 in Arabic),
// 12 bits for the 4 letters that follow, and 12 for the 4 after those. Bits for
// letters that the text does not have are zero.
type Key uint64

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

// Postings is a list of which families hold which grams. A Table and a Segment
// are.
type Postings interface {
	// Lookup appends the families that hold a gram to dst, each once and in
	// ascending order, and returns how many there are. When there are more than
	// most it may stop and return most+1.
	Lookup(dst []uint32, key Key, level, most int) (families []uint32, n int)
}

// Of returns the seeds of a fold, in order. In any run of 17 letters there is one
// (13 in Arabic).
func Of(stream string) []Seed {
	starts := make([]int32, 0, len(stream)+1)
	hasArabic := false
	for i, r := range stream {
		starts = append(starts, int32(i)) //nolint:gosec // texts are limited to megabytes
		hasArabic = hasArabic || isArabic(r)
	}
	starts = append(starts, int32(len(stream))) //nolint:gosec // as above
	long := piecesOf(stream, starts, piece)
	var short []uint64
	if hasArabic {
		short = piecesOf(stream, starts, arabicPiece)
	}
	var out []Seed
	for i := range starts[:len(starts)-1] {
		size, part, pieces := gram, piece, long
		if r, _ := utf8.DecodeRuneInString(stream[starts[i]:]); isArabic(r) {
			size, part, pieces = arabicGram, arabicPiece, short
		}
		if i+size >= len(starts) || !sampled(pieces[i:i+size-part+1]) {
			continue
		}
		out = append(out, seedAt(stream, starts, i, size))
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

func isArabic(r rune) bool { return r > 0x5FF && unicode.Is(unicode.Arabic, r) }

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

// hash is FNV-1a with a last stir, the same in every process, so that the same
// register gives the same answers in the same order everywhere.
func hash(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	h ^= h >> 32
	h *= 0x9e3779b97f4a7c15
	return h ^ h>>29
}

package compare

import (
	"iter"
	"unicode"
	"unicode/utf8"
)

// Lengths of a gram and of the piece that decides whether it is sampled, in
// letters; Arabic words are shorter.
const (
	gram, piece             = 12, 5
	arabicGram, arabicPiece = 10, 4
)

// grams returns the sampled grams of a fold (closed syncmers): those whose
// smallest piece is their first or last. Whether a gram is sampled depends on
// its letters alone, so both texts sample the same ones, and in any run of
// gram+piece+1 letters there is one.
func grams(stream string) iter.Seq[uint64] {
	return func(yield func(uint64) bool) {
		starts := make([]int, 0, len(stream)+1)
		hasArabic := false
		for i, r := range stream {
			starts = append(starts, i)
			hasArabic = hasArabic || isArabic(r)
		}
		starts = append(starts, len(stream))
		long := piecesOf(stream, starts, piece)
		var short []uint64
		if hasArabic {
			short = piecesOf(stream, starts, arabicPiece)
		}
		for i := range starts[:len(starts)-1] {
			size, part, pieces := gram, piece, long
			if r, _ := utf8.DecodeRuneInString(stream[starts[i]:]); isArabic(r) {
				size, part, pieces = arabicGram, arabicPiece, short
			}
			if i+size >= len(starts) || !sampled(pieces[i:i+size-part+1]) {
				continue
			}
			if !yield(hash(stream[starts[i]:starts[i+size]])) {
				return
			}
		}
	}
}

func isArabic(r rune) bool { return r > 0x5FF && unicode.Is(unicode.Arabic, r) }

// pieces returns the hash of every piece of size letters.
func piecesOf(stream string, starts []int, size int) []uint64 {
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

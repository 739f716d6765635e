package report

import (
	"cmp"
	"hash/maphash"
	"slices"

	"chancery.example/internal/fold"
)

// How many words in a row two reports must share to have them from each other or
// from a third, and how many are looked for at once.
const (
	leastShared = 12
	gram        = 8
)

// A Passage is a stretch that two reports share word for word.
type Passage struct {
	A, B  Span // in bytes of each text
	Words int
}

// A Body is the words of a report outside its quotations: those of a source are
// in every report that quotes it, and say nothing about the reports.
type Body struct {
	text *fold.Folded
	runs [][2]int // words without a quotation between them
	hash []uint64 // of the words
	at   map[uint64][]int
}

// bodySeed is the same for all bodies, so that they can be compared.
var bodySeed = maphash.MakeSeed()

// NewBody returns the words of a text outside quotations.
func NewBody(text string, quotations []Span) *Body {
	b := &Body{text: fold.Copy(text), at: map[uint64][]int{}}
	quotations = slices.Clone(quotations)
	slices.SortFunc(quotations, func(a, b Span) int { return cmp.Compare(a.From, b.From) })
	from, reach := 0, 0
	for i, w := range b.text.Words {
		for len(quotations) > 0 && quotations[0].From <= int(w.Start) {
			reach = max(reach, quotations[0].To)
			quotations = quotations[1:]
		}
		if int(w.Start) < reach {
			b.run(from, i)
			from = i + 1
		}
		b.hash = append(b.hash, maphash.String(bodySeed, w.Key))
	}
	b.run(from, len(b.text.Words))
	return b
}

// run adds words between two quotations.
func (b *Body) run(from, to int) {
	if to-from < gram {
		return
	}
	b.runs = append(b.runs, [2]int{from, to})
	for i := from; i+gram <= to && i+gram <= len(b.hash); i++ {
		g := b.gram(i)
		if len(b.at[g]) < 4 {
			b.at[g] = append(b.at[g], i)
		}
	}
}

// gram joins the hashes of the words from i on.
func (b *Body) gram(i int) uint64 {
	var g uint64
	for _, h := range b.hash[i : i+gram] {
		g = g*0x9e3779b97f4a7c15 + h
	}
	return g
}

// end is the end of the run that holds word i.
func (b *Body) end(i int) int {
	k, _ := slices.BinarySearchFunc(b.runs, i, func(r [2]int, i int) int { return r[1] - 1 - i })
	return b.runs[k][1]
}

// Shared (MUST-13) returns the passages of twelve words and more that stand in both bodies
// outside quotations, in the order of the first.
func (b *Body) Shared(o *Body) []Passage {
	var out []Passage
	for _, r := range b.runs {
		for i := r[0]; i+gram <= r[1]; {
			length, at := b.longest(o, i, r[1])
			if length < leastShared {
				i++
				continue
			}
			out = append(out, Passage{b.span(i, length), o.span(at, length), length})
			i += length
		}
	}
	return out
}

// longest returns the longest stretch from word i on that the other body has.
func (b *Body) longest(o *Body, i, end int) (length, at int) {
	for _, j := range o.at[b.gram(i)] {
		n, stop := 0, o.end(j)
		for i+n < end && j+n < stop && b.hash[i+n] == o.hash[j+n] {
			n++
		}
		if n > length {
			length, at = n, j
		}
	}
	return length, at
}

func (b *Body) span(i, n int) Span {
	return Span{int(b.text.Words[i].Start), int(b.text.Words[i+n-1].End)}
}

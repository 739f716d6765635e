package sealed

import (
	"cmp"
	"slices"
	"strings"

	"chancery.example/internal/compare"
	"chancery.example/internal/fold"
)

// What a copy must hold. Every rule is about whole blocks: the boundary between
// two answers is never one word of text that a reader does not hold, but for the
// last quarter of a block of which three quarters are held.
const (
	leastBlock = 12 // words of a block
	mostBlock  = 28 // a longer sentence is cut
	// A block counts with countsPer of countsOf of its words in place: pictures
	// are read with errors.
	countsPer, countsOf = 3, 4
	// presentsPer of presentsOf of the draft's words must stand in such blocks.
	presentsPer, presentsOf = 3, 5
	// leastBits must stand in such blocks outside public texts.
	leastBits = 100
	// bitsPerWord is less than a word of ordinary text tells who knows those
	// before it (Shannon 1951: 0.6 to 1.3 bits a letter), so that 25 are 100 bits.
	bitsPerWord = 4
	// coarse is in how many steps drafts are ordered that all are presented.
	coarse = 10
)

// A block is a stretch of a draft's words, from from to before to.
type block struct{ from, to int }

// blocksOf cuts a text into blocks, by its own words alone.
func blocksOf(f *fold.Folded) []block {
	var out []block
	from := 0
	for i := range f.Words {
		n := i + 1 - from
		if n >= mostBlock || n >= leastBlock && i+1 < len(f.Words) && endsSentence(f, i) {
			out = append(out, block{from, i + 1})
			from = i + 1
		}
	}
	switch rest := len(f.Words) - from; {
	case rest == 0:
	case rest < leastBlock && len(out) > 0: // too short to stand alone
		out[len(out)-1].to = len(f.Words)
	default:
		out = append(out, block{from, len(f.Words)})
	}
	return out
}

// endsSentence reports whether a sentence or paragraph ends between word i and
// the next.
func endsSentence(f *fold.Folded, i int) bool {
	between := f.Exact[f.Words[i].End:f.Words[i+1].Start]
	return strings.ContainsAny(between, ".!?؟؛;:。") || strings.Contains(between, "\n\n")
}

// A match is what a copy holds of one text.
type match struct {
	text     int
	letter   string
	revision uint32
	near     bool // presents it, or would with a block more
	presents bool
	tenths   int // of the text, in blocks that count
	differs  []Span
}

// compare puts first which text answers: the one of which the copy holds most,
// roughly; of one letter the newest revision.
func (m match) compare(o match) int {
	if m.letter == o.letter {
		return cmp.Or(cmp.Compare(o.revision, m.revision), cmp.Compare(m.text, o.text))
	}
	return cmp.Or(cmp.Compare(o.tenths, m.tenths), cmp.Compare(m.letter, o.letter))
}

// measure decides by blocks how much of the record a copy holds.
func measure(a *compare.Alignment, public []Span) match {
	at := places(a)
	var m match
	counted, telling := 0, 0
	var whole []block
	for _, b := range blocksOf(a.Record) {
		agreed := 0
		for _, c := range at[b.from:b.to] {
			if c >= 0 {
				agreed++
			}
		}
		if agreed*countsOf < (b.to-b.from)*countsPer {
			continue
		}
		counted += b.to - b.from
		if !inPublic(a.Copy, at[b.from:b.to], public) {
			telling += b.to - b.from
		}
		if isWhole(at[b.from:b.to]) {
			whole = append(whole, b)
		}
	}
	all := len(a.Record.Words)
	m.presents = all > 0 && counted*presentsOf >= all*presentsPer && telling*bitsPerWord >= leastBits
	m.near = counted > 0 && (counted+mostBlock+leastBlock)*presentsOf >= all*presentsPer
	if all > 0 {
		m.tenths = counted * coarse / all
	}
	m.differs = between(a.Copy, at, whole)
	return m
}

// places says for each word of the record where in the copy it stands, -1 where
// it does not. It reads the alignment's passages and differences, and believes no
// pair that does not agree.
func places(a *compare.Alignment) []int {
	at := make([]int, len(a.Record.Words))
	for i := range at {
		at[i] = -1
	}
	pair := func(c, r compare.Range) {
		for i := range r.Len() {
			j := min(i, c.Len()-1) // "cooperate" is two words on the other side
			if j < 0 {
				return
			}
			if c.Len() != r.Len() || a.Copy.Words[c.From+j].Agrees(a.Record.Words[r.From+i]) {
				at[r.From+i] = c.From + j
			}
		}
	}
	for _, p := range a.Passages {
		c, r := p.Copy.From, p.Record.From
		for _, d := range a.Differences {
			if d.Kind == compare.Moved || d.Record.From < r || d.Record.To > p.Record.To || d.Copy.From < c || d.Copy.To > p.Copy.To {
				continue
			}
			pair(compare.Range{From: c, To: d.Copy.From}, compare.Range{From: r, To: d.Record.From})
			c, r = d.Copy.To, d.Record.To
		}
		pair(compare.Range{From: c, To: p.Copy.To}, compare.Range{From: r, To: p.Record.To})
	}
	return at
}

// isWhole reports whether all words of a block stand in the copy, one after the
// other.
func isWhole(at []int) bool {
	for i, c := range at {
		if c < 0 || i > 0 && c != at[i-1] && c != at[i-1]+1 {
			return false
		}
	}
	return true
}

// inPublic reports whether most of a block's words stand where the copy agrees
// with a public text.
func inPublic(copied *fold.Folded, at []int, public []Span) bool {
	in, n := 0, 0
	for _, c := range at {
		if c < 0 {
			continue
		}
		n++
		w := copied.Words[c]
		if slices.ContainsFunc(public, func(s Span) bool { return s.From <= int(w.Start) && int(w.End) <= s.To }) {
			in++
		}
	}
	return 2*in > n
}

// between are the stretches of the copy from one whole block to the next that
// hold other words than the draft, or more, widened to the reader's sentences.
// Where the copy has fewer words than the draft nothing is named: next to a gap a
// word that is right must look like one that is wrong, and like none.
func between(copied *fold.Folded, at []int, whole []block) []Span {
	var out []Span
	for i := 1; i < len(whole); i++ {
		last, next := whole[i-1], whole[i]
		from, to := at[last.to-1]+1, at[next.from]
		if to-from <= 0 || to-from < next.from-last.to {
			continue
		}
		s := sentences(copied, from, to)
		if n := len(out); n > 0 && out[n-1].From <= s.From && s.From <= out[n-1].To {
			out[n-1].To = max(out[n-1].To, s.To)
			continue
		}
		out = append(out, s)
	}
	return out
}

// sentences is the stretch of words from from to before to, with the rest of the
// sentences it cuts.
func sentences(f *fold.Folded, from, to int) Span {
	for from > 0 && !endsSentence(f, from-1) {
		from--
	}
	for to < len(f.Words) && !endsSentence(f, to-1) {
		to++
	}
	return Span{int(f.Words[from].Start), int(f.Words[to-1].End)}
}

package compare

import (
	"cmp"
	"slices"

	"chancery.example/internal/fold"
)

// Limits of an alignment. They bound the work on hostile input; honest texts
// stay far below.
const (
	// MaxWords is how many words of a text are compared.
	MaxWords     = 20_000
	maxGap       = 85 // words between two blocks of one passage
	maxRepeats   = 8  // occurrences of a shingle that are followed up
	maxBlocks    = 20_000
	lookBack     = 64  // blocks before one that it may be chained to
	maxPassages  = 200 // of one text with another
	shingle      = 3   // words that start a block
	leastPassage = 4   // words, unless all of the copy is shorter
	longBlock    = 8   // words: chance seldom makes such a run
)

// A Passage is a stretch of the copy and the stretch of the record it comes
// from, in words, with the words that agree.
type Passage struct {
	Copy, Record Range
	Agreed       int
	pairs        []pair
}

// A Range is a stretch of words, from From to before To.
type Range struct{ From, To int }

// Len returns the number of words in the range.
func (r Range) Len() int { return r.To - r.From }

// A pair says that word c of the copy is word r of the record; agree is false
// when one was put for the other.
type pair struct {
	c, r  int
	agree bool
}

// A DifferenceKind says what a difference consists of.
type DifferenceKind int

// The kinds of differences.
const (
	OnlyInCopy DifferenceKind = iota
	OnlyOnRecord
	Replaced
)

// A Difference is one place where copy and record do not agree. Where one side
// has nothing its range is empty and says where the words would stand.
type Difference struct {
	Kind         DifferenceKind
	Copy, Record Range
	Critical     bool // a number, date, name, negation or modal verb
}

// An Alignment is how a copy and a text of record agree.
type Alignment struct {
	Copy, Record *fold.Folded
	Passages     []Passage // all, in order of the copy
	Differences  []Difference
	// Agreed counts the copy's words that agree, in one order in both, and
	// AgreedRecord the record's: "co-operate" is two words for one.
	Agreed, AgreedRecord int
	// Cost is how far apart they are: words of the copy or of the stretch of
	// record between that have no equal.
	Cost int

	held []bool // words of the copy that are in a chain of some length
}

// hold keeps the words of a long chain from being taken by their neighbours.
func (a *Alignment) hold(ch []block) {
	n := 0
	for _, b := range ch {
		n += b.n
	}
	if n < longBlock {
		return
	}
	for _, b := range ch {
		for i := range b.n {
			a.held[b.c+i] = true
		}
	}
}

// Coverage returns how much of each side agrees, from 0 to 1.
func (a *Alignment) Coverage() (ofCopy, ofRecord float64) {
	return share(a.Agreed, len(a.Copy.Words)), share(a.AgreedRecord, len(a.Record.Words))
}

func share(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return min(1, float64(n)/float64(of))
}

// Align compares a copy with one text of record.
func Align(ofCopy, ofRecord *fold.Folded) *Alignment {
	ofCopy = ofCopy.AsCopyOf(ofRecord)
	a := &Alignment{Copy: ofCopy, Record: ofRecord}
	blocks := a.blocks()
	found := chains(blocks, len(ofCopy.Words))
	a.held = make([]bool, len(ofCopy.Words))
	for _, ch := range found {
		a.hold(ch)
	}
	for _, ch := range found {
		if p, ok := a.passage(ch); ok {
			a.Passages = append(a.Passages, p)
		}
	}
	slices.SortFunc(a.Passages, func(x, y Passage) int {
		return cmp.Or(x.Copy.From-y.Copy.From, x.Record.From-y.Record.From)
	})
	a.compare()
	return a
}

// A block is a run of words that agree.
type block struct{ c, r, n int }

// blocks finds runs of agreeing words: every shingle of the shorter side is
// looked up in the other, and each hit grown in both directions.
func (a *Alignment) blocks() []block {
	c, r := a.Copy.Words, a.Record.Words
	c, r = c[:min(len(c), MaxWords)], r[:min(len(r), MaxWords)]
	size := min(shingle, len(c), len(r))
	if size == 0 {
		return nil
	}
	var out []block
	if n := common(c, r); n >= size {
		out = append(out, block{0, 0, n})
	}
	if len(c) <= len(r) {
		return grow(c, r, size, false, out)
	}
	return grow(r, c, size, true, out)
}

// common is the length of the common beginning; it alone finds texts that
// repeat themselves all along.
func common(c, r []fold.Word) int {
	n := 0
	for n < min(len(c), len(r)) && c[n].Agrees(r[n]) {
		n++
	}
	return n
}

func grow(short, long []fold.Word, size int, swapped bool, out []block) []block {
	at := make(map[uint64][]int32, len(short))
	for i := range len(short) - size + 1 {
		h := shingleHash(short[i : i+size])
		if len(at[h]) < maxRepeats {
			at[h] = append(at[h], int32(i))
		}
	}
	done := map[int]int{} // diagonal: how far it is covered on the long side
	for j := range len(long) - size + 1 {
		for _, i32 := range at[shingleHash(long[j:j+size])] {
			i := int(i32)
			if j < done[j-i] || len(out) >= maxBlocks {
				continue
			}
			b := extend(short, long, i, j)
			if b.n < size {
				continue
			}
			done[j-i] = b.r + b.n
			if swapped {
				b.c, b.r = b.r, b.c
			}
			out = append(out, b)
		}
	}
	return out
}

func extend(short, long []fold.Word, i, j int) block {
	end := 0
	for i+end < len(short) && j+end < len(long) && short[i+end].Agrees(long[j+end]) {
		end++
	}
	begin := 0
	for end > 0 && i-begin > 0 && j-begin > 0 && short[i-begin-1].Agrees(long[j-begin-1]) {
		begin++
	}
	return block{i - begin, j - begin, end + begin}
}

func shingleHash(ws []fold.Word) uint64 {
	h := uint64(14695981039346656037)
	for _, w := range ws {
		for i := range len(w.Key) {
			h = (h ^ uint64(w.Key[i])) * 1099511628211
		}
		h = (h ^ ' ') * 1099511628211
	}
	return h
}

// chains joins blocks that follow each other in both texts, best first, so that
// no word of the copy is in two.
func chains(blocks []block, words int) [][]block {
	slices.SortFunc(blocks, func(x, y block) int { return cmp.Or(x.c-y.c, x.r-y.r, y.n-x.n) })
	score, from := link(blocks)
	order := make([]int, len(blocks))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int { return score[y] - score[x] })
	used := make([]bool, len(blocks))
	taken := make([]bool, words+1)
	var out [][]block
	for _, i := range order {
		if len(out) == maxPassages {
			break
		}
		var ch []block
		for ; i >= 0 && !used[i]; i = from[i] {
			used[i] = true
			if b := blocks[i]; !taken[b.c] && !taken[b.c+b.n-1] {
				ch = append(ch, b)
			}
		}
		for _, b := range ch {
			for k := b.c; k < b.c+b.n; k++ {
				taken[k] = true
			}
		}
		if len(ch) > 0 {
			slices.Reverse(ch)
			out = append(out, ch)
		}
	}
	return out
}

// link scores, for every block, the best chain that ends with it, and says
// which block goes before.
func link(blocks []block) (score, from []int) {
	score, from = make([]int, len(blocks)), make([]int, len(blocks))
	var long []int // blocks that reach further than others and may be followed later
	for i, b := range blocks {
		score[i], from[i] = b.n*4, -1
		try := func(j int) {
			if gain, ok := follows(blocks[j], b); ok && score[j]+gain > score[i] {
				score[i], from[i] = score[j]+gain, j
			}
		}
		for j := i - 1; j >= max(0, i-lookBack); j-- {
			try(j)
		}
		long = slices.DeleteFunc(long, func(j int) bool { return blocks[j].c+blocks[j].n+maxGap < b.c })
		for _, j := range long {
			try(j)
		}
		if b.n >= longBlock && len(long) < lookBack {
			long = append(long, i)
		}
	}
	return score, from
}

// follows reports whether b can come after p in one passage, and what it adds
// to the score: its words less the ones that overlap and a price for the gap.
func follows(p, b block) (int, bool) {
	overlap := max(p.c+p.n-b.c, p.r+p.n-b.r, 0)
	if overlap >= b.n || b.c <= p.c || b.r <= p.r {
		return 0, false
	}
	gc, gr := b.c+overlap-(p.c+p.n), b.r+overlap-(p.r+p.n)
	if gc > maxGap || gr > maxGap {
		return 0, false
	}
	price := 2 + min(gc, gr) + max(gc, gr)/4
	return (b.n-overlap)*4 - price, true
}

// reachOf is how far a chain is lengthened over words that do not agree: the
// more of it there is, the further.
func reachOf(ch []block) int {
	n := 0
	for _, b := range ch {
		n += b.n
	}
	return min(maxGap, 6+2*n)
}

// passage aligns the words of a chain; false when it says too little.
func (a *Alignment) passage(ch []block) (Passage, bool) {
	var p Passage
	first, last := ch[0], ch[len(ch)-1]
	reach := reachOf(ch)
	p.pairs = a.before(first, reach)
	c, r := first.c, first.r
	for _, b := range ch {
		overlap := max(c-b.c, r-b.r, 0)
		if overlap >= b.n {
			continue
		}
		b = block{b.c + overlap, b.r + overlap, b.n - overlap}
		p.pairs = append(p.pairs, a.gap(Range{c, b.c}, Range{r, b.r})...)
		for i := range b.n {
			p.pairs = append(p.pairs, pair{b.c + i, b.r + i, true})
		}
		c, r = b.c+b.n, b.r+b.n
	}
	p.pairs = append(p.pairs, a.after(last, reach)...)
	for _, x := range p.pairs {
		if x.agree {
			p.Agreed++
		}
	}
	p.Copy = Range{p.pairs[0].c, p.pairs[len(p.pairs)-1].c + 1}
	p.Record = Range{p.pairs[0].r, p.pairs[len(p.pairs)-1].r + 1}
	return p, p.Agreed >= min(leastPassage, len(a.Copy.Words))
}

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
	MaxWords      = 20_000
	leastPassage  = 4  // words, unless all of the copy is shorter
	leastLetters  = 20 // of a passage in which few words agree to the letter
	longPassage   = 8  // words: chance seldom makes such a passage
	leastOverlap  = 6  // tenths of the shorter word's letters that make two words partners
	farthestReach = 85 // words
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

// A pair says that cn words of the copy from c on stand for rn words of the
// record from r on: one for one, but where words were run together or torn
// apart. agree is false when they are not the same.
type pair struct {
	c, r, cn, rn int
	agree        bool
	like         float32 // how much is the same to the letter, when they are not
}

func (p pair) copy() Range   { return Range{p.c, p.c + p.cn} }
func (p pair) record() Range { return Range{p.r, p.r + p.rn} }

// A DifferenceKind says what a difference consists of.
type DifferenceKind int

// The kinds of differences.
const (
	OnlyInCopy DifferenceKind = iota
	OnlyOnRecord
	Replaced
	// Moved: both have the words, in another order.
	Moved
)

// A Certainty says how sure it is that a difference is one. Words that came as
// text are certain; words read from a picture may have been misread.
type Certainty int

// The certainties.
const (
	Certain  Certainty = iota
	Doubtful           // somebody should look: it may have been misread
	Misread            // reading noise, and nothing that matters
)

// A Difference is one place where copy and record do not agree. Where one side
// has nothing its range is empty and says where the words would stand.
type Difference struct {
	Kind         DifferenceKind
	Copy, Record Range
	Critical     bool // a number, date, name, negation or modal verb
	Certainty    Certainty
}

// begins reports whether a difference says how the two texts begin.
func (d Difference) begins() bool { return d.Copy.From == 0 && d.Record.From == 0 }

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
	// Misread lists places of a scanned copy that do not agree to the letter and
	// were only misread.
	Misread []Difference
	// Omitted are the stretches of record that the copy leaves out where its
	// author says so, by an ellipsis. They are no differences.
	Omitted []Range

	weight, weightRecord float64 // letters of each side that agree
	first, last          int     // words of record between which the copy's stand in order
	moved                []Range // stretches of record whose words stand elsewhere in the copy
	c, r                 *side
	held                 []bool // words of the copy that are in a chain of some length
	words                *Model // weighs words; nil: all alike
}

// Coverage returns how much of each side agrees, from 0 to 1, by letters. A
// word that is only nearly the same counts in part.
func (a *Alignment) Coverage() (ofCopy, ofRecord float64) {
	return share(a.weight, weightOf(a.Copy, Range{0, len(a.Copy.Words)})), share(a.weightRecord, weightOf(a.Record, Range{0, len(a.Record.Words)}))
}

func share(n, of float64) float64 {
	if of == 0 {
		return 0
	}
	return min(1, n/of)
}

// Align compares a copy with one text of record.
func Align(ofCopy, ofRecord *fold.Folded) *Alignment {
	return newSide(ofCopy).align(newSide(ofRecord), nil)
}

// align compares the copy with a text of record. words weighs words; it may be
// nil.
func (s *side) align(r *side, words *Model) *Alignment {
	ofRecord := r.text
	ofCopy := s.text.AsCopyOf(ofRecord)
	if ofCopy != s.text {
		s = newSide(ofCopy)
	}
	a := &Alignment{Copy: ofCopy, Record: ofRecord, c: s, r: r, words: words}
	found := chains(anchors(s, r), len(s.letters))
	a.held = make([]bool, len(ofCopy.Words))
	drafts := make([][]pair, 0, len(found))
	for _, ch := range found {
		ps := a.project(couples(ch, s, r))
		if a.hold(ps) {
			drafts = append(drafts, ps)
		}
	}
	for _, ps := range drafts {
		if p, ok := a.passage(ps); ok {
			a.Passages = append(a.Passages, p)
		}
	}
	if len(s.letters) == 0 || len(r.letters) == 0 {
		a.signs()
	}
	slices.SortFunc(a.Passages, func(x, y Passage) int {
		return cmp.Or(x.Copy.From-y.Copy.From, x.Record.From-y.Record.From)
	})
	a.compare()
	return a
}

// signs aligns texts that hold no letters and figures at all, only signs.
func (a *Alignment) signs() {
	all := func(f *fold.Folded) Range { return Range{0, min(len(f.Words), farthestReach)} }
	ps := a.gap(all(a.Copy), all(a.Record))
	if slices.ContainsFunc(ps, func(p pair) bool { return p.agree }) {
		if p, ok := a.passage(ps); ok {
			a.Passages = append(a.Passages, p)
		}
	}
}

// hold keeps the words of a long chain from being taken by their neighbours;
// false when there is nothing in it.
func (a *Alignment) hold(ps []pair) bool {
	if len(ps) < longPassage {
		return len(ps) > 0
	}
	for _, p := range ps {
		for i := range p.cn {
			a.held[p.c+i] = true
		}
	}
	return true
}

// passage lengthens a projected chain over words that do not agree and fills its
// gaps; false when it says too little.
func (a *Alignment) passage(ps []pair) (Passage, bool) {
	var p Passage
	ps = a.grow(ps)
	first, last := ps[0], ps[len(ps)-1]
	reach := min(farthestReach, 6+2*len(ps))
	p.pairs = a.before(first, reach)
	c, r := first.c, first.r
	for _, x := range ps {
		p.pairs = append(p.pairs, a.gap(Range{c, x.c}, Range{r, x.r})...)
		p.pairs = append(p.pairs, x)
		c, r = x.c+x.cn, x.r+x.rn
	}
	p.pairs = append(p.pairs, a.after(last, reach)...)
	for i := range p.pairs {
		x := &p.pairs[i]
		if x.agree {
			p.Agreed++
		} else {
			x.like = a.alikeness(*x)
		}
	}
	end := p.pairs[len(p.pairs)-1]
	p.Copy = Range{p.pairs[0].c, end.c + end.cn}
	p.Record = Range{p.pairs[0].r, end.r + end.rn}
	return p, p.Agreed >= min(leastPassage, len(a.Copy.Words)) || a.nearLetters(p) >= leastLetters
}

// grow lengthens a chain over words that agree, one by one: signs hold no letters
// by which they could be found.
func (a *Alignment) grow(ps []pair) []pair {
	agree := func(c, r int) bool {
		return c >= 0 && r >= 0 && c < min(len(a.Copy.Words), MaxWords) && r < min(len(a.Record.Words), MaxWords) &&
			!a.held[c] && a.Copy.Words[c].Agrees(a.Record.Words[r])
	}
	var front []pair
	for c, r := ps[0].c-1, ps[0].r-1; agree(c, r); c, r = c-1, r-1 {
		front = append(front, pair{c, r, 1, 1, true, 0})
	}
	slices.Reverse(front)
	ps = append(front, ps...)
	last := ps[len(ps)-1]
	for c, r := last.c+last.cn, last.r+last.rn; agree(c, r); c, r = c+1, r+1 {
		ps = append(ps, pair{c, r, 1, 1, true, 0})
	}
	return ps
}

// nearLetters counts the letters of a passage's words that are the same but for
// a few.
func (a *Alignment) nearLetters(p Passage) int {
	n := 0
	for _, x := range p.pairs {
		if x.agree || x.like >= leastLike {
			n += len(a.c.spelled(x.copy()))
		}
	}
	return n
}

// alikeness says how much of two stretches is the same to the letter, from 0 to
// 1.
func (a *Alignment) alikeness(p pair) float32 {
	c, r := a.c.spelled(p.copy()), a.r.spelled(p.record())
	n := max(len(c), len(r))
	if n == 0 || len(c)*len(r) > maxCells {
		return 0
	}
	return max(0, 1-float32(edits(c, r))/float32(2*n))
}

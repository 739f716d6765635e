package compare

import (
	"slices"

	"chancery.example/internal/fold"
)

// Costs of the word alignment inside a gap between two blocks: leaving out a
// word on either side, putting a similar word, putting any other word.
const (
	costSkip    = 3
	costSimilar = 3
	costOther   = 5
)

// nearEnd is how many words at the end of a copy are set against the record's
// even when none of them agrees: the altered word may be the last.
const nearEnd = 3

// gap aligns the words between two blocks. Words of the copy or record that
// have no partner are in no pair.
func (a *Alignment) gap(c, r Range) []pair {
	if c.Len() == 0 || r.Len() == 0 {
		return nil
	}
	g := newGrid(a, c, r, false)
	return g.trace(c.Len(), r.Len())
}

// after aligns the words that follow the last block, as far as they go
// together and no further than reach; before does the same for those in front
// of the first.
func (a *Alignment) after(b block, reach int) []pair {
	c := Range{b.c + b.n, len(a.Copy.Words)}
	r := Range{b.r + b.n, len(a.Record.Words)}
	if c.Len() > reach { // the copy goes on with something else
		c.To = c.From + reach
	}
	if i := slices.Index(a.held[c.From:c.To], true); i >= 0 {
		c.To = c.From + i
	}
	r.To = min(r.To, r.From+c.Len()+8)
	if c.Len() == 0 || r.Len() == 0 {
		return nil
	}
	g := newGrid(a, c, r, false)
	i, j := g.best(c.To == len(a.Copy.Words))
	return g.trace(i, j)
}

func (a *Alignment) before(b block, reach int) []pair {
	c, r := Range{0, b.c}, Range{0, b.r}
	if c.Len() > reach {
		c.From = c.To - reach
	}
	for i := c.To - 1; i >= c.From; i-- {
		if a.held[i] {
			c.From = i + 1
			break
		}
	}
	r.From = max(0, r.To-c.Len()-8)
	if c.Len() == 0 || r.Len() == 0 {
		return nil
	}
	g := newGrid(a, c, r, true)
	i, j := g.best(c.From == 0)
	ps := g.trace(i, j)
	slices.Reverse(ps)
	return ps
}

// A grid is the table of the cheapest alignments of two short stretches.
type grid struct {
	a        *Alignment
	c, r     Range
	cost     []int32
	width    int
	reversed bool
}

func newGrid(a *Alignment, c, r Range, reversed bool) *grid {
	g := &grid{a: a, c: c, r: r, width: r.Len() + 1, reversed: reversed}
	g.cost = make([]int32, (c.Len()+1)*g.width)
	g.fill()
	return g
}

func (g *grid) words(i, j int) (fold.Word, fold.Word) {
	if g.reversed {
		return g.a.Copy.Words[g.c.To-i], g.a.Record.Words[g.r.To-j]
	}
	return g.a.Copy.Words[g.c.From+i-1], g.a.Record.Words[g.r.From+j-1]
}

func (g *grid) pair(i, j int, agree bool) pair {
	if g.reversed {
		return pair{g.c.To - i, g.r.To - j, agree}
	}
	return pair{g.c.From + i - 1, g.r.From + j - 1, agree}
}

func (g *grid) fill() {
	for i := range g.c.Len() + 1 {
		for j := range g.width {
			if i == 0 || j == 0 {
				g.cost[i*g.width+j] = int32(costSkip * (i + j))
				continue
			}
			w, v := g.words(i, j)
			g.cost[i*g.width+j] = min(
				g.cost[(i-1)*g.width+j-1]+price(w, v),
				g.cost[(i-1)*g.width+j]+costSkip,
				g.cost[i*g.width+j-1]+costSkip)
		}
	}
}

func price(w, v fold.Word) int32 {
	switch {
	case w.Agrees(v):
		return 0
	case similar(w.Key, v.Key):
		return costSimilar
	}
	return costOther
}

// similar reports whether two words share most of their letters at their ends.
func similar(a, b string) bool {
	n := min(len(a), len(b))
	p := 0
	for p < n && a[p] == b[p] {
		p++
	}
	s := 0
	for s < n-p && a[len(a)-1-s] == b[len(b)-1-s] {
		s++
	}
	return 2*(p+s) >= max(len(a), len(b)) && p+s > 0
}

// best returns the corner up to which aligning pays. When the copy ends here
// and little of it is left, all of it is aligned.
func (g *grid) best(atEnd bool) (int, int) {
	const pay = 6 // for each word of the copy that is aligned
	n := g.c.Len()
	bi, bj, top := 0, 0, int32(0)
	for i := range n + 1 {
		for j := range g.width {
			if s := int32(pay*i) - 2*g.cost[i*g.width+j]; s > top {
				bi, bj, top = i, j, s
			}
		}
	}
	if !atEnd || n-bi > nearEnd {
		return bi, bj
	}
	cheapest := 2 * g.cost[n*g.width]
	bj = 0
	for j := range g.width {
		if c := 2*g.cost[n*g.width+j] - int32(costOther*j); c < cheapest {
			bj, cheapest = j, c
		}
	}
	return n, bj
}

// trace walks back from a corner and returns the pairs in reading order (or in
// reverse for a reversed grid).
func (g *grid) trace(i, j int) []pair {
	var out []pair
	for i > 0 && j > 0 {
		w, v := g.words(i, j)
		here := g.cost[i*g.width+j]
		switch here {
		case g.cost[(i-1)*g.width+j-1] + price(w, v):
			out = append(out, g.pair(i, j, w.Agrees(v)))
			i, j = i-1, j-1
		case g.cost[(i-1)*g.width+j] + costSkip:
			i--
		default:
			j--
		}
	}
	slices.Reverse(out)
	return out
}

package compare

import (
	"math"
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
	g := newGrid(a, c, r, false, false)
	return g.trace(c.Len(), r.Len())
}

// after aligns the words that follow the last pair, as far as they go
// together and no further than reach; before does the same for those in front
// of the first.
func (a *Alignment) after(b pair, reach int) []pair {
	c := Range{b.c + b.cn, min(len(a.Copy.Words), MaxWords)}
	r := Range{b.r + b.rn, min(len(a.Record.Words), MaxWords)}
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
	g := newGrid(a, c, r, false, true)
	i, j := g.best(c.To == len(a.Copy.Words))
	return g.trace(i, j)
}

func (a *Alignment) before(b pair, reach int) []pair {
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
	g := newGrid(a, c, r, true, true)
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
	rows     int // that were filled: a lengthening stops when it has lost too much
}

func newGrid(a *Alignment, c, r Range, reversed, bounded bool) *grid {
	g := &grid{a: a, c: c, r: r, width: r.Len() + 1, reversed: reversed}
	g.cost = make([]int32, (c.Len()+1)*g.width)
	g.fill(bounded)
	return g
}

func (g *grid) words(i, j int) (*fold.Word, *fold.Word) {
	if g.reversed {
		return &g.a.Copy.Words[g.c.To-i], &g.a.Record.Words[g.r.To-j]
	}
	return &g.a.Copy.Words[g.c.From+i-1], &g.a.Record.Words[g.r.From+j-1]
}

func (g *grid) pair(i, j int, agree bool) pair {
	if g.reversed {
		return pair{g.c.To - i, g.r.To - j, 1, 1, agree, 0}
	}
	return pair{g.c.From + i - 1, g.r.From + j - 1, 1, 1, agree, 0}
}

// fill computes the costs, row by row of the copy. A bounded grid ends where even
// the best alignment has lost too much to win it back.
func (g *grid) fill(bounded bool) {
	top := int32(0)
	for i := range g.c.Len() + 1 {
		row, above := g.cost[i*g.width:(i+1)*g.width], g.cost[max(0, i-1)*g.width:]
		best := int32(math.MinInt32)
		for j := range row {
			if i == 0 || j == 0 {
				row[j] = int32(costSkip * (i + j))
			} else {
				w, v := g.words(i, j)
				row[j] = min(above[j-1]+price(w, v), above[j]+costSkip, row[j-1]+costSkip)
			}
			best = max(best, worth(i, row[j]))
		}
		g.rows = i + 1
		if top = max(top, best); bounded && best < top-hopeless {
			return
		}
	}
}

// pay is what each aligned word of the copy is worth, in half costs, and hopeless
// how far an alignment may fall behind the best one before it is given up.
const (
	pay      = 6
	hopeless = 40
)

func worth(words int, cost int32) int32 { return int32(pay*words) - 2*cost } //nolint:gosec // small

func price(w, v *fold.Word) int32 {
	switch {
	case w.Agrees(*v):
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
	n := g.c.Len()
	bi, bj, top := 0, 0, int32(0)
	for i := range g.rows {
		for j := range g.width {
			if s := worth(i, g.cost[i*g.width+j]); s > top {
				bi, bj, top = i, j, s
			}
		}
	}
	if !atEnd || n-bi > nearEnd || g.rows <= n {
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
			out = append(out, g.pair(i, j, w.Agrees(*v)))
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

package find

import (
	"cmp"
	"image"
	"math"
	"slices"

	"chancery.example/internal/photo"
)

// A line is words beside each other, from left to right.
type line []Word

// linesOf finds lines of text among pieces of ink, and words in them: pieces
// that stand in one line fall apart where gaps are wide. There are none where
// finding them takes too much.
func linesOf(s photo.Sheet, e *effort) []line {
	letters, marks := sorted(s.Pieces, float64(s.Height))
	chains := chained(letters, float64(s.Height), e)
	chains = marked(chains, marks, float64(s.Height), e)
	if e.spent() {
		return nil
	}
	wide := widest(chains, float64(s.Height))
	var out []line
	for _, c := range chains {
		if l := c.words(wide); len(l) > 0 {
			out = append(out, l)
		}
	}
	slices.SortStableFunc(out, func(a, b line) int {
		return cmp.Compare(a[0].Box.Min.Y+a[len(a)-1].Box.Min.Y, b[0].Box.Min.Y+b[len(b)-1].Box.Min.Y)
	})
	for i := range out {
		for k := range out[i] {
			out[i][k].Line = i
		}
	}
	return out
}

// sorted parts pieces that can be letters, or several that touch, from marks:
// dots, commas, accents. What is neither is left out.
func sorted(pieces []image.Rectangle, height float64) (letters, marks []image.Rectangle) {
	for _, r := range pieces {
		w, h := float64(r.Dx()), float64(r.Dy())
		switch {
		case h > 3.5*height || w > 30*height || h > 1.8*height && w < .12*h: // a frame, a rule
		case h < .35*height && w > 3*height: // a rule, the edge of a page
		case h >= .55*height || w >= 1.2*height && h >= .3*height:
			letters = append(letters, r)
		case h >= .1*height && h*w >= .015*height*height:
			marks = append(marks, r)
		}
	}
	return letters, marks
}

// A chain is the pieces of a line, from left to right.
type chain []image.Rectangle

// chained joins letters to lines: each to the nearest one on its right that
// stands at its height.
func chained(letters []image.Rectangle, height float64, e *effort) []chain {
	slices.SortFunc(letters, func(a, b image.Rectangle) int {
		return cmp.Or(cmp.Compare(a.Min.X, b.Min.X), cmp.Compare(a.Min.Y, b.Min.Y))
	})
	next, before := make([]int, len(letters)), make([]int, len(letters))
	for i := range letters {
		next[i], before[i] = -1, -1
	}
	for i := range letters {
		if e.spent() {
			return nil
		}
		if at := following(letters, i, height, e); at >= 0 && before[at] < 0 {
			next[i], before[at] = at, i
		}
	}
	var out []chain
	for i := range letters {
		if before[i] >= 0 {
			continue
		}
		var c chain
		for k := i; k >= 0; k = next[k] {
			c = append(c, letters[k])
		}
		out = append(out, c)
	}
	return merged(out, height, e)
}

// following is the letter that stands right of one, -1 for none. One that stands
// at another height is further.
func following(letters []image.Rectangle, i int, height float64, e *effort) int {
	a, best, at := letters[i], 2.6*height, -1
	for j := i + 1; j < len(letters); j++ {
		b := letters[j]
		gap := float64(b.Min.X - a.Max.X)
		if gap > 2.6*height || !e.spend(1) {
			break
		}
		over := min(a.Max.Y, b.Max.Y) - max(a.Min.Y, b.Min.Y)
		if float64(over) < .45*float64(min(a.Dy(), b.Dy())) || gap < -1.5*height {
			continue
		}
		gap = max(gap, 0) + .7*math.Abs(float64(b.Min.Y+b.Max.Y-a.Min.Y-a.Max.Y))/2
		if gap < best {
			best, at = gap, j
		}
	}
	return at
}

// merged joins chains that share their place: letters that stand above each
// other, as they do in Arabic, make two chains of one line.
func merged(chains []chain, height float64, e *effort) []chain {
	slices.SortStableFunc(chains, func(a, b chain) int { return cmp.Compare(len(b), len(a)) })
	var out []chain
next:
	for _, c := range chains {
		box := c.bounds()
		if len(c) <= 6 {
			for i, o := range out {
				if !e.spend(levelling) {
					return nil
				}
				y, ok := o.level((box.Min.X+box.Max.X)/2, height)
				if ok && math.Abs(y-float64(box.Min.Y+box.Max.Y)/2) < .75*height {
					out[i] = append(out[i], c...)
					slices.SortFunc(out[i], func(a, b image.Rectangle) int { return cmp.Compare(a.Min.X, b.Min.X) })
					e.spend(2 * len(out[i]))
					continue next
				}
			}
		}
		out = append(out, c)
	}
	return out
}

func (c chain) bounds() (out image.Rectangle) {
	for _, r := range c {
		out = out.Union(r)
	}
	return out
}

// level is the height of a line around a column; false outside it.
func (c chain) level(x int, height float64) (float64, bool) {
	if float64(x) < float64(c[0].Min.X)-2.2*height || float64(x) > float64(c[len(c)-1].Max.X)+2.2*height {
		return 0, false
	}
	i, _ := slices.BinarySearchFunc(c, x, func(r image.Rectangle, x int) int { return cmp.Compare(r.Min.X, x) })
	sum, n := 0.0, 0.0
	for k := max(0, i-4); k < min(len(c), i+4); k++ {
		w := float64(c[k].Dy())
		sum += w * float64(c[k].Min.Y+c[k].Max.Y) / 2
		n += w
	}
	return sum / n, true
}

// marked gives marks to the lines that they belong to.
func marked(chains []chain, marks []image.Rectangle, height float64, e *effort) []chain {
	out := slices.Clone(chains)
	for _, m := range marks {
		best, at := 1.1*height, -1
		for i, c := range chains {
			if !e.spend(levelling) {
				return nil
			}
			y, ok := c.level((m.Min.X+m.Max.X)/2, height)
			if !ok {
				continue
			}
			if d := math.Abs(y - float64(m.Min.Y+m.Max.Y)/2); d < best {
				best, at = d, i
			}
		}
		if at >= 0 {
			out[at] = append(out[at], m)
		}
	}
	for _, c := range out {
		slices.SortFunc(c, func(a, b image.Rectangle) int { return cmp.Compare(a.Min.X, b.Min.X) })
	}
	return out
}

// gaps calls f for each gap of a line with its width.
func (c chain) gaps(f func(width int)) {
	end := c[0].Max.X
	for _, r := range c[1:] {
		f(r.Min.X - end)
		end = max(end, r.Max.X)
	}
}

// widest returns how wide gaps within words are at most: the width that parts
// narrow ones from wide ones best.
func widest(chains []chain, height float64) float64 {
	const most, cells = 1.6, 64 // in heights of a letter
	var counts [cells]float64
	for _, c := range chains {
		if len(c) < 4 {
			continue
		}
		c.gaps(func(w int) {
			if g := float64(w) / height; g < most {
				counts[max(0, int(g/most*cells))]++
			}
		})
	}
	total, all := 0.0, 0.0
	for i, n := range counts {
		total += n
		all += n * float64(i)
	}
	if total == 0 {
		return .45 * height
	}
	best, at := -1.0, cells/4
	below, sum := 0.0, 0.0
	for i, n := range counts {
		below += n
		sum += n * float64(i)
		if below == 0 || below == total {
			continue
		}
		d := sum/below - (all-sum)/(total-below)
		if v := below * (total - below) * d * d; v > best*1.0001 {
			best, at = v, i
		}
	}
	// Between the two, over an empty stretch, is anywhere in it: its middle.
	end := at
	for end+1 < cells && counts[end+1] == 0 {
		end++
	}
	return height * most * (float64(at+end)/2 + 1) / cells
}

// words parts a line at its wide gaps.
func (c chain) words(wide float64) line {
	var out line
	for i, r := range c {
		if i > 0 && float64(r.Min.X-out[len(out)-1].Box.Max.X) <= wide {
			out[len(out)-1].Box = out[len(out)-1].Box.Union(r)
			continue
		}
		out = append(out, Word{Box: r})
	}
	return out
}

package qr

import (
	"cmp"
	"context"
	"image"
	"math"
	"slices"
)

// What a search may take.
const (
	mostPixels = 6_000_000 // of the largest copy of the picture that is searched
	leastSide  = 320       // pixels of the smallest
	mostMarks  = 40        // that are looked at together
)

// A mark is what may be one of the three squares in a symbol's corners: a dark square
// in a light ring in a dark ring, across which dark and light are as 1 1 3 1 1 from
// every side.
type mark struct {
	x, y   float64 // its middle, in the picture's pixels
	module float64 // a seventh of its side, likewise
	seen   int     // how often it was crossed
}

// A smaller picture is the picture at a smaller size; one pixel of it is f of the
// picture's.
type smaller struct {
	g *image.Gray
	f float64
}

// copies are the picture in several sizes, each half as large as the one before. Marks
// are looked for in all of them: in the larger ones small ones show, in the smaller
// ones noise is gone.
type copies []smaller

func copiesOf(g *image.Gray) copies {
	first := smaller{g, 1}
	for first.g.Rect.Dx()*first.g.Rect.Dy() > mostPixels {
		first = first.half()
	}
	out := copies{first}
	for last := first; max(last.g.Rect.Dx(), last.g.Rect.Dy()) >= 2*leastSide && min(last.g.Rect.Dx(), last.g.Rect.Dy()) >= 64; {
		last = last.half()
		out = append(out, last)
	}
	return out
}

// half is the copy at half its size, of means of pixels.
func (s smaller) half() smaller {
	w, h := s.g.Rect.Dx()/2, s.g.Rect.Dy()/2
	out := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		a, b := s.g.Pix[2*y*s.g.Stride:][:2*w], s.g.Pix[(2*y+1)*s.g.Stride:][:2*w]
		row := out.Pix[y*w : (y+1)*w]
		for x := range row {
			row[x] = uint8((int(a[2*x]) + int(a[2*x+1]) + int(b[2*x]) + int(b[2*x+1]) + 2) / 4) //nolint:gosec // a mean of bytes
		}
	}
	return smaller{out, s.f * 2}
}

// marks are those of all copies, those that were crossed most often first.
func (c copies) marks(ctx context.Context) []mark {
	var out []mark
	for _, s := range c {
		if ctx.Err() != nil {
			return nil
		}
		for _, m := range s.marks() {
			m.x, m.y, m.module = m.x*s.f, m.y*s.f, m.module*s.f
			out = joined(out, m)
		}
	}
	out = slices.DeleteFunc(out, func(m mark) bool { return m.seen < 2 })
	slices.SortStableFunc(out, func(a, b mark) int { return cmp.Compare(b.seen, a.seen) })
	return out[:min(len(out), mostMarks)]
}

// joined adds a mark; one that is there already becomes surer of itself.
func joined(ms []mark, m mark) []mark {
	for i := range ms {
		o := &ms[i]
		if math.Abs(o.x-m.x) > 2*o.module || math.Abs(o.y-m.y) > 2*o.module || max(o.module, m.module) > 1.6*min(o.module, m.module) {
			continue
		}
		a, b := float64(o.seen), float64(m.seen)
		o.x, o.y, o.module = (o.x*a+m.x*b)/(a+b), (o.y*a+m.y*b)/(a+b), (o.module*a+m.module*b)/(a+b)
		o.seen += m.seen
		return ms
	}
	return append(ms, m)
}

// marks are those of one copy: every other row is searched for what a mark looks like
// from the side, and what does is looked at from above and aslant as well.
func (s smaller) marks() (out []mark) {
	ink := inkOf(s.g)
	ends := make([]int, 0, ink.w+2)
	for y := 1; y < ink.h; y += 2 {
		// ends are where runs of ink and of paper end, in turn, from the first ink.
		row := ink.dark[y*ink.w : (y+1)*ink.w]
		ends = ends[:0]
		on := false
		for x, d := range row {
			if d != on {
				ends, on = append(ends, x), d
			}
		}
		if on {
			ends = append(ends, ink.w)
		}
		for i := 0; i+5 < len(ends); i += 2 {
			runs := [5]int{ends[i+1] - ends[i], ends[i+2] - ends[i+1], ends[i+3] - ends[i+2], ends[i+4] - ends[i+3], ends[i+5] - ends[i+4]}
			if !like(runs, .5) {
				continue
			}
			if m, ok := ink.mark((ends[i+2]+ends[i+3])/2, y, ends[i+5]-ends[i]); ok {
				out = joined(out, m)
			}
		}
	}
	return out
}

// like reports whether five runs are as 1 1 3 1 1, each off by a part of a module and
// half a pixel at most.
func like(runs [5]int, part float64) bool {
	sum := 0
	for _, n := range runs {
		if n == 0 {
			return false
		}
		sum += n
	}
	if sum < 7 {
		return false
	}
	module := float64(sum) / 7
	off := part*module + .5
	for i, n := range runs {
		want, may := module, off
		if i == 2 {
			want, may = 3*module, 3*off
		}
		if math.Abs(float64(n)-want) > may {
			return false
		}
	}
	return true
}

// ink says which pixels are darker than what is around them.
type ink struct {
	w, h int
	dark []bool
}

// What is ink: inkCell is the side of the squares whose light is averaged, inkReach how
// many of them to each side are what is around one, and ink has at most inkPart 16ths of
// that light. Nearer to the whole of it blur made the dark rings of small marks broad and
// lost half of those in poor photos.
const (
	inkCell  = 8
	inkReach = 2
	inkPart  = 13
)

func inkOf(g *image.Gray) ink {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	cw, ch := (w+inkCell-1)/inkCell, (h+inkCell-1)/inkCell
	// sums[y][x] is the light of all cells above and to the left.
	sums := make([]int, (cw+1)*(ch+1))
	line := make([]int, cw)
	for cy := range ch {
		clear(line)
		y1 := min(h, (cy+1)*inkCell)
		for y := cy * inkCell; y < y1; y++ {
			row := g.Pix[y*g.Stride : y*g.Stride+w]
			for x, v := range row {
				line[x/inkCell] += int(v)
			}
		}
		sum := 0
		for cx, v := range line {
			n := (y1 - cy*inkCell) * (min(w, (cx+1)*inkCell) - cx*inkCell)
			sum += v / n
			sums[(cy+1)*(cw+1)+cx+1] = sums[cy*(cw+1)+cx+1] + sum
		}
	}
	out := ink{w, h, make([]bool, w*h)}
	limits := make([]uint8, cw)
	for cy := range ch {
		y0, y1 := max(0, cy-inkReach), min(ch, cy+inkReach+1)
		for cx := range cw {
			x0, x1 := max(0, cx-inkReach), min(cw, cx+inkReach+1)
			all := sums[y1*(cw+1)+x1] - sums[y0*(cw+1)+x1] - sums[y1*(cw+1)+x0] + sums[y0*(cw+1)+x0]
			limits[cx] = uint8(all / ((y1 - y0) * (x1 - x0)) * inkPart / 16) //nolint:gosec // below a mean of bytes
		}
		for y := cy * inkCell; y < min(h, (cy+1)*inkCell); y++ {
			row, dark := g.Pix[y*g.Stride:y*g.Stride+w], out.dark[y*w:(y+1)*w]
			for x, v := range row {
				dark[x] = v < limits[x/inkCell]
			}
		}
	}
	return out
}

// mark looks at a place from above, from the side again and aslant, and returns the
// mark that it is.
func (k ink) mark(x, y, width int) (mark, bool) {
	up, down, ok := k.across(x, y, 0, 1, width, .5)
	if !ok || 5*abs(up+down+1-width) > 3*width {
		return mark{}, false
	}
	y += (down - up) / 2
	left, right, ok := k.across(x, y, 1, 0, width, .5)
	if !ok || 5*abs(left+right+1-width) > 3*width {
		return mark{}, false
	}
	fx := float64(x) + float64(right-left)/2
	x += (right - left) / 2
	for _, aslant := range []int{1, -1} {
		if _, _, ok := k.across(x, y, 1, aslant, width, .75); !ok {
			return mark{}, false
		}
	}
	return mark{x: fx + .5, y: float64(y) + .5, module: float64(up+down+left+right+2) / 14, seen: 1}, true
}

// across walks from the middle of a mark to both of its ends, and returns how far they
// are; false when what it crosses is not like a mark.
func (k ink) across(x, y, dx, dy, most int, part float64) (before, after int, ok bool) {
	var runs [5]int
	if x < 0 || y < 0 || x >= k.w || y >= k.h || !k.dark[y*k.w+x] {
		return 0, 0, false
	}
	most += most/2 + 2
	runs[2] = 1
	walk := func(dx, dy int, at [3]int) (far int) {
		px, py := x+dx, y+dy
		for i, want := range [3]bool{true, false, true} {
			for px >= 0 && py >= 0 && px < k.w && py < k.h && k.dark[py*k.w+px] == want && runs[at[i]] <= most {
				runs[at[i]]++
				far++
				px, py = px+dx, py+dy
			}
		}
		return far
	}
	before, after = walk(-dx, -dy, [3]int{2, 1, 0}), walk(dx, dy, [3]int{2, 3, 4})
	return before, after, like(runs, part)
}

func abs(n int) int { return max(n, -n) }

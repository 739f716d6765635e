package photo

import (
	"cmp"
	"image"
	"math"
	"slices"
)

// A bitmap is where ink is.
type bitmap struct {
	w, h int
	ink  []bool
}

// inkOf returns the ink of an evened picture.
func inkOf(g *image.Gray) bitmap {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	b := bitmap{w, h, make([]bool, w*h)}
	cut := uint8(max(60, min(215, otsu(g))))
	for y := range h {
		for x, v := range g.Pix[y*g.Stride : y*g.Stride+w] {
			b.ink[y*w+x] = v <= cut
		}
	}
	return b
}

// sideways reports whether lines of text run from top to bottom.
func (b bitmap) sideways() bool {
	clearly := 1.5 * max(1, float64(b.w)/float64(2*b.h)) // a few lines are long and low
	_, rows := b.tilt()
	_, columns := tilt(b.sides(), b.h, b.w)
	return columns > clearly*rows
}

// tilt returns by how much the lines of text lean, in radians: the angle at
// which rows are either full or empty. sharp is how much they are: 1 for ink
// that lies anywhere, more for lines.
func (b bitmap) tilt() (angle, sharp float64) { return tilt(b.feet(), b.w, b.h) }

// tilt is that of ink with such feet in a picture of a size.
func tilt(feet []point, w, h int) (angle, sharp float64) {
	if len(feet) < 200 {
		return 0, 1
	}
	if step := len(feet) / enoughFeet; step > 1 { // some of them say as much
		for i := range len(feet) / step {
			feet[i] = feet[i*step]
		}
		feet = feet[:len(feet)/step]
	}
	rows := make([]int, h+w+2)
	score := func(angle float64) float64 {
		clear(rows)
		s, c := math.Sincos(angle)
		shift := max(0, s) * float64(w)
		for _, p := range feet {
			if r := int(p.y*c - p.x*s + shift); r >= 0 && r < len(rows) {
				rows[r]++
			}
		}
		sum := 0.0
		for _, n := range rows {
			sum += float64(n) * float64(n)
		}
		return sum
	}
	best := score(0) * 1.02 // what is nearly level is level
	for step := mostTilt / 12; step > .0004; step /= 3 {
		from := angle
		for k := -12; k <= 12; k++ {
			a := from + float64(k)*step
			if k == 0 || math.Abs(a) > mostTilt {
				continue
			}
			if v := score(a); v > best {
				best, angle = v, a
			}
		}
	}
	n := float64(len(feet))
	return angle, best * float64(h) / (n * n)
}

// enoughFeet are looked at of a picture, about.
const enoughFeet = 10_000

// sides are the feet of ink that is turned by a quarter, against the clock.
func (b bitmap) sides() []point {
	var out []point
	for y := range b.h {
		row := b.ink[y*b.w : (y+1)*b.w]
		for x, v := range row {
			if v && (x == 0 || !row[x-1]) {
				out = append(out, point{float64(y), float64(b.w - 1 - x)})
			}
		}
	}
	return out
}

// feet are the lower edges of ink, on which lines of text stand.
func (b bitmap) feet() []point {
	var out []point
	for y := range b.h {
		for x := range b.w {
			if b.ink[y*b.w+x] && (y+1 == b.h || !b.ink[(y+1)*b.w+x]) {
				out = append(out, point{float64(x), float64(y)})
			}
		}
	}
	return out
}

// columns reports whether an empty strip parts the text from top to bottom: of
// the rows that have ink on both sides of it, and those are many, few have ink in
// it. A heading may cross the strip; the ends of short lines make none.
func (b bitmap) columns() bool {
	const (
		strip   = .015 // its width, of the picture's
		crossed = .3   // of the rows with ink on both sides, at most
		both    = .3   // of all rows with ink, at least
	)
	width, edge := max(3, int(strip*float64(b.w))), b.w/32 // a page's own edge is no text
	over, clear := make([]int, b.w+1), make([]int, b.w+1)  // rows with ink on both sides of the strip from x on; of them, with none in it
	rows := 0
	for y := range b.h {
		row := b.ink[y*b.w : (y+1)*b.w]
		if b.inked(y) < b.w/40 { // specks
			continue
		}
		rows++
		last := -1 // the ink before
		for x, v := range row {
			if !v || x < edge || x >= b.w-edge {
				continue
			}
			for k := last + 1; last >= 0 && k+width <= x; k++ {
				clear[k]++
			}
			if last >= 0 {
				for k := last + 1; k <= x; k++ {
					over[k]++
				}
			}
			last = x
		}
	}
	for x := range b.w {
		if n := over[x]; float64(n) > both*float64(rows) && float64(clear[x]) >= (1-crossed)*float64(n) {
			return true
		}
	}
	return false
}

// inked counts the ink of a row.
func (b bitmap) inked(y int) int {
	n := 0
	for _, v := range b.ink[y*b.w : (y+1)*b.w] {
		if v {
			n++
		}
	}
	return n
}

// height returns how high the letters of a picture are: the median of its
// pieces of ink that can be letters, those that are long counting for more; 0
// when there are next to none.
func (b bitmap) height() int {
	var hs []int
	b.pieces(func(r image.Rectangle, n int) {
		w, h := r.Dx(), r.Dy()
		if h >= 4 && h <= b.h/5 && w >= 2 && w <= b.w/3 && w < 15*h && h < 8*w && n*12 > w*h && n >= 8 {
			hs = append(hs, h)
		}
	})
	if len(hs) < 12 {
		return 0
	}
	slices.Sort(hs)
	return hs[len(hs)/2]
}

// An inked piece of so many pixels.
type inked struct {
	image.Rectangle
	n int
}

// bodies is how high letters are without the dots and marks beside them, which some
// scripts have more of than of letters: the median of the pieces that are not much
// lower than those that take most of the lines' width; 0 when there are next to none.
func bodies(pieces []inked, size image.Point) int {
	var rs []image.Rectangle
	width := 0
	for _, p := range pieces {
		w, h := p.Dx(), p.Dy()
		if h >= 4 && h <= size.Y/3 && w >= 2 && w <= size.X/3 && w < 15*h && h < 8*w && p.n*12 > w*h && p.n >= 8 {
			rs = append(rs, p.Rectangle)
			width += w
		}
	}
	if len(rs) < 12 {
		return 0
	}
	slices.SortFunc(rs, func(a, b image.Rectangle) int { return cmp.Compare(a.Dy(), b.Dy()) })
	middle := 0
	for _, r := range rs {
		if width -= 2 * r.Dx(); width <= 0 {
			middle = r.Dy()
			break
		}
	}
	for i, r := range rs {
		if r.Dy()*100 >= middle*45 {
			return rs[i+(len(rs)-i)/2].Dy()
		}
	}
	return 0
}

// A piece is connected ink. Pieces that turned out to be one have one root.
type piece struct {
	r      image.Rectangle
	n      int
	parent int
}

// A forest holds pieces that are still joined.
type forest []piece

func (f forest) root(i int) int {
	for f[i].parent != i {
		f[i].parent = f[f[i].parent].parent
		i = f[i].parent
	}
	return i
}

func (f forest) join(a, b int) {
	if a, b = f.root(a), f.root(b); a != b {
		f[a].r, f[a].n = f[a].r.Union(f[b].r), f[a].n+f[b].n
		f[b].parent = a
	}
}

// A run is ink without a gap in one row.
type run struct{ from, to, piece int }

// pieces calls f for each connected piece of ink with its bounds and how many
// pixels it has. Each row's runs are joined with those of the row above.
func (b bitmap) pieces(f func(r image.Rectangle, n int)) {
	var ps forest
	var above, here []run
	for y := range b.h {
		here = here[:0]
		row := b.ink[y*b.w : (y+1)*b.w]
		for x := 0; x < b.w; x++ {
			if !row[x] {
				continue
			}
			from := x
			for x < b.w && row[x] {
				x++
			}
			here = append(here, run{from, x, len(ps)})
			ps = append(ps, piece{image.Rect(from, y, x, y+1), x - from, len(ps)})
		}
		k := 0
		for _, r := range here {
			for k < len(above) && above[k].to < r.from {
				k++
			}
			for j := k; j < len(above) && above[j].from <= r.to; j++ {
				ps.join(above[j].piece, r.piece)
			}
		}
		above, here = here, above
	}
	for i, p := range ps {
		if p.parent == i {
			f(p.r, p.n)
		}
	}
}

package qr

import (
	"cmp"
	"image"
	"math"
	"slices"
)

// A symbol is three marks that may be the corners of one.
type symbol struct {
	at      [3]int // of the marks: top left, top right, bottom left
	corner  [3]mark
	modules int     // of a side, about
	off     float64 // how little the marks are like those of one symbol
}

// Sizes of symbols, in modules, and how much of a symbol's side is seen around it.
const (
	leastModules = 21
	mostModules  = 177
	aroundParts  = 12 // a 12th of it ...
	aroundLeast  = 4  // ... and the empty room
	markSide     = 7
	markMiddle   = markSide / 2.
)

// What marks of one symbol may differ by: they lie on one paper, seen from somewhere.
const (
	mostApart = 1.5 // one's modules as large as another's
	mostLong  = 1.4 // one side of the symbol as long as the other
	mostLean  = .35 // cosine of the angle between the sides
)

// symbols are the threes of marks that may be symbols, the likeliest first.
func symbols(ms []mark) (out []symbol) {
	for a := range ms {
		for b := range ms {
			for c := b + 1; c < len(ms); c++ {
				if a == b || a == c {
					continue
				}
				if s, ok := symbolOf(ms, a, b, c); ok {
					out = append(out, s)
				}
			}
		}
	}
	slices.SortStableFunc(out, func(a, b symbol) int { return cmp.Compare(a.off, b.off) })
	return out
}

// symbolOf makes a symbol of three marks, the first at the corner between the others.
func symbolOf(ms []mark, a, b, c int) (symbol, bool) {
	p, q, r := ms[a], ms[b], ms[c]
	small, large := min(p.module, q.module, r.module), max(p.module, q.module, r.module)
	if large > mostApart*small {
		return symbol{}, false
	}
	bx, by, cx, cy := q.x-p.x, q.y-p.y, r.x-p.x, r.y-p.y
	lb, lc := math.Hypot(bx, by), math.Hypot(cx, cy)
	lean := math.Abs(bx*cx+by*cy) / (lb * lc)
	// Across a turned mark modules look longer than they are.
	module := (p.module + q.module + r.module) / 3 * max(math.Abs(bx), math.Abs(by)) / lb
	modules := int(math.Round((lb+lc)/2/module)) + markSide
	if max(lb, lc) > mostLong*min(lb, lc) || !(lean <= mostLean) || modules < leastModules-4 || modules > mostModules+24 {
		return symbol{}, false
	}
	if bx*cy-by*cx < 0 {
		b, c, q, r = c, b, r, q
	}
	off := math.Log(large/small) + math.Abs(math.Log(lb/lc)) + lean - .02*float64(min(p.seen, q.seen, r.seen, 20))
	return symbol{[3]int{a, b, c}, [3]mark{p, q, r}, min(max(modules, leastModules), mostModules), off}, true
}

// An affine maps places of a cut to those of the picture.
type affine [6]float64

func (a affine) apply(x, y float64) (float64, float64) {
	return a[0]*x + a[1]*y + a[2], a[3]*x + a[4]*y + a[5]
}

// cut cuts a symbol out of the copy that shows it well, level and with its modules of
// so many pixels, or of fewer where it would be too large.
func (c copies) cut(t symbol, module float64) (*image.Gray, affine) {
	around := float64(aroundLeast + t.modules/aroundParts)
	module = min(module, longestCut/(float64(t.modules)+2*around))
	side := int(math.Ceil((float64(t.modules) + 2*around) * module))
	a, b, d := t.corner[0], t.corner[1], t.corner[2]
	between := float64(t.modules-markSide) * module // pixels between two marks
	to := affine{(b.x - a.x) / between, (d.x - a.x) / between, 0, (b.y - a.y) / between, (d.y - a.y) / between, 0}
	middle := (around + markMiddle) * module
	x, y := to.apply(middle, middle)
	to[2], to[5] = a.x-x, a.y-y
	from := c[0]
	for _, s := range c[1:] { // of means of pixels, not of some of them
		if math.Hypot(to[0], to[3]) >= .9*s.f {
			from = s
		}
	}
	return from.sampled(to, side), to
}

// sampled fills a square with what the copy shows there.
func (s smaller) sampled(to affine, side int) *image.Gray {
	out := image.NewGray(image.Rect(0, 0, side, side))
	w, h := s.g.Rect.Dx(), s.g.Rect.Dy()
	for y := range side {
		for x := range side {
			px, py := to.apply(float64(x)+.5, float64(y)+.5)
			px, py = max(0, min(float64(w-1), px/s.f-.5)), max(0, min(float64(h-1), py/s.f-.5))
			ix, iy := min(int(px), w-2), min(int(py), h-2)
			fx, fy := px-float64(ix), py-float64(iy)
			i := iy*s.g.Stride + ix
			top := float64(s.g.Pix[i])*(1-fx) + float64(s.g.Pix[i+1])*fx
			low := float64(s.g.Pix[i+s.g.Stride])*(1-fx) + float64(s.g.Pix[i+s.g.Stride+1])*fx
			out.Pix[y*side+x] = uint8(top*(1-fy) + low*fy + .5)
		}
	}
	return out
}

package find

import (
	"image"
	"maps"
	"math"
	"slices"

	"chancery.example/internal/photo"
	"chancery.example/internal/photo/plane"
)

// When a page is looked at with every word, moved ones too.
const (
	leastWords = 8   // of the photo that have theirs on the page
	leastBegun = .15 // of the page's words that should be in sight
)

// A fitted page lies in a photo's sheet; pairs are words that answer each other.
type fitted struct {
	lead
	lie   photo.Lie
	pairs map[int]int  // word of the page: of the photo
	photo map[int]int  // the other way round
	sight int          // words of the page that should be in sight
	done  map[int]bool // words of the page that were answered before
}

// fit looks for the way in which a page lies in a photo, starting from runs that
// they share. words are all of the photo's, in the lines as given to leads.
func (f *finder) fit(l lead, lines []line, done map[int]bool) (fitted, bool) {
	var best fitted
	tried := 0
	var seeds []map[int]int
	for _, h := range l.hits {
		if f.effort.spend(overlapping * len(seeds)); f.effort.spent() {
			break
		}
		seed, ok := f.seed(l, lines, h)
		if !ok || f.touches(seed, done) || slices.ContainsFunc(seeds, func(s map[int]int) bool { return overlap(s, seed) }) {
			continue
		}
		seeds = append(seeds, seed)
		if got, ok := f.grow(l, seed, done); ok && len(got.pairs) > len(best.pairs) {
			best = got
			// Most of what is in sight: no other way is better.
			if len(best.pairs)*4 > best.sight*3 {
				break
			}
		}
		if tried++; tried == 10 {
			break
		}
	}
	return best, len(best.pairs) >= leastWords && float64(len(best.pairs)) >= leastBegun*float64(best.sight)
}

// touches reports whether words of a seed have their answers already.
func (f *finder) touches(seed map[int]int, done map[int]bool) bool {
	for p, w := range seed {
		if done[p] || f.taken[w] {
			return true
		}
	}
	return false
}

// overlap reports whether two seeds agree: one is enough.
func overlap(a, b map[int]int) bool {
	for p, w := range b {
		if v, ok := a[p]; ok && v == w {
			return true
		}
	}
	return false
}

// seed pairs the words of a run.
func (f *finder) seed(l lead, lines []line, h hit) (map[int]int, bool) {
	words := l.page.lines[h.line]
	out := map[int]int{}
	for i := range runWords {
		out[words[int(h.from)+i]] = f.number[lines[h.photo][h.at+i].Box]
	}
	a := l.page.page.Words[words[h.from]].Box
	b := l.page.page.Words[words[int(h.from)+runWords-1]].Box
	return out, b.X+b.Width-a.X > 5
}

// A finder holds the words of a photo's sheet by place.
type finder struct {
	words  []Word
	sheet  photo.Sheet
	height float64
	number map[image.Rectangle]int // of a word, by its box
	cells  [][]int                 // words by place, row by row
	grid   image.Point             // how many cells there are
	taken  map[int]bool            // words that answer words of the page already
	effort *effort                 // that is left
}

func newFinder(lines []line, sheet photo.Sheet, e *effort) *finder {
	f := &finder{effort: e, sheet: sheet, height: max(4, float64(sheet.Height)), number: map[image.Rectangle]int{}}
	f.grid = f.cell(plane.At(float64(sheet.Size.X), float64(sheet.Size.Y))).Add(image.Pt(1, 1))
	f.cells = make([][]int, f.grid.X*f.grid.Y)
	for _, l := range lines {
		for _, w := range l {
			f.number[w.Box] = len(f.words)
			if c := f.cell(plane.Centre(w.Box)); c.In(image.Rectangle{Max: f.grid}) {
				f.cells[c.Y*f.grid.X+c.X] = append(f.cells[c.Y*f.grid.X+c.X], len(f.words))
			}
			f.words = append(f.words, w)
		}
	}
	return f
}

func (f *finder) cell(p plane.Point) image.Point {
	return image.Pt(int(math.Floor(p.X/(3*f.height))), int(math.Floor(p.Y/(3*f.height))))
}

// near is the word whose box is most like one that is expected: no edge off by
// more than tolerance; -1 for none.
func (f *finder) near(want [4]float64, tolerance float64) int {
	c := f.cell(plane.At((want[0]+want[2])/2, (want[1]+want[3])/2))
	best, at := tolerance, -1
	for y := max(0, c.Y-1); y <= min(f.grid.Y-1, c.Y+1); y++ {
		for x := max(0, c.X-1); x <= min(f.grid.X-1, c.X+1); x++ {
			for _, i := range f.cells[y*f.grid.X+x] {
				if f.effort.spend(1); f.taken[i] {
					continue
				}
				b := f.words[i].Box
				off := max(math.Abs(float64(b.Min.X)-want[0]), math.Abs(float64(b.Max.X)-want[2]),
					.7*math.Abs(float64(b.Min.Y)-want[1]), .7*math.Abs(float64(b.Max.Y)-want[3]))
				if off < best {
					best, at = off, i
				}
			}
		}
	}
	return at
}

// grow fits the page to a seed, pairs what then answers each other, and fits
// again, with more freedom the more there are.
func (f *finder) grow(l lead, seed map[int]int, done map[int]bool) (fitted, bool) {
	out := fitted{lead: l, pairs: seed, done: done}
	out.lie.Middle = [2]float64{l.page.page.Width / 2, l.page.page.Height / 2}
	out.lie.Half = max(l.page.page.Width, l.page.page.Height) / 2
	if !f.similar(&out) {
		return out, false
	}
	before := 0
	for round := range 14 {
		f.pair(&out, max(.75-.03*float64(round), .5)*f.height)
		n := len(out.pairs)
		// What does not grow from a few words is chance.
		if n < 4 || round > 1 && n <= before && n < leastWords || f.effort.spent() {
			return out, false
		}
		f.effort.spend(equating * 4 * n)
		h, ok := f.plane(out)
		if !ok {
			return out, false
		}
		out.lie.Plane = h
		if round > 2 && n >= 16 {
			plane.Bend(&out.lie, f.places(out, 2.5, false))
		}
		if round > 4 && n <= before {
			break
		}
		before = n
	}
	f.pair(&out, .5*f.height)
	return out, sane(out.lie, f.sheet.Size)
}

// plane is how the page lies by the words that answer each other. Of one line alone
// the height says little about how far away the next one is, for blur makes it higher:
// each word is as high as it is wide.
func (f *finder) plane(out fitted) ([9]float64, bool) {
	low, high := math.MaxInt, 0
	for p := range out.pairs {
		line := out.page.page.Words[p].Line
		low, high = min(low, line), max(high, line)
	}
	free := plane.Affine
	if len(out.pairs) >= 14 || low == high && len(out.pairs) >= 8 {
		free = plane.Freely
	}
	return plane.Fit(f.places(out, 2.5, low == high), free)
}

// similar lays the page by the two ends of the seed alone.
func (f *finder) similar(out *fitted) bool {
	lo, hi := math.MaxFloat64, -math.MaxFloat64
	var a, b [2]plane.Point
	words := out.page.page.Words
	for p, w := range out.pairs {
		box, r := words[p].Box, f.words[w].Box
		y, py := box.Y+box.Height/2, plane.Centre(r).Y
		left, right := float64(r.Min.X), float64(r.Max.X)
		if out.turned {
			left, right = right, left
		}
		if box.X < lo {
			lo, a[0], b[0] = box.X, plane.At(box.X, y), plane.At(left, py)
		}
		if box.X+box.Width > hi {
			hi, a[1], b[1] = box.X+box.Width, plane.At(box.X+box.Width, y), plane.At(right, py)
		}
	}
	if hi-lo < 1 {
		return false
	}
	// Middles of boxes do not stand on one line; their mean does better.
	n := float64(len(out.pairs))
	var y, py float64
	for p, w := range out.pairs {
		y += plane.Middle(words[p].Box).Y / n
		py += plane.Centre(f.words[w].Box).Y / n
	}
	a[0].Y, a[1].Y, b[0].Y, b[1].Y = y, y, py, py
	out.lie.Plane = plane.Similarity(a, b)
	return true
}

// pair gives each word of the page the word of the photo that stands where it
// should.
func (f *finder) pair(out *fitted, tolerance float64) {
	out.pairs, out.photo, out.sight = map[int]int{}, map[int]int{}, 0
	for i, w := range out.page.page.Words {
		if w.Box.Width <= 0 || w.Box.Height <= 0 || out.done[i] {
			continue
		}
		f.effort.spend(placing)
		q := plane.Places(out.lie, plane.Point{}, plane.Corners(w.Box))
		want := plane.Bounds(q)
		if want[0] < 0 || want[1] < 0 || want[2] > float64(f.sheet.Size.X) || want[3] > float64(f.sheet.Size.Y) {
			continue
		}
		in := f.inPicture(q)
		if in {
			out.sight++
		}
		if f.effort.spent() {
			continue
		}
		if at := f.near(want, tolerance); at >= 0 {
			if _, taken := out.photo[at]; !taken {
				out.pairs[i], out.photo[at] = at, i
				if !in { // a part of it is
					out.sight++
				}
			}
		}
	}
}

// inPicture reports whether four places of the sheet are in the picture.
func (f *finder) inPicture(q [4]plane.Point) bool {
	if f.sheet.Of == (image.Point{}) {
		return true
	}
	in := plane.Bounds(plane.Through(f.sheet.ToPicture, q))
	return in[0] >= 0 && in[1] >= 0 && in[2] <= float64(f.sheet.Of.X) && in[3] <= float64(f.sheet.Of.Y)
}

// places are the corners of words that answer each other, without those that are
// off by much more than the rest; they may be made as high as they are wide.
func (f *finder) places(out fitted, worse float64, level bool) [][2]plane.Point {
	var all [][2]plane.Point
	var offs []float64
	var wide, width float64
	for p, w := range out.pairs {
		wide, width = wide+float64(f.words[w].Box.Dx()), width+out.page.page.Words[p].Box.Width
	}
	usual := wide / max(1e-9, width)
	for _, p := range sortedKeys(out.pairs) {
		cs := plane.Corners(out.page.page.Words[p].Box)
		r := f.words[out.pairs[p]].Box
		to := plane.CornersOf(r)
		if b := out.page.page.Words[p].Box; level && b.Width > 0 {
			// Seen aslant, what is nearer is wider by as much as it is higher, twice.
			y, high := plane.Centre(r).Y, math.Sqrt(float64(r.Dx())/b.Width*usual)*b.Height/2
			to[0].Y, to[1].Y, to[2].Y, to[3].Y = y-high, y-high, y+high, y+high
		}
		for i, c := range cs {
			k := i
			if out.turned {
				k = (i + 2) % 4
			}
			all = append(all, [2]plane.Point{c, to[k]})
			offs = append(offs, plane.Place(out.lie, c).Minus(to[k]).Length())
		}
	}
	middling := slices.Clone(offs)
	slices.Sort(middling)
	limit := max(1, worse*middling[len(middling)/2])
	kept := all[:0]
	for i, p := range all {
		if offs[i] <= limit {
			kept = append(kept, p)
		}
	}
	return kept
}

// sane reports whether paper can lie so: not mirrored, not seen from its edge.
func sane(l photo.Lie, size image.Point) bool {
	m := plane.At(l.Middle[0], l.Middle[1])
	a := plane.Place(l, m)
	x, y := plane.Place(l, plane.At(m.X+1, m.Y)).Minus(a), plane.Place(l, plane.At(m.X, m.Y+1)).Minus(a)
	area := x.X*y.Y - x.Y*y.X
	return area > 0 && x.Length() < 4*y.Length() && y.Length() < 4*x.Length() && x.Length() < float64(max(size.X, size.Y))/10
}

func sortedKeys(m map[int]int) []int {
	return slices.Sorted(maps.Keys(m))
}

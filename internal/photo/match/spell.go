package match

import (
	"image"
	"math"
	"slices"
	"unicode"
)

// What another spelling has to reach.
const (
	sharesOther = .7   // of the way from the registered spelling to another: it is the other
	sharesSame  = .4   // below, it is the registered one
	sharesNone  = -.02 // below, so as the registered one lies, the other need not be laid anew
	mostLeft    = .5   // of the difference between both, that may be left unexplained
	sameFace    = .8   // correlation of a word as set with the one on the page
	leastRest   = .3   // of it, that the other leaves when it is out of the question
	numberGrown = .5   // pixels by which a number may be wider or narrower: more would turn a digit into one like it
	mostDigits  = 12   // of one word that are spelled otherwise
)

// spelled holds every spelling of a number that differs in one digit against the
// photo. What fits the registered one as well as another is unsure. likely is the
// spelling that explains the photo, where one other does.
func (c *comparison) spelled(word int, l *likeness, so Verdict) (v Verdict, likely string) {
	alone := so
	if so == Same && l.worst >= aloneBelow*c.low(word, l) {
		alone = Unsure
	}
	if c.set == nil {
		return alone, ""
	}
	s, ok := c.newSpelling(word, l)
	if !ok {
		return alone, ""
	}
	verdict, tested := so, 0
	fits, near := guess{left: math.Inf(1)}, guess{left: math.Inf(1)}
	for i, r := range s.text {
		if !unicode.IsDigit(r) {
			continue
		}
		if tested++; tested > mostDigits {
			return Unsure, ""
		}
		if v := s.digit(i, &fits, &near); v == Other || verdict == Same {
			verdict = v
		}
	}
	if fits.text == "" && verdict == Other && near.text != "" {
		return Other, s.twice(near)
	}
	return verdict, fits.text
}

// A guess is another spelling, with how much of the photo it leaves unexplained.
type guess struct {
	text string
	left float64
}

// digit holds the spellings with another digit in a place against the photo: Other when
// one fits clearly better, Same when the registered one does. fits becomes the one that
// explains the photo best, near the one that leaves least though it may leave much.
func (s *spelling) digit(at int, fits, near *guess) Verdict {
	verdict := Same
	others, nearest := s.others(at)
	for k, o := range others {
		v, left, explained := s.against(o, k == nearest)
		if v == Same {
			continue
		}
		if left < near.left {
			*near = guess{o.text, left}
		}
		if explained && left < fits.left {
			*fits = guess{o.text, left}
		}
		if verdict == Same || v == Other {
			verdict = v
		}
	}
	return verdict
}

// What a spelling with two other digits has to reach: they are more, so that one of them
// may fit by chance.
const (
	twiceLeft = .25 // of what the registered one and the nearest with one other digit leave, at most
	twiceNext = 1.5 // times as much, at the least, leaves the next best
)

// twice is the spelling that explains the photo where a second digit is another one as
// well; "" when none does clearly. near is the best with one.
func (s *spelling) twice(near guess) string {
	if !s.laid {
		return ""
	}
	text := []rune(near.text)
	best, least, next := "", math.Inf(1), math.Inf(1)
	for i, r := range text {
		if !unicode.IsDigit(r) || r != s.text[i] {
			continue
		}
		zero := zeroOf(r)
		for d := range rune(10) {
			if zero+d == r {
				continue
			}
			other := slices.Clone(text)
			other[i] = zero + d
			switch l := s.unexplained(string(other)); {
			case l < least:
				best, least, next = string(other), l, least
			case l < next:
				next = l
			}
		}
	}
	ink := max(1e-6, s.l.fitting.ink*s.l.fitting.ink)
	if least > twiceLeft*min(s.least, near.left*ink) || next < twiceNext*least {
		return ""
	}
	return best
}

// zeroOf is the zero of a digit's script: Unicode has digits in tens.
func zeroOf(r rune) rune {
	for z := r; z > r-10; z-- {
		if !unicode.IsDigit(z - 1) {
			return z
		}
	}
	return r - (r-'0')%10
}

// A spelling sets a word's other spellings as it stands on the page.
type spelling struct {
	c     *comparison
	l     *likeness
	frame image.Rectangle
	text  []rune
	size  float64 // in pixels
	own   image.Rectangle
	set   *image.Gray
	box   [4]float64 // of the ink on the raster, from the frame's corner
	raw   patch      // as set
	ways  []patch    // what laying the registered ink anew explains, each at right angles to the others
	left  patch      // what the photo leaves beside them
	least float64    // what it leaves when the word is laid as it is set here, once laid
	laid  bool
}

// newSpelling finds the size at which the registered word, set anew, is as wide as
// on the page; false when it does not look like it.
func (c *comparison) newSpelling(word int, l *likeness) (*spelling, bool) {
	w := c.page.Words[word]
	r := c.frame(word)
	s := &spelling{c: c, l: l, frame: r, text: []rune(w.Text), size: max(8, w.Box.Height*c.perMM*1.3)}
	for try := range 3 {
		g, err := c.set(w.Text, s.size)
		if err != nil {
			return nil, false
		}
		s.set, s.own = g, darkOf(g)
		if s.own.Dx() < 2 || s.own.Dy() < 2 {
			return nil, false
		}
		if f := w.Box.Width * c.perMM / float64(s.own.Dx()); try < 2 && math.Abs(f-1) > .01 {
			s.size *= f
		}
	}
	x, y := w.Box.X*c.perMM-float64(r.Min.X), w.Box.Y*c.perMM-float64(r.Min.Y)
	s.box = [4]float64{x, y, x + w.Box.Width*c.perMM, y + w.Box.Height*c.perMM}
	s.raw = s.put(s.set, s.own, x, y)
	s.loosen()
	return s, correlation(s.blurred(s.raw).negative(), l.ink, 0, 0) > sameFace
}

// negative is light of what is ink.
func (p patch) negative() patch {
	out := newPatch(p.w, p.h)
	for i, v := range p.v {
		out.v[i] = -v
	}
	return out
}

// darkOf is the rectangle around what is dark.
func darkOf(g *image.Gray) (out image.Rectangle) {
	for y := range g.Rect.Dy() {
		for x, v := range g.Pix[y*g.Stride : y*g.Stride+g.Rect.Dx()] {
			if v < 160 {
				out = out.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return out
}

// blurred is ink as it is in the photo.
func (s *spelling) blurred(p patch) patch {
	return p.blurred(s.c.across*s.l.by, s.c.down*s.l.by, image.Rect(0, 0, p.w, p.h))
}

// put sets ink on the frame, with its upper left corner at a place.
func (s *spelling) put(g *image.Gray, own image.Rectangle, x, y float64) patch {
	out := newPatch(s.frame.Dx(), s.frame.Dy())
	ix, iy := int(math.Floor(x)), int(math.Floor(y))
	fx, fy := float32(x-float64(ix)), float32(y-float64(iy))
	for qy := own.Min.Y - 1; qy <= own.Max.Y; qy++ {
		for qx := own.Min.X - 1; qx <= own.Max.X; qx++ {
			if !(image.Point{X: qx, Y: qy}).In(g.Rect) {
				continue
			}
			v := inks[g.Pix[g.PixOffset(qx, qy)]]
			if v == 0 {
				continue
			}
			// Each pixel lies on four of the frame's.
			for k, f := range [4]float32{(1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy} {
				px, py := qx-own.Min.X+ix+k%2, qy-own.Min.Y+iy+k/2
				if px >= 0 && py >= 0 && px < out.w && py < out.h {
					out.v[py*out.w+px] += v * f
				}
			}
		}
	}
	return out
}

// An other is another spelling of a word.
type other struct {
	text    string
	differs patch   // its ink without that of the registered one, and without what laying that anew explains; empty: it cannot be set
	far     float64 // the square of its size
}

// others are the spellings with another digit in a place; nearest is the one whose ink
// differs least.
func (s *spelling) others(at int) (out []other, nearest int) {
	zero := zeroOf(s.text[at])
	for d := range rune(10) {
		if zero+d == s.text[at] {
			continue
		}
		text := slices.Clone(s.text)
		text[at] = zero + d
		o := s.other(string(text), at)
		if out = append(out, o); o.far < out[nearest].far {
			nearest = len(out) - 1
		}
	}
	return out, nearest
}

// other sets a spelling of which one letter differs.
func (s *spelling) other(text string, at int) other {
	o := other{text: text, far: math.MaxFloat64}
	g, err := s.c.set(text, s.size)
	if err != nil {
		return o
	}
	own := darkOf(g)
	if own.Empty() {
		return o
	}
	// What did not change stands where it stood: the left part, or the right one.
	x := s.box[0]
	if len(s.text) == 1 {
		x = (s.box[0] + s.box[2] - float64(own.Dx())) / 2
	} else if at == 0 {
		x = s.box[2] - float64(own.Dx())
	}
	y := s.box[1] + float64(s.own.Dy()-own.Dy()) // both stand on the line
	// What both have in common says nothing; blurring is the same of the difference.
	d := s.put(g, own, x, y)
	first, last := d.w, -1
	for i, v := range d.v {
		if d.v[i] = v - s.raw.v[i]; d.v[i] != 0 {
			first, last = min(first, i%d.w), max(last, i%d.w)
		}
	}
	far := int(math.Ceil(3 * s.c.across * s.l.by))
	if first, last = max(0, first-far), min(d.w-1, last+far); first > last {
		return o
	}
	o.differs = s.freed(s.blurredWithin(d, first, last))
	o.far = dot(o.differs, o.differs)
	return o
}

// against holds the photo against another spelling: Same when the registered one fits
// clearly better, Other when the other does. left is how much that leaves of the photo, if
// it is laid under it at all, and whether it explains it. A near one is laid, whatever it
// looks like.
func (s *spelling) against(o other, near bool) (v Verdict, left float64, explained bool) {
	if o.differs.v == nil || o.far < 1e-9 {
		return Unsure, math.Inf(1), false
	}
	if share, left := s.way(o.differs); !near && share <= sharesNone && left < mostLeft {
		return Same, math.Inf(1), false
	}
	share, left := s.anew(o)
	rest := left / o.far
	switch {
	case share > sharesOther:
		return Other, left, rest < mostLeft
	case share < sharesSame && rest > leastRest:
		return Same, left, false
	}
	return Unsure, left, false
}

// way tells, where two spellings differ, how far the photo is on the way from the
// registered one to the other, and how much of the difference it leaves unexplained.
func (s *spelling) way(d patch) (share, left float64) {
	var rr, rd, dd float64
	most := float32(0)
	for _, v := range d.v {
		most = max(most, v, -v)
	}
	for i, v := range d.v {
		if v > -most/10 && v < most/10 {
			continue
		}
		d, r := float64(v), float64(s.left.v[i])
		rr, rd, dd = rr+r*r, rd+r*d, dd+d*d
	}
	return rd / dd, rr / dd
}

// anew is how far the photo is on the way to another spelling when either is laid under
// it by itself: 0 where the registered one leaves as much less as they differ by, 1
// where the other does, which leaves so much. Spellings of digits that are alike and not
// as wide are told apart by this alone: the rest of the number, moved a little, hides the
// digit.
func (s *spelling) anew(o other) (share, left float64) {
	if !s.laid {
		s.least, s.laid = s.unexplained(string(s.text)), true
	}
	ink := max(1e-6, s.l.fitting.ink*s.l.fitting.ink)
	left = s.unexplained(o.text)
	return (1 + (s.least-left)/(ink*o.far)) / 2, left / ink
}

// blurredWithin is blurred of ink of which all stands in some columns, with what they
// spread to.
func (s *spelling) blurredWithin(p patch, first, last int) patch {
	out := newPatch(p.w, p.h)
	in := p.blurred(s.c.across*s.l.by, s.c.down*s.l.by, image.Rect(first, 0, last+1, p.h))
	for y := range p.h {
		copy(out.v[y*p.w+first:], in.v[y*in.w:(y+1)*in.w])
	}
	return out
}

// loosen finds what laying the registered ink anew takes out of what a photo leaves
// unexplained: light, ink, and all that may be off a little (fitting). Where one digit
// is another, those behind it stand elsewhere, and ink that was laid under the photo
// has moved along with them.
func (s *spelling) loosen() {
	ink := s.l.ink
	var ways [unknowns]patch
	for k := range ways {
		ways[k] = newPatch(ink.w, ink.h)
	}
	mid := float32(ink.w) / 2
	for y := range ink.h {
		for x := range ink.w {
			i := y*ink.w + x
			gx := ink.v[y*ink.w+min(ink.w-1, x+1)] - ink.v[y*ink.w+max(0, x-1)]
			gy := ink.v[min(ink.h-1, y+1)*ink.w+x] - ink.v[max(0, y-1)*ink.w+x]
			u := (float32(x) - mid) / mid
			for k, v := range [unknowns]float32{1, ink.v[i], gx, gy, gx * u, gy * u} {
				ways[k].v[i] = v
			}
		}
	}
	for _, w := range ways {
		w = s.freed(w)
		if n := dot(w, w); n > 1e-6 {
			by := float32(1 / math.Sqrt(n))
			for i := range w.v {
				w.v[i] *= by
			}
			s.ways = append(s.ways, w)
		}
	}
	s.left = s.freed(s.l.left)
}

// freed is a patch without what laying the ink anew would explain.
func (s *spelling) freed(p patch) patch {
	out := patch{p.w, p.h, slices.Clone(p.v)}
	for _, w := range s.ways {
		by := float32(dot(out, w))
		for i, v := range w.v {
			out.v[i] -= by * v
		}
	}
	return out
}

func dot(a, b patch) (sum float64) {
	for i, v := range a.v {
		sum += float64(v) * float64(b.v[i])
	}
	return sum
}

// Left is how much of a photo each of some spellings of a word leaves unexplained;
// false when they cannot be set as the page sets the registered one.
func (r Result) Left(word int, spellings ...string) ([]float64, bool) {
	if r.c.set == nil {
		return nil, false
	}
	s, ok := r.c.newSpelling(word, r.looks[word])
	if !ok {
		return nil, false
	}
	out := make([]float64, len(spellings))
	for i, text := range spellings {
		out[i] = s.unexplained(text)
	}
	return out, true
}

func (s *spelling) unexplained(text string) float64 {
	g, err := s.c.set(text, s.size)
	if err != nil {
		return math.Inf(1)
	}
	own := darkOf(g)
	ink := s.blurred(s.put(g, own, s.box[0], s.box[1]+float64(s.own.Dy()-own.Dy())))
	return s.unlike(ink)
}

// unlike is how much of the photo ink leaves unexplained that is laid near where the
// registered word is.
func (s *spelling) unlike(ink patch) float64 {
	f := fitting{x: s.l.x, y: s.l.y, lean: s.l.lean}
	f.refine(s.l.light, ink, numberGrown)
	sum := 0.0
	for _, v := range f.left.v {
		sum += float64(v) * float64(v)
	}
	return sum * f.ink * f.ink
}

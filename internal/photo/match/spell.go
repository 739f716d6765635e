package match

import (
	"image"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A weight is how much hangs on a word.
type weight int

const (
	plain weight = iota
	grave        // a negation or a name: another word there would turn the sentence
	number
)

// negations turn a sentence, in the languages of letters.
var negations = strings.Fields("not no never none nor neither without cannot unless except لا لم لن ليس ليست غير دون بدون بلا عدم إلا سوى")

// Grave reports whether much hangs on a word: it is a number, a negation or a name.
func Grave(text string) bool { return weightOf(text) != plain }

// weightOf tells numbers, negations and names from other words.
func weightOf(text string) weight {
	if strings.ContainsFunc(text, unicode.IsDigit) {
		return number
	}
	bare := strings.TrimFunc(text, func(r rune) bool { return !unicode.IsLetter(r) })
	if bare == "" {
		return plain
	}
	if slices.Contains(negations, strings.ToLower(bare)) || strings.HasSuffix(bare, "n't") || strings.HasSuffix(bare, "n’t") {
		return grave
	}
	if r, _ := utf8.DecodeRuneInString(bare); unicode.IsUpper(r) {
		return grave
	}
	return plain
}

// What another spelling has to reach.
const (
	sharesOther = .7 // of the way from the registered spelling to another: it is the other
	sharesSame  = .3 // below, it is the registered one
	mostLeft    = .5 // of the difference between both, that may be left unexplained
	sameFace    = .8 // correlation of a word as set with the one on the page
	mostDigits  = 12 // of one word that are spelled otherwise
)

// spelled holds every spelling of a number that differs in one digit against the
// photo. What fits the registered one as well as another is unsure.
func (c *comparison) spelled(word int, l *likeness, so Verdict) (Verdict, string) {
	alone := so
	if so == Same && l.worst >= aloneBelow*l.bar {
		alone = Unsure
	}
	if c.set == nil {
		return alone, ""
	}
	s, ok := c.newSpelling(word, l)
	if !ok {
		return alone, ""
	}
	text := []rune(c.page.Words[word].Text)
	verdict, tested := so, 0
	for i, r := range text {
		if !unicode.IsDigit(r) {
			continue
		}
		if tested++; tested > mostDigits {
			return Unsure, ""
		}
		zero := zeroOf(r)
		for d := range rune(10) {
			if zero+d == r {
				continue
			}
			other := slices.Clone(text)
			other[i] = zero + d
			switch s.against(string(other), i) {
			case Other:
				return Other, string(other)
			case Unsure, Unseen:
				if verdict == Same {
					verdict = Unsure
				}
			case Same:
			}
		}
	}
	return verdict, ""
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

// against holds the photo against another spelling, of which one letter differs:
// Same when the registered one fits clearly better, Other when the other does.
func (s *spelling) against(other string, at int) Verdict {
	g, err := s.c.set(other, s.size)
	if err != nil {
		return Unsure
	}
	own := darkOf(g)
	if own.Empty() {
		return Unsure
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
	differs := s.put(g, own, x, y)
	first, last := differs.w, -1
	for i, v := range differs.v {
		if differs.v[i] = v - s.raw.v[i]; differs.v[i] != 0 {
			first, last = min(first, i%differs.w), max(last, i%differs.w)
		}
	}
	far := int(math.Ceil(3 * s.c.across * s.l.by))
	first, last = max(0, first-far), min(differs.w-1, last+far)
	if first > last {
		return Unsure
	}
	d := differs.blurred(s.c.across*s.l.by, s.c.down*s.l.by, image.Rect(first, 0, last+1, differs.h))
	var rr, rd, dd float64
	most := float32(0)
	for _, v := range d.v {
		most = max(most, v, -v)
	}
	for y := range d.h {
		left := s.l.left.v[y*differs.w+first:][:d.w]
		for x, v := range d.v[y*d.w : (y+1)*d.w] {
			if v > -most/10 && v < most/10 {
				continue
			}
			d, r := float64(v), float64(left[x])
			rr, rd, dd = rr+r*r, rd+r*d, dd+d*d
		}
	}
	if dd == 0 {
		return Unsure
	}
	share, left := rd/dd, rr/dd
	switch {
	case share > sharesOther && (rr-2*rd+dd)/dd < mostLeft:
		return Other
	case share < sharesSame && left < mostLeft:
		return Same
	}
	return Unsure
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
	f := lay(s.l.light, ink, 2)
	sum := 0.0
	for _, v := range f.left.v {
		sum += float64(v) * float64(v) * f.ink * f.ink
	}
	return sum
}

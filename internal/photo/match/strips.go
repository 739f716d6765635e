package match

import (
	"bytes"
	"cmp"
	"image"
	"image/png"
	"slices"
)

// What differs is cut out, laid level and set below each other, and read at once.
const (
	stripDots  = 9.0 // to the millimetre
	stripPad   = .9  // millimetres around words
	stripApart = 26  // pixels between strips
	mostStrips = 60  // more is read in whole
	mostStrip  = 8_000_000
)

// A gap is a stretch of a page that differs: words that are not the same, words
// that are more.
type gap struct {
	words  []int
	extra  []Extra
	strips []strip
}

// A strip is part of one line, by places of the page as if it were flat, in
// millimetres; y is where it stands among the strips, in pixels.
type strip struct {
	x0, y0, x1, y1 float64
	gap            int
	at             image.Rectangle
}

// An item is a word of the page or an extra one, in the order of reading.
type item struct {
	word  int // -1: extra
	extra Extra
	gap   int // -1: the same as registered
}

// items puts words and extras in order, and gaps together.
func (r Result) items() ([]item, []gap) {
	var out []item
	var gaps []gap
	open := false
	put := func(it item, differs bool) {
		it.gap = -1
		if differs {
			if !open {
				gaps = append(gaps, gap{})
			}
			it.gap = len(gaps) - 1
			g := &gaps[it.gap]
			if it.word >= 0 {
				g.words = append(g.words, it.word)
			} else {
				g.extra = append(g.extra, it.extra)
			}
		}
		open = differs
		out = append(out, it)
	}
	extras := slices.Clone(r.Extra)
	slices.SortStableFunc(extras, func(a, b Extra) int { return cmp.Compare(a.After, b.After) })
	k := 0
	for i := -1; i < len(r.Words); i++ {
		if i >= 0 && r.Words[i].Verdict != Unseen {
			put(item{word: i}, r.Words[i].Verdict != Same)
		}
		for ; k < len(extras) && extras[k].After == i; k++ {
			put(item{word: -1, extra: extras[k]}, true)
		}
	}
	return out, gaps
}

// cut finds the strips of all gaps.
func (r Result) cut(gaps []gap) bool {
	back, ok := inverse(r.c.lie.Plane)
	if !ok {
		return false
	}
	n := 0
	for i := range gaps {
		var boxes [][4]float64
		for _, w := range gaps[i].words {
			boxes = append(boxes, bounds(seenFrom(back, place4(r.c.lie, r.c.offs[w], corners(r.Page.Words[w].Box)))))
		}
		for _, e := range gaps[i].extra {
			boxes = append(boxes, bounds(seenFrom(back, e.quad)))
		}
		gaps[i].strips = strips(boxes, i)
		n += len(gaps[i].strips)
	}
	return n <= mostStrips
}

// strips joins boxes that stand in one line.
func strips(boxes [][4]float64, gap int) []strip {
	slices.SortFunc(boxes, func(a, b [4]float64) int { return cmp.Compare(a[1]+a[3], b[1]+b[3]) })
	var out []strip
	for _, b := range boxes {
		if n := len(out) - 1; n >= 0 {
			s := &out[n]
			if over := min(s.y1, b[3]) - max(s.y0, b[1]); over > .3*min(s.y1-s.y0, b[3]-b[1]) {
				s.x0, s.y0, s.x1, s.y1 = min(s.x0, b[0]), min(s.y0, b[1]), max(s.x1, b[2]), max(s.y1, b[3])
				continue
			}
		}
		out = append(out, strip{x0: b[0], y0: b[1], x1: b[2], y1: b[3], gap: gap})
	}
	for i := range out {
		s := &out[i]
		s.x0, s.y0, s.x1, s.y1 = s.x0-stripPad, s.y0-stripPad, s.x1+stripPad, s.y1+stripPad
	}
	return out
}

// sheet sets all strips below each other, as a picture; false when that is too
// large.
func (r Result) sheet(gaps []gap) ([]byte, bool) {
	wide, high := 0, stripApart
	for i := range gaps {
		for k := range gaps[i].strips {
			s := &gaps[i].strips[k]
			w, h := int((s.x1-s.x0)*stripDots), int((s.y1-s.y0)*stripDots)
			s.at = image.Rect(stripApart, high, stripApart+w, high+h)
			wide, high = max(wide, w+2*stripApart), high+h+stripApart
		}
	}
	if wide*high > mostStrip || wide < 16 || high < 16 {
		return nil, false
	}
	out := image.NewGray(image.Rect(0, 0, max(wide, 400), max(high, 200)))
	for i := range out.Pix {
		out.Pix[i] = 250
	}
	for _, g := range gaps {
		for _, s := range g.strips {
			r.draw(out, s)
		}
	}
	var buf bytes.Buffer
	e := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := e.Encode(&buf, out); err != nil {
		return nil, false
	}
	return buf.Bytes(), true
}

// draw lays a strip of the picture level; its paper becomes light.
func (r Result) draw(out *image.Gray, s strip) {
	g := r.p.Gray
	var lights []uint8
	for y := range s.at.Dy() {
		for x := range s.at.Dx() {
			p := apply(r.c.lie.Plane, point{s.x0 + (float64(x)+.5)/stripDots, s.y0 + (float64(y)+.5)/stripDots})
			v := between(g, p)
			out.Pix[out.PixOffset(s.at.Min.X+x, s.at.Min.Y+y)] = v
			lights = append(lights, v)
		}
	}
	if len(lights) == 0 {
		return
	}
	slices.Sort(lights)
	paper := max(1, int(lights[len(lights)*3/4]))
	for y := s.at.Min.Y; y < s.at.Max.Y; y++ {
		for x := s.at.Min.X; x < s.at.Max.X; x++ {
			o := out.PixOffset(x, y)
			out.Pix[o] = uint8(min(250, int(out.Pix[o])*250/paper))
		}
	}
}

// between is the light of a place between pixels.
func between(g *image.Gray, p point) uint8 {
	x, y := max(0, min(float64(g.Rect.Dx())-1.01, p.x-.5)), max(0, min(float64(g.Rect.Dy())-1.01, p.y-.5))
	ix, iy := int(x), int(y)
	fx, fy := x-float64(ix), y-float64(iy)
	i := iy*g.Stride + ix
	top := float64(g.Pix[i])*(1-fx) + float64(g.Pix[i+1])*fx
	low := float64(g.Pix[i+g.Stride])*(1-fx) + float64(g.Pix[i+g.Stride+1])*fx
	return uint8(top*(1-fy) + low*fy + .5)
}

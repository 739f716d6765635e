package match

import (
	"image"
	"math"
	"slices"

	"chancery.example/internal/layout"
	"chancery.example/internal/photo"
	"chancery.example/internal/photo/find"
	"chancery.example/internal/photo/plane"
)

// Dots to the millimetre of the raster on which page and photo are compared.
const (
	leastDots = 3.5
	mostDots  = 5.5
)

// A comparison holds a photo against one page.
type comparison struct {
	photo  *image.Gray // the photo, perhaps smaller
	step   float64     // pixels of the picture for one of photo
	lie    photo.Lie   // in the picture
	page   layout.Page
	render *image.Gray
	perMM  float64
	set    SetWord
	offs   map[int]plane.Point // how far words lie from where they should, in the picture
	across float64             // blur, in pixels of the raster
	down   float64
	letter float64 // height of a word on the middle, in pixels of the raster
	usual  float64 // ink that a letter's width of a word has, on the middle: its spread over the place
	black  float64 // light that words take away, on the middle
	before []float64
	after  []float64
}

// dots is how many dots to the millimetre a page is compared at that lies so.
func dots(l photo.Lie, words []layout.Word, in map[int]int) float64 {
	var all []float64
	for i, w := range words {
		if _, ok := in[i]; ok {
			all = append(all, plane.Scale(l, plane.Middle(w.Box)))
		}
	}
	if len(all) == 0 {
		return leastDots
	}
	slices.Sort(all)
	return max(leastDots, min(mostDots, all[len(all)/2]))
}

// newComparison prepares a comparison. The photo is made smaller when it is much
// finer than what it is compared with, or noise would be taken for print.
func newComparison(g *image.Gray, l photo.Lie, page layout.Page, render *image.Gray, perMM float64, set SetWord) *comparison {
	c := &comparison{photo: g, step: 1, lie: l, page: page, render: render, perMM: perMM, set: set}
	at := plane.At(page.Width/2, page.Height/2)
	if n := int(plane.Scale(l, at) / perMM); n >= 2 {
		c.photo, c.step = photo.Shrunk(g, n), float64(n)
	}
	var heights []float64
	for _, w := range page.Words {
		if w.Box.Height > 0 {
			heights = append(heights, w.Box.Height*perMM)
		}
	}
	slices.Sort(heights)
	if len(heights) > 0 {
		c.letter = heights[len(heights)/2]
	}
	c.gaps()
	return c
}

// gaps are how far each word is from the next ink on its left and right.
func (c *comparison) gaps() {
	c.before, c.after = make([]float64, len(c.page.Words)), make([]float64, len(c.page.Words))
	for i := range c.before {
		c.before[i], c.after[i] = math.MaxFloat64, math.MaxFloat64
	}
	for _, l := range find.Lines(c.page) {
		for k := range l[1:] {
			a, b := l[k], l[k+1]
			gap := max(0, c.page.Words[b].Box.X-c.page.Words[a].Box.X-c.page.Words[a].Box.Width)
			c.after[a], c.before[b] = gap, gap
		}
	}
}

func (c *comparison) frame(word int) image.Rectangle {
	return frame(c.page.Words[word].Box, c.before[word], c.after[word], c.perMM)
}

// some are words from all over the page, not too short.
func (c *comparison) some(words []int) []int {
	const enough = 20
	var long, out []int
	for _, i := range words {
		if b := c.page.Words[i].Box; b.Width > 1.5*b.Height {
			long = append(long, i)
		}
	}
	for k := 0; k < len(long); k += max(1, len(long)/enough) {
		out = append(out, long[k])
	}
	return out
}

// focus finds how blurred the photo is: of several blurs the one with which some
// words of the page look most like the photo's.
func (c *comparison) focus(words []int) {
	some := c.some(words)
	views := make([]patch, len(some))
	for k, i := range some {
		r := c.frame(i)
		light := sampled(c.photo, c.step, c.lie, c.offs[i], r, c.perMM)
		f := lay(light, inkOf(c.render, r, .9, .9), 2)
		views[k] = newPatch(r.Dx(), r.Dy())
		f.view(views[k], light)
	}
	worth := func(across, down float64) float64 {
		all := make([]float64, 0, len(some))
		for k, i := range some {
			all = append(all, correlation(views[k], inkOf(c.render, c.frame(i), across, down), 0, 0))
		}
		slices.Sort(all)
		if len(all) == 0 {
			return 0
		}
		return all[len(all)/2]
	}
	best := -2.0
	for _, s := range []float64{.3, .6, .9, 1.2, 1.6, 2.1, 2.8} {
		if v := worth(s, s); v > best {
			best, c.across, c.down = v, s, s
		} else if v < best-.02 {
			break
		}
	}
	for range 3 { // a hand moves one way
		from := [2]float64{c.across, c.down}
		for _, by := range [][2]float64{{1.2, 1}, {.83, 1}, {1, 1.2}, {1, .83}} {
			if v := worth(from[0]*by[0], from[1]*by[1]); v > best+.0003 {
				best, c.across, c.down = v, from[0]*by[0], from[1]*by[1]
			}
		}
		if from == [2]float64{c.across, c.down} {
			break
		}
	}
}

// A likeness is how one word of the page looks in the photo.
type likeness struct {
	fitting
	ink   patch
	light patch
	by    float64 // blur, of the photo's
	// worst is the largest share of a letter's ink that is not explained, over
	// stretches as wide as a letter; bar the least that another letter leaves.
	worst, bar float64
}

// look holds one word against the photo.
func (c *comparison) look(word int, off plane.Point, within int) likeness {
	r := c.frame(word)
	light := sampled(c.photo, c.step, c.lie, off, r, c.perMM)
	out := c.explain(light, r, 1, within)
	// Nearer and further from the camera it may be sharper, or less so.
	for _, by := range []float64{1.25, .8} {
		if out.worst < out.bar {
			break
		}
		if o := c.explain(light, r, by, within); o.worst*out.bar < out.worst*o.bar {
			out = o
		}
	}
	return out
}

// explain explains light by the ink of a stretch of the page, so much more blurred
// than the photo is on the whole.
func (c *comparison) explain(light patch, r image.Rectangle, by float64, within int) likeness {
	out := likeness{by: by, light: light, ink: inkOf(c.render, r, c.across*by, c.down*by)}
	out.fitting = lay(out.light, out.ink, within)
	out.worst = c.unexplained(out.left, out.ink)
	out.bar = hidden(max(c.across, c.down) * by / max(1, c.letter))
	return out
}

// low is the bar of a word that is lower than letters are on the middle, as numbers are
// in some scripts.
func (c *comparison) low(word int, l *likeness) float64 {
	high := min(c.letter, c.page.Words[word].Box.Height*c.perMM)
	return hidden(max(c.across, c.down) * l.by / max(1, high))
}

// hidden is how little of a letter's ink another letter or digit leaves
// unexplained, by how much the photo is blurred: the spread of its light, in
// heights of a word. Measured on all pairs of digits and on pairs of letters that
// look alike (TestWhatBlurHides); it halves with every 0.03.
func hidden(blur float64) float64 {
	return min(.17, .05*math.Exp2(-(blur-.1)/.03))
}

// width of a letter, in pixels of the raster.
func (c *comparison) width() int { return max(3, int(c.letter*.55)) }

// unexplained goes over a word in stretches as wide as a letter, and says how
// much of what is there the ink does not explain, where that is most.
func (c *comparison) unexplained(left, ink patch) (worst float64) {
	n := min(c.width(), ink.w)
	rest, there := make([]float64, ink.w), make([]float64, ink.w)
	for y := range ink.h {
		for x := range ink.w {
			v, l := float64(ink.v[y*ink.w+x]), float64(left.v[y*ink.w+x])
			rest[x] += l * l
			there[x] += v * v
		}
	}
	var e, v float64
	for x := range ink.w {
		e, v = e+rest[x], v+there[x]
		if x >= n {
			e, v = e-rest[x-n], v-there[x-n]
		}
		if x >= n-1 {
			worst = max(worst, e/max(v, c.usual))
		}
	}
	return worst
}

// weigh finds how much ink a letter's width has, on the middle.
func (c *comparison) weigh(words []int) {
	const enough = 50
	var all []float64
	for k := 0; k < len(words); k += max(1, len(words)/enough) {
		i := words[k]
		ink := inkOf(c.render, c.frame(i), c.across, c.down)
		sum := 0.0
		for _, v := range ink.v {
			sum += float64(v) * float64(v)
		}
		all = append(all, sum*float64(c.width())/float64(ink.w))
	}
	slices.Sort(all)
	if len(all) > 0 {
		c.usual = all[len(all)/2] * .6
	}
}

package drawn

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"slices"
	"strconv"
)

// A canvas is a page on which marks are drawn.
type canvas struct {
	*image.RGBA
	badges []image.Rectangle // of the numbers so far
	tinted int               // pixels so far
}

// Limits of what is drawn on one page, so that no list of marks takes long.
const (
	mostNumbers = 999
	mostTinted  = 16 // times the page
)

// room is how far a mark reaches beyond the ink of its words.
const room = 2

// place is where a spot lies on the canvas, at least a few pixels large and within
// it, whatever the spot says.
func (c *canvas) place(s Spot, k float64) image.Rectangle {
	at := func(v int, k float64, most int) int {
		return int(max(0, min(float64(most), math.Round(float64(v)*k))))
	}
	b := s.Box.Canon()
	w, h := c.Rect.Dx(), c.Rect.Dy()
	r := image.Rect(at(b.Min.X, k, w)-room, at(b.Min.Y, k, h)-room, at(b.Max.X, k, w)+room, at(b.Max.Y, k, h)+room)
	return r.Intersect(c.Rect)
}

// colours are the ground and the ink of a kind.
func (k Kind) colours() (ground, ink color.RGBA) {
	switch k {
	case OnlyCopy:
		return redGround, redInk
	case OnlyRecord:
		return blueGround, blueInk
	case Moved:
		return violetGround, violetInk
	case Look, Disagree:
		return yellowGround, yellowInk
	case Gap:
	}
	return blueGround, blueInk
}

// ground tints what is there, so that letters stay as dark as they are.
func (c *canvas) ground(m Mark) {
	if m.Kind == Gap {
		return
	}
	tint, _ := m.Kind.colours()
	r := m.Spot.Box
	if c.tinted += r.Dx() * r.Dy(); c.tinted > mostTinted*c.Rect.Dx()*c.Rect.Dy() {
		return
	}
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			p := c.Pix[c.PixOffset(x, y):][:3]
			for i, t := range [3]uint8{tint.R, tint.G, tint.B} {
				p[i] = uint8(uint16(p[i]) * uint16(t) / 255) //nolint:gosec // at most 255
			}
		}
	}
}

// lines draws the shape of a mark.
func (c *canvas) lines(m Mark) {
	_, ink := m.Kind.colours()
	r := m.Spot.Box
	thick := max(2, min(4, r.Dy()/9))
	middle, low := (r.Min.Y+r.Max.Y)/2, r.Max.Y-thick
	switch m.Kind {
	case OnlyCopy:
		c.fill(image.Rect(r.Min.X, middle-thick/2, r.Max.X, middle-thick/2+thick), ink)
	case OnlyRecord:
		c.fill(image.Rect(r.Min.X, low, r.Max.X, low+thick), ink)
	case Disagree:
		c.dashed(image.Rect(r.Min.X, low, r.Max.X, low+thick), 4*thick, ink)
	case Moved:
		c.frame(r, thick, 0, ink)
	case Look:
		c.frame(r, thick, 2*thick, ink)
	case Gap:
		c.caret(r, ink)
	}
}

func (c *canvas) fill(r image.Rectangle, ink color.RGBA) {
	draw.Draw(c.RGBA, r.Intersect(c.Rect), image.NewUniform(ink), image.Point{}, draw.Src)
}

// dashed fills a line in dashes of a length; the whole line when that is 0.
func (c *canvas) dashed(r image.Rectangle, dash int, ink color.RGBA) {
	if dash <= 0 {
		c.fill(r, ink)
		return
	}
	if r.Dx() >= r.Dy() {
		for x := r.Min.X; x < r.Max.X; x += 2 * dash {
			c.fill(image.Rect(x, r.Min.Y, min(r.Max.X, x+dash), r.Max.Y), ink)
		}
		return
	}
	for y := r.Min.Y; y < r.Max.Y; y += 2 * dash {
		c.fill(image.Rect(r.Min.X, y, r.Max.X, min(r.Max.Y, y+dash)), ink)
	}
}

func (c *canvas) frame(r image.Rectangle, thick, dash int, ink color.RGBA) {
	for _, line := range []image.Rectangle{
		image.Rect(r.Min.X, r.Min.Y, r.Max.X, r.Min.Y+thick), image.Rect(r.Min.X, r.Max.Y-thick, r.Max.X, r.Max.Y),
		image.Rect(r.Min.X, r.Min.Y, r.Min.X+thick, r.Max.Y), image.Rect(r.Max.X-thick, r.Min.Y, r.Max.X, r.Max.Y),
	} {
		c.dashed(line, dash, ink)
	}
}

// caret draws a wedge from below into the gap between two words.
func (c *canvas) caret(r image.Rectangle, ink color.RGBA) {
	x, high := (r.Min.X+r.Max.X)/2, max(8, r.Dy()/2)
	foot := r.Max.Y + high/3
	for y := range high {
		half := (y*2/3 + 2) // of the wedge at this height
		c.fill(image.Rect(x-half, foot-high+y, x+half, foot-high+y+1), ink)
	}
}

// number puts the number of a mark beside it: above, below or at its ends, where it
// hides least of the page, and no other number.
func (c *canvas) number(m Mark) {
	if m.Number < 1 || len(c.badges) == mostNumbers {
		return
	}
	_, ink := m.Kind.colours()
	r := m.Spot.Box
	digits := strconv.Itoa(m.Number)
	dot := max(2, min(3, r.Dy()/12))
	w, h := (len(digits)*6+3)*dot, 11*dot
	at := c.free(r, w, h, m.Spot.FromRight)
	c.badges = append(c.badges, at)
	c.fill(at, color.RGBA{255, 255, 255, 255})
	c.fill(at.Inset(1), ink)
	for i := range len(digits) {
		c.digit(at.Min.Add(image.Pt((2+6*i)*dot, 2*dot)), int(digits[i]-'0'), dot)
	}
}

// free is the place for a number beside a mark that hides least.
func (c *canvas) free(r image.Rectangle, w, h int, fromRight bool) image.Rectangle {
	begin, end := r.Min.X, r.Max.X-w
	before, after := r.Min.X-w-1, r.Max.X+1
	if fromRight {
		begin, end, before, after = end, begin, after, before
	}
	above, middle, below := r.Min.Y-h-1, (r.Min.Y+r.Max.Y-h)/2, r.Max.Y+1
	best, least := image.Rectangle{}, math.MaxInt
	for row := range 8 { // further away only when all places near are taken
		away := row * (h + 1)
		for _, p := range []image.Point{
			{begin, above - away}, {end, above - away}, {(begin + end) / 2, above - away}, {before, middle - away}, {after, middle - away},
			{begin, below + away}, {end, below + away}, {before, above - away}, {after, above - away},
		} {
			at := c.within(image.Rectangle{Min: p, Max: p.Add(image.Pt(w, h))})
			if best.Empty() {
				best = at
			}
			if at.Overlaps(r) || c.hit(at) {
				continue
			}
			if n := c.edges(at); n < least {
				best, least = at, n
			}
		}
		if least < math.MaxInt {
			break
		}
	}
	return best
}

// edges is how much of a page a rectangle would hide: how often light and dark change
// in it.
func (c *canvas) edges(r image.Rectangle) int {
	r = r.Intersect(c.Rect)
	n := 0
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := c.Pix[c.PixOffset(r.Min.X, y):]
		for x := 1; x < r.Dx(); x++ {
			if d := int(row[4*x]) - int(row[4*x-4]); d > 24 || d < -24 {
				n++
			}
		}
	}
	return n
}

// within moves a rectangle into the canvas.
func (c *canvas) within(r image.Rectangle) image.Rectangle {
	dx := max(0, -r.Min.X) - max(0, r.Max.X-c.Rect.Max.X)
	dy := max(0, -r.Min.Y) - max(0, r.Max.Y-c.Rect.Max.Y)
	return r.Add(image.Pt(dx, dy))
}

// hit reports whether a number lies where another is to be.
func (c *canvas) hit(r image.Rectangle) bool {
	return slices.ContainsFunc(c.badges, r.Overlaps)
}

// figures are the ten digits in dots, five to a row, the first row on top.
var figures = [10][7]uint8{
	{0b01110, 0b10001, 0b10011, 0b10101, 0b11001, 0b10001, 0b01110},
	{0b00100, 0b01100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110},
	{0b01110, 0b10001, 0b00001, 0b00110, 0b01000, 0b10000, 0b11111},
	{0b11110, 0b00001, 0b00001, 0b01110, 0b00001, 0b00001, 0b11110},
	{0b00010, 0b00110, 0b01010, 0b10010, 0b11111, 0b00010, 0b00010},
	{0b11111, 0b10000, 0b11110, 0b00001, 0b00001, 0b10001, 0b01110},
	{0b00110, 0b01000, 0b10000, 0b11110, 0b10001, 0b10001, 0b01110},
	{0b11111, 0b00001, 0b00010, 0b00100, 0b01000, 0b01000, 0b01000},
	{0b01110, 0b10001, 0b10001, 0b01110, 0b10001, 0b10001, 0b01110},
	{0b01110, 0b10001, 0b10001, 0b01111, 0b00001, 0b00010, 0b01100},
}

// digit draws one digit in white, dot pixels to a dot.
func (c *canvas) digit(at image.Point, d, dot int) {
	for y, row := range figures[d] {
		for x := range 5 {
			if row>>(4-x)&1 == 1 {
				c.fill(image.Rect(0, 0, dot, dot).Add(at).Add(image.Pt(x*dot, y*dot)), color.RGBA{255, 255, 255, 255})
			}
		}
	}
}

package drawn

import (
	"image"
	"image/color"
	"image/draw"

	"chancery.example/internal/drawn/mark"
)

// A canvas is a page on which marks are drawn, with what stands beside it.
type canvas struct {
	*image.RGBA
	page   image.Rectangle
	tinted int // pixels so far
}

// mostTinted is how many times a page is tinted at most, so that no list of marks takes
// long.
const mostTinted = 16

// colours are the ground and the ink of a kind.
func colours(k mark.Kind) (ground, ink color.RGBA) {
	switch k {
	case mark.OnlyCopy, mark.Gap:
		return redGround, redInk
	case mark.Moved:
		return violetGround, violetInk
	case mark.Look, mark.Disagree:
		return yellowGround, yellowInk
	case mark.OnlyRecord:
	}
	return blueGround, blueInk
}

// ground tints what is there, so that letters stay as dark as they are.
func (c *canvas) ground(m mark.Mark) {
	if m.Kind == mark.Gap {
		return
	}
	tint, _ := colours(m.Kind)
	r := m.Spot.Box
	if c.tinted += r.Dx() * r.Dy(); c.tinted > mostTinted*c.page.Dx()*c.page.Dy() {
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

// lines draws the shape of a mark, along the writing.
func (c *canvas) lines(m mark.Mark) {
	_, ink := colours(m.Kind)
	r, turned := upright(m.Spot)
	thick := max(2, min(4, r.Dy()/9))
	middle, low := (r.Min.Y+r.Max.Y)/2, r.Max.Y-thick
	switch m.Kind {
	case mark.OnlyCopy:
		c.fill(turned(image.Rect(r.Min.X, middle-thick/2, r.Max.X, middle-thick/2+thick)), ink)
	case mark.OnlyRecord:
		c.fill(turned(image.Rect(r.Min.X, low, r.Max.X, low+thick)), ink)
	case mark.Disagree:
		c.dashed(turned(image.Rect(r.Min.X, low, r.Max.X, low+thick)), 4*thick, ink)
	case mark.Moved:
		c.frame(m.Spot.Box, thick, 0, ink)
	case mark.Look:
		c.frame(m.Spot.Box, thick, 2*thick, ink)
	case mark.Gap:
		c.caret(r, turned, ink)
	}
}

// upright is the place of a spot as it would be if the writing were upright, and what
// turns it back.
func upright(s mark.Spot) (r image.Rectangle, turned func(image.Rectangle) image.Rectangle) {
	b := s.Box
	turns := (s.Turn%4 + 4) % 4
	centre := b.Min.Add(b.Max) // doubled
	quarter := func(p image.Point, n int) image.Point {
		for range n {
			p = image.Pt(-p.Y, p.X)
		}
		return p
	}
	turn := func(r image.Rectangle, n int) image.Rectangle {
		p, q := quarter(r.Min.Mul(2).Sub(centre), n), quarter(r.Max.Mul(2).Sub(centre), n)
		return image.Rectangle{Min: p.Add(centre).Div(2), Max: q.Add(centre).Div(2)}.Canon()
	}
	return turn(b, (4-turns)%4), func(r image.Rectangle) image.Rectangle { return turn(r, turns) }
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
func (c *canvas) caret(r image.Rectangle, turned func(image.Rectangle) image.Rectangle, ink color.RGBA) {
	x, high := (r.Min.X+r.Max.X)/2, max(8, r.Dy()/2)
	foot := r.Max.Y + high/3
	for y := range high {
		half := (y*2/3 + 2) // of the wedge at this height
		c.fill(turned(image.Rect(x-half, foot-high+y, x+half, foot-high+y+1)).Intersect(c.page), ink)
	}
}

// Sizes of the numbers in the margins, in pixels.
const (
	dot        = 3 // of a digit
	badgeHigh  = 11 * dot
	badgeApart = 4
	leading    = 6 // between a number and the page
)

func badgeWide(text string) int { return (len([]rune(text))*6 + 3) * dot }

// label draws a number, or several, in the margin.
func (c *canvas) label(l mark.Label) {
	_, ink := colours(l.Kind)
	text := []rune(l.Text())
	w := badgeWide(l.Text())
	at := image.Rect(c.page.Min.X-leading-w, l.Y-badgeHigh/2, c.page.Min.X-leading, l.Y-badgeHigh/2+badgeHigh)
	if l.Right {
		at = at.Add(image.Pt(c.page.Dx()+w+2*leading, 0))
	}
	c.fill(at, ink)
	for i, r := range text {
		c.figure(at.Min.Add(image.Pt((2+6*i)*dot, 2*dot)), r)
	}
}

// lead draws thin lines of dots from a number to its places, in two tones, so that they
// show on any ground.
func (c *canvas) lead(l mark.Label) {
	_, ink := colours(l.Kind)
	from := image.Pt(c.page.Min.X-leading, l.Y)
	if l.Right {
		from.X = c.page.Max.X + leading
	}
	for _, to := range l.To {
		d := to.Sub(from)
		n := max(d.X, -d.X, d.Y, -d.Y, 1)
		for i := range n {
			if i%8 >= 4 {
				continue
			}
			p := from.Add(image.Pt(d.X*i/n, d.Y*i/n))
			c.fill(image.Rect(p.X, p.Y, p.X+1, p.Y+1), ink)
			c.fill(image.Rect(p.X, p.Y+1, p.X+1, p.Y+2), color.RGBA{255, 255, 255, 255})
		}
	}
}

// figures are what numbers are written with, in dots, five to a row, the first row on top.
var figures = map[rune][7]uint8{
	'0': {0b01110, 0b10001, 0b10011, 0b10101, 0b11001, 0b10001, 0b01110},
	'1': {0b00100, 0b01100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110},
	'2': {0b01110, 0b10001, 0b00001, 0b00110, 0b01000, 0b10000, 0b11111},
	'3': {0b11110, 0b00001, 0b00001, 0b01110, 0b00001, 0b00001, 0b11110},
	'4': {0b00010, 0b00110, 0b01010, 0b10010, 0b11111, 0b00010, 0b00010},
	'5': {0b11111, 0b10000, 0b11110, 0b00001, 0b00001, 0b10001, 0b01110},
	'6': {0b00110, 0b01000, 0b10000, 0b11110, 0b10001, 0b10001, 0b01110},
	'7': {0b11111, 0b00001, 0b00010, 0b00100, 0b01000, 0b01000, 0b01000},
	'8': {0b01110, 0b10001, 0b10001, 0b01110, 0b10001, 0b10001, 0b01110},
	'9': {0b01110, 0b10001, 0b10001, 0b01111, 0b00001, 0b00010, 0b01100},
	'–': {0, 0, 0, 0b11111, 0, 0, 0},
	'…': {0, 0, 0, 0, 0, 0, 0b10101},
}

// figure draws one of them in white.
func (c *canvas) figure(at image.Point, r rune) {
	for y, row := range figures[r] {
		for x := range 5 {
			if row>>(4-x)&1 == 1 {
				c.fill(image.Rect(0, 0, dot, dot).Add(at).Add(image.Pt(x*dot, y*dot)), color.RGBA{255, 255, 255, 255})
			}
		}
	}
}

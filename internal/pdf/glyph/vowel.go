package glyph

import (
	_ "embed"
	"encoding/hex"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// side is how finely a drawing is looked at.
const side = 20

// A shape is a drawing laid over a square, of whatever size it is.
type shape struct {
	ink  [side]uint32 // by row from above, by bit from the left
	wide float64      // times as wide as high
	high float64      // of the typeface's em
}

// box is around an outline.
func (o Outline) box() (x0, y0, x1, y1 float64) {
	x0, y0, x1, y1 = math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, line := range o {
		for _, p := range line {
			x0, y0, x1, y1 = min(x0, p.X), min(y0, p.Y), max(x1, p.X), max(y1, p.Y)
		}
	}
	return x0, y0, x1, y1
}

// measure is a shape without ink.
func (o Outline) measure(em float64) (r shape) {
	if x0, y0, x1, y1 := o.box(); x1 > x0 && y1 > y0 {
		r.wide, r.high = (x1-x0)/(y1-y0), (y1-y0)/em
	}
	return r
}

// shape fills an outline.
func (o Outline) shape(em float64) shape {
	r := o.measure(em)
	x0, y0, x1, y1 := o.box()
	if r.high == 0 {
		return r
	}
	for row := range side {
		for column := range side {
			if o.inside(x0+(x1-x0)*(float64(column)+.5)/side, y1-(y1-y0)*(float64(row)+.5)/side) {
				r.ink[row] |= 1 << column
			}
		}
	}
	return r
}

// inside reports whether a place has ink: lines wind around it.
func (o Outline) inside(x, y float64) bool {
	winds := 0
	for _, line := range o {
		for i, p := range line {
			q := line[(i+1)%len(line)]
			switch at := p.X + (y-p.Y)/(q.Y-p.Y)*(q.X-p.X); {
			case p.Y <= y && q.Y > y && at > x:
				winds++
			case q.Y <= y && p.Y > y && at > x:
				winds--
			}
		}
	}
	return winds != 0
}

// alike is the part of the ink of two drawings that they have both; 0 when they are of
// other sizes.
func (r shape) alike(o shape) float64 {
	if !r.sized(o) {
		return 0
	}
	both, all := 0, 0
	for y := range side {
		both += bits.OnesCount32(r.ink[y] & o.ink[y])
		all += bits.OnesCount32(r.ink[y] | o.ink[y])
	}
	return float64(both) / float64(max(1, all))
}

// sized reports whether two drawings are of one size.
func (r shape) sized(o shape) bool {
	const off = .12
	return math.Abs(r.wide/o.wide-1) <= off && math.Abs(r.high/o.high-1) <= off
}

// leastAlike is how much of the ink of a drawing and of one that is known must be the
// same. The drawings of one typeface for two vowels share less than .7.
const leastAlike = .9

// Shows reports whether a drawing looks as one of the typefaces that are known draws a
// shadda with a vowel, and no less like that than like another vowel. em is the
// typeface's.
func (o Outline) Shows(vowel rune, em int) bool {
	r := o.measure(float64(em))
	if !slices.ContainsFunc(known(), func(d drawing) bool { return r.sized(d.shape) }) {
		return false
	}
	r = o.shape(float64(em))
	this, other := 0.0, 0.0
	for _, k := range known() {
		if a := r.alike(k.shape); k.vowel == vowel {
			this = max(this, a)
		} else {
			other = max(other, a)
		}
	}
	return this >= leastAlike && this >= other
}

// A drawing of a shadda and a vowel in a typeface that is known.
type drawing struct {
	shape
	vowel rune
}

// knownText has a drawing in each line: the typeface, the vowel, how wide, how high, and
// its rows. The typefaces are those with which browsers on free systems draw Arabic and
// do not say so; the test writes them.
//
//go:embed known.txt
var knownText string

var known = sync.OnceValue(func() (out []drawing) {
	for line := range strings.Lines(knownText) {
		d, err := parseDrawing(line)
		if err != nil {
			panic(err) // the file is ours, and a test reads it
		}
		out = append(out, d)
	}
	return out
})

// line writes a drawing.
func (d drawing) line(name string) string {
	var ink []byte
	for _, row := range d.ink {
		ink = append(ink, byte(row>>16), byte(row>>8), byte(row)) //nolint:gosec // in parts
	}
	return fmt.Sprintf("%s %04X %.3f %.3f %x\n", name, d.vowel, d.wide, d.high, ink)
}

func parseDrawing(line string) (d drawing, err error) {
	f := strings.Fields(line)
	if len(f) != 5 {
		return d, fmt.Errorf("a known drawing is %q", line)
	}
	vowel, err := strconv.ParseInt(f[1], 16, 32)
	if err != nil {
		return d, fmt.Errorf("a known drawing is of %q: %w", f[1], err)
	}
	d.vowel = rune(vowel)
	for i, to := range []*float64{&d.wide, &d.high} {
		if *to, err = strconv.ParseFloat(f[2+i], 64); err != nil {
			return d, fmt.Errorf("a known drawing measures %q: %w", f[2+i], err)
		}
	}
	ink, err := hex.DecodeString(f[4])
	if err != nil || len(ink) != 3*side {
		return d, fmt.Errorf("a known drawing has the rows %q", f[4])
	}
	for i := range d.ink {
		d.ink[i] = uint32(ink[3*i])<<16 | uint32(ink[3*i+1])<<8 | uint32(ink[3*i+2])
	}
	return d, nil
}

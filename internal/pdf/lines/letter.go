// Package lines makes words and lines of the letters on a page, in the order in which
// they are read. It knows letters and their places alone: what a PDF's reader gives it is
// in the order of the file, which for scripts from the right is any.
//
//	lines.Ligated(letters)
//	words := lines.Placed(lines.Group(letters))
package lines

import (
	"image"
	"math"
)

// A Letter is one of a page's text layer.
type Letter struct {
	R      rune
	Box    Rect // around its ink, as the font says
	Index  int  // in pdfium's order
	Hidden bool // nobody sees it
	Inked  bool // has a place where ink is looked for
}

// IsSpace reports whether a letter parts words.
func IsSpace(r rune) bool { return r == ' ' || r == '\n' || r == '\r' || r == '\t' || r == 0xa0 }

// A Rect is a rectangle in pixels of a page's picture.
type Rect struct{ X0, Y0, X1, Y1 float64 }

// Width is how wide it is.
func (r Rect) Width() float64 { return r.X1 - r.X0 }

// Height is how high it is.
func (r Rect) Height() float64 { return r.Y1 - r.Y0 }

// Middle is where its middle is, from the left.
func (r Rect) Middle() float64 { return (r.X0 + r.X1) / 2 }

// Union is the rectangle around two.
func (r Rect) Union(o Rect) Rect {
	return Rect{min(r.X0, o.X0), min(r.Y0, o.Y0), max(r.X1, o.X1), max(r.Y1, o.Y1)}
}

// Over returns the rectangle in whole pixels around r.
func (r Rect) Over() image.Rectangle {
	clamp := func(v float64) int { return int(max(-1e6, min(1e6, v))) }
	return image.Rect(clamp(math.Floor(r.X0)), clamp(math.Floor(r.Y0)), clamp(math.Ceil(r.X1)), clamp(math.Ceil(r.Y1)))
}

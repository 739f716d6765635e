package lint

import (
	"fmt"

	"chancery.example/internal/pdf/syntax"
)

// A sheet is what one page shows: words and other ink in the order in which they
// are drawn.
type sheet struct {
	seen  syntax.Rect
	words []word
	inks  []ink
}

// A word is a string as it was drawn.
type word struct {
	box, clip syntax.Rect
	colour    colour
	mode      int
	size      float64 // of the letters on the page, in points
	glyphs    int
	order     int
}

// An ink is an area that was painted. Where it is not the whole of its box that is
// painted, it still may cover what is there.
type ink struct {
	box    syntax.Rect
	colour colour // not known for pictures
	whole  bool
	order  int
}

const (
	maxWords      = 5_000 // of one page
	maxInks       = 12_000
	maxPairs      = 15_000_000 // of words and what may cover them
	smallest      = 4.0        // points
	leastContrast = 2.0        // a ratio; grey footers have 4 and more
	edge          = 0.5        // points that letters may reach over an edge
)

// judge goes through all words of a page.
func (d *drawer) judge() {
	if len(d.sheet.words)*len(d.sheet.inks) > maxPairs {
		d.refuse(Complex, "the page draws more than is looked at", "set the letter in a simpler way")
		return
	}
	for _, w := range d.sheet.words {
		switch {
		case w.mode == 3:
			d.refuse(Invisible, "there is text that is drawn without ink", "take it out, or draw it in ink")
		case w.mode > 3:
			d.refuse(Clipped, "text is used to cut out other drawings", again)
		case w.size < smallest:
			d.refuse(Tiny, fmt.Sprintf("there is text of %.1f points", w.size), fmt.Sprintf("set it in %.0f points or more", smallest))
		case !inside(w.box, d.sheet.seen):
			d.refuse(OffPage, "there is text outside the page", "take it out, or move it onto the page")
		case !inside(w.box, w.clip):
			d.refuse(Clipped, "there is text that is cut off by a frame, or lies under one that is no rectangle", "take it out, or show all of it")
		case !w.colour.known:
			d.refuse(SameColour, "there is text in a pattern or a colour that cannot be told", "set it in black, or in a plain colour")
		}
		d.behind(w)
		d.inFront(w)
	}
	d.overPrint()
}

func inside(r, in syntax.Rect) bool {
	return r.X0 >= in.X0-edge && r.Y0 >= in.Y0-edge && r.X1 <= in.X1+edge && r.Y1 <= in.Y1+edge
}

// behind compares a word's colour with what was painted before it, in five places.
func (d *drawer) behind(w word) {
	if !w.colour.known {
		return
	}
	for i := range 5 {
		x := w.box.X0 + (w.box.X1-w.box.X0)*(0.1+0.2*float64(i))
		y := (w.box.Y0 + w.box.Y1) / 2
		ground := colour{1, 1, 1, true}
		for _, k := range d.sheet.inks {
			if k.order < w.order && k.box.X0 <= x && x <= k.box.X1 && k.box.Y0 <= y && y <= k.box.Y1 {
				ground = k.colour
			}
		}
		switch {
		case !ground.known:
			d.refuse(SameColour, "there is text over a picture or a pattern", "set it beside the picture, or on a plain ground")
		case contrast(ground, w.colour) < leastContrast:
			d.refuse(SameColour, "there is text in nearly the colour of what is behind it", "take it out, or set it in a darker colour")
		default:
			continue
		}
		return
	}
}

// inFront looks for what was painted over a word afterwards. A thin line, under
// words or through them, does not hide them.
func (d *drawer) inFront(w word) {
	width, height := w.box.X1-w.box.X0, w.box.Y1-w.box.Y0
	for _, k := range d.sheet.inks {
		if k.order < w.order {
			continue
		}
		m := meet(k.box, w.box)
		if m.X1-m.X0 > min(1, width/2) && m.Y1-m.Y0 > height/5 {
			d.refuse(Covered, "something is drawn over text", "take the text out, or draw it last")
			return
		}
	}
}

// overPrint refuses words over words.
func (d *drawer) overPrint() {
	for i, a := range d.sheet.words {
		for _, b := range d.sheet.words[i+1:] {
			m := meet(a.box, b.box)
			if m.X0 >= m.X1 || m.Y0 >= m.Y1 || a.glyphs < 3 || b.glyphs < 3 {
				continue
			}
			if area(m) > min(area(a.box), area(b.box))/2 {
				d.refuse(OverPrint, "there is text over other text", "take one of them out, or move it")
				return
			}
		}
	}
}

func area(r syntax.Rect) float64 { return (r.X1 - r.X0) * (r.Y1 - r.Y0) }

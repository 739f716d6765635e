package photo

import (
	"image"
	"iter"
)

// A Sheet is a stretch of the picture laid flat on a small copy, with the pieces
// of ink on it: letters, parts of letters, and whatever else is dark.
type Sheet struct {
	Name      string
	Pieces    []image.Rectangle
	Height    int         // of a letter, on the middle; 0 when there are next to none
	Size      image.Point // of the small copy
	ToPicture [9]float64  // maps its places to those of Gray
	Of        image.Point // the size of Gray, where the sheet's corners lie outside of it; else zero
}

// Sheets returns what may be the paper, the most promising first: the page or
// screen that was found, then the whole picture. Lines are level, letters dark.
func (p *Picture) Sheets() iter.Seq[Sheet] {
	return func(yield func(Sheet) bool) {
		if quad, ok := p.Page(); ok && !yield(p.sheet("page", quad)) {
			return
		}
		yield(p.sheet("whole", p.whole()))
	}
}

func (p *Picture) sheet(name string, q Quad) Sheet {
	s := p.sheetOf(q)
	ink, light, f := p.look(s)
	if ink.sideways() {
		s = s.quarter()
		ink, light, f = p.look(s)
	}
	lean, _ := ink.tilt()
	w, h, to := s.at(f, lean)
	out := Sheet{Name: name, Size: image.Pt(w, h), ToPicture: to}
	if lean != 0 {
		g := p.view(w, h, to, f)
		if light {
			g = inverted(g)
		}
		g = evened(g)
		if s.beyond(lean) {
			p.bare(g, to)
			out.Of = p.Gray.Rect.Size()
		}
		ink = inkOf(g)
	}
	var all []inked
	ink.pieces(func(r image.Rectangle, n int) {
		if n >= 3 {
			out.Pieces = append(out.Pieces, r)
			all = append(all, inked{r, n})
		}
	})
	out.Height = bodies(all, out.Size)
	return out
}

// Scale is how many pixels of the picture are one of Gray, a side.
func (p *Picture) Scale() float64 {
	if p.scale == 0 {
		return 1
	}
	return p.scale
}

// FromGray is a picture whose light is known already, because another program
// decoded it; size is that of the picture as people see it.
func FromGray(g *image.Gray, size image.Point, f Format) *Picture {
	return &Picture{Gray: g, Size: size, Format: f, scale: max(1, float64(size.X)/float64(max(1, g.Rect.Dx())))}
}

// Shrunk returns a picture of which each pixel is the mean of step x step.
func Shrunk(g *image.Gray, step int) *image.Gray { return grey(g, step) }

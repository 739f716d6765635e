package extract

import (
	"bytes"
	"image"

	"chancery.example/internal/pdf"
	"chancery.example/internal/pdf/lines"
)

// contrast is from how many levels of grey on two places look different.
const contrast = 24

// inked counts the pixels in a place that look different in two pictures of a
// page.
func inked(a, b *image.Gray, where image.Rectangle) int {
	where = where.Intersect(a.Rect).Intersect(b.Rect)
	n := 0
	for y := where.Min.Y; y < where.Max.Y; y++ {
		p, q := a.Pix[y*a.Stride:], b.Pix[y*b.Stride:]
		for x := where.Min.X; x < where.Max.X; x++ {
			if apart(p[x], q[x]) {
				n++
			}
		}
	}
	return n
}

func apart(p, q uint8) bool { return int(p)-int(q) >= contrast || int(q)-int(p) >= contrast }

// changed is the rectangle around all pixels that look different in two pictures,
// and how many they are.
func changed(a, b *image.Gray) (where image.Rectangle, n int) {
	for y := range min(a.Rect.Dy(), b.Rect.Dy()) {
		wide := min(a.Rect.Dx(), b.Rect.Dx())
		p, q := a.Pix[y*a.Stride:][:wide], b.Pix[y*b.Stride:][:wide]
		if bytes.Equal(p, q) { // as most are
			continue
		}
		for x := range wide {
			if apart(p[x], q[x]) {
				n++
				where = where.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return where, n
}

// fewEdges is how many edges along a line of pixels rules, boxes and a margin of
// dirt make; letters and pictures make more.
const fewEdges = 60

// pictured is the rectangle around what a page without its text shows that may be
// a picture of text: many edges beside each other. Empty when there is none.
func pictured(p *image.Gray) image.Rectangle {
	var where image.Rectangle
	edges := 0
	for y := range p.Rect.Dy() {
		row := p.Pix[y*p.Stride:][:p.Rect.Dx()]
		for x := 1; x < len(row); x++ {
			if int(row[x])-int(row[x-1]) >= 2*contrast || int(row[x-1])-int(row[x]) >= 2*contrast {
				edges++
				where = where.Union(image.Rect(x-1, y, x+1, y+1))
			}
		}
	}
	// A frame of rules has two edges for each row that it is high.
	if edges < fewEdges+6*where.Dy() && edges < 2000 || where.Dx() < 6 || where.Dy() < 6 {
		return image.Rectangle{}
	}
	return where
}

// anything is the rectangle around all that is not the colour of the page's corner.
func anything(p *image.Gray) image.Rectangle {
	blank := image.NewGray(p.Rect)
	for i := range blank.Pix {
		blank.Pix[i] = p.Pix[0]
	}
	where, n := changed(p, blank)
	if n < fewEdges {
		return image.Rectangle{}
	}
	return where
}

// least is how high the ink of letters is, in mm, that people can read.
const least = 0.55

// hideUnseen finds out which letters nobody sees. full is the page as it is shown, bare
// the page without its text.
func (s *sheet) hideUnseen(ws []lines.Word, full, bare *image.Gray) {
	for i := range ws {
		w := &ws[i]
		high, seen := 0.0, 0
		for j := range w.Letters {
			g := &w.Letters[j]
			if !g.Inked {
				continue
			}
			high = max(high, g.Box.Height())
			if at := g.Box.Over(); inked(full, bare, at) == 0 && inked(full, bare, at.Inset(-1)) == 0 {
				g.Hidden = true
			} else {
				seen++
			}
		}
		switch {
		case !w.Box.Over().Overlaps(full.Rect):
			w.Hidden, w.Why = true, pdf.OffPage
		case seen == 0:
			if w.Measured || inked(full, bare, w.Box.Over().Inset(-2)) == 0 {
				w.Hidden = true
			}
		case high < least*s.scale && w.Tells():
			w.Hidden, w.Why = true, pdf.Tiny
		}
	}
}

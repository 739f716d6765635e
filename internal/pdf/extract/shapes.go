package extract

import (
	"image"
	"unicode/utf8"

	"chancery.example/internal/layout"
	"chancery.example/internal/pdf"
	"chancery.example/internal/photo"
)

func inMM(r image.Rectangle) *layout.Box {
	const mm = 25.4 / pdf.DPI
	return &layout.Box{X: float64(r.Min.X) * mm, Y: float64(r.Min.Y) * mm, Width: float64(r.Dx()) * mm, Height: float64(r.Dy()) * mm}
}

// Readers of pictures misread one word in a hundred of a clean page. A word that
// they read as another may still be the layer's: when it looks, to the pixel, like
// the same word elsewhere on the page, where it was read as what the layer says.
// Whoever draws other letters than the layer has cannot have them look so.
type proved struct {
	view  view
	looks map[string][]image.Rectangle // of the picture, where a word was read as the layer has it
}

// maxLooks is how many places one word is held against.
const maxLooks = 12

// letterShapes collects the words on which layer and picture agree.
func letterShapes(text string, layer photo.Words, v view, groups []place) proved {
	p := proved{view: v, looks: map[string][]image.Rectangle{}}
	for _, g := range groups {
		if len(g.layer) != 1 || len(g.seen) != 1 {
			continue
		}
		w := layer[g.layer[0]]
		if s := text[w.From:w.To]; plain(s) == plain(v.said(g.seen)) && len(p.looks[s]) < maxLooks {
			p.looks[s] = append(p.looks[s], v.in(w.Box))
		}
	}
	return p
}

// confirm reports whether a word of the layer that was read as another is the
// layer's all the same.
func (p proved) confirm(said, read string, at image.Rectangle) bool {
	if utf8.RuneCountInString(read) > 3*utf8.RuneCountInString(said)+3 {
		return false
	}
	for _, other := range p.looks[said] {
		if same(p.view.picture, at, other) {
			return true
		}
	}
	return false
}

// same reports whether two places of a picture look the same, moved by a pixel at
// most.
func same(p *image.Gray, a, b image.Rectangle) bool {
	if dx, dy := a.Dx()-b.Dx(), a.Dy()-b.Dy(); dx < -2 || dx > 2 || dy < -2 || dy > 2 {
		return false
	}
	for dy := -1; dy <= 1; dy++ {
		for dx := -1; dx <= 1; dx++ {
			if alike(p, a, b.Min.Add(image.Pt(dx, dy))) {
				return true
			}
		}
	}
	return false
}

// alike reports whether the place a looks like that of the same size at b: nowhere
// is a spot of nine pixels much darker or lighter.
func alike(p *image.Gray, a image.Rectangle, b image.Point) bool {
	if !a.In(p.Rect) || !(image.Rectangle{Min: b, Max: b.Add(a.Size())}).In(p.Rect) {
		return false
	}
	const spot, much = 3, 9 * 64
	for y := 0; y+spot <= a.Dy(); y++ {
		for x := 0; x+spot <= a.Dx(); x++ {
			d := 0
			for i := range spot {
				q, r := p.Pix[(a.Min.Y+y+i)*p.Stride+a.Min.X+x:], p.Pix[(b.Y+y+i)*p.Stride+b.X+x:]
				for j := range spot {
					d += int(q[j]) - int(r[j])
				}
			}
			if d > much || d < -much {
				return false
			}
		}
	}
	return true
}

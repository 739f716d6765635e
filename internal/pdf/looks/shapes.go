package looks

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
// the same word elsewhere on the page, where it was read as what the layer says, or
// in the letter's own PDF. Whoever draws other letters than the layer has cannot have
// them look so.
type proved struct {
	view  view
	page  Known // where a word of the page was read as the layer has it
	known Known // of other files
}

// Known are places where a word stands that was read as it is, by its letters.
type Known map[string][]spot

// A spot is a place in a picture.
type spot struct {
	picture *image.Gray
	at      image.Rectangle
}

// maxLooks is how many places one word is held against.
const maxLooks = 12

func (l Known) add(s string, at spot) {
	if s = plain(s); s != "" && len(l[s]) < maxLooks {
		l[s] = append(l[s], at)
	}
}

// Learn collects the words on a page of a file that shows what it says.
func (l Known) Learn(r pdf.Reading, p Page) {
	v := view{picture: p.Picture}.fit(r.Pages[p.Number-1])
	first := r.First()
	for _, w := range first.Words {
		if w.Page == p.Number {
			l.add(first.Text[w.From:w.To], spot{p.Picture, v.in(w.Box)})
		}
	}
}

// letterShapes collects the words on which layer and picture agree.
func letterShapes(text string, layer photo.Words, v view, groups []place) proved {
	p := proved{view: v, page: Known{}}
	for _, g := range groups {
		if len(g.layer) != 1 || len(g.seen) != 1 {
			continue
		}
		w := layer[g.layer[0]]
		if s := text[w.From:w.To]; plain(s) == plain(v.said(g.seen)) {
			p.page.add(s, spot{v.picture, v.in(w.Box)})
		}
	}
	return p
}

// confirm reports whether a word of the layer looks like that word.
func (p proved) confirm(said string, at image.Rectangle) bool {
	for _, known := range []Known{p.page, p.known} {
		for _, other := range known[plain(said)] {
			if same(spot{p.view.picture, at}, other) {
				return true
			}
		}
	}
	return false
}

// confirmAll reports whether words of the layer that were read as others are the
// layer's all the same: each looks like that word, and the reader of pictures saw hardly
// more letters than they have.
func (p proved) confirmAll(text string, ws photo.Words, at []int, read string) bool {
	letters := 0
	for _, i := range at {
		s := text[ws[i].From:ws[i].To]
		n := utf8.RuneCountInString(plain(s))
		if letters += n; n > 0 && !p.confirm(s, p.view.in(ws[i].Box)) { // signs alone say nothing
			return false
		}
	}
	return 2*utf8.RuneCountInString(plain(read)) <= 3*letters+4
}

// same reports whether two places of nearly the same size look the same, moved by a
// pixel at most.
func same(a, b spot) bool {
	const most = 4 // pixels: who writes a sign apart has another box for it
	dx, dy := b.at.Dx()-a.at.Dx(), b.at.Dy()-a.at.Dy()
	if max(dx, dy) > most || min(dx, dy) < -most {
		return false
	}
	for y := min(0, dy) - 1; y <= max(0, dy)+1; y++ {
		for x := min(0, dx) - 1; x <= max(0, dx)+1; x++ {
			if alikeInPieces(a, spot{b.picture, b.at.Add(image.Pt(x, y))}) {
				return true
			}
		}
	}
	return false
}

// alikeInPieces is alike for long words, in which the letters at one end may stand a
// pixel further on than those at the other.
func alikeInPieces(a, b spot) bool {
	const piece = 4 // times as wide as high
	n := a.at.Dx()/(piece*max(1, a.at.Dy())) + 1
	for i := range n {
		from, to := i*a.at.Dx()/n, (i+1)*a.at.Dx()/n
		p := spot{a.picture, image.Rect(a.at.Min.X+from, a.at.Min.Y, a.at.Min.X+to, a.at.Max.Y)}
		q := spot{b.picture, p.at.Sub(a.at.Min).Add(b.at.Min)}
		if !alike(p, q) && (n == 1 || !alike(p, spot{q.picture, q.at.Add(image.Pt(1, 0))}) && !alike(p, spot{q.picture, q.at.Sub(image.Pt(1, 0))})) {
			return false
		}
	}
	return true
}

// Levels of grey by which places are told to look alike.
const (
	leastContrast = 100 // between ink and paper: what is paler is not held against anything
	otherContrast = 60  // ... of two places
)

// alike reports whether the place a looks like that of the same size where b begins.
// Programs draw the letters of a word to whole pixels, each for itself: so where one has
// ink the other has some within a pixel, and where one has none the other has such a
// place. Other letters differ by more, at the size at which pages are looked at.
func alike(a, b spot) bool {
	b.at = image.Rectangle{Min: b.at.Min, Max: b.at.Min.Add(a.at.Size())}
	if !a.at.In(a.picture.Rect) || !b.at.In(b.picture.Rect) {
		return false
	}
	ink, paper := a.levels()
	ink2, paper2 := b.levels()
	if paper-ink < leastContrast || ink-ink2 > otherContrast || ink2-ink > otherContrast || paper-paper2 > otherContrast || paper2-paper > otherContrast {
		return false
	}
	return a.within(b, ink, paper) && b.within(a, ink, paper)
}

// levels are the darkest and the lightest grey of a place.
func (s spot) levels() (ink, paper int) {
	ink, paper = 255, 0
	for y := s.at.Min.Y; y < s.at.Max.Y; y++ {
		for _, v := range s.picture.Pix[y*s.picture.Stride:][s.at.Min.X:s.at.Max.X] {
			ink, paper = min(ink, int(v)), max(paper, int(v))
		}
	}
	return ink, paper
}

// within reports whether all that is clearly ink or clearly paper in a place is not
// clearly the other thing in the nine pixels of the same place in another picture.
func (s spot) within(o spot, ink, paper int) bool {
	span := paper - ink
	dark, light := uint8(ink+span/3), uint8(paper-span/4)             //nolint:gosec // between two levels
	darkEnough, lightEnough := uint8(paper-span/3), uint8(ink+span/2) //nolint:gosec // likewise
	for y := range s.at.Dy() {
		row := s.picture.Pix[(s.at.Min.Y+y)*s.picture.Stride+s.at.Min.X:]
		for x := range s.at.Dx() {
			v := row[x]
			if v > dark && v < light {
				continue
			}
			darkest, lightest := o.around(x, y)
			if v <= dark && darkest > darkEnough || v >= light && lightest < lightEnough {
				return false
			}
		}
	}
	return true
}

// around are the darkest and lightest of the nine pixels at a place.
func (s spot) around(x, y int) (darkest, lightest uint8) {
	darkest = 255
	at := image.Rect(s.at.Min.X+x-1, s.at.Min.Y+y-1, s.at.Min.X+x+2, s.at.Min.Y+y+2).Intersect(s.picture.Rect)
	for y := at.Min.Y; y < at.Max.Y; y++ {
		for _, v := range s.picture.Pix[y*s.picture.Stride:][at.Min.X:at.Max.X] {
			darkest, lightest = min(darkest, v), max(lightest, v)
		}
	}
	return darkest, lightest
}

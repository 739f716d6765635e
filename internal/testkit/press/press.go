package press

import (
	"image"
	"image/draw"
	"math"
	"strings"
	"sync"
	"testing"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"chancery.example/internal/layout"
	"chancery.example/internal/pdf/typeset"
	"chancery.example/internal/photo/photosim"
	"chancery.example/letter"
)

// perMM is how many pixels of a page are a millimetre.
const perMM = photosim.Width / 210.0

const fine = photosim.Fine

// A Press sets pages word by word and knows where each word stands. Words of a
// script that joins its letters never join across a space, so that each can be
// cast by itself.
type Press struct {
	RightToLeft bool
	size        float64 // of the letters, in pixels of the print
	cast        func(text string) piece
	mu          sync.Mutex
	cases       map[string]piece
}

// A piece is a word in metal: its ink, 255 where it is black, with the place of
// its upper left corner from where the pen stands.
type piece struct {
	ink       *image.Gray
	left, top int
	advance   int
}

// Latin is a press with Go's own font; size is that of the letters in pixels of
// the page, 25 for 12 points.
func Latin(t testing.TB, size float64) *Press {
	t.Helper()
	f, err := opentype.Parse(goregular.TTF)
	if err != nil {
		t.Fatal(err)
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: size * fine, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		t.Fatal(err)
	}
	p := &Press{size: size * fine, cases: map[string]piece{}}
	p.cast = func(text string) piece {
		d := font.Drawer{Face: face}
		advance := d.MeasureString(text).Ceil()
		high := int(size * fine * 2)
		g := image.NewGray(image.Rect(0, 0, advance+high, 2*high))
		d.Dst, d.Src, d.Dot = g, image.White, fixed.P(high/2, high)
		d.DrawString(text)
		return trimmed(g, image.Pt(high/2, high), advance)
	}
	return p
}

// trimmed cuts the ink out of a picture in which the pen stood at a place.
func trimmed(g *image.Gray, pen image.Point, advance int) piece {
	var r image.Rectangle
	for y := range g.Rect.Dy() {
		for x := range g.Rect.Dx() {
			if g.Pix[y*g.Stride+x] > 96 {
				r = r.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	if r.Empty() {
		return piece{ink: image.NewGray(image.Rectangle{}), advance: advance}
	}
	out := image.NewGray(image.Rect(0, 0, r.Dx()+2, r.Dy()+2)) // with its soft edge
	draw.Draw(out, out.Rect, g, r.Min.Sub(image.Pt(1, 1)), draw.Src)
	return piece{out, r.Min.X - 1 - pen.X, r.Min.Y - 1 - pen.Y, advance}
}

// Serif and Naskh are presses with the letters' own typefaces, Noto Serif and Noto
// Naskh Arabic; size is that of the letters in pixels of the page.
func Serif(t testing.TB, size float64) *Press { return house(t, "en", size) }

// Naskh is the Arabic one.
func Naskh(t testing.TB, size float64) *Press { return house(t, "ar", size) }

func house(t testing.TB, language letter.Lang, size float64) *Press {
	t.Helper()
	p := &Press{RightToLeft: language.RTL(), size: size * fine, cases: map[string]piece{}}
	em := p.size
	if p.RightToLeft {
		em /= 1.2 // by which Arabic letters are larger than Latin ones beside them
	}
	p.cast = func(text string) piece {
		c, err := typeset.CastWord(text, language, em)
		if err != nil {
			t.Fatal(err)
		}
		return trimmed(c.Ink, image.Pt(-c.Left, -c.Top), int(math.Ceil(c.Advance)))
	}
	return p
}

// of returns the word as it was cast.
func (p *Press) of(text string) piece {
	p.mu.Lock()
	defer p.mu.Unlock()
	c, ok := p.cases[text]
	if !ok {
		c = p.cast(text)
		p.cases[text] = c
	}
	return c
}

// Word sets one word alone, black on white, at a size in pixels; its ink fills
// the picture.
func (p *Press) Word(text string, size float64) (*image.Gray, error) {
	c := p.of(text)
	f := size / p.size
	w, h := max(1, int(math.Round(float64(c.ink.Rect.Dx())*f))), max(1, int(math.Round(float64(c.ink.Rect.Dy())*f)))
	out := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			out.Pix[y*w+x] = 255 - uint8(mean(c.ink, float64(x)/f, float64(y)/f, 1/f))
		}
	}
	return out, nil
}

// mean is the light of a square of a picture.
func mean(g *image.Gray, x, y, side float64) float64 {
	sum, n := 0, 0
	for yy := int(y); yy < max(int(y)+1, int(y+side)) && yy < g.Rect.Dy(); yy++ {
		for xx := int(x); xx < max(int(x)+1, int(x+side)) && xx < g.Rect.Dx(); xx++ {
			sum, n = sum+int(g.Pix[yy*g.Stride+xx]), n+1
		}
	}
	if n == 0 {
		return 0
	}
	return float64(sum) / float64(n)
}

// A put is a word with the place of its pen on the print.
type put struct {
	piece
	at image.Point
}

// Layout says where the words of a text stand: "\n" begins a line, lines that are
// too long are broken, what does not fit on the page is left out.
func (p *Press) Layout(text string) layout.Page {
	page, _ := p.compose(text)
	return page
}

func (p *Press) compose(text string) (layout.Page, []put) {
	const left, right, foot = margin * fine, (photosim.Width - margin) * fine, (photosim.Height - margin) * fine
	page := layout.Page{Width: 210, Height: photosim.Height / perMM}
	var puts []put
	space := int(p.size * .28)
	x, y, line, at := 0, margin*fine, 0, 0
	for para := range strings.SplitSeq(text, "\n") {
		x, y, line = 0, y+int(p.size*1.5), line+1
		for w := range strings.FieldsSeq(para) {
			c := p.of(w)
			if x > 0 && left+x+c.advance > right {
				x, y, line = 0, y+int(p.size*1.5), line+1
			}
			if y > foot {
				return page, puts
			}
			pen := left + x
			if p.RightToLeft {
				pen = right - x - c.advance
			}
			puts = append(puts, put{c, image.Pt(pen, y)})
			const mm = perMM * fine
			page.Words = append(page.Words, layout.Word{
				Text: w, Line: line, Part: layout.Body, Baseline: float64(y) / mm, From: at + strings.Index(text[at:], w),
				Box: layout.Box{X: float64(pen+c.left+1) / mm, Y: float64(y+c.top+1) / mm, Width: float64(c.ink.Rect.Dx()-2) / mm, Height: float64(c.ink.Rect.Dy()-2) / mm},
			})
			last := &page.Words[len(page.Words)-1]
			last.To = last.From + len(w)
			at = last.To
			x += c.advance + space
		}
	}
	return page, puts
}

// Print sets a text as a page.
func (p *Press) Print(text string) photosim.Page {
	page, puts := p.compose(text)
	print := image.NewGray(image.Rect(0, 0, photosim.Width*fine, photosim.Height*fine))
	for i := range print.Pix {
		print.Pix[i] = 245
	}
	for _, c := range puts {
		for y := range c.ink.Rect.Dy() {
			for x := range c.ink.Rect.Dx() {
				if v := int(c.ink.Pix[y*c.ink.Stride+x]); v > 0 {
					o := print.PixOffset(c.at.X+c.left+x, c.at.Y+c.top+y)
					if o >= 0 && o < len(print.Pix) {
						print.Pix[o] = min(print.Pix[o], uint8(245-v*220/255)) //nolint:gosec // at least 25
					}
				}
			}
		}
	}
	out := photosim.Printed(print)
	out.Layout = page
	var b strings.Builder
	for i, w := range page.Words {
		switch {
		case i > 0 && w.Line != page.Words[i-1].Line:
			b.WriteByte('\n')
		case i > 0:
			b.WriteByte(' ')
		}
		b.WriteString(w.Text)
	}
	out.Text = b.String()
	return out
}

// Rendered shows a page as a renderer of files would, at so many dots to the
// millimetre.
func Rendered(p photosim.Page, dots float64) *image.Gray {
	out := image.NewGray(image.Rect(0, 0, int(210*dots), int(297*dots)))
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			out.Pix[y*out.Stride+x] = uint8(p.Light((float64(x)+.5)*perMM/dots, (float64(y)+.5)*perMM/dots))
		}
	}
	return out
}

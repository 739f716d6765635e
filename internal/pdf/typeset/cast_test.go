package typeset_test

import (
	"image"
	"math"
	"strings"
	"testing"

	"chancery.example/internal/layout"
	"chancery.example/internal/pdf/typeset"
	"chancery.example/letter"
)

// A word that is cast alone has the ink that it has on the page: every word of a
// letter in English and Arabic, with its figures.
func TestCastWord(t *testing.T) {
	const perMM = 8.0
	r := set(t, harbour(t))
	size := 0.0 // of Latin letters of the body, in millimetres
	for p, page := range r.Pages {
		for _, g := range r.Glyphs[p] {
			if w := page.Words[g.Word]; size == 0 && w.Part == layout.Body && w.Language == "en" {
				size = g.Size
			}
		}
	}
	n := 0
	for _, page := range r.Pages {
		subject := 0 // its line, which is bold
		for _, w := range page.Words {
			if w.Text == "Subject:" || w.Text == "الموضوع:" {
				subject = w.Line
			}
			if w.Part != layout.Body || w.Box.Height == 0 || w.Line == subject {
				continue
			}
			c, err := typeset.CastWord(w.Text, letter.Lang(w.Language), size*perMM)
			if err != nil {
				t.Fatal(err)
			}
			ink, top := inked(c.Ink), (w.Baseline-w.Box.Y)*perMM
			if math.Abs(float64(ink.Dx())-w.Box.Width*perMM) > 2 || math.Abs(float64(ink.Dy())-w.Box.Height*perMM) > 2 || math.Abs(float64(-c.Top-ink.Min.Y)-top) > 2 {
				t.Errorf("%q is %v, %d above the line: on the page %.1f x %.1f, %.1f above it", w.Text, ink, -c.Top-ink.Min.Y, w.Box.Width*perMM, w.Box.Height*perMM, top)
			}
			if !ink.Inset(-1).In(c.Ink.Rect) {
				t.Errorf("%q has no paper around it: %v of %v", w.Text, ink, c.Ink.Rect)
			}
			n++
		}
	}
	if n < 200 {
		t.Errorf("only %d words were cast", n)
	}
	for _, text := range []string{"two words", strings.Repeat("m", 300), "字"} {
		if _, err := typeset.DrawWord(text, 20); err == nil {
			t.Errorf("%.10q was drawn", text)
		}
	}
	if _, err := typeset.DrawWord("long", 5000); err == nil {
		t.Error("a word of 5,000 pixels was drawn")
	}
}

// inked is the rectangle around ink.
func inked(g *image.Gray) (out image.Rectangle) {
	for y := range g.Rect.Dy() {
		for x, v := range g.Pix[y*g.Stride : y*g.Stride+g.Rect.Dx()] {
			if v > 96 {
				out = out.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return out
}

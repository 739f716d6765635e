package extract

import (
	"fmt"
	"math"

	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"

	"chancery.example/internal/pdf"
)

// maxLetters is how many letters of a file are read.
const maxLetters = 400_000

// A glyph is one letter of a page's text layer.
type glyph struct {
	r      rune
	box    rect // in pixels of the page's picture; around its ink, as the font says
	index  int  // in pdfium's order
	made   bool // by pdfium, to part words and lines
	hidden bool
	inked  bool // has a place where ink is looked for
}

// letters returns the text layer of a page.
func (s *sheet) letters(text references.FPDF_TEXTPAGE, most int) ([]glyph, error) {
	n, err := s.FPDFText_CountChars(&requests.FPDFText_CountChars{TextPage: text})
	if err != nil {
		return nil, fmt.Errorf("counting letters: %w", err)
	}
	if n.Count > most {
		return nil, problem(pdf.TooLarge, "it has more than %d letters: give the pages in question", maxLetters)
	}
	out := make([]glyph, 0, max(0, n.Count))
	for i := range n.Count {
		u, err := s.FPDFText_GetUnicode(&requests.FPDFText_GetUnicode{TextPage: text, Index: i})
		if err != nil {
			return nil, fmt.Errorf("reading letter %d: %w", i, err)
		}
		g := glyph{r: rune(u.Unicode), index: i} //nolint:gosec // looked at below
		if u.Unicode == 0 || u.Unicode > 0x10ffff {
			g.r = '\ufffd'
		}
		if box, err := s.FPDFText_GetCharBox(&requests.FPDFText_GetCharBox{TextPage: text, Index: i}); err == nil {
			g.box = s.rect(box.Left, box.Bottom, box.Right, box.Top)
			g.inked = g.box.width() > 0 && g.box.height() > 0
		}
		if isSpace(g.r) {
			made, err := s.FPDFText_IsGenerated(&requests.FPDFText_IsGenerated{TextPage: text, Index: i})
			g.made, g.inked = err == nil && made.IsGenerated, false
		}
		out = append(out, g)
	}
	return out, nil
}

func isSpace(r rune) bool { return r == ' ' || r == '\n' || r == '\r' || r == '\t' || r == 0xa0 }

// rect is a rectangle of the page in pixels of its picture.
func (s *sheet) rect(l, b, r, t float64) rect {
	x0, y0 := s.at.apply(l, b)
	x1, y1 := s.at.apply(r, t)
	out := rect{min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)}
	for _, v := range [...]float64{out.x0, out.y0, out.x1, out.y1} {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return rect{}
		}
	}
	return out
}

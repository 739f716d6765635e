package extract

import (
	"fmt"
	"math"

	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"

	"chancery.example/internal/pdf"
	"chancery.example/internal/pdf/lines"
)

// maxLetters is how many letters of a file are read.
const maxLetters = 400_000

// letters returns the text layer of a page.
func (s *sheet) letters(text references.FPDF_TEXTPAGE, most int) ([]lines.Letter, error) {
	n, err := s.FPDFText_CountChars(&requests.FPDFText_CountChars{TextPage: text})
	if err != nil {
		return nil, fmt.Errorf("counting letters: %w", err)
	}
	if n.Count > most {
		return nil, problem(pdf.TooLarge, "it has more than %d letters: give the pages in question", maxLetters)
	}
	out := make([]lines.Letter, 0, max(0, n.Count))
	for i := range n.Count {
		u, err := s.FPDFText_GetUnicode(&requests.FPDFText_GetUnicode{TextPage: text, Index: i})
		if err != nil {
			return nil, fmt.Errorf("reading letter %d: %w", i, err)
		}
		g := lines.Letter{R: rune(u.Unicode), Index: i} //nolint:gosec // looked at below
		if box, err := s.FPDFText_GetCharBox(&requests.FPDFText_GetCharBox{TextPage: text, Index: i}); err == nil {
			g.Box = s.rect(box.Left, box.Bottom, box.Right, box.Top)
			g.Inked = g.Box.Width() > 0 && g.Box.Height() > 0
		}
		if lines.IsSpace(g.R) {
			g.Inked = false
		}
		switch {
		case u.Unicode == 0:
			out = append(out, s.told(text, g)...)
		case u.Unicode > 0x10ffff:
			g.R = '\ufffd'
			out = append(out, g)
		default:
			out = append(out, g)
		}
	}
	lines.Ligated(out)
	return out, nil
}

// rect is a rectangle of the page in pixels of its picture.
func (s *sheet) rect(l, b, r, t float64) lines.Rect {
	x0, y0 := s.at.apply(l, b)
	x1, y1 := s.at.apply(r, t)
	out := lines.Rect{X0: min(x0, x1), Y0: min(y0, y1), X1: max(x0, x1), Y1: max(y0, y1)}
	for _, v := range [...]float64{out.X0, out.Y0, out.X1, out.Y1} {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return lines.Rect{}
		}
	}
	return out
}

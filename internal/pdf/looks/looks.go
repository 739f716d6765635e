// Package looks puts what the pages of a PDF look like, read as pictures, before what
// their text layer says. A text layer is the file's own word, and so are the names of its
// letters; a picture of the page is what people see.
//
//	known := looks.Known{}
//	known.Learn(own, looks.Page{Number: 1, Picture: drawn}) // a file that shows what it says
//	r = looks.Over(r, []looks.Page{{Number: 1, Picture: page, Read: reading}}, known)
package looks

import (
	"image"
	"math"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"chancery.example/internal/layout"
	"chancery.example/internal/pdf"
	"chancery.example/internal/photo"
)

// A Page is a page's picture and, unless it is only known, what was read in it.
type Page struct {
	Number  int // from 1
	Picture *image.Gray
	Read    photo.Reading
}

// Over puts what pages look like before what their text layer says. Pages that are not
// among them are as they were read. A word that looks like one that is known is not
// misread, however it was read.
func Over(r pdf.Reading, pages []Page, known Known) pdf.Reading {
	seen := map[int]view{}
	for _, p := range pages {
		seen[p.Number] = view{read: p.Read, picture: p.Picture}.fit(r.Pages[p.Number-1])
	}
	return looked(r, seen, known)
}

// A view is one page read as a picture.
type view struct {
	read    photo.Reading
	picture *image.Gray
	scale   float64 // pixels of the picture to one at pdf.DPI
}

// fit finds out how the picture measures beside the page.
func (v view) fit(p layout.Page) view {
	v.scale = float64(v.picture.Rect.Dx()) / (p.Width / 25.4 * pdf.DPI)
	return v
}

// at is a place of the picture in pixels at pdf.DPI, and of those in the picture.
func (v view) at(r image.Rectangle) image.Rectangle { return scaled(r, 1/v.scale) }
func (v view) in(r image.Rectangle) image.Rectangle { return scaled(r, v.scale) }

func scaled(r image.Rectangle, k float64) image.Rectangle {
	return image.Rect(int(math.Floor(float64(r.Min.X)*k)), int(math.Floor(float64(r.Min.Y)*k)), int(math.Ceil(float64(r.Max.X)*k)), int(math.Ceil(float64(r.Max.Y)*k)))
}

// looked puts what pages look like before what their text layer says.
func looked(r pdf.Reading, seen map[int]view, known Known) pdf.Reading {
	r.Seen = pdf.SeenPicture
	for i := range r.Pages {
		if _, ok := seen[i+1]; !ok {
			r.Seen = pdf.SeenPart
		}
	}
	var layer []string
	for i, v := range r.Versions {
		m := &merger{views: seen, version: v, known: known}
		text, differs := m.merge(len(r.Pages))
		if i == 0 {
			r.Remarks = append(r.Remarks, m.remarks...)
			if differs && r.Layer == "" {
				layer = append(layer, v.Text)
			}
			for p := range r.Pages {
				r.Pages[p].Words = wordsOf(text, p+1)
			}
		}
		r.Versions[i] = text
	}
	if len(r.Versions) > 1 && r.Versions[0].Text == r.Versions[1].Text {
		r.Versions = r.Versions[:1]
	}
	r.Layer += strings.Join(layer, "")
	r.Remarks = r.Remarks[:min(len(r.Remarks), 200)]
	return r
}

// wordsOf are the words of a page in mm.
func wordsOf(v pdf.Version, page int) []layout.Word {
	const mm = 25.4 / pdf.DPI
	out := []layout.Word{}
	first := 0
	for _, w := range v.Words {
		if w.Page != page {
			continue
		}
		if first == 0 {
			first = w.Line
		}
		b := layout.Box{X: float64(w.Box.Min.X) * mm, Y: float64(w.Box.Min.Y) * mm, Width: float64(w.Box.Dx()) * mm, Height: float64(w.Box.Dy()) * mm}
		out = append(out, layout.Word{Text: v.Text[w.From:w.To], Box: b, Baseline: b.Y + b.Height, Line: w.Line - first + 1, Part: layout.Body})
	}
	return out
}

// plain are the letters and digits of a word, for comparing: what is written above
// and below Arabic letters, and marks around words, are read too poorly.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == 'ى' || r == 'ئ':
			return 'ي'
		case r == 'أ' || r == 'إ' || r == 'آ' || r == 'ٱ':
			return 'ا'
		case r == 'ؤ':
			return 'و'
		case r == 'ة':
			return 'ه'
		case r >= '٠' && r <= '٩':
			return r - '٠' + '0'
		case r >= '۰' && r <= '۹':
			return r - '۰' + '0'
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFKC.String(s))
}

package extract

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"chancery.example/internal/layout"
	"chancery.example/internal/pdf"
	"chancery.example/internal/photo"
)

// Look reads a PDF as Read does, has its pages read as pictures as well, and puts
// what they show before what the text layer says. Pages that could not be read as
// pictures are as Read has them. A word that looks like the same word in one of the
// files like, which show what they say - the letter's own PDF - is not misread, however
// it was read. The errors are those of Read, and pdf.NoReader where nothing is there to
// read pictures.
func (r *Reader) Look(ctx context.Context, data []byte, like ...[]byte) (pdf.Reading, error) {
	if r.opts.Pictures == nil {
		return pdf.Reading{}, problem(pdf.NoReader, "pictures are not read here")
	}
	a, err := r.ask(ctx, data, lookRead)
	if err != nil {
		return pdf.Reading{}, err
	}
	out := *a.Reading
	if len(a.Pictures) == 0 {
		return out, nil
	}
	seen := map[int]view{}
	for _, p := range a.Pictures {
		var packed bytes.Buffer
		g := &image.Gray{Pix: p.Pix, Stride: p.W, Rect: image.Rect(0, 0, p.W, p.H)}
		if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&packed, g); err != nil {
			return out, nil //nolint:nilerr // then it is the reading without pictures
		}
		read, err := r.opts.Pictures(ctx, packed.Bytes())
		if ctx.Err() != nil {
			return pdf.Reading{}, ctx.Err()
		}
		if err == nil && read.Check() == nil {
			seen[p.Page] = view{read: read, picture: g}.fit(out.Pages[p.Page-1])
		}
	}
	known := looks{}
	for _, file := range like {
		b, err := r.ask(ctx, file, lookRead)
		if ctx.Err() != nil {
			return pdf.Reading{}, ctx.Err()
		}
		if err == nil {
			known.learn(b)
		}
	}
	return looked(out, seen, known), nil
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
	return rect{float64(r.Min.X) * k, float64(r.Min.Y) * k, float64(r.Max.X) * k, float64(r.Max.Y) * k}.over()
}

// looked puts what pages look like before what their text layer says.
func looked(r pdf.Reading, seen map[int]view, known looks) pdf.Reading {
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

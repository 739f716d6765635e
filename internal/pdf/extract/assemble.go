package extract

import (
	"image"
	"strings"

	"chancery.example/internal/layout"
	"chancery.example/internal/pdf"
	"chancery.example/internal/pdf/lines"
	"chancery.example/internal/photo"
)

// assemble makes a reading of what was found on each page.
func assemble(leaves []leaf) pdf.Reading {
	r := pdf.Reading{Seen: pdf.SeenInk}
	first, second, layer := &writer{}, &writer{}, &writer{all: true}
	hidden := false
	for i, l := range leaves {
		p := layout.Page{Width: l.width, Height: l.height, Words: []layout.Word{}}
		for _, w := range first.page(i+1, l, lines.Placed(l.words)) {
			p.Words = append(p.Words, l.layoutWord(w.Word, w.text, w.Line))
		}
		second.page(i+1, l, l.words)
		layer.page(i+1, l, l.words)
		r.Pages, r.Looks = append(r.Pages, p), append(r.Looks, l.look)
		r.Remarks = append(r.Remarks, l.remarks...)
		if l.part {
			r.Seen = pdf.SeenPart
		}
		for _, w := range l.words {
			hidden = hidden || w.Hidden || w.Text(true) != w.Text(false)
		}
	}
	r.Versions = []pdf.Version{first.version()}
	if second.text.String() != first.text.String() {
		r.Versions = append(r.Versions, second.version())
	}
	if hidden {
		r.Layer = layer.text.String()
	}
	return r
}

// A writer writes words as a text.
type writer struct {
	all   bool // also those that nobody sees
	text  strings.Builder
	words photo.Words
	line  int
}

// A writtenWord is a word as it stands in the text.
type writtenWord struct {
	lines.Word
	text string
	line int // of the page
}

// page writes the words of a page and returns them.
func (t *writer) page(page int, l leaf, ws []lines.Word) []writtenWord {
	var out []writtenWord
	at, line := 0, 0
	for _, w := range ws {
		s := w.Text(t.all)
		if s == "" || w.Twice || w.Hidden && !t.all {
			continue
		}
		switch {
		case at != w.Line:
			t.line++
			line++
			if t.text.Len() > 0 {
				t.text.WriteString("\n")
				if w.Gap || at == 0 {
					t.text.WriteString("\n")
				}
			}
		default:
			t.text.WriteString(" ")
		}
		at = w.Line
		from := t.text.Len()
		t.text.WriteString(s)
		t.words = append(t.words, photo.Word{From: from, To: t.text.Len(), Line: t.line, Page: page, Confidence: 1, Box: l.pixels(w.Box)})
		out = append(out, writtenWord{w, s, line})
	}
	return out
}

// pixels is a place in pixels at pdf.DPI.
func (l leaf) pixels(r lines.Rect) image.Rectangle {
	k := pdf.DPI / 25.4 / l.scale
	b := lines.Rect{X0: r.X0 * k, Y0: r.Y0 * k, X1: r.X1 * k, Y1: r.Y1 * k}.Over()
	b = b.Intersect(image.Rect(0, 0, photo.MaxSide, photo.MaxSide))
	if b.Empty() {
		at := image.Pt(max(0, min(b.Min.X, photo.MaxSide-1)), max(0, min(b.Min.Y, photo.MaxSide-1)))
		b = image.Rectangle{Min: at, Max: at.Add(image.Pt(1, 1))}
	}
	return b
}

func (t *writer) version() pdf.Version { return pdf.Version{Text: t.text.String(), Words: t.words} }

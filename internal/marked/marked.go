// Package marked shows an answer on pictures: the reader's own photo or PDF page with
// every difference marked, beside the registered page with the same numbers.
//
//	m := marked.Marker{Pictures: ocrReader, PDFs: pdfReader, Forms: register.Form}
//	answer, err := m.Mark(ctx, snapshot, finding, data)
//
// The registered page is the PDF that the letter was issued as, where the register
// keeps it; else the registered words as this program sets them, and the answer says
// which. Foreign bytes are decoded and drawn by the locked-in children of
// internal/photo/ocr and internal/pdf/extract alone; here arrive grey pixels.
package marked

import (
	"context"
	"errors"
	"fmt"
	"image"
	"slices"

	"chancery.example/internal/check"
	"chancery.example/internal/drawn"
	"chancery.example/internal/drawn/mark"
	"chancery.example/internal/layout"
	"chancery.example/internal/marked/marks"
	"chancery.example/internal/pdf"
	"chancery.example/internal/photo"
	"chancery.example/letter"
	"chancery.example/register"
)

// MostPages is how many pages of each side are drawn; the others are named.
const MostPages = 4

// ErrNothing says that there is nothing to draw: no place of a picture or PDF differs.
var ErrNothing = errors.New("no place of a picture or PDF differs from the record")

// A Marker marks answers.
type Marker struct {
	Pictures Pictures
	PDFs     PDFs
	// Forms returns the PDF of a digest as which a letter was issued; an error when the
	// register does not keep it. nil: none is kept.
	Forms func(letter.Hash) ([]byte, error)
	// Known has the pages that photos were held against; nil: there are none.
	Known Known
}

// Known is where words stand on pages that are known by their shape, and how the pages
// look (internal/shapes).
type Known interface {
	Pages(digest letter.Hash) ([]layout.Page, bool)
	Drawn(ctx context.Context, digest letter.Hash, page int) (*image.Gray, error)
}

// Pictures decodes pictures (internal/photo/ocr).
type Pictures interface {
	Picture(ctx context.Context, data []byte) (*photo.Picture, error)
}

// PDFs reads PDFs and draws their pages (internal/pdf/extract).
type PDFs interface {
	Read(ctx context.Context, data []byte) (pdf.Reading, error)
	Draw(ctx context.Context, data []byte, pages []int, side int) ([]*image.Gray, error)
}

// Records is what is asked of a register (check.Snapshot).
type Records interface {
	State() *register.State
	TextOf(leaf letter.Hash) (letter.Text, bool)
}

// An Answer is an answer on pictures.
type Answer struct {
	Copy, Record Side
	Of           Origin // of the record's pages
}

// An Origin says what the record's pages are.
type Origin string

// The origins.
const (
	OfForm Origin = "form" // the PDF that the letter was issued as
	OfText Origin = "text" // the registered words, set by this program
	OfNone Origin = "none" // there are none: the words of record are not public
)

// A Side is the pages of the copy or of the record on which something is marked, in
// their order.
type Side struct {
	Pages  []Page
	Photo  bool  // it was a picture, not pages of a PDF
	Absent []int // numbers of differences that are on no page drawn
}

// A Page is one drawn page.
type Page struct {
	Number  int         // from 1
	Picture *image.Gray // as it is, without marks
	Marks   []mark.Mark // in its own order and the picture's pixels
}

// Drawn returns the page with its marks drawn on it, and their numbers beside it.
func (p Page) Drawn() *image.RGBA { return drawn.Draw(p.Picture, p.Marks) }

// Numbers returns the numbers of the differences that a page shows.
func (p Page) Numbers() []int {
	var out []int
	for _, m := range p.Marks {
		if !slices.Contains(out, m.Number) {
			out = append(out, m.Number)
		}
	}
	slices.Sort(out)
	return out
}

// Kinds returns the kinds of marks that either side shows.
func (a Answer) Kinds() []mark.Kind {
	var out []mark.Kind
	for _, k := range mark.Kinds() {
		shown := func(p Page) bool { return slices.ContainsFunc(p.Marks, func(m mark.Mark) bool { return m.Kind == k }) }
		if slices.ContainsFunc(a.Copy.Pages, shown) || slices.ContainsFunc(a.Record.Pages, shown) {
			out = append(out, k)
		}
	}
	return out
}

// Drawable reports whether a finding has anything to be drawn, without drawing it. An
// answer about a sealed draft has not: no word of that is shown.
func Drawable(f check.Finding) bool {
	return f.Record != nil && f.Match != nil && *f.Match != check.Most && len(f.Words()) > 0 && len(f.Differences) > 0
}

// Mark draws a finding about data, an exhibit that is a picture or a PDF.
func (m Marker) Mark(ctx context.Context, r Records, f check.Finding, data []byte) (Answer, error) {
	if !Drawable(f) {
		return Answer{}, ErrNothing
	}
	var a Answer
	on := marks.OnCopy(f)
	var err error
	if check.IsPDF(data) {
		a.Copy.Pages, err = m.drawPDF(ctx, data, on, pdf.DPI/25.4)
	} else {
		a.Copy.Photo = true
		a.Copy.Pages, err = m.drawPicture(ctx, data, on)
	}
	if err != nil {
		return Answer{}, fmt.Errorf("drawing the copy: %w", err)
	}
	if a.Record, a.Of, err = m.record(ctx, r, f); err != nil {
		return Answer{}, fmt.Errorf("drawing the record: %w", err)
	}
	a.Copy.Absent, a.Record.Absent = absent(a.Copy.Pages, len(f.Differences)), absent(a.Record.Pages, len(f.Differences))
	return a, nil
}

// drawPicture draws the marks of a picture.
func (m Marker) drawPicture(ctx context.Context, data []byte, on []mark.Mark) ([]Page, error) {
	p, err := m.Pictures.Picture(ctx, data)
	if err != nil {
		return nil, err //nolint:wrapcheck // the caller says what was tried
	}
	scale := float64(p.Size.X) / float64(max(1, p.Gray.Rect.Dx()))
	return []Page{pageOf(1, p.Gray, scale, on)}, nil
}

// drawPDF draws the pages of a PDF on which there are marks, whose places are in
// pixels, so many to a millimetre.
func (m Marker) drawPDF(ctx context.Context, data []byte, all []mark.Mark, scale float64) ([]Page, error) {
	on, numbers := onPages(all)
	if len(numbers) == 0 {
		return nil, nil
	}
	reading, err := m.PDFs.Read(ctx, data) // for the size of its pages
	if err != nil {
		return nil, err //nolint:wrapcheck // the caller says what was tried
	}
	drawnPages, err := m.PDFs.Draw(ctx, data, numbers, drawn.MaxSide)
	if err != nil {
		return nil, err //nolint:wrapcheck // likewise
	}
	var out []Page
	for i, g := range drawnPages {
		n := numbers[i]
		if n > len(reading.Pages) {
			continue
		}
		of := reading.Pages[n-1].Width * scale / float64(max(1, g.Rect.Dx()))
		out = append(out, pageOf(n, g, of, on[n]))
	}
	return out, nil
}

// pageOf makes a page of a picture and marks that have other pixels: scale of them are
// one of the picture's.
func pageOf(number int, g *image.Gray, scale float64, on []mark.Mark) Page {
	p := Page{Number: number}
	p.Picture, p.Marks = drawn.Fit(g, scale, on)
	return p
}

// onPages parts marks by their page, and lists the pages that are drawn.
func onPages(all []mark.Mark) (on map[int][]mark.Mark, numbers []int) {
	on = map[int][]mark.Mark{}
	for _, x := range all {
		on[x.Spot.Page] = append(on[x.Spot.Page], x)
	}
	for n := range on {
		if n > 0 {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	return on, numbers[:min(len(numbers), MostPages)]
}

// absent returns the numbers up to n that no page shows.
func absent(pages []Page, n int) []int {
	shown := map[int]bool{}
	for _, p := range pages {
		for _, k := range p.Numbers() {
			shown[k] = true
		}
	}
	var out []int
	for i := range n {
		if !shown[i+1] {
			out = append(out, i+1)
		}
	}
	return out
}

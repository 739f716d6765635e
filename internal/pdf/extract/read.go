package extract

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"slices"
	"time"

	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"

	"chancery.example/internal/layout"
	"chancery.example/internal/pdf"
	"chancery.example/internal/pdf/lines"
	"chancery.example/internal/pdf/pades"
)

// lookDPI is how finely pages are drawn to be read as pictures.
const lookDPI = 200

// MaxLooked is how many pages of a file are read as pictures.
const MaxLooked = 6

// Pictures of pages that show where there is ink (Reader.Pages).
const (
	MaxPages = 40 // a file with more is refused
	PagesDPI = 72
)

// A leaf is what was found on one page.
type leaf struct {
	words   []lines.Word
	width   float64 // mm
	height  float64
	scale   float64
	look    string
	remarks []pdf.Remark
	part    bool        // there is more to see than its text layer
	picture *image.Gray // when it is to be looked at
}

// unread stands for a page that was not looked at.
var unread = leaf{width: 210, height: 297, scale: 1, part: true}

// read finds out what an open file shows. Pages for which there is no time are
// named, not read.
func (d *document) read(data []byte, look looking, enough func() bool) (pdf.Reading, []picture, error) {
	dpi := d.fineness()
	var leaves []leaf
	left, late := maxLetters, 0
	for i := range d.pages {
		if enough() || late > 0 {
			late++
			leaves = append(leaves, unread)
			continue
		}
		picture := 0.0
		if i < look.most() {
			picture = look.dpi()
		}
		l, err := d.leaf(i, dpi, picture, left)
		var told *pdf.Error
		switch {
		case errors.As(err, &told):
			return pdf.Reading{}, nil, err
		case err != nil && d.pages == 1:
			return pdf.Reading{}, nil, problem(pdf.Broken, "its page is damaged and cannot be shown (%s): give a picture of the page", pdf.Quoted(err.Error()))
		case err != nil:
			l = unread
			l.remarks = []pdf.Remark{{Kind: pdf.PagesLeft, Page: i + 1, Count: 1}}
		}
		for _, w := range l.words {
			left -= len(w.Letters)
		}
		leaves = append(leaves, l)
	}
	r := assemble(leaves)
	r.Ends, r.Signature = pdf.Ends(data), pades.Inspect(data).Signature()
	r.Remarks = append(r.Remarks, d.ofFile(data)...)
	if late > 0 {
		r.Remarks = append(r.Remarks, pdf.Remark{Kind: pdf.PagesLeft, Count: late})
	}
	r.Remarks = r.Remarks[:min(len(r.Remarks), 200)]
	var pictures []picture
	for i, l := range leaves {
		if l.picture != nil {
			pictures = append(pictures, picture{Page: i + 1, W: l.picture.Rect.Dx(), H: l.picture.Rect.Dy(), Pix: l.picture.Pix})
		}
	}
	return r, pictures, nil
}

// leaf finds out what one page shows, with a picture of so many dots per inch unless
// that is 0.
func (d *document) leaf(i int, dpi, picture float64, most int) (leaf, error) {
	s, err := d.sheet(i, dpi)
	if err != nil {
		return leaf{}, err
	}
	defer s.close()
	s.untell()
	loaded, err := s.FPDFText_LoadPage(&requests.FPDFText_LoadPage{Page: s.page})
	if err != nil {
		return leaf{}, fmt.Errorf("reading its text: %w", err)
	}
	defer func() { _, _ = s.FPDFText_ClosePage(&requests.FPDFText_ClosePage{TextPage: loaded.TextPage}) }()
	gs, err := s.letters(loaded.TextPage, most)
	if err != nil {
		return leaf{}, err
	}
	l := leaf{words: lines.Group(gs), width: s.width, height: s.height, scale: s.scale}
	full, err := s.draw(true)
	if err != nil {
		return leaf{}, err
	}
	sum := sha256.New()
	_, _ = fmt.Fprintln(sum, full.Rect.Dx(), full.Rect.Dy())
	sum.Write(full.Pix)
	l.look = hex.EncodeToString(sum.Sum(nil))
	if picture > 0 {
		if l.picture, err = s.drawnAt(picture); err != nil {
			return leaf{}, err
		}
	}
	over, err := s.laidOver(i+1, full)
	if err != nil {
		return leaf{}, err
	}
	if over != nil {
		l.remarks = append(l.remarks, *over)
	}
	err = s.compare(i+1, &l, loaded.TextPage, full)
	return l, err
}

// compare holds the page against itself without its text.
func (s *sheet) compare(page int, l *leaf, text references.FPDF_TEXTPAGE, full *image.Gray) error {
	all, err := s.hideText()
	if err != nil {
		return err
	}
	bare, err := s.draw(true)
	if err != nil {
		return err
	}
	if !all { // then nothing can be said of single words
		l.part = true
		return nil
	}
	s.hideUnseen(l.words, full, bare)
	l.remarks = append(l.remarks, s.ofHidden(page, text, l.words, bare)...)
	l.remarks = append(l.remarks, s.overlapping(page, l.words)...)
	where := pictured(bare)
	if where.Empty() && !slices.ContainsFunc(l.words, func(w lines.Word) bool { return !w.Hidden }) {
		where = anything(bare) // it shows no words of its own: perhaps a picture of some
	}
	if !where.Empty() {
		l.part = true
		l.remarks = append(l.remarks, pdf.Remark{Kind: pdf.PictureOnly, Page: page, Box: s.box(where)})
	}
	return nil
}

// drawnAt draws the page to be looked at.
func (s *sheet) drawnAt(dpi float64) (*image.Gray, error) {
	as := *s
	as.scale = min(s.scale*dpi/pdf.DPI, 8000/max(s.width, s.height))
	return as.draw(true)
}

// cellsAround are the cells in which a word may stand that overlaps one of a cell.
var cellsAround = func() (out []image.Point) {
	for dx := -2; dx <= 2; dx++ {
		for dy := -1; dy <= 1; dy++ {
			out = append(out, image.Pt(dx, dy))
		}
	}
	return out
}()

// onEachOther reports whether half of the smaller rectangle is in the other one.
func onEachOther(a, b image.Rectangle) bool {
	both := a.Intersect(b)
	return 2*both.Dx()*both.Dy() >= min(a.Dx()*a.Dy(), b.Dx()*b.Dy())
}

// overlapping is the remark about words that stand in each other's place.
func (s *sheet) overlapping(page int, ws []lines.Word) []pdf.Remark {
	const cell = 24
	at := map[image.Point][]int{}
	says, n := "", 0
	var where lines.Rect
	for i := range ws {
		w := &ws[i]
		if w.Hidden || !w.Tells() {
			continue
		}
		in := w.Box.Over()
		key := image.Pt(in.Min.X/cell, (in.Min.Y+in.Max.Y)/2/cell)
		for _, d := range cellsAround {
			for _, j := range at[key.Add(d)] {
				o := &ws[j]
				switch {
				case !onEachOther(in, o.Box.Over()):
				case o.Text(false) == w.Text(false): // the same word twice makes it bold
					w.Twice = true
				default:
					says, where = says+" "+o.Text(false)+" "+w.Text(false), w.Box
					n++
				}
			}
		}
		if !w.Twice && len(at[key]) < 8 {
			at[key] = append(at[key], i)
		}
	}
	if n == 0 {
		return nil
	}
	return []pdf.Remark{{Kind: pdf.Covered, Page: page, Count: n, Text: pdf.Quoted(says), Box: s.box(where.Over())}}
}

// layoutWord is a word as a page has it.
func (l leaf) layoutWord(w lines.Word, text string, line int) layout.Word {
	b := layout.Box{X: w.Box.X0 / l.scale, Y: w.Box.Y0 / l.scale, Width: w.Box.Width() / l.scale, Height: w.Box.Height() / l.scale}
	return layout.Word{Text: text, Box: b, Baseline: w.Box.Y1 / l.scale, Line: line, Part: layout.Body}
}

// enough returns a clock that rings when most of the time is over.
func enough(budget time.Duration, now func() time.Time) func() bool {
	end := now().Add(budget * 6 / 10)
	return func() bool { return now().After(end) }
}

// Package photo makes a picture of a paper fit for reading: a photo of a letter
// on a desk, of a screen, a scan, a screenshot.
//
// It decodes the picture within limits that are checked before any pixel is,
// finds the paper (or the bright screen) in it, lays it flat, divides it by its
// background so that shadows go, levels its lines and brings its letters to the
// size that readers of pictures read best. It does not read: [Picture.Candidates]
// gives versions of the picture, the most promising first, and a reader
// (internal/photo/ocr) says which one it could read. A [Reading] is what came
// out of it, with places in the picture as people see it. [Picture.Sheets] gives pieces
// of ink instead, for finding registered pages (internal/photo/find).
//
// Everything here is a function of the bytes: no file, no network, no clock, no
// chance. The same picture gives the same candidates.
//
//	pic, err := photo.Decode(data)
//	for c := range pic.Candidates() {
//		words := read(c.Image)      // boxes in the candidate ...
//		box := c.Place(words[0])    // ... and in the picture
//	}
package photo

import (
	"fmt"
	"image"
	"iter"
	"math"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// A Reading is the words of a picture.
type Reading struct {
	Text  string // in NFC, without invisible characters; lines end with \n, paragraphs with an empty line
	Words Words  // in order; together they are all of Text but the space between
	Size  image.Point
	How   string // the candidate that was read, such as "page"
	Model string // what it was read with
	// Codes are the machine-readable codes in the picture. There may be some where
	// no word could be read.
	Codes []Code `json:",omitempty"`
	// Shows is the registered page that the picture shows, where one was recognised
	// (internal/photo/find).
	Shows *Shown `json:",omitempty"`
}

// Sure is the confidence from which a word counts as read.
const Sure = 0.6

// A word needs letters or digits to be one; and marks of dirt are short.
func tells(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			n++
		}
	}
	return n
}

// Readable returns how many of the words could be read with confidence, and of
// how many. Specks that were taken for letters are no words.
func (r Reading) Readable() (read, of int) {
	for _, w := range r.Words {
		switch n := tells(r.Text[w.From:w.To]); {
		case n == 0, n == 1 && w.Confidence < Sure:
		case w.Confidence >= Sure:
			read++
			of++
		default:
			of++
		}
	}
	return read, of
}

// Legible returns a word as it may stand in a reading: NFC, without characters
// that no picture shows. It may be empty.
func Legible(s string) string {
	return norm.NFC.String(strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) || unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "")))
}

// LegibleLine returns a line of text as it may be shown: without controls and
// characters that cannot be seen.
func LegibleLine(s string) string {
	words := strings.Fields(strings.ToValidUTF8(s, ""))
	for i := range words {
		words[i] = Legible(words[i])
	}
	return strings.Join(words, " ")
}

// Check reports what a reading must never be, wherever it came from: a word out
// of order or out of the text, a confidence out of range, a box out of the
// picture. The reader is another program, so its answer is foreign.
func (r Reading) Check() error {
	if r.Size.X <= 0 || r.Size.Y <= 0 || r.Size.X > MaxSide || r.Size.Y > MaxSide {
		return fmt.Errorf("the reading is of a picture of %d x %d pixels", r.Size.X, r.Size.Y)
	}
	if err := CheckCodes(r.Codes); err != nil {
		return err
	}
	all := image.Rectangle{Max: r.Size}
	at := 0
	for i, w := range r.Words {
		switch {
		case w.From < at || w.To <= w.From || w.To > len(r.Text):
			return fmt.Errorf("word %d stands at bytes %d to %d, after %d of %d", i, w.From, w.To, at, len(r.Text))
		case strings.TrimSpace(r.Text[at:w.From]) != "":
			return fmt.Errorf("the text holds %q, which is in no word", r.Text[at:w.From])
		case Legible(r.Text[w.From:w.To]) != r.Text[w.From:w.To]:
			return fmt.Errorf("word %d, %q, holds what no picture shows", i, r.Text[w.From:w.To])
		case w.Line < 1 || i > 0 && w.Line < r.Words[i-1].Line:
			return fmt.Errorf("word %d stands in line %d", i, w.Line)
		case !(w.Confidence >= 0 && w.Confidence <= 1):
			return fmt.Errorf("word %d has confidence %g", i, w.Confidence)
		case w.Box.Empty() || !w.Box.In(all):
			return fmt.Errorf("word %d stands at %v of a picture of %v", i, w.Box, r.Size)
		}
		at = w.To
	}
	if strings.TrimSpace(r.Text[at:]) != "" {
		return fmt.Errorf("the text ends with %q, which is in no word", r.Text[at:])
	}
	return nil
}

// A Candidate is one version of a picture, dark letters on light ground.
type Candidate struct {
	Name  string
	Image *image.Gray
	// Columns: the text may stand in columns. A reader that looks for them where
	// there are none loses lines and mixes them up.
	Columns bool

	toPicture homography
	within    image.Rectangle
}

// Place returns where a stretch of the candidate stands in the picture: the
// smallest upright rectangle around it, at least one pixel.
func (c Candidate) Place(r image.Rectangle) image.Rectangle {
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, p := range []point{{float64(r.Min.X), float64(r.Min.Y)}, {float64(r.Max.X), float64(r.Min.Y)}, {float64(r.Max.X), float64(r.Max.Y)}, {float64(r.Min.X), float64(r.Max.Y)}} {
		q := c.toPicture.apply(p)
		x0, y0, x1, y1 = min(x0, q.x), min(y0, q.y), max(x1, q.x), max(y1, q.y)
	}
	clamp := func(v float64, lo, hi int) int {
		if math.IsNaN(v) {
			return lo
		}
		return int(max(float64(lo), min(float64(hi), v)))
	}
	w := c.within
	out := image.Rectangle{Min: image.Pt(clamp(math.Floor(x0), w.Min.X, w.Max.X-1), clamp(math.Floor(y0), w.Min.Y, w.Max.Y-1))}
	out.Max = image.Pt(clamp(math.Ceil(x1), out.Min.X+1, w.Max.X), clamp(math.Ceil(y1), out.Min.Y+1, w.Max.Y))
	return out
}

// Cut cuts a stretch out of the picture, in grey. A large picture is kept
// smaller than it is: then what is cut out is smaller too.
func (p *Picture) Cut(box image.Rectangle) *image.Gray {
	if box = box.Intersect(image.Rectangle{Max: p.Size}); box.Empty() {
		return image.NewGray(image.Rectangle{})
	}
	down := func(v int) int { return int(float64(v) / p.scale) }
	r := image.Rect(down(box.Min.X), down(box.Min.Y), max(down(box.Max.X), down(box.Min.X)+1), max(down(box.Max.Y), down(box.Min.Y)+1)).Intersect(p.Gray.Rect)
	out := image.NewGray(image.Rect(0, 0, r.Dx(), r.Dy()))
	for y := range r.Dy() {
		copy(out.Pix[y*out.Stride:], p.Gray.Pix[(r.Min.Y+y)*p.Gray.Stride+r.Min.X:][:r.Dx()])
	}
	return out
}

// Candidates returns versions of the picture for a reader, the most promising
// first; each is made when it is asked for. A reader stops at the first that it
// reads well:
//
//   - "page": the paper or screen that was found, laid flat, without shadows;
//   - "flat": the whole picture without shadows, its lines level;
//   - "plain": the whole picture as it is, its letters brought to size;
//   - "turned": the best of these upside down, for a picture taken so.
func (p *Picture) Candidates() iter.Seq[Candidate] {
	return func(yield func(Candidate) bool) {
		quad, ok := p.Page()
		if ok {
			if !yield(p.page("page", quad, false)) {
				return
			}
		} else {
			quad = p.whole()
		}
		if !yield(p.page("flat", p.whole(), false)) {
			return
		}
		if !yield(p.plain()) {
			return
		}
		yield(p.page("turned", quad, true))
	}
}

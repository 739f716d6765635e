package typeset

import (
	"fmt"
	"image"
	"math"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/image/vector"
	"golang.org/x/text/unicode/bidi"

	"chancery.example/internal/layout"
	"chancery.example/internal/pdf/face"
	"chancery.example/letter"
)

// A Cast is a word alone, as letters set it, in pixels.
type Cast struct {
	Ink       *image.Gray // 255 where it is black; at least one pixel of paper on each side
	Left, Top int         // of Ink, from where the pen stands on the line
	Advance   float64     // to where the next word's space begins
}

// mostCast is the size and the length of a word beyond which none is drawn: what
// comes from a page is far below.
const (
	mostCast   = 400
	mostLetter = 200
)

// casters hold shapers, each of which is for one user at a time.
var casters = sync.Pool{New: func() any { return &document{shaper: face.NewShaper(), shaped: map[string][]run{}} }}

// CastWord draws one word as the body of a letter is set, without what is beside
// it. language is that of the text around it, whose typeface figures take. size is
// that of Latin letters, in pixels to the em; Arabic ones are larger, as on the page.
// It may be called from several places at once.
func CastWord(text string, language letter.Lang, size float64) (Cast, error) {
	if size <= 0 || size > mostCast || len(text) > mostLetter || strings.ContainsFunc(text, unicode.IsSpace) {
		return Cast{}, fmt.Errorf("drawing %.40q at %g pixels: it must be one word, of at most %d bytes and %d pixels", text, size, mostLetter, mostCast)
	}
	d, _ := casters.Get().(*document)
	defer casters.Put(d)
	clear(d.shaped)
	words, err := d.words(voiceOf(language), style{size: face.Em * point}, text, 0, layout.Head)
	if err != nil {
		return Cast{}, fmt.Errorf("drawing %q: %w", text, err)
	}
	if len(words) == 0 {
		return Cast{Ink: image.NewGray(image.Rect(0, 0, 1, 1))}, nil
	}
	return d.cast(words[0], size), nil
}

// DrawWord draws one word as CastWord does, dark on white, as a renderer of pages
// would (match.SetWord): a word of Arabic letters or figures as in an Arabic text,
// others as in an English one.
func DrawWord(text string, size float64) (*image.Gray, error) {
	language := letter.Lang("en")
	if strings.ContainsFunc(text, rightward) {
		language = "ar"
	}
	c, err := CastWord(text, language, size)
	if err != nil {
		return nil, err
	}
	for i, v := range c.Ink.Pix {
		c.Ink.Pix[i] = 255 - v
	}
	return c.Ink, nil
}

func rightward(r rune) bool {
	p, _ := bidi.LookupRune(r)
	return p.Class() == bidi.R || p.Class() == bidi.AL || p.Class() == bidi.AN
}

// cast draws a word's runs beside each other.
func (d *document) cast(w word, size float64) Cast {
	l := arrange(w.voice, w.style, []word{w}, w.width, justified)
	pixels := func(length int) float64 { return float64(length) / float64(w.style.size) * size }
	var ink face.Box
	for i, r := range w.runs {
		units := 0
		for _, c := range r.clusters {
			x := l.words[0].at[i] + scaled(units, r.size)
			units += c.Advance
			ink = ink.With(face.Box{Left: x + scaled(c.Ink.Left, r.size), Right: x + scaled(c.Ink.Right, r.size), Bottom: scaled(c.Ink.Bottom, r.size), Top: scaled(c.Ink.Top, r.size)})
		}
	}
	out := Cast{Left: int(math.Floor(pixels(ink.Left))) - 1, Top: int(math.Floor(-pixels(ink.Top))) - 1, Advance: pixels(w.width)}
	wide, high := int(math.Ceil(pixels(ink.Right)))+1-out.Left, int(math.Ceil(-pixels(ink.Bottom)))+1-out.Top
	pen := vector.NewRasterizer(wide, high)
	for i, r := range w.runs {
		units := 0
		for _, c := range r.clusters {
			x := pixels(l.words[0].at[i]+scaled(units, r.size)) - float64(out.Left)
			units += c.Advance
			d.shaper.Draw(pen, r.face, c, float32(x), float32(-out.Top), float32(pixels(r.size)/face.Em))
		}
	}
	black := image.NewAlpha(image.Rect(0, 0, wide, high))
	pen.Draw(black, black.Rect, image.Opaque, image.Point{})
	out.Ink = &image.Gray{Pix: black.Pix, Stride: black.Stride, Rect: black.Rect}
	return out
}

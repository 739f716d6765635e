package typeset

import (
	"errors"
	"fmt"
	"image"
	"image/draw"
	"math"
	"strings"
	"unicode"

	"golang.org/x/image/vector"

	"chancery.example/internal/layout"
	"chancery.example/internal/pdf/face"
)

// Limits of a word that a Setter draws.
const (
	maxSet     = 200   // characters
	maxSetSize = 400.0 // pixels of the em
)

// A Setter draws single words as letters have them. It is for one user at a time.
type Setter struct{ d *document }

// NewSetter returns a setter.
func NewSetter() *Setter {
	return &Setter{&document{shaper: face.NewShaper(), shaped: map[string][]run{}}}
}

// Word draws a word alone, dark on white and no larger than its ink, at a size of the
// em in pixels. Words with Arabic letters or figures stand as in Arabic text.
func (s *Setter) Word(text string, size float64) (*image.Gray, error) {
	if text == "" || len(text) > maxSet || strings.ContainsAny(text, " \n") || !(size >= 1 && size <= maxSetSize) {
		return nil, fmt.Errorf("drawing the word %.40q with %g pixels: want one word and a size up to %g", text, size, maxSetSize)
	}
	if len(s.d.shaped) > 4096 { // of words that were asked for once
		s.d.shaped = map[string][]run{}
	}
	v := voiceOf("en")
	if strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Arabic, r) }) {
		v = voiceOf("ar")
	}
	const fine = 1000 // parts of a pixel
	st := style{size: int(size * fine)}
	words, err := s.d.words(v, st, text, 0, layout.Head)
	if err != nil {
		return nil, fmt.Errorf("drawing the word %.40q: %w", text, err)
	}
	line := arrange(v, st, words, 0, atStart)
	pen := inking{}
	for _, w := range line.words {
		for i, r := range w.runs {
			pen.run(r, float64(w.at[i])/fine, float64(r.size)/fine/face.Em)
		}
	}
	out, err := pen.picture()
	if err != nil {
		return nil, fmt.Errorf("drawing the word %.40q: %w", text, err)
	}
	return out, nil
}

// An inking is outlines at their places, downwards from the baseline.
type inking struct{ segments []face.Segment }

func (k *inking) run(r run, at, scale float64) {
	units := 0
	for _, c := range r.clusters {
		for _, p := range c.Pieces {
			x, y := at+float64(units+p.X)*scale, -float64(p.Y)*scale
			for _, s := range r.face.Outline(p.Glyph) {
				for i := range s.Points {
					s.Points[i] = [2]float32{float32(x) + s.Points[i][0]*float32(scale), float32(y) - s.Points[i][1]*float32(scale)}
				}
				k.segments = append(k.segments, s)
			}
		}
		units += c.Advance
	}
}

// picture fills the outlines.
func (k *inking) picture() (*image.Gray, error) {
	x0, y0, x1, y1 := float32(math.Inf(1)), float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.Inf(-1))
	for _, s := range k.segments {
		for _, p := range s.Points[:s.Of()] {
			x0, y0, x1, y1 = min(x0, p[0]), min(y0, p[1]), max(x1, p[0]), max(y1, p[1])
		}
	}
	w, h := int(math.Ceil(float64(x1-x0)))+2, int(math.Ceil(float64(y1-y0)))+2
	if len(k.segments) == 0 || w > 8000 || h > 2000 {
		return nil, errors.New("it has no ink, or too much")
	}
	z := vector.NewRasterizer(w, h)
	z.DrawOp = draw.Src
	at := func(p [2]float32) (float32, float32) { return p[0] - x0 + 1, p[1] - y0 + 1 }
	for _, s := range k.segments {
		x, y := at(s.Points[0])
		switch s.Op {
		case face.MoveTo:
			z.ClosePath()
			z.MoveTo(x, y)
		case face.LineTo:
			z.LineTo(x, y)
		case face.QuadTo:
			tx, ty := at(s.Points[1])
			z.QuadTo(x, y, tx, ty)
		}
	}
	z.ClosePath()
	ink := image.NewAlpha(image.Rect(0, 0, w, h))
	z.Draw(ink, ink.Rect, image.Opaque, image.Point{})
	out := image.NewGray(ink.Rect)
	for i, a := range ink.Pix {
		out.Pix[i] = 255 - a
	}
	return out, nil
}

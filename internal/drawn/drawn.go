// Package drawn draws the differences between a copy and its record on pictures of
// both: numbered marks on the reader's own page and on the registered one, the same
// number on both for the same difference.
//
//	spots := drawn.Spots(text, words, offset, length)          // where its words stand
//	page := drawn.Draw(picture, scale, []drawn.Mark{{Number: 1, Kind: drawn.OnlyCopy, Spot: spots[0]}})
//	png, err := drawn.PNG(drawn.Beside(copies, records, false))
//
// Each kind of mark has a shape besides its colour: words of the copy alone are
// struck through, words of the record alone underlined, where the other side has
// words stands a caret, moved words are framed, doubtful ones framed in dots, and
// where languages disagree the line is dashed.
//
// Pictures and places in, pictures out: the package decodes nothing, and has no
// files, no network and no clock.
package drawn

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/draw"
)

// MaxSide is how long the longer side of a drawn page is, in pixels, at most.
const MaxSide = 1600

// A Kind says what a mark is about.
type Kind string

// The kinds of marks.
const (
	OnlyCopy   Kind = "copy"     // words that only the copy has
	OnlyRecord Kind = "record"   // words that only the record has
	Gap        Kind = "gap"      // no words: the other side has some here
	Moved      Kind = "moved"    // the other side has the words elsewhere
	Look       Kind = "look"     // perhaps misread: somebody should look
	Disagree   Kind = "disagree" // another language of the paper says something else
)

// Kinds lists all kinds.
func Kinds() []Kind { return []Kind{OnlyCopy, OnlyRecord, Gap, Moved, Look, Disagree} }

// A Mark is one place of a difference on a page.
type Mark struct {
	Number int // of the difference, from 1
	Kind   Kind
	Spot   Spot
}

// The colours are those of the pages: a ground that leaves the letters dark, and an
// ink for lines.
var (
	redGround, redInk       = color.RGBA{0xfb, 0xc9, 0xba, 255}, color.RGBA{0xb4, 0x2d, 0x0a, 255}
	blueGround, blueInk     = color.RGBA{0xc4, 0xdd, 0xfa, 255}, color.RGBA{0x2d, 0x54, 0xbe, 255}
	yellowGround, yellowInk = color.RGBA{0xff, 0xe9, 0x94, 255}, color.RGBA{0x8a, 0x6a, 0x00, 255}
	violetGround, violetInk = color.RGBA{0xea, 0xdc, 0xf4, 255}, color.RGBA{0x4b, 0x1f, 0x6c, 255}
	desk                    = color.RGBA{0xf5, 0xf4, 0xf0, 255}
	edge                    = color.RGBA{0xd3, 0xd8, 0xdd, 255}
)

// Size is the size of a picture of w x h pixels once it is drawn.
func Size(w, h int) (int, int) {
	if long := max(w, h); long > MaxSide {
		w, h = w*MaxSide/long, h*MaxSide/long
	}
	return max(1, w), max(1, h)
}

// Draw draws marks on a picture, which becomes smaller when it is larger than MaxSide.
// Places are in other pixels than the picture's: scale of them are one of the
// picture's.
func Draw(page *image.Gray, scale float64, marks []Mark) *image.RGBA {
	w, h := Size(page.Rect.Dx(), page.Rect.Dy())
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.BiLinear.Scale(out, out.Rect, page, page.Rect, draw.Src, nil)
	if !(scale > 0) || page.Rect.Empty() {
		return out
	}
	k := float64(w) / float64(page.Rect.Dx()) / scale
	c := canvas{RGBA: out}
	for _, m := range marks { // all grounds lie below all lines
		m.Spot.Box = c.place(m.Spot, k)
		c.ground(m)
	}
	for _, m := range marks {
		m.Spot.Box = c.place(m.Spot, k)
		c.lines(m)
	}
	seen := map[int]bool{}
	for _, m := range marks { // a difference over several lines has one number
		if !seen[m.Number] {
			m.Spot.Box = c.place(m.Spot, k)
			c.number(m)
			seen[m.Number] = true
		}
	}
	return out
}

// between is the room between two drawn pages.
const between = 24

// Beside puts the pages of the copy and those of the record beside each other, one
// below the other on each side; the copy stands first, on the right when the
// language runs from there.
func Beside(copied, record []*image.RGBA, fromRight bool) *image.RGBA {
	sides := [][]*image.RGBA{copied, record}
	if fromRight {
		sides[0], sides[1] = sides[1], sides[0]
	}
	w, h := between, 0
	var widths [2]int
	for i, s := range sides {
		high := between
		for _, p := range s {
			widths[i], high = max(widths[i], p.Rect.Dx()), high+p.Rect.Dy()+between
		}
		if widths[i] > 0 {
			w += widths[i] + between
		}
		h = max(h, high)
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(out, out.Rect, image.NewUniform(desk), image.Point{}, draw.Src)
	x := between
	for i, s := range sides {
		y := between
		for _, p := range s {
			at := image.Rectangle{Min: image.Pt(x, y), Max: image.Pt(x+p.Rect.Dx(), y+p.Rect.Dy())}
			draw.Draw(out, at.Inset(-1), image.NewUniform(edge), image.Point{}, draw.Src)
			draw.Draw(out, at, p, p.Rect.Min, draw.Src)
			y = at.Max.Y + between
		}
		if widths[i] > 0 {
			x += widths[i] + between
		}
	}
	return out
}

// PNG encodes a picture without loss.
func PNG(m image.Image) ([]byte, error) {
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		return nil, fmt.Errorf("writing a picture as PNG: %w", err)
	}
	return b.Bytes(), nil
}

// jpegQuality leaves the letters of a photo as they were.
const jpegQuality = 82

// JPEG encodes what came from a camera: as PNG it would be many times larger.
func JPEG(m image.Image) ([]byte, error) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: jpegQuality}); err != nil {
		return nil, fmt.Errorf("writing a picture as JPEG: %w", err)
	}
	return b.Bytes(), nil
}

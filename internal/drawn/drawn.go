// Package drawn draws the differences between a copy and its record on pictures of
// both: marks on the reader's own page and on the registered one, and in the margins
// their numbers, the same on both for the same difference.
//
//	page, marks := drawn.Fit(picture, scale, marks) // as large as it is drawn
//	png, err := drawn.PNG(drawn.Beside(drawn.Draw(page, marks), ...))
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
	"math"

	"golang.org/x/image/draw"

	"chancery.example/internal/drawn/mark"
)

// MaxSide is how long the longer side of a drawn page is, in pixels, at most.
const MaxSide = 1600

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

// Fit makes a page as large as it is drawn, which is smaller when it is larger than
// MaxSide, and puts marks on it whose places are in other pixels: scale of them are one
// of the page's.
func Fit(page *image.Gray, scale float64, marks []mark.Mark) (*image.Gray, []mark.Mark) {
	w, h := Size(page.Rect.Dx(), page.Rect.Dy())
	out := image.NewGray(image.Rect(0, 0, w, h))
	draw.BiLinear.Scale(out, out.Rect, page, page.Rect, draw.Src, nil)
	if !(scale > 0) || page.Rect.Empty() {
		return out, nil
	}
	k := float64(w) / float64(page.Rect.Dx()) / scale
	placed := make([]mark.Mark, len(marks))
	for i, m := range marks {
		m.Spot.Box = place(m.Spot.Box, k, out.Rect)
		placed[i] = m
	}
	return out, placed
}

// place is where a box lies on a page, at least a few pixels large and within it,
// whatever the box says.
func place(b image.Rectangle, k float64, page image.Rectangle) image.Rectangle {
	at := func(v int, most int) int {
		return int(max(0, min(float64(most), math.Round(float64(v)*k))))
	}
	b = b.Canon()
	r := image.Rect(at(b.Min.X, page.Dx())-room, at(b.Min.Y, page.Dy())-room, at(b.Max.X, page.Dx())+room, at(b.Max.Y, page.Dy())+room)
	return r.Intersect(page)
}

// room is how far a mark reaches beyond the ink of its words.
const room = 2

// Draw draws marks on a page that Fit made, and their numbers beside it: the picture is
// larger than the page where there are any, and the page's own corner stays at 0, 0.
func Draw(page *image.Gray, marks []mark.Mark) *image.RGBA {
	labels := mark.Labels(page.Rect.Size(), marks, badgeHigh+badgeApart)
	around := page.Rect
	for _, l := range labels {
		wide := badgeWide(l.Text()) + badgeApart + leading
		if l.Right {
			around.Max.X = max(around.Max.X, page.Rect.Max.X+wide)
		} else {
			around.Min.X = min(around.Min.X, page.Rect.Min.X-wide)
		}
	}
	c := canvas{RGBA: image.NewRGBA(around), page: page.Rect}
	c.fill(around, desk)
	draw.Draw(c.RGBA, page.Rect, page, page.Rect.Min, draw.Src)
	for _, m := range marks { // all grounds lie below all lines
		c.ground(m)
	}
	for _, l := range labels {
		c.lead(l)
	}
	for _, m := range marks {
		c.lines(m)
	}
	for _, l := range labels {
		c.label(l)
	}
	return c.RGBA
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

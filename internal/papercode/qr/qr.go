// Package qr finds QR codes in pictures of paper and reads them.
//
// A photo is bent, dim and soft, and one way of looking at it is not enough: the
// picture is looked at as it is, laid flat by its page (internal/photo), smaller
// and larger, until codes are found or the tries are used up. Pictures are
// foreign and so is the library that reads codes: this runs in the locked-in
// child that reads pictures (internal/photo/ocr), within its limits, and a panic
// is "no code".
//
// What is read is only what somebody printed: internal/papercode judges it.
package qr

import (
	"context"
	"image"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/multi/qrcode"
	single "github.com/makiuchi-d/gozxing/qrcode"

	"chancery.example/internal/photo"
)

// What a look may take.
const (
	mostPixels = 6_000_000 // of a version of the picture that is looked at
	middleSide = 1500      // pixels
	smallSide  = 900
)

// Read finds the codes of a picture, each once, until ctx ends (MUST-8 of
// papercode.md: several codes are several). Nothing is done with what they say.
func Read(ctx context.Context, p *photo.Picture) []photo.Code {
	var found []photo.Code
	n := 0
	for v := range views(p) {
		if ctx.Err() != nil || len(found) >= photo.MaxCodes {
			break
		}
		// The first two ways of looking are both taken, because one may show a code
		// that the other does not; the others only while there is none.
		if n++; n > 2 && len(found) > 0 {
			break
		}
		for _, c := range v.read() {
			if !slices.ContainsFunc(found, func(f photo.Code) bool { return f.Text == c.Text }) && len(found) < photo.MaxCodes {
				found = append(found, c)
			}
		}
	}
	return found
}

// A view is one way of looking at a picture.
type view struct {
	g         *image.Gray
	place     func(image.Rectangle) image.Rectangle
	histogram bool // one threshold for all of it, instead of one for each place
}

// views gives the ways of looking, the most promising first.
func views(p *photo.Picture) func(func(view) bool) {
	return func(yield func(view) bool) {
		whole := p.Whole()
		at := func(side int) view {
			g, f := scaled(p.Gray, side)
			return view{g: g, place: func(r image.Rectangle) image.Rectangle { return whole.Place(grown(r, f)) }}
		}
		if !yield(at(middleSide)) {
			return
		}
		var flat []photo.Candidate
		for c := range p.Candidates() {
			if flat = append(flat, c); !yield(view{g: c.Image, place: c.Place}) {
				return
			}
			if len(flat) == 2 {
				break
			}
		}
		last := at(middleSide)
		last.histogram = true
		for _, v := range []func() view{func() view { return at(4000) }, func() view { return at(smallSide) }, func() view { return last }, func() view {
			g, f := scaled(flat[0].Image, smallSide)
			return view{g: g, place: func(r image.Rectangle) image.Rectangle { return flat[0].Place(grown(r, f)) }}
		}} {
			if !yield(v()) {
				return
			}
		}
	}
}

func grown(r image.Rectangle, f float64) image.Rectangle {
	at := func(v int) int { return int(math.Round(float64(v) * f)) }
	return image.Rect(at(r.Min.X), at(r.Min.Y), at(r.Max.X), at(r.Max.Y))
}

// scaled makes a picture as small as side, of means of pixels; f is the way back.
func scaled(g *image.Gray, side int) (out *image.Gray, f float64) {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	f = max(float64(max(w, h))/float64(side), math.Sqrt(float64(w*h)/mostPixels))
	if f <= 1 {
		return g, 1
	}
	out = image.NewGray(image.Rect(0, 0, max(1, int(float64(w)/f)), max(1, int(float64(h)/f))))
	for y := range out.Rect.Dy() {
		y0, y1 := int(float64(y)*f), min(h, int(float64(y+1)*f)+1)
		for x := range out.Rect.Dx() {
			x0, x1 := int(float64(x)*f), min(w, int(float64(x+1)*f)+1)
			sum := 0
			for yy := y0; yy < y1; yy++ {
				for _, v := range g.Pix[yy*g.Stride+x0 : yy*g.Stride+x1] {
					sum += int(v)
				}
			}
			out.Pix[y*out.Stride+x] = uint8(sum / max(1, (y1-y0)*(x1-x0))) //nolint:gosec // a mean of bytes
		}
	}
	return out, f
}

// hints: what codes on paper hold is ASCII, and what is not must not be guessed at.
var hints = map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true, gozxing.DecodeHintType_CHARACTER_SET: "UTF-8"}

// read returns the codes that one way of looking shows: all at once, or one after
// the other, each painted over when it was read.
func (v view) read() (out []photo.Code) {
	g := v.g
	for range 4 {
		got := v.once(g)
		if len(got) == 0 {
			return out
		}
		painted := &image.Gray{Pix: slices.Clone(g.Pix), Stride: g.Stride, Rect: g.Rect}
		for _, c := range got {
			box := c.Box
			out = append(out, photo.Code{Text: c.Text, Box: v.place(box)})
			for y := box.Min.Y; y < box.Max.Y; y++ {
				for x := box.Min.X; x < box.Max.X; x++ {
					painted.Pix[y*painted.Stride+x] = 255
				}
			}
		}
		g = painted
	}
	return out
}

// once looks once. What the library does with a picture that nobody foresaw, a
// panic too, is "no code".
func (v view) once(g *image.Gray) (out []photo.Code) {
	defer func() {
		if recover() != nil {
			out = nil
		}
	}()
	source := gozxing.NewLuminanceSourceFromImage(g)
	binarizer := gozxing.NewHybridBinarizer(source)
	if v.histogram {
		binarizer = gozxing.NewGlobalHistgramBinarizer(source)
	}
	bitmap, err := gozxing.NewBinaryBitmap(binarizer)
	if err != nil {
		return nil
	}
	results, err := qrcode.NewQRCodeMultiReader().DecodeMultiple(bitmap, hints)
	if err != nil || len(results) == 0 {
		r, err := single.NewQRCodeReader().Decode(bitmap, hints)
		if err != nil {
			return nil
		}
		results = []*gozxing.Result{r}
	}
	for _, r := range results {
		if c, ok := codeOf(r, g.Rect); ok {
			out = append(out, c)
		}
	}
	return out
}

// codeOf is a result as a code of a picture with these bounds.
func codeOf(r *gozxing.Result, within image.Rectangle) (photo.Code, bool) {
	text := r.GetText()
	points := r.GetResultPoints()
	if text == "" || len(points) < 3 || !utf8.ValidString(text) || strings.ContainsRune(text, utf8.RuneError) || len(text) > 4<<10 {
		return photo.Code{}, false
	}
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, p := range points {
		x0, y0, x1, y1 = min(x0, p.GetX()), min(y0, p.GetY()), max(x1, p.GetX()), max(y1, p.GetY())
	}
	edge := max(x1-x0, y1-y0) / 5 // finders are marked in their middles
	box := image.Rect(int(x0-edge), int(y0-edge), int(x1+edge), int(y1+edge)).Intersect(within)
	return photo.Code{Text: text, Box: box}, !box.Empty()
}

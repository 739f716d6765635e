// Package qr finds QR codes in pictures of paper and reads them.
//
// All of the picture is searched, whatever is known of it: a second code, or one that
// leads elsewhere, may be stuck anywhere. What is searched for is cheap to find: the
// three square marks in a symbol's corners, in the picture and in smaller copies of it.
// Only where three marks could be the corners of one symbol, that place alone is laid
// level, brought to a good size and decoded, in a few ways until one succeeds. How much
// is tried is bounded and counted, however many marks a picture has.
//
// Pictures are foreign and so is the library that reads codes: this runs in the
// locked-in child that reads pictures (internal/photo/ocr), within its limits, and a
// panic is "no code".
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
	single "github.com/makiuchi-d/gozxing/qrcode"

	"chancery.example/internal/photo"
)

// What reading codes may take: how many places of a picture are decoded, and how many
// pixels, counted each time that they are looked at.
const (
	mostPlaces = 24
	mostLooked = 12_000_000
	longestCut = 900 // pixels of a side of what is looked at
)

// Read finds the codes of a picture, each once, until ctx ends (MUST-8 of
// papercode.md: several codes are several). Nothing is done with what they say.
func Read(ctx context.Context, p *photo.Picture) []photo.Code {
	copies, whole := copiesOf(p.Gray), p.Whole()
	places := symbols(copies.marks(ctx))
	places = places[:min(len(places), mostPlaces)]
	var found []photo.Code
	taken, looked := map[int]bool{}, 0 // marks of symbols that were read; pixels
	for _, w := range ways {
		for _, t := range places {
			if taken[t.at[0]] || taken[t.at[1]] || taken[t.at[2]] {
				continue
			}
			g, to := copies.cut(t, w.module)
			if looked += len(g.Pix); looked > mostLooked || ctx.Err() != nil || len(found) >= photo.MaxCodes {
				return found
			}
			text, points, ok := once(g, w.histogram)
			if !ok {
				continue
			}
			for _, k := range t.at {
				taken[k] = true
			}
			box := around(points, to).Intersect(p.Gray.Rect)
			if !box.Empty() && !slices.ContainsFunc(found, func(f photo.Code) bool { return f.Text == text }) {
				found = append(found, photo.Code{Text: text, Box: whole.Place(box)})
			}
		}
	}
	return found
}

// hints: what codes on paper hold is ASCII, and what is not must not be guessed at.
var hints = map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true, gozxing.DecodeHintType_CHARACTER_SET: "UTF-8"}

// ways are those in which a place is looked at: pixels to a module, and one threshold
// for all of it instead of one for each spot. What blur hides at one size shows at
// another.
var ways = []struct {
	module    float64
	histogram bool
}{{5, false}, {3, false}, {5, true}, {8, false}}

// once looks once. What the library does with a picture that nobody foresaw, a
// panic too, is "no code".
func once(g *image.Gray, histogram bool) (text string, points []gozxing.ResultPoint, ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	source := gozxing.NewLuminanceSourceFromImage(g)
	binarizer := gozxing.NewHybridBinarizer(source)
	if histogram {
		binarizer = gozxing.NewGlobalHistgramBinarizer(source)
	}
	bitmap, err := gozxing.NewBinaryBitmap(binarizer)
	if err != nil {
		return "", nil, false
	}
	r, err := single.NewQRCodeReader().Decode(bitmap, hints)
	if err != nil {
		return "", nil, false
	}
	text, points = r.GetText(), r.GetResultPoints()
	return text, points, text != "" && len(points) >= 3 && utf8.ValidString(text) && !strings.ContainsRune(text, utf8.RuneError) && len(text) <= 4<<10
}

// around is the upright rectangle around a symbol whose marks have these middles on a
// cut.
func around(points []gozxing.ResultPoint, to affine) image.Rectangle {
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, p := range points {
		x, y := to.apply(p.GetX(), p.GetY())
		x0, y0, x1, y1 = min(x0, x), min(y0, y), max(x1, x), max(y1, y)
	}
	edge := max(x1-x0, y1-y0) / 5 // from the middle of a mark to the symbol's edge, and some
	return image.Rect(int(x0-edge), int(y0-edge), int(x1+edge), int(y1+edge))
}

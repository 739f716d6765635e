package photo

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"io"
)

// A codec reads pictures of one format.
type codec struct {
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}

// Limits of a picture, checked on its first bytes.
const (
	MaxBytes   = 25 << 20    // of the file
	MaxPixels  = 100_000_000 // of the picture
	MaxSide    = 40_000      // pixels
	MinSide    = 16          // pixels; less holds no word
	MaxDecoded = 320 << 20   // bytes that its pixels take once they are decoded
)

// A Problem says why a picture cannot be looked at.
type Problem string

// The problems.
const (
	NotPicture Problem = "not_picture" // of no kind that is read here
	TooLarge   Problem = "too_large"   // over one of the limits
	TooSmall   Problem = "too_small"
	Broken     Problem = "broken" // it breaks off, or holds what it should not
	// Problems of its reader (internal/photo/ocr).
	NoReader Problem = "no_reader" // none is installed
	TooSlow  Problem = "too_slow"
	Failed   Problem = "failed" // the reader crashed, or was stopped
)

// KnownProblem reports whether a problem is one of these.
func KnownProblem(p Problem) bool {
	switch p {
	case NotPicture, TooLarge, TooSmall, Broken, NoReader, TooSlow, Failed:
		return true
	}
	return false
}

// An Error is a problem with its words for people.
type Error struct {
	Problem Problem
	Advice  string // what is wrong and what to do
}

func (e *Error) Error() string { return e.Advice }

func refuse(p Problem, format string, args ...any) error {
	return &Error{p, fmt.Sprintf(format, args...)}
}

// A Format is a kind of picture.
type Format string

// The formats that are decoded, and those that are known but not.
const (
	PNG  Format = "PNG"
	JPEG Format = "JPEG"
	GIF  Format = "GIF"
	WebP Format = "WebP"
	TIFF Format = "TIFF"
	HEIF Format = "HEIF" // or AVIF: no decoder without patents or C
)

// FormatOf tells by the first bytes what picture it is; "" when it is none.
func FormatOf(data []byte) Format {
	has := func(magic string) bool { return bytes.HasPrefix(data, []byte(magic)) }
	switch {
	case has("\x89PNG"):
		return PNG
	case has("\xff\xd8\xff"):
		return JPEG
	case has("GIF8"):
		return GIF
	case has("II*\x00"), has("MM\x00*"):
		return TIFF
	case len(data) > 12 && has("RIFF") && string(data[8:12]) == "WEBP":
		return WebP
	case len(data) > 12 && string(data[4:8]) == "ftyp":
		return HEIF
	}
	return ""
}

// A Picture is a decoded picture, grey and upright.
type Picture struct {
	Gray   *image.Gray // the working copy; may be smaller than the picture
	Size   image.Point // of the picture as people see it
	Format Format
	scale  float64 // pixels of the picture for one of Gray
}

// Header reads the size and format of a picture from its first bytes, and
// refuses what is over the limits. The error is an *Error.
func Header(data []byte) (image.Config, Format, error) {
	f := FormatOf(data)
	if len(data) > MaxBytes {
		return image.Config{}, f, refuse(TooLarge, "the picture has %d bytes; at most %d are looked at", len(data), MaxBytes)
	}
	r := bytes.NewReader(data)
	var c image.Config
	var err error
	switch codec, ok := codecs[f]; {
	case ok:
		c, err = codec.config(r)
	case f == HEIF:
		return c, f, refuse(NotPicture, "pictures of this format (HEIC, AVIF) are not read: save it as JPEG or PNG and try again")
	default:
		return c, f, refuse(NotPicture, "it is no picture of a kind that is read here: save it as JPEG or PNG and try again")
	}
	if err != nil {
		return c, f, refuse(Broken, "the %s picture is damaged (%v): save it anew and try again", f, err)
	}
	return c, f, measure(c, f, data)
}

// measure refuses pictures by their size.
func measure(c image.Config, f Format, data []byte) error {
	w, h := c.Width, c.Height
	switch {
	case w <= 0 || h <= 0:
		return refuse(Broken, "the %s picture says that it has %d x %d pixels: save it anew and try again", f, w, h)
	case w > MaxSide || h > MaxSide || int64(w)*int64(h) > MaxPixels:
		return refuse(TooLarge, "the picture has %d x %d pixels; at most %d million, and %d to a side, are looked at: make it smaller, or give the part in question", w, h, MaxPixels/1_000_000, MaxSide)
	case w < MinSide || h < MinSide:
		return refuse(TooSmall, "the picture has %d x %d pixels: no word can be read in it", w, h)
	}
	if need := int64(w) * int64(h) * bytesPerPixel(c.ColorModel, f, data); need > MaxDecoded {
		return refuse(TooLarge, "the picture of %d x %d pixels would take %d MiB once decoded; at most %d are given: make it smaller, or save it as a plain JPEG", w, h, need>>20, MaxDecoded>>20)
	}
	return nil
}

// bytesPerPixel is how much memory a decoder takes for a pixel, rounded up.
func bytesPerPixel(m color.Model, f Format, data []byte) int64 {
	n := int64(4)
	switch m {
	case color.GrayModel, color.AlphaModel:
		n = 1
	case color.Gray16Model, color.Alpha16Model:
		n = 2
	case color.YCbCrModel:
		n = 3
	case color.RGBA64Model, color.NRGBA64Model:
		n = 8
	}
	if _, ok := m.(color.Palette); ok {
		n = 1
	}
	switch {
	case f == JPEG && progressive(data):
		n *= 5 // its coefficients are kept until the last scan
	case f == PNG && len(data) > 28 && data[28] == 1, f == TIFF:
		n *= 2 // interlaced: each pass is a picture of its own; TIFF: the strips beside the picture
	}
	return n
}

// progressive reports whether a JPEG file comes in several scans.
func progressive(data []byte) bool {
	found := false
	segments(data, func(marker byte, _ []byte) bool {
		found = marker == 0xc2
		return marker < 0xc0 || marker > 0xcf || marker == 0xc4 || marker == 0xcc
	})
	return found
}

// segments calls f for the segments before a JPEG file's pixels, until f
// returns false.
func segments(data []byte, f func(marker byte, body []byte) bool) {
	for at := 2; at+4 <= len(data) && data[at] == 0xff; {
		marker := data[at+1]
		if marker == 0xff { // filling
			at++
			continue
		}
		n := int(binary.BigEndian.Uint16(data[at+2:]))
		if marker == 0xda || n < 2 || at+2+n > len(data) || !f(marker, data[at+4:at+2+n]) {
			return
		}
		at += 2 + n
	}
}

// maxWorking is the most pixels that are worked on: a page at 400 dots to the
// inch has 15 million.
const maxWorking = 16_000_000

// Decode reads a picture. The error is an *Error.
func Decode(data []byte) (*Picture, error) {
	_, f, err := Header(data)
	if err != nil {
		return nil, err
	}
	var m image.Image
	r := bytes.NewReader(data)
	if codec, ok := codecs[f]; ok {
		m, err = codec.decode(r)
	} else {
		err = errors.ErrUnsupported
	}
	if err != nil {
		return nil, refuse(Broken, "the %s picture is damaged (%v): save it anew and try again", f, err)
	}
	b := m.Bounds()
	if b.Dx() < MinSide || b.Dy() < MinSide || b.Dx()*b.Dy() > MaxPixels { // its frame, or so
		return nil, refuse(Broken, "the %s picture is not of the size that it says: save it anew and try again", f)
	}
	step := 1
	for b.Dx()/step*(b.Dy()/step) > maxWorking {
		step++
	}
	held, size := orientation(data, f), b.Size()
	if held >= 5 {
		size = image.Pt(b.Dy(), b.Dx())
	}
	return &Picture{Gray: turn(grey(m, step), held), Size: size, Format: f, scale: float64(step)}, nil
}

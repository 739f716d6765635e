package photo_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"testing"

	"golang.org/x/image/tiff"

	"chancery.example/internal/photo"
)

// scene is a picture that looks different from every side.
func scene(w, h int) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			v := uint8(40)
			if x < w/2 {
				v += 100
			}
			if y < h/2 {
				v += 60
			}
			g.SetGray(x, y, color.Gray{v})
		}
	}
	return g
}

func encoded(t testing.TB, f photo.Format, m image.Image) []byte {
	t.Helper()
	var buf bytes.Buffer
	var err error
	switch f {
	case photo.PNG:
		err = png.Encode(&buf, m)
	case photo.JPEG:
		err = jpeg.Encode(&buf, m, &jpeg.Options{Quality: 95})
	case photo.GIF:
		greys := make(color.Palette, 256)
		for i := range greys {
			greys[i] = color.Gray{uint8(i)}
		}
		p := image.NewPaletted(m.Bounds(), greys)
		draw.Draw(p, p.Rect, m, image.Point{}, draw.Src)
		err = gif.Encode(&buf, p, nil)
	case photo.TIFF:
		err = tiff.Encode(&buf, m, nil)
	default:
		t.Fatalf("no encoder for %s", f)
	}
	if err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// corners are the lights near the four corners, clockwise from the top left.
func corners(g *image.Gray) [4]uint8 {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	var out [4]uint8
	for i, p := range []image.Point{{w / 8, h / 8}, {w - w/8, h / 8}, {w - w/8, h - h/8}, {w / 8, h - h/8}} {
		out[i] = (g.GrayAt(p.X, p.Y).Y + 10) / 20 // as JPEG and GIF keep it
	}
	return out
}

func TestFormats(t *testing.T) {
	want := corners(scene(64, 48))
	for _, f := range []photo.Format{photo.PNG, photo.JPEG, photo.GIF, photo.TIFF} {
		p, err := photo.Decode(encoded(t, f, scene(64, 48)))
		if err != nil || p.Format != f || p.Size != image.Pt(64, 48) || corners(p.Gray) != want {
			t.Errorf("%s: %v, %+v", f, err, p)
		}
	}
}

// What is transparent stands on white.
func TestTransparent(t *testing.T) {
	m := image.NewNRGBA(image.Rect(0, 0, 32, 32))
	m.Set(3, 3, color.NRGBA{0, 0, 0, 255})
	p, err := photo.Decode(encoded(t, photo.PNG, m))
	if err != nil {
		t.Fatal(err)
	}
	if got := [2]uint8{p.Gray.GrayAt(3, 3).Y, p.Gray.GrayAt(9, 9).Y}; got != [2]uint8{0, 255} {
		t.Errorf("ink and nothing are %v; want 0 and 255", got)
	}
}

// exif is a TIFF structure with the orientation tag.
func exif(order binary.AppendByteOrder, v uint16) []byte {
	b := []byte("II*\x00")
	if order == binary.AppendByteOrder(binary.BigEndian) {
		b = []byte("MM\x00*")
	}
	b = order.AppendUint32(b, 8)
	b = order.AppendUint16(b, 1)
	b = order.AppendUint16(b, 274)
	b = order.AppendUint16(b, 3)
	b = order.AppendUint32(b, 1)
	b = order.AppendUint16(b, v)
	return order.AppendUint32(append(b, 0, 0), 0)
}

// A picture that a camera turned comes out upright, from all eight positions
// (EXIF 2.32, 4.6.4), in JPEG and PNG.
func TestOrientation(t *testing.T) {
	plain := scene(64, 48)
	want := corners(plain)
	// What the camera stored when it was held so: the inverse of turning.
	stored := map[uint16]func(x, y, w, h int) (int, int){
		1: func(x, y, _, _ int) (int, int) { return x, y },
		2: func(x, y, w, _ int) (int, int) { return w - 1 - x, y },
		3: func(x, y, w, h int) (int, int) { return w - 1 - x, h - 1 - y },
		4: func(x, y, _, h int) (int, int) { return x, h - 1 - y },
		5: func(x, y, _, _ int) (int, int) { return y, x },
		6: func(x, y, w, _ int) (int, int) { return y, w - 1 - x },
		7: func(x, y, w, h int) (int, int) { return h - 1 - y, w - 1 - x },
		8: func(x, y, _, h int) (int, int) { return h - 1 - y, x },
	}
	for v, place := range stored {
		m := image.NewGray(image.Rect(0, 0, 64, 48))
		if v >= 5 {
			m = image.NewGray(image.Rect(0, 0, 48, 64))
		}
		for y := range 48 {
			for x := range 64 {
				sx, sy := place(x, y, 64, 48)
				m.SetGray(sx, sy, plain.GrayAt(x, y))
			}
		}
		tag := exif(binary.BigEndian, v)
		segment := append([]byte("\xff\xe1"), binary.BigEndian.AppendUint16(nil, uint16(8+len(tag)))...)
		segment = append(append(segment, "Exif\x00\x00"...), tag...)
		j := encoded(t, photo.JPEG, m)
		j = append(append([]byte("\xff\xd8"), segment...), j[2:]...)

		tag = exif(binary.LittleEndian, v)
		chunk := append([]byte("eXIf"), tag...)
		chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk))
		p := encoded(t, photo.PNG, m)
		p = append(append(append(bytes.Clone(p[:33]), binary.BigEndian.AppendUint32(nil, uint32(len(tag)))...), chunk...), p[33:]...)
		for name, data := range map[string][]byte{"JPEG": j, "PNG": p} {
			got, err := photo.Decode(data)
			if err != nil || got.Size != image.Pt(64, 48) || corners(got.Gray) != want {
				t.Errorf("%s, orientation %d: %v, %v, size %v", name, v, err, corners(got.Gray), got.Size)
			}
		}
	}
}

// Pictures over a limit are refused by their header: none of these holds a
// pixel.
func TestLimits(t *testing.T) {
	header := func(w, h uint32, depth, colour, interlace byte) []byte {
		b := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d")
		c := append([]byte("IHDR"), binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)...)
		c = append(c, depth, colour, 0, 0, interlace)
		return append(append(b, c...), binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(c))...)
	}
	for name, c := range map[string]struct {
		data []byte
		want photo.Problem
	}{
		"too many pixels":       {header(10_001, 10_000, 8, 0, 0), photo.TooLarge},
		"too long":              {header(40_001, 20, 8, 0, 0), photo.TooLarge},
		"too small":             {header(15, 200, 8, 0, 0), photo.TooSmall},
		"16 bits a colour":      {header(9_000, 9_000, 16, 6, 0), photo.TooLarge},
		"interlaced":            {header(8_000, 8_000, 8, 6, 1), photo.TooLarge},
		"grey, just within":     {header(10_000, 10_000, 8, 0, 0), photo.Broken},
		"a GIF of 65535 square": {[]byte("GIF89a\xff\xff\xff\xff\x00\x00\x00"), photo.TooLarge},
		"bytes":                 {append([]byte("\xff\xd8\xff"), make([]byte, photo.MaxBytes)...), photo.TooLarge},
		"HEIC":                  {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"), photo.NotPicture},
		"text":                  {[]byte("Sir, I have the honour"), photo.NotPicture},
		"nothing":               {nil, photo.NotPicture},
		"half a picture":        {encoded(t, photo.PNG, scene(64, 64))[:60], photo.Broken},
	} {
		_, err := photo.Decode(c.data)
		var no *photo.Error
		if !errors.As(err, &no) || no.Problem != c.want || no.Advice == "" {
			t.Errorf("%s: %v; want %s", name, err, c.want)
		}
	}
}

// FuzzDecode: whatever comes, a small picture is decoded and looked at, or
// refused with words.
func FuzzDecode(f *testing.F) {
	for _, format := range []photo.Format{photo.PNG, photo.JPEG, photo.GIF, photo.TIFF} {
		f.Add(encoded(f, format, scene(40, 30)))
	}
	f.Add([]byte("RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, _, err := photo.Header(data)
		if err == nil && c.Width*c.Height > 1<<18 {
			return // allowed, but slow here
		}
		p, err := photo.Decode(data)
		var no *photo.Error
		switch {
		case err != nil && !errors.As(err, &no):
			t.Fatalf("%v is no *photo.Error", err)
		case err != nil || p.Size.X*p.Size.Y > 1<<18:
			return
		}
		for c := range p.Candidates() {
			if got := c.Place(c.Image.Rect); got.Empty() || !got.In(image.Rectangle{Max: p.Size}) {
				t.Fatalf("%s is placed at %v of %v", c.Name, got, p.Size)
			}
		}
	})
}

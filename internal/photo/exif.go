package photo

import (
	"bytes"
	"encoding/binary"
	"image"
)

// orientation returns how a camera was held: 1 to 8 as in EXIF 2.32, 4.6.4, tag
// 274; 1 when nothing is said.
func orientation(data []byte, f Format) int {
	switch f {
	case TIFF:
		return tagOrientation(data)
	case JPEG:
		out := 1
		segments(data, func(marker byte, body []byte) bool {
			if exif, ok := bytes.CutPrefix(body, []byte("Exif\x00\x00")); ok && marker == 0xe1 {
				out = tagOrientation(exif)
				return false
			}
			return true
		})
		return out
	case PNG:
		return tagOrientation(chunk(data, 8, binary.BigEndian, true, "eXIf"))
	case WebP:
		return tagOrientation(bytes.TrimPrefix(chunk(data, 12, binary.LittleEndian, false, "EXIF"), []byte("Exif\x00\x00")))
	case GIF, HEIF:
	}
	return 1
}

// chunk finds a chunk of a PNG file (length, name, body, checksum) or of a RIFF
// file (name, length, body, padded to even length).
func chunk(data []byte, at int, order binary.ByteOrder, png bool, name string) []byte {
	for at+8 <= len(data) {
		length, called := data[at:at+4], data[at+4:at+8]
		if !png {
			length, called = called, length
		}
		n := int64(order.Uint32(length))
		next := int64(at) + 8 + n + n%2
		if png {
			next = int64(at) + 12 + n
		}
		if int64(at)+8+n > int64(len(data)) {
			return nil
		}
		if string(called) == name {
			return data[at+8 : int64(at)+8+n]
		}
		at = int(min(next, int64(len(data))))
	}
	return nil
}

// tagOrientation reads tag 274 of the first directory of a TIFF structure.
func tagOrientation(b []byte) int {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(b, []byte("II*\x00")):
		order = binary.LittleEndian
	case bytes.HasPrefix(b, []byte("MM\x00*")):
		order = binary.BigEndian
	default:
		return 1
	}
	if len(b) < 8 {
		return 1
	}
	at := int64(order.Uint32(b[4:]))
	if at+2 > int64(len(b)) {
		return 1
	}
	n := int64(order.Uint16(b[at:]))
	for i := range n {
		e := at + 2 + 12*i
		if e+12 > int64(len(b)) {
			return 1
		}
		if order.Uint16(b[e:]) == 274 {
			if v := int(order.Uint16(b[e+8:])); v >= 1 && v <= 8 {
				return v
			}
			return 1
		}
	}
	return 1
}

// turn puts a picture upright.
func turn(g *image.Gray, orientation int) *image.Gray {
	if orientation <= 1 || orientation > 8 {
		return g
	}
	w, h := g.Rect.Dx(), g.Rect.Dy()
	out := image.NewGray(image.Rect(0, 0, w, h))
	if orientation >= 5 {
		out = image.NewGray(image.Rect(0, 0, h, w))
	}
	for y := range h {
		row := g.Pix[y*g.Stride : y*g.Stride+w]
		for x, v := range row {
			var tx, ty int
			switch orientation {
			case 2:
				tx, ty = w-1-x, y
			case 3:
				tx, ty = w-1-x, h-1-y
			case 4:
				tx, ty = x, h-1-y
			case 5:
				tx, ty = y, x
			case 6:
				tx, ty = h-1-y, x
			case 7:
				tx, ty = h-1-y, w-1-x
			default:
				tx, ty = y, w-1-x
			}
			out.Pix[ty*out.Stride+tx] = v
		}
	}
	return out
}

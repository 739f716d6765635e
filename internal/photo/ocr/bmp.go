//go:build !js

package ocr

import (
	"encoding/binary"
	"image"
)

// BMP writes a picture as a bitmap of Windows, uncompressed: tesseract's library takes its
// rows as they are, and of a graymap each pixel by itself, a twentieth of all its time.
func BMP(g *image.Gray) []byte {
	const head, palette = 14 + 40, 4 * 256
	w, h := g.Rect.Dx(), g.Rect.Dy()
	stride := (w + 3) &^ 3
	out := make([]byte, head+palette, head+palette+stride*h)
	le := binary.LittleEndian
	copy(out, "BM")
	le.PutUint32(out[2:], uint32(cap(out)))  //nolint:gosec // a picture given to a reader has 12 million pixels at most
	le.PutUint32(out[10:], head+palette)     // where the pixels begin
	le.PutUint32(out[14:], 40)               // the size of what follows
	le.PutUint32(out[18:], uint32(w))        //nolint:gosec // likewise
	le.PutUint32(out[22:], uint32(h))        //nolint:gosec // likewise
	le.PutUint16(out[26:], 1)                // planes
	le.PutUint16(out[28:], 8)                // bits to a pixel
	le.PutUint32(out[34:], uint32(stride*h)) //nolint:gosec // likewise
	le.PutUint32(out[46:], 256)              // colours
	for i := range 256 {
		copy(out[head+4*i:], []byte{byte(i), byte(i), byte(i), 0})
	}
	for y := h - 1; y >= 0; y-- { // from the bottom
		out = append(out, g.Pix[y*g.Stride:y*g.Stride+w]...)
		out = append(out, make([]byte, stride-w)...)
	}
	return out
}

//go:build !js || pictures

package photo

import (
	"image/gif"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/tiff"
	"golang.org/x/image/webp"
)

// codecs are the formats that are read. A reader for browsers has them only when
// it is built with the tag "pictures": they are a tenth of its size.
var codecs = map[Format]codec{
	PNG: {png.DecodeConfig, png.Decode}, JPEG: {jpeg.DecodeConfig, jpeg.Decode}, GIF: {gif.DecodeConfig, gif.Decode},
	WebP: {webp.DecodeConfig, webp.Decode}, TIFF: {tiff.DecodeConfig, tiff.Decode},
}

package check

import (
	"image"

	"chancery.example/internal/photo"
)

// Words returns the words that were read from a picture or a PDF, with their places
// in Text, on its pages and in pixels, as Difference.Box has them; none of what came
// as text. Differences count in the same text.
func (f Finding) Words() photo.Words { return f.seen() }

// PictureSize is how large the picture is in which Words has places, upright as people
// see it; nothing of what is none.
func (f Finding) PictureSize() image.Point {
	if f.picture == nil {
		return image.Point{}
	}
	return f.picture.size
}

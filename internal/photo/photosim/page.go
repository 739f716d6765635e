// Package photosim takes photos that no camera took: it puts a page on a desk or
// a screen and looks at it through a camera of some quality. What is true of the
// photo - its words, where the page's corners are - is known exactly, so that
// finding and reading can be measured, and a story can show what a reader would
// send.
package photosim

import (
	"image"
	"strings"

	"chancery.example/internal/layout"
)

// Size of a page, A4 at 150 dots to the inch.
const (
	Width  = 1240
	Height = 1754
)

// Fine is how many pixels of print there are for one of the page, along a side, on a
// page that is set for the camera: print is finer than what it is compared with.
const Fine = 2

// A Page is what lies before the camera.
type Page struct {
	Image  *image.Gray
	Text   string      // the words that stand on it, where they are known
	Layout layout.Page // where they stand, likewise
	print  *image.Gray // finer than Image, if there is one: what a camera sees
	kx, ky float64     // pixels of print for one of Image, along each side
}

// Printed is a printed page of which there is a picture, such as one of 300 dots to the
// inch for A4. One of other proportions is made to fill the page.
func Printed(print *image.Gray) Page {
	p := Page{
		Image: image.NewGray(image.Rect(0, 0, Width, Height)), print: print,
		kx: float64(print.Rect.Dx()) / Width, ky: float64(print.Rect.Dy()) / Height,
	}
	if print.Rect != image.Rect(0, 0, Width*Fine, Height*Fine) {
		for y := range Height {
			for x := range Width {
				p.Image.Pix[y*Width+x] = uint8(sample(print, (float64(x)+.5)*p.kx, (float64(y)+.5)*p.ky))
			}
		}
		return p
	}
	for y := range Height {
		for x := range Width {
			sum := 0
			for dy := range Fine {
				for dx := range Fine {
					sum += int(print.Pix[print.PixOffset(Fine*x+dx, Fine*y+dy)])
				}
			}
			p.Image.Pix[y*Width+x] = uint8(sum / (Fine * Fine))
		}
	}
	return p
}

// Light is that of a place on the page.
func (p Page) Light(x, y float64) float64 {
	if p.print == nil {
		return sample(p.Image, x, y)
	}
	x, y = x*p.kx, y*p.ky
	dx, dy := .3*p.kx, .3*p.ky // a camera's pixel is about as large as one of the page
	return (sample(p.print, x-dx, y-dy) + sample(p.print, x+dx, y-dy) + sample(p.print, x-dx, y+dy) + sample(p.print, x+dx, y+dy)) / 4
}

// Words returns the words on the page.
func (p Page) Words() []string { return strings.Fields(p.Text) }

// Package photosim takes photos that no camera took: it puts a page on a desk or
// a screen and looks at it through a camera of some quality. What is true of the
// photo - its words, where the page's corners are - is known exactly, so that
// finding and reading can be measured, and a story can show what a reader would
// send.
package photosim

import (
	"image"
	"image/draw"
	"strings"

	"chancery.example/internal/layout"
)

// Size of a page, A4 at 150 dots to the inch.
const (
	Width  = 1240
	Height = 1754
)

// Fine is how many pixels of print there are for one of the page, along a side:
// print is finer than what it is compared with.
const Fine = 2

// A Page is what lies before the camera.
type Page struct {
	Image  *image.Gray
	Text   string      // the words that stand on it, where they are known
	Layout layout.Page // where they stand, likewise
	print  *image.Gray // finer than Image, if there is one: what a camera sees
}

// Printed is a page of fine print, A4 at 300 dots to the inch; what a picture of
// it lacks or has too much, at the right and below, is white or left out.
func Printed(print *image.Gray) Page {
	if want := image.Rect(0, 0, Width*Fine, Height*Fine); print.Rect != want {
		whole := image.NewGray(want)
		draw.Draw(whole, want, image.White, image.Point{}, draw.Src)
		draw.Draw(whole, want, print, print.Rect.Min, draw.Src)
		print = whole
	}
	p := Page{Image: image.NewGray(image.Rect(0, 0, Width, Height)), print: print}
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
	const off = .3 * Fine // a camera's pixel is about as large as one of the page
	x, y = x*Fine, y*Fine
	return (sample(p.print, x-off, y-off) + sample(p.print, x+off, y-off) + sample(p.print, x-off, y+off) + sample(p.print, x+off, y+off)) / 4
}

// Words returns the words on the page.
func (p Page) Words() []string { return strings.Fields(p.Text) }

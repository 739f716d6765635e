// Package plane does the arithmetic of paper in pictures: where a place of a page
// lies in a photo, planes seen from elsewhere and the curl of paper fitted to words
// whose places are known, and rectangles taken from one to the other. Nothing here
// looks at a pixel.
package plane

import (
	"image"
	"math"

	"chancery.example/internal/layout"
	"chancery.example/internal/photo"
)

// A Point is a place: of a page in millimetres, of a photo in pixels.
type Point struct{ X, Y float64 }

// At is the place so far to the right and down.
func At(x, y float64) Point { return Point{x, y} }

// Minus is the way from q to p.
func (p Point) Minus(q Point) Point { return Point{p.X - q.X, p.Y - q.Y} }

// Plus is p, further by q.
func (p Point) Plus(q Point) Point { return Point{p.X + q.X, p.Y + q.Y} }

// Length is how far p is from nowhere.
func (p Point) Length() float64 { return math.Hypot(p.X, p.Y) }

// Place is where in a picture a place of the page is.
func Place(l photo.Lie, p Point) Point {
	x, y := l.At(p.X, p.Y)
	return Point{x, y}
}

// Scale is how many pixels a millimetre takes around a place.
func Scale(l photo.Lie, p Point) float64 {
	a := Place(l, p)
	return (Place(l, Point{p.X + 1, p.Y}).Minus(a).Length() + Place(l, Point{p.X, p.Y + 1}).Minus(a).Length()) / 2
}

// Elsewhere returns how a page lies in another picture, to which a homography
// maps this one; words are places of the page. A bend is fitted anew.
func Elsewhere(l photo.Lie, h [9]float64, words []layout.Word) photo.Lie {
	out := l
	out.Plane = times(h, l.Plane)
	if l.Bend[0] == nil {
		return out
	}
	out.Bend = [2][]float64{}
	var pairs [][2]Point
	for _, w := range words {
		for _, c := range Corners(w.Box) {
			pairs = append(pairs, [2]Point{c, Apply(h, Place(l, c))})
		}
	}
	Bend(&out, pairs)
	return out
}

// Apply is where a homography maps a place.
func Apply(h [9]float64, p Point) Point {
	d := h[6]*p.X + h[7]*p.Y + h[8]
	return Point{(h[0]*p.X + h[1]*p.Y + h[2]) / d, (h[3]*p.X + h[4]*p.Y + h[5]) / d}
}

// times is the map that applies g first, then h.
func times(h, g [9]float64) (out [9]float64) {
	for r := range 3 {
		for c := range 3 {
			for k := range 3 {
				out[3*r+c] += h[3*r+k] * g[3*k+c]
			}
		}
	}
	return out
}

// Centre is the middle of a rectangle.
func Centre(r image.Rectangle) Point {
	return Point{float64(r.Min.X+r.Max.X) / 2, float64(r.Min.Y+r.Max.Y) / 2}
}

// Corners are those of a box: upper left, upper right, lower right, lower left.
func Corners(b layout.Box) [4]Point {
	return [4]Point{{b.X, b.Y}, {b.X + b.Width, b.Y}, {b.X + b.Width, b.Y + b.Height}, {b.X, b.Y + b.Height}}
}

// CornersOf are the corners of a rectangle.
func CornersOf(r image.Rectangle) [4]Point {
	return Corners(layout.Box{X: float64(r.Min.X), Y: float64(r.Min.Y), Width: float64(r.Dx()), Height: float64(r.Dy())})
}

// Middle is that of a box.
func Middle(b layout.Box) Point { return Point{b.X + b.Width/2, b.Y + b.Height/2} }

// Places are where the corners of a box are in a picture, off by so much.
func Places(l photo.Lie, off Point, cs [4]Point) (out [4]Point) {
	for i, c := range cs {
		out[i] = Place(l, c).Plus(off)
	}
	return out
}

// Bounds are left, top, right and bottom of four places.
func Bounds(q [4]Point) [4]float64 {
	out := [4]float64{q[0].X, q[0].Y, q[0].X, q[0].Y}
	for _, p := range q[1:] {
		out = [4]float64{min(out[0], p.X), min(out[1], p.Y), max(out[2], p.X), max(out[3], p.Y)}
	}
	return out
}

// Through are four places seen through a homography.
func Through(h [9]float64, q [4]Point) (out [4]Point) {
	for i, p := range q {
		out[i] = Apply(h, p)
	}
	return out
}

// Around is the upright rectangle around four places.
func Around(q [4]Point) image.Rectangle {
	const far = 1 << 20
	clamp := func(v float64) int {
		if math.IsNaN(v) {
			return 0
		}
		return int(max(-far, min(far, v)))
	}
	b := Bounds(q)
	return image.Rect(clamp(math.Floor(b[0])), clamp(math.Floor(b[1])), clamp(math.Ceil(b[2])), clamp(math.Ceil(b[3])))
}

// InPicture is the rectangle of the picture, as people see it, around four places of
// its working copy; at least one pixel.
func InPicture(p *photo.Picture, q [4]Point) image.Rectangle {
	s := p.Scale()
	r := Around(Through([9]float64{s, 0, 0, 0, s, 0, 0, 0, 1}, q))
	r.Min = image.Pt(max(0, min(p.Size.X-1, r.Min.X)), max(0, min(p.Size.Y-1, r.Min.Y)))
	r.Max = image.Pt(max(r.Min.X+1, min(p.Size.X, r.Max.X)), max(r.Min.Y+1, min(p.Size.Y, r.Max.Y)))
	return r
}

// Inverse is the homography back; false when there is none.
func Inverse(h [9]float64) ([9]float64, bool) {
	a := [9]float64{
		h[4]*h[8] - h[5]*h[7], h[2]*h[7] - h[1]*h[8], h[1]*h[5] - h[2]*h[4],
		h[5]*h[6] - h[3]*h[8], h[0]*h[8] - h[2]*h[6], h[2]*h[3] - h[0]*h[5],
		h[3]*h[7] - h[4]*h[6], h[1]*h[6] - h[0]*h[7], h[0]*h[4] - h[1]*h[3],
	}
	d := h[0]*a[0] + h[1]*a[3] + h[2]*a[6]
	if math.Abs(d) < 1e-15 || math.Abs(a[8]) < 1e-15 {
		return a, false
	}
	for i := range a[:8] {
		a[i] /= a[8]
	}
	a[8] = 1
	return a, true
}

package match

import (
	"image"
	"math"

	"chancery.example/internal/layout"
	"chancery.example/internal/photo"
)

// A point is a place: of a page in millimetres, of a photo in pixels.
type point struct{ x, y float64 }

func (p point) minus(q point) point { return point{p.x - q.x, p.y - q.y} }
func (p point) plus(q point) point  { return point{p.x + q.x, p.y + q.y} }
func (p point) length() float64     { return math.Hypot(p.x, p.y) }

// place is where in a picture a place of the page is.
func place(l photo.Lie, p point) point {
	x, y := l.At(p.x, p.y)
	return point{x, y}
}

// scale is how many pixels a millimetre takes around a place.
func scale(l photo.Lie, p point) float64 {
	a := place(l, p)
	return (place(l, point{p.x + 1, p.y}).minus(a).length() + place(l, point{p.x, p.y + 1}).minus(a).length()) / 2
}

// elsewhere returns how a page lies in another picture, to which a homography
// maps this one; words are places of the page. A bend is fitted anew.
func elsewhere(l photo.Lie, h [9]float64, words []layout.Word) photo.Lie {
	out := l
	out.Plane = times(h, l.Plane)
	if l.Bend[0] == nil {
		return out
	}
	out.Bend = [2][]float64{}
	var pairs [][2]point
	for _, w := range words {
		for _, c := range corners(w.Box) {
			pairs = append(pairs, [2]point{c, apply(h, place(l, c))})
		}
	}
	bend(&out, pairs)
	return out
}

// bend fits what is left of pairs of places after the plane. Few or crowded
// pairs bend nothing.
func bend(l *photo.Lie, pairs [][2]point) {
	const least, ridge = 40, 2
	if len(pairs) < least {
		return
	}
	var a [10][12]float64 // normal equations, with both right sides
	for i := range a {
		a[i][i] = ridge * .01
		if i > 2 {
			a[i][i] = ridge
		}
	}
	for _, p := range pairs {
		t := photo.Terms((p[0].x-l.Middle[0])/l.Half, (p[0].y-l.Middle[1])/l.Half)
		left := p[1].minus(apply(l.Plane, p[0]))
		for i := range t {
			for j := range t {
				a[i][j] += t[i] * t[j]
			}
			a[i][10] += t[i] * left.x
			a[i][11] += t[i] * left.y
		}
	}
	rows := make([][]float64, 10)
	for i := range a {
		rows[i] = a[i][:]
	}
	if !solve(rows, 10) {
		return
	}
	for k := range l.Bend {
		l.Bend[k] = make([]float64, 10)
		for i := range 10 {
			l.Bend[k][i] = rows[i][10+k]
		}
	}
}

// solve brings n equations into diagonal form, in place; what stands right of
// them becomes the solutions.
func solve(m [][]float64, n int) bool {
	for c := range n {
		best := c
		for r := c + 1; r < n; r++ {
			if math.Abs(m[r][c]) > math.Abs(m[best][c]) {
				best = r
			}
		}
		m[c], m[best] = m[best], m[c]
		if math.Abs(m[c][c]) < 1e-12 {
			return false
		}
		inv := 1 / m[c][c]
		for k := c; k < len(m[c]); k++ {
			m[c][k] *= inv
		}
		for r := range n {
			if f := m[r][c]; r != c && f != 0 {
				for k := c; k < len(m[c]); k++ {
					m[r][k] -= f * m[c][k]
				}
			}
		}
	}
	return true
}

func apply(h [9]float64, p point) point {
	d := h[6]*p.x + h[7]*p.y + h[8]
	return point{(h[0]*p.x + h[1]*p.y + h[2]) / d, (h[3]*p.x + h[4]*p.y + h[5]) / d}
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

// similarity maps a to b and turns and grows as the way from a[0] to a[1] does.
func similarity(a, b [2]point) [9]float64 {
	u, v := a[1].minus(a[0]), b[1].minus(b[0])
	d := u.x*u.x + u.y*u.y
	c, s := (u.x*v.x+u.y*v.y)/d, (u.x*v.y-u.y*v.x)/d
	return [9]float64{c, -s, b[0].x - c*a[0].x + s*a[0].y, s, c, b[0].y - s*a[0].x - c*a[0].y, 0, 0, 1}
}

// A kind of plane: how much of it is free.
const (
	affine = 6
	freely = 8
)

// stiff is how much a plane resists leaning: two or three lines of text say much about
// how it leans along them, and next to nothing about how across.
const stiff = 3e-4

// plane fits a plane to pairs of places of a page of some size, by least squares
// of what is left; free is affine or freely.
func plane(pairs [][2]point, free int) ([9]float64, bool) {
	if len(pairs) < 4 {
		return [9]float64{}, false
	}
	// Both sides around their middle and of size one, or the equations are poor.
	var n [2]struct {
		mid point
		by  float64
	}
	for k := range n {
		for _, p := range pairs {
			n[k].mid = n[k].mid.plus(p[k])
		}
		n[k].mid.x /= float64(len(pairs))
		n[k].mid.y /= float64(len(pairs))
		for _, p := range pairs {
			n[k].by += p[k].minus(n[k].mid).length() / float64(len(pairs))
		}
		if n[k].by == 0 {
			return [9]float64{}, false
		}
	}
	rows := make([][]float64, free)
	for i := range rows {
		rows[i] = make([]float64, free+1)
		rows[i][i] = 1e-9
		if i >= affine {
			rows[i][i] = stiff * float64(len(pairs))
		}
	}
	add := func(e []float64, right float64) {
		for i := range free {
			for j := range free {
				rows[i][j] += e[i] * e[j]
			}
			rows[i][free] += e[i] * right
		}
	}
	for _, p := range pairs {
		a, b := p[0].minus(n[0].mid), p[1].minus(n[1].mid)
		a.x, a.y, b.x, b.y = a.x/n[0].by, a.y/n[0].by, b.x/n[1].by, b.y/n[1].by
		add([]float64{a.x, a.y, 1, 0, 0, 0, -b.x * a.x, -b.x * a.y}[:free], b.x)
		add([]float64{0, 0, 0, a.x, a.y, 1, -b.y * a.x, -b.y * a.y}[:free], b.y)
	}
	if !solve(rows, free) {
		return [9]float64{}, false
	}
	h := [9]float64{8: 1}
	for i := range free {
		h[i] = rows[i][free]
	}
	in := [9]float64{1 / n[0].by, 0, -n[0].mid.x / n[0].by, 0, 1 / n[0].by, -n[0].mid.y / n[0].by, 0, 0, 1}
	out := [9]float64{n[1].by, 0, n[1].mid.x, 0, n[1].by, n[1].mid.y, 0, 0, 1}
	h = times(out, times(h, in))
	if math.Abs(h[8]) < 1e-12 {
		return h, false
	}
	for i := range h[:8] {
		h[i] /= h[8]
	}
	h[8] = 1
	return h, true
}

// corners of a box: upper left, upper right, lower right, lower left.
func corners(b layout.Box) [4]point {
	return [4]point{{b.X, b.Y}, {b.X + b.Width, b.Y}, {b.X + b.Width, b.Y + b.Height}, {b.X, b.Y + b.Height}}
}

func cornersOf(r image.Rectangle) [4]point {
	return corners(layout.Box{X: float64(r.Min.X), Y: float64(r.Min.Y), Width: float64(r.Dx()), Height: float64(r.Dy())})
}

func middle(b layout.Box) point { return point{b.X + b.Width/2, b.Y + b.Height/2} }

// place4 is where the corners of a box are, off by so much.
func place4(l photo.Lie, off point, cs [4]point) (out [4]point) {
	for i, c := range cs {
		out[i] = place(l, c).plus(off)
	}
	return out
}

// bounds are left, top, right and bottom of four places.
func bounds(q [4]point) [4]float64 {
	out := [4]float64{q[0].x, q[0].y, q[0].x, q[0].y}
	for _, p := range q[1:] {
		out = [4]float64{min(out[0], p.x), min(out[1], p.y), max(out[2], p.x), max(out[3], p.y)}
	}
	return out
}

// seenFrom are four places seen through a homography.
func seenFrom(h [9]float64, q [4]point) (out [4]point) {
	for i, p := range q {
		out[i] = apply(h, p)
	}
	return out
}

// upright4 is the upright rectangle around four places.
func upright4(q [4]point) image.Rectangle {
	const far = 1 << 20
	clamp := func(v float64) int {
		if math.IsNaN(v) {
			return 0
		}
		return int(max(-far, min(far, v)))
	}
	b := bounds(q)
	return image.Rect(clamp(math.Floor(b[0])), clamp(math.Floor(b[1])), clamp(math.Ceil(b[2])), clamp(math.Ceil(b[3])))
}

// upright is the rectangle of the picture, as people see it, around four places of
// its working copy; at least one pixel.
func upright(p *photo.Picture, q [4]point) image.Rectangle {
	s := p.Scale()
	r := upright4(seenFrom([9]float64{s, 0, 0, 0, s, 0, 0, 0, 1}, q))
	r.Min = image.Pt(max(0, min(p.Size.X-1, r.Min.X)), max(0, min(p.Size.Y-1, r.Min.Y)))
	r.Max = image.Pt(max(r.Min.X+1, min(p.Size.X, r.Max.X)), max(r.Min.Y+1, min(p.Size.Y, r.Max.Y)))
	return r
}

func inverse(h [9]float64) ([9]float64, bool) {
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

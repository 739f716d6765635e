package plane

import (
	"math"

	"chancery.example/internal/photo"
)

// Similarity maps a to b and turns and grows as the way from a[0] to a[1] does.
func Similarity(a, b [2]Point) [9]float64 {
	u, v := a[1].Minus(a[0]), b[1].Minus(b[0])
	d := u.X*u.X + u.Y*u.Y
	c, s := (u.X*v.X+u.Y*v.Y)/d, (u.X*v.Y-u.Y*v.X)/d
	return [9]float64{c, -s, b[0].X - c*a[0].X + s*a[0].Y, s, c, b[0].Y - s*a[0].X - c*a[0].Y, 0, 0, 1}
}

// How much of a plane is free: to turn, grow and shear, or to lean away too.
const (
	Affine = 6
	Freely = 8
)

// stiff is how much a plane resists leaning: two or three lines of text say much about
// how it leans along them, and next to nothing about how across.
const stiff = 3e-4

// Fit fits a plane to pairs of places of a page of some size, by least squares
// of what is left; free is Affine or Freely.
func Fit(pairs [][2]Point, free int) ([9]float64, bool) {
	if len(pairs) < 4 {
		return [9]float64{}, false
	}
	// Both sides around their middle and of size one, or the equations are poor.
	var n [2]struct {
		mid Point
		by  float64
	}
	for k := range n {
		for _, p := range pairs {
			n[k].mid = n[k].mid.Plus(p[k])
		}
		n[k].mid.X /= float64(len(pairs))
		n[k].mid.Y /= float64(len(pairs))
		for _, p := range pairs {
			n[k].by += p[k].Minus(n[k].mid).Length() / float64(len(pairs))
		}
		if n[k].by == 0 {
			return [9]float64{}, false
		}
	}
	rows := make([][]float64, free)
	for i := range rows {
		rows[i] = make([]float64, free+1)
		rows[i][i] = 1e-9
		if i >= Affine {
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
		a, b := p[0].Minus(n[0].mid), p[1].Minus(n[1].mid)
		a.X, a.Y, b.X, b.Y = a.X/n[0].by, a.Y/n[0].by, b.X/n[1].by, b.Y/n[1].by
		add([]float64{a.X, a.Y, 1, 0, 0, 0, -b.X * a.X, -b.X * a.Y}[:free], b.X)
		add([]float64{0, 0, 0, a.X, a.Y, 1, -b.Y * a.X, -b.Y * a.Y}[:free], b.Y)
	}
	if !Solve(rows, free) {
		return [9]float64{}, false
	}
	h := [9]float64{8: 1}
	for i := range free {
		h[i] = rows[i][free]
	}
	in := [9]float64{1 / n[0].by, 0, -n[0].mid.X / n[0].by, 0, 1 / n[0].by, -n[0].mid.Y / n[0].by, 0, 0, 1}
	out := [9]float64{n[1].by, 0, n[1].mid.X, 0, n[1].by, n[1].mid.Y, 0, 0, 1}
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

// Bend fits what is left of pairs of places after the plane. Few or crowded
// pairs bend nothing.
func Bend(l *photo.Lie, pairs [][2]Point) {
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
		t := photo.Terms((p[0].X-l.Middle[0])/l.Half, (p[0].Y-l.Middle[1])/l.Half)
		left := p[1].Minus(Apply(l.Plane, p[0]))
		for i := range t {
			for j := range t {
				a[i][j] += t[i] * t[j]
			}
			a[i][10] += t[i] * left.X
			a[i][11] += t[i] * left.Y
		}
	}
	rows := make([][]float64, 10)
	for i := range a {
		rows[i] = a[i][:]
	}
	if !Solve(rows, 10) {
		return
	}
	for k := range l.Bend {
		l.Bend[k] = make([]float64, 10)
		for i := range 10 {
			l.Bend[k][i] = rows[i][10+k]
		}
	}
}

// Solve brings n equations into diagonal form, in place; what stands right of
// them becomes the solutions.
func Solve(m [][]float64, n int) bool {
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

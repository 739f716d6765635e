package photo

import (
	"image"
	"math"
)

// refine moves the sides of a quad to where the light rises most, on the full
// picture. scale is how far, in its pixels, the sides may be off.
func refine(g *image.Gray, q Quad, scale float64) Quad {
	var lines [4]side
	for i := range 4 {
		a, b := q.at(i), q.at(i+1)
		along := b.minus(a).times(1 / a.distance(b))
		n := point{-along.y, along.x} // into the page
		lines[i] = side{n: n, d: n.dot(a)}
		var ps []point
		for k := range 120 {
			p := a.plus(b.minus(a).times(.03 + .94*(float64(k)+.5)/120))
			if at, ok := rise(g, p, n, 4*scale+4, scale); ok {
				ps = append(ps, p.plus(n.times(at)))
			}
		}
		if fitted, ok := fit(ps, n); ok {
			lines[i] = fitted
		}
	}
	var p [4]point
	for i := range 4 {
		c, ok := lines[(i+3)%4].cross(lines[i])
		if !ok || c.distance(q.at(i)) > 12*scale+12 {
			c = q.at(i)
		}
		p[i] = c
	}
	if out := quadOf(p); out.convex() {
		return out
	}
	return q
}

// rise returns how far from p, along n and within reach, the light rises most
// steeply over about a width of blur.
func rise(g *image.Gray, p, n point, reach, blur float64) (float64, bool) {
	half := max(2, blur)
	steps := int(2 * reach)
	lights := make([]float64, steps+1+2*int(half))
	for i := range lights {
		q := p.plus(n.times(float64(i) - half - reach))
		if q.x < 0 || q.y < 0 || q.x >= float64(g.Rect.Dx()) || q.y >= float64(g.Rect.Dy()) {
			return 0, false
		}
		lights[i] = float64(g.Pix[int(q.y)*g.Stride+int(q.x)])
	}
	h := int(half)
	most, at := float64(leastEdge)*.6, -1
	rises := make([]float64, steps+1)
	for i := range rises {
		var before, after float64
		for k := range h {
			before += lights[i+k]
			after += lights[i+2*h-k]
		}
		rises[i] = (after - before) / float64(h)
		// Of two that are alike the outer one is the page's, not a frame's on it.
		if rises[i] > most*1.02 {
			most, at = rises[i], i
		}
	}
	if at < 0 {
		return 0, false
	}
	exact := float64(at)
	if at > 0 && at < steps { // the peak of the parabola through three
		l, m, r := rises[at-1], rises[at], rises[at+1]
		if d := l - 2*m + r; d < 0 {
			exact += max(-.5, min(.5, .5*(l-r)/d))
		}
	}
	// A rise centred in its window lies at i + h; lights begin at -half-reach.
	return exact + float64(h) - half - reach, true
}

// fit lays a line through most of the points; those that lie off it do not
// count. n tells which way it faces.
func fit(ps []point, n point) (side, bool) {
	if len(ps) < 20 {
		return side{}, false
	}
	weights := make([]float64, len(ps))
	for i := range weights {
		weights[i] = 1
	}
	var s side
	for range 12 {
		var sum, mx, my, xx, xy, yy float64
		for i, p := range ps {
			sum += weights[i]
			mx += weights[i] * p.x
			my += weights[i] * p.y
		}
		mx, my = mx/sum, my/sum
		for i, p := range ps {
			x, y := p.x-mx, p.y-my
			xx += weights[i] * x * x
			xy += weights[i] * x * y
			yy += weights[i] * y * y
		}
		// The normal is the direction of least spread.
		along, up := math.Sincos(math.Atan2(2*xy, xx-yy) / 2)
		s.n = point{-along, up}
		if s.n.dot(n) < 0 {
			s.n = s.n.times(-1)
		}
		s.d = s.n.dot(point{mx, my})
		for i, p := range ps {
			off := s.n.dot(p) - s.d
			weights[i] = 1 / (1 + off*off/2) // Cauchy
		}
	}
	if s.n.dot(n) < .9 {
		return side{}, false
	}
	return s, true
}

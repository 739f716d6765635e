package photo

import (
	"image"
	"math"
)

// A point is a place in a picture; pixel (0,0) covers 0 to 1.
type point struct{ x, y float64 }

func (p point) minus(q point) point      { return point{p.x - q.x, p.y - q.y} }
func (p point) plus(q point) point       { return point{p.x + q.x, p.y + q.y} }
func (p point) times(f float64) point    { return point{p.x * f, p.y * f} }
func (p point) cross(q point) float64    { return p.x*q.y - p.y*q.x }
func (p point) dot(q point) float64      { return p.x*q.x + p.y*q.y }
func (p point) distance(q point) float64 { return math.Hypot(p.x-q.x, p.y-q.y) }

// A Quad is a four-cornered stretch of a picture: top left, top right, bottom
// right, bottom left.
type Quad [4]struct{ X, Y float64 }

func (q Quad) at(i int) point { return point{q[i&3].X, q[i&3].Y} }

func quadOf(p [4]point) (q Quad) {
	for i := range p {
		q[i].X, q[i].Y = p[i].x, p[i].y
	}
	return q
}

// area is positive when the corners run as they should.
func (q Quad) area() float64 {
	return q.at(2).minus(q.at(0)).cross(q.at(3).minus(q.at(1))) / 2
}

// convex reports whether every corner turns the same way.
func (q Quad) convex() bool {
	for i := range 4 {
		if q.at(i+1).minus(q.at(i)).cross(q.at(i+2).minus(q.at(i+1))) <= 0 {
			return false
		}
	}
	return true
}

// holds reports whether a point lies in a convex quad.
func (q Quad) holds(p point) bool {
	for i := range 4 {
		if q.at(i+1).minus(q.at(i)).cross(p.minus(q.at(i))) < 0 {
			return false
		}
	}
	return true
}

// times scales a quad.
func (q Quad) times(f float64) Quad {
	for i := range q {
		q[i].X *= f
		q[i].Y *= f
	}
	return q
}

// A homography maps points of one plane to those of another seen from
// elsewhere. The last element is 1.
type homography [9]float64

func (h homography) apply(p point) point {
	d := h[6]*p.x + h[7]*p.y + h[8]
	return point{(h[0]*p.x + h[1]*p.y + h[2]) / d, (h[3]*p.x + h[4]*p.y + h[5]) / d}
}

// after returns the homography that applies g first, then h.
func (h homography) after(g homography) homography {
	var out homography
	for r := range 3 {
		for c := range 3 {
			for k := range 3 {
				out[3*r+c] += h[3*r+k] * g[3*k+c]
			}
		}
	}
	return out
}

// scaling maps by a factor in both directions.
func scaling(f float64) homography { return homography{f, 0, 0, 0, f, 0, 0, 0, 1} }

// turning rotates by an angle, in radians, around a point.
func turning(angle float64, c point) homography {
	s, k := math.Sincos(angle)
	return homography{k, -s, c.x - k*c.x + s*c.y, s, k, c.y - s*c.x - k*c.y, 0, 0, 1}
}

// onto returns the homography that maps the rectangle w x h onto a quad.
func onto(w, h float64, q Quad) homography {
	// Heckbert, "Fundamentals of Texture Mapping", 1989, 2.2.3: the unit square
	// first, then scaled.
	p0, p1, p2, p3 := q.at(0), q.at(1), q.at(2), q.at(3)
	s := p0.minus(p1).plus(p2).minus(p3)
	var g, k float64
	if s != (point{}) {
		d1, d2 := p1.minus(p2), p3.minus(p2)
		det := d1.cross(d2)
		g, k = s.cross(d2)/det, d1.cross(s)/det
	}
	return homography{
		(p1.x - p0.x + g*p1.x) / w, (p3.x - p0.x + k*p3.x) / h, p0.x,
		(p1.y - p0.y + g*p1.y) / w, (p3.y - p0.y + k*p3.y) / h, p0.y,
		g / w, k / h, 1,
	}
}

// warp fills a picture of w x h pixels with what g shows where to maps them to.
// What lies outside g is taken from its border.
func warp(g *image.Gray, w, h int, to homography) *image.Gray {
	out := image.NewGray(image.Rect(0, 0, w, h))
	gw, gh := g.Rect.Dx(), g.Rect.Dy()
	inParts(h, func(from, till int) {
		for y := from; y < till; y++ {
			// Along a row numerators and denominator grow evenly.
			py := float64(y) + .5
			nx, ny, d := to[1]*py+to[2]+to[0]*.5, to[4]*py+to[5]+to[3]*.5, to[7]*py+to[8]+to[6]*.5
			row := out.Pix[y*out.Stride : y*out.Stride+w]
			for x := range row {
				sx, sy := nx/d-.5, ny/d-.5
				nx, ny, d = nx+to[0], ny+to[3], d+to[6]
				sx, sy = max(0, min(float64(gw-1), sx)), max(0, min(float64(gh-1), sy))
				ix, iy := int(sx), int(sy)
				fx, fy := int((sx-float64(ix))*256), int((sy-float64(iy))*256)
				i := iy*g.Stride + ix
				right, down := 1, g.Stride
				if ix == gw-1 {
					right = 0
				}
				if iy == gh-1 {
					down = 0
				}
				top := int(g.Pix[i])*(256-fx) + int(g.Pix[i+right])*fx
				low := int(g.Pix[i+down])*(256-fx) + int(g.Pix[i+down+right])*fx
				row[x] = uint8((top*(256-fy) + low*fy + 1<<15) >> 16) //nolint:gosec // a mean of bytes
			}
		}
	})
	return out
}

package photo

import (
	"cmp"
	"image"
	"math"
	"slices"
)

// Finding the page works on a small copy: a page's edge is long, and shows.
const (
	findSide  = 480  // pixels of the copy, at most
	steepest  = 40   // degrees by which a side may lean
	perSide   = 7    // lines that are tried for each side
	leastArea = 0.12 // of the picture
	// What lies around a page is a 25th of the picture at least: in a strip there
	// may be a line of text and nothing else.
	leastAround = 25
	leastEdge   = 10 // levels of light across an edge, at least
	// A page is believed from this mean support of its sides; the picture's own
	// border supports a side that lies outside a little.
	believed  = 0.55
	ofBorder  = 0.45
	mostEdges = 3 // sides that may lie outside
)

// beside says, in pixels of the copy, how far from an edge light is looked for.
// Beyond a line of text there is paper again; beyond a page there is not.
var beside = [...]float64{3, 5, 7, 9}

// A side is a line on which a page may end: the points p with n·p = d, where n
// points into the page.
type side struct {
	n       point
	d       float64
	votes   int
	outside bool // the border of the picture
}

// cross returns the point where two lines meet.
func (s side) cross(t side) (point, bool) {
	det := s.n.cross(t.n)
	if math.Abs(det) < .2 {
		return point{}, false
	}
	return point{(s.d*t.n.y - t.d*s.n.y) / det, (s.n.x*t.d - t.n.x*s.d) / det}, true
}

// Page returns the corners of the paper or bright screen in the picture, in the
// pixels of p.Gray; false when there is none that can be told from what lies
// around it.
func (p *Picture) Page() (Quad, bool) {
	small, scale := shrink(p.Gray, findSide)
	f := newFinder(soften(small, 2))
	q, ok := f.best()
	if !ok {
		return Quad{}, false
	}
	return refine(p.Gray, q.times(scale), scale), true
}

// A finder holds the light of a small picture and how steeply it changes.
type finder struct {
	g      *image.Gray
	w, h   int
	dx, dy []int16 // Sobel, over 4
}

func newFinder(g *image.Gray) *finder {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	f := &finder{g: g, w: w, h: h, dx: make([]int16, w*h), dy: make([]int16, w*h)}
	for y := 1; y < h-1; y++ {
		for x := 1; x < w-1; x++ {
			i := y*w + x
			at := func(o int) int { return int(g.Pix[i+o]) }
			f.dx[i] = int16((at(1-w) + 2*at(1) + at(1+w) - at(-1-w) - 2*at(-1) - at(w-1)) / 4) //nolint:gosec // at most 255
			f.dy[i] = int16((at(w-1) + 2*at(w) + at(w+1) - at(-w-1) - 2*at(-w) - at(1-w)) / 4) //nolint:gosec // at most 255
		}
	}
	return f
}

// inward are the directions into a page from its top, right, bottom and left.
var inward = [4]point{{0, 1}, {-1, 0}, {0, -1}, {1, 0}}

// lines votes for the lines on which the light rises into the page from a side
// (Hough transform; each point votes for the direction of its own gradient).
func (f *finder) lines(in point) []side {
	const step = 2 // degrees
	angles := 2*steepest/step + 1
	reach := int(math.Hypot(float64(f.w), float64(f.h))) + 2
	votes := make([]int32, angles*2*reach)
	normals := make([]point, angles)
	for a := range angles {
		s, c := math.Sincos(float64(a*step-steepest) * math.Pi / 180)
		normals[a] = point{c*in.x - s*in.y, s*in.x + c*in.y}
	}
	limit := math.Cos((steepest + 3) * math.Pi / 180)
	for y := 1; y < f.h-1; y++ {
		for x := 1; x < f.w-1; x++ {
			gx, gy := float64(f.dx[y*f.w+x]), float64(f.dy[y*f.w+x])
			size := math.Hypot(gx, gy)
			if size < leastEdge/2 || gx*in.x+gy*in.y < size*limit {
				continue
			}
			lean := math.Atan2(in.cross(point{gx, gy}), in.dot(point{gx, gy})) * 180 / math.Pi
			mid := int(math.Round((lean + steepest) / step))
			for a := max(0, mid-2); a <= min(angles-1, mid+2); a++ {
				d := int(math.Round(normals[a].x*float64(x) + normals[a].y*float64(y)))
				votes[a*2*reach+d+reach] += int32(min(size, 40))
			}
		}
	}
	return f.peaks(votes, normals, reach)
}

// peaks returns the lines with most votes, no two of them nearly the same.
func (f *finder) peaks(votes []int32, normals []point, reach int) []side {
	var all []side
	for i, v := range votes {
		if v > 200 {
			all = append(all, side{n: normals[i/(2*reach)], d: float64(i%(2*reach) - reach), votes: int(v)})
		}
	}
	slices.SortStableFunc(all, func(a, b side) int { return cmp.Compare(b.votes, a.votes) })
	mid := point{float64(f.w) / 2, float64(f.h) / 2}
	var out []side
	for _, s := range all {
		near := slices.ContainsFunc(out, func(t side) bool {
			return s.n.dot(t.n) > .99 && math.Abs(s.n.dot(mid)-s.d-t.n.dot(mid)+t.d) < 6
		})
		if !near {
			if out = append(out, s); len(out) == perSide {
				break
			}
		}
	}
	return out
}

// best tries all pages that four lines make.
func (f *finder) best() (Quad, bool) {
	border := [4]float64{0, -float64(f.w), -float64(f.h), 0}
	var sides [4][]side
	for i, in := range inward {
		sides[i] = append(f.lines(in), side{n: in, d: border[i], outside: true})
	}
	var found Quad
	most := believed
	for _, top := range sides[0] {
		for _, right := range sides[1] {
			for _, bottom := range sides[2] {
				for _, left := range sides[3] {
					four := [4]side{top, right, bottom, left}
					q, ok := f.quad(four)
					if !ok {
						continue
					}
					if s := f.support(q, four, most); s > most {
						most, found = s, q
					}
				}
			}
		}
	}
	return found, most > believed && f.darkAround(found)
}

// darkAround reports whether nearly all that lies around a page is darker than the
// page where it is lit. Around a line of text there is paper as light as
// elsewhere, however much the line looks like an edge.
func (f *finder) darkAround(q Quad) bool {
	var in, out [256]int
	around := 0
	for y := range f.h {
		for x, v := range f.g.Pix[y*f.g.Stride : y*f.g.Stride+f.w] {
			if q.holds(point{float64(x), float64(y)}) {
				in[v]++
			} else {
				out[v]++
				around++
			}
		}
	}
	return around*leastAround >= f.w*f.h && below(in, .9)-below(out, .92) >= leastEdge
}

// below is the light that a share of the counted pixels do not reach.
func below(of [256]int, share float64) int {
	all, sum := 0, 0
	for _, n := range of {
		all += n
	}
	for v, n := range of {
		if sum += n; float64(sum) > share*float64(all) {
			return v
		}
	}
	return 0
}

// quad is what four sides enclose; false when that is no page seen from
// anywhere.
func (f *finder) quad(four [4]side) (Quad, bool) {
	var p [4]point
	outside := 0
	for i := range four {
		c, ok := four[(i+3)%4].cross(four[i])
		if !ok || c.x < -.1*float64(f.w) || c.y < -.1*float64(f.h) || c.x > 1.1*float64(f.w) || c.y > 1.1*float64(f.h) {
			return Quad{}, false
		}
		p[i] = c
		if four[i].outside {
			outside++
		}
	}
	q := quadOf(p)
	if outside > mostEdges || !q.convex() || q.area() < leastArea*float64(f.w*f.h) {
		return q, false
	}
	for i := range 4 { // a page far from square was seen from too flat an angle
		a, b := q.at(i).distance(q.at(i+1)), q.at(i+2).distance(q.at(i+3))
		if min(a, b) < .4*max(a, b) || min(a, b) < 40 {
			return q, false
		}
	}
	return q, true
}

// support is how much of a quad's outline the light rises across, from 0 to 1,
// and a little for its size. It gives up below least.
func (f *finder) support(q Quad, four [4]side, least float64) float64 {
	size := .1 * math.Sqrt(q.area()/float64(f.w*f.h))
	sum, whole := 0.0, 0.0
	for i := range 4 {
		whole += q.at(i).distance(q.at(i + 1))
	}
	left := whole
	for i := range 4 {
		a, b := q.at(i), q.at(i+1)
		length := a.distance(b)
		share := ofBorder
		if !four[i].outside {
			share = f.edge(a, b, four[i].n)
			if share < .3 {
				return 0
			}
		}
		sum += share * length
		if left -= length; (sum+left)/whole+size < least {
			return 0
		}
	}
	return sum/whole + size
}

// edge is the share of the points between two corners at which the picture is
// lighter inside than outside.
func (f *finder) edge(a, b, n point) float64 {
	const points = 48
	good, of := 0, 0
	for i := range points {
		p := a.plus(b.minus(a).times((float64(i) + .5) / points))
		if p.x < 1 || p.y < 1 || p.x >= float64(f.w-1) || p.y >= float64(f.h-1) {
			continue // outside the picture: nothing is known
		}
		of++
		in, out := 0, 0
		for _, far := range beside {
			in = max(in, f.light(p.plus(n.times(far))))
			out = max(out, f.light(p.minus(n.times(far))))
		}
		if in-out >= leastEdge {
			good++
		}
	}
	if of < points/2 {
		return ofBorder
	}
	return float64(good) / float64(of)
}

func (f *finder) light(p point) int {
	x, y := max(0, min(f.w-1, int(p.x))), max(0, min(f.h-1, int(p.y)))
	return int(f.g.Pix[y*f.g.Stride+x])
}

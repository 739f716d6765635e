package match

import (
	"image"
	"math"

	"chancery.example/internal/layout"
	"chancery.example/internal/photo"
	"chancery.example/internal/photo/plane"
)

// A patch is a small picture: light of a photo, or ink of a page from 0 to 1.
type patch struct {
	w, h int
	v    []float32
}

func newPatch(w, h int) patch { return patch{w, h, make([]float32, w*h)} }

// around is how far around a word's ink is looked, in millimetres: what stands
// there and should not is seen. reach is how many pixels further the photo is
// taken, as words may be off by so much.
const (
	around = .8
	reach  = 3
)

// frame is the stretch of a page that belongs to a word: its box and what is
// around it, up to three quarters of the way to the next one, in pixels of the raster.
func frame(b layout.Box, before, after, perMM float64) image.Rectangle {
	return image.Rect(
		int(math.Floor((b.X-min(around, before*.75))*perMM)), int(math.Floor((b.Y-around*.6)*perMM)),
		int(math.Ceil((b.X+b.Width+min(around, after*.75))*perMM)), int(math.Ceil((b.Y+b.Height+around*.6)*perMM)))
}

// sampled takes the stretch of the photo where a stretch of the page lies, reach
// pixels wider on each side; off is how far, in the photo, it lies from where it
// should. The photo's pixels are taken step at a time.
func sampled(g *image.Gray, step float64, l photo.Lie, off plane.Point, r image.Rectangle, perMM float64) patch {
	out := newPatch(r.Dx()+2*reach, r.Dy()+2*reach)
	at := func(x, y int) plane.Point {
		p := plane.Place(l, plane.At((float64(r.Min.X+x-reach)+.5)/perMM, (float64(r.Min.Y+y-reach)+.5)/perMM))
		return plane.At((p.X+off.X)/step-.5, (p.Y+off.Y)/step-.5)
	}
	// Over so small a stretch a page is even, nearly.
	a, b, c, d := at(0, 0), at(out.w, 0), at(0, out.h), at(out.w, out.h)
	gw, gh := float64(g.Rect.Dx())-1.001, float64(g.Rect.Dy())-1.001
	for y := range out.h {
		fy := float64(y) / float64(out.h)
		x0, y0 := a.X+(c.X-a.X)*fy, a.Y+(c.Y-a.Y)*fy
		x1, y1 := b.X+(d.X-b.X)*fy, b.Y+(d.Y-b.Y)*fy
		dx, dy := (x1-x0)/float64(out.w), (y1-y0)/float64(out.w)
		row := out.v[y*out.w : (y+1)*out.w]
		for x := range row {
			sx, sy := max(0, min(gw, x0)), max(0, min(gh, y0))
			x0, y0 = x0+dx, y0+dy
			ix, iy := int(sx), int(sy)
			fx, fy := float32(sx-float64(ix)), float32(sy-float64(iy))
			i := iy*g.Stride + ix
			top := float32(g.Pix[i])*(1-fx) + float32(g.Pix[i+1])*fx
			low := float32(g.Pix[i+g.Stride])*(1-fx) + float32(g.Pix[i+g.Stride+1])*fx
			row[x] = top*(1-fy) + low*fy
		}
	}
	return out
}

// inks are the ink of each light.
var inks = func() (out [256]float32) {
	for v := range out {
		out[v] = float32(255-v) / 255
	}
	return out
}()

// inkOf takes the ink of a stretch of a rendered page, blurred by so many pixels
// across and down.
func inkOf(g *image.Gray, r image.Rectangle, across, down float64) patch {
	m := image.Pt(int(math.Ceil(3*across)), int(math.Ceil(3*down)))
	wide := image.Rectangle{r.Min.Sub(m), r.Max.Add(m)}
	p := newPatch(wide.Dx(), wide.Dy())
	for y := range p.h {
		yy := wide.Min.Y + y
		if yy < 0 || yy >= g.Rect.Dy() {
			continue
		}
		first, last := max(0, wide.Min.X), min(g.Rect.Dx(), wide.Max.X)
		if first >= last {
			continue
		}
		to := p.v[y*p.w+first-wide.Min.X:]
		for x, v := range g.Pix[yy*g.Stride+first : yy*g.Stride+last] {
			to[x] = inks[v]
		}
	}
	return p.blurred(across, down, image.Rectangle{m, m.Add(r.Size())})
}

// blurred spreads light as lenses and hands do, and returns a stretch of the patch.
func (p patch) blurred(across, down float64, of image.Rectangle) patch {
	by, along := bell(across), newPatch(of.Dx(), p.h)
	for y := range p.h {
		spread(along.v[y*along.w:(y+1)*along.w], p.v[y*p.w:(y+1)*p.w], by, of.Min.X)
	}
	by = bell(down)
	half, out := len(by)/2, newPatch(of.Dx(), of.Dy())
	for y := range out.h {
		to := out.v[y*out.w : (y+1)*out.w]
		for k, f := range by {
			if from := of.Min.Y + y + k - half; from >= 0 && from < p.h {
				for x, v := range along.v[from*along.w:][:len(to)] {
					to[x] += v * f
				}
			}
		}
	}
	return out
}

// spread spreads the light of one row, of which to is the stretch from first on.
func spread(to, from, by []float32, first int) {
	half := len(by) / 2
	for i, v := range from {
		if v == 0 { // most is paper
			continue
		}
		x := i - first - half
		if x >= 0 && x+len(by) <= len(to) {
			for k, f := range by {
				to[x+k] += v * f
			}
			continue
		}
		for k := max(0, -x); k < min(len(by), len(to)-x); k++ {
			to[x+k] += v * by[k]
		}
	}
}

func bell(sigma float64) []float32 {
	if sigma < .15 {
		return []float32{1}
	}
	r := int(math.Ceil(3 * sigma))
	out := make([]float32, 2*r+1)
	sum := float32(0)
	for i := range out {
		out[i] = float32(math.Exp(-float64((i-r)*(i-r)) / (2 * sigma * sigma)))
		sum += out[i]
	}
	for i := range out {
		out[i] /= sum
	}
	return out
}

// A fitting says how ink lies under the light of a patch: so far off, as much
// lighter and darker; and what is left.
type fitting struct {
	x, y  float64 // pixels that the photo is off
	grow  float64 // by how much it is wider
	lean  float64 // by how much its ends are lower and higher
	paper float64 // light without ink
	ink   float64 // light that full ink takes away
	alike float64 // correlation, from -1 to 1
	left  patch   // light minus what ink explains, in inks: positive where it is darker
}

// mostGrown is by how many pixels ink may be wider or narrower than it should.
const mostGrown = 1.5

// lay looks for where ink lies in a photo's patch, which is wider by reach on
// each side.
func lay(light, ink patch, within int) fitting {
	best := fitting{alike: -2}
	for dy := -within; dy <= within; dy++ {
		for dx := -within; dx <= within; dx++ {
			if c := correlation(light, ink, reach+dx, reach+dy); c > best.alike {
				best.alike, best.x, best.y = c, float64(dx), float64(dy)
			}
		}
	}
	best.refine(light, ink, mostGrown)
	return best
}

// correlation of ink with a stretch of light: 1 where light is dark as ink is.
func correlation(light, ink patch, x, y int) float64 {
	var s, ss, t, tt, st float32
	for r := range ink.h {
		a, b := light.v[(y+r)*light.w+x:][:ink.w], ink.v[r*ink.w:(r+1)*ink.w]
		for i, v := range b {
			u := a[i]
			s += u
			ss += u * u
			t += v
			tt += v * v
			st += u * v
		}
	}
	n := float32(ink.w * ink.h)
	d := (ss - s*s/n) * (tt - t*t/n)
	if d <= 0 {
		return 0
	}
	return -float64((st - s*t/n) / float32(math.Sqrt(float64(d))))
}

// refine moves the fitting by parts of a pixel (Lucas and Kanade, "An Iterative
// Image Registration Technique", 1981), with a width that may be off too, and a line
// that may lean.
// It becomes wider by so many pixels at most.
func (f *fitting) refine(light, ink patch, grown float64) {
	const rounds, most = 3, 1.5
	x0, y0 := f.x, f.y
	moved := newPatch(ink.w, ink.h)
	for range rounds {
		f.view(moved, light)
		rows := equations(moved, ink)
		if !plane.Solve(rows, unknowns) {
			break
		}
		by := func(i int, most float64) float64 { return max(-most, min(most, rows[i][unknowns])) }
		f.paper, f.ink = rows[0][unknowns], rows[1][unknowns]
		f.x = max(x0-most, min(x0+most, f.x+by(2, .7)))
		f.y = max(y0-most, min(y0+most, f.y+by(3, .7)))
		f.grow = max(-grown, min(grown, f.grow+by(4, .5)))
		f.lean = max(-most, min(most, f.lean+by(5, .5)))
	}
	f.view(moved, light)
	f.settle(moved, ink)
}

// unknowns are those of a fitting: paper, ink, what the view is off across and down,
// how much wider it is and how much it leans.
const unknowns = 6

// equations are those for what is unknown: least squares over all pixels of what ink
// leaves unexplained.
func equations(v, ink patch) [][]float64 {
	var a [unknowns][unknowns + 1]float64
	mid := float64(ink.w) / 2
	for y := range ink.h {
		up, here, low := v.v[max(0, y-1)*v.w:][:v.w], v.v[y*v.w:][:v.w], v.v[min(v.h-1, y+1)*v.w:][:v.w]
		high := float32(max(1, min(v.h-1, y+1)-max(0, y-1)))
		for x, k := range ink.v[y*ink.w : (y+1)*ink.w] {
			l, r, u := max(0, x-1), min(v.w-1, x+1), (float64(x)-mid)/mid
			gx := -float64((here[r] - here[l]) / float32(max(1, r-l)))
			gy := -float64((low[x] - up[x]) / high)
			gu, gv := gx*u, gy*u
			i, m := -float64(k), float64(here[x])
			a[0][1], a[0][2], a[0][3], a[0][4], a[0][5], a[0][6] = a[0][1]+i, a[0][2]+gx, a[0][3]+gy, a[0][4]+gu, a[0][5]+gv, a[0][6]+m
			a[1][1], a[1][2], a[1][3], a[1][4], a[1][5], a[1][6] = a[1][1]+i*i, a[1][2]+i*gx, a[1][3]+i*gy, a[1][4]+i*gu, a[1][5]+i*gv, a[1][6]+i*m
			a[2][2], a[2][3], a[2][4], a[2][5], a[2][6] = a[2][2]+gx*gx, a[2][3]+gx*gy, a[2][4]+gx*gu, a[2][5]+gx*gv, a[2][6]+gx*m
			a[3][3], a[3][4], a[3][5], a[3][6] = a[3][3]+gy*gy, a[3][4]+gy*gu, a[3][5]+gy*gv, a[3][6]+gy*m
			a[4][4], a[4][5], a[4][6] = a[4][4]+gu*gu, a[4][5]+gu*gv, a[4][6]+gu*m
			a[5][5], a[5][6] = a[5][5]+gv*gv, a[5][6]+gv*m
		}
	}
	a[0][0] = float64(len(ink.v))
	rows := make([][]float64, unknowns)
	for j := range unknowns {
		a[j][j] += 1e-3
		for k := range j {
			a[j][k] = a[k][j]
		}
		rows[j] = a[j][:]
	}
	return rows
}

// view is the light at which the fitting looks.
func (f *fitting) view(out, light patch) {
	mid := float64(out.w) / 2
	for x := range out.w {
		u := (float64(x) - mid) / mid
		sx := max(0, min(float64(light.w)-1.001, float64(x)+reach+f.x+f.grow*u))
		sy := reach + f.y + f.lean*u
		iy := int(math.Floor(sy))
		fx, fy := float32(sx-math.Floor(sx)), float32(sy-math.Floor(sy))
		column := light.v[int(sx):]
		for y := range out.h {
			at := max(0, min(light.h-2, y+iy)) * light.w
			r0, r1 := column[at:at+2], column[at+light.w:at+light.w+2]
			top := r0[0] + (r0[1]-r0[0])*fx
			out.v[y*out.w+x] = top + (r1[0]+(r1[1]-r1[0])*fx-top)*fy
		}
	}
}

// settle finds light and ink that explain a view best, and what they do not.
func (f *fitting) settle(view, ink patch) {
	var s, ss, t, tt, st float64
	for i, v := range ink.v {
		u := float64(view.v[i])
		s, ss, t, tt, st = s+u, ss+u*u, t+float64(v), tt+float64(v)*float64(v), st+u*float64(v)
	}
	n := float64(len(ink.v))
	cov, spread := st-s*t/n, tt-t*t/n
	if spread < 1e-6 {
		f.ink, f.paper, f.alike = 0, s/n, 0
	} else {
		f.ink = -cov / spread
		f.paper = (s + f.ink*t) / n
		f.alike = -cov / math.Sqrt(spread*max(1e-9, ss-s*s/n))
	}
	f.left = newPatch(ink.w, ink.h)
	by := float32(max(4, f.ink))
	for i, v := range ink.v {
		f.left.v[i] = (float32(f.paper) - float32(f.ink)*v - view.v[i]) / by
	}
}

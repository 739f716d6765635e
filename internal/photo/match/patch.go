package match

import (
	"image"
	"math"

	"chancery.example/internal/layout"
	"chancery.example/internal/photo"
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
// around it, up to half of the way to the next one, in pixels of the raster.
func frame(b layout.Box, before, after, perMM float64) image.Rectangle {
	return image.Rect(
		int(math.Floor((b.X-min(around, before/2))*perMM)), int(math.Floor((b.Y-around*.6)*perMM)),
		int(math.Ceil((b.X+b.Width+min(around, after/2))*perMM)), int(math.Ceil((b.Y+b.Height+around*.6)*perMM)))
}

// sampled takes the stretch of the photo where a stretch of the page lies, reach
// pixels wider on each side; off is how far, in the photo, it lies from where it
// should. The photo's pixels are taken step at a time.
func sampled(g *image.Gray, step float64, l photo.Lie, off point, r image.Rectangle, perMM float64) patch {
	out := newPatch(r.Dx()+2*reach, r.Dy()+2*reach)
	at := func(x, y int) point {
		p := place(l, point{(float64(r.Min.X+x-reach) + .5) / perMM, (float64(r.Min.Y+y-reach) + .5) / perMM})
		return point{(p.x+off.x)/step - .5, (p.y+off.y)/step - .5}
	}
	// Over so small a stretch a page is even, nearly.
	a, b, c, d := at(0, 0), at(out.w, 0), at(0, out.h), at(out.w, out.h)
	gw, gh := float64(g.Rect.Dx())-1.001, float64(g.Rect.Dy())-1.001
	for y := range out.h {
		fy := float64(y) / float64(out.h)
		x0, y0 := a.x+(c.x-a.x)*fy, a.y+(c.y-a.y)*fy
		x1, y1 := b.x+(d.x-b.x)*fy, b.y+(d.y-b.y)*fy
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
		for x := range p.w {
			if xx := wide.Min.X + x; xx >= 0 && xx < g.Rect.Dx() {
				p.v[y*p.w+x] = float32(255-g.Pix[yy*g.Stride+xx]) / 255
			}
		}
	}
	return p.blurred(across, down).cut(m.X, m.Y, r.Dx(), r.Dy())
}

func (p patch) cut(x, y, w, h int) patch {
	out := newPatch(w, h)
	for r := range h {
		copy(out.v[r*w:(r+1)*w], p.v[(y+r)*p.w+x:(y+r)*p.w+x+w])
	}
	return out
}

// blurred spreads light as lenses and hands do.
func (p patch) blurred(across, down float64) patch {
	return p.spread(bell(across), 1, p.w).spread(bell(down), p.w, p.h)
}

// spread spreads light along one direction: pixels that are beside each other are
// step apart, n of them.
func (p patch) spread(by []float32, step, n int) patch {
	out := newPatch(p.w, p.h)
	half := len(by) / 2
	for i, v := range p.v {
		if v == 0 { // most is paper
			continue
		}
		at := i / step % n
		for k := max(0, half-at); k < min(len(by), n+half-at); k++ {
			out.v[i+(k-half)*step] += v * by[k]
		}
	}
	return out
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
	paper float64 // light without ink
	ink   float64 // light that full ink takes away
	alike float64 // correlation, from -1 to 1
	left  patch   // light minus what ink explains, in inks: positive where it is darker
}

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
	best.refine(light, ink)
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
// Image Registration Technique", 1981), with a width that may be off too.
func (f *fitting) refine(light, ink patch) {
	const rounds, most = 3, 1.5
	x0, y0 := f.x, f.y
	for range rounds {
		moved, gx, gy := f.view(light, ink.w, ink.h)
		var a [5][6]float64
		for i := range a {
			a[i][i] = 1e-3
		}
		mid := float64(ink.w) / 2
		for y := range ink.h {
			for x := range ink.w {
				i := y*ink.w + x
				u := (float64(x) - mid) / mid
				t := [5]float64{1, -float64(ink.v[i]), -float64(gx.v[i]), -float64(gy.v[i]), -float64(gx.v[i]) * u}
				for j := range 5 {
					for k := j; k < 5; k++ {
						a[j][k] += t[j] * t[k]
					}
					a[j][5] += t[j] * float64(moved.v[i])
				}
			}
		}
		rows := make([][]float64, 5)
		for j := range 5 {
			for k := range j {
				a[j][k] = a[k][j]
			}
			rows[j] = a[j][:]
		}
		if !solve(rows, 5) {
			break
		}
		f.paper, f.ink = rows[0][5], rows[1][5]
		f.x = max(x0-most, min(x0+most, f.x+max(-.7, min(.7, rows[2][5]))))
		f.y = max(y0-most, min(y0+most, f.y+max(-.7, min(.7, rows[3][5]))))
		f.grow = max(-most, min(most, f.grow+max(-.5, min(.5, rows[4][5]))))
	}
	moved, _, _ := f.view(light, ink.w, ink.h)
	f.settle(moved, ink)
}

// view is the light at which the fitting looks, and how it changes across and
// down.
func (f *fitting) view(light patch, w, h int) (v, gx, gy patch) {
	v, gx, gy = newPatch(w, h), newPatch(w, h), newPatch(w, h)
	mid := float64(w) / 2
	at := func(x, y float64) float32 {
		x, y = max(0, min(float64(light.w)-1.001, x)), max(0, min(float64(light.h)-1.001, y))
		ix, iy := int(x), int(y)
		fx, fy := float32(x-float64(ix)), float32(y-float64(iy))
		r0 := light.v[iy*light.w+ix:]
		r1 := light.v[(iy+1)*light.w+ix:]
		return (r0[0]*(1-fx)+r0[1]*fx)*(1-fy) + (r1[0]*(1-fx)+r1[1]*fx)*fy
	}
	for y := range h {
		sy := float64(y) + reach + f.y
		for x := range w {
			sx := float64(x) + reach + f.x + f.grow*(float64(x)-mid)/mid
			v.v[y*w+x] = at(sx, sy)
		}
	}
	for y := range h {
		for x := range w {
			l, r, u, d := max(0, x-1), min(w-1, x+1), max(0, y-1), min(h-1, y+1)
			gx.v[y*w+x] = (v.v[y*w+r] - v.v[y*w+l]) / float32(max(1, r-l))
			gy.v[y*w+x] = (v.v[d*w+x] - v.v[u*w+x]) / float32(max(1, d-u))
		}
	}
	return v, gx, gy
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

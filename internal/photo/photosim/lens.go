package photosim

import (
	"fmt"
	"image"
	"math"
	"math/rand/v2"
)

func sample(g *image.Gray, x, y float64) float64 {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	x, y = max(0, min(float64(w)-1.001, x-.5)), max(0, min(float64(h)-1.001, y-.5))
	ix, iy := int(x), int(y)
	fx, fy := x-float64(ix), y-float64(iy)
	if ix+1 >= w || iy+1 >= h { // of one pixel
		return float64(g.Pix[iy*g.Stride+ix])
	}
	a, b := g.Pix[iy*g.Stride+ix:][:2], g.Pix[(iy+1)*g.Stride+ix:][:2]
	top := float64(a[0]) + (float64(a[1])-float64(a[0]))*fx
	return top + (float64(b[0])+(float64(b[1])-float64(b[0]))*fx-top)*fy
}

// blur is a Gauss bell in both directions.
func blur(pix []float64, w, h int, sigma float64) {
	r := int(math.Ceil(3 * sigma))
	bell := make([]float64, 2*r+1)
	sum := 0.0
	for i := range bell {
		bell[i] = math.Exp(-float64((i-r)*(i-r)) / (2 * sigma * sigma))
		sum += bell[i]
	}
	for i := range bell {
		bell[i] /= sum
	}
	out := make([]float64, len(pix))
	for y := range h {
		row, to := pix[y*w:(y+1)*w], out[y*w:(y+1)*w]
		for x := range to {
			for k, b := range bell {
				to[x] += row[max(0, min(w-1, x+k-r))] * b
			}
		}
	}
	clear(pix)
	for y := range h {
		to := pix[y*w : (y+1)*w]
		for k, b := range bell {
			row := out[max(0, min(h-1, y+k-r))*w:][:len(to)]
			for x, v := range row {
				to[x] += v * b
			}
		}
	}
}

// moved is what a hand that moves in some direction does.
func moved(rng *rand.Rand, pix []float64, w, h int, by float64) []float64 {
	sin, cos := math.Sincos(rng.Float64() * math.Pi)
	steps := int(math.Ceil(by*2)) + 1
	out := make([]float64, len(pix))
	for k := range steps {
		off := (float64(k)/float64(steps-1) - .5) * by
		dx, dy := int(math.Round(off*cos)), int(math.Round(off*sin))
		for y := range h {
			row := max(0, min(h-1, y+dy)) * w
			for x := range w {
				out[y*w+x] += pix[row+max(0, min(w-1, x+dx))] / float64(steps)
			}
		}
	}
	return out
}

// A bulge is how paper that is not flat moves what stands on it, as a function
// of the place that it would have were it flat.
type bulge struct {
	up, along, at, waves float64
}

func (q Quality) bulges(rng *rand.Rand) bulge {
	by := (rng.Float64()*2 - 1) * q.Curl * Height
	return bulge{up: by, along: by * (rng.Float64() - .5), at: rng.Float64() * math.Pi, waves: 1 + rng.Float64()*.8}
}

func (b bulge) apply(x, y float64) (float64, float64) {
	if b.up == 0 && b.along == 0 {
		return x, y
	}
	s, c := math.Sincos(b.at + b.waves*math.Pi*x/Width)
	return x + b.along*c, y + b.up*s
}

func apply(h [9]float64, x, y float64) (float64, float64) {
	d := h[6]*x + h[7]*y + h[8]
	return (h[0]*x + h[1]*y + h[2]) / d, (h[3]*x + h[4]*y + h[5]) / d
}

// homography solves the eight equations for the map that takes four points to
// four others. It shares nothing with the code under test.
func homography(from, to [4][2]float64) (h [9]float64, err error) {
	var m [8][9]float64
	for i := range 4 {
		x, y, u, v := from[i][0], from[i][1], to[i][0], to[i][1]
		m[2*i] = [9]float64{x, y, 1, 0, 0, 0, -u * x, -u * y, u}
		m[2*i+1] = [9]float64{0, 0, 0, x, y, 1, -v * x, -v * y, v}
	}
	for c := range 8 {
		best := c
		for r := c + 1; r < 8; r++ {
			if math.Abs(m[r][c]) > math.Abs(m[best][c]) {
				best = r
			}
		}
		m[c], m[best] = m[best], m[c]
		if math.Abs(m[c][c]) < 1e-12 {
			return h, fmt.Errorf("photosim: the points %v lie on a line", from)
		}
		for r := range 8 {
			if r == c {
				continue
			}
			f := m[r][c] / m[c][c]
			for k := c; k < 9; k++ {
				m[r][k] -= f * m[c][k]
			}
		}
	}
	for i := range 8 {
		h[i] = m[i][8] / m[i][i]
	}
	h[8] = 1
	return h, nil
}

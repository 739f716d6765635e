package photosim

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"
)

// SeedEnv names the environment variable that chooses the photos: a number, or
// "fresh" for others at every run.
const SeedEnv = "CHANCERY_PHOTO_SEED"

// Seed returns the seed of a run and logs it. It is always the same unless the
// environment says otherwise: a test must not fail for one photo in a hundred.
func Seed(t testing.TB) uint64 {
	t.Helper()
	seed := uint64(7)
	switch s := os.Getenv(SeedEnv); s {
	case "":
	case "fresh":
		seed = uint64(time.Now().UnixNano())
	default:
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			t.Fatalf("%s=%q: want a number, or fresh: %v", SeedEnv, s, err)
		}
		seed = n
	}
	t.Logf("%s=%d", SeedEnv, seed)
	return seed
}

// A Quality says by what a picture was taken.
type Quality struct {
	Name        string
	W, H        int     // pixels
	Lean        float64 // by how much of the page's size a corner may be off
	Turn        float64 // degrees, either way
	Fill        float64 // of the picture's side that the page takes, on the middle
	Shadow      float64 // the least light, of 1
	Blur        float64 // pixels, the Gauss bell's
	Noise       float64 // levels, likewise
	Compression int     // of JPEG; 0: PNG
	Screen      bool    // a bright screen in the dark, with its raster
}

// The qualities by which reading is measured.
var (
	Clean  = Quality{Name: "clean", W: Width, H: Height}
	Good   = Quality{"good", 1800, 2400, .05, 6, .86, .75, .7, 3, 92, false}
	Mid    = Quality{"mid", 1200, 1600, .08, 8, .87, .55, .7, 5, 70, false}
	Poor   = Quality{"poor", 1100, 1450, .09, 8, .87, .40, 1.0, 8, 45, false}
	Screen = Quality{"screen", 1500, 2000, .08, 8, .84, .70, .8, 4, 75, true}
)

// Qualities lists them, the best first.
func Qualities() []Quality { return []Quality{Clean, Good, Mid, Poor, Screen} }

// A Shot is a picture with what is true of it.
type Shot struct {
	Data    []byte
	Size    image.Point
	Corners [4][2]float64 // of the page: top left, top right, bottom right, bottom left
	Page    Page
	toPage  [9]float64
}

// OnPage returns the place on the page that a place of the picture shows.
func (s Shot) OnPage(x, y float64) (float64, float64) { return apply(s.toPage, x, y) }

// Shoot takes a picture of a page.
func (q Quality) Shoot(rng *rand.Rand, p Page) (Shot, error) {
	s := Shot{Size: image.Pt(q.W, q.H), Page: p}
	if q.Lean == 0 {
		s.Corners = [4][2]float64{{0, 0}, {Width, 0}, {Width, Height}, {0, Height}}
		s.toPage = [9]float64{1, 0, 0, 0, 1, 0, 0, 0, 1}
		var buf bytes.Buffer
		err := png.Encode(&buf, p.Image)
		s.Data = buf.Bytes()
		return s, err
	}
	s.Corners = q.corners(rng)
	h, err := homography(s.Corners, [4][2]float64{{0, 0}, {Width, 0}, {Width, Height}, {0, Height}})
	if err != nil {
		return s, err
	}
	s.toPage = h
	light := q.expose(rng, s)
	blur(light, q.W, q.H, q.Blur)
	out := image.NewGray(image.Rect(0, 0, q.W, q.H))
	for i, v := range light {
		out.Pix[i] = uint8(max(0, min(255, math.Round(v+rng.NormFloat64()*q.Noise))))
	}
	var buf bytes.Buffer
	err = jpeg.Encode(&buf, out, &jpeg.Options{Quality: q.Compression})
	s.Data = buf.Bytes()
	return s, err
}

// border is how near to the edge of the picture a corner may come, in pixels.
const border = 15

// corners puts the page somewhere in the picture.
func (q Quality) corners(rng *rand.Rand) [4][2]float64 {
	either := func(by float64) float64 { return (rng.Float64()*2 - 1) * by }
	h := math.Min(float64(q.H)*q.Fill, float64(q.W)*q.Fill*Height/Width) * (1 + either(.04))
	w := h * Width / Height
	cx, cy := float64(q.W)/2+either(.01*float64(q.W)), float64(q.H)/2+either(.01*float64(q.H))
	sin, cos := math.Sincos(either(q.Turn) * math.Pi / 180)
	var out [4][2]float64
	fit := 1.0 // whoever takes the photo gets all of the page into it
	for i, c := range [4][2]float64{{-.5, -.5}, {.5, -.5}, {.5, .5}, {-.5, .5}} {
		x, y := c[0]*w*(1+either(q.Lean)), c[1]*h*(1+either(q.Lean))
		out[i] = [2]float64{x*cos - y*sin, x*sin + y*cos}
		fit = min(fit, (min(cx, float64(q.W)-cx)-border)/math.Abs(out[i][0]), (min(cy, float64(q.H)-cy)-border)/math.Abs(out[i][1]))
	}
	for i := range out {
		out[i] = [2]float64{cx + out[i][0]*fit, cy + out[i][1]*fit}
	}
	return out
}

// expose lets the light of page and desk fall into the camera.
func (q Quality) expose(rng *rand.Rand, s Shot) []float64 {
	desk, grain, angle := 30+rng.Float64()*90, 4+rng.Float64()*8, rng.Float64()*2*math.Pi
	if q.Screen {
		desk, grain = 12+rng.Float64()*25, 3
	}
	dx, dy := math.Cos(angle), math.Sin(angle)
	edge := rng.Float64()*.8 - .4 // where the shadow falls, across the picture
	width := .15 + rng.Float64()*.5
	wood := 20 + rng.Float64()*60
	out := make([]float64, q.W*q.H)
	for y := range q.H {
		for x := range q.W {
			u, v := float64(x)/float64(q.W)-.5, float64(y)/float64(q.H)-.5
			shade := 1 - (1-q.Shadow)/(1+math.Exp(-((u*dx+v*dy)-edge)/width*4))
			shade *= 1 - .25*(u*u+v*v) // the lens
			px, py := apply(s.toPage, float64(x)+.5, float64(y)+.5)
			if px >= 0 && py >= 0 && px < Width && py < Height {
				l := sample(s.Page.Image, px, py)
				if q.Screen { // rows and columns of lamps
					l *= .94 + .06*math.Sin(px*2*math.Pi/2.7)*math.Sin(py*2*math.Pi/2.7)
				}
				out[y*q.W+x] = l * shade
				continue
			}
			out[y*q.W+x] = (desk + grain*math.Sin(u*wood+3*math.Sin(v*9)) + rng.NormFloat64()*2) * shade
		}
	}
	return out
}

func sample(g *image.Gray, x, y float64) float64 {
	x, y = max(0, min(Width-1.001, x-.5)), max(0, min(Height-1.001, y-.5))
	ix, iy := int(x), int(y)
	fx, fy := x-float64(ix), y-float64(iy)
	at := func(dx, dy int) float64 { return float64(g.Pix[min(Height-1, iy+dy)*g.Stride+min(Width-1, ix+dx)]) }
	return (at(0, 0)*(1-fx)+at(1, 0)*fx)*(1-fy) + (at(0, 1)*(1-fx)+at(1, 1)*fx)*fy
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
	line := make([]float64, max(w, h))
	pass := func(n int, at func(int) int) {
		for i := range n {
			line[i] = 0
			for k, b := range bell {
				line[i] += pix[at(max(0, min(n-1, i+k-r)))] * b / sum
			}
		}
		for i := range n {
			pix[at(i)] = line[i]
		}
	}
	for y := range h {
		pass(w, func(i int) int { return y*w + i })
	}
	for x := range w {
		pass(h, func(i int) int { return i*w + x })
	}
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

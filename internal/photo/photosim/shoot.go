package photosim

import (
	"bytes"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"
	"math"
	"math/rand/v2"
)

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
	Screen      bool    // a bright screen in the dark, with its raster and moire
	Curl        float64 // by how much of its height paper may bulge, on either side
	Motion      float64 // pixels by which the hand moved, in any direction
	Twice       bool    // compressed again, as by a messenger that passes it on
	// Part is the stretch of the page that fills the picture, in pixels of the
	// page; all of it when empty.
	Part image.Rectangle
}

// The qualities by which reading is measured.
var (
	Clean  = Quality{Name: "clean", W: Width, H: Height}
	Good   = Quality{Name: "good", W: 1800, H: 2400, Lean: .05, Turn: 6, Fill: .86, Shadow: .75, Blur: .7, Noise: 3, Compression: 92}
	Mid    = Quality{Name: "mid", W: 1200, H: 1600, Lean: .08, Turn: 8, Fill: .87, Shadow: .55, Blur: .7, Noise: 5, Compression: 70}
	Poor   = Quality{Name: "poor", W: 1100, H: 1450, Lean: .09, Turn: 8, Fill: .87, Shadow: .40, Blur: 1.0, Noise: 8, Compression: 45}
	Screen = Quality{Name: "screen", W: 1500, H: 2000, Lean: .08, Turn: 8, Fill: .84, Shadow: .70, Blur: .8, Noise: 4, Compression: 75, Screen: true}
)

// Worse than those: paper that bulges, a hand that moves, a messenger that
// compresses again what came compressed.
var (
	Curled = Quality{Name: "curled", W: 1500, H: 2000, Lean: .06, Turn: 7, Fill: .86, Shadow: .6, Blur: .8, Noise: 4, Compression: 80, Curl: .012}
	Moved  = Quality{Name: "moved", W: 1500, H: 2000, Lean: .06, Turn: 7, Fill: .86, Shadow: .6, Blur: .7, Noise: 4, Compression: 80, Motion: 3.5}
	Passed = Quality{Name: "passed on", W: 1200, H: 1600, Lean: .07, Turn: 7, Fill: .88, Shadow: .6, Blur: .8, Noise: 5, Compression: 55, Curl: .006, Twice: true}
)

// Qualities lists them, the best first.
func Qualities() []Quality { return []Quality{Clean, Good, Mid, Poor, Screen} }

// Of returns the quality for a photo of a part of the page alone, taken from
// nearer: the part fills the picture, and the page's edges are outside.
func (q Quality) Of(part image.Rectangle) Quality {
	q.Part = part
	// As far as the whole page is seen in more pixels: nobody holds the camera
	// nearer than twice.
	nearer := min(2, float64(Height)/float64(max(part.Dy(), part.Dx()*Height/Width)))
	density := float64(q.H) / Height * nearer
	q.W, q.H = int(float64(part.Dx())*density), int(float64(part.Dy())*density)
	q.Fill = 1.02
	return q
}

// Far returns the quality for a picture whose sides are made shorter by a factor,
// as messengers do.
func (q Quality) Far(by float64) Quality {
	q.W, q.H = int(float64(q.W)*by), int(float64(q.H)*by)
	return q
}

// A Shot is a picture with what is true of it.
type Shot struct {
	Data    []byte
	Size    image.Point
	Corners [4][2]float64 // of the page: top left, top right, bottom right, bottom left
	Page    Page
	toPage  [9]float64
	bulge   bulge
}

// OnPage returns the place on the page that a place of the picture shows.
func (s Shot) OnPage(x, y float64) (float64, float64) {
	return s.bulge.apply(apply(s.toPage, x, y))
}

// Shoot takes a picture of a page.
func (q Quality) Shoot(rng *rand.Rand, p Page) (Shot, error) {
	s := Shot{Size: image.Pt(q.W, q.H), Page: p}
	if q.Lean == 0 {
		return q.copied(s)
	}
	var err error
	if s.Corners, err = q.corners(rng); err != nil {
		return s, err
	}
	h, err := homography(s.Corners, rectangle(q.part()))
	if err != nil {
		return s, err
	}
	s.toPage, s.bulge = h, q.bulges(rng)
	light := q.expose(rng, s)
	blur(light, q.W, q.H, q.Blur)
	if q.Motion > 0 {
		light = moved(rng, light, q.W, q.H, q.Motion*(.5+rng.Float64()/2))
	}
	out := image.NewGray(image.Rect(0, 0, q.W, q.H))
	for i, v := range light {
		out.Pix[i] = uint8(max(0, min(255, math.Round(v+rng.NormFloat64()*q.Noise))))
	}
	s.Data, err = compressed(out, q.Compression)
	if err == nil && q.Twice {
		s.Data, err = again(s.Data, q.Compression)
	}
	return s, err
}

// copied is a picture that no camera took: the page itself, or a part of it.
func (q Quality) copied(s Shot) (Shot, error) {
	part := q.part()
	s.Size = part.Size()
	s.toPage = [9]float64{1, 0, float64(part.Min.X), 0, 1, float64(part.Min.Y), 0, 0, 1}
	s.Corners = rectangle(s.Page.Image.Rect.Sub(part.Min))
	var buf bytes.Buffer
	err := png.Encode(&buf, s.Page.Image.SubImage(part))
	s.Data = buf.Bytes()
	return s, err
}

func (q Quality) part() image.Rectangle {
	if q.Part.Empty() {
		return image.Rect(0, 0, Width, Height)
	}
	return q.Part
}

func rectangle(r image.Rectangle) [4][2]float64 {
	x0, y0, x1, y1 := float64(r.Min.X), float64(r.Min.Y), float64(r.Max.X), float64(r.Max.Y)
	return [4][2]float64{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}}
}

func compressed(g *image.Gray, quality int) ([]byte, error) {
	var buf bytes.Buffer
	err := jpeg.Encode(&buf, g, &jpeg.Options{Quality: quality})
	return buf.Bytes(), err
}

// again compresses what was compressed, a few pixels off the first grid.
func again(data []byte, quality int) ([]byte, error) {
	m, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	g := image.NewGray(image.Rect(0, 0, m.Bounds().Dx(), m.Bounds().Dy()))
	draw.Draw(g, g.Rect, m, m.Bounds().Min, draw.Src)
	return compressed(g, quality)
}

// border is how near to the edge of the picture a corner may come, in pixels.
const border = 15

// corners puts the page, or the part of it, somewhere in the picture. A part that is
// low leans no more than a page of its width would: it is the camera that is held
// aslant.
func (q Quality) corners(rng *rand.Rand) ([4][2]float64, error) {
	part := q.part()
	frame := part
	if high := part.Dx() * Height / Width; !q.Part.Empty() && high > part.Dy() {
		frame.Min.Y = (part.Min.Y + part.Max.Y - high) / 2
		frame.Max.Y = frame.Min.Y + high
	}
	out := q.framed(rng, part, frame)
	if frame == part {
		return out, nil
	}
	h, err := homography(rectangle(frame), out)
	for i, c := range rectangle(part) {
		out[i][0], out[i][1] = apply(h, c[0], c[1])
	}
	return out, err
}

// framed are the corners of a frame around a part of the page that fills the picture.
func (q Quality) framed(rng *rand.Rand, part, frame image.Rectangle) [4][2]float64 {
	either := func(by float64) float64 { return (rng.Float64()*2 - 1) * by }
	high, wide := float64(part.Dy()), float64(part.Dx())
	h := math.Min(float64(q.H)*q.Fill, float64(q.W)*q.Fill*high/wide) * (1 + either(.04))
	w := h * wide / high
	h *= float64(frame.Dy()) / high
	cx, cy := float64(q.W)/2+either(.01*float64(q.W)), float64(q.H)/2+either(.01*float64(q.H))
	sin, cos := math.Sincos(either(q.Turn) * math.Pi / 180)
	var out [4][2]float64
	fit := 1.0 // whoever takes the photo gets all of the page into it
	for i, c := range [4][2]float64{{-.5, -.5}, {.5, -.5}, {.5, .5}, {-.5, .5}} {
		x, y := c[0]*w*(1+either(q.Lean)), c[1]*h*(1+either(q.Lean))
		out[i] = [2]float64{x*cos - y*sin, x*sin + y*cos}
		fit = min(fit, (min(cx, float64(q.W)-cx)-border)/math.Abs(out[i][0]), (min(cy, float64(q.H)-cy)-border)/math.Abs(out[i][1]))
	}
	if !q.Part.Empty() {
		fit = 1 // there is more of it outside
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
	bands, moire := 6+rng.Float64()*20, rng.Float64()
	out := make([]float64, q.W*q.H)
	for y := range q.H {
		for x := range q.W {
			u, v := float64(x)/float64(q.W)-.5, float64(y)/float64(q.H)-.5
			shade := 1 - (1-q.Shadow)/(1+math.Exp(-((u*dx+v*dy)-edge)/width*4))
			shade *= 1 - .25*(u*u+v*v) // the lens
			px, py := s.OnPage(float64(x)+.5, float64(y)+.5)
			if px >= 0 && py >= 0 && px < Width && py < Height {
				l := s.Page.Light(px, py)
				if q.Screen { // rows and columns of lamps, and what they make with the camera's
					l *= .94 + .06*math.Sin(px*2*math.Pi/2.7)*math.Sin(py*2*math.Pi/2.7)
					l *= 1 - .05*moire*(1+math.Sin((px*dx+py*dy)/bands))
				}
				out[y*q.W+x] = l * shade
				continue
			}
			out[y*q.W+x] = (desk + grain*math.Sin(u*wood+3*math.Sin(v*9)) + rng.NormFloat64()*2) * shade
		}
	}
	return out
}

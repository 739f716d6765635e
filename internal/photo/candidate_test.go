package photo_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"chancery.example/internal/photo"
	"chancery.example/internal/photo/photosim"
	"chancery.example/internal/testkit/press"
)

func decoded(t testing.TB, m image.Image) *photo.Picture {
	t.Helper()
	var buf bytes.Buffer
	if err := png.Encode(&buf, m); err != nil {
		t.Fatal(err)
	}
	p, err := photo.Decode(buf.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// The same bytes give the same candidates, to the pixel.
func TestCandidatesAreDeterministic(t *testing.T) {
	shot, err := photosim.Poor.Shoot(rand.New(rand.NewPCG(1, 2)), press.Render(t, letterText, 26))
	if err != nil {
		t.Fatal(err)
	}
	var first []photo.Candidate
	for round := range 2 {
		p, err := photo.Decode(shot.Data)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for c := range p.Candidates() {
			if round == 0 {
				first = append(first, c)
			} else if c.Name != first[n].Name || !bytes.Equal(c.Image.Pix, first[n].Image.Pix) {
				t.Errorf("candidate %d, %s, differs from the first time", n, c.Name)
			}
			n++
		}
	}
	var names []string
	for _, c := range first {
		names = append(names, c.Name)
	}
	if !slices.Equal(names, []string{"page", "flat", "plain", "turned"}) {
		t.Errorf("the candidates are %q", names)
	}
}

// A shadow over a page of print goes, and the print stays.
func TestShadowsGo(t *testing.T) {
	page := press.Render(t, letterText, 26)
	shaded := image.NewGray(page.Image.Rect)
	for y := range photosim.Height {
		for x := range photosim.Width {
			light := 1 - .65/(1+math.Exp(-(float64(x+y)-1500)/80))
			shaded.SetGray(x, y, color.Gray{uint8(float64(page.Image.GrayAt(x, y).Y) * light)})
		}
	}
	var flat photo.Candidate
	for c := range decoded(t, shaded).Candidates() {
		if c.Name == "flat" {
			flat = c
			break
		}
	}
	wrong, of := 0, 0
	for y := 5; y < flat.Image.Rect.Dy()-5; y += 3 {
		for x := 5; x < flat.Image.Rect.Dx()-5; x += 3 {
			place := flat.Place(image.Rect(x, y, x+1, y+1))
			was, is := page.Image.GrayAt(place.Min.X, place.Min.Y).Y, flat.Image.GrayAt(x, y).Y
			if was == 245 {
				if of++; is < 200 {
					wrong++
				}
			}
		}
	}
	if wrong*50 > of {
		t.Errorf("%d of %d points of the paper are still dark", wrong, of)
	}
}

// Lines that lean come out level: the rows of the candidate are full or empty.
func TestLinesAreLevelled(t *testing.T) {
	page := press.Render(t, letterText, 26)
	for _, degrees := range []float64{-7, -2, 0, 3, 9} {
		sin, cos := math.Sincos(degrees * math.Pi / 180)
		leaning := image.NewGray(page.Image.Rect)
		for y := range photosim.Height {
			for x := range photosim.Width {
				dx, dy := float64(x)-photosim.Width/2, float64(y)-photosim.Height/2
				p := image.Pt(int(cos*dx+sin*dy+photosim.Width/2), int(-sin*dx+cos*dy+photosim.Height/2))
				leaning.SetGray(x, y, color.Gray{245})
				if p.In(page.Image.Rect) {
					leaning.SetGray(x, y, page.Image.GrayAt(p.X, p.Y))
				}
			}
		}
		for c := range decoded(t, leaning).Candidates() {
			if c.Name != "flat" {
				continue
			}
			// Two places on one level of the candidate are on a line that leans so.
			w, y := c.Image.Rect.Dx(), c.Image.Rect.Dy()/2
			a, b := c.Place(image.Rect(w/4, y, w/4+1, y+1)).Min, c.Place(image.Rect(w*3/4, y, w*3/4+1, y+1)).Min
			got := math.Atan2(float64(b.Y-a.Y), float64(b.X-a.X)) * 180 / math.Pi
			if math.Abs(got-degrees) > .35 {
				t.Errorf("lines that lean by %g degrees were levelled by %.2f", degrees, got)
			}
		}
	}
}

// White letters on black are made black on white; a picture taken sideways is
// set on its feet or its head.
func TestNegativeAndSideways(t *testing.T) {
	page := press.Render(t, letterText, 26)
	negative, sideways := image.NewGray(page.Image.Rect), image.NewGray(image.Rect(0, 0, photosim.Height, photosim.Width))
	for y := range photosim.Height {
		for x := range photosim.Width {
			v := page.Image.GrayAt(x, y).Y
			negative.SetGray(x, y, color.Gray{255 - v})
			sideways.SetGray(photosim.Height-1-y, x, color.Gray{v})
		}
	}
	for c := range decoded(t, negative).Candidates() {
		dark := 0
		for _, v := range c.Image.Pix {
			if v < 128 {
				dark++
			}
		}
		if c.Name == "flat" && dark*3 > len(c.Image.Pix) {
			t.Errorf("%s of white letters on black has %d dark pixels of %d", c.Name, dark, len(c.Image.Pix))
		}
	}
	for c := range decoded(t, sideways).Candidates() {
		if c.Name == "flat" && c.Image.Rect.Dx() > c.Image.Rect.Dy() {
			t.Errorf("%s of a page on its side is %v", c.Name, c.Image.Rect.Size())
		}
	}
}

// Legible words are legible already, in NFC, and without what cannot be seen.
func TestLegible(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		once := photo.Legible(s)
		if again := photo.Legible(once); again != once {
			t.Errorf("%q, %q", once, again)
		}
	})
	if got := photo.Legible("\u202b\u0645\u0631\u200f\ufe0f a\u00adb\x00"); got != "\u0645\u0631ab" {
		t.Errorf("%q", got)
	}
}

// A letter is one column, however long its lines are; two texts beside each other
// are two, also under a heading.
func TestColumns(t *testing.T) {
	letter := press.Render(t, letterText, 26)
	ragged := press.Render(t, strings.Repeat("A line that goes on for so long that it is broken into two, of which the second is short.\nAnd a short one.\n", 9), 26)
	beside := press.Render(t, "A heading over both of the columns, from one side to the other of the page", 26)
	narrow := strings.Repeat("One column of two that stand beside each other.\n", 22)
	half := press.Render(t, narrow, 18)
	for y := 300; y < photosim.Height-100; y++ {
		for x := range 560 {
			v := half.Image.GrayAt(100+x, y-120)
			if v.Y < 200 {
				beside.Image.SetGray(80+x, y, v)
				beside.Image.SetGray(660+x, y, v)
			}
		}
	}
	for name, c := range map[string]struct {
		page photosim.Page
		want bool
	}{"a letter": {letter, false}, "lines long and short": {ragged, false}, "two columns": {beside, true}} {
		for q, quality := range []photosim.Quality{photosim.Clean, photosim.Mid} {
			shot, err := quality.Shoot(rand.New(rand.NewPCG(5, uint64(q))), c.page)
			if err != nil {
				t.Fatal(err)
			}
			p, err := photo.Decode(shot.Data)
			if err != nil {
				t.Fatal(err)
			}
			for first := range p.Candidates() {
				if first.Columns != c.want {
					t.Errorf("%s, %s: columns are %v", name, quality.Name, first.Columns)
				}
				break
			}
		}
	}
}

// A few lines of a page that lean are long and low: made level, none of their words is
// cut off, and around the picture there is nothing. The lines of a picture seven times
// as wide as high do not run from top to bottom, however they lean.
func TestFewLinesAreLevelled(t *testing.T) {
	page := press.Render(t, strings.Repeat("Ships that wait are paid for every day of the delay by those who own their goods\n", 3), 26)
	const wide, high, around = 1100, 150, 75
	for _, degrees := range []float64{-9, -5, 5, 9} {
		sin, cos := math.Sincos(degrees * math.Pi / 180)
		strip := image.NewGray(image.Rect(0, 0, wide, high))
		for y := range high {
			for x := range wide {
				dx, dy := float64(x)-wide/2, float64(y)-around
				at := image.Pt(int(cos*dx+sin*dy)+photosim.Width/2, int(-sin*dx+cos*dy)+150)
				strip.SetGray(x, y, color.Gray{page.Image.GrayAt(at.X, at.Y).Y})
			}
		}
		p := decoded(t, strip)
		for s := range p.Sheets() {
			if s.Name != "whole" {
				continue
			}
			corners := 0
			for _, r := range s.Pieces {
				h := s.ToPicture
				x, y := float64(r.Min.X+r.Max.X)/2, float64(r.Min.Y+r.Max.Y)/2
				px, py := h[0]*x+h[1]*y+h[2], h[3]*x+h[4]*y+h[5]
				if px < 0 || py < 0 || px > wide || py > high {
					t.Errorf("%g degrees: ink at %g, %g, outside of the picture", degrees, px, py)
				}
				if px < wide/5 || px > wide*4/5 {
					corners++
				}
			}
			if s.Size.X < wide || s.Size.Y < high*13/10 || s.Of != image.Pt(wide, high) || corners < 30 {
				t.Errorf("%g degrees: %d letters at the ends of a sheet of %v, of a picture of %v", degrees, corners, s.Size, s.Of)
			}
		}
		for c := range p.Candidates() {
			if c.Name == "flat" && c.Image.Rect.Dy()*wide < c.Image.Rect.Dx()*high*13/10 {
				t.Errorf("%g degrees: given to be read in %v", degrees, c.Image.Rect.Size())
			}
		}
	}
}

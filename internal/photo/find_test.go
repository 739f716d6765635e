package photo_test

import (
	"bytes"
	"image"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"chancery.example/internal/photo"
	"chancery.example/internal/photo/photosim"
	"chancery.example/internal/testkit/press"
)

const letterText = `Harbour Commission
Ref. HC-2026-0012
14 March 2026
To the Ministry of Transport
The Commission has decided that the northern quay is to be closed to vessels of more than 4,000 tonnes from 1 April 2026 until the works have been completed. Vessels that are under way on that day will not be turned back, but they may not stay for longer than 36 hours.
The Commission will pay compensation of 1,250 dollars for every day on which a vessel could not be unloaded. No compensation is paid where the master did not ask for a berth in time.
The harbour master shall report to this office before the 15th of each month. Nothing in this letter changes the agreement of 3 June 2019.
We ask that all lines, agents and pilots be told without delay, and that the notice to mariners be printed in both languages. Questions are answered by the office of the secretary, on working days between 9 and 15 o'clock.
The Secretary`

// The corners of simulated pages are found within a few pixels.
func TestPageCorners(t *testing.T) {
	seed := press.Seed(t)
	page := press.Render(t, letterText, 26)
	shots := 16
	if n, err := strconv.Atoi(os.Getenv("CHANCERY_PHOTOS")); err == nil && n > 0 {
		shots = 4 * n
	}
	qualities := []photosim.Quality{photosim.Good, photosim.Mid, photosim.Poor, photosim.Screen}
	good := 0
	for i := range shots {
		q := qualities[i%len(qualities)]
		rng := rand.New(rand.NewPCG(seed, uint64(i)))
		shot, err := q.Shoot(rng, page)
		if err != nil {
			t.Fatal(err)
		}
		pic, err := photo.Decode(shot.Data)
		if err != nil {
			t.Fatal(err)
		}
		quad, ok := pic.Page()
		worst := math.Inf(1)
		if ok {
			worst = 0
			for k, c := range shot.Corners {
				worst = max(worst, math.Hypot(quad[k].X-c[0], quad[k].Y-c[1]))
			}
		}
		if few := .004 * float64(q.H); worst <= few {
			good++
		} else {
			t.Logf("shot %d, %s: off by %.1f pixels (found %v: %v, is %v)", i, q.Name, worst, ok, quad, shot.Corners)
		}
	}
	t.Logf("%d of %d pages found to 0.4 %% of the picture's height", good, shots)
	if good < shots-max(2, shots/20) { // 95 %, and two of few
		t.Errorf("%d of %d: want 95 %%", good, shots)
	}
}

// A screenshot is all page: a line of its text is no edge, whatever part of the
// page it shows.
func TestScreenshotHoldsNoPage(t *testing.T) {
	page := press.Render(t, letterText, 26)
	rng := rand.New(rand.NewPCG(press.Seed(t), 1))
	for range 12 {
		w, h := 500+rng.IntN(700), 300+rng.IntN(700)
		x, y := rng.IntN(page.Image.Rect.Dx()-w+1), rng.IntN(page.Image.Rect.Dy()-h+1)
		part := image.Rect(x, y, x+w, y+h)
		var b bytes.Buffer
		if err := png.Encode(&b, page.Image.SubImage(part)); err != nil {
			t.Fatal(err)
		}
		pic, err := photo.Decode(b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if q, ok := pic.Page(); ok {
			t.Errorf("a page at %v in the part %v of a white page", q, part)
		}
	}
}

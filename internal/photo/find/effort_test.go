package find

import (
	"fmt"
	"image"
	"math/rand/v2"
	"testing"
	"time"

	"chancery.example/internal/layout"
	"chancery.example/internal/photo"
)

// boxed is a page of so many words in lines of twelve, as wide as width says.
func boxed(words int, width func() float64) layout.Page {
	p := layout.Page{Width: 210, Height: 297}
	x, y, line := 20.0, 20.0, 1
	for i := range words {
		if i%12 == 0 && i > 0 {
			x, y, line = 20, y+5, line+1
		}
		w := width()
		p.Words = append(p.Words, layout.Word{Text: fmt.Sprint(i), Line: line, Box: layout.Box{X: x, Y: y, Width: w, Height: 2.5}})
		x += w + 1.5
	}
	return p
}

// Whatever a picture shows, looking for its page takes no more than an effort: a
// letter of words like those of all pages that is no page of them, words that are all
// as wide as each other and so are like every run of every page, and ink that is made
// so that lines and words are hard to find in it.
func TestEffortIsBounded(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	usual := func() float64 { return 3 + 12*rng.Float64() }
	even := func() float64 { return 9 }
	x := NewIndex()
	for i := range 300 {
		width := usual
		if i%3 == 0 {
			width = even
		}
		x.Add(Key{File: fmt.Sprint(i)}, boxed(240, width))
	}
	size := image.Pt(1500, 2000)
	pieces := func(p layout.Page, dots float64) (out []image.Rectangle) {
		for _, w := range p.Words {
			b := w.Box
			out = append(out, image.Rect(int(b.X*dots), int(b.Y*dots), int((b.X+b.Width)*dots), int((b.Y+b.Height)*dots)))
		}
		return out
	}
	scattered := func(n int, w, h func() int) (out []image.Rectangle) {
		for range n {
			at := image.Pt(rng.IntN(size.X-60), rng.IntN(size.Y-60))
			out = append(out, image.Rectangle{at, at.Add(image.Pt(w(), h()))})
		}
		return out
	}
	var grid []image.Rectangle
	for i := range 60 * 300 {
		at := image.Pt(i%60*24, i/60*6)
		grid = append(grid, image.Rectangle{at, at.Add(image.Pt(16, 4))})
	}
	for name, s := range map[string]photo.Sheet{
		"another letter": {Height: 15, Pieces: pieces(boxed(260, usual), 6)},
		"all alike":      {Height: 15, Pieces: pieces(boxed(600, even), 6)},
		"a wall":         {Height: 4, Pieces: grid},
		"letters":        {Height: 5, Pieces: scattered(40_000, func() int { return 3 + rng.IntN(9) }, func() int { return 3 + rng.IntN(6) })},
		"long and low":   {Height: 6, Pieces: scattered(15_000, func() int { return 50 + rng.IntN(100) }, func() int { return 3 + rng.IntN(6) })},
		"marks":          {Height: 12, Pieces: scattered(40_000, func() int { return 2 + rng.IntN(12) }, func() int { return 2 + rng.IntN(8) })},
	} {
		s.Size, s.ToPicture = size, [9]float64{1, 0, 0, 0, 1, 0, 0, 0, 1}
		search := x.Search()
		finding, moving := search.finding, search.moving
		before := time.Now()
		found := search.In(s)
		t.Logf("%s: %d found, %d and %d units, %v", name, len(found), mostFinding-finding.left, mostMoving-moving.left, time.Since(before))
		// One step may go beyond.
		if finding.left < -mostFinding/50 || moving.left < -mostMoving/20 {
			t.Errorf("%s: %d and %d units beyond", name, -finding.left, -moving.left)
		}
		if mostFinding == finding.left {
			t.Errorf("%s: nothing was counted", name)
		}
	}
}

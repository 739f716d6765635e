package find

import (
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"chancery.example/internal/layout"
	"chancery.example/internal/photo"
	"chancery.example/internal/photo/plane"
)

// letters are the pieces of ink of a page as it lies in a picture: of each word, some
// beside each other. with maps a word's number to how much lower, in millimetres, it
// stands than on the page; false: it does not stand there.
func letters(p layout.Page, lie photo.Lie, with func(word int) (float64, bool)) (out []image.Rectangle) {
	const wide, apart = 1.9, .35
	for i, w := range p.Words {
		lower, there := with(i)
		if !there {
			continue
		}
		n := max(1, math.Round(w.Box.Width/wide))
		for k := range int(n) {
			b := layout.Box{X: w.Box.X + float64(k)*w.Box.Width/n, Y: w.Box.Y + lower, Width: w.Box.Width/n - apart, Height: w.Box.Height}
			if k == int(n)-1 {
				b.Width += apart
			}
			out = append(out, plane.Around(plane.Places(lie, plane.Point{}, plane.Corners(b))))
		}
	}
	return out
}

// A page is found among many as it lies in a picture: seen aslant, curled, on its
// head, a few lines of it, and with some lines taken out of it. One that is not registered is not.
func TestFound(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 2))
	width := func() float64 { return 2 + 13*rng.Float64() }
	x := NewIndex()
	var pages []layout.Page
	for i := range 200 {
		pages = append(pages, boxed(200, width))
		x.Add(Key{File: fmt.Sprint(i)}, pages[i])
	}
	if x.Add(Key{File: "7"}, pages[8]); x.Pages() != len(pages) {
		t.Errorf("%d pages after one was added again: want %d", x.Pages(), len(pages))
	}
	aslant := photo.Lie{Plane: [9]float64{7, .3, 20, -.2, 6.6, 60, .0004, .0006, 1}}
	curled := aslant
	curled.Middle, curled.Half = [2]float64{105, 148}, 148
	curled.Bend = [2][]float64{{0, 0, 0, 2, 0, 0, 0, 0, 0, 0}, {0, 0, 0, 9, 0, 0, -4, 0, 0, 0}}
	head := photo.Lie{Plane: [9]float64{-6.5, 0, 1400, 0, -6.5, 1900, 0, 0, 1}}
	all := func(int) (float64, bool) { return 0, true }
	for _, c := range []struct {
		name  string
		page  layout.Page
		lie   photo.Lie
		with  func(int) (float64, bool)
		there int         // words of the page
		of    image.Point // the picture, when the sheet goes beyond it
	}{
		{"aslant", pages[42], aslant, all, 200, image.Point{}},
		{"curled", pages[42], curled, all, 200, image.Point{}},
		{"on its head", pages[42], head, all, 200, image.Point{}},
		{"its first lines", pages[42], aslant, func(i int) (float64, bool) { return 0, i < 36 }, 36, image.Pt(1500, 258)},
		// Two lines less, and all below them two lines higher.
		{"shorter", pages[42], aslant, func(i int) (float64, bool) {
			return map[bool]float64{true: -10}[i >= 96], i < 72 || i >= 96
		}, 176, image.Point{}},
		{"not registered", boxed(200, width), aslant, all, 0, image.Point{}},
	} {
		s := photo.Sheet{Size: image.Pt(1500, 2000), Height: 16, Pieces: letters(c.page, c.lie, c.with), ToPicture: [9]float64{1, 0, 0, 0, 1, 0, 0, 0, 1}, Of: c.of}
		got := x.Search().In(s)
		if c.there == 0 {
			if len(got) > 0 {
				t.Errorf("%s: page %s, %d words of %d", c.name, got[0].Key.File, len(got[0].Answers), got[0].InSight)
			}
			continue
		}
		if len(got) == 0 || got[0].Key.File != "42" {
			t.Errorf("%s: %d pages were found, not the one", c.name, len(got))
			continue
		}
		f, right, wrong := got[0], 0, 0
		if f.InSight > c.there*11/10+10 && c.name != "shorter" {
			t.Errorf("%s: %d words should be in sight, of %d", c.name, f.InSight, c.there)
		}
		for p, w := range f.Answers {
			lower, there := c.with(p)
			b := f.Page.Words[p].Box
			b.Y += lower
			if off := plane.Centre(f.Words[w].Box).Minus(plane.Place(c.lie, plane.Middle(b))).Length(); there && off < 6 {
				right++
			} else {
				wrong++
			}
		}
		// Of a page of which lines moved up by lines, some words are as wide as others.
		if 100*right < 85*c.there || 100*wrong > c.there || len(f.Placed) > len(f.Answers) {
			t.Errorf("%s: %d words of %d have their answers, %d others', %d stand in place", c.name, right, c.there, wrong, len(f.Placed))
		}
		if !slices.IsSorted(slices.Collect(lineNumbers(f))) {
			t.Errorf("%s: words are not in the order of lines", c.name)
		}
	}
}

// lineNumbers are the lines of a photo's words as they are read; from the last on its head.
func lineNumbers(f *Found) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for _, n := range f.Order {
			line := f.Words[n].Line
			if f.Lie.Plane[0] < 0 {
				line = -line
			}
			if !yield(line) {
				return
			}
		}
	}
}

package plane_test

import (
	"image"
	"math"
	"testing"

	"pgregory.net/rapid"

	"chancery.example/internal/layout"
	"chancery.example/internal/photo"
	"chancery.example/internal/photo/plane"
)

// seen draws how a page of A4 is seen from somewhere, not from its edge.
func seen(t *rapid.T) photo.Lie {
	num := func(name string, low, high float64) float64 { return rapid.Float64Range(low, high).Draw(t, name) }
	by, turn := num("pixels to the millimetre", 3, 9), num("turn", -math.Pi, math.Pi)
	sin, cos := math.Sincos(turn)
	return photo.Lie{
		Plane:  [9]float64{by * cos, -by * sin * num("shear", .9, 1.1), num("x", -500, 2000), by * sin, by * cos, num("y", -500, 2000), num("lean", -.0008, .0008), num("lean back", -.0008, .0008), 1},
		Middle: [2]float64{105, 148.5}, Half: 148.5,
	}
}

// places are some of a page, all over it.
func places() (out []plane.Point) {
	for y := 10; y < 297; y += 30 {
		for x := 10; x < 210; x += 25 {
			out = append(out, plane.At(float64(x), float64(y)))
		}
	}
	return out
}

// A plane that words lie on is found from where they are, and leads back.
func TestFit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := seen(t)
		var pairs [][2]plane.Point
		for _, p := range places() {
			pairs = append(pairs, [2]plane.Point{p, plane.Place(l, p)})
		}
		h, ok := plane.Fit(pairs, plane.Freely)
		back, can := plane.Inverse(h)
		if !ok || !can {
			t.Fatalf("no plane through %d places, or none back", len(pairs))
		}
		for _, p := range pairs {
			if off := plane.Apply(h, p[0]).Minus(p[1]).Length(); off > 1.5 {
				t.Fatalf("%v is %g pixels off", p[0], off)
			}
			if off := plane.Apply(back, plane.Apply(h, p[0])).Minus(p[0]).Length(); off > 1e-6 {
				t.Fatalf("%v is %g millimetres off on the way back", p[0], off)
			}
		}
		if _, ok := plane.Fit(pairs[:3], plane.Affine); ok {
			t.Error("three places make a plane")
		}
		if _, ok := plane.Fit(make([][2]plane.Point, 20), plane.Affine); ok {
			t.Error("one place makes a plane")
		}
	})
}

// Two places that go to two others take everything with them, turned and grown.
func TestSimilarity(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Float64Range(-300, 300)
		a := [2]plane.Point{{X: n.Draw(t, "a"), Y: n.Draw(t, "b")}, {X: n.Draw(t, "c") + 700, Y: n.Draw(t, "d")}}
		b := [2]plane.Point{{X: n.Draw(t, "e"), Y: n.Draw(t, "f")}, {X: n.Draw(t, "g") + 700, Y: n.Draw(t, "h")}}
		h := plane.Similarity(a, b)
		for i := range a {
			if off := plane.Apply(h, a[i]).Minus(b[i]).Length(); off > 1e-6 {
				t.Errorf("%v goes to %v, not to %v", a[i], plane.Apply(h, a[i]), b[i])
			}
		}
	})
}

// Paper that curls is bent as its words say; and seen elsewhere, it is bent there. Too
// few words bend nothing.
func TestBend(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := seen(t)
		l.Bend = [2][]float64{make([]float64, 10), make([]float64, 10)}
		for k := range l.Bend {
			for i := range l.Bend[k] {
				l.Bend[k][i] = rapid.Float64Range(-4, 4).Draw(t, "curl")
			}
		}
		flat := l
		flat.Bend = [2][]float64{}
		var pairs [][2]plane.Point
		var words []layout.Word
		for _, p := range places() {
			pairs = append(pairs, [2]plane.Point{p, plane.Place(l, p)})
			words = append(words, layout.Word{Box: layout.Box{X: p.X, Y: p.Y, Width: 8, Height: 3}})
		}
		few := flat
		if plane.Bend(&few, pairs[:20]); few.Bend[0] != nil {
			t.Error("twenty places bend paper")
		}
		plane.Bend(&flat, pairs)
		half := [9]float64{.5, 0, 0, 0, .5, 0, 0, 0, 1}
		there := plane.Elsewhere(flat, half, words)
		for _, p := range pairs {
			if off := plane.Place(flat, p[0]).Minus(p[1]).Length(); off > 4 {
				t.Fatalf("%v is %g pixels off, of up to 40 on flat paper", p[0], off)
			}
			if off := plane.Place(there, p[0]).Minus(plane.Apply(half, plane.Place(flat, p[0]))).Length(); off > 1 {
				t.Fatalf("%v is %g pixels off in a picture of half the size", p[0], off)
			}
		}
	})
}

// Rectangles of a picture are in it and hold at least one pixel, whatever places are
// given: of foreign pictures they may be anything.
func TestInPicture(t *testing.T) {
	p := photo.FromGray(image.NewGray(image.Rect(0, 0, 400, 300)), image.Pt(800, 600), photo.PNG)
	rapid.Check(t, func(t *rapid.T) {
		var q [4]plane.Point
		for i := range q {
			q[i] = plane.At(rapid.Float64().Draw(t, "x"), rapid.Float64().Draw(t, "y"))
		}
		if r := plane.InPicture(p, q); r.Empty() || !r.In(image.Rectangle{Max: p.Size}) {
			t.Errorf("%v of %v", r, q)
		}
	})
	if r := plane.InPicture(p, plane.Corners(layout.Box{X: 10, Y: 20, Width: 30, Height: 40})); r != image.Rect(20, 40, 80, 120) {
		t.Errorf("%v", r)
	}
	if r := plane.Around([4]plane.Point{{X: math.NaN()}, {X: 1}, {X: 2}, {X: 3}}); r.Dx() > 1<<21 {
		t.Errorf("%v", r)
	}
}

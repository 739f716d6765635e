package mark_test

import (
	"image"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"chancery.example/internal/drawn/mark"
	"chancery.example/internal/photo"
)

// grid is where words of a made-up page stand: of a text in lines of ten, each in a cell of its own.
func grid(words []string, fromRight bool) (string, photo.Words) {
	const w, h = 110, 40
	var b strings.Builder
	var out photo.Words
	for i, s := range words {
		if i > 0 {
			b.WriteString(map[bool]string{false: " ", true: "\n"}[i%10 == 0])
		}
		col := i % 10
		if fromRight {
			col = 9 - col
		}
		box := image.Rect(10+col*w+10, i/10*h+20, 10+col*w+w-10, i/10*h+20+h/2)
		out = append(out, photo.Word{From: b.Len(), To: b.Len() + len(s), Line: i/10 + 1, Confidence: 1, Box: box})
		b.WriteString(s)
	}
	return b.String(), out
}

// TestGapsStandBetweenTheirNeighbours: words that are missing are marked between those
// around, in both directions of writing, and behind the last of a line.
func TestGapsStandBetweenTheirNeighbours(t *testing.T) {
	for _, arabic := range []bool{false, true} {
		words := strings.Fields(strings.Repeat("one two ", 10))
		if arabic {
			words = strings.Fields(strings.Repeat("باب جار ", 10))
		}
		text, places := grid(words, arabic)
		for i := range len(words) + 1 {
			offset := len([]rune(text))
			if i < len(words) {
				offset = len([]rune(text[:places[i].From]))
			}
			got := mark.Spots(text, places, offset, 0)
			if len(got) != 1 || !got[0].Gap {
				t.Fatalf("place %d: %v", i, got)
			}
			x, y := (got[0].Box.Min.X+got[0].Box.Max.X)/2, (got[0].Box.Min.Y+got[0].Box.Max.Y)/2
			beside := places[max(0, i-1)].Box
			if y < beside.Min.Y || y > beside.Max.Y {
				t.Errorf("place %d: not in the line of the word before: %v, %v", i, got[0].Box, beside)
			}
			for k, p := range places {
				if p.Box.Min.X+5 < x && x < p.Box.Max.X-5 && p.Box.Min.Y < y && y < p.Box.Max.Y {
					t.Errorf("arabic %v, place %d: on word %d", arabic, i, k)
				}
			}
			if i > 0 && i < len(words) && i%10 != 0 {
				if lo, hi := min(places[i-1].Box.Max.X, places[i].Box.Max.X), max(places[i-1].Box.Min.X, places[i].Box.Min.X); x < lo || x > hi {
					t.Errorf("arabic %v, place %d: at %d, not between %d and %d", arabic, i, x, lo, hi)
				}
			}
		}
	}
}

// FuzzSpots: what is said of a text and its words is foreign; places are found in it or
// not, and nothing breaks.
func FuzzSpots(f *testing.F) {
	f.Add("one two", 4, 3, 0, 3, 4, 7)
	f.Fuzz(func(t *testing.T, text string, offset, length, a, b, c, d int) {
		words := photo.Words{{From: a, To: b, Line: 1, Box: image.Rect(0, 0, 9, 9)}, {From: c, To: d, Line: 1, Box: image.Rect(10, 0, 19, 9)}}
		for _, s := range mark.Spots(text, words, offset, length) {
			if s.Box.Empty() {
				t.Errorf("an empty place: %v", s)
			}
		}
	})
}

// turned is where words stand when their page, so large, is turned by quarters clockwise.
func turned(words photo.Words, size image.Point, quarters int) photo.Words {
	out := slices.Clone(words)
	for range quarters {
		for i, w := range out {
			r := w.Box
			out[i].Box = image.Rect(size.Y-r.Max.Y, r.Min.X, size.Y-r.Min.Y, r.Max.X)
		}
		size = image.Pt(size.Y, size.X)
	}
	return out
}

// TestTurnedSpots: on a page that lies on its side, or head down, words and gaps are
// found where they would be on the upright page, turned as it is, and the turn is told.
func TestTurnedSpots(t *testing.T) {
	size := image.Pt(1120, 400)
	for _, arabic := range []bool{false, true} {
		words := strings.Fields(strings.Repeat("one two ", 20))
		if arabic {
			words = strings.Fields(strings.Repeat("باب جار ", 20))
		}
		text, places := grid(words, arabic)
		for quarters := range 4 {
			for i := range len(words) + 1 {
				offset, length := len([]rune(text)), 0
				if i < len(words) {
					offset, length = len([]rune(text[:places[i].From])), i%2*len([]rune(words[i]))
				}
				want := mark.Spots(text, places, offset, length)[0]
				got := mark.Spots(text, turned(places, size, quarters), offset, length)[0]
				box := turned(photo.Words{{Box: want.Box}}, size, quarters)[0].Box
				if got.Turn != quarters || !box.Inset(-1).Eq(got.Box.Inset(-1).Union(box.Inset(-1))) || got.Box.Dx()*got.Box.Dy() < box.Dx()*box.Dy()*3/4 {
					t.Fatalf("arabic %v, place %d, turned by %d quarters: %+v, not at %v", arabic, i, quarters, got, box)
				}
			}
		}
	}
}

// TestLabels: whatever is marked, each number stands in exactly one label; labels keep
// their distance, lie within the height of the page and in the order of their places, on
// the side that is nearer; and each has a line to every place that it is about.
func TestLabels(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := image.Pt(rapid.IntRange(1, 2000).Draw(t, "w"), rapid.IntRange(1, 2000).Draw(t, "h"))
		pitch := rapid.IntRange(1, 60).Draw(t, "pitch")
		var marks []mark.Mark
		first := map[int]image.Rectangle{}
		for range rapid.IntRange(0, 90).Draw(t, "marks") {
			x, y := rapid.IntRange(0, size.X-1).Draw(t, "x"), rapid.IntRange(0, size.Y-1).Draw(t, "y")
			m := mark.Mark{Number: rapid.IntRange(0, 70).Draw(t, "n"), Kind: mark.Look, Spot: mark.Spot{Box: image.Rect(x, y, x+1, y+1)}}
			marks = append(marks, m)
			if _, ok := first[m.Number]; !ok {
				first[m.Number] = m.Spot.Box
			}
		}
		delete(first, 0)
		got, last := map[int]bool{}, [2]int{-pitch, -pitch}
		for _, l := range mark.Labels(size, marks, pitch) {
			side := 0
			if l.Right {
				side = 1
			}
			if size.Y >= pitch && (l.Y-last[side] < pitch && last[side] >= 0 || l.Y < pitch/2 || l.Y > size.Y-pitch/2) {
				t.Fatalf("a label at %d of %d, the one before at %d; at least %d apart", l.Y, size.Y, last[side], pitch)
			}
			last[side] = l.Y
			if len(l.To) != len(l.Numbers) || !slices.IsSorted(l.Numbers) || l.Text() == "" {
				t.Fatalf("%+v", l)
			}
			for _, n := range l.Numbers {
				r, ok := first[n]
				if !ok || got[n] || l.Right != (r.Min.X+r.Max.X > size.X) {
					t.Fatalf("number %d, of %v, in %+v", n, r, l)
				}
				got[n] = true
			}
		}
		if len(got) != len(first) {
			t.Fatalf("%d of %d numbers", len(got), len(first))
		}
	})
}

// TestLabelsStandAtTheirMarks: where there is room a number is as high as its mark, and
// where there is not, what moves it is its neighbours alone.
func TestLabelsStandAtTheirMarks(t *testing.T) {
	at := func(n, y int) mark.Mark {
		return mark.Mark{Number: n, Kind: mark.OnlyCopy, Spot: mark.Spot{Box: image.Rect(10, y, 30, y+10)}}
	}
	for _, c := range []struct {
		marks []mark.Mark
		want  map[string]int
	}{
		{[]mark.Mark{at(1, 50), at(2, 300), at(3, 500)}, map[string]int{"1": 50, "2": 300, "3": 500}},
		{[]mark.Mark{at(1, 300), at(2, 304)}, map[string]int{"1": 300, "2": 326}},
		{[]mark.Mark{at(1, 590), at(2, 595)}, map[string]int{"1": 561, "2": 587}},
		{[]mark.Mark{at(1, 2)}, map[string]int{"1": 13}},
		{append([]mark.Mark{at(40, 300)}, at(40, 340)), map[string]int{"40": 300}},
	} {
		got := map[string]int{}
		for _, l := range mark.Labels(image.Pt(400, 600), c.marks, 26) {
			got[l.Text()] = l.Y
		}
		if len(got) != len(c.want) {
			t.Errorf("%v, not %v", got, c.want)
		}
		for k, y := range c.want {
			if got[k] != y {
				t.Errorf("%s stands at %d, not %d", k, got[k], y)
			}
		}
	}
	var many []mark.Mark
	for i := range 100 {
		many = append(many, at(i+1, 6*i))
	}
	if got := mark.Labels(image.Pt(400, 600), many, 26); len(got) != 23 || got[0].Text() != "1–4" {
		t.Errorf("a hundred marks have %d labels, the first of which says %q", len(got), got[0].Text())
	}
}

package drawn_test

import (
	"fmt"
	"image"
	"image/color"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"chancery.example/internal/drawn"
	"chancery.example/internal/photo"
)

// grid is a made-up page: words of a text in lines of ten, each in a cell of its own.
func grid(words []string, fromRight bool) (string, photo.Words, *image.Gray) {
	const w, h = 110, 40
	page := image.NewGray(image.Rect(0, 0, 10*w+20, (len(words)/10+2)*h))
	for i := range page.Pix {
		page.Pix[i] = 255
	}
	var b strings.Builder
	var out photo.Words
	for i, s := range words {
		if i > 0 {
			b.WriteByte(" \n"[boolean(i%10 == 0)])
		}
		col := i % 10
		if fromRight {
			col = 9 - col
		}
		box := image.Rect(10+col*w+10, i/10*h+20, 10+col*w+w-10, i/10*h+20+h/2)
		out = append(out, photo.Word{From: b.Len(), To: b.Len() + len(s), Line: i/10 + 1, Confidence: 1, Box: box})
		b.WriteString(s)
	}
	return b.String(), out, page
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}

// coloured reports whether a pixel is neither black nor white nor grey.
func coloured(c color.RGBA) bool { return c.R != c.G || c.G != c.B }

// TestMarksLandOnTheirWords: whatever stretch of a text is marked, in either direction of
// writing and at any size, all of its words are tinted and no other word is.
func TestMarksLandOnTheirWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		arabic := rapid.Bool().Draw(t, "arabic")
		word := rapid.StringMatching(`[a-zé]{1,9}`)
		if arabic {
			word = rapid.StringMatching(`[ابتثجح]{1,9}`)
		}
		words := rapid.SliceOfN(word, 1, 60).Draw(t, "words")
		text, places, page := grid(words, arabic)
		from := rapid.IntRange(0, len(words)-1).Draw(t, "from")
		to := rapid.IntRange(from+1, len(words)).Draw(t, "to")
		scale := rapid.SampledFrom([]float64{.5, 1, 2}).Draw(t, "scale")
		offset := len([]rune(text[:places[from].From]))
		length := len([]rune(text[places[from].From:places[to-1].To]))
		var marks []drawn.Mark
		for _, s := range drawn.Spots(text, places, offset, length) {
			s.Box = image.Rect(int(float64(s.Box.Min.X)*scale), int(float64(s.Box.Min.Y)*scale), int(float64(s.Box.Max.X)*scale), int(float64(s.Box.Max.Y)*scale))
			marks = append(marks, drawn.Mark{Number: 1, Kind: drawn.OnlyRecord, Spot: s})
		}
		out := drawn.Draw(page, scale, marks)
		for i, w := range places {
			at := image.Pt((w.Box.Min.X+w.Box.Max.X)/2, w.Box.Max.Y-2) // numbers stand above
			if got, want := coloured(out.RGBAAt(at.X, at.Y)), i >= from && i < to; got != want {
				t.Fatalf("word %d of %d to %d at %v: tinted %v", i, from, to, at, got)
			}
		}
	})
}

// TestGapsStandBetweenTheirNeighbours: words that are missing are marked between those
// around, in both directions of writing, and behind the last of a line.
func TestGapsStandBetweenTheirNeighbours(t *testing.T) {
	for _, arabic := range []bool{false, true} {
		words := strings.Fields(strings.Repeat("one two ", 10))
		if arabic {
			words = strings.Fields(strings.Repeat("باب جار ", 10))
		}
		text, places, _ := grid(words, arabic)
		for i := range len(words) + 1 {
			offset := len([]rune(text))
			if i < len(words) {
				offset = len([]rune(text[:places[i].From]))
			}
			got := drawn.Spots(text, places, offset, 0)
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

// TestKindsDifferWithoutColour: on a page without colours each kind still looks unlike
// every other.
func TestKindsDifferWithoutColour(t *testing.T) {
	looks := map[string]drawn.Kind{}
	for _, k := range drawn.Kinds() {
		page := image.NewGray(image.Rect(0, 0, 300, 120))
		for i := range page.Pix {
			page.Pix[i] = 255
		}
		out := drawn.Draw(page, 1, []drawn.Mark{{Number: 7, Kind: k, Spot: drawn.Spot{Box: image.Rect(60, 50, 240, 80)}}})
		var b strings.Builder
		for i := 0; i < len(out.Pix); i += 4 { // lines are dark, grounds are light
			b.WriteByte("01"[boolean(int(out.Pix[i])+int(out.Pix[i+1])+int(out.Pix[i+2]) < 450)])
		}
		if other, ok := looks[b.String()]; ok {
			t.Errorf("%s looks like %s", k, other)
		}
		looks[b.String()] = k
	}
}

// TestNumbersDoNotHideEachOther: many marks beside each other keep their numbers apart.
func TestNumbersDoNotHideEachOther(t *testing.T) {
	count := func(n int) int {
		page := image.NewGray(image.Rect(0, 0, 1200, 300))
		var marks []drawn.Mark
		for i := range n {
			marks = append(marks, drawn.Mark{Number: i + 1, Kind: drawn.Moved, Spot: drawn.Spot{Box: image.Rect(500+2*i, 150, 520+2*i, 180)}})
		}
		out := drawn.Draw(page, 1, marks)
		white := 0
		for i := 0; i < len(out.Pix); i += 4 { // the page is black: only numbers are white
			white += boolean(out.Pix[i] == 255 && out.Pix[i+1] == 255 && out.Pix[i+2] == 255)
		}
		return white
	}
	if one, nine := count(1), count(9); nine < 8*one {
		t.Errorf("nine numbers have %d white pixels, one has %d", nine, one)
	}
}

// TestHostileSizes: no place and no size breaks drawing, and what comes out is bounded.
func TestHostileSizes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(0, 3000).Draw(t, "w"), rapid.IntRange(0, 40).Draw(t, "h")
		if rapid.Bool().Draw(t, "turned") {
			w, h = h, w
		}
		any := rapid.IntRange(-1<<40, 1<<40)
		var marks []drawn.Mark
		for range rapid.IntRange(0, 5).Draw(t, "marks") {
			b := image.Rectangle{Min: image.Pt(any.Draw(t, "x0"), any.Draw(t, "y0")), Max: image.Pt(any.Draw(t, "x1"), any.Draw(t, "y1"))}
			marks = append(marks, drawn.Mark{Number: rapid.Int().Draw(t, "n"), Kind: rapid.SampledFrom(append(drawn.Kinds(), "other")).Draw(t, "kind"), Spot: drawn.Spot{Box: b, FromRight: rapid.Bool().Draw(t, "right")}})
		}
		out := drawn.Draw(image.NewGray(image.Rect(0, 0, w, h)), rapid.Float64().Draw(t, "scale"), marks)
		if out.Rect.Dx() > drawn.MaxSide || out.Rect.Dy() > drawn.MaxSide || out.Rect.Empty() {
			t.Fatalf("%d x %d became %v", w, h, out.Rect)
		}
	})
}

// FuzzSpots: what is said of a text and its words is foreign; places are found in it or
// not, and nothing breaks.
func FuzzSpots(f *testing.F) {
	f.Add("one two", 4, 3, 0, 3, 4, 7)
	f.Fuzz(func(t *testing.T, text string, offset, length, a, b, c, d int) {
		words := photo.Words{{From: a, To: b, Line: 1, Box: image.Rect(0, 0, 9, 9)}, {From: c, To: d, Line: 1, Box: image.Rect(10, 0, 19, 9)}}
		for _, s := range drawn.Spots(text, words, offset, length) {
			if s.Box.Empty() {
				t.Errorf("an empty place: %v", s)
			}
		}
	})
}

// TestBeside: both sides stand in full in the sheet, the copy on the side where one
// begins to read.
func TestBeside(t *testing.T) {
	page := func(c color.RGBA) *image.RGBA {
		m := image.NewRGBA(image.Rect(0, 0, 30, 40))
		for i := 0; i < len(m.Pix); i += 4 {
			m.Pix[i], m.Pix[i+1], m.Pix[i+2], m.Pix[i+3] = c.R, c.G, c.B, 255
		}
		return m
	}
	red, blue := page(color.RGBA{R: 255}), page(color.RGBA{B: 255})
	for _, fromRight := range []bool{false, true} {
		out := drawn.Beside([]*image.RGBA{red, red}, []*image.RGBA{blue}, fromRight)
		var reds, blues, redX, blueX int
		for y := range out.Rect.Dy() {
			for x := range out.Rect.Dx() {
				switch c := out.RGBAAt(x, y); {
				case c.R == 255 && c.G == 0:
					reds, redX = reds+1, redX+x
				case c.B == 255 && c.G == 0:
					blues, blueX = blues+1, blueX+x
				}
			}
		}
		if reds != 2400 || blues != 1200 || (redX/2400 > blueX/1200) != fromRight {
			t.Errorf("from right %v: %s", fromRight, fmt.Sprint(reds, blues, redX/2400, blueX/1200))
		}
	}
}

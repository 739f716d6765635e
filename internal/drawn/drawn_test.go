package drawn_test

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"chancery.example/internal/drawn"
	"chancery.example/internal/drawn/mark"
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
		var marks []mark.Mark
		for _, s := range mark.Spots(text, places, offset, length) {
			s.Box = image.Rect(int(float64(s.Box.Min.X)*scale), int(float64(s.Box.Min.Y)*scale), int(float64(s.Box.Max.X)*scale), int(float64(s.Box.Max.Y)*scale))
			marks = append(marks, mark.Mark{Number: 1, Kind: mark.OnlyRecord, Spot: s})
		}
		out := drawn.Draw(drawn.Fit(page, scale, marks))
		for i, w := range places {
			at := image.Pt((w.Box.Min.X+w.Box.Max.X)/2, w.Box.Max.Y-4) // lines lead along the top
			if got, want := coloured(out.RGBAAt(at.X, at.Y)), i >= from && i < to; got != want {
				t.Fatalf("word %d of %d to %d at %v: tinted %v", i, from, to, at, got)
			}
		}
	})
}

// TestKindsDifferWithoutColour: on a page without colours each kind still looks unlike
// every other.
func TestKindsDifferWithoutColour(t *testing.T) {
	looks := map[string]mark.Kind{}
	for _, k := range mark.Kinds() {
		page := image.NewGray(image.Rect(0, 0, 300, 120))
		for i := range page.Pix {
			page.Pix[i] = 255
		}
		out := drawn.Draw(drawn.Fit(page, 1, []mark.Mark{{Number: 7, Kind: k, Spot: mark.Spot{Box: image.Rect(60, 50, 240, 80)}}}))
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

// TestNumbersHideNothing: whatever is marked, not a pixel of the page changes but within
// reach of a mark and on the thin lines that lead to it: all numbers stand beside the
// page, each whole and on no other.
func TestNumbersHideNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(40, 900).Draw(t, "w"), rapid.IntRange(40, 900).Draw(t, "h")
		page := image.NewGray(image.Rect(0, 0, w, h))
		for i := range page.Pix {
			page.Pix[i] = 128 // numbers are white on a dark ground
		}
		var marks []mark.Mark
		for i := range rapid.IntRange(1, 60).Draw(t, "marks") {
			x, y := rapid.IntRange(0, w-9).Draw(t, "x"), rapid.IntRange(0, h-9).Draw(t, "y")
			marks = append(marks, mark.Mark{Number: i + 1, Kind: mark.Moved, Spot: mark.Spot{Box: image.Rect(x, y, x+8, y+8)}})
		}
		page, marks = drawn.Fit(page, 1, marks)
		out := drawn.Draw(page, marks)
		white := 0
		for y := out.Rect.Min.Y; y < out.Rect.Max.Y; y++ {
			for x := out.Rect.Min.X; x < out.Rect.Max.X; x++ {
				if c := out.RGBAAt(x, y); !image.Pt(x, y).In(page.Rect) && c == (color.RGBA{255, 255, 255, 255}) {
					white++
				}
			}
		}
		want, of := 0, 0
		labels := mark.Labels(page.Rect.Size(), marks, 37)
		for _, l := range labels {
			want += dots(l.Text())
			of += len(l.Numbers)
		}
		if of != len(marks) || h >= 74 && white < want {
			t.Fatalf("%d of %d numbers are there; %d pixels beside the page are white, the figures have %d", of, len(marks), white, want)
		}
		for y := range h {
			for x := range w {
				if c := out.RGBAAt(x, y); c != (color.RGBA{128, 128, 128, 255}) && !explained(image.Pt(x, y), marks, labels, w) {
					t.Fatalf("at %d, %d of the page stands %v, which is no mark and no line to one", x, y, c)
				}
			}
		}
	})
}

// explained reports whether a pixel belongs to a mark, or to a line from a label to it.
func explained(p image.Point, marks []mark.Mark, labels []mark.Label, w int) bool {
	for _, m := range marks {
		if p.In(m.Spot.Box) {
			return true
		}
	}
	for _, l := range labels {
		x := -6 // where lines begin
		if l.Right {
			x = w + 6
		}
		for _, to := range l.To {
			d := to.Sub(image.Pt(x, l.Y))
			at := p.Sub(image.Pt(x, l.Y))
			long := math.Hypot(float64(d.X), float64(d.Y))
			if math.Abs(float64(d.X*at.Y-d.Y*at.X)) <= 2.5*long {
				return true
			}
		}
	}
	return false
}

// dots counts the white pixels of a number by drawing it alone.
func dots(text string) int {
	n := 0
	for _, r := range text {
		n += map[rune]int{'0': 19, '1': 10, '2': 14, '3': 15, '4': 14, '5': 17, '6': 15, '7': 11, '8': 17, '9': 15, '–': 5, '…': 3}[r]
	}
	return 9 * n
}

// TestTurnedPages: the marks of a page that lies on its side, or head down, are those of
// the upright page, turned as it is.
func TestTurnedPages(t *testing.T) {
	const side = 201 // odd: a middle pixel
	at := image.Rect(60, 80, 140, 110)
	for _, k := range mark.Kinds() {
		draw := func(turn int) *image.RGBA {
			page := image.NewGray(image.Rect(0, 0, side, side))
			for i := range page.Pix {
				page.Pix[i] = 255
			}
			r := at
			for range turn {
				r = image.Rect(side-r.Max.Y, r.Min.X, side-r.Min.Y, r.Max.X)
			}
			return drawn.Draw(page, []mark.Mark{{Kind: k, Spot: mark.Spot{Box: r, Turn: turn}}})
		}
		want := draw(0)
		for turn := 1; turn < 4; turn++ {
			got, differ := draw(turn), 0
			for y := range side {
				for x := range side {
					p := image.Pt(x, y)
					for range turn {
						p = image.Pt(side-1-p.Y, p.X)
					}
					differ += boolean(got.RGBAAt(p.X, p.Y) != want.RGBAAt(x, y))
				}
			}
			if differ > 3*at.Dx() && k != mark.Look { // dashes begin elsewhere; lines move by a pixel
				t.Errorf("%s, turned by %d quarters: %d pixels differ", k, turn, differ)
			}
		}
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
		var marks []mark.Mark
		for range rapid.IntRange(0, 5).Draw(t, "marks") {
			b := image.Rectangle{Min: image.Pt(any.Draw(t, "x0"), any.Draw(t, "y0")), Max: image.Pt(any.Draw(t, "x1"), any.Draw(t, "y1"))}
			marks = append(marks, mark.Mark{Number: rapid.IntRange(-1, 100_000).Draw(t, "n"), Kind: rapid.SampledFrom(append(mark.Kinds(), "other")).Draw(t, "kind"), Spot: mark.Spot{Box: b, Turn: rapid.Int().Draw(t, "turn")}})
		}
		page, placed := drawn.Fit(image.NewGray(image.Rect(0, 0, w, h)), rapid.Float64().Draw(t, "scale"), marks)
		out := drawn.Draw(page, placed)
		const margins = 300
		if out.Rect.Dx() > drawn.MaxSide+margins || out.Rect.Dy() > drawn.MaxSide || out.Rect.Empty() {
			t.Fatalf("%d x %d became %v", w, h, out.Rect)
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

package shapes

import (
	"math"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"chancery.example/internal/layout"
)

// TestPagesComeBack: what is kept of pages is what was learnt, to a thousandth of a
// millimetre, and no part of it is taken for the whole.
func TestPagesComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		mm := rapid.Map(rapid.IntRange(0, 400_000), func(n int) float64 { return float64(n) / perMM })
		word := rapid.Custom(func(t *rapid.T) layout.Word {
			return layout.Word{
				Text: rapid.SampledFrom([]string{"not", "12,500", "إلى:", "é", "☐"}).Draw(t, "text"), Line: rapid.IntRange(1, 60).Draw(t, "line"),
				Box: layout.Box{X: mm.Draw(t, "x"), Y: mm.Draw(t, "y"), Width: mm.Draw(t, "width"), Height: mm.Draw(t, "height")},
			}
		})
		page := rapid.Custom(func(t *rapid.T) layout.Page {
			return layout.Page{Width: 1 + mm.Draw(t, "wide"), Height: 1 + mm.Draw(t, "high"), Words: rapid.SliceOfN(word, 0, 20).Draw(t, "words")}
		})
		pages := rapid.SliceOfN(page, 0, 4).Draw(t, "pages")
		raw := appendPages(nil, pages)
		got, err := parsePages(raw)
		if err != nil || len(got) != len(pages) {
			t.Fatalf("%d pages of %d, %v", len(got), len(pages), err)
		}
		for i, p := range pages {
			if len(got[i].Words) != len(p.Words) || math.Abs(got[i].Width-p.Width) > 1e-6 {
				t.Fatalf("page %d: %+v, want %+v", i, got[i], p)
			}
			for k, w := range p.Words {
				if g := got[i].Words[k]; g.Text != w.Text || g.Line != w.Line || math.Abs(g.Box.X-w.Box.X) > 1e-6 || math.Abs(g.Box.Height-w.Box.Height) > 1e-6 {
					t.Fatalf("%+v, want %+v", g, w)
				}
			}
		}
		if cut := rapid.IntRange(0, len(raw)-1).Draw(t, "cut"); cut < len(raw) {
			if _, err := parsePages(raw[:cut]); err == nil {
				t.Fatalf("%d of %d bytes are taken for the whole", cut, len(raw))
			}
		}
	})
}

// FuzzPages: damaged files of the cache are refused or say what they say; none makes it
// fall over.
func FuzzPages(f *testing.F) {
	f.Add(appendPages(nil, []layout.Page{{Width: 210, Height: 297, Words: []layout.Word{{Text: "not", Line: 1, Box: layout.Box{X: 25, Y: 30, Width: 8, Height: 3}}}}}))
	f.Add([]byte(geometryMark))
	f.Fuzz(func(t *testing.T, raw []byte) {
		pages, err := parsePages(raw)
		if err != nil {
			return
		}
		again, err := parsePages(appendPages(nil, pages))
		if err != nil || !reflect.DeepEqual(again, pages) {
			t.Errorf("%+v comes back as %+v, %v", pages, again, err)
		}
	})
}

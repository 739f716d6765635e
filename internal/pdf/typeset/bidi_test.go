package typeset

import (
	"slices"
	"testing"

	"github.com/go-text/typesetting/bidi"
	"pgregory.net/rapid"
)

// Lines whose levels are worked out by hand from UAX #9.
func TestLevels(t *testing.T) {
	for _, c := range []struct {
		text   string
		rtl    bool
		levels string
	}{
		{"abc", false, "000"},
		{"abc", true, "222"},
		{"ابت", false, "111"},
		{"ابت ab", true, "111122"},
		{"ab ابت 12 cd", false, "000111122000"},
		{"اب 12", true, "11122"},
		{"ab ١٢ اب", false, "00022111"},
		{"CH-47 اب", true, "22222111"},
		{"اب (ab)", true, "1111221"},
		{"ab (اب) c", false, "000011000"},
		{"١٢/٣", true, "2222"},
		{"15% اب", true, "222111"},
		{"ab \u2067اب\u2069 c", false, "000011000"},
		{"اب \u2066ab\u2069!", true, "11112211"},
	} {
		var got []byte
		for _, l := range levels([]rune(c.text), c.rtl) {
			got = append(got, '0'+l)
		}
		if string(got) != c.levels {
			t.Errorf("%q (rtl %v) has levels %s: want %s", c.text, c.rtl, got, c.levels)
		}
	}
}

// Another implementation agrees on the direction of every character. It tells
// directions and not levels, which is why ours is here.
func TestLevelsAgainstAnother(t *testing.T) {
	letters := rapid.SampledFrom([]rune("aاב1٢ .,%()[]+-/\u0651\u200e\u200f\u2066\u2067\u2068\u2069"))
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SliceOfN(letters, 1, 24).Draw(t, "text")
		rtl := rapid.Bool().Draw(t, "rtl")
		way := bidi.LeftToRight
		if rtl {
			way = bidi.RightToLeft
		}
		var p bidi.Paragraph
		runs := p.Segment(text, way)
		got := levels(text, rtl)
		for i := range runs.NumRuns() {
			r := runs.Run(i)
			for j := r.Start; j < r.End; j++ {
				if got[j]%2 == 0 != r.IsLeftToRight() && text[j] != ' ' && text[j] < 0x2066 && text[j] != 0x200e && text[j] != 0x200f {
					t.Fatalf("%q (rtl %v): character %d has level %d, another says left to right %v", string(text), rtl, j, got[j], r.IsLeftToRight())
				}
			}
		}
	})
}

func TestVisual(t *testing.T) {
	for _, c := range []struct{ levels, order []int }{
		{[]int{0, 0, 0}, []int{0, 1, 2}},
		{[]int{1, 1, 1}, []int{2, 1, 0}},
		{[]int{0, 1, 1, 0}, []int{0, 2, 1, 3}},
		{[]int{1, 2, 2, 1}, []int{3, 1, 2, 0}},
		{[]int{0, 2, 1, 0}, []int{0, 2, 1, 3}},
		{[]int{1, 1, 2, 3, 2, 1}, []int{5, 2, 3, 4, 1, 0}},
	} {
		var l []uint8
		for _, v := range c.levels {
			l = append(l, uint8(v)) //nolint:gosec // small
		}
		if got := visual(l); !slices.Equal(got, c.order) {
			t.Errorf("levels %v are ordered %v: want %v", c.levels, got, c.order)
		}
	}
}

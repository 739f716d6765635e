package face_test

import (
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"

	"chancery.example/internal/pdf/face"
)

func get(t *testing.T, f face.Family, w face.Weight) *face.Face {
	t.Helper()
	x, err := face.Get(f, w)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// chosen spells out which face each character of a word gets: s or n, capital when
// bold.
func chosen(t *testing.T, word string, first face.Family) string {
	t.Helper()
	faces, err := face.Choose([]rune(word), face.Regular, first)
	if err != nil {
		t.Fatalf("%q: %v", word, err)
	}
	var b strings.Builder
	for _, f := range faces {
		b.WriteByte("sn"[map[bool]int{true: 1}[f.Arabic()]])
	}
	return b.String()
}

// Signs and figures keep to the letters beside them, marks to their letter.
func TestChoose(t *testing.T) {
	for _, c := range []struct {
		word  string
		first face.Family
		want  string
	}{
		{"ship", face.Serif, "ssss"},
		{"ship,", face.Naskh, "sssss"},
		{"السفينة،", face.Serif, "nnnnnnnn"},
		{"قال:", face.Naskh, "nnnn"},
		{"(IZ)", face.Naskh, "ssss"},
		{"HC-2026", face.Naskh, "sssssss"},
		{"٢٠٢٦.", face.Naskh, "nnnnn"},
		{"3,500", face.Naskh, "sssss"},
		{"مُحَمَّد", face.Naskh, "nnnnnnnn"},
		{"e\u0301\u0323", face.Naskh, "sss"},
		{"می\u200cخواهم", face.Naskh, "nnnnnnnn"},
		{"a\u064b", face.Serif, "sn"},
	} {
		if got := chosen(t, c.word, c.first); got != c.want {
			t.Errorf("%q (first %d) is set in %s: want %s", c.word, c.first, got, c.want)
		}
	}
	var missing *face.MissingError
	if _, err := face.Choose([]rune("ab中"), face.Regular, face.Serif); !errors.As(err, &missing) || missing.Rune != '中' || missing.Index != 2 {
		t.Errorf("a Chinese character: %v", err)
	}
}

// Arabic letters join: alone, at the beginning, in the middle and at the end they
// are four drawings. A run has all its characters in its clusters, once.
func TestShape(t *testing.T) {
	s := face.NewShaper()
	naskh := get(t, face.Naskh, face.Regular)
	glyphs := map[int]bool{}
	for _, c := range []struct {
		text string
		at   int // from the left
	}{{"ع", 0}, {"عب", 1}, {"بعب", 1}, {"بع", 0}} {
		clusters := s.Shape(face.Run{Face: naskh, Text: []rune(c.text), To: len([]rune(c.text)), RTL: true, Language: "ar"})
		glyphs[clusters[c.at].Pieces[0].Glyph] = true
	}
	if len(glyphs) != 4 {
		t.Errorf("the letter ain is drawn in %d ways: want 4", len(glyphs))
	}
	for _, text := range []string{"مُحَمَّد", "لا", "می\u200cخواهم", "\u200fاب", "fluffy", "e\u0323\u0301f"} {
		runes := []rune(text)
		rtl := runes[len(runes)-1] > 0x600
		f := naskh
		if !rtl {
			f = get(t, face.Serif, face.Regular)
		}
		clusters := s.Shape(face.Run{Face: f, Text: runes, To: len(runes), RTL: rtl, Language: "ar"})
		slices.SortFunc(clusters, func(a, b face.Cluster) int { return a.From - b.From })
		at := 0
		for _, c := range clusters {
			if c.From != at || c.To <= c.From {
				t.Errorf("%q: a cluster holds characters %d to %d after %d", text, c.From, c.To, at)
			}
			at = c.To
		}
		if at != len(runes) {
			t.Errorf("%q: clusters hold %d of %d characters", text, at, len(runes))
		}
	}
}

// A cut face is a TrueType file in which each code has the drawing, the width and
// the letters that it was added with; the same is added once.
func TestCut(t *testing.T) {
	s := face.NewShaper()
	naskh := get(t, face.Naskh, face.Regular)
	c := face.NewCutter(naskh)
	word := []rune("مُحَمَّد")
	codes := map[string]uint16{}
	for range 2 {
		for _, cl := range s.Shape(face.Run{Face: naskh, Text: word, To: len(word), RTL: true, Language: "ar"}) {
			text := string(word[cl.From:cl.To])
			code, advance := c.Add(cl, text)
			if advance != cl.Advance {
				t.Errorf("%q moves on by %d, its code by %d", text, cl.Advance, advance)
			}
			if old, ok := codes[text]; ok && old != code {
				t.Errorf("%q has the codes %d and %d", text, old, code)
			}
			codes[text] = code
		}
	}
	cut, err := c.Cut()
	if err != nil {
		t.Fatal(err)
	}
	if len(cut.Codes) != len(codes)+1 {
		t.Errorf("%d codes for %d clusters", len(cut.Codes)-1, len(codes))
	}
	tables := map[string][]byte{}
	for i := range int(binary.BigEndian.Uint16(cut.Program[4:])) {
		e := cut.Program[12+16*i:]
		at, n := binary.BigEndian.Uint32(e[8:]), binary.BigEndian.Uint32(e[12:])
		tables[string(e[:4])] = cut.Program[at : at+n]
	}
	glyphs := int(binary.BigEndian.Uint16(tables["maxp"][4:]))
	if len(tables["loca"]) != 4*glyphs+4 || len(tables["hmtx"]) != 4*glyphs {
		t.Fatalf("%d glyphs, %d bytes of loca, %d of hmtx", glyphs, len(tables["loca"]), len(tables["hmtx"]))
	}
	for i, code := range cut.Codes[1:] {
		if got := int(binary.BigEndian.Uint16(tables["hmtx"][4*int(code.Glyph):])); got != code.Advance {
			t.Errorf("code %d is %d wide, its glyph %d", i+1, code.Advance, got)
		}
		from, to := binary.BigEndian.Uint32(tables["loca"][4*int(code.Glyph):]), binary.BigEndian.Uint32(tables["loca"][4*int(code.Glyph)+4:])
		if from == to {
			t.Errorf("code %d, %q, has no outline", i+1, code.Text)
		}
		if strings.Contains(code.Text, "\u064f") && int16(binary.BigEndian.Uint16(tables["glyf"][from:])) >= 0 { //nolint:gosec // a count of contours, negative for composed glyphs
			t.Errorf("code %d, %q, is not composed of a letter and its mark", i+1, code.Text)
		}
	}
	if u := string(cut.ToUnicode()); !strings.Contains(u, "<0645064F>") || !strings.Contains(u, "beginbfchar") {
		t.Errorf("the table of letters does not know mim with damma: %s", u)
	}
}

func TestBox(t *testing.T) {
	a, b := face.Box{Left: 1, Bottom: 2, Right: 3, Top: 4}, face.Box{Left: 2, Bottom: 0, Right: 9, Top: 3}
	if got := a.With(b); got != (face.Box{Left: 1, Right: 9, Top: 4}) {
		t.Errorf("around both: %v", got)
	}
	if got := a.With(face.Box{}); got != a || !(face.Box{}).Empty() {
		t.Errorf("with nothing: %v", got)
	}
}

package glyph

import (
	"bytes"
	"encoding/binary"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/harfbuzz"
	"github.com/go-text/typesetting/language"
)

var update = flag.Bool("update", false, "write the drawings that are known")

// vowels are what may stand over or under a shadda.
const vowels = "\u064b\u064c\u064d\u064e\u064f\u0650"

// drawn is the one drawing of a shadda and a vowel in a typeface; -1 when it draws two.
func drawn(t *testing.T, raw []byte, vowel rune) int {
	t.Helper()
	face, err := font.ParseTTF(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	b := harfbuzz.NewBuffer()
	b.AddRunes([]rune{'د', vowel, '\u0651'}, 0, -1)
	b.Props = harfbuzz.SegmentProperties{Direction: harfbuzz.RightToLeft, Script: language.Arabic, Language: "ar"}
	b.Shape(harfbuzz.NewFont(face), nil)
	letter, _ := face.NominalGlyph('د')
	number := -1
	for _, g := range b.Info {
		switch {
		case g.Glyph == letter:
		case number >= 0:
			return -1
		default:
			number = int(g.Glyph)
		}
	}
	return number
}

// TestKnown: of each typeface that is known each vowel is told, and no other drawing of it
// is taken for one.
func TestKnown(t *testing.T) {
	const fonts = "/usr/share/fonts/truetype/"
	var lines string
	read := 0
	for _, name := range []string{"noto/NotoNaskhArabic-Regular", "noto/NotoNaskhArabic-Bold", "noto/NotoKufiArabic-Regular", "noto/NotoKufiArabic-Bold", "dejavu/DejaVuSans", "dejavu/DejaVuSans-Bold"} {
		raw, err := os.ReadFile(fonts + name + ".ttf")
		if err != nil {
			t.Logf("SKIPPED: %v (Debian: fonts-noto-core fonts-dejavu-core)", err)
			continue
		}
		read++
		numbers := map[int]rune{}
		for _, v := range vowels {
			n := drawn(t, raw, v)
			if n < 0 {
				continue
			}
			o, em, err := Read(raw, n)
			if err != nil {
				t.Fatal(err)
			}
			numbers[n] = v
			lines += drawing{o.shape(float64(em)), v}.line(filepath.Base(name))
			for _, as := range vowels {
				if got := o.Shows(as, em); got != (v == as) && !*update {
					t.Errorf("%s: %U shows %U: %v", name, v, as, got)
				}
			}
		}
		for n := range 1 << 16 {
			o, em, err := Read(raw, n)
			if err != nil {
				if strings.Contains(err.Error(), "no drawing") {
					break
				}
				continue // of too many points
			}
			if numbers[n] == 0 && !*update && strings.ContainsFunc(vowels, func(v rune) bool { return o.Shows(v, em) }) && !form(t, raw, n) {
				t.Errorf("%s: drawing %d is taken for a vowel", name, n)
			}
		}
	}
	switch {
	case *update:
		if err := os.WriteFile("known.txt", []byte(lines), 0o644); err != nil { //nolint:gosec // source
			t.Fatal(err)
		}
	case read == 6 && lines != knownText:
		t.Error("known.txt is of other typefaces: look at what changed, then run go test -update")
	}
}

// form reports whether a drawing is that of a character for the two, such as U+FC60.
func form(t *testing.T, raw []byte, number int) bool {
	t.Helper()
	face, err := font.ParseTTF(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	for r := rune(0xfc5e); r <= 0xfcf4; r++ {
		if n, ok := face.NominalGlyph(r); ok && int(n) == number && (r <= 0xfc63 || r >= 0xfcf2) {
			return true
		}
	}
	return false
}

// TestKnownLines: a drawing is written as it is read.
func TestKnownLines(t *testing.T) {
	n := 0
	for line := range strings.Lines(knownText) {
		d, err := parseDrawing(line)
		if name, _, _ := strings.Cut(line, " "); err != nil || d.line(name) != line {
			t.Errorf("%q: %v", line, err)
		}
		n++
	}
	if n < 20 || len(known()) != n {
		t.Errorf("%d drawings", n)
	}
	for _, bad := range []string{"", "x 064E 1 1", "x zz 1 1 00", "x 064E a 1 00", "x 064E 1 a 00", "x 064E 1 1 00"} {
		if d, err := parseDrawing(bad); err == nil {
			t.Errorf("%q is %v", bad, d)
		}
	}
}

// cut is a typeface of the first drawings of another.
func cut(t testing.TB, raw []byte, drawings int) []byte {
	t.Helper()
	from, err := open(raw)
	if err != nil {
		t.Fatal(err)
	}
	var glyf []byte
	loca := binary.BigEndian.AppendUint32(nil, 0)
	for n := range drawings {
		d, err := from.data(n)
		if err != nil {
			t.Fatal(err)
		}
		glyf = append(glyf, d...)
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
	}
	head := make([]byte, 54)
	binary.BigEndian.PutUint16(head[18:], 1000)
	head[51] = 1
	out, data := []byte{0, 1, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0}, []byte{}
	for _, table := range []struct {
		name string
		data []byte
	}{{"glyf", glyf}, {"head", head}, {"loca", loca}, {"maxp", []byte{0, 1, 0, 0, 0, byte(drawings)}}} {
		out = append(append(out, table.name...), 0, 0, 0, 0)
		out = binary.BigEndian.AppendUint32(out, uint32(12+4*16+len(data)))
		out = binary.BigEndian.AppendUint32(out, uint32(len(table.data)))
		data = append(data, table.data...)
	}
	out = append(out, data...)
	if !slices.ContainsFunc([]int{10, 20, 30}, func(n int) bool { o, _, err := Read(out, n); return err == nil && len(o) > 0 }) {
		t.Fatal("nothing is drawn in it")
	}
	return out
}

// FuzzRead: no typeface breaks what reads it.
func FuzzRead(f *testing.F) {
	if raw, err := os.ReadFile("../face/fonts/NotoNaskhArabic-Regular.ttf"); err == nil {
		small := cut(f, raw, 40)
		f.Add(small, 20)
		f.Add(small[:len(small)/2], 3)
	}
	f.Add([]byte("\x00\x01\x00\x00\x00\x00............"), 0)
	f.Fuzz(func(t *testing.T, raw []byte, number int) {
		o, em, err := Read(raw, number)
		if err != nil {
			return
		}
		points := 0
		for _, line := range o {
			points += len(line)
		}
		if points > maxPoints*steps*2 {
			t.Errorf("%d points", points)
		}
		o.Shows('\u064e', em)
	})
}

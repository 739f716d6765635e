package lint_test

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"chancery.example/internal/pdf/lint"
)

// typeface is a TrueType file in which drawing 1 is a square and drawing 2 looks as a
// typeface that is known draws a shadda with a fatha.
func typeface(t *testing.T) string {
	t.Helper()
	known, err := os.ReadFile("../glyph/known.txt")
	if err != nil {
		t.Fatal(err)
	}
	i := strings.Index(string(known), " 064E ")
	f := strings.Fields(string(known[i:]))
	wide, err1 := strconv.ParseFloat(f[1], 64)
	high, err2 := strconv.ParseFloat(f[2], 64)
	ink, err3 := hex.DecodeString(f[3])
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	const em, side = 10000, 20
	var boxes [][4]float64
	for row := range side {
		bits := uint32(ink[3*row])<<16 | uint32(ink[3*row+1])<<8 | uint32(ink[3*row+2])
		for column := range side {
			if bits>>column&1 == 1 {
				h := high * em / side
				boxes = append(boxes, [4]float64{float64(column) * h * wide, float64(side-row-1) * h, float64(column+1) * h * wide, float64(side-row) * h})
			}
		}
	}
	glyf := drawing([][4]float64{{0, 0, 9000, 9000}})
	ends := []int{0, 0, len(glyf)}
	glyf = append(glyf, drawing(boxes)...)
	ends = append(ends, len(glyf))
	loca := []byte{}
	for _, n := range ends {
		loca = binary.BigEndian.AppendUint32(loca, uint32(n))
	}
	head := make([]byte, 54)
	binary.BigEndian.PutUint16(head[18:], em)
	head[51] = 1
	tables := []struct {
		name string
		data []byte
	}{{"glyf", glyf}, {"head", head}, {"loca", loca}, {"maxp", []byte{0, 1, 0, 0, 0, 3}}}
	out := []byte{0, 1, 0, 0, 0, byte(len(tables)), 0, 0, 0, 0, 0, 0}
	at := len(out) + 16*len(tables)
	for _, table := range tables {
		out = append(append(out, table.name...), 0, 0, 0, 0)
		out = binary.BigEndian.AppendUint32(out, uint32(at))
		out = binary.BigEndian.AppendUint32(out, uint32(len(table.data)))
		at += len(table.data)
	}
	for _, table := range tables {
		out = append(out, table.data...)
	}
	return string(out)
}

// drawing writes a drawing of boxes.
func drawing(boxes [][4]float64) []byte {
	out := binary.BigEndian.AppendUint16(nil, uint16(len(boxes)))
	out = append(out, make([]byte, 8)...)
	var flags, xs, ys []byte
	var x, y int
	for i, b := range boxes {
		out = binary.BigEndian.AppendUint16(out, uint16(4*i+3))
		for _, p := range [][2]float64{{b[0], b[1]}, {b[2], b[1]}, {b[2], b[3]}, {b[0], b[3]}} {
			flags = append(flags, 1)
			xs = binary.BigEndian.AppendUint16(xs, uint16(int16(int(p[0])-x)))
			ys = binary.BigEndian.AppendUint16(ys, uint16(int16(int(p[1])-y)))
			x, y = int(p[0]), int(p[1])
		}
	}
	return slices.Concat(out, []byte{0, 0}, flags, xs, ys)
}

// unnamed is a page in a typeface whose drawings 1 and 2 are said to be nothing; 3 is a
// reh, 4 a shadda with a fatha by Unicode's form for it, 5 the letters of الله behind its
// alef.
func unnamed(t *testing.T, content, more string) made {
	t.Helper()
	return made{content: "BT /C 20 Tf 1 0 0 1 72 720 Tm " + content + " ET", fonts: "/C 6 0 R", objects: []string{
		"<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/DescendantFonts[7 0 R]/ToUnicode 8 0 R>>",
		"<</Type/Font/Subtype/CIDFontType2/BaseFont/X/DW 500/CIDToGIDMap/Identity/FontDescriptor 9 0 R>>",
		stream("", "9 beginbfchar <0001> <0000> <0002> <0000> <0003> <0631> <0004> <FC60> <0005> <064406440647> "+more+" endbfchar"),
		"<</Type/FontDescriptor/FontName/X/FontFile2 10 0 R>>",
		stream("", typeface(t)),
	}}
}

// TestUnnamedDrawings: a drawing that says nothing by itself is the shadda and the vowel
// that its span says, if it looks like these; and nothing else ever.
func TestUnnamedDrawings(t *testing.T) {
	for name, content := range map[string]string{
		"shadda and fatha":          span("<FEFF0631064E0651>", "<0002> Tj <0003> Tj"),
		"marks in the other order":  span("<FEFF06310651064E>", "<0002> Tj <0003> Tj"),
		"twice, each in its span":   span("<FEFF0631064E0651>", "<0002> Tj <0003> Tj") + span("<FEFF0631064E0651>", "<0003> Tj <0002> Tj"),
		"named by a form":           span("<FEFF0631064E0651>", "<0004> Tj <0003> Tj"),
		"a form, no span around it": "<00040003> Tj",
		"a ligature":                "<0005> Tj",
	} {
		if got := lint.Check(unnamed(t, content, "").bytes(), lint.Allowed{}); len(got) != 0 {
			t.Errorf("%s: %v", name, lint.Error(got))
		}
	}
	for name, c := range map[string]struct{ content, more, says string }{
		"another vowel":         {span("<FEFF0631064F0651>", "<0002> Tj <0003> Tj"), "", "does not look like it"},
		"another drawing":       {span("<FEFF0631064E0651>", "<0001> Tj <0003> Tj"), "", "does not look like it"},
		"none":                  {span("<FEFF0631064E0651>", "<0009> Tj <0003> Tj"), "<0009> <0000>", "does not look like it"},
		"a letter":              {span("<FEFF0631>", "<0002> Tj <0003> Tj"), "", "says nothing"},
		"letters":               {span("<FEFF063106440627>", "<0002> Tj <0003> Tj"), "", "says nothing"},
		"a vowel alone":         {span("<FEFF0631064E>", "<0002> Tj <0003> Tj"), "", "says nothing"},
		"in the letter's place": {span("<FEFF0631064E0651>", "<0002> Tj"), "", "others"},
		"another letter":        {span("<FEFF0632064E0651>", "<0002> Tj <0003> Tj"), "", "others"},
		"two of them":           {span("<FEFF0631064E0651>", "<0002> Tj <0002> Tj <0003> Tj"), "", "says nothing"},
		"in no span":            {"<0002> Tj <0003> Tj", "", "does not say what it is"},
		"a form for another":    {span("<FEFF0631064F0651>", "<0004> Tj <0003> Tj"), "", "others"},
		"letters not joined":    {"<0006> Tj", "<0006> <064406450633>", "not drawn as one"},
		"a word":                {"<0006> Tj", "<0006> <0644062706200627>", "not drawn as one"},
	} {
		got := lint.Check(unnamed(t, c.content, c.more).bytes(), lint.Allowed{})
		if !slices.ContainsFunc(got, func(r lint.Refusal) bool { return strings.Contains(r.What, c.says) }) {
			t.Errorf("%s: %v; want %q", name, lint.Error(got), c.says)
		}
	}
	m := unnamed(t, span("<FEFF0631064E0651>", "<0002> Tj <0003> Tj"), "")
	m.objects[1] = strings.Replace(m.objects[1], "/CIDToGIDMap/Identity", "", 1)
	if got := fmt.Sprint(lint.Check(m.bytes(), lint.Allowed{})); !strings.Contains(got, "does not look like it") {
		t.Errorf("codes that are no numbers of drawings: %s", got)
	}
}

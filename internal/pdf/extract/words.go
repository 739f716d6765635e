package extract

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/bidi"
	"golang.org/x/text/unicode/norm"

	"chancery.example/internal/pdf"
	"chancery.example/internal/photo"
)

// A word is a stretch of letters without a space between them.
type word struct {
	glyphs []glyph
	box    rect
	line   int  // of the page, from 1
	gap    bool // more than a line's space before its line
	twice  bool // it stands there already: drawn again to make it bold
	hidden bool
	why    pdf.RemarkKind
}

// group makes words and lines of a page's letters, in the order that pdfium gives
// them.
func group(gs []glyph) []word {
	var out []word
	line, fresh := 0, true
	var in []glyph
	flush := func() {
		if len(in) > 0 {
			if fresh {
				line, fresh = line+1, false
			}
			out = append(out, word{glyphs: in, line: line, box: around(in)})
			in = nil
		}
	}
	for _, g := range gs {
		if !isSpace(g.r) {
			in = append(in, g)
			continue
		}
		flush()
		fresh = fresh || g.r == '\n' || g.r == '\r'
	}
	flush()
	return spread(out)
}

// spread marks the lines before which there is more space than between lines.
func spread(ws []word) []word {
	var before rect
	for i := 0; i < len(ws); {
		j := i
		var at rect
		for ; j < len(ws) && ws[j].line == ws[i].line; j++ {
			if j == i {
				at = ws[j].box
			}
			at = at.union(ws[j].box)
		}
		if i > 0 && at.y0-before.y1 > at.height() {
			for k := i; k < j; k++ {
				ws[k].gap = true
			}
		}
		before, i = at, j
	}
	return ws
}

func around(gs []glyph) rect {
	var out rect
	first := true
	for _, g := range gs {
		switch {
		case !g.inked:
		case first:
			out, first = g.box, false
		default:
			out = out.union(g.box)
		}
	}
	return out
}

// measured reports whether the file says where the word's ink is.
func (w word) measured() bool {
	return slices.ContainsFunc(w.glyphs, func(g glyph) bool { return g.inked })
}

// tells reports whether the word has letters or digits.
func (w word) tells() bool {
	return slices.ContainsFunc(w.glyphs, func(g glyph) bool { return unicode.IsLetter(g.r) || unicode.IsDigit(g.r) })
}

// text is the word's letters as they come; of those that are seen, or all.
func (w word) text(all bool) string {
	var b strings.Builder
	for _, g := range w.glyphs {
		if all || !g.hidden {
			b.WriteRune(g.r)
		}
	}
	return written(b.String())
}

// written puts what fonts call a letter into the letters that people write.
func written(s string) string {
	return photo.Legible(strings.Map(func(r rune) rune {
		if r == 0x2 || r == 0xfffe { // pdfium's word for a hyphen at a line's end
			return '-'
		}
		return r
	}, shapes(s)))
}

// shapes writes forms of Arabic letters and joined Latin letters as letters.
func shapes(s string) string {
	if !strings.ContainsFunc(s, isShape) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if isShape(r) {
			b.WriteString(norm.NFKC.String(string(r)))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func isShape(r rune) bool {
	return r >= 0xfb00 && r <= 0xfb06 || r >= 0xfb50 && r <= 0xfdff || r >= 0xfe70 && r <= 0xfefc
}

// rightToLeft reports whether a letter is one of a script that runs so.
func rightToLeft(r rune) bool {
	p, _ := bidi.LookupRune(r)
	return p.Class() == bidi.R || p.Class() == bidi.AL
}

func (w word) rightToLeft() bool {
	return slices.ContainsFunc(w.glyphs, func(g glyph) bool { return rightToLeft(g.r) })
}

// placed returns the words in the order in which their places say they are read:
// PDFs have lines and words that run from right to left in either order.
func placed(ws []word) []word {
	out := slices.Clone(ws)
	for i := 0; i < len(out); {
		j := i
		for j < len(out) && out[j].line == out[i].line {
			j++
		}
		placeLine(out[i:j])
		i = j
	}
	return out
}

func placeLine(line []word) {
	right := 0
	for i := range line {
		if line[i].rightToLeft() {
			right++
			line[i].glyphs = placeWord(line[i].glyphs)
		}
	}
	if right == 0 || slices.ContainsFunc(line, func(w word) bool { return !w.measured() }) {
		return
	}
	centre := func(w word) float64 { return w.box.x0 + w.box.x1 }
	// Along the line's own direction, stretches of the other direction run back.
	back := 2*right > len(line)
	slices.SortStableFunc(line, func(a, b word) int {
		d := centre(a) - centre(b)
		if back {
			d = -d
		}
		return sign(d)
	})
	for i := 0; i < len(line); {
		j := i
		for j < len(line) && line[j].runs() == !back {
			j++
		}
		if j-i > 1 {
			slices.Reverse(line[i:j])
		}
		i = max(j, i+1)
	}
}

// runs reports whether a word itself runs from left to right when the line does
// not, or the other way: a word of letters; numbers follow their line.
func (w word) runs() bool {
	if w.rightToLeft() {
		return false
	}
	return slices.ContainsFunc(w.glyphs, func(g glyph) bool { return unicode.IsLetter(g.r) })
}

// placeWord orders the letters of a word from right to left, numbers and Latin
// letters in it from left to right.
func placeWord(gs []glyph) []glyph {
	if slices.ContainsFunc(gs, func(g glyph) bool { return !g.inked && !unicode.IsMark(g.r) }) {
		return gs
	}
	out := slices.Clone(gs)
	slices.SortStableFunc(out, func(a, b glyph) int {
		if unicode.IsMark(a.r) || unicode.IsMark(b.r) { // stay behind their letter
			return 0
		}
		return sign(b.box.x0 + b.box.x1 - a.box.x0 - a.box.x1)
	})
	left := func(g glyph) bool {
		return unicode.IsDigit(g.r) || unicode.IsLetter(g.r) && !rightToLeft(g.r)
	}
	for i := 0; i < len(out); {
		j := i
		for j < len(out) && (left(out[j]) || j > i && j+1 < len(out) && strings.ContainsRune(".,:/-", out[j].r) && left(out[j+1])) {
			j++
		}
		if j-i > 1 {
			slices.Reverse(out[i:j])
		}
		i = max(j, i+1)
	}
	return out
}

func sign(d float64) int {
	switch {
	case d < 0:
		return -1
	case d > 0:
		return 1
	}
	return 0
}

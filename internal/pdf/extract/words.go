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
	box    rect // around its ink, when measured
	// measured: the file says where its ink is.
	measured bool
	line     int  // of the page, from 1
	gap      bool // more than a line's space before its line
	cut      bool // pdfium ends or begins a line at it, in the midst of one
	twice    bool // it stands there already: drawn again to make it bold
	hidden   bool
	why      pdf.RemarkKind
}

// group makes words and lines of a page's letters, in the order that pdfium gives
// them.
func group(gs []glyph) []word {
	var out []word
	line, fresh := 0, true
	var in word
	flush := func() {
		if len(in.glyphs) > 0 {
			if fresh {
				line, fresh = line+1, false
			}
			in.line = line
			out = append(out, in)
			in = word{}
		}
	}
	for _, g := range gs {
		if !isSpace(g.r) {
			if in.far(g) {
				flush()
			}
			in.append(g)
			continue
		}
		flush()
		fresh = fresh || g.r == '\n' || g.r == '\r'
	}
	flush()
	return spread(whole(out))
}

// whole puts the pieces of a line together that pdfium takes for lines: where an
// Arabic letter's mark is drawn higher or lower, it begins a new one. Pieces are of one
// line when they stand close beside each other, with hardly a difference in height.
func whole(ws []word) []word {
	out := ws[:0]
	var before rect // around the line so far
	was, line, turned := 0, 0, false
	for i := 0; i < len(ws); {
		j, at := i, ws[i].box
		for j < len(ws) && ws[j].line == ws[i].line {
			at = at.union(ws[j].box)
			j++
		}
		piece := slices.Clone(ws[i:j])
		turns := slices.ContainsFunc(piece, func(w word) bool { return w.rightToLeft() || w.mark() })
		same := was > 0 && (turns || turned) && before.beside(at)
		if same {
			at, turns = at.union(before), true
			out[len(out)-1].cut, piece[0].cut = true, true
		} else {
			line++
		}
		for _, w := range piece {
			w.line = line
			out = append(out, w)
		}
		before, was, turned, i = at, line, turns, j
	}
	return out
}

// beside reports whether two pieces stand next to each other in one line: as high as
// each other, or one is no higher than a mark, and close.
func (r rect) beside(o rect) bool {
	low, high := min(r.height(), o.height()), max(r.height(), o.height())
	both := min(r.y1, o.y1) - max(r.y0, o.y0)
	apart := max(o.x0-r.x1, r.x0-o.x1)
	return low > 0 && (both > low*2/3 || low < high/2 && both > -high/4) && apart > -high/2 && apart < high
}

// mark reports whether all of a word are marks of letters.
func (w word) mark() bool {
	return !slices.ContainsFunc(w.glyphs, func(g glyph) bool { return !unicode.IsMark(g.r) })
}

// append adds a letter to a word.
func (w *word) append(g glyph) {
	switch {
	case !g.inked:
	case !w.measured:
		w.box, w.measured = g.box, true
	default:
		w.box = w.box.union(g.box)
	}
	w.glyphs = append(w.glyphs, g)
}

// far reports whether a letter stands too far from a word to be part of it: brackets
// around words of the other direction follow each other in some files.
func (w *word) far(g glyph) bool {
	return g.inked && w.measured && max(g.box.x0-w.box.x1, w.box.x0-g.box.x1) > 3*max(w.box.height(), g.box.height())
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

package lines

import (
	"math"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/bidi"
	"golang.org/x/text/unicode/norm"

	"chancery.example/internal/pdf"
	"chancery.example/internal/photo"
)

// A Word is a stretch of letters without a space between them.
type Word struct {
	Letters []Letter
	Box     Rect // around its ink, when measured
	// Measured: the file says where its ink is.
	Measured bool
	Line     int  // of the page, from 1
	Gap      bool // more than a line's space before its line
	Twice    bool // it stands there already: drawn again to make it bold
	Hidden   bool
	Why      pdf.RemarkKind
	cut      bool // pdfium ends or begins a line or a word at it, in the midst of one
}

// Group makes words and lines of a page's letters, in the order that pdfium gives
// them.
func Group(gs []Letter) []Word {
	var out []Word
	line, fresh, cut := 0, true, false
	var in Word
	flush := func() {
		if len(in.Letters) > 0 {
			if fresh {
				line, fresh = line+1, false
			}
			in.Line = line
			out = append(out, in)
			in = Word{}
		}
	}
	for at, g := range gs {
		if !IsSpace(g.R) {
			if in.far(g) {
				flush()
			}
			if len(in.Letters) == 0 {
				in.cut, cut = cut, false
			}
			in.append(g)
			continue
		}
		cut = g.R == ' ' && (at > 0 && unicode.IsMark(gs[at-1].R) || at+1 < len(gs) && unicode.IsMark(gs[at+1].R))
		in.cut = in.cut || cut
		flush()
		fresh = fresh || g.R == '\n' || g.R == '\r'
	}
	flush()
	return spread(whole(out))
}

// A stretch is what stands in a line that pdfium takes for one.
type stretch struct {
	words []Word
	at    Rect // around its letters; of marks alone, around them
	marks bool // it has nothing but marks
	turns bool // letters in it run from the right
}

// whole puts the pieces of a line together that pdfium takes for lines: where an
// Arabic letter's mark is drawn higher or lower, it begins a new one. Pieces are of one
// line when their letters stand close beside each other, with hardly a difference in
// height; marks belong to the line with the letter that they stand nearest to.
func whole(ws []Word) []Word {
	var lines, loose []stretch
	for _, p := range stretches(ws) {
		switch n := len(lines) - 1; {
		case p.marks:
			loose = append(loose, p)
		case n >= 0 && (p.turns || lines[n].turns) && lines[n].at.beside(p.at):
			for _, ws := range [][]Word{lines[n].words, p.words} {
				ws[0].cut, ws[len(ws)-1].cut = true, true
			}
			lines[n].at, lines[n].turns = lines[n].at.Union(p.at), true
			lines[n].words = append(lines[n].words, p.words...)
		default:
			lines = append(lines, p)
		}
	}
	for _, p := range loose {
		if best := nearestLine(lines, p.at); best >= 0 {
			lines[best].words = append(lines[best].words, p.words...)
		} else {
			lines = append(lines, p)
		}
	}
	out := ws[:0]
	for i, l := range lines {
		for _, w := range l.words {
			w.Line = i + 1
			out = append(out, w)
		}
	}
	return out
}

func stretches(ws []Word) (out []stretch) {
	for i := 0; i < len(ws); {
		j := i
		for j < len(ws) && ws[j].Line == ws[i].Line {
			j++
		}
		out = append(out, parted(ws[i:j])...)
		i = j
	}
	return out
}

// parted parts what pdfium takes for one line. In lines from the right it may have the
// end of a paragraph among the words of the next one: what stands over others, wholly, is
// a line before them.
func parted(line []Word) (out []stretch) {
	turns, last := slices.ContainsFunc(line, Word.rightToLeft), 0
	for _, w := range line {
		at := w.letterBox()
		switch {
		case len(out) == 0:
			out = append(out, stretch{at: at, marks: w.mark()})
		case w.mark() || !w.Measured: // with the word before it
		case out[last].marks:
			out[last].at, out[last].marks = at, false
		case turns:
			if last = slices.IndexFunc(out, func(s stretch) bool { return min(s.at.Y1, at.Y1) > max(s.at.Y0, at.Y0) }); last < 0 {
				last = len(out)
				out = append(out, stretch{at: at})
			}
		}
		s := &out[last]
		s.words, s.turns = append(s.words, w), s.turns || w.rightToLeft()
		if s.marks == w.mark() && w.Measured {
			s.at = s.at.Union(at)
		}
	}
	slices.SortStableFunc(out, func(a, b stretch) int {
		switch {
		case a.at.Y1 <= b.at.Y0:
			return -1
		case b.at.Y1 <= a.at.Y0:
			return 1
		}
		return 0
	})
	return out
}

// letterBox is around the letters of a word without their marks, or around the marks of
// one that has nothing else.
func (w Word) letterBox() Rect {
	of := Word{}
	for _, g := range w.Letters {
		if !unicode.IsMark(g.R) {
			of.append(g)
		}
	}
	if of.Measured {
		return of.Box
	}
	return w.Box
}

// nearestLine is the line with the letter that marks stand nearest to; -1 when none is
// near.
func nearestLine(lines []stretch, marks Rect) int {
	best, least := -1, math.Inf(1)
	for i, l := range lines {
		for _, w := range l.words {
			for _, g := range w.Letters {
				if !g.Inked || unicode.IsMark(g.R) {
					continue
				}
				x := max(0, marks.X0-g.Box.X1, g.Box.X0-marks.X1)
				y := max(0, marks.Y0-g.Box.Y1, g.Box.Y0-marks.Y1)
				if d := math.Hypot(x, y); d < least && d < 2*(g.Box.Height()+marks.Height()) {
					best, least = i, d
				}
			}
		}
	}
	return best
}

// beside reports whether two pieces stand next to each other in one line: as high as
// each other, and close.
func (r Rect) beside(o Rect) bool {
	low, high := min(r.Height(), o.Height()), max(r.Height(), o.Height())
	both := min(r.Y1, o.Y1) - max(r.Y0, o.Y0)
	apart := max(o.X0-r.X1, r.X0-o.X1)
	return low > 0 && both > low*2/3 && apart > -high/2 && apart < high
}

// mark reports whether all of a word are marks of letters.
func (w Word) mark() bool {
	return !slices.ContainsFunc(w.Letters, func(g Letter) bool { return !unicode.IsMark(g.R) })
}

// append adds a letter to a word.
func (w *Word) append(g Letter) {
	switch {
	case !g.Inked:
	case !w.Measured:
		w.Box, w.Measured = g.Box, true
	default:
		w.Box = w.Box.Union(g.Box)
	}
	w.Letters = append(w.Letters, g)
}

// far reports whether a letter stands too far from a word to be part of it: brackets
// around words of the other direction follow each other in some files.
func (w *Word) far(g Letter) bool {
	return g.Inked && w.Measured && max(g.Box.X0-w.Box.X1, w.Box.X0-g.Box.X1) > 3*max(w.Box.Height(), g.Box.Height())
}

// spread marks the lines before which there is more space than between lines.
func spread(ws []Word) []Word {
	var before Rect
	for i := 0; i < len(ws); {
		j := i
		var at Rect
		for ; j < len(ws) && ws[j].Line == ws[i].Line; j++ {
			if j == i {
				at = ws[j].Box
			}
			at = at.Union(ws[j].Box)
		}
		if i > 0 && at.Y0-before.Y1 > at.Height() {
			for k := i; k < j; k++ {
				ws[k].Gap = true
			}
		}
		before, i = at, j
	}
	return ws
}

// Tells reports whether the word has letters or digits.
func (w Word) Tells() bool {
	return slices.ContainsFunc(w.Letters, func(g Letter) bool { return unicode.IsLetter(g.R) || unicode.IsDigit(g.R) })
}

// Text is the word's letters as they come; of those that are seen, or all.
func (w Word) Text(all bool) string {
	var b strings.Builder
	for _, g := range w.Letters {
		if all || !g.Hidden {
			b.WriteRune(g.R)
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

func (w Word) rightToLeft() bool {
	return slices.ContainsFunc(w.Letters, func(g Letter) bool { return rightToLeft(g.R) })
}

package extract

import (
	"math"
	"slices"
	"strings"
	"unicode"
)

// PDFs have lines and words that run from right to left in either order of their
// letters, so their places say how they are read: what Unicode's bidirectional
// algorithm did to show a line is undone here, for words and the letters in them.
// Where two orders of a line look the same, the one that letters are written in is
// taken.

// placed returns the words of a page in the order in which their places say they are
// read.
func placed(ws []word) []word {
	out := worn(ws)
	p := columnOf(out)
	for i := 0; i < len(out); {
		j := i
		for j < len(out) && out[j].line == out[i].line {
			j++
		}
		placeLine(out[i:j], p.fromRight(out[i:j]))
		i = j
	}
	return joined(out)
}

// worn puts marks that stand alone to the word of their line that they stand at: where
// they are drawn higher or lower than letters, pdfium takes them for words.
func worn(ws []word) []word {
	out := make([]word, 0, len(ws))
	for _, w := range ws {
		if !w.mark() {
			out = append(out, w)
		}
	}
	for _, w := range ws {
		if !w.mark() {
			continue
		}
		best, least := -1, math.Inf(1)
		for i, o := range out {
			if d := w.apart(o); o.line == w.line && o.hidden == w.hidden && o.why == w.why && d < least {
				best, least = i, d
			}
		}
		if best < 0 || !w.measured || !out[best].measured || least > out[best].box.height()/4 {
			return ws // a mark without a letter: nothing is known of them all
		}
		out[best].glyphs = slices.Concat(out[best].glyphs, w.glyphs)
	}
	return out
}

// joined puts the signs that stand close to the word before them to it: some programs
// write them so that they seem to stand alone. So it does with what pdfium cut.
func joined(ws []word) []word {
	out := ws[:0]
	for _, w := range ws {
		if n := len(out) - 1; n >= 0 && out[n].line == w.line && out[n].hidden == w.hidden && out[n].why == w.why &&
			(w.closes() && out[n].apart(w) < out[n].box.height()/4 || w.goesOnFrom(out[n])) {
			out[n].glyphs = slices.Concat(out[n].glyphs, w.glyphs)
			out[n].box = out[n].box.union(w.box)
			continue
		}
		out = append(out, w)
	}
	return out
}

// apart is how much space is between two words of a line.
func (w word) apart(o word) float64 { return max(w.box.x0-o.box.x1, o.box.x0-w.box.x1) }

// goesOnFrom reports whether a word goes on from the one before it, without the space
// that is between words, and pdfium cut them.
func (w word) goesOnFrom(before word) bool {
	return w.cut && before.cut && w.measured && before.measured && w.rightToLeft() && before.rightToLeft() &&
		w.apart(before) < max(w.box.height(), before.box.height())/8
}

// closes reports whether all of a word are signs that end something.
func (w word) closes() bool {
	return w.measured && !slices.ContainsFunc(w.glyphs, func(g glyph) bool { return !strings.ContainsRune(".,:;!?،؛؟)]", g.r) })
}

// A column is what the direction of a page's lines is told by.
type column struct {
	x0, x1      float64 // between which its words stand
	left, right int     // words by the direction that they run in themselves
}

func columnOf(ws []word) column {
	p := column{}
	for i, w := range ws {
		if i == 0 {
			p.x0, p.x1 = w.box.x0, w.box.x1
		}
		p.x0, p.x1 = min(p.x0, w.box.x0), max(p.x1, w.box.x1)
		switch {
		case w.rightToLeft():
			p.right++
		case w.leftToRight():
			p.left++
		}
	}
	return p
}

// fromRight reports whether a line is one of a text that is written from right to
// left: most of the page is, or, where that is not clear, the line begins at its right
// side, or most of its words do. A line without a word of such a script is one only
// when it stands at the right side as well: an address among Arabic lines.
func (p column) fromRight(line []word) bool {
	all, right, left := line[0].box, 0, 0
	for _, w := range line {
		all = all.union(w.box)
		switch {
		case w.rightToLeft():
			right++
		case w.leftToRight():
			left++
		}
	}
	side := (all.x0 - p.x0) - (p.x1 - all.x1) // more than 0: nearer to the right side
	clear := all.height()
	switch {
	case right == 0:
		return p.right > p.left && side > clear
	case left == 0, p.right > 2*p.left:
		return true
	case p.left > 2*p.right:
		return false
	case side > clear || side < -clear:
		return side > 0
	}
	return right > left
}

func placeLine(line []word, fromRight bool) {
	if !fromRight && !slices.ContainsFunc(line, word.rightToLeft) {
		return
	}
	for i, w := range line {
		if w.rightToLeft() {
			line[i].glyphs = placeWord(w.glyphs)
		}
	}
	if slices.ContainsFunc(line, func(w word) bool { return !w.measured }) {
		return
	}
	slices.SortStableFunc(line, func(a, b word) int { return sign(a.box.x0 + a.box.x1 - b.box.x0 - b.box.x1) })
	if !fromRight {
		rightRuns(line)
		return
	}
	leftRuns(line)
	slices.Reverse(line)
}

// rightRuns reverses the stretches of a line that run from right to left; numbers
// between their words run with them.
func rightRuns(line []word) {
	for i := 0; i < len(line); i++ {
		if !line[i].rightToLeft() {
			continue
		}
		last := i
		for k := i + 1; k < len(line) && !line[k].leftToRight(); k++ {
			if line[k].rightToLeft() {
				last = k
			}
		}
		slices.Reverse(line[i : last+1])
		i = last
	}
}

// leftRuns reverses the stretches of a line that run from left to right, of one that
// is about to be reversed as a whole.
func leftRuns(line []word) {
	for i := 0; i < len(line); i++ {
		if line[i].rightToLeft() {
			continue
		}
		if !line[i].leftToRight() {
			line[i].glyphs = placeWord(line[i].glyphs)
			continue
		}
		last := i
		for k := i + 1; k < len(line) && !line[k].rightToLeft(); k++ {
			if line[k-1].endsRun() || line[k].numbered() && !line[k].leftToRight() && !line[k].goesOn() {
				break
			}
			if line[k].leftToRight() || line[k].numbered() {
				last = k
			}
		}
		placeRun(line[i : last+1])
		slices.Reverse(line[i : last+1])
		i = last
	}
}

// leftToRight reports whether a word runs from left to right wherever it stands: one
// of letters; numbers follow their line.
func (w word) leftToRight() bool {
	return !w.rightToLeft() && slices.ContainsFunc(w.glyphs, func(g glyph) bool { return unicode.IsLetter(g.r) })
}

func (w word) numbered() bool {
	return slices.ContainsFunc(w.glyphs, func(g glyph) bool { return unicode.IsDigit(g.r) })
}

// goesOn reports whether a number may go on with the words before it. One in Arabic
// digits does not, nor one with a sign at its left side: that is where what follows it
// stands in a line from the right ("1." of a list).
func (w word) goesOn() bool {
	r := fromLeft(w.glyphs)[0].r
	return r >= '0' && r <= '9' || strings.ContainsRune("(#§$€£¥+-−", r)
}

// endsRun reports whether a bracket opens at the right side of a word: then it belongs
// to the line from the right.
func (w word) endsRun() bool {
	gs := fromLeft(w.glyphs)
	return strings.ContainsRune("([{«“", gs[len(gs)-1].r)
}

// placeRun orders the letters of words that run from left to right in a line from
// the right: what stands at the outer sides of them all belongs to the line.
func placeRun(run []word) {
	for i := range run {
		run[i].glyphs = fromLeft(run[i].glyphs)
	}
	first, last := &run[0], &run[len(run)-1]
	a := slices.IndexFunc(first.glyphs, glyph.tells)
	b := len(last.glyphs)
	for b > 0 && !last.glyphs[b-1].tells() {
		b--
	}
	before, behind := slices.Clone(last.glyphs[b:]), slices.Clone(first.glyphs[:a])
	slices.Reverse(before)
	slices.Reverse(behind)
	last.glyphs = last.glyphs[:b:b]
	first.glyphs = slices.Concat(before, first.glyphs[a:])
	last.glyphs = slices.Concat(last.glyphs, behind)
}

func (g glyph) tells() bool { return unicode.IsLetter(g.r) || unicode.IsDigit(g.r) }

// fromLeft orders letters from left to right, where their places are known.
func fromLeft(gs []glyph) []glyph {
	if slices.ContainsFunc(gs, func(g glyph) bool { return !g.inked }) {
		return gs
	}
	out := slices.Clone(gs)
	slices.SortStableFunc(out, func(a, b glyph) int { return sign(a.box.x0 + a.box.x1 - b.box.x0 - b.box.x1) })
	return out
}

// placeWord orders the letters of a word from right to left, numbers and Latin
// letters in it from left to right; marks stay with the letter that they stand at.
func placeWord(gs []glyph) []glyph {
	var out []glyph
	for _, g := range gs {
		if !unicode.IsMark(g.r) {
			out = append(out, g)
		}
	}
	if len(out) == 0 || slices.ContainsFunc(out, func(g glyph) bool { return !g.inked }) {
		return gs
	}
	slices.SortStableFunc(out, func(a, b glyph) int { return sign(b.box.x0 + b.box.x1 - a.box.x0 - a.box.x1) })
	for i := 0; i < len(out); {
		j := i
		for j < len(out) && (left(out[j]) || j > i && j+1 < len(out) && joins(out[j-1], out[j], out[j+1])) {
			j++
		}
		if j-i > 1 {
			slices.Reverse(out[i:j])
		}
		i = max(j, i+1)
	}
	if len(out) == len(gs) {
		return out
	}
	return marked(out, gs)
}

// marked puts the marks of a word behind their letters: the nearest, or, where it is
// not known where a mark stands, the one before it in the file.
func marked(letters, gs []glyph) []glyph {
	const longest = 100 // of a word that somebody writes
	of, places := make([][]glyph, len(letters)), map[int]int{}
	for i, l := range letters {
		places[l.index] = i
	}
	before := 0 // the place of the letter before
	for _, g := range gs {
		if !unicode.IsMark(g.r) {
			before = places[g.index]
			continue
		}
		at := before
		if g.inked && len(letters) <= longest {
			at = nearest(letters, g)
		}
		of[at] = append(of[at], g)
	}
	out := make([]glyph, 0, len(gs))
	for i, l := range letters {
		out = append(append(out, l), of[i]...)
	}
	return out
}

func nearest(letters []glyph, g glyph) int {
	best, least := 0, math.Inf(1)
	for i, l := range letters {
		if d := math.Abs(l.box.x0 + l.box.x1 - g.box.x0 - g.box.x1); d < least {
			best, least = i, d
		}
	}
	return best
}

// left reports whether a letter runs from left to right in a word from the right.
func left(g glyph) bool {
	return unicode.IsDigit(g.r) || unicode.IsLetter(g.r) && !rightToLeft(g.r)
}

// joins reports whether a sign makes one number of those around it. A dash does so
// for European digits alone.
func joins(a, g, b glyph) bool {
	if !left(a) || !left(b) {
		return false
	}
	return strings.ContainsRune(".,:/،٫٬", g.r) || strings.ContainsRune("-", g.r) && a.r < 0x80 && b.r < 0x80
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

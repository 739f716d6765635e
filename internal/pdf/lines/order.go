package lines

import (
	"cmp"
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

// Placed returns the words of a page in the order in which their places say they are
// read.
func Placed(ws []Word) []Word {
	out := worn(ws)
	p := columnOf(out)
	for i := 0; i < len(out); {
		j := i
		for j < len(out) && out[j].Line == out[i].Line {
			j++
		}
		placeLine(out[i:j], p.fromRight(out[i:j]))
		i = j
	}
	return joined(out)
}

// worn puts marks that stand alone to the word of their line that they stand at: where
// they are drawn higher or lower than letters, pdfium takes them for words.
func worn(ws []Word) []Word {
	out := make([]Word, 0, len(ws))
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
			if d := w.apart(o); o.Line == w.Line && o.Hidden == w.Hidden && o.Why == w.Why && d < least {
				best, least = i, d
			}
		}
		if best < 0 || !w.Measured || !out[best].Measured || least > out[best].Box.Height()/4 {
			return ws // a mark without a letter: nothing is known of them all
		}
		out[best].Letters = slices.Concat(out[best].Letters, w.Letters)
	}
	for i := range out {
		if out[i].cut {
			restore(out, i)
		}
	}
	return out
}

// restore gives the marks of a word that pdfium cut off back to the word of its line over
// whose letters they stand, when they stand over none of their own.
func restore(ws []Word, i int) {
	w := &ws[i]
	w.Letters = slices.DeleteFunc(slices.Clone(w.Letters), func(g Letter) bool {
		if !unicode.IsMark(g.R) || !g.Inked || w.under(g) {
			return false
		}
		j := slices.IndexFunc(ws, func(o Word) bool {
			return o.cut && o.Line == w.Line && o.Hidden == w.Hidden && o.Why == w.Why && o.under(g)
		})
		if j < 0 {
			return false
		}
		ws[j].Letters = append(slices.Clone(ws[j].Letters), g)
		return true
	})
}

// under reports whether a letter of a word is where the middle of a mark is.
func (w Word) under(mark Letter) bool {
	return slices.ContainsFunc(w.Letters, func(g Letter) bool {
		return g.Inked && !unicode.IsMark(g.R) && g.Box.X0 <= mark.Box.Middle() && mark.Box.Middle() <= g.Box.X1
	})
}

// joined puts the signs that stand close to the word before them to it: some programs
// write them so that they seem to stand alone. So it does with what pdfium cut.
func joined(ws []Word) []Word {
	out := ws[:0]
	for _, w := range ws {
		if n := len(out) - 1; n >= 0 && out[n].Line == w.Line && out[n].Hidden == w.Hidden && out[n].Why == w.Why &&
			(w.closes() && out[n].apart(w) < out[n].Box.Height()/4 || w.goesOnFrom(out[n])) {
			out[n].Letters = slices.Concat(out[n].Letters, w.Letters)
			out[n].Box = out[n].Box.Union(w.Box)
			continue
		}
		out = append(out, w)
	}
	return out
}

// apart is how much space is between two words of a line.
func (w Word) apart(o Word) float64 { return max(w.Box.X0-o.Box.X1, o.Box.X0-w.Box.X1) }

// goesOnFrom reports whether a word goes on from the one before it, without the space
// that is between words, and pdfium cut them there: at a mark that is drawn higher or
// lower it ends lines and words.
func (w Word) goesOnFrom(before Word) bool {
	if !w.cut || !before.cut || !w.Measured || !before.Measured || !w.rightToLeft() || !before.rightToLeft() {
		return false
	}
	a, b := Word{Box: w.letterBox()}, Word{Box: before.letterBox()}
	apart, high := a.apart(b), max(a.Box.Height(), b.Box.Height())
	return -high/4 < apart && apart < high/6
}

// closes reports whether all of a word are signs that end something.
func (w Word) closes() bool {
	return w.Measured && !slices.ContainsFunc(w.Letters, func(g Letter) bool { return !strings.ContainsRune(".,:;!?،؛؟)]", g.R) })
}

// A column is what the direction of a page's lines is told by.
type column struct {
	x0, x1      float64 // between which its words stand
	left, right int     // words by the direction that they run in themselves
}

func columnOf(ws []Word) column {
	p := column{}
	for i, w := range ws {
		if i == 0 {
			p.x0, p.x1 = w.Box.X0, w.Box.X1
		}
		p.x0, p.x1 = min(p.x0, w.Box.X0), max(p.x1, w.Box.X1)
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
func (p column) fromRight(line []Word) bool {
	all, right, left := line[0].Box, 0, 0
	for _, w := range line {
		all = all.Union(w.Box)
		switch {
		case w.rightToLeft():
			right++
		case w.leftToRight():
			left++
		}
	}
	side := (all.X0 - p.x0) - (p.x1 - all.X1) // more than 0: nearer to the right side
	clear := all.Height()
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

func placeLine(line []Word, fromRight bool) {
	if !fromRight && !slices.ContainsFunc(line, Word.rightToLeft) {
		return
	}
	for i, w := range line {
		if w.rightToLeft() {
			line[i].Letters = placeWord(w.Letters)
		}
	}
	if slices.ContainsFunc(line, func(w Word) bool { return !w.Measured }) {
		return
	}
	slices.SortStableFunc(line, func(a, b Word) int { return cmp.Compare(a.Box.Middle(), b.Box.Middle()) })
	if !fromRight {
		rightRuns(line)
		return
	}
	leftRuns(line)
	slices.Reverse(line)
}

// rightRuns reverses the stretches of a line that run from right to left; numbers
// between their words run with them.
func rightRuns(line []Word) {
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
func leftRuns(line []Word) {
	for i := 0; i < len(line); i++ {
		if line[i].rightToLeft() {
			continue
		}
		if !line[i].leftToRight() {
			line[i].Letters = placeWord(line[i].Letters)
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
func (w Word) leftToRight() bool {
	return !w.rightToLeft() && slices.ContainsFunc(w.Letters, func(g Letter) bool { return unicode.IsLetter(g.R) })
}

func (w Word) numbered() bool {
	return slices.ContainsFunc(w.Letters, func(g Letter) bool { return unicode.IsDigit(g.R) })
}

// goesOn reports whether a number may go on with the words before it. One in Arabic
// digits does not, nor one with a sign at its left side: that is where what follows it
// stands in a line from the right ("1." of a list).
func (w Word) goesOn() bool {
	r := fromLeft(w.Letters)[0].R
	return r >= '0' && r <= '9' || strings.ContainsRune("(#§$€£¥+-−", r)
}

// endsRun reports whether a bracket opens at the right side of a word: then it belongs
// to the line from the right.
func (w Word) endsRun() bool {
	gs := fromLeft(w.Letters)
	return strings.ContainsRune("([{«“", gs[len(gs)-1].R)
}

// placeRun orders the letters of words that run from left to right in a line from
// the right: what stands at the outer sides of them all belongs to the line.
func placeRun(run []Word) {
	for i := range run {
		run[i].Letters = fromLeft(run[i].Letters)
	}
	first, last := &run[0], &run[len(run)-1]
	a := slices.IndexFunc(first.Letters, Letter.tells)
	b := len(last.Letters)
	for b > 0 && !last.Letters[b-1].tells() {
		b--
	}
	before, behind := slices.Clone(last.Letters[b:]), slices.Clone(first.Letters[:a])
	slices.Reverse(before)
	slices.Reverse(behind)
	last.Letters = last.Letters[:b:b]
	first.Letters = slices.Concat(before, first.Letters[a:])
	last.Letters = slices.Concat(last.Letters, behind)
}

func (g Letter) tells() bool { return unicode.IsLetter(g.R) || unicode.IsDigit(g.R) }

// fromLeft orders letters from left to right, where their places are known.
func fromLeft(gs []Letter) []Letter {
	if slices.ContainsFunc(gs, func(g Letter) bool { return !g.Inked }) {
		return gs
	}
	out := slices.Clone(gs)
	slices.SortStableFunc(out, func(a, b Letter) int { return cmp.Compare(a.Box.Middle(), b.Box.Middle()) })
	return out
}

// placeWord orders the letters of a word from right to left, numbers and Latin
// letters in it from left to right; marks stay with the letter that they stand at.
func placeWord(gs []Letter) []Letter {
	var out []Letter
	for _, g := range gs {
		if !unicode.IsMark(g.R) {
			out = append(out, g)
		}
	}
	if len(out) == 0 || slices.ContainsFunc(out, func(g Letter) bool { return !g.Inked }) {
		return gs
	}
	slices.SortStableFunc(out, func(a, b Letter) int { return cmp.Compare(b.Box.Middle(), a.Box.Middle()) })
	for i := 0; i < len(out); {
		j := i
		for j < len(out) && (left(out[j]) || j > i && j+1 < len(out) && joins(out[j-1], out[j], out[j+1])) {
			j++
		}
		if j-i > 1 {
			turn(out[i:j])
		}
		i = max(j, i+1)
	}
	if len(out) == len(gs) {
		return out
	}
	return marked(out, gs)
}

// turn turns the order of drawings around, and not that of the letters that one drawing
// stands for.
func turn(gs []Letter) {
	slices.Reverse(gs)
	for i := 0; i < len(gs); {
		j := i + 1
		for j < len(gs) && gs[j].Box == gs[i].Box {
			j++
		}
		slices.Reverse(gs[i:j])
		i = j
	}
}

// marked puts the marks of a word behind their letters: the nearest, or, where it is
// not known where a mark stands, the one before it in the file.
func marked(letters, gs []Letter) []Letter {
	const longest = 100 // of a word that somebody writes
	of, places := make([][]Letter, len(letters)), map[int]int{}
	for i, l := range letters {
		places[l.Index] = i
	}
	before := 0 // the place of the letter before
	for _, g := range gs {
		if !unicode.IsMark(g.R) {
			before = places[g.Index]
			continue
		}
		at := before
		if g.Inked && len(letters) <= longest {
			at = nearest(letters, g)
		}
		of[at] = append(of[at], g)
	}
	out := make([]Letter, 0, len(gs))
	for i, l := range letters {
		out = append(append(out, l), of[i]...)
	}
	return out
}

func nearest(letters []Letter, g Letter) int {
	best, least := 0, math.Inf(1)
	for i, l := range letters {
		if d := math.Abs(l.Box.Middle() - g.Box.Middle()); d < least {
			best, least = i, d
		}
	}
	return best
}

// left reports whether a letter runs from left to right in a word from the right.
func left(g Letter) bool {
	return unicode.IsDigit(g.R) || unicode.IsLetter(g.R) && !rightToLeft(g.R)
}

// joins reports whether a sign makes one number of those around it. A dash does so
// for European digits alone.
func joins(a, g, b Letter) bool {
	if !left(a) || !left(b) {
		return false
	}
	return strings.ContainsRune(".,:/،٫٬", g.R) || strings.ContainsRune("-", g.R) && a.R < 0x80 && b.R < 0x80
}

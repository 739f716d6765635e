package mark

import (
	"image"
	"unicode"
	"unicode/utf8"

	"chancery.example/internal/photo"
)

// A Spot is a place on a page: words that stand in one line, or the gap between two.
type Spot struct {
	Page int // from 1; 0 in a picture, which has no pages
	Box  image.Rectangle
	Gap  bool // no words: where some would stand
	// Turn is by how many quarters, clockwise, the writing is turned from upright.
	Turn int
}

// Spots returns where a stretch of a text stands, line by line. Offset and length
// count code points; without length it is the one place between two words. None
// when the words that are known hold nothing of the stretch.
func Spots(text string, words photo.Words, offset, length int) []Spot {
	from, ok := bytesAt(text, 0, offset)
	to, ok2 := bytesAt(text, from, length)
	if !ok || !ok2 || len(words) == 0 {
		return nil
	}
	if from == to {
		return gapAt(text, words, from)
	}
	var out []Spot
	line := 0
	for _, w := range words {
		if w.To <= from || w.From >= to {
			continue
		}
		if n := len(out); n > 0 && line == w.Line && out[n-1].Page == w.Page {
			out[n-1].Box = out[n-1].Box.Union(w.Box)
			continue
		}
		line = w.Line
		out = append(out, Spot{Page: w.Page, Box: w.Box, Turn: turnOf(text, words, w.Page)})
	}
	return out
}

// turnOf tells by how many quarters the writing of a page is turned: from where the words
// of a line follow each other to, and in which script.
func turnOf(text string, words photo.Words, page int) int {
	var votes [4]int
	for i := 1; i < len(words); i++ {
		a, b := words[i-1], words[i]
		if a.Page != page || b.Page != page || a.Line != b.Line || fromRight(text, a) != fromRight(text, b) {
			continue
		}
		d := b.Box.Min.Add(b.Box.Max).Sub(a.Box.Min).Sub(a.Box.Max)
		if fromRight(text, a) {
			d = image.Pt(-d.X, -d.Y)
		}
		switch {
		case d.X >= abs(d.Y):
			votes[0]++
		case d.Y >= abs(d.X):
			votes[1]++
		case -d.X >= abs(d.Y):
			votes[2]++
		default:
			votes[3]++
		}
	}
	best := 0
	for i, n := range votes {
		if n > votes[best] {
			best = i
		}
	}
	return best
}

func abs(n int) int { return max(n, -n) }

// bytesAt returns the byte that lies so many code points behind another.
func bytesAt(text string, from, points int) (int, bool) {
	if from < 0 || points < 0 {
		return 0, false
	}
	for range points {
		if from >= len(text) {
			return 0, false
		}
		_, n := utf8.DecodeRuneInString(text[from:])
		from += n
	}
	return from, true
}

// gapAt returns the place between the words before and after a byte of a text.
func gapAt(text string, words photo.Words, at int) []Spot {
	i := 0
	for i < len(words) && words[i].From < at {
		i++
	}
	before, after := words[max(0, i-1)], words[min(i, len(words)-1)]
	s := Spot{Page: before.Page, Gap: true}
	beside := before
	switch {
	case i > 0 && i < len(words) && before.Page == after.Page && before.Line == after.Line:
		s.Turn = turnOf(text, words, s.Page)
		s.Box = between(before.Box, after.Box, s.Turn)
		return []Spot{s}
	case i == 0: // before the first of all
		beside, s.Page = after, after.Page
	}
	s.Turn = turnOf(text, words, s.Page)
	// Behind the last of a line, or before the first: where its writing ends, or begins.
	s.Box = narrow(beside.Box, (i == 0) == fromRight(text, beside), s.Turn)
	return []Spot{s}
}

// between is a narrow place half way between two words of a line.
func between(a, b image.Rectangle, turn int) image.Rectangle {
	all := a.Union(b)
	if turn%2 == 0 {
		if a.Min.X > b.Min.X {
			a, b = b, a
		}
		return about((a.Max.X+b.Min.X)/2, all)
	}
	return flipped(between(flipped(a), flipped(b), 0))
}

// narrow is a narrow place at one end of a word: where upright writing from the left
// ends, or where it begins.
func narrow(word image.Rectangle, end bool, turn int) image.Rectangle {
	if turn%2 == 1 {
		return flipped(narrow(flipped(word), end, turn-1))
	}
	if end == (turn == 0) {
		return about(word.Max.X, word)
	}
	return about(word.Min.X, word)
}

// about is a narrow rectangle about x, as high as a line.
func about(x int, line image.Rectangle) image.Rectangle {
	half := max(1, line.Dy()/5)
	return image.Rect(x-half, line.Min.Y, x+half, line.Max.Y)
}

// flipped exchanges across and down.
func flipped(r image.Rectangle) image.Rectangle {
	return image.Rect(r.Min.Y, r.Min.X, r.Max.Y, r.Max.X)
}

// fromRight reports whether a word is of a script that runs from right to left.
func fromRight(text string, w photo.Word) bool {
	from := max(0, min(w.From, len(text)))
	for _, r := range text[from:max(from, min(w.To, len(text)))] {
		if unicode.Is(unicode.Arabic, r) || unicode.Is(unicode.Hebrew, r) {
			return true
		}
		if unicode.IsLetter(r) {
			return false
		}
	}
	return false
}

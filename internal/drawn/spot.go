package drawn

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
	// FromRight: the words beside run from right to left.
	FromRight bool
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
		out = append(out, Spot{Page: w.Page, Box: w.Box, FromRight: fromRight(text, w)})
	}
	return out
}

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
	s := Spot{Page: before.Page, Gap: true, FromRight: fromRight(text, before)}
	switch {
	case i > 0 && i < len(words) && before.Page == after.Page && before.Line == after.Line:
		x0, x1 := before.Box.Max.X, after.Box.Min.X
		if before.Box.Min.X > after.Box.Min.X {
			x0, x1 = after.Box.Max.X, before.Box.Min.X
			s.FromRight = true
		}
		s.Box = around((x0+x1)/2, before.Box.Union(after.Box))
	case i > 0: // behind the last of a line
		x := before.Box.Max.X
		if s.FromRight {
			x = before.Box.Min.X
		}
		s.Box = around(x, before.Box)
	default: // before the first of all
		s.Page, s.FromRight = after.Page, fromRight(text, after)
		x := after.Box.Min.X
		if s.FromRight {
			x = after.Box.Max.X
		}
		s.Box = around(x, after.Box)
	}
	return []Spot{s}
}

// around is a narrow rectangle about x, as high as a line.
func around(x int, line image.Rectangle) image.Rectangle {
	half := max(1, line.Dy()/5)
	return image.Rect(x-half, line.Min.Y, x+half, line.Max.Y)
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

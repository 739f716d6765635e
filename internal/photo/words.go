package photo

import (
	"image"
	"slices"

	"chancery.example/internal/fold"
)

// Unread stands in a reading for ink that was seen and not read where no word should
// stand.
const Unread = "\u2610"

// A Word is one word that was read, with its place.
type Word struct {
	From, To   int     // bytes of the reading's text
	Line       int     // of the reading, from 1; empty lines do not count
	Page       int     `json:",omitempty"` // of several, from 1; 0 in a picture
	Confidence float32 // of the reader, 0 to 1
	// Open: what stands there could not be told. Text holds the word that should
	// stand there, or [Unread]; either must be looked at, also where it is that of the
	// record.
	Open bool `json:",omitempty"`
	// Other: likewise, and it is seen that something else stands there.
	Other bool            `json:",omitempty"`
	Box   image.Rectangle // in the picture, upright, in its own pixels
}

// Words are words of a text in their order.
type Words []Word

// Between returns the words, or parts of them, that stand in a stretch of the
// text, as words of a text in which the stretch begins at byte at.
func (ws Words) Between(from, to, at int) Words {
	first, _ := slices.BinarySearchFunc(ws, from, func(w Word, from int) int { return w.To - 1 - from })
	var out Words
	for _, w := range ws[first:] {
		if w.From >= to {
			break
		}
		w.From, w.To = max(w.From, from)-from+at, min(w.To, to)-from+at
		out = append(out, w)
	}
	return out
}

// Seen returns what folding needs to know of the words (fold.Scan).
func (ws Words) Seen() []fold.Seen {
	out := make([]fold.Seen, len(ws))
	for i, w := range ws {
		out[i] = fold.Seen{From: w.From, To: w.To, Confidence: w.Confidence, Open: w.Open}
	}
	return out
}

// Place returns where a stretch of the text stands in the picture: the line of
// its first word and the rectangle around all of them, or all that stand on the
// same page. An empty stretch stands between two words, and its rectangle is
// around both. The line is 0 when there are no words at all.
func (ws Words) Place(from, to int) (line int, box image.Rectangle) {
	if len(ws) == 0 {
		return 0, box
	}
	first, _ := slices.BinarySearchFunc(ws, from, func(w Word, from int) int { return w.To - 1 - from })
	first = min(first, len(ws)-1)
	last := first
	for last+1 < len(ws) && ws[last+1].From < to {
		last++
	}
	line = ws[first].Line
	if from == to {
		first = max(0, first-1)
	}
	page := ws[last].Page
	if from != to {
		page = ws[first].Page
	}
	for _, w := range ws[first : last+1] {
		if w.Page == page {
			box = box.Union(w.Box)
		}
	}
	return line, box
}

// Parts returns the rectangles of which Place returns the one around them: one for the
// words of each line, on the page where the stretch begins. Of an empty stretch those of
// the words before and after it; at an end of the text there is one of them.
func (ws Words) Parts(from, to int) []image.Rectangle {
	page, line := ws.Page(from), 0
	var out []image.Rectangle
	if from == to {
		i, _ := slices.BinarySearchFunc(ws, from, func(w Word, from int) int { return w.From - from })
		for _, w := range ws[max(0, i-1):min(i+1, len(ws))] {
			if w.Page == page {
				out = append(out, w.Box)
			}
		}
		return out
	}
	for _, w := range ws.Between(from, to, 0) {
		switch {
		case w.Page != page:
			return out
		case w.Line == line:
			out[len(out)-1] = out[len(out)-1].Union(w.Box)
		default:
			line, out = w.Line, append(out, w.Box)
		}
	}
	return out
}

// Page returns the page on which Place finds a stretch; 0 in a picture.
func (ws Words) Page(from int) int {
	if len(ws) == 0 {
		return 0
	}
	first, _ := slices.BinarySearchFunc(ws, from, func(w Word, from int) int { return w.To - 1 - from })
	return ws[min(first, len(ws)-1)].Page
}

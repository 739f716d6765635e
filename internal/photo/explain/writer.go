package explain

import (
	"image"
	"strings"

	"chancery.example/internal/fold"
	"chancery.example/internal/photo"
	"chancery.example/internal/photo/match"
)

// A writer puts a reading together.
type writer struct {
	r    page
	out  photo.Reading
	text strings.Builder
	line int // of the page, of the word before
	n    int // lines so far
}

// put writes one word; line is that of the page, 0 for one that it does not have.
// Of an open one nobody knows whether it stands there.
func (w *writer) put(text string, line int, confidence float32, box image.Rectangle, open bool) {
	if text = photo.Legible(text); text == "" || box.Empty() {
		return
	}
	switch {
	case w.n == 0:
		w.n = 1
	case line > 0 && line != w.line:
		w.text.WriteByte('\n')
		w.n++
	default:
		w.text.WriteByte(' ')
	}
	if line > 0 {
		w.line = line
	}
	from := w.text.Len()
	w.text.WriteString(text)
	w.out.Words = append(w.out.Words, photo.Word{From: from, To: w.text.Len(), Line: w.n, Confidence: confidence, Box: box, Open: open})
}

// other says of the word that was written that something else is seen there.
func (w *writer) other() {
	if n := len(w.out.Words); n > 0 {
		w.out.Words[n-1].Other = true
	}
}

func (w *writer) registered(word int, confidence float32, open bool) {
	p := w.r.Page.Words[word]
	w.put(p.Text, p.Line, confidence, w.r.Words[word].Box, open)
}

// gap writes what stands where the page differs. Ink of which nothing was read is
// written too, as a word that nobody read.
func (w *writer) gap(g gap, read []readWord) {
	line := 0
	if len(g.words) > 0 {
		line = w.r.Page.Words[g.words[0]].Line
	}
	for _, rw := range read {
		if i, ok := w.answers(g, rw, read); ok {
			w.both(i, rw)
		} else {
			w.put(rw.text, line, rw.confidence, rw.box, rw.confidence < photo.Sure || rw.confidence < surely && w.grave(g, rw))
		}
		line = 0
	}
	for _, i := range g.words {
		if !seenIn(w.r.Words[i].Box, read) {
			w.unread(i)
		}
	}
	for _, e := range g.extra {
		if !seenIn(e.Box, read) {
			w.put(photo.Unread, 0, match.Doubtful, e.Box, true)
			w.other()
		}
	}
}

// answers returns the page's word in whose place a word was read that stands alone
// there.
func (w *writer) answers(g gap, rw readWord, read []readWord) (int, bool) {
	word, n := -1, 0
	for _, i := range g.words {
		if 2*inBoth(rw.box, w.r.Words[i].Box) > min(area(rw.box), area(w.r.Words[i].Box)) {
			word, n = i, n+1
		}
	}
	if n != 1 {
		return 0, false
	}
	for _, other := range read {
		if other.box != rw.box && 2*inBoth(other.box, w.r.Words[word].Box) > area(other.box) {
			return 0, false
		}
	}
	return word, true
}

// grave reports whether a word that was read is one of the page's on which much
// hangs, and whose shape does not tell: to have read it is not enough.
func (w *writer) grave(g gap, read readWord) bool {
	for _, i := range g.words {
		if text := w.r.Page.Words[i].Text; match.Grave(text) && sameWord(text, read.text) {
			return true
		}
	}
	return false
}

// seenIn reports whether words that were read stand in a good part of a place.
func seenIn(box image.Rectangle, read []readWord) bool {
	const part = 3
	area := 0
	for _, r := range read {
		in := r.box.Intersect(box)
		area += in.Dx() * in.Dy()
	}
	return part*area >= box.Dx()*box.Dy()
}

// unread writes a word that nobody read: a number whose other spelling fits, or the
// registered word, of which is not known whether it stands there, or known that
// something else does. Where there is no ink there is no word.
func (w *writer) unread(i int) {
	v, p := w.r.Words[i], w.r.Page.Words[i]
	switch {
	case v.Likely != "":
		w.put(v.Likely, p.Line, spelled, v.Box, false)
	case v.Verdict == match.Other && w.r.Faint(i):
	case v.Verdict == match.Other:
		w.registered(i, match.Doubtful, true)
		w.other()
	default:
		w.registered(i, min(match.Doubtful, v.Confidence), true)
	}
}

// both writes a word that was read where a registered one should stand. What its
// shape does not tell, and another reader does not read otherwise, stays open if
// much hangs on it.
func (w *writer) both(i int, read readWord) {
	v, p := w.r.Words[i], w.r.Page.Words[i]
	alike := sameWord(read.text, p.Text)
	switch {
	case v.Likely != "" && sameWord(read.text, v.Likely):
		w.put(v.Likely, p.Line, twofold, v.Box, false)
	case v.Likely != "" && alike:
		w.put(v.Likely, p.Line, spelled, v.Box, true)
	case v.Likely != "" && nearer(read.text, v.Likely, p.Text):
		w.put(v.Likely, p.Line, surely, v.Box, false)
	case v.Likely != "": // read as a third: what was read for sure leaves it open
		w.put(v.Likely, p.Line, spelled, v.Box, read.confidence >= surely)
	case alike && v.Verdict == match.Other:
		w.registered(i, match.Doubtful, true)
	case alike && !match.Grave(p.Text):
		w.registered(i, read.confidence, false)
	case alike && read.confidence >= surely:
		w.registered(i, read.confidence, false)
	case alike:
		w.registered(i, min(match.Doubtful, read.confidence), true)
	case v.Verdict == match.Unsure:
		text, sure := w.r.spelling(i, read)
		w.put(text, p.Line, sure, v.Box, sure < photo.Sure)
	default:
		w.put(read.text, p.Line, read.confidence, read.box, read.confidence < photo.Sure)
	}
}

// nearer reports whether a number was read more like one than like another of as many
// signs.
func nearer(read, one, another string) bool {
	r := []rune(read)
	alike := func(s string) (n int) {
		o := []rune(s)
		for i := range min(len(r), len(o)) {
			if r[i] == o[i] && len(r) == len(o) {
				n++
			}
		}
		return n
	}
	return alike(one) > alike(another)
}

// spelling holds the word that was read and the registered one against the photo,
// and returns the likelier, with confidence only when it is so by far.
func (r page) spelling(i int, read readWord) (string, float32) {
	const clearly = .5
	own := r.Page.Words[i].Text
	left, ok := r.Left(i, own, read.text)
	if !ok {
		return read.text, min(match.Doubtful, read.confidence)
	}
	a, b := left[0], left[1]
	switch {
	case b < clearly*a:
		return read.text, max(read.confidence, photo.Sure)
	case a < clearly*b && !match.Grave(own):
		return own, photo.Sure
	case a < clearly*b:
		return own, match.Doubtful
	}
	return read.text, min(match.Doubtful, read.confidence)
}

// sameWord reports whether two words are one for comparing.
func sameWord(a, b string) bool {
	key := func(s string) (out string) {
		for _, w := range fold.Copy(s).Words {
			out += w.Key + " "
		}
		return out
	}
	return key(a) == key(b)
}

package match

import (
	"context"
	"errors"
	"image"
	"math"
	"strings"

	"chancery.example/internal/fold"
	"chancery.example/internal/photo"
)

// A Reader reads pictures: what a registered page explains, from the register;
// what differs, or is nothing registered, by a reader of words. Its methods may
// run beside each other.
type Reader struct {
	Matcher *Matcher
	// Look decodes a picture and reads its codes (ocr.Reader.Whole).
	Look func(ctx context.Context, data []byte) (*photo.Picture, []photo.Code, error)
	// Words reads words of a picture (ocr.Reader.Read).
	Words func(ctx context.Context, data []byte) (photo.Reading, error)
	// First returns the pages of what a picture's codes name, which are looked at
	// before all others; nil for none. The field may be nil too.
	First func(codes []photo.Code) *Index
}

// How a reading came about that a registered page explains.
const (
	ByShape = "registered page"                        // no word was read
	ByBoth  = "registered page, and what differs read" // some were
)

// Confidence of words of a reading.
const (
	looksSame = .95 // of a registered word that looks the same, at the least
	doubtful  = .45 // of a word of which cannot be said what it is: below photo.Sure
	spelled   = .9  // of a number whose other spelling fits clearly
	twofold   = .97 // likewise, when it was read so too
	surely    = .93 // from which what was read counts by itself where the page differs
)

// mostOther is the share of a page's words that may be something else; beyond, the
// picture is read as one that nothing explains.
const mostOther = .5

// Read reads a picture. Errors are those of Look and Words.
func (r *Reader) Read(ctx context.Context, data []byte) (photo.Reading, error) {
	if r.Matcher.Index.Pages() == 0 && r.First == nil {
		return r.Words(ctx, data)
	}
	p, codes, err := r.Look(ctx, data)
	var no *photo.Error
	switch {
	case errors.As(err, &no) && no.Problem != photo.Failed && no.Problem != photo.TooSlow:
		return photo.Reading{Codes: codes}, err
	case err != nil && ctx.Err() != nil:
		return photo.Reading{}, err
	case err != nil:
		return r.Words(ctx, data)
	}
	got, ok, err := r.match(ctx, p, codes)
	if err != nil && ctx.Err() != nil {
		return photo.Reading{}, err
	}
	// A page that cannot be rendered explains nothing; its photo is read.
	if err != nil || !ok || got.strange() {
		return r.Words(ctx, data)
	}
	out, err := r.explained(ctx, got, data)
	if err != nil {
		return photo.Reading{}, err
	}
	out.Codes = codes
	if err := out.Check(); err != nil {
		return r.Words(ctx, data)
	}
	return out, nil
}

// match looks for the page among those that the codes name, then among all.
func (r *Reader) match(ctx context.Context, p *photo.Picture, codes []photo.Code) (Result, bool, error) {
	if r.First != nil && len(codes) > 0 {
		if first := r.First(codes); first != nil && first.Pages() > 0 {
			m := *r.Matcher
			m.Index = first
			if got, ok, err := m.Match(ctx, p); err != nil || ok {
				return got, ok, err
			}
		}
	}
	return r.Matcher.Match(ctx, p)
}

// strange reports whether most of the page is something else.
func (r Result) strange() bool {
	other, of := len(r.Extra), 0
	for _, w := range r.Words {
		if w.Verdict == Unseen {
			continue
		}
		of++
		if w.Verdict == Other {
			other++
		}
	}
	return float64(other) > mostOther*float64(of)
}

// explained makes a reading of a result: the register's words where they are the
// same, what is read where not.
func (r *Reader) explained(ctx context.Context, got Result, data []byte) (photo.Reading, error) {
	items, gaps := got.items()
	w := &writer{r: got, out: photo.Reading{Size: got.Size, How: ByShape}}
	read, against := make([][]readWord, len(gaps)), map[int]readWord(nil)
	if len(gaps) > 0 {
		// The whole picture is read: words alone are read worse than words in their lines.
		words, err := r.Words(ctx, data)
		switch {
		case ctx.Err() != nil:
			return photo.Reading{}, ctx.Err()
		case err == nil:
			read, against = got.sorted(gaps, words)
			w.out.How, w.out.Model = ByBoth, words.Model
		}
		// Else nobody reads here: what differs is seen, and not read.
	}
	done := -1
	for _, it := range items {
		switch rw, other := against[it.word]; {
		case it.gap < 0 && other:
			w.put(rw.text, got.Page.Words[it.word].Line, doubtful, rw.box, true)
		case it.gap < 0:
			w.registered(it.word, max(looksSame, got.Words[it.word].Confidence), false)
		case it.gap != done:
			done = it.gap
			w.gap(gaps[it.gap], read[it.gap])
		}
	}
	w.out.Text = w.text.String()
	w.out.Shows = got.shown(w.out.How == ByBoth)
	return w.out, nil
}

// shown is what a reading says of the page.
func (r Result) shown(read bool) *photo.Shown {
	s := &photo.Shown{File: r.Key.File, Page: r.Key.Page, Lies: r.Lies, Seen: r.Matched, Of: r.Of, Beside: r.Beside, Read: read}
	for _, w := range r.Words {
		if w.Verdict != Unseen {
			s.Words++
		}
		if w.Verdict == Same {
			s.Same++
		}
	}
	return s
}

// faint reports whether nothing stands at a word's place.
func (r Result) faint(word int) bool {
	return r.looks[word] != nil && r.looks[word].fitting.ink < faint*r.c.black
}

// A readWord is a word that was read.
type readWord struct {
	text       string
	confidence float32
	box        image.Rectangle // in the picture
}

// sorted gives the words that were read to the gaps in which they stand. What was read
// where the page's word looks the same is left out, but where much hangs on that word
// and something else was read for sure: against has those.
func (r Result) sorted(gaps []gap, words photo.Reading) (in [][]readWord, against map[int]readWord) {
	in, against = make([][]readWord, len(gaps)), map[int]readWord{}
	for _, w := range words.Words {
		rw := readWord{words.Text[w.From:w.To], w.Confidence, w.Box}
		switch gap, same := r.standing(gaps, w.Box); {
		case gap >= 0:
			in[gap] = append(in[gap], rw)
		case same >= 0 && w.Confidence >= surely && weightOf(r.Page.Words[same].Text) != plain && alone(w.Box, r.Words[same].Box) && !sameWord(rw.text, r.Page.Words[same].Text):
			against[same] = rw
		}
	}
	return in, against
}

// standing tells in which gap a place of the picture is, or else on which word of the page
// that looks the same: where it shares most. Both are -1 where it shares too little with any.
func (r Result) standing(gaps []gap, box image.Rectangle) (gap, same int) {
	best, gap, same := area(box)/3, -1, -1
	closer := func(place image.Rectangle) bool {
		over := inBoth(box, place)
		if over <= best {
			return false
		}
		best = over
		return true
	}
	for i := range r.Words {
		if r.Words[i].Verdict == Same && closer(r.Words[i].Box) {
			same = i
		}
	}
	for k, g := range gaps {
		for _, i := range g.words {
			if closer(r.Words[i].Box) {
				gap, same = k, -1
			}
		}
		for _, e := range g.extra {
			if closer(e.Box) {
				gap, same = k, -1
			}
		}
	}
	return gap, same
}

func area(r image.Rectangle) int { return r.Dx() * r.Dy() }

// inBoth is how much two places share, in pixels.
func inBoth(a, b image.Rectangle) int { return area(a.Intersect(b)) }

// alone reports whether two places are those of one word: neither holds much more than
// the other.
func alone(a, b image.Rectangle) bool { return 2*inBoth(a, b) > max(area(a), area(b)) }

// A writer puts a reading together.
type writer struct {
	r    Result
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
			w.put(photo.Unread, 0, doubtful, e.Box, true)
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
		if text := w.r.Page.Words[i].Text; weightOf(text) != plain && sameWord(text, read.text) {
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
	case v.Verdict == Other && w.r.faint(i):
	case v.Verdict == Other:
		w.registered(i, doubtful, true)
		w.other()
	default:
		w.registered(i, min(doubtful, v.Confidence), true)
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
	case alike && v.Verdict == Other:
		w.registered(i, doubtful, true)
	case alike && weightOf(p.Text) == plain:
		w.registered(i, read.confidence, false)
	case alike && read.confidence >= surely:
		w.registered(i, read.confidence, false)
	case alike:
		w.registered(i, min(doubtful, read.confidence), true)
	case v.Verdict == Unsure:
		text, sure := w.r.spelling(i, read)
		w.put(text, p.Line, sure, v.Box, sure < photo.Sure)
	default:
		w.put(read.text, p.Line, read.confidence, read.box, read.confidence < photo.Sure)
	}
}

// spelling holds the word that was read and the registered one against the photo,
// and returns the likelier, with confidence only when it is so by far.
func (r Result) spelling(i int, read readWord) (string, float32) {
	const clearly = .5
	own := r.Page.Words[i].Text
	if r.c.set == nil {
		return read.text, min(doubtful, read.confidence)
	}
	s, ok := r.c.newSpelling(i, r.looks[i])
	if !ok {
		return read.text, min(doubtful, read.confidence)
	}
	a, b := s.unlike(own), s.unlike(read.text)
	switch {
	case b < clearly*a:
		return read.text, max(read.confidence, photo.Sure)
	case a < clearly*b && weightOf(own) == plain:
		return own, photo.Sure
	case a < clearly*b:
		return own, doubtful
	}
	return read.text, min(doubtful, read.confidence)
}

// unlike is how much of the photo a spelling leaves unexplained.
func (s *spelling) unlike(text string) float64 {
	g, err := s.c.set(text, s.size)
	if err != nil {
		return math.Inf(1)
	}
	own := darkOf(g)
	ink := s.blurred(s.put(g, own, s.box[0], s.box[1]+float64(s.own.Dy()-own.Dy())))
	f := lay(s.l.light, ink, 2)
	sum := 0.0
	for _, v := range f.left.v {
		sum += float64(v) * float64(v) * f.ink * f.ink
	}
	return sum
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

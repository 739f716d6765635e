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
}

// How a reading came about that a registered page explains.
const (
	ByShape = "registered page"                        // no word was read
	ByBoth  = "registered page, and what differs read" // some were
)

// Confidence of words that were not read by their shape alone.
const (
	doubtful = .45 // of a word of which cannot be said what it is: below photo.Sure
	refuted  = .2  // of a registered word that is not what stands there
	spelled  = .9  // of a number whose other spelling fits clearly
)

// mostOther is the share of a page's words that may be something else; beyond, the
// picture is read as one that nothing explains.
const mostOther = .5

// Read reads a picture. Errors are those of Look and Words.
func (r *Reader) Read(ctx context.Context, data []byte) (photo.Reading, error) {
	if r.Matcher.Index.Pages() == 0 {
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
	got, ok, err := r.Matcher.Match(ctx, p)
	if err != nil && ctx.Err() != nil {
		return photo.Reading{}, err
	}
	// A page that cannot be rendered explains nothing; its photo is read.
	if err != nil || !ok || got.strange() {
		return r.Words(ctx, data)
	}
	out, err := r.explained(ctx, got)
	if err != nil {
		return r.Words(ctx, data)
	}
	out.Codes = codes
	if err := out.Check(); err != nil {
		return r.Words(ctx, data)
	}
	return out, nil
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
func (r *Reader) explained(ctx context.Context, got Result) (photo.Reading, error) {
	items, gaps := got.items()
	w := &writer{r: got, out: photo.Reading{Size: got.Size, How: ByShape}}
	read := make([][]readWord, len(gaps))
	if len(gaps) > 0 {
		if !got.cut(gaps) {
			return photo.Reading{}, errors.New("too much differs")
		}
		sheet, ok := got.sheet(gaps)
		if !ok {
			return photo.Reading{}, errors.New("what differs is too large")
		}
		words, err := r.Words(ctx, sheet)
		switch {
		case err == nil:
			read = got.sorted(gaps, words)
			w.out.How, w.out.Model = ByBoth, words.Model
		case ctx.Err() != nil || got.silent():
			// Something stands there that nobody reads: it must not be passed over.
			return photo.Reading{}, err
		}
	}
	done := -1
	for _, it := range items {
		switch {
		case it.gap < 0:
			w.registered(it.word, got.Words[it.word].Confidence)
		case it.gap != done:
			done = it.gap
			w.gap(gaps[it.gap], read[it.gap])
		}
	}
	w.out.Text = w.text.String()
	w.out.Shows = &photo.Shown{File: got.Key.File, Page: got.Key.Page, Lies: got.Lies, Seen: got.Matched, Of: got.Of}
	return w.out, nil
}

// silent reports whether something stands in the photo that only reading tells.
func (r Result) silent() bool {
	for i, w := range r.Words {
		if w.Verdict == Other && w.Likely == "" && !r.faint(i) {
			return true
		}
	}
	return len(r.Extra) > 0
}

// faint reports whether nothing stands at a word's place.
func (r Result) faint(word int) bool {
	return r.looks[word] != nil && r.looks[word].fitting.ink < faint*r.c.black
}

// A readWord is a word that was read in a strip.
type readWord struct {
	text       string
	confidence float32
	box        image.Rectangle // in the picture
}

// sorted gives the words that were read on the sheet of strips to their gaps.
func (r Result) sorted(gaps []gap, words photo.Reading) [][]readWord {
	out := make([][]readWord, len(gaps))
	for _, w := range words.Words {
		mid := w.Box.Min.Add(w.Box.Max).Div(2)
		for i := range gaps {
			for _, s := range gaps[i].strips {
				if !mid.In(s.at.Inset(-stripApart / 2)) {
					continue
				}
				var q [4]point
				for k, c := range cornersOf(w.Box.Sub(s.at.Min)) {
					q[k] = apply(r.c.lie.Plane, point{s.x0 + c.x/stripDots, s.y0 + c.y/stripDots})
				}
				out[i] = append(out[i], readWord{words.Text[w.From:w.To], w.Confidence, upright(r.p, q)})
			}
		}
	}
	return out
}

// A writer puts a reading together.
type writer struct {
	r    Result
	out  photo.Reading
	text strings.Builder
	line int // of the page, of the word before
	n    int // lines so far
}

// put writes one word; line is that of the page, 0 for one that it does not have.
func (w *writer) put(text string, line int, confidence float32, box image.Rectangle) {
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
	w.out.Words = append(w.out.Words, photo.Word{From: from, To: w.text.Len(), Line: w.n, Confidence: confidence, Box: box})
}

func (w *writer) registered(word int, confidence float32) {
	p := w.r.Page.Words[word]
	w.put(p.Text, p.Line, confidence, w.r.Words[word].Box)
}

// gap writes what stands where the page differs.
func (w *writer) gap(g gap, read []readWord) {
	switch {
	case len(read) == 0:
		for _, i := range g.words {
			w.unread(i)
		}
	case len(read) == len(g.words) && len(g.extra) == 0:
		for k, i := range g.words {
			w.both(i, read[k])
		}
	default:
		line := 0
		if len(g.words) > 0 {
			line = w.r.Page.Words[g.words[0]].Line
		}
		for _, rw := range read {
			w.put(rw.text, line, rw.confidence, rw.box)
			line = 0
		}
	}
}

// unread writes a word that nobody read: a number whose other spelling fits, or
// the registered word, in doubt. Where there is no ink there is no word.
func (w *writer) unread(i int) {
	v, p := w.r.Words[i], w.r.Page.Words[i]
	switch {
	case v.Likely != "":
		w.put(v.Likely, p.Line, spelled, v.Box)
	case v.Verdict == Other && w.r.faint(i):
	case v.Verdict == Other:
		w.registered(i, refuted)
	default:
		w.registered(i, min(doubtful, v.Confidence))
	}
}

// both writes a word that was read where a registered one should stand. What its
// shape does not tell, and another reader does not read otherwise, stays in
// doubt if much hangs on it.
func (w *writer) both(i int, read readWord) {
	v, p := w.r.Words[i], w.r.Page.Words[i]
	alike := sameWord(read.text, p.Text)
	switch {
	case v.Likely != "" && (alike || sameWord(read.text, v.Likely)):
		w.put(v.Likely, p.Line, spelled, v.Box)
	case alike && v.Verdict == Other:
		w.registered(i, doubtful)
	case alike && weightOf(p.Text) == plain:
		w.registered(i, read.confidence)
	case alike:
		w.registered(i, min(doubtful, read.confidence))
	case v.Verdict == Unsure:
		text, sure := w.r.spelling(i, read)
		w.put(text, p.Line, sure, v.Box)
	default:
		w.put(read.text, p.Line, read.confidence, read.box)
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

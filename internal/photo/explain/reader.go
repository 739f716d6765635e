// Package explain makes a reading of a photo that shows a registered page: the
// register's own words where they look the same, and what was read where they do not.
// A photo that no registered page explains is read.
package explain

import (
	"context"
	"errors"
	"image"

	"chancery.example/internal/photo"
	"chancery.example/internal/photo/find"
	"chancery.example/internal/photo/match"
)

// A Reader reads pictures: what a registered page explains, from the register;
// what differs, or is nothing registered, by a reader of words. Its methods may
// run beside each other.
type Reader struct {
	Matcher *match.Matcher
	// Look decodes a picture and reads its codes (ocr.Reader.Look).
	Look func(ctx context.Context, data []byte) (*photo.Picture, []photo.Code, error)
	// Words reads words of a picture (ocr.Reader.Read).
	Words func(ctx context.Context, data []byte) (photo.Reading, error)
	// First returns the pages of what a picture's codes name, which are looked at
	// before all others; nil for none. The field may be nil too.
	First func(codes []photo.Code) *find.Index
}

// How a reading came about that a registered page explains.
const (
	ByShape = "registered page"                        // no word was read
	ByBoth  = "registered page, and what differs read" // some were
)

// Confidence of words of a reading.
const (
	looksSame = .95 // of a registered word that looks the same, at the least
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
	shown := page{got}
	if err != nil || !ok || shown.strange() {
		return r.Words(ctx, data)
	}
	out, err := r.explained(ctx, shown, data)
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
func (r *Reader) match(ctx context.Context, p *photo.Picture, codes []photo.Code) (match.Result, bool, error) {
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

// A page is one that a photo shows, with what differs on it.
type page struct{ match.Result }

// strange reports whether most of the page is something else.
func (r page) strange() bool {
	other, of := len(r.Extra), 0
	for _, w := range r.Words {
		if w.Verdict == match.Unseen {
			continue
		}
		of++
		if w.Verdict == match.Other {
			other++
		}
	}
	return float64(other) > mostOther*float64(of)
}

// explained makes a reading of a result: the register's words where they are the
// same, what is read where not.
func (r *Reader) explained(ctx context.Context, got page, data []byte) (photo.Reading, error) {
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
			w.put(rw.text, got.Page.Words[it.word].Line, match.Doubtful, rw.box, true)
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
func (r page) shown(read bool) *photo.Shown {
	s := &photo.Shown{File: r.Key.File, Page: r.Key.Page, Lies: r.Lies, Seen: r.Matched, Of: r.Of, Beside: r.Beside, Read: read}
	for _, w := range r.Words {
		if w.Verdict != match.Unseen {
			s.Words++
		}
		if w.Verdict == match.Same {
			s.Same++
		}
	}
	return s
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
func (r page) sorted(gaps []gap, words photo.Reading) (in [][]readWord, against map[int]readWord) {
	in, against = make([][]readWord, len(gaps)), map[int]readWord{}
	for _, w := range words.Words {
		rw := readWord{words.Text[w.From:w.To], w.Confidence, w.Box}
		switch gap, same := r.standing(gaps, w.Box); {
		case gap >= 0:
			in[gap] = append(in[gap], rw)
		case same >= 0 && w.Confidence >= surely && match.Grave(r.Page.Words[same].Text) && alone(w.Box, r.Words[same].Box) && !sameWord(rw.text, r.Page.Words[same].Text):
			against[same] = rw
		}
	}
	return in, against
}

// standing tells in which gap a place of the picture is, or else on which word of the page
// that looks the same: where it shares most. Both are -1 where it shares too little with any.
func (r page) standing(gaps []gap, box image.Rectangle) (gap, same int) {
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
		if r.Words[i].Verdict == match.Same && closer(r.Words[i].Box) {
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

package match

import (
	"cmp"
	"context"
	"fmt"
	"image"
	"math"
	"runtime"
	"slices"
	"sync"

	"chancery.example/internal/layout"
	"chancery.example/internal/photo"
)

// From shares of the least that another letter would leave unexplained (hidden):
// below, a word is the same; what matters more needs to be surer.
const (
	sameBelow     = .6
	criticalBelow = .5
	aloneBelow    = .35 // of numbers whose other spellings cannot be set
	otherFrom     = 1.5
	leastOther    = .12
	faint         = .4 // of the ink that words have on the middle: fainter is nothing
)

// farBehind is the share of a found page's score below which others are not looked
// at.
const farBehind = .5

// mostAlike are pages compared word by word, of those that fit about as well:
// revisions of one letter look alike.
const mostAlike = 3

// candidates returns the pages that a picture shows, the likeliest first.
func (m *Matcher) candidates(ctx context.Context, p *photo.Picture) ([]Result, error) {
	finding, moving := &effort{left: mostFinding}, &effort{left: mostMoving}
	for s := range p.Sheets() {
		var out []Result
		for _, f := range m.fits(s, finding, moving) {
			if err := ctx.Err(); err != nil {
				return nil, err //nolint:wrapcheck // the caller's own
			}
			r, err := m.compare(ctx, p, f)
			if err != nil {
				return nil, err
			}
			if r.believed(len(f.pairs)) {
				out = append(out, r)
			}
		}
		slices.SortStableFunc(out, func(a, b Result) int { return cmp.Compare(b.worth(), a.worth()) })
		if len(out) > 0 {
			return out, nil
		}
	}
	return nil, nil
}

// believed reports whether so much of a page is in the photo that it is the page:
// words that look the same, many that are not unlike in a photo in which little is
// certain, or nearly all words where they should be, of which some are not unlike.
func (r Result) believed(pairs int) bool {
	same, unsure, of := 0, 0, 0
	for _, w := range r.Words {
		switch w.Verdict {
		case Same:
			same, of = same+1, of+1
		case Unsure:
			unsure, of = unsure+1, of+1
		case Other:
			of++
		case Unseen:
		}
	}
	return same >= leastSame && 4*same >= of || same+unsure >= 2*leastSame && 2*(same+unsure) >= of || 5*pairs >= 3*r.Of && 4*(same+unsure) >= pairs
}

// worth is how well a page explains a photo.
func (r Result) worth() int {
	n := -len(r.Extra)
	for _, w := range r.Words {
		switch w.Verdict {
		case Same:
			n += 2
		case Other:
			n -= 2
		case Unsure, Unseen:
		}
	}
	return n
}

// fits are the pages that lie in a sheet, those that fit about as well as the
// best.
func (m *Matcher) fits(s photo.Sheet, finding, moving *effort) []*found {
	if s.Height == 0 {
		return nil
	}
	lines := linesOf(s, finding)
	turned := onHead(lines)
	f := newFinder(lines, s.Size, float64(s.Height), finding)
	var all []*found
	most, score := 0, 0.0
	for _, l := range m.Index.leads(lines, turned, finding) {
		if l.score < score*farBehind {
			break
		}
		ls := lines
		if l.turned {
			ls = turned
		}
		got, ok := f.fit(l, ls, nil)
		if !ok {
			continue
		}
		one := &found{fitted: got, f: f, sheet: s, lines: ls, moving: moving}
		one.blocks()
		one.between()
		if float64(len(one.answer)) < leastShare*float64(one.sight) {
			continue
		}
		if most = max(most, len(one.answer)); 2*len(one.answer) > one.sight {
			score = max(score, l.score)
		}
		all = append(all, one)
	}
	slices.SortStableFunc(all, func(a, b *found) int { return cmp.Compare(len(b.answer), len(a.answer)) })
	all = slices.DeleteFunc(all, func(x *found) bool { return len(x.answer)*20 < most*17 })
	return all[:min(len(all), mostAlike)]
}

// compare holds a photo against one page, word by word.
func (m *Matcher) compare(ctx context.Context, p *photo.Picture, f *found) (Result, error) {
	page := f.page.page
	lie := elsewhere(f.lie, f.sheet.ToPicture, page.Words)
	d := dots(lie, page.Words, f.pairs)
	render, err := m.Render(ctx, f.page.key, d)
	if err != nil {
		return Result{}, fmt.Errorf("rendering page %d of %s: %w", f.page.key.Page, f.page.key.File, err)
	}
	c := newComparison(p.Gray, lie, page, render, d, m.Set)
	c.offs = f.offs(lie)
	words := sortedKeys(f.answer)
	c.focus(sortedKeys(f.pairs))
	c.weigh(words)
	out := Result{Key: f.page.key, Page: page, Size: p.Size, Matched: len(f.answer), Of: f.sight, Blur: max(c.across, c.down) / d}
	looks := c.lookAll(p.Gray.Rect)
	out.Words = c.verdicts(looks)
	for i := range out.Words {
		if out.Words[i].Verdict != Unseen {
			out.Words[i].Box = upright(p, place4(lie, c.offs[i], corners(page.Words[i].Box)))
		}
	}
	f.wide(c, out.Words)
	f.once(out.Words)
	out.Extra, out.Beside = f.extra(p, c, out.Words)
	out.Lies = inPicture(lie, p, page)
	out.c, out.looks, out.p = c, looks, p
	return out, nil
}

// What is more beside a word than the word, in heights of a letter, at the least.
const (
	moreDigit  = .2
	moreLetter = .3
)

// wide puts in doubt what is wider or narrower in the photo than on the page by a
// digit or a letter: one that was set beside a number leaves its other digits as they
// were. A number that the photo does not show by itself is in doubt.
func (f *found) wide(c *comparison, words []Word) {
	for i := range words {
		b, least := f.page.page.Words[i].Box, moreLetter
		if weightOf(f.page.page.Words[i].Text) == number {
			least = moreDigit
		}
		w, answered := f.answer[i]
		if !answered {
			words[i].doubt(least == moreDigit)
			continue
		}
		words[i].doubt(math.Abs(float64(f.f.words[w].box.Dx())-scale(f.lie, middle(b))*b.Width) > least*f.f.height)
	}
	f.joined(c, words)
}

// joined puts words in doubt that the photo shows as one with something beside them,
// or between them, that is not on the page.
func (f *found) joined(c *comparison, words []Word) {
	back, ok := inverse(f.sheet.ToPicture)
	if !ok {
		return
	}
	taken := map[int]bool{}
	for _, w := range f.answer {
		taken[w] = true
	}
	for n, s := range f.f.words {
		if taken[n] {
			continue
		}
		var in []int
		var all image.Rectangle
		apart := false
		for i, b := range f.page.page.Words {
			if words[i].Verdict != Same || has(f.answer, i) {
				continue
			}
			r := upright4(seenFrom(back, place4(c.lie, c.offs[i], corners(b.Box))))
			if over := r.Intersect(s.box); 2*over.Dx()*over.Dy() < r.Dx()*r.Dy() {
				continue
			}
			apart = apart || len(in) > 0 && c.offs[i].minus(c.offs[in[0]]).length() > moreLetter*f.f.height
			in, all = append(in, i), all.Union(r)
		}
		for _, i := range in {
			words[i].doubt(apart || float64(s.box.Dx()-all.Dx()) > moreLetter*f.f.height)
		}
	}
}

// doubt makes a word unsure that was the same, if there is a reason.
func (w *Word) doubt(reason bool) {
	if reason && w.Verdict == Same {
		w.Verdict, w.Confidence = Unsure, doubtful
	}
}

// once sees to it that no place of the photo is two words of the page: where words
// were taken out, one that is left may look like both.
func (f *found) once(words []Word) {
	for i := range words {
		for k := range words[:i] {
			if words[i].Verdict != Same || words[k].Verdict != Same {
				continue
			}
			a, b := words[i].Box, words[k].Box
			if both := a.Intersect(b); 2*both.Dx()*both.Dy() < min(a.Dx()*a.Dy(), b.Dx()*b.Dy()) {
				continue
			}
			words[i].doubt(!has(f.answer, i) || has(f.answer, k))
			words[k].doubt(!has(f.answer, k))
		}
	}
}

// inPicture is how the page lies in the picture as people see it.
func inPicture(l photo.Lie, p *photo.Picture, page layout.Page) photo.Lie {
	s := p.Scale()
	return elsewhere(l, [9]float64{s, 0, 0, 0, s, 0, 0, 0, 1}, page.Words)
}

// offs are how far words lie, in the working picture, from where they should;
// words without an answer lie as their neighbours do.
func (f *found) offs(lie photo.Lie) map[int]point {
	out := map[int]point{}
	words := f.page.page.Words
	for p, w := range f.answer {
		out[p] = apply(f.sheet.ToPicture, centre(f.f.words[w].box)).minus(place(lie, middle(words[p].Box)))
	}
	for _, l := range f.page.lines {
		for k, i := range l {
			if _, ok := f.answer[i]; ok {
				continue
			}
			for far := 1; far < len(l); far++ {
				if a := k - far; a >= 0 && has(f.answer, l[a]) {
					out[i] = out[l[a]]
					break
				}
				if b := k + far; b < len(l) && has(f.answer, l[b]) {
					out[i] = out[l[b]]
					break
				}
			}
		}
	}
	return out
}

func has(m map[int]int, k int) bool {
	_, ok := m[k]
	return ok
}

// lookAll looks at all words whose place is in the picture, beside each other.
func (c *comparison) lookAll(in image.Rectangle) []*likeness {
	out := make([]*likeness, len(c.page.Words))
	var wait sync.WaitGroup
	n := runtime.GOMAXPROCS(0)
	for k := range n {
		wait.Go(func() {
			for i := k; i < len(out); i += n {
				if c.inSight(i, in) {
					l := c.look(i, c.offs[i], 2)
					out[i] = &l
				}
			}
		})
	}
	wait.Wait()
	return out
}

// inSight reports whether a word's place is in the picture.
func (c *comparison) inSight(word int, in image.Rectangle) bool {
	b := c.page.Words[word].Box
	if b.Width <= 0 || b.Height <= 0 {
		return false
	}
	for _, p := range place4(c.lie, c.offs[word], corners(b)) {
		if p.x < 1 || p.y < 1 || p.x > float64(in.Dx())-1 || p.y > float64(in.Dy())-1 {
			return false
		}
	}
	return true
}

// verdicts judges all words together: what is usual on a page is known from the
// others.
func (c *comparison) verdicts(looks []*likeness) []Word {
	var inks []float64
	for _, l := range looks {
		if l != nil && l.worst < l.bar {
			inks = append(inks, l.fitting.ink)
		}
	}
	slices.Sort(inks)
	usual := 0.0
	if len(inks) > 0 {
		usual = inks[len(inks)/2]
	}
	c.black = usual
	out := make([]Word, len(looks))
	for i, l := range looks {
		out[i] = Word{Verdict: Unseen}
		if l != nil {
			out[i] = c.verdict(i, l, usual)
		}
	}
	return out
}

func (c *comparison) verdict(i int, l *likeness, usual float64) Word {
	text := c.page.Words[i].Text
	below, how := sameBelow, weightOf(text)
	if how != plain {
		below = criticalBelow
	}
	w := Word{Verdict: Unsure}
	switch {
	case usual > 0 && l.fitting.ink < faint*usual, l.worst > max(leastOther, otherFrom*l.bar):
		w.Verdict = Other
	case l.worst < below*l.bar:
		w.Verdict = Same
	}
	if how == number && (usual == 0 || l.fitting.ink >= faint*usual) {
		w.Verdict, w.Likely = c.spelled(i, l, w.Verdict)
	}
	switch w.Verdict {
	case Same:
		w.Confidence = float32(1 - .25*l.worst/l.bar)
	case Unsure:
		w.Confidence = float32(max(.2, .5-.1*l.worst/l.bar))
	case Other, Unseen:
	}
	return w
}

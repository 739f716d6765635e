package match

import (
	"cmp"
	"context"
	"fmt"
	"image"
	"maps"
	"math"
	"runtime"
	"slices"
	"sync"

	"chancery.example/internal/layout"
	"chancery.example/internal/photo"
	"chancery.example/internal/photo/find"
	"chancery.example/internal/photo/plane"
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

// leastSame is how many words have to look the same, at the least, for a page to be
// believed; and a fourth of those in sight.
const leastSame = 6

// candidates returns the pages that a picture shows, the likeliest first.
func (m *Matcher) candidates(ctx context.Context, p *photo.Picture) ([]Result, error) {
	search := m.Index.Search()
	for s := range p.Sheets() {
		var out []Result
		for _, f := range search.In(s) {
			if err := ctx.Err(); err != nil {
				return nil, err //nolint:wrapcheck // the caller's own
			}
			r, err := m.compare(ctx, p, found{f})
			if err != nil {
				return nil, err
			}
			if r.believed(len(f.Placed)) {
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
func (r Result) believed(placed int) bool {
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
	return same >= leastSame && 4*same >= of || same+unsure >= 2*leastSame && 2*(same+unsure) >= of || 5*placed >= 3*r.Of && 4*(same+unsure) >= placed
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

// A found page lies in the photo that is held against it.
type found struct{ *find.Found }

// compare holds a photo against one page, word by word.
func (m *Matcher) compare(ctx context.Context, p *photo.Picture, f found) (Result, error) {
	page := f.Page
	lie := plane.Elsewhere(f.Lie, f.Sheet.ToPicture, page.Words)
	d := dots(lie, page.Words, f.Placed)
	render, err := m.Render(ctx, f.Key, d)
	if err != nil {
		return Result{}, fmt.Errorf("rendering page %d of %s: %w", f.Key.Page, f.Key.File, err)
	}
	c := newComparison(p.Gray, lie, page, render, d, m.Set)
	c.offs = f.offs(lie)
	words := slices.Sorted(maps.Keys(f.Answers))
	c.focus(slices.Sorted(maps.Keys(f.Placed)))
	c.weigh(words)
	out := Result{Key: f.Key, Page: page, Size: p.Size, Matched: len(f.Answers), Of: f.InSight, Blur: max(c.across, c.down) / d}
	looks := c.lookAll(p.Gray.Rect)
	out.Words = c.verdicts(looks, f.Answers)
	for i := range out.Words {
		if out.Words[i].Verdict != Unseen {
			out.Words[i].Box = plane.InPicture(p, plane.Places(lie, c.offs[i], plane.Corners(page.Words[i].Box)))
		}
	}
	f.wide(c, out.Words)
	f.once(out.Words)
	out.Extra, out.Beside = f.extra(p, c, out.Words)
	out.Lies = inPicture(lie, p, page)
	out.c, out.looks = c, looks
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
func (f found) wide(c *comparison, words []Word) {
	for i := range words {
		b, least := f.Page.Words[i].Box, moreLetter
		if weightOf(f.Page.Words[i].Text) == number {
			least = moreDigit
		}
		w, answered := f.Answers[i]
		if !answered {
			words[i].doubt(least == moreDigit)
			continue
		}
		words[i].doubt(math.Abs(float64(f.Words[w].Box.Dx())-plane.Scale(f.Lie, plane.Middle(b))*b.Width) > least*f.Height)
	}
	f.joined(c, words)
}

// joined puts words in doubt that the photo shows as one with something beside them,
// or between them, that is not on the page.
func (f found) joined(c *comparison, words []Word) {
	back, ok := plane.Inverse(f.Sheet.ToPicture)
	if !ok {
		return
	}
	taken := map[int]bool{}
	for _, w := range f.Answers {
		taken[w] = true
	}
	for n, s := range f.Words {
		if taken[n] {
			continue
		}
		var in []int
		var all image.Rectangle
		apart := false
		for i, b := range f.Page.Words {
			if words[i].Verdict != Same || has(f.Answers, i) {
				continue
			}
			r := plane.Around(plane.Through(back, plane.Places(c.lie, c.offs[i], plane.Corners(b.Box))))
			if over := r.Intersect(s.Box); 2*over.Dx()*over.Dy() < r.Dx()*r.Dy() {
				continue
			}
			apart = apart || len(in) > 0 && c.offs[i].Minus(c.offs[in[0]]).Length() > moreLetter*f.Height
			in, all = append(in, i), all.Union(r)
		}
		for _, i := range in {
			words[i].doubt(apart || float64(s.Box.Dx()-all.Dx()) > moreLetter*f.Height)
		}
	}
}

// doubt makes a word unsure that was the same, if there is a reason.
func (w *Word) doubt(reason bool) {
	if reason && w.Verdict == Same {
		w.Verdict, w.Confidence = Unsure, Doubtful
	}
}

// once sees to it that no place of the photo is two words of the page: where words
// were taken out, one that is left may look like both.
func (f found) once(words []Word) {
	for i := range words {
		for k := range words[:i] {
			if words[i].Verdict != Same || words[k].Verdict != Same {
				continue
			}
			a, b := words[i].Box, words[k].Box
			if both := a.Intersect(b); 2*both.Dx()*both.Dy() < min(a.Dx()*a.Dy(), b.Dx()*b.Dy()) {
				continue
			}
			words[i].doubt(!has(f.Answers, i) || has(f.Answers, k))
			words[k].doubt(!has(f.Answers, k))
		}
	}
}

// inPicture is how the page lies in the picture as people see it.
func inPicture(l photo.Lie, p *photo.Picture, page layout.Page) photo.Lie {
	s := p.Scale()
	return plane.Elsewhere(l, [9]float64{s, 0, 0, 0, s, 0, 0, 0, 1}, page.Words)
}

// offs are how far words lie, in the working picture, from where they should;
// words without an answer lie as their neighbours do.
func (f found) offs(lie photo.Lie) map[int]plane.Point {
	out := map[int]plane.Point{}
	words := f.Page.Words
	for p, w := range f.Answers {
		out[p] = plane.Apply(f.Sheet.ToPicture, plane.Centre(f.Words[w].Box)).Minus(plane.Place(lie, plane.Middle(words[p].Box)))
	}
	for _, l := range f.Lines {
		for k, i := range l {
			if _, ok := f.Answers[i]; ok {
				continue
			}
			for far := 1; far < len(l); far++ {
				if a := k - far; a >= 0 && has(f.Answers, l[a]) {
					out[i] = out[l[a]]
					break
				}
				if b := k + far; b < len(l) && has(f.Answers, l[b]) {
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
	for _, p := range plane.Places(c.lie, c.offs[word], plane.Corners(b)) {
		if p.X < 1 || p.Y < 1 || p.X > float64(in.Dx())-1 || p.Y > float64(in.Dy())-1 {
			return false
		}
	}
	return true
}

// verdicts judges all words together: what is usual on a page is known from the
// others. answered are words of which the photo has a word in their place: there is ink.
func (c *comparison) verdicts(looks []*likeness, answered map[int]int) []Word {
	c.black = usualInk(looks, answered)
	out := make([]Word, len(looks))
	for i, l := range looks {
		out[i] = Word{Verdict: Unseen}
		if l != nil {
			out[i] = c.verdict(i, l, c.black)
		}
	}
	return out
}

// usualInk is how much light words take away on the middle, of those that are
// explained. Blank paper is explained too, by no ink at all: where most words of a page
// fall on it, as those of a page of which most was wiped out, or of another page, it is
// not what is usual. It is infinite when words are explained and none where there is ink,
// and 0 when none is.
func usualInk(looks []*likeness, answered map[int]int) float64 {
	var all, inks []float64
	for i, l := range looks {
		if l != nil && l.worst < l.bar {
			all = append(all, l.fitting.ink)
			if has(answered, i) {
				inks = append(inks, l.fitting.ink)
			}
		}
	}
	if len(all) == 0 {
		return 0
	}
	least := faint * middling(inks)
	all = slices.DeleteFunc(all, func(ink float64) bool { return ink < least })
	return middling(all)
}

// middling is the number in the middle; infinite of none.
func middling(all []float64) float64 {
	if len(all) == 0 {
		return math.Inf(1)
	}
	slices.Sort(all)
	return all[len(all)/2]
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

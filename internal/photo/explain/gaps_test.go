package explain

import (
	"image"
	"slices"
	"testing"

	"chancery.example/internal/photo"
	"chancery.example/internal/photo/match"
)

// What differs and stands together is one gap, with what is more between its words;
// words that are not in the picture are nowhere.
func TestGaps(t *testing.T) {
	of := func(verdicts ...match.Verdict) (words []match.Word) {
		for _, v := range verdicts {
			words = append(words, match.Word{Verdict: v})
		}
		return words
	}
	more := func(after ...int) (out []match.Extra) {
		for _, n := range after {
			out = append(out, match.Extra{After: n})
		}
		return out
	}
	for _, c := range []struct {
		name  string
		words []match.Word
		extra []match.Extra
		items int
		gaps  [][]int // words; -1 for one that is more, after them
	}{
		{"nothing", nil, nil, 0, nil},
		{"as registered", of(match.Same, match.Same), nil, 2, nil},
		{"apart", of(match.Other, match.Same, match.Unsure), nil, 3, [][]int{{0}, {2}}},
		{"together", of(match.Same, match.Other, match.Unsure, match.Same), nil, 4, [][]int{{1, 2}}},
		{"outside the picture", of(match.Unseen, match.Other, match.Unseen, match.Other, match.Unseen), nil, 2, [][]int{{1, 3}}},
		{"more before all", of(match.Same, match.Same), more(-1), 3, [][]int{{-1}}},
		{"more beside what differs", of(match.Same, match.Other, match.Same), more(2, 1), 5, [][]int{{1, -1}, {-1}}},
		{"more where nothing is in the picture", of(match.Same, match.Unseen), more(1), 2, [][]int{{-1}}},
	} {
		items, gaps := page{match.Result{Words: c.words, Extra: c.extra}}.items()
		var got [][]int
		for _, g := range gaps {
			words := slices.Clone(g.words)
			for range g.extra {
				words = append(words, -1)
			}
			got = append(got, words)
		}
		if len(items) != c.items || !slices.EqualFunc(got, c.gaps, slices.Equal) {
			t.Errorf("%s: %d items, gaps %v: want %d, %v", c.name, len(items), got, c.items, c.gaps)
		}
	}
}

// A page of which most is something else explains nothing.
func TestStrange(t *testing.T) {
	for _, c := range []struct {
		other, same, unseen, extra int
		strange                    bool
	}{{0, 10, 0, 0, false}, {5, 5, 0, 0, false}, {6, 4, 0, 0, true}, {0, 10, 0, 6, true}, {3, 3, 50, 1, true}} {
		var r match.Result
		for range c.other {
			r.Words = append(r.Words, match.Word{Verdict: match.Other})
		}
		for range c.same {
			r.Words = append(r.Words, match.Word{Verdict: match.Same})
		}
		for range c.unseen {
			r.Words = append(r.Words, match.Word{Verdict: match.Unseen})
		}
		r.Extra = make([]match.Extra, c.extra)
		if got := (page{r}).strange(); got != c.strange {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

// A word that was read belongs where it shares most, and nowhere where it shares little.
func TestStanding(t *testing.T) {
	at := func(x, wide int) image.Rectangle { return image.Rect(x, 0, x+wide, 20) }
	r := page{match.Result{
		Words: []match.Word{{Verdict: match.Same, Box: at(0, 50)}, {Verdict: match.Other, Box: at(60, 50)}, {Verdict: match.Unseen}},
		Extra: []match.Extra{{After: 1, Box: at(120, 30)}},
	}}
	_, gaps := r.items()
	for _, c := range []struct {
		box       image.Rectangle
		gap, same int
	}{{at(2, 46), -1, 0}, {at(58, 55), 0, -1}, {at(40, 40), 0, -1}, {at(118, 30), 0, -1}, {at(200, 40), -1, -1}, {at(45, 14), -1, 0}, {at(48, 10), -1, -1}} {
		if gap, same := r.standing(gaps, c.box); gap != c.gap || same != c.same {
			t.Errorf("%v: in gap %d, on word %d: want %d, %d", c.box, gap, same, c.gap, c.same)
		}
	}
	if photo.Sure <= match.Doubtful {
		t.Error("what is doubtful is sure")
	}
}

// What was misread speaks for the number that it is more like, if it has as many signs.
func TestNearer(t *testing.T) {
	for _, c := range []struct {
		read, one, another string
		want               bool
	}{
		{">٨٠", "٤٨٠", "٨٤٠", true},
		{"28:00", "23:00", "21:00", false}, // like both
		{"480", "840", "480", false},
		{"80", "480", "840", false},
		{"", "480", "840", false},
	} {
		if got := nearer(c.read, c.one, c.another); got != c.want {
			t.Errorf("%q is nearer to %q than to %q: %v", c.read, c.one, c.another, got)
		}
	}
}

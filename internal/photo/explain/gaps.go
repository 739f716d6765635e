package explain

import (
	"cmp"
	"slices"

	"chancery.example/internal/photo/match"
)

// A gap is a stretch of a page that differs: words that are not the same, words
// that are more.
type gap struct {
	words []int
	extra []match.Extra
}

// An item is a word of the page or an extra one, in the order of reading.
type item struct {
	word  int // -1: extra
	extra match.Extra
	gap   int // -1: the same as registered
}

// items puts words and extras in order, and gaps together.
func (r page) items() ([]item, []gap) {
	var out []item
	var gaps []gap
	open := false
	put := func(it item, differs bool) {
		it.gap = -1
		if differs {
			if !open {
				gaps = append(gaps, gap{})
			}
			it.gap = len(gaps) - 1
			g := &gaps[it.gap]
			if it.word >= 0 {
				g.words = append(g.words, it.word)
			} else {
				g.extra = append(g.extra, it.extra)
			}
		}
		open = differs
		out = append(out, it)
	}
	extras := slices.Clone(r.Extra)
	slices.SortStableFunc(extras, func(a, b match.Extra) int { return cmp.Compare(a.After, b.After) })
	k := 0
	for i := -1; i < len(r.Words); i++ {
		if i >= 0 && r.Words[i].Verdict != match.Unseen {
			put(item{word: i}, r.Words[i].Verdict != match.Same)
		}
		for ; k < len(extras) && extras[k].After == i; k++ {
			put(item{word: -1, extra: extras[k]}, true)
		}
	}
	return out, gaps
}

package parity

import (
	"slices"

	"chancery.example/letter"
)

// An item is something that must stand in the other text as well.
type item struct {
	keys []string // what it may be: 6 o'clock is "06:00" or "18:00"
	// weak items settle what the other text has, and are not asked for themselves:
	// "second" may be a number, a unit of time or a supporter.
	weak bool
	para int
	span letter.Span
	// parts are the numbers it is made of, in case the other text has them apart.
	parts []string
}

// items are what was found in a text, by kind.
type items map[Kind][]item

func (m items) add(k Kind, i item) { m[k] = append(m[k], i) }

// find looks for all items of a text. In words says that numbers and dates in
// words are known in both languages, so that they can be asked for.
func (x *text) find(inWords bool) items {
	out := items{}
	for i := range x.paras {
		x.latin(out, i)
		if inWords {
			x.wordedDates(out, i)
		}
		x.plainDates(out, i)
		x.times(out, i)
		x.numbers(out, i, inWords)
	}
	return out
}

// use marks tokens as taken and returns their span in the text.
func (x *text) use(p, from, to int) letter.Span {
	ts := x.paras[p].tokens
	for i := from; i < to; i++ {
		ts[i].used = true
	}
	return letter.Span{Start: ts[from].span.Start, End: ts[to-1].span.End}
}

// useSpan marks the tokens within a span.
func (x *text) useSpan(p int, s letter.Span) {
	ts := x.paras[p].tokens
	first, _ := slices.BinarySearchFunc(ts, s.Start, func(t token, at int) int { return t.span.End - at - 1 })
	for i := first; i < len(ts) && ts[i].span.Start < s.End; i++ {
		ts[i].used = true
	}
}

// unmatched returns the items of each side that the other lacks. Items are matched
// one to one; near says which pairs may be at all.
func unmatched(a, b []item, near func(a, b item) bool) (onlyA, onlyB []item) {
	usedA, usedB := make([]bool, len(a)), make([]bool, len(b))
	// Sure ones first, so that a weak one is left for what has no better match.
	for _, weakA := range []bool{false, true} {
		for _, weakB := range []bool{false, true} {
			pair(a, b, usedA, usedB, weakA, weakB, near)
		}
	}
	for i, x := range a {
		if !usedA[i] && !x.weak {
			onlyA = append(onlyA, x)
		}
	}
	for i, x := range b {
		if !usedB[i] && !x.weak {
			onlyB = append(onlyB, x)
		}
	}
	return onlyA, onlyB
}

func pair(a, b []item, usedA, usedB []bool, weakA, weakB bool, near func(a, b item) bool) {
	// A letter has few numbers and a text of 1 MB of them has many: look up by key.
	by := map[string][]int{}
	for j, y := range b {
		if !usedB[j] && y.weak == weakB {
			for _, k := range y.keys {
				by[k] = append(by[k], j)
			}
		}
	}
	for i, x := range a {
		if usedA[i] || x.weak != weakA {
			continue
		}
		if j := firstFree(x, b, by, usedB, near); j >= 0 {
			usedA[i], usedB[j] = true, true
		}
	}
}

// firstFree finds the first item not used yet that x can be, and takes what is used
// off the front of each list, so that a text of one number over and over is not
// read again for each.
func firstFree(x item, b []item, by map[string][]int, used []bool, near func(a, b item) bool) int {
	best := -1
	for _, k := range x.keys {
		list := by[k]
		for len(list) > 0 && used[list[0]] {
			list = list[1:]
		}
		by[k] = list
		for n, j := range list {
			if n > maxTried {
				break
			}
			if !used[j] && near(x, b[j]) && (best < 0 || j < best) {
				best = j
				break
			}
		}
	}
	return best
}

// maxTried is how many equal items are tried for one whose place fits.
const maxTried = 2000

// missing returns the items of which the other side has none, each once: the first.
func missing(a, b []item) []item {
	have := map[string]bool{}
	for _, y := range b {
		for _, k := range y.keys {
			have[k] = true
		}
	}
	var out []item
	for _, x := range a {
		if x.weak || slices.ContainsFunc(x.keys, func(k string) bool { return have[k] }) {
			continue
		}
		for _, k := range x.keys {
			have[k] = true
		}
		out = append(out, x)
	}
	return out
}

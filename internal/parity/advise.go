package parity

import (
	"maps"
	"slices"
	"strconv"
	"unicode"
	"unicode/utf8"

	"chancery.example/letter"
)

// advise compares what translators may rightly say otherwise, so that it is shown
// and holds nothing up.
func (p *pairing) advise() {
	if p.inWords {
		p.presence(Negation, func(x *text, i int) []item { return x.listed(i, "no", negations) })
		p.presence(Modals, func(x *text, i int) []item { return x.listed(i, "must", duties) })
		p.presence(Modals, func(x *text, i int) []item { return x.listed(i, "may", permits) })
		for unit := range int64(len(unitNames)) {
			p.presence(TimeUnits, func(x *text, i int) []item { return x.unit(i, unit+1) })
		}
	}
	p.lengths()
}

// presence reports where only one of two paragraphs has something, or, when they
// cannot be told apart, only one of the texts.
func (p *pairing) presence(k Kind, in func(x *text, para int) []item) {
	gather := func(x *text, want role) map[int][]item {
		out := map[int][]item{}
		for i, q := range x.paras {
			if q.role == want {
				at := p.place(i, x)
				out[at] = append(out[at], in(x, i)...)
			}
		}
		return out
	}
	a, b := gather(p.a, body), gather(p.b, body)
	for _, at := range sortedKeys(a, b) {
		x, y := a[at], b[at]
		if i := slices.IndexFunc(x, sure); i >= 0 && len(y) == 0 {
			p.report(k, x[i:i+1], nil)
		}
		if i := slices.IndexFunc(y, sure); i >= 0 && len(x) == 0 {
			p.report(k, nil, y[i:i+1])
		}
	}
}

func sure(i item) bool { return !i.weak }

func sortedKeys(a, b map[int][]item) []int {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return slices.Sorted(maps.Keys(all))
}

// listed returns the words of a paragraph that stand in a list.
func (x *text) listed(p int, key string, lists map[letter.Lang]wordList) []item {
	var out []item
	list := lists[base(x.lang)]
	in := func(t token, set map[string]bool) bool {
		return set[t.word] || base(x.lang) == "ar" && slices.ContainsFunc(loose(t.word), func(w string) bool { return set[w] })
	}
	for _, t := range x.paras[p].tokens {
		if t.class != aWord || t.used {
			continue
		}
		yes := in(t, list.sure) || key == "no" && negated(t.word)
		if yes || in(t, list.half) {
			out = append(out, item{keys: []string{key}, para: p, span: t.span, weak: !yes})
		}
	}
	return out
}

// negated reports the English n't.
func negated(w string) bool {
	n := len(w)
	return n > 3 && w[n-3:] == "n't"
}

// unit returns the words of a paragraph for one unit of time.
func (x *text) unit(p int, unit int64) []item {
	var out []item
	for _, t := range x.paras[p].tokens {
		if t.class != aWord || t.used {
			continue
		}
		for _, w := range x.forms(t.word) {
			yes := units[base(x.lang)][w] == unit
			if yes || halfUnits[base(x.lang)][w] == unit {
				out = append(out, item{keys: []string{unitNames[unit]}, para: p, span: t.span, weak: !yes})
				break
			}
		}
	}
	return out
}

// Lengths in characters between which one text may be of the other.
const (
	shortest  = 80 // less is not compared
	leastPart = 0.45
	mostPart  = 1.9
)

// lengths compares how long paragraphs are, or the texts when they are not aligned.
// Chinese and the like say as much in a third of the characters.
func (p *pairing) lengths() {
	if dense(p.a.script) != dense(p.b.script) {
		return
	}
	if !p.aligned {
		if x, y := letters(p.a.whole), letters(p.b.whole); disproportionate(x, y) {
			p.whole(Length, strconv.Itoa(x), strconv.Itoa(y))
		}
		return
	}
	for i := range p.a.paras {
		x, y := letters(p.a.of(p.a.paras[i].span)), letters(p.b.of(p.b.paras[i].span))
		if p.a.paras[i].role == body && disproportionate(x, y) {
			p.paragraphs(Length, i, i, strconv.Itoa(x), strconv.Itoa(y))
		}
	}
}

func letters(s string) int { return utf8.RuneCountInString(s) }

func disproportionate(x, y int) bool {
	if max(x, y) < shortest {
		return false
	}
	ratio := float64(y) / float64(max(x, 1))
	return ratio < leastPart || ratio > mostPart
}

func dense(script *unicode.RangeTable) bool { return script == unicode.Han || script == unicode.Hangul }

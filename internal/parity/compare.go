package parity

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"chancery.example/letter"
)

// A pairing is two texts side by side.
type pairing struct {
	a, b *text
	// aligned says that they have the same number of paragraphs: then each is
	// compared with the one in its place.
	aligned bool
	inWords bool // numbers, months and the like in words are known in both
	found   []Finding
}

// compare compares two texts.
func compare(a, b *text, c letter.Content, g Glossary) []Finding {
	p := &pairing{a: a, b: b, aligned: len(a.paras) == len(b.paras), inWords: worded(base(a.lang)) && worded(base(b.lang))}
	p.sameRoles()
	if !p.aligned {
		p.whole(Paragraphs, strconv.Itoa(len(a.paras)), strconv.Itoa(len(b.paras)))
	}
	p.segments()
	x, y := a.find(p.inWords), b.find(p.inWords)
	p.settleTimes(x, y)
	for _, k := range []Kind{Numbers, Dates, Times} {
		p.differ(k, x[k], y[k])
	}
	p.lack(References, x[References], y[References])
	p.acronyms(x[Acronyms], y[Acronyms], g)
	p.glossary(g)
	p.lines()
	p.enclosures(len(c.Enclosures))
	p.advise()
	return p.found
}

// sameRoles makes a paragraph a block where it is one in either text: a heading may
// end with a full stop in one language.
func (p *pairing) sameRoles() {
	if !p.aligned {
		return
	}
	for i := range p.a.paras {
		x, y := &p.a.paras[i].role, &p.b.paras[i].role
		if *x != *y {
			r := max(*x, *y) // body is the least
			*x, *y = r, r
		}
	}
}

// place is the bucket in which a paragraph is compared: blocks all together,
// because a date may stand above or below an address.
func (p *pairing) place(para int, x *text) int {
	switch {
	case !p.aligned:
		return 0
	case x.paras[para].role == head:
		return -1
	case x.paras[para].role == tail:
		return -2
	}
	return para
}

// differ reports the items that must be matched one to one.
func (p *pairing) differ(k Kind, a, b []item) {
	near := func(x, y item) bool { return p.place(x.para, p.a) == p.place(y.para, p.b) }
	onlyA, onlyB := unmatched(a, b, near)
	if !p.aligned {
		for _, x := range onlyA {
			p.report(k, []item{x}, nil)
		}
		for _, y := range onlyB {
			p.report(k, nil, []item{y})
		}
		return
	}
	// What differs in one place is one finding, so that both sides are seen together.
	by := map[int][2][]item{}
	for _, x := range onlyA {
		g := by[p.place(x.para, p.a)]
		g[0] = append(g[0], x)
		by[p.place(x.para, p.a)] = g
	}
	for _, y := range onlyB {
		g := by[p.place(y.para, p.b)]
		g[1] = append(g[1], y)
		by[p.place(y.para, p.b)] = g
	}
	places := make([]int, 0, len(by))
	for at := range by {
		places = append(places, at)
	}
	slices.SortFunc(places, func(x, y int) int { return cmp.Compare(order(x), order(y)) })
	for _, at := range places {
		p.report(k, by[at][0], by[at][1])
	}
}

// order puts the head first and the tail last.
func order(place int) int {
	switch place {
	case -1:
		return -1
	case -2:
		return 1 << 30
	}
	return place
}

// lack reports what one text has and the other has nowhere.
func (p *pairing) lack(k Kind, a, b []item) {
	for _, x := range missing(a, b) {
		p.report(k, []item{x}, nil)
	}
	for _, y := range missing(b, a) {
		p.report(k, nil, []item{y})
	}
}

// report makes a finding of items that only one text has, or each has otherwise.
func (p *pairing) report(k Kind, onlyA, onlyB []item) {
	f := Finding{Kind: k, Severity: k.Severity(), First: p.a.lang, Second: p.b.lang}
	var keys, words []string
	for _, side := range []struct {
		x           *text
		items, none []item
	}{{p.a, onlyA, onlyB}, {p.b, onlyB, onlyA}} {
		if len(side.items) == 0 {
			if p.aligned && len(side.none) > 0 {
				at := side.none[0].para
				f.Places = append(f.Places, Place{Lang: side.x.lang, Span: side.x.paras[at].span, Missing: true})
				words = append(words, side.x.sumOf(at))
			} else {
				words = append(words, side.x.sum)
			}
		}
		last := -1
		for _, it := range side.items {
			f.Places = append(f.Places, Place{Lang: side.x.lang, Span: it.span, Text: side.x.of(it.span)})
			keys = append(keys, string(side.x.lang)+" "+strings.Join(it.keys, "|"))
			if it.para != last {
				words, last = append(words, side.x.sumOf(it.para)), it.para
			}
		}
	}
	f.ID = digest(append([]string{string(k), strings.Join(keys, "\n")}, words...)...)
	p.found = append(p.found, f)
}

// whole makes a finding about both texts as a whole.
func (p *pairing) whole(k Kind, first, second string) {
	p.found = append(p.found, Finding{
		ID: digest(string(k), first, second, string(p.a.lang), string(p.b.lang), p.a.sum, p.b.sum), Kind: k, Severity: k.Severity(),
		First: p.a.lang, Second: p.b.lang, Detail: [2]string{first, second},
	})
}

// paragraphs makes a finding about one paragraph of each text; a negative number is
// none.
func (p *pairing) paragraphs(k Kind, i, j int, first, second string) {
	f := Finding{Kind: k, Severity: k.Severity(), First: p.a.lang, Second: p.b.lang, Detail: [2]string{first, second}}
	parts := []string{string(k), first, second, string(p.a.lang), string(p.b.lang)}
	for _, side := range []struct {
		x *text
		i int
	}{{p.a, i}, {p.b, j}} {
		if side.i < 0 {
			parts = append(parts, side.x.sum)
			continue
		}
		span := side.x.paras[side.i].span
		f.Places = append(f.Places, Place{Lang: side.x.lang, Span: span, Text: side.x.of(span)})
		parts = append(parts, side.x.sumOf(side.i))
	}
	f.ID = digest(parts...)
	p.found = append(p.found, f)
}

// settleTimes takes an hour that one text has as a time and the other as a number
// for the same: "at 6", الساعة ٦.
func (p *pairing) settleTimes(x, y items) {
	near := func(a, b item) bool { return p.place(a.para, p.a) == p.place(b.para, p.b) }
	timesA, timesB := unmatched(x[Times], y[Times], near)
	numbersA, numbersB := unmatched(x[Numbers], y[Numbers], near)
	settle(x, y, timesA, numbersB)
	settle(y, x, timesB, numbersA)
}

// settle drops times of one text, and the numbers they are made of from the other.
func settle(mine, other items, times, numbers []item) {
	by := map[string][]letter.Span{}
	for _, n := range numbers {
		for _, k := range n.keys {
			by[k] = append(by[k], n.span)
		}
	}
	gone, spent := map[letter.Span]bool{}, map[letter.Span]bool{}
	for _, t := range times {
		k := t.asNumber()
		for len(by[k]) > 0 && spent[by[k][0]] {
			by[k] = by[k][1:]
		}
		if len(by[k]) > 0 {
			gone[t.span], spent[by[k][0]] = true, true
		}
	}
	mine[Times] = slices.DeleteFunc(mine[Times], func(i item) bool { return gone[i.span] })
	other[Numbers] = slices.DeleteFunc(other[Numbers], func(i item) bool { return spent[i.span] })
}

// asNumber is how a time reads when it is not known to be one: 6, 6.30.
func (i item) asNumber() string {
	switch {
	case len(i.parts) == 1, len(i.parts) == 2 && i.parts[1] == "0":
		return i.parts[0]
	case len(i.parts) == 2:
		return decimal(i.parts[0] + "." + i.parts[1])
	}
	return ""
}

// lines compares address and signature blocks line by line: how many there are.
func (p *pairing) lines() {
	count := func(x *text, r role) (out []int) {
		for i, q := range x.paras {
			if q.role == r {
				out = append(out, i)
			}
		}
		return out
	}
	for _, r := range []role{head, tail} {
		a, b := count(p.a, r), count(p.b, r)
		if len(a) != len(b) {
			continue // then the number of paragraphs differs
		}
		for n, i := range a {
			if x, y := p.a.paras[i].lines, p.b.paras[b[n]].lines; x != y {
				p.paragraphs(Lines, i, b[n], strconv.Itoa(x), strconv.Itoa(y))
			}
		}
	}
}

// enclosures compares what the texts themselves list as enclosed. listed is how many
// enclosures go with the letter.
func (p *pairing) enclosures(listed int) {
	if !p.inWords {
		return
	}
	i, a := p.a.enclosed()
	j, b := p.b.enclosed()
	switch {
	case a != b:
		p.paragraphs(Enclosures, i, j, strconv.Itoa(a), strconv.Itoa(b))
	case a > 1 && listed > 0 && a != listed:
		p.paragraphs(Enclosures, i, j, strconv.Itoa(a), strconv.Itoa(b))
	}
}

// enclosed finds the list of enclosures and counts it; -1 and 0 for none.
func (x *text) enclosed() (para, n int) {
	for i := len(x.paras) - 1; i >= 0; i-- {
		q := x.paras[i]
		if len(q.tokens) == 0 || !enclosing[base(x.lang)][q.tokens[0].word] || q.role == head || !isList(x.of(q.span)) {
			continue
		}
		first, _, _ := strings.Cut(x.of(q.span), "\n")
		_, behind, colon := strings.Cut(first, ":")
		if n = q.lines - 1; colon && strings.TrimSpace(behind) != "" || n == 0 {
			n++
		}
		return i, n
	}
	return -1, 0
}

// isList reports whether a paragraph that begins with "enclosure" is a list of them
// and not a sentence about them.
func isList(s string) bool {
	first, _, _ := strings.Cut(s, "\n")
	return strings.Contains(first, ":") || len(strings.Fields(first)) <= 3 && isBlock(s)
}

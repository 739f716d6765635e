package typeset

import (
	"slices"

	"golang.org/x/text/unicode/bidi"
)

// levels gives each character of a line the depth at which it runs the other way
// (UAX #9, rules X1 to I2): even is left to right, odd right to left. Letters hold
// isolates and marks, but no embeddings and no overrides (letter.md MUST-8): those
// count as nothing. Libraries give runs of one direction, which is not enough to
// order a line: a figure in Arabic words and the words around an Arabic name
// differ in level and not in direction.
func levels(text []rune, rtl bool) []uint8 {
	p := &paragraph{classes: make([]bidi.Class, len(text)), levels: make([]uint8, len(text)), text: text}
	p.props = make([]bidi.Properties, len(text))
	for i, r := range text {
		p.props[i], _ = bidi.LookupRune(r)
		p.classes[i] = p.props[i].Class()
	}
	base := uint8(0)
	if rtl {
		base = 1
	}
	for _, s := range p.sequences(base) {
		s.weak()
		s.brackets()
		s.neutral()
		s.implicit()
	}
	for i := 1; i < len(text); i++ {
		if removed(p.props[i].Class()) { // a joiner in a word is no place to part it
			p.levels[i] = p.levels[i-1]
		}
	}
	return p.levels
}

// maxLevel is how deeply isolates are counted (BD2).
const maxLevel = 125

type paragraph struct {
	text    []rune
	props   []bidi.Properties
	classes []bidi.Class // as the rules change them
	levels  []uint8
}

// A sequence is an isolating run sequence (BD13) in one embedding level.
type sequence struct {
	*paragraph
	at       []int // characters of the paragraph
	level    uint8
	sos, eos bidi.Class
}

// sequences resolves isolates (X5a to X6a) and gathers what is resolved together
// (X10). What stands in an isolate is a sequence of its own; the text around goes
// on behind it.
func (p *paragraph) sequences(base uint8) []*sequence {
	outer := &sequence{paragraph: p, level: base}
	stack := []*sequence{outer}
	all := []*sequence{outer}
	overflow := 0
	for i, c := range p.classes {
		top := stack[len(stack)-1]
		switch c {
		case bidi.LRI, bidi.RLI, bidi.FSI:
			top.add(i)
			rtl := c == bidi.RLI || c == bidi.FSI && p.startsRTL(i+1)
			next := (top.level + 1) | 1
			if !rtl {
				next = (top.level + 2) &^ 1
			}
			if next > maxLevel || overflow > 0 {
				overflow++
				continue
			}
			inner := &sequence{paragraph: p, level: next}
			all, stack = append(all, inner), append(stack, inner)
		case bidi.PDI:
			if overflow > 0 {
				overflow--
			} else if len(stack) > 1 {
				stack = stack[:len(stack)-1]
			}
			stack[len(stack)-1].add(i)
		case bidi.BN, bidi.LRE, bidi.RLE, bidi.LRO, bidi.RLO, bidi.PDF:
			p.levels[i] = top.level // X9: as if it were not there
		default:
			top.add(i)
		}
	}
	for _, s := range all {
		s.ends(base)
	}
	return all
}

func (s *sequence) add(i int) {
	s.at = append(s.at, i)
	s.levels[i] = s.level
}

// ends finds the directions that hold at both ends of a sequence (X10).
func (s *sequence) ends(base uint8) {
	if len(s.at) == 0 {
		return
	}
	before, after := base, base
	for i := s.at[0] - 1; i >= 0; i-- {
		if !removed(s.props[i].Class()) {
			before = s.levels[i]
			break
		}
	}
	last := s.at[len(s.at)-1]
	for i := last + 1; i < len(s.text) && !initiates(s.props[last].Class()); i++ {
		if !removed(s.props[i].Class()) {
			after = s.levels[i]
			break
		}
	}
	s.sos, s.eos = direction(max(before, s.level)), direction(max(after, s.level))
}

func removed(c bidi.Class) bool {
	return slices.Contains([]bidi.Class{bidi.BN, bidi.LRE, bidi.RLE, bidi.LRO, bidi.RLO, bidi.PDF}, c)
}

func initiates(c bidi.Class) bool { return c == bidi.LRI || c == bidi.RLI || c == bidi.FSI }

func direction(level uint8) bidi.Class {
	if level%2 == 1 {
		return bidi.R
	}
	return bidi.L
}

// startsRTL reports whether the first letter of an isolate runs from right to left
// (P2, P3).
func (p *paragraph) startsRTL(from int) bool {
	depth := 0
	for _, c := range p.classes[from:] {
		switch {
		case initiates(c):
			depth++
		case c == bidi.PDI && depth == 0:
			return false
		case c == bidi.PDI:
			depth--
		case depth == 0 && c == bidi.L:
			return false
		case depth == 0 && (c == bidi.R || c == bidi.AL):
			return true
		}
	}
	return false
}

// weak resolves figures and what joins them (W1 to W7).
func (s *sequence) weak() {
	s.marks()
	s.figures(bidi.AL, bidi.AN) // W2
	for _, at := range s.at {   // W3
		if s.classes[at] == bidi.AL {
			s.classes[at] = bidi.R
		}
	}
	for i := 1; i+1 < len(s.at); i++ { // W4
		c, before, after := s.classes[s.at[i]], s.classes[s.at[i-1]], s.classes[s.at[i+1]]
		if before == after && (c == bidi.CS && (before == bidi.EN || before == bidi.AN) || c == bidi.ES && before == bidi.EN) {
			s.classes[s.at[i]] = before
		}
	}
	s.terminators()
	s.figures(bidi.L, bidi.L) // W7
}

// marks take after what they stand on (W1).
func (s *sequence) marks() {
	previous := s.sos
	for _, at := range s.at {
		if s.classes[at] == bidi.NSM {
			s.classes[at] = previous
			if initiates(previous) || previous == bidi.PDI {
				s.classes[at] = bidi.ON
			}
		}
		previous = s.classes[at]
	}
}

// figures become something else where the last letter before them is of a kind.
func (s *sequence) figures(behind, become bidi.Class) {
	strong := s.sos
	for _, at := range s.at {
		c := s.classes[at]
		if c == bidi.L || c == bidi.R || c == bidi.AL {
			strong = c
		}
		if c == bidi.EN && strong == behind {
			s.classes[at] = become
		}
	}
}

// terminators resolves signs beside figures (W5, W6).
func (s *sequence) terminators() {
	for i := 0; i < len(s.at); i++ {
		if s.classes[s.at[i]] != bidi.ET {
			continue
		}
		end := i
		for end < len(s.at) && s.classes[s.at[end]] == bidi.ET {
			end++
		}
		if i > 0 && s.classes[s.at[i-1]] == bidi.EN || end < len(s.at) && s.classes[s.at[end]] == bidi.EN {
			for ; i < end; i++ {
				s.classes[s.at[i]] = bidi.EN
			}
		}
		i = end
	}
	for _, at := range s.at {
		if c := s.classes[at]; c == bidi.ET || c == bidi.ES || c == bidi.CS {
			s.classes[at] = bidi.ON
		}
	}
}

// brackets gives both of a pair the direction of what they hold (N0).
func (s *sequence) brackets() {
	for _, pair := range s.pairs() {
		found := s.held(pair)
		if found == bidi.ON {
			continue
		}
		if found != direction(s.level) && s.before(pair[0]) != found {
			found = direction(s.level)
		}
		for _, i := range pair {
			s.classes[s.at[i]] = found
			for j := i + 1; j < len(s.at) && s.props[s.at[j]].Class() == bidi.NSM; j++ {
				s.classes[s.at[j]] = found
			}
		}
	}
}

// held is the direction of the text where a pair holds any of it, else the other
// one, or none.
func (s *sequence) held(pair [2]int) bidi.Class {
	found := bidi.ON
	for i := pair[0] + 1; i < pair[1]; i++ {
		c := strongly(s.classes[s.at[i]])
		if c == direction(s.level) {
			return c
		}
		if c != bidi.ON {
			found = c
		}
	}
	return found
}

// before is the direction of the last letter or figure before a place.
func (s *sequence) before(i int) bidi.Class {
	for i--; i >= 0; i-- {
		if c := strongly(s.classes[s.at[i]]); c != bidi.ON {
			return c
		}
	}
	return s.sos
}

// pairs finds brackets that belong together, by where they open (BD16).
func (s *sequence) pairs() [][2]int {
	const deepest = 63
	var open []int // places
	var out [][2]int
	for i, at := range s.at {
		p := s.props[at]
		if !p.IsBracket() || s.classes[at] != bidi.ON {
			continue
		}
		if p.IsOpeningBracket() {
			if len(open) == deepest {
				return nil
			}
			open = append(open, i)
			continue
		}
		for j := len(open) - 1; j >= 0; j-- {
			if closes(s.text[s.at[open[j]]], s.text[at]) {
				out, open = append(out, [2]int{open[j], i}), open[:j]
				break
			}
		}
	}
	slices.SortFunc(out, func(a, b [2]int) int { return a[0] - b[0] })
	return out
}

// closes reports whether a closing bracket belongs to an opening one. All pairs of
// the typefaces stand side by side or two apart; the angle brackets of mathematics
// are written in two ways.
func closes(open, closing rune) bool {
	angle := func(r rune) rune {
		switch r {
		case 0x2329:
			return 0x3008
		case 0x232A:
			return 0x3009
		}
		return r
	}
	open, closing = angle(open), angle(closing)
	return closing == open+1 || closing == open+2 && (open == '[' || open == '{')
}

// strongly is a class as brackets and neutrals see it: figures are right to left.
func strongly(c bidi.Class) bidi.Class {
	if c == bidi.EN || c == bidi.AN {
		return bidi.R
	}
	if c == bidi.L || c == bidi.R {
		return c
	}
	return bidi.ON
}

// neutral gives signs and spaces the direction of both their sides, or that of the
// text (N1, N2).
func (s *sequence) neutral() {
	for i := 0; i < len(s.at); i++ {
		if strongly(s.classes[s.at[i]]) != bidi.ON {
			continue
		}
		end := i
		for end < len(s.at) && strongly(s.classes[s.at[end]]) == bidi.ON {
			end++
		}
		before, after := s.sos, s.eos
		if i > 0 {
			before = strongly(s.classes[s.at[i-1]])
		}
		if end < len(s.at) {
			after = strongly(s.classes[s.at[end]])
		}
		c := direction(s.level)
		if before == after {
			c = before
		}
		for ; i < end; i++ {
			s.classes[s.at[i]] = c
		}
	}
}

// implicit turns classes into levels (I1, I2).
func (s *sequence) implicit() {
	for _, at := range s.at {
		switch c := s.classes[at]; {
		case s.level%2 == 0 && c == bidi.R, s.level%2 == 1 && c != bidi.R:
			s.levels[at] = s.level + 1
		case s.level%2 == 0 && (c == bidi.AN || c == bidi.EN):
			s.levels[at] = s.level + 2
		}
	}
}

// visual orders the parts of a line from left to right, given their levels (L2).
func visual(levels []uint8) []int {
	order := make([]int, len(levels))
	deepest := uint8(0)
	for i, l := range levels {
		order[i] = i
		deepest = max(deepest, l)
	}
	for l := deepest; l > 0; l-- {
		for i := 0; i < len(order); i++ {
			end := i
			for end < len(order) && levels[order[end]] >= l {
				end++
			}
			slices.Reverse(order[i:end])
			i = max(i, end)
		}
	}
	return order
}

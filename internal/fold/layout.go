package fold

import (
	"slices"
	"unicode"

	"golang.org/x/text/unicode/bidi"
)

// resolve finds the final level of every glyph of a paragraph without explicit
// controls: rules W1 to I2 of UAX #9 for each run of one level.
func resolve(gs []glyph, base int) {
	before := base
	for from := 0; from < len(gs); {
		level, to := gs[from].level, from+1
		for to < len(gs) && gs[to].level == level {
			to++
		}
		after := base
		if to < len(gs) {
			after = gs[to].level
		}
		start, end := sideOf(max(before, level)), sideOf(max(after, level))
		run := gs[from:to]
		weak(run, start)
		neutral(run, start, end, sideOf(level))
		implicit(run)
		before, from = level, to
	}
}

func sideOf(level int) bidi.Class {
	if level%2 == 1 {
		return bidi.R
	}
	return bidi.L
}

// weak resolves marks, numbers and what belongs to them (W1 to W7).
func weak(run []glyph, start bidi.Class) {
	last, strong := start, start
	for i := range run {
		c := &run[i].class
		switch *c {
		case bidi.NSM:
			*c = last
		case bidi.EN:
			if strong == bidi.AL {
				*c = bidi.AN
			}
		case bidi.L, bidi.R, bidi.AL:
			strong = *c
		default:
		}
		last = *c
	}
	for i := range run {
		if run[i].class == bidi.AL {
			run[i].class = bidi.R
		}
	}
	for i := 1; i+1 < len(run); i++ {
		a, c, b := run[i-1].class, run[i].class, run[i+1].class
		if a == b && (a == bidi.EN && (c == bidi.ES || c == bidi.CS) || a == bidi.AN && c == bidi.CS) {
			run[i].class = a
		}
	}
	terminators(run)
	strong = start
	for i := range run {
		switch c := &run[i].class; *c {
		case bidi.L, bidi.R:
			strong = *c
		case bidi.EN:
			if strong == bidi.L {
				*c = bidi.L
			}
		case bidi.ES, bidi.CS, bidi.ET:
			*c = bidi.ON
		default:
		}
	}
}

// terminators makes signs beside a number a part of it (W5).
func terminators(run []glyph) {
	for from := 0; from < len(run); from++ {
		if run[from].class != bidi.ET {
			continue
		}
		to := from
		for to < len(run) && run[to].class == bidi.ET {
			to++
		}
		if from > 0 && run[from-1].class == bidi.EN || to < len(run) && run[to].class == bidi.EN {
			for i := from; i < to; i++ {
				run[i].class = bidi.EN
			}
		}
		from = to
	}
}

// neutral gives spaces and punctuation the direction of what stands on both
// sides, else that of the run (N1, N2).
func neutral(run []glyph, start, end, level bidi.Class) {
	sided := func(c bidi.Class) (bidi.Class, bool) {
		switch c {
		case bidi.L:
			return bidi.L, true
		case bidi.R, bidi.EN, bidi.AN:
			return bidi.R, true
		default:
			return level, false
		}
	}
	before := start
	for from := 0; from < len(run); {
		if side, ok := sided(run[from].class); ok {
			before = side
			from++
			continue
		}
		to, after := from, end
		for to < len(run) {
			side, ok := sided(run[to].class)
			if ok {
				after = side
				break
			}
			to++
		}
		c := level
		if before == after {
			c = before
		}
		for i := from; i < to; i++ {
			run[i].class = c
		}
		from = to
	}
}

// implicit raises levels by class (I1, I2).
func implicit(run []glyph) {
	for i := range run {
		g := &run[i]
		odd := g.level%2 == 1
		switch g.class {
		case bidi.L:
			if odd {
				g.level++
			}
		case bidi.R:
			if !odd {
				g.level++
			}
		default: // numbers
			if odd {
				g.level++
			} else {
				g.level += 2
			}
		}
	}
}

// A cluster is a character with the marks set upon it, which move along.
type cluster []glyph

// visual returns the clusters of a line as they are seen from left to right (L2,
// L3).
func visual(line []glyph) []cluster {
	var cs []cluster
	least, most := maxLevel+2, 0
	for i, g := range line {
		if i > 0 && unicode.Is(unicode.M, g.r) {
			last := &cs[len(cs)-1]
			*last = (*last)[:len(*last)+1]
			continue
		}
		cs = append(cs, line[i:i+1])
		most = max(most, g.level)
		if g.level%2 == 1 {
			least = min(least, g.level)
		}
	}
	for level := most; level >= least; level-- {
		runs(cs, func(c cluster) bool { return c[0].level >= level }, slices.Reverse[[]cluster])
	}
	return cs
}

// runs calls do for every longest stretch of clusters that are all of a kind.
func runs(cs []cluster, kind func(cluster) bool, do func([]cluster)) {
	for from := 0; from < len(cs); from++ {
		to := from
		for to < len(cs) && kind(cs[to]) {
			to++
		}
		if to > from {
			do(cs[from:to])
			from = to
		}
	}
}

// reading returns what is seen in the order in which people read it: by the
// letters' own scripts, whatever order they were stored in.
func reading(cs []cluster, base int) []glyph {
	n := 0
	for _, c := range cs {
		n += len(c)
	}
	with, against := bidi.Class(bidi.L), bidi.Class(bidi.R)
	if base == 1 {
		slices.Reverse(cs)
		with, against = against, with
	}
	turned := make([]bool, len(cs)) // read against the direction of the paragraph
	for _, s := range opposed(cs, with, against) {
		slices.Reverse(cs[s[0]:s[1]])
		for i := s[0]; i < s[1]; i++ {
			turned[i] = true
		}
	}
	fromRight := func(i int) bool { return turned[i] != (base == 1) }
	numbers(cs, fromRight)
	out := make([]glyph, 0, n)
	for i, c := range cs {
		if c[0].level%2 == 1 != fromRight(i) {
			c[0].r = mirrored(c[0].r)
		}
		out = append(out, c...)
	}
	return out
}

// strongOf is a cluster's own direction, ON when it has none.
func strongOf(c cluster) bidi.Class {
	switch c[0].own {
	case bidi.L:
		return bidi.L
	case bidi.R, bidi.AL:
		return bidi.R
	default:
		return bidi.ON
	}
}

// opposed finds the stretches that begin and end with a letter that runs
// against the paragraph and hold none that runs with it.
func opposed(cs []cluster, with, against bidi.Class) [][2]int {
	var out [][2]int
	from, to := -1, -1
	for i, c := range cs {
		switch strongOf(c) {
		case against:
			if from < 0 {
				from = i
			}
			to = i + 1
		case with:
			if from >= 0 {
				out = append(out, [2]int{from, to})
			}
			from = -1
		default: // stands between
		}
	}
	if from >= 0 {
		out = append(out, [2]int{from, to})
	}
	return out
}

// numbers turns numbers round that stand among letters read from the right: they
// are read from the left all the same.
func numbers(cs []cluster, fromRight func(int) bool) {
	digit := func(i int) bool {
		return i >= 0 && i < len(cs) && (cs[i][0].own == bidi.EN || cs[i][0].own == bidi.AN) && fromRight(i)
	}
	for from := 0; from < len(cs); from++ {
		if !digit(from) {
			continue
		}
		to := from + 1
		for digit(to) || digit(to+1) && (cs[to][0].own == bidi.CS || cs[to][0].own == bidi.ES) {
			to++
		}
		slices.Reverse(cs[from:to])
		from = to
	}
}

const mirrors = "()[]{}<>«»‹›≤≥"

// mirrored returns the character whose sign looks like that of r turned round.
func mirrored(r rune) rune {
	rs := []rune(mirrors)
	if i := slices.Index(rs, r); i >= 0 {
		return rs[i^1]
	}
	return r
}

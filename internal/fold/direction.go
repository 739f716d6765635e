package fold

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/bidi"
)

// Explicit overrides of the direction of writing. Between one of them and the
// PDF that ends it, letters are shown in the order that it says and not in their
// own: "lliw" is seen as "will". Embeddings and isolates leave letters alone.
const (
	lro = '\u202d'
	rlo = '\u202e'
)

// An order maps the text in the order in which it is seen to the text that was
// given, character by character. A nil order changes nothing.
type order struct {
	bytes   []int32 // for each code point of the seen text its byte in the given one; last, its length
	points  []int32 // likewise its code point
	seams   []int32 // bytes of the seen text where an override begins or ends, in order
	removed []Oddity
}

func (o *order) point(n int) int {
	if o == nil {
		return n
	}
	return int(o.points[min(n, len(o.points)-1)])
}

// span returns the least stretch of the given text that holds bytes from to to
// of the seen one.
func (o *order) span(seen string, from, to int) (int, int) {
	first := utf8.RuneCountInString(seen[:from])
	low, high := o.bytes[first], o.bytes[first]
	for i, r := range seen[from:to] {
		k := first + utf8.RuneCountInString(seen[from:from+i])
		low, high = min(low, o.bytes[k]), max(high, o.bytes[k]+int32(utf8.RuneLen(r))) //nolint:gosec // a rune has at most 4 bytes
	}
	return int(low), int(high)
}

// seam reports whether an override begins or ends inside a word, so that two
// stretches that stand apart were put together into it (MUST-17). Words come in
// order.
func (f *reader) seam(start, end int) bool {
	for len(f.seams) > 0 && int(f.seams[0]) <= start {
		f.seams = f.seams[1:]
	}
	return len(f.seams) > 0 && int(f.seams[0]) < end
}

// seenOrder returns a text in the order in which it is seen (MUST-16): lines
// under an override are laid out as the Unicode Bidirectional Algorithm (UAX #9)
// does, on one line of paper, and read as people read what they see: from the
// side on which the paragraph begins, Arabic and Hebrew from the right, all
// other letters and all numbers from the left. Other lines stay as they are, for
// there the order of the characters is the order of reading.
func seenOrder(text string) (string, *order) {
	if !strings.ContainsRune(text, lro) && !strings.ContainsRune(text, rlo) {
		return text, nil
	}
	o := &order{}
	var b strings.Builder
	b.Grow(len(text))
	at, point := 0, 0
	for at < len(text) {
		end := paragraphEnd(text, at)
		glyphs := glyphsOf(text, at, end, point)
		point += len(glyphs)
		if strings.ContainsRune(text[at:end], lro) || strings.ContainsRune(text[at:end], rlo) {
			glyphs = o.layOut(glyphs)
		}
		last := 0
		for i, g := range glyphs {
			if i > 0 && g.override != last {
				o.seams = append(o.seams, int32(b.Len())) //nolint:gosec // texts are limited to megabytes
			}
			last = g.override
			o.bytes, o.points = append(o.bytes, g.at), append(o.points, g.point)
			b.WriteRune(g.r) // U+FFFD for a byte that is no UTF-8
		}
		at = end
	}
	o.bytes, o.points = append(o.bytes, int32(len(text))), append(o.points, int32(point)) //nolint:gosec // texts are limited to megabytes
	return b.String(), o
}

// paragraphEnd returns the end of the paragraph at byte at, with the character
// that ends it: there all overrides end too.
func paragraphEnd(text string, at int) int {
	i := strings.IndexFunc(text[at:], endsParagraph)
	if i < 0 {
		return len(text)
	}
	_, n := utf8.DecodeRuneInString(text[at+i:])
	return at + i + n
}

func endsParagraph(r rune) bool {
	return r == '\n' || r == '\r' || r >= 0x1C && r <= 0x1E || r == 0x85 || r == 0x2029
}

// A glyph is a character of a paragraph with what decides where it is seen.
type glyph struct {
	r         rune
	at, point int32
	own       bidi.Class
	class     bidi.Class // what overrides and rules make of own
	level     int        // even: from the left; odd: from the right
	override  int        // number of the innermost override that it stands in; 0: none
}

func glyphsOf(text string, at, end, point int) []glyph {
	out := make([]glyph, 0, end-at)
	for at < end {
		r, n := utf8.DecodeRuneInString(text[at:])
		p, _ := bidi.LookupRune(r)
		c := p.Class()
		out = append(out, glyph{r: r, at: int32(at), point: int32(point), own: c, class: c}) //nolint:gosec // texts are limited to megabytes
		at, point = at+n, point+1
	}
	return out
}

// layOut puts the glyphs of a paragraph into the order of reading and leaves out
// the controls of explicit direction, which it reports.
func (o *order) layOut(gs []glyph) []glyph {
	base := baseLevel(gs)
	setLevels(gs, base)
	kept := gs[:0]
	held := (&Folded{Odd: o.removed})
	for _, g := range gs {
		if explicit(g.class) {
			held.note(BidiControl, g.r, int(g.point))
			continue
		}
		kept = append(kept, g)
	}
	o.removed = held.Odd
	resolve(kept, base)
	var out []glyph
	for len(kept) > 0 { // a line separator ends a line and not the paragraph
		n := len(kept)
		if i := slices.IndexFunc(kept, func(g glyph) bool { return g.r == '\u2028' || endsParagraph(g.r) }); i >= 0 {
			n = i + 1
		}
		line, end := kept[:n], kept[n:n]
		if last := line[n-1].r; last == '\u2028' || endsParagraph(last) {
			line, end = line[:n-1], line[n-1:]
		}
		out = append(append(out, reading(visual(line), base)...), end...)
		kept = kept[n:]
	}
	return out
}

func explicit(c bidi.Class) bool {
	switch c {
	case bidi.LRE, bidi.RLE, bidi.LRO, bidi.RLO, bidi.PDF:
		return true
	default:
		return false
	}
}

// baseLevel is 1 for a paragraph whose first letter is of a script that runs
// from the right, else 0 (UAX #9, P2 and P3).
func baseLevel(gs []glyph) int {
	depth := 0
	for _, g := range gs {
		switch g.class {
		case bidi.LRI, bidi.RLI, bidi.FSI:
			depth++
		case bidi.PDI:
			depth = max(0, depth-1)
		case bidi.L:
			if depth == 0 {
				return 0
			}
		case bidi.R, bidi.AL:
			if depth == 0 {
				return 1
			}
		default: // says nothing of the direction
		}
	}
	return 0
}

// maxLevel is UAX #9's max_depth.
const maxLevel = 125

// A nesting is what an embedding, override or isolate sets until it ends.
type nesting struct {
	level    int
	class    bidi.Class // L or R under an override, else ON
	override int
	isolate  bool
}

// setLevels gives every glyph the level that the explicit controls around it say
// (X1 to X8), and under an override its class. Isolates nest like embeddings.
func setLevels(gs []glyph, base int) {
	stack := []nesting{{level: base, class: bidi.ON}}
	overflow, overrides := 0, 0
	for i := range gs {
		g := &gs[i]
		if g.class == bidi.PDF || g.class == bidi.PDI {
			stack, overflow = leave(stack, overflow, g.class == bidi.PDI)
		}
		top := stack[len(stack)-1]
		g.level, g.override = top.level, top.override
		n, opens := opened(gs[i:], top)
		switch {
		case opens && (n.level > maxLevel || overflow > 0):
			overflow++
		case opens:
			if n.class != bidi.ON {
				overrides++
				n.override = overrides
			}
			stack = append(stack, n)
		case top.class != bidi.ON && g.class != bidi.PDF && g.class != bidi.PDI && g.class != bidi.B:
			g.class = top.class
		}
	}
}

// farthest is how many characters the first letter of an isolate that finds its
// own direction is looked for.
const farthest = 200

// opened returns what the first of some glyphs opens inside another nesting.
func opened(gs []glyph, in nesting) (nesting, bool) {
	n := nesting{class: bidi.ON, override: in.override}
	right := false
	switch gs[0].class {
	case bidi.LRE:
	case bidi.RLE:
		right = true
	case bidi.LRO:
		n.class = bidi.L
	case bidi.RLO:
		n.class, right = bidi.R, true
	case bidi.LRI:
		n.isolate, n.override = true, 0
	case bidi.RLI:
		n.isolate, n.override, right = true, 0, true
	case bidi.FSI:
		n.isolate, n.override, right = true, 0, baseLevel(gs[1:min(len(gs), farthest)]) == 1
	default:
		return n, false
	}
	n.level = nextLevel(in.level, right)
	return n, true
}

// nextLevel is the least level above one that runs the way it should.
func nextLevel(level int, right bool) int {
	if right {
		return (level + 1) | 1
	}
	return (level + 2) &^ 1
}

// leave closes the innermost embedding or override, or with PDI the innermost
// isolate and all that is open inside it.
func leave(stack []nesting, overflow int, isolate bool) ([]nesting, int) {
	if overflow > 0 {
		return stack, overflow - 1
	}
	n := len(stack)
	if !isolate {
		if n > 1 && !stack[n-1].isolate {
			return stack[:n-1], 0
		}
		return stack, 0
	}
	for i := n - 1; i > 0; i-- {
		if stack[i].isolate {
			return stack[:i], 0
		}
	}
	return stack, 0
}

package lint

import (
	"bytes"
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/bidi"
	"golang.org/x/text/unicode/norm"

	"chancery.example/internal/pdf/syntax"
)

// Programs may be told what a span of a page says (/ActualText): browsers and word
// processors do it where a drawing stands for several letters, and for nearly every
// Arabic one. Who copies the span or has it read aloud gets those words; so they have
// to be the ones that its drawings say by themselves, in the order in which people
// read them. Nothing else may be said in this way.

// A mark is a stretch of marked content.
type mark struct {
	decoration bool // no part of the text
	told       bool // it says what its letters are
	says       []rune
	letters    []drawn
	odd        string // why what it says cannot be held against its letters
	unnamed    bool   // a drawing in it says nothing by itself
}

// A drawn is a letter in a mark that says what its letters are.
type drawn struct {
	text string
	x, y float64 // where its middle is on the page
	size float64
}

// maxTold is how many letters one span may say: it is a word at most.
const maxTold = 64

// toldOther refuses what programs are told otherwise than is drawn.
func (c *checker) toldOther(what string) {
	c.refuse(Replaced, "programs are told other words than are drawn (/ActualText): "+what, again)
}

// begin opens a stretch of marked content.
func (d *drawer) begin(tag syntax.Name, p syntax.Dict) {
	m := mark{decoration: tag == "Artifact"}
	if p["ActualText"] != nil {
		m.told = true
		m.says, m.odd = told(p["ActualText"])
		for _, k := range p.Keys() {
			if k != "ActualText" && k != "MCID" && k != "Lang" {
				m.odd = "a span says /" + string(k) + " as well"
			}
		}
		for _, around := range d.marks {
			switch {
			case around.told:
				m.odd = "one span that says its letters lies in another"
			case around.decoration:
				m.decoration = true
			}
		}
		if m.decoration {
			m.odd = "a decoration says letters"
		}
	}
	d.marks = append(d.marks, m)
}

// end closes the last stretch of marked content.
func (d *drawer) end() {
	if len(d.marks) <= d.outside {
		return
	}
	m := d.marks[len(d.marks)-1]
	d.marks = d.marks[:len(d.marks)-1]
	if !m.told {
		return
	}
	if m.odd == "" {
		m.odd = m.other()
	}
	if m.odd != "" {
		d.toldOther(m.odd)
	}
}

// unended refuses spans that are still open where a stream of content ends.
func (d *drawer) unended() {
	for len(d.marks) > d.outside {
		if d.marks[len(d.marks)-1].told {
			d.toldOther("a span that says its letters has no end")
		}
		d.marks = d.marks[:len(d.marks)-1]
	}
}

// telling is the open span that says its letters; nil: none is.
func (d *drawer) telling() *mark {
	for i := range d.marks {
		if d.marks[i].told {
			return &d.marks[i]
		}
	}
	return nil
}

// tell notes a letter for the span that it is drawn in.
func (m *mark) tell(f *font, code int, at matrix, width, size float64) {
	text, known := f.mapping[code]
	if f.mapping == nil && f.plain && code >= ' ' && code < 0x7f {
		text, known = string(rune(code)), true
	}
	if text == unnamed {
		text = m.unsaid(f, code)
	}
	if !known || text == "" {
		m.odd = "a span says what a drawing is that by itself says nothing"
	}
	if len(m.letters) > maxTold {
		m.odd = "a span that says its letters is longer than a word"
		return
	}
	x, y := at.point(width/2, 0)
	m.letters = append(m.letters, drawn{text, x, y, math.Hypot(at[2], at[3]) * math.Abs(size)})
	if at[1] != 0 || at[0] <= 0 || at[3] <= 0 || size <= 0 || width < 0 {
		m.odd = "a span that says its letters does not run along the page"
	}
}

// unnamed is what a font says of a drawing of which it does not know what it is: browsers
// write it for a shadda and a vowel that are drawn as one.
const unnamed = "\x00"

// unsaid is what such a drawing is in a span that says one letter, a shadda and a vowel:
// these two, when it looks like them. It is the one drawing of its span that may be so.
func (m *mark) unsaid(f *font, code int) string {
	if s := m.says; m.unnamed || len(s) != 3 || !unicode.Is(unicode.Arabic, s[0]) || !unicode.IsLetter(s[0]) || s[1] < 0x64b || s[1] > 0x650 || s[2] != 0x651 {
		return ""
	}
	m.unnamed = true
	if !f.shows(code, m.says[1]) {
		m.odd = "a span says what a drawing is that does not look like it in a typeface that is known"
	}
	return string(m.says[1:])
}

// told reads what a span says: ASCII, or UTF-16 with a mark, which all programs read
// alike.
func told(o syntax.Object) ([]rune, string) {
	s, ok := o.(syntax.String)
	rest, wide := bytes.CutPrefix(s.Value, []byte{0xfe, 0xff})
	plain := !slices.ContainsFunc(s.Value, func(b byte) bool { return b < ' ' || b >= 0x7f })
	if !ok || !plain && (!wide || len(rest)%2 != 0) {
		return nil, "what a span says cannot be read without doubt"
	}
	text := words(s)
	if strings.ContainsFunc(text, oddRune) {
		return nil, "a span says what is no letter"
	}
	return spelt(text), ""
}

// spelt writes forms of letters as the letters that people write, without what leaves
// no ink.
func spelt(s string) []rune {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\u00a0':
			b.WriteByte(' ')
		case r == '\u200c' || r == '\u200d' || r == '\u200e' || r == '\u200f': // how letters join and lines run
		case r >= 0xfc5e && r <= 0xfc63 || r >= 0xfcf2 && r <= 0xfcf4 || r >= 0xfe70 && r <= 0xfe7f: // marks, each on a space or a stroke
			b.WriteString(strings.TrimLeft(norm.NFKC.String(string(r)), " ـ"))
		case r >= 0xfb00 && r <= 0xfb06 || r >= 0xfb50 && r <= 0xfdff || r >= 0xfe70 && r <= 0xfefc:
			b.WriteString(norm.NFKC.String(string(r)))
		default:
			b.WriteRune(r)
		}
	}
	return []rune(norm.NFD.String(b.String()))
}

// other says in what a span says other letters than its drawings do; "" if in
// nothing. Letters are read where they stand: from the right those of scripts that
// run so, else from the left. Marks belong to a letter before or behind them, as the
// file has it.
func (m *mark) other() string {
	fromRight, fromLeft := directions(m.says)
	switch {
	case len(m.says) == 0:
		return "a span says that it has no letters"
	case len(m.letters) == 0:
		return "a span says letters and has none"
	case fromRight && fromLeft:
		return "a span says words of two directions"
	}
	for _, l := range m.letters[1:] {
		if math.Abs(l.y-m.letters[0].y) > l.size/2 { // marks are drawn higher or lower than their letters
			return "a span that says its letters is in two lines"
		}
	}
	if len(m.says) == 1 && len(m.letters) == 1 && mirrored[m.says[0]] == m.letters[0].text {
		return "" // a bracket in a line from the right is drawn the other way round
	}
	says := letters(m.says)
	stand := slices.Equal(m.bare(fromRight, false), says) || fromRight && slices.Equal(m.bare(fromRight, true), says)
	if !stand || !m.marked(fromRight) {
		return "its letters are others than a span says"
	}
	return ""
}

// mirrored are the brackets that lines from the right turn around.
var mirrored = map[rune]string{'(': ")", ')': "(", '[': "]", ']': "[", '«': "»", '»': "«"}

// directions reports whether letters run from the right, and whether some run from
// the left.
func directions(says []rune) (fromRight, fromLeft bool) {
	for _, r := range says {
		p, _ := bidi.LookupRune(r)
		switch p.Class() {
		case bidi.R, bidi.AL:
			fromRight = true
		case bidi.L, bidi.EN, bidi.AN:
			fromLeft = true
		default:
		}
	}
	return fromRight, fromLeft
}

// letters leaves the marks out.
func letters(says []rune) []rune {
	return slices.DeleteFunc(slices.Clone(says), unicode.IsMark)
}

// bare are the letters without marks in the order in which they stand; turned: those
// of one drawing are named from its left side.
func (m *mark) bare(fromRight, turned bool) (out []rune) {
	row := slices.Clone(m.letters)
	slices.SortStableFunc(row, func(a, b drawn) int { return cmp.Compare(a.x, b.x) })
	if fromRight {
		slices.Reverse(row)
	}
	for _, l := range row {
		in := letters(spelt(l.text))
		if turned {
			slices.Reverse(in)
		}
		out = append(out, in...)
	}
	return out
}

// marked reports whether all of a span is what its drawings say, marks as well, in the
// order in which they are drawn or in the other one.
func (m *mark) marked(fromRight bool) bool {
	if !slices.ContainsFunc(m.says, unicode.IsMark) && !slices.ContainsFunc(m.letters, func(l drawn) bool { return strings.ContainsFunc(l.text, unicode.IsMark) }) {
		return true // bare has said it
	}
	var along, back string
	for _, l := range m.letters {
		along += string(spelt(l.text))
		back = string(spelt(l.text)) + back
	}
	turned := []rune(along)
	slices.Reverse(turned)
	says := norm.NFD.String(string(m.says))
	return norm.NFD.String(along) == says || fromRight && (norm.NFD.String(back) == says || norm.NFD.String(string(turned)) == says)
}

package parity

import (
	"regexp"
	"strings"
	"unicode"

	"chancery.example/letter"
)

// gap is what people leave where words are to come.
var gap = regexp.MustCompile(`\[\s*(?:\.{2,}|…|_*|[xX]*)\s*\]|_{3,}|\b(?:TBD|TBC|TODO|XXX+)\b|\.{5,}`)

// segments finds paragraphs that say nothing in one text, and those that are still
// in the other language.
func (p *pairing) segments() {
	told := map[int]bool{}
	for _, side := range []struct {
		x, other *text
	}{{p.a, p.b}, {p.b, p.a}} {
		same := map[string]bool{}
		for _, q := range side.other.paras {
			same[side.other.of(q.span)] = true
		}
		for i := range side.x.paras {
			if side.x.silent(i) && !(p.aligned && side.other.silent(i)) || side.x.foreign(i, side.other, same) {
				if !p.aligned || !told[i] {
					p.segment(side.x, i)
				}
				told[i] = true
			}
		}
	}
}

// segment makes a finding of a paragraph, with the one in its place.
func (p *pairing) segment(x *text, i int) {
	if p.aligned {
		p.paragraphs(Segments, i, i, "", "")
		return
	}
	if x == p.a {
		p.paragraphs(Segments, i, -1, "", "")
	} else {
		p.paragraphs(Segments, -1, i, "", "")
	}
}

// silent reports whether a paragraph has neither letters nor digits, or a gap.
func (x *text) silent(i int) bool {
	s := x.of(x.paras[i].span)
	return gap.MatchString(s) || !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
}

// fewWords is how many words in another script are a name or a term.
const fewWords = 5

// foreign reports whether a paragraph of the body is in the script of the other
// text, or one of its own.
func (x *text) foreign(i int, other *text, same map[string]bool) bool {
	q := x.paras[i]
	if q.role != body || len(q.tokens) < fewWords {
		return false
	}
	s := x.of(q.span)
	if own, theirs := x.own(), other.own(); own != theirs {
		return theirs != nil && words(q) >= fewWords && count(s, theirs) > 9*count(s, own)
	}
	return base(x.lang) != base(other.lang) && words(q) >= fewWords && same[s]
}

// own is the script in which a text should be.
func (x *text) own() *unicode.RangeTable {
	switch base(x.lang) {
	case "en", "fr", "es", "de", "it", "pt":
		return unicode.Latin
	case "ar", "fa", "ur":
		return unicode.Arabic
	}
	return x.script
}

func count(s string, script *unicode.RangeTable) int {
	n := 0
	for _, r := range s {
		if script != nil && unicode.Is(script, r) {
			n++
		}
	}
	return n
}

func words(q para) int {
	n := 0
	for _, t := range q.tokens {
		if t.class == aWord {
			n++
		}
	}
	return n
}

// bidi finds paragraphs that mix direction marks with isolates, and marks from
// right to left where nothing is written so: they can make a reader see an order
// that the text does not have.
func bidi(x *text) []Finding {
	var out []Finding
	for _, q := range x.paras {
		s := x.of(q.span)
		mark := strings.IndexFunc(s, func(r rune) bool { return r == 0x200E || r == 0x200F || r == 0x061C })
		isolate := strings.IndexFunc(s, func(r rune) bool { return r >= 0x2066 && r <= 0x2069 })
		rtl := strings.ContainsFunc(s, func(r rune) bool {
			return unicode.In(r, unicode.Arabic, unicode.Hebrew, unicode.Syriac, unicode.Thaana, unicode.Nko) && unicode.IsLetter(r)
		})
		if mark < 0 && isolate < 0 || (rtl || x.lang.RTL()) && (mark < 0 || isolate < 0) {
			continue
		}
		f := Finding{ID: digest(string(Bidi), string(x.lang), s), Kind: Bidi, Severity: Bidi.Severity(), First: x.lang, Second: x.lang}
		for _, at := range []int{mark, isolate} {
			if at >= 0 {
				_, n := firstRune(s[at:])
				span := letter.Span{Start: q.span.Start + at, End: q.span.Start + at + n}
				f.Places = append(f.Places, Place{Lang: x.lang, Span: span, Text: x.of(span)})
			}
		}
		out = append(out, f)
	}
	return out
}

func firstRune(s string) (rune, int) {
	for i, r := range s {
		return r, i + len(string(r))
	}
	return 0, 0
}

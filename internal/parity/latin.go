package parity

import (
	"regexp"
	"strings"
	"unicode"

	"chancery.example/letter"
)

// What is written in Latin letters and digits must stand in every language as it
// is: addresses of the network, references, acronyms and designations.
var (
	address   = regexp.MustCompile(`(?i)\b(?:https?://|www\.)[^\s<>"“”«»]+|[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}`)
	compound  = regexp.MustCompile(`[\pN\p{Latin}]+(?:[-‐‑–/_.][\pN\p{Latin}]+)*`)
	acronym   = regexp.MustCompile(`^(?:[A-Z]{2,}(?:[-/]?[0-9]{1,4}[A-Z]?)?|[A-Z]-?[0-9]{1,4}[A-Z]?|[A-Z]{2,}(?:-[A-Z]{2,})+(?:-[0-9]{1,4})?)s?$`)
	smallTail = regexp.MustCompile(`(?:[-‐‑–]\p{Ll}+)+$`)
	roman     = regexp.MustCompile(`^M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})$`)
	slashed   = regexp.MustCompile(`^[0-9]+/[0-9]+$`)
	clockEnd  = regexp.MustCompile(`^[0-9]{1,4}(?:AM|PM)$`)
)

// emphatic are words that somebody may write in capitals.
var emphatic = wordSet("a and at by do draft for from in is it must no not note of on only or secret shall the to urgent we will with all any never now date subject ref re")

// latin finds addresses, references and acronyms in a paragraph.
func (x *text) latin(out items, p int) {
	at := x.paras[p].span.Start
	for line := range strings.SplitSeq(x.of(x.paras[p].span), "\n") {
		x.latinLine(out, p, at, line)
		at += len(line) + 1
	}
}

// latinLine does so in one line, which begins at a place in the text.
func (x *text) latinLine(out items, p, start int, line string) {
	addresses := address.FindAllStringIndex(line, -1)
	for i, m := range addresses {
		m[1] = m[0] + len(strings.TrimRight(line[m[0]:m[1]], ".,;:!?)]}'’”،؛؟"))
		at := letter.Span{Start: start + m[0], End: start + m[1]}
		addresses[i] = m
		x.useSpan(p, at)
		out.add(References, item{keys: []string{strings.ToLower(line[m[0]:m[1]])}, para: p, span: at})
	}
	shouted := x.script == unicode.Latin && heading(line)
	for _, m := range compound.FindAllStringIndex(line, -1) {
		for len(addresses) > 0 && addresses[0][1] <= m[0] {
			addresses = addresses[1:]
		}
		if len(addresses) > 0 && m[1] > addresses[0][0] {
			continue
		}
		// Of GS1-compliant, what is written in small letters is translated.
		m[1] = m[0] + len(smallTail.ReplaceAllString(line[m[0]:m[1]], ""))
		at := letter.Span{Start: start + m[0], End: start + m[1]}
		k, key := classify(line[m[0]:m[1]], shouted)
		if k == "" {
			continue
		}
		x.useSpan(p, at)
		if k == References || x.paras[p].role == body {
			out.add(k, item{keys: []string{key}, para: p, span: at})
		}
	}
}

// classify says what a run of Latin letters and digits is: a reference, an acronym
// or neither.
func classify(raw string, shouted bool) (Kind, string) {
	s := hyphens.Replace(asciiDigits(raw))
	letters := strings.ContainsFunc(s, func(r rune) bool { return r > '9' && unicode.IsLetter(r) })
	digits := strings.ContainsAny(s, "0123456789")
	switch {
	case clockEnd.MatchString(s):
		return "", ""
	case acronym.MatchString(s):
		return acronymIn(s, shouted)
	case !digits || strings.HasPrefix(s, "."):
		return "", ""
	case letters && strings.ContainsAny(s, "-/_.") && hasCapital(s):
		return References, s
	case slashed.MatchString(s):
		// A number of a year, such as 12/2020: not a fraction, not 24/7.
		if a, b, _ := strings.Cut(s, "/"); len(a) == 4 || len(b) == 4 || len(a) > 1 && a[0] == '0' {
			return References, s
		}
	}
	return "", ""
}

var hyphens = strings.NewReplacer("‐", "-", "‑", "-", "–", "-")

func hasCapital(s string) bool { return strings.ContainsFunc(s, unicode.IsUpper) }

// acronym tells acronyms from Roman numerals, and from words that are written in
// capitals for emphasis or, shouted, in a heading.
func acronymIn(s string, shouted bool) (Kind, string) {
	s = strings.TrimSuffix(s, "s")
	switch {
	case roman.MatchString(s), emphatic[strings.ToLower(s)]:
		return "", ""
	case shouted && !strings.ContainsAny(s, "0123456789"):
		return "", ""
	}
	return Acronyms, s
}

// heading reports whether a line of a text in Latin letters has no small one.
func heading(line string) bool {
	return !strings.ContainsFunc(line, unicode.IsLower) && (strings.Contains(line, " ") || len(line) > 6)
}

func wordSet(s string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(s) {
		m[foldWord(w)] = true
	}
	return m
}

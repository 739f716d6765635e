package report

import (
	"strings"
	"unicode"
)

// maxDepth is how deep marks are followed inside each other.
const maxDepth = 4

// openMark is a mark that was not closed yet.
type openMark struct {
	mark
	continues bool // it repeats the mark of a quotation that began before
}

// A scanner pairs marks, section by section.
type scanner struct {
	text string
	out  []Quotation
	// pending is the outermost mark that the section before left open, with the
	// end of that section; nil for none.
	pending *openMark
	until   int
}

// section pairs the marks of one section.
func (s *scanner) section(sec section) {
	ms := marks(s.text, sec.Span)
	begun := s.pending
	if !sec.first {
		begun = nil
	}
	s.pending = nil
	var stack []openMark
	if begun != nil && len(ms) > 0 && s.repeats(*begun, ms[0], sec) {
		s.add(*begun, s.until, s.until, false)
		stack = append(stack, openMark{mark{ms[0].at, ms[0].end, begun.r, ' ', ms[0].after}, true})
		ms, begun = ms[1:], nil
	}
	for i, m := range ms {
		rest := s.text[m.end:sec.To]
		k := closes(stack, m)
		switch {
		case k >= 0 && apostrophe(stack[k].r, ms[i:]) || k >= 0 && inches(ms[i:]):
		case k >= 0:
			o := stack[k]
			stack = stack[:k]
			s.add(o, m.at, m.end, k > 0)
		case len(stack) == 0 && begun != nil && endsPending(*begun, m):
			s.add(*begun, s.until, s.until, false)
			s.add(openMark{mark{at: sec.From, end: sec.From, r: begun.r}, true}, m.at, m.end, false)
			begun = nil
		case opens(m, rest, later(ms[i+1:], m.r)) && len(stack) < maxDepth:
			stack = append(stack, openMark{m, false})
		}
	}
	if len(stack) > 0 && !strings.ContainsRune("'‘‚", stack[0].r) {
		s.pending, s.until = &stack[0], sec.To
	}
}

// later reports whether a mark that may be the other one of a straight single
// mark follows.
func later(ms []mark, r rune) bool {
	if r != '\'' {
		return true
	}
	// The first one decides: looking further would cost a look for every mark.
	for _, m := range ms[:min(len(ms), 16)] {
		if m.r == r {
			return true
		}
	}
	return false
}

// repeats reports (MUST-3) whether a section begins with the mark that the section before
// left open: the way to go on with a quotation in a new paragraph.
func (s *scanner) repeats(open openMark, m mark, sec section) bool {
	if strings.TrimSpace(s.text[sec.From:m.at]) != "" {
		return false
	}
	return m.r == open.r || m.r == '»' && open.r == '«'
}

// endsPending reports whether m ends a quotation that began in the section
// before and was not begun again in this one.
func endsPending(open openMark, m mark) bool {
	return strings.ContainsRune(directed, open.r) && m.r != '“' && m.r != '"' && strings.ContainsRune(closers[open.r], m.r)
}

// add appends what stands between an open mark and to.
func (s *scanner) add(o openMark, to, end int, nested bool) {
	if len(s.out) == 4*maxQuotations {
		return
	}
	q := Quotation{From: o.end, To: to, Open: o.at, Close: end, Nested: nested, Continues: o.continues}
	if q, ok := trimQuoted(s.text, q); ok {
		s.out = append(s.out, q)
	}
}

// apostrophe reports (MUST-2) whether the first of ms, a single mark that could close
// what open began, is an apostrophe: inside a word, or after a plural's s when a
// better mark follows.
func apostrophe(open rune, ms []mark) bool {
	m := ms[0]
	if open != '\'' && open != '‘' && open != '‚' {
		return false
	}
	if unicode.IsLetter(m.after) || unicode.IsDigit(m.after) {
		return true
	}
	if m.before != 's' || m.after != ' ' {
		return false
	}
	for _, n := range ms[1:] {
		if n.r == '‘' || n.r == '"' || n.r == '“' {
			return false
		}
		if (n.r == '\'' || n.r == '’') && !unicode.IsSpace(n.before) && !unicode.IsLetter(n.after) && !unicode.IsDigit(n.after) {
			return true
		}
	}
	return false
}

// inches reports whether the first of ms, a straight double mark after a digit,
// measures: the next mark closes too, with nothing opened in between.
func inches(ms []mark) bool {
	m := ms[0]
	if m.r != '"' || !unicode.IsDigit(m.before) || m.after != ' ' || len(ms) < 2 {
		return false
	}
	n := ms[1]
	return n.r == '"' && !unicode.IsSpace(n.before) && !leads(n.after)
}

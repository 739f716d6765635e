package report

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxQuotations is how many quotations of one report are looked up.
const maxQuotations = 500

// A Span is a stretch of a text, in bytes.
type Span struct{ From, To int }

// A Quotation is a stretch of a text between quotation marks, without them, in
// bytes; Open and Close are where the marks begin and end.
type Quotation struct {
	From, To    int
	Open, Close int
	Block       bool // by markup, not by marks
	Nested      bool // inside another quotation
}

// IsAllOf reports whether there is nothing in a text but the quotation and marks.
func (q Quotation) IsAllOf(text string) bool {
	return !hasWord(text[:q.From]) && !hasWord(text[q.To:])
}

// Read returns the quotations of a text in order, outer before inner. blocks are
// the stretches that its markup calls quotations. At most 500 are returned.
func Read(text string, blocks []Span) []Quotation {
	var out []Quotation
	paras := Paragraphs(text)
	for i, para := range paras {
		next := i+1 < len(paras) && opensParagraph(text[paras[i+1].From:paras[i+1].To])
		out = append(out, scan(text, para, next)...)
	}
	for _, b := range blocks {
		if q := trimBlock(text, b); q.To > q.From {
			out = append(out, q)
		}
	}
	slices.SortStableFunc(out, func(a, b Quotation) int { return cmp.Or(a.From-b.From, b.To-a.To) })
	return distinct(out)
}

// distinct drops a block that says the same as marks inside it, and notes what
// lies inside another quotation.
func distinct(qs []Quotation) []Quotation {
	var out []Quotation
	reach := -1
	for _, q := range qs {
		if n := len(out); n > 0 && q.From-out[n-1].From < 8 && out[n-1].To-q.To < 8 && q.To <= out[n-1].To && (q.Block || out[n-1].Block) {
			continue
		}
		q.Nested = q.To <= reach
		reach = max(reach, q.To)
		if out = append(out, q); len(out) == maxQuotations {
			break
		}
	}
	return out
}

// trimBlock takes a block quotation's own marks away.
func trimBlock(text string, b Span) Quotation {
	s := text[b.From:b.To]
	t := strings.TrimLeftFunc(s, func(r rune) bool { return unicode.IsSpace(r) || isMark(r) })
	from := b.From + len(s) - len(t)
	t = strings.TrimRightFunc(t, func(r rune) bool { return unicode.IsSpace(r) || isMark(r) })
	return Quotation{From: from, To: from + len(t), Open: b.From, Close: b.To, Block: true}
}

// closers says which marks end what a mark begins. Several languages use the
// same mark for both, or the other way round.
var closers = map[rune]string{
	'"': "\"", '“': "”“", '”': "”“", '„': "“”\"", '«': "»", '»': "«", '‹': "›", '›': "‹",
	'‘': "’", '‚': "‘’", '\'': "'", '「': "」", '『': "』", '‟': "”", '＂': "＂", '〝': "〞〟",
}

func isMark(r rune) bool {
	_, ok := closers[r]
	return ok || strings.ContainsRune("’」』〞〟", r)
}

// opensParagraph reports whether a paragraph begins with a quotation mark: the
// way to go on with a quotation of several paragraphs.
func opensParagraph(s string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, " \n\t"))
	_, ok := closers[r]
	return ok && r != '\''
}

// openMark is a mark that was not closed yet.
type openMark struct {
	mark     rune
	at, from int
}

// scan finds the quotations of one paragraph. continues says that the next
// paragraph begins with a mark, so that an unclosed quotation goes on there.
func scan(text string, para Span, continues bool) []Quotation {
	var out []Quotation
	var stack []openMark
	for i := para.From; i < para.To; {
		r, n := utf8.DecodeRuneInString(text[i:])
		if !isMark(r) {
			i += n
			continue
		}
		before, _ := utf8.DecodeLastRuneInString(text[para.From:i])
		after, _ := utf8.DecodeRuneInString(text[i+n : para.To])
		if i == para.From {
			before = ' '
		}
		if i+n >= para.To {
			after = ' '
		}
		if k := closes(stack, r, before, after); k >= 0 && !apostrophe(text[i+n:para.To], stack[k].mark, before, after) {
			o := stack[k]
			stack = stack[:k]
			if q, ok := trimQuoted(text, Quotation{From: o.from, To: i, Open: o.at, Close: i + n}); ok {
				q.Nested = k > 0
				out = append(out, q)
			}
		} else if k < 0 && opens(r, before, after, text[i+n:para.To]) && len(stack) < 4 {
			stack = append(stack, openMark{r, i, i + n})
		}
		i += n
	}
	if continues && len(stack) > 0 && stack[0].mark != '\'' && stack[0].mark != '‘' {
		if q, ok := trimQuoted(text, Quotation{From: stack[0].from, To: para.To, Open: stack[0].at, Close: para.To}); ok {
			return append(out, q)
		}
	}
	return out
}

// closes returns which open mark r ends; -1 for none.
func closes(stack []openMark, r, before, after rune) int {
	if unicode.IsSpace(before) && !unicode.IsSpace(after) && !strings.ContainsRune("»›", r) {
		return -1 // a mark in front of a word opens
	}
	for k := len(stack) - 1; k >= 0; k-- {
		if strings.ContainsRune(closers[stack[k].mark], r) {
			return k
		}
	}
	return -1
}

// apostrophe reports whether a single mark that could close is an apostrophe:
// inside a word, or after a plural's s when a better mark follows.
func apostrophe(rest string, open, before, after rune) bool {
	if open != '\'' && open != '‘' && open != '‚' {
		return false
	}
	if unicode.IsLetter(after) || unicode.IsDigit(after) {
		return true
	}
	if before != 's' || after != ' ' {
		return false
	}
	last := ' '
	for i, r := range rest {
		if r == '‘' || r == '"' || r == '“' {
			return false
		}
		if (r == '\'' || r == '’') && !unicode.IsSpace(last) {
			next, _ := utf8.DecodeRuneInString(rest[i+utf8.RuneLen(r):])
			if !unicode.IsLetter(next) && !unicode.IsDigit(next) {
				return true
			}
		}
		last = r
	}
	return false
}

// opens reports whether a mark begins a quotation.
func opens(r, before, after rune, rest string) bool {
	if _, ok := closers[r]; !ok {
		return false
	}
	free := unicode.IsSpace(before) || strings.ContainsRune("([{-–—:/،؛", before) || isMark(before)
	switch r {
	case '\'':
		return free && unicode.IsLetter(after) && !elision(rest) && strings.ContainsRune(rest, '\'')
	case '"', '”', '»', '›', '＂':
		return free && !unicode.IsSpace(after) || r == '»' && free
	case '‘':
		return !unicode.IsLetter(before) && !unicode.IsDigit(before) && !unicode.IsSpace(after)
	}
	return !unicode.IsSpace(after) || r == '«' || r == '‹'
}

// elision reports whether an apostrophe stands for left-out letters.
func elision(rest string) bool {
	w := strings.ToLower(rest[:min(len(rest), 8)])
	for _, e := range []string{"tis", "twas", "em ", "em.", "em,", "cause ", "n ", "n' ", "til "} {
		if strings.HasPrefix(w, e) {
			return true
		}
	}
	return false
}

// trimQuoted takes spaces and a comma before the closing mark away; false when
// no word is left.
func trimQuoted(text string, q Quotation) (Quotation, bool) {
	s := text[q.From:q.To]
	t := strings.TrimLeft(s, " \n\u00a0\u202f")
	q.From += len(s) - len(t)
	t = strings.TrimRight(t, " \n\u00a0\u202f,;،؛")
	q.To = q.From + len(t)
	return q, hasWord(t)
}

// Paragraphs returns the stretches of text between empty lines.
func Paragraphs(text string) []Span {
	var out []Span
	from, blank := 0, true
	at := 0
	for line := range strings.SplitAfterSeq(text, "\n") {
		if strings.TrimSpace(line) == "" {
			if !blank {
				out = append(out, Span{from, at})
			}
			blank = true
		} else if blank {
			from, blank = at, false
		}
		at += len(line)
	}
	if !blank {
		out = append(out, Span{from, at})
	}
	return out
}

// hasWord reports whether there is a letter or digit in s.
func hasWord(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
}

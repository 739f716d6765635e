package check

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxQuotations is how many quotations of one report are looked up.
const maxQuotations = 500

// quoted is a stretch of a paper between quotation marks, without them, in
// bytes; open and close are where the marks begin and end.
type quoted struct {
	from, to    int
	open, close int
	block       bool // by markup, not by marks
	nested      bool // inside another quotation
}

// isAllOf reports whether there is nothing but the quotation and marks.
func (q quoted) isAllOf(text string) bool {
	return roughWords(text[:q.from]) == 0 && roughWords(text[q.to:]) == 0
}

// quotations returns the quotations of a paper in order, outer before inner.
func quotations(p paper) []quoted {
	var out []quoted
	paras := paragraphs(p.text)
	for i, para := range paras {
		next := i+1 < len(paras) && opensParagraph(p.text[paras[i+1].from:paras[i+1].to])
		out = append(out, scan(p.text, para, next)...)
	}
	for _, b := range p.blocks {
		if b = trimBlock(p.text, b); b.to > b.from {
			out = append(out, b)
		}
	}
	slices.SortStableFunc(out, func(a, b quoted) int { return cmp.Or(a.from-b.from, b.to-a.to) })
	return distinct(out)
}

// distinct drops a block that says the same as marks inside it, and notes what
// lies inside another quotation.
func distinct(qs []quoted) []quoted {
	var out []quoted
	reach := -1
	for _, q := range qs {
		if n := len(out); n > 0 && q.from-out[n-1].from < 8 && out[n-1].to-q.to < 8 && q.to <= out[n-1].to && (q.block || out[n-1].block) {
			continue
		}
		q.nested = q.to <= reach
		reach = max(reach, q.to)
		if out = append(out, q); len(out) == maxQuotations {
			break
		}
	}
	return out
}

// trimBlock takes a block quotation's own marks away.
func trimBlock(text string, b quoted) quoted {
	s := text[b.from:b.to]
	t := strings.TrimLeftFunc(s, func(r rune) bool { return unicode.IsSpace(r) || isMark(r) })
	from := b.from + len(s) - len(t)
	t = strings.TrimRightFunc(t, func(r rune) bool { return unicode.IsSpace(r) || isMark(r) })
	return quoted{from: from, to: from + len(t), open: b.from, close: b.to, block: true}
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
func scan(text string, para quoted, continues bool) []quoted {
	var out []quoted
	var stack []openMark
	for i := para.from; i < para.to; {
		r, n := utf8.DecodeRuneInString(text[i:])
		if !isMark(r) {
			i += n
			continue
		}
		before, _ := utf8.DecodeLastRuneInString(text[para.from:i])
		after, _ := utf8.DecodeRuneInString(text[i+n : para.to])
		if i == para.from {
			before = ' '
		}
		if i+n >= para.to {
			after = ' '
		}
		if k := closes(stack, r, before, after); k >= 0 && !apostrophe(text[i+n:para.to], stack[k].mark, before, after) {
			o := stack[k]
			stack = stack[:k]
			if q, ok := trimQuoted(text, quoted{from: o.from, to: i, open: o.at, close: i + n}); ok {
				q.nested = k > 0
				out = append(out, q)
			}
		} else if k < 0 && opens(r, before, after, text[i+n:para.to]) && len(stack) < 4 {
			stack = append(stack, openMark{r, i, i + n})
		}
		i += n
	}
	if continues && len(stack) > 0 && stack[0].mark != '\'' && stack[0].mark != '‘' {
		if q, ok := trimQuoted(text, quoted{from: stack[0].from, to: para.to, open: stack[0].at, close: para.to}); ok {
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
func trimQuoted(text string, q quoted) (quoted, bool) {
	s := text[q.from:q.to]
	t := strings.TrimLeft(s, " \n\u00a0\u202f")
	q.from += len(s) - len(t)
	t = strings.TrimRight(t, " \n\u00a0\u202f,;،؛")
	q.to = q.from + len(t)
	return q, roughWords(t) > 0
}

// paragraphs returns the stretches of text between empty lines.
func paragraphs(text string) []quoted {
	var out []quoted
	from, blank := 0, true
	at := 0
	for line := range strings.SplitAfterSeq(text, "\n") {
		if strings.TrimSpace(line) == "" {
			if !blank {
				out = append(out, quoted{from: from, to: at})
			}
			blank = true
		} else if blank {
			from, blank = at, false
		}
		at += len(line)
	}
	if !blank {
		out = append(out, quoted{from: from, to: at})
	}
	return out
}

package report

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// maxQuotations is how many quotations of one report are read (MUST-6).
const maxQuotations = 500

// A Span is a stretch of a text, in bytes.
type Span struct{ From, To int }

// A Quotation is a stretch of a text that is said to be somebody's words.
type Quotation struct {
	From, To    int  // the words, without marks and without a comma at the end
	Open, Close int  // where the marks begin and end
	Block       bool // set apart by layout or markup, not by marks
	Indented    bool // a block by indentation alone, which letters have too
	Nested      bool // inside another quotation
	// Continues: it may go on with the quotation before it that is not nested,
	// after words that name the speaker or in a new paragraph.
	Continues bool
}

// IsAllOf reports whether there is nothing in a text but the quotation and marks.
func (q Quotation) IsAllOf(text string) bool {
	return !hasWord(text[:q.From]) && !hasWord(text[q.To:])
}

// Span is the stretch of the quotation's words.
func (q Quotation) Span() Span { return Span{q.From, q.To} }

// Read returns the quotations of a text in order, outer before inner. blocks are
// the stretches that its markup calls quotations. At most 500 are returned.
func Read(text string, blocks []Span) []Quotation {
	typed := typedBlocks(text)
	s := &scanner{text: text}
	for _, sec := range sections(text, slices.Concat(blocks, spansOf(typed))) {
		s.section(sec)
	}
	out := s.out
	for _, b := range blocks {
		out = append(out, trimBlock(text, Quotation{From: b.From, To: b.To}))
	}
	for _, b := range typed {
		out = append(out, trimBlock(text, b))
	}
	out = slices.DeleteFunc(out, func(q Quotation) bool { return q.To <= q.From })
	slices.SortStableFunc(out, func(a, b Quotation) int { return cmp.Or(a.From-b.From, b.To-a.To) })
	out = distinct(out)
	splits(text, out)
	return out
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

// Limits of the words between two parts of a quotation.
const (
	splitBytes = 240
	splitWords = 16
)

// splits notes which quotations go on with the one before after words that name
// the speaker: "We will go," the minister said, "in the spring."
func splits(text string, qs []Quotation) {
	last := -1
	for i := range qs {
		if qs[i].Nested {
			continue
		}
		if last >= 0 && !qs[i].Continues && !qs[i].Block && !qs[last].Block {
			qs[i].Continues = attributes(text, qs[last], qs[i])
		}
		last = i
	}
}

// attributes reports (MUST-5) whether what stands between two quotations names a speaker
// in passing.
func attributes(text string, a, b Quotation) bool {
	if b.Open <= a.Close || b.Open-a.Close > splitBytes {
		return false
	}
	between := text[a.Close:b.Open]
	ts := tokens(text, a.Close, b.Open)
	if len(ts) == 0 || len(ts) > splitWords || strings.Contains(between, "\n\n") || !setOff(text, a, between) {
		return false
	}
	says := false
	for i, t := range ts {
		if i > 0 && t.ends { // a new sentence has words of its own
			return false
		}
		verb, _, _ := strings.Cut(key(t.word), "-") // dit-elle
		says = says || saying[verb] || isArabicSaying(t.word)
	}
	ended := strings.HasSuffix(strings.TrimSpace(text[a.From:a.To]), ".")
	return says && !ts[0].ends && !(ended && capital(ts[0].word))
}

// setOff reports whether commas, or what does their work, part the words between
// two quotations from both.
func setOff(text string, a Quotation, between string) bool {
	const stops = ",،;؛:.!?؟–—-"
	inside := strings.TrimRightFunc(text[a.From:a.Close], func(r rune) bool { return isMark(r) || unicode.IsSpace(r) })
	head := strings.TrimSpace(between)
	front := strings.ContainsAny(lastRune(inside)+firstRune(head), stops)
	return front && strings.ContainsAny(lastRune(head), stops)
}

func firstRune(s string) string {
	for _, r := range s {
		return string(r)
	}
	return ""
}

func lastRune(s string) string {
	if s == "" {
		return ""
	}
	rs := []rune(s[max(0, len(s)-8):])
	return string(rs[len(rs)-1])
}

// trimQuoted takes spaces and a comma before the closing mark away; false when
// no word is left.
func trimQuoted(text string, q Quotation) (Quotation, bool) {
	s := text[q.From:q.To]
	t := strings.TrimLeftFunc(s, unicode.IsSpace)
	q.From += len(s) - len(t)
	t = strings.TrimRightFunc(t, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",;،؛", r) })
	q.To = q.From + len(t)
	return q, hasWord(t)
}

// hasWord reports whether there is a letter or digit in s.
func hasWord(s string) bool {
	return strings.ContainsFunc(s, isWordRune)
}

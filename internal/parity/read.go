package parity

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"chancery.example/letter"
)

// A text is a text taken apart.
type text struct {
	lang   letter.Lang
	whole  string
	paras  []para
	script *unicode.RangeTable // of most of its letters; nil: none that is told apart
	sum    string              // of its words
}

// A role is what a paragraph is for.
type role int

const (
	body role = iota
	head      // letterhead, date, address, salutation
	tail      // signature block and what stands below it
)

// A para is one paragraph.
type para struct {
	span   letter.Span
	lines  int
	role   role
	tokens []token
	sum    string // of its words, once it was asked for
}

// A token is a word, a number or one other character that is no space.
type token struct {
	span  letter.Span
	class class
	word  string // folded; of a number its digits and separators, in ASCII
	used  bool   // stands in something larger, such as a date
}

type class int

const (
	aWord class = iota
	aNumber
	aSign
)

// read takes a text apart.
func read(t letter.LangText) *text {
	x := &text{lang: t.Lang, whole: t.Text.String(), sum: digest(t.Text.String())}
	at := 0
	for _, p := range t.Text.Paragraphs() {
		span := letter.Span{Start: at, End: at + len(p)}
		x.paras = append(x.paras, para{span: span, lines: 1 + strings.Count(p, "\n"), tokens: tokens(p, at)})
		at = span.End + 2
	}
	x.script = mainScript(x.whole)
	x.assignRoles()
	return x
}

// assignRoles finds the blocks of short lines that no sentence ends before and
// after the body.
func (x *text) assignRoles() {
	first, last := -1, -1
	for i, p := range x.paras {
		if !isBlock(x.whole[p.span.Start:p.span.End]) {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	if first < 0 {
		return // all of it is the body
	}
	for i := range x.paras {
		switch {
		case i < first:
			x.paras[i].role = head
		case i > last:
			x.paras[i].role = tail
		}
	}
}

// blockLine is the longest line of an address or signature block, in characters.
const blockLine = 70

func isBlock(p string) bool {
	for line := range strings.SplitSeq(p, "\n") {
		if utf8.RuneCountInString(line) > blockLine {
			return false
		}
	}
	r, _ := utf8.DecodeLastRuneInString(strings.TrimRight(p, "\"”’»)]\u200e\u200f"))
	return !strings.ContainsRune(".!?؟۔。:؛;", r)
}

// tokens takes a paragraph apart; at is where it begins in the text.
func tokens(p string, at int) []token {
	var out []token
	for i := 0; i < len(p); {
		r, n := utf8.DecodeRuneInString(p[i:])
		switch {
		case r == ' ' || r == '\n' || unicode.Is(unicode.Cf, r):
			i += n
			continue
		case isDigit(r):
			n = digitsAt(p[i:])
			out = append(out, token{class: aNumber, word: asciiDigits(p[i : i+n])})
		case unicode.IsLetter(r) || unicode.IsMark(r):
			n = wordAt(p[i:])
			out = append(out, token{class: aWord, word: foldWord(p[i : i+n])})
		default:
			out = append(out, token{class: aSign, word: p[i : i+n]})
		}
		out[len(out)-1].span = letter.Span{Start: at + i, End: at + i + n}
		i += n
	}
	return out
}

// isDigit reports whether r is a decimal digit of any script.
func isDigit(r rune) bool { return unicode.Is(unicode.Nd, r) }

// digitsAt is the length of the number at the beginning of s, separators between
// its digits included.
func digitsAt(s string) int {
	end := 0
	for i, r := range s {
		if isDigit(r) {
			end = i + utf8.RuneLen(r)
			continue
		}
		if !strings.ContainsRune(".,٫٬'’", r) || i != end {
			return end
		}
	}
	return end
}

// asciiDigits writes the digits of every script as those of ASCII, and the Arabic
// separators as a comma for thousands and a semicolon for decimals, which can be
// nothing else.
func asciiDigits(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case isDigit(r):
			return '0' + digitValue(r)
		case r == '٬' || r == '\'' || r == '’':
			return ','
		case r == '٫':
			return ';'
		}
		return r
	}, s)
}

// digitValue is the value of a decimal digit. Unicode keeps the ten of each script
// together, in order.
func digitValue(r rune) rune {
	zero := r
	for zero > 0 && r-zero < 9 && isDigit(zero-1) && !startsDigits(zero) {
		zero--
	}
	return r - zero
}

// startsDigits reports whether a digit is the zero of its script. Mathematical
// digits follow each other without a gap.
func startsDigits(r rune) bool {
	if r >= 0x1D7CE && r <= 0x1D7FF {
		return (r-0x1D7CE)%10 == 0
	}
	return !isDigit(r - 1)
}

// wordAt is the length of the word at the beginning of s. An apostrophe or a
// direction mark between letters does not end it.
func wordAt(s string) int {
	end := 0
	for i, r := range s {
		switch {
		case unicode.IsLetter(r) || unicode.IsMark(r) || r == 'ـ':
			end = i + utf8.RuneLen(r)
		case i == end && (r == '\'' || r == '’'):
		case i == end && (r == '\u200c' || r == '\u200d'):
		default:
			return end
		}
	}
	return end
}

var arabicFold = strings.NewReplacer("أ", "ا", "إ", "ا", "آ", "ا", "ٱ", "ا", "ى", "ي", "ی", "ي", "ک", "ك", "ة", "ه", "ؤ", "و", "ئ", "ي", "ء", "",
	"ـ", "", "\u200c", "", "\u200d", "", "’", "'")

// foldWord brings a word into the form in which words are looked up: lower case,
// without vowel signs, with one form of each Arabic letter that is written in
// several.
func foldWord(s string) string {
	s = strings.Map(func(r rune) rune {
		if r >= 0x064B && r <= 0x065F || r == 0x0670 {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
	return arabicFold.Replace(s)
}

var scriptTables = []*unicode.RangeTable{
	unicode.Latin, unicode.Arabic, unicode.Cyrillic, unicode.Greek, unicode.Hebrew, unicode.Han, unicode.Hangul, unicode.Devanagari, unicode.Thai,
}

// mainScript is the script of most letters.
func mainScript(s string) *unicode.RangeTable {
	counts := make([]int, len(scriptTables))
	best := 0
	for _, r := range s {
		if !unicode.IsLetter(r) {
			continue
		}
		for i, t := range scriptTables {
			if unicode.Is(t, r) {
				if counts[i]++; counts[i] > counts[best] {
					best = i
				}
				break
			}
		}
	}
	if counts[best] == 0 {
		return nil
	}
	return scriptTables[best]
}

// of returns the words at a span.
func (x *text) of(s letter.Span) string { return x.whole[s.Start:s.End] }

// sumOf stands for the words of a paragraph in the id of a finding.
func (x *text) sumOf(i int) string {
	p := &x.paras[i]
	if p.sum == "" {
		p.sum = digest(x.of(p.span))
	}
	return p.sum
}

// base is the primary language of a tag: "ar" of "ar-latn".
func base(l letter.Lang) letter.Lang {
	b, _, _ := strings.Cut(string(l), "-")
	return letter.Lang(b)
}

// worded reports whether numbers, months and the like in words are known.
func worded(l letter.Lang) bool { return l == "en" || l == "ar" }

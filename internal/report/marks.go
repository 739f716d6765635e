package report

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Marks that are typed as two characters have a rune of their own here, from the
// private use area: TeX's opening ones, and two straight single ones.
const (
	texOpen   = '\ue000' // ``
	twoSingle = '\ue001' // ''
)

// closers says which marks end what a mark begins (MUST-1). Several languages use the
// same mark for both, or the other way round.
var closers = map[rune]string{
	'"': "\"", '“': "”“", '”': "”“", '„': "“”\"", '«': "»", '»': "«", '‹': "›", '›': "‹",
	'‘': "’", '‚': "‘’", '\'': "'", '「': "」", '『': "』", '‟': "”", '＂': "＂", '〝': "〞〟",
	texOpen: string(twoSingle) + "\"”", twoSingle: string(twoSingle),
}

// directed are the marks that only ever open, in the languages that use them
// with those closers: what they open may end in the next paragraph.
const directed = "“„«「『"

func isMark(r rune) bool {
	_, ok := closers[r]
	return ok || strings.ContainsRune("’」』〞〟", r)
}

// A mark is one quotation mark of a text with the characters around it.
type mark struct {
	at, end       int
	r             rune
	before, after rune // spaces at the edges of its section
}

// marks returns the quotation marks of a stretch in order.
func marks(text string, s Span) []mark {
	var out []mark
	before := ' '
	for i := s.From; i < s.To; {
		r, n := markAt(text[i:s.To])
		if r != 0 {
			m := mark{at: i, end: i + n, r: r, before: before, after: ' '}
			if m.end < s.To {
				if m.after, _ = markAt(text[m.end:s.To]); m.after == 0 {
					m.after, _ = utf8.DecodeRuneInString(text[m.end:])
				}
			}
			out = append(out, m)
			before = r
			i += n
			continue
		}
		before, n = utf8.DecodeRuneInString(text[i:])
		i += n
	}
	return out
}

// markAt returns the quotation mark with which s begins and its length in bytes;
// 0 for none.
func markAt(s string) (rune, int) {
	switch c := s[0]; {
	case c >= 'a' && c <= 'z' || c == ' ':
		return 0, 0
	case strings.HasPrefix(s, "``"):
		return texOpen, 2
	case strings.HasPrefix(s, "''"):
		return twoSingle, 2
	case strings.HasPrefix(s, ",,") && !strings.HasPrefix(s, ",,,"):
		return '„', 2
	case strings.HasPrefix(s, "<<"):
		return '«', 2
	case strings.HasPrefix(s, ">>"):
		return '»', 2
	}
	r, n := mended(s)
	if n == 0 {
		r, n = utf8.DecodeRuneInString(s)
	}
	if isMark(r) && r != texOpen && r != twoSingle {
		return r, n
	}
	return 0, 0
}

// entities are the characters of HTML that are found in text which once was a
// page.
var entities = map[string]rune{
	"quot": '"', "ldquo": '“', "rdquo": '”', "bdquo": '„', "lsquo": '‘', "rsquo": '’', "sbquo": '‚', "apos": '\'',
	"laquo": '«', "raquo": '»', "lsaquo": '‹', "rsaquo": '›', "hellip": '…', "#34": '"', "#39": '\'', "#8220": '“', "#8221": '”',
	"#8222": '„', "#8216": '‘', "#8217": '’', "#171": '«', "#187": '»', "#8230": '…',
}

// broken are the characters that follow "â€" where UTF-8 was read as
// Windows-1252, with what was meant.
var broken = map[rune]rune{
	'œ': '“', '\u009d': '”', '˜': '‘', '™': '’', 'ž': '„', 'š': '‚', '¹': '‹', 'º': '›', '¦': '…', '“': '–', '”': '—',
}

// mended returns the character that mis-encoded bytes or an entity at the
// beginning of s stand for, and their length; 0 for none.
func mended(s string) (rune, int) {
	switch {
	case strings.HasPrefix(s, "â€"):
		n := len("â€")
		next, size := utf8.DecodeRuneInString(s[n:])
		if r, ok := broken[next]; ok {
			return r, n + size
		}
		return '”', n // its last byte is a control character, and was dropped
	case strings.HasPrefix(s, "Â«"):
		return '«', len("Â«")
	case strings.HasPrefix(s, "Â»"):
		return '»', len("Â»")
	case s[0] == '&':
		if end := strings.IndexByte(s[:min(len(s), 9)], ';'); end > 0 {
			if r, ok := entities[s[1:end]]; ok {
				return r, end + 1
			}
		}
	}
	return 0, 0
}

// closes returns which open mark m ends; -1 for none.
func closes(stack []openMark, m mark) int {
	if unicode.IsSpace(m.before) && !strings.ContainsRune("»›", m.r) && leads(m.after) {
		return -1 // a mark in front of a word opens
	}
	for k := len(stack) - 1; k >= 0; k-- {
		if strings.ContainsRune(closers[stack[k].r], m.r) {
			return k
		}
	}
	return -1
}

// leads reports whether a character begins words rather than ends a sentence.
func leads(r rune) bool {
	return !unicode.IsSpace(r) && !strings.ContainsRune(",;:!?)]}،؛؟.", r)
}

// opens reports whether a mark begins a quotation. rest is the text after it,
// more whether a mark that can end it may follow.
func opens(m mark, rest string, more bool) bool {
	if _, ok := closers[m.r]; !ok {
		return false
	}
	free := unicode.IsSpace(m.before) || strings.ContainsRune("([{-–—:/،؛", m.before) || isMark(m.before)
	switch m.r {
	case '\'':
		return free && (isWordRune(m.after) || strings.ContainsRune("[“\"", m.after)) && !elision(rest) && more
	case '"', '”', '›', '＂', twoSingle:
		return free && !unicode.IsSpace(m.after)
	case '»', '“':
		return free || m.r == '“' && !unicode.IsSpace(m.after)
	case '‘':
		return !isWordRune(m.before) && !unicode.IsSpace(m.after) && !elision(rest)
	}
	return !unicode.IsSpace(m.after) || m.r == '«' || m.r == '‹'
}

// elision reports whether an apostrophe stands for left-out letters, or for the
// century of a year.
func elision(rest string) bool {
	w := strings.ToLower(rest[:min(len(rest), 8)])
	for _, e := range []string{"tis ", "twas ", "em ", "em.", "em,", "cause ", "n ", "n' ", "til "} {
		if strings.HasPrefix(w, e) {
			return true
		}
	}
	return decade(rest)
}

// decade reports whether s begins like 90s or 14: two digits and no more of a
// number.
func decade(s string) bool {
	digits := 0
	for _, r := range s {
		if !unicode.IsDigit(r) {
			return digits == 2 && !strings.ContainsRune(":.,/%", r)
		}
		if digits++; digits > 2 {
			return false
		}
	}
	return digits == 2
}

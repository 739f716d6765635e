package facing

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"chancery.example/internal/compare"
)

// A Stretch is a part of a text, in bytes.
type Stretch struct{ From, To int }

// Sentences cuts a text into its sentences, without gaps: each stretch begins
// where the one before ends. It is careful to cut too seldom rather than too
// often, because a sentence that is cut short may hide the word that turns it
// round: not after initials, abbreviations and short numbers, and a list that a
// colon, comma or semicolon announces belongs to what announces it.
func Sentences(text string) []Stretch {
	var out []Stretch
	from := 0
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		end := i + n
		switch {
		case wideStop(r):
			end = closed(text, end)
		case stop(r) && endsSentence(text[from:i], r, text[closed(text, end):]):
			end = closed(text, end)
		case r == '\n' && endsParagraph(text[from:i], text[i:]):
		default:
			i = end
			continue
		}
		end = len(text) - len(strings.TrimLeftFunc(text[end:], unicode.IsSpace))
		out = append(out, Stretch{from, end})
		from, i = end, end
	}
	if from < len(text) {
		out = append(out, Stretch{from, len(text)})
	}
	return out
}

// stop are the marks that end a sentence when space follows, wideStop those that
// need none.
func stop(r rune) bool     { return strings.ContainsRune(".!?\u061f\u06d4\u2026", r) }
func wideStop(r rune) bool { return strings.ContainsRune("\u3002\uff01\uff1f", r) }

// closed goes on over marks that close what the sentence opened.
func closed(text string, i int) int {
	for i < len(text) {
		r, n := utf8.DecodeRuneInString(text[i:])
		if !stop(r) && !strings.ContainsRune("\"'\u2019\u201d\u00bb)]", r) {
			break
		}
		i += n
	}
	return i
}

// endsSentence reports whether a mark between what stands before and after is
// the end of a sentence.
func endsSentence(before string, mark rune, after string) bool {
	next, _ := utf8.DecodeRuneInString(after)
	if after != "" && !unicode.IsSpace(next) {
		return false
	}
	rest := strings.TrimLeftFunc(after, unicode.IsSpace)
	first, _ := utf8.DecodeRuneInString(rest)
	if rest != "" && unicode.IsLower(first) {
		return false
	}
	if mark != '.' {
		return mark != '\u2026' || rest == "" || unicode.IsUpper(first)
	}
	return !abbreviates(before)
}

// longAbbreviation is how many letters a word with a capital may have that a
// full stop is likely to shorten: Mr, No, Art, Sec. Longer ones are listed.
const longAbbreviation = 3

var abbreviations = []string{"Prof", "Capt", "Dept", "Govt", "Supt", "Asst", "Inst", "Comm", "Lieut", "Messrs"}

// abbreviates reports whether the last word before a full stop may go on after
// it: an initial, a short word with a capital, one with full stops inside, or a
// number of one or two digits.
func abbreviates(before string) bool {
	i := strings.LastIndexFunc(before, func(r rune) bool { return unicode.IsSpace(r) || r == '(' })
	word := strings.TrimLeft(before[i+1:], "\"'\u2018\u201c\u00ab[")
	first, _ := utf8.DecodeRuneInString(word)
	n := utf8.RuneCountInString(word)
	switch {
	case n == 0:
		return true
	case n == 1, strings.ContainsRune(word, '.'):
		return !unicode.Is(unicode.Arabic, first)
	case unicode.IsUpper(first):
		return n <= longAbbreviation || slices.Contains(abbreviations, word)
	case unicode.IsDigit(first):
		return n <= 2
	}
	return false
}

// endsParagraph reports whether a line end is that of a sentence: an empty line
// follows, and neither does what stands before announce what follows, nor does
// that go on in the middle.
func endsParagraph(before, after string) bool {
	space := after[:len(after)-len(strings.TrimLeftFunc(after, unicode.IsSpace))]
	if strings.Count(space, "\n") < 2 {
		return false
	}
	before = strings.TrimRightFunc(before, unicode.IsSpace)
	last, _ := utf8.DecodeLastRuneInString(before)
	first, _ := utf8.DecodeRuneInString(after[len(space):])
	return before == "" || !strings.ContainsRune(":;,\u060c\u061b\uff1a", last) && !unicode.IsLower(first)
}

// Foreign counts the sentences of a copy of which the record holds no word,
// neither where they stand nor elsewhere.
func Foreign(a *compare.Alignment) int {
	ofRecord := make([]bool, len(a.Copy.Words))
	for i := range ofRecord {
		ofRecord[i] = true
	}
	for _, d := range a.Differences {
		if d.Kind != compare.Moved && d.Certainty == compare.Certain {
			for i := d.Copy.From; i < d.Copy.To; i++ {
				ofRecord[i] = false
			}
		}
	}
	n, word := 0, 0
	for _, s := range Sentences(a.Copy.Exact) {
		from := word
		for word < len(ofRecord) && int(a.Copy.Words[word].Start) < s.To {
			word++
		}
		if from < word && !slices.Contains(ofRecord[from:word], true) {
			n++
		}
	}
	return n
}

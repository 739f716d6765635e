package report

import (
	"strings"
	"unicode"

	"chancery.example/letter"
)

// frequent words by which languages of the Latin script are told apart.
var frequent = []struct {
	lang  letter.Lang
	words map[string]bool
}{
	{"en", set("the of and to that is was has")}, {"fr", set("le les des et du une est dans")},
	{"de", set("der die das und ist nicht den ein")}, {"es", set("el los las y que por una del")},
}

// LangOf guesses the language of a paragraph from its letters and most frequent
// words, for programs that read it aloud: ar, he, en, fr, de, es, or und.
func LangOf(paragraph string) letter.Lang {
	scripts := map[*unicode.RangeTable]int{}
	for _, r := range paragraph {
		for _, t := range []*unicode.RangeTable{unicode.Latin, unicode.Arabic, unicode.Hebrew} {
			if unicode.IsLetter(r) && unicode.Is(t, r) {
				scripts[t]++
			}
		}
	}
	latin, arabic, hebrew := scripts[unicode.Latin], scripts[unicode.Arabic], scripts[unicode.Hebrew]
	switch {
	case arabic > latin && arabic >= hebrew:
		return "ar"
	case hebrew > latin:
		return "he"
	}
	best, most := letter.Lang("und"), 0
	words := strings.FieldsFunc(strings.ToLower(paragraph), func(r rune) bool { return !unicode.IsLetter(r) })
	for _, l := range frequent {
		n := 0
		for _, w := range words {
			if l.words[w] {
				n++
			}
		}
		if n > most {
			best, most = l.lang, n
		}
	}
	return best
}

package match

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A weight is how much hangs on a word.
type weight int

const (
	plain weight = iota
	grave        // a negation or a name: another word there would turn the sentence
	number
)

// negations turn a sentence, in the languages of letters.
var negations = strings.Fields("not no never none nor neither without cannot unless except لا لم لن ليس ليست غير دون بدون بلا عدم إلا سوى")

// Grave reports whether much hangs on a word: it is a number, a negation or a name.
func Grave(text string) bool { return weightOf(text) != plain }

// weightOf tells numbers, negations and names from other words.
func weightOf(text string) weight {
	if strings.ContainsFunc(text, unicode.IsDigit) {
		return number
	}
	bare := strings.TrimFunc(text, func(r rune) bool { return !unicode.IsLetter(r) })
	if bare == "" {
		return plain
	}
	if slices.Contains(negations, strings.ToLower(bare)) || strings.HasSuffix(bare, "n't") || strings.HasSuffix(bare, "n’t") {
		return grave
	}
	if r, _ := utf8.DecodeRuneInString(bare); unicode.IsUpper(r) {
		return grave
	}
	return plain
}

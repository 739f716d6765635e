package main

import (
	"slices"
	"strings"
	"unicode"
)

// What somebody does who has an engine that knows words or phrases, and words
// that may have been misread: he asks for any of many short pieces.

// phraseLimit is how many phrases a question holds. All of a quotation's are
// asked for; a page shares so many with its letter that a selection is enough and
// costs less; of a report's every second or third, as a fragment of eight words
// still holds two of them.
func phraseLimit(k kind) int {
	switch k {
	case page:
		return 120
	case report:
		return 300
	case phrase, quotation:
	}
	return 1000
}

// words returns the words of a text in small letters. A word that was divided at
// a line's end is made one.
func words(text string) []string {
	text = strings.NewReplacer("-\n ", "", "-\n", "").Replace(text)
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.M, r)
	})
}

// runs returns all runs of n words, each once, and of more than most a selection
// spread evenly.
func runs(ws []string, n, most int) []string {
	if len(ws) == 0 {
		return nil
	}
	n = min(n, len(ws))
	var out []string
	for i := range len(ws) - n + 1 {
		out = append(out, strings.Join(ws[i:i+n], " "))
	}
	return spread(unique(out), most)
}

// chunks returns pieces of n characters, step apart, with single spaces between
// words; no piece is shorter unless the text is.
func chunks(text string, n, step, most int) []string {
	text = strings.NewReplacer("-\n ", "", "-\n", "").Replace(text)
	rs := []rune(strings.Join(strings.Fields(text), " "))
	if len(rs) < 3 { // the least a trigram holds
		return nil
	}
	n = min(n, len(rs))
	var out []string
	for i := 0; i+n <= len(rs); i += step {
		out = append(out, string(rs[i:i+n]))
	}
	return spread(unique(out), most)
}

func unique(in []string) []string {
	seen := map[string]bool{}
	return slices.DeleteFunc(in, func(s string) bool {
		again := seen[s]
		seen[s] = true
		return again
	})
}

func spread(in []string, most int) []string {
	if len(in) <= most {
		return in
	}
	out := make([]string, most)
	for i := range out {
		out[i] = in[i*len(in)/most]
	}
	return out
}

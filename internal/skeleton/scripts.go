package skeleton

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
)

// Domain refuses a domain that does not say plainly what it is: a label that is
// no valid internationalised one, or one that mixes scripts (Unicode Technical
// Standard 39, "highly restrictive").
func Domain(domain string) error {
	for l := range strings.SplitSeq(domain, ".") {
		if !strings.HasPrefix(l, "xn--") {
			continue
		}
		u, err := idna.Registration.ToUnicode(l)
		if err != nil || u == l {
			return fmt.Errorf("the part %q of its domain %s is no valid international name", l, domain)
		}
		if mixed := mixedIn(u); mixed != "" {
			return fmt.Errorf("the part %q (%s) of its domain %s mixes %s letters: one script can be read, two can be taken for another name", l, u, domain, mixed)
		}
	}
	return nil
}

// Name refuses a name with a word that mixes scripts.
func Name(name string) error {
	for _, w := range strings.Fields(name) {
		if mixed := mixedIn(w); mixed != "" {
			return fmt.Errorf("the word %q of its name %q mixes %s letters", w, name, mixed)
		}
	}
	return nil
}

// together are scripts that are written in one word.
var together = []map[string]bool{
	{"Latin": true, "Han": true, "Hiragana": true, "Katakana": true},
	{"Latin": true, "Han": true, "Bopomofo": true},
	{"Latin": true, "Han": true, "Hangul": true},
}

// mixedIn names the scripts of a word that do not go together; "" when they do.
func mixedIn(word string) string {
	var has []string
	for _, r := range word {
		if s := scriptOf(r); s != "" && !contains(has, s) {
			has = append(has, s)
		}
	}
	if len(has) < 2 {
		return ""
	}
	for _, set := range together {
		all := true
		for _, s := range has {
			all = all && set[s]
		}
		if all {
			return ""
		}
	}
	return strings.Join(has, " and ")
}

func contains(all []string, s string) bool {
	for _, x := range all {
		if x == s {
			return true
		}
	}
	return false
}

// scriptOf returns the script of a letter, "" of what all scripts share.
func scriptOf(r rune) string {
	if !unicode.IsLetter(r) || r == 'ー' {
		return ""
	}
	for name, table := range unicode.Scripts {
		if name != "Common" && name != "Inherited" && unicode.Is(table, r) {
			return name
		}
	}
	return ""
}

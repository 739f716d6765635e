package check

import (
	"context"
	"strings"
	"unicode"

	"chancery.example/internal/compare"
	"chancery.example/letter"
)

var _ = letter.Lang("")

type part struct {
	arabic bool
	text   string
	offset int
}

func splitLanguages(string) []part { return nil }

func (s *Snapshot) inLanguages(context.Context, Finding, []part) (Finding, bool, error) {
	return Finding{}, false, nil
}

var _ = compare.Fold

// mentions reports whether a reference stands in a text by itself.
func mentions(text, ref string) bool {
	for at := 0; ; {
		i := strings.Index(text[at:], ref)
		if i < 0 {
			return false
		}
		i += at
		if !refByte(text, i-1) && !refByte(text, i+len(ref)) {
			return true
		}
		at = i + 1
	}
}

func refByte(s string, i int) bool {
	return i >= 0 && i < len(s) && (s[i] == '-' || s[i] == '_' || s[i] >= '0' && s[i] <= '9' || s[i] >= 'A' && s[i] <= 'Z' || s[i] >= 'a' && s[i] <= 'z')
}

// scripts that a paper may be written in beside each other.
var scripts = []*unicode.RangeTable{
	unicode.Latin, unicode.Arabic, unicode.Cyrillic, unicode.Greek, unicode.Hebrew, unicode.Han, unicode.Devanagari, unicode.Thai, unicode.Hangul,
}

// mainScript is the script of most letters; -1 for none.
func mainScript(s string) int {
	n := make([]int, len(scripts))
	best := -1
	for _, r := range s {
		if !unicode.IsLetter(r) {
			continue
		}
		for i, t := range scripts {
			if unicode.Is(t, r) {
				if n[i]++; best < 0 || n[i] > n[best] {
					best = i
				}
				break
			}
		}
	}
	return best
}

func sameScript(a, b string) bool { return mainScript(a) == mainScript(b) }

package verifier_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestLimits: what verifies can be read in an afternoon. verify.mjs has less than
// 800 lines; it and what it stands on have lines of at most 140 characters, and
// import nothing but each other.
func TestLimits(t *testing.T) {
	most := map[string]int{"verify.mjs": 799, "forms.mjs": 399, "webauthn.mjs": 149, "words.mjs": 59, "command.mjs": 99}
	for name, n := range most {
		lines := strings.Split(strings.TrimSuffix(read(t, name), "\n"), "\n")
		if len(lines) > n {
			t.Errorf("%s has %d lines: at most %d", name, len(lines), n)
		}
		for i, l := range lines {
			if utf8.RuneCountInString(l) > 140 {
				t.Errorf("%s:%d has %d characters: at most 140", name, i+1, utf8.RuneCountInString(l))
			}
			_, from, ok := strings.Cut(l, " from \"")
			from = strings.TrimSuffix(from, "\";")
			if allowed := []string{"./forms.mjs", "./webauthn.mjs", "./verify.mjs", "./words.mjs"}; ok && !slices.Contains(allowed, from) && (name != "command.mjs" || from != "node:fs/promises") {
				t.Errorf("%s:%d imports %s: it stands on nothing but WebCrypto", name, i+1, from)
			}
		}
	}
}

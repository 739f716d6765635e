package check

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"chancery.example/register"
)

var update = flag.Bool("update", false, "rewrite golden files")

// TestVerdictTable holds every cell of the table against the golden file; run
// go test -update ./internal/check to rewrite it, and read the difference.
func TestVerdictTable(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Every cell of the table match x standing. Rewrite: go test -update ./internal/check\n")
	for _, m := range Matches() {
		for _, st := range register.Standings() {
			v := VerdictOf(m, st)
			fmt.Fprintf(&b, "\n## %s | exit %d | %s | %s\n", v.Code, v.Exit, v.Intent, v.Icon)
			for _, w := range []Words{v.Headline, v.Explanation, v.NotMean} {
				fmt.Fprintf(&b, "%s\n%s\n", w.EN, w.AR)
			}
		}
	}
	path := filepath.Join("testdata", "verdicts.golden")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != b.String() {
		t.Error("the table differs from testdata/verdicts.golden; go test -update ./internal/check, then read git diff")
	}
}

func TestVerdictRules(t *testing.T) {
	for _, m := range Matches() {
		for _, st := range register.Standings() {
			v := VerdictOf(m, st)
			same := st == register.InForce && (m == ExactFile || m == SameText)
			if (v.Intent == IntentInForce) != same || (v.Exit == ExitInForce) != same || (v.Icon == "check") != same {
				t.Errorf("%s: intent %s, icon %s, exit %d: green is for the same words of a letter in force alone", v.Code, v.Intent, v.Icon, v.Exit)
			}
			if (m == Altered || m == TranslationDiffers) != (v.Exit == ExitAltered) {
				t.Errorf("%s: exit %d", v.Code, v.Exit)
			}
			if v.Code != string(m)+"/"+string(st) {
				t.Errorf("code %q of %s/%s", v.Code, m, st)
			}
			for _, w := range []Words{v.Headline, v.Explanation, v.NotMean} {
				checkWords(t, v.Code, w)
			}
		}
	}
	odd := VerdictOf("new", "strange")
	if odd.Exit != ExitCannotCheck || odd.Intent != IntentUnknown {
		t.Errorf("an unknown pair gives %+v", odd)
	}
}

// checkWords refuses words that must not be said, and messages that are missing
// in one language or that are not in it.
func checkWords(t *testing.T, code string, w Words) {
	t.Helper()
	for _, bad := range []string{"verified", "authentic", "genuine", "safe", "never issued", "nobody signed"} {
		if strings.Contains(strings.ToLower(w.EN), bad) {
			t.Errorf("%s says %q: %q", code, bad, w.EN)
		}
	}
	if w.EN == "" || w.AR == "" || strings.Contains(w.EN, "{it}") || strings.Contains(w.AR, "{it}") {
		t.Errorf("%s: %q, %q", code, w.EN, w.AR)
	}
	if !strings.ContainsFunc(w.AR, func(r rune) bool { return unicode.Is(unicode.Arabic, r) }) {
		t.Errorf("%s: not Arabic: %q", code, w.AR)
	}
	if holes(w.EN) != holes(w.AR) {
		t.Errorf("%s: other placeholders in Arabic: %s, %s", code, holes(w.EN), holes(w.AR))
	}
}

// holes counts the placeholders of a message, by name.
func holes(s string) string {
	names := map[string]int{}
	for {
		_, rest, ok := strings.Cut(s, "{")
		if !ok {
			break
		}
		name, after, _ := strings.Cut(rest, "}")
		names[name]++
		s = after
	}
	var out []string
	for n := range names { // printed sorted by fmt
		out = append(out, n)
	}
	return fmt.Sprint(len(out), names)
}

package letter

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestMayRunLosesNothing (MUST-13): lines that are spared the patterns match
// none of them.
func TestMayRunLosesNothing(t *testing.T) {
	pieces := []string{
		"Page", "page", "PaGe", "صفحة", " ", "\u00a0", "1", "٣", "１", "12345", "of", "/", "من", "-", "–", "—", "Draft, revision ", "copy ", "for", "not issued",
		"مسودة، المراجعة ", "النسخة ", " إلى ", "لم تصدر", "Chancery code: ", "رمز السجل: ", "https://h.example/q/#1.h.1.0123456789abcdef.A", "x", "é", "²",
	}
	rapid.Check(t, func(t *rapid.T) {
		line := strings.TrimSpace(strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 1, 8).Draw(t, "pieces"), ""))
		if slices.ContainsFunc(runningMatter, func(p *regexp.Regexp) bool { return p.MatchString(line) }) && !mayRun(line) {
			t.Fatalf("%q is running matter and is passed over", line)
		}
	})
}

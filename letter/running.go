package letter

import (
	"fmt"
	"regexp"
	"strings"
)

// A Span is a stretch of a text, in bytes.
type Span struct{ Start, End int }

// Running matter is what repeats on pages and is no part of the letter: MUST-13
// lists it, and nothing else is ever ignored by comparison. Each pattern must
// match a whole line.
var runningMatter = []*regexp.Regexp{
	// RM-1, RM-2: page numbers.
	regexp.MustCompile(`^(?i:page)\s+\p{Nd}{1,4}(\s*(?i:of|/)\s*\p{Nd}{1,4})?$`),
	regexp.MustCompile(`^صفحة\s+\p{Nd}{1,4}(\s*(من|/)\s*\p{Nd}{1,4})?$`),
	// RM-3: a number between dashes, or "n / m".
	regexp.MustCompile(`^[-\x{2013}\x{2014}]\s*\p{Nd}{1,4}\s*[-\x{2013}\x{2014}]$`),
	regexp.MustCompile(`^\p{Nd}{1,4}\s*/\s*\p{Nd}{1,4}$`),
	// RM-4, RM-5: the notice of a numbered copy.
	regexp.MustCompile(`^Draft, revision \p{Nd}+ [-\x{2013}] copy \p{Nd}+ of \p{Nd}+ for .+ [-\x{2013}] not issued$`),
	regexp.MustCompile(`^مسودة، المراجعة \p{Nd}+ [-\x{2013}] النسخة \p{Nd}+ من \p{Nd}+ إلى .+ [-\x{2013}] لم تصدر$`),
	// RM-6: the line of the paper code and the footer with its address.
	regexp.MustCompile(`^(Chancery code|رمز السجل): [A-Za-z0-9:/._#-]+$`),
	regexp.MustCompile(`^https://[A-Za-z0-9.-]+/q/#[A-Za-z0-9._-]*$`),
}

// RunningMatter returns the spans of text that are running matter, whole lines
// without their line end, in order.
func RunningMatter(text string) []Span {
	var spans []Span
	start := 0
	for line := range strings.SplitAfterSeq(text, "\n") {
		trimmed := strings.TrimSpace(line)
		if isRunning(trimmed) {
			at := start + strings.Index(line, trimmed)
			spans = append(spans, Span{at, at + len(trimmed)})
		}
		start += len(line)
	}
	return spans
}

func isRunning(line string) bool {
	const longest = 400 // bytes; a notice holds two names
	if line == "" || len(line) > longest {
		return false
	}
	for _, p := range runningMatter {
		if p.MatchString(line) {
			return true
		}
	}
	return false
}

// A CopyMark says which numbered copy of a draft a page belongs to.
type CopyMark struct {
	Revision   uint32
	Copy, Of   uint32
	Holder     string
	Purpose    string
	PurposeFor map[Lang]string // the purpose in other languages, when it has them
}

// DraftNotice returns the line that stands on every page of a numbered copy,
// in Arabic for Arabic and in English for every other language.
func DraftNotice(l Lang, m CopyMark) string {
	purpose := m.Purpose
	if p := m.PurposeFor[l]; p != "" {
		purpose = p
	}
	if base, _, _ := strings.Cut(string(l), "-"); base == "ar" {
		return fmt.Sprintf("مسودة، المراجعة %d - النسخة %d من %d إلى %s، %s - لم تصدر", m.Revision, m.Copy, m.Of, m.Holder, purpose)
	}
	return fmt.Sprintf("Draft, revision %d - copy %d of %d for %s, %s - not issued", m.Revision, m.Copy, m.Of, m.Holder, purpose)
}

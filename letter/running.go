package letter

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Span is a stretch of a text, in bytes.
type Span struct{ Start, End int }

// bareNumber is RM-3: a number between dashes, or "n / m". It is the page's
// number, or a vote, a sum, a date of the letter: see [BareNumber].
var bareNumber = regexp.MustCompile(`^([-\x{2013}\x{2014}]\s*\p{Nd}{1,4}\s*[-\x{2013}\x{2014}]|\p{Nd}{1,4}\s*/\s*\p{Nd}{1,4})$`)

// paperCode is an address of papercode.md and nothing that merely looks like
// one: what is ignored must have no room for words.
const paperCode = `https://[a-z0-9.-]{1,253}/q/#1\.[a-z0-9-]{1,32}\.[1-9][0-9]{0,9}\.[0-9a-f]{16}\.[A-Za-z0-9][A-Za-z0-9._/-]{0,63}`

// draftNotice holds the two names of RM-4 and RM-5, in which anybody can write
// anything: see [FreeMatter].
var draftNotice = []*regexp.Regexp{
	regexp.MustCompile(`^Draft, revision \p{Nd}+ [-\x{2013}] copy \p{Nd}+ of \p{Nd}+ for .+ [-\x{2013}] not issued$`),
	regexp.MustCompile(`^مسودة، المراجعة \p{Nd}+ [-\x{2013}] النسخة \p{Nd}+ من \p{Nd}+ إلى .+ [-\x{2013}] لم تصدر$`),
}

// Running matter is what repeats on pages and is no part of the letter: MUST-13
// lists it, and nothing else is ever ignored by comparison. Each pattern must
// match a whole line.
var runningMatter = []*regexp.Regexp{
	// RM-1, RM-2: page numbers.
	regexp.MustCompile(`^(?i:page)\s+\p{Nd}{1,4}(\s*(?i:of|/)\s*\p{Nd}{1,4})?$`),
	regexp.MustCompile(`^صفحة\s+\p{Nd}{1,4}(\s*(من|/)\s*\p{Nd}{1,4})?$`),
	bareNumber,
	// RM-4, RM-5: the notice of a numbered copy.
	draftNotice[0], draftNotice[1],
	// RM-6: the line of the paper code and the footer with its address.
	regexp.MustCompile(`^((Chancery code|رمز السجل): )?` + paperCode + `$`),
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

// BareNumber reports whether a line of running matter is a number without the
// word "page". Where a text of record has such a line it is a part of the
// letter, and compared.
func BareNumber(line string) bool { return bareNumber.MatchString(line) }

// FreeMatter reports whether a line of running matter holds words that anybody
// can choose: ignoring it must never make a paper look complete.
func FreeMatter(line string) bool {
	return slices.ContainsFunc(draftNotice, func(p *regexp.Regexp) bool { return p.MatchString(line) })
}

func isRunning(line string) bool {
	const longest = 400 // bytes; a notice holds two names
	if line == "" || len(line) > longest || !mayRun(line) {
		return false
	}
	for _, p := range runningMatter {
		if p.MatchString(line) {
			return true
		}
	}
	return false
}

// openings are how lines of running matter begin; what else they begin with is
// a digit or a dash.
var openings = [...]string{"Draft, revision ", "مسودة، المراجعة ", "صفحة", "Chancery code: ", "رمز السجل: ", "https://"}

// mayRun spares the patterns the lines that none of them can match, which are
// nearly all, by how they begin and end.
func mayRun(line string) bool {
	const page = "page"
	first, _ := utf8.DecodeRuneInString(line)
	switch {
	case first < utf8.RuneSelf && unicode.IsLetter(first):
		if len(line) > len(page) && strings.EqualFold(line[:len(page)], page) {
			last, _ := utf8.DecodeLastRuneInString(line)
			return unicode.IsDigit(last)
		}
	case unicode.IsDigit(first):
		last, _ := utf8.DecodeLastRuneInString(line)
		return unicode.IsDigit(last) && strings.Contains(line, "/")
	case first == '-' || first == '\u2013' || first == '\u2014':
		return true
	}
	for _, o := range openings {
		if strings.HasPrefix(line, o) {
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

package around

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"chancery.example/internal/fold"
	"chancery.example/letter"
)

// How a line that was read from a picture may depart from what stands there.
const (
	surely  = 0.93 // a word read so confidently is what it says (internal/compare)
	edge    = 4    // lines at the top and at the foot of a page
	specks  = 3    // dirt, borders and the code's own squares, read beside a line
	pieces  = 3    // into which the address of a code is divided
	longest = 40   // words of a notice: as many as fit into a line
)

// A Line is a line of a paper that was read from its page.
type Line struct {
	letter.Span
	Page int
}

// Misread returns those lines that are running matter (letter.md RM-1 to RM-6) but for
// how they were read: page number, notice of a numbered copy, code with its address.
// notice: one of them is a notice. They stand at the top or at the foot of a page, or
// beside the texts (letter.md MUST-16); words of the letter are never among them.
func Misread(copied *fold.Folded, p Paper, lines []Line) (out []letter.Span, notice bool) {
	f := finder{copied: copied.Words, taken: make([]bool, len(copied.Words)), sure: copied.Confidence}
	var texts []place
	for _, t := range p.Content.Texts {
		texts = append(texts, f.place(t, Of(p, t).Own))
	}
	for i, l := range lines {
		beside := !slices.ContainsFunc(texts, func(t place) bool {
			return t.begin >= 0 && t.end > t.begin && int(copied.Words[t.begin].Start) < l.End && l.Start < int(copied.Words[t.end-1].End)
		})
		first := i < edge || lines[i-edge].Page != l.Page
		last := i+edge >= len(lines) || lines[i+edge].Page != l.Page
		if !beside && !first && !last {
			continue
		}
		line := r{fold.Copy(copied.Exact[l.Start:l.End]).Words, copied.Scanned()}
		says := line.notice()
		if says || line.page() || line.code(copied.Exact[l.Start:l.End], p.Domain) {
			out, notice = append(out, l.Span), notice || says
		}
	}
	return out, notice
}

// An r is a line's words, and whether they may be misread.
type r struct {
	words []fold.Word
	loose bool
}

// near reports whether a word may have been read for another: short ones never.
func (l r) near(i int, want string) bool {
	return i >= 0 && i < len(l.words) && (l.words[i].Key == want || l.loose && near(l.words[i].Key, want))
}

// has returns the first place from i on of a word.
func (l r) has(i int, want string) bool {
	for ; i < len(l.words); i++ {
		if l.near(i, want) {
			return true
		}
	}
	return false
}

// notice: RM-4, or RM-5 in either order of its runs, because on a page that is written
// from the left some readers take its parts from the left. Its negation is there as
// it is.
func (l r) notice() bool {
	for _, said := range [...]string{"Draft revision copy not issued", "مسودة المراجعة النسخة لم تصدر"} {
		w := words(said)
		draft, revision, number, not, issued := w[0].Key, w[1].Key, w[2].Key, w[3].Key, w[4].Key
		n := len(l.words)
		if n > longest || !l.has(0, number) {
			continue
		}
		starts := func(i int) bool { return l.near(i, draft) && l.near(i+1, revision) }
		denies := func(i int) bool { return i >= 0 && i+1 < n && l.words[i].Key == not && l.near(i+1, issued) }
		if starts(0) && denies(n-2) {
			return true
		}
		if said[0] >= utf8.RuneSelf && denies(0) && slices.ContainsFunc(l.indexes(), starts) {
			return true
		}
	}
	return false
}

func (l r) indexes() []int {
	out := make([]int, len(l.words))
	for i := range out {
		out[i] = i
	}
	return out
}

// page: RM-1 and RM-2, with specks beside; exact ones are known before.
func (l r) page() bool {
	if !l.loose || len(l.words) > 4+specks {
		return false
	}
	said, digits := unnumbered(l.words)
	for _, language := range []letter.Lang{"en", "ar"} {
		want, _ := unnumbered(words(". " + LabelsOf(language).Page(1, 1)))
		if digits > 0 && digits <= 8+specks && (said == want || near(said, want)) {
			return true
		}
		// The word alone, when its small figures were not read.
		if len(l.words) == 1 && l.words[0].Key == words(". " + LabelsOf(language).Page(1, 1))[0].Key {
			return true
		}
	}
	return false
}

// unnumbered is the letters of words without their digits, and how many those are.
func unnumbered(ws []fold.Word) (said string, digits int) {
	for _, w := range ws {
		for _, c := range w.Key {
			switch {
			case unicode.IsDigit(c):
				digits++
			case unicode.IsLetter(c):
				said += string(c)
			}
		}
	}
	return said, digits
}

// code: RM-6, in one piece or in a few that all have digits, its label on either side.
// There is no room for other words.
func (l r) code(line, domain string) bool {
	var labels []string
	for _, language := range []letter.Lang{"en", "ar"} {
		for _, w := range words(LabelsOf(language).Code) {
			labels = append(labels, w.Key)
		}
	}
	start := stream("https" + domain + "q1")
	dirt, parts := 0, 0
	for _, piece := range strings.Fields(line) {
		s := stream(piece)
		k := len([]rune(s))
		switch {
		case k == 0:
		case parts == 0 && begins(s, start, l.loose):
			parts++
		case slices.ContainsFunc(labels, func(w string) bool { return s == w || l.loose && near(s, w) }):
		case k == 1 && l.loose && dirt < specks:
			dirt++
		case parts > 0 && parts < pieces && l.loose && strings.ContainsFunc(s, unicode.IsDigit):
			parts++
		default:
			return false
		}
	}
	return parts > 0
}

// stream is the letters and digits of a piece, also of one that is running matter.
func stream(s string) string { return fold.Record(". " + s).Stream }

// begins reports whether letters begin as an address does.
func begins(s, start string, loose bool) bool {
	a, b := []rune(s), []rune(start)
	if len(a) < len(b) {
		return false
	}
	return strings.HasPrefix(s, start) || loose && slices.ContainsFunc([]int{-1, 0, 1}, func(d int) bool {
		return len(a) >= len(b)+d && apart(a[:len(b)+d], b) <= len(b)/5
	})
}

// near reports whether a word is nearly another: a letter in four may be misread, a
// digit never.
func near(a, b string) bool {
	x, y := []rune(a), []rune(b)
	return len(y) >= 4 && digitsIn(a) == digitsIn(b) && apart(x, y) <= len(y)/4
}

func digitsIn(s string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsDigit(c) {
			return c
		}
		return -1
	}, s)
}

// apart is how many letters have to be put in, left out or changed.
func apart(a, b []rune) int {
	const most = 400 // letters of a line; more are no word
	if len(a) > most || len(b) > most {
		return most
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range a {
		last := row[0]
		row[0] = i + 1
		for j, y := range b {
			cost := 1
			if x == y {
				cost = 0
			}
			last, row[j+1] = row[j+1], min(last+cost, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}

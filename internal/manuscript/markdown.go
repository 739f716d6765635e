package manuscript

import (
	"regexp"
	"strconv"
	"strings"
)

var (
	mdHeading  = regexp.MustCompile(`^#{1,6}\s+(.*?)\s*#*$`)
	mdRule     = regexp.MustCompile(`^ {0,3}([-*_=])(\s*[-*_=]){2,}\s*$`)
	mdTableBar = regexp.MustCompile(`^\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*$`)
	mdBullet   = regexp.MustCompile(`^\s*[*+-]\s+`)
	mdNumber   = regexp.MustCompile(`^(\d{1,9})[.)]\s+`)
	mdImage    = regexp.MustCompile(`!\[[^\]]*\]\([^)]*\)`)
	mdLink     = regexp.MustCompile(`\[([^\]]+)\]\(([^)\s]+)[^)]*\)`)
	mdTag      = regexp.MustCompile(`<(!--|/?[A-Za-z][^>]*>)`)
	mdNote     = regexp.MustCompile(`\[\^[^\]]+\]`)
	mdStrong   = regexp.MustCompile(`(\*\*|__)(\S(?:.*?\S)?)(\*\*|__)`)
	mdEmphasis = regexp.MustCompile(`(^|[\s(])[*_](\S(?:[^*_]*\S)?)[*_]($|[\s).,;:!?])`)
	mdEscape   = regexp.MustCompile("\\\\([\\\\`*_{}\\[\\]()#+.!|-])")
)

// markdown writes the words of a Markdown text: its lines without the marks.
func (w *writer) markdown(s string) {
	items := map[int]int{} // numbers of the items before, by how far they stand in
	for raw := range strings.SplitSeq(strings.ReplaceAll(s, "\r\n", "\n"), "\n") {
		line := strings.TrimSpace(raw)
		w.markdownFlags(line)
		w.markdownNumber(items, line, len(raw)-len(strings.TrimLeft(raw, " \t")))
		switch h := mdHeading.FindStringSubmatch(line); {
		case line == "" || mdRule.MatchString(line) && !strings.Contains(line, "|"):
			w.end()
			continue
		case mdTableBar.MatchString(line) && strings.Contains(line, "|"):
			continue
		case h != nil:
			w.end()
			w.line.WriteString(inline(h[1]))
			w.end()
			continue
		case strings.HasPrefix(line, "|"):
			line = strings.Trim(line, "| ")
		case mdBullet.MatchString(line):
			line = "- " + mdBullet.ReplaceAllString(line, "")
		default:
			line = strings.TrimLeft(line, "> ")
		}
		if w.line.Len() > 0 {
			w.line.WriteByte('\n')
		}
		w.line.WriteString(inline(line))
	}
}

// markdownNumber flags items that are shown with other numbers than they are written
// with: programs that show Markdown count on from the first of a list, and show 1, 1,
// 1 as 1, 2, 3.
func (w *writer) markdownNumber(items map[int]int, line string, in int) {
	m := mdNumber.FindStringSubmatch(line)
	switch {
	case m == nil && (line == "" || in > 0 || w.line.Len() > 0): // within an item, or between two
		return
	case m == nil:
		clear(items)
		return
	}
	for deeper := range items {
		if deeper > in {
			delete(items, deeper)
		}
	}
	n, _ := strconv.Atoi(m[1])
	if last, goesOn := items[in]; goesOn && n != last+1 {
		w.flag(Markup)
	}
	items[in] = n
}

func (w *writer) markdownFlags(line string) {
	switch {
	case mdTag.MatchString(line):
		w.flag(Markup)
	case mdNote.MatchString(line):
		w.flag(Footnote)
	case mdImage.MatchString(line):
		w.flag(Embedded)
	}
}

// inline takes the marks off words; the address of a link stays behind its words.
func inline(s string) string {
	s = mdLink.ReplaceAllString(s, "$1 ($2)")
	s = mdStrong.ReplaceAllString(s, "$2")
	s = mdEmphasis.ReplaceAllString(s, "$1$2$3")
	return mdEscape.ReplaceAllString(strings.ReplaceAll(s, "`", ""), "$1")
}

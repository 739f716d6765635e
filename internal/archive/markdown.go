package archive

import (
	"regexp"
	"strings"
)

// What of Markdown is a mark and no word of the letter: headings, emphasis, quoted
// lines, rules, links and code ticks. Lists keep their numbers and dashes, which
// people would read as part of the letter.
var (
	heading  = regexp.MustCompile(`^ {0,3}#{1,6}[ \t]+(.*?)[ \t]*#*[ \t]*$`)
	rule     = regexp.MustCompile(`^ {0,3}([-*_])[ \t]*([-*_][ \t]*){2,}$`)
	quoted   = regexp.MustCompile(`^ {0,3}>[ \t]?`)
	link     = regexp.MustCompile(`!?\[([^\]\n]*)\]\([^()\s]*\)`)
	strong   = regexp.MustCompile(`(\*\*|__)(\S(?:.*?\S)?)(\*\*|__)`)
	emphasis = regexp.MustCompile(`(^|[^\pL\pN*_\\])[*_](\S(?:[^*_]*?\S)?)[*_]([^\pL\pN*_]|$)`)
	ticks    = regexp.MustCompile("`+([^`\n]+)`+")
	escaped  = regexp.MustCompile("\\\\([!-/:-@\\[-`{-~])")
)

// unmarked returns the words of a Markdown text.
func unmarked(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i, l := range lines {
		if rule.MatchString(l) {
			lines[i] = ""
			continue
		}
		l = quoted.ReplaceAllString(l, "")
		if m := heading.FindStringSubmatch(l); m != nil {
			l = m[1]
		}
		l = link.ReplaceAllString(l, "$1")
		l = strong.ReplaceAllString(l, "$2")
		l = emphasis.ReplaceAllString(l, "$1$2$3")
		l = ticks.ReplaceAllString(l, "$1")
		lines[i] = escaped.ReplaceAllString(l, "$1")
	}
	return strings.Join(lines, "\n")
}

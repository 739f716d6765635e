package fold

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Bare returns the letters and digits of a name as they print: folded as in the
// stream, and what prints like a Latin letter as that letter, whatever stands
// around it. It is for names, which are short and have no script of their own to
// go by; texts are read by [Copy] and [Record].
func Bare(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKC.String(s) {
		switch like := data().alike[r]; {
		case !isWordRune(r) && !unicode.IsDigit(r):
		case like.latin != 0:
			b.WriteRune(unicode.ToLower(like.latin))
		default:
			b.WriteString(formOf(r).folded)
		}
	}
	return b.String()
}

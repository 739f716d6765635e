package shared

import (
	_ "embed"
	"regexp"
)

//go:embed tokens.css
var tokens string

//go:embed base.css
var base string

//go:embed parts.css
var partStyles string

// Styles are the style sheets that all pages share, in their order.
var Styles = tokens + base + partStyles

// forPeople is what only who reads a style sheet needs: comments, and the room at the
// beginnings of lines.
var forPeople = regexp.MustCompile(`(?s)/\*.*?\*/\n?|\n\s+`)

// Packed is a style sheet as browsers get it.
func Packed(css string) string {
	return forPeople.ReplaceAllStringFunc(css, func(s string) string {
		if s[0] == '\n' {
			return "\n"
		}
		return ""
	})
}

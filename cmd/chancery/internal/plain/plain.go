// Package plain writes answers for people at a terminal, and the same for
// programs as JSON. Whatever comes from outside is made harmless on its way.
package plain

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"chancery.example/letter"
)

// Columns is how wide lines of running words are.
const Columns = 96

// A Writer writes answers in one language.
type Writer struct {
	To   io.Writer
	Lang letter.Lang // en or ar
}

// say writes a line; what cannot be written there cannot be reported.
func (w Writer) say(format string, args ...any) { _, _ = fmt.Fprintf(w.To, format+"\n", args...) }

// words writes foreign words, broken into lines that begin with indent.
func (w Writer) words(s, indent string) { w.say("%s", Wrap(Safe(s), indent, Columns-len(indent))) }

// Safe makes foreign words harmless on a terminal: control and bidirectional
// characters are written out as codes.
func Safe(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == '\n' || r == '\t':
			b.WriteRune(r)
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			fmt.Fprintf(&b, "<%02X>", s[i])
		case foreign(r):
			fmt.Fprintf(&b, "<U+%04X>", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// foreign are characters that would steer a terminal or turn the reading order,
// and no letters: control, format, and the two line ends that are no LF.
func foreign(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == 0x2028 || r == 0x2029
}

// Wrap breaks words into lines of at most width columns, each after indent.
func Wrap(s, indent string, width int) string {
	var b strings.Builder
	col := 0
	for _, w := range strings.Fields(s) {
		n := utf8.RuneCountInString(w)
		switch {
		case col == 0:
			b.WriteString(indent)
		case col+1+n > width:
			b.WriteString("\n" + indent)
			col = 0
		default:
			b.WriteByte(' ')
			col++
		}
		b.WriteString(w)
		col += n
	}
	return b.String()
}

// hang wraps words that stand after a number of four columns.
func hang(s string) string {
	return strings.TrimPrefix(Wrap(Safe(s), "    ", Columns-4), "    ")
}

// JSON writes v as indented JSON.
func JSON(to io.Writer, v any) error {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("writing JSON: %w", err)
	}
	_, err := io.WriteString(to, escapeFormat(b.String()))
	return err //nolint:wrapcheck // standard output is gone
}

// escapeFormat writes control and bidirectional characters, which in JSON stand
// inside strings only, as escapes.
func escapeFormat(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r != '\n' && foreign(r) {
			for _, u := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, "\\u%04x", u)
			}
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// safe makes foreign words harmless on a terminal: control and bidirectional
// characters are written out as codes.
func safe(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n' || r == '\t':
			b.WriteRune(r)
		case r == utf8.RuneError, unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == 0x2028, r == 0x2029:
			fmt.Fprintf(&b, "<U+%04X>", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// wrap breaks words into lines of at most width columns, each after indent.
func wrap(s, indent string, width int) string {
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

// printJSON writes v as indented JSON.
func (c *call) printJSON(v any) error {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("writing JSON: %w", err)
	}
	_, err := io.WriteString(c.out, escapeFormat(b.String()))
	return err //nolint:wrapcheck // standard output is gone
}

// escapeFormat writes control and bidirectional characters, which in JSON stand
// inside strings only, as escapes.
func escapeFormat(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == 0x2028 || r == 0x2029) {
			for _, u := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, "\\u%04x", u)
			}
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// progress shows how far a long work is, on a terminal only.
func (c *call) progress(what string) (func(done, all uint64), func()) {
	if !c.tty {
		return nil, func() {}
	}
	shown := false
	return func(done, all uint64) {
			if all > 2000 {
				shown = true
				tell(c.err, "\r%s %d of %d", what, done, all)
			}
		}, func() {
			if shown {
				tell(c.err, "\r\x1b[K")
			}
		}
}

package plain

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// anyWords draws what a stranger may put into a paper: broken UTF-8 and steering
// characters among letters.
func anyWords(t *rapid.T) string {
	parts := rapid.SliceOf(rapid.OneOf(
		rapid.String(), rapid.SampledFrom([]string{"\x1b[2J", "\u202e", "\u2028", "\xff\xfe", "\x9b", "\U000e0041", "\u00ad", "\r", "مرحبا"}),
	)).Draw(t, "parts")
	return strings.Join(parts, " ")
}

func TestNothingForeignGetsThrough(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyWords(t)
		var b bytes.Buffer
		if err := JSON(&b, map[string]string{"s": s}); err != nil {
			t.Fatal(err)
		}
		for _, out := range []string{Safe(s), b.String()} {
			for _, r := range out {
				if r != '\n' && r != '\t' && foreign(r) {
					t.Fatalf("%q lets U+%04X through: %q", s, r, out)
				}
			}
			if !utf8.ValidString(out) {
				t.Fatalf("%q becomes broken UTF-8: %q", s, out)
			}
		}
		var back map[string]string
		if err := json.Unmarshal(b.Bytes(), &back); err != nil || utf8.ValidString(s) && back["s"] != s {
			t.Fatalf("%q comes back as %q, %v", s, back["s"], err)
		}
		if Safe(Safe(s)) != Safe(s) {
			t.Fatalf("%q is changed twice", s)
		}
	})
}

func TestWrapKeepsWordsAndWidth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyWords(t)
		width := rapid.IntRange(1, 60).Draw(t, "width")
		out := Wrap(s, "  ", width)
		if !slices.Equal(strings.Fields(out), strings.Fields(s)) {
			t.Fatalf("%q becomes %q", s, out)
		}
		for line := range strings.SplitSeq(out, "\n") {
			words := strings.TrimPrefix(line, "  ")
			if utf8.RuneCountInString(words) > width && len(strings.Fields(words)) > 1 {
				t.Fatalf("a line of %d columns, want %d: %q", utf8.RuneCountInString(words), width, line)
			}
		}
	})
}

func TestSafe(t *testing.T) {
	for in, want := range map[string]string{
		"a\x1b[31mb": "a<U+001B>[31mb", "a\u202eb": "a<U+202E>b", "\xff": "<FF>", "\ufffd": "\ufffd", "line\n\ttab": "line\n\ttab",
		"سلام": "سلام", "\r": "<U+000D>",
	} {
		if got := Safe(in); got != want {
			t.Errorf("Safe(%q) is %q, want %q", in, got, want)
		}
	}
}

func TestSnake(t *testing.T) {
	for in, want := range map[string]string{"NotBefore": "not_before", "ID": "id", "Texts": "texts", "NextWordBy": "next_word_by", "KeyID": "key_id"} {
		if got := snake(in); got != want {
			t.Errorf("snake(%q) is %q, want %q", in, got, want)
		}
	}
}

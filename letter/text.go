package letter

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// MaxText is the largest text of one language, in bytes (MUST-1).
const MaxText = 1 << 20

// A Text is the canonical text of a letter in one language: everything a
// reader sees from letterhead to signature block. The zero Text is no text.
type Text struct{ s string }

// String returns the text: UTF-8, NFC, one final LF.
func (t Text) String() string { return t.s }

// IsZero reports whether there is no text.
func (t Text) IsZero() bool { return t.s == "" }

// Paragraphs returns the paragraphs without the empty lines between them; a
// paragraph may have several lines.
func (t Text) Paragraphs() []string {
	if t.IsZero() {
		return nil
	}
	return strings.Split(strings.TrimSuffix(t.s, "\n"), "\n\n")
}

// A TextError says what in a text is not allowed, and where.
type TextError struct {
	Line, Column int    // counted from 1; Column in code points; 0 when it is about the whole
	Problem      string // what is wrong and what to do
}

func (e *TextError) Error() string {
	if e.Line == 0 {
		return e.Problem
	}
	return fmt.Sprintf("line %d, character %d: %s", e.Line, e.Column, e.Problem)
}

// Parse reads a text that must already be canonical, byte for byte, as it is
// in a register folder or a proof. The error is a [*TextError].
func Parse(b []byte) (Text, error) {
	if err := decodable(b); err != nil {
		return Text{}, err
	}
	if len(b) > MaxText {
		return Text{}, tooLarge(len(b))
	}
	s := string(b)
	if err := allowed(s); err != nil {
		return Text{}, err
	}
	if !speaks(s) {
		return Text{}, errEmpty
	}
	if c := tidy(s); c != s {
		return Text{}, notCanonical(s, c)
	}
	return Text{s}, nil
}

// Canonicalize turns what an author wrote into canonical text: line ends become
// LF, the text NFC, every kind of space one SPACE, runs of spaces one, spaces at
// line ends none, several empty lines one (MUST-3 to MUST-6). What cannot be
// put right without changing what a reader sees is refused with a [*TextError].
func Canonicalize(b []byte) (Text, error) {
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")) // a byte order mark says nothing in UTF-8
	if err := decodable(b); err != nil {
		return Text{}, err
	}
	s := lineEnds.Replace(string(b))
	s = strings.Map(plainSpace, s)
	if err := allowed(s); err != nil {
		return Text{}, err
	}
	s = tidy(s)
	if i := strings.IndexRune(s, combiningGraphemeJoiner); i >= 0 {
		return Text{}, at(s, i, "more than 30 marks stand on one character: take some out")
	}
	if !speaks(s) {
		return Text{}, errEmpty
	}
	if len(s) > MaxText {
		return Text{}, tooLarge(len(s))
	}
	return Text{s}, nil
}

// speaks reports whether there is anything to read: spaces and direction marks
// alone are no words.
func speaks(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.In(r, unicode.L, unicode.N, unicode.P, unicode.S) })
}

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n\n", "\u0085", "\n")

var errEmpty = &TextError{Problem: "the text is empty: a letter needs words"}

func tooLarge(n int) *TextError {
	return &TextError{Problem: fmt.Sprintf("the text has %d bytes; at most %d are taken: split the letter or enclose the rest as a file", n, MaxText)}
}

// combiningGraphemeJoiner is what package norm puts in after 30 marks in a row
// (UAX #15, stream-safe text); no text may hold one (MUST-4, MUST-7).
const combiningGraphemeJoiner = '\u034f'

// plainSpace maps every horizontal space to SPACE. ZWNJ and ZWJ are no spaces.
func plainSpace(r rune) rune {
	if r == '\t' || r != '\n' && unicode.Is(unicode.Zs, r) {
		return ' '
	}
	return r
}

// decodable checks size and encoding (MUST-1, MUST-2), naming the usual
// mistakes, because "invalid UTF-8" helps nobody at midnight.
func decodable(b []byte) error {
	switch {
	case len(b) == 0:
		return errEmpty
	case len(b) > 2*MaxText:
		return tooLarge(len(b))
	case bytes.HasPrefix(b, []byte("\xff\xfe")), bytes.HasPrefix(b, []byte("\xfe\xff")), evenZeros(b):
		return &TextError{Problem: "this is UTF-16 text: save it as UTF-8"}
	case bytes.HasPrefix(b, []byte("%PDF-")):
		return &TextError{Problem: "this is a PDF file, not a text: give its words as UTF-8 text"}
	case bytes.IndexByte(b, 0) >= 0:
		return &TextError{Problem: "this is binary data, not a text: give the words as UTF-8 text"}
	case !utf8.Valid(b):
		line, col := where(b, firstInvalid(b))
		return &TextError{line, col, "the text is not UTF-8 (Latin-1 or Windows-1252, perhaps): save it as UTF-8"}
	}
	return nil
}

// evenZeros spots UTF-16 without a byte order mark: nearly every second byte zero.
func evenZeros(b []byte) bool {
	if len(b) < 4 || len(b)%2 != 0 {
		return false
	}
	var even, odd int
	for i, c := range b[:min(len(b), 512)] {
		if c == 0 && i%2 == 0 {
			even++
		} else if c == 0 {
			odd++
		}
	}
	half := min(len(b), 512) / 2
	return max(even, odd)*10 >= half*7 && min(even, odd) == 0
}

func firstInvalid(b []byte) int {
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n <= 1 {
			return i
		}
		i += n
	}
	return len(b)
}

// where turns a byte offset into line and column.
func where(b []byte, offset int) (line, col int) {
	head := b[:min(offset, len(b))]
	start := bytes.LastIndexByte(head, '\n') + 1
	return bytes.Count(head, []byte("\n")) + 1, utf8.RuneCount(head[start:]) + 1
}

// allowed refuses the code points that no letter may hold (MUST-7, MUST-8).
func allowed(s string) error {
	depth := 0
	for i, r := range s {
		if p := problem(r); p != "" {
			return at(s, i, fmt.Sprintf("%s (%U): %s", p, r, advice(r)))
		}
		switch {
		case r >= '\u2066' && r <= '\u2068':
			depth++
		case r == '\u2069':
			depth--
		case r == '\n' && depth != 0:
			return at(s, i, "a direction isolate is not closed on its line (mixed bidi): close it with U+2069 or take it out")
		}
		if depth < 0 {
			return at(s, i, "a direction isolate is closed that was not opened (mixed bidi): take U+2069 out")
		}
	}
	if depth != 0 {
		return at(s, len(s), "a direction isolate is not closed (mixed bidi): close it with U+2069 or take it out")
	}
	return nil
}

func at(s string, i int, problem string) *TextError {
	line, col := where([]byte(s), i)
	return &TextError{line, col, problem}
}

// problem names what is wrong with r, or "".
func problem(r rune) string {
	switch {
	case r == '\n' || r == ' ':
		return ""
	case r >= 0x202A && r <= 0x202E:
		return "a bidi embedding or override"
	case r == 0x200C, r == 0x200D, r == 0x200E, r == 0x200F, r == 0x061C, r >= 0x2066 && r <= 0x2069:
		return "" // joiners, direction marks and isolates that scripts need
	case r == 0xAD:
		return "a soft hyphen"
	case unicode.Is(unicode.Variation_Selector, r):
		return "a variation selector"
	case unicode.Is(unicode.Cc, r):
		return "a control character"
	case unicode.Is(unicode.Zs, r):
		return "a space that is not SPACE"
	case unicode.In(r, unicode.Zl, unicode.Zp):
		return "a line end that is not LF"
	case unicode.Is(unicode.Cf, r) && !visibleFormat(r):
		return "an invisible character"
	case unicode.Is(unicode.Co, r):
		return "a private-use character"
	case r == 0x115F, r == 0x1160, r == 0x3164, r == 0xFFA0, r == 0x034F, r == 0x2800:
		return "an invisible character"
	case !assigned(r):
		return "an unassigned character"
	}
	return ""
}

// visibleFormat reports the format characters that print: Arabic number and
// verse signs.
func visibleFormat(r rune) bool {
	return r >= 0x0600 && r <= 0x0605 || r == 0x06DD || r == 0x08E2 || r == 0x0890 || r == 0x0891
}

func advice(r rune) string {
	if unicode.Is(unicode.Zs, r) {
		return "use SPACE"
	}
	return "take it out"
}

// assigned reports whether Unicode (the version of this Go release, see
// docs/formats/letter.md) gives r a meaning.
func assigned(r rune) bool {
	return unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z, unicode.Cf)
}

// tidy brings spaces, line ends and composition into canonical form.
func tidy(s string) string {
	s = norm.NFC.String(s)
	var out strings.Builder
	out.Grow(len(s) + 1)
	empty := 0
	for line := range strings.SplitSeq(s, "\n") {
		line = strings.Join(strings.FieldsFunc(line, func(r rune) bool { return r == ' ' }), " ")
		if line == "" {
			empty++
			continue
		}
		if empty > 0 && out.Len() > 0 {
			out.WriteByte('\n')
		}
		empty = 0
		out.WriteString(line)
		out.WriteByte('\n')
	}
	return out.String()
}

// notCanonical points at the first place where s differs from its canonical form.
func notCanonical(s, canonical string) error {
	i := 0
	for i < len(s) && i < len(canonical) && s[i] == canonical[i] {
		i++
	}
	return at(s, i, "not canonical text here (NFC, one space, one empty line between paragraphs, one final line end)")
}

// IsTextError reports whether err is about a text's content, as opposed to a
// failure to read it.
func IsTextError(err error) bool {
	var t *TextError
	return errors.As(err, &t)
}

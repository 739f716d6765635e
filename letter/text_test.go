package letter_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"chancery.example/internal/testkit"
	"chancery.example/letter"
)

// anyText draws what authors and attackers write: letters of several scripts,
// every kind of space and line end, marks, and code points that are refused.
func anyText() *rapid.Generator[string] {
	piece := rapid.OneOf(
		rapid.SampledFrom([]string{
			"Sir,", "the ship", "الوزير", "船", "é", "e\u0301", "\u1112\u1161\u11ab", "\u2126", "3 000", "٣",
			" ", "  ", "\t", "\u00a0", "\u2003", "\u3000", "\n", "\n\n", "\r\n", "\r", "\u2028", "\u2029", "\u0085",
			"\u200e", "\u200c", "\u2067x\u2069", "\u0301", "\u0600",
		}),
		rapid.SampledFrom([]string{"\u202e", "\u2067", "\u2069", "\u200b", "\u00ad", "\ufe0f", "\x00", "\x1b", "\u0378", "\ue000", "\ufeff", "\xff", "\u3164"}),
		rapid.StringN(0, 4, -1),
	)
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(piece, 0, 12).Draw(t, "pieces"), "")
	})
}

// TestCanonicalForm (MUST-1 to MUST-8): what Canonicalize gives is canonical,
// Parse takes it as it is, and doing it twice changes nothing.
func TestCanonicalForm(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		in := anyText().Draw(rt, "text")
		text, err := letter.Canonicalize([]byte(in))
		if err != nil {
			if !letter.IsTextError(err) || !text.IsZero() {
				rt.Fatalf("error %v with text %q", err, text)
			}
			return
		}
		holdsCanonical(rt, text.String())
		if again, err := letter.Canonicalize([]byte(text.String())); err != nil || again != text {
			rt.Fatalf("canonicalized twice: %q, then %q, %v", text, again, err)
		}
		if parsed, err := letter.Parse([]byte(text.String())); err != nil || parsed != text {
			rt.Fatalf("parsed: %q, %v", parsed, err)
		}
	})
}

// failer is what rapid, fuzzing and plain tests share.
type failer interface {
	Errorf(format string, args ...any)
}

// holdsCanonical looks at the bytes themselves, without the package's own code.
func holdsCanonical(t failer, s string) {
	for name, bad := range map[string]bool{
		"MUST-1 empty":                    s == "",
		"MUST-1 too long":                 len(s) > letter.MaxText,
		"MUST-2 not UTF-8":                !utf8.ValidString(s),
		"MUST-3 another line end":         strings.ContainsAny(s, "\r\u0085\u2028\u2029"),
		"MUST-4 not NFC":                  !norm.NFC.IsNormalString(s),
		"MUST-5 two spaces":               strings.Contains(s, "  "),
		"MUST-5 space at a line's start":  strings.HasPrefix(s, " ") || strings.Contains(s, "\n "),
		"MUST-5 space at a line's end":    strings.Contains(s, " \n"),
		"MUST-5 another space":            strings.ContainsFunc(s, func(r rune) bool { return r != ' ' && unicode.Is(unicode.Zs, r) }),
		"MUST-6 two empty lines":          strings.Contains(s, "\n\n\n"),
		"MUST-6 empty line at the start":  strings.HasPrefix(s, "\n"),
		"MUST-6 not one final LF":         !strings.HasSuffix(s, "\n") || strings.HasSuffix(s, "\n\n"),
		"MUST-7 control":                  strings.ContainsFunc(s, func(r rune) bool { return r != '\n' && unicode.IsControl(r) }),
		"MUST-7 private use or surrogate": strings.ContainsFunc(s, func(r rune) bool { return unicode.In(r, unicode.Co, unicode.Cs) }),
		"MUST-7 embedding or override":    strings.ContainsFunc(s, func(r rune) bool { return r >= 0x202a && r <= 0x202e }),
		"MUST-7 variation selector":       strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Variation_Selector, r) }),
		"MUST-8 isolates do not pair up":  strings.Count(s, "\u2069") != strings.Count(s, "\u2066")+strings.Count(s, "\u2067")+strings.Count(s, "\u2068"),
		"MUST-7 invisible but for MUST-8": strings.ContainsAny(s, "\u200b\u2060\ufeff\u00ad\u180e\u115f\u1160\u3164\uffa0\u034f\u2800"),
	} {
		if bad {
			t.Errorf("%s: %q", name, s)
		}
	}
}

// TestEveryCodePoint (MUST-7, MUST-8): each is kept, put right as the page says,
// or refused; none vanishes.
func TestEveryCodePoint(t *testing.T) {
	var kept, spaces, lines, refused int
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if r >= 0xd800 && r <= 0xdfff || r >= 0x2066 && r <= 0x2069 {
			continue
		}
		text, err := letter.Canonicalize([]byte("a" + string(r) + "b"))
		switch {
		case err != nil:
			refused++
			continue
		case text.String() == "a b\n":
			spaces++
			if r != '\t' && !unicode.Is(unicode.Zs, r) {
				t.Errorf("%U became a space", r)
			}
		case text.String() == "a\nb\n" || text.String() == "a\n\nb\n":
			lines++
			if !strings.ContainsRune("\n\r\u0085\u2028\u2029", r) {
				t.Errorf("%U became a line end", r)
			}
		case text.String() == norm.NFC.String("a"+string(r)+"b\n"):
			kept++
		default:
			t.Errorf("%U became %q", r, text)
		}
	}
	if spaces != 18 || lines != 5 {
		t.Errorf("%d spaces and %d line ends, want 18 and 5", spaces, lines)
	}
	if kept < 140_000 || refused < 900_000 {
		t.Errorf("%d kept, %d refused", kept, refused)
	}
}

// TestMarksThatStay (MUST-7, MUST-8): what scripts need is kept as it is.
func TestMarksThatStay(t *testing.T) {
	for _, r := range "\u0600\u0605\u06dd\u0890\u0891\u08e2\u200c\u200d\u200e\u200f\u061c" {
		in := "a" + string(r) + "b\n"
		if text, err := letter.Canonicalize([]byte(in)); err != nil || text.String() != in {
			t.Errorf("%U: %q, %v", r, text, err)
		}
	}
	for _, in := range []string{"a\u2066b\u2069\n", "a\u2067b\u2068c\u2069d\u2069\n"} {
		if text, err := letter.Parse([]byte(in)); err != nil || text.String() != in {
			t.Errorf("%q: %v", in, err)
		}
	}
}

// TestWhere: an error says where to look.
func TestWhere(t *testing.T) {
	for _, c := range []struct {
		in        string
		line, col int
	}{
		{"a\x1b\n", 1, 2}, {"one\ntwo\nthr\u200bee\n", 3, 4}, {"الوزير\u202e\n", 1, 7}, {"a\r\nb\u00ad", 2, 2},
		{"abc\nd\xffe", 2, 2}, {"a \u2067b\n", 1, 5}, {"a\u2069b\u2066c\n", 1, 2}, {"", 0, 0},
	} {
		_, err := letter.Canonicalize([]byte(c.in))
		var te *letter.TextError
		if !errors.As(err, &te) || te.Line != c.line || te.Column != c.col {
			t.Errorf("%q: got %+v, want line %d, column %d", c.in, te, c.line, c.col)
		}
	}
	_, err := letter.Parse([]byte("one\n\n\ntwo\n"))
	var te *letter.TextError
	if !errors.As(err, &te) || te.Line != 3 || te.Column != 1 {
		t.Errorf("Parse points at %+v, want line 3, column 1", te)
	}
	if letter.IsTextError(errors.New("disk")) || letter.IsTextError(nil) {
		t.Error("any error is about a text")
	}
}

// TestLimit (MUST-1): the largest text, and one byte more.
func TestLimit(t *testing.T) {
	fits := append(bytes.Repeat([]byte("a"), letter.MaxText-1), '\n')
	if _, err := letter.Parse(fits); err != nil {
		t.Error(err)
	}
	over := append([]byte("a"), fits...)
	for name, read := range map[string]func([]byte) (letter.Text, error){"Parse": letter.Parse, "Canonicalize": letter.Canonicalize} {
		if _, err := read(over); err == nil || !strings.Contains(err.Error(), "at most") {
			t.Errorf("%s took %d bytes: %v", name, len(over), err)
		}
		if _, err := read(bytes.Repeat([]byte(" "), 64<<20)); err == nil {
			t.Errorf("%s took 64 MiB", name)
		}
	}
	// Spaces that go away do not count.
	if _, err := letter.Canonicalize(append(bytes.Repeat([]byte(" "), 1000), fits...)); err != nil {
		t.Error(err)
	}
}

func TestParagraphs(t *testing.T) {
	text, err := letter.Canonicalize([]byte("A Street\nTown\n\n\nSir,\n\nthe ship leaves."))
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprintf("%q", text.Paragraphs()); got != `["A Street\nTown" "Sir," "the ship leaves."]` {
		t.Error(got)
	}
	if (letter.Text{}).Paragraphs() != nil || !(letter.Text{}).IsZero() {
		t.Error("no text has paragraphs")
	}
}

// TestRealLetter: the letter of January 2020, in both languages, and the same
// saved by an office program on another system.
func TestRealLetter(t *testing.T) {
	for _, name := range []string{"letter.en.txt", "letter.ar.1.txt", "letter.ar.2.txt"} {
		raw := readFile(t, testkit.Data(t, "january-2020/"+name))
		text, err := letter.Canonicalize(raw)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		holdsCanonical(t, text.String())
		windows := append([]byte("\xef\xbb\xbf"), bytes.ReplaceAll(raw, []byte("\n"), []byte("\r\n"))...)
		windows = norm.NFD.Bytes(windows)
		if other, err := letter.Canonicalize(windows); err != nil || other != text {
			t.Errorf("%s with CR LF, BOM and NFD is another text: %v", name, err)
		}
	}
}

// FuzzCanonicalize: no panic, and everything that comes out is canonical.
func FuzzCanonicalize(f *testing.F) {
	for _, s := range []string{"", "Sir,\r\n", "e\u0301\n", "\u2067a\u2069", "\xff\xfea\x00", "%PDF-1", "a\u202eb", " \n \u00a0 x \t"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		text, err := letter.Canonicalize(b)
		if err != nil {
			return
		}
		holdsCanonical(t, text.String())
		if again, err := letter.Parse([]byte(text.String())); err != nil || again != text {
			t.Errorf("%q does not parse: %v", text, err)
		}
	})
}

// FuzzParse: what Parse takes, it takes byte for byte.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "\n", "Sir,\n", "a\n\nb\n", "a\n\n\nb\n", "e\u0301\n", "\u200e\n", "a \n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		text, err := letter.Parse(b)
		if err != nil {
			if !letter.IsTextError(err) {
				t.Errorf("%v is no TextError", err)
			}
			return
		}
		if text.String() != string(b) {
			t.Errorf("%q became %q", b, text)
		}
		holdsCanonical(t, text.String())
	})
}

package fold

import (
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// TestTablesAreRead: every row of every table is read and names its source.
func TestTablesAreRead(t *testing.T) {
	d := data()
	for _, c := range []struct {
		name, text string
		read       int
	}{
		{"look_alikes", lookAlikeText, len(d.alike)}, {"latin_variants", latinVariantText, len(d.variants)}, {"plain", plainText, len(d.plain)},
		{"arabic", arabicText, len(d.arabic)}, {"digits", digitText, len(d.decades)},
	} {
		rows := 0
		for line := range strings.Lines(c.text) {
			if line != "\n" && !strings.HasPrefix(line, "#") {
				rows++
			}
		}
		if rows != c.read || rows == 0 {
			t.Errorf("%s: %d of %d rows read", c.name, c.read, rows)
		}
		if !strings.Contains(c.text, "# Source: Unicode") {
			t.Errorf("%s names no source", c.name)
		}
	}
	if n := strings.Count(nameText, "\n"); len(d.names) < n {
		t.Errorf("%d names from %d lines", len(d.names), n)
	}
	for r, n := range d.names {
		if n != strings.ToUpper(n) || n != strings.TrimSpace(n) || !unicode.IsPrint(r) && !invisible(r) && !unicode.Is(unicode.M, r) {
			t.Errorf("U+%04X is named %q", r, n)
		}
	}
}

// TestLookAlikes (MUST-13, MUST-14): each maps to one Latin letter, none of which is mapped in
// turn, and no real letter of a script that is left alone is among them.
func TestLookAlikes(t *testing.T) {
	d := data()
	for r, l := range d.alike {
		if l.latin >= 0x80 || !unicode.IsLetter(l.latin) || unicode.Is(unicode.Latin, r) || !unicode.IsLetter(r) {
			t.Errorf("U+%04X: %q", r, l.latin)
		}
		if unicode.In(r, unicode.Arabic, unicode.Hebrew, unicode.Han, unicode.Devanagari, unicode.Thai) { // MUST-15
			t.Errorf("U+%04X is of a script that is left alone", r)
		}
		if _, again := d.alike[l.latin]; again || d.variants[l.latin] != "" || d.plain[l.latin] != "" {
			t.Errorf("U+%04X maps to %q, which is mapped", r, l.latin)
		}
		if unicode.IsUpper(r) != unicode.IsUpper(l.latin) && unicode.ToUpper(r) != unicode.ToLower(r) && unicode.In(r, unicode.Cyrillic, unicode.Greek) && r != 'ӏ' {
			t.Errorf("U+%04X and %q are of different case", r, l.latin)
		}
		if c := newRecall().classOf(r); c&foreignClass == 0 || c&wordClass == 0 {
			t.Errorf("U+%04X is not read as a letter of another script", r)
		}
		if norm.NFKC.String(string(r)) != string(r) {
			t.Errorf("U+%04X has a compatibility form", r)
		}
	}
	for _, want := range []unicode.RangeTable{*unicode.Cyrillic, *unicode.Greek, *unicode.Armenian, *unicode.Cherokee, *unicode.Coptic, *unicode.Lisu} {
		n := 0
		for r := range d.alike {
			n += boolean(unicode.Is(&want, r))
		}
		if n < 10 {
			t.Errorf("%d look-alikes of a script", n)
		}
	}
	for _, own := range []map[rune]rune{cyrillicOf, greekOf} {
		for latin, r := range own {
			if latin >= 0x80 || unicode.IsUpper(latin) != unicode.IsUpper(r) || d.alike[r].latin == 0 {
				t.Errorf("%q stands for %q", latin, r)
			}
		}
	}
}

// TestPlainLetters (MUST-10): plain forms are plain and stay so.
func TestPlainLetters(t *testing.T) {
	d := data()
	for _, m := range []map[rune]string{d.variants, d.plain} {
		for r, s := range m {
			if !unicode.Is(unicode.Latin, r) || s == "" || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz") != "" || strip(s) != s {
				t.Errorf("U+%04X: %q", r, s)
			}
			if low := unicode.ToLower(r); low != r && m[low] != "" && m[low] != s {
				t.Errorf("U+%04X: %q, and %q for its small letter", r, s, m[low])
			}
			if got := Copy(string(r)).Stream; got != s {
				t.Errorf("U+%04X folds to %q, want %q", r, got, s)
			}
		}
	}
}

// TestArabicTable (MUST-12): keys and folds stay what they are.
func TestArabicTable(t *testing.T) {
	d := data()
	for r, a := range d.arabic {
		if f := formOf(r); f.key != a.key || f.full != a.full || f.folded != a.folded {
			t.Errorf("U+%04X: %+v", r, f)
		}
		for _, s := range []string{a.key, a.folded} {
			if s != "" && allForms(s).folded != a.folded {
				t.Errorf("U+%04X: %q folds to %q, want %q", r, s, allForms(s).folded, a.folded)
			}
		}
		if k := formOf([]rune(a.key)[0]).key; k != a.key {
			t.Errorf("U+%04X: the key %q has the key %q", r, a.key, k)
		}
	}
	// Positional forms have the fold of the letter.
	for r := rune(0xFE80); r <= 0xFEFC; r++ {
		base := norm.NFKC.String(string(r))
		if got, want := Copy("x "+string(r)).Stream, Copy("x "+base).Stream; got != want {
			t.Errorf("U+%04X folds to %q, its letter to %q", r, got, want)
		}
	}
}

// TestDigits (MUST-11): every decimal digit that Unicode knows has its value, by
// a table that agrees with the compatibility forms.
func TestDigits(t *testing.T) {
	n := 0
	for _, r16 := range unicode.Nd.R16 {
		for r := rune(r16.Lo); r <= rune(r16.Hi); r++ {
			n += checkDigit(t, r)
		}
	}
	for _, r32 := range unicode.Nd.R32 {
		for r := rune(r32.Lo); r <= rune(r32.Hi); r++ { //nolint:gosec // a rune
			n += checkDigit(t, r)
		}
	}
	if want := 10 * (len(data().decades) + 1); n != want {
		t.Errorf("%d digits, %d in the table", n, want)
	}
}

func checkDigit(t *testing.T, r rune) int {
	t.Helper()
	got := Copy(string(r)).Stream
	if len(got) != 1 || got[0] < '0' || got[0] > '9' {
		t.Errorf("U+%04X folds to %q: a digit that digits.txt does not have", r, got)
	}
	if c := norm.NFKC.String(string(r)); len(c) == 1 && got != c {
		t.Errorf("U+%04X folds to %q, its compatibility form is %s", r, got, c)
	}
	if d, ok := decadeOf(r); ok && r == d.zero && (got != "0" || d.script == nil && len(norm.NFKC.String(string(r))) != 1) {
		t.Errorf("U+%04X is no zero, or at home nowhere", r)
	}
	return 1
}

// TestKeptIsWhatIsMade: what is kept for speed is what would be made.
func TestKeptIsWhatIsMade(t *testing.T) {
	k := newRecall()
	for r := rune(0); r < 0x3000; r++ {
		c := classify(r)
		if k.classOf(r) != c {
			t.Errorf("U+%04X: class %b, want %b", r, k.classOf(r), c)
		}
		if c&wordClass != 0 && *k.formOf(r) != formOf(r) {
			t.Errorf("U+%04X: %+v, want %+v", r, *k.formOf(r), formOf(r))
		}
	}
	for _, r := range []rune{0x4E00, 0x6E2F, 0x9FFF} {
		if k.classOf(r) != classify(r) {
			t.Errorf("U+%04X: class %b, want %b", r, k.classOf(r), classify(r))
		}
	}
}

package fold

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func backwards(s string) string {
	rs := []rune(s)
	slices.Reverse(rs)
	return string(rs)
}

// TestSeenOrder (MUST-16): R and L stand for overrides, P for what ends them, r
// and l for embeddings.
func TestSeenOrder(t *testing.T) {
	controls := strings.NewReplacer("{R", "\u202e", "{L", "\u202d", "{r", "\u202b", "{l", "\u202a", "}", "\u202c", "[r", "\u2067", "[l", "\u2066", "]", "\u2069", "|", "\u2028")
	for _, c := range []struct{ name, text, want string }{
		{"no override", "the {rlock} [ropens] now", "the lock opens now"},
		{"a sentence stored backwards", "{R83 evom lliw eciffO ehT}", "The Office will move 38"},
		{"with brackets", "{R(won) snepo}", "opens (now)"},
		{"part of a sentence", "the {Rkcol} opens", "the lock opens"},
		{"word by word, as one line runs", "{Rehtx} {Rkcoly}", "ylock xthe"},
		{"word by word among letters", "a {Reht} b {Rkcol} c", "a the b lock c"},
		{"ended by the line", "{Reht\nlock", "the\nlock"},
		{"not ended", "the {Rkcol", "the lock"},
		{"a line separator ends no override", "{Reht|kcol} x", "the\u2028lock x"},
		{"inside another", "{R{Leht} kcol}", "lock eht"},
		{"an embedding inside", "{R{rab}cd}", "dcab"},
		{"left to right changes nothing of Latin", "{Lthe lock 12} opens", "the lock 12 opens"},
		{"real Arabic stays", "{Rالمادة ١٢}", "المادة ٢١"},
		{"Arabic stored backwards", "{Lةداملا}", "المادة"},
		{"Arabic backwards among Arabic", "في {Lةداملا} هذه", "في المادة هذه"},
		{"marks stay on their letters", "{Re\u0301fac}", "cafe\u0301"},
		{"a number beside", "1{R000,052,} crowns", "1,250,000 crowns"},
		{"other lines stay", "ab 12\n{Rdc}\nالف 12", "ab 12\ncd\nالف 12"},
		{"bytes that are no UTF-8", "{Ra\xffb}", "b\ufffda"},
	} {
		text, _ := seenOrder(controls.Replace(c.text))
		if text = strings.Map(func(r rune) rune {
			if directs(r) {
				return -1
			}
			return r
		}, text); text != c.want {
			t.Errorf("%s: %q is seen as %q, want %q", c.name, c.text, text, c.want)
		}
	}
}

// TestStoredBackwards (MUST-16): a text stored backwards under an override has
// the words of the text, its controls are named, and offsets are those of the
// text that was given.
func TestStoredBackwards(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(plainWords), 1, 20).Draw(t, "words"), " ")
		given := "\u202e" + backwards(text) + "\u202c"
		f, plain := checkFold(t, given), Copy(text)
		if f.Exact != text || f.Stream != plain.Stream || keys(f) != keys(plain) || len(f.Odd) != 2 || f.Odd[0] != (Oddity{BidiControl, 0x202e, 0, 1}) {
			t.Fatalf("%q is read as %q, %v", given, f.Exact, f.Odd)
		}
		rs := []rune(given)
		for i, w := range f.Words {
			first, _ := utf8.DecodeRuneInString(f.Exact[w.Start:])
			if rs[f.Offset(i)] != first || !strings.HasPrefix(given[f.Origin(int(w.Start)):], string(first)) {
				t.Fatalf("word %d of %q does not begin at code point %d", i, given, f.Offset(i))
			}
		}
	})
}

// TestOverrideInsideWord (MUST-17).
func TestOverrideInsideWord(t *testing.T) {
	for text, want := range map[string]string{
		"Payment of 1\u202e000,052,\u202c crowns": "payment of [1,250,000] crowns",
		"will \u202eton\u202c board":              "will not board",
		"will n\u202eto\u202c board":              "will [not] board",
		"5\u202e0\u202c0 marks":                   "[500] marks",
	} {
		if got := keys(Copy(text)); got != want {
			t.Errorf("%q is read as %s, want %s", text, got, want)
		}
	}
}

// TestNestingIsBounded: more levels than UAX #9 knows change nothing.
func TestNestingIsBounded(t *testing.T) {
	for _, open := range []string{"\u202e", "\u202d", "\u202e\u202d", "\u202e\u2067", "\u2068\u202e"} {
		s := strings.Repeat(open, 300) + "abc" + strings.Repeat("\u202c\u2069", 400) + " def"
		checkFold(t, s)
		checkFold(t, s+"\n"+s)
	}
}

func TestScanUnderOverride(t *testing.T) {
	given := "\u202ewon snepo\u202c" // bytes 3 to 6 "won", 7 to 12 "snepo"
	f := Scan(given, []Seen{{From: 3, To: 6, Confidence: .5}, {From: 7, To: 12, Confidence: .9}})
	if keys(f) != "opens now" || !slices.Equal(f.Confidence, []float32{.9, .5}) {
		t.Errorf("%s: %v", keys(f), f.Confidence)
	}
}

package fold

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// checkFold (MUST-21): words stand in order in the text, the map to the stream
// rises with them, and every offset lies within the text that was given.
func checkFold(t interface{ Fatalf(string, ...any) }, given string) *Folded {
	f := Copy(given)
	at, letters := int32(0), int32(0)
	for i, w := range f.Words {
		if w.Start < at || w.End <= w.Start || int(w.End) > len(f.Exact) || w.From != letters || w.To < w.From || w.Key == "" {
			t.Fatalf("word %d of %q: %+v after byte %d, letter %d", i, given, w, at, letters)
		}
		for n := w.From; n < w.To; n++ {
			if f.WordAt(int(n)) != i {
				t.Fatalf("letter %d of %q belongs to word %d, not %d", n, given, f.WordAt(int(n)), i)
			}
		}
		if !w.Agrees(w) {
			t.Fatalf("word %d of %q is not the same as itself", i, given)
		}
		at, letters = w.End, w.To
	}
	if n := utf8.RuneCountInString(f.Stream); n != f.Letters || int(letters) != n {
		t.Fatalf("%q: %d letters counted, %d in the stream, %d in words", given, f.Letters, n, letters)
	}
	points := utf8.RuneCountInString(given)
	last := 0
	for i := range len(f.Words) + 1 {
		n := f.Offset(i)
		if n < 0 || n > points || f.Exact == given && n < last {
			t.Fatalf("word %d of %q begins at code point %d of %d", i, given, n, points)
		}
		last = n
	}
	for _, o := range f.Odd {
		if o.Offset < 0 || o.Offset >= points || o.Count < 1 {
			t.Fatalf("oddity of %q out of range: %+v", given, o)
		}
	}
	for at := range len(f.Exact) + 1 {
		if n := f.Origin(at); n < 0 || n > len(given) {
			t.Fatalf("byte %d of %q comes from byte %d", at, given, n)
		}
	}
	return f
}

// again joins the folded words of a text with spaces.
func again(f *Folded) string {
	var b strings.Builder
	rs := []rune(f.Stream)
	for _, w := range f.Words {
		b.WriteString(string(rs[w.From:w.To]) + " ")
	}
	return b.String()
}

// checkIdempotent (MUST-23): folding the folded words changes nothing.
func checkIdempotent(t interface{ Fatalf(string, ...any) }, f *Folded) {
	if g := read(again(f), nil, nil); g.Stream != f.Stream {
		t.Fatalf("%q folds to %q, and that to %q", f.Exact, f.Stream, g.Stream)
	}
}

func TestMapIsMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { checkFold(t, rapid.String().Draw(t, "text")) })
}

// odd are stretches of text whose neighbourhood is where readers of text go wrong.
var odd = []string{
	" ", "\n", "\r\n", "-", "-\n", ".", "...", "…", "'", "’", ",", ":", "/", "5", "0", "1", "٣", "²", "½", "a", "B", "the", "lock", "И", "о", "с", "κ", "ο", "Ω", "ш",
	"é", "e\u0301", "\u0301", "\u0327", "ß", "ﬁ", "ſ", "æ", "ı", "İ", "ɡ", "ᴀ", "ø", "ا", "أ", "ا\u0654", "ة", "ى", "ـ", "\u064B", "ﷺ", "ﻻ", "ء", "א", "\u05B0",
	"\u200b", "\u200d", "\u00ad", "\ufe0f", "\u2066", "\u2069", "\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2028", "\u2029", "港", "か\u3099", "한", "ก",
	"𝐀", "Ａ", "５", "，", "％", "㎏", "℃", "№", "%", "$", "+", "−", "(", "HARB0UR", "2O31", "U.S.", "\xff", "\xc3", "\xe2\x80", "Page 2 of 3\n", "\n3 / 4\n", "\U000e0041", "\u3164",
}

func drawOdd(t *rapid.T) string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(odd), 0, 40).Draw(t, "pieces"), "")
}

func TestOddTextsAreMapped(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { checkFold(t, drawOdd(t)) })
}

func TestFoldIsIdempotent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { checkIdempotent(t, Copy(drawOdd(t))) })
	rapid.Check(t, func(t *rapid.T) { checkIdempotent(t, Copy(rapid.String().Draw(t, "text"))) })
}

func FuzzCopy(f *testing.F) {
	for _, s := range odd {
		f.Add("the " + s + " lock" + s + "opens" + s)
	}
	f.Add("\u202e.eloM retuO eht ot 83 evom lliw eciffO ehT\u202c")
	f.Add("1\u202e000,052,\u202c crowns \u2067\u202d\u0645\u202c\u2069")
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 1<<14 {
			return
		}
		checkIdempotent(t, checkFold(t, s))
		Record(s).AsCopyOf(Copy(s))
	})
}

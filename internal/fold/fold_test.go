package fold

import (
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// checkFold: words stand in order in the exact text, and the map to the stream
// rises with them.
func checkFold(t interface{ Fatalf(string, ...any) }, s string) {
	f := Copy(s)
	at, letters := int32(0), int32(0)
	for i, w := range f.Words {
		if w.Start < at || w.End <= w.Start || int(w.End) > len(s) || w.From != letters || w.To < w.From || w.Key == "" {
			t.Fatalf("word %d of %q: %+v after byte %d, letter %d", i, s, w, at, letters)
		}
		for n := w.From; n < w.To; n++ {
			if f.WordAt(int(n)) != i {
				t.Fatalf("letter %d of %q belongs to word %d, not %d", n, s, f.WordAt(int(n)), i)
			}
		}
		at, letters = w.End, w.To
	}
	if n := utf8.RuneCountInString(f.Stream); n != f.Letters {
		t.Fatalf("%q: %d letters counted, %d in the stream", s, f.Letters, n)
	}
}

func TestFoldMapIsMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { checkFold(t, rapid.String().Draw(t, "text")) })
}

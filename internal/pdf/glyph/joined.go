package glyph

import (
	"slices"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// joined are the letters that are drawn as one, in the order in which they are written.
var joined = sync.OnceValue(func() map[string]bool {
	out := map[string]bool{"\u0644\u0644\u0647": true}
	for _, in := range [][2]rune{{0xfb00, 0xfb06}, {0xfbea, 0xfdfb}, {0xfef5, 0xfefc}} {
		for r := in[0]; r <= in[1]; r++ {
			letters := slices.DeleteFunc([]rune(norm.NFKC.String(string(r))), func(r rune) bool { return !unicode.IsLetter(r) })
			if len(letters) > 1 {
				out[string(letters)] = true
			}
		}
	}
	return out
})

// Joined reports whether letters are drawn as one, in the order in which they are written:
// Unicode has a form for them, or they are what is drawn of الله beside its alef.
func Joined(letters string) bool { return joined()[letters] }

package fold

import (
	"strings"
	"testing"
	"time"
)

// hostile are texts that make careless readers slow, by what they repeat.
var hostile = map[string]string{
	"one letter": "a", "marks on one letter": "\u0301", "vowel signs": "\u064B", "invisible": "\u200b", "apostrophes": "a'\u200b", "full stops": "A.\u200b",
	"separators": "5,\u200b", "look-alikes": "\u0430", "words in two scripts": "\u0430b \u0431 ", "overrides": "\u202ea\u202c", "open overrides": "\u202e", "isolates": "\u2068\u202e",
	"other digits": "\u0663 ", "all mathematical letters": "\U0001D41A\U0001D41B\U0001D41C", "running lines": "1 / 2\n", "page": "page\n", "Han": "\u6e2f", "Hangul": "\ud55c",
	"figures in words": "a0", "ligatures": "\ufdfa", "broken bytes": "\xff\xe2", "full-width": "\uff0c\uff11",
}

// TestReadingIsLinear (MUST-22): 32 times the text takes about 32 times as long, where a reader that looks back, or on, from every character
// would take 1,024 times. Both are taken in one run, the best of a few, so that
// only their ratio counts.
func TestReadingIsLinear(t *testing.T) {
	const small, times, most = 4 << 10, 32, 300
	for name, piece := range hostile {
		t.Run(name, func(t *testing.T) {
			best := func(n int) time.Duration {
				s := strings.Repeat(piece, n/len(piece))
				least := time.Hour
				for range 3 {
					began := time.Now()
					f := Copy(s)
					least = min(least, time.Since(began))
					if len(f.Odd) > maxOddities || len(f.Words) > len(s) {
						t.Fatalf("%d oddities, %d words from %d bytes", len(f.Odd), len(f.Words), len(s))
					}
				}
				return least
			}
			best(small)
			if a, b := best(small), best(small*times); b > a*most {
				t.Errorf("%v for %d bytes, %v for %d times as many", a, small, b, times)
			}
		})
	}
}

// TestAgreementIsLinear (MUST-22): comparing two words with hundreds of
// thousands of signs ends.
func TestAgreementIsLinear(t *testing.T) {
	a, b := Copy("\u0643"+strings.Repeat("\u064B", 200_000)), Copy("\u0643"+strings.Repeat("\u064C", 200_000))
	if a.Words[0].Agrees(b.Words[0]) || !a.Words[0].Agrees(a.Words[0]) {
		t.Error("signs were not compared")
	}
}

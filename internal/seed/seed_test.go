package seed

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// letters draws a stream of one script.
func letters(script []rune, least, most int) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		return string(rapid.SliceOfN(rapid.SampledFrom(script), least, most).Draw(t, "letters"))
	})
}

// A run with few different letters has many equal pieces, which is where a
// guarantee about the smallest would break.
var (
	latin  = []rune("abcdefghijklmnopqrstuvwxyz0123456789")
	poor   = []rune("ab")
	greek  = []rune("αβγδεζηθικλμνξοπρστυφχψω")
	arabic = []rune("ابتثجحخدذرزسشصضطظعغفقكلمنهوي")
)

// TestSharedRunHoldsASeed (index.md MUST-4): whatever stands around a run, the
// two texts that share it share a seed within it.
func TestSharedRunHoldsASeed(t *testing.T) {
	for name, c := range map[string]struct {
		script []rune
		run    int
	}{
		"Latin": {latin, SharedRun}, "two letters": {poor, SharedRun}, "one letter": {poor[:1], SharedRun},
		"Greek": {greek, SharedRun}, "Arabic": {arabic, SharedRunArabic}, "two Arabic letters": {arabic[:2], SharedRunArabic},
	} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				run := letters(c.script, c.run, c.run).Draw(t, "run")
				around := letters(slices.Concat(latin, greek, arabic), 0, 30)
				a, b := around.Draw(t, "before"), around.Draw(t, "before the other")
				x, y := Of(a+run+around.Draw(t, "after")), Of(b+run+around.Draw(t, "after the other"))
				n, m := int32(len([]rune(a))), int32(len([]rune(b)))
				for _, s := range x {
					if s.At < n || s.At+gram > n+int32(c.run) && !isArabic([]rune(run)[0]) || s.At+arabicGram > n+int32(c.run) {
						continue
					}
					if slices.ContainsFunc(y, func(o Seed) bool { return o.At-m == s.At-n && (o.Key^s.Key)&Mask(1) == 0 }) {
						return
					}
				}
				t.Fatalf("no seed of %q is within the run in both texts", run)
			})
		})
	}
}

// TestSharedRunIsTheShortest: one letter less does not do.
func TestSharedRunIsTheShortest(t *testing.T) {
	for _, c := range []struct {
		script []rune
		run    int
	}{{latin, SharedRun - 1}, {arabic, SharedRunArabic - 1}} {
		found := false
		for i := range 20000 {
			var b strings.Builder
			for j := range c.run {
				b.WriteRune(c.script[int(hash(fmt.Sprint(i, j))%uint64(len(c.script)))])
			}
			found = found || len(Of(b.String())) == 0
		}
		if !found {
			t.Errorf("every run of %d letters held a seed: the limit says too little", c.run)
		}
	}
}

// TestBothWaysAgree: what is near a letter beyond ASCII is sampled as if all
// were ASCII.
func TestBothWaysAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := letters(rapid.SampledFrom([][]rune{latin, poor}).Draw(t, "script"), 0, 200).Draw(t, "text")
		if a, b := Of(s), ofLetters(s); !slices.Equal(a, b) {
			t.Fatalf("%q: %v, but %v letter by letter", s, a, b)
		}
		far := Of(s + "é")
		for _, a := range Of(s) {
			if a.Levels == Levels && !slices.Contains(far, a) {
				t.Fatalf("%q: seed %v goes when a letter far away is added", s, a)
			}
		}
	})
}

// TestKeyNests: the longer gram's key begins with the shorter one's.
func TestKeyNests(t *testing.T) {
	const text = "thecourtyardgateisshutatnineandthekeyiskeptbytheporterwhosleepsaboveit"
	for _, s := range Of(text) {
		for level, size := range map[int]int{1: 12, 2: 16, 3: 20} {
			if level > int(s.Levels) {
				continue
			}
			alone := seedAt(text[s.At:int(s.At)+size], upTo(size), 0, gram)
			if (alone.Key^s.Key)&Mask(level) != 0 {
				t.Errorf("level %d of the seed at %d: %x, from its letters alone %x", level, s.At, s.Key, alone.Key)
			}
		}
	}
	if n := len(Of(text)); n < len(text)/8 || n > len(text)/2 {
		t.Errorf("%d seeds of %d letters: want about a quarter", n, len(text))
	}
}

func upTo(n int) []int32 {
	var out []int32
	for i := range n + 1 {
		out = append(out, int32(i))
	}
	return out
}

// TestVectors holds the seeds of the page to the code (index.md MUST-1 to MUST-3).
func TestVectors(t *testing.T) {
	for stream, want := range map[string]string{
		"theshipleavesat2115fromthesouthlock": "4 3 4426c5defec58c2d\n9 3 58469ab59c989d12\n13 3 0d47679c87d127a5\n14 3 c173bb6210794f13\n16 2 70112a5c86165000\n23 1 b2b4488d26000000",
		"السفينةتغادرالرصيفالجنوبي":           "3 3 1d0d9d6d613aaf64\n6 3 425095b2b344910c\n7 3 399eb7d9d5f649a8\n13 1 e2196975b1000000\n14 1 75cdbcad17000000",
	} {
		var got []string
		for _, s := range Of(stream) {
			got = append(got, fmt.Sprintf("%d %d %016x", s.At, s.Levels, uint64(s.Key)))
		}
		if g := strings.Join(got, "\n"); g != want {
			t.Errorf("%s:\n%s\nwant\n%s", stream, g, want)
		}
	}
}

func FuzzOf(f *testing.F) {
	f.Add("theshipleavesat2115fromthesouthlock")
	f.Add("السفينةتغادرالرصيفالجنوبي")
	f.Add("a\xffb\xc3(") // no UTF-8
	f.Fuzz(func(t *testing.T, s string) {
		last := int32(-1)
		for _, x := range Of(s) {
			if x.At <= last || x.Levels < 1 || x.Levels > Levels || x.Key&^Mask(int(x.Levels)) != 0 {
				t.Fatalf("%q: seed %+v after letter %d", s, x, last)
			}
			last = x.At
		}
	})
}

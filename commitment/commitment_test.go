package commitment_test

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"chancery.example/commitment"
	"chancery.example/letter"
)

// fill returns 32 times the same byte.
func fill(b byte) (out [32]byte) {
	for i := range out {
		out[i] = b
	}
	return out
}

// example is the opening of commitment.md.
func example(t testing.TB) commitment.Opening {
	t.Helper()
	digest, err := letter.ParseHash("39210d731afe90a13c1835afe7f5a61752e976a4e1f42d5490d092c11bbe6d27")
	if err != nil {
		t.Fatal(err)
	}
	return commitment.Opening{
		Nonce: fill(0x11), Register: "letters.harbour.example/main/2026", Office: "https://harbour.example",
		Tag: fill(0x22), Purpose: commitment.Draft, Revision: 1, Digest: digest,
	}
}

// TestPageShowsRealBytes holds the example of commitment.md to the code (MUST-1,
// MUST-5, MUST-6).
func TestPageShowsRealBytes(t *testing.T) {
	b, err := os.ReadFile("../docs/formats/commitment.md")
	if err != nil {
		t.Fatal(err)
	}
	o := example(t)
	copies := []commitment.Copy{{Number: 1, Holder: "Ministry of Ports", Purpose: "clearance", Outside: true, Langs: []letter.Lang{"en"}}}
	for name, want := range map[string]string{
		"nonce": fmt.Sprintf("%x", o.Nonce), "register": o.Register, "office": o.Office, "tag": fmt.Sprintf("%x", o.Tag),
		"digest": o.Digest.String(), "commitment": o.Commitment().String(), "close tag": commitment.CloseTag(o.Tag).String(),
		"copies": commitment.CopiesDigest(o.Digest, copies).String(),
	} {
		line := func(l string) bool { return strings.Join(strings.Fields(l), " ") == name+" "+want }
		if !slices.ContainsFunc(strings.Split(string(b), "\n"), line) {
			t.Errorf("commitment.md does not show %s %s", name, want)
		}
	}
}

// parts are the changes that an opening can suffer, one for each of its parts.
var parts = map[string]func(o *commitment.Opening, n byte){
	"nonce":    func(o *commitment.Opening, n byte) { o.Nonce[n%32] ^= n },
	"register": func(o *commitment.Opening, n byte) { o.Register += string(rune('a' + n%26)) },
	"office":   func(o *commitment.Opening, n byte) { o.Office = o.Office[:int(n)%len(o.Office)] },
	"tag":      func(o *commitment.Opening, n byte) { o.Tag[n%32] ^= n },
	"purpose":  func(o *commitment.Opening, _ byte) { o.Purpose = commitment.Copies },
	"revision": func(o *commitment.Opening, n byte) { o.Revision += uint32(n) },
	"previous": func(o *commitment.Opening, n byte) { o.Previous[n%32] ^= n },
	"digest":   func(o *commitment.Opening, n byte) { o.Digest[n%32] ^= n },
	"boundary": func(o *commitment.Opening, _ byte) { o.Register, o.Office = o.Register+o.Office[:1], o.Office[1:] },
}

// TestBindsEveryPart (MUST-1, MUST-2): only the opening itself opens it.
func TestBindsEveryPart(t *testing.T) {
	if n := reflect.TypeFor[commitment.Opening]().NumField(); n != len(parts)-1 {
		t.Fatalf("an opening has %d parts, %d are changed here", n, len(parts)-1)
	}
	rapid.Check(t, func(rt *rapid.T) {
		o := example(t)
		c := o.Commitment()
		if !o.Opens(c) {
			rt.Fatal("an opening does not open its commitment")
		}
		for name, change := range parts {
			other := o
			change(&other, rapid.ByteRange(1, 255).Draw(rt, name))
			if other.Opens(c) {
				rt.Fatalf("opens with another %s", name)
			}
		}
		c[rapid.IntRange(0, 31).Draw(rt, "byte")] ^= rapid.ByteRange(1, 255).Draw(rt, "bits")
		if o.Opens(c) {
			rt.Fatal("opens another commitment")
		}
	})
}

// chain is a letter's chain of n revisions.
func chain(t testing.TB, n int) []commitment.Opening {
	var out []commitment.Opening
	for i := range n {
		o := example(t)
		o.Nonce, o.Digest, o.Revision = fill(byte(i+1)), fill(byte(100+i)), uint32(i+1)
		if i > 0 {
			o.Previous = out[i-1].Commitment()
		}
		out = append(out, o)
	}
	return out
}

// TestChain (MUST-3, MUST-4): chains of any length hold; with one opening left
// out, moved or changed they do not.
func TestChain(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(rt, "revisions")
		c := chain(t, n)
		if err := commitment.Chain(c); err != nil {
			rt.Fatal(err)
		}
		if k := rapid.IntRange(1, n).Draw(rt, "first revisions"); commitment.Chain(c[:k]) != nil {
			rt.Fatal("the first revisions of a chain are no chain")
		}
		i := rapid.IntRange(0, n-1).Draw(rt, "at")
		if i < n-1 && commitment.Chain(slices.Delete(slices.Clone(c), i, i+1)) == nil {
			rt.Fatalf("without opening %d it is still a chain", i+1)
		}
		if j := rapid.IntRange(0, n-1).Draw(rt, "with"); j != i {
			moved := slices.Clone(c)
			moved[i], moved[j] = moved[j], moved[i]
			if commitment.Chain(moved) == nil {
				rt.Fatalf("openings %d and %d change places and it is still a chain", i+1, j+1)
			}
		}
		for name, change := range parts {
			// The last opening's own nonce and digest bind nothing that follows.
			if (name == "nonce" || name == "digest") && i == n-1 || n == 1 && name != "purpose" && name != "revision" && name != "previous" {
				continue
			}
			bent := slices.Clone(c)
			change(&bent[i], rapid.ByteRange(1, 255).Draw(rt, name))
			if commitment.Chain(bent) == nil {
				rt.Fatalf("opening %d of %d has another %s and it is still a chain", i+1, n, name)
			}
		}
	})
	if commitment.Chain(nil) == nil {
		t.Error("nothing is a chain")
	}
}

// TestCloseTag (MUST-5): it tells nothing of the tag but to who has it.
func TestCloseTag(t *testing.T) {
	a, b := commitment.CloseTag(fill(1)), commitment.CloseTag(fill(2))
	if a == b || a == letter.Hash(fill(1)) || a.IsZero() {
		t.Error("close tags of two letters")
	}
}

// TestCopiesDigest (MUST-6): who holds which copy cannot be changed afterwards.
func TestCopiesDigest(t *testing.T) {
	list := func() []commitment.Copy {
		return []commitment.Copy{
			{Number: 1, Holder: "Ministry of Ports", Purpose: "clearance", Outside: true, Langs: []letter.Lang{"ar", "en"}},
			{Number: 2, Holder: "Legal", Purpose: "information", Langs: []letter.Lang{"en"}},
		}
	}
	want := commitment.CopiesDigest(fill(1), list())
	if commitment.CopiesDigest(fill(1), list()) != want {
		t.Error("the same list, two digests")
	}
	if commitment.CopiesDigest(fill(2), list()) == want {
		t.Error("another revision, the same digest")
	}
	for name, change := range map[string]func(c []commitment.Copy) []commitment.Copy{
		"number":      func(c []commitment.Copy) []commitment.Copy { c[0].Number = 3; return c },
		"holder":      func(c []commitment.Copy) []commitment.Copy { c[0].Holder = "Ministry"; return c },
		"purpose":     func(c []commitment.Copy) []commitment.Copy { c[1].Purpose = ""; return c },
		"outside":     func(c []commitment.Copy) []commitment.Copy { c[1].Outside = true; return c },
		"language":    func(c []commitment.Copy) []commitment.Copy { c[1].Langs[0] = "fr"; return c },
		"no language": func(c []commitment.Copy) []commitment.Copy { c[0].Langs = c[0].Langs[:1]; return c },
		"order":       func(c []commitment.Copy) []commitment.Copy { slices.Reverse(c); return c },
		"one fewer":   func(c []commitment.Copy) []commitment.Copy { return c[:1] },
		"swap holders": func(c []commitment.Copy) []commitment.Copy {
			c[0].Holder, c[1].Holder = c[1].Holder, c[0].Holder
			return c
		},
		"boundary": func(c []commitment.Copy) []commitment.Copy {
			c[1].Holder, c[1].Purpose = "Lega", "linformation"
			return c
		},
	} {
		if commitment.CopiesDigest(fill(1), change(list())) == want {
			t.Errorf("%s changed, the digest not", name)
		}
	}
}

func TestNames(t *testing.T) {
	for _, p := range []commitment.Purpose{commitment.Draft, commitment.Copies, commitment.Issue} {
		if !p.Valid() {
			t.Errorf("%s", p)
		}
	}
	if commitment.Purpose("").Valid() || commitment.Purpose("Draft").Valid() {
		t.Error("any purpose")
	}
	c := example(t).Commitment()
	if c.IsZero() || !(commitment.Commitment{}).IsZero() || len(c.String()) != 64 {
		t.Error("zero")
	}
}

//go:build !js

package papercode_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"chancery.example/commitment"
	"chancery.example/internal/papercode"
	"chancery.example/internal/testkit"
	"chancery.example/letter"
	"chancery.example/register"
)

const (
	origin = "letters.harbour.example/main/2026"
	office = "https://harbour.example"
)

// example is the revision of letter.md's and commitment.md's examples.
func example(t testing.TB) register.HeldDraft {
	t.Helper()
	text, err := letter.Parse([]byte("Sir,\n\nthe ship leaves.\n"))
	if err != nil {
		t.Fatal(err)
	}
	salts := map[letter.Field]letter.Salt{}
	for i, f := range []letter.Field{
		letter.FieldReference, letter.FieldType, letter.FieldPrevailing, letter.FieldAddressees, letter.FieldDistribution,
		letter.FieldEnclosures, letter.FieldSignature, letter.TextField("en"),
	} {
		salts[f] = letter.Salt(bytes.Repeat([]byte{byte(i)}, 32))
	}
	rev, err := letter.Restore(letter.Content{
		Reference: "HC-2026-0012", Type: letter.TypeLetter, Texts: []letter.LangText{{Lang: "en", Text: text}},
		Signature: letter.SignatureBlock{Kind: "typed"},
	}, salts)
	if err != nil {
		t.Fatal(err)
	}
	return held(rev, 2, 1, commitment.Commitment{})
}

func held(rev letter.Revision, at register.Index, n uint32, previous commitment.Commitment) register.HeldDraft {
	shown := []letter.Field{letter.FieldReference, letter.FieldType}
	for _, x := range rev.Content().Texts {
		shown = append(shown, letter.TextField(x.Lang))
	}
	return register.HeldDraft{Fields: rev.Disclose(shown...), Link: register.Link{Index: at, Opening: commitment.Opening{
		Nonce: [32]byte([]byte(strings.Repeat("\x11", 32))), Register: origin, Office: office,
		Tag: [32]byte([]byte(strings.Repeat("\x22", 32))), Purpose: commitment.Draft, Revision: n, Previous: previous, Digest: rev.Digest(),
	}}}
}

// The page shows the draft-opening code of its example, which is frozen, and it
// opens the commitment of commitment.md (MUST-10 to MUST-12).
func TestOpeningExample(t *testing.T) {
	h := example(t)
	if got := h.Link.Opening.Commitment().String(); got != "0b96e69c448b5ddcfcec89ba722daad8d6d6cb699b88689c0406c20bc055fe79" {
		t.Fatalf("commitment %s is not that of the page", got)
	}
	code, err := papercode.WriteOpening(h)
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(testkit.Root(), "docs/formats/papercode.md"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), "\n    "+code+"\n") {
		t.Errorf("docs/formats/papercode.md does not show %s", code)
	}
	if code := papercode.Of("harbour.example", "harbour", h.Link.Opening, "HC-2026-0012"); code.String() != good || !code.Fits(h.Link.Opening) {
		t.Errorf("its address is %s: want %s (MUST-3)", code, good)
	}
}

func revisions(t *rapid.T) letter.Revision {
	var texts []letter.LangText
	for _, l := range rapid.SliceOfNDistinct(rapid.SampledFrom([]letter.Lang{"ar", "en", "fr", "zh-hant", "uk"}), 1, 3, func(l letter.Lang) letter.Lang { return l }).Draw(t, "languages") {
		text, err := letter.Parse([]byte(rapid.StringMatching(`[a-z]{1,9}( [a-z]{1,9}){0,9}`).Draw(t, "text") + "\n"))
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, letter.LangText{Lang: l, Text: text})
	}
	rev, err := letter.Seal(letter.Content{
		Reference: letter.Ref(rapid.StringMatching(`[A-Z]{1,4}-[0-9]{1,8}`).Draw(t, "reference")), Type: rapid.SampledFrom([]letter.Type{letter.TypeLetter, letter.TypeNote}).Draw(t, "type"),
		Texts: texts, Signature: letter.SignatureBlock{Kind: "typed"},
	}, bytes.NewReader(rapid.SliceOfN(rapid.Byte(), 512, 512).Draw(t, "salts")))
	if err != nil {
		t.Fatal(err)
	}
	return rev
}

// A code carries exactly what the holder of a copy is told (MUST-11, MUST-12).
func TestOpeningsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Uint32Range(1, 3).Draw(t, "revision")
		var previous commitment.Commitment
		if n > 1 {
			previous[0] = 7
		}
		h := held(revisions(t), register.Index(rapid.Uint64().Draw(t, "index")), n, previous)
		code, err := papercode.WriteOpening(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := papercode.Matrix(code); err != nil {
			t.Fatal(err)
		}
		o, err := papercode.ParseOpening(code)
		if err != nil {
			t.Fatal(err)
		}
		got, err := o.Held(origin, office)
		if err != nil {
			t.Fatal(err)
		}
		a, _ := json.Marshal(h)
		b, _ := json.Marshal(got)
		if !bytes.Equal(a, b) {
			t.Fatalf("%s became %s", a, b)
		}
		// Another register, another office, another place: another commitment.
		for _, other := range [][2]string{{"x/y", office}, {origin, "https://other.example"}} {
			if h, _ := o.Held(other[0], register.Office(other[1])); h.Link.Opening.Commitment() == got.Link.Opening.Commitment() {
				t.Fatal("an opening is of any register and office")
			}
		}
	})
}

// What is changed anywhere is refused or is another opening.
func TestOpeningsAreStrict(t *testing.T) {
	h := example(t)
	code, err := papercode.WriteOpening(h)
	if err != nil {
		t.Fatal(err)
	}
	want := h.Link.Opening.Commitment()
	same := func(s string) bool {
		o, err := papercode.ParseOpening(s)
		if err != nil {
			return false
		}
		got, err := o.Held(origin, office)
		return err == nil && got.Link.Opening.Commitment() == want && o.Index == h.Link.Index
	}
	if !same(code) {
		t.Fatal("the code itself is not read")
	}
	for i := len("CHANCERY:DRAFT:1:"); i < len(code); i++ {
		for _, c := range "A7Z1a= " {
			s := code[:i] + string(c) + code[i+1:]
			// A text's language and salt are no part of the digest: only words tell.
			if s != code && same(s) && i < len(code)-108 {
				t.Fatalf("letter %d can be %q as well", i, c)
			}
		}
	}
	for _, s := range []string{"", code + "A", code + "=", code[:len(code)-1], code + "AAAAAAAA", strings.ToLower(code), " " + code, strings.Replace(code, ":1:", ":2:", 1), code + strings.Repeat("A", 1400)} {
		if _, err := papercode.ParseOpening(s); err == nil {
			t.Errorf("%.40s... of %d letters is read", s, len(s))
		}
	}
}

// A draft with more texts than paper has room for gets none (MUST-10).
func TestOpeningTooLong(t *testing.T) {
	h := example(t)
	text := h.Fields[7]
	h.Fields = h.Fields[:7]
	for _, l := range []letter.Lang{"aa", "ab", "ac", "ad", "ae", "af", "ag", "ah", "ai", "aj"} {
		text.Field = letter.TextField(l)
		h.Fields = append(h.Fields, text)
	}
	if code, err := papercode.WriteOpening(h); err == nil || !strings.Contains(err.Error(), ".chancery-draft") {
		t.Errorf("%d letters, %v", len(code), err)
	}
}

func FuzzParseOpening(f *testing.F) {
	code, err := papercode.WriteOpening(example(f))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(code)
	f.Add("CHANCERY:DRAFT:1:")
	f.Fuzz(func(t *testing.T, s string) {
		o, err := papercode.ParseOpening(s)
		if err != nil {
			return
		}
		h, err := o.Held(origin, office)
		if err != nil {
			return
		}
		if back, err := papercode.WriteOpening(h); err != nil || back != s {
			t.Errorf("%s is written as %s, %v", s, back, err)
		}
	})
}

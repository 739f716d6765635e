package letter_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"chancery.example/letter"
)

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func text(t testing.TB, s string) letter.Text {
	t.Helper()
	x, err := letter.Canonicalize([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// sample is a content that uses every field.
func sample(t testing.TB) letter.Content {
	return letter.Content{
		Reference: "HC-2026-0012", Type: letter.TypeLetter, Prevailing: "en",
		Texts:        []letter.LangText{{Lang: "en", Text: text(t, "Sir,\n\nthe ship leaves.")}, {Lang: "ar", Text: text(t, "سيدي،")}},
		Addressees:   []string{"Ministry of Ports", "The Mayor"},
		Distribution: []string{"Legal"},
		Enclosures:   []letter.Enclosure{{Title: "Timetable", Digest: letter.Hash{1}}},
		Signature:    letter.SignatureBlock{Kind: letter.SignatureConformed, Lines: []string{"(Signed)", "Alice Adeyemi"}},
	}
}

// counter is a stand-in for a random source: 32 bytes of 0, of 1, of 2 ...
type counter struct{ n int }

func (c *counter) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(c.n / 32)
		c.n++
	}
	return len(b), nil
}

func seal(t testing.TB, c letter.Content) letter.Revision {
	t.Helper()
	r, err := letter.Seal(c, &counter{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestPageShowsRealBytes holds the example of letter.md to the code (MUST-10 to
// MUST-12).
func TestPageShowsRealBytes(t *testing.T) {
	page := string(readFile(t, "../docs/formats/letter.md"))
	r := seal(t, letter.Content{
		Reference: "HC-2026-0012", Type: letter.TypeLetter,
		Texts: []letter.LangText{{Lang: "en", Text: text(t, "Sir,\r\n\r\nthe ship leaves.\r\n")}},
	})
	for _, d := range r.Disclose(r.Fields()...) {
		var line string
		for l := range strings.SplitSeq(page, "\n") {
			if f := strings.Fields(l); len(f) > 1 && f[0] == string(d.Field) && strings.HasSuffix(l, d.Hash.String()) {
				line = l
			}
		}
		if line == "" || !strings.Contains(line, fmt.Sprintf("%x", d.Value)) {
			t.Errorf("letter.md has no line of %s with leaf %s and value %x", d.Field, d.Hash, d.Value)
		}
	}
	canonical := fmt.Sprintf("% x", r.Content().Texts[0].Text.String())
	for _, want := range []string{r.Digest().String(), canonical} {
		if !strings.Contains(page, want) {
			t.Errorf("letter.md does not show %s", want)
		}
	}
}

// TestAnySubsetDiscloses (MUST-12, MUST-14): whatever is shown, the digest is
// the same, shown values check out, hidden ones are not there.
func TestAnySubsetDiscloses(t *testing.T) {
	r := seal(t, sample(t))
	rapid.Check(t, func(rt *rapid.T) {
		var shown []letter.Field
		for _, f := range r.Fields() {
			if rapid.Bool().Draw(rt, string(f)) {
				shown = append(shown, f)
			}
		}
		ds := r.Disclose(append(shown, "text/xx", "nonsense")...)
		if root, err := letter.Root(ds); err != nil || root != r.Digest() {
			rt.Fatalf("digest %s, want %s: %v", root, r.Digest(), err)
		}
		for _, d := range ds {
			_, isText := d.Field.Lang()
			want := slices.Contains(shown, d.Field)
			if (d.Salt != nil) != want || isText && d.Value != nil || !want && d.Value != nil {
				rt.Fatalf("field %s: salt %v, value %q", d.Field, d.Salt != nil, d.Value)
			}
		}
	})
}

// TestEveryPartCounts (MUST-10, MUST-11): a change of any part changes the
// digest, and only the leaf of its field.
func TestEveryPartCounts(t *testing.T) {
	base := seal(t, sample(t))
	for name, c := range map[string]struct {
		field  letter.Field
		change func(c *letter.Content)
	}{
		"reference":     {letter.FieldReference, func(c *letter.Content) { c.Reference = "HC-2026-0013" }},
		"type":          {letter.FieldType, func(c *letter.Content) { c.Type = letter.TypeNote }},
		"prevailing":    {letter.FieldPrevailing, func(c *letter.Content) { c.Prevailing = "" }},
		"addressee":     {letter.FieldAddressees, func(c *letter.Content) { c.Addressees[1] = "The mayor" }},
		"order":         {letter.FieldAddressees, func(c *letter.Content) { slices.Reverse(c.Addressees) }},
		"joined":        {letter.FieldAddressees, func(c *letter.Content) { c.Addressees = []string{"Ministry of PortsThe Mayor"} }},
		"distribution":  {letter.FieldDistribution, func(c *letter.Content) { c.Distribution = nil }},
		"title":         {letter.FieldEnclosures, func(c *letter.Content) { c.Enclosures[0].Title = "Time table" }},
		"enclosure":     {letter.FieldEnclosures, func(c *letter.Content) { c.Enclosures[0].Digest[31] = 1 }},
		"kind":          {letter.FieldSignature, func(c *letter.Content) { c.Signature.Kind = letter.SignatureInk }},
		"signature":     {letter.FieldSignature, func(c *letter.Content) { c.Signature.Lines = c.Signature.Lines[:1] }},
		"english words": {letter.TextField("en"), func(c *letter.Content) { c.Texts[0].Text = text(t, "Sir,\n\nthe ship leaves") }},
		"arabic words":  {letter.TextField("ar"), func(c *letter.Content) { c.Texts[1].Text = text(t, "سيدي") }},
	} {
		other := sample(t)
		c.change(&other)
		r := seal(t, other)
		if r.Digest() == base.Digest() {
			t.Errorf("%s: the digest does not change", name)
		}
		a, b := base.Disclose(), r.Disclose()
		for i := range a {
			if changed := a[i].Hash != b[i].Hash; changed != (a[i].Field == c.field) {
				t.Errorf("%s: leaf of %s changed: %v", name, a[i].Field, changed)
			}
		}
	}
}

// TestSaltHides (MUST-11): the same value under another salt, or in another
// field, has another leaf.
func TestSaltHides(t *testing.T) {
	leaf := letter.LeafHash(letter.Salt{1}, letter.FieldType, []byte("letter"))
	for name, other := range map[string]letter.Hash{
		"salt":     letter.LeafHash(letter.Salt{2}, letter.FieldType, []byte("letter")),
		"field":    letter.LeafHash(letter.Salt{1}, letter.FieldReference, []byte("letter")),
		"boundary": letter.LeafHash(letter.Salt{1}, "typel", []byte("etter")),
		"bare":     sha256.Sum256([]byte("letter")),
	} {
		if other == leaf {
			t.Errorf("another %s, the same leaf", name)
		}
	}
}

// TestRestore: content and salts give the same revision; one salt too few or
// another does not.
func TestRestore(t *testing.T) {
	r := seal(t, sample(t))
	again, err := letter.Restore(r.Content(), r.Salts())
	if err != nil || again.Digest() != r.Digest() {
		t.Fatalf("restored digest %s, want %s: %v", again.Digest(), r.Digest(), err)
	}
	more := r.Salts()
	more["text/fr"] = letter.Salt{}
	if _, err := letter.Restore(r.Content(), more); err == nil {
		t.Error("restored with a salt too many")
	}
	fewer := r.Salts()
	delete(fewer, letter.FieldType)
	if _, err := letter.Restore(r.Content(), fewer); err == nil {
		t.Error("restored without a salt")
	}
	fewer["text/fr"] = letter.Salt{}
	if _, err := letter.Restore(r.Content(), fewer); err == nil {
		t.Error("restored with the salt of another field")
	}
	other := r.Salts()
	other[letter.FieldType] = letter.Salt{0xff}
	if again, err := letter.Restore(r.Content(), other); err != nil || again.Digest() == r.Digest() {
		t.Errorf("another salt, the same digest: %v", err)
	}
	if !(letter.Revision{}).Digest().IsZero() {
		t.Error("no revision has a digest")
	}
}

// TestRevisionDoesNotChange: who holds its parts cannot change it.
func TestRevisionDoesNotChange(t *testing.T) {
	c := sample(t)
	r := seal(t, c)
	digest := r.Digest()
	c.Addressees[0], c.Texts[0].Lang, c.Enclosures[0].Title, c.Signature.Lines[0] = "x", "fr", "x", "x"
	got := r.Content()
	got.Addressees[0], got.Texts[0].Lang, got.Signature.Lines[0] = "x", "fr", "x"
	r.Fields()[0] = "x"
	maps.Copy(r.Salts(), map[letter.Field]letter.Salt{letter.FieldType: {9}})
	if r.Digest() != digest || r.Content().Addressees[0] != "Ministry of Ports" || r.Fields()[0] != letter.FieldReference {
		t.Error("a sealed revision was changed from outside")
	}
	if diff := cmp.Diff([]letter.Lang{"ar", "en"}, []letter.Lang{r.Content().Texts[0].Lang, r.Content().Texts[1].Lang}); diff != "" {
		t.Errorf("order of texts: %s", diff)
	}
}

// TestShortRandom: no salt is made of too few random bytes.
func TestShortRandom(t *testing.T) {
	if _, err := letter.Seal(sample(t), bytes.NewReader(make([]byte, 32*9-1))); err == nil {
		t.Error("sealed with too little randomness")
	}
	if _, err := letter.Seal(sample(t), bytes.NewReader(make([]byte, 32*9))); err != nil {
		t.Error(err)
	}
}

// TestContentRefused (MUST-9).
func TestContentRefused(t *testing.T) {
	long := strings.Repeat("x", 1001)
	for name, change := range map[string]func(c *letter.Content){
		"reference":           func(c *letter.Content) { c.Reference = "../x" },
		"type":                func(c *letter.Content) { c.Type = "poem" },
		"no texts":            func(c *letter.Content) { c.Texts = nil },
		"empty text":          func(c *letter.Content) { c.Texts[0].Text = letter.Text{} },
		"language twice":      func(c *letter.Content) { c.Texts[1].Lang = "en" },
		"language form":       func(c *letter.Content) { c.Texts[0].Lang = "EN" },
		"prevailing":          func(c *letter.Content) { c.Prevailing = "fr" },
		"signature kind":      func(c *letter.Content) { c.Signature.Kind = "wax" },
		"empty line":          func(c *letter.Content) { c.Addressees[0] = "" },
		"long line":           func(c *letter.Content) { c.Distribution[0] = long },
		"two lines":           func(c *letter.Content) { c.Addressees[0] = "a\nb" },
		"spaces":              func(c *letter.Content) { c.Addressees[0] = "a  b" },
		"space at end":        func(c *letter.Content) { c.Signature.Lines[0] = "a " },
		"not NFC":             func(c *letter.Content) { c.Enclosures[0].Title = "e\u0301" },
		"not UTF-8":           func(c *letter.Content) { c.Addressees[0] = "a\xff" },
		"override":            func(c *letter.Content) { c.Addressees[0] = "a\u202eb" },
		"too many addressees": func(c *letter.Content) { c.Addressees = slices.Repeat([]string{"x"}, 257) },
		"too many texts": func(c *letter.Content) {
			for i := range 24 {
				c.Texts = append(c.Texts, letter.LangText{Lang: letter.Lang([]byte{'q', byte('a' + i)}), Text: c.Texts[0].Text})
			}
		},
	} {
		c := sample(t)
		change(&c)
		if _, err := letter.Seal(c, &counter{}); err == nil {
			t.Errorf("%s: sealed", name)
		}
	}
}

// TestCheckRefuses (MUST-14): one disclosure that says too much, or wrongly.
func TestCheckRefuses(t *testing.T) {
	r := seal(t, sample(t))
	for name, change := range map[string]func(d *letter.Disclosure){
		"value":         func(d *letter.Disclosure) { d.Value = []byte("HC-2026-0099") },
		"no value":      func(d *letter.Disclosure) { d.Value = nil },
		"leaf":          func(d *letter.Disclosure) { d.Hash[0] ^= 1 },
		"salt":          func(d *letter.Disclosure) { d.Salt = &letter.Salt{1} },
		"no salt":       func(d *letter.Disclosure) { d.Salt = nil },
		"other field":   func(d *letter.Disclosure) { d.Field = letter.FieldType },
		"unknown field": func(d *letter.Disclosure) { d.Field = "watermark" },
		"text inside":   func(d *letter.Disclosure) { d.Field = letter.TextField("en") },
	} {
		d := *letter.Find(r.Disclose(letter.FieldReference), letter.FieldReference)
		if err := d.Check(); err != nil {
			t.Fatal(err)
		}
		change(&d)
		if d.Check() == nil {
			t.Errorf("another %s: taken", name)
		}
	}
}

// TestSealText: the leaf of words that stand by themselves.
func TestSealText(t *testing.T) {
	lt := letter.LangText{Lang: "en", Text: text(t, "We have seen a paper.")}
	d := letter.SealText(lt, letter.Salt{7})
	if err := d.Check(); err != nil || !d.Matches([]byte(lt.Text.String())) || d.Matches([]byte("We have seen a paper")) {
		t.Errorf("leaf of words: %v", err)
	}
	d.Salt = nil
	if d.Matches([]byte(lt.Text.String())) {
		t.Error("without a salt it matches")
	}
	if err := letter.CheckTexts([]letter.Disclosure{d, d}); err == nil {
		t.Error("one language twice")
	}
	if letter.Find([]letter.Disclosure{d}, letter.FieldType) != nil {
		t.Error("found a field that is not there")
	}
}

// TestParseList (MUST-10): lists read back, and nothing else does.
func TestParseList(t *testing.T) {
	r := seal(t, sample(t))
	value := func(f letter.Field) []byte { return letter.Find(r.Disclose(f), f).Value }
	got, err := letter.ParseList(value(letter.FieldAddressees))
	if diff := cmp.Diff([]string{"Ministry of Ports", "The Mayor"}, got); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	got, err = letter.ParseList(value(letter.FieldSignature))
	if diff := cmp.Diff([]string{"conformed", "(Signed)", "Alice Adeyemi"}, got); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	good := value(letter.FieldAddressees)
	for n := range good {
		if _, err := letter.ParseList(good[:n]); err == nil {
			t.Errorf("the first %d of %d bytes are a list", n, len(good))
		}
	}
	if _, err := letter.ParseList(append(bytes.Clone(good), 0)); err == nil {
		t.Error("a byte more is a list")
	}
	if _, err := letter.ParseList(bytes.Repeat([]byte{0xff}, 16)); err == nil {
		t.Error("2^64 items are a list")
	}
}

// FuzzParseList: no panic, no memory for items that are not there.
func FuzzParseList(f *testing.F) {
	f.Add(make([]byte, 8))
	f.Add([]byte("\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x01x"))
	f.Add(bytes.Repeat([]byte{0xff}, 24))
	f.Fuzz(func(t *testing.T, b []byte) {
		items, err := letter.ParseList(b)
		size := 8
		for _, s := range items {
			size += 8 + len(s)
		}
		if err == nil && size != len(b) {
			t.Errorf("%d bytes give items of %d", len(b), size)
		}
	})
}

// FuzzCheckOrder (MUST-14): a list that is taken has the fixed fields and then
// texts in order; Root takes nothing that CheckOrder refuses.
func FuzzCheckOrder(f *testing.F) {
	const fixed = "reference,type,prevailing,addressees,distribution,enclosures,signature"
	for _, s := range []string{"", fixed, fixed + ",text/en", fixed + ",text/ar,text/en", fixed + ",text/en,text/ar", fixed + ",text/en,text/en", fixed + ",text/EN", "text/en," + fixed, fixed + ",type", fixed + ",text/zh-hant"} {
		f.Add(s, byte(1))
	}
	f.Fuzz(func(t *testing.T, names string, first byte) {
		var ds []letter.Disclosure
		for i, n := range strings.Split(names, ",") {
			ds = append(ds, letter.Disclosure{Field: letter.Field(n), Hash: letter.Hash{first, byte(i)}})
		}
		err := letter.CheckOrder(ds)
		if root, rootErr := letter.Root(ds); (rootErr == nil) != (err == nil) || (rootErr == nil) == root.IsZero() {
			t.Errorf("%q: CheckOrder says %v, Root %v %s", names, err, rootErr, root)
		}
		rest, ok := strings.CutPrefix(names, fixed+",text/")
		if err == nil && !ok {
			t.Errorf("%q was taken", names)
		}
		tags := strings.Split(rest, ",text/")
		if err == nil && (!slices.IsSorted(tags) || len(slices.Compact(slices.Clone(tags))) != len(tags)) {
			t.Errorf("texts %q were taken", tags)
		}
	})
}

package approval_test

import (
	"bytes"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"chancery.example/approval"
	"chancery.example/letter"
)

func mustHash(t testing.TB, s string) letter.Hash {
	t.Helper()
	h, err := letter.ParseHash(s)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// example is the statement of approval.md.
func example(t testing.TB) approval.Statement {
	return approval.Statement{
		Register: "letters.harbour.example/main/2026", Office: "https://harbour.example", Reference: "HC-2026-0012",
		Act:        approval.Issue,
		Subject:    mustHash(t, "39210d731afe90a13c1835afe7f5a61752e976a4e1f42d5490d092c11bbe6d27"),
		Parameters: mustHash(t, "a69f86ae481848e4753c3f00facd18e013dabae3b3334b3be3bd8880a8bbc5b6"),
		Policy:     2, Nonce: [16]byte(bytes.Repeat([]byte{0x55}, 16)),
	}
}

func page(t testing.TB) string {
	t.Helper()
	b, err := os.ReadFile("../docs/formats/approval.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestPageShowsTheStatement holds approval.md to the code (MUST-1, MUST-8).
func TestPageShowsTheStatement(t *testing.T) {
	s := example(t)
	for _, want := range []string{"\n```\n" + string(s.Bytes()) + "```\n", fmt.Sprintf("%d bytes", len(s.Bytes())), "`" + approval.SixWords(s.Subject) + "`"} {
		if !strings.Contains(page(t), want) {
			t.Errorf("approval.md does not show %q", want)
		}
	}
}

func drawStatement(rt *rapid.T) approval.Statement {
	line := rapid.StringMatching(`[!-~]([ -~]{0,40}[!-~])?`)
	s := approval.Statement{
		Register: line.Draw(rt, "register"), Office: line.Draw(rt, "office"), Reference: line.Draw(rt, "reference"),
		Act: rapid.SampledFrom(approval.Acts()).Draw(rt, "act"), Policy: rapid.Uint64().Draw(rt, "policy"),
	}
	copy(s.Subject[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(rt, "subject"))
	copy(s.Parameters[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(rt, "parameters"))
	copy(s.Nonce[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(rt, "nonce"))
	return s
}

// TestStatementReadsBack (MUST-1 to MUST-3): what is written is read, and no
// two statements have the same bytes.
func TestStatementReadsBack(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := drawStatement(rt)
		if err := s.Validate(); err != nil {
			rt.Fatal(err)
		}
		back, err := approval.ParseStatement(s.Bytes())
		if err != nil || back != s {
			rt.Fatalf("%v\n%s", err, cmp.Diff(s, back))
		}
		if n := bytes.Count(s.Bytes(), []byte("\n")); n != 9 || s.Bytes()[len(s.Bytes())-1] != '\n' {
			rt.Fatalf("%d lines", n)
		}
	})
}

// TestChangedBytes (MUST-3): a changed statement is another one or none; in no
// case are other bytes read as the same.
func TestChangedBytes(t *testing.T) {
	s := example(t)
	b := s.Bytes()
	for i := range b {
		for _, mask := range []byte{0x01, 0x20, 0x80} {
			b[i] ^= mask
			if got, err := approval.ParseStatement(b); err == nil && got == s {
				t.Errorf("byte %d ^ %02x: read as the same statement", i, mask)
			}
			b[i] ^= mask
		}
		if _, err := approval.ParseStatement(b[:i]); err == nil {
			t.Errorf("the first %d bytes are a statement", i)
		}
	}
}

// TestValidate (MUST-2): every part that could be read in two ways.
func TestValidate(t *testing.T) {
	for name, change := range map[string]func(s *approval.Statement){
		"two lines":    func(s *approval.Statement) { s.Register = "a\noffice: b" },
		"CR":           func(s *approval.Statement) { s.Office = "a\rb" },
		"empty":        func(s *approval.Statement) { s.Reference = "" },
		"space before": func(s *approval.Statement) { s.Reference = " x" },
		"space after":  func(s *approval.Statement) { s.Office = "x " },
		"escape":       func(s *approval.Statement) { s.Office = "a\x1b[2K" },
		"homoglyph":    func(s *approval.Statement) { s.Office = "https://h\u0430rbour.example" },
		"override":     func(s *approval.Statement) { s.Office = "a\u202eb" },
		"not UTF-8":    func(s *approval.Statement) { s.Office = "a\xff" },
		"too long":     func(s *approval.Statement) { s.Register = strings.Repeat("x", 513) },
		"no act":       func(s *approval.Statement) { s.Act = "" },
		"unknown act":  func(s *approval.Statement) { s.Act = "crown" },
	} {
		s := example(t)
		change(&s)
		if s.Validate() == nil {
			t.Errorf("%s: valid", name)
		}
		if _, err := approval.ParseStatement(s.Bytes()); err == nil {
			t.Errorf("%s: read", name)
		}
	}
	if _, err := approval.ParseStatement(bytes.Repeat([]byte("x"), 5000)); err == nil || !strings.Contains(err.Error(), "at most") {
		t.Errorf("5,000 bytes: %v", err)
	}
}

// TestActs: what officers can sign, each valid, each once.
func TestActs(t *testing.T) {
	seen := map[approval.Act]bool{}
	for _, a := range approval.Acts() {
		if !a.Valid() || seen[a] {
			t.Errorf("act %q", a)
		}
		seen[a] = true
		if !strings.Contains(page(t), "`"+string(a)+"`") {
			t.Errorf("approval.md does not name the act %s", a)
		}
	}
	if len(seen) != 13 || approval.Act("Issue").Valid() {
		t.Errorf("%d acts", len(seen))
	}
}

// TestSixWords (MUST-8): one word for each 16 bits, and each word tells them.
func TestSixWords(t *testing.T) {
	if got := approval.SixWords(letter.Hash{}); got != "babab babab babab babab babab babab" {
		t.Error(got)
	}
	// The words of RFC-like proquints: 127.0.0.1 is lusab babad.
	if got := approval.SixWords(letter.Hash{127, 0, 0, 1}); !strings.HasPrefix(got, "lusab babad ") {
		t.Error(got)
	}
	seen := map[string]bool{}
	for n := range 1 << 16 {
		w := strings.Fields(approval.SixWords(letter.Hash{byte(n >> 8), byte(n)}))
		if len(w) != 6 || len(w[0]) != 5 || seen[w[0]] {
			t.Fatalf("%04x: %v", n, w)
		}
		seen[w[0]] = true
	}
	rapid.Check(t, func(rt *rapid.T) {
		var h letter.Hash
		copy(h[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(rt, "digest"))
		other := h
		i := rapid.IntRange(0, 31).Draw(rt, "byte")
		other[i] ^= rapid.ByteRange(1, 255).Draw(rt, "bits")
		if same := approval.SixWords(h) == approval.SixWords(other); same != (i >= 12) {
			rt.Fatalf("byte %d changed, the same words: %v", i, same)
		}
	})
}

// TestStatementHasEveryPart: a part that Bytes leaves out would not be signed.
func TestStatementHasEveryPart(t *testing.T) {
	base := example(t)
	for i := range reflect.TypeFor[approval.Statement]().NumField() {
		s := base
		switch f := reflect.ValueOf(&s).Elem().Field(i); f.Kind() {
		case reflect.String:
			f.SetString(f.String() + "x")
		case reflect.Uint64:
			f.SetUint(f.Uint() + 1)
		case reflect.Array:
			f.Index(0).SetUint(f.Index(0).Uint() ^ 1)
		default:
			t.Fatalf("field %d: %s", i, f.Kind())
		}
		if bytes.Equal(s.Bytes(), base.Bytes()) {
			t.Errorf("%s is not signed", reflect.TypeFor[approval.Statement]().Field(i).Name)
		}
	}
}

// FuzzParseStatement: what is read is written again in the same bytes.
func FuzzParseStatement(f *testing.F) {
	b := example(f).Bytes()
	f.Add(b)
	f.Add(bytes.Replace(b, []byte("policy: 2"), []byte("policy: 02"), 1))
	f.Add(bytes.Replace(b, []byte("\n"), []byte("\r\n"), -1))
	f.Add(append(b, '\n'))
	f.Add([]byte("chancery-approval/v1\n\n\n\n\n\n\n\n\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := approval.ParseStatement(b)
		if err == nil && !bytes.Equal(s.Bytes(), b) {
			t.Errorf("%q is written as %q", b, s.Bytes())
		}
		if err == nil && s.Validate() != nil {
			t.Errorf("%q is not valid", b)
		}
	})
}

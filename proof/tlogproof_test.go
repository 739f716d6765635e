package proof_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// TestParseTLogProof: the file has one form (MUST-17, MUST-18).
func TestParseTLogProof(t *testing.T) {
	const line, hash = "c2sp.org/tlog-proof@v1\n", "LPjJMjne0CbRGJZpvUN6Fe9/icXuZ/za5ekwjL0A+4E=\n"
	for _, c := range []struct {
		name, text string
		good       bool
	}{
		{"no hashes", line + "index 0\n\ncheckpoint", true},
		{"one hash", line + "index 7\n" + hash + "\ncheckpoint\n", true},
		{"extra", line + "extra aGVsbG8=\nindex 7\n" + hash + "\ncheckpoint\n", true},
		{"63 hashes", line + "index 7\n" + strings.Repeat(hash, 63) + "\ncheckpoint\n", true},
		{"checkpoint with empty lines", line + "index 0\n\na\n\nb", true},

		{"empty", "", false},
		{"no checkpoint", line + "index 0\n", false},
		{"another version", "c2sp.org/tlog-proof@v2\nindex 0\n\nx", false},
		{"no index", line + hash + "\nx", false},
		{"only its name", line + "\nx", false},
		{"index twice", line + "index 0\nindex 0\n\nx", false},
		{"index with a zero before it", line + "index 07\n\nx", false},
		{"index with a sign", line + "index +7\n\nx", false},
		{"index too large", line + "index 18446744073709551616\n\nx", false},
		{"two spaces", line + "index  7\n\nx", false},
		{"extra that is empty", line + "extra \nindex 7\n\nx", false},
		{"extra with stray bits", line + "extra aGVsbG9=\nindex 7\n\nx", false},
		{"extra after the index", line + "index 7\nextra aGVsbG8=\n\nx", false},
		{"64 hashes", line + "index 7\n" + strings.Repeat(hash, 64) + "\nx", false},
		{"short hash", line + "index 7\nAAAA\n\nx", false},
		{"hash with stray bits", line + "index 7\n" + strings.Replace(hash, "E=", "F=", 1) + "\nx", false},
		{"CR LF", strings.ReplaceAll(line+"index 0\n\nx", "\n", "\r\n"), false},
		{"too large", line + "index 0\n\n" + strings.Repeat("x", 64<<10), false},
	} {
		p, err := proof.ParseTLogProof([]byte(c.text))
		switch {
		case (err == nil) != c.good:
			t.Errorf("%s: %v, want it read: %v", c.name, err, c.good)
		case err != nil && proof.ClassOf(err) != proof.BadFormat:
			t.Errorf("%s: class %q", c.name, proof.ClassOf(err))
		case err == nil && string(proof.FormatTLogProof(p)) != c.text:
			t.Errorf("%s: written again it is %q", c.name, proof.FormatTLogProof(p))
		}
	}
}

// TestTLogProofRoundTrip: what is written is read as it was.
func TestTLogProofRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := proof.TLogProof{
			Extra: rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "extra"), Index: rapid.Uint64().Draw(t, "index"),
			Checkpoint: rapid.SliceOfN(rapid.Byte(), 0, 80).Draw(t, "checkpoint"),
		}
		for i := range rapid.IntRange(0, 63).Draw(t, "hashes") {
			p.Path = append(p.Path, letter.Hash(seed("hash %d", i)))
		}
		raw := proof.FormatTLogProof(p)
		got, err := proof.ParseTLogProof(raw)
		if err != nil || !bytes.Equal(proof.FormatTLogProof(got), raw) || got.Index != p.Index || len(got.Path) != len(p.Path) {
			t.Fatalf("%q: %+v (%v)", raw, got, err)
		}
	})
}

// TestInclusion: in trees of every size up to 70, each entry is at its place
// and at no other (MUST-19).
func TestInclusion(t *testing.T) {
	policy := policyOf(t, "quorum none")
	l := &tree{}
	for size := 1; size <= 70; size++ {
		l.add(fmt.Appendf(nil, "entry %d", size-1))
		checkpoint := l.checkpoint(logKey)
		for i := range size {
			at := register.Index(i)
			p := proof.TLogProof{Index: uint64(at), Path: must(l.Path(at)), Checkpoint: checkpoint}
			leaf := register.LeafHash(l.entries[i])
			if _, err := p.Verify(leaf, policy); err != nil {
				t.Fatalf("entry %d of %d: %v", i, size, err)
			}
			other := p
			other.Index = uint64((i + 1) % size)
			if _, err := other.Verify(leaf, policy); size > 1 && proof.ClassOf(err) != proof.BadInclusion {
				t.Fatalf("entry %d of %d at place %d: %v", i, size, other.Index, err)
			}
			if _, err := p.Verify(register.LeafHash([]byte("none of them")), policy); proof.ClassOf(err) != proof.BadInclusion {
				t.Fatalf("another entry at place %d of %d: %v", i, size, err)
			}
		}
	}
}

// TestExtraIsNotUsed: what nobody signed changes nothing.
func TestExtraIsNotUsed(t *testing.T) {
	w := newTown(t)
	policy := policyOf(t, "quorum none")
	b := reproof(t, w.bundle(t, w.issued, w.english), func(p *proof.TLogProof) { p.Extra = []byte("in force for ever") })
	plain, err := verify(encoded(t, w.bundle(t, w.issued, w.english)), policy)
	if err != nil {
		t.Fatal(err)
	}
	v, err := verify(encoded(t, b), policy)
	if err != nil || !sameAnswer(v, plain) {
		t.Errorf("%v %v", v.Status.Standing, err)
	}
}

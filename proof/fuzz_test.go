package proof_test

import (
	"bytes"
	"testing"

	"chancery.example/proof"
)

// Whatever is read is read in one form: written again it gives the same bytes.
// What is refused is refused with a class.

func FuzzParse(f *testing.F) {
	w := newTown(f)
	for _, c := range refusedBundles(f, w) {
		f.Add(c.raw)
	}
	f.Add(encoded(f, w.bundle(f, w.issued, w.english, w.arabic)))
	f.Add(encoded(f, w.draftBundle(f)))
	mapped := newCovered(f)
	absent, _ := mapped.absence(f)
	f.Add(encoded(f, absent))
	f.Add(encoded(f, mapped.bundle(f, mapped.issued, mapped.english)))
	for _, c := range refusedLookups(f, mapped) {
		f.Add(c.raw)
	}
	policy := policyOf(f, "quorum none")
	f.Fuzz(func(t *testing.T, raw []byte) {
		b, err := proof.Parse(raw)
		if err != nil {
			if proof.ClassOf(err) == "" {
				t.Errorf("an error without class: %v", err)
			}
			return
		}
		if again, err := b.Bytes(); err != nil || !bytes.Equal(again, raw) {
			t.Errorf("written again it is %x (%v)", again, err)
		}
		if _, err := b.Verify(policy, later); err != nil && proof.ClassOf(err) == "" {
			t.Errorf("an error without class: %v", err)
		}
	})
}

func FuzzParseTLogProof(f *testing.F) {
	w := newTown(f)
	f.Add(w.bundle(f, w.issued).Proof)
	f.Add([]byte("c2sp.org/tlog-proof@v1\nextra aGVsbG8=\nindex 0\n\nx"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := proof.ParseTLogProof(raw)
		switch {
		case err != nil && proof.ClassOf(err) != proof.BadFormat:
			t.Errorf("class %q: %v", proof.ClassOf(err), err)
		case err == nil && !bytes.Equal(proof.FormatTLogProof(p), raw):
			t.Errorf("written again it is %q", proof.FormatTLogProof(p))
		}
	})
}

func FuzzParsePolicy(f *testing.F) {
	f.Add([]byte(policyText("quorum none")))
	f.Add([]byte(policyText("group in 2 w1 w2", "group out any in w3", "quorum out")))
	f.Add([]byte("witness a " + mldsa + "\nquorum a\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := proof.ParsePolicy(raw)
		if err != nil {
			if proof.ClassOf(err) != proof.BadPolicy {
				t.Errorf("class %q: %v", proof.ClassOf(err), err)
			}
			return
		}
		again, err := proof.ParsePolicy(p.Bytes())
		if err != nil || !bytes.Equal(again.Bytes(), p.Bytes()) || again.Needed() != p.Needed() || again.Witnesses() != p.Witnesses() {
			t.Errorf("written and read again: %v\n%s", err, p.Bytes())
		}
		if p.Needed() > p.Witnesses() {
			t.Errorf("needs %d of %d witnesses", p.Needed(), p.Witnesses())
		}
	})
}

func FuzzParseHead(f *testing.F) {
	w := newTown(f)
	f.Add(w.checkpoint(usual()...))
	policy := policyOf(f, "quorum none")
	f.Fuzz(func(t *testing.T, raw []byte) {
		h, err := proof.ParseHead(raw)
		if err == nil && !bytes.HasPrefix(raw, append(h.Text(), '\n')) {
			t.Errorf("written again it is %q", h.Text())
		}
		if _, e := proof.OpenCheckpoint(raw, policy); err != nil && e == nil {
			t.Errorf("no head and yet a checkpoint: %v", err)
		}
	})
}

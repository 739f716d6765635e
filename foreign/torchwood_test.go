package foreign

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/torchwood"
	sumdb "golang.org/x/mod/sumdb/tlog"

	"chancery.example/proof"
)

// TestTorchwoodVerifiesOurProofs: another verifier of C2SP tlog-proof and
// tlog-policy takes the proofs and the policy file that our program wrote, byte
// for byte, and nothing that was bent.
func TestTorchwoodVerifiesOurProofs(t *testing.T) {
	h := newHouse(t)
	text, err := os.ReadFile(h.Policy)
	if err != nil {
		t.Fatal(err)
	}
	policy, err := torchwood.ParsePolicy(text)
	if err != nil {
		t.Fatalf("torchwood does not read our policy file: %v\n%s", err, text)
	}
	for name, b := range h.proofs(t) {
		leaf := sumdb.RecordHash(b.Entry)
		if err := torchwood.VerifyProof(policy, leaf, b.Proof); err != nil {
			t.Errorf("%s: torchwood refuses a proof of ours: %v", name, err)
		}
		if torchwood.VerifyProof(policy, sumdb.RecordHash(append(bytes.Clone(b.Entry), 0)), b.Proof) == nil {
			t.Errorf("%s: torchwood took another entry", name)
		}
		for what, bent := range bentProofs(t, b.Proof) {
			if torchwood.VerifyProof(policy, leaf, bent) == nil {
				t.Errorf("%s: torchwood took a proof with another %s", name, what)
			}
		}
	}
}

// bentProofs are proofs with one fault each.
func bentProofs(t *testing.T, raw []byte) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	bend := func(what string, change func(*proof.TLogProof)) {
		p, err := proof.ParseTLogProof(raw)
		if err != nil {
			t.Fatal(err)
		}
		change(&p)
		out[what] = proof.FormatTLogProof(p)
	}
	bend("index", func(p *proof.TLogProof) { p.Index ^= 1 })
	bend("path", func(p *proof.TLogProof) { p.Path[0][0] ^= 1 })
	bend("root", func(p *proof.TLogProof) { p.Checkpoint = flip(len(houseOrigin) + 6)(p.Checkpoint) })
	bend("signature", func(p *proof.TLogProof) { p.Checkpoint = flipSignature(p.Checkpoint) })
	return out
}

// strangeWitness is the key of a witness that cosigned nothing here.
const strangeWitness = "nobody.example/w+cf755d63+BFXUxGVwZd97nuF8neBKNbwBmrh5kjN2Rcg7VzdrxNNx"

// TestTorchwoodAsksForWitnesses: under a policy with a quorum both refuse a head
// that nobody outside the register cosigned.
func TestTorchwoodAsksForWitnesses(t *testing.T) {
	h := newHouse(t)
	text, err := os.ReadFile(h.Policy)
	if err != nil {
		t.Fatal(err)
	}
	strict := strings.Replace(string(text), "quorum none", "witness w1 "+strangeWitness+"\nquorum w1", 1)
	theirs, err := torchwood.ParsePolicy([]byte(strict))
	if err != nil {
		t.Fatal(err)
	}
	ours, err := proof.ParsePolicy([]byte(strict))
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range h.proofs(t) {
		if torchwood.VerifyProof(theirs, sumdb.RecordHash(b.Entry), b.Proof) == nil {
			t.Errorf("%s: torchwood took a head without witnesses under a quorum", name)
		}
		p, err := proof.ParseTLogProof(b.Proof)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := proof.OpenCheckpoint(p.Checkpoint, ours); proof.ClassOf(err) != proof.QuorumNotMet {
			t.Errorf("%s: ours says %v", name, err)
		}
	}
}

const spicyProgram = "filippo.io/torchwood/cmd/spicy"

// TestSpicyVerifiesOurEntries: torchwood's command line takes an entry as a file
// and its proof beside it. This version of it wants the proof without the line
// that names the format.
func TestSpicyVerifiesOurEntries(t *testing.T) {
	spicy, h := program(t, spicyProgram), newHouse(t)
	key, err := os.ReadFile(h.LogKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range h.proofs(t) {
		check := func(entry, p []byte) (string, error) {
			_, bare, ok := bytes.Cut(p, []byte("\n"))
			if !ok {
				t.Fatal("a proof of one line")
			}
			dir := t.TempDir()
			file := filepath.Join(dir, "entry")
			for to, content := range map[string][]byte{file: entry, file + ".spicy": bare} {
				if err := os.WriteFile(to, content, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			return run(t, dir, spicy, "-verify", string(key), "entry")
		}
		if out, err := check(b.Entry, b.Proof); err != nil || !strings.Contains(out, "verified") {
			t.Errorf("%s: spicy refuses: %v: %s", name, err, out)
		}
		if name != "newest"+proof.Extension {
			continue // the refusals once
		}
		if out, err := check(append(bytes.Clone(b.Entry), 0), b.Proof); err == nil {
			t.Errorf("spicy took another entry: %s", out)
		}
		for what, bent := range bentProofs(t, b.Proof) {
			if out, err := check(b.Entry, bent); err == nil {
				t.Errorf("spicy took another %s: %s", what, out)
			}
		}
	}
}

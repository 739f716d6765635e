package proof_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"chancery.example/internal/testkit/vectors"
	"chancery.example/letter"
	"chancery.example/proof"
)

// MUST numbers here are those of evidence.md.

// story is a log of small entries; two with the same telling begin alike.
func story(n int, fork int, telling string) *tree {
	var l tree
	for i := range n {
		words := fmt.Sprint("entry ", i)
		if i >= fork {
			words += " as told to " + telling
		}
		l.add([]byte(words))
	}
	return &l
}

// under is what a log gives who asks it for a consistency proof.
func (l *tree) under(shorter, longer proof.Head) ([]letter.Hash, letter.Hash, error) {
	p, err := tlog.ProveTree(int64(longer.Size), int64(shorter.Size), l)
	if err != nil {
		return nil, letter.Hash{}, err
	}
	path := make([]letter.Hash, len(p))
	for i, h := range p {
		path[i] = letter.Hash(h)
	}
	return path, letter.Hash(must(tlog.TreeHash(int64(shorter.Size), l))), nil
}

func contradict(t testing.TB, a, b *tree, signers ...note.Signer) proof.Evidence {
	t.Helper()
	longer := a
	if len(b.entries) > len(a.entries) {
		longer = b
	}
	e, err := proof.Contradict(a.checkpoint(signers...), b.checkpoint(signers...), longer.under)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestEvidenceHolds exactly when two tellings part before the shorter one ends,
// whichever is given first (MUST-7 to MUST-9).
func TestEvidenceHolds(t *testing.T) {
	policy := policyOf(t, "group two 2 w1 w2 w3", "quorum two")
	rapid.Check(t, func(r *rapid.T) {
		n, m := rapid.IntRange(1, 40).Draw(r, "n"), rapid.IntRange(1, 40).Draw(r, "m")
		fork := rapid.IntRange(0, 40).Draw(r, "fork")
		a, b := story(n, fork, "one reader"), story(m, fork, "another")
		e := contradict(t, a, b, logKey)
		raw, err := e.Bytes()
		if err != nil {
			r.Fatal(err)
		}
		again, err := proof.ParseEvidence(raw)
		if err != nil || !proof.IsEvidence(raw) {
			r.Fatalf("what was written is not read: %v", err)
		}
		c, err := again.Verify(policy)
		if fork >= min(n, m) {
			if proof.ClassOf(err) != proof.NoContradiction {
				r.Fatalf("two heads that fit: %v", err)
			}
			return
		}
		if err != nil {
			r.Fatal(err)
		}
		if c.First.Size > c.Second.Size || c.Root == c.First.Root || c.Origin != origin || len(c.First.Keys) != 1 {
			r.Errorf("%+v", c)
		}
	})
}

// TestEvidenceNamesWhoSigned: no quorum is needed and a bad cosignature spoils
// nothing (MUST-5 and MUST-6).
func TestEvidenceNamesWhoSigned(t *testing.T) {
	policy := policyOf(t, "group two 2 w1 w2 w3", "quorum two")
	a, b := story(5, 3, "one"), story(9, 3, "two")
	e, err := proof.Contradict(
		a.checkpoint(logKey, clock, witness[0], witness[1]),
		b.checkpoint(logKey, witness[0], forger(witness[1]), witness[2]), b.under)
	if err != nil {
		t.Fatal(err)
	}
	c, err := e.Verify(policy)
	if err != nil {
		t.Fatal(err)
	}
	name := func(marks []proof.Mark) (out []string) {
		for _, m := range marks {
			out = append(out, m.Witness)
		}
		return out
	}
	if got := fmt.Sprint(name(c.First.Marks), name(c.Second.Marks), c.Both); got != "[w1 w2] [w1 w3] [w1]" {
		t.Errorf("witnesses of the first, the second, both: %s", got)
	}
	if !c.First.Time.Equal(clock.at) || !c.Second.Time.IsZero() || !c.First.Marks[0].Time.Equal(witness[0].at) {
		t.Errorf("times: %v, %v", c.First.Time, c.Second.Time)
	}
}

// refusedEvidence are the files that must be refused, each for one fault.
func refusedEvidence(t testing.TB) map[string]struct {
	class proof.Class
	raw   []byte
} {
	type refused = struct {
		class proof.Class
		raw   []byte
	}
	out := map[string]refused{}
	a, b, same := story(5, 3, "one"), story(9, 3, "two"), story(5, 3, "two")
	add := func(name string, class proof.Class, change func(*proof.Evidence)) {
		e := contradict(t, a, b, logKey)
		change(&e)
		raw, err := e.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		out[name] = refused{class, raw}
	}
	good := must(contradict(t, a, b, logKey).Bytes())
	other := cosigner{name: "other.example/log", key: key("other")}
	out["not_cbor"] = refused{proof.BadFormat, []byte("chancery-evidence/v1\n")}
	out["trailing"] = refused{proof.BadFormat, append(bytes.Clone(good), 0)}
	out["other_format"] = refused{proof.BadFormat, bytes.Replace(good, []byte("evidence/v1"), []byte("evidence/v2"), 1)}
	out["member_unknown"] = refused{proof.BadFormat, append(append([]byte{good[0] + 1}, good[1:]...), 6, 0)}
	out["too_long"] = refused{proof.BadFormat, append(bytes.Clone(good), make([]byte, 128<<10)...)}
	out["root_short"] = refused{proof.BadFormat, shortRoot(good)}
	add("unsigned", proof.UnknownLog, func(e *proof.Evidence) { e.Second = signed(b.head().Text(), other) })
	add("forged", proof.BadCheckpointSignature, func(e *proof.Evidence) { e.First = a.checkpoint(forger(logKey)) })
	add("extension_line", proof.BadCheckpoint, func(e *proof.Evidence) { e.First = signed(append(a.head().Text(), "more\n"...), logKey) })
	add("stray_bits", proof.BadCheckpoint, func(e *proof.Evidence) { e.Second = strayBits(b.checkpoint(usual()...)) })
	add("other_origin", proof.UnknownLog, func(e *proof.Evidence) {
		h := a.head()
		h.Origin = other.name
		e.First = signed(h.Text(), logKey)
	})
	add("first_of_nothing", proof.NoContradiction, func(e *proof.Evidence) {
		e.First = signed(proof.Head{Origin: origin, Root: letter.Hash{1}}.Text(), logKey)
	})
	add("wrong_order", proof.BadFormat, func(e *proof.Evidence) { e.First, e.Second = e.Second, e.First })
	add("same_size_wrong_order", proof.BadFormat, func(e *proof.Evidence) {
		*e = contradict(t, a, same, logKey)
		e.First, e.Second = e.Second, e.First
	})
	add("same_size_with_path", proof.BadFormat, func(e *proof.Evidence) {
		x := contradict(t, a, same, logKey)
		x.Root, x.Path = e.Root, e.Path
		*e = x
	})
	add("without_root", proof.BadConsistency, func(e *proof.Evidence) { e.Root = nil })
	add("without_path", proof.BadConsistency, func(e *proof.Evidence) { e.Path = nil })
	add("path_changed", proof.BadConsistency, func(e *proof.Evidence) { e.Path[1][0] ^= 1 })
	add("path_longer", proof.BadConsistency, func(e *proof.Evidence) { e.Path = append(e.Path, letter.Hash{}) })
	add("root_invented", proof.BadConsistency, func(e *proof.Evidence) { e.Root[0] ^= 1 })
	add("fits", proof.NoContradiction, func(e *proof.Evidence) { *e = contradict(t, story(5, 9, ""), story(9, 9, ""), logKey) })
	add("twice_the_same", proof.NoContradiction, func(e *proof.Evidence) { *e = contradict(t, a, a, logKey) })
	return out
}

// shortRoot takes the last byte of the root away.
func shortRoot(good []byte) []byte {
	i := bytes.Index(good, []byte{4, 0x58, 0x20})
	out := append(bytes.Clone(good[:i]), 4, 0x58, 0x1f)
	out = append(out, good[i+3:i+3+31]...)
	return append(out, good[i+3+32:]...)
}

// TestEvidenceRefuses: MUST-3 to MUST-10.
func TestEvidenceRefuses(t *testing.T) {
	policy := policyOf(t, "quorum none")
	for name, c := range refusedEvidence(t) {
		e, err := proof.ParseEvidence(c.raw)
		if err == nil {
			_, err = e.Verify(policy)
		}
		if proof.ClassOf(err) != c.class {
			t.Errorf("%s: class %q (%v), want %q", name, proof.ClassOf(err), err, c.class)
		}
	}
	e := contradict(t, story(5, 3, "one"), story(9, 3, "two"), logKey)
	if _, err := e.Verify(proof.Policy{}); proof.ClassOf(err) != proof.NoPolicy {
		t.Errorf("without a policy: %v", err)
	}
	// MUST-5: two logs that the reader trusts need not fit each other.
	other := cosigner{name: "other.example/log", key: key("other")}
	both, err := proof.ParsePolicy([]byte("log " + logKey.vkey() + "\nlog " + other.vkey() + "\nquorum none\n"))
	if err != nil {
		t.Fatal(err)
	}
	h := story(5, 0, "other").head()
	h.Origin = other.name
	e.First = signed(h.Text(), other)
	if _, err := e.Verify(both); proof.ClassOf(err) != proof.NoContradiction {
		t.Errorf("heads of two logs: %v", err)
	}
}

// TestEvidenceBytesCount: no bit of evidence that is signed by the log alone can
// change without its being refused.
func TestEvidenceBytesCount(t *testing.T) {
	policy := policyOf(t, "quorum none")
	good := must(contradict(t, story(5, 3, "one"), story(9, 3, "two"), logKey).Bytes())
	for i := range len(good) * 8 {
		raw := bytes.Clone(good)
		raw[i/8] ^= 1 << (i % 8)
		e, err := proof.ParseEvidence(raw)
		if err == nil {
			_, err = e.Verify(policy)
		}
		if err == nil || proof.ClassOf(err) == "" {
			t.Errorf("bit %d changed: %v", i, err)
		}
	}
}

func FuzzParseEvidence(f *testing.F) {
	for _, c := range refusedEvidence(f) {
		f.Add(c.raw)
	}
	f.Add(must(contradict(f, story(5, 3, "one"), story(9, 3, "two"), logKey).Bytes()))
	f.Add(must(contradict(f, story(5, 3, "one"), story(5, 3, "two"), logKey, witness[0]).Bytes()))
	policy := policyOf(f, "quorum none")
	f.Fuzz(func(t *testing.T, raw []byte) {
		e, err := proof.ParseEvidence(raw)
		if err != nil {
			if proof.ClassOf(err) == "" {
				t.Errorf("an error without class: %v", err)
			}
			return
		}
		if again, err := e.Bytes(); err != nil || !bytes.Equal(again, raw) || !proof.IsEvidence(raw) {
			t.Errorf("written again it is %x (%v)", again, err)
		}
		if _, err := e.Verify(policy); err != nil && proof.ClassOf(err) == "" {
			t.Errorf("an error without class: %v", err)
		}
	})
}

const evidenceVectors = "../testdata/vectors/evidence"

type evidenceVector struct {
	Comment string `json:"comment"`
	Input   struct {
		Policy   string `json:"policy"`
		Evidence string `json:"evidence"` // base64
	} `json:"input"`
	Expect evidenceAnswer `json:"expect"`
}

type evidenceAnswer struct {
	Class  proof.Class `json:"class,omitempty"`
	Origin string      `json:"origin,omitempty"`
	Sizes  []uint64    `json:"sizes,omitempty"`
	Root   string      `json:"root,omitempty"` // of the second tree over the first's entries
	First  []string    `json:"first_witnesses,omitempty"`
	Second []string    `json:"second_witnesses,omitempty"`
	Both   []string    `json:"both_witnesses,omitempty"`
}

func (v evidenceVector) run() (evidenceAnswer, error) {
	p, err := proof.ParsePolicy([]byte(v.Input.Policy))
	if err != nil {
		return evidenceAnswer{}, err
	}
	raw, err := base64.StdEncoding.DecodeString(v.Input.Evidence)
	if err != nil {
		return evidenceAnswer{}, err
	}
	e, err := proof.ParseEvidence(raw)
	if err != nil {
		return evidenceAnswer{Class: proof.ClassOf(err)}, nil
	}
	c, err := e.Verify(p)
	if err != nil {
		return evidenceAnswer{Class: proof.ClassOf(err)}, nil
	}
	a := evidenceAnswer{Origin: c.Origin, Sizes: []uint64{c.First.Size, c.Second.Size}, Root: c.Root.String(), Both: c.Both}
	for _, m := range c.First.Marks {
		a.First = append(a.First, m.Witness)
	}
	for _, m := range c.Second.Marks {
		a.Second = append(a.Second, m.Witness)
	}
	return a, nil
}

func makeEvidenceVectors(t *testing.T) map[string]evidenceVector {
	out := map[string]evidenceVector{}
	add := func(name, comment string, raw []byte, class proof.Class) {
		v := evidenceVector{Comment: comment}
		v.Input.Policy, v.Input.Evidence = policyText("group two 2 w1 w2 w3", "quorum two"), base64.StdEncoding.EncodeToString(raw)
		v.Expect.Class = class
		if class == "" {
			var err error
			if v.Expect, err = v.run(); err != nil || v.Expect.Class != "" {
				t.Errorf("%s: %v %v", name, v.Expect, err)
			}
		}
		out[name+".json"] = v
	}
	for name, c := range refusedEvidence(t) {
		add(name+"_fail", "evidence.md: "+strings.ReplaceAll(name, "_", " "), c.raw, c.class)
	}
	for _, n := range [][2]int{{5, 5}, {5, 9}, {4, 9}, {1, 2}, {8, 8}, {7, 8}, {8, 300}, {256, 257}} {
		e := contradict(t, story(n[0], min(3, n[0]-1), "one"), story(n[1], min(3, n[0]-1), "two"), logKey)
		add(fmt.Sprintf("sizes_%d_%d", n[0], n[1]), fmt.Sprintf("MUST-8: heads over %d and %d entries that part before the end of the first", n[0], n[1]), must(e.Bytes()), "")
	}
	add("witnessed", "MUST-6: two witnesses cosigned both", must(contradict(t, story(5, 3, "one"), story(9, 3, "two"), usual()...).Bytes()), "")
	return out
}

// TestVectorsOfEvidence replays the files as a stranger would, and holds them to
// what is made here.
func TestVectorsOfEvidence(t *testing.T) {
	made := makeEvidenceVectors(t)
	if *updateVectors {
		if err := os.MkdirAll(evidenceVectors, 0o750); err != nil {
			t.Fatal(err)
		}
		for name, v := range made {
			if err := os.WriteFile(filepath.Join(evidenceVectors, name), []byte(vectors.JSON(t, v)), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	files, err := filepath.Glob(filepath.Join(evidenceVectors, "*.json"))
	if err != nil || len(files) < 30 {
		t.Errorf("%d vectors: want 30 or more (%v)", len(files), err)
	}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var v evidenceVector
		if err := json.Unmarshal(raw, &v); err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(f)
		if got, err := v.run(); err != nil || vectors.JSON(t, got) != vectors.JSON(t, v.Expect) {
			t.Errorf("%s: got %s (%v), want %s", name, vectors.JSON(t, got), err, vectors.JSON(t, v.Expect))
		}
		if vectors.JSON(t, v) != vectors.JSON(t, made[name]) || strings.HasSuffix(name, "_fail.json") != (v.Expect.Class != "") {
			t.Errorf("%s is not what is made here: run with -update-vectors", name)
		}
		delete(made, name)
	}
	for _, name := range slices.Sorted(maps.Keys(made)) {
		t.Errorf("%s is missing: run with -update-vectors", name)
	}
}

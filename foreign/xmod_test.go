package foreign

import (
	"bytes"
	"path/filepath"
	"testing"

	sumdb "golang.org/x/mod/sumdb/tlog"

	"chancery.example/internal/tlog"
	"chancery.example/proof"
	"chancery.example/register"
)

// TestGosChecksumDatabaseAcceptsOurProofs: x/mod's CheckRecord takes every
// inclusion proof that our program wrote, and none with a flipped bit.
func TestGosChecksumDatabaseAcceptsOurProofs(t *testing.T) {
	h := newHouse(t)
	for name, b := range h.proofs(t) {
		p, err := proof.ParseTLogProof(b.Proof)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		head, err := proof.ParseHead(p.Checkpoint)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		path := make(sumdb.RecordProof, len(p.Path))
		for i, hash := range p.Path {
			path[i] = sumdb.Hash(hash)
		}
		check := func(path sumdb.RecordProof, root sumdb.Hash, index int64, entry []byte) error {
			return sumdb.CheckRecord(path, int64(head.Size), root, index, sumdb.RecordHash(entry))
		}
		if err := check(path, sumdb.Hash(head.Root), int64(p.Index), b.Entry); err != nil {
			t.Errorf("%s: CheckRecord refuses a proof of ours: %v", name, err)
		}
		bent := bytes.Clone(b.Entry)
		bent[len(bent)/2] ^= 1
		if check(path, sumdb.Hash(head.Root), int64(p.Index), bent) == nil {
			t.Errorf("%s: CheckRecord took another entry", name)
		}
		if check(path, sumdb.Hash(head.Root), int64(p.Index)-1, b.Entry) == nil {
			t.Errorf("%s: CheckRecord took another index", name)
		}
		path[len(path)-1][31] ^= 1
		if check(path, sumdb.Hash(head.Root), int64(p.Index), b.Entry) == nil {
			t.Errorf("%s: CheckRecord took another path", name)
		}
	}
}

// TestGosChecksumDatabaseFindsNoFork: from each size to the newest, x/mod proves
// over the hashes of our entries that the tree only grew, and its roots are the
// ones that our own reader gives.
func TestGosChecksumDatabaseFindsNoFork(t *testing.T) {
	h := newHouse(t)
	r := h.read(t)
	head := r.Checkpoint.Head
	log, err := tlog.OpenReader(filepath.Join(h.Dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	var stored []sumdb.Hash
	hashes := sumdb.HashReaderFunc(func(at []int64) ([]sumdb.Hash, error) {
		out := make([]sumdb.Hash, len(at))
		for i, x := range at {
			out[i] = stored[x]
		}
		return out, nil
	})
	for i := range head.Size {
		raw, err := r.Entry(register.Index(i))
		if err != nil {
			t.Fatal(err)
		}
		more, err := sumdb.StoredHashes(int64(i), raw, hashes)
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, more...)
	}
	if head.Size < 24 {
		t.Fatalf("a register of %d entries: want some dozens", head.Size)
	}
	for n := int64(1); n <= int64(head.Size); n++ {
		root, err := log.RootAt(head, uint64(n))
		if err != nil {
			t.Fatal(err)
		}
		p, err := sumdb.ProveTree(int64(head.Size), n, hashes)
		if err != nil {
			t.Fatal(err)
		}
		if err := sumdb.CheckTree(p, int64(head.Size), sumdb.Hash(head.Root), n, sumdb.Hash(root)); err != nil {
			t.Errorf("CheckTree from %d to %d: %v", n, head.Size, err)
		}
		root[0] ^= 1
		if sumdb.CheckTree(p, int64(head.Size), sumdb.Hash(head.Root), n, sumdb.Hash(root)) == nil {
			t.Errorf("CheckTree from %d took another root", n)
		}
	}
}

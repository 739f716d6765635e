package foreign

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"testing"

	"filippo.io/torchwood/prefix"

	"chancery.example/lookup"
	"chancery.example/register"
)

// lengths is the hash of lookup.md MUST-1, written a second time.
func lengths(parts ...[]byte) [32]byte {
	var b []byte
	for _, p := range parts {
		b = binary.BigEndian.AppendUint64(b, uint64(len(p)))
		b = append(b, p...)
	}
	return sha256.Sum256(b)
}

func treeHash(x []byte) [32]byte { return lengths([]byte("chancery/index/v1/tree"), x) }

// TestTorchwoodPrefixTree: torchwood's prefix tree, which is that of the AKD
// library, comes to the same root as ours when it is given our hash, at every
// size; it says of the same names that they are there; and it proves and verifies
// against our root. Its proofs of absence have another form than ours (decision
// 0031), so each program verifies its own.
func TestTorchwoodPrefixTree(t *testing.T) {
	ctx := context.Background()
	storage := prefix.NewMemoryStorage()
	if err := prefix.InitStorage(ctx, treeHash, storage); err != nil {
		t.Fatal(err)
	}
	theirs := prefix.NewTree(treeHash, storage)
	ours := lookup.Tree{}
	name := func(n int) lookup.Name { return lookup.OfFile(sha256.Sum256(fmt.Append(nil, "file ", n))) }
	same := func(n int) {
		t.Helper()
		root, err := theirs.RootHash(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if root != ours.Root() {
			t.Fatalf("with %d keys torchwood's root is %x, ours %s", n, root, ours.Root())
		}
	}
	same(0)
	const keys = 1500
	for n := range keys {
		var list []byte
		entries := []register.Index{register.Index(n), register.Index(n + 5000)}
		for _, i := range entries {
			list = binary.BigEndian.AppendUint64(list, uint64(i))
		}
		value := lengths([]byte("chancery/index/v1/entries"), list)
		if err := theirs.Insert(ctx, name(n).Key(), value); err != nil {
			t.Fatal(err)
		}
		ours = ours.With(lookup.Record{Key: name(n).Key(), Entries: entries})
		same(n + 1)
	}
	var mine, other int
	for n := range 2 * keys {
		there, theirProof, err := theirs.Lookup(ctx, name(n).Key())
		if err != nil {
			t.Fatal(err)
		}
		a := ours.Lookup(name(n))
		if there == a.Absent() || a.Verify(ours.Root()) != nil {
			t.Fatalf("name %d: torchwood says that it is there: %v, we say %v", n, there, a.Entries)
		}
		if there {
			continue
		}
		if err := prefix.VerifyNonMembershipProof(treeHash, name(n).Key(), theirProof, ours.Root()); err != nil {
			t.Fatalf("name %d: torchwood's proof of absence does not hold against our root: %v", n, err)
		}
		mine, other = mine+len(a.Proof), other+len(theirProof)*32
	}
	t.Logf("absence at %d keys: ours %d bytes, torchwood's hashes alone %d, as a mean", keys, mine/keys, other/keys)
}

package tlog_test

import (
	"encoding/binary"
	"testing"

	xtlog "golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"chancery.example/internal/tlog"
	"chancery.example/letter"
)

// A memory keeps stored hashes as x/mod numbers them.
type memory []xtlog.Hash

func (m memory) ReadHashes(indices []int64) ([]xtlog.Hash, error) {
	hs := make([]xtlog.Hash, len(indices))
	for i, x := range indices {
		hs[i] = m[x]
	}
	return hs, nil
}

func TestFrontierIsTheTreeOfXMod(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 700).Draw(t, "entries")
		fork := rapid.IntRange(0, n).Draw(t, "clone at")
		var f, clone tlog.Frontier
		var m memory
		for i := range n {
			if i == fork {
				clone = f.Clone()
			}
			raw := binary.BigEndian.AppendUint64(nil, uint64(i))
			hs, err := xtlog.StoredHashes(int64(i), raw, m)
			if err != nil {
				t.Fatal(err)
			}
			m = append(m, hs...)
			f.Append(letter.Hash(xtlog.RecordHash(raw)))
		}
		if fork == n {
			clone = f.Clone()
		}
		for _, c := range []struct {
			f    *tlog.Frontier
			size int
		}{{&f, n}, {&clone, fork}} {
			want, err := xtlog.TreeHash(int64(c.size), m)
			if err != nil {
				t.Fatal(err)
			}
			if c.f.Size() != uint64(c.size) || c.f.Root() != letter.Hash(want) {
				t.Fatalf("frontier of %d entries has size %d and root %x: want %x", c.size, c.f.Size(), c.f.Root(), want)
			}
		}
	})
}

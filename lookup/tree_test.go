package lookup_test

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"chancery.example/letter"
	"chancery.example/lookup"
	"chancery.example/register"
)

// names are drawn from few digests, some of them alike in their first bits, so
// that trees become deep and names are met again.
func drawName(t *rapid.T) lookup.Name {
	n := rapid.IntRange(0, 60).Draw(t, "name")
	return fileName(n)
}

func fileName(n int) lookup.Name {
	return lookup.OfFile(sha256.Sum256(fmt.Append(nil, "file ", n)))
}

func drawRecords(t *rapid.T) []lookup.Record {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) lookup.Record {
		list := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) register.Index {
			return register.Index(rapid.Uint64Range(0, 40).Draw(t, "entry"))
		}), 1, 3).Draw(t, "entries")
		slices.Sort(list)
		return lookup.Record{Key: drawName(t).Key(), Entries: slices.Compact(list)}
	}), 0, 50).Draw(t, "records")
}

// plain is the map in the simplest way.
func plain(records []lookup.Record) map[letter.Hash][]register.Index {
	out := map[letter.Hash][]register.Index{}
	for _, r := range records {
		list := append(slices.Clone(out[r.Key]), r.Entries...)
		slices.Sort(list)
		out[r.Key] = slices.Compact(list)
	}
	return out
}

// TestEveryNameIsProved: whatever is in the map, each name in it proves its
// entries and each other name its absence, and neither proves anything else
// (MUST-9 to MUST-12).
func TestEveryNameIsProved(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		records := drawRecords(t)
		tree, want := lookup.Tree{}.With(records...), plain(records)
		if int(tree.Keys()) != len(want) {
			t.Fatalf("%d keys, want %d", tree.Keys(), len(want))
		}
		root := tree.Root()
		for n := range 62 {
			name := fileName(n)
			a := tree.Lookup(name)
			if !slices.Equal(a.Entries, want[name.Key()]) {
				t.Fatalf("entries %v, want %v", a.Entries, want[name.Key()])
			}
			if err := a.Verify(root); err != nil {
				t.Fatalf("name %d: %v", n, err)
			}
			for _, lie := range lies(a) {
				if err := lie.Verify(root); err == nil {
					t.Fatalf("name %d: a lie is proved: %v", n, lie.Entries)
				}
			}
		}
	})
}

// lies are answers that this one's proof must not carry.
func lies(a lookup.Answer) []lookup.Answer {
	with := func(list ...register.Index) lookup.Answer {
		return lookup.Answer{Name: a.Name, Entries: list, Proof: a.Proof}
	}
	if a.Absent() {
		return []lookup.Answer{with(0), with(7)}
	}
	last := a.Entries[len(a.Entries)-1]
	return []lookup.Answer{
		with(), with(a.Entries[:len(a.Entries)-1]...), with(append(slices.Clone(a.Entries), last+1)...),
		{Name: fileName(1000), Entries: a.Entries, Proof: a.Proof},
	}
}

// TestOrderIsNothing: in which order, and in how many steps, records come does
// not matter; a tree that another grew from stays what it was (MUST-8).
func TestOrderIsNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		records := drawRecords(t)
		want := lookup.Tree{}.With(records...)
		shuffled := rapid.Permutation(records).Draw(t, "order")
		var grown lookup.Tree
		for len(shuffled) > 0 {
			n := rapid.IntRange(1, len(shuffled)).Draw(t, "step")
			before, root := grown, grown.Root()
			grown = grown.With(shuffled[:n]...)
			if before.Root() != root {
				t.Fatal("the older tree changed")
			}
			shuffled = shuffled[n:]
		}
		if grown.Root() != want.Root() || grown.Keys() != want.Keys() {
			t.Fatalf("root %s of %d keys, want %s of %d", grown.Root(), grown.Keys(), want.Root(), want.Keys())
		}
		got := map[letter.Hash][]register.Index{}
		for r := range grown.All() {
			got[r.Key] = r.Entries
		}
		if !maps.EqualFunc(got, plain(records), slices.Equal[[]register.Index]) {
			t.Fatal("the tree does not list what was put in")
		}
	})
}

// TestNoByteOfAProof: whichever byte of a proof changes, or is added or lacks, it
// proves nothing any more (MUST-13).
func TestNoByteOfAProof(t *testing.T) {
	for _, size := range []int{0, 1, 2, 3, 40} {
		var records []lookup.Record
		for n := range size {
			records = append(records, lookup.Record{Key: fileName(n).Key(), Entries: []register.Index{register.Index(n), 99}})
		}
		tree := lookup.Tree{}.With(records...)
		root := tree.Root()
		for n := range size + 20 {
			a := tree.Lookup(fileName(n))
			if err := a.Verify(root); err != nil {
				t.Fatalf("%d of %d: %v", n, size, err)
			}
			for i := range a.Proof {
				for _, x := range []byte{1, 0x80, 0xff} {
					bent := lookup.Answer{Name: a.Name, Entries: a.Entries, Proof: slices.Clone(a.Proof)}
					bent.Proof[i] ^= x
					if err := bent.Verify(root); err == nil {
						t.Fatalf("%d of %d: byte %d can change", n, size, i)
					}
				}
			}
			for _, p := range [][]byte{append(slices.Clone(a.Proof), 0), a.Proof[:max(0, len(a.Proof)-1)], append([]byte{0}, a.Proof...), nil} {
				bent := lookup.Answer{Name: a.Name, Entries: a.Entries, Proof: p}
				if err := bent.Verify(root); err == nil && len(p) != len(a.Proof) {
					t.Fatalf("%d of %d: a proof of %d bytes instead of %d", n, size, len(p), len(a.Proof))
				}
			}
		}
	}
}

// TestRootsDiffer: a key more, an entry more, another entry: another root.
func TestRootsDiffer(t *testing.T) {
	seen := map[letter.Hash]string{}
	for what, records := range map[string][]lookup.Record{
		"nothing":              nil,
		"one":                  {{fileName(1).Key(), []register.Index{1}}},
		"another entry":        {{fileName(1).Key(), []register.Index{2}}},
		"an entry more":        {{fileName(1).Key(), []register.Index{1, 2}}},
		"another key":          {{fileName(2).Key(), []register.Index{1}}},
		"a key more":           {{fileName(1).Key(), []register.Index{1}}, {fileName(2).Key(), []register.Index{1}}},
		"values the other way": {{fileName(1).Key(), []register.Index{1}}, {fileName(2).Key(), []register.Index{2}}},
	} {
		root := lookup.Tree{}.With(records...).Root()
		if other, twice := seen[root]; twice {
			t.Errorf("%s and %s have one root", what, other)
		}
		seen[root] = what
	}
}

// FuzzVerify: no bytes make the program fall, and none but the tree's own prove.
func FuzzVerify(f *testing.F) {
	var records []lookup.Record
	for n := range 20 {
		records = append(records, lookup.Record{Key: fileName(n).Key(), Entries: []register.Index{register.Index(n)}})
	}
	tree := lookup.Tree{}.With(records...)
	root := tree.Root()
	for n := range 24 {
		a := tree.Lookup(fileName(n))
		f.Add(uint8(n), len(a.Entries) > 0, a.Proof)
	}
	f.Fuzz(func(t *testing.T, n uint8, present bool, raw []byte) {
		a := lookup.Answer{Name: fileName(int(n)), Proof: raw}
		if present {
			a.Entries = []register.Index{register.Index(n)}
		}
		own := tree.Lookup(a.Name)
		err := a.Verify(root)
		if err == nil && (!slices.Equal(own.Proof, raw) || own.Absent() != a.Absent()) {
			t.Errorf("%x proves that name %d is there: %v", raw, n, present)
		}
		if err != nil && !errors.Is(err, lookup.ErrForm) && !errors.Is(err, lookup.ErrNotProved) {
			t.Errorf("an error without class: %v", err)
		}
	})
}

// randomTree returns a map of so many keys.
func randomTree(keys int) (lookup.Tree, []lookup.Name) {
	r := rand.New(rand.NewPCG(1, 2))
	records, some := make([]lookup.Record, keys), []lookup.Name{}
	for n := range keys {
		var d [32]byte
		for i := range 4 {
			binary.LittleEndian.PutUint64(d[8*i:], r.Uint64())
		}
		name := lookup.OfFile(d)
		records[n] = lookup.Record{Key: name.Key(), Entries: []register.Index{register.Index(n)}}
		if n < 1000 {
			some = append(some, name)
		}
	}
	return lookup.Tree{}.With(records...), some
}

// TestProofsAreSmall: a proof of absence is below 1,000 bytes at 200,000 keys
// with room for what is missing to four million.
func TestProofsAreSmall(t *testing.T) {
	tree, _ := randomTree(200_000)
	root, largest := tree.Root(), 0
	for n := range 2000 {
		a := tree.Lookup(fileName(n))
		if err := a.Verify(root); err != nil || !a.Absent() {
			t.Fatal(err)
		}
		largest = max(largest, len(a.Proof))
	}
	if largest > 1000-5*33 {
		t.Errorf("the largest proof has %d bytes", largest)
	}
}

func BenchmarkLookup(b *testing.B) {
	for _, keys := range []int{1000, 10_000, 100_000, 1_000_000} {
		tree, some := randomTree(keys)
		root := tree.Root()
		for _, c := range []struct {
			what string
			name func(int) lookup.Name
		}{{"absent", fileName}, {"present", func(n int) lookup.Name { return some[n%len(some)] }}} {
			b.Run(fmt.Sprintf("%s/%d", c.what, keys), func(b *testing.B) {
				bytes, n := 0, 0
				for b.Loop() {
					a := tree.Lookup(c.name(n))
					if err := a.Verify(root); err != nil {
						b.Fatal(err)
					}
					bytes += len(a.Proof)
					n++
				}
				b.ReportMetric(float64(bytes)/float64(n), "B/proof")
			})
		}
	}
}

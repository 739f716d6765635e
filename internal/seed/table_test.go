package seed

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// plainly is what a list of postings answers, said in the plainest way.
func plainly(ps []Posting, key Key, level, most int) ([]uint32, int) {
	var out []uint32
	for _, p := range ps {
		if (p.Key^key)&Mask(level) == 0 && !slices.Contains(out, p.Family) {
			out = append(out, p.Family)
		}
	}
	slices.Sort(out)
	if len(out) > most {
		return nil, most + 1
	}
	return out, len(out)
}

// somePostings draws postings as a register has them: keys that share their
// first 12 letters, and families that hold a gram again and again.
func somePostings(most int) *rapid.Generator[[]Posting] {
	return rapid.Custom(func(t *rapid.T) []Posting {
		prefixes := rapid.SliceOfN(rapid.Uint64Range(0, 1<<shortBits-1), 1, 12).Draw(t, "prefixes")
		ends := rapid.SliceOfN(rapid.Uint64Range(0, 1<<extensionsBits-1), 1, 4).Draw(t, "ends")
		families := rapid.Uint32Range(0, rapid.SampledFrom([]uint32{0, 1, 7, 5000}).Draw(t, "families"))
		return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Posting {
			k := rapid.SampledFrom(prefixes).Draw(t, "prefix")<<extensionsBits | rapid.SampledFrom(ends).Draw(t, "end")
			return Posting{Key(k), families.Draw(t, "family")}
		}), 0, most).Draw(t, "postings")
	})
}

func tableOf(ps []Posting) *Table {
	t := NewTable()
	for _, p := range ps {
		t.Add(p.Family, []Seed{{Key: p.Key}})
	}
	return t
}

// sameAnswers holds a list to plain postings, for keys that are there and some
// that are not, at all levels and caps.
func sameAnswers(t *rapid.T, what string, got Postings, ps []Posting) {
	var keys []Key
	for _, p := range ps {
		keys = append(keys, p.Key, p.Key+1, p.Key^1<<extensionBits, p.Key^1<<extensionsBits)
	}
	keys = append(keys, 0, ^Key(0), Key(rapid.Uint64().Draw(t, "key")))
	if len(keys) > 100 {
		keys = keys[len(keys)-100:]
	}
	for _, k := range keys {
		for level := 1; level <= Levels; level++ {
			for _, most := range []int{0, 1, 3, 1 << 20} {
				want, n := plainly(ps, k, level, most)
				all, m := got.Lookup([]uint32{99}, k, level, most)
				if m != n || all[0] != 99 || n <= most && !slices.Equal(all[1:], want) {
					t.Fatalf("%s: key %x at level %d, at most %d: %v (%d), want %v (%d)", what, k, level, most, all[1:], m, want, n)
				}
			}
		}
	}
}

func TestTableAnswers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ps := somePostings(300).Draw(t, "postings")
		sameAnswers(t, "table", tableOf(ps), ps)
	})
}

// TestSorting: the fast way gives what the plain one gives, also when most keys
// are the same.
func TestSorting(t *testing.T) {
	for name, of := range map[string]func(i uint64) Posting{
		"spread":      func(i uint64) Posting { return Posting{Key(stir(i)), uint32(i % 1000)} },
		"boilerplate": func(i uint64) Posting { return Posting{Key(stir(i%50) &^ 0xffffff), uint32(stir(i) % 5000)} },
		"one key":     func(i uint64) Posting { return Posting{7, uint32(9000 - i%9000)} },
		"close":       func(i uint64) Posting { return Posting{Key(stir(i) >> 40), 3} },
	} {
		t.Run(name, func(t *testing.T) {
			var ps []Posting
			for i := range uint64(20_000) {
				ps = append(ps, of(i))
			}
			want := slices.Clone(ps)
			slices.SortFunc(want, Posting.Compare)
			if sortPostings(ps); !slices.Equal(ps, want) {
				t.Error("not in order")
			}
		})
	}
}

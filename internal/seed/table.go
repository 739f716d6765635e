package seed

import (
	"cmp"
	"slices"
	"sync"
)

// A Table keeps postings in memory. Look-ups may run beside each other; Add must
// not run beside anything.
type Table struct {
	once     *sync.Once
	postings []Posting
}

// A Posting says that a family holds a gram.
type Posting struct {
	Key    Key
	Family uint32
}

// Compare orders postings by key, then family.
func (p Posting) Compare(o Posting) int {
	return cmp.Or(cmp.Compare(p.Key, o.Key), cmp.Compare(p.Family, o.Family))
}

// NewTable returns an empty table.
func NewTable() *Table { return &Table{once: new(sync.Once)} }

// Add notes the seeds of one text of a family.
func (t *Table) Add(family uint32, seeds []Seed) {
	for _, s := range seeds {
		t.postings = append(t.postings, Posting{s.Key, family})
	}
	t.once = new(sync.Once)
}

// Postings returns all postings, sorted, each once.
func (t *Table) Postings() []Posting {
	t.once.Do(func() {
		slices.SortFunc(t.postings, Posting.Compare)
		t.postings = slices.Clip(slices.Compact(t.postings))
	})
	return t.postings
}

// Lookup implements Postings.
func (t *Table) Lookup(dst []uint32, key Key, level, most int) ([]uint32, int) {
	ps, mask := t.Postings(), Mask(level)
	from, _ := slices.BinarySearchFunc(ps, key&mask, func(p Posting, k Key) int { return cmp.Compare(p.Key, k) })
	begin := len(dst)
	for _, p := range ps[from:] {
		if p.Key&mask != key&mask {
			break
		}
		dst = append(dst, p.Family)
		if len(dst)-begin > 2*most { // each family may stand there with several longer grams
			break
		}
	}
	found := dst[begin:]
	slices.Sort(found)
	found = slices.Compact(found)
	if len(found) > most {
		return dst[:begin+most], most + 1
	}
	return dst[:begin+len(found)], len(found)
}

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

func (p Posting) less(o Posting) bool {
	return p.Key < o.Key || p.Key == o.Key && p.Family < o.Family
}

// NewTable returns an empty table.
func NewTable() *Table { return &Table{once: new(sync.Once)} }

// Reserve makes room for so many postings more.
func (t *Table) Reserve(postings int) { t.postings = slices.Grow(t.postings, postings) }

// Add notes the seeds of one text of a family.
func (t *Table) Add(family uint32, seeds []Seed) {
	t.postings = slices.Grow(t.postings, len(seeds))
	for _, s := range seeds {
		t.postings = append(t.postings, Posting{s.Key, family})
	}
	t.once = new(sync.Once)
}

// Len returns how many postings were noted, those that are the same included.
func (t *Table) Len() int { return len(t.postings) }

// Postings returns all postings, sorted, each once.
func (t *Table) Postings() []Posting {
	t.once.Do(func() {
		sortPostings(t.postings)
		t.postings = slices.Compact(t.postings)
	})
	return t.postings
}

// Lookup implements Postings.
func (t *Table) Lookup(dst []uint32, key Key, level, most int) ([]uint32, int) {
	ps, mask := t.Postings(), Mask(level)
	from, _ := slices.BinarySearchFunc(ps, key&mask, func(p Posting, k Key) int { return cmp.Compare(p.Key, k) })
	c := newCollector(dst, most)
	for _, p := range ps[from:] {
		if p.Key&mask != key&mask || c.add(p.Family) {
			break
		}
	}
	return c.result()
}

// A collector gathers families of a look-up: a family may come up once for each
// longer gram.
type collector struct {
	dst         []uint32
	begin, most int
	full        int // how long dst may grow before it is made one of each
}

func newCollector(dst []uint32, most int) collector {
	const slack = 64
	return collector{dst, len(dst), most, len(dst) + most + slack}
}

// add notes a family and reports whether there are too many.
func (c *collector) add(family uint32) bool {
	c.dst = append(c.dst, family)
	if len(c.dst) <= c.full {
		return false
	}
	c.tidy()
	c.full = max(c.full, 2*len(c.dst)-c.begin)
	return len(c.dst)-c.begin > c.most
}

func (c *collector) tidy() {
	found := c.dst[c.begin:]
	if !slices.IsSorted(found) {
		slices.Sort(found)
	}
	c.dst = c.dst[:c.begin+len(slices.Compact(found))]
}

func (c *collector) result() ([]uint32, int) {
	c.tidy()
	n := len(c.dst) - c.begin
	if n > c.most {
		return c.dst[:c.begin+c.most], c.most + 1
	}
	return c.dst, n
}

// Join makes one list of several. The families that they name are the same ones.
func Join(lists ...Postings) Postings {
	if len(lists) == 1 {
		return lists[0]
	}
	return joined(lists)
}

type joined []Postings

// Lookup implements Postings.
func (j joined) Lookup(dst []uint32, key Key, level, most int) ([]uint32, int) {
	begin := len(dst)
	for _, l := range j {
		var n int
		if dst, n = l.Lookup(dst, key, level, most); n > most {
			return dst, most + 1
		}
	}
	c := collector{dst: dst, begin: begin, most: most}
	return c.result()
}

// sortPostings sorts by key, then family. Keys are hashes, so their leading bits
// tell almost all apart: two passes by those, and little is left to compare.
func sortPostings(ps []Posting) {
	const (
		digit = 11
		few   = 1 << 12
		lead  = 64 - 2*digit
	)
	if len(ps) < few {
		slices.SortFunc(ps, Posting.Compare)
		return
	}
	scratch := make([]Posting, len(ps))
	radixPass(ps, scratch, lead, digit)
	radixPass(scratch, ps, lead+digit, digit)
	for begin := 0; begin < len(ps); {
		end := begin + 1
		for end < len(ps) && ps[end].Key>>lead == ps[begin].Key>>lead {
			end++
		}
		sortRun(ps[begin:end])
		begin = end
	}
}

// radixPass moves postings from one slice to another in the order of some bits
// of their keys; what is equal there stays in order.
func radixPass(from, to []Posting, shift, digit int) {
	next := make([]int, 1<<digit)
	mask := Key(1)<<digit - 1
	for i := range from {
		next[from[i].Key>>shift&mask]++
	}
	at := 0
	for d, n := range next {
		next[d], at = at, at+n
	}
	for _, p := range from {
		d := p.Key >> shift & mask
		to[next[d]] = p
		next[d]++
	}
}

// sortRun sorts what the leading bits left together.
func sortRun(ps []Posting) {
	const few = 12
	if len(ps) > few {
		slices.SortFunc(ps, Posting.Compare)
		return
	}
	for i := 1; i < len(ps); i++ {
		for j := i; j > 0 && ps[j].less(ps[j-1]); j-- {
			ps[j], ps[j-1] = ps[j-1], ps[j]
		}
	}
}

// A Checked is a list that can find out, while it is asked, that it is damaged.
type Checked interface {
	Postings
	// Err returns why answers since the first one are not complete; nil: they are.
	Err() error
}

// Guard answers from a list as long as it is sound, and from what again makes,
// once, when it no longer is: a damaged file costs time and changes no answer
// (MUST-20).
func Guard(p Checked, again func(why error) Postings) Postings {
	return &guarded{p: p, again: again}
}

type guarded struct {
	p     Checked
	again func(error) Postings
	once  sync.Once
	next  Postings
}

// Lookup implements Postings.
func (g *guarded) Lookup(dst []uint32, key Key, level, most int) ([]uint32, int) {
	begin := len(dst)
	if g.p.Err() == nil {
		found, n := g.p.Lookup(dst, key, level, most)
		if g.p.Err() == nil {
			return found, n
		}
		dst = found[:begin]
	}
	g.once.Do(func() { g.next = g.again(g.p.Err()) })
	return g.next.Lookup(dst, key, level, most)
}

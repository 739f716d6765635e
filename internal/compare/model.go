package compare

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"chancery.example/internal/fold"
)

// A Model knows how often words, and pairs of words, stand in the texts of a
// register, and so how much it says that two texts share some: formulae say
// little, names and figures much.
//
// Every pair is counted exactly until a register has maxLearned words; later
// texts are like earlier ones and are not counted. The model is kept in two
// tables of hashes, so that it costs some bytes for a pair however long its words
// are; two pairs that fall together weigh less than they should, never more.
type Model struct {
	words   int
	single  counter // words
	double  counter // words after the word before
	learned int
}

const (
	// maxLearned is how many words a model learns from.
	maxLearned = 64 << 20
	// everyday is how many words of everyday a small register is topped up with;
	// each of the commonest is a hundredth of them.
	everyday = 2000
	// mostBits is the most that one word says.
	mostBits = 14.0
	// alone is what is left of a word's weight when nothing is known of what it
	// follows: words foretell each other.
	alone = 0.6
)

// NewModel returns a model that has learned nothing.
func NewModel() *Model { return &Model{} }

// Learn counts the words of a text of record.
func (m *Model) Learn(f *fold.Folded) {
	m.words += len(f.Words)
	if m.learned >= maxLearned {
		return
	}
	m.learned += len(f.Words)
	before := uint32(0)
	for i, w := range f.Words {
		h := wordHash(w.Key)
		m.single.add(h, 1)
		if i > 0 {
			m.double.add(pairHash(before, h), 1)
		}
		before = h
	}
}

// Words is how many words the texts have that were learned.
func (m *Model) Words() int { return m.words }

// Own are the texts whose own words a model leaves out of its counts, so that a
// letter does not make its words common by holding them: one text, and how many
// there are like it.
type Own struct {
	Text  *Model
	Times int
}

func (o Own) single(h uint32) int { return o.of(func(m *Model) *counter { return &m.single }, h) }
func (o Own) double(h uint32) int { return o.of(func(m *Model) *counter { return &m.double }, h) }

func (o Own) of(table func(*Model) *counter, h uint32) int {
	if o.Text == nil {
		return 0
	}
	return int(table(o.Text).count(h)) * o.Times
}

// Bits is how much it says that a word stands after another one (or after
// nothing known, when before is empty), from 0 to 14: the negative logarithm of
// its probability in other texts than own.
func (m *Model) Bits(before, word string, own Own) float64 {
	h := wordHash(word)
	n := float64(max(0, int(m.single.count(h))-own.single(h))) + 0.5
	if commonWords[word] {
		n += everyday / 100
	}
	single := min(mostBits, math.Log2((float64(m.learned)+everyday)/n)) * alone
	if before == "" {
		return single
	}
	b := wordHash(before)
	pair := pairHash(b, h)
	context := float64(max(0, int(m.single.count(b))-own.single(b)))
	after := float64(max(0, int(m.double.count(pair))-own.double(pair)))
	if context == 0 {
		return single
	}
	known := context / (context + 8)
	p := known*after/context + (1-known)*math.Exp2(-single)
	p = max(p, known*math.Exp2(-single/alone)) // a new pair of known words
	return min(mostBits, -math.Log2(p))
}

// Knows reports whether a word stands in other texts than own.
func (m *Model) Knows(word string, own Own) bool {
	h := wordHash(word)
	return commonWords[word] || int(m.single.count(h))-own.single(h) > 0
}

func wordHash(s string) uint32 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return stir(h)
}

func pairHash(a, b uint32) uint32 { return stir(uint64(a)<<32 | uint64(b)) }

func stir(h uint64) uint32 {
	h ^= h >> 32
	h *= 0x9e3779b97f4a7c15
	return uint32(h >> 32)
}

// A counter counts hashes, in a table that is searched on from the place that a
// hash names.
type counter struct {
	slots []slot
	used  int
}

type slot struct{ hash, n uint32 }

func (c *counter) find(h uint32) int {
	mask := uint32(len(c.slots) - 1) //nolint:gosec // a power of two
	i := h & mask
	for c.slots[i].n != 0 && c.slots[i].hash != h {
		i = (i + 1) & mask
	}
	return int(i)
}

func (c *counter) count(h uint32) uint32 {
	if len(c.slots) == 0 {
		return 0
	}
	return c.slots[c.find(h)].n
}

func (c *counter) add(h, n uint32) {
	if c.used*4 >= len(c.slots)*3 {
		old := c.slots
		c.slots, c.used = make([]slot, max(1024, 2*len(old))), 0
		for _, s := range old {
			if s.n > 0 {
				c.add(s.hash, s.n)
			}
		}
	}
	i := c.find(h)
	if c.slots[i].n == 0 {
		c.used++
		c.slots[i].hash = h
	}
	c.slots[i].n += min(n, math.MaxUint32-c.slots[i].n)
}

// least returns what was counted at least so often, in order.
func (c *counter) least(n uint32) []slot {
	var out []slot
	for _, s := range c.slots {
		if s.n >= n {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b slot) int { return cmp.Compare(a.hash, b.hash) })
	return out
}

// commonWords are the most frequent words of the languages of most letters.
var commonWords = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(
		"the of to and a in is that it for on with as was by be at this are from or an not have has had but they we you he she his her their our your its will would which who all no if there been were when can may than then them so some any one two out up about into over more other only such these those i me my us do did said " +
			"في من على إلى أن إن عن مع هذا هذه التي الذي ما لا لم لن كان كانت و أو كل قد بعد قبل بين عند " +
			"le la les de des du un une et est en que qui dans pour pas sur au aux par ne ce se der die das und ist in zu den mit von für auf ein eine nicht es im dem el los las y que por con para una del se") {
		for _, k := range fold.Copy(w).Words {
			m[k.Key] = true
		}
	}
	return m
}()

package compare

import (
	"container/list"
	"strings"
	"sync"

	"chancery.example/internal/fold"
	"chancery.example/internal/seed"
)

// A Document is one text of record. Documents of the same Family are texts of
// one letter: its revisions and languages.
type Document struct {
	ID     int
	Family string
	Text   string
}

// An Index finds documents by their words. Find may run beside Find; Add,
// AddStored, Attach and SetModel must not run beside anything.
//
// It keeps the texts, and folds again those that a search looks at. Grams are
// kept by package seed: what was added, in memory; what a segment holds,
// wherever that is.
type Index struct {
	docs     []document
	families map[string]uint32
	members  [][]int32 // documents of each family

	table    *seed.Table
	segments []seed.Postings
	lists    seed.Postings // the table and the segments
	model    *Model
	sides    sideCache
	streams  streams
}

type document struct {
	Document
	family uint32
}

// NewIndex returns an empty index.
func NewIndex() *Index {
	x := &Index{families: map[string]uint32{}, table: seed.NewTable(), model: NewModel()}
	x.lists = x.table
	return x
}

// Add puts a document into the index and returns its fold.
func (x *Index) Add(d Document) *fold.Folded {
	f := fold.Record(d.Text)
	fam := x.AddStored(d)
	x.table.Add(fam, seed.Of(f.Stream))
	x.model.Learn(f)
	return f
}

// AddStored puts a document into the index whose grams are in a segment that is
// attached, and whose words the model knows, and returns the number of its
// family: families are numbered from 0 in the order in which they come.
func (x *Index) AddStored(d Document) uint32 {
	fam, ok := x.families[d.Family]
	if !ok {
		fam = uint32(len(x.members)) //nolint:gosec // a register has no four thousand million letters
		x.families[strings.Clone(d.Family)] = fam
		x.members = append(x.members, nil)
	}
	x.members[fam] = append(x.members[fam], int32(len(x.docs))) //nolint:gosec // nor texts
	x.docs = append(x.docs, document{d, fam})
	x.streams.forget()
	return fam
}

// Attach lets searches look into a segment. Its families are numbered as this
// index numbers them.
func (x *Index) Attach(p seed.Postings) {
	x.segments = append(x.segments, p)
	x.lists = seed.Join(append([]seed.Postings{x.table}, x.segments...)...)
}

// Model returns the model of the words of all documents.
func (x *Index) Model() *Model { return x.model }

// SetModel puts a model in place that knows the documents added as stored.
func (x *Index) SetModel(m *Model) { x.model = m }

// Table returns the grams of the documents that were added and not stored.
func (x *Index) Table() *seed.Table { return x.table }

// Len returns the number of documents.
func (x *Index) Len() int { return len(x.docs) }

// Families returns the number of families.
func (x *Index) Families() int { return len(x.members) }

// side returns a document laid out for comparison.
func (x *Index) side(d int32) *side {
	return x.sides.get(d, func() *side { return newSide(fold.Record(x.docs[d].Text)) })
}

// lookup finds the families that hold a gram, at most so many.
func (x *Index) lookup(dst []uint32, key seed.Key, level, most int) ([]uint32, int) {
	return x.lists.Lookup(dst, key, level, most)
}

// cachedSides is how many texts are kept folded: searches come back to the same
// letters.
const cachedSides = 1024

// sideCache keeps the texts that were used last.
type sideCache struct {
	mu    sync.Mutex
	at    map[int32]*list.Element
	order list.List // of cachedSide, the latest in front
}

type cachedSide struct {
	doc  int32
	side *side
}

func (c *sideCache) get(doc int32, lay func() *side) *side {
	c.mu.Lock()
	if e, ok := c.at[doc]; ok {
		c.order.MoveToFront(e)
		s := e.Value.(cachedSide).side //nolint:forcetypeassert // nothing else is in it
		c.mu.Unlock()
		return s
	}
	c.mu.Unlock()
	s := lay()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.at == nil {
		c.at = map[int32]*list.Element{}
	}
	if _, ok := c.at[doc]; !ok {
		c.at[doc] = c.order.PushFront(cachedSide{doc, s})
		if last := c.order.Back(); c.order.Len() > cachedSides {
			delete(c.at, last.Value.(cachedSide).doc) //nolint:forcetypeassert // as above
			c.order.Remove(last)
		}
	}
	return s
}

// streams are the letters of all documents, for phrases too short to hold a
// gram. They are put together when the first such phrase comes.
type streams struct {
	mu  sync.Mutex
	all []string
}

func (s *streams) forget() { s.all = nil }

// holding returns the documents that hold a short phrase, by reading them all.
func (x *Index) holding(phrase string) []int32 {
	x.streams.mu.Lock()
	for d := len(x.streams.all); d < len(x.docs); d++ {
		x.streams.all = append(x.streams.all, fold.Record(x.docs[d].Text).Stream)
	}
	all := x.streams.all
	x.streams.mu.Unlock()
	var out []int32
	for i, s := range all {
		if strings.Contains(s, phrase) {
			out = append(out, int32(i))
			if len(out) == shortHits {
				break
			}
		}
	}
	return out
}

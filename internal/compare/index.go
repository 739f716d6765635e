package compare

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"chancery.example/internal/fold"
	"chancery.example/internal/seed"
)

// Limits of one search.
const (
	maxCandidates = 40     // families that are aligned
	maxPostings   = 20_000 // looked at
	shortQuery    = 30     // letters: below, a search reads every document
	shortHits     = 60     // documents that hold a short phrase
)

// A Document is one text of record. Documents of the same Family are texts of
// one letter: its revisions and languages.
type Document struct {
	ID     int
	Family string
	Text   string
}

// A Candidate is a document that shares words with the copy, aligned with it.
type Candidate struct {
	Document  Document
	Alignment *Alignment
	// Bits is the weight of the words that agree, less what agreement by chance
	// among so many words would have.
	Bits float64
	// Exact: the document holds the copy's letters and digits as they stand.
	Exact bool
}

// An Index finds documents by their words. Find may run beside Find; Add must
// not run beside anything.
type Index struct {
	docs     []document
	families map[string]uint32
	members  [][]int32 // documents of each family

	table  *seed.Table
	counts map[string]int // of words
	words  int
}

type document struct {
	Document
	folded *fold.Folded
	family uint32
}

// NewIndex returns an empty index.
func NewIndex() *Index {
	return &Index{families: map[string]uint32{}, counts: map[string]int{}, table: seed.NewTable()}
}

// Add puts a document into the index and returns its fold.
func (x *Index) Add(d Document) *fold.Folded {
	f := fold.Record(d.Text)
	if len(f.Words) == 0 {
		return f
	}
	fam, ok := x.families[d.Family]
	if !ok {
		fam = uint32(len(x.members)) //nolint:gosec // a register has no four thousand million letters
		x.families[d.Family] = fam
		x.members = append(x.members, nil)
	}
	x.members[fam] = append(x.members[fam], int32(len(x.docs))) //nolint:gosec // as above
	x.docs = append(x.docs, document{d, f, fam})
	x.table.Add(fam, seed.Of(f.Stream))
	for _, w := range f.Words {
		x.counts[strings.Clone(w.Key)]++
	}
	x.words += len(f.Words)
	return f
}

// Len returns the number of documents.
func (x *Index) Len() int { return len(x.docs) }

// Find returns the documents that share a passage with the copy, the best
// first. The error is that of ctx.
func (x *Index) Find(ctx context.Context, copied *fold.Folded) ([]Candidate, error) {
	if len(copied.Words) == 0 || len(x.docs) == 0 {
		return nil, ctx.Err()
	}
	var docs []int32
	if copied.Letters < shortQuery {
		docs = x.holding(copied.Stream)
	}
	for _, d := range x.sharing(copied) {
		if !slices.Contains(docs, d) {
			docs = append(docs, d)
		}
	}
	var out []Candidate
	for _, d := range docs {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if c, ok := x.candidate(copied, d); ok {
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b Candidate) int {
		return cmp.Or(b.Alignment.Agreed-a.Alignment.Agreed, a.Alignment.Cost-b.Alignment.Cost, a.Document.ID-b.Document.ID)
	})
	return out, ctx.Err()
}

func (x *Index) candidate(copied *fold.Folded, d int32) (Candidate, bool) {
	doc := x.docs[d]
	c := Candidate{Document: doc.Document, Exact: strings.Contains(doc.folded.Stream, copied.Stream)}
	if c.Exact {
		c.Alignment = alignPhrase(copied, doc.folded)
	}
	if c.Alignment == nil {
		c.Alignment = Align(copied, doc.folded)
	}
	c.Bits = x.bits(c.Alignment, doc.family)
	return c, len(c.Alignment.Passages) > 0
}

// holding returns the documents that hold a short phrase, by reading them all.
func (x *Index) holding(stream string) []int32 {
	var out []int32
	for i, d := range x.docs {
		if strings.Contains(d.folded.Stream, stream) {
			out = append(out, int32(i))
			if len(out) == shortHits {
				break
			}
		}
	}
	return out
}

// sharing returns the documents of the families that share the most telling
// grams with the copy: rare ones first, until enough postings were read.
func (x *Index) sharing(copied *fold.Folded) []int32 {
	type hit struct{ from, to int }
	var hits []hit
	var found []uint32
	for _, s := range seed.Of(copied.Stream) {
		from := len(found)
		var n int
		if found, n = x.table.Lookup(found, s.Key, 1, maxPostings); n > 0 {
			hits = append(hits, hit{from, len(found)})
		}
	}
	slices.SortFunc(hits, func(a, b hit) int { return cmp.Or((a.to-a.from)-(b.to-b.from), a.from-b.from) })
	score := map[uint32]float64{}
	read := 0
	for _, h := range hits {
		df := h.to - h.from
		if read += df; read > maxPostings && len(score) > 0 {
			break
		}
		weight := math.Log(float64(len(x.members)+1) / float64(df))
		for _, fam := range found[h.from:h.to] {
			score[fam] += weight + 0.01
		}
	}
	fams := make([]uint32, 0, len(score))
	for f := range score {
		fams = append(fams, f)
	}
	slices.SortFunc(fams, func(a, b uint32) int { return cmp.Or(cmp.Compare(score[b], score[a]), cmp.Compare(a, b)) })
	var docs []int32
	for _, f := range fams[:min(len(fams), maxCandidates)] {
		docs = append(docs, x.members[f]...)
	}
	return docs
}

// bits is the significance of an alignment: agreeing words weigh by their
// rarity in other letters of the register, less because words foretell each
// other; each difference costs; so does the number of places where chance could
// have hit. A small register is topped up with words of everyday.
func (x *Index) bits(a *Alignment, family uint32) float64 {
	const (
		context  = 0.6
		perEdit  = 5
		most     = 14.0
		everyday = 2000 // words, of which each common one has a hundredth
	)
	total := float64(x.words + everyday)
	sum := 0.0
	for _, p := range a.Passages {
		for _, pr := range p.pairs {
			if !pr.agree {
				continue
			}
			key := a.Copy.Words[pr.c].Key
			n := max(0, x.counts[key]-len(x.members[family])) + 1
			if commonWords[key] {
				n += everyday / 100
			}
			sum += min(most, math.Log2(total/float64(n))) * context
		}
	}
	return sum - perEdit*float64(a.Cost) - math.Log2(float64(x.words+2)) - math.Log2(float64(len(a.Copy.Words)+1))
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

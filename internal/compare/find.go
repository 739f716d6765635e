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
	maxFamilies  = 40     // that are aligned
	maxSiblings  = 64     // documents of one family that are aligned
	maxPostings  = 20_000 // looked at
	rareEnough   = 400    // families that hold a gram: more, and a longer one is asked for
	shortQuery   = 20     // letters: below, there may be no gram, and a search reads every document
	shortHits    = 60     // documents that hold a short phrase
	alwaysTried  = 6      // families that are aligned however little they promise
	leastPromise = 0.2    // of the best family's weight, that another one must have
	leastFresh   = 2      // grams that no better family explains, which do as well
	longQuery    = 100    // grams of a copy: more, and a family must share
	leastShared  = 4      // ... so many, unless it is among the best
	bestShared   = 3
)

// A Candidate is a document that shares words with the copy, aligned with it.
type Candidate struct {
	Document  Document
	Alignment *Alignment
	// Bits is the weight of the words that agree, less what agreement by chance
	// among so many words would have.
	Bits float64
	// Exact: the document holds the copy's letters and digits as they stand.
	Exact bool

	number  int32 // of the document in the index
	telling int   // letters in passages that stand for themselves
}

// Find returns the documents that share a passage with the copy, the best family
// first, and of a family the nearest text. The error is that of ctx.
func (x *Index) Find(ctx context.Context, copied *fold.Folded) ([]Candidate, error) {
	if len(copied.Words) == 0 || len(x.docs) == 0 {
		return nil, ctx.Err()
	}
	query := newSide(copied)
	var out []Candidate
	var err error
	// Where Arabic and other letters alternate, a longer phrase may have none, too.
	if copied.Letters < shortQuery || len(seed.Of(copied.Stream)) == 0 {
		out, err = x.candidates(ctx, query, x.holding(copied.Stream), nil)
	}
	most := 0
	for _, p := range x.sharing(copied) {
		if err != nil {
			break
		}
		if most > len(p.grams) {
			continue // a letter that holds all of the copy was found, and this one cannot
		}
		if out, err = x.candidates(ctx, query, x.documents(p.family), out); exact(out) {
			most = max(most, len(p.grams))
		}
	}
	if err == nil && len(query.letters) <= nearLetters && best(out) < wholeEnough {
		out, err = x.candidates(ctx, query, x.documents(x.nearby(query.letters)...), out)
	}
	if err != nil {
		return nil, err
	}
	sortCandidates(out)
	return out, ctx.Err() //nolint:wrapcheck // as above
}

// sortCandidates puts families first whose passages stand for themselves, and
// within a family the texts that are nearest to the copy.
func sortCandidates(cs []Candidate) {
	telling := map[string]int{}
	for _, c := range cs {
		telling[c.Document.Family] = max(telling[c.Document.Family], c.telling)
	}
	slices.SortStableFunc(cs, func(a, b Candidate) int {
		return cmp.Or(telling[b.Document.Family]-telling[a.Document.Family], cmp.Compare(b.Alignment.weight, a.Alignment.weight),
			a.Alignment.Cost-b.Alignment.Cost, a.Document.ID-b.Document.ID)
	})
}

// documents returns the texts of families.
func (x *Index) documents(families ...uint32) []int32 {
	var out []int32
	for _, f := range families {
		out = append(out, x.members[f][:min(len(x.members[f]), maxSiblings)]...)
	}
	return out
}

// candidates aligns documents with the copy, each once.
func (x *Index) candidates(ctx context.Context, query *side, docs []int32, out []Candidate) ([]Candidate, error) {
	seen := map[int32]bool{}
	for _, c := range out {
		seen[c.number] = true
	}
	for _, d := range docs {
		if seen[d] {
			continue
		}
		seen[d] = true
		if err := ctx.Err(); err != nil {
			return nil, err //nolint:wrapcheck // the caller's own
		}
		if c, ok := x.candidate(query, d); ok {
			out = append(out, c)
		}
	}
	return out, nil
}

// exact reports whether the copy's letters were found as they stand.
func exact(cs []Candidate) bool {
	return slices.ContainsFunc(cs, func(c Candidate) bool { return c.Exact })
}

// best is the most that a candidate covers of the copy.
func best(cs []Candidate) float64 {
	most := 0.0
	for _, c := range cs {
		of, _ := c.Alignment.Coverage()
		most = max(most, of)
	}
	return most
}

func (x *Index) candidate(query *side, d int32) (Candidate, bool) {
	doc, record := x.docs[d], x.side(d)
	c := Candidate{Document: doc.Document, number: d, Exact: strings.Contains(record.text.Stream, query.text.Stream)}
	if c.Exact && !query.text.Scanned() {
		c.Alignment = alignPhrase(query.text, record.text)
	}
	if c.Alignment == nil {
		c.Alignment = query.align(record, x.model)
	}
	c.Bits, c.telling = x.bits(c.Alignment, Own{record.own(), len(x.members[doc.family])})
	return c, len(c.Alignment.Passages) > 0
}

// A promise is what the grams that a family shares with the copy say for it.
type promise struct {
	family uint32
	weight float64
	grams  []int32 // of the copy
}

// sharing returns the families that share the most telling grams with the copy:
// rare ones first, until enough postings were read. Families that explain grams
// which better ones leave unexplained are kept even when they share little: a
// copy may be spliced from several letters.
func (x *Index) sharing(copied *fold.Folded) []promise {
	at := map[uint32]int{}
	var all []promise
	hits, grams := x.hits(copied)
	for _, h := range hits {
		weight := math.Log(float64(len(x.members)+1)/float64(len(h.families))) + 0.01
		for _, fam := range h.families {
			i, ok := at[fam]
			if !ok {
				i = len(all)
				at[fam] = i
				all = append(all, promise{family: fam})
			}
			all[i].weight += weight
			all[i].grams = append(all[i].grams, h.gram)
		}
	}
	slices.SortFunc(all, func(a, b promise) int {
		return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.family, b.family))
	})
	var out []promise
	explained := map[int32]bool{}
	for i, p := range all {
		fresh := 0
		for _, g := range p.grams {
			if !explained[g] {
				fresh++
			}
		}
		if i >= bestShared && grams > longQuery && len(p.grams) < leastShared {
			continue
		}
		if i >= alwaysTried && p.weight < leastPromise*all[0].weight && fresh < leastFresh {
			continue
		}
		for _, g := range p.grams {
			explained[g] = true
		}
		if out = append(out, p); len(out) == maxFamilies {
			break
		}
	}
	return out
}

// A hit is a gram of the copy with the families that hold it.
type hit struct {
	gram     int32
	families []uint32
}

// hits looks the copy's grams up: each at the shortest length at which few
// enough families hold it. What is common even at the longest is boilerplate,
// and is used only when there is nothing else. grams is how many the copy has.
func (x *Index) hits(copied *fold.Folded) (hits []hit, grams int) {
	var rare, common []hit
	seeds := seed.Of(copied.Stream)
	for i, s := range seeds {
		var found []uint32
		n := 0
		for level := 1; level <= int(s.Levels); level++ {
			if found, n = x.lookup(found[:0], s.Key, level, rareEnough); n <= rareEnough {
				break
			}
		}
		switch h := (hit{int32(i), found}); {
		case n > rareEnough:
			common = append(common, h)
		case n > 0:
			rare = append(rare, h)
		}
	}
	if len(rare) == 0 {
		rare = common
	}
	slices.SortStableFunc(rare, func(a, b hit) int { return len(a.families) - len(b.families) })
	read := 0
	for i, h := range rare {
		if read += len(h.families); read > maxPostings {
			return rare[:i], len(seeds)
		}
	}
	return rare, len(seeds)
}

// bits is the significance of an alignment (finding.md, "Significance"): words
// that agree weigh by how little they are foretold, nearly equal ones less; each
// stretch that does not agree costs; so does the number of places where chance
// could have hit. Every passage has to stand for itself: a long letter shares
// some formula with any other, and many of them make no quotation. telling is how
// many letters the passages have that do.
func (x *Index) bits(a *Alignment, own Own) (bits float64, telling int) {
	chance := math.Log2(float64(x.model.words+2)) + math.Log2(float64(len(a.Copy.Words)+1))
	sum, most := 0.0, math.Inf(-1)
	for _, p := range a.Passages {
		margin := x.passageBits(a, p, own) - chance
		most = max(most, margin)
		if margin > 0 {
			sum += margin
			telling += a.nearLetters(p)
		}
	}
	if most <= 0 {
		return most, 0
	}
	return sum, telling
}

func (x *Index) passageBits(a *Alignment, p Passage, own Own) float64 {
	const (
		near     = 0.8
		nearCost = 2
		perEdit  = 5
		perWord  = 1 // of an edit, beyond the first
	)
	sum, before := 0.0, ""
	c, r := p.Copy.From, p.Record.From
	for _, pr := range p.pairs {
		if edited := max(pr.c-c, pr.r-r); edited > 0 {
			sum -= perEdit + perWord*float64(edited-1)
			before = ""
		}
		for i := range pr.rn {
			key := a.Record.Words[pr.r+i].Key
			switch bits := x.model.Bits(before, key, own); {
			case pr.agree || pr.like == 1:
				sum += bits
			case pr.like >= leastLike:
				sum += max(0, near*bits-nearCost)
			default:
				sum -= perEdit
			}
			before = key
		}
		c, r = pr.c+pr.cn, pr.r+pr.rn
	}
	return sum
}

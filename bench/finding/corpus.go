package main

import (
	"math/rand/v2"
	"path/filepath"
	"strings"

	"chancery.example/internal/fold"
)

// A corpus is the letters of a size as the harness keeps them, to make queries
// and to judge answers.
type corpus struct {
	docs    []doc
	drafts  []int // IDs of the made-up revisions
	arabics []int
	plain   []int    // IDs of all others
	unknown []string // letters that are not on record
	made    *maker   // of the synthetic letters that follow; nil when there are none
	streams map[int]string
}

func readCorpus(z size, s settings) (*corpus, error) {
	c := &corpus{streams: map[int]string{}}
	for d, err := range s.some(z.real(s.data)) {
		if err != nil {
			return nil, err
		}
		switch {
		case strings.HasPrefix(d.Name, "udhr-ar/"):
			c.arabics = append(c.arabics, d.ID)
		case d.Name != d.Family:
			c.drafts = append(c.drafts, d.ID)
		default:
			c.plain = append(c.plain, d.ID)
		}
		c.docs = append(c.docs, d)
	}
	err := lines(filepath.Join(s.data, "heldout.jsonl.gz"), func(l line) error {
		c.unknown = append(c.unknown, l.Text)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if z == size1m {
		c.made = newMaker(c.docs)
	}
	return c, nil
}

// names maps the names of the test input to IDs.
func (c *corpus) names() map[string]int {
	m := make(map[string]int, len(c.docs))
	for _, d := range c.docs {
		m[d.Name] = d.ID
	}
	return m
}

// text returns any document's text, a synthetic one's too.
func (c *corpus) text(id int) string {
	if id < len(c.docs) {
		return c.docs[id].Text
	}
	return c.made.letter(id)
}

// family returns what a document is a revision of.
func (c *corpus) family(id int) string {
	if id < len(c.docs) {
		return c.docs[id].Family
	}
	return madeName(id)
}

// stream returns the letters and digits of a document, folded.
func (c *corpus) stream(id int) string {
	s, ok := c.streams[id]
	if !ok {
		s = fold.Record(c.text(id)).Stream
		c.streams[id] = s
	}
	return s
}

func (c *corpus) letter(rng *rand.Rand) doc { return c.docs[c.plain[rng.IntN(len(c.plain))]] }
func (c *corpus) draft(rng *rand.Rand) doc  { return c.docs[c.drafts[rng.IntN(len(c.drafts))]] }
func (c *corpus) arabic(rng *rand.Rand) doc { return c.docs[c.arabics[rng.IntN(len(c.arabics))]] }

// right reports whether a hit is what was asked for: the text itself, another
// one of the same letter unless the revision is asked for, or one that holds the
// same words.
func (c *corpus) right(q query, id int) bool {
	switch {
	case q.Truth < 0:
		return false
	case id == q.Truth:
		return true
	case q.Exact:
		return c.stream(id) == c.stream(q.Truth)
	case c.family(id) == c.family(q.Truth):
		return true
	}
	return q.Origin != "" && strings.Contains(c.stream(id), q.Origin)
}

// sharedLetters is how long a stretch of letters and digits two texts share: the
// best local alignment, a letter that both hold counting one and every edit within
// the stretch taking two away.
func (c *corpus) sharedLetters(text string, id int) int {
	b := []rune(c.stream(id))
	row := make([]int, len(b)+1)
	best := 0
	for _, r := range fold.Copy(text).Stream {
		diagonal := 0
		for j := range b {
			above := row[j+1]
			score := diagonal + 1
			if b[j] != r {
				score = diagonal - editWeight
			}
			row[j+1] = max(0, score, above-editWeight, row[j]-editWeight)
			best = max(best, row[j+1])
			diagonal = above
		}
	}
	return best
}

const editWeight = 2

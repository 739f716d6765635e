package compare

import (
	"sync"

	"chancery.example/internal/fold"
)

// Lengths of the runs of letters that start an anchor, and limits of the search
// for them.
const (
	anchorLetters = 6          // ...
	longAnchor    = 8          // ... between long texts, where chance hits more often
	manyPairs     = 40_000_000 // letters of one text times those of the other: long
	maxRepeats    = 8          // occurrences of a run that are followed up
	maxBlocks     = 20_000
)

// A block is a run of letters that are the same in both texts.
type block struct{ c, r, n int }

// side is one text laid out for the comparison by letters.
type side struct {
	text    *fold.Folded
	letters []rune
	word    []int32 // of each letter
	table   *runs   // of the copy, which is compared with many records

	once  sync.Once
	words *Model // of this text alone
}

// own returns the model of the text's own words.
func (s *side) own() *Model {
	s.once.Do(func() {
		s.words = NewModel()
		s.words.Learn(s.text)
	})
	return s.words
}

func newSide(f *fold.Folded) *side {
	s := &side{text: f, letters: []rune(f.Stream)}
	s.word = make([]int32, len(s.letters))
	for i, w := range f.Words[:min(len(f.Words), MaxWords)] {
		for k := w.From; k < w.To; k++ {
			s.word[k] = int32(i)
		}
	}
	if n := len(f.Words); n > MaxWords {
		end := f.Words[MaxWords].From
		s.letters, s.word = s.letters[:end], s.word[:end]
	}
	return s
}

// spelled returns the letters of a stretch of words.
func (s *side) spelled(r Range) []rune {
	if r.Len() == 0 {
		return nil
	}
	return s.letters[s.text.Words[r.From].From:s.text.Words[r.To-1].To]
}

// runs finds where a run of size letters begins in a text.
type runs struct {
	size  int
	heads []int32 // by hash: one more than the last position with it
	next  []int32 // by position: one more than the position before with that hash
	mask  uint32
}

func (s *side) runs(size int) *runs {
	if s.table != nil && s.table.size == size {
		return s.table
	}
	n := len(s.letters) - size + 1
	t := &runs{size: size}
	slots := 16
	for slots < 2*n {
		slots *= 2
	}
	t.mask = uint32(slots - 1) //nolint:gosec // a power of two
	t.heads, t.next = make([]int32, slots), make([]int32, max(n, 0))
	for i := n - 1; i >= 0; i-- { // so that the first places come first
		h := runHash(s.letters[i:i+size]) & t.mask
		t.next[i], t.heads[h] = t.heads[h], int32(i+1) //nolint:gosec // at most MaxWords words
	}
	s.table = t
	return t
}

func runHash(letters []rune) uint32 {
	h := uint32(2166136261)
	for _, r := range letters {
		h = (h ^ uint32(r)) * 16777619 //nolint:gosec // a hash
	}
	return h ^ h>>15
}

// anchors finds the runs of letters that are the same in both texts, as long as
// they go on, by looking up each run of a few letters of the record in the copy.
func anchors(c, r *side) []block {
	size := anchorLetters
	if len(c.letters)*len(r.letters) > manyPairs {
		size = longAnchor
	}
	size = min(size, len(c.letters), len(r.letters))
	if size == 0 {
		return nil
	}
	var out []block
	if n := extent(c.letters, r.letters, 0, 0); n >= size { // finds texts that repeat themselves all along
		out = append(out, block{0, 0, n})
	}
	t := c.runs(size)
	covered := make([]int32, len(c.letters)+len(r.letters)) // of each diagonal, how far in the record
	for j := range len(r.letters) - size + 1 {
		h := runHash(r.letters[j:j+size]) & t.mask
		seen := 0
		for p := t.heads[h]; p > 0 && seen < maxRepeats && len(out) < maxBlocks; p = t.next[p-1] {
			i := int(p - 1)
			d := &covered[j-i+len(c.letters)-1]
			if j < int(*d) {
				seen++
				continue
			}
			n := extent(c.letters, r.letters, i, j)
			if n < size {
				continue // another run with this hash
			}
			seen++
			b := block{i, j, n}
			for b.c > 0 && b.r > 0 && c.letters[b.c-1] == r.letters[b.r-1] {
				b = block{b.c - 1, b.r - 1, b.n + 1}
			}
			*d = int32(b.r + b.n) //nolint:gosec // at most MaxWords words
			out = append(out, b)
		}
	}
	return out
}

// extent is how many letters agree from i and j on.
func extent(c, r []rune, i, j int) int {
	n := 0
	for i+n < len(c) && j+n < len(r) && c[i+n] == r[j+n] {
		n++
	}
	return n
}

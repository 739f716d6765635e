package find

import (
	"cmp"
	"math"
	"slices"
	"sync"

	"chancery.example/internal/layout"
)

// Runs of words by which pages are found.
const (
	runWords = 5   // of one line
	ratios   = 4   // of each word's width to the next one's
	fineness = .4  // of a step between them, as a power of two
	nearly   = .12 // so near to the next step a ratio counts as both
	steps    = 8   // on either side of alike
)

// An Index finds registered pages by how wide their words are. Pages may be added
// while it is asked.
type Index struct {
	mu    sync.RWMutex
	pages []indexed
	known map[Key]bool
	runs  map[uint32][]run
}

// An indexed page has its words in lines as the eye sees them, from left to
// right.
type indexed struct {
	key   Key
	page  layout.Page
	lines [][]int
}

// A run is where some words beside each other stand: in a line of a page, from a
// word of it.
type run struct {
	page       uint32
	line, from uint16
}

// NewIndex returns an index of no pages.
func NewIndex() *Index { return &Index{known: map[Key]bool{}, runs: map[uint32][]run{}} }

// Add adds a page. A page that is there already stays as it is.
func (x *Index) Add(k Key, p layout.Page) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.known[k] || len(p.Words) > math.MaxUint16 {
		return
	}
	x.known[k] = true
	at := uint32(len(x.pages)) //nolint:gosec // there is no memory for more
	in := indexed{key: k, page: p, lines: Lines(p)}
	x.pages = append(x.pages, in)
	for l, words := range in.lines {
		for from := 0; from+runWords <= len(words); from++ {
			var widths [runWords]float64
			for i := range widths {
				widths[i] = p.Words[words[from+i]].Box.Width
			}
			key, _ := keyOf(widths)
			x.runs[key] = append(x.runs[key], run{at, uint16(l), uint16(from)})
		}
	}
}

// Pages returns how many pages there are.
func (x *Index) Pages() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.pages)
}

// Lines are a page's words line by line, as the eye sees them: from left to right.
func Lines(p layout.Page) [][]int {
	var out [][]int
	at := map[int]int{}
	for i, w := range p.Words {
		if w.Box.Width <= 0 || w.Box.Height <= 0 {
			continue
		}
		l, ok := at[w.Line]
		if !ok {
			l = len(out)
			at[w.Line] = l
			out = append(out, nil)
		}
		out[l] = append(out[l], i)
	}
	for _, l := range out {
		slices.SortFunc(l, func(a, b int) int { return cmp.Compare(p.Words[a].Box.X, p.Words[b].Box.X) })
	}
	return out
}

// keyOf is the key of a run, and how far each ratio is from the step's edges.
func keyOf(widths [runWords]float64) (key uint32, in [ratios]float64) {
	for i := range ratios {
		r := math.Log2(widths[i]/widths[i+1]) / fineness
		step := math.Floor(r)
		in[i] = (r - step) * fineness
		step = max(-steps, min(steps-1, step))
		key = key<<4 | uint32(step+steps)
	}
	return key, in
}

// keysOf are the key of a run and those of its neighbours to which it may belong.
func keysOf(widths [runWords]float64) []uint32 {
	key, in := keyOf(widths)
	keys := []uint32{key}
	for i := range ratios {
		shift := uint(4 * (ratios - 1 - i))
		step := int(key >> shift & 15)
		switch {
		case in[i] < nearly && step > 0:
			step--
		case in[i] > fineness-nearly && step < 2*steps-1:
			step++
		default:
			continue
		}
		for _, k := range slices.Clone(keys) {
			keys = append(keys, k&^(15<<shift)|uint32(step)<<shift) //nolint:gosec // of four bits
		}
	}
	return keys
}

// A hit is a run of the photo that looks like one of a page.
type hit struct {
	run
	photo, at int // line of the photo and its word, from the left as the page is held
}

// A lead is a page that may be the one, held one way or the other.
type lead struct {
	page   *indexed
	turned bool // the photo stands on its head
	score  float64
	hits   []hit
}

// mostLeads are looked at with every word, from some of the runs that they share with
// the photo.
const (
	mostLeads = 24
	mostHits  = 400
)

// leads returns the pages that share most with a photo's lines, the likeliest
// first.
func (x *Index) leads(lines, turned []line, e *effort) []lead {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if len(x.pages) == 0 {
		return nil
	}
	var all []lead
	for i, ls := range [][]line{lines, turned} {
		for page, l := range x.vote(ls, e.part(mostVoting)) {
			l.page, l.turned = &x.pages[page], i == 1
			all = append(all, l)
		}
	}
	slices.SortFunc(all, func(a, b lead) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.page.key.File, b.page.key.File), cmp.Compare(a.page.key.Page, b.page.key.Page))
	})
	return all[:min(len(all), mostLeads)]
}

// A lookup is a run of a photo with a key under which pages have runs.
type lookup struct {
	runs []run
	hit
}

// lookups are those of a photo's lines, the rarest first.
func (x *Index) lookups(lines []line, e *effort) []lookup {
	var out []lookup
	for l, words := range lines {
		for from := 0; from+runWords <= len(words) && !e.spent(); from++ {
			var widths [runWords]float64
			for i := range widths {
				widths[i] = float64(words[from+i].Box.Dx())
			}
			for _, k := range keysOf(widths) {
				if e.spend(looking); len(x.runs[k]) > 0 {
					out = append(out, lookup{x.runs[k], hit{photo: l, at: from}})
				}
			}
		}
	}
	slices.SortStableFunc(out, func(a, b lookup) int { return cmp.Compare(len(a.runs), len(b.runs)) })
	return out
}

// vote looks the runs of a photo up. Runs that many pages have count for little, and
// are left out when there are too many. What counts is runs that follow each other on
// the page as they do in the photo: letters of one office say the same often, but not
// in the same words beside each other.
func (x *Index) vote(lines []line, e *effort) map[uint32]lead {
	scores := make([]float64, len(x.pages))
	found := x.lookups(lines, e)
	var rows rowCounts
	for i, f := range found {
		if !e.spend(voting * len(f.runs)) {
			found = found[:i]
			break
		}
		for _, r := range f.runs {
			rows.add(hit{r, f.photo, f.at})
		}
	}
	for _, f := range found {
		rare := 1 / (1 + math.Log(float64(len(f.runs))))
		for _, r := range f.runs {
			scores[r.page] += rare * rows.worth(hit{r, f.photo, f.at})
		}
	}
	best := strongest(scores)
	out := map[uint32]lead{}
	for _, f := range found {
		for _, r := range f.runs {
			if scores[r.page] < best || scores[r.page] == 0 {
				continue
			}
			l := out[r.page]
			l.score = scores[r.page]
			l.hits = append(l.hits, hit{r, f.photo, f.at})
			out[r.page] = l
		}
	}
	for p, l := range out { // those in the longest rows first, else as they stand in the photo
		slices.SortFunc(l.hits, func(a, b hit) int {
			return cmp.Or(cmp.Compare(rows.count(b), rows.count(a)), cmp.Compare(a.photo, b.photo), cmp.Compare(a.at, b.at), cmp.Compare(a.line, b.line), cmp.Compare(a.from, b.from))
		})
		l.hits = l.hits[:min(len(l.hits), mostHits)]
		out[p] = l
	}
	return out
}

// rowCounts are how many runs follow each other in one line of a photo as in one
// line of a page, counted in a table in which two rows may, rarely, share a place.
type rowCounts struct{ table []uint8 }

const rowBits = 20

func (c *rowCounts) place(h hit) uint64 {
	row := uint64(h.page)<<32 ^ uint64(h.line)<<20 ^ uint64(h.photo)<<10 ^ uint64(int(h.from)-h.at+1<<9) //nolint:gosec // mixed below
	return row * 0x9E3779B97F4A7C15 >> (64 - rowBits)
}

func (c *rowCounts) add(h hit) {
	if c.table == nil {
		c.table = make([]uint8, 1<<rowBits)
	}
	if n := &c.table[c.place(h)]; *n < 255 {
		*n++
	}
}

func (c *rowCounts) count(h hit) uint8 { return c.table[c.place(h)] }

// worth is how much a run says, given those that follow it: one alone, next to
// nothing.
func (c *rowCounts) worth(h hit) float64 {
	return max(.1, float64(min(c.count(h), 9))-1)
}

// strongest is the score that no more than mostLeads pages reach.
func strongest(scores []float64) float64 {
	top := slices.Clone(scores)
	slices.Sort(top)
	return top[max(0, len(top)-mostLeads)]
}

// onHead returns lines as they are when the photo is turned by half.
func onHead(lines []line) []line {
	out := make([]line, 0, len(lines))
	for _, l := range slices.Backward(lines) {
		t := slices.Clone(l)
		slices.Reverse(t)
		out = append(out, t)
	}
	return out
}

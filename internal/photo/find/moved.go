package find

import (
	"math"

	"chancery.example/internal/photo/plane"
)

// Further stretches of a page that stand elsewhere in the photo, because lines
// were put in or left out.
const (
	mostBlocks = 4
	leastBlock = 6 // words
	alikeWidth = .1
)

// A laid page lies in a photo, and words of the photo answer words of the page
// wherever they stand.
type laid struct {
	fitted
	f      *finder
	lines  []line      // as the page is held
	answer map[int]int // word of the page: of the photo
	order  []int       // words of the photo as they are read
	place  map[int]int // a word's place in order
	moving *effort     // that is left for stretches that stand elsewhere
}

// blocks looks for stretches of the page that stand elsewhere.
func (f *laid) blocks() {
	f.answer = map[int]int{}
	done := map[int]bool{}
	f.f.taken = map[int]bool{}
	keep := func(pairs map[int]int) {
		for p, w := range pairs {
			f.answer[p], done[p], f.f.taken[w] = w, true, true
		}
	}
	keep(f.pairs)
	defer func() { f.f.taken = nil }()
	defer func(e *effort) { f.f.effort = e }(f.f.effort)
	f.f.effort = f.moving
	for range mostBlocks {
		if len(f.answer)+leastBlock > min(f.sight, len(f.f.words)) {
			return
		}
		more, _ := f.f.fit(f.lead, f.lines, done)
		if len(more.pairs) < leastBlock || !f.near(more) {
			return
		}
		keep(more.pairs)
	}
}

// near reports whether a stretch is of the same paper: as large, and as level.
func (f *laid) near(more fitted) bool {
	for p := range more.pairs {
		m := plane.Middle(f.page.page.Words[p].Box)
		a, b := plane.Scale(f.lie, m), plane.Scale(more.lie, m)
		return a < 1.15*b && b < 1.15*a
	}
	return false
}

// read puts the photo's words into the order in which the page is read.
func (f *laid) read() {
	f.order, f.place = nil, map[int]int{}
	right := rightToLeft(f.page)
	for _, l := range f.lines {
		for i := range l {
			w := l[i]
			if right {
				w = l[len(l)-1-i]
			}
			n := f.f.number[w.Box]
			f.place[n] = len(f.order)
			f.order = append(f.order, n)
		}
	}
}

// rightToLeft reports whether most words of a page stand left of the one before.
func rightToLeft(x *indexed) bool {
	n := 0
	for _, l := range x.lines {
		for k := range l[1:] {
			if l[k+1] < l[k] {
				n++
			} else {
				n--
			}
		}
	}
	return n > 0
}

// between answers what stands between words that have answers: a stretch of the
// page and one of the photo, compared by how wide their words are.
func (f *laid) between() {
	f.read()
	lastPage, lastPhoto := -1, -1
	close := func(page, ph int) {
		if page-lastPage > 1 && ph-lastPhoto > 1 && (page-lastPage)*(ph-lastPhoto) < 250_000 {
			f.align(lastPage+1, page, lastPhoto+1, ph)
		}
	}
	// Only answers that keep the order are walls to align between.
	walls := f.walls()
	for _, p := range walls {
		ph := f.place[f.answer[p]]
		close(p, ph)
		lastPage, lastPhoto = p, ph
	}
	close(len(f.page.page.Words), len(f.order))
	f.prune(walls)
}

// prune takes back answers of a few words by themselves: of some hundred words of a
// page, one or two are as wide as any word of the photo.
func (f *laid) prune(walls []int) {
	const least = 4
	sure := map[int]bool{}
	for _, p := range walls {
		sure[p] = true
	}
	var row []int
	held := false
	end := func() {
		if !held && len(row) < least {
			for _, p := range row {
				delete(f.answer, p)
			}
		}
		row, held = row[:0], false
	}
	for _, p := range sortedKeys(f.answer) {
		if n := len(row); n > 0 {
			last := row[n-1]
			if step := f.place[f.answer[p]] - f.place[f.answer[last]]; p-last > 2 || step < 1 || step > 2 {
				end()
			}
		}
		row, held = append(row, p), held || sure[p]
	}
	end()
}

// walls are the words of the page whose answers stand in the same order: the
// longest such sequence.
func (f *laid) walls() []int {
	keys := sortedKeys(f.answer)
	best, from := make([]int, len(keys)), make([]int, len(keys))
	tails := []int{} // the index of the key that ends a sequence of each length
	for i, k := range keys {
		v := f.place[f.answer[k]]
		lo, hi := 0, len(tails)
		for lo < hi {
			if m := (lo + hi) / 2; f.place[f.answer[keys[tails[m]]]] < v {
				lo = m + 1
			} else {
				hi = m
			}
		}
		from[i] = -1
		if lo > 0 {
			from[i] = tails[lo-1]
		}
		best[i] = lo
		if lo == len(tails) {
			tails = append(tails, i)
		} else {
			tails[lo] = i
		}
	}
	if len(tails) == 0 {
		return nil
	}
	out := make([]int, len(tails))
	for i, at := tails[len(tails)-1], len(tails)-1; at >= 0; i, at = from[i], at-1 {
		out[at] = keys[i]
	}
	return out
}

// align answers words of a stretch of the page by words of a stretch of the
// photo, in their order, where they are as wide.
func (f *laid) align(p0, p1, w0, w1 int) {
	n, m := p1-p0, w1-w0
	if !f.moving.spend(aligning * (n + 1) * (m + 1)) {
		return
	}
	cost := make([]float64, (n+1)*(m+1))
	at := func(i, k int) *float64 { return &cost[i*(m+1)+k] }
	const gap = .6
	for i := range n + 1 {
		for k := range m + 1 {
			switch {
			case i == 0 || k == 0:
				*at(i, k) = gap * float64(i+k)
			default:
				*at(i, k) = min(*at(i-1, k)+gap, *at(i, k-1)+gap, *at(i-1, k-1)+f.unlike(p0+i-1, f.order[w0+k-1]))
			}
		}
	}
	taken := map[int]bool{}
	for _, w := range f.answer {
		taken[w] = true
	}
	for i, k := n, m; i > 0 && k > 0; {
		d := f.unlike(p0+i-1, f.order[w0+k-1])
		switch {
		case *at(i, k) == *at(i-1, k-1)+d:
			i, k = i-1, k-1
			if _, has := f.answer[p0+i]; d < 1 && !has && !taken[f.order[w0+k]] {
				f.answer[p0+i] = f.order[w0+k]
			}
		case *at(i, k) == *at(i-1, k)+gap:
			i--
		default:
			k--
		}
	}
}

// unlike is how much less than alike two words are wide: from 0 on, more than 1
// for those that cannot answer each other.
func (f *laid) unlike(p, w int) float64 {
	b := f.page.page.Words[p].Box
	if b.Width <= 0 {
		return 10
	}
	wide := plane.Scale(f.lie, plane.Middle(b)) * b.Width
	d := math.Abs(float64(f.f.words[w].Box.Dx())-wide) / (alikeWidth*wide + .35*f.f.height)
	if d > 1 {
		return 10
	}
	return d
}

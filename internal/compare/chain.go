package compare

import (
	"cmp"
	"slices"
)

// Limits of chaining, in letters or blocks.
const (
	maxGap      = 425 // letters between two blocks of one passage: about 85 words
	lookBack    = 64  // blocks before one that it may be chained to
	longBlock   = 24  // letters: chance seldom makes such a run
	maxPassages = 200 // of one text with another
	leastChain  = 14  // letters in the blocks of a chain, of a copy that is not short itself
	shortCopy   = 60  // letters
)

// chains joins blocks that follow each other in both texts, best first, so that
// no letter of the copy is in two.
func chains(blocks []block, letters int) [][]block {
	slices.SortFunc(blocks, func(x, y block) int { return cmp.Or(x.c-y.c, x.r-y.r, y.n-x.n) })
	score, from := link(blocks)
	order := make([]int, len(blocks))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int { return score[y] - score[x] })
	used := make([]bool, len(blocks))
	taken := make([]bool, letters+1)
	var out [][]block
	for _, i := range order {
		if len(out) == maxPassages {
			break
		}
		var ch []block
		for ; i >= 0 && !used[i]; i = from[i] {
			used[i] = true
			if b, ok := free(blocks[i], taken); ok {
				ch = append(ch, b)
			}
		}
		for _, b := range ch {
			for k := b.c; k < b.c+b.n; k++ {
				taken[k] = true
			}
		}
		if n := lettersIn(ch); n >= leastChain || n > 0 && letters < shortCopy {
			slices.Reverse(ch)
			out = append(out, ch)
		}
	}
	return out
}

func lettersIn(ch []block) int {
	n := 0
	for _, b := range ch {
		n += b.n
	}
	return n
}

// free cuts what is taken off the ends of a block; false when little is left.
func free(b block, taken []bool) (block, bool) {
	for b.n > 0 && taken[b.c] {
		b = block{b.c + 1, b.r + 1, b.n - 1}
	}
	for b.n > 0 && taken[b.c+b.n-1] {
		b.n--
	}
	return b, b.n >= anchorLetters || b.n > 0 && b.n == len(taken)-1
}

// link scores, for every block, the best chain that ends with it, and says
// which block goes before.
func link(blocks []block) (score, from []int) {
	score, from = make([]int, len(blocks)), make([]int, len(blocks))
	var long []int // blocks that reach further than others and may be followed later
	for i, b := range blocks {
		score[i], from[i] = b.n*4, -1
		try := func(j int) {
			if gain, ok := follows(blocks[j], b); ok && score[j]+gain > score[i] {
				score[i], from[i] = score[j]+gain, j
			}
		}
		for j := i - 1; j >= max(0, i-lookBack); j-- {
			try(j)
		}
		long = slices.DeleteFunc(long, func(j int) bool { return blocks[j].c+blocks[j].n+maxGap < b.c })
		for _, j := range long {
			try(j)
		}
		if b.n >= longBlock && len(long) < lookBack {
			long = append(long, i)
		}
	}
	return score, from
}

// follows reports whether b can come after p in one passage, and what it adds
// to the score: its letters less the ones that overlap and a price for the gap.
func follows(p, b block) (int, bool) {
	overlap := max(p.c+p.n-b.c, p.r+p.n-b.r, 0)
	if overlap >= b.n || b.c <= p.c || b.r <= p.r {
		return 0, false
	}
	gc, gr := b.c+overlap-(p.c+p.n), b.r+overlap-(p.r+p.n)
	if gc > maxGap || gr > maxGap {
		return 0, false
	}
	price := 6 + min(gc, gr) + max(gc, gr)/4
	return (b.n-overlap)*4 - price, true
}

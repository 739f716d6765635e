package compare

import "slices"

// maxCells is how large a gap between two blocks may be that is aligned letter
// by letter.
const maxCells = 200_000

// A couple is a letter of the copy set against one of the record: the same, or
// read for it.
type couple struct{ c, r int32 }

// couples sets the letters of a chain of blocks against each other.
func couples(ch []block, c, r *side) []couple {
	var out []couple
	i, j := ch[0].c, ch[0].r
	for _, b := range ch {
		overlap := max(i-b.c, j-b.r, 0)
		if overlap >= b.n {
			continue
		}
		b = block{b.c + overlap, b.r + overlap, b.n - overlap}
		out = between(out, c.letters[i:b.c], r.letters[j:b.r], i, j)
		for k := range b.n {
			out = append(out, couple{int32(b.c + k), int32(b.r + k)}) //nolint:gosec // at most MaxWords words
		}
		i, j = b.c+b.n, b.r+b.n
	}
	return out
}

// between aligns the letters of a gap, which begin at i and j of their texts.
func between(out []couple, c, r []rune, i, j int) []couple {
	if len(c) == 0 || len(r) == 0 || (len(c)+1)*(len(r)+1) > maxCells {
		return out
	}
	t := editTable(c, r)
	from := len(out)
	for x, y := len(c), len(r); x > 0 && y > 0; {
		here := t.at(x, y)
		switch {
		case here == t.at(x-1, y-1)+substitute(c[x-1], r[y-1]):
			x, y = x-1, y-1
			out = append(out, couple{int32(i + x), int32(j + y)}) //nolint:gosec // as above
		case here == t.at(x-1, y)+costIndel:
			x--
		default:
			y--
		}
	}
	slices.Reverse(out[from:])
	return out
}

// Costs of turning letters of the record into those of the copy, in halves of an
// edit.
const (
	costIndel      = 2
	costSubstitute = 2
	costAlike      = 1
)

// A table of the cheapest edits between all beginnings of two stretches.
type table struct {
	cost  []int32
	width int
}

func (t table) at(x, y int) int32 { return t.cost[x*t.width+y] }

func editTable(c, r []rune) table {
	t := table{make([]int32, (len(c)+1)*(len(r)+1)), len(r) + 1}
	for y := range t.width {
		t.cost[y] = int32(costIndel * y)
	}
	for x := 1; x <= len(c); x++ {
		row, above := t.cost[x*t.width:(x+1)*t.width], t.cost[(x-1)*t.width:x*t.width]
		row[0] = int32(costIndel * x)
		for y := 1; y < t.width; y++ {
			row[y] = min(above[y-1]+substitute(c[x-1], r[y-1]), above[y]+costIndel, row[y-1]+costIndel)
		}
	}
	return t
}

func substitute(a, b rune) int32 {
	switch {
	case a == b:
		return 0
	case alike(a, b):
		return costAlike
	}
	return costSubstitute
}

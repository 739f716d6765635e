package compare

import (
	"math"
	"slices"
	"strings"
)

// readAlike are letters and figures that readers of pictures take for each
// other, each group for all in it (measured on real readings by tesseract).
var readAlike = []string{
	"l1i!|tfj", "o0qce", "5s8", "8b36", "9gq", "2z7", "ceo", "uvny", "hbn", "rnt", "mn", "wv", "ft", "aeo", "dc", "gy", "1i7", "4a", "6gb", "kh",
	"بتثنيـ", "جحخ", "دذر", "رزو", "سش", "صض", "طظ", "عغ", "فق", "كل", "هة", "وف", "األ",
}

var alikePairs = func() map[[2]rune]bool {
	m := map[[2]rune]bool{}
	for _, group := range readAlike {
		for _, a := range group {
			for _, b := range group {
				m[[2]rune{a, b}] = true
			}
		}
	}
	return m
}()

var alikeASCII = func() (t [128][128]bool) {
	for p := range alikePairs {
		if p[0] < 128 && p[1] < 128 {
			t[p[0]][p[1]] = true
		}
	}
	return t
}()

// alike reports whether two letters are easily taken for each other.
func alike(a, b rune) bool {
	if a < 128 && b < 128 && a >= 0 && b >= 0 {
		return alikeASCII[a][b]
	}
	return alikePairs[[2]rune{a, b}]
}

// multiples are groups of letters that are read as one, or the other way round.
var multiples = func() (out [][2][]rune) {
	for _, p := range strings.Fields("rn/m cl/d vv/w ii/u li/h nn/m ri/n lt/k in/m ni/m iii/m ci/d cj/g fi/n") {
		a, b, _ := strings.Cut(p, "/")
		out = append(out, [2][]rune{[]rune(a), []rune(b)})
	}
	return out
}()

// multipleEnds says which last letters a group and what it is read as may have.
var multipleEnds = func() (t [128][128]bool) {
	for _, m := range multiples {
		a, b := m[0][len(m[0])-1], m[1][len(m[1])-1]
		t[a][b], t[b][a] = true, true
	}
	return t
}()

// edits is how far two spellings are apart, in halves of a letter: an edit is
// two, a letter taken for one that looks alike is one, and so is rn for m.
func edits(x, y []rune) int {
	if slices.Equal(x, y) {
		return 0
	}
	t := table{make([]int32, (len(x)+1)*(len(y)+1)), len(y) + 1}
	for i := 0; i <= len(x); i++ {
		for j := 0; j <= len(y); j++ {
			best := int32(costIndel * (i + j))
			if i > 0 && j > 0 {
				best = min(t.at(i-1, j-1)+substitute(x[i-1], y[j-1]), t.at(i-1, j)+costIndel, t.at(i, j-1)+costIndel)
				best = min(best, t.multiple(x, y, i, j))
			}
			t.cost[i*t.width+j] = best
		}
	}
	return int(t.at(len(x), len(y)))
}

// multiple is the price of ending both beginnings with a group of letters read
// as another.
func (t table) multiple(x, y []rune, i, j int) int32 {
	best := int32(math.MaxInt32)
	a, b := x[i-1], y[j-1]
	if a >= 128 || b >= 128 || !multipleEnds[a][b] {
		return best
	}
	for _, m := range multiples {
		if endsIn(x[:i], m[0]) && endsIn(y[:j], m[1]) {
			best = min(best, t.at(i-len(m[0]), j-len(m[1]))+costAlike)
		}
		if endsIn(x[:i], m[1]) && endsIn(y[:j], m[0]) {
			best = min(best, t.at(i-len(m[1]), j-len(m[0]))+costAlike)
		}
	}
	return best
}

func endsIn(s, end []rune) bool {
	return len(s) >= len(end) && s[len(s)-1] == end[len(end)-1] && slices.Equal(s[len(s)-len(end):], end)
}

package compare

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"chancery.example/internal/seed"
)

// Limits of the search for short copies in which hardly a gram was left whole.
const (
	nearLetters  = 400 // of a copy; a longer one has grams enough that are whole
	nearReach    = 20  // letters around a changed one that its grams may hold
	nearFamilies = 24
	wholeEnough  = 0.5 // of the copy covered: nothing better is looked for
)

// frequent are the letters that are most often left out by a reader of pictures,
// because there are most of them.
var frequent = []rune("etaoinsrlينا")

// nearby returns the families that hold grams of the copy with one letter
// changed: read for another, left out, or put in. It asks for more than a
// hundred times as many grams as there are, and is for copies that found nothing
// otherwise.
func (x *Index) nearby(letters []rune) []uint32 {
	w := nearWeights{x: x, weights: map[uint32]float64{}}
	for i, r := range letters {
		from, to := max(0, i-nearReach), min(len(letters), i+nearReach)
		before, after := letters[from:i], letters[i+1:to]
		w.count(slices.Concat(before, after), len(before))
		for _, other := range likenesses(r) {
			w.count(slices.Concat(before, []rune{other}, after), len(before))
		}
		for _, more := range frequent {
			if isASCII(more) == isASCII(r) {
				w.count(slices.Concat(before, []rune{more, r}, after), len(before))
			}
		}
	}
	return w.best()
}

// nearWeights adds up what changed grams say for families.
type nearWeights struct {
	x       *Index
	weights map[uint32]float64
	found   []uint32
}

// count looks up the grams of a stretch that hold the letter at a place. Changed
// grams hit many letters by chance; where the letters behind agree too it is
// none.
func (w *nearWeights) count(part []rune, at int) {
	for _, s := range seed.Of(string(part)) {
		if int(s.At) > at || int(s.At)+gramReach <= at {
			continue
		}
		for level := 1; level <= int(s.Levels); level++ {
			var n int
			if w.found, n = w.x.lookup(w.found[:0], s.Key, level, nearFamilies); n == 0 {
				break
			} else if n > nearFamilies {
				continue
			}
			for _, f := range w.found {
				w.weights[f] += float64(level) * math.Log(float64(len(w.x.members)+1)/float64(n))
			}
		}
	}
}

func (w *nearWeights) best() []uint32 {
	out := slices.Collect(maps.Keys(w.weights))
	slices.SortFunc(out, func(a, b uint32) int { return cmp.Or(cmp.Compare(w.weights[b], w.weights[a]), cmp.Compare(a, b)) })
	return out[:min(len(out), nearFamilies)]
}

// gramReach is how many letters the shortest gram has.
const gramReach = 12

func isASCII(r rune) bool { return r < 128 }

// likenesses returns the letters that one is read for.
func likenesses(r rune) []rune {
	var out []rune
	for _, group := range readAlike {
		if g := []rune(group); slices.Contains(g, r) {
			for _, other := range g {
				if other != r && !slices.Contains(out, other) {
					out = append(out, other)
				}
			}
		}
	}
	return out
}

package form

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"chancery.example/internal/layout"
)

// placed holds the words that a file shows against those that were set, page by page
// and each in its place: then neither the order in which programs read a line with
// words of two directions matters, nor where they part words. What was set was held
// against the letter before (WordForWord). It returns what is otherwise.
func placed(set, shown []layout.Page) (wrong []Obstacle) {
	if len(set) != len(shown) {
		return []Obstacle{otherwise(0, "it shows %d pages where %d were set", len(shown), len(set))}
	}
	for n := range set {
		want, got := set[n].Words, shown[n].Words //nolint:gosec // as many pages on both sides
		if a, b := signs(want), signs(got); a != b {
			wrong = append(wrong, otherwise(n+1, "page %d: it shows the signs %s where %s were set", n+1, short(b), short(a)))
		}
		for _, s := range spots(want, got) {
			if a, b := s.said(want, s.set), s.said(got, s.shown); letters(a) != letters(b) {
				wrong = append(wrong, otherwise(n+1, "page %d: it shows %q where %q was set", n+1, short(b), short(a)))
			}
		}
	}
	return wrong
}

// A spot is a place with some of the words that were set and all that are shown there.
type spot struct{ set, shown []int }

func (s spot) said(ws []layout.Word, at []int) string {
	var out []string
	for _, i := range at {
		out = append(out, ws[i].Text)
	}
	return strings.Join(out, " ")
}

// spots puts the words of a page together that stand in one place.
func spots(set, shown []layout.Word) (out []spot) {
	lead := make([]int, len(set)) // of each word that was set, one that stands for its spot
	for i := range lead {
		lead[i] = i
	}
	find := func(i int) int {
		for lead[i] != i {
			i = lead[i]
		}
		return i
	}
	over := make([]int, len(shown))
	for j, w := range shown {
		over[j] = -1
		for i := range set {
			if !overlap(set[i].Box, w.Box) {
				continue
			}
			if over[j] >= 0 {
				lead[find(i)] = find(over[j])
			}
			over[j] = i
		}
	}
	at := map[int]int{}
	for i := range set {
		k := find(i)
		if _, ok := at[k]; !ok {
			at[k] = len(out)
			out = append(out, spot{})
		}
		out[at[k]].set = append(out[at[k]].set, i)
	}
	for j, i := range over {
		if i < 0 {
			out = append(out, spot{shown: []int{j}})
			continue
		}
		s := &out[at[find(i)]]
		s.shown = append(s.shown, j)
	}
	return out
}

// overlap reports whether two words stand in the same place: with the middle of the
// narrower one within the other.
func overlap(a, b layout.Box) bool {
	if a.Width > b.Width {
		a, b = b, a
	}
	x, y := a.X+a.Width/2, min(a.Y+a.Height, b.Y+b.Height)-max(a.Y, b.Y)
	return b.X <= x && x <= b.X+b.Width && y > min(a.Height, b.Height)/2
}

// letters are those of words, with figures, in an order of their own: the places of
// words say in which order they are read.
func letters(s string) string { return sorted(s, tells) }

// signs are the other characters of a page. Where one stands between words of two
// directions, programs count it to either; it turns with the direction of its line.
func signs(ws []layout.Word) string {
	var b strings.Builder
	for _, w := range ws {
		b.WriteString(w.Text)
	}
	return sorted(turned.Replace(b.String()), func(r rune) bool { return !tells(r) })
}

var turned = strings.NewReplacer(")", "(", "]", "[", "}", "{", ">", "<", "»", "«", "›", "‹")

func tells(r rune) bool { return unicode.In(r, unicode.L, unicode.M, unicode.N) }

func sorted(s string, of func(rune) bool) string {
	r := slices.DeleteFunc([]rune(norm.NFKD.String(s)), func(r rune) bool { return unseen(r) || !of(r) })
	slices.Sort(r)
	return string(r)
}

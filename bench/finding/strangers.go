package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// What may be said of a match: bits that make one, and letters that both texts
// hold in a row, but for some misread ones, if wording is shared indeed. The
// second is looked for without any help of the engine.
const (
	matchBits     = 40
	sharedWording = 20
)

// falsely reports whether a hit for a stranger's words claims more than chance
// and is no shared wording, and how many letters both hold.
func (t *tables) falsely(r result, h hit) (int, bool) {
	if h.Bits < matchBits || h.Says == nothing {
		return 0, false
	}
	n := t.corpus.sharedLetters(r.query.Text, h.ID)
	return n, n < sharedWording
}

// falseMatches counts what our engine claims about letters that are not on
// record.
func (t *tables) falseMatches(w *strings.Builder) {
	if len(t.strangers) == 0 {
		return
	}
	type count struct{ n, any, over, identified, false int }
	counts := map[string]*count{}
	for _, r := range t.strangers {
		c := counts[r.query.Set]
		if c == nil {
			c = &count{}
			counts[r.query.Set] = c
		}
		c.n++
		over, identified, wrong, any := false, false, false, false
		for _, h := range r.hits {
			any = any || h.Says != nothing
			if h.Bits >= matchBits && h.Says != nothing {
				over = true
				identified = identified || h.Says != "like"
				_, bad := t.falsely(r, h)
				wrong = wrong || bad
			}
		}
		c.any += one(any)
		c.over += one(over)
		c.identified += one(identified)
		c.false += one(wrong)
	}
	g := grid{{"words of letters not on record", "queries", "anything said", "over 40 bits", "and more than a resemblance", "over 40 bits and no shared wording"}}
	var all count
	for _, set := range slices.Sorted(maps.Keys(counts)) {
		c := counts[set]
		g = append(g, []string{set, fmt.Sprint(c.n), fmt.Sprint(c.any), fmt.Sprint(c.over), fmt.Sprint(c.identified), fmt.Sprint(c.false)})
		all = count{all.n + c.n, all.any + c.any, all.over + c.over, all.identified + c.identified, all.false + c.false}
	}
	g = append(g, []string{"all", fmt.Sprint(all.n), fmt.Sprint(all.any), fmt.Sprint(all.over), fmt.Sprint(all.identified), fmt.Sprint(all.false)})
	g.print(w)
}

// missed is a line about a query whose letter did not come first.
func (t *tables) missed(z size, r result) string {
	var named []string
	for _, h := range r.hits[:min(3, len(r.hits))] {
		named = append(named, fmt.Sprintf("%s (%.0f bits, %s)", t.name(h.ID), h.Bits, h.Says))
	}
	if len(named) == 0 {
		named = []string{"nothing"}
	}
	text := []rune(strings.Join(strings.Fields(r.query.Text), " "))
	return fmt.Sprintf("%s\t%s %d\trank %d\twant %s\tgot %s\t%s", z, r.query.Set, r.query.N, r.rank, t.name(r.query.Truth), strings.Join(named, "; "), string(text[:min(len(text), 160)]))
}

func (t *tables) name(id int) string {
	if id >= 0 && id < len(t.corpus.docs) {
		return t.corpus.docs[id].Name
	}
	return madeName(id)
}

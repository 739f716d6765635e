package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"

	"chancery.example/internal/fold"
)

// A query is what a reader holds, with what is right.
type query struct {
	Set   string // names kind, length and noise, as "quote12@05"
	Kind  kind
	N     int // in its set, from 0
	Text  string
	Truth int // ID of the text it comes from; -1: of none
	// Origin is the fold of the words it was made from, where they are known: a
	// text that holds the same words is as right.
	Origin string
	// Exact: only the very revision is right, not another one of the letter.
	Exact bool
}

// fixedQueries are those that came with the letters of the register.
func fixedQueries(dir string, ids map[string]int, corpus *corpus) ([]query, error) {
	var out []query
	count := map[string]int{}
	err := lines(filepath.Join(dir, "queries.jsonl.gz"), func(l line) error {
		q := query{Set: l.Set, N: count[l.Set], Text: l.Text, Truth: -1}
		count[l.Set]++
		var truth []string
		if err := json.Unmarshal(l.Truth, &truth); err != nil {
			return fmt.Errorf("a query's truth: %w", err)
		}
		if len(truth) > 0 {
			id, ok := ids[truth[0]]
			if !ok {
				return fmt.Errorf("query %s %d comes from %s, which is not among the letters", q.Set, q.N, truth[0])
			}
			q.Truth = id
		}
		switch {
		case strings.Contains(l.Set, "quote"):
			q.Kind = quotation
			if q.Truth >= 0 {
				q.Origin, _ = nearest(fold.Copy(q.Text).Stream, corpus.stream(q.Truth))
			}
		case l.Set == "article":
			q.Kind = report
			if telling(l.Fragments) < 2 {
				q.Set = "article, short"
			}
		default:
			q.Kind, q.Exact = page, strings.HasPrefix(l.Set, "sibling")
			if q.Truth >= 0 {
				q.Origin = corpus.stream(q.Truth)
			}
		}
		out = append(out, q)
		return nil
	})
	return out, err
}

// telling counts the fragments that are long enough for the goal.
func telling(fragments []string) int {
	n := 0
	for _, f := range fragments {
		if len(strings.Fields(f)) >= 8 {
			n++
		}
	}
	return n
}

// nearest returns the stretch of a text that differs least from a phrase, by
// edits of letters (Sellers' algorithm), and how many.
func nearest(phrase, text string) (stretch string, edits int) {
	p, t := []rune(phrase), []rune(text)
	type cell struct{ cost, from int }
	row := make([]cell, len(t)+1)
	for j := range row {
		row[j].from = j
	}
	for i, r := range p {
		diagonal := row[0]
		row[0] = cell{i + 1, 0}
		for j := range t {
			best := diagonal
			if t[j] != r {
				best.cost++
			}
			if c := row[j+1]; c.cost+1 < best.cost {
				best = cell{c.cost + 1, c.from}
			}
			if c := row[j]; c.cost+1 < best.cost {
				best = cell{c.cost + 1, c.from}
			}
			diagonal, row[j+1] = row[j+1], best
		}
	}
	at := 0
	for j := range row {
		if row[j].cost < row[at].cost {
			at = j
		}
	}
	return string(t[row[at].from:at]), row[at].cost
}

// freshQueries are made from the letters themselves, n of each set, in the same
// way every time.
func freshQueries(c *corpus, n int) []query {
	var out []query
	rng := rand.New(rand.NewPCG(2020, 16)) //nolint:gosec // the same queries every time
	add := func(set string, k kind, make func() (query, bool)) {
		for i, tries := 0, 0; i < n && tries < 100*n; tries++ {
			if q, ok := make(); ok {
				q.Set, q.Kind, q.N = set, k, i
				out = append(out, q)
				i++
			}
		}
	}
	for _, percent := range []int{1, 3, 5, 10, 12, 15} {
		add(fmt.Sprintf("ocr%02d", percent), page, func() (query, bool) { return c.read(rng, c.letter(rng), percent) })
	}
	add("phrase05@00", phrase, func() (query, bool) { return c.quote(rng, c.letter(rng), 5, 0) })
	for _, words := range []int{8, 12, 20, 40} {
		for _, percent := range []int{0, 5, 10} {
			add(fmt.Sprintf("quote%02d@%02d", words, percent), quotation, func() (query, bool) { return c.quote(rng, c.letter(rng), words, percent) })
		}
	}
	for _, percent := range []int{0, 3, 5, 10} {
		add(fmt.Sprintf("sibling@%02d", percent), page, func() (query, bool) {
			q, ok := c.read(rng, c.draft(rng), percent)
			q.Exact = true
			return q, ok
		})
	}
	add("article", report, func() (query, bool) { return c.article(rng) })
	for _, percent := range []int{0, 5} {
		add(fmt.Sprintf("arabic08@%02d", percent), quotation, func() (query, bool) { return c.quote(rng, c.arabic(rng), 8, percent) })
	}
	add("arabic08, no signs", quotation, func() (query, bool) {
		q, ok := c.quote(rng, c.arabic(rng), 8, 0)
		q.Text = respell(rng, q.Text)
		return q, ok
	})
	return out
}

// read is a whole letter as a reader of pictures would have it.
func (c *corpus) read(rng *rand.Rand, d doc, percent int) (query, bool) {
	return query{Text: misread(rng, d.Text, percent, true), Truth: d.ID, Origin: c.stream(d.ID)}, true
}

// quote is some words of a letter, from a random place on.
func (c *corpus) quote(rng *rand.Rand, d doc, words, percent int) (query, bool) {
	all := strings.Fields(d.Text)
	if len(all) < words {
		return query{}, false
	}
	i := rng.IntN(len(all) - words + 1)
	exact := strings.Join(all[i:i+words], " ")
	return query{Text: misread(rng, exact, percent, words >= 20), Truth: d.ID, Origin: fold.Copy(exact).Stream}, true
}

// article is a report: two to four fragments of one letter, of 8 to 20 words and
// unmarked every other time, among 500 words of letters that are not on record.
func (c *corpus) article(rng *rand.Rand) (query, bool) {
	d := c.letter(rng)
	all := strings.Fields(d.Text)
	if len(all) < 120 || len(c.unknown) == 0 {
		return query{}, false
	}
	var rest []string
	for len(rest) < 500 {
		rest = append(rest, strings.Fields(c.unknown[rng.IntN(len(c.unknown))])...)
	}
	rest = rest[:500]
	count := 2 + rng.IntN(3)
	var b strings.Builder
	for f := range count {
		from, to := f*len(rest)/count, (f+1)*len(rest)/count
		cut := from + rng.IntN(to-from)
		words := 8 + rng.IntN(13)
		at := f*len(all)/count + rng.IntN(max(1, len(all)/count-words))
		fragment := strings.Join(all[at:min(len(all), at+words)], " ")
		if rng.IntN(2) == 0 {
			fragment = "“" + strings.Map(dropMarks, fragment) + "”"
		}
		b.WriteString(strings.Join(rest[from:cut], " ") + " " + fragment + " " + strings.Join(rest[cut:to], " ") + "\n\n")
	}
	return query{Text: b.String(), Truth: d.ID}, true
}

func dropMarks(r rune) rune {
	if strings.ContainsRune("“”\"", r) {
		return -1
	}
	return r
}

// strangers are queries for which no letter is right: whole letters that are not
// on record, read with little noise, and quotations from them.
func strangers(c *corpus, n int) []query {
	if len(c.unknown) == 0 {
		return nil
	}
	rng := rand.New(rand.NewPCG(2020, 6)) //nolint:gosec // the same queries every time
	var out []query
	for i, text := range c.unknown {
		out = append(out, query{Set: "stranger, letter", Kind: page, N: i, Text: misread(rng, text, 3, true), Truth: -1})
	}
	lengths, noise := []int{8, 12, 20, 40}, []int{0, 5}
	for i := 0; len(out) < n; i++ {
		words := lengths[i%len(lengths)]
		q, ok := c.quote(rng, doc{ID: -1, Text: c.unknown[rng.IntN(len(c.unknown))]}, words, noise[i/len(lengths)%len(noise)])
		if ok {
			q.Set, q.Kind, q.N, q.Origin = fmt.Sprintf("stranger, %d words", words), quotation, i, ""
			out = append(out, q)
		}
	}
	return out[:min(n, len(out))]
}

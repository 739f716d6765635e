package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// tables prints what was measured at one size.
type tables struct {
	size      size
	corpus    *corpus
	trials    []*trial
	skipped   []string
	strangers []result
}

func (t *tables) print(w *strings.Builder) {
	fmt.Fprintf(w, "\n## %s letters\n\n", t.size)
	for _, s := range t.skipped {
		fmt.Fprintf(w, "SKIPPED %s\n\n", s)
	}
	t.builds(w)
	t.recall(w)
	t.latency(w)
	t.versus(w)
	t.falseMatches(w)
	if t.size == size1m {
		t.extrapolate(w)
	}
}

// grid is a table in Markdown.
type grid [][]string

func (g grid) print(w *strings.Builder) {
	width := make([]int, len(g[0]))
	for _, row := range g {
		for i, c := range row {
			width[i] = max(width[i], len([]rune(c)))
		}
	}
	for n, row := range g {
		for i, c := range row {
			fmt.Fprintf(w, "| %s%s ", c, strings.Repeat(" ", width[i]-len([]rune(c))))
		}
		fmt.Fprintln(w, "|")
		if n == 0 {
			for i := range row {
				fmt.Fprint(w, "|"+strings.Repeat("-", width[i]+2))
			}
			fmt.Fprintln(w, "|")
		}
	}
	fmt.Fprintln(w)
}

func (t *tables) builds(w *strings.Builder) {
	g := grid{{"engine", "documents", "built in", "letters/s", "first answer after", "on disk, bytes a letter", "resident", "resident, bytes a letter"}}
	for _, tr := range t.trials {
		b := tr.built
		disk := "in memory"
		if b.Disk > 0 {
			disk = fmt.Sprint(b.Disk / int64(b.Docs))
		}
		g = append(g, []string{
			tr.name, fmt.Sprint(b.Docs), round(b.Took), fmt.Sprintf("%.0f", float64(b.Docs)/b.Took.Seconds()), round(b.First), disk,
			fmt.Sprintf("%d MB", b.Memory>>20), fmt.Sprint(b.Memory / int64(b.Docs)),
		})
	}
	g.print(w)
}

// recall says for each set how often the right letter came first, and how often
// it was among the first ten.
func (t *tables) recall(w *strings.Builder) {
	head := []string{"right first / found, %"}
	for _, tr := range t.trials {
		head = append(head, tr.name)
	}
	g := grid{head}
	for _, set := range t.sets() {
		row := []string{set}
		for _, tr := range t.trials {
			row = append(row, tr.share(set))
		}
		g = append(g, row)
	}
	g.print(w)
}

// sets returns the names of all sets, whole letters before quotations.
func (t *tables) sets() []string {
	seen := map[string]bool{}
	for _, tr := range t.trials {
		for _, r := range tr.results {
			seen[r.query.Set] = true
		}
	}
	order := []string{"ocr", "sibling", "phrase", "quote", "arabic", "article"}
	rank := func(s string) int {
		return slices.IndexFunc(order, func(p string) bool { return strings.HasPrefix(s, p) })
	}
	out := slices.Sorted(maps.Keys(seen))
	slices.SortStableFunc(out, func(a, b string) int { return rank(a) - rank(b) })
	return out
}

func (t *trial) share(set string) string {
	n, first, found, amb, odd := 0, 0, 0, 0, 0
	for _, r := range t.results {
		if r.query.Set != set {
			continue
		}
		if strings.Contains(r.err, errNoWay.Error()) {
			return "-"
		}
		n++
		first += one(r.first())
		found += one(r.found())
		amb += one(r.ambiguous())
		odd += one(r.err != "")
	}
	if n == 0 {
		return "not asked"
	}
	s := fmt.Sprintf("%s / %s", percent(first, n), percent(found, n))
	if t.name == ours && amb > first {
		s += fmt.Sprintf(" (%s with ties)", percent(amb, n))
	}
	s += fmt.Sprintf(" of %d", n)
	if odd > 0 {
		s += fmt.Sprintf(", %d timed out", odd)
	}
	return s
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

func percent(n, of int) string {
	if of == 0 {
		return "-"
	}
	if n == of {
		return "100"
	}
	return fmt.Sprintf("%.1f", 100*float64(n)/float64(of))
}

// latency gives the times of each kind of query.
func (t *tables) latency(w *strings.Builder) {
	head := []string{"p50 / p99"}
	for _, k := range kinds {
		head = append(head, string(k))
	}
	g := grid{append(head, "queries")}
	for _, tr := range t.trials {
		row := []string{tr.name}
		for _, k := range kinds {
			ts := tr.times(k, nil)
			row = append(row, span(ts))
		}
		g = append(g, append(row, fmt.Sprint(len(tr.results))))
	}
	g.print(w)
}

// times returns how long answers to a kind of query took; of those alone that
// another engine was asked too, if one is given.
func (t *trial) times(k kind, other *trial) []time.Duration {
	var out []time.Duration
	for _, r := range t.results {
		if r.query.Kind != k || strings.Contains(r.err, errNoWay.Error()) {
			continue
		}
		if other != nil {
			if _, ok := other.asked[r.query]; !ok {
				continue
			}
		}
		out = append(out, r.took)
	}
	return out
}

// versus compares each engine with ours over the queries that both were asked.
// Right is the right letter first; of a report, found.
func (t *tables) versus(w *strings.Builder) {
	at := slices.IndexFunc(t.trials, func(tr *trial) bool { return tr.name == ours })
	if at < 0 || len(t.trials) < 2 {
		return
	}
	mine := t.trials[at]
	head := []string{"beside ours, same queries"}
	for _, k := range kinds {
		head = append(head, string(k)+": right, ours / theirs, %", "p50 is ours times")
	}
	g := grid{head}
	for _, tr := range t.trials {
		if tr == mine {
			continue
		}
		row := []string{tr.name}
		for _, k := range kinds {
			a, b := tr.times(k, nil), mine.times(k, tr)
			if len(a) == 0 || len(b) == 0 {
				row = append(row, "-", "-")
				continue
			}
			row = append(row, mine.firsts(k, tr)+" / "+tr.firsts(k, nil), fmt.Sprintf("%.1f", float64(percentile(a, 50))/float64(percentile(b, 50))))
		}
		g = append(g, row)
	}
	g.print(w)
}

func (t *trial) firsts(k kind, other *trial) string {
	n, good := 0, 0
	for _, r := range t.results {
		if r.query.Kind != k {
			continue
		}
		if other != nil {
			if _, ok := other.asked[r.query]; !ok {
				continue
			}
		}
		n++
		good += one(r.good())
	}
	return percent(good, n)
}

// percentile returns the time below which p percent of the times lie.
func percentile(ts []time.Duration, p int) time.Duration {
	if len(ts) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(ts))
	return s[min(len(s)-1, len(s)*p/100)]
}

func span(ts []time.Duration) string {
	if len(ts) == 0 {
		return "-"
	}
	return round(percentile(ts, 50)) + " / " + round(percentile(ts, 99))
}

func round(d time.Duration) string {
	switch {
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%.2f ms", float64(d)/1e6)
	case d < time.Second:
		return fmt.Sprintf("%.0f ms", float64(d)/1e6)
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

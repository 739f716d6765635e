package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// goals are the rows of the design's table of goals.
type goals struct{ rows grid }

func (g *goals) add(what string, z size, goal, measured string, met bool) {
	says := "missed"
	if met {
		says = "met"
	}
	g.rows = append(g.rows, []string{what, string(z), goal, measured, says})
}

func (g *goals) print(w *strings.Builder) {
	if len(g.rows) == 0 {
		return
	}
	fmt.Fprintf(w, "\n## Goals\n\n")
	append(grid{{"what", "letters", "goal", "measured", ""}}, g.rows...).print(w)
}

// goals adds what this size says about the goals.
func (t *tables) goals(g *goals) {
	at := slices.IndexFunc(t.trials, func(tr *trial) bool { return tr.name == ours })
	if at < 0 {
		return
	}
	mine := t.trials[at]
	of := func(is func(result) bool, sets ...string) (n int, share float64) {
		good := 0
		for _, r := range mine.results {
			if slices.Contains(sets, r.query.Set) {
				n++
				good += one(is(r))
			}
		}
		return n, 100 * float64(good) / float64(max(n, 1))
	}
	row := func(what string, least float64, is func(result) bool, sets ...string) {
		if n, share := of(is, sets...); n > 0 {
			g.add(what, t.size, fmt.Sprintf(">= %.4g %%", least), fmt.Sprintf("%.2f %% of %d", share, n), share >= least)
		}
	}
	row("whole letter, <= 12 % wrong characters, right letter first", 99.9, result.first, "ocr01", "ocr03", "ocr05", "ocr10", "ocr12")
	row("right revision among siblings, <= 5 % noise, or \"ambiguous\"", 99, result.ambiguous, "sibling@00", "sibling@03", "sibling@05")
	row("quotation of 8 words, clean, found", 99.5, result.found, "quote08@00")
	row("quotation of 12 words, 5 % noise, found", 97, result.found, "quote12@05")
	row("quotation of 8 words, 10 % noise, found", 85, result.found, "quote08@10")
	row("report with >= 2 fragments of >= 8 words, found", 99, result.found, "article")
	t.strangerGoal(g)
	t.buildGoals(g, mine)
	t.latencyGoals(g, mine)
	t.peerGoals(g, mine)
}

func (t *tables) strangerGoal(g *goals) {
	bad := 0
	for _, r := range t.strangers {
		bad += one(slices.ContainsFunc(r.hits, func(h hit) bool { _, ok := t.falsely(r, h); return ok }))
	}
	if n := len(t.strangers); n > 0 {
		g.add("false match over 40 bits that is no shared wording", t.size, "0 in 10,000", fmt.Sprintf("%d in %d", bad, n), bad == 0)
	}
}

// buildGoals are those of ten million letters, by what a million took.
func (t *tables) buildGoals(g *goals, mine *trial) {
	if t.size != size1m {
		return
	}
	const bytesALetter, lettersASecond = 3000, 8000
	b := mine.built
	size, rate := b.Disk/int64(b.Docs), float64(b.Docs)/b.Took.Seconds()
	g.add("index on disk", t.size, fmt.Sprintf("<= %d bytes a letter", bytesALetter), fmt.Sprint(size), size <= bytesALetter)
	g.add("building the index on one core", t.size, fmt.Sprintf(">= %d letters/s", lettersASecond), fmt.Sprintf("%.0f; %.0f by processor time", rate, float64(b.Docs)/b.CPU.Seconds()), rate >= lettersASecond)
}

func (t *tables) latencyGoals(g *goals, mine *trial) {
	most := map[kind]time.Duration{quotation: 5 * time.Millisecond, page: 30 * time.Millisecond, report: 60 * time.Millisecond}
	if t.size == size1m {
		most = map[kind]time.Duration{quotation: 150 * time.Millisecond, page: 150 * time.Millisecond, report: 150 * time.Millisecond}
	}
	for _, k := range kinds {
		if ts := mine.times(k, nil); len(ts) > 0 && most[k] > 0 {
			p := percentile(ts, 99)
			g.add("p99 on one core, "+string(k), t.size, "<= "+most[k].String(), round(p), p <= most[k])
		}
	}
}

// peerGoals compares with each engine over the queries that both were asked:
// right at least as often on every set, and faster for each kind.
func (t *tables) peerGoals(g *goals, mine *trial) {
	for _, tr := range t.trials {
		if tr == mine {
			continue
		}
		var slower []string
		for _, k := range kinds {
			theirs, own := tr.times(k, nil), mine.times(k, tr)
			if len(theirs) > 0 && percentile(theirs, 50) < percentile(own, 50) {
				slower = append(slower, string(k))
			}
		}
		worse := t.worse(mine, tr)
		said := []string{"worse nowhere", "faster at each kind"}
		if len(worse) > 0 {
			said[0] = "worse at " + strings.Join(worse, ", ")
		}
		if len(slower) > 0 {
			said[1] = "slower at " + strings.Join(slower, ", ")
		}
		g.add("against "+tr.name+", the same queries", t.size, "no set worse, each kind faster", strings.Join(said, "; "), len(worse)+len(slower) == 0)
	}
}

// worse names the sets at which another engine has the right letter first (of a
// report: finds it) more often than ours.
func (t *tables) worse(mine, other *trial) []string {
	var out []string
	for _, set := range t.sets() {
		a, b, n := 0, 0, 0
		for _, r := range other.results {
			if r.query.Set == set && !strings.Contains(r.err, errNoWay.Error()) {
				n++
				b += one(r.good())
				a += one(mine.results[mine.asked[r.query]].good())
			}
		}
		if a < b {
			out = append(out, fmt.Sprintf("%s (%d against %d of %d)", set, a, b, n))
		}
	}
	return out
}

// goals adds what real readings say about the goals.
func (t tally) goals(g *goals) {
	sum := func(levels []string, kinds ...string) share {
		var s share
		for _, k := range kinds {
			for _, l := range levels {
				if c := t[[2]string{k, l}]; c != nil {
					s.n, s.caught, s.check, s.lost = s.n+c.n, s.caught+c.caught, s.check+c.check, s.lost+c.lost
				}
			}
		}
		return s
	}
	of := func(n int, s share) float64 { return 100 * float64(n) / float64(max(s.n, 1)) }
	good := []string{"shot", "good"}
	word, none, number := sum(good, "word", "neg", "name", "month"), sum(good, ""), sum(good, "number")
	if word.n+none.n+number.n == 0 {
		return
	}
	caught := word.caught + word.check
	g.add("one altered word or negation, good picture: caught", size5k, ">= 98 %", fmt.Sprintf("%.1f %% of %d, %.1f %% certain", of(caught, word), word.n, of(word.caught, word)), of(caught, word) >= 98)
	g.add("pages falsely flagged as altered, good picture", size5k, "<= 2 %", fmt.Sprintf("%.1f %% of %d, and %.1f %% with words to check", of(none.caught, none), none.n, of(none.check, none)), of(none.caught, none) <= 2)
	caught = number.caught + number.check
	g.add("one altered digit, good picture: caught or to check", size5k, ">= 90 %", fmt.Sprintf("%.1f %% of %d", of(caught, number), number.n), of(caught, number) >= 90)
	g.add("one altered digit, good picture: certain", size5k, ">= 60 %", fmt.Sprintf("%.1f %% of %d", of(number.caught, number), number.n), of(number.caught, number) >= 60)
}

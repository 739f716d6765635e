package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// extrapolate says what ten million letters would take if everything grew in
// proportion from what was measured. It is arithmetic: nothing of that size was
// built.
func (t *tables) extrapolate(w *strings.Builder) {
	at := slices.IndexFunc(t.trials, func(tr *trial) bool { return tr.name == ours })
	if at < 0 {
		return
	}
	const letters = 10 * million
	tr := t.trials[at]
	b := tr.built
	rate := float64(b.Docs) / b.Took.Seconds()
	fmt.Fprintf(w, "Arithmetic, not measured: %d letters on one machine, in proportion to the %d above. ", letters, b.Docs)
	if b.Disk > 0 {
		fmt.Fprintf(w, "Index on disk %.1f GB, ", float64(b.Disk)/float64(b.Docs)*letters/1e9)
	}
	fmt.Fprintf(w, "resident %.1f GB, built in %s on one core. ", float64(b.Memory)/float64(b.Docs)*letters/1e9, time.Duration(float64(letters)/rate*float64(time.Second)).Round(time.Minute))
	fmt.Fprintf(w, "Look-ups are a search in sorted keys and read a bounded number of postings, and at most so many candidates are aligned: the p99 of an answer stays under %s, that of the kind measured above, times the logarithms' ratio %.2f, while the postings read stay at their limit.\n\n",
		round(slowest(tr)), 23.25/19.93)
}

// slowest is the greatest p99 of any kind.
func slowest(t *trial) time.Duration {
	var worst time.Duration
	for _, k := range kinds {
		worst = max(worst, percentile(t.times(k, nil), 99))
	}
	return worst
}

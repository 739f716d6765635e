package main

import (
	"fmt"
	"math"
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
	worst, of := slowest(tr)
	ratio := math.Log(letters) / math.Log(float64(b.Docs))
	rate := float64(b.Docs) / b.Took.Seconds()
	fmt.Fprintf(w, "Arithmetic, not measured: %d letters on one machine, in proportion to the %d above. ", letters, b.Docs)
	if b.Disk > 0 {
		fmt.Fprintf(w, "Index on disk %.1f GB, ", float64(b.Disk)/float64(b.Docs)*letters/1e9)
	}
	fmt.Fprintf(w, "resident %.1f GB, built in %s on one core. ", float64(b.Memory)/float64(b.Docs)*letters/1e9, time.Duration(float64(letters)/rate*float64(time.Second)).Round(time.Minute))
	fmt.Fprintf(w, "Look-ups search sorted keys and read a bounded number of postings, and a bounded number of candidates is aligned: the greatest p99 above, %s for a %s, times the ratio of the logarithms, %.2f, is %s. A phrase too short to hold a gram is looked for in all texts, which takes in proportion: %s at p99.\n\n",
		round(worst), of, ratio, round(time.Duration(float64(worst)*ratio)), round(time.Duration(float64(percentile(tr.times(phrase, nil), 99))*float64(letters)/float64(b.Docs))))
}

// slowest is the kind with the greatest p99, phrases apart.
func slowest(t *trial) (worst time.Duration, of kind) {
	for _, k := range kinds {
		if p := percentile(t.times(k, nil), 99); k != phrase && p > worst {
			worst, of = p, k
		}
	}
	return worst, of
}

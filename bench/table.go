package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"time"
)

// A table collects rows and prints them together.
type table struct{ rows [][3]string }

func (t *table) row(what, figure, beside string) {
	t.rows = append(t.rows, [3]string{what, figure, beside})
	fmt.Fprintf(os.Stderr, "%s: %s %s\n", what, figure, beside)
}

func (t *table) print(w io.Writer) {
	var width [3]int
	for _, r := range t.rows {
		for i, c := range r {
			width[i] = max(width[i], len(c))
		}
	}
	_, _ = fmt.Fprintf(w, "| %-*s | %-*s | %-*s |\n", width[0], "what", width[1], "measured", width[2], "beside it")
	_, _ = fmt.Fprintf(w, "|%s|%s|%s|\n", dashes(width[0]), dashes(width[1]), dashes(width[2]))
	for _, r := range t.rows {
		_, _ = fmt.Fprintf(w, "| %-*s | %-*s | %-*s |\n", width[0], r[0], width[1], r[1], width[2], r[2])
	}
}

func dashes(n int) string {
	b := make([]byte, n+2)
	for i := range b {
		b[i] = '-'
	}
	return string(b)
}

// percentile returns the value below which p percent of the times lie.
func percentile(ts []time.Duration, p int) time.Duration {
	if len(ts) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(ts))
	return s[min(len(s)-1, len(s)*p/100)]
}

func spread(ts []time.Duration) string {
	return fmt.Sprintf("p50 %s, p99 %s", round(percentile(ts, 50)), round(percentile(ts, 99)))
}

func round(d time.Duration) string {
	switch {
	case d < 10*time.Millisecond:
		return d.Round(10 * time.Microsecond).String()
	case d < time.Second:
		return d.Round(100 * time.Microsecond).String()
	}
	return d.Round(time.Millisecond).String()
}

// Package metrics counts what a program does and writes the counts in the text
// format of Prometheus (version 0.0.4), for who operates it.
//
//	var refused = metrics.Counter{Name: "chancery_refused_total", Help: "requests over the limit"}
//	refused.Add(1)
//	refused.Write(w)
//
// It knows no labels but those that the program fixes when it is written: nothing
// that a reader sends can become the name of a series, so a page of metrics cannot
// tell what somebody looked up.
package metrics

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// MediaType is that of the text format.
const MediaType = "text/plain; version=0.0.4; charset=utf-8"

// A Counter only rises. Its zero value with a name counts from 0.
type Counter struct {
	Name, Help string
	n          atomic.Uint64
}

// Add counts n more.
func (c *Counter) Add(n uint64) { c.n.Add(n) }

// Value returns the count.
func (c *Counter) Value() uint64 { return c.n.Load() }

// Write writes the counter.
func (c *Counter) Write(w io.Writer) { Value(w, c.Name, "counter", c.Help, float64(c.Value())) }

// A Histogram sorts times into buckets that are fixed when it is made.
type Histogram struct {
	name, help string
	bounds     []float64 // seconds, rising
	counts     []atomic.Uint64
	sum        atomic.Uint64 // nanoseconds
}

// NewHistogram returns a histogram of seconds with these upper bounds.
func NewHistogram(name, help string, bounds ...float64) *Histogram {
	slices.Sort(bounds)
	return &Histogram{name: name, help: help, bounds: bounds, counts: make([]atomic.Uint64, len(bounds)+1)}
}

// Observe counts one time. A negative one counts as none.
func (h *Histogram) Observe(d time.Duration) {
	d = max(d, 0)
	i, _ := slices.BinarySearch(h.bounds, d.Seconds())
	h.counts[i].Add(1)
	h.sum.Add(uint64(d))
}

// Write writes the histogram.
func (h *Histogram) Write(w io.Writer) {
	head(w, h.name, "histogram", h.help)
	var all uint64
	for i, b := range h.bounds {
		all += h.counts[i].Load()
		_, _ = fmt.Fprintf(w, "%s_bucket{le=%q} %d\n", h.name, number(b), all)
	}
	all += h.counts[len(h.bounds)].Load()
	_, _ = fmt.Fprintf(w, "%s_bucket{le=\"+Inf\"} %d\n%s_sum %s\n%s_count %d\n", h.name, all, h.name, number(time.Duration(h.sum.Load()).Seconds()), h.name, all) //nolint:gosec // a sum of times
}

// Value writes one value of a kind: "gauge" or "counter". A value that is not
// known, NaN, is left out.
func Value(w io.Writer, name, kind, help string, v float64) {
	if math.IsNaN(v) {
		return
	}
	head(w, name, kind, help)
	_, _ = fmt.Fprintf(w, "%s %s\n", name, number(v))
}

// Labelled writes one value for each label of one name, in order of the labels.
// The labels are the program's own.
func Labelled(w io.Writer, name, kind, help, label string, values map[string]float64) {
	head(w, name, kind, help)
	names := make([]string, 0, len(values))
	for k := range values {
		names = append(names, k)
	}
	slices.Sort(names)
	for _, k := range names {
		_, _ = fmt.Fprintf(w, "%s{%s=\"%s\"} %s\n", name, label, escaped.Replace(k), number(values[k]))
	}
}

var escaped = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

func head(w io.Writer, name, kind, help string) {
	_, _ = fmt.Fprintf(w, "# HELP %s %s\n# TYPE %s %s\n", name, strings.NewReplacer(`\`, `\\`, "\n", `\n`).Replace(help), name, kind)
}

func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

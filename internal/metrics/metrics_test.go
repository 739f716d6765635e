package metrics

import (
	"math"
	"strings"
	"testing"
	"time"
)

// TestText is the text format, byte for byte.
func TestText(t *testing.T) {
	c := Counter{Name: "a_total", Help: "things\nand \\ more"}
	c.Add(2)
	h := NewHistogram("b_seconds", "times", 1, 0.1)
	for _, d := range []time.Duration{-time.Second, 50 * time.Millisecond, 100 * time.Millisecond, time.Second, time.Minute} {
		h.Observe(d)
	}
	var b strings.Builder
	c.Write(&b)
	h.Write(&b)
	Value(&b, "d", "gauge", "unknown", math.NaN())
	Labelled(&b, "e", "gauge", "by name", "of", map[string]float64{"z": 1, `a"\` + "\n": 2.5})
	want := `# HELP a_total things\nand \\ more
# TYPE a_total counter
a_total 2
# HELP b_seconds times
# TYPE b_seconds histogram
b_seconds_bucket{le="0.1"} 3
b_seconds_bucket{le="1"} 4
b_seconds_bucket{le="+Inf"} 5
b_seconds_sum 61.15
b_seconds_count 5
# HELP e by name
# TYPE e gauge
e{of="a\"\\\n"} 2.5
e{of="z"} 1
`
	if got := b.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestPercentile(t *testing.T) {
	var ts []time.Duration
	for i := range 100 {
		ts = append(ts, time.Duration(99-i)*time.Millisecond)
	}
	if a, b := percentile(ts, 50), percentile(ts, 99); a != 50*time.Millisecond || b != 99*time.Millisecond {
		t.Errorf("p50 %s, p99 %s", a, b)
	}
	if ts[0] != 99*time.Millisecond || percentile(nil, 50) != 0 {
		t.Error("the times were sorted in place, or none gave a time")
	}
}

// A small run goes through every measurement, and each gives its row.
func TestSmallRun(t *testing.T) {
	s := settings{n: 2, writers: 4, many: 8, dir: t.TempDir(), letters: filepath.Join(t.TempDir(), "none")}
	rows := &table{}
	if err := issuing(t.Context(), s, rows); err != nil {
		t.Fatal(err)
	}
	if err := crowd(t.Context(), s, rows); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	rows.print(&b)
	for _, want := range []string{"paced", "closed loop", "offline verification", "many writers", "bytes on disk per entry"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no row %q in\n%s", want, b.String())
		}
	}
}

// Made-up letters are all different, so that a quotation has one source.
func TestMadeUpLetters(t *testing.T) {
	var seen []string
	for _, l := range madeUp(50) {
		seen = append(seen, l.String())
	}
	slices.Sort(seen)
	if len(slices.Compact(seen)) != 50 {
		t.Error("two letters say the same")
	}
}

package check

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// rowLine is a row in one line: its match, each report's version with what
// differs, and who leaves it out.
func rowLine(r Row) string {
	s := r.Anchor + " " + string(r.Match)
	if r.Record != nil {
		s += " " + string(r.Record.Reference)
	}
	for _, x := range r.Cells {
		s += fmt.Sprintf(" | %d %s", x.Report, x.Speaker)
		for _, d := range x.Differences {
			s += fmt.Sprintf(" {%s|%s}", d.Copy, d.Record)
		}
	}
	return s + fmt.Sprintf(" | without %v", r.Missing)
}

var threeReports = []Exhibit{
	{Name: "a", Data: []byte(`"The South Lock opens at 05:30 and closes at 22:00 on every working day," Castellane said, "and on Fridays it stays closed." It was "a slip", and older skippers still carry the previous page with its words, as everybody between the mole and the customs house knows.`)},
	{Name: "b", Data: []byte(`Salma Orabi: "The South Lock opens at 05:30 and closes at 23:00 on every working day". Nobody spoke of "a slip".`)},
	{Name: "c", Data: []byte(`The page says "the South Lock opens at 05:30". Older skippers still carry the previous page with its words, as everybody between the mole and the customs house knows.`), As: KindReport},
}

// report.md MUST-12: versions stand in one row, with what varies and who leaves
// it out; the record is the measure where there is one.
func TestSideBySide(t *testing.T) {
	_, w := embedded(t)
	for name, c := range map[string]struct {
		s    *Snapshot
		want string
	}{
		"without a register": {nil, "q1 altered | 0 Castellane | 1 Salma Orabi {23:00|22:00} | 2  | without []; q2 same_text | 0  | 1  | without [2]"},
		"with one": {w.snapshot(w.end()), "q1 altered HC-2026-0004 | 0 Castellane | 1 Salma Orabi {23:00|22:00} | 2  | without []; " +
			"q2 none | 0 Castellane | without [1 2]; q3 same_text | 0  | 1  | without [2]"},
	} {
		got, err := Compare(t.Context(), c.s, threeReports, w.end())
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for _, r := range got.Quotations {
			lines = append(lines, rowLine(r))
		}
		if g := strings.Join(lines, "; "); g != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, g, c.want)
		}
		// report.md MUST-13
		if len(got.Shared) != 1 || got.Shared[0].A != 0 || got.Shared[0].B != 2 || got.Shared[0].Words != 20 || len(got.Shared[0].Passages) != 1 {
			t.Errorf("%s: shared %+v", name, got.Shared)
		}
		if len(got.Sides) != 3 || got.Sides[1].Name != "b" {
			t.Errorf("%s: sides %+v", name, got.Sides)
		}
	}
}

// Two quotations of one report are no versions of each other, and words of
// different records neither.
func TestRowsApart(t *testing.T) {
	_, w := embedded(t)
	both := Exhibit{As: KindReport, Data: []byte(`"The South Lock opens at 05:30 and closes at 22:00 on every working day". Now "the South Lock opens at 06:00 and closes at 21:00 on every working day".`)}
	for _, s := range []*Snapshot{nil, w.snapshot(w.end())} {
		got, err := Compare(t.Context(), s, []Exhibit{both, both}, w.end())
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Quotations) != 2 || got.Quotations[0].Match != SameText || got.Quotations[1].Match != SameText {
			t.Errorf("%d rows: %+v", len(got.Quotations), got.Summary)
		}
	}
}

func TestCompareLimits(t *testing.T) {
	e := Exhibit{Data: []byte(`"one" and "two"`)}
	many := make([]Exhibit, MaxReports+1)
	for i := range many {
		many[i] = e
	}
	for _, es := range [][]Exhibit{nil, {e}, many} {
		if _, err := Compare(t.Context(), nil, es, epoch); err == nil {
			t.Errorf("%d exhibits were compared", len(es))
		}
	}
	full := Exhibit{As: KindReport, Data: []byte(strings.Repeat(`"the harbour opens at dawn" and "the lock is shut at dusk" `, 300))}
	got, err := Compare(t.Context(), nil, []Exhibit{full, full, full}, epoch)
	if err != nil || len(got.Quotations) != 2 || len(got.Quotations[0].Cells) != 3*250 {
		t.Errorf("three reports full of the same: %v, %d rows", err, len(got.Quotations))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Compare(ctx, nil, []Exhibit{full, full}, epoch); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled comparison: %v", err)
	}
}

package register_test

import (
	"strings"
	"testing"

	"chancery.example/register"
)

// bentDays are issues of a letter recorded later whose day is none (entry.md
// MUST-37), by the name of what is wrong.
func bentDays(t testing.TB) map[string]register.Issue {
	d := draw(t, "C1 -> I(C1 written 1962-10)")
	good, ok := d.entries[len(d.entries)-1].Entry.Body.(register.Issue)
	if !ok {
		t.Fatal("the last entry is no issue")
	}
	out := map[string]register.Issue{}
	for name, day := range map[string]register.Day{
		"no_such_month": "1962-13", "no_such_day": "1962-02-30", "year_zero": "0000", "five_digits": "12026", "in_words": "October 1962",
		"with_time": "1962-10-22T00:00:00Z", "other_digits": "\u0661\u0669\u0666\u0662",
	} {
		i := good
		i.Written = day
		out[name] = i
	}
	held := good
	held.NotBefore = register.StampOf(minute(60))
	out["with_embargo"] = held
	return out
}

// TestDays: a year, a month or a day of the calendar, and nothing else (entry.md
// MUST-37).
func TestDays(t *testing.T) {
	for s, first := range map[string]string{"1962": "1962-01-01", "1962-10": "1962-10-01", "1962-10-22": "1962-10-22", "2024-02-29": "2024-02-29", "0001": "0001-01-01", "9999-12-31": "9999-12-31"} {
		d, err := register.ParseDay(s)
		if err != nil || d.First() != first {
			t.Errorf("%s: %q, %v", s, d.First(), err)
		}
	}
	for _, s := range []string{"", "62", "1962-1", "1962-00", "1962-10-00", "2023-02-29", "1962-10-22 ", "-1962", "1962-10-22-01"} {
		if d, err := register.ParseDay(s); err == nil {
			t.Errorf("%q is %q", s, d)
		}
	}
	for name, i := range bentDays(t) {
		if _, err := register.EncodeBody(i); err == nil || !strings.Contains(err.Error(), "the day it was written") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestRecordedLater: the day is part of what officers sign, changes no standing, is
// told beside it, and cannot be later than the entry (entry.md MUST-37, standing.md
// MUST-10).
func TestRecordedLater(t *testing.T) {
	for day, counts := range map[string]bool{"1962": true, "1962-10-22": true, "2026-03-02": true, "2026-03-03": true, "2026-03-04": false, "2026-04": false, "2027": false} {
		d := draw(t, "C1 -> I(C1 written "+day+")")
		s := register.Fold(d.entries)
		sts := s.StandingsOf(d.pages["C1"].text, minute(90))
		if !counts {
			if len(sts) != 0 || len(s.Problems()) == 0 {
				t.Errorf("%s: %d standings", day, len(sts))
			}
			continue
		}
		if len(sts) != 1 || sts[0].Standing != register.InForce || sts[0].Written != register.Day(day) {
			t.Errorf("%s: %+v", day, sts)
		}
	}
	d := draw(t, "C1 -> I(C1 written 1962)")
	i, _ := d.entries[len(d.entries)-1].Entry.Body.(register.Issue)
	one := must(register.StatementFor(origin, "https://harbour.example", i))
	i.Written = "1963"
	other := must(register.StatementFor(origin, "https://harbour.example", i))
	if one.Parameters == other.Parameters {
		t.Error("officers do not sign the day")
	}
}

// FuzzDay: what is taken has one form, and a first day of the calendar.
func FuzzDay(f *testing.F) {
	for _, s := range []string{"1962", "1962-10", "1962-10-22", "0000", "2023-02-29"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := register.ParseDay(s)
		if err == nil && (string(d) != s || len(d.First()) != len("1962-10-22")) {
			t.Errorf("%q: %q", s, d)
		}
	})
}

package register

import (
	"fmt"
	"regexp"
	"time"
)

// A Day is when something was written before it was recorded: a year, a month or a
// day of the Gregorian calendar, as 1962, 1962-10 or 1962-10-22. Archives are older
// than 1970, and often know no more than the year. "" means none.
type Day string

var dayForm = regexp.MustCompile(`^\d{4}(-\d{2}(-\d{2})?)?$`)

// ParseDay reads a year, a month or a day (entry.md MUST-37).
func ParseDay(s string) (Day, error) {
	d := Day(s)
	if !dayForm.MatchString(s) || s[:4] == "0000" {
		return "", fmt.Errorf("day %.20q: want a year, a month or a day such as 1962, 1962-10 or 1962-10-22", s)
	}
	if _, err := time.Parse(time.DateOnly, d.First()); err != nil {
		return "", fmt.Errorf("day %q: the calendar has no such day", s)
	}
	return d, nil
}

// First returns the first day of the time that is meant.
func (d Day) First() string {
	switch len(d) {
	case len("1962"):
		return string(d) + "-01-01"
	case len("1962-10"):
		return string(d) + "-01"
	}
	return string(d)
}

// validateWritten: a letter that was recorded later is so by its own words, and
// has no hour to come (entry.md MUST-37).
func (i Issue) validateWritten() error {
	if i.Written == "" {
		return nil
	}
	if _, err := ParseDay(string(i.Written)); err != nil {
		return fmt.Errorf("the day it was written: %w", err)
	}
	if i.NotBefore != 0 {
		return fmt.Errorf("the day it was written, %s: a letter that was recorded later has no embargo", i.Written)
	}
	return nil
}

// writtenBefore refuses a letter that says it was written after its entry: the day
// may be one later, for clocks east of Greenwich (entry.md MUST-37).
func (i Issue) writtenBefore(at time.Time) error {
	if i.Written != "" && i.Written.First() > at.UTC().AddDate(0, 0, 1).Format(time.DateOnly) {
		return fmt.Errorf("it says that it was written in %s, after its own entry of %s", i.Written, at.UTC().Format(time.DateOnly))
	}
	return nil
}

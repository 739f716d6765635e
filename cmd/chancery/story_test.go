package main

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"chancery.example/internal/check"
	"chancery.example/internal/story"
	"chancery.example/internal/testkit"
	"chancery.example/register"
)

// chancery runs one call in this process.
func chancery(t *testing.T, args ...string) (code int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(t.Context(), args, terminal{in: strings.NewReader(""), out: &o, err: &e, getenv: func(string) string { return "" }})
	return code, o.String(), e.String()
}

// stories are the scenarios that are played, with their flags.
func stories(t *testing.T) map[string][]string {
	return map[string][]string{"embedded": nil, "january 2020": {"--scenario", "january-2020"}}
}

func scenario(t *testing.T, flags []string) (*story.Scenario, []string) {
	t.Helper()
	if flags == nil {
		s, err := story.Embedded()
		if err != nil {
			t.Fatal(err)
		}
		return s, nil
	}
	dir := testkit.Data(t, flags[1])
	s, err := story.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s, []string{"--scenario", dir}
}

// The report about a story gives exactly the findings that the story lists, in
// order, and no more.
func TestDemoFindsWhatTheStoryLists(t *testing.T) {
	t.Parallel()
	for name, flags := range stories(t) {
		t.Run(name, func(t *testing.T) {
			s, flags := scenario(t, flags)
			code, out, errOut := chancery(t, append([]string{"demo", "--json"}, flags...)...)
			if code != 0 {
				t.Fatalf("exit %d: %s", code, errOut)
			}
			var got struct{ Findings []check.Quotation }
			if err := json.Unmarshal([]byte(out), &got); err != nil {
				t.Fatal(err)
			}
			for i, q := range got.Findings {
				if i >= len(s.Expectations) {
					t.Errorf("one too many: %q", q.Quotation)
					continue
				}
				compareQuotation(t, i, q, s.Expectations[i])
			}
			if len(got.Findings) < len(s.Expectations) {
				t.Errorf("%d findings, want %d", len(got.Findings), len(s.Expectations))
			}
		})
	}
}

func compareQuotation(t *testing.T, i int, q check.Quotation, want story.Expectation) {
	t.Helper()
	bad := func(what string, got, want any) {
		t.Errorf("finding %d, %q: %s is %v, want %v", i+1, q.Quotation, what, got, want)
	}
	if q.Quotation != want.Quotation {
		bad("quotation", q.Quotation, want.Quotation)
	}
	if string(q.Match) != want.Match {
		bad("match", q.Match, want.Match)
	}
	standing := "null"
	if q.Standing != nil {
		standing = string(*q.Standing)
	}
	wanted := "null"
	if want.Standing != nil {
		wanted = *want.Standing
	}
	if standing != wanted {
		bad("standing", standing, wanted)
	}
	if string(q.Note) != want.Note {
		bad("note", q.Note, want.Note)
	}
	if (q.Record == nil) != (want.Record == nil) {
		bad("record", q.Record, want.Record)
		return
	}
	if want.Record == nil {
		return
	}
	if string(q.Record.Kind) != want.Record.Kind || q.Record.Office != want.Record.Office {
		bad("record", q.Record, want.Record)
	}
	if want.Record.Reference != "" && string(q.Record.Reference) != want.Record.Reference {
		bad("reference", q.Record.Reference, want.Record.Reference)
	}
	if want.Record.Language != "" && string(q.Record.Language) != want.Record.Language {
		bad("language", q.Record.Language, want.Record.Language)
	}
}

// What the letter's quotations answer changes with what the office does, and
// only with that.
func TestTheLettersQuotationsAtEachMoment(t *testing.T) {
	t.Parallel()
	for name, flags := range stories(t) {
		t.Run(name, func(t *testing.T) {
			s, flags := scenario(t, flags)
			dir := filepath.Join(t.TempDir(), "register")
			if code, _, errOut := chancery(t, append([]string{"demo", "--json", "--keep", dir}, flags...)...); code != 0 {
				t.Fatalf("exit %d: %s", code, errOut)
			}
			report := filepath.Join(t.TempDir(), "report.txt")
			raw, err := s.ReportText()
			if err != nil {
				t.Fatal(err)
			}
			write(t, report, raw)
			if len(s.Moments) != 5 {
				t.Errorf("%d moments, want 5", len(s.Moments))
			}
			for _, m := range s.Moments {
				code, out, errOut := chancery(t, "check", report, "--register", dir, "--as", "report", "--json", "--at", m.At.Format("2006-01-02T15:04:05Z07:00"))
				if code != check.ExitReport {
					t.Fatalf("at %s: exit %d, want %d: %s", m.At, code, check.ExitReport, errOut)
				}
				checkMoment(t, s, m, out)
			}
		})
	}
}

func checkMoment(t *testing.T, s *story.Scenario, m story.Moment, out string) {
	t.Helper()
	var f check.Finding
	if err := json.Unmarshal([]byte(out), &f); err != nil {
		t.Fatal(err)
	}
	ref, seen := s.LetterInQuestion(), 0
	for i, want := range s.Expectations {
		if want.Record == nil || want.Record.Reference != ref {
			continue
		}
		seen++
		q := f.Quotations[i]
		if short := q.Note == check.TooShort; short && m.Quotations == string(register.NotOnRecord) {
			continue // nothing on record lifts it yet
		}
		if q.Standing == nil || string(*q.Standing) != m.Quotations {
			t.Errorf("at %s %q answers %v, want %s", m.At, q.Quotation, q.Standing, m.Quotations)
		}
	}
	if seen < 2 {
		t.Fatalf("only %d quotations of %s", seen, ref)
	}
	if m.Statements == nil {
		return
	}
	n := 0
	for _, st := range f.Statements {
		if st.Type == register.About || st.Type == register.Holding {
			n++
		}
	}
	if n != *m.Statements {
		t.Errorf("at %s %d statements stand beside it, want %d", m.At, n, *m.Statements)
	}
}

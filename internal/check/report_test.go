package check

import (
	"path/filepath"
	"strings"
	"testing"

	"chancery.example/internal/testkit"
)

// sheetsOf plays a story and compares its reading sheet with what it expects.
func testSheet(t *testing.T, dir, report string) Finding {
	s, w := play(t, dir)
	f := examine(t, w.snapshot(w.end()), Exhibit{Name: report, Data: []byte(s.file(t, report))}, w.end())
	if f.ExhibitKind != KindReport || f.Headline != nil || f.Match != nil || f.Standing != nil || f.Exit() != ExitReport {
		t.Errorf("a %s with headline %v, exit %d; want a report without verdict", f.ExhibitKind, f.Headline, f.Exit())
	}
	for i, q := range f.Quotations {
		t.Logf("%d %q speaker %q %s %v %v %q | %s", i, q.Quotation, q.Speaker, q.Match, deref(q.Standing), q.Record, q.Note, q.Headline.EN)
	}
	t.Log(f.Summary.EN, f.Summary.AR, f.Advisories)
	if len(f.Quotations) != len(s.Expect) {
		t.Fatalf("%d quotations, want %d", len(f.Quotations), len(s.Expect))
	}
	for i, want := range s.Expect {
		q := f.Quotations[i]
		if q.Quotation != want.Quotation || q.Match != want.Match || q.Note != want.Note || deref(q.Standing) != deref(want.Standing) {
			t.Errorf("quotation %d: %q %s %s note %q, want %q %s %s note %q", i+1, q.Quotation, q.Match, deref(q.Standing), q.Note,
				want.Quotation, want.Match, deref(want.Standing), want.Note)
		}
		if (q.Record == nil) != (want.Record == nil) {
			t.Errorf("quotation %d: record %v, want %v", i+1, q.Record, want.Record)
			continue
		}
		if r, x := q.Record, want.Record; x != nil {
			kind := x.Kind
			if deref(want.Standing) == "disavowed" {
				kind = "disavowal"
			}
			if string(r.Kind) != kind || r.Office != x.Office || x.Reference != "" && string(r.Reference) != x.Reference || x.Language != "" && string(r.Language) != x.Language {
				t.Errorf("quotation %d: record %+v, want %+v", i+1, *r, *x)
			}
		}
	}
	return f
}

func deref[T ~string](p *T) T {
	if p == nil {
		return ""
	}
	return *p
}

func TestNewsReportOfJanuary2020(t *testing.T) {
	f := testSheet(t, testkit.Data(t, "january-2020"), "news-report.txt")
	if len(f.Advisories) != 1 || !strings.HasPrefix(f.Advisories[0].Begins, "Meghan") {
		t.Errorf("advisories %v, want one about the card", f.Advisories)
	}
	if f.Quotations[2].Speaker != "Abdul Mahdi" || f.Quotations[3].Speaker != "" {
		t.Errorf("speakers %q and %q, want Abdul Mahdi and none", f.Quotations[2].Speaker, f.Quotations[3].Speaker)
	}
}

func TestNewsReportOfTheStory(t *testing.T) {
	f := testSheet(t, filepath.Join(testkit.Root(), "internal", "story", "embedded"), "report.txt")
	if len(f.Advisories) != 1 || !strings.HasPrefix(f.Advisories[0].Begins, "The singer") {
		t.Errorf("advisories %v, want one about the singer", f.Advisories)
	}
}

func TestMoments(t *testing.T) {
	for name, dir := range map[string]func() string{
		"january 2020": func() string { return testkit.Data(t, "january-2020") },
		"embedded":     func() string { return filepath.Join(testkit.Root(), "internal", "story", "embedded") },
	} {
		s, w := play(t, dir())
		report, letter := "report.txt", 1
		if name == "january 2020" {
			report = "news-report.txt"
		}
		for _, m := range s.Moments {
			f := examine(t, w.snapshot(m.At), Exhibit{Data: []byte(s.file(t, report))}, m.At)
			if got := deref(f.Quotations[letter].Standing); got != m.Quotations {
				t.Errorf("%s at %s: %s, want %s", name, m.At, got, m.Quotations)
			}
			about := 0
			for _, st := range f.Statements {
				about += boolean(!st.Holds && st.Entry > 0)
			}
			t.Logf("%s %s: %d about, %d all", name, m.At, about, len(f.Statements))
			if m.Statements != nil && about != *m.Statements {
				t.Errorf("%s at %s: %d statements, want %d", name, m.At, about, *m.Statements)
			}
		}
	}
}

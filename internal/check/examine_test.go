package check

import (
	"strings"
	"testing"

	"chancery.example/register"
)

func TestExamineText(t *testing.T) {
	story, w := embedded(t)
	s, at := w.snapshot(w.end()), w.end()
	tariff := story.file(t, "tariff.en.txt")
	draft := story.file(t, "draft.en.txt")
	for _, c := range []struct {
		name, text string
		code       string
		exit       int
		critical   int
	}{
		{"issued letter", tariff, "same_text/in_force", 0, 0},
		{"with another line length", strings.ReplaceAll(tariff, " marks", "\nmarks"), "same_text/in_force", 0, 0},
		{"part of it", "The fee is not due when a pilot is called back by the Commission.", "part/in_force", 14, 0},
		{"a number changed", strings.Replace(tariff, "840", "940", 1), "altered/in_force", 30, 1},
		{"a negation gone", strings.Replace(tariff, "is not due", "is due", 1), "altered/in_force", 30, 1},
		{"superseded", story.file(t, "lock-old.en.txt"), "same_text/superseded", 10, 0},
		{"withdrawn", story.file(t, "dredging.en.txt"), "same_text/withdrawn", 11, 0},
		{"draft", draft, "same_text/draft_closed", 20, 0},
		{"draft with a copy's running matter", "Draft, revision 1 - copy 4 of 5 for Directorate, coordination - not issued\n\n" + draft + "\n\nPage 1 of 1\n", "same_text/draft_closed", 20, 0},
		{"forgery", story.file(t, "forgery.en.txt"), "same_text/disavowed", 40, 0},
		{"Arabic draft", story.file(t, "draft.ar.2.txt"), "same_text/draft_closed", 20, 0},
		{"Arabic, digits of another script, no vowel signs", strings.NewReplacer("٨٤٠", "840", "ً", "").Replace(story.file(t, "tariff.ar.txt")), "same_text/in_force", 0, 0},
		{"statement", "There has been no decision to give up the North Basin. Nothing changes tonight.", "same_text/stated", 14, 0},
		{"nothing", "Grain prices rose again this week in the western markets, traders say.", "none/not_on_record", 50, 0},
		{"too short", "the coming days", "none/cannot_check", 52, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := examine(t, s, Exhibit{Data: []byte(c.text)}, at)
			if f.Headline == nil {
				t.Fatalf("no verdict for a %s", f.ExhibitKind)
			}
			if f.Headline.Code != c.code || f.Exit() != c.exit {
				t.Errorf("%s exit %d, want %s exit %d; %v", f.Headline.Code, f.Exit(), c.code, c.exit, f.Differences)
			}
			n := 0
			for _, d := range f.Differences {
				n += boolean(d.Critical)
			}
			if n != c.critical {
				t.Errorf("%d critical differences, want %d: %v", n, c.critical, f.Differences)
			}
			for _, text := range []string{f.Headline.Text.EN, f.Headline.Text.AR, f.Details.EN, f.Details.AR, f.NotMean.EN, f.NotMean.AR} {
				if text == "" || strings.ContainsAny(text, "{}") {
					t.Errorf("words with a hole: %q", text)
				}
			}
			t.Logf("%s | %s | %s", f.Headline.Text.EN, f.Details.EN, f.Details.AR)
		})
	}
}

func TestExamineEmptyRegister(t *testing.T) {
	s, err := NewSnapshot(nil, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	f := examine(t, s, Exhibit{Data: []byte("The pilots will leave the basin on Tuesday at noon.")}, epoch)
	if *f.Standing != register.NoRegister || f.Exit() != ExitNoRegister {
		t.Errorf("%s exit %d, want no_register, 53", f.Headline.Code, f.Exit())
	}
}

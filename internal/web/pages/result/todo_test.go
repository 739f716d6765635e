package result_test

import (
	"slices"
	"testing"

	"chancery.example/internal/check"
	"chancery.example/internal/web/i18n"
	"chancery.example/internal/web/pages/result"
	"chancery.example/register"
)

func TestTodoFitsBothAxes(t *testing.T) {
	p, err := i18n.Load(i18n.English)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range check.Matches() {
		for _, st := range register.Standings() {
			for _, key := range result.Todo(check.Finding{Match: &m, Standing: &st}) {
				if !p.Has("result.todo." + key) {
					t.Errorf("%s/%s: no advice %q", m, st, key)
				}
			}
		}
	}
	for _, c := range []struct {
		m    check.Match
		st   register.Standing
		note check.Note
		want []string
	}{
		{check.SameText, register.InForce, "", []string{"in-force"}},
		{check.Part, register.InForce, "", []string{"part"}},
		{check.Part, register.Stated, "", []string{"stated"}},
		{check.Altered, register.InForce, "", []string{"differs"}},
		{check.Altered, register.Disavowed, "", []string{"disavowed", "differs"}},
		{check.TranslationDiffers, register.DraftOpened, "", []string{"draft", "differs"}},
		{check.SameText, register.Embargoed, "", []string{"embargoed"}},
		{check.SameText, register.Conflict, "", []string{"conflict"}},
		{check.Resembles, register.InForce, "", []string{"unknown"}},
		{check.Part, register.Withdrawn, check.CommonWording, []string{"common"}},
		{check.None, register.NotOnRecord, check.TooShort, []string{"short"}},
	} {
		if got := result.Todo(check.Finding{Match: &c.m, Standing: &c.st, Note: c.note}); !slices.Equal(got, c.want) {
			t.Errorf("%s/%s: %v; want %v", c.m, c.st, got, c.want)
		}
	}
}

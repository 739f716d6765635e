package office_test

import (
	"slices"
	"strings"
	"testing"

	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/proof"
)

// What a sealed revision answers is set by the acts, noted inside the house, and
// nowhere else.
func TestAnswers(t *testing.T) {
	h := officetest.New(t)
	ctx := t.Context()
	answers := func() string {
		t.Helper()
		all, err := h.AnswersOf(ctx, "harbour", "D")
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, a := range all {
			out = append(out, string(a.Answers))
		}
		return strings.Join(out, " ")
	}
	drafts := func() int {
		t.Helper()
		all, _, err := office.DraftsOnCopy(ctx, h.Folder(), "")
		if err != nil {
			t.Fatal(err)
		}
		return len(all)
	}
	if err := h.Start(ctx, "harbour", "drafter", officetest.Content(t, "D", "The lock will be closed for repairs.")); err != nil {
		t.Fatal(err)
	}
	circulate := func(outside bool, a office.Answers) {
		t.Helper()
		if _, err := h.CirculateAnswering(ctx, "harbour", "clerk", "D", []office.Holder{{Name: "Guard", Purpose: "information", Outside: outside}}, a); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		outside bool
		set     office.Answers
		want    string
	}{
		{false, "", "silent"}, {true, office.Silent, "silent"}, {true, "", "on_copy"}, {false, "", "on_copy"}, {false, office.Silent, "silent"}, {false, office.OnCopy, "on_copy"},
	} {
		circulate(c.outside, c.set)
		if got := answers(); got != c.want {
			t.Errorf("outside %v, --answers %q: %s; want %s", c.outside, c.set, got, c.want)
		}
		if want := strings.Count(c.want, "on_copy"); drafts() != want {
			t.Errorf("%d drafts answer; want %d", drafts(), want)
		}
	}
	before, err := h.Folder().Read(ctx, proof.Policy{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.SetAnswers(ctx, "harbour", "press", "D", 1, office.Silent); err != nil {
		t.Fatal(err)
	}
	after, err := h.Folder().Read(ctx, proof.Policy{}, nil)
	if err != nil || after.State.Size() != before.State.Size() {
		t.Errorf("the log has %d entries more: %v", after.State.Size()-before.State.Size(), err)
	}
	notes, err := h.Journal(ctx, "harbour", "D")
	if err != nil {
		t.Fatal(err)
	}
	last := notes[len(notes)-1]
	if last.Act != "answers" || last.Actor != "press" || last.Text != "revision 1: silent" {
		t.Errorf("the journal ends with %+v", last)
	}
}

func TestAnswersRefused(t *testing.T) {
	h := officetest.New(t)
	ctx := t.Context()
	if err := h.Start(ctx, "harbour", "drafter", officetest.Content(t, "D", "The lock will be closed for repairs.")); err != nil {
		t.Fatal(err)
	}
	set := func(by string, revision uint32, a office.Answers) error {
		return h.SetAnswers(ctx, "harbour", by, "D", revision, a)
	}
	if err := set("clerk", 0, office.OnCopy); kind.Of(err) != kind.NotFound || !strings.Contains(err.Error(), "0 sealed revisions") {
		t.Errorf("nothing sealed: %v", err)
	}
	if _, err := h.Seal(ctx, "harbour", "drafter", "D"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		err  error
		kind kind.Kind
	}{
		{"a drafter", set("drafter", 0, office.OnCopy), kind.Forbidden},
		{"nobody", set("nobody", 0, office.OnCopy), kind.Forbidden},
		{"no such revision", set("clerk", 2, office.OnCopy), kind.NotFound},
		{"no such answer", set("clerk", 1, "loud"), kind.Invalid},
		{"no answer", set("clerk", 1, ""), kind.Invalid},
	} {
		if kind.Of(c.err) != c.kind {
			t.Errorf("%s: %v", c.name, c.err)
		}
	}
	if _, err := h.CirculateAnswering(ctx, "harbour", "clerk", "D", []office.Holder{{Name: "A", Purpose: "b"}}, "loud"); kind.Of(err) != kind.Invalid {
		t.Errorf("circulate: %v", err)
	}
	all, err := h.AnswersOf(ctx, "harbour", "D")
	if err != nil || !slices.Equal(all, []office.RevisionAnswers{{Revision: 1, Answers: office.Silent}}) {
		t.Errorf("%v, %v", all, err)
	}
}

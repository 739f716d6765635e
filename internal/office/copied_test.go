package office_test

import (
	"strings"
	"testing"

	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/letter"
)

// What was given out can be printed again, word for word, and its receipt noted
// once.
func TestGivenCopies(t *testing.T) {
	h := officetest.New(t)
	ref := letter.Ref("HC-2026-0001")
	if err := h.Start(t.Context(), "harbour", "drafter", officetest.Content(t, ref, "Sir,\n\nThe lock closes on 4 March.\n")); err != nil {
		t.Fatal(err)
	}
	if got, err := h.Copies(t.Context(), "harbour", ref); err != nil || len(got) != 0 {
		t.Errorf("before any was made: %v %v", got, err)
	}
	if _, err := h.DraftProof(t.Context(), "harbour", ref, 1); kind.Of(err) != kind.NotFound {
		t.Errorf("a proof of no revision: %v", err)
	}
	made, err := h.Circulate(t.Context(), "harbour", "clerk", ref, []office.Holder{{Name: "Pilots", Purpose: "coordination", Outside: true}, {Name: "Legal", Purpose: "clearance"}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := h.Copies(t.Context(), "harbour", ref)
	if err != nil || len(got) != 2 || !got[0].ReceivedAt.IsZero() {
		t.Fatalf("%v %v", got, err)
	}
	for i, c := range made.Copies {
		a, _ := c.Text("en")
		if b, ok := got[i].Paper.Text("en"); !ok || a != b || got[i].Outside != c.Outside {
			t.Errorf("copy %d was\n%s\nand is\n%s", i+1, a, b)
		}
	}
	for _, c := range []struct {
		by       string
		rev, n   uint32
		note     string
		want     kind.Kind
		contains string
	}{
		{"press", 1, 1, "", kind.Forbidden, "a drafter or an issuing clerk"},
		{"clerk", 1, 3, "", kind.NotFound, "no such copy"},
		{"clerk", 2, 1, "", kind.NotFound, "no such copy"},
		{"clerk", 1, 1, "two\nlines", kind.Invalid, "one line"},
		{"clerk", 1, 1, " by hand ", kind.Unknown, ""},
		{"clerk", 1, 1, "", kind.Conflict, "noted already"},
	} {
		err := h.CopyReceived(t.Context(), "harbour", c.by, ref, c.rev, c.n, c.note)
		if kind.Of(err) != c.want || err != nil && !strings.Contains(err.Error(), c.contains) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	if got, err = h.Copies(t.Context(), "harbour", ref); err != nil || got[0].ReceivedAt.IsZero() || got[0].ReceivedBy != "clerk" || got[0].Note != "by hand" || !got[1].ReceivedAt.IsZero() {
		t.Errorf("%+v %v", got, err)
	}
	if b, err := h.DraftProof(t.Context(), "harbour", ref, 1); err != nil || b.Draft == nil || string(b.Entry) != string(made.Draft.Entry) {
		t.Errorf("%v", err)
	}
}

package watch_test

import (
	"testing"
	"time"

	"chancery.example/internal/office/officetest"
	"chancery.example/internal/watch"
	"chancery.example/proof"
)

// TestMonitorOfTheMap: the roots of the look-up map are made anew from the entries
// and the words, erased ones by their tombstones; one that is not right is told of
// once (lookup.md MUST-15).
func TestMonitorOfTheMap(t *testing.T) {
	h := officetest.New(t)
	logMap := func() {
		t.Helper()
		h.Clock.Step(time.Second)
		if ok, err := h.LogMap(t.Context()); err != nil || !ok {
			t.Fatal(ok, err)
		}
	}
	issue(t, h, "HC-1", "Sir,\n\nthe ship leaves.\n")
	logMap()
	s, o := newStage(t, h.Dir), options(t.TempDir())
	m := open(t, s.URL, o)
	want(t, m, "")
	issue(t, h, "HC-2", "Sir,\n\nthe ship stays.\n")
	logMap()
	want(t, m, "")
	reading, err := h.Folder().Read(t.Context(), proof.Policy{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for text := range reading.State.Texts() {
		if text.Record.Reference == "HC-1" {
			if err := h.Folder().Erase(text.Leaf); err != nil {
				t.Fatal(err)
			}
		}
	}
	fresh := options(t.TempDir())
	want(t, open(t, s.URL, fresh), "") // it knows the words by their tombstone alone
	wrong(t, h)
	if alerts := want(t, m, "index_wrong"); alerts[0].Level != watch.Misbehaviour {
		t.Errorf("%+v", alerts)
	}
	want(t, m, "")
	want(t, open(t, s.URL, o), "") // told before it was started anew
	want(t, open(t, s.URL, options(t.TempDir())), "index_wrong")
}

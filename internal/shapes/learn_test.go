package shapes_test

import (
	"os"
	"path/filepath"
	"testing"
)

// TestLearning: what was learnt is kept, so that another start reads nothing; a letter
// that is issued later is learnt; one that is erased by legal order is forgotten, in
// memory and in the cache.
func TestLearning(t *testing.T) {
	w := newTown(t, english(t))
	dir := t.TempDir()
	r, _, _ := newReader(t, dir)
	snap, f := w.snapshot(t)
	if err := r.Learn(t.Context(), snap, f); err != nil || r.Known() != 1 {
		t.Fatalf("%d pages, %v", r.Known(), err)
	}
	w.issue(t, reference(1), arabic(t))
	snap, f = w.snapshot(t)
	if err := r.Learn(t.Context(), snap, f); err != nil || r.Known() != 2 {
		t.Fatalf("after another letter: %d pages, %v", r.Known(), err)
	}
	again, _, _ := newReader(t, dir)
	names := kept(t, dir)
	for _, name := range names { // what is there is taken, not written anew
		if err := os.Chmod(filepath.Join(dir, name), 0o400); err != nil {
			t.Fatal(err)
		}
	}
	if err := again.Learn(t.Context(), snap, f); err != nil || again.Known() != 2 || len(names) != 2 {
		t.Fatalf("from %v: %d pages, %v", names, again.Known(), err)
	}
	for x := range snap.State().Texts() {
		if x.Record.Reference != reference(0) {
			continue
		}
		if _, err := w.house.Erase(t.Context(), x.Leaf.Hash, "order 12"); err != nil {
			t.Fatal(err)
		}
	}
	snap, f = w.snapshot(t)
	if err := r.Learn(t.Context(), snap, f); err != nil || r.Known() != 1 || len(kept(t, dir)) != 1 {
		t.Errorf("after one was erased: %d pages, %v kept, %v", r.Known(), kept(t, dir), err)
	}
}

func kept(t *testing.T, dir string) (out []string) {
	t.Helper()
	names, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		out = append(out, n.Name())
	}
	return out
}

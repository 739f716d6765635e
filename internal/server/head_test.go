package server_test

import (
	"os"
	"path/filepath"
	"testing"

	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/server"
	"chancery.example/proof"
)

// The second place of the last head (folder.md MUST-16): named once, it stops
// whoever puts an old copy of the whole folder in place.
func TestOldFolderIsNoticed(t *testing.T) {
	h := officetest.New(t)
	place := filepath.Join(t.TempDir(), "head")
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	if err := server.RememberAlso(t.Context(), h.Dir, place); err != nil {
		t.Fatal(err)
	}
	old := filepath.Join(t.TempDir(), "old")
	copyWhole(t, h.Dir, old)
	act(t, h, "HC-1")
	heads, err := server.RememberedHeads(h.Dir)
	if err != nil || len(heads) != 2 || heads[0].Head != heads[1].Head || heads[0].Head.Size != 5 {
		t.Fatalf("remembered %v, %v", heads, err)
	}
	if err := os.RemoveAll(h.Dir); err != nil {
		t.Fatal(err)
	}
	copyWhole(t, old, h.Dir)
	r, err := office.Open(t.Context(), h.Dir, h.Options())
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Sync(t.Context()); kind.Of(err) != kind.Unavailable {
		t.Errorf("an old copy of the whole folder goes on: %v", err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	report, err := server.Fsck(t.Context(), h.Dir, proof.Policy{}, nil)
	if err != nil || !report.Damaged() {
		t.Errorf("fsck finds nothing (%v)", err)
	}
	if err := server.RememberAlso(t.Context(), h.Dir, place); kind.Of(err) != kind.Conflict {
		t.Errorf("the second place is set back: %v", err)
	}
}

func TestSecondPlaceRefuses(t *testing.T) {
	h := officetest.New(t)
	for name, want := range map[string]kind.Kind{
		filepath.Join(h.Dir, "head"):         kind.Invalid,
		filepath.Join(h.Dir, "office.db"):    kind.Invalid,
		filepath.Join(t.TempDir(), "a", "b"): kind.Unavailable,
	} {
		if err := server.RememberAlso(t.Context(), h.Dir, name); kind.Of(err) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
	letter := filepath.Join(t.TempDir(), "letter.txt")
	if err := os.WriteFile(letter, []byte("Sir,\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := server.RememberAlso(t.Context(), h.Dir, letter); kind.Of(err) != kind.Conflict {
		t.Errorf("a letter is written over: %v", err)
	}
	if heads, err := server.RememberedHeads(h.Dir); err != nil || len(heads) != 1 {
		t.Errorf("remembered %v, %v", heads, err)
	}
}

func copyWhole(t *testing.T, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	keys, err := filepath.Glob(filepath.Join(to, "keys", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range keys {
		if err := os.Chmod(k, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// act opens the house's folder, issues a letter there and closes it.
func act(t *testing.T, h *officetest.House, ref string) {
	t.Helper()
	r, err := office.Open(t.Context(), h.Dir, h.Options())
	if err != nil {
		t.Fatal(err)
	}
	h.Register = r
	h.IssueLetter(t, "harbour", officetest.Content(t, "HC-1", "Sir,\n\n"+ref+".\n"), office.Terms{})
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
}

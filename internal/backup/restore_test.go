package backup_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"chancery.example/internal/backup"
	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/letter"
	"chancery.example/register"
)

// later is a house that went on after its backup: HC-1, backup, HC-2.
func later(t *testing.T) (h *officetest.House, raw, keys []byte) {
	t.Helper()
	h = officetest.New(t)
	issue(t, h, "HC-1")
	raw, keys = take(t, h.Dir), keysOf(t, h.Dir)
	issue(t, h, "HC-2")
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	return h, raw, keys
}

// TestOlderThanTheHead: an older backup signs nothing, and can be read (backup.md MUST-7).
func TestOlderThanTheHead(t *testing.T) {
	h, raw, keys := later(t)
	o := known(t, filepath.Join(h.Dir, "log.head"))
	o.Keys = bytes.NewReader(keys)
	dir := filepath.Join(t.TempDir(), "restored")
	if _, err := backup.Restore(t.Context(), bytes.NewReader(raw), dir, backup.Options{}); !errors.Is(err, backup.ErrUnknownHead) {
		t.Errorf("no head is known: %v", err)
	}
	if _, err := backup.Restore(t.Context(), bytes.NewReader(raw), dir, o); !errors.Is(err, backup.ErrOlder) || !strings.Contains(err.Error(), "--read-only") {
		t.Errorf("older: %v", err)
	}
	left(t, dir)
	got, err := backup.Verify(t.Context(), bytes.NewReader(raw), o)
	if err != nil || got.Behind != 2 {
		t.Errorf("verified: %d behind, %v", got.Behind, err)
	}
	o.ReadOnly = true
	got, err = backup.Restore(t.Context(), bytes.NewReader(raw), dir, o)
	if err != nil || !got.ReadOnly || got.Behind != 2 || got.Office {
		t.Fatalf("to be read: %+v, %v", got, err)
	}
	if r := sound(t, dir); r.Letters != 1 {
		t.Errorf("%d letters can be read", r.Letters)
	}
	if _, err := office.Open(t.Context(), dir, h.Options()); kind.Of(err) != kind.NotFound {
		t.Errorf("acting on it: %v", err)
	}
	if _, err := office.Rebuild(t.Context(), dir, h.Options(), nil); err != nil {
		t.Fatal(err)
	}
	r, err := office.Open(t.Context(), dir, h.Options())
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Sync(t.Context()); err == nil {
		t.Error("a register to be read signs")
	}
	_ = r.Close()
}

// TestAnotherLog: a head of another log, or of a fork of this one, stops it.
func TestAnotherLog(t *testing.T) {
	h, raw, _ := later(t)
	dir := filepath.Join(t.TempDir(), "restored")
	o := known(t, filepath.Join(h.Dir, "log.head"))
	other := *o.Known
	other.Origin = "letters.river.example/main/2026"
	if _, err := backup.Restore(t.Context(), bytes.NewReader(raw), dir, backup.Options{Known: &other}); kind.Of(err) != kind.Invalid {
		t.Errorf("a head of another log: %v", err)
	}
	fork := *o.Known
	fork.Size, fork.Root = 3, letter.Hash{1}
	if _, err := backup.Restore(t.Context(), bytes.NewReader(raw), dir, backup.Options{Known: &fork}); !errors.Is(err, backup.ErrDamaged) || !strings.Contains(err.Error(), "fork") {
		t.Errorf("a head of a fork: %v", err)
	}
	left(t, dir)
}

// TestWithAMirror: the backup's database and a mirror's newer log make the
// register that was lost, its newest letter with it.
func TestWithAMirror(t *testing.T) {
	h, raw, keys := later(t)
	mirror := filepath.Join(t.TempDir(), "mirror")
	if err := os.CopyFS(mirror, os.DirFS(h.Dir)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"office.db", "log.head", "keys", "log/.state"} {
		if err := os.RemoveAll(filepath.Join(mirror, name)); err != nil {
			t.Fatal(err)
		}
	}
	dir := filepath.Join(t.TempDir(), "restored")
	o := known(t, filepath.Join(h.Dir, "log.head"))
	o.Mirror, o.Keys = mirror, bytes.NewReader(keys)
	got, err := backup.Restore(t.Context(), bytes.NewReader(raw), dir, o)
	if err != nil || got.Head != *o.Known || got.Fsck.Letters != 2 {
		t.Fatalf("restored %+v, %v", got, err)
	}
	h.Register, err = office.Open(t.Context(), dir, h.Options())
	if err != nil {
		t.Fatal(err)
	}
	h.Dir = dir
	withdraw(t, h, "HC-2")
	issue(t, h, "HC-3")
	if _, err := h.SubmitFinished(t.Context(), "harbour", "drafter", officetest.Content(t, "HC-2", "Again.\n"), office.Terms{}); kind.Of(err) != kind.Conflict {
		t.Errorf("a reference that was used after the backup is free again: %v", err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	if r := sound(t, dir); r.Letters != 3 {
		t.Errorf("%d letters", r.Letters)
	}
	// A mirror of another log, or an older one, is of no use.
	o.Keys = nil
	if _, err := backup.Restore(t.Context(), bytes.NewReader(take(t, dir)), dir+"2", o); err == nil {
		t.Error("restored from an older mirror")
	}
	o.Mirror = officetest.New(t).Dir
	if _, err := backup.Restore(t.Context(), bytes.NewReader(raw), dir+"3", o); err == nil {
		t.Error("restored from a mirror of another log")
	}
}

func withdraw(t *testing.T, h *officetest.House, ref letter.Ref) {
	t.Helper()
	q, err := h.ProposeWithdraw(t.Context(), "harbour", "clerk", ref, register.Words{"en": "The ship stays."})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Carry(t.Context(), q, "clerk", h.Signer("harbour", "commissioner"), h.Signer("harbour", "legal")); err != nil {
		t.Fatal(err)
	}
}

package backup_test

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"chancery.example/internal/backup"
	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/tlog"
	"chancery.example/internal/watch"
	"chancery.example/letter"
	"chancery.example/proof"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// issue issues a letter of the house.
func issue(t testing.TB, h *officetest.House, ref string) {
	t.Helper()
	h.IssueLetter(t, "harbour", officetest.Content(t, letter.Ref(ref), "Sir,\n\nthe ship "+ref+" leaves at noon.\n"), office.Terms{})
}

func take(t testing.TB, dir string) []byte {
	t.Helper()
	f, err := folder.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := backup.Write(t.Context(), f, &b, noon, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func keysOf(t testing.TB, dir string) []byte {
	t.Helper()
	f, err := folder.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if n, err := backup.WriteKeys(f, &b, noon); err != nil || n != 4 {
		t.Fatal(n, err)
	}
	return b.Bytes()
}

func known(t testing.TB, path string) backup.Options {
	t.Helper()
	h, stamp, err := backup.Head(path)
	if err != nil {
		t.Fatal(err)
	}
	return backup.Options{Known: h, Stamp: stamp}
}

// left fails when anything is at a path, or half-written beside it.
func left(t testing.TB, dir string) {
	t.Helper()
	for _, p := range []string{dir, dir + ".part"} {
		if _, err := os.Lstat(p); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s is there (%v)", p, err)
		}
	}
}

// sound runs fsck over a folder.
func sound(t testing.TB, dir string) watch.Report {
	t.Helper()
	f, err := folder.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	r, err := watch.Fsck(t.Context(), f, proof.Policy{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range r.Findings {
		if x.Severity == watch.Damage {
			t.Error(x)
		}
	}
	return r
}

// members reads an archive's members.
func members(t testing.TB, raw []byte) map[string]string {
	t.Helper()
	out := map[string]string{}
	for in := tar.NewReader(bytes.NewReader(raw)); ; {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		out[h.Name] = string(b)
	}
}

// TestThereAndBack: a register goes on from a backup as if nothing had been.
func TestThereAndBack(t *testing.T) {
	h := officetest.New(t)
	issue(t, h, "HC-1")
	c := officetest.Content(t, "HC-2", "Sir,\n\nnot yet.\n")
	if err := h.Start(t.Context(), "harbour", "drafter", c); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Seal(t.Context(), "harbour", "drafter", "HC-2"); err != nil {
		t.Fatal(err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	raw, keys := take(t, h.Dir), keysOf(t, h.Dir)
	o := known(t, filepath.Join(h.Dir, "log.head"))
	o.Keys = bytes.NewReader(keys)
	dir := filepath.Join(t.TempDir(), "restored")
	got, err := backup.Restore(t.Context(), bytes.NewReader(raw), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	if got.Head.Size != 6 || !got.Office || got.ReadOnly || got.Behind != 0 || got.Fsck.Letters != 1 {
		t.Errorf("restored %+v", got)
	}
	r, err := office.Open(t.Context(), dir, h.Options())
	if err != nil {
		t.Fatal(err)
	}
	h.Register, h.Dir = r, dir
	q, err := h.Submit(t.Context(), "harbour", "drafter", "HC-2", office.Terms{}) // the draft and its salts are there
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Carry(t.Context(), q, "clerk", h.Signer("harbour", "commissioner"), h.Signer("harbour", "legal")); err != nil {
		t.Fatal(err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	if r := sound(t, dir); r.Letters != 2 || r.Entries != 7 {
		t.Errorf("after it went on: %+v", r)
	}
}

// TestNoKeyAndNoHead: neither is in a backup (backup.md MUST-3), whatever lies in the folder.
func TestNoKeyAndNoHead(t *testing.T) {
	h := officetest.New(t)
	issue(t, h, "HC-1")
	if err := os.WriteFile(filepath.Join(h.Dir, "texts", ".new-1"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	raw := take(t, h.Dir)
	for name, content := range members(t, raw) {
		if strings.HasPrefix(name, "keys") || strings.HasPrefix(name, "log.head") || strings.Contains(content, "PRIVATE KEY") || strings.Contains(content, "chancery-head") {
			t.Errorf("%s is in the backup", name)
		}
	}
	if bytes.Contains(raw, []byte("PRIVATE KEY")) {
		t.Error("a key is in the backup")
	}
	again := take(t, h.Dir)
	if a, b := members(t, raw), members(t, again); !slices.Equal(slices.Sorted(maps.Keys(a)), slices.Sorted(maps.Keys(b))) || a["manifest"] != b["manifest"] {
		t.Error("a register that did not change gives two backups that differ")
	}
}

// TestUnderLoad: a backup taken while letters are issued is of one moment, and
// what goes on from it gives the very log that the register went on to.
func TestUnderLoad(t *testing.T) {
	h := officetest.New(t)
	issue(t, h, "HC-0")
	ctx, stop := context.WithCancel(t.Context())
	var busy sync.WaitGroup
	for n := range 4 {
		busy.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				ref := letter.Ref(fmt.Sprintf("HC-%d-%d", n, i))
				q, err := h.SubmitFinished(ctx, "harbour", "drafter", officetest.Content(t, ref, "Sir,\n\n"+string(ref)+".\n"), office.Terms{})
				if err == nil {
					_, err = h.Carry(ctx, q, "clerk", h.Signer("harbour", "commissioner"), h.Signer("harbour", "legal"))
				}
				if err != nil && ctx.Err() == nil {
					t.Error(err)
					return
				}
			}
		})
	}
	var all [][]byte
	for range 4 {
		time.Sleep(150 * time.Millisecond)
		all = append(all, take(t, h.Dir))
	}
	stop()
	busy.Wait()
	if err := h.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	keys := keysOf(t, h.Dir)
	for i, raw := range all {
		goesOn(t, h, raw, keys, i)
	}
}

func goesOn(t *testing.T, h *officetest.House, raw, keys []byte, i int) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "restored")
	o := backup.Options{Newest: true, Keys: bytes.NewReader(keys)}
	got, err := backup.Restore(t.Context(), bytes.NewReader(raw), dir, o)
	if err != nil {
		t.Fatalf("backup %d: %v", i, err)
	}
	r, err := office.Open(t.Context(), dir, h.Options())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(r.Sync(t.Context()), r.Close()); err != nil {
		t.Fatalf("backup %d: %v", i, err)
	}
	now := sound(t, dir).Checkpoint.Head
	log, err := tlog.OpenReader(filepath.Join(h.Dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	head, err := log.Head()
	if err != nil {
		t.Fatal(err)
	}
	root, err := log.RootAt(head, now.Size)
	if err != nil || root != now.Root {
		t.Errorf("backup %d of %d entries went on to %d of another log (%v)", i, got.Head.Size, now.Size, err)
	}
	t.Logf("backup %d: %d entries, %d on their way", i, got.Head.Size, got.Fsck.Pending)
}

// TestNothingIsWrittenOver: neither by a backup nor by a restoration.
func TestNothingIsWrittenOver(t *testing.T) {
	h := officetest.New(t)
	raw := take(t, h.Dir)
	if _, err := backup.Restore(t.Context(), bytes.NewReader(raw), h.Dir, backup.Options{Newest: true}); kind.Of(err) != kind.Conflict {
		t.Errorf("over a register: %v", err)
	}
	file := filepath.Join(t.TempDir(), "b.tar")
	if err := os.WriteFile(file, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := backup.CreateFile(file, func(*os.File) error { return nil }); kind.Of(err) != kind.Conflict {
		t.Errorf("over a file: %v", err)
	}
	empty := t.TempDir()
	if _, err := backup.Restore(t.Context(), bytes.NewReader(raw), empty, backup.Options{Newest: true}); err != nil {
		t.Errorf("into an empty folder: %v", err)
	}
}

// TestInterrupted: what is stopped in the middle leaves nothing, and what a crash
// left is used again, unless somebody is writing it (backup.md MUST-6).
func TestInterrupted(t *testing.T) {
	h := officetest.New(t)
	issue(t, h, "HC-1")
	f, err := folder.Open(h.Dir)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "b.tar")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err = backup.CreateFile(file, func(w *os.File) error { _, err := backup.Write(ctx, f, w, noon, nil); return err })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("a backup that was stopped: %v", err)
	}
	left(t, file)
	if err := os.WriteFile(file+".part", bytes.Repeat([]byte("crash"), 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	err = backup.CreateFile(file, func(w *os.File) error {
		if err := backup.CreateFile(file, func(*os.File) error { return nil }); kind.Of(err) != kind.Unavailable {
			t.Errorf("two write one file: %v", err)
		}
		_, err := backup.Write(t.Context(), f, w, noon, nil)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "restored")
	if _, err := backup.Restore(ctx, bytes.NewReader(raw), dir, backup.Options{Newest: true}); !errors.Is(err, context.Canceled) {
		t.Errorf("a restoration that was stopped: %v", err)
	}
	left(t, dir)
	if err := os.MkdirAll(filepath.Join(dir+".part", "texts", "left"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := backup.Restore(t.Context(), bytes.NewReader(raw), dir, backup.Options{Newest: true}); err != nil {
		t.Fatal(err)
	}
	left(t, dir+".part")
	if _, err := os.Stat(filepath.Join(dir, "texts", "left")); err == nil {
		t.Error("what a crash left is in the restored register")
	}
}

// TestKeys: keys come back for their owner alone, and only to their own register.
func TestKeys(t *testing.T) {
	h := officetest.New(t)
	raw, keys := take(t, h.Dir), keysOf(t, h.Dir)
	dir := filepath.Join(t.TempDir(), "restored")
	o := backup.Options{Newest: true, Keys: bytes.NewReader(keys)}
	if _, err := backup.Restore(t.Context(), bytes.NewReader(raw), dir, o); err != nil {
		t.Fatal(err)
	}
	names, err := os.ReadDir(filepath.Join(dir, "keys"))
	if err != nil || len(names) != 4 {
		t.Fatal(names, err)
	}
	for _, n := range names {
		if i, err := n.Info(); err != nil || i.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", n.Name(), i.Mode())
		}
	}
	for name, other := range map[string][]byte{
		"a backup": raw, "half": keys[:len(keys)/2],
		"another register's": bytes.Replace(keys, []byte(officetest.Origin), []byte(strings.Replace(officetest.Origin, "harbour", "hxrbour", 1)), 1),
	} {
		o.Keys = bytes.NewReader(other)
		if _, err := backup.Restore(t.Context(), bytes.NewReader(raw), dir+"2", o); kind.Of(err) != kind.Invalid {
			t.Errorf("keys from %s: %v", name, err)
		}
		left(t, dir+"2")
	}
}

package crash

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/backup"
	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/server"
)

// TestOldBackup is F10: something old is put in place of something newer, in
// every way that people do it. Nothing is signed, the message says what to do,
// everybody can still read, and with the newest copy back the register goes on.
func TestOldBackup(t *testing.T) {
	rounds, refusals, began := amount(1, 4), 0, time.Now()
	for round := range rounds {
		for name, way := range waysBack {
			t.Run(fmt.Sprintf("%s %d", name, round), func(t *testing.T) {
				setBack(t, way)
				refusals++
			})
		}
	}
	t.Logf("F10: %d restorations of an old backup in %v, %d ways each %d times; none signed", refusals, time.Since(began).Round(time.Second), len(waysBack), rounds)
}

// A wayBack puts what is old in place; register is in dir, what it was in old, and
// a backup of then in file. It returns the folder in which somebody then acts.
type wayBack func(t *testing.T, dir, old, file string) string

var waysBack = map[string]wayBack{
	"the log": func(t *testing.T, dir, old, _ string) string {
		replace(t, dir, old, "log")
		return dir
	},
	"the database": func(t *testing.T, dir, old, _ string) string {
		replace(t, dir, old, "office.db", "office.db-wal", "office.db-shm")
		return dir
	},
	"log and database": func(t *testing.T, dir, old, _ string) string {
		replace(t, dir, old, "log", "office.db", "office.db-wal", "office.db-shm", "texts")
		return dir
	},
	"the whole folder, with a second place": func(t *testing.T, dir, old, _ string) string {
		replace(t, dir, old, "log", "office.db", "office.db-wal", "office.db-shm", "texts", "log.head")
		return dir
	},
	"a backup, unpacked by hand": func(t *testing.T, dir, _, file string) string {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		to := dir + "-by-hand"
		_, err = backup.Restore(t.Context(), bytes.NewReader(raw), to, backup.Options{ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		// What a careful person would not do: the newest database to an old log.
		for _, name := range []string{"office.db", "keys", "log.head"} {
			if err := copyTree(filepath.Join(to, name), filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
		return to
	},
}

func replace(t *testing.T, dir, old string, names ...string) {
	t.Helper()
	for _, name := range names {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		if err := copyTree(filepath.Join(dir, name), filepath.Join(old, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
}

func setBack(t *testing.T, way wayBack) {
	t.Helper()
	b := newBase(t)
	dir, second := b.dir, filepath.Join(t.TempDir(), "head")
	if err := server.RememberAlso(t.Context(), dir, second); err != nil {
		t.Fatal(err)
	}
	issued := func(ref string) []byte {
		out, err := onceCommand(dir, ref).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return out
	}
	var acks []byte
	for i := range 1 + rand.IntN(amount(1, 3)) {
		acks = append(acks, issued(fmt.Sprintf("OLD-%d", i))...)
	}
	old, file := filepath.Join(t.TempDir(), "old"), filepath.Join(t.TempDir(), "b.tar")
	if err := copyTree(old, dir); err != nil {
		t.Fatal(err)
	}
	f, err := folder.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := backup.CreateFile(file, func(w *os.File) error {
		_, err := backup.Write(t.Context(), f, w, time.Now(), nil)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for i := range 1 + rand.IntN(amount(1, 3)) {
		acks = append(acks, issued(fmt.Sprintf("NEW-%d", i))...)
	}
	newest := filepath.Join(t.TempDir(), "newest")
	if err := copyTree(newest, dir); err != nil {
		t.Fatal(err)
	}
	refusesToSign(t, b, way(t, dir, old, file), second)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := copyTree(dir, newest); err != nil {
		t.Fatal(err)
	}
	out, err := onceCommand(dir, "AFTER-1").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "ack ") {
		t.Errorf("with the newest copy back: %v: %s", err, out)
	}
	b.judge(t, dir, append(acks, out...))
}

// refusesToSign acts on a folder that is old, which must sign nothing and say why.
func refusesToSign(t *testing.T, b base, dir, second string) {
	t.Helper()
	log, remembered := snapshotLog(t, dir), mustRead(t, second)
	r, err := office.Open(t.Context(), dir, options())
	if err != nil {
		t.Fatal(err)
	}
	err = r.Sync(t.Context())
	if kind.Of(err) != kind.Unavailable || !strings.Contains(err.Error(), "restore the newest") {
		t.Errorf("%s: it signs, or does not say what to do: %v", dir, err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if !bytes.Equal(log, snapshotLog(t, dir)) || !bytes.Equal(remembered, mustRead(t, second)) {
		t.Error("a head was signed, or the memory of one changed")
	}
	f, err := folder.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Read(t.Context(), b.policy, nil); err != nil {
		t.Errorf("it cannot be read: %v", err)
	}
}

func snapshotLog(t *testing.T, dir string) []byte {
	t.Helper()
	return mustRead(t, filepath.Join(dir, "log", "checkpoint"))
}

func mustRead(t *testing.T, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

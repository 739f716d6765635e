package tlog_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"chancery.example/internal/tlog"
)

// A folder set back as a whole, its log.head with it, is noticed by the place
// outside (folder.md MUST-16).
func TestWholeFolderSetBack(t *testing.T) {
	whole := t.TempDir()
	dir, second := filepath.Join(whole, "log"), filepath.Join(t.TempDir(), "head")
	o := tlog.Options{RepublishEvery: -1, SecondHead: second}
	l := open(t, dir, o)
	fill(t, l, 2)
	closeLog(t, l)
	backup := filepath.Join(t.TempDir(), "backup")
	copyDir(t, whole, backup)
	l = open(t, dir, o)
	add(t, l, "newer")
	closeLog(t, l)
	if err := os.RemoveAll(whole); err != nil {
		t.Fatal(err)
	}
	copyDir(t, backup, whole)
	refused(t, dir, newKey(t, origin, 1), o, tlog.ErrRollback)
	if h := head(t, reader(t, dir)); h.Size != 2 {
		t.Errorf("it is not readable any more: %v", h)
	}
	// Without the second place nobody notices, which is why there is one.
	add(t, open(t, dir, tlog.Options{RepublishEvery: -1}), "other")
}

func TestSecondPlaceMissing(t *testing.T) {
	dir, second := newDir(t), filepath.Join(t.TempDir(), "head")
	o := tlog.Options{RepublishEvery: -1, SecondHead: second}
	l := open(t, dir, o)
	fill(t, l, 2)
	closeLog(t, l)
	keep := read(t, second)
	if err := os.Remove(second); err != nil {
		t.Fatal(err)
	}
	refused(t, dir, newKey(t, origin, 1), o, tlog.ErrRollback)
	writeFile(t, second, strings.Replace(keep, "chancery", "chauncey", 1))
	refused(t, dir, newKey(t, origin, 1), o, nil)
	writeFile(t, second, keep)
	// The first place may be lost: the second knows.
	if err := os.Remove(dir + ".head"); err != nil {
		t.Fatal(err)
	}
	l = open(t, dir, o)
	add(t, l, "next")
	closeLog(t, l)
	if a, b := read(t, second), read(t, dir+".head"); a != b {
		t.Errorf("the places remember %q and %q", a, b)
	}
}

// A crash between the two files leaves either one a step behind. Both ways the
// register goes on, and the places agree again.
func TestCrashBetweenThePlaces(t *testing.T) {
	for _, behind := range []string{"the first", "the second"} {
		dir, second := newDir(t), filepath.Join(t.TempDir(), "head")
		o := tlog.Options{RepublishEvery: -1, SecondHead: second}
		l := open(t, dir, o)
		fill(t, l, 2)
		old := read(t, second)
		add(t, l, "one more")
		closeLog(t, l)
		path := second
		if behind == "the first" {
			path = dir + ".head"
		}
		writeFile(t, path, old)
		l = open(t, dir, o)
		add(t, l, "and one")
		closeLog(t, l)
		if a, b := read(t, second), read(t, dir+".head"); a != b {
			t.Errorf("%s behind: the places remember %q and %q", behind, a, b)
		}
	}
}

// Two appenders that share only the second place: one of them stops.
func TestTwoFoldersWithOneSecondPlace(t *testing.T) {
	dir, second := newDir(t), filepath.Join(t.TempDir(), "head")
	o := tlog.Options{RepublishEvery: -1, SecondHead: second}
	l := open(t, dir, o)
	fill(t, l, 1)
	closeLog(t, l)
	twin := newDir(t)
	copyDir(t, dir, twin)
	writeFile(t, twin+".head", read(t, dir+".head"))
	a, b := open(t, dir, o), open(t, twin, o)
	add(t, a, "first here")
	if _, err := b.Add(t.Context(), []byte("then there")); err != nil {
		t.Fatal(err)
	}
	if err := stopped(t, b); err == nil || !strings.Contains(err.Error(), "another appender") {
		t.Errorf("the second stopped because %v", err)
	}
}

// Two places that remember different heads over as many entries prove a fork.
func TestPlacesThatDiffer(t *testing.T) {
	dir, second := newDir(t), filepath.Join(t.TempDir(), "head")
	o := tlog.Options{RepublishEvery: -1, SecondHead: second}
	l := open(t, dir, o)
	fill(t, l, 2)
	closeLog(t, l)
	h, stamp, err := tlog.ReadHeadFile(second)
	if err != nil {
		t.Fatal(err)
	}
	h.Root[0] ^= 1
	if err := tlog.WriteHeadFile(second, h, stamp); err != nil {
		t.Fatal(err)
	}
	refused(t, dir, newKey(t, origin, 1), o, tlog.ErrRollback)
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func writeFile(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

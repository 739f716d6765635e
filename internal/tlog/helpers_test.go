package tlog_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"chancery.example/internal/tlog"
)

// copyDir copies a folder over another, keeping the dates as a backup does.
func copyDir(t testing.TB, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, p)
		if err != nil {
			return err
		}
		dst := filepath.Join(to, rel)
		if d.IsDir() {
			return os.MkdirAll(dst, 0o755)
		}
		b, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		if err := os.WriteFile(dst, b, 0o644); err != nil {
			return err
		}
		st, err := d.Info()
		if err != nil {
			return err
		}
		return os.Chtimes(dst, st.ModTime(), st.ModTime())
	})
	if err != nil {
		t.Fatal(err)
	}
}

// listing describes everything below a folder.
func listing(t testing.TB, dir string) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(dir, func(p string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		st, err := os.Lstat(p)
		if err != nil {
			return err
		}
		line := fmt.Sprint(p, " ", st.Mode())
		if !st.IsDir() {
			line += fmt.Sprint(" ", st.ModTime())
		}
		all = append(all, line)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// refused opens a log that must not open, and checks that nothing changed.
func refused(t *testing.T, dir string, k key, o tlog.Options, want error) {
	t.Helper()
	before := listing(t, filepath.Dir(dir))
	l, err := tlog.Open(t.Context(), dir, k.Signer, o)
	if err == nil {
		closeLog(t, l)
		t.Fatalf("opened: want %v", want)
	}
	if want != nil && !errors.Is(err, want) {
		t.Errorf("refused with %q: want %v", err, want)
	}
	if diff := cmp.Diff(before, listing(t, filepath.Dir(dir))); diff != "" {
		t.Errorf("the refusal left a trace: %s", diff)
	}
}

// stopped waits until the log signs nothing any more, and says why.
func stopped(t *testing.T, l *tlog.Log) error {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if err := l.Failure(); err != nil {
			return err
		}
	}
	t.Fatal("the log goes on")
	return nil
}

// readOnly takes the right to write from a folder and gives it back in the end.
func readOnly(t *testing.T, dir string) {
	t.Helper()
	var dirs []string
	_ = filepath.WalkDir(dir, func(p string, d fs.DirEntry, _ error) error {
		if d.IsDir() {
			dirs = append(dirs, p)
		}
		return nil
	})
	slices.Reverse(dirs)
	for _, p := range dirs {
		if err := os.Chmod(p, 0o555); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.Chmod(p, 0o755) })
	}
}

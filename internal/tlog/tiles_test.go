package tlog_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"chancery.example/internal/tlog"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// files returns what is below a folder by name, without what begins with a dot
// and without the checkpoint.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && strings.HasPrefix(d.Name(), "."):
			return fs.SkipDir
		case d.IsDir() || d.Name() == "checkpoint":
			return nil
		}
		b, err := os.ReadFile(p)
		out[filepath.ToSlash(strings.TrimPrefix(p, dir+"/"))] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// put is an emit that writes files into a folder.
func put(dir string) func(string, []byte) error {
	return func(name string, content []byte) error {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		return os.WriteFile(path, content, 0o644)
	}
}

// TestCopyIsTheLog: a copy made anew from the entries has the very files that
// the appender wrote, and no others, at every interesting size.
func TestCopyIsTheLog(t *testing.T) {
	for _, n := range []int{1, 3, 255, 256, 257, 520} {
		dir := newDir(t)
		l := open(t, dir, tlog.Options{RepublishEvery: -1})
		fill(t, l, n)
		closeLog(t, l)
		r := reader(t, dir)
		have, got := files(t, dir), map[string]string{}
		err := r.Copy(t.Context(), head(t, r), func(name string, content []byte) error {
			if _, twice := got[name]; twice {
				return fmt.Errorf("%s is written twice", name)
			}
			got[name] = string(content)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for name, content := range got {
			if have[name] != content {
				t.Errorf("%d entries: %s is not as the appender wrote it", n, name)
			}
		}
		// The appender leaves older partial files, and no others.
		for name := range have {
			if _, ok := got[name]; !ok && !strings.Contains(name, ".p/") {
				t.Errorf("%d entries: %s is not in the copy", n, name)
			}
		}
	}
}

// TestCopyAsOfAnEarlierHead: what came later is not in it, though the files of
// then may be gone.
func TestCopyAsOfAnEarlierHead(t *testing.T) {
	dir := newDir(t)
	l := open(t, dir, tlog.Options{RepublishEvery: -1})
	fill(t, l, 250)
	early := head(t, reader(t, dir))
	fill2(t, l, 250, 300)
	closeLog(t, l)
	for _, kind := range []string{"0", "entries"} { // as Tessera's collection does
		if err := os.RemoveAll(filepath.Join(dir, "tile", kind, "000.p")); err != nil {
			t.Fatal(err)
		}
	}
	to := t.TempDir()
	if err := reader(t, dir).Copy(t.Context(), early, put(to)); err != nil {
		t.Fatal(err)
	}
	count := 0
	err := reader(t, to).Entries(t.Context(), early, 0, func(i register.Index, e []byte) error {
		if string(e) != string(entry(int(i))) {
			return fmt.Errorf("entry %d is %q", i, e)
		}
		count++
		return nil
	})
	if err != nil || count != 250 {
		t.Errorf("%d entries, %v", count, err)
	}
}

// fill2 adds entries from one index up to another.
func fill2(t *testing.T, l *tlog.Log, from, to int) {
	t.Helper()
	for i := from; i < to; i++ {
		if _, err := l.Add(t.Context(), entry(i)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := l.AwaitPublished(t.Context(), register.Index(to-1)); err != nil {
		t.Fatal(err)
	}
}

// TestCopyOfThreeLevels: 65,800 entries have a tile on the third level; the tiles
// are authenticated by another implementation, x/mod.
func TestCopyOfThreeLevels(t *testing.T) {
	const n = 65_800
	var tree tlog.Frontier
	for i := range n {
		tree.Append(register.LeafHash(entry(i)))
	}
	h := proof.Head{Origin: origin, Size: n, Root: tree.Root()}
	to := t.TempDir()
	if err := tlog.TilesOf(n, entry, put(to)); err != nil {
		t.Fatal(err)
	}
	r := reader(t, to)
	for _, from := range []register.Index{0, 65_535, 65_536, n - 1} {
		if _, err := r.Inclusion(t.Context(), h, from); err != nil {
			t.Error(err)
		}
	}
	if err := r.Entries(t.Context(), h, 65_000, func(register.Index, []byte) error { return nil }); err != nil {
		t.Error(err)
	}
}

// TestCopyRefusesDamage: no file of a copy is made from an entry that is not
// under the head.
func TestCopyRefusesDamage(t *testing.T) {
	dir := newDir(t)
	l := open(t, dir, tlog.Options{})
	fill(t, l, 3)
	closeLog(t, l)
	r := reader(t, dir)
	wrong := head(t, r)
	wrong.Root = letter.Hash{1}
	if err := r.Copy(t.Context(), wrong, func(string, []byte) error { return nil }); err == nil {
		t.Error("copied under a root that is not the log's")
	}
	if err := r.Copy(t.Context(), head(t, r), func(string, []byte) error { return os.ErrPermission }); err == nil {
		t.Error("a file that could not be written is passed over")
	}
}

// TestAdopt: a copy becomes a log that goes on where the head ended.
func TestAdopt(t *testing.T) {
	dir := newDir(t)
	l := open(t, dir, tlog.Options{RepublishEvery: -1})
	fill(t, l, 260)
	closeLog(t, l)
	r := reader(t, dir)
	h := head(t, r)
	to := filepath.Join(t.TempDir(), "log")
	if err := r.Copy(t.Context(), h, put(to)); err != nil {
		t.Fatal(err)
	}
	cp, err := r.Checkpoint()
	if err != nil {
		t.Fatal(err)
	}
	if err := put(to)("checkpoint", cp); err != nil {
		t.Fatal(err)
	}
	refused(t, to, newKey(t, origin, 1), tlog.Options{}, tlog.ErrCorrupt)
	if err := tlog.Adopt(to, h); err != nil {
		t.Fatal(err)
	}
	if err := tlog.Adopt(to, h); err == nil {
		t.Error("adopted twice")
	}
	refused(t, to, newKey(t, origin, 1), tlog.Options{}, tlog.ErrRollback) // nobody says that it is the newest
	if err := tlog.WriteHeadFile(to+".head", h, 1); err != nil {
		t.Fatal(err)
	}
	again := open(t, to, tlog.Options{RepublishEvery: -1})
	if i, _ := add(t, again, string(entry(260))); i != 260 {
		t.Errorf("the next entry is at %d", i)
	}
	closeLog(t, again)
	l = open(t, dir, tlog.Options{RepublishEvery: -1})
	add(t, l, string(entry(260)))
	if a, b := head(t, reader(t, dir)), head(t, reader(t, to)); a != b {
		t.Errorf("the copy went on to %v, the log to %v", b, a)
	}
}

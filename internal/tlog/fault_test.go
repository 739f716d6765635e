package tlog_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"chancery.example/internal/tlog"
	"chancery.example/register"
)

func TestOneAppender(t *testing.T) {
	dir := newDir(t)
	l := open(t, dir, tlog.Options{RepublishEvery: -1})
	refused(t, dir, newKey(t, origin, 1), tlog.Options{}, tlog.ErrLocked)
	closeLog(t, l)
	if _, err := l.Add(t.Context(), []byte("late")); !errors.Is(err, tlog.ErrNotAdded) {
		t.Errorf("adding to a closed log: %v", err)
	}
	add(t, open(t, dir, tlog.Options{}), "by the next one")
}

func TestForeign(t *testing.T) {
	dir := newDir(t)
	l := open(t, dir, tlog.Options{})
	add(t, l, "an entry")
	closeLog(t, l)
	own, same, other := newKey(t, origin, 1), newKey(t, origin, 2), newKey(t, "letters.river.example/main/2026", 1)
	refused(t, dir, same, tlog.Options{}, tlog.ErrForeign)
	refused(t, dir, other, tlog.Options{}, tlog.ErrForeign)
	refused(t, dir, own, tlog.Options{Verifier: same.Verifier}, tlog.ErrForeign)

	elsewhere := newDir(t)
	refused(t, elsewhere, other, tlog.Options{HeadFile: dir + ".head"}, tlog.ErrForeign)
	if err := os.Mkdir(elsewhere, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(elsewhere, "holiday.jpg"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	refused(t, elsewhere, own, tlog.Options{}, tlog.ErrForeign)
}

func TestCopyForReadingIsNotAppendedTo(t *testing.T) {
	dir := newDir(t)
	l := open(t, dir, tlog.Options{})
	add(t, l, "an entry")
	closeLog(t, l)
	if err := os.RemoveAll(filepath.Join(dir, ".state")); err != nil {
		t.Fatal(err)
	}
	refused(t, dir, newKey(t, origin, 1), tlog.Options{}, tlog.ErrCorrupt)
}

func TestReadOnlyCopy(t *testing.T) {
	dir := newDir(t)
	l := open(t, dir, tlog.Options{})
	fill(t, l, 300)
	closeLog(t, l)
	mirror := filepath.Join(t.TempDir(), "mirror")
	copyDir(t, dir, mirror)
	if err := os.RemoveAll(filepath.Join(mirror, ".state")); err != nil {
		t.Fatal(err)
	}
	readOnly(t, mirror)
	before := listing(t, mirror)
	r := reader(t, mirror)
	h := head(t, r)
	for _, from := range []register.Index{0, 1, 255, 256, 299, 300} {
		next := from
		err := r.Entries(t.Context(), h, from, func(i register.Index, e []byte) error {
			if i != next || !bytes.Equal(e, entry(int(i))) {
				return fmt.Errorf("entry %d is %q: want entry %d", i, e, next)
			}
			next++
			return nil
		})
		if err != nil || next != 300 {
			t.Errorf("reading from %d ended before %d: %v", from, next, err)
		}
	}
	if _, err := r.Inclusion(t.Context(), h, 299); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(before, listing(t, mirror)); diff != "" {
		t.Errorf("reading left a trace: %s", diff)
	}
}

func TestTamperedEntry(t *testing.T) {
	dir := newDir(t)
	l := open(t, dir, tlog.Options{})
	fill(t, l, 3)
	before := head(t, reader(t, dir))
	bundle := filepath.Join(dir, "tile", "entries", "000.p", "3")
	b, err := os.ReadFile(bundle)
	if err != nil {
		t.Fatal(err)
	}
	b[2] ^= 1 // the first byte of entry 0
	if err := os.WriteFile(bundle, b, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := reader(t, dir).Entries(t.Context(), before, 0, func(register.Index, []byte) error { return nil }); !errors.Is(err, tlog.ErrCorrupt) {
		t.Errorf("reading: %v", err)
	}
	if _, err := l.Entry(t.Context(), 0); !errors.Is(err, tlog.ErrCorrupt) {
		t.Errorf("reading the entry: %v", err)
	}
	if got, err := l.Entry(t.Context(), 1); err != nil || !bytes.Equal(got, entry(1)) {
		t.Errorf("reading its neighbour: %q, %v", got, err)
	}

	// Tessera copies the bundle for the next entry and would have it signed.
	i, err := l.Add(t.Context(), entry(3))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.AwaitPublished(t.Context(), i); !errors.Is(err, tlog.ErrStopped) || !errors.Is(err, tlog.ErrCorrupt) {
		t.Errorf("waiting: %v", err)
	}
	if _, err := l.Add(t.Context(), entry(4)); !errors.Is(err, tlog.ErrNotAdded) || !errors.Is(err, tlog.ErrStopped) {
		t.Errorf("adding to a log that stopped: %v", err)
	}
	if h := head(t, reader(t, dir)); h != before {
		t.Errorf("a head over %d entries was published", h.Size)
	}
	closeLog(t, l)
	refused(t, dir, newKey(t, origin, 1), tlog.Options{}, tlog.ErrCorrupt)
}

func TestRollback(t *testing.T) {
	dir := newDir(t)
	backup := filepath.Join(t.TempDir(), "backup")
	l := open(t, dir, tlog.Options{RepublishEvery: -1})
	fill(t, l, 2)
	closeLog(t, l)
	copyDir(t, dir, backup)
	l = open(t, dir, tlog.Options{RepublishEvery: -1})
	add(t, l, "newer")

	t.Run("while open", func(t *testing.T) {
		// The same path again, but an older tree: what is added next gets an
		// index that a signed head covers already.
		copyDir(t, backup, dir)
		_, err := l.Add(t.Context(), []byte("other"))
		if !errors.Is(err, tlog.ErrRollback) || errors.Is(err, tlog.ErrNotAdded) {
			t.Errorf("adding: %v", err)
		}
		if err := stopped(t, l); !errors.Is(err, tlog.ErrRollback) && !errors.Is(err, tlog.ErrCorrupt) {
			t.Errorf("stopped because %v", err)
		}
	})
	closeLog(t, l)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	copyDir(t, backup, dir)
	refused(t, dir, newKey(t, origin, 1), tlog.Options{}, tlog.ErrRollback)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	refused(t, dir, newKey(t, origin, 1), tlog.Options{}, tlog.ErrRollback) // not even from nothing
}

func TestTwoCopiesWithOneMemory(t *testing.T) {
	dir := newDir(t)
	l := open(t, dir, tlog.Options{RepublishEvery: -1})
	fill(t, l, 1)
	closeLog(t, l)
	twin := filepath.Join(t.TempDir(), "twin")
	copyDir(t, dir, twin)
	o := tlog.Options{RepublishEvery: -1, HeadFile: dir + ".head"}
	a, b := open(t, dir, o), open(t, twin, o)
	add(t, a, "first here")
	i, err := b.Add(t.Context(), []byte("then there"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.AwaitPublished(t.Context(), i); !errors.Is(err, tlog.ErrRollback) {
		t.Errorf("a fork was signed: %v", err)
	}
}

func TestAdoptHead(t *testing.T) {
	dir := newDir(t)
	l := open(t, dir, tlog.Options{})
	fill(t, l, 5)
	closeLog(t, l)
	if err := os.Remove(dir + ".head"); err != nil {
		t.Fatal(err)
	}
	refused(t, dir, newKey(t, origin, 1), tlog.Options{}, tlog.ErrRollback)
	l = open(t, dir, tlog.Options{AdoptHead: true})
	if i, _ := add(t, l, "after the move"); i != 5 {
		t.Errorf("added at %d", i)
	}
	closeLog(t, l)
	add(t, open(t, dir, tlog.Options{}), "and remembered")
}

func TestFutureCheckpoint(t *testing.T) {
	dir := newDir(t)
	l := open(t, dir, tlog.Options{})
	fill(t, l, 1)
	closeLog(t, l)
	cp := filepath.Join(dir, "checkpoint")
	future := time.Now().Add(time.Hour)
	if err := os.Chtimes(cp, future, future); err != nil {
		t.Fatal(err)
	}
	refused(t, dir, newKey(t, origin, 1), tlog.Options{}, tlog.ErrClock)
	if _, err := tlog.Open(t.Context(), dir, newKey(t, origin, 1).Signer, tlog.Options{}); err == nil || !strings.Contains(err.Error(), "touch "+cp) {
		t.Errorf("no advice: %v", err)
	}
	if err := os.Chtimes(cp, time.Now(), time.Now()); err != nil {
		t.Fatal(err)
	}
	add(t, open(t, dir, tlog.Options{}), "after the advice")
}

func TestNotAdded(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	dir := newDir(t)
	l := open(t, dir, tlog.Options{RepublishEvery: -1})
	tight := open(t, newDir(t), tlog.Options{MinFree: 1<<64 - 1})
	for _, c := range []struct {
		name string
		do   func() error
		want error
	}{
		{"cancelled", func() error { _, err := l.Add(ctx, []byte("x")); return err }, context.Canceled},
		{"empty", func() error { _, err := l.Add(t.Context(), nil); return err }, nil},
		{"too large", func() error { _, err := l.Add(t.Context(), make([]byte, register.MaxEntry+1)); return err }, nil},
		{"one of them", func() error { _, err := l.AddAll(t.Context(), [][]byte{{1}, {}}); return err }, nil},
		{"no room", func() error { _, err := tight.Add(t.Context(), []byte("x")); return err }, tlog.ErrDiskFull},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.do()
			if !errors.Is(err, tlog.ErrNotAdded) || c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("got %v", err)
			}
		})
	}
	if n, err := l.Integrated(t.Context()); err != nil || n != 0 {
		t.Errorf("%d entries were added: %v", n, err)
	}
	if _, err := l.Add(t.Context(), make([]byte, register.MaxEntry)); err != nil {
		t.Errorf("the largest entry: %v", err)
	}
	if err := os.Rename(dir, dir+"-away"); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Add(t.Context(), []byte("x")); !errors.Is(err, tlog.ErrNotAdded) {
		t.Errorf("adding to a folder that is gone: %v", err)
	}
	if err := os.Rename(dir+"-away", dir); err != nil {
		t.Fatal(err)
	}
}

func TestUnwritable(t *testing.T) {
	t.Run("a file in its place", func(t *testing.T) {
		dir := newDir(t)
		if err := os.WriteFile(dir, []byte("a file"), 0o644); err != nil {
			t.Fatal(err)
		}
		refused(t, dir, newKey(t, origin, 1), tlog.Options{}, nil)
		refused(t, filepath.Join(dir, "deeper"), newKey(t, origin, 1), tlog.Options{}, nil)
		if _, err := tlog.OpenReader(dir); err == nil {
			t.Error("read a file as a log")
		}
	})
	t.Run("rights", func(t *testing.T) {
		if os.Geteuid() == 0 {
			t.Skip("SKIPPED AS ROOT: no folder is unwritable to root")
		}
		dir := newDir(t)
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		readOnly(t, dir)
		refused(t, dir, newKey(t, origin, 1), tlog.Options{}, fs.ErrPermission)
	})
	t.Run("no checkpoint", func(t *testing.T) {
		if _, err := reader(t, t.TempDir()).Checkpoint(); !errors.Is(err, fs.ErrNotExist) {
			t.Error(err)
		}
		if _, err := tlog.OpenReader(newDir(t)); !errors.Is(err, fs.ErrNotExist) {
			t.Error(err)
		}
	})
}

var errHardware = errors.New("the token was pulled out")

// A brokenSigner signs a few times and then no more.
type brokenSigner struct {
	key
	left int
}

// Sign implements note.Signer.
func (b *brokenSigner) Sign(msg []byte) ([]byte, error) {
	if b.left--; b.left < 0 {
		return nil, errHardware
	}
	return b.Signer.Sign(msg)
}

func TestBrokenSigner(t *testing.T) {
	k := newKey(t, origin, 1)
	dir := filepath.Join(t.TempDir(), "made", "on", "the", "way")
	before := listing(t, filepath.Dir(filepath.Dir(filepath.Dir(filepath.Dir(dir)))))
	if _, err := tlog.Open(t.Context(), dir, &brokenSigner{key: k}, tlog.Options{}); !errors.Is(err, errHardware) {
		t.Errorf("opening: %v", err)
	}
	after := listing(t, filepath.Dir(filepath.Dir(filepath.Dir(filepath.Dir(dir)))))
	if len(before) != len(after) {
		t.Errorf("half a log is left: %v", after)
	}

	l, err := tlog.Open(t.Context(), dir, &brokenSigner{key: k, left: 1}, tlog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	i, err := l.Add(t.Context(), []byte("unpublished"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 400*time.Millisecond)
	defer cancel()
	if _, err := l.AwaitPublished(ctx, i); !errors.Is(err, errHardware) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("waiting: %v", err)
	}
	if l.Failure() != nil {
		t.Errorf("stopped for good: %v", l.Failure())
	}
	brief, cancelBrief := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancelBrief()
	if err := l.Close(brief); err == nil {
		t.Error("closed without a word about the entry that is not published")
	}
	// With the token back, what was added is published.
	l = open(t, dir, tlog.Options{})
	if _, err := l.AwaitPublished(t.Context(), i); err != nil {
		t.Error(err)
	}
}

func TestClockSetBack(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	dir := newDir(t)
	o := tlog.Options{ClockKey: clockKey(), Clock: func() time.Time { return now }, RepublishEvery: -1}
	l := open(t, dir, o)
	add(t, l, "on time")
	closeLog(t, l)
	now = now.Add(-5 * time.Second)
	l = open(t, dir, o)
	add(t, l, "a little back")
	closeLog(t, l)
	now = now.Add(-time.Hour)
	l, err := tlog.Open(t.Context(), dir, newKey(t, origin, 1).Signer, o)
	if err != nil {
		t.Fatal(err)
	}
	i, err := l.Add(t.Context(), []byte("far back"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 400*time.Millisecond)
	defer cancel()
	if _, err := l.AwaitPublished(ctx, i); !errors.Is(err, tlog.ErrClock) {
		t.Errorf("waiting: %v", err)
	}
	_ = l.Close(ctx) // cannot publish
}

func TestReadingBesideCollection(t *testing.T) {
	dir := newDir(t)
	l := open(t, dir, tlog.Options{CollectEvery: 20 * time.Millisecond, RepublishEvery: -1})
	fill(t, l, 100)
	old := head(t, l.Reader())
	fill(t, l, 300)
	partial := filepath.Join(dir, "tile", "entries", "000.p")
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if _, err := os.Stat(partial); errors.Is(err, fs.ErrNotExist) {
			break
		}
		if time.Now().After(end) {
			t.Fatal("nothing was collected")
		}
	}
	n := 0
	if err := l.Reader().Entries(t.Context(), old, 0, func(register.Index, []byte) error { n++; return nil }); err != nil || n != 100 {
		t.Errorf("read %d entries of the older head: %v", n, err)
	}
	if _, err := l.Reader().Inclusion(t.Context(), old, 42); err != nil {
		t.Error(err)
	}
}

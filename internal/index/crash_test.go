package index

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"chancery.example/internal/seed"
)

var errCrash = errors.New("the machine stopped")

// A failing disk does what a real one does until its n-th operation; that one,
// and all that follow, fail. The write before is left half done.
type failing struct {
	disk
	left int
}

func (f *failing) step() error {
	if f.left <= 0 {
		return errCrash
	}
	f.left--
	return nil
}

func (f *failing) create(name string) (file, error) {
	if err := f.step(); err != nil {
		return nil, err
	}
	to, err := f.disk.create(name)
	return &failingFile{to, f}, err
}

func (f *failing) rename(from, to string) error {
	if err := f.step(); err != nil {
		return err
	}
	return f.disk.rename(from, to)
}

func (f *failing) remove(name string) error {
	if err := f.step(); err != nil {
		return err
	}
	return f.disk.remove(name)
}

func (f *failing) sync() error {
	if err := f.step(); err != nil {
		return err
	}
	return f.disk.sync()
}

type failingFile struct {
	file
	f *failing
}

func (f *failingFile) Write(b []byte) (int, error) {
	if err := f.f.step(); err != nil {
		n, _ := f.file.Write(b[:len(b)/2])
		return n, err
	}
	return f.file.Write(b)
}

func (f *failingFile) Sync() error {
	if err := f.f.step(); err != nil {
		return err
	}
	return f.file.Sync()
}

// TestCrashAtEveryOperation: whichever write, sync, rename or removal is the last,
// a reader finds the old index or the new one, whole; and the next writer clears
// away the rest and finishes (MUST-19).
func TestCrashAtEveryOperation(t *testing.T) {
	sources := someSources(12)
	o := options(t)
	sawOld, sawNew := false, false
	for n := 0; ; n++ {
		dir := t.TempDir()
		updated(t, dir, o, sources[:7])
		broken := o
		broken.onDisk = func(dir string) disk { return &failing{osDisk(dir), n} }
		w, err := OpenWriter(dir, broken)
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.Update(t.Context(), headOf(12), sources, false)
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if err != nil && !errors.Is(err, errCrash) {
			t.Fatalf("operation %d: %v", n, err)
		}
		x := holds(t, dir, o.Verifier, sources)
		switch len(x.Texts) {
		case 7:
			sawOld = true
		case 12:
			sawNew = sawNew || err != nil
		default:
			t.Fatalf("operation %d: %d texts", n, len(x.Texts))
		}
		m := updated(t, dir, o, sources)
		if got, want := namesIn(t, dir), len(m.files())+1; len(got) != want {
			t.Fatalf("operation %d: left over: %v", n, got)
		}
		if holds(t, dir, o.Verifier, sources); err == nil {
			break
		}
	}
	if !sawOld || !sawNew {
		t.Errorf("crashes left the old index: %v, the new one: %v; want both", sawOld, sawNew)
	}
}

// TestKilled kills a real writer again and again, at moments that differ.
func TestKilled(t *testing.T) {
	if dir := os.Getenv("CHANCERY_INDEX_CHILD"); dir != "" {
		growForEver(t, dir)
		return
	}
	dir, o := t.TempDir(), options(t)
	sources := someSources(200)
	for round := range 12 {
		cmd := exec.Command(os.Args[0], "-test.run", "^TestKilled$")
		cmd.Env = append(os.Environ(), "CHANCERY_INDEX_CHILD="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// It tells when an update begins and ends: kill it somewhere after some.
		b := make([]byte, 1)
		for range 3 + round {
			if _, err := out.Read(b); err != nil {
				t.Fatalf("the child ended by itself: %v", err)
			}
		}
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		x, err := Open(dir, o.Verifier)
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		holds(t, dir, o.Verifier, sources[:max(len(x.Texts), 1)])
	}
}

// growForEver is the child: it updates an index, one text more each time, and
// from the beginning again when all are there.
func growForEver(t *testing.T, dir string) {
	sources, o := someSources(200), options(t)
	w, err := OpenWriter(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	if w.now != nil {
		n = len(w.now.Texts)
	}
	for {
		if n++; n > len(sources) {
			n = 1
		}
		fmt.Print(".")
		if _, err := w.Update(context.Background(), headOf(n), sources[:n], false); err != nil {
			t.Fatal(err)
		}
	}
}

// TestDamaged: whatever file of an index is damaged, missing, cut or exchanged, a
// reader notices when it opens the index, and a writer makes it anew and says so
// (MUST-16, MUST-20).
func TestDamaged(t *testing.T) {
	sources := someSources(9)
	good, o := t.TempDir(), options(t)
	updated(t, good, o, sources)
	for _, name := range namesIn(t, good) {
		for what, spoil := range map[string]func(string) error{
			"flipped": func(p string) error { return edit(p, func(b []byte) []byte { b[len(b)/2] ^= 1; return b }) },
			"cut":     func(p string) error { return edit(p, func(b []byte) []byte { return b[:len(b)-1] }) },
			"longer":  func(p string) error { return edit(p, func(b []byte) []byte { return append(b, 0) }) },
			"empty":   func(p string) error { return edit(p, func([]byte) []byte { return nil }) },
			"missing": os.Remove,
		} {
			dir := t.TempDir()
			for _, n := range namesIn(t, good) {
				b, err := os.ReadFile(filepath.Join(good, n))
				if err == nil {
					err = os.WriteFile(filepath.Join(dir, n), b, 0o600)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			if err := spoil(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
			if _, err := Open(dir, o.Verifier); err == nil {
				t.Errorf("%s %s: opened", name, what)
			}
			var said []string
			loud := o
			loud.Say = func(s string) { said = append(said, s) }
			updated(t, dir, loud, sources)
			holds(t, dir, o.Verifier, sources)
			if none := name == manifestName && what == "missing"; (len(said) == 0) != none || !none && !strings.Contains(said[0], "made anew") {
				t.Errorf("%s %s: said %q", name, what, said)
			}
		}
	}
}

func edit(path string, change func([]byte) []byte) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path, change(b), 0o600)
}

// TestDamagedUnderOurHands: a file that is damaged, or cut short, while it is
// mapped is an error of the look-ups that meet it, never a crash, and never an
// answer.
func TestDamagedUnderOurHands(t *testing.T) {
	for what, spoil := range map[string]func(string) error{
		"flipped": func(p string) error {
			f, err := os.OpenFile(p, os.O_WRONLY, 0)
			if err != nil {
				return err
			}
			_, err = f.WriteAt([]byte{0xaa, 0x55}, 100)
			return errors.Join(err, f.Close())
		},
		"cut": func(p string) error { return os.Truncate(p, 0) },
	} {
		t.Run(what, func(t *testing.T) {
			sources := someSources(9)
			dir, o := t.TempDir(), options(t)
			m := updated(t, dir, o, sources)
			x, err := Open(dir, o.Verifier)
			if err != nil {
				t.Fatal(err)
			}
			if err := spoil(filepath.Join(dir, m.Runs[0].Seeds.name(kindSeeds))); err != nil {
				t.Fatal(err)
			}
			begin := []uint32{7}
			for i := range 50 {
				got, n := x.Lookup(begin, seed.Key(uint64(i+1)*0x0505050505050505), 1, 100)
				if x.Err() == nil || n != 0 || len(got) != 1 {
					t.Fatalf("%v, %d, %v", got, n, x.Err())
				}
			}
		})
	}
}

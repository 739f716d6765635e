package lookupdir

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"chancery.example/lookup"
	"chancery.example/register"
)

// A step adds three files, in entries at, at+1 and at+2.
func step(at register.Index) []lookup.Record {
	var out []lookup.Record
	for i := range register.Index(3) {
		out = append(out, lookup.Record{Key: lookup.OfFile(sha256.Sum256(fmt.Append(nil, at+i))).Key(), Entries: []register.Index{at + i}})
	}
	return append(out, lookup.Record{Key: lookup.OfFile(sha256.Sum256(nil)).Key(), Entries: []register.Index{at}})
}

// grow keeps a map over so many steps, and returns the map after each.
func grow(t *testing.T, dir string, steps int) []lookup.Tree {
	t.Helper()
	var k Kept
	trees := []lookup.Tree{{}}
	for n := range steps {
		at := register.Index(3 * n)
		tree := k.Tree.With(step(at)...)
		var err error
		if k, err = k.Keep(dir, put, tree, at+3, step(at)); err != nil {
			t.Fatal(err)
		}
		trees = append(trees, tree)
	}
	return trees
}

func sameAs(t *testing.T, what string, k Kept, trees []lookup.Tree) {
	t.Helper()
	want := trees[k.At/3]
	if k.Tree.Root() != want.Root() || k.Tree.Keys() != want.Keys() {
		t.Errorf("%s: over %d entries the root is %s, want %s", what, k.At, k.Tree.Root(), want.Root())
	}
}

// TestKeep: what is kept is read again, whether in many files or one, and the
// number of files stays small (lookup.md MUST-17).
func TestKeep(t *testing.T) {
	dir := t.TempDir()
	if k, err := Load(dir); err != nil || k.At != 0 {
		t.Fatalf("nothing is kept: %d %v", k.At, err)
	}
	const steps = 100
	trees := grow(t, dir, steps)
	k, err := Load(dir)
	if err != nil || k.At != 3*steps {
		t.Fatalf("over %d entries (%v)", k.At, err)
	}
	sameAs(t, "all", k, trees)
	files, err := os.ReadDir(dir)
	if err != nil || len(files) > maxParts {
		t.Errorf("%d files (%v)", len(files), err)
	}
}

// TestDamage: whatever becomes of one file, another map than the one that was
// kept at that position is never read, and keeping goes on.
func TestDamage(t *testing.T) {
	for name, damage := range map[string]func([]byte) []byte{
		"a bit":     func(b []byte) []byte { b[len(b)/2] ^= 1; return b },
		"last byte": func(b []byte) []byte { b[len(b)-1] ^= 1; return b },
		"cut":       func(b []byte) []byte { return b[:len(b)-9] },
		"a record":  func(b []byte) []byte { return b[:len(b)-44] },
		"longer":    func(b []byte) []byte { return append(b, 0) },
		"empty":     func([]byte) []byte { return nil },
		"one line":  func(b []byte) []byte { return b[:len(firstLine)+1] },
		"header":    func(b []byte) []byte { b[len(firstLine)+1] ^= 1; return b },
	} {
		dir := t.TempDir()
		trees := grow(t, dir, 6)
		files, err := filepath.Glob(filepath.Join(dir, "*"))
		if err != nil || len(files) != 6 {
			t.Fatalf("%v %v", files, err)
		}
		for _, file := range files {
			whole, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, damage(slices.Clone(whole)), 0o644); err != nil {
				t.Fatal(err)
			}
			k, err := Load(dir)
			if err == nil || k.At >= 18 {
				t.Errorf("%s of %s: read over %d entries, no error", name, filepath.Base(file), k.At)
			}
			sameAs(t, name, k, trees)
			if err := os.WriteFile(file, whole, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(files[0], nil, 0o644); err != nil {
			t.Fatal(err)
		}
		k, _ := Load(dir) // from the beginning again
		all := slices.Collect(trees[6].All())
		if k, err = k.Keep(dir, put, trees[6], 18, all); err != nil {
			t.Fatal(err)
		}
		again, err := Load(dir)
		if left, _ := filepath.Glob(filepath.Join(dir, "*")); err != nil || again.At != k.At || len(left) != 1 {
			t.Errorf("%s: kept anew: %d entries in %v (%v)", name, again.At, left, err)
		}
		sameAs(t, "anew", again, trees)
	}
}

// TestCrash: a file that another program left half done, under its hidden name or
// a name of its own, changes nothing.
func TestCrash(t *testing.T) {
	dir := t.TempDir()
	trees := grow(t, dir, 4)
	for _, name := range []string{".new-123", "0-9999", "12-15", "012-15", "x", "12-"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(firstLine+"\n12 15 1 "), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	k, _ := Load(dir)
	if k.At != 12 {
		t.Errorf("over %d entries, want 12", k.At)
	}
	sameAs(t, "crash", k, trees)
}

// FuzzRead: no file makes the program fall, and what is read is what the file
// itself says that it adds up to.
func FuzzRead(f *testing.F) {
	dir := f.TempDir()
	p, tree := part{0, 3}, lookup.Tree{}.With(step(0)...)
	f.Add(encode(p, tree, slices.Collect(tree.All())))
	f.Add([]byte(firstLine))
	f.Fuzz(func(t *testing.T, raw []byte) {
		path := filepath.Join(dir, "part")
		if err := os.WriteFile(path, raw, 0o644); err != nil {
			t.Fatal(err)
		}
		if got, err := read(path, p, lookup.Tree{}); err == nil && !bytes.Contains(raw, []byte(got.Root().String())) {
			t.Errorf("read to the root %s, which the file does not say", got.Root())
		}
	})
}

func put(path string, content []byte, mode fs.FileMode) error {
	return os.WriteFile(path, content, mode)
}

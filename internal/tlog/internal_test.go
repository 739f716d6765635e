package tlog

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"pgregory.net/rapid"

	"chancery.example/letter"
	"chancery.example/proof"
)

func TestTruncate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Uint64Range(0, 1200).Draw(t, "entries")
		var f Frontier
		at := f.Clone()
		for i := range n {
			f.Append(letter.Hash{byte(i), byte(i >> 8)})
			if f.Size()%width == 0 {
				at = f.Clone()
			}
		}
		got := f.truncate(width)
		if got.Size() != at.Size() || got.Root() != at.Root() {
			t.Fatalf("of %d entries: edge of %d, want of %d", n, got.Size(), at.Size())
		}
	})
}

func TestHeadFile(t *testing.T) {
	h := proof.Head{Origin: "letters.harbour.example/main", Size: 12, Root: letter.Hash{1}}
	good := formatHeadFile(h, 34)
	got, stamp, err := parseHeadFile(good)
	if err != nil || got != h || stamp != 34 {
		t.Fatalf("read back %+v, %d: %v", got, stamp, err)
	}
	for i := range good {
		if _, _, err := parseHeadFile(good[:i]); err == nil {
			t.Errorf("the first %d bytes were taken for the whole", i)
		}
	}
	for _, bad := range []string{
		"", "\n", "chancery-head/v2" + string(good[len("chancery-head/v1"):]),
		string(good) + "\n", string(good) + "x", " " + string(good),
		string(bytes.Replace(good, []byte("\n34\n"), []byte("\n034\n"), 1)),
		string(bytes.Replace(good, []byte("\n34\n"), []byte("\n-1\n"), 1)),
		string(bytes.Replace(good, []byte("\n12\n"), []byte("\n12 \n"), 1)),
		string(good) + string(bytes.Repeat([]byte("a"), maxHeadFile)),
	} {
		if _, _, err := parseHeadFile([]byte(bad)); err == nil {
			t.Errorf("took %q", bad)
		}
	}
}

func TestHeadFileSwap(t *testing.T) {
	path := filepath.Join(t.TempDir(), "head")
	a, b := headFile{path: path}, headFile{path: path}
	h := proof.Head{Origin: "letters.harbour.example/main", Root: letter.Hash{1}}
	if err := a.swap(h, 1); err != nil {
		t.Fatal(err)
	}
	if err := b.swap(h, 2); !errors.Is(err, ErrRollback) {
		t.Errorf("one that knows of no file replaced it: %v", err)
	}
	if _, _, err := b.load(h.Origin); err != nil {
		t.Fatal(err)
	}
	if _, _, err := b.load("another"); !errors.Is(err, ErrForeign) {
		t.Errorf("the memory of another log: %v", err)
	}
	h.Size = 1
	if err := b.swap(h, 2); err != nil {
		t.Fatal(err)
	}
	if err := a.swap(h, 2); !errors.Is(err, ErrRollback) {
		t.Errorf("one that was overtaken replaced it: %v", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := b.swap(h, 3); !errors.Is(err, ErrRollback) {
		t.Errorf("one whose memory was taken away signed: %v", err)
	}
}

func TestExplain(t *testing.T) {
	// Tessera keeps only the words of some errors.
	words := fmt.Errorf("failed to create temp file: %v", syscall.ENOSPC) //nolint:errorlint // as Tessera does it
	if err := explain(words); !errors.Is(err, ErrDiskFull) {
		t.Error(err)
	}
	if err := explain(fmt.Errorf("writing: %w", syscall.EDQUOT)); !errors.Is(err, ErrDiskFull) {
		t.Error(err)
	}
	if err := explain(errors.New("other")); errors.Is(err, ErrDiskFull) || err.Error() != "other" {
		t.Error(err)
	}
}

func TestHostileFiles(t *testing.T) {
	dir := t.TempDir()
	r := &Reader{dir: dir, files: Disk(dir)}
	write := func(name string, b []byte) {
		t.Helper()
		p := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, b := range []string{"", "[]", "{}", `{"size":1,"root":"AA=="}`, `{"size":-1}`, string(bytes.Repeat([]byte(" "), maxTreeState+1))} {
		write(".state/treeState", []byte(b))
		if _, _, err := r.integrated(); !errors.Is(err, ErrCorrupt) {
			t.Errorf("tree state %.20q: %v", b, err)
		}
	}
	for _, b := range []string{"\x00", "\x00\x05abc", "\x00\x01a\x00\x01b"} {
		write("tile/entries/000.p/1", []byte(b))
		if _, err := r.bundle(0, 1); !errors.Is(err, ErrCorrupt) {
			t.Errorf("bundle %q: %v", b, err)
		}
	}
	for _, size := range []int{0, 31, 33, 64} {
		write("tile/0/000.p/1", make([]byte, size))
		if _, err := r.tree(proof.Head{Size: 1}).leaves(0, 1); !errors.Is(err, ErrCorrupt) {
			t.Errorf("tile of %d bytes: %v", size, err)
		}
	}
	for _, h := range []proof.Head{{}, {Size: 2}, {Size: maxTree + 1}, {Size: 1<<63 + 1}} {
		if _, err := r.tree(h).frontier(); err == nil {
			t.Errorf("the edge of a tree of %d entries that is not there", h.Size)
		}
	}
	write("checkpoint", []byte("letters.harbour.example\n1\n"))
	if _, err := r.Head(); !errors.Is(err, ErrCorrupt) {
		t.Errorf("half a checkpoint: %v", err)
	}
}

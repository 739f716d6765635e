// Package lookupdir keeps a register's look-up map in its folder, under lookup/:
// what each stretch of the log added to the map, one file for a stretch, each
// written whole and named by the positions from and to which it goes.
//
// What is kept saves making the map anew from the log and the texts, and nothing
// more. [Load] holds it against the root that its own files claim; who uses it
// holds that against the root in the log (lookup.md MUST-17). Files that do not
// fit, are damaged or were left by a crash are passed over, and go with the next
// [Keep].
package lookupdir

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"chancery.example/letter"
	"chancery.example/lookup"
	"chancery.example/register"
)

const (
	firstLine = "chancery-lookup/v1"
	maxFile   = 4 << 30
	maxHeader = 256
	maxParts  = 32 // more are made one
)

// A Kept is a map as it was kept: over the entries below At.
type Kept struct {
	Tree lookup.Tree
	At   register.Index

	parts []part // that it was read from, in order
}

// A part is one file: what the entries from From on, and below To, added.
type part struct{ From, To register.Index }

func (p part) file() string { return fmt.Sprintf("%d-%d", p.From, p.To) }

// Load reads what is kept in the folder dir: the zero Kept when there is
// nothing that fits together. The error says what was passed over, and is for
// who wants to know; what came with it is good.
func Load(dir string) (Kept, error) {
	parts, err := list(dir)
	if err != nil {
		return Kept{}, err
	}
	var k Kept
	var passed error
	for {
		p, ok := next(parts, k.At)
		if !ok {
			return k, passed
		}
		tree, err := read(filepath.Join(dir, p.file()), p, k.Tree)
		if err != nil { // try a shorter one from the same position
			passed = errors.Join(passed, err)
			parts = slices.DeleteFunc(parts, func(x part) bool { return x == p })
			continue
		}
		k.Tree, k.At, k.parts = tree, p.To, append(k.parts, p)
	}
}

// next returns the longest part that begins at a position.
func next(parts []part, at register.Index) (part, bool) {
	var best part
	for _, p := range parts {
		if p.From == at && p.To > best.To {
			best = p
		}
	}
	return best, best.To > at
}

// list returns the parts that a folder's names promise; none when it is not there.
func list(dir string) ([]part, error) {
	files, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err //nolint:wrapcheck // says what it read
	}
	var out []part
	for _, f := range files {
		a, b, ok := strings.Cut(f.Name(), "-")
		from, err1 := strconv.ParseUint(a, 10, 62)
		to, err2 := strconv.ParseUint(b, 10, 62)
		p := part{register.Index(from), register.Index(to)}
		if ok && err1 == nil && err2 == nil && from < to && p.file() == f.Name() {
			out = append(out, p)
		}
	}
	return out, nil
}

// header is the second line of a part: its stretch, and how many keys the map
// over all that goes before and the part itself holds, under which root, and how
// many records follow.
func header(p part, tree lookup.Tree, records int) string {
	return fmt.Sprintf("%s\n%d %d %d %s %d\n", firstLine, p.From, p.To, tree.Keys(), tree.Root(), records)
}

// encode makes the bytes of a part.
func encode(p part, tree lookup.Tree, records []lookup.Record) []byte {
	b := []byte(header(p, tree, len(records)))
	for _, r := range records {
		b = append(b, r.Key[:]...)
		b = binary.BigEndian.AppendUint32(b, uint32(len(r.Entries))) //nolint:gosec // fewer than entries in a log
		for _, i := range r.Entries {
			b = binary.BigEndian.AppendUint64(b, uint64(i))
		}
	}
	return b
}

// read adds a part to the map before it, and holds the outcome against what the
// part says.
func read(path string, p part, before lookup.Tree) (lookup.Tree, error) {
	raw, err := readFile(path)
	if err != nil {
		return lookup.Tree{}, err
	}
	end := bytes.IndexByte(raw[min(len(raw), len(firstLine)+1):], '\n') + len(firstLine) + 2
	if end > min(len(raw), maxHeader) || !bytes.HasPrefix(raw, []byte(firstLine+"\n")) {
		return lookup.Tree{}, fmt.Errorf("%s: not a file of its kind", path)
	}
	head, rest := string(raw[:end]), raw[end:]
	var records []lookup.Record
	for len(rest) > 0 {
		const fixed = len(letter.Hash{}) + 4
		if len(rest) < fixed {
			return lookup.Tree{}, fmt.Errorf("%s: it is cut", path)
		}
		r := lookup.Record{Key: letter.Hash(rest[:fixed-4])}
		n := uint64(binary.BigEndian.Uint32(rest[fixed-4:]))
		if rest = rest[fixed:]; uint64(len(rest)) < 8*n {
			return lookup.Tree{}, fmt.Errorf("%s: it is cut", path)
		}
		r.Entries = make([]register.Index, n)
		for i := range r.Entries {
			r.Entries[i] = register.Index(binary.BigEndian.Uint64(rest))
			rest = rest[8:]
		}
		records = append(records, r)
	}
	tree := before.With(records...)
	if want := header(p, tree, len(records)); head != want {
		return lookup.Tree{}, fmt.Errorf("%s: it is damaged, or does not go with the files before it: it says %q, and adds up to %q", path, head[len(firstLine)+1:], want[len(firstLine)+1:])
	}
	return tree, nil
}

// readFile reads a regular file: the folder may come from anybody.
func readFile(path string) (_ []byte, err error) {
	switch st, err := os.Lstat(path); {
	case err != nil:
		return nil, err //nolint:wrapcheck // says what it read
	case !st.Mode().IsRegular() || st.Size() > maxFile:
		return nil, fmt.Errorf("%s: it is no regular file, or too large", path)
	}
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return nil, err //nolint:wrapcheck // says what it read
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	b, err := io.ReadAll(io.LimitReader(f, maxFile))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	return b, nil
}

// Keep writes what a map has more than the one that is kept: records are what the
// entries from k.At on, and below at, added. It returns what is kept now. After a
// crash either is there. Now and then it makes one file of many, and takes away
// those that nobody reads any more. write makes a file durable and whole.
func (k Kept) Keep(dir string, write func(path string, content []byte, mode fs.FileMode) error, tree lookup.Tree, at register.Index, records []lookup.Record) (Kept, error) {
	next := Kept{Tree: tree, At: at, parts: append(slices.Clone(k.parts), part{k.At, at})}
	last := part{k.At, at}
	if len(next.parts) > maxParts || k.At == 0 {
		last = part{0, at}
		next.parts, records = []part{last}, slices.Collect(tree.All())
	}
	if err := write(filepath.Join(dir, last.file()), encode(last, tree, records), 0o644); err != nil {
		return k, fmt.Errorf("keeping the look-up map: %w", err)
	}
	if last.From == 0 {
		return next, next.sweep(dir)
	}
	return next, nil
}

// sweep takes away every file but those that make the map.
func (k Kept) sweep(dir string) error {
	files, err := os.ReadDir(dir)
	if err != nil {
		return err //nolint:wrapcheck // says what it read
	}
	for _, x := range files {
		if slices.ContainsFunc(k.parts, func(p part) bool { return p.file() == x.Name() }) {
			continue
		}
		if err := os.Remove(filepath.Join(dir, x.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("clearing %s: %w", dir, err)
		}
	}
	return nil
}

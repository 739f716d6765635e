package index

import (
	"bufio"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"

	"chancery.example/internal/folder"
	"chancery.example/letter"
)

// A disk is the folder of an index as its writer uses it. There are two: the
// real one, and one in tests that fails when it is told to.
type disk interface {
	create(name string) (file, error) // empty, to be written
	rename(from, to string) error
	remove(name string) error
	sync() error // makes names durable
}

type file interface {
	io.Writer
	Sync() error
	Close() error
}

// osDisk is a folder.
type osDisk string

func (d osDisk) path(name string) string { return filepath.Join(string(d), name) }

func (d osDisk) create(name string) (file, error) {
	return os.OpenFile(d.path(name), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o644) //nolint:gosec // public files
}

func (d osDisk) rename(from, to string) error { return os.Rename(d.path(from), d.path(to)) }
func (d osDisk) remove(name string) error     { return os.Remove(d.path(name)) }
func (d osDisk) sync() error                  { return folder.SyncDir(string(d)) }

// unfinished begins the names of files that are not whole yet. Nobody reads them.
const unfinished = ".new-"

// put writes a file whole and on disk, then gives it the name of its content. The
// name is durable after the next sync.
func put(d disk, kind string, write func(io.Writer) error) (File, error) {
	tmp := unfinished + kind
	f, err := d.create(tmp)
	if err != nil {
		return File{}, fmt.Errorf("writing the index: %w", err)
	}
	c := newCounted(f)
	b := bufio.NewWriterSize(c, 1<<18)
	err = write(b)
	if err == nil {
		err = errors.Join(b.Flush(), f.Sync())
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return File{}, fmt.Errorf("writing the index: %w", err)
	}
	out := File{letter.Hash(c.sum.Sum(nil)), c.size}
	if err := d.rename(tmp, out.name(kind)); err != nil {
		return File{}, fmt.Errorf("writing the index: %w", err)
	}
	return out, nil
}

// counted hashes and counts what it writes.
type counted struct {
	to   io.Writer
	sum  hash.Hash
	size int64
}

func newCounted(to io.Writer) *counted { return &counted{to: to, sum: sha256.New()} }

func (c *counted) Write(b []byte) (int, error) {
	n, err := c.to.Write(b)
	c.sum.Write(b[:n])
	c.size += int64(n)
	return n, err //nolint:wrapcheck // put says what it does
}

// replace writes the manifest so that after a crash there is the old one or the
// new one (MUST-19).
func replace(d disk, content []byte) error {
	tmp := unfinished + manifestName
	f, err := d.create(tmp)
	if err != nil {
		return fmt.Errorf("writing the manifest of the index: %w", err)
	}
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = d.rename(tmp, manifestName)
	}
	if err == nil {
		err = d.sync()
	}
	if err != nil {
		return fmt.Errorf("writing the manifest of the index: %w", err)
	}
	return nil
}

// fetch reads a file of an index and sees that it is the one that is named.
func fetch(dir, kind string, f File) ([]byte, error) {
	in, err := os.Open(filepath.Join(dir, f.name(kind)))
	if err != nil {
		return nil, err //nolint:wrapcheck // says what it opened
	}
	b, err := io.ReadAll(io.LimitReader(in, f.Size+1))
	if err = errors.Join(err, in.Close()); err != nil {
		return nil, fmt.Errorf("reading %s: %w", f.name(kind), err)
	}
	if int64(len(b)) != f.Size || sha256.Sum256(b) != f.Sum {
		return nil, fmt.Errorf("%s is not the file that the manifest names", f.name(kind))
	}
	return b, nil
}

// fetchMapped is fetch for large files: they stay where they are. The file is
// read once as a file, so that one which is cut short is an error and no fault.
func fetchMapped(dir, kind string, f File) ([]byte, error) {
	in, err := os.Open(filepath.Join(dir, f.name(kind)))
	if err != nil {
		return nil, err //nolint:wrapcheck // says what it opened
	}
	defer func() { _ = in.Close() }()
	h := sha256.New()
	n, err := io.Copy(h, io.LimitReader(in, f.Size+1))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", f.name(kind), err)
	}
	if n != f.Size || letter.Hash(h.Sum(nil)) != f.Sum {
		return nil, fmt.Errorf("%s is not the file that the manifest names", f.name(kind))
	}
	b, err := mapFile(in, f.Size)
	if err != nil {
		return nil, fmt.Errorf("mapping %s: %w", f.name(kind), err)
	}
	return b, nil
}

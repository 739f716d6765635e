//go:build !js

package tlog

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"chancery.example/proof"
)

// A memory remembers the highest head that was signed, in one place or in two.
// The second is outside the register's folder, so that setting back the whole
// folder, the first place with it, is noticed.
type memory struct {
	first  headFile
	second *headFile // nil: there is none
}

// load returns the higher of what the places remember; fs.ErrNotExist when
// nothing was signed yet. A crash between the two leaves one a step behind.
func (m *memory) load(origin string) (proof.Head, uint64, error) {
	h, stamp, err := m.first.load(origin)
	if m.second == nil || err != nil && !errors.Is(err, fs.ErrNotExist) {
		return h, stamp, err
	}
	other, otherStamp, otherErr := m.second.load(origin)
	switch {
	case errors.Is(otherErr, fs.ErrNotExist) && err != nil:
		return h, stamp, err
	case errors.Is(otherErr, fs.ErrNotExist):
		return h, stamp, fmt.Errorf("%w: the last head is to be remembered in %s as well, and that file is not there; without it, this folder may be an older copy. Mount its disk; or if you are sure that this is the newest copy, name the place again: chancery head DIR --also FILE", ErrRollback, m.second.path)
	case otherErr != nil:
		return h, stamp, otherErr
	case err != nil || other.Size > h.Size:
		return other, max(stamp, otherStamp), nil
	case other.Size == h.Size && other.Root != h.Root:
		return h, stamp, fmt.Errorf("%w: %s and %s remember different heads over %d entries; two appenders signed under this key. Keep both files", ErrRollback, m.first.path, m.second.path, h.Size)
	}
	return h, max(stamp, otherStamp), nil
}

// swap writes the head to all places, if they still hold what this process put
// there.
func (m *memory) swap(h proof.Head, stamp uint64) error {
	if m.second != nil {
		if err := m.second.swap(h, stamp); err != nil {
			return err
		}
	}
	return m.first.swap(h, stamp)
}

// A headFile remembers the highest head that was signed and when, outside the
// log, so that a log that was set back is noticed. Its text is
//
//	chancery-head/v1
//	ORIGIN
//	SIZE
//	ROOT in base64
//	SECONDS since 1970 of the last signature
type headFile struct {
	path    string
	current []byte // what is in the file; nil: there is none
}

const (
	headFileLine = "chancery-head/v1\n"
	maxHeadFile  = 1024
)

// load reads the file; fs.ErrNotExist when nothing was signed yet.
func (f *headFile) load(origin string) (proof.Head, uint64, error) {
	h, stamp, b, err := readHeadFile(f.path)
	if err != nil {
		return proof.Head{}, 0, err
	}
	if h.Origin != origin {
		return proof.Head{}, 0, fmt.Errorf("%w: %s remembers a head of log %q, not of %q", ErrForeign, f.path, h.Origin, origin)
	}
	f.current = b
	return h, stamp, nil
}

// ReadHeadFile returns the head that a file remembers, and the seconds since 1970
// of its signature; fs.ErrNotExist when there is no such file.
func ReadHeadFile(path string) (proof.Head, uint64, error) {
	h, stamp, _, err := readHeadFile(path)
	return h, stamp, err
}

func readHeadFile(path string) (proof.Head, uint64, []byte, error) {
	b, err := os.ReadFile(filepath.Clean(path))
	if err != nil {
		return proof.Head{}, 0, nil, fmt.Errorf("reading the last head signed: %w", err)
	}
	h, stamp, err := parseHeadFile(b)
	if err != nil {
		return proof.Head{}, 0, nil, fmt.Errorf("reading the last head signed from %s: %w; restore the file from its other place, or see docs/operate", path, err)
	}
	return h, stamp, b, nil
}

// WriteHeadFile makes a file remember a head, in place of what it held. Only for
// a file that no appender uses.
func WriteHeadFile(path string, h proof.Head, stamp uint64) error {
	return replaceFile(path, formatHeadFile(h, stamp))
}

func parseHeadFile(b []byte) (proof.Head, uint64, error) {
	rest, ok := bytes.CutPrefix(b, []byte(headFileLine))
	if !ok || len(b) > maxHeadFile {
		return proof.Head{}, 0, errors.New("not a file of this kind")
	}
	i := bytes.LastIndexByte(bytes.TrimSuffix(rest, []byte("\n")), '\n') + 1
	h, err := proof.ParseHead(append(bytes.Clone(rest[:i]), '\n'))
	if err != nil {
		return proof.Head{}, 0, err
	}
	stamp, err := strconv.ParseUint(string(bytes.TrimSuffix(rest[i:], []byte("\n"))), 10, 63)
	if err != nil {
		return proof.Head{}, 0, errors.New("its time is no number")
	}
	if !bytes.Equal(formatHeadFile(h, stamp), b) {
		return proof.Head{}, 0, errors.New("not in its one form")
	}
	return h, stamp, nil
}

func formatHeadFile(h proof.Head, stamp uint64) []byte {
	return fmt.Appendf(nil, "%s%s%d\n", headFileLine, h.Text(), stamp)
}

// swap replaces the file if it still holds what this process put there. Two
// appenders on copies of one folder that share the file end here.
func (f *headFile) swap(h proof.Head, stamp uint64) error {
	found, err := os.ReadFile(f.path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remembering the head: %w", err)
	}
	if !bytes.Equal(found, f.current) {
		return fmt.Errorf("%w: somebody else changed %s meanwhile, so another appender signs under this key", ErrRollback, f.path)
	}
	next := formatHeadFile(h, stamp)
	if bytes.Equal(next, f.current) {
		return nil
	}
	if err := replaceFile(f.path, next); err != nil {
		return fmt.Errorf("remembering the head: %w", err)
	}
	f.current = next
	return nil
}

// replaceFile writes a file so that after a power cut it is there whole, old or
// new.
func replaceFile(path string, b []byte) (err error) {
	tmp := path + ".new"
	f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(tmp, path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("writing %s: %w", path, err), os.Remove(tmp))
	}
	return syncDir(filepath.Dir(path))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("syncing %s: %w", dir, err)
	}
	err = d.Sync()
	if e := d.Close(); err == nil {
		err = e
	}
	if err != nil {
		return fmt.Errorf("syncing %s: %w", dir, err)
	}
	return nil
}

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
	b, err := os.ReadFile(f.path)
	if err != nil {
		return proof.Head{}, 0, fmt.Errorf("reading the last head signed: %w", err)
	}
	h, stamp, err := parseHeadFile(b)
	if err != nil {
		return proof.Head{}, 0, fmt.Errorf("reading the last head signed from %s: %w", f.path, err)
	}
	if h.Origin != origin {
		return proof.Head{}, 0, fmt.Errorf("%w: %s remembers a head of log %q, not of %q", ErrForeign, f.path, h.Origin, origin)
	}
	f.current = b
	return h, stamp, nil
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

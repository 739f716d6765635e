//go:build !js

package tlog

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/transparency-dev/tessera/api/layout"
	"golang.org/x/mod/sumdb/note"

	"chancery.example/proof"
)

// A dirLock is the right to append to a folder. The lock is on the folder
// itself, so it needs no file of its own and goes with the process.
type dirLock struct {
	dir   string
	f     *os.File
	made  []string // folders that did not exist before, outermost first
	fresh bool     // the folder was empty
}

// lockDir takes the folder, and makes it when it does not exist.
func lockDir(dir string) (_ *dirLock, err error) {
	l := &dirLock{dir: dir}
	defer func() {
		if err != nil {
			err = errors.Join(err, l.undo())
		}
	}()
	if err := l.make(); err != nil {
		return nil, err
	}
	if l.f, err = os.Open(dir); err != nil {
		return nil, err
	}
	// flock belongs to the open file, not to the process, so that a second Log
	// in the same process is refused as well.
	switch err := syscall.Flock(int(l.f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); {
	case errors.Is(err, syscall.EWOULDBLOCK):
		return nil, fmt.Errorf("%w; only one may append to it, but anybody may read it meanwhile", ErrLocked)
	case err != nil:
		return nil, fmt.Errorf("locking the folder (it must be on a file system with locks): %w", err)
	}
	if err := l.holds(); err != nil {
		return nil, err
	}
	names, err := l.f.Readdirnames(1)
	l.fresh = len(names) == 0
	if !l.fresh && err != nil {
		return nil, err
	}
	return l, nil
}

// make makes the folders that are missing.
func (l *dirLock) make() error {
	var missing []string
	for p := filepath.Clean(l.dir); ; p = filepath.Dir(p) {
		st, err := os.Stat(p)
		if err == nil && !st.IsDir() {
			return fmt.Errorf("%s is a file, want a folder", p)
		}
		if err == nil {
			break
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		missing = append(missing, p)
	}
	for i := len(missing) - 1; i >= 0; i-- {
		if err := os.Mkdir(missing[i], 0o755); err != nil && !errors.Is(err, fs.ErrExist) { //nolint:gosec // a log is for all to read
			return err
		} else if err == nil {
			l.made = append(l.made, missing[i])
		}
		if err := syncDir(filepath.Dir(missing[i])); err != nil {
			return err
		}
	}
	return nil
}

// holds reports whether the locked folder is still the one at its path.
func (l *dirLock) holds() error {
	mine, err := l.f.Stat()
	if err != nil {
		return fmt.Errorf("the folder was closed: %w", err)
	}
	now, err := os.Stat(l.dir)
	if err != nil {
		return fmt.Errorf("the folder is gone: %w", err)
	}
	if !os.SameFile(mine, now) {
		return fmt.Errorf("%w: the folder was replaced by another one", ErrLocked)
	}
	return nil
}

// undo removes what an opening that failed left in a folder that was empty or
// not there, and the files named, and releases the folder.
func (l *dirLock) undo(files ...string) (err error) {
	if l.fresh {
		for _, p := range append(files, filepath.Join(l.dir, layout.CheckpointPath), filepath.Join(l.dir, stateFolder)) {
			err = errors.Join(err, os.RemoveAll(p))
		}
	}
	for i := len(l.made) - 1; i >= 0; i-- {
		// One that somebody else put something into stays.
		if e := os.Remove(l.made[i]); e != nil && !errors.Is(e, syscall.ENOTEMPTY) {
			err = errors.Join(err, e)
		}
	}
	return errors.Join(err, l.release())
}

// release lets the next appender have the folder.
func (l *dirLock) release() error {
	if l.f == nil {
		return nil
	}
	return l.f.Close()
}

// inspect refuses a folder that Tessera must not be let loose on.
func (l *Log) inspect(signer note.Signer) error {
	if err := l.writable(); err != nil {
		return err
	}
	if l.lock.fresh {
		return nil
	}
	has := func(name string) (bool, error) {
		_, err := os.Lstat(filepath.Join(l.dir, name))
		if errors.Is(err, fs.ErrNotExist) {
			return false, nil
		}
		return err == nil, err
	}
	state, err1 := has(filepath.Join(stateFolder, "treeState"))
	begun, err2 := has(stateFolder)
	tiles, err3 := has("tile")
	checkpoint, err4 := has(layout.CheckpointPath)
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return err
	}
	switch {
	case !state && (tiles || checkpoint):
		// Tessera would begin a new log on top of it.
		return fmt.Errorf("%w: it has entries but not the appender's own state (%s); this is a copy made for reading, or a backup unpacked by hand. To append, restore the newest folder whole, or let \"chancery restore\" make it of the backup", ErrCorrupt, filepath.Join(stateFolder, "treeState"))
	case !begun:
		return fmt.Errorf("%w: the folder is not empty and not a log", ErrForeign)
	case !checkpoint:
		return nil // the process died while the log was begun
	}
	if err := l.reader.dated(); err != nil {
		return err
	}
	return l.own(signer)
}

// own makes sure that the published checkpoint is the signer's.
func (l *Log) own(signer note.Signer) error {
	raw, err := l.reader.Checkpoint()
	if err != nil {
		return err
	}
	h, err := proof.ParseHead(raw)
	if err != nil {
		return fmt.Errorf("%w: its checkpoint: %w", ErrCorrupt, err)
	}
	if h.Origin != signer.Name() {
		return fmt.Errorf("%w: it is %q, and the key is for %q", ErrForeign, h.Origin, signer.Name())
	}
	if l.opts.Verifier != nil {
		if _, err := note.Open(raw, note.VerifierList(l.opts.Verifier)); err != nil {
			return fmt.Errorf("%w: its checkpoint: %w", ErrForeign, err)
		}
		return nil
	}
	// A signer cannot verify; its name and key ID must do. With no verifier
	// known, note.Open lists all signatures as unverified.
	var unverified *note.UnverifiedNoteError
	if _, err := note.Open(raw, note.VerifierList()); !errors.As(err, &unverified) {
		return fmt.Errorf("%w: its checkpoint: %w", ErrCorrupt, err)
	}
	for _, s := range unverified.Note.UnverifiedSigs {
		if s.Name == signer.Name() && s.Hash == signer.KeyHash() {
			return nil
		}
	}
	return fmt.Errorf("%w: no signature on its checkpoint has the ID %08x of the key for %q", ErrForeign, signer.KeyHash(), signer.Name())
}

// writable asks for what would otherwise fail in the middle of things.
func (l *Log) writable() error {
	const write = 2
	places := []string{l.dir, filepath.Dir(l.opts.HeadFile)}
	if l.opts.SecondHead != "" {
		places = append(places, filepath.Dir(l.opts.SecondHead))
	}
	for _, p := range places {
		if err := syscall.Access(p, write); err != nil {
			return fmt.Errorf("this user cannot write to folder %s: %w; give it the rights, or open the log for reading only", p, err)
		}
	}
	return nil
}

// room refuses when the disk has too little room for size bytes more: Tessera
// rewrites up to a whole bundle for an entry, and a disk that fills up in the
// middle leaves the outcome unknown.
func (l *Log) room(size int) error { return room(l.dir, uint64(size), l.opts.MinFree) } //nolint:gosec // a sum of lengths

// Room refuses when the disk of a log has less than minFree bytes free, 64 MiB
// when 0: whoever is about to promise an entry asks first.
func Room(dir string, minFree uint64) error {
	if minFree == 0 {
		minFree = defaultMinFree
	}
	return room(dir, 0, minFree)
}

// Free returns how many bytes are free on the disk of a folder.
func Free(dir string) (uint64, error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return 0, fmt.Errorf("asking for the room on the disk: %w", err)
	}
	return uint64(max(st.Bavail, 0)) * uint64(st.Bsize), nil //nolint:gosec,unconvert // types differ between systems
}

func room(dir string, size, minFree uint64) error {
	free, err := Free(dir)
	if err != nil {
		return err
	}
	if free < size || free-size < minFree {
		return fmt.Errorf("%w: %d MiB are free, and %d MiB must stay free before anything is accepted; make room and try again", ErrDiskFull, free>>20, minFree>>20)
	}
	return nil
}

// explain gives an error of Tessera's, which often keeps only the text of its
// cause, the kind and the advice that belong to it.
func explain(err error) error {
	is := func(e syscall.Errno) bool { return errors.Is(err, e) || strings.Contains(err.Error(), e.Error()) }
	switch {
	case is(syscall.ENOSPC), is(syscall.EDQUOT):
		return fmt.Errorf("%w; make room and open the log again: %w", ErrDiskFull, err)
	case is(syscall.EROFS), is(syscall.EACCES):
		return fmt.Errorf("the log's folder can no longer be written; give the rights back and open the log again: %w", err)
	}
	return err
}

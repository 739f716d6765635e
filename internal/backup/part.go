package backup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
)

// A part is what is being written: it has the name of what it will be only when
// it is whole (MUST-6). It is locked, so that what a crash left is told from
// what another program writes, and is used again.
type part struct {
	name string // of what it will be
	lock *os.File
}

func (p part) path() string { return p.name + ".part" }

// taken refuses a name under which something is.
func taken(name string) error {
	_, err := os.Lstat(name)
	switch {
	case err == nil:
		return kind.Conflict.Errorf("%s is there already and is not written over; give a new name", name)
	case !errors.Is(err, fs.ErrNotExist):
		return kind.Unavailable.Errorf("%s cannot be looked for: %w", name, err)
	}
	return nil
}

func hold(name string, f *os.File) (part, error) {
	p := part{name: name, lock: f}
	switch err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); {
	case errors.Is(err, syscall.EWOULDBLOCK):
		return p, errors.Join(kind.Unavailable.Errorf("another program is writing %s", p.path()), f.Close())
	case err != nil:
		return p, errors.Join(fmt.Errorf("locking %s: %w", p.path(), err), f.Close())
	}
	return p, nil
}

// CreateFile writes a new file by f, for its owner alone. When f or the writing
// fails there is no file.
func CreateFile(name string, f func(*os.File) error) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("writing %s: %w", name, err)
		}
	}()
	name = filepath.Clean(name)
	if err := taken(name); err != nil {
		return err
	}
	file, err := os.OpenFile(name+".part", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return kind.Unavailable.Wrap(err)
	}
	p, err := hold(name, file)
	if err != nil {
		return err
	}
	err = errors.Join(file.Chmod(0o600), file.Truncate(0))
	if err == nil {
		err = f(file)
	}
	if err == nil {
		err = kind.Unavailable.Wrap(file.Sync())
	}
	if err == nil {
		err = taken(name)
	}
	if err == nil {
		err = kind.Unavailable.Wrap(os.Rename(p.path(), name))
	}
	if err != nil {
		return errors.Join(err, os.Remove(p.path()), file.Close())
	}
	return errors.Join(kind.Unavailable.Wrap(file.Close()), folder.SyncDir(filepath.Dir(name)))
}

// createFolder makes a new folder by f, in the way of CreateFile. f gets the path
// at which it is made, and says whether it is to be kept.
func createFolder(name string, f func(path string) (keep bool, err error)) (err error) {
	name = filepath.Clean(name)
	if err := vacant(name); err != nil {
		return err
	}
	above := filepath.Dir(name)
	if err := os.MkdirAll(above, 0o755); err != nil { //nolint:gosec // registers are public
		return kind.Unavailable.Wrap(err)
	}
	if err := os.Mkdir(name+".part", 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return kind.Unavailable.Wrap(err)
	}
	dir, err := os.Open(name + ".part")
	if err != nil {
		return kind.Unavailable.Wrap(err)
	}
	p, err := hold(name, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dir.Close()) }()
	if err := empty(p.path()); err != nil {
		return err
	}
	keep, err := f(p.path())
	if err == nil && keep {
		if err = vacant(name); err == nil {
			err = syncTree(p.path())
		}
		if err == nil {
			_ = os.Remove(name) // an empty folder; Rename would not replace it
			err = kind.Unavailable.Wrap(os.Rename(p.path(), name))
		}
	}
	if err != nil || !keep {
		return errors.Join(err, os.RemoveAll(p.path()))
	}
	return folder.SyncDir(above)
}

// vacant refuses a folder that holds anything.
func vacant(name string) error {
	names, err := os.ReadDir(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return kind.Conflict.Errorf("%s is no folder that can be read: %w", name, err)
	case len(names) > 0:
		return kind.Conflict.Errorf("%s holds %d files already, and a register is never written over; move it aside, and keep its log.head for --head-file", name, len(names))
	}
	return nil
}

// empty removes what a crash left in a folder.
func empty(name string) error {
	names, err := os.ReadDir(name)
	for _, n := range names {
		err = errors.Join(err, os.RemoveAll(filepath.Join(name, n.Name())))
	}
	return kind.Unavailable.Wrap(err)
}

// syncTree makes all that is below a folder durable.
func syncTree(name string) error {
	err := filepath.WalkDir(name, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return folder.SyncDir(path) // a file is synced in the same way
	})
	return kind.Unavailable.Wrap(err)
}

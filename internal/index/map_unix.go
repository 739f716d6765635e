//go:build unix

package index

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"chancery.example/internal/kind"
)

// mapFile maps a file into memory, to be read. The file may be unlinked
// meanwhile; it is never written again.
func mapFile(f *os.File, size int64) ([]byte, error) {
	return syscall.Mmap(int(f.Fd()), 0, int(size), syscall.PROT_READ, syscall.MAP_SHARED)
}

func unmap(b []byte) { _ = syscall.Munmap(b) }

// lock lets one writer work in a folder at a time.
func lock(dir string) (unlock func() error, err error) {
	f, err := os.OpenFile(filepath.Join(dir, ".lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("locking the index: %w", err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = kind.Unavailable.Errorf("another program, perhaps \"chancery serve --publish\", keeps the index in %s; it is read and used meanwhile", dir)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("locking the index: %w", err), f.Close())
	}
	return f.Close, nil
}

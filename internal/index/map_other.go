//go:build !unix

package index

import (
	"io"
	"os"
)

// mapFile reads the file where files cannot be mapped into memory.
func mapFile(f *os.File, size int64) ([]byte, error) {
	b := make([]byte, size)
	_, err := f.ReadAt(b, 0)
	if err == io.EOF { //nolint:errorlint // ReadAt returns it as it is
		err = nil
	}
	return b, err
}

func unmap([]byte) {}

// lock does nothing here: registers are run where files have locks (package
// tlog), and this program is built for other systems only to read.
func lock(string) (func() error, error) { return func() error { return nil }, nil }

//go:build !js

package folder

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"chancery.example/internal/kind"
	"chancery.example/proof"
)

// PutWitnessed writes a head as the witnessed one when it meets the register's
// own policy, extends what is there and is not older (witness.md MUST-10). It
// reports whether the file holds it now; false when what is there is as good.
func (f Folder) PutWitnessed(raw []byte) (written bool, err error) {
	policy, err := f.Policy()
	if err != nil {
		return false, err
	}
	cp, err := proof.OpenCheckpoint(raw, policy)
	if err != nil {
		return false, fmt.Errorf("writing the witnessed head: %w", err)
	}
	unlock, err := lockFile(filepath.Join(f.LogDir(), ".witnessed.lock"))
	if err != nil {
		return false, fmt.Errorf("writing the witnessed head: %w", err)
	}
	defer func() { err = errors.Join(err, unlock()) }()
	before, err := f.Witnessed()
	if err != nil {
		return false, err
	}
	if before != nil {
		better, err := f.better(cp, before, policy)
		if err != nil || !better {
			return false, err
		}
	}
	if err := WriteFile(f.WitnessedFile(), raw, 0o644); err != nil {
		return false, fmt.Errorf("writing the witnessed head: %w", err)
	}
	return true, nil
}

// better reports whether a head may take the place of the one in the file.
func (f Folder) better(cp proof.Checkpoint, before []byte, policy proof.Policy) (bool, error) {
	old, err := proof.OpenHead(before, policy)
	if err != nil {
		return false, kind.Unavailable.Errorf("writing the witnessed head: the file that is there, %s, is none of this log; look at it, keep it, and move it away: %w", f.WitnessedFile(), err)
	}
	if cp.Size < old.Size {
		return false, nil
	}
	log, err := f.log()
	if err != nil {
		return false, fmt.Errorf("writing the witnessed head: %w", err)
	}
	if fits, err := extends(log, cp.Head, old.Head); err != nil || !fits {
		return false, errors.Join(err, kind.Unavailable.Errorf("writing the witnessed head over %d entries: %w: the one there, over %d, is not of the same log", cp.Size, ErrForked, old.Size))
	}
	if cp.Size > old.Size || !old.Met {
		return true, nil
	}
	return cp.Witnesses >= old.Witnesses && cp.WitnessedAt.After(old.WitnessedAt) || cp.Witnesses > old.Witnesses, nil
}

// lockFile waits for the right to write what the file guards.
func lockFile(path string) (unlock func() error, err error) {
	file, err := os.OpenFile(filepath.Clean(path), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err //nolint:wrapcheck // callers say what they do
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file.Close, nil
}

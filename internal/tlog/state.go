//go:build !js

package tlog

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/transparency-dev/tessera/api/layout"

	"chancery.example/letter"
	"chancery.example/proof"
)

// What the appender keeps beside the published files. Nothing of it, nor of the
// appender itself, is in a program for browsers: there a log is only read.

const (
	maxTreeState = 4096

	// stateFolder is where Tessera keeps what is not published.
	stateFolder = ".state"
)

// integrated returns the head of the tree on disk, which may be larger than
// what is published, and whether there is a log at all. Only its appender may
// ask: a copy need not have the file.
func (r *Reader) integrated() (h proof.Head, begun bool, err error) {
	name := filepath.Join(stateFolder, "treeState")
	raw, err := r.read(name, maxTreeState)
	if errors.Is(err, fs.ErrNotExist) {
		return proof.Head{}, false, nil
	}
	if err != nil {
		return proof.Head{}, false, fmt.Errorf("reading log %s: %w", r.dir, err)
	}
	var s struct {
		Size uint64 `json:"size"`
		Root []byte `json:"root"`
	}
	if err := json.Unmarshal(raw, &s); err != nil {
		return proof.Head{}, false, fmt.Errorf("reading log %s: %w: %s: %w", r.dir, ErrCorrupt, name, err)
	}
	if len(s.Root) != len(h.Root) {
		return proof.Head{}, false, fmt.Errorf("reading log %s: %w: %s has a root of %d bytes", r.dir, ErrCorrupt, name, len(s.Root))
	}
	return proof.Head{Size: s.Size, Root: letter.Hash(s.Root)}, true, nil
}

// ahead is how far in the future a file may be dated by another computer's
// clock before the log refuses to work with it.
const ahead = time.Second

// dated reports a checkpoint file dated in the future. Tessera goes by the
// file's age, so it would publish nothing until that time has come.
func (r *Reader) dated() error {
	name := filepath.Join(r.dir, layout.CheckpointPath)
	st, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading the date of the checkpoint: %w", err)
	}
	if d := time.Until(st.ModTime()); d > ahead {
		return fmt.Errorf("%w: %s is dated %s, %s from now, and nothing can be published before that; set the clock right, or if it is right, run: touch %s",
			ErrClock, name, st.ModTime().UTC().Format(time.RFC3339), d.Round(time.Second), name)
	}
	return nil
}

// awaitWritten waits until the checkpoint signed at a time is in its file. The
// signature comes first and Tessera writes afterwards, with no word when it is
// done; letting go of the folder in between could overwrite a successor's head.
func (r *Reader) awaitWritten(signed time.Time) {
	if signed.IsZero() {
		return
	}
	// File times are coarse, but two checkpoints are never this close.
	const grain = 50 * time.Millisecond
	for end := time.Now().Add(2 * time.Second); time.Now().Before(end); time.Sleep(pollEvery) {
		st, err := os.Stat(filepath.Join(r.dir, layout.CheckpointPath))
		if err == nil && st.ModTime().After(signed.Add(-grain)) {
			return
		}
	}
}

// Integrated returns the head of the tree as the appender has it on disk, signed
// or not, and whether this is the appender's own folder and no copy to read.
func (r *Reader) Integrated() (h proof.Head, appenders bool, err error) { return r.integrated() }

// Adopt makes a copy of a log's files, whole up to the head, one that can be
// appended to: it writes the appender's own state. Nobody may use the folder
// meanwhile, and it must not be an appender's already.
func Adopt(dir string, h proof.Head) error {
	r, err := OpenReader(dir)
	if err != nil {
		return fmt.Errorf("making %s a log to append to: %w", dir, err)
	}
	if _, begun, err := r.integrated(); err != nil || begun {
		return fmt.Errorf("making %s a log to append to: it is one, or damaged (%w)", dir, orNothing(err))
	}
	state := filepath.Join(dir, stateFolder)
	if err := os.MkdirAll(state, 0o755); err != nil { //nolint:gosec // as the log is
		return fmt.Errorf("making %s a log to append to: %w", dir, err)
	}
	raw, err := json.Marshal(struct {
		Size uint64 `json:"size"`
		Root []byte `json:"root"`
	}{h.Size, h.Root[:]})
	if err != nil {
		return fmt.Errorf("making %s a log to append to: %w", dir, err)
	}
	if err := replaceFile(filepath.Join(state, "treeState"), raw); err != nil {
		return err
	}
	return syncDir(dir)
}

func orNothing(err error) error {
	if err == nil {
		return os.ErrExist
	}
	return err
}

// Hold keeps every appender away from a log's folder until release is called.
func Hold(dir string) (release func() error, err error) {
	if _, err := os.Stat(dir); err != nil {
		return nil, fmt.Errorf("holding log %s: %w", dir, err)
	}
	l, err := lockDir(dir)
	if err != nil {
		return nil, fmt.Errorf("holding log %s: %w", dir, err)
	}
	return l.release, nil
}

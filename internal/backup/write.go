package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	"chancery.example/internal/store"
	"chancery.example/internal/tlog"
	"chancery.example/proof"
	"chancery.example/register"
)

// A Summary says what a backup holds.
type Summary struct {
	Head   proof.Head
	Made   time.Time
	Files  int  // members, with neither header nor manifest
	Texts  int  // of them, words behind leaves
	Forms  int  // of them, issued PDFs
	Office bool // the office's database is among them
}

// Write writes a register into w as of its newest checkpoint. The folder may be
// in use. progress, when not nil, is told how many of how many entries are
// written.
func Write(ctx context.Context, f folder.Folder, w io.Writer, now time.Time, progress func(done, all uint64)) (s Summary, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("backing up register %s: %w", f.Dir, err)
		}
	}()
	// MUST-5: the head first, then the database. Whatever is in the log at that
	// moment, the database knew before; what it learns later is taken from the copy.
	log, raw, cp, err := newest(f)
	if err != nil {
		return s, err
	}
	s = Summary{Head: cp.Head, Made: now.UTC().Truncate(time.Second)}
	database, remove, err := snapshot(ctx, f, cp.Size)
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, remove()) }()
	a, err := newArchiver(w, header{s.Head, s.Made}.text(), s.Made)
	if err != nil {
		return s, err
	}
	if err := own(f, a); err != nil {
		return s, err
	}
	if err := a.put("log/checkpoint", raw); err != nil {
		return s, err
	}
	if err := entries(ctx, log, cp.Head, a, progress); err != nil {
		return s, err
	}
	if s.Texts, err = beside(ctx, f, "texts", a); err != nil {
		return s, err
	}
	if s.Forms, err = beside(ctx, f, folder.FormsName, a); err != nil {
		return s, err
	}
	if database != "" {
		s.Office = true
		if err := addFile(a, "office.db", database); err != nil {
			return s, err
		}
	}
	s.Files = a.files - 1
	return s, a.end()
}

func newest(f folder.Folder) (*tlog.Reader, []byte, proof.Checkpoint, error) {
	policy, err := f.Config.Policy()
	if err != nil {
		return nil, nil, proof.Checkpoint{}, err //nolint:wrapcheck // says whose keys
	}
	log, err := tlog.OpenReader(f.LogDir())
	if err != nil {
		return nil, nil, proof.Checkpoint{}, err //nolint:wrapcheck // says what it read
	}
	raw, err := log.Checkpoint()
	if err != nil {
		return nil, nil, proof.Checkpoint{}, err //nolint:wrapcheck // likewise
	}
	cp, err := proof.OpenCheckpoint(raw, policy)
	if err != nil {
		return nil, nil, cp, fmt.Errorf("its checkpoint: %w", err)
	}
	return log, raw, cp, nil
}

// snapshot copies the office's database into a file that only its owner reads;
// "" when this folder has none.
func snapshot(ctx context.Context, f folder.Folder, size uint64) (string, func() error, error) {
	nothing := func() error { return nil }
	if _, err := os.Stat(f.Database()); errors.Is(err, fs.ErrNotExist) {
		return "", nothing, nil
	}
	dir, err := os.MkdirTemp("", "chancery-backup-*")
	if err != nil {
		return "", nothing, kind.Unavailable.Wrap(err)
	}
	name := filepath.Join(dir, "office.db")
	if err := store.Snapshot(ctx, f.Database(), name, register.Index(size)); err != nil {
		return "", nothing, errors.Join(err, os.RemoveAll(dir))
	}
	return name, func() error { return os.RemoveAll(dir) }, nil
}

// own writes the register's own small files. A policy need not be there.
func own(f folder.Folder, a *archiver) error {
	for _, name := range []string{folder.ConfigName, "policy"} {
		raw, err := readAll(filepath.Join(f.Dir, name))
		if errors.Is(err, fs.ErrNotExist) && name != folder.ConfigName {
			continue
		}
		if err != nil {
			return err
		}
		if err := a.put(name, raw); err != nil {
			return err
		}
	}
	return nil
}

func entries(ctx context.Context, log *tlog.Reader, head proof.Head, a *archiver, progress func(done, all uint64)) error {
	done := uint64(0)
	err := log.Copy(ctx, head, func(name string, content []byte) error {
		if strings.HasPrefix(name, "tile/entries/") && progress != nil {
			done = min(done+256, head.Size)
			progress(done, head.Size)
		}
		return a.put("log/"+name, content)
	})
	if err != nil {
		return err //nolint:wrapcheck // says what it read
	}
	return nil
}

// beside writes the files of a public folder beside the log that are there, the
// words or the issued PDFs; what a crash left half-written is not among them.
func beside(ctx context.Context, f folder.Folder, of string, a *archiver) (n int, err error) {
	dir := filepath.Join(f.Dir, of)
	names, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, fmt.Errorf("reading %s: %w", dir, err)
	}
	for _, e := range names {
		if err := ctx.Err(); err != nil {
			return n, err //nolint:wrapcheck // wrapped by Write
		}
		name := path.Join(of, e.Name())
		if !e.Type().IsRegular() || !member.MatchString(name) {
			continue
		}
		raw, err := readAll(filepath.Join(dir, e.Name()))
		if errors.Is(err, fs.ErrNotExist) {
			continue // erased by legal order this very moment
		}
		if err != nil {
			return n, err
		}
		if err := a.put(name, raw); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func addFile(a *archiver, name, from string) (err error) {
	file, err := os.Open(filepath.Clean(from))
	if err != nil {
		return fmt.Errorf("reading %s: %w", from, err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	st, err := file.Stat()
	if err != nil {
		return fmt.Errorf("reading %s: %w", from, err)
	}
	return a.stream(name, st.Size(), file)
}

// WriteKeys writes a register's private keys into w: an archive of their own.
func WriteKeys(f folder.Folder, w io.Writer, now time.Time) (n int, err error) {
	names, err := filepath.Glob(filepath.Join(f.Dir, "keys", "*.pem"))
	if err == nil {
		for _, pattern := range []string{"*.pem.crt", "seal-*.toml"} { // of seals
			beside, e := filepath.Glob(filepath.Join(f.Dir, "keys", pattern))
			names, err = append(names, beside...), errors.Join(err, e)
		}
	}
	if err == nil && len(names) == 0 {
		err = kind.NotFound.Errorf("it has none: this is a copy to read")
	}
	if err != nil {
		return 0, fmt.Errorf("backing up the keys of register %s: %w", f.Dir, err)
	}
	a, err := newArchiver(w, keysLine+f.Config.Origin+"\n", now.UTC().Truncate(time.Second))
	if err != nil {
		return 0, err
	}
	for _, name := range names {
		raw, err := readAll(name)
		if err == nil {
			err = a.put("keys/"+filepath.Base(name), raw)
		}
		if err != nil {
			return 0, fmt.Errorf("backing up the keys of register %s: %w", f.Dir, err)
		}
	}
	return len(names), a.end()
}

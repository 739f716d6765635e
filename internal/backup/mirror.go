package backup

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"

	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/tlog"
	"chancery.example/internal/watch"
	"chancery.example/proof"
)

// follow puts a mirror's log in place of the backup's, when it extends it, with
// the words that the mirror has, and completes the database from it. All of it is
// verified again afterwards.
func (r *Restored) follow(ctx context.Context, f folder.Folder, o Options) error {
	mirror, err := folder.Open(o.Mirror)
	if err != nil {
		return err //nolint:wrapcheck // says what it opened
	}
	mirror.Config = f.Config // its own word about keys counts for nothing
	log, raw, cp, err := newest(mirror)
	if err != nil {
		return err
	}
	if cp.Size < r.Head.Size {
		return kind.Conflict.Errorf("it has %d entries, the backup has %d: it is of no use here", cp.Size, r.Head.Size)
	}
	if root, err := log.RootAt(cp.Head, r.Head.Size); err != nil {
		return err //nolint:wrapcheck // says what it read
	} else if root != r.Head.Root {
		return kind.Conflict.Errorf("%w: its log does not extend the backup's. They are two logs under one name, which is a fork; keep both", ErrDamaged)
	}
	if err := replaceLog(ctx, f, log, raw, cp.Head); err != nil {
		return err
	}
	for _, of := range []string{"texts", folder.FormsName} {
		if err := more(f, mirror, of); err != nil {
			return err
		}
	}
	if r.Office {
		if _, err := office.Rebuild(ctx, f.Dir, office.Options{}, nil); err != nil {
			return err //nolint:wrapcheck // says what it did
		}
	}
	if r.Fsck, err = watch.Fsck(ctx, f, o.Policy, o.Progress); err != nil {
		return err //nolint:wrapcheck // says what it read
	}
	r.Head, r.Texts = cp.Head, r.Fsck.Texts
	return r.sound()
}

func replaceLog(ctx context.Context, f folder.Folder, log *tlog.Reader, checkpoint []byte, head proof.Head) error {
	if err := os.RemoveAll(f.LogDir()); err != nil {
		return kind.Unavailable.Wrap(err)
	}
	put := func(name string, content []byte) error {
		return writeOut(filepath.Join(f.LogDir(), filepath.FromSlash(name)), bytes.NewReader(content), 0o644)
	}
	if err := log.Copy(ctx, head, put); err != nil {
		return err //nolint:wrapcheck // says what it read
	}
	return put("checkpoint", checkpoint)
}

// more takes the words, or the issued PDFs, that the mirror has and the backup has
// not. They are believed only when they fit what the log names, which fsck sees.
func more(f, mirror folder.Folder, of string) error {
	names, err := os.ReadDir(filepath.Join(mirror.Dir, of))
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading its %s: %w", of, err)
	}
	for _, e := range names {
		name := of + "/" + e.Name()
		to := filepath.Join(f.Dir, filepath.FromSlash(name))
		if _, err := os.Lstat(to); err == nil || !e.Type().IsRegular() || !member.MatchString(name) {
			continue
		}
		raw, err := readAll(filepath.Join(mirror.Dir, filepath.FromSlash(name)))
		if err != nil {
			return err
		}
		if err := writeOut(to, bytes.NewReader(raw), 0o644); err != nil {
			return err
		}
	}
	return nil
}

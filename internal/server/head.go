package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	"chancery.example/internal/tlog"
	"chancery.example/proof"
)

// A RememberedHead is a head that one file remembers as the highest ever signed.
type RememberedHead struct {
	Path string
	Head proof.Head
	None bool // the file is not there
}

// RememberedHeads returns what the places of a register remember as the highest
// head ever signed: the folder's own first.
func RememberedHeads(dir string) ([]RememberedHead, error) {
	f, err := folder.Open(dir)
	if err != nil {
		return nil, err
	}
	second, err := f.SecondHead()
	if err != nil {
		return nil, err
	}
	var out []RememberedHead
	for _, path := range []string{f.HeadFile(), second} {
		if path == "" {
			continue
		}
		h, _, err := tlog.ReadHeadFile(path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, kind.Unavailable.Wrap(err)
		}
		out = append(out, RememberedHead{Path: path, Head: h, None: err != nil})
	}
	return out, nil
}

// RememberAlso makes a register remember its highest head in a second file
// outside its folder, or only in its own when path is "". A file that is there
// already must remember a head of this log, and none that the folder has not.
func RememberAlso(ctx context.Context, dir, path string) error {
	f, err := folder.Open(dir)
	if err != nil {
		return err
	}
	if path == "" {
		return f.SetSecondHead("")
	}
	if path, err = filepath.Abs(path); err != nil {
		return fmt.Errorf("remembering the head also in %s: %w", path, err)
	}
	if inside(dir, path) {
		return kind.Invalid.Errorf("remembering the head also in %s: it is inside the register's folder, and an older copy of the folder would set it back too; name a file on another disk", path)
	}
	h, stamp, err := tlog.ReadHeadFile(f.HeadFile())
	if errors.Is(err, fs.ErrNotExist) {
		return kind.Unavailable.Errorf("remembering the head also in %s: the folder itself remembers none; see \"chancery help fsck\" on --adopt-head", path)
	}
	if err != nil {
		return kind.Unavailable.Wrap(err)
	}
	switch old, _, err := tlog.ReadHeadFile(path); {
	case err == nil && (old.Origin != h.Origin || old.Size > h.Size || old.Size == h.Size && old.Root != h.Root):
		return kind.Conflict.Errorf("remembering the head also in %s: that file remembers a head over %d entries of %s, this folder one over %d of %s. If it is of this log, this folder is an older copy", path, old.Size, old.Origin, h.Size, h.Origin)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return kind.Conflict.Errorf("remembering the head also in %s: a file that is something else is there; name a new one: %w", path, err)
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("remembering the head also in %s: %w", path, err)
	}
	if err := tlog.WriteHeadFile(path, h, stamp); err != nil {
		return kind.Unavailable.Wrap(err)
	}
	return f.SetSecondHead(path)
}

func inside(dir, path string) bool {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return false
	}
	rel, err := filepath.Rel(abs, path)
	return err == nil && filepath.IsLocal(rel)
}

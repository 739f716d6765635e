package book

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	"chancery.example/internal/remote"
	"chancery.example/proof"
)

// A Refreshed says how the mirror of a register was brought up to date.
type Refreshed struct {
	Entry  Entry
	Copied remote.Copied
	Err    error // why not; what the mirror had stays
}

// patience is how long one register may take to be brought up to date: the others
// do not wait for it longer.
const patience = 2 * time.Minute

// Refresh brings the mirrors of some registers up to date, all at once: one that
// cannot be reached hinders none of the others.
func (b *Book) Refresh(ctx context.Context, entries []Entry, o remote.Options) []Refreshed {
	out := make([]Refreshed, len(entries))
	var all sync.WaitGroup
	for i, e := range entries {
		all.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, patience)
			defer cancel()
			out[i] = Refreshed{Entry: e}
			out[i].Copied, out[i].Err = b.refresh(ctx, e, o)
		})
	}
	all.Wait()
	return out
}

func (b *Book) refresh(ctx context.Context, e Entry, o remote.Options) (remote.Copied, error) {
	if e.URL == "" {
		return remote.Copied{}, nil // read where it is
	}
	policy, err := b.Policy(e)
	if err != nil {
		return remote.Copied{}, err
	}
	c, err := remote.New(e.URL, o)
	if err != nil {
		return remote.Copied{}, err
	}
	m, err := remote.OpenMirror(c, b.mirrorDir(e), remote.MirrorOptions{Policy: policy})
	if err != nil {
		return remote.Copied{}, err
	}
	return m.Update(ctx)
}

// Evidence lists the evidence files about a register of the book: while there is
// one, its answers are not to be relied on.
func (b *Book) Evidence(e Entry) []string {
	files, err := filepath.Glob(filepath.Join(b.mirrorDir(e), "evidence", "*"+proof.EvidenceExtension))
	if err != nil {
		return nil // the pattern is ours
	}
	return files
}

// FirstUse asks a register for its own word about its keys and witnesses: what a
// reader believes who trusts on first use.
func FirstUse(ctx context.Context, e Entry, o remote.Options) (proof.Policy, error) {
	if e.URL == "" {
		f, err := folder.Open(e.Folder)
		if err != nil {
			return proof.Policy{}, err //nolint:wrapcheck // says what it read
		}
		return f.Policy() //nolint:wrapcheck // likewise
	}
	c, err := remote.New(e.URL, o)
	if err != nil {
		return proof.Policy{}, err
	}
	cfg, _, err := c.Config(ctx)
	if errors.Is(err, fs.ErrNotExist) {
		return proof.Policy{}, kind.NotFound.Errorf("no register at %s: there is no %s; is it the right address?", e.URL, folder.ConfigName)
	}
	if err != nil {
		return proof.Policy{}, err
	}
	raw, err := c.Policy(ctx)
	if err != nil {
		return proof.Policy{}, err
	}
	if raw == nil {
		return cfg.Policy() //nolint:wrapcheck // says what it is
	}
	return cfg.ParsePolicy(raw) //nolint:wrapcheck // likewise
}

// DefaultDir is the folder of the user's own book.
func DefaultDir() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", kind.NotFound.Errorf("where is the address book? give --book DIR: %w", err)
	}
	return filepath.Join(dir, "chancery"), nil
}

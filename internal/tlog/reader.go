package tlog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/api/layout"
	"golang.org/x/mod/sumdb/tlog"

	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

const (
	width         = layout.EntryBundleWidth // of tiles and bundles
	maxCheckpoint = 1 << 20
	maxBundle     = width * (2 + register.MaxEntry)
)

// A Reader reads the files of a log. It holds no lock, keeps nothing open and
// never writes, so it works beside a running Log and on a read-only copy. It
// may be used by many goroutines at once.
type Reader struct {
	dir   string // or the address: what errors name the log by
	files Files
}

// Files are the published files of a log, wherever they are kept.
type Files interface {
	// File returns the file with a name such as tile/0/000, of at most limit bytes.
	// The error is fs.ErrNotExist when there is none.
	File(name string, limit int64) ([]byte, error)
}

// NewReader returns a reader of the log whose files are somewhere else than in a
// folder; name is what errors call it by. Files are believed as little as those
// on disk: all that a Reader gives away is verified against a head.
func NewReader(name string, files Files) *Reader { return &Reader{dir: name, files: files} }

// OpenReader returns a reader of the log in dir.
func OpenReader(dir string) (*Reader, error) {
	switch st, err := os.Stat(dir); {
	case err != nil:
		return nil, fmt.Errorf("reading log %s: %w", dir, err)
	case !st.IsDir():
		return nil, fmt.Errorf("reading log %s: this is a file, want the folder of a log", dir)
	}
	return &Reader{dir: dir, files: Disk(dir)}, nil
}

// Checkpoint returns the published checkpoint as it was signed. Nothing is
// verified.
func (r *Reader) Checkpoint() ([]byte, error) {
	b, err := r.read(layout.CheckpointPath, maxCheckpoint)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading log %s: it has no checkpoint, so either this is no log or it was never begun: %w", r.dir, err)
	}
	if err != nil {
		return nil, fmt.Errorf("reading log %s: %w", r.dir, err)
	}
	return b, nil
}

// Head returns what the published checkpoint says, unverified.
func (r *Reader) Head() (proof.Head, error) {
	b, err := r.Checkpoint()
	if err != nil {
		return proof.Head{}, err
	}
	h, err := proof.ParseHead(b)
	if err != nil {
		return proof.Head{}, fmt.Errorf("reading the checkpoint of log %s: %w: %w", r.dir, ErrCorrupt, err)
	}
	return h, nil
}

// Entries calls f for each entry of the tree with head h, from an index on.
// Each was found to be under the root of h before f sees it. f owns the bytes.
func (r *Reader) Entries(ctx context.Context, h proof.Head, from register.Index, f func(register.Index, []byte) error) error {
	if uint64(from) > h.Size {
		return fmt.Errorf("reading log %s from entry %d: the head covers only %d entries", r.dir, from, h.Size)
	}
	return r.entries(ctx, h, uint64(from), h.Size, f)
}

// entries gives the verified entries in [from, to).
func (r *Reader) entries(ctx context.Context, h proof.Head, from, to uint64, f func(register.Index, []byte) error) error {
	t := r.tree(h)
	var leaves []tlog.Hash // of the bundle at hand, authenticated
	var first uint64       // index of leaves[0]
	return r.leaves(ctx, from, to, h.Size, func(i register.Index, entry []byte, leaf letter.Hash) error {
		if at := uint64(i); at >= first+uint64(len(leaves)) {
			var err error
			first = at
			if leaves, err = t.leaves(at, min(at/width*width+width, to)); err != nil {
				return err
			}
		}
		if letter.Hash(leaves[uint64(i)-first]) != leaf {
			return fmt.Errorf("reading log %s: %w: entry %d is not the one that the tree of %d entries was built from", r.dir, ErrCorrupt, i, h.Size)
		}
		return f(i, entry)
	})
}

// Inclusion returns the RFC 6962 audit path of entry i in the tree with head h,
// from the leaf's sibling up.
func (r *Reader) Inclusion(ctx context.Context, h proof.Head, i register.Index) ([]letter.Hash, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("reading the path of entry %d of log %s: %w", i, r.dir, err)
	}
	path, err := r.tree(h).inclusion(uint64(i))
	if err != nil {
		return nil, fmt.Errorf("reading the path of entry %d of log %s: %w", i, r.dir, err)
	}
	return path, nil
}

// RootAt returns the root over the first size entries of the tree with head h:
// what an earlier head of the same log says.
func (r *Reader) RootAt(h proof.Head, size uint64) (letter.Hash, error) {
	if size > h.Size || h.Size > maxTree {
		return letter.Hash{}, fmt.Errorf("reading log %s: the root over %d entries: the head covers %d", r.dir, size, h.Size)
	}
	root, err := tlog.TreeHash(int64(size), tlog.HashReaderFunc(r.tree(h).hashes)) //nolint:gosec // at most maxTree
	if err != nil {
		return letter.Hash{}, fmt.Errorf("reading log %s: the root over %d entries: %w", r.dir, size, err)
	}
	return letter.Hash(root), nil
}

// leaves calls f for the entries in [from, to) of the tree of size n, as they
// are on disk, with their leaf hashes. What the tree says of them is for the
// caller to compare.
func (r *Reader) leaves(ctx context.Context, from, to, n uint64, f func(register.Index, []byte, letter.Hash) error) error {
	if from > to || to > n {
		return fmt.Errorf("reading log %s: entries %d to %d of %d", r.dir, from, to, n)
	}
	for at := from; at < to; {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("reading log %s: %w", r.dir, err)
		}
		bundle, err := r.bundle(at/width, n)
		if err != nil {
			return fmt.Errorf("reading log %s: %w", r.dir, err)
		}
		for end := min(to, at/width*width+width); at < end; at++ {
			// A copy, so that one entry kept does not keep its whole bundle.
			entry := append([]byte(nil), bundle[at%width]...)
			if err := f(register.Index(at), entry, register.LeafHash(entry)); err != nil {
				return err
			}
		}
	}
	return nil
}

// bundle returns the entries of a bundle in the tree of size n.
func (r *Reader) bundle(index, n uint64) ([][]byte, error) {
	partial := layout.PartialTileSize(0, index, n)
	name := layout.EntriesPath(index, partial)
	raw, err := r.read(name, maxBundle)
	full := partial == 0
	if errors.Is(err, fs.ErrNotExist) && !full {
		// tlog-tiles, "Partial tiles": they may go once the full one is there.
		name, full = layout.EntriesPath(index, 0), true
		raw, err = r.read(name, maxBundle)
	}
	if err != nil {
		return nil, damage(err)
	}
	var b api.EntryBundle
	if err := b.UnmarshalText(raw); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrCorrupt, name, err)
	}
	want := int(partial)
	if full {
		want = width
	}
	if len(b.Entries) != want {
		return nil, fmt.Errorf("%w: %s holds %d entries: want %d", ErrCorrupt, name, len(b.Entries), want)
	}
	return b.Entries, nil
}

// read returns a file of the log, of at most limit bytes.
func (r *Reader) read(name string, limit int64) ([]byte, error) {
	return r.files.File(name, limit) //nolint:wrapcheck // callers say what they read
}

// Disk are the files of a log in a folder.
type Disk string

// File implements Files.
func (dir Disk) File(name string, limit int64) (_ []byte, err error) {
	f, err := os.Open(filepath.Join(string(dir), filepath.FromSlash(name)))
	if err != nil {
		return nil, err
	}
	defer func() {
		if e := f.Close(); err == nil {
			err = e
		}
	}()
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(b)) > limit {
		return nil, fmt.Errorf("%w: %s has more than %d bytes", ErrCorrupt, name, limit)
	}
	return b, nil
}

// damage marks a file that should be there and is not.
func damage(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return err
}

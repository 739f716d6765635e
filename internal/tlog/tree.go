package tlog

import (
	"errors"
	"fmt"
	"io/fs"
	"math/bits"

	"github.com/transparency-dev/tessera/api/layout"
	"golang.org/x/mod/sumdb/tlog"

	"chancery.example/letter"
	"chancery.example/proof"
)

// maxTree keeps hash indices, about twice the size, well inside 63 bits.
const maxTree = 1 << 48

// A tree reads hashes out of the tiles of a log. Each is authenticated against
// the root of the head before it is given away. It is for one goroutine.
type tree struct {
	r    *Reader
	head proof.Head
	err  error // why a tile could not be read
	// used, when not nil, gathers the tiles by name; they were authenticated when
	// the hashes asked for come back.
	used map[string][]byte
}

func (r *Reader) tree(h proof.Head) *tree { return &tree{r: r, head: h} }

// hashes returns the authenticated hashes at x/mod's storage indices.
func (t *tree) hashes(indices []int64) ([]tlog.Hash, error) {
	if t.head.Size > maxTree {
		return nil, fmt.Errorf("a tree of %d entries: at most %d", t.head.Size, uint64(maxTree))
	}
	if t.head.Size == 0 {
		if t.head.Root != (&Frontier{}).Root() {
			return nil, fmt.Errorf("%w: the head is over no entries, but its root is not that of the empty tree", ErrCorrupt)
		}
		return nil, nil
	}
	t.err = nil
	hs, err := tlog.TileHashReader(tlog.Tree{N: int64(t.head.Size), Hash: tlog.Hash(t.head.Root)}, tiles{t}).ReadHashes(indices)
	switch {
	case t.err != nil:
		return nil, t.err
	case err != nil:
		return nil, fmt.Errorf("%w: its tiles are not those of the head over %d entries: %w", ErrCorrupt, t.head.Size, err)
	}
	return hs, nil
}

// leaves returns the leaf hashes in [from, to).
func (t *tree) leaves(from, to uint64) ([]tlog.Hash, error) {
	indices := make([]int64, 0, width)
	for i := from; i < to; i++ {
		indices = append(indices, tlog.StoredHashIndex(0, int64(i))) //nolint:gosec // at most maxTree
	}
	hs, err := t.hashes(indices)
	if err != nil {
		return nil, fmt.Errorf("reading log %s: %w", t.r.dir, err)
	}
	return hs, nil
}

// inclusion returns the audit path of a leaf.
func (t *tree) inclusion(i uint64) ([]letter.Hash, error) {
	if i >= t.head.Size || t.head.Size > maxTree {
		return nil, fmt.Errorf("the head covers %d entries", t.head.Size)
	}
	n, at := int64(t.head.Size), int64(i) //nolint:gosec // at most maxTree
	leaf, err := t.hashes([]int64{tlog.StoredHashIndex(0, at)})
	if err != nil {
		return nil, err
	}
	p, err := tlog.ProveRecord(n, at, tlog.HashReaderFunc(t.hashes))
	if err != nil {
		return nil, err
	}
	if err := tlog.CheckRecord(p, n, tlog.Hash(t.head.Root), at, leaf[0]); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	path := make([]letter.Hash, len(p))
	for k, h := range p {
		path[k] = letter.Hash(h)
	}
	return path, nil
}

// consistency returns the consistency proof from the tree over the first leaves.
func (t *tree) consistency(size uint64) ([]letter.Hash, error) {
	p, err := tlog.ProveTree(int64(t.head.Size), int64(size), tlog.HashReaderFunc(t.hashes)) //nolint:gosec // at most maxTree
	if err != nil {
		return nil, err
	}
	path := make([]letter.Hash, len(p))
	for k, h := range p {
		path[k] = letter.Hash(h)
	}
	return path, nil
}

// frontier returns the right edge of the tree.
func (t *tree) frontier() (Frontier, error) {
	var indices []int64
	for left := t.head.Size; left != 0 && t.head.Size <= maxTree; {
		// The complete subtrees from right to left: each begins where what is
		// left of it ends.
		level := bits.TrailingZeros64(left)
		left -= 1 << level
		indices = append(indices, tlog.StoredHashIndex(level, int64(left>>level))) //nolint:gosec // at most maxTree
	}
	hs, err := t.hashes(indices)
	if err != nil {
		return Frontier{}, fmt.Errorf("reading log %s: %w", t.r.dir, err)
	}
	f := Frontier{size: t.head.Size}
	for i := len(hs) - 1; i >= 0; i-- {
		f.roots = append(f.roots, letter.Hash(hs[i]))
	}
	return f, nil
}

// tiles gives a tree's files to x/mod, which authenticates them.
type tiles struct{ *tree }

// Height implements tlog.TileReader.
func (tiles) Height() int { return layout.TileHeight }

// ReadTiles implements tlog.TileReader.
func (t tiles) ReadTiles(want []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(want))
	for i, w := range want {
		b, err := t.tile(w)
		if err != nil {
			t.err = err
			return nil, err
		}
		data[i] = b
	}
	return data, nil
}

// SaveTiles implements tlog.TileReader.
func (tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (t *tree) tile(w tlog.Tile) ([]byte, error) {
	const size = width * tlog.HashSize
	level, index, partial := uint64(w.L), uint64(w.N), uint8(w.W%width) //nolint:gosec // x/mod asks for no others
	name := layout.TilePath(level, index, partial)
	b, err := t.r.read(name, size)
	if errors.Is(err, fs.ErrNotExist) && partial != 0 {
		// tlog-tiles, "Partial tiles": they may go once the full one is there.
		name = layout.TilePath(level, index, 0)
		if b, err = t.r.read(name, size); err == nil && len(b) == size {
			b = b[:w.W*tlog.HashSize]
		}
	}
	if err != nil {
		return nil, damage(err)
	}
	if len(b) != w.W*tlog.HashSize {
		return nil, fmt.Errorf("%w: %s has %d bytes: want %d", ErrCorrupt, name, len(b), w.W*tlog.HashSize)
	}
	if t.used != nil {
		t.used[layout.TilePath(level, index, partial)] = b
	}
	return b, nil
}

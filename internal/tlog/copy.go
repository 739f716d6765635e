package tlog

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/transparency-dev/tessera/api/layout"

	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// A File is a published file of a log.
type File struct {
	Name    string // such as tile/entries/000.p/12
	Content []byte
}

// BundleWidth is how many entries a full bundle holds.
const BundleWidth = width

// Bundle returns the entries of a bundle in the tree with head h, and the files
// that hold them and prove them: the bundle and every tile between it and the
// root. All of them were found to be those that h was signed over, so who keeps
// them has a part of the log that needs no further proof.
func (r *Reader) Bundle(ctx context.Context, h proof.Head, index uint64) (entries [][]byte, files []File, err error) {
	if h.Size > maxTree || index > h.Size/width || index*width >= h.Size {
		return nil, nil, fmt.Errorf("reading log %s: bundle %d: the head covers %d entries", r.dir, index, h.Size)
	}
	if err := ctx.Err(); err != nil {
		return nil, nil, fmt.Errorf("reading log %s: %w", r.dir, err)
	}
	from, to := index*width, min(index*width+width, h.Size)
	t := r.tree(h)
	t.used = map[string][]byte{}
	leaves, err := t.leaves(from, to)
	if err != nil {
		return nil, nil, err
	}
	bundle, err := r.bundle(index, h.Size)
	if err != nil {
		return nil, nil, fmt.Errorf("reading log %s: %w", r.dir, err)
	}
	var raw []byte
	for i, entry := range bundle[:to-from] {
		if register.LeafHash(entry) != letter.Hash(leaves[i]) {
			return nil, nil, fmt.Errorf("reading log %s: %w: entry %d is not the one that the tree of %d entries was built from", r.dir, ErrCorrupt, from+uint64(i), h.Size)
		}
		raw = binary.BigEndian.AppendUint16(raw, uint16(len(entry))) //nolint:gosec // as it was read
		raw = append(raw, entry...)
	}
	for name, content := range t.used {
		files = append(files, File{name, slices.Clone(content)})
	}
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	files = append(files, File{layout.EntriesPath(index, layout.PartialTileSize(0, index, h.Size)), raw})
	return bundle[:to-from], files, nil
}

// Consistency returns the RFC 6962 consistency proof from the tree over the
// first size entries to the tree with head h. It is empty when size is 0 or
// that of h.
func (r *Reader) Consistency(h proof.Head, size uint64) ([]letter.Hash, error) {
	if size > h.Size || h.Size > maxTree {
		return nil, fmt.Errorf("reading log %s: a proof from %d entries on: the head covers %d", r.dir, size, h.Size)
	}
	if size == 0 || size == h.Size {
		return nil, nil
	}
	path, err := r.tree(h).consistency(size)
	if err != nil {
		return nil, fmt.Errorf("reading log %s: a proof from %d entries on: %w", r.dir, size, err)
	}
	return path, nil
}

// NeedsPartial reports whether the tree over n entries has this file, whose name
// ends in .p/WIDTH, for its right edge.
func NeedsPartial(name string, width uint8, n uint64) bool {
	if n == 0 {
		return false
	}
	if layout.EntriesPath(n/BundleWidth, width) == name {
		return layout.PartialTileSize(0, n/BundleWidth, n) == width
	}
	for level := uint64(0); n>>(layout.TileHeight*level) > 0; level++ {
		index := n >> (layout.TileHeight * (level + 1))
		if layout.TilePath(level, index, width) == name {
			return layout.PartialTileSize(level, index, n) == width
		}
	}
	return false
}

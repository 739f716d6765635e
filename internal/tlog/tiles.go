package tlog

import (
	"context"
	"encoding/binary"
	"fmt"

	"github.com/transparency-dev/tessera/api/layout"

	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// Copy gives the files of the log as of a head, made anew from the entries, each
// verified under the head: nothing that came later is in them. emit gets each
// file's name, with slashes, and content; the checkpoint is not among them.
func (r *Reader) Copy(ctx context.Context, h proof.Head, emit func(name string, content []byte) error) error {
	t := &tiler{emit: emit}
	err := r.Entries(ctx, h, 0, func(_ register.Index, entry []byte) error { return t.add(entry) })
	if err == nil {
		err = t.end()
	}
	if err != nil {
		return err
	}
	if t.tree.Root() != h.Root {
		return fmt.Errorf("reading log %s: %w: its entries do not add up to the head over %d entries", r.dir, ErrCorrupt, h.Size)
	}
	return nil
}

// A tiler makes the files of a log from its entries: C2SP tlog-tiles.
type tiler struct {
	emit   func(string, []byte) error
	tree   Frontier
	bundle []byte
	levels [][]letter.Hash // of each level, the hashes of the tile at its right edge
}

func (t *tiler) add(entry []byte) error {
	if len(entry) > register.MaxEntry {
		return fmt.Errorf("an entry of %d bytes", len(entry))
	}
	t.bundle = binary.BigEndian.AppendUint16(t.bundle, uint16(len(entry))) //nolint:gosec // compared above
	t.bundle = append(t.bundle, entry...)
	leaf := register.LeafHash(entry)
	t.tree.Append(leaf)
	if t.tree.size%width == 0 {
		if err := t.emit(layout.EntriesPath(t.tree.size/width-1, 0), t.bundle); err != nil {
			return err
		}
		t.bundle = t.bundle[:0]
	}
	return t.push(0, leaf)
}

// push adds a hash to the tile at the right edge of a level; a full tile's root
// goes one level up.
func (t *tiler) push(level int, h letter.Hash) error {
	if level == len(t.levels) {
		t.levels = append(t.levels, nil)
	}
	t.levels[level] = append(t.levels[level], h)
	if len(t.levels[level]) < width {
		return nil
	}
	var root Frontier
	for _, x := range t.levels[level] {
		root.appendNode(x)
	}
	index := t.tree.size>>(layout.TileHeight*(level+1)) - 1
	if err := t.emit(layout.TilePath(uint64(level), index, 0), join(t.levels[level])); err != nil { //nolint:gosec // a few levels
		return err
	}
	t.levels[level] = t.levels[level][:0]
	return t.push(level+1, root.Root())
}

// end gives the partial files at the right edge.
func (t *tiler) end() error {
	if n := t.tree.size % width; n > 0 {
		if err := t.emit(layout.EntriesPath(t.tree.size/width, uint8(n)), t.bundle); err != nil {
			return err
		}
	}
	for level, hashes := range t.levels {
		if len(hashes) == 0 {
			continue
		}
		index := t.tree.size >> (layout.TileHeight * (level + 1))
		if err := t.emit(layout.TilePath(uint64(level), index, uint8(len(hashes))), join(hashes)); err != nil { //nolint:gosec // below width
			return err
		}
	}
	return nil
}

func join(hashes []letter.Hash) []byte {
	out := make([]byte, 0, len(hashes)*len(letter.Hash{}))
	for _, h := range hashes {
		out = append(out, h[:]...)
	}
	return out
}

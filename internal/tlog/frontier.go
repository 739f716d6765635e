package tlog

import (
	"crypto/sha256"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"

	"chancery.example/letter"
)

// A Frontier is the right edge of a Merkle tree: the roots of its complete
// subtrees, largest first. It is all that is needed to add leaves and to know
// the root, so that a tree can be recomputed in one pass. The zero Frontier is
// the empty tree.
type Frontier struct {
	size  uint64
	roots []letter.Hash // one for each set bit of size, highest first
}

// Size returns the number of leaves.
func (f *Frontier) Size() uint64 { return f.size }

// Append adds a leaf.
func (f *Frontier) Append(leaf letter.Hash) { f.appendNode(leaf) }

// appendNode adds the root of a subtree, all of the same height.
func (f *Frontier) appendNode(h letter.Hash) {
	// Each trailing one bit of the size is a subtree that the leaf completes.
	for range bits.TrailingZeros64(^f.size) {
		last := len(f.roots) - 1
		h = node(f.roots[last], h)
		f.roots = f.roots[:last]
	}
	f.roots = append(f.roots, h)
	f.size++
}

// Root returns the RFC 6962 root.
func (f *Frontier) Root() letter.Hash {
	if f.size == 0 {
		return sha256.Sum256(nil)
	}
	h := f.roots[len(f.roots)-1]
	for i := len(f.roots) - 2; i >= 0; i-- {
		h = node(f.roots[i], h)
	}
	return h
}

// Clone returns a copy that shares nothing with f.
func (f *Frontier) Clone() Frontier {
	return Frontier{size: f.size, roots: append([]letter.Hash(nil), f.roots...)}
}

// truncate returns the edge of the tree over the first leaves, as many as are a
// multiple of unit, a power of two.
func (f *Frontier) truncate(unit uint64) Frontier {
	size := f.size &^ (unit - 1)
	return Frontier{size: size, roots: append([]letter.Hash(nil), f.roots[:bits.OnesCount64(size)]...)}
}

func node(left, right letter.Hash) letter.Hash {
	return letter.Hash(tlog.NodeHash(tlog.Hash(left), tlog.Hash(right)))
}

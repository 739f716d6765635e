package proof

import (
	"crypto/sha256"

	"chancery.example/letter"
)

// rootByInclusion recomputes the root from a leaf and its path (RFC 9162 section
// 2.1.3.2); false when no tree of this size has such a path.
func rootByInclusion(leaf letter.Hash, index, size uint64, path []letter.Hash) (letter.Hash, bool) {
	if index >= size {
		return letter.Hash{}, false
	}
	fn, sn, r := index, size-1, leaf
	for _, p := range path {
		switch {
		case sn == 0:
			return letter.Hash{}, false
		case fn&1 == 1 || fn == sn:
			r = node(p, r)
			for fn&1 == 0 && fn != 0 {
				fn, sn = fn>>1, sn>>1
			}
		default:
			r = node(r, p)
		}
		fn, sn = fn>>1, sn>>1
	}
	return r, sn == 0
}

// rootByConsistency recomputes the root of a tree that grew out of an older one
// (RFC 9162 section 2.1.4.2); false when the path does not lead from the older
// root, or no trees of these sizes have such a path.
func rootByConsistency(from, to uint64, older letter.Hash, path []letter.Hash) (letter.Hash, bool) {
	if from == 0 || from >= to || len(path) == 0 {
		return letter.Hash{}, false
	}
	fn, sn := from-1, to-1
	for fn&1 == 1 {
		fn, sn = fn>>1, sn>>1
	}
	fr := older // a whole subtree: the older root is where the path begins
	if fn != 0 {
		fr, path = path[0], path[1:]
	}
	sr := fr
	for _, c := range path {
		switch {
		case sn == 0:
			return letter.Hash{}, false
		case fn&1 == 1 || fn == sn:
			fr, sr = node(c, fr), node(c, sr)
			for fn&1 == 0 && fn != 0 {
				fn, sn = fn>>1, sn>>1
			}
		default:
			sr = node(sr, c)
		}
		fn, sn = fn>>1, sn>>1
	}
	return sr, sn == 0 && fr == older
}

// node is the hash of two subtrees.
func node(left, right letter.Hash) letter.Hash {
	var b [1 + 2*len(left)]byte
	b[0] = 1
	copy(b[1:], left[:])
	copy(b[1+len(left):], right[:])
	return sha256.Sum256(b[:])
}

package lookup

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"iter"
	"math/bits"
	"slices"

	"chancery.example/letter"
	"chancery.example/register"
)

// A Tree is the map as of one moment: a compressed binary prefix tree over 256-bit
// keys, each with the list of its entries. It never changes: [Tree.With] makes
// another one that shares what is the same. The zero Tree is empty.
type Tree struct {
	left, right *node // below the root, which has the empty prefix
	keys        int
}

// A node is a leaf, of 256 bits, or parts the keys beneath it by the bit that
// comes after its prefix.
type node struct {
	hash        letter.Hash
	bits        int // length of the prefix
	left, right *node
	leaf        *leaf // nil: it has two children
}

type leaf struct {
	key     letter.Hash
	entries []register.Index // ascending, each once
}

const keyBits = 256

// A Record is one key with its entries.
type Record struct {
	Key     letter.Hash
	Entries []register.Index // ascending, each once
}

// With returns the tree with entries added under their keys. Entries that a key
// has already are not added twice; in which order, and in how many steps, does
// not matter (MUST-8).
func (t Tree) With(add ...Record) Tree {
	add = tidy(add)
	if len(add) == 0 {
		return t
	}
	next := t
	lo, hi := split(add, 0)
	next.left = merge(t.left, lo, &next.keys)
	next.right = merge(t.right, hi, &next.keys)
	return next
}

// tidy sorts records by key and makes one of those with the same key.
func tidy(add []Record) []Record {
	add = slices.Clone(add)
	slices.SortStableFunc(add, func(a, b Record) int { return bytes.Compare(a.Key[:], b.Key[:]) })
	out := add[:0]
	for _, r := range add {
		switch last := len(out) - 1; {
		case len(r.Entries) == 0:
		case last >= 0 && out[last].Key == r.Key:
			out[last].Entries = union(out[last].Entries, r.Entries)
		default:
			out = append(out, Record{r.Key, union(nil, r.Entries)})
		}
	}
	return out
}

// union returns the indices of both in order, each once.
func union(a, b []register.Index) []register.Index {
	out := make([]register.Index, 0, len(a)+len(b))
	out = append(append(out, a...), b...)
	if !slices.IsSortedFunc(out, cmp.Compare[register.Index]) {
		slices.Sort(out)
	}
	return slices.Compact(out)
}

// merge puts sorted records below a node. It makes each changed node once,
// however many records go below it.
func merge(n *node, add []Record, keys *int) *node {
	switch {
	case len(add) == 0:
		return n
	case n == nil && len(add) == 1:
		*keys++
		return newLeaf(add[0].Key, add[0].Entries)
	}
	first, last := add[0].Key, add[len(add)-1].Key
	at := common(first, last) // sorted: the ends differ first
	if n != nil {
		some := n.someKey()
		at = min(n.bits, common(some, first), common(some, last))
	}
	if at == keyBits { // the same key
		return newLeaf(first, union(n.leaf.entries, add[0].Entries))
	}
	lo, hi := split(add, at)
	var left, right *node
	switch {
	case n == nil:
	case n.bits == at:
		left, right = n.left, n.right
	case bit(n.someKey(), at) == 0:
		left = n
	default:
		right = n
	}
	return newBranch(first, at, merge(left, lo, keys), merge(right, hi, keys))
}

// someKey returns a key beneath the node: all agree in its prefix.
func (n *node) someKey() letter.Hash {
	for n.leaf == nil {
		n = n.left
	}
	return n.leaf.key
}

// split parts sorted records, which agree in at bits, by the bit that follows.
func split(add []Record, at int) (lo, hi []Record) {
	i, _ := slices.BinarySearchFunc(add, 1, func(r Record, want int) int { return cmp.Compare(bit(r.Key, at), want) })
	return add[:i], add[i:]
}

// common returns in how many bits two keys agree.
func common(a, b letter.Hash) int {
	for i := range a {
		if x := a[i] ^ b[i]; x != 0 {
			return 8*i + bits.LeadingZeros8(x)
		}
	}
	return keyBits
}

// bit returns a bit of a key, from the most significant on.
func bit(k letter.Hash, at int) int { return int(k[at/8]>>(7-at%8)) & 1 }

func newLeaf(key letter.Hash, entries []register.Index) *node {
	return &node{hash: leafHash(key, valueOf(entries)), bits: keyBits, leaf: &leaf{key, entries}}
}

func newBranch(key letter.Hash, at int, left, right *node) *node {
	return &node{hash: branchHash(key, at, left.hash, right.hash), bits: at, left: left, right: right}
}

// leafHash and branchHash are those of a node with its label (MUST-7).
func leafHash(key, value letter.Hash) letter.Hash { return labelled(key, keyBits, value) }

func branchHash(key letter.Hash, at int, left, right letter.Hash) letter.Hash {
	return labelled(key, at, treeHash(append(left[:], right[:]...)))
}

// labelled binds a value to the first at bits of key.
func labelled(key letter.Hash, at int, value letter.Hash) letter.Hash {
	var label [4 + len(key)]byte
	binary.BigEndian.PutUint32(label[:4], uint32(at)) //nolint:gosec // 0 to 256
	copy(label[4:], key[:(at+7)/8])
	if at%8 != 0 {
		label[4+at/8] &= 0xff << (8 - at%8)
	}
	h := treeHash(label[:])
	return treeHash(append(value[:], h[:]...))
}

func treeHash(b []byte) letter.Hash { return digest([]byte(treeDomain), b) }

// emptyHash stands for the side of the root under which there is no key.
var emptyHash = func() letter.Hash {
	zero := treeHash([]byte{0})
	label := emptyLabel()
	inner := treeHash(append(zero[:], label[:]...))
	return treeHash(append(inner[:], label[:]...))
}()

// emptyLabel is the hash of the label that no key has: 0 bits and 32 bytes 01.
func emptyLabel() letter.Hash {
	return treeHash(append(make([]byte, 4), bytes.Repeat([]byte{1}, len(letter.Hash{}))...))
}

func hashOf(n *node) letter.Hash {
	if n == nil {
		return emptyHash
	}
	return n.hash
}

// Root returns the root of the tree (MUST-7).
func (t Tree) Root() letter.Hash {
	if t.keys == 0 {
		return labelled(letter.Hash{}, 0, treeHash([]byte{0}))
	}
	return branchHash(letter.Hash{}, 0, hashOf(t.left), hashOf(t.right))
}

// Keys returns how many keys the tree holds.
func (t Tree) Keys() uint64 { return uint64(t.keys) } //nolint:gosec // a count

// All returns the records in order of their keys, which is what a register keeps
// (MUST-17). They must not be changed.
func (t Tree) All() iter.Seq[Record] {
	return func(yield func(Record) bool) {
		if t.left.each(yield) {
			t.right.each(yield)
		}
	}
}

func (n *node) each(yield func(Record) bool) bool {
	switch {
	case n == nil:
		return true
	case n.leaf != nil:
		return yield(Record{n.leaf.key, n.leaf.entries})
	}
	return n.left.each(yield) && n.right.each(yield)
}

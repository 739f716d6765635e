package watch

import (
	"context"
	"fmt"

	"chancery.example/internal/lookupdir"
	"chancery.example/lookup"
)

// maps makes the look-up map anew, from the entries and the words, and holds the
// root in each index-head against it (lookup.md MUST-15). What is kept in lookup/
// is compared as well; readers do without it.
func (c *checker) maps(ctx context.Context) {
	const dir = "lookup"
	if !c.whole {
		return // that entries are damaged was reported
	}
	kept, err := lookupdir.Load(c.folder.LookupDir())
	if err != nil {
		c.add(Notice, dir, "%v; the next index head makes it anew", err)
	}
	var tree lookup.Tree
	at, compared := lookup.Head{}.Index, kept.At == 0
	for _, h := range c.trail.Heads() {
		if ctx.Err() != nil {
			return
		}
		where := fmt.Sprintf("entry %d", h.Index)
		next, err := c.trail.Tree(tree, at, h.Index, c.folder.WordsKey)
		if err != nil {
			c.add(Notice, where, "whether it has the root of the look-up map cannot be said: %v", err)
			return
		}
		tree, at = next, h.Index
		if tree.Root() != h.Root || tree.Keys() != h.Keys {
			c.add(Damage, where, "the look-up map over the entries before it has %d keys and the root %s; it says %d and %s. Proofs of absence that rest on it are worthless: keep a copy of the log as evidence", tree.Keys(), tree.Root(), h.Keys, h.Root)
			continue
		}
		c.IndexHeads++
		if kept.At == h.Index {
			compared = kept.Tree.Root() == tree.Root()
		}
	}
	if !compared {
		c.add(Notice, dir, "the map that is kept there, over %d entries, is none of this log; it is not believed, and the next index head makes it anew. It can be removed", kept.At)
	}
}

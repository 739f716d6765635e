package folder

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"chancery.example/internal/kind"
	"chancery.example/internal/lookupdir"
	"chancery.example/letter"
	"chancery.example/lookup"
	"chancery.example/register"
)

// LookupDir is where the look-up map is kept.
func (f Folder) LookupDir() string { return filepath.Join(f.Dir, "lookup") }

// TombstoneName is what the tombstone of a text ends in (MUST-17).
const TombstoneName = ".erased"

func (f Folder) tombstone(leaf letter.Hash) string { return f.textFile(leaf) + TombstoneName }

// WordsKey returns the place of a shown text's words in the look-up map: from the
// words, which must fit the leaf, or from their tombstone. It is a lookup.Words.
func (f Folder) WordsKey(d letter.Disclosure) (letter.Hash, bool) {
	if t, ok := f.Text(d.Hash); ok && d.Matches([]byte(t.String())) {
		return lookup.WordsKey(t), true
	}
	return f.Erased(d.Hash)
}

// Erased returns the key that the tombstone of erased words keeps; false when the
// words were not erased.
func (f Folder) Erased(leaf letter.Hash) (letter.Hash, bool) {
	raw, err := f.public(f.tombstone(leaf), "texts/"+leaf.String()+TombstoneName, 2*int64(len(leaf))+1)
	if err != nil {
		return letter.Hash{}, false
	}
	key, err := letter.ParseHash(strings.TrimSuffix(string(raw), "\n"))
	return key, err == nil && len(raw) == 2*len(key)+1
}

// Erase takes the words of a shown text away and leaves their tombstone: first
// that, so that a crash in between loses nothing. To erase twice is harmless.
func (f Folder) Erase(d letter.Disclosure) error {
	if _, done := f.Erased(d.Hash); !done {
		t, ok := f.Text(d.Hash)
		if !ok || !d.Matches([]byte(t.String())) {
			return kind.NotFound.Errorf("erasing texts/%s: the words are not there, or are not those of the entry; without them their place in the look-up map is not known. Restore the file first", d.Hash)
		}
		if err := WriteFile(f.tombstone(d.Hash), []byte(lookup.WordsKey(t).String()+"\n"), 0o644); err != nil {
			return fmt.Errorf("erasing texts/%s: %w", d.Hash, err)
		}
	}
	if err := os.Remove(f.textFile(d.Hash)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("erasing texts/%s: %w", d.Hash, err)
	}
	return SyncDir(filepath.Dir(f.textFile(d.Hash)))
}

// KeepMap keeps what a map has more than the one that is kept.
func (f Folder) KeepMap(k lookupdir.Kept, tree lookup.Tree, at register.Index, records []lookup.Record) (lookupdir.Kept, error) {
	return k.Keep(f.LookupDir(), WriteFile, tree, at, records)
}

// mapped is a register's map as of an index-head of its log.
type mapped struct {
	head lookup.Head
	tree lookup.Tree
}

// A mapping makes the map of a reading once, when it is asked for.
type mapping struct {
	before mapped // of an earlier reading, to go on from

	mu   sync.Mutex
	made bool
	now  mapped
	err  error
}

// known returns the newest map that was made so far.
func (m *mapping) known() mapped {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.made && m.err == nil {
		return m.now
	}
	return m.before
}

// Map returns the register's map as of the newest index-head under the
// checkpoint; false when there is none, or when MapError says why. It implements
// proof.Mapped.
func (r *Reading) Map() (register.Index, lookup.Tree, bool) {
	m, err := r.theMap()
	return m.head.Index, m.tree, err == nil && m.head.Index > 0
}

// MapError says why there is no map although the log has an index-head: words
// that are missing here, or a root in the log that the entries do not add up to.
func (r *Reading) MapError() error {
	_, err := r.theMap()
	return err
}

func (r *Reading) theMap() (mapped, error) {
	r.maps.mu.Lock()
	defer r.maps.mu.Unlock()
	if !r.maps.made {
		r.maps.now, r.maps.err = r.makeMap()
		r.maps.made = true
	}
	return r.maps.now, r.maps.err
}

// makeMap goes on from the map of an earlier reading, from what the folder keeps,
// or from nothing, whichever leads to the root in the log.
func (r *Reading) makeMap() (mapped, error) {
	head, ok := r.trail.Newest()
	if !ok {
		return mapped{}, nil
	}
	var last error
	for _, from := range []lookupdir.Kept{{Tree: r.maps.before.tree, At: r.maps.before.head.Index}, r.folder.keptMap(), {}} {
		if from.At > head.Index {
			continue
		}
		tree, err := r.trail.Tree(from.Tree, from.At, head.Index, r.folder.WordsKey)
		switch {
		case err != nil:
			last = err
		case tree.Root() == head.Root && tree.Keys() == head.Keys:
			return mapped{head, tree}, nil
		default:
			last = kind.Unavailable.Errorf("entry %d says that the look-up map over the entries before it has %d keys and the root %s; they add up to %d keys and %s. Keep a copy of this register: it proves that its operator logged a wrong map",
				head.Index, head.Keys, head.Root, tree.Keys(), tree.Root())
		}
	}
	return mapped{}, fmt.Errorf("reading register %s: %w", r.folder.Dir, last)
}

package lookup

import (
	"errors"
	"fmt"
	"sort"

	"chancery.example/letter"
	"chancery.example/register"
)

// A Trail is what the entries of a log are about, in their order: all that the
// map is made of but the words, which stand beside the log. It takes entries as
// the fold admits them.
type Trail struct {
	mentions []mention
}

// A mention is that an entry is found under a key; of public words under the leaf
// that leads to them.
type mention struct {
	at    register.Index // the entry that says so
	entry register.Index // the entry that is found: at, or an earlier one
	key   letter.Hash
	words bool // key is a text leaf, with its words in texts/
}

// Add takes an entry that counts; the state is that over the log up to it.
func (t *Trail) Add(s *register.State, l register.Logged) {
	a := s.Subjects(l)
	add := func(key letter.Hash, words bool) {
		t.mentions = append(t.mentions, mention{l.Index, l.Index, key, words})
	}
	for _, x := range a.Letters {
		key := OfLetter(x.Office, x.Reference).Key()
		add(key, false)
		if x.Earlier != 0 {
			t.mentions = append(t.mentions, mention{l.Index, x.Earlier, key, false})
		}
	}
	for _, o := range a.Offices {
		add(OfOffice(o).Key(), false)
	}
	for _, d := range a.Texts {
		add(d.Hash, true)
	}
	for _, h := range a.Leaves {
		add(OfLeaf(h).Key(), false)
	}
	for _, f := range a.Files {
		add(OfFile(f).Key(), false)
	}
}

// Changes reports whether the map over the entries below to differs from the one
// over those below from, so that its root is to be logged (MUST-16).
func (t *Trail) Changes(from, to register.Index) bool { return t.below(to) > t.below(from) }

// below returns how many mentions come from entries before a position.
func (t *Trail) below(to register.Index) int {
	return sort.Search(len(t.mentions), func(i int) bool { return t.mentions[i].at >= to })
}

// Words gives the key of the words behind a text leaf: [WordsKey] of the file in
// texts/, or what its tombstone keeps; false when neither is there.
type Words func(leaf letter.Hash) (key letter.Hash, ok bool)

// WordsKey is the key of public words.
func WordsKey(t letter.Text) letter.Hash { return OfText(t).Key() }

// ErrWordsMissing is within errors of [Trail.Tree] when words are gone without a
// tombstone: then nobody can make the map.
var ErrWordsMissing = errors.New("the words are not there, and no tombstone keeps their key")

// Tree returns the map over the entries below to (MUST-4, MUST-5, MUST-15). from is the
// map over those below since, to go on from; the zero Tree and 0 when there is
// none.
func (t *Trail) Tree(from Tree, since, to register.Index, words Words) (Tree, error) {
	var add []Record
	for _, m := range t.mentions[t.below(since):t.below(to)] {
		key := m.key
		if m.words {
			k, ok := words(m.key)
			if !ok {
				return Tree{}, fmt.Errorf("the map over %d entries: texts/%s, of entry %d: %w", to, m.key, m.at, ErrWordsMissing)
			}
			key = k
		}
		add = append(add, Record{key, []register.Index{m.entry}})
	}
	return from.With(add...), nil
}

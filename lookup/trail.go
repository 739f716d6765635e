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
// the fold admits them. The zero Trail is that of an empty log.
type Trail struct {
	mentions []mention
	shown    []letter.Disclosure // texts whose words lead to their keys
	heads    []Head
}

// A mention is that an entry is found under a key.
type mention struct {
	at    register.Index // the entry that says so
	entry register.Index // the entry that is found: at, or an earlier one
	key   letter.Hash
	shown int // from 1: the text in shown that leads to the key; 0: none
}

// A Head is an index-head in the log: the root that it claims for the map over
// all entries before it.
type Head struct {
	Index register.Index
	Root  letter.Hash
	Keys  uint64
	At    register.Stamp
}

// Add takes an entry that counts; the state is that over the log up to it.
func (t *Trail) Add(s *register.State, l register.Logged) {
	if h, ok := l.Entry.Body.(register.IndexHead); ok {
		t.heads = append(t.heads, Head{l.Index, h.Root, h.Keys, register.StampOf(l.Entry.Claims.IssuedAt)})
		return
	}
	a := s.Subjects(l)
	add := func(n Name, entry register.Index) {
		t.mentions = append(t.mentions, mention{at: l.Index, entry: entry, key: n.Key()})
	}
	for _, x := range a.Letters {
		add(OfLetter(x.Office, x.Reference), l.Index)
		if x.Earlier != 0 {
			add(OfLetter(x.Office, x.Reference), x.Earlier)
		}
	}
	for _, o := range a.Offices {
		add(OfOffice(o), l.Index)
	}
	for _, h := range a.Leaves {
		add(OfLeaf(h), l.Index)
	}
	for _, f := range a.Files {
		add(OfFile(f), l.Index)
	}
	for _, d := range a.Texts {
		t.shown = append(t.shown, d)
		t.mentions = append(t.mentions, mention{at: l.Index, entry: l.Index, shown: len(t.shown)})
	}
}

// Heads returns the index-heads, in order of the log.
func (t *Trail) Heads() []Head { return t.heads }

// Newest returns the newest index-head; false when there is none.
func (t *Trail) Newest() (Head, bool) {
	if len(t.heads) == 0 {
		return Head{}, false
	}
	return t.heads[len(t.heads)-1], true
}

// Changes reports whether the map over the entries below to differs from the one
// over those below from, so that its root is to be logged (MUST-16).
func (t *Trail) Changes(from, to register.Index) bool { return t.below(to) > t.below(from) }

// below returns how many mentions come from entries before a position.
func (t *Trail) below(to register.Index) int {
	return sort.Search(len(t.mentions), func(i int) bool { return t.mentions[i].at >= to })
}

// Words gives the key of the words of a shown text: [WordsKey] of the file in
// texts/ when it fits the leaf, or what its tombstone keeps; false when there is
// neither.
type Words func(d letter.Disclosure) (key letter.Hash, ok bool)

// WordsKey is the key of public words.
func WordsKey(t letter.Text) letter.Hash { return OfText(t).Key() }

// ErrWordsMissing is within errors of [Trail.Records] when words are gone without
// a tombstone: then nobody can make the map.
var ErrWordsMissing = errors.New("the words are not there, and no tombstone keeps their key")

// Records returns what the entries from since on, and below to, add to the map.
func (t *Trail) Records(since, to register.Index, words Words) ([]Record, error) {
	var add []Record
	for _, m := range t.mentions[t.below(since):t.below(to)] {
		if m.shown > 0 {
			d, ok := t.shown[m.shown-1], false
			if m.key, ok = words(d); !ok {
				return nil, fmt.Errorf("the map over %d entries: texts/%s, of entry %d: %w", to, d.Hash, m.at, ErrWordsMissing)
			}
		}
		add = append(add, Record{m.key, []register.Index{m.entry}})
	}
	return add, nil
}

// Tree returns the map over the entries below to (MUST-4, MUST-5, MUST-15). from
// is the map over those below since, to go on from; the zero Tree and 0 when there
// is none.
func (t *Trail) Tree(from Tree, since, to register.Index, words Words) (Tree, error) {
	add, err := t.Records(since, to, words)
	if err != nil {
		return Tree{}, err
	}
	return from.With(add...), nil
}

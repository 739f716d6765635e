package proof

import (
	"slices"

	"chancery.example/letter"
	"chancery.example/lookup"
	"chancery.example/register"
)

// A Mapped source has the register's map as well: as of the newest index-head
// that its checkpoint covers, when there is one.
type Mapped interface {
	Source
	Map() (head register.Index, tree lookup.Tree, ok bool)
}

// most entries that a look-up of words or files may bring into a bundle: common
// words stand in many records.
const mostAlong = 64

// A bundle that holds all entries under a name is one whose answer may list them.
const _ = uint(lookup.MaxEntries - maxSupport)

// showLater looks the record's names up in the source's map, and returns the
// evidence with all that stands under them (MUST-36).
func (b *Bundle) showLater(state *register.State, id register.RecordID, evidence []register.Index, src Source) ([]register.Index, error) {
	m, ok := src.(Mapped)
	if !ok {
		return evidence, nil
	}
	head, tree, ok := m.Map()
	if !ok || head <= id.Entry {
		return evidence, nil
	}
	names, err := b.namesOf(state, id, src)
	if err != nil {
		return nil, err
	}
	all := append(slices.Clone(evidence), head)
	var shown []lookup.Name
	for _, n := range names {
		entries := tree.Lookup(n).Entries
		if own := n.Kind == lookup.Reference || n.Kind == lookup.Office; !own && len(entries) > mostAlong {
			continue
		}
		more := slices.Clone(all)
		for _, i := range entries {
			more = append(more, state.EvidenceAt(i)...)
		}
		slices.Sort(more)
		if more = slices.Compact(more); len(more) > maxSupport {
			continue // more than a bundle holds: the verifier says that it is not shown
		}
		all, shown = more, append(shown, n)
	}
	if len(shown) == 0 {
		return evidence, nil
	}
	l := NewLookups(head, tree, shown...)
	b.Lookups = &l
	return all, nil
}

// namesOf are the names that a record is looked up by: the letter or, of a
// statement or disavowal, what its entry is under; its office; its words.
func (b *Bundle) namesOf(state *register.State, id register.RecordID, src Source) ([]lookup.Name, error) {
	var names []lookup.Name
	if id.Kind == register.RecordLetter {
		names = append(names, lookup.OfLetter(id.Office, id.Reference))
	}
	names = append(names, lookup.OfOffice(id.Office))
	for _, t := range b.Texts {
		names = append(names, lookup.OfText(t.Text))
	}
	if id.Kind == register.RecordLetter || len(b.Texts) > 0 {
		return names, nil
	}
	raw, err := src.Entry(id.Entry)
	if err != nil {
		return nil, err
	}
	e, err := register.Parse(raw)
	if err != nil {
		return nil, refuse(BadEntry, err, "entry %d", id.Entry)
	}
	for _, f := range state.Subjects(register.Logged{Index: id.Entry, Entry: e}).Files {
		names = append(names, lookup.OfFile(f))
	}
	return names, nil
}

// AssembleAbsence makes the proof that nothing stands in the log under names, as
// of the source's newest index-head (MUST-35). texts are the words that are looked
// up, to be shown beside the answer.
func AssembleAbsence(checkpoint []byte, src Mapped, names []lookup.Name, texts []letter.LangText) (Bundle, error) {
	head, tree, ok := src.Map()
	if !ok {
		return Bundle{}, refuse(BadLookup, nil, "the register has no index head yet, so that absence cannot be proved")
	}
	l := NewLookups(head, tree, names...)
	for _, a := range l.Answers {
		if !a.Absent() {
			return Bundle{}, refuse(BadLookup, nil, "the register holds something under this %s: %s", a.Name.Kind, entryList(a.Entries))
		}
	}
	b := Bundle{Texts: sortTexts(texts), Lookups: &l}
	if err := b.gather([]register.Index{0, head}, head, checkpoint, src); err != nil {
		return Bundle{}, err
	}
	return b, b.wellFormed()
}

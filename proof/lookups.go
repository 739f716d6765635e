package proof

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"chancery.example/letter"
	"chancery.example/lookup"
	"chancery.example/register"
)

// Lookups are what the register's own map says about some names, as of one of its
// index-heads, which is among the entries of the bundle (proof.md MUST-32). In a
// bundle about a letter they show that nothing came later; in one about the
// index-head itself, that nothing is on record.
type Lookups struct {
	Head    register.Index // of the index-head: so many entries are covered
	Answers []lookup.Answer
}

// NewLookups looks names up in a map and puts the answers in their order.
func NewLookups(head register.Index, tree lookup.Tree, names ...lookup.Name) Lookups {
	l := Lookups{Head: head}
	for _, n := range names {
		l.Answers = append(l.Answers, tree.Lookup(n))
	}
	slices.SortFunc(l.Answers, byKey)
	l.Answers = slices.CompactFunc(l.Answers, func(a, b lookup.Answer) bool { return a.Name.Same(b.Name) })
	return l
}

func byKey(a, b lookup.Answer) int {
	x, y := a.Name.Key(), b.Name.Key()
	return bytes.Compare(x[:], y[:])
}

const maxLookups = 128

type wireLookups struct {
	Head    uint64       `cbor:"1,keyasint"`
	Answers []wireAnswer `cbor:"2,keyasint"`
}

type wireAnswer struct {
	_       struct{} `cbor:",toarray"`
	Kind    string
	Values  [][]byte
	Entries []uint64
	Proof   []byte
}

func (l *Lookups) wire() *wireLookups {
	if l == nil {
		return nil
	}
	w := &wireLookups{Head: uint64(l.Head), Answers: []wireAnswer{}}
	for _, a := range l.Answers {
		x := wireAnswer{Kind: string(a.Name.Kind), Values: a.Name.Values, Entries: make([]uint64, len(a.Entries)), Proof: a.Proof}
		for i, e := range a.Entries {
			x.Entries[i] = uint64(e)
		}
		w.Answers = append(w.Answers, x)
	}
	return w
}

// open takes the wire form apart. Lists that are null are not in their one form.
func (w *wireLookups) open() (*Lookups, error) {
	if w == nil {
		return nil, nil //nolint:nilnil // a bundle without look-ups
	}
	l := &Lookups{Head: register.Index(w.Head)}
	for _, x := range w.Answers {
		if x.Values == nil || x.Entries == nil || x.Proof == nil || slices.ContainsFunc(x.Values, func(v []byte) bool { return v == nil }) {
			return nil, errNotCanonical
		}
		a := lookup.Answer{Name: lookup.Name{Kind: lookup.Kind(x.Kind), Values: x.Values}, Proof: x.Proof}
		for _, e := range x.Entries {
			a.Entries = append(a.Entries, register.Index(e))
		}
		l.Answers = append(l.Answers, a)
	}
	return l, nil
}

// lookupsWellFormed holds the form of member 7 (MUST-32, MUST-35).
func (b Bundle) lookupsWellFormed(own register.Index) error {
	l := b.Lookups
	if l == nil {
		return nil
	}
	if len(l.Answers) == 0 || len(l.Answers) > maxLookups {
		return refuse(BadFormat, nil, "the proof looks up %d names: want 1 to %d", len(l.Answers), maxLookups)
	}
	for i, a := range l.Answers {
		if i > 0 && byKey(l.Answers[i-1], a) >= 0 {
			return refuse(BadFormat, nil, "the names that the proof looks up are not in order of their keys, each once")
		}
		if err := a.Validate(); err != nil {
			return refuse(BadFormat, err, "name %d that the proof looks up", i+1)
		}
		if l.Head == own && !a.Absent() {
			return refuse(BadFormat, nil, "a proof of absence looks up a name under which there is something")
		}
	}
	if l.Head == own && b.Draft != nil {
		return refuse(BadFormat, nil, "a proof of absence is not about a draft")
	}
	if l.Head != own && !slices.ContainsFunc(b.Support, func(s Supporting) bool { return s.Index == l.Head }) {
		return refuse(BadFormat, nil, "the proof does not carry entry %d, whose map it looks names up in", l.Head)
	}
	return nil
}

// lookUp verifies the answers against the root in the index-head (MUST-33).
func (v *Verified) lookUp(l *Lookups, logged []register.Logged) error {
	if l == nil {
		return nil
	}
	i, _ := slices.BinarySearchFunc(logged, l.Head, func(x register.Logged, at register.Index) int { return cmp.Compare(x.Index, at) })
	head, ok := logged[i].Entry.Body.(register.IndexHead)
	if !ok {
		return refuse(BadLookup, nil, "entry %d is no index head", l.Head)
	}
	for _, a := range l.Answers {
		if n := len(a.Entries); n > 0 && a.Entries[n-1] >= l.Head {
			return refuse(BadLookup, nil, "the map as of %d entries is said to hold entry %d", l.Head, a.Entries[n-1])
		}
		if err := a.Verify(head.Root); err != nil {
			return refuse(BadLookup, err, "the map in entry %d", l.Head)
		}
	}
	v.Lookups = l
	v.carried = map[register.Index]bool{}
	for _, x := range logged {
		v.carried[x.Index] = true
	}
	return nil
}

// placeAbsent takes the carried texts and the reader's own in a proof of absence:
// each is one that is looked up (MUST-35).
func (v *Verified) placeAbsent(carried, own []letter.LangText) error {
	v.Absence = true
	names := func(t letter.LangText) bool {
		return slices.ContainsFunc(v.Lookups.Answers, func(a lookup.Answer) bool { return a.Name.Names(t.Text) })
	}
	for _, t := range carried {
		if !names(t) {
			return refuse(BadText, nil, "the %s text that the proof carries is not one whose absence it shows", t.Lang)
		}
		v.Texts = append(v.Texts, t)
	}
	for _, t := range own {
		if !names(t) {
			return refuse(TextDiffers, nil, "your text is not, letter for letter, one whose absence this proof shows")
		}
		if !slices.Contains(v.Texts, t) {
			v.Texts = append(v.Texts, t)
		}
	}
	return nil
}

// Later is what a bundle shows about entries that came after those it carries.
type Later struct {
	// Shown means that the register's map was looked up under the record's own
	// name; AsOf is up to which entry it goes.
	Shown bool
	AsOf  register.Index
	// Missing are entries about the record that the bundle does not carry.
	Missing []register.Index
	// Keys means that the same is shown of its office's keys and policies.
	Keys bool
}

// None reports whether it is shown that nothing about the record stands in the
// log as of AsOf but what the bundle carries.
func (l Later) None() bool { return l.Shown && len(l.Missing) == 0 }

// Later returns what the bundle shows about later entries (MUST-34).
func (v Verified) Later() Later {
	var out Later
	if v.Lookups == nil || v.Absence {
		return out
	}
	out.AsOf = v.Lookups.Head
	for _, a := range v.Lookups.Answers {
		lacks := slices.DeleteFunc(slices.Clone(a.Entries), func(i register.Index) bool { return v.carried[i] })
		switch {
		case v.ofRecord(a):
			out.Shown = true
			out.Missing = append(out.Missing, lacks...)
		case a.Name.Same(lookup.OfOffice(v.Record.Office)):
			out.Keys = len(lacks) == 0
		}
	}
	slices.Sort(out.Missing)
	out.Missing = slices.Compact(out.Missing)
	return out
}

// ofRecord reports whether an answer is about the record itself: a letter by its
// reference, a statement or disavowal by any name that its entry is under, since
// what takes it back is under all of them.
func (v Verified) ofRecord(a lookup.Answer) bool {
	if v.Record.Kind == register.RecordLetter {
		return a.Name.Same(lookup.OfLetter(v.Record.Office, v.Record.Reference))
	}
	return a.Name.Kind != lookup.Reference && slices.Contains(a.Entries, v.Record.Entry)
}

// entryList names entries for people, not more than a few.
func entryList(entries []register.Index) string {
	const most = 5
	var b bytes.Buffer
	for i, e := range entries {
		switch {
		case i == most:
			fmt.Fprintf(&b, " and %d more", len(entries)-most)
			return b.String()
		case i > 0:
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "entry %d", e)
	}
	return b.String()
}

package proof_test

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"testing"

	"chancery.example/letter"
	"chancery.example/lookup"
	"chancery.example/proof"
	"chancery.example/register"
)

// A crowded source has a map that says what a test wants, over more entries than
// there are.
type crowded struct {
	*town
	head register.Index
	tree lookup.Tree
	none bool
}

func (c crowded) Map() (register.Index, lookup.Tree, bool) { return c.head, c.tree, !c.none }

func (c crowded) Entry(i register.Index) ([]byte, error) {
	if int(i) >= len(c.entries) {
		return fmt.Appendf(nil, "entry %d", i), nil
	}
	return c.town.Entry(i)
}

func (c crowded) Path(i register.Index) ([]letter.Hash, error) {
	if int(i) >= len(c.entries) {
		return nil, nil
	}
	return c.town.Path(i)
}

// assemble makes the bundle of a record when a name has n entries.
func (c crowded) assemble(t *testing.T, at register.Index, name lookup.Name, n int, texts ...letter.LangText) proof.Bundle {
	t.Helper()
	list := make([]register.Index, n)
	for i := range list {
		list[i] = register.Index(i + 1000)
	}
	c.tree = lookup.Tree{}.With(lookup.Record{Key: name.Key(), Entries: list})
	s := c.state(t)
	id, _, err := s.RecordAt(at, begin)
	if err != nil {
		t.Fatal(err)
	}
	b, err := proof.Assemble(s, id, c.checkpoint(usual()...), c, texts)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func looksUp(b proof.Bundle, n lookup.Name) bool {
	return b.Lookups != nil && slices.ContainsFunc(b.Lookups.Answers, func(a lookup.Answer) bool { return a.Name.Same(n) })
}

// TestWhatABundleLooksUp (proof.md MUST-36): words with few entries, the letter
// and its office with as many as a bundle holds; under a head that covers it.
func TestWhatABundleLooksUp(t *testing.T) {
	c := crowded{town: newTown(t), head: 9000}
	own, office, text := lookup.OfLetter(harbour, "HC-1"), lookup.OfOffice(harbour), lookup.OfText(c.english.Text)
	bare := len(c.assemble(t, c.issued, own, 0).Support) + 1 // with the index head, and its own entry
	for _, x := range []struct {
		name lookup.Name
		n    int
		want bool
	}{
		{text, 64, true}, {text, 65, false}, {own, 65, true}, {office, 65, true},
		{own, 4096 - bare, true}, {own, 4096 - bare + 1, false}, {office, 4096 - bare, true}, {office, 4096 - bare + 1, false},
	} {
		b := c.assemble(t, c.issued, x.name, x.n, c.english)
		if got := looksUp(b, x.name); got != x.want {
			t.Errorf("%d entries under a %s are looked up: %v", x.n, x.name.Kind, got)
		}
		if others := len(slices.DeleteFunc([]lookup.Name{own, office, text}, func(n lookup.Name) bool { return looksUp(b, n) })); (others == 0) != x.want || others > 1 {
			t.Errorf("%d entries under a %s: %d names are not looked up", x.n, x.name.Kind, others)
		}
	}
	for what, change := range map[string]func(*crowded){
		"no map":                     func(c *crowded) { c.none = true },
		"a head before the record":   func(c *crowded) { c.head = c.issued - 1 },
		"the record itself for head": func(c *crowded) { c.head = c.issued },
	} {
		c := c
		change(&c)
		if b := c.assemble(t, c.issued, own, 3); b.Lookups != nil {
			t.Errorf("%s: %v", what, b.Lookups)
		}
	}
}

// TestNamesOfARecord (proof.md MUST-36): files are looked up where nothing else
// names the record.
func TestNamesOfARecord(t *testing.T) {
	c := crowded{town: newTown(t), head: 9000}
	file := letter.Hash(sha256.Sum256([]byte("a file")))
	both := words("en", "The enclosed plan is genuine.\n")
	said := c.approved(register.OfficeSubject(harbour), func(a register.Approvals) register.Body {
		return register.Statement{
			Type: register.About, Texts: []letter.Disclosure{letter.SealText(both, seed("salt of both"))},
			Files: []letter.Hash{file}, Approvals: a,
		}
	})
	name := lookup.OfFile(file)
	if !looksUp(c.assemble(t, said, name, 1), name) {
		t.Error("a statement without its words is not looked up by its file")
	}
	if b := c.assemble(t, said, name, 1, both); looksUp(b, name) || !looksUp(b, lookup.OfText(both.Text)) {
		t.Errorf("a statement with its words is looked up by %v", b.Lookups)
	}
}

// TestEntriesAreNamed: who asks for a proof of absence is told what there is, the
// first five by name.
func TestEntriesAreNamed(t *testing.T) {
	name := lookup.OfLetter(harbour, "HC-404")
	for n, words := range map[int]string{
		1: ": entry 1", 2: ": entry 1, entry 2", 5: ": entry 1, entry 2, entry 3, entry 4, entry 5",
		6: ": entry 1, entry 2, entry 3, entry 4, entry 5 and 1 more", 9: ", entry 5 and 4 more",
	} {
		list := make([]register.Index, n)
		for i := range list {
			list[i] = register.Index(i + 1)
		}
		c := crowded{town: newTown(t), head: 30, tree: lookup.Tree{}.With(lookup.Record{Key: name.Key(), Entries: list})}
		_, err := proof.AssembleAbsence(c.checkpoint(usual()...), c, []lookup.Name{name}, nil)
		says(t, fmt.Sprint(n, " entries"), err, proof.BadLookup, words)
		if n == 5 {
			says(t, "five", err, proof.BadLookup, "under this reference"+words)
		}
	}
}

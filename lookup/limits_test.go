package lookup_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"chancery.example/letter"
	"chancery.example/lookup"
	"chancery.example/register"
)

// TestWhatANameSays (MUST-3): a name gives back what it was made of, and nothing
// that another kind of name holds.
func TestWhatANameSays(t *testing.T) {
	words, err := letter.Parse([]byte("Sir,\n"))
	if err != nil {
		t.Fatal(err)
	}
	others, err := letter.Parse([]byte("Madam,\n"))
	if err != nil {
		t.Fatal(err)
	}
	digest := letter.Hash{1}
	text, _ := lookup.OfText(words).Digest()
	for _, c := range []struct {
		name           lookup.Name
		letter, digest bool
	}{
		{lookup.OfLetter(harbour, "HC-1"), true, false},
		{lookup.OfOffice(harbour), false, false},
		{lookup.OfOffice(register.Office("https://" + strings.Repeat("x", 24))), false, false}, // as long as a digest
		{lookup.OfFile(digest), false, true},
		{lookup.OfLeaf(digest), false, true},
		{lookup.OfText(words), false, true},
		{lookup.Name{Kind: lookup.Reference, Values: [][]byte{[]byte(harbour)}}, false, false},
		{lookup.Name{Kind: lookup.File, Values: [][]byte{digest[:], digest[:]}}, false, false},
		{lookup.Name{Kind: lookup.File, Values: [][]byte{digest[:31]}}, false, false},
	} {
		o, ref, ok := c.name.Letter()
		if ok != c.letter || ok && (o != harbour || ref != "HC-1") || !ok && (o != "" || ref != "") {
			t.Errorf("%s %q: letter %s of %s, %v", c.name.Kind, c.name.Values, ref, o, ok)
		}
		d, ok := c.name.Digest()
		if ok != c.digest || ok && d != digest && d != text || !ok && d != (letter.Hash{}) {
			t.Errorf("%s %q: digest %s, %v", c.name.Kind, c.name.Values, d, ok)
		}
	}
	if !lookup.OfText(words).Names(words) || lookup.OfText(others).Names(words) || lookup.OfFile(text).Names(words) || lookup.OfOffice(harbour).Names(words) {
		t.Error("a name is of other words than its own, or not of its own")
	}
	if a := lookup.OfFile(digest); !a.Same(lookup.OfFile(digest)) || a.Same(lookup.OfLeaf(digest)) || a.Same(lookup.OfFile(text)) {
		t.Error("names are taken for each other")
	}
}

// TestLimits (MUST-14): the most entries and steps are taken, one more is not.
func TestLimits(t *testing.T) {
	list := make([]register.Index, lookup.MaxEntries+1)
	for i := range list {
		list[i] = register.Index(i)
	}
	name := fileName(1)
	for n, want := range map[int]bool{lookup.MaxEntries: true, lookup.MaxEntries + 1: false} {
		tree := lookup.Tree{}.With(lookup.Record{Key: name.Key(), Entries: list[:n]})
		err := tree.Lookup(name).Verify(tree.Root())
		if (err == nil) != want || err != nil && !errors.Is(err, lookup.ErrForm) {
			t.Errorf("%d entries: %v", n, err)
		}
	}
	const step = 33
	for n, want := range map[int]error{1: nil, 255: nil, 256: nil, 257: lookup.ErrForm} {
		proof := make([]byte, n*step)
		for i := range n {
			proof[i] = byte(i)
		}
		for what, a := range map[string]lookup.Answer{
			"present": {Name: name, Entries: list[:1], Proof: proof},
			"absent":  {Name: name, Proof: append(slices.Clone(proof), make([]byte, 64)...)},
		} {
			if err := a.Validate(); !errors.Is(err, want) {
				t.Errorf("%s, %d steps: %v", what, n, err)
			}
			if err := a.Verify(letter.Hash{}); want == nil && !errors.Is(err, lookup.ErrNotProved) {
				t.Errorf("%s, %d steps: %v", what, n, err)
			}
		}
	}
}

// TestShortProofs (MUST-9, MUST-12): between nothing, one hash and one whole step
// no length is a proof.
func TestShortProofs(t *testing.T) {
	for n := range 34 + 64 {
		present := lookup.Answer{Name: fileName(1), Entries: []register.Index{1}, Proof: make([]byte, n)}
		absent := lookup.Answer{Name: fileName(1), Proof: make([]byte, n)}
		if err := present.Validate(); (err == nil) != (n == 33) {
			t.Errorf("present, %d bytes: %v", n, err)
		}
		if err := absent.Validate(); (err == nil) != (n == 0 || n == 32 || n == 33+64) {
			t.Errorf("absent, %d bytes: %v", n, err)
		}
	}
}

// TestNewestHead: none at first, then each in its turn.
func TestNewestHead(t *testing.T) {
	var trail lookup.Trail
	if h, ok := trail.Newest(); ok {
		t.Errorf("an empty log has the head %v", h)
	}
	for i := range 3 {
		e := register.Entry{Body: register.IndexHead{Size: uint64(i + 1), Root: letter.Hash{byte(i)}, Keys: 1}}
		trail.Add(register.NewState(), register.Logged{Index: register.Index(i + 1), Entry: e})
		h, ok := trail.Newest()
		if !ok || h.Index != register.Index(i+1) || h.Root != (letter.Hash{byte(i)}) || len(trail.Heads()) != i+1 {
			t.Errorf("after head %d the newest is %v, %v", i, h, ok)
		}
	}
}

// TestReadingCanStop: who reads the records of a map can stop at any of them.
func TestReadingCanStop(t *testing.T) {
	tree := treeOf(some(40))
	var all []letter.Hash
	for r := range tree.All() {
		all = append(all, r.Key)
	}
	for n := range all {
		var got []letter.Hash
		for r := range tree.All() {
			if got = append(got, r.Key); len(got) == n+1 {
				break
			}
		}
		if !slices.Equal(got, all[:n+1]) {
			t.Fatalf("%d of %d records: others than the first", n+1, len(all))
		}
	}
}

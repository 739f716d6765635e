package register_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"chancery.example/letter"
	"chancery.example/register"
)

// shortly names what an entry is about: letters with the closing that turns out
// to be theirs, offices, and how many texts, leaves and files.
func shortly(a register.Subjects) string {
	var out []string
	for _, l := range a.Letters {
		name := string(l.Reference)
		if l.Earlier != 0 {
			name += fmt.Sprintf("<%d", l.Earlier)
		}
		out = append(out, name)
	}
	for _, o := range a.Offices {
		out = append(out, string(o))
	}
	for _, n := range []struct {
		of   string
		many int
	}{{"text", len(a.Texts)}, {"leaf", len(a.Leaves)}, {"file", len(a.Files)}} {
		if n.many > 0 {
			out = append(out, fmt.Sprint(n.many, " ", n.of))
		}
	}
	return strings.Join(out, ", ")
}

// about returns what the last entry is about; it must count.
func (d *drawing) about() register.Subjects {
	d.t.Helper()
	last := d.entries[len(d.entries)-1]
	s := register.Fold(d.entries[:last.Index])
	if p := s.Add(last); p != nil {
		d.t.Fatalf("entry %d (%s): %v", last.Index, last.Entry.Body.Kind(), p)
	}
	a := s.Subjects(last)
	for _, l := range a.Letters {
		if l.Office != last.Entry.Claims.Issuer {
			d.t.Errorf("entry %d is about a letter of %s", last.Index, l.Office)
		}
	}
	return a
}

// TestSubjectsOfEveryKind (lookup.md MUST-4): under which names each kind of
// entry is found. Act n is entry n+4.
func TestSubjectsOfEveryKind(t *testing.T) {
	const hc = "https://hc.example"
	d := newDrawing(t)
	for i, c := range []struct{ act, want string }{
		{"P(urgent)", hc},
		{"C1", ""},
		{"O(C1)", "HC-a, 1 text"},
		{"X(a)", "HC-a"},
		{"Cb1", ""},
		{"X(b sealed)", ""}, // nobody knows yet which letter it closes
		{"O(Cb1)", "HC-b<10, 1 text"},
		{"Cc1", ""},
		{"I(Cc1)", "HC-c, 1 text"},
		{"Cd1", ""},
		{"X(d sealed)", ""},
		{"I(Cd1 supersedes c)", "HC-d<15, HC-c, 1 text"},
		{"Cc2", ""},
		{"Fix(Cc2)", "HC-c, 1 text"},
		{"Ce1", ""},
		{"I(Ce1)", "HC-e, 1 text"},
		{"W(e emergency)", "HC-e"},
		{"Ratify(17)", "HC-e"},
		{"Cf1", ""},
		{"I(Cf1)", "HC-f, 1 text"},
		{"Cg1", ""},
		{"I(Cg1)", "HC-g, 1 text"},
		{"S(f g)", "HC-f, HC-g"},
		{"T(hello)", "HC-a, 1 text"},
		{"T@other(good day)", "1 text"}, // another office's letter is not its own
		{"Hold(C1)", "HC-a, 1 text, 1 leaf"},
		{"D(Cf1)", "HC-a, 1 text"},
		{"R(24)", "HC-a, 1 text"},
		{"R(27)", "HC-a, 1 text"},
		{"R(26)", "HC-a, 1 text, 1 leaf"},
		{"Key(new)", hc},
		{"Revoke(new after 31)", hc},
		{"Head", ""},
	} {
		d.act(i+1, c.act)
		if got := shortly(d.about()); got != c.want {
			t.Errorf("act %d, %s, is about %q, want %q", i+1, c.act, got, c.want)
		}
	}
}

// TestSubjectsOfTargets (lookup.md MUST-4): a target names a letter by reference,
// or by its issue and leaf; once, and only one of the speaker's own.
func TestSubjectsOfTargets(t *testing.T) {
	d := draw(t, "C1 -> I(C1) -> Cb1 -> I(Cb1) -> Cz1@other -> I@other(Cz1)")
	hc, other := d.houses["hc"], d.houses["other"]
	a, b, z := d.papers["hca"].issued, d.papers["hcb"].issued, d.papers["otherz"].issued
	bare := func(x register.Target) register.Target { x.Reference = ""; return x }
	wrong := bare(a)
	wrong.Leaf = b.Leaf
	stolen := bare(z)
	stolen.Office = hc.uri
	seal := register.Target{Office: hc.uri, Index: a.Index - 1, Leaf: d.entries[a.Index-1].Entry.LeafHash()}
	for i, c := range []struct {
		what string
		by   *house
		ts   []register.Target
		want string
	}{
		{"nothing", hc, nil, "1 text"},
		{"a reference", hc, []register.Target{{Office: hc.uri, Reference: "HC-b"}}, "HC-b, 1 text"},
		{"an issue", hc, []register.Target{bare(b)}, "HC-b, 1 text"},
		{"both", hc, []register.Target{b}, "HC-b, 1 text"},
		{"a letter twice", hc, []register.Target{b, bare(b), b}, "HC-b, 1 text"},
		{"two letters", hc, []register.Target{b, bare(a)}, "HC-b, HC-a, 1 text"},
		{"an issue with another's leaf", hc, []register.Target{wrong}, "1 text"},
		{"an entry that issues nothing", hc, []register.Target{seal}, "1 text"},
		{"another office's letter", hc, []register.Target{z}, "1 text"},
		{"another office's letter called its own", hc, []register.Target{stolen}, "1 text"},
		{"a letter of this one, by another", other, []register.Target{a, z}, "HC-z, 1 text"},
	} {
		words := textLeaf(english(t, "About "+c.what+"."), c.what)
		s := register.Statement{Type: register.About, Texts: words, Regarding: c.ts}
		d.finish(order{number: 10 + i, h: c.by}, s, register.OfficeSubject(c.by.uri))
		if got := shortly(d.about()); got != c.want {
			t.Errorf("%s: about %q, want %q", c.what, got, c.want)
		}
	}
}

// TestSubjectsOfWordsAndFiles (lookup.md MUST-4): shown words by their words, words
// that are not shown by their leaf; files by their digests, once more by who takes
// them back.
func TestSubjectsOfWordsAndFiles(t *testing.T) {
	d := draw(t, "C1")
	hc := d.houses["hc"]
	b, subject := d.issue(order{h: hc, words: []string{"C1"}})
	i := b.(register.Issue) //nolint:errcheck,forcetypeassert // what issue makes
	i.Disclosure = register.DiscloseOnPresentation
	i.Fields = d.pages["C1"].revision.Disclose(letter.FieldReference, letter.FieldType)
	i.Files = []register.File{{Role: "form", MediaType: "application/pdf", Digest: letter.Hash{1}}}
	d.finish(order{number: 2, h: hc}, i, subject)
	a := d.about()
	hidden := letter.Find(i.Fields, letter.TextField("en")).Hash
	if len(a.Texts) != 0 || !slices.Equal(a.Leaves, []letter.Hash{hidden}) || !slices.Equal(a.Files, []letter.Hash{{1}}) {
		t.Errorf("an issue on presentation is about %+v", a)
	}
	forged := textLeaf(english(t, "Pay at once."), "forged")
	office := register.OfficeSubject(hc.uri)
	d.finish(order{number: 3, h: hc}, register.Disavow{Texts: forged, Files: []letter.Hash{{2}}, Reason: register.Words{"en": "Not ours."}}, office)
	for _, what := range []string{"the disavowal", "who takes it back"} {
		a := d.about()
		if len(a.Texts) != 1 || a.Texts[0].Hash != forged[0].Hash || len(a.Leaves) != 0 || !slices.Equal(a.Files, []letter.Hash{{2}}) {
			t.Errorf("%s is about %+v", what, a)
		}
		if len(d.entries) == d.first+3 {
			d.act(4, "R(3)")
		}
	}
}

// TestEvidenceAt: a record's entry rests on the record's evidence, any other on
// itself.
func TestEvidenceAt(t *testing.T) {
	d := draw(t, "C1 -> I(C1) -> T(hello)")
	s := register.Fold(d.entries)
	for at, want := range map[register.Index][]register.Index{5: {5}, 2: {2}, 6: {0, 1, 2, 5, 6, 6}, 7: {0, 1, 2, 7, 7}} {
		if got := s.EvidenceAt(at); !slices.Equal(got, want) {
			t.Errorf("entry %d rests on %v, want %v", at, got, want)
		}
	}
}

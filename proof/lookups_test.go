package proof_test

import (
	"bytes"
	"crypto/sha256"
	"slices"
	"testing"

	"chancery.example/letter"
	"chancery.example/lookup"
	"chancery.example/proof"
	"chancery.example/register"
)

// A covered town keeps its map: as of its newest index-head.
type covered struct {
	*town
	at   register.Index // of the index-head
	kept lookup.Tree
}

func newCovered(t testing.TB) *covered {
	t.Helper()
	w := &covered{town: newTown(t)}
	w.cover(t)
	return w
}

// cover appends an index-head over all that is in the log.
func (w *covered) cover(t testing.TB) {
	t.Helper()
	var trail lookup.Trail
	s := register.NewState()
	for i, raw := range w.entries {
		l := register.Logged{Index: register.Index(i), Entry: must(register.Parse(raw))}
		if p := s.Add(l); p != nil {
			t.Fatal(p)
		}
		trail.Add(s, l)
	}
	tree, err := trail.Tree(lookup.Tree{}, 0, register.Index(len(w.entries)), w.words)
	if err != nil {
		t.Fatal(err)
	}
	w.at, w.kept = w.logHead(register.IndexHead{Size: uint64(len(w.entries)), Root: tree.Root(), Keys: tree.Keys()}), tree
}

func (w *covered) logHead(b register.Body) register.Index {
	return w.put(signer{key("operator")}, operatorURI, "urn:chancery:register:"+origin, b)
}

// words stands for the files in texts/.
func (w *covered) words(d letter.Disclosure) (letter.Hash, bool) {
	for _, t := range []letter.LangText{w.english, w.arabic, w.ended, w.draft, w.word, w.forged} {
		if d.Matches([]byte(t.Text.String())) {
			return lookup.WordsKey(t.Text), true
		}
	}
	return letter.Hash{}, false
}

// Map implements proof.Mapped.
func (w *covered) Map() (register.Index, lookup.Tree, bool) { return w.at, w.kept, true }

func (w *covered) bundle(t testing.TB, at register.Index, texts ...letter.LangText) proof.Bundle {
	t.Helper()
	s := w.state(t)
	id, _, err := s.RecordAt(at, begin)
	if err != nil {
		t.Fatal(err)
	}
	b, err := proof.Assemble(s, id, w.checkpoint(usual()...), w, texts)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// absence is the proof that a letter, a file and words are not on record.
func (w *covered) absence(t testing.TB) (proof.Bundle, letter.LangText) {
	t.Helper()
	unknown := words("en", "Sir,\n\nnobody wrote this.\n")
	names := []lookup.Name{
		lookup.OfLetter(harbour, "HC-404"), lookup.OfText(unknown.Text), lookup.OfFile(sha256.Sum256([]byte("a file"))),
	}
	b, err := proof.AssembleAbsence(w.checkpoint(usual()...), w, names, []letter.LangText{unknown})
	if err != nil {
		t.Fatal(err)
	}
	return b, unknown
}

// withdrawLater withdraws HC-1 after the town's first index-head.
func (w *covered) withdrawLater() register.Index {
	return w.approved(register.LetterSubject(origin, harbour, "HC-1"), func(a register.Approvals) register.Body {
		return register.Withdraw{Target: w.target("HC-1", w.issued), Reason: register.Words{"en": "Replaced by word of mouth."}, Approvals: a}
	})
}

// TestNothingLater: a bundle from a register with a map shows of every kind of
// record that nothing about it came later, and of its office's keys (MUST-34,
// MUST-36).
func TestNothingLater(t *testing.T) {
	w := newCovered(t)
	policy := policyOf(t, "group two 2 w1 w2 w3", "quorum two")
	for name, c := range map[string]struct {
		at   register.Index
		text letter.LangText
	}{
		"issued": {w.issued, w.english}, "withdrawn": {w.withdrawn, w.ended}, "opened": {w.opened, w.draft},
		"statement": {w.said, w.word}, "disavowal": {w.disavowed, w.forged},
	} {
		for _, texts := range [][]letter.LangText{{c.text}, nil} {
			v, err := verify(encoded(t, w.bundle(t, c.at, texts...)), policy, texts...)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			later := v.Later()
			if isLetter := v.Record.Kind == register.RecordLetter; !isLetter && texts == nil {
				if later.Shown || later.None() {
					t.Errorf("%s without words: %+v", name, later)
				}
				continue
			}
			if !later.None() || !later.Keys || later.AsOf != w.at || v.Absence {
				t.Errorf("%s: %+v", name, later)
			}
		}
	}
	if v, err := verify(encoded(t, w.town.bundle(t, w.issued)), policy); err != nil || v.Later().Shown {
		t.Errorf("without look-ups: %+v (%v)", v.Later(), err)
	}
}

// TestAWithdrawalCannotBeHidden: a maker who leaves the withdrawal out cannot
// show that nothing came later (MUST-34).
func TestAWithdrawalCannotBeHidden(t *testing.T) {
	w := newCovered(t)
	old := w.bundle(t, w.issued, w.english)
	gone := w.withdrawLater()
	policy := policyOf(t, "quorum none")
	hidden := func(b proof.Bundle) proof.Bundle {
		b.Support = slices.DeleteFunc(slices.Clone(b.Support), func(s proof.Supporting) bool { return s.Index == gone })
		return b
	}
	v, err := verify(encoded(t, old), policy)
	if err != nil || v.Status.Standing != register.InForce || v.Later().AsOf != w.at {
		t.Fatalf("the older bundle: %s as of %d (%v)", v.Status.Standing, v.Later().AsOf, err)
	}
	w.cover(t)
	whole := w.bundle(t, w.issued, w.english)
	v, err = verify(encoded(t, whole), policy)
	if err != nil || v.Status.Standing != register.Withdrawn || !v.Later().None() || v.Later().AsOf != w.at {
		t.Fatalf("%s, %+v (%v)", v.Status.Standing, v.Later(), err)
	}
	v, err = verify(encoded(t, hidden(whole)), policy)
	if err != nil || v.Later().None() || !slices.Equal(v.Later().Missing, []register.Index{gone}) {
		t.Fatalf("the withdrawal is left out: %+v (%v)", v.Later(), err)
	}
	forged := hidden(whole)
	forged.Lookups = &proof.Lookups{Head: whole.Lookups.Head, Answers: slices.Clone(whole.Lookups.Answers)}
	for i, a := range forged.Lookups.Answers {
		if a.Name.Kind == lookup.Reference {
			forged.Lookups.Answers[i].Entries = a.Entries[:len(a.Entries)-1]
		}
	}
	if _, err := verify(encoded(t, forged), policy); proof.ClassOf(err) != proof.BadLookup {
		t.Fatalf("the withdrawal is left out of the answer as well: %v", err)
	}
}

// TestAbsence: what is not on record is proved to be absent, what is cannot be
// (MUST-35).
func TestAbsence(t *testing.T) {
	w := newCovered(t)
	policy := policyOf(t, "group two 2 w1 w2 w3", "quorum two")
	b, unknown := w.absence(t)
	raw := encoded(t, b)
	v, err := verify(raw, policy, unknown)
	if err != nil || !v.Absence || len(v.Lookups.Answers) != 3 || len(v.Texts) != 1 || v.Lookups.Head != w.at || v.Later().Shown {
		t.Fatalf("%+v (%v)", v, err)
	}
	if len(raw) > 4000 {
		t.Errorf("three absences in %d bytes", len(raw))
	}
	if _, err := verify(raw, policy, w.english); proof.ClassOf(err) != proof.TextDiffers {
		t.Errorf("other words in the reader's hand: %v", err)
	}
	for _, n := range []lookup.Name{lookup.OfLetter(harbour, "HC-1"), lookup.OfText(w.forged.Text), lookup.OfOffice(harbour)} {
		if _, err := proof.AssembleAbsence(w.checkpoint(usual()...), w, []lookup.Name{n}, nil); proof.ClassOf(err) != proof.BadLookup {
			t.Errorf("%s: %v", n.Kind, err)
		}
	}
}

// refusedLookups are bundles with look-ups that must be refused.
func refusedLookups(t testing.TB, w *covered) []refused {
	none := []string{"quorum none"}
	good := w.bundle(t, w.issued, w.english, w.arabic)
	absent, unknown := w.absence(t)
	with := func(b proof.Bundle, change func(*proof.Bundle, *proof.Lookups)) []byte {
		l := proof.Lookups{Head: b.Lookups.Head, Answers: slices.Clone(b.Lookups.Answers)}
		for i, a := range l.Answers {
			l.Answers[i].Proof, l.Answers[i].Entries = bytes.Clone(a.Proof), slices.Clone(a.Entries)
		}
		b.Support, b.Texts, b.Lookups = slices.Clone(b.Support), slices.Clone(b.Texts), &l
		change(&b, &l)
		return encoded(t, b)
	}
	at := func(kind lookup.Kind, l *proof.Lookups) *lookup.Answer {
		return &l.Answers[slices.IndexFunc(l.Answers, func(a lookup.Answer) bool { return a.Name.Kind == kind })]
	}
	return []refused{
		{"no names looked up", proof.BadFormat, with(good, func(_ *proof.Bundle, l *proof.Lookups) { l.Answers = nil }), none, nil},
		{"names out of order", proof.BadFormat, with(good, func(_ *proof.Bundle, l *proof.Lookups) { slices.Reverse(l.Answers) }), none, nil},
		{"a name twice", proof.BadFormat, with(good, func(_ *proof.Bundle, l *proof.Lookups) { l.Answers = slices.Insert(l.Answers, 1, l.Answers[0]) }), none, nil},
		{"a name of no kind", proof.BadFormat, with(absent, func(_ *proof.Bundle, l *proof.Lookups) { at(lookup.File, l).Name.Kind = "phrase" }), none, nil},
		{"the index head is not carried", proof.BadFormat, with(good, func(b *proof.Bundle, l *proof.Lookups) {
			b.Support = slices.DeleteFunc(b.Support, func(s proof.Supporting) bool { return s.Index == l.Head })
		}), none, nil},
		{"a look-up's proof is cut", proof.BadFormat, with(good, func(_ *proof.Bundle, l *proof.Lookups) {
			a := at(lookup.Reference, l)
			a.Proof = a.Proof[1:]
		}), none, nil},
		{"something is there in a proof of absence", proof.BadFormat, with(absent, func(_ *proof.Bundle, l *proof.Lookups) {
			*l = proof.NewLookups(l.Head, w.kept, lookup.OfLetter(harbour, "HC-1"), lookup.OfText(unknown.Text))
		}), none, nil},
		{"looked up in the genesis", proof.BadLookup, with(good, func(_ *proof.Bundle, l *proof.Lookups) { l.Head = 0 }), none, nil},
		{"an entry left out of an answer", proof.BadLookup, with(good, func(_ *proof.Bundle, l *proof.Lookups) {
			a := at(lookup.Reference, l)
			a.Entries = a.Entries[:1]
		}), none, nil},
		{"an entry beyond the index head", proof.BadLookup, with(good, func(_ *proof.Bundle, l *proof.Lookups) {
			a := at(lookup.Reference, l)
			a.Entries = append(a.Entries, l.Head)
		}), none, nil},
		{"the map of another moment", proof.BadLookup, with(good, func(_ *proof.Bundle, l *proof.Lookups) {
			other := w.kept.With(lookup.Record{Key: lookup.OfLetter(harbour, "HC-7").Key(), Entries: []register.Index{7}})
			*l = proof.NewLookups(l.Head, other, lookup.OfLetter(harbour, "HC-1"))
		}), none, nil},
		{"an absence of another map", proof.BadLookup, with(absent, func(_ *proof.Bundle, l *proof.Lookups) {
			*l = proof.NewLookups(l.Head, lookup.Tree{}, lookup.OfLetter(harbour, "HC-1"), lookup.OfText(unknown.Text))
		}), none, nil},
		{"a carried text that is not looked up", proof.BadText, with(absent, func(b *proof.Bundle, _ *proof.Lookups) { b.Texts = []letter.LangText{w.english} }), none, nil},
		{"the reader's words are not looked up", proof.TextDiffers, encoded(t, absent), none, []letter.LangText{w.english}},
		{"an index head without look-ups", proof.BadEntry, with(absent, func(b *proof.Bundle, _ *proof.Lookups) { b.Lookups = nil }), none, nil},
	}
}

// TestLookupRefusals: each fault is refused with its class (MUST-32, MUST-33).
func TestLookupRefusals(t *testing.T) {
	for _, c := range refusedLookups(t, newCovered(t)) {
		if _, err := verify(c.raw, policyOf(t, c.lines...), c.own...); proof.ClassOf(err) != c.class {
			t.Errorf("%s: class %q, want %q: %v", c.name, proof.ClassOf(err), c.class, err)
		}
	}
}

// TestEveryByteOfLookups: as TestEveryByteCounts, of look-ups (MUST-28). One way
// may lead to the place of several absent names: a name that becomes another one
// is proved to be absent only when it is.
func TestEveryByteOfLookups(t *testing.T) {
	w := newCovered(t)
	policy := policyOf(t, "group two 2 w1 w2 w3", "quorum two")
	absent, _ := w.absence(t)
	for _, b := range []proof.Bundle{w.bundle(t, w.issued), absent} {
		raw := encoded(t, reproof(t, b, func(p *proof.TLogProof) { p.Checkpoint = w.checkpoint(logKey, witness[0], witness[1]) }))
		if _, err := verify(raw, policy); err != nil {
			t.Fatal(err)
		}
		for i := range raw {
			bent := bytes.Clone(raw)
			bent[i] ^= 1 << (i % 8)
			v, err := verify(bent, policy)
			if err == nil && v.Absence && !slices.ContainsFunc(v.Lookups.Answers, func(a lookup.Answer) bool { return !w.kept.Lookup(a.Name).Absent() }) {
				continue
			}
			if err == nil || proof.ClassOf(err) == "" {
				t.Errorf("byte %d of %d, bit %d: %v", i, len(raw), i%8, err)
			}
		}
	}
}

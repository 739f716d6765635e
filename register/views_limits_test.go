package register_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"chancery.example/letter"
	"chancery.example/register"
)

// TestVersions (standing.md MUST-19): what one entry of a letter holds, such as
// its file, is superseded by the next correction; the last one is in force.
func TestVersions(t *testing.T) {
	d := draw(t, "C1 -> O(C1) -> C2 -> I(C2) -> C3 -> Fix(C3) -> C4 -> Fix(C4)")
	s := register.Fold(d.entries)
	at := func(act int) register.Index { return register.Index(d.first + act - 1) }
	for act, want := range map[int]string{2: "in_force 0", 4: "superseded 10", 6: "superseded 12", 8: "in_force 0"} {
		id, st, err := s.VersionAt(at(act), minute(90))
		if got := fmt.Sprint(st.Standing, " ", st.CorrectedBy); err != nil || got != want || id.Entry != at(act) || id.Reference != "HC-a" {
			t.Errorf("act %d: %+v is %s (%v), want %s", act, id, got, err, want)
		}
	}
	if id, st, err := s.VersionAt(at(3), minute(90)); err == nil || st.Standing != "" || id != (register.RecordID{}) {
		t.Errorf("a seal is a version: %+v, %s, %v", id, st.Standing, err)
	}
	draft := draw(t, "C1 -> O(C1) -> T(hello)")
	s = register.Fold(draft.entries)
	for act, want := range map[int]register.Standing{2: register.DraftOpened, 3: register.Stated} {
		if _, st, err := s.VersionAt(at(act), minute(90)); err != nil || st.Standing != want {
			t.Errorf("act %d: %s (%v), want %s", act, st.Standing, err, want)
		}
	}
	twice := draw(t, "C1 -> I(C1) -> X(a) -> C2 -> Fix(C2)")
	for act := range 6 {
		if _, st, err := register.Fold(twice.entries).VersionAt(at(act), minute(90)); err == nil && (st.Standing != register.Conflict || st.CorrectedBy != 0) {
			t.Errorf("act %d of a contradiction: %s, corrected by %d", act, st.Standing, st.CorrectedBy)
		}
	}
}

// TestLetterAsAWhole: the standing, revision and name of a letter by what was
// done with it.
func TestLetterAsAWhole(t *testing.T) {
	for chain, want := range map[string]string{
		"C1 -> O(C1)":                         "draft_open 1 6",
		"C1 -> C2 -> O(C2) -> O(C1)":          "draft_open 2 7",
		"C1 -> O(C1) -> X(a)":                 "draft_closed 1 6",
		"C1 -> O(C1) -> C2 -> I(C2)":          "in_force 2 8",
		"C1 -> C2 -> I(C1) -> O(C2)":          "in_force 1 7",
		"C1 -> I(C1) -> X(a)":                 "conflict 1 6",
		"C1 -> O(C1) -> Cb1(ref a) -> O(Cb1)": "conflict 1 6",
	} {
		d := draw(t, chain)
		s := register.Fold(d.entries)
		l, ok := s.Letter(d.houses["hc"].uri, "HC-a")
		if !ok {
			t.Errorf("%s: no letter", chain)
			continue
		}
		st, id := s.LetterStatus(l, minute(90)), s.IDOf(l)
		got := fmt.Sprint(st.Standing, " ", st.Revision, " ", id.Entry)
		if got != want || id != st.Record || id.OfficeID != "hc" || id.Office != "https://hc.example" {
			t.Errorf("%s: %s of %+v, want %s", chain, got, id, want)
		}
	}
}

// TestFamilies: all texts of a letter are of one family, each statement is one of
// its own; and every text is there, however many speak.
func TestFamilies(t *testing.T) {
	d := draw(t, "C1 -> O(C1) -> C2 -> I(C2) -> C3 -> Fix(C3) -> T(one) -> D(C1) -> T(two) -> D(C2) -> T(three)")
	var got []string
	for _, x := range register.Fold(d.entries).TextsInOrder() {
		got = append(got, fmt.Sprint(x.Record.Family(), " ", x.Revision))
	}
	const a = "letter https://hc.example HC-a"
	want := []string{a + " 1", a + " 2", a + " 3", "statement 11 0", "disavowal 12 0", "statement 13 0", "disavowal 14 0", "statement 15 0"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestStandingOfAStatement: a statement's record has a standing for its own words
// only; one that regards nothing is named without a reference, and signed so.
func TestStandingOfAStatement(t *testing.T) {
	d := draw(t, "T(one) -> T(two) -> R(2)")
	hc := d.houses["hc"]
	free := register.Statement{Type: register.About, Texts: textLeaf(english(t, "About nothing of ours."), "free")}
	d.finish(order{number: 4, h: hc}, free, register.OfficeSubject(hc.uri))
	if topic := string(must(register.StatementFor(origin, hc.uri, free)).Bytes()); topic == "" || strings.Contains(topic, "HC-a") {
		t.Errorf("officers sign %q", topic)
	}
	s := register.Fold(d.entries)
	id := func(n register.Index) register.RecordID {
		return register.RecordID{Kind: register.RecordStatement, Office: hc.uri, OfficeID: "hc", Reference: "HC-a", Entry: n}
	}
	for _, c := range []struct {
		id   register.RecordID
		said string
		want register.Standing
	}{{id(5), "one", register.Stated}, {id(6), "two", register.Retracted}, {id(5), "two", ""}, {id(6), "one", ""}, {id(7), "one", ""}, {id(99), "one", ""}} {
		st, ok := s.Standing(c.id, d.said[c.said], minute(90))
		if ok != (c.want != "") || st.Standing != c.want || ok && st.Record != c.id {
			t.Errorf("%q in statement %d: %s of %+v", c.said, c.id.Entry, st.Standing, st.Record)
		}
	}
	got, st, err := s.RecordAt(8, minute(90))
	if err != nil || got.Reference != "" || got.Entry != 8 || st.Standing != register.Stated {
		t.Errorf("a statement that regards nothing: %+v, %s, %v", got, st.Standing, err)
	}
}

// TestFirstWordCounts: the moments of a status are those of the first issue and of
// the first replacement; and a draft is dated by its own opening.
func TestFirstWordCounts(t *testing.T) {
	d := draw(t, "C1 -> I(C1) -> Cb1 -> I(Cb1) -> Cc1 -> I(Cc1) -> S(a b) -> S(a c)")
	st := register.StandingOf(d.entries, d.pages["C1"].text, minute(90))[0]
	if st.Standing != register.Superseded || st.IssuedAt != register.StampOf(minute(6)) || st.EndedAt != register.StampOf(minute(11)) ||
		len(st.ReplacedBy) != 2 || st.Needed != 2 || len(st.ApprovedBy) != 2 {
		t.Errorf("%s, issued at %v, ended at %v, by %d letters", st.Standing, st.IssuedAt.Time(), st.EndedAt.Time(), len(st.ReplacedBy))
	}
	d = draw(t, "C1 -> I(C1 until 60) -> I(C1 until 70)")
	if st := register.StandingOf(d.entries, d.pages["C1"].text, minute(90))[0]; st.IssuedAt != register.StampOf(minute(6)) || st.Expires != register.StampOf(minute(60)) {
		t.Errorf("%s, issued at %v until %v", st.Standing, st.IssuedAt.Time(), st.Expires.Time())
	}
	// MUST-11: only words opened after their issue contradict it, not other words.
	d = draw(t, "C1 -> O(C1) -> Cb1=1 -> I(Cb1) -> C2 -> O(C2)")
	s := register.Fold(d.entries)
	a := register.RecordID{Kind: register.RecordLetter, Office: "https://hc.example", Reference: "HC-a"}
	for label, want := range map[string]register.Standing{"C1": register.DraftReplaced, "C2": register.DraftOpened} {
		if st, ok := s.Standing(a, d.pages[label].text, minute(90)); !ok || st.Standing != want {
			t.Errorf("%s: %s, want %s", label, st.Standing, want)
		}
	}
}

// TestDisavowalsOf: who disavowed exactly these words.
func TestDisavowalsOf(t *testing.T) {
	d := draw(t, "C1 -> C2 -> C3 -> D(C1) -> D@other(C1) -> D(C2)")
	s := register.Fold(d.entries)
	for label, want := range map[string][]register.Index{"C1": {8, 9}, "C2": {10}, "C3": nil} {
		var got []register.Index
		for _, x := range s.DisavowalsOf(d.pages[label].text) {
			got = append(got, x.Index)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s was disavowed by entries %v, want %v", label, got, want)
		}
	}
}

// TestProblems: what is ignored and what is only pointed out are called so, and a
// gap in the commitments names the number that is missing.
func TestProblems(t *testing.T) {
	ignored, kept := register.Problem{Index: 7, Ignored: true, Why: "so"}, register.Problem{Index: 7, Why: "so"}
	if ignored.String() != "entry 7 is ignored: so" || kept.String() != "entry 7: so" {
		t.Errorf("%q, %q", ignored, kept)
	}
	d := draw(t, "C1 -> C2(gap)")
	if ps := register.Fold(d.entries).Problems(); len(ps) != 1 || ps[0].Ignored || ps[0].Why != "commitment number 3 comes before number 2" {
		t.Errorf("%v", ps)
	}
	d = draw(t, "C1")
	for at, taken := range map[register.Index]bool{1 << 62: true, 1<<62 + 1: false} {
		if p := register.Fold(d.entries[:5]).Add(register.Logged{Index: at, Entry: d.entries[5].Entry}); (p == nil) != taken {
			t.Errorf("position %d: %v", at, p)
		}
	}
}

// TestLimitsOfDisavowals (entry.md MUST-26): the most of everything is taken, one
// more is not.
func TestLimitsOfDisavowals(t *testing.T) {
	target := register.Target{Office: newHouse("hc").uri, Reference: "HC-1"}
	files := func(n int) []letter.Hash { return slices.Repeat([]letter.Hash{{1}}, n) }
	leaf := textLeaf(english(t, "A forged page."), "forged")
	for what, c := range map[string]struct {
		change func(*register.Disavow)
		words  string
	}{
		"one file": {func(d *register.Disavow) { d.Files = files(1) }, ""},
		"64 files": {func(d *register.Disavow) { d.Files = files(64) }, ""},
		"65 files": {func(d *register.Disavow) { d.Files = files(65) }, "65 files: at most 64"},
		"a text":   {func(d *register.Disavow) { d.Texts = leaf }, ""},
		"nothing":  {func(*register.Disavow) {}, "neither a text nor a file"},
		"no words": {func(d *register.Disavow) { d.Files, d.Reason = files(1), nil }, "the words of the disavowal"},
		"64 targets": {func(d *register.Disavow) {
			d.Files, d.Regarding = files(1), slices.Repeat([]register.Target{target}, 64)
		}, ""},
		"65 targets": {func(d *register.Disavow) {
			d.Files, d.Regarding = files(1), slices.Repeat([]register.Target{target}, 65)
		}, "65 targets"},
		"65 officers": {func(d *register.Disavow) {
			d.Files, d.Approvals.Signatures = files(1), make([]register.OfficerSignature, 65)
		}, "65 approvals"},
	} {
		d := register.Disavow{Reason: register.Words{"en": "Not ours."}}
		c.change(&d)
		_, err := register.EncodeBody(d)
		says(t, what, err, c.words)
	}
}

// TestWithSignatures: approvals go into a body in order of officer and leave the
// rest of it; a body that takes none stays what it is.
func TestWithSignatures(t *testing.T) {
	sig := func(id string) register.OfficerSignature {
		return register.OfficerSignature{Officer: id, Signature: []byte{1}}
	}
	w := register.Withdraw{Reason: register.Words{"en": "x"}, Approvals: register.Approvals{Policy: 2, Nonce: [16]byte{3}, Signatures: []register.OfficerSignature{sig("zoe")}}}
	got, ok := register.WithSignatures(w, []register.OfficerSignature{sig("bob"), sig("alice")}).(register.Withdraw)
	if !ok || len(got.Approvals.Signatures) != 2 || got.Approvals.Signatures[0].Officer != "alice" || got.Approvals.Policy != 2 || got.Approvals.Nonce != w.Approvals.Nonce {
		t.Errorf("%+v", got)
	}
	if w.Approvals.Signatures[0].Officer != "zoe" {
		t.Error("the body that was given changed")
	}
	head := register.IndexHead{Size: 7, Root: letter.Hash{1}}
	if got := register.WithSignatures(head, []register.OfficerSignature{sig("bob")}); got != register.Body(head) {
		t.Errorf("%+v", got)
	}
}

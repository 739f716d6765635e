package register_test

import (
	"fmt"
	"slices"
	"testing"

	"chancery.example/letter"
	"chancery.example/register"
)

// TestRecords: every record of a log is found by its entry, its name and its
// words, and all ways give the same standing.
func TestRecords(t *testing.T) {
	d := draw(t, everyKind)
	s := register.Fold(d.entries)
	at := minute(100_000)
	kinds := map[register.RecordKind]int{}
	for _, l := range d.entries {
		id, whole, err := s.RecordAt(l.Index, at)
		switch l.Entry.Body.(type) {
		case register.Issue, register.Correct, register.DraftOpen, register.Statement, register.Disavow:
		default:
			if err == nil {
				t.Errorf("entry %d (%s) made a record known", l.Index, l.Entry.Body.Kind())
			}
			continue
		}
		if err != nil || id.Entry != l.Index || id.Office != l.Entry.Claims.Issuer || whole.Standing == "" {
			t.Errorf("entry %d: %+v, %s, %v", l.Index, id, whole.Standing, err)
		}
		kinds[id.Kind]++
		if ev := s.Evidence(id); len(ev) == 0 || ev[0] != 0 || !slices.IsSorted(ev) || !slices.Contains(ev, l.Index) {
			t.Errorf("entry %d rests on %v", l.Index, ev)
		}
	}
	if kinds[register.RecordLetter] != 5 || kinds[register.RecordStatement] != 2 || kinds[register.RecordDisavowal] != 1 {
		t.Errorf("records: %v", kinds)
	}
	if s.Evidence(register.RecordID{Kind: register.RecordLetter, Reference: "none"}) != nil {
		t.Error("a record that is not there rests on something")
	}
}

// TestStandingWithinARecord: Standing answers for one record and only for its
// own words.
func TestStandingWithinARecord(t *testing.T) {
	d := draw(t, everyKind)
	s := register.Fold(d.entries)
	for label, p := range d.pages {
		for _, st := range s.StandingsOf(p.text, minute(100)) {
			again, ok := s.Standing(st.Record, p.text, minute(100))
			if !ok || again.Standing != st.Standing || !slices.Equal(again.Entries, st.Entries) {
				t.Errorf("%s in %+v: %s and %s", label, st.Record, st.Standing, again.Standing)
			}
			if other, ok := s.Standing(st.Record, english(t, "Words of nobody."), minute(100)); ok {
				t.Errorf("words of nobody stand as %s", other.Standing)
			}
		}
	}
	unknown := register.RecordID{Kind: register.RecordLetter, Office: "https://hc.example", Reference: "HC-z"}
	if _, ok := s.Standing(unknown, d.pages["C1"].text, minute(100)); ok {
		t.Error("an unknown record has a standing")
	}
}

// TestTexts: everything that is shown, and nothing that is sealed.
func TestTexts(t *testing.T) {
	d := draw(t, "C1 -> C2 -> O(C1) -> T(hello) -> Cb1 -> I(Cb1) -> D(C1) -> Cc1")
	var got []string
	for x := range register.Fold(d.entries).Texts() {
		if x.Leaf.Salt == nil {
			t.Errorf("%+v has no salt", x)
		}
		got = append(got, fmt.Sprint(x.Record.Kind, " ", x.Record.Reference, " ", x.Language, " ", x.Revision))
	}
	slices.Sort(got)
	want := []string{"disavowal HC-a en 0", "letter HC-a en 1", "letter HC-b en 1", "statement HC-a en 0"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	n := 0
	for range register.Fold(d.entries).Texts() {
		n++
		break
	}
	if n != 1 {
		t.Error("cannot stop early")
	}
}

// TestOfficeViews: what the log says about an office.
func TestOfficeViews(t *testing.T) {
	d := draw(t, everyKind)
	s := register.Fold(d.entries)
	offices := s.Offices()
	if len(offices) != 2 || offices[0].ID != "hc" || offices[1].ID != "other" {
		t.Fatalf("%+v", offices)
	}
	hc := offices[0]
	byURI, ok := s.OfficeOf(hc.Office)
	if byID, ok2 := s.OfficeByID("hc"); !ok || !ok2 || byURI.ID != byID.ID || byID.Domain != "hc.example" {
		t.Error("an office by its address and by its short name")
	}
	if _, ok := s.OfficeOf("https://nobody.example"); ok {
		t.Error("nobody is an office")
	}
	if _, ok := s.OfficeByID("nobody"); ok {
		t.Error("nobody is an office")
	}
	got := fmt.Sprint(hc.Enrolled, hc.Since.Equal(minute(1)), hc.Statements, hc.Disavowals, hc.Sealed, hc.Opened, len(hc.Keys))
	if want := "1 true 1 1 1 5 2"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	p, at, ok := s.PolicyOf(hc.Office)
	if want := s.PoliciesOf(hc.Office); !ok || len(want) != 3 || want[2] != at || hc.Policy != at || p.Rules[0].K != 1 {
		t.Errorf("policy %d of %v", at, want)
	}
	if _, _, ok := s.PolicyOf("https://nobody.example"); ok || s.PoliciesOf("https://nobody.example") != nil {
		t.Error("nobody has a policy")
	}
	if s.Origin() != origin || !s.Exercise() || s.Size() != uint64(len(d.entries)) || !s.Complete() || s.Genesis().Origin != origin {
		t.Error("what the register says about itself")
	}
	if !s.LastTime().Equal(minute(len(d.entries) - 1)) {
		t.Errorf("last entry at %s", s.LastTime())
	}
	none := register.NewState()
	if none.Origin() != "" || none.Exercise() || none.Complete() || none.Size() != 0 || !none.LastTime().IsZero() {
		t.Error("a register without entries says something")
	}
}

// TestByFile: a file is found by its digest when it is the letter's form or is
// disavowed, not as an enclosure.
func TestByFile(t *testing.T) {
	d := draw(t, "C1")
	b, subject := d.issue(order{h: d.houses["hc"], words: []string{"C1"}})
	i := b.(register.Issue)
	form, enclosure, forged := letter.Hash{1}, letter.Hash{2}, letter.Hash{3}
	i.Files = []register.File{
		{Role: "form", MediaType: "application/pdf", Digest: form}, {Role: "enclosure", MediaType: "text/csv", Digest: enclosure},
	}
	d.finish(order{number: 2, h: d.houses["hc"]}, i, subject)
	dis := register.Disavow{Files: []letter.Hash{forged}, Reason: register.Words{"en": "Not ours."}}
	d.finish(order{number: 3, h: d.houses["hc"]}, dis, register.OfficeSubject(d.houses["hc"].uri))
	s := register.Fold(d.entries)
	for digest, want := range map[letter.Hash]register.RecordKind{form: register.RecordLetter, forged: register.RecordDisavowal, enclosure: "", {}: ""} {
		got := s.ByFile(digest)
		if (want == "") != (len(got) == 0) || len(got) > 0 && got[0].Kind != want {
			t.Errorf("%s: %+v, want %q", digest, got, want)
		}
	}
}

// TestOnPresentation: an issue that shows no salts answers only who has them.
func TestOnPresentation(t *testing.T) {
	d := draw(t, "C1")
	b, subject := d.issue(order{h: d.houses["hc"], words: []string{"C1"}})
	i := b.(register.Issue)
	i.Disclosure = register.DiscloseOnPresentation
	i.Fields = d.pages["C1"].revision.Disclose(letter.FieldReference, letter.FieldType)
	d.finish(order{number: 2, h: d.houses["hc"]}, i, subject)
	s := register.Fold(d.entries)
	if ps := s.Problems(); len(ps) > 0 {
		t.Fatal(ps)
	}
	if sts := s.StandingsOf(d.pages["C1"].text, minute(100)); len(sts) != 0 {
		t.Errorf("the words can be guessed: %s", names(sts))
	}
	l, ok := s.Letter("https://hc.example", "HC-a")
	if !ok || s.LetterStatus(l, minute(100)).Standing != register.InForce {
		t.Error("the letter itself is in force for everybody to see")
	}
	for range s.Texts() {
		t.Error("its text is shown")
	}
}

// TestGravity (standing.md MUST-16): all standings, each once, the page's order.
func TestGravity(t *testing.T) {
	all := register.Standings()
	if len(all) != 16 || all[0] != register.Conflict {
		t.Errorf("%v", all)
	}
	for i, a := range all {
		for j, b := range all {
			if a.Graver(b) != (i < j) {
				t.Errorf("%s graver than %s: %v", a, b, a.Graver(b))
			}
		}
	}
}

// TestWordsAndTimes: the smaller parts.
func TestWordsAndTimes(t *testing.T) {
	w := register.Words{"en": "ship", "ar": "سفينة"}
	for ask, want := range map[letter.Lang]string{"en": "ship", "ar": "سفينة", "fr": "ship"} {
		if got, _ := w.In(ask); got != want {
			t.Errorf("%s: %q", ask, got)
		}
	}
	if got, l := (register.Words{"fr": "navire", "de": "Schiff"}).In("en"); got != "Schiff" || l != "de" {
		t.Errorf("%q in %s", got, l)
	}
	if !register.Stamp(0).Time().IsZero() || register.StampOf(minute(1)).Time() != minute(1) || register.StampOf(register.Stamp(0).Time()) != 0 {
		t.Error("times")
	}
	if !register.Stamp(1 << 60).Time().IsZero() {
		t.Error("a time beyond the year 9999")
	}
	for s, ok := range map[string]bool{
		"https://harbour.example": true, "https://a.example/b": true, "http://a.example": false, "https://": false, "https://A.example": false,
		"https://a.example:80": false, "https://a@b.example": false, "https:///x": false, "": false,
	} {
		if _, err := register.ParseOffice(s); (err == nil) != ok {
			t.Errorf("office %q: %v", s, err)
		}
	}
}

package register_test

import (
	"fmt"
	"slices"
	"testing"

	"chancery.example/letter"
	"chancery.example/register"
)

// onPresentation makes an issue or correction show its texts only to those who
// have them: the log gets no salt of theirs.
func (d *drawing) onPresentation(label string) []letter.Disclosure {
	r := d.pages[label].revision
	fields := slices.DeleteFunc(r.Fields(), func(f letter.Field) bool {
		_, isText := f.Lang()
		return isText
	})
	return r.Disclose(fields...)
}

// issuePresented issues a page on presentation.
func (d *drawing) issuePresented(number int, label string) {
	o := order{number: number, h: d.houses["hc"], words: []string{label}}
	b, subject := d.issue(o)
	i := b.(register.Issue) //nolint:errcheck,forcetypeassert // d.issue makes nothing else
	i.Disclosure, i.Fields = register.DiscloseOnPresentation, d.onPresentation(label)
	d.finish(o, i, subject)
}

// correctPresented corrects with a page on presentation.
func (d *drawing) correctPresented(number int, label string) {
	o := order{number: number, h: d.houses["hc"], words: []string{label}}
	b, subject := d.correct(o, register.Words{"en": "A wrong date."})
	c := b.(register.Correct) //nolint:errcheck,forcetypeassert // d.correct makes nothing else
	c.Disclosure, c.Fields = register.DiscloseOnPresentation, d.onPresentation(label)
	d.finish(o, c, subject)
}

// holderOf is what the holder of a sealed page was given.
func (d *drawing) holderOf(label string) register.HeldDraft {
	pg := d.pages[label]
	return register.HeldDraft{Link: pg.link, Fields: pg.revision.Disclose(pg.revision.Fields()...)}
}

// heldStatus asks where a page stands that its reader holds.
func (d *drawing) heldStatus(label string, at int) register.Status {
	d.t.Helper()
	st, err := register.Fold(d.entries).Held(d.houses["hc"].uri, d.holderOf(label), d.pages[label].text, minute(at))
	if err != nil {
		d.t.Fatalf("%s: %v", label, err)
	}
	return st
}

// TestHeldStanding (standing.md MUST-17): a held draft is a draft, unless the log
// says more about its words.
func TestHeldStanding(t *testing.T) {
	for _, c := range []struct {
		rule, chain, label string
		want               register.Standing
	}{
		{"sealed and nothing else", "C1", "C1", register.DraftOpened},
		{"another draft of it is open", "C1 -> C2 -> O(C2)", "C1", register.DraftOpened},
		{"it is open itself", "C1 -> O(C1)", "C1", register.DraftOpened},
		{"issued in other words", "C1 -> C2 -> I(C2)", "C1", register.DraftReplaced},
		{"issued in these words", "C1 -> I(C1)", "C1", register.InForce},
		{"issued and withdrawn", "C1 -> I(C1) -> W(a)", "C1", register.Withdrawn},
		{"the same words issued under another reference", "C1 -> Cb1=1 -> I(Cb1)", "C1", register.DraftReplaced},
		{"other words issued under another reference", "C1 -> Cb1 -> I(Cb1)", "C1", register.DraftOpened},
		{"closed while sealed", "C1 -> X(a sealed)", "C1", register.DraftClosed},
		{"another draft of it open, then closed", "C1 -> C2 -> O(C2) -> X(a)", "C1", register.DraftClosed},
		{"replaced, then closed", "C1 -> Cb1=1 -> I(Cb1) -> X(a sealed)", "C1", register.DraftReplaced},
	} {
		d := draw(t, c.chain)
		if st := d.heldStatus(c.label, 90); st.Standing != c.want {
			t.Errorf("%s: %s, want %s", c.rule, st.Standing, c.want)
		}
	}
	d := draw(t, "C1 -> X(a sealed)")
	if st := d.heldStatus("C1", 90); st.ClosedAt != register.StampOf(minute(d.first+1)) || !slices.Equal(st.Entries, []register.Index{5, 6}) {
		t.Errorf("closed at %v, resting on %v", st.ClosedAt.Time(), st.Entries)
	}
	d = draw(t, "C1 -> Cb1=1 -> I(Cb1) -> X(a sealed)")
	if st := d.heldStatus("C1", 90); st.ClosedAt != 0 || !slices.Equal(st.Entries, []register.Index{5, 7}) {
		t.Errorf("replaced: closed at %v, resting on %v", st.ClosedAt.Time(), st.Entries)
	}
}

// TestHeldUnderEmbargoAndClosed (standing.md MUST-17): closing ends what waited
// for its hour.
func TestHeldUnderEmbargoAndClosed(t *testing.T) {
	for chain, want := range map[string]register.Standing{
		"C1 -> E(C1 from 60)":                  register.Embargoed,
		"C1 -> E(C1 from 60) -> X(a sealed)":   register.DraftClosed,
		"C1 -> E(C1 from 60) -> Cb1 -> I(Cb1)": register.Embargoed,
	} {
		d := draw(t, chain)
		st, err := register.Fold(d.entries).Held(d.houses["hc"].uri, d.heldDraft("C1"), d.pages["C1"].text, minute(30))
		if err != nil || st.Standing != want {
			t.Errorf("%s: %s %v, want %s", chain, st.Standing, err, want)
		}
	}
}

// TestHeldOnPresentation (standing.md MUST-17, MUST-19): of a letter that was
// issued on presentation the log shows no words; its holder sees where they stand.
func TestHeldOnPresentation(t *testing.T) {
	d := draw(t, "C1 -> C2 -> C3")
	d.issuePresented(4, "C1")
	if ps := register.Fold(d.entries).Problems(); len(ps) != 0 {
		t.Fatalf("%v", ps)
	}
	if st := d.heldStatus("C1", 90); st.Standing != register.InForce || st.CorrectedBy != 0 || st.Revision != 1 {
		t.Errorf("issued: %s", st.Standing)
	}
	if st := d.heldStatus("C2", 90); st.Standing != register.DraftReplaced {
		t.Errorf("not issued: %s", st.Standing)
	}
	d.correctPresented(5, "C2")
	d.correctPresented(6, "C3")
	if ps := register.Fold(d.entries).Problems(); len(ps) != 0 {
		t.Fatalf("%v", ps)
	}
	at := func(act int) register.Index { return register.Index(d.first + act - 1) }
	for label, want := range map[string]struct {
		standing register.Standing
		by       register.Index
	}{"C1": {register.Superseded, at(5)}, "C2": {register.Superseded, at(6)}, "C3": {register.InForce, 0}} {
		if st := d.heldStatus(label, 90); st.Standing != want.standing || st.CorrectedBy != want.by {
			t.Errorf("%s: %s, corrected by %d; want %+v", label, st.Standing, st.CorrectedBy, want)
		}
	}
	d.act(7, "X(a)")
	for _, label := range []string{"C1", "C2", "C3"} {
		if st := d.heldStatus(label, 90); st.Standing != register.Conflict || !slices.Contains(st.Entries, at(7)) {
			t.Errorf("%s, issued and declared closed: %s, resting on %v", label, st.Standing, st.Entries)
		}
	}
}

// TestHeldReference: who holds a draft can say which letter it is of only when
// its reference is shown.
func TestHeldReference(t *testing.T) {
	d := draw(t, "C1")
	all := d.holderOf("C1")
	if ref, err := all.Reference(); ref != "HC-a" || err != nil {
		t.Errorf("%s %v", ref, err)
	}
	hidden := register.HeldDraft{Link: all.Link, Fields: d.pages["C1"].revision.Disclose()}
	_, err := hidden.Reference()
	says(t, "a reference without its salt", err, "its reference is not shown")
	_, err = register.HeldDraft{Link: all.Link}.Reference()
	says(t, "no field at all", err, "its reference is not shown")
	if hidden.Holds(d.pages["C1"].text) || !all.Holds(d.pages["C1"].text) || (register.HeldDraft{}).Holds(d.pages["C1"].text) {
		t.Error("a text is held exactly when its salt is")
	}
}

// TestHeldEvidence: the proof of a held draft carries its office's keys, policies
// and revocations, its commitments, and all that the log says of its letter.
func TestHeldEvidence(t *testing.T) {
	for chain, want := range map[string][]register.Index{
		"C1":                                {0, 1, 2, 5},
		"C1 -> C2 -> O(C2)":                 {0, 1, 2, 5, 6, 7},
		"C1 -> X(a sealed)":                 {0, 1, 2, 5, 6},
		"C1 -> T(x) -> Key(new)":            {0, 1, 2, 5, 7},
		"C1 -> T(x) -> E(C1 from 60)":       {0, 1, 2, 5, 7},
		"C1 -> C1@other -> P(k1)":           {0, 1, 2, 5, 7},
		"C1 -> Cb1 -> O(Cb1) -> C2":         {0, 1, 2, 5},
		"C1 -> Revoke(hc after 1 operator)": {0, 1, 2, 5, 6},
	} {
		d := draw(t, chain)
		h := register.HeldDraft{}
		if _, under := d.held["C1"]; under {
			h = d.heldDraft("C1")
		} else {
			h = register.HeldDraft{Link: d.papers["hca"].pages[0].link}
		}
		if got := register.Fold(d.entries).HeldEvidence(d.houses["hc"].uri, h); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", chain, got, want)
		}
	}
	d := draw(t, "C1")
	if got := register.Fold(d.entries).HeldEvidence("https://nobody.example", d.holderOf("C1")); !slices.Equal(got, []register.Index{0, 5}) {
		t.Errorf("of an office that is not enrolled: %v", got)
	}
}

// TestSealsInOrder: the seals of a letter are told in order of revision,
// whichever was opened first.
func TestSealsInOrder(t *testing.T) {
	for _, chain := range []string{"C1 -> C2 -> C3 -> I(C3) -> O(C1 C2)", "C1 -> C2 -> C3 -> I(C2) -> Fix(C3) -> O(C1)", "C1 -> C2 -> C3 -> O(C3)"} {
		d := draw(t, chain)
		l, ok := register.Fold(d.entries).Letter(d.houses["hc"].uri, "HC-a")
		if !ok {
			t.Fatal("no letter")
		}
		var got []string
		for _, s := range l.Seals {
			got = append(got, fmt.Sprint(s.Revision, "@", s.Index))
		}
		if want := []string{"1@5", "2@6", "3@7"}; !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", chain, got, want)
		}
	}
}

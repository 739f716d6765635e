package register_test

import (
	"slices"
	"testing"

	"chancery.example/register"
)

// laterChains are the rules of standing.md on corrections, emergencies and keys;
// MUST numbers here are those of standing.md.
var laterChains = []struct{ rule, chain string }{
	{"MUST-18: corrected", "C1 -> I(C1) -> C2 -> Fix(C2) => C1: superseded; C2: in_force"},
	{"MUST-18: a draft", "C1 -> O(C1) -> C2 -> Fix(C2) => C1: draft_open; C2:; ignored 4"},
	{"MUST-18: a withdrawn letter", "C1 -> I(C1) -> W(a) -> C2 -> Fix(C2) => C1: withdrawn; C2:; ignored 5"},
	{"MUST-18: an older revision", "C1 -> C2 -> C3 -> I(C3) -> Fix(C2) => C2:; C3: in_force; ignored 5"},
	{"MUST-18: the revision that stands", "C1 -> C2 -> I(C2) -> Fix(C2) => C2: in_force; ignored 4"},
	{"MUST-18: back to the issued revision", "C1 -> C2 -> C3 -> I(C2) -> Fix(C3) -> Fix(C2) => C2: superseded; C3: in_force; ignored 6"},
	{"MUST-18: too few officers", "C1 -> I(C1) -> C2 -> Fix(C2 by alice) => C1: in_force; C2:; ignored 4"},
	{"MUST-18: what was superseded", "C1 -> I(C1) -> Cb1 -> I(Cb1 supersedes a) -> C2 -> Fix(C2) => C1: superseded; C2: superseded; Cb1: in_force"},
	{"MUST-18: under embargo", "C1 -> I(C1 from 60) -> C2 -> Fix(C2) => C2@59: embargoed; C2@60: in_force; C1@59: superseded"},
	{"MUST-18: expired", "C1 -> I(C1 until 60) -> C2 -> Fix(C2) => C2@60: expired; C1@60: superseded"},
	{"MUST-18: the same correction twice", "C1 -> I(C1) -> C2 -> Fix(C2) -> resign(4) => C2: in_force; ignored 5"},
	{"MUST-18: no rule but that for issue, and none for that", "C1 -> I(C1) -> C2 -> P(noissue) -> Fix(C2) => C1: in_force; C2:; ignored 5"},

	{"MUST-19: corrected twice", "C1 -> I(C1) -> C2 -> Fix(C2) -> C3 -> Fix(C3) => C1: superseded; C2: superseded; C3: in_force"},
	{"MUST-19: the same words stand again", "C1 -> I(C1) -> C2 -> Fix(C2) -> C3=1 -> Fix(C3) => C1: in_force; C2: superseded; C3: in_force"},
	{"MUST-19: only the addressee was wrong", "C1 -> I(C1) -> C2=1 -> Fix(C2) => C1: in_force"},
	{"MUST-19: withdrawn later", "C1 -> I(C1) -> C2 -> Fix(C2) -> W(a) => C1: withdrawn; C2: withdrawn"},
	{"MUST-19: superseded later", "C1 -> I(C1) -> C2 -> Fix(C2) -> Cb1 -> I(Cb1 supersedes a) => C1: superseded; C2: superseded; Cb1: in_force"},
	{"MUST-19: a draft of the corrected words, opened before", "C1 -> C2 -> O(C2) -> I(C1) -> Fix(C2) => C1: superseded; C2: in_force"},
	{"MUST-19: another draft stays replaced", "C1 -> O(C1) -> C2 -> I(C2) -> C3 -> Fix(C3) => C1: draft_replaced; C2: superseded; C3: in_force"},
	{"MUST-19: the corrected words opened as a draft", "C1 -> I(C1) -> C2 -> Fix(C2) -> O(C2) => C1: conflict; C2: conflict"},
	{"MUST-19: the corrected words opened under another reference", "C1 -> I(C1) -> C2 -> Fix(C2) -> Cb1=2 -> O(Cb1) => C2: conflict, in_force"},
	{"MUST-19: the corrected words disavowed", "C1 -> I(C1) -> C2 -> Fix(C2) -> D(C2) => C2: conflict, conflict; C1: superseded"},
	{"MUST-19: a conflict stays one", "C1 -> I(C1) -> X(a) -> C2 -> Fix(C2) => C1: conflict; C2: conflict"},

	{"MUST-20: in an emergency", "P(urgent) -> C1 -> I(C1) -> W(a emergency) => C1: withdrawn"},
	{"MUST-20: ratified", "P(urgent) -> C1 -> I(C1) -> W(a emergency) -> Ratify(4) => C1: withdrawn"},
	{"MUST-20: ratified twice", "P(urgent) -> C1 -> I(C1) -> W(a emergency) -> Ratify(4) -> Ratify(4) => C1: withdrawn; ignored 6"},
	{"MUST-20: the policy does not allow it", "C1 -> I(C1) -> W(a emergency) => C1: in_force; ignored 3"},
	{"MUST-20: ratified by too few", "P(urgent) -> C1 -> I(C1) -> W(a emergency) -> Ratify(4 by alice) => C1: withdrawn; ignored 5"},
	{"MUST-20: nothing to ratify", "C1 -> I(C1) -> W(a) -> Ratify(3) => C1: withdrawn; ignored 4"},
	{"MUST-20: an issue is no withdrawal", "C1 -> I(C1) -> Ratify(2) => C1: in_force; ignored 3"},
	{"MUST-20: another office's", "P(urgent) -> C1 -> I(C1) -> W(a emergency) -> Ratify@other(4) => C1: withdrawn; ignored 5"},

	{"MUST-21: an added key signs", "C1 -> Key(new) -> I(C1 key new) => C1: in_force"},
	{"MUST-21: a key twice", "C1 -> Key(new) -> Key(new key new) -> I(C1) => C1: in_force; ignored 3"},
	{"MUST-21: a revoked key comes back", "C1 -> Key(new) -> Revoke(hc after 2 key new) -> Key(hc key new) -> I(C1) => C1:; ignored 4; ignored 5"},
	{"MUST-21: no key left, the operator gives one", "C1 -> Revoke(hc after 1 operator) -> Key(new operator) -> I(C1 key new) => C1: in_force"},
	{"MUST-21: the operator gives none while there is one", "C1 -> Key(new operator) -> I(C1 key new) => C1:; ignored 2; ignored 3"},
	{"MUST-21: nobody else gives one", "C1 -> Revoke(hc after 1 operator) -> Key(new key new) => C1:; ignored 3"},
	{"MUST-21: a receipt key", "C1 -> Role(receipt r operator) -> I(C1) => C1: in_force"},
	{"MUST-21: a receipt key signed by an office", "C1 -> Role(receipt r) => C1:; ignored 2"},
	{"MUST-21: a receipt key signs no entry", "C1 -> Role(receipt r operator) -> I(C1 key r) => C1:; ignored 3"},
	{"MUST-21: one key, one use", "C1 -> Role(receipt r operator) -> Role(log r operator) -> Role(log self operator) => C1:; ignored 3; ignored 4"},

	{"MUST-22: nothing after it", "C1 -> Key(new) -> Revoke(hc after 2 key new) -> I(C1) => C1:; ignored 4"},
	{"MUST-22: the new key goes on", "C1 -> Key(new) -> Revoke(hc after 2 key new) -> I(C1 key new) => C1: in_force"},
	{"MUST-22: what stood before stays", "C1 -> I(C1) -> Key(new) -> Revoke(hc after 3 key new) => C1: in_force"},
	{"MUST-22: by itself", "C1 -> Revoke(hc after 1) -> I(C1) => C1: in_force; ignored 2"},
	{"MUST-22: by a key that falls with it", "C1 -> Key(new) -> Revoke(hc after 1 key new) -> I(C1) => C1: in_force; ignored 3"},
	{"MUST-22: by another office's key", "C1 -> Revoke(hc after 1 key other) -> I(C1) => C1: in_force; ignored 2"},
	{"MUST-22: without the officers", "C1 -> Key(new) -> Revoke(hc after 2 key new by alice) -> I(C1) => C1: in_force; ignored 3"},
	{"MUST-22: without approvals", "C1 -> Revoke(hc after 1 operator bare) -> I(C1) => C1: in_force; ignored 2"},
	{"MUST-22: by the operator, with the officers", "C1 -> Revoke(hc after 1 operator) -> I(C1) => C1:; ignored 3"},
	{"MUST-22: a thief's keys fall", "C1 -> Key(thief) -> Key(second key thief) -> Revoke(hc after 1 operator) -> I(C1 key thief) -> I(C1 key second) => C1:; ignored 5; ignored 6"},
	{"MUST-22: keys from before do not", "C1 -> Key(new) -> Revoke(hc after 2 key new) -> Key(next key new) -> I(C1 key next) => C1: in_force"},
	{"MUST-22: a key that is none", "C1 -> Revoke(nobody after 1 operator) => C1:; ignored 2"},
	{"MUST-22: twice", "C1 -> Key(new) -> Revoke(hc after 2 key new) -> Revoke(hc after 2 key new) => C1:; ignored 4"},
	{"MUST-22: again, from further back", "C1 -> Key(new) -> C2 -> Revoke(hc after 3 operator) -> Revoke(hc after 2 operator) => C1:; flagged 3"},
	{"MUST-22: from before the key was there", "C1 -> Key(new) -> Key(next) -> Revoke(next after 1 key new) => C1:; ignored 4"},
	{"MUST-22: from after itself", "C1 -> Key(new) -> Revoke(hc after 3 key new) => C1:; ignored 3"},
	{"MUST-22: a receipt key", "C1 -> Role(receipt r operator) -> Revoke(r operators after 2 operator) => C1:"},
	{"MUST-22: a receipt key by an office", "C1 -> Role(receipt r operator) -> Revoke(r operators after 2) => C1:; ignored 3"},

	{"MUST-23: approved, and the key revoked later", "C1 -> Key(new) -> I(C1) -> Revoke(hc after 2 key new) => C1: in_force"},
	{"MUST-23: a seal whose key was revoked later", "C1 -> Key(new) -> C2 -> Revoke(hc after 2 key new) -> I(C2 key new) => C2: in_force; flagged 3"},
	{"MUST-23: the first policy, whose key was revoked later", "C1 -> Revoke(hc after -3 operator) => C1:; flagged -2; flagged 1"},

	{"MUST-24: an index head", "C1 -> Head -> I(C1) => C1: in_force"},
	{"MUST-24: an index head of another size", "C1 -> Head(wrong) => C1:; ignored 2"},
	{"MUST-24: an index head twice", "C1 -> Head -> again(2) => C1:; ignored 3"},
}

// TestLaterRevoked (MUST-23): which entries are marked, and that their officers'
// word stays.
func TestLaterRevoked(t *testing.T) {
	d := draw(t, "C1 -> Key(new) -> C2 -> I(C2) -> T(hello) -> Revoke(hc after 2 key new) -> W(a key new)")
	s := register.Fold(d.entries)
	l, _ := s.Letter(d.houses["hc"].uri, "HC-a")
	at := func(acts ...int) (out []register.Index) {
		for _, n := range acts {
			out = append(out, register.Index(d.first+n-1))
		}
		return out
	}
	if st := s.LetterStatus(l, minute(90)); st.Standing != register.Withdrawn || !slices.Equal(st.LaterRevoked, at(3, 4)) {
		t.Errorf("%s, marked %v, want %v", st.Standing, st.LaterRevoked, at(3, 4))
	}
	sts := s.StandingsOf(d.said["hello"], minute(90))
	if len(sts) != 1 || sts[0].Standing != register.Stated || !slices.Equal(sts[0].LaterRevoked, at(5)) {
		t.Errorf("statement: %+v", sts)
	}
	hc, _ := s.OfficeByID("hc")
	if len(hc.Keys) != 2 || hc.Keys[0].Revoked == nil || hc.Keys[0].Revoked.After != at(2)[0] || hc.Keys[0].Revoked.Index != at(6)[0] ||
		len(hc.Keys[0].Revoked.ApprovedBy) != 2 || hc.Keys[1].Revoked != nil || !hc.Keys[1].Key.Equal(newEdKey("new").Public()) {
		t.Errorf("keys: %+v", hc.Keys)
	}
	before := register.Fold(d.entries[:d.first+5])
	o, _ := before.OfficeByID("hc")
	before.Add(d.entries[d.first+5])
	if o.Keys[0].Revoked != nil {
		t.Error("a view that was given out changed")
	}
}

// TestEmergencyStatus (MUST-20): whether a withdrawal is ratified, and when it
// should have been.
func TestEmergencyStatus(t *testing.T) {
	d := draw(t, "P(urgent) -> C1 -> I(C1) -> W(a emergency) -> C2 -> Ratify(4)")
	withdrawnAt := d.first + 3
	s := register.Fold(d.entries[:len(d.entries)-1])
	st := s.StandingsOf(d.pages["C1"].text, minute(90))[0]
	if st.Emergency == nil || st.Emergency.RatifyBy != register.StampOf(minute(withdrawnAt+60)) || st.Emergency.Ratified != nil {
		t.Fatalf("%+v", st.Emergency)
	}
	if st.Emergency.Overdue(minute(withdrawnAt+60)) || !st.Emergency.Overdue(minute(withdrawnAt+61)) {
		t.Error("overdue at another time than the policy says")
	}
	s.Add(d.entries[len(d.entries)-1])
	again := s.StandingsOf(d.pages["C1"].text, minute(90))[0]
	if r := again.Emergency.Ratified; r == nil || r.Index != register.Index(len(d.entries)-1) || len(r.ApprovedBy) != 2 || again.Emergency.Overdue(minute(1000)) {
		t.Errorf("%+v", r)
	}
	if st.Emergency.Ratified != nil {
		t.Error("a status that was given out changed")
	}
	plain := draw(t, "C1 -> I(C1) -> W(a)")
	if st := register.StandingOf(plain.entries, plain.pages["C1"].text, minute(90))[0]; st.Emergency != nil || st.Emergency.Overdue(minute(1000)) {
		t.Error("a withdrawal with all approvals is to be ratified")
	}
}

// TestCorrectedStatus (MUST-19): what a status says of corrections.
func TestCorrectedStatus(t *testing.T) {
	d := draw(t, "C1 -> I(C1) -> C2 -> Fix(C2) -> C3 -> Fix(C3)")
	s := register.Fold(d.entries)
	at := func(act int) register.Index { return register.Index(d.first + act - 1) }
	for label, want := range map[string]struct {
		by       register.Index
		revision uint32
	}{"C1": {at(4), 1}, "C2": {at(6), 2}, "C3": {0, 3}} {
		st := s.StandingsOf(d.pages[label].text, minute(90))[0]
		if st.CorrectedBy != want.by || st.Revision != want.revision || len(st.Corrected) != 2 {
			t.Errorf("%s: by %d, revision %d, %d corrections", label, st.CorrectedBy, st.Revision, len(st.Corrected))
		}
		if want.by != 0 && st.EndedAt != register.StampOf(minute(int(want.by))) {
			t.Errorf("%s ended at %v", label, st.EndedAt.Time())
		}
	}
	l, _ := s.Letter(d.houses["hc"].uri, "HC-a")
	if st := s.LetterStatus(l, minute(90)); st.Standing != register.InForce || st.Revision != 3 || st.Sealed != 0 {
		t.Errorf("the letter: %s, revision %d, %d sealed", st.Standing, st.Revision, st.Sealed)
	}
	if c := l.Corrected[1]; c.Needed != 2 || len(c.ApprovedBy) != 2 || c.At != register.StampOf(minute(int(at(6)))) {
		t.Errorf("%+v", c)
	}
	n := 0
	for range s.Texts() {
		n++
	}
	if n != 3 || len(register.TextsOf(d.bodies[4])) != 1 {
		t.Errorf("%d texts", n)
	}
}

// TestHeads (MUST-24) and RoleKeys (MUST-21) are there to be asked for.
func TestHeads(t *testing.T) {
	d := draw(t, "C1 -> Head -> Role(receipt r operator) -> Role(log l operator) -> Revoke(r operators after 3 operator) -> Head")
	s := register.Fold(d.entries)
	if hs := s.IndexHeads(); len(hs) != 2 || hs[1].Index != 10 || hs[1].Head.Size != 10 {
		t.Errorf("%+v", hs)
	}
	receipts, logs := s.RoleKeys(register.KeyReceipt), s.RoleKeys(register.KeyLog)
	if len(receipts) != 1 || receipts[0].Revoked == nil || receipts[0].Revoked.After != 7 || len(logs) != 1 || logs[0].Revoked != nil || s.Operator() != operatorURI {
		t.Errorf("%+v %+v", receipts, logs)
	}
	for name, entry := range map[string]register.Entry{
		"another size":    must(register.Sign(newEdKey("operator"), register.Claims{Issuer: operatorURI, Subject: register.RegisterSubject(origin), IssuedAt: minute(20)}, register.IndexHead{Size: 10, Root: [32]byte{1}})),
		"another key":     must(register.Sign(newEdKey("hc"), register.Claims{Issuer: operatorURI, Subject: register.RegisterSubject(origin), IssuedAt: minute(20)}, register.IndexHead{Size: 11, Root: [32]byte{1}})),
		"another issuer":  must(register.Sign(newEdKey("operator"), register.Claims{Issuer: "https://hc.example", Subject: register.RegisterSubject(origin), IssuedAt: minute(20)}, register.IndexHead{Size: 11, Root: [32]byte{1}})),
		"another subject": must(register.Sign(newEdKey("operator"), register.Claims{Issuer: operatorURI, Subject: "urn:chancery:register:x", IssuedAt: minute(20)}, register.IndexHead{Size: 11, Root: [32]byte{1}})),
	} {
		if p := register.Fold(d.entries).Add(register.Logged{Index: 11, Entry: entry}); p == nil || !p.Ignored {
			t.Errorf("%s: %v", name, p)
		}
	}
}

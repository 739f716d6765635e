package register_test

import (
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hiddeco/sshsig"

	"chancery.example/letter"
	"chancery.example/register"
)

func armored(wire []byte) []byte {
	return sshsig.Armor(must(sshsig.ParseSignature(wire)))
}

// chains are the rules of standing.md, drawn; MUST numbers here are those of
// standing.md. After "=>" stand the standings of
// the words of a revision (at a minute, with @), of a statement ("said hello"),
// and the acts that are ignored or flagged; every other problem fails the test.
var chains = []struct{ rule, chain string }{
	{"MUST-10: what is issued is in force", "C1 -> I(C1) => C1: in_force"},
	{"MUST-10: sealed twice, the later issued", "C1 -> C2 -> I(C2) => C2: in_force; C1:"},
	{"MUST-10: opened, then issued in the same words", "C1 -> O(C1) -> I(C1) => C1: in_force"},
	{"MUST-10: opened, then issued with another addressee", "C1 -> O(C1) -> C2=1 -> I(C2) => C1: in_force"},
	{"MUST-10: a seal says nothing", "C1 => C1:"},
	{"MUST-10: embargo", "C1 -> I(C1 from 60) => C1@59: embargoed; C1@60: in_force"},
	{"MUST-10: expiry", "C1 -> I(C1 until 60) => C1@59: in_force; C1@60: expired"},
	{"MUST-10: embargo and expiry", "C1 -> I(C1 from 20 until 60) => C1@19: embargoed; C1@20: in_force; C1@60: expired"},

	{"MUST-10: opened early, and issued at an hour", "C1 -> O(C1) -> E(C1 from 60) -> I(C1 held at 60) => C1: in_force"},
	{"MUST-10: an embargo says nothing", "C1 -> E(C1 from 60) => C1:"},
	{"MUST-10: issued at the hour", "C1 -> E(C1 from 60) -> I(C1 held at 60) => C1@59: embargoed; C1@60: in_force"},
	{"MUST-11: an embargo was recalled, and it is issued all the same", "C1 -> E(C1 from 60) -> X(a sealed) -> I(C1 held at 60) => C1: conflict"},
	{"MUST-11: issued, then opened", "C1 -> I(C1) -> O(C1) => C1: conflict"},
	{"MUST-11: issued, then opened among others", "C1 -> C2 -> I(C1) -> O(C1 C2) => C1: conflict; C2: conflict"},
	{"MUST-11: issued, then the same words opened as an older revision", "C1 -> C2=1 -> I(C2) -> O(C1) => C1: conflict"},
	{"MUST-11: issued, then the same words opened under another reference", "C1 -> I(C1) -> Cb1=1 -> O(Cb1) => C1: conflict, in_force"},
	{"MUST-11: closed, then issued", "C1 -> O(C1) -> X(a) -> I(C1) => C1: conflict"},
	{"MUST-11: closed while sealed, then issued", "C1 -> X(a sealed) -> I(C1) => C1: conflict"},
	{"MUST-11: issued, then closed", "C1 -> I(C1) -> X(a) => C1: conflict"},
	{"MUST-11: issued, then closed by its tag", "C1 -> I(C1) -> X(a sealed) => C1: conflict"},
	{"MUST-11: issued twice in other words", "C1 -> C2 -> I(C1) -> I(C2) => C1: conflict; C2: conflict"},
	{"MUST-11: issued twice in the same words", "C1 -> I(C1) -> I(C1) => C1: conflict"},
	{"MUST-11: two letters under one reference", "C1 -> Cb1(ref a) -> I(C1) -> I(Cb1) => C1: conflict; Cb1: conflict"},
	{"MUST-11: an older draft of an issued letter may be opened", "C1 -> C2 -> I(C2) -> O(C1) => C1: draft_replaced; C2: in_force"},

	{"MUST-12: opened", "C1 -> O(C1) => C1: draft_open"},
	{"MUST-12: one of two opened", "C1 -> C2 -> O(C2) => C2: draft_open; C1:"},
	{"MUST-12: opened and closed", "C1 -> O(C1) -> X(a) => C1: draft_closed"},
	{"MUST-12: closed while sealed, opened later", "C1 -> X(a sealed) -> O(C1) => C1: draft_closed"},
	{"MUST-12: replaced by what was issued", "C1 -> O(C1) -> C2 -> I(C2) => C1: draft_replaced; C2: in_force"},
	{"MUST-12: another office issues the same words", "C1 -> O(C1) -> Cb1=1@other -> I@other(Cb1) => C1: draft_open, in_force"},
	{"MUST-12: opened, then issued under another reference", "C1 -> O(C1) -> Cb1=1 -> I(Cb1) => C1: in_force"},

	{"MUST-13: superseded by the successor's issue", "C1 -> I(C1) -> Cb1 -> I(Cb1 supersedes a) => C1: superseded; Cb1: in_force"},
	{"MUST-13: when the successor takes effect", "C1 -> I(C1) -> Cb1 -> I(Cb1 supersedes a from 60) => C1@59: in_force; C1@60: superseded; Cb1@59: embargoed"},
	{"MUST-13: by a supersede entry", "C1 -> I(C1) -> Cb1 -> I(Cb1) -> S(a b) => C1: superseded; Cb1: in_force"},
	{"MUST-13: by a supersede entry, when the successor takes effect", "C1 -> I(C1) -> Cb1 -> I(Cb1 from 60) -> S(a b) => C1@59: in_force; C1@60: superseded"},
	{"MUST-13: a withdrawn successor revives nothing", "C1 -> I(C1) -> Cb1 -> I(Cb1 supersedes a) -> W(b) => C1: superseded; Cb1: withdrawn"},
	{"MUST-13: a superseded successor revives nothing", "C1 -> I(C1) -> Cb1 -> I(Cb1 supersedes a) -> Cc1 -> I(Cc1 supersedes b) => C1: superseded; Cb1: superseded; Cc1: in_force"},
	{"MUST-13: one letter replaces two", "C1 -> I(C1) -> Cb1 -> I(Cb1) -> Cc1 -> I(Cc1 supersedes a,b) => C1: superseded; Cb1: superseded"},
	{"MUST-13: no circle of two", "C1 -> I(C1) -> Cb1 -> I(Cb1 supersedes a) -> S(b a) => Cb1: in_force; C1: superseded; ignored 5"},
	{"MUST-13: no circle through a second issue", "C1 -> I(C1) -> Cb1 -> I(Cb1 supersedes a) -> C2 -> I(C2 supersedes b) => Cb1: in_force; C1: conflict"},
	{"MUST-13: no circle of one", "C1 -> C2 -> I(C1) -> I(C2 supersedes a) => C1: conflict"},

	{"MUST-14: withdrawn", "C1 -> I(C1) -> W(a) => C1: withdrawn"},
	{"MUST-14: withdrawn counts before superseded", "C1 -> I(C1) -> Cb1 -> I(Cb1 supersedes a) -> W(a) => C1: withdrawn"},
	{"MUST-14: withdrawn counts before expired", "C1 -> I(C1 until 20) -> W(a) => C1: withdrawn"},
	{"MUST-14: withdrawn under embargo", "C1 -> I(C1 from 60) -> W(a) => C1@20: withdrawn"},
	{"MUST-14: superseded counts before expired", "C1 -> I(C1 until 20) -> Cb1 -> I(Cb1 supersedes a) => C1: superseded"},

	{"MUST-15: the office's own issued words", "C1 -> I(C1) -> D(C1) => C1: conflict, conflict"},
	{"MUST-15: disavowed first, issued later", "C1 -> D(C1) -> I(C1) => C1: conflict, conflict"},
	{"MUST-15: the office's own opened words", "C1 -> O(C1) -> D(C1) => C1: conflict, conflict"},
	{"MUST-15: taken back, the conflict ends", "C1 -> I(C1) -> D(C1) -> R(3) => C1: in_force, retracted"},
	{"MUST-15: another office's disavowal changes nothing", "C1 -> I(C1) -> D@other(C1) => C1: disavowed, in_force"},
	{"MUST-15: words of nobody", "C1 -> D(C1) => C1: disavowed"},

	{"MUST-16: words of a statement", "T(hello) => said hello: stated"},
	{"MUST-16: taken back", "T(hello) -> R(1) => said hello: retracted"},
	{"MUST-16: only the office itself takes back", "T(hello) -> R@other(1) => said hello: stated; ignored 2"},
	{"MUST-16: another office's disavowal stays", "C1 -> D@other(C1) -> R(2) => C1: disavowed; ignored 3"},
	{"MUST-16: a commit cannot be taken back", "C1 -> R(1) => ignored 2"},
}

// ruleChains are about who may act, and what counts once.
var ruleChains = []struct{ rule, chain string }{
	{"MUST-2: not signed with the office's key", "C1 -> I(C1 key other) => C1:; ignored 2"},
	{"MUST-2: a subject that says something else", "C1 -> I(C1 subject urn:chancery:letter:x) => C1:; ignored 2"},
	{"MUST-2: what was ignored can be done right", "C1 -> I(C1 by alice) -> I(C1) => C1: in_force; ignored 2"},
	{"MUST-3: dated back", "C1 -> I(C1 late) => C1: in_force; flagged 2"},
	{"MUST-3: dated the same second", "C1 -> I(C1 same) => C1: in_force"},
	{"MUST-3: a seal dated back", "C1(late) -> O(C1) => C1: draft_open; flagged 1"},

	{"MUST-4: the policy replaced", "C1 -> P(k1) -> I(C1 by alice) => C1: in_force"},
	{"MUST-4: approved under the one that was replaced", "C1 -> P(k1) -> I(C1 policy 2) => C1:; ignored 3"},
	{"MUST-4: approved under another office's", "C1 -> I(C1 policy 4) => C1:; ignored 2"},
	{"MUST-4: what was issued before the change stays", "C1 -> I(C1) -> P(noissue) => C1: in_force"},
	{"MUST-4: under embargo it counts what was in force at its commit", "C1 -> E(C1 from 60) -> P(noissue) -> I(C1 held at 60) => C1: in_force"},
	{"MUST-4: an officer removed since the embargo", "C1 -> E(C1 from 60) -> P(remove bob) -> I(C1 held at 60) => C1: in_force"},
	{"MUST-4: under embargo, by a policy that was replaced already", "C1 -> P(k1) -> E(C1 from 60 policy 2) -> I(C1 held at 60) => C1:; ignored 4"},
	{"MUST-4: under embargo, by too few", "C1 -> E(C1 from 60 by alice) -> I(C1 held at 60) => C1:; ignored 3"},
	{"MUST-2: issued before the hour of its embargo", "C1 -> E(C1 from 60) -> I(C1 held at 59) => C1:; ignored 3"},
	{"MUST-7: at the hour, and once more", "C1 -> E(C1 from 60) -> I(C1 held at 60) -> again(3) => C1: in_force; ignored 4"},
	{"MUST-4: a policy nobody approved", "C1 -> P(noissue x refused by dora) -> I(C1) => C1: in_force; ignored 2"},
	{"MUST-5: approvals of another statement", "C1 -> I(C1 swapped) => C1:; ignored 2"},
	{"MUST-5: a removed officer", "C1 -> P(remove bob) -> I(C1) => C1:; ignored 3"},
	{"MUST-5: a signature that is not in wire form", "C1 -> I(C1 armored) => C1:; ignored 2"},
	{"MUST-6: an act the policy does not know", "C1 -> P(noissue) -> I(C1) => C1:; ignored 3"},
	{"MUST-6: fewer than k persons", "C1 -> I(C1 by alice) => C1:; ignored 2"},
	{"MUST-6: nobody", "C1 -> I(C1 by ,) => C1:; ignored 2"},
	{"MUST-6: one person in two posts", "C1 -> I(C1 by alice,alice-2) => C1:; ignored 2"},
	{"MUST-6: the other post serves as well", "C1 -> I(C1 by alice-2,bob) => C1: in_force"},
	{"MUST-6: a role that the rule does not name", "C1 -> I(C1 by alice,dora) => C1:; ignored 2"},
	{"MUST-6: more than needed", "C1 -> I(C1 by alice,bob,dora) => C1: in_force"},
	{"MUST-6: the required role is missing", "C1 -> O(C1 by alice,bob) => C1:; ignored 2"},

	{"MUST-7: the same entry twice", "C1 -> I(C1) -> again(2) => C1: in_force; ignored 3"},
	{"MUST-7: the same act signed anew", "C1 -> I(C1) -> resign(2) => C1: in_force; ignored 3"},
	{"MUST-7: an approval does not serve twice", "T(hello) -> R(1) -> resign(1) => said hello: retracted; ignored 3"},
	{"MUST-7: a seal twice", "C1 -> again(1) -> I(C1) => C1: in_force; ignored 2"},
	{"MUST-7: a closing twice", "C1 -> O(C1) -> X(a) -> X(a) => C1: draft_closed"},
	{"MUST-7: a withdrawal twice", "C1 -> I(C1) -> W(a) -> W(a) => C1: withdrawn"},

	{"MUST-8: another office issues what it did not seal", "C1 -> I@other(C1) => C1:; ignored 2"},
	{"MUST-9: a gap in the sequence", "C1(gap) -> I(C1) => C1: in_force; flagged 1"},
	{"MUST-9: a number used twice", "C1 -> C2(reuse) -> I(C2) => C2: in_force; flagged 2"},
	{"entry.md MUST-22: a closing that names a letter nobody has seen", "C1 -> X(a) -> O(C1) => C1: draft_open; ignored 2"},
}

func TestChains(t *testing.T) {
	for _, c := range slices.Concat(chains, ruleChains, laterChains) {
		t.Run(c.rule, func(t *testing.T) { checkChain(t, c.chain) })
	}
}

// TestPageDrawings runs the drawings of standing.md, so that the page cannot
// say what the code does not do.
func TestPageDrawings(t *testing.T) {
	b, err := os.ReadFile("../docs/formats/standing.md")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^    (C.*=> .*)$`).FindAllStringSubmatch(string(b), -1)
	if len(found) < 14 {
		t.Fatalf("standing.md has %d drawings: want 14 or more", len(found))
	}
	for _, m := range found {
		t.Run(m[1], func(t *testing.T) { checkChain(t, m[1]) })
	}
}

func checkChain(t *testing.T, drawn string) {
	t.Helper()
	chain, wants, ok := strings.Cut(drawn, "=>")
	if !ok {
		t.Fatalf("%q expects nothing", drawn)
	}
	d := draw(t, strings.TrimSpace(chain))
	problems := map[register.Index]bool{}
	for want := range strings.SplitSeq(wants, ";") {
		want = strings.TrimSpace(want)
		kind, number, isProblem := strings.Cut(want, " ")
		if isProblem && (kind == "ignored" || kind == "flagged") {
			problems[register.Index(d.indexOf(number))] = kind == "ignored"
			continue
		}
		d.checkText(want)
	}
	s := register.Fold(d.entries)
	for _, p := range s.Problems() {
		ignored, expected := problems[p.Index]
		if !expected || ignored != p.Ignored {
			t.Errorf("unexpected problem: %v", p)
		}
		delete(problems, p.Index)
	}
	for i := range problems {
		t.Errorf("act %d should have been a problem", int(i)-d.first+1)
	}
	d.checkOthersDoNotMatter(s)
}

// checkText compares "C1@20: in_force" with what the fold says.
func (d *drawing) checkText(want string) {
	d.t.Helper()
	what, standings, ok := strings.Cut(want, ":")
	if !ok {
		d.t.Fatalf("cannot read the expectation %q", want)
	}
	what, at := strings.TrimSpace(what), minute(100_000)
	if label, m, timed := strings.Cut(what, "@"); timed {
		what, at = label, minute(must(strconv.Atoi(m)))
	}
	text := d.pages[what].text
	if name, said := strings.CutPrefix(what, "said "); said {
		text = d.said[name]
	}
	if text.Text.IsZero() {
		d.t.Fatalf("no text %q in the drawing", what)
	}
	if got := names(register.StandingOf(d.entries, text, at)); got != strings.TrimSpace(standings) {
		d.t.Errorf("%s at %s: got %q, want %q", what, at.Format(time.TimeOnly), got, strings.TrimSpace(standings))
	}
}

func names(sts []register.Status) string {
	var out []string
	for _, st := range sts {
		out = append(out, string(st.Standing))
	}
	return strings.Join(out, ", ")
}

// checkOthersDoNotMatter leaves out the other office's entries: what is on
// record for hc stays the same (MUST-1). It also folds only the evidence of each
// letter, as a proof carries it, and wants the same standing of the whole.
func (d *drawing) checkOthersDoNotMatter(full *register.State) {
	d.t.Helper()
	hc := d.houses["hc"].uri
	var own []register.Logged
	for _, l := range d.entries {
		add, isAdd := l.Entry.Body.(register.KeyAdd)
		revoke, isRevoke := l.Entry.Body.(register.KeyRevoke)
		if l.Entry.Claims.Issuer == hc || l.Index == 0 || isAdd && add.Office == hc || isRevoke && revoke.Office == hc {
			own = append(own, l)
		}
	}
	alone := register.Fold(own)
	for label, p := range d.pages {
		a, b := statusesOf(full, p.text, hc), statusesOf(alone, p.text, hc)
		if !reflect.DeepEqual(a, b) {
			d.t.Errorf("%s: %v with the other office's entries, %v without", label, names(a), names(b))
		}
	}
	for _, l := range full.Letters() {
		want := full.LetterStatus(l, minute(100_000))
		var proof []register.Logged
		for _, i := range full.Evidence(want.Record) {
			proof = append(proof, d.entries[i])
		}
		part := register.Fold(proof)
		i := slices.IndexFunc(part.Letters(), func(x *register.Letter) bool { return part.IDOf(x) == want.Record })
		if i < 0 {
			d.t.Errorf("the evidence of %s does not show it", l.Reference)
			continue
		}
		if got := part.LetterStatus(part.Letters()[i], minute(100_000)); got.Standing != want.Standing || !slices.Equal(got.Entries, want.Entries) ||
			!slices.Equal(got.LaterRevoked, want.LaterRevoked) {
			d.t.Errorf("the evidence of %s says %s %v, the log %s %v", l.Reference, got.Standing, got.Entries, want.Standing, want.Entries)
		}
	}
}

func statusesOf(s *register.State, text letter.LangText, o register.Office) []register.Status {
	var out []register.Status
	for _, st := range s.StandingsOf(text, minute(100_000)) {
		if st.Record.Office == o {
			out = append(out, st)
		}
	}
	return out
}

// TestHolding: who says to hold exactly this text of record is found by the
// published salt and by the leaf of the copy, and by nothing else.
func TestHolding(t *testing.T) {
	d := draw(t, "C1 -> C2 -> I(C2) -> Recv@other(C1) -> Hold@other(C2)")
	s := register.Fold(d.entries)
	leaf := letter.Find(d.pages["C2"].revision.Disclose(), letter.TextField("en")).Hash
	for _, c := range []struct {
		label  string
		leaves []letter.Hash
		want   int
	}{{"C1", nil, 1}, {"C2", nil, 0}, {"C2", []letter.Hash{leaf}, 1}, {"C1", []letter.Hash{leaf}, 2}} {
		got := s.Holding(d.pages[c.label].text, c.leaves...)
		if len(got) != c.want {
			t.Errorf("%s with %d leaves: %d statements, want %d", c.label, len(c.leaves), len(got), c.want)
		}
		for _, r := range got {
			if r.Office != d.houses["other"].uri || r.Statement.Type != register.Received {
				t.Errorf("%s: statement of %s of type %s", c.label, r.Office, r.Statement.Type)
			}
		}
	}
	if n := len(s.StatementsRegarding(d.houses["hc"].uri, "HC-a")); n != 2 {
		t.Errorf("%d statements regard HC-a, want 2", n)
	}
}

// TestFirstEndCounts (MUST-7): a letter is withdrawn, and a statement taken
// back, when it is done first.
func TestFirstEndCounts(t *testing.T) {
	d := draw(t, "C1 -> I(C1) -> W(a) -> W(a) -> T(hello) -> R(5) -> R(5)")
	for text, act := range map[letter.LangText]int{d.pages["C1"].text: 3, d.said["hello"]: 6} {
		sts := register.StandingOf(d.entries, text, minute(100))
		if want := register.StampOf(minute(d.first + act - 1)); len(sts) != 1 || sts[0].EndedAt != want {
			t.Errorf("%q ended at %v, want %v", text.Text, sts[0].EndedAt.Time(), want.Time())
		}
	}
	french := d.pages["C1"].text
	french.Lang = "fr"
	if sts := register.StandingOf(d.entries, french, minute(100)); len(sts) != 0 {
		t.Errorf("the English words asked about as French: %s", names(sts))
	}
}

// TestForgedSignature (MUST-8): every entry of a log counts only with the
// signature of its key.
func TestForgedSignature(t *testing.T) {
	d := draw(t, everyKind)
	for i, l := range d.entries {
		raw := l.Entry.Bytes()
		raw[len(raw)-1] ^= 1
		forged := register.Logged{Index: l.Index, Entry: must(register.Parse(raw))}
		s := register.Fold(d.entries[:i])
		if p := s.Add(forged); p == nil || !p.Ignored {
			t.Errorf("entry %d (%s) with another signature: %v", i, l.Entry.Body.Kind(), p)
		}
	}
}

// TestStatusTellsTheStory: the moments and counts beside a standing.
func TestStatusTellsTheStory(t *testing.T) {
	d := draw(t, "C1 -> C2 -> C3 -> O(C2) -> X(a)")
	sts := register.StandingOf(d.entries, d.pages["C2"].text, minute(100))
	if len(sts) != 1 {
		t.Fatalf("%d standings", len(sts))
	}
	st, at := sts[0], func(act int) register.Stamp { return register.StampOf(minute(d.first + act - 1)) }
	got := fmt.Sprint(st.Standing, st.Revision, st.Revisions, st.Sealed, st.SealedAt == at(2), st.OpenedAt == at(4), st.ClosedAt == at(5), st.IssuedAt, len(st.ApprovedBy))
	// The chain of the opening ends at revision 2: nobody can see the third.
	if want := "draft_closed2 2 1 true true true 0 0"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if want := []register.Index{5, 6, 8, 9}; !slices.Equal(st.Entries, want) {
		t.Errorf("rests on entries %v, want %v", st.Entries, want)
	}
	o, _ := register.Fold(d.entries).OfficeByID("hc")
	if o.Sealed != 1 || o.Opened != 2 {
		t.Errorf("office shows %d sealed and %d opened, want 1 and 2", o.Sealed, o.Opened)
	}
}

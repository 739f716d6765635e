package register_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"chancery.example/letter"
	"chancery.example/register"
)

// MUST numbers here are those of standing.md.

// A pen draws random chains that can be built, though not always allowed.
type pen struct {
	rt     *rapid.T
	sealed map[string]int  // revisions of a letter
	issued map[string]bool // letters
	acts   []string
}

func (p *pen) one(label string, from []string) string {
	return rapid.SampledFrom(from).Draw(p.rt, label)
}

func (p *pen) label(name string) string {
	n := rapid.IntRange(1, p.sealed[name]).Draw(p.rt, "revision")
	if name == "a" {
		return fmt.Sprint("C", n)
	}
	return fmt.Sprint("C", name, n)
}

// draw adds one act; one that cannot be built becomes a seal.
func (p *pen) draw() {
	name := p.one("letter", []string{"a", "a", "b", "c"})
	other := p.one("other letter", []string{"a", "b", "c"})
	kind := p.one("act", []string{"C", "I", "I", "O", "O", "X", "Xs", "W", "S", "Is", "D", "Do", "T", "again", "Iw", "R"})
	switch sealed := p.sealed[name] > 0; {
	case kind == "T":
		p.acts = append(p.acts, fmt.Sprintf("T(words%d)", len(p.acts)))
	case kind == "again" && len(p.acts) > 0:
		p.acts = append(p.acts, fmt.Sprintf("again(%d)", rapid.IntRange(1, len(p.acts)).Draw(p.rt, "act")))
	case kind == "R" && len(p.acts) > 0:
		p.acts = append(p.acts, fmt.Sprintf("R(%d)", rapid.IntRange(1, len(p.acts)).Draw(p.rt, "act")))
	case !sealed || kind == "C":
		p.seal(name)
	case kind == "S" && name != other && p.issued[name] && p.issued[other]:
		p.acts = append(p.acts, fmt.Sprintf("S(%s %s)", name, other))
	case kind == "Is" && p.issued[other]:
		p.acts = append(p.acts, fmt.Sprintf("I(%s supersedes %s)", p.label(name), other))
		p.issued[name] = true
	case kind == "Iw":
		p.acts = append(p.acts, fmt.Sprintf("I(%s by alice)", p.label(name)))
		p.issued[name] = true
	case kind == "I":
		p.acts = append(p.acts, fmt.Sprintf("I(%s)", p.label(name)))
		p.issued[name] = true
	case kind == "O":
		p.acts = append(p.acts, fmt.Sprintf("O(%s)", p.label(name)))
	case kind == "X":
		p.acts = append(p.acts, fmt.Sprintf("X(%s)", name))
	case kind == "Xs":
		p.acts = append(p.acts, fmt.Sprintf("X(%s sealed)", name))
	case kind == "W" && p.issued[name]:
		p.acts = append(p.acts, fmt.Sprintf("W(%s)", name))
	case kind == "D":
		p.acts = append(p.acts, fmt.Sprintf("D(%s)", p.label(name)))
	case kind == "Do":
		p.acts = append(p.acts, fmt.Sprintf("D@other(%s)", p.label(name)))
	default:
		p.seal(name)
	}
}

// seal adds a revision, at times with the words of one before.
func (p *pen) seal(name string) {
	p.sealed[name]++
	act := p.label2(name, p.sealed[name])
	if from := p.one("words of", []string{"", "", "a", "b"}); from != "" && p.sealed[from] > 0 && !(from == name && p.sealed[name] == 1) {
		act += fmt.Sprintf("=%s1", from)
	}
	p.acts = append(p.acts, act)
}

func (p *pen) label2(name string, n int) string {
	if name == "a" {
		return fmt.Sprint("C", n)
	}
	return fmt.Sprint("C", name, n)
}

// randomChain draws up to 14 acts.
func randomChain(rt *rapid.T) string {
	p := &pen{rt: rt, sealed: map[string]int{}, issued: map[string]bool{}}
	for range rapid.IntRange(2, 14).Draw(rt, "acts") {
		p.draw()
	}
	return strings.Join(p.acts, " -> ")
}

// TestFoldProperties: MUST-1, MUST-11 and MUST-13 over random chains.
func TestFoldProperties(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		chain := randomChain(rt)
		d := draw(t, chain)
		s := register.Fold(d.entries)
		sameAgain(rt, d, s)
		neverADraft(rt, d)
		noCircle(rt, s)
		failed := t.Failed()
		d.checkOthersDoNotMatter(s)
		if t.Failed() && !failed {
			rt.Fatalf("chain: %s", chain)
		}
	})
}

func sameAgain(rt *rapid.T, d *drawing, s *register.State) {
	again := register.Fold(slices.Clone(d.entries))
	if !reflect.DeepEqual(s.Problems(), again.Problems()) {
		rt.Fatal("two folds, two lists of problems")
	}
	for label, p := range d.pages {
		if a, b := s.StandingsOf(p.text, minute(50)), again.StandingsOf(p.text, minute(50)); !reflect.DeepEqual(a, b) {
			rt.Fatalf("%s: two folds, two answers: %s and %s", label, names(a), names(b))
		}
	}
}

// neverADraft: once an office has issued words, no act of its own and no
// replay makes them answer as a draft again (MUST-11).
func neverADraft(rt *rapid.T, d *drawing) {
	s := register.NewState()
	issued := map[string]letter.LangText{}
	for _, l := range d.entries {
		problem := s.Add(l)
		if i, ok := l.Entry.Body.(register.Issue); ok && (problem == nil || !problem.Ignored) {
			for label, p := range d.pages {
				if letter.Find(i.Fields, letter.TextField("en")).Matches([]byte(p.text.Text.String())) {
					issued[label] = p.text
				}
			}
		}
		for label, text := range issued {
			for _, st := range s.StandingsOf(text, minute(50)) {
				switch st.Standing {
				case register.DraftOpened, register.DraftClosed, register.DraftReplaced, register.NotOnRecord:
					rt.Fatalf("after entry %d the issued words of %s answer as %s", l.Index, label, st.Standing)
				default:
				}
			}
			if len(s.StandingsOf(text, minute(50))) == 0 {
				rt.Fatalf("after entry %d the issued words of %s are not on record", l.Index, label)
			}
		}
	}
}

// noCircle follows replacements (MUST-13).
func noCircle(rt *rapid.T, s *register.State) {
	for _, l := range s.Letters() {
		seen := map[*register.Letter]bool{}
		var follow func(*register.Letter)
		follow = func(x *register.Letter) {
			if seen[x] {
				return
			}
			seen[x] = true
			for _, r := range x.ReplacedBy {
				if r.By == l {
					rt.Fatalf("%s replaces itself in the end", l.Reference)
				}
				follow(r.By)
			}
		}
		follow(l)
	}
}

// TestShuffledLog: entries in any order fold without a panic, always to the
// same, and an entry that was allowed stays on record.
func TestShuffledLog(t *testing.T) {
	d := draw(t, everyKind)
	rapid.Check(t, func(rt *rapid.T) {
		acts := rapid.Permutation(d.entries[d.first:]).Draw(rt, "order")
		log := slices.Clone(d.entries[:d.first])
		for _, l := range acts {
			log = append(log, register.Logged{Index: register.Index(len(log)), Entry: l.Entry})
		}
		sameAgain(rt, &drawing{pages: d.pages, entries: log}, register.Fold(log))
		neverADraft(rt, &drawing{pages: d.pages, entries: log})
	})
}

// TestPositions (MUST-1): a position is taken once, and only rising.
func TestPositions(t *testing.T) {
	d := draw(t, "C1 -> I(C1)")
	s := register.Fold(d.entries)
	for _, at := range []register.Index{0, 3, register.Index(s.Size()) - 1, 1 << 63, ^register.Index(0)} {
		size := s.Size()
		p := s.Add(register.Logged{Index: at, Entry: d.entries[6].Entry})
		if p == nil || !p.Ignored || s.Size() != size {
			t.Errorf("position %d: %v, size %d", at, p, s.Size())
		}
	}
	if !s.Complete() {
		t.Error("a log without a gap is not complete")
	}
	hc := d.houses["hc"]
	hc.sequence = 8 // in a log with a gap, a number that is left out is no news
	d.act(3, "C2")
	if p := s.Add(register.Logged{Index: 20, Entry: d.entries[7].Entry}); p != nil {
		t.Error(p)
	}
	if n := len(s.Problems()); n != 5 {
		t.Errorf("%d problems, want the 5 positions", n)
	}
	if s.Complete() {
		t.Error("a log with a gap is complete")
	}
}

// TestBeginning (MUST-8): nothing counts before the genesis, and there is one.
func TestBeginning(t *testing.T) {
	d := draw(t, "C1")
	if p := register.NewState().Add(d.entries[1]); p == nil || !p.Ignored {
		t.Error("a register began with an enrolment")
	}
	moved := d.entries[0]
	moved.Index = 1
	if p := register.NewState().Add(moved); p == nil || !p.Ignored {
		t.Error("a genesis at position 1 was taken")
	}
	if p := register.NewState().Add(register.Logged{}); p == nil || !p.Ignored {
		t.Error("an empty entry was taken")
	}
	g := d.entries[0].Entry
	body := g.Body.(register.Genesis)
	body.Operator = newEdKey("somebody else").Public()
	forged := must(register.Sign(newEdKey("operator"), g.Claims, body))
	if p := register.NewState().Add(register.Logged{Entry: forged}); p == nil || !p.Ignored {
		t.Error("a genesis that another key signed was taken")
	}
	second := must(register.Sign(newEdKey("hc"), register.Claims{Issuer: "https://hc.example", Subject: "urn:chancery:x", IssuedAt: minute(9)}, g.Body))
	s := register.Fold(d.entries)
	if p := s.Add(register.Logged{Index: 6, Entry: second}); p == nil || !p.Ignored || s.Origin() != origin {
		t.Error("a second genesis was taken")
	}
}

// TestEnrolment (MUST-8): who may give an office a key.
func TestEnrolment(t *testing.T) {
	base := draw(t, "C1").entries
	enrolled, _ := register.Fold(base).OfficeOf("https://hc.example")
	add := func(signer, issuer, office, id, key string) register.Entry {
		shown := enrolled.Name
		if office != "hc" || id == "renamed" {
			shown, id = register.Words{"en": office}, strings.Replace(id, "renamed", "hc", 1)
		}
		o := register.Office("https://" + office + ".example")
		claims := register.Claims{Issuer: register.Office("https://" + issuer + ".example"), Subject: "urn:chancery:office:" + office, IssuedAt: minute(9)}
		return must(register.Sign(newEdKey(signer), claims, register.KeyAdd{
			Office: o, ID: id, Name: shown, Domain: office + ".example", Key: newEdKey(key).Public(),
		}))
	}
	for name, c := range map[string]struct {
		entry   register.Entry
		ignored bool
	}{
		"a new office by the operator":           {add("operator", "operator", "new", "new", "new"), false},
		"a new office by itself":                 {add("new", "new", "new", "new", "new"), true},
		"a new office by another":                {add("hc", "hc", "new", "new", "new"), true},
		"a short name that is taken":             {add("operator", "operator", "new", "hc", "new"), true},
		"a further key by the office":            {add("hc", "hc", "hc", "hc", "hc-2"), false},
		"a further key by the operator":          {add("operator", "operator", "hc", "hc", "hc-2"), true},
		"a further key by another office":        {add("other", "other", "hc", "hc", "hc-2"), true},
		"a further key under another short name": {add("hc", "hc", "hc", "harbour", "hc-2"), true},
		"a further key and another name":         {add("hc", "hc", "hc", "renamed", "hc-2"), true},
		"a further key in another office's name": {add("hc", "other", "hc", "hc", "hc-2"), true},
		"a further key signed by itself":         {add("hc-2", "hc", "hc", "hc", "hc-2"), true},
	} {
		s := register.Fold(base)
		p := s.Add(register.Logged{Index: 6, Entry: c.entry})
		if ignored := p != nil && p.Ignored; ignored != c.ignored {
			t.Errorf("%s: ignored is %v (%v)", name, ignored, p)
		}
	}
	s := register.Fold(base)
	s.Add(register.Logged{Index: 6, Entry: add("hc", "hc", "hc", "hc", "hc-2")})
	claims := register.Claims{Issuer: "https://hc.example", Subject: "urn:chancery:office:hc.example", IssuedAt: minute(10)}
	e := must(register.Sign(newEdKey("hc-2"), claims, register.NewCommit(2, [32]byte{1})))
	if p := s.Add(register.Logged{Index: 7, Entry: e}); p != nil {
		t.Errorf("signed with the added key: %v", p)
	}
	if o, _ := s.OfficeOf("https://hc.example"); len(o.Keys) != 2 || o.Keys[1].Added != 6 {
		t.Errorf("keys of the office: %+v", o.Keys)
	}
}

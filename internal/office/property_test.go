package office_test

import (
	"flag"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/tlog"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

type requestHandle = office.Request

const (
	actsEach   = 36 // acts of one sequence
	sequences  = 8  // of each house
	houses     = 3
	rounds     = 5 // at most, until every act was reached
	variants   = 3 // of the words of a letter
	lettersMax = 4
)

// TestActsAgainstTheModel plays random acts by random officers with random roles
// and compares every answer with the model: allowed or refused and how, what the
// log grew by, and afterwards where every text stands for a stranger.
func TestActsAgainstTheModel(t *testing.T) {
	if f := flag.Lookup("rapid.checks"); f != nil && f.Value.String() == f.DefValue {
		t.Cleanup(func() { _ = f.Value.Set(f.DefValue) })
		if err := f.Value.Set(fmt.Sprint(sequences)); err != nil {
			t.Fatal(err)
		}
	}
	// Chance may leave an act out of a round; then there is another.
	all := map[string]int{}
	for round := 0; round < rounds && (round == 0 || len(unreached(all)) > 0) && !t.Failed(); round++ {
		for k, v := range playHouses(t, round) {
			all[k] += v
		}
	}
	for _, k := range slices.Sorted(maps.Keys(all)) {
		t.Logf("%-28s %d", k, all[k])
	}
	if missing := unreached(all); len(missing) > 0 && !t.Failed() {
		t.Errorf("%q never happened: the sequences do not reach it", missing)
	}
}

// unreached lists what random acts must have come to.
func unreached(all map[string]int) []string {
	return slices.DeleteFunc([]string{
		"issue done", "withdraw done", "supersede done", "open done", "close done", "statement done", "retract done", "disavow done", "refused",
		"correct done", "withdraw-emergency done", "ratify done", "rotate", "revoke-key done", "release", "recall",
	}, func(k string) bool { return all[k] > 0 })
}

// playHouses plays sequences in several registers beside each other.
func playHouses(t *testing.T, round int) map[string]int {
	counts := make([]map[string]int, houses)
	t.Run(fmt.Sprintf("round %d", round), func(t *testing.T) {
		for n := range houses {
			counts[n] = map[string]int{}
			t.Run(fmt.Sprint(n), func(t *testing.T) {
				t.Parallel()
				h, number := officetest.New(t), 0
				rapid.Check(t, func(rt *rapid.T) {
					number++
					newPlay(rt, t, h, fmt.Sprintf("office%d", number), counts[n]).run()
				})
			})
		}
	})
	all := map[string]int{}
	for _, c := range counts {
		for k, v := range c {
			all[k] += v
		}
	}
	return all
}

// A play is one sequence of acts.
type play struct {
	*rapid.T
	ctx     *testing.T
	h       *officetest.House
	office  string
	m       *model
	log     *tlog.Reader
	head    proof.Head
	state   *register.State
	slips   []office.Slip
	were    map[string]register.Standing // where words stood before
	signers map[register.Index]*modelKey // of the office's entries
	unsaid  []register.Logged            // entries that signed has not looked at
	count   map[string]int
	unique  int
}

var everyRole = []register.Role{register.RoleDrafter, register.RoleApprover, register.RoleClerk, register.RolePress}

func newPlay(rt *rapid.T, t *testing.T, h *officetest.House, id string, count map[string]int) *play {
	p := &play{T: rt, ctx: t, h: h, office: id, state: register.NewState(), were: map[string]register.Standing{}, signers: map[register.Index]*modelKey{}, count: count}
	settle(rt, t, h) // of the offices that played before
	p.m = &model{letters: map[letter.Ref]*modelLetter{}, said: map[string]*modelSaid{}}
	names := []string{"ann", "ben", "cyd", "dan", "eve"}
	for i, name := range names {
		person := name
		if i > 0 && rapid.IntRange(0, 3).Draw(rt, "second post of "+name) == 3 {
			person = names[i-1]
		}
		roles := rapid.SliceOfNDistinct(rapid.SampledFrom(everyRole), 1, 3, rapid.ID[register.Role]).Draw(rt, "roles of "+name)
		slices.Sort(roles)
		k := officetest.NewKey(t, id+"/"+name)
		h.Keys[id+"/"+name] = k
		p.m.officers = append(p.m.officers, register.Officer{ID: name, Person: person, Name: "Officer " + name, Roles: roles, Keys: []string{k.Public().Line()}})
	}
	p.m.rules = office.Rules(p.m.officers, rapid.IntRange(1, 3).Draw(rt, "approvals"), rapid.IntRange(1, 2).Draw(rt, "statements"))
	n := office.NewOffice{ID: id, Office: register.Office("https://" + id + ".example"), Domain: id + ".example", Name: register.Words{"en": id}}
	n.Policy = register.Policy{Officers: p.m.officers, Rules: p.m.rules, RatifyWithin: office.Policy(p.m.officers, nil, 1, 1).RatifyWithin}
	if _, err := h.Register.Enrol(t.Context(), n); err != nil {
		rt.Fatalf("enrolling %v with %v: %v", n.Policy.Officers, n.Policy.Rules, err)
	}
	var err error
	if p.log, err = tlog.OpenReader(filepath.Join(h.Dir, "log")); err != nil {
		rt.Fatal(err)
	}
	p.read()
	p.m.keys = []*modelKey{{id: p.keys()[0].Thumbprint, added: p.keys()[0].Added}}
	return p
}

// read takes the log's new entries into the fold, as a reader of the files.
func (p *play) read() {
	head, err := p.log.Head()
	if err != nil {
		p.Fatal(err)
	}
	err = p.log.Entries(p.ctx.Context(), head, register.Index(p.head.Size), func(i register.Index, raw []byte) error {
		e, err := register.Parse(raw)
		if err != nil {
			return err
		}
		if problem := p.state.Add(register.Logged{Index: i, Entry: e}); problem != nil {
			p.Errorf("an entry against the rules reached the log: %s", problem)
		}
		p.unsaid = append(p.unsaid, register.Logged{Index: i, Entry: e})
		return nil
	})
	if err != nil {
		p.Fatal(err)
	}
	p.head = head
}

// do runs one act and compares what came of it with the model's word.
func (p *play) do(what string, want kind.Kind, entries int, f func() error) bool {
	before := p.head
	err := f()
	got := allowed
	if err != nil {
		if got = kind.Of(err); got == allowed {
			p.Fatalf("%s: an error of no kind: %v", what, err)
		}
		entries = 0
	}
	if got != want {
		p.Fatalf("%s: %s (%v), the model says %s", what, answer(got), err, answer(want))
	}
	p.read()
	if p.head.Size != before.Size+uint64(entries) {
		p.Fatalf("%s: %s; the log went from %d entries to %d, the model says %d more", what, answer(got), before.Size, p.head.Size, entries)
	}
	if err != nil {
		p.count["refused"]++
		if p.head != before {
			p.Fatalf("%s was refused and changed the log", what)
		}
		return false
	}
	p.count[strings.Fields(what)[0]]++
	return true
}

func answer(k kind.Kind) string {
	if k == allowed {
		return "allowed"
	}
	return "refused as " + k.Error()
}

func (p *play) run() {
	acts := map[string]func(){
		"start": p.start, "revise": p.revise, "seal": p.seal, "circulate": p.circulate, "submit": p.submit, "approve": p.approve,
		"refuse": p.refuse, "perform": p.perform, "carry": p.carry, "withdraw": p.withdraw, "supersede": p.supersede, "open": p.open,
		"close": p.closing, "statement": p.statement, "received": p.received, "retract": p.retract, "disavow": p.disavow,
		"correct": p.correct, "emergency": p.emergency, "ratify": p.ratify, "rotate": p.rotate, "revoke key": p.revokeKey, "sync": p.sync,
		"ask": p.askClearance, "answer": p.answerClearance, "settle": p.settleClearance, "take back": p.takeBack,
	}
	// Draws lean towards the first: what is rarely possible comes first.
	weighed := []string{"carry", "ratify", "correct", "emergency", "sync", "revoke key", "correct", "sync", "rotate", "ratify", "supersede", "supersede", "carry", "withdraw", "revise", "submit", "submit", "retract", "carry", "carry", "submit", "open", "disavow", "statement", "close",
		"ask", "take back", "received", "carry", "revise", "circulate", "perform", "start", "approve", "seal", "refuse", "submit", "open", "start", "withdraw", "start"}
	for _, first := range []string{"start", "submit", "carry", "start", "submit", "carry"} {
		acts[first]()
		p.standings()
	}
	for range actsEach {
		p.h.Clock.Step(time.Duration(rapid.IntRange(0, 90).Draw(p.T, "seconds")) * time.Second)
		acts[rapid.SampledFrom(weighed).Draw(p.T, "act")]()
		p.standings()
	}
	p.h.Clock.Step(embargoMost)
	p.sync() // what waited is issued in the end
	p.standings()
	p.invariants()
}

// by draws who acts: mostly somebody who may, sometimes anybody or a stranger.
func (p *play) by(roles ...register.Role) string {
	var may, anybody []string
	for _, o := range p.m.officers {
		anybody = append(anybody, o.ID)
		if p.m.holds(o.ID, roles...) {
			may = append(may, o.ID)
		}
	}
	if len(may) > 0 && rapid.IntRange(0, 5).Draw(p.T, "who") < 5 {
		return rapid.SampledFrom(may).Draw(p.T, "by")
	}
	return rapid.SampledFrom(append(anybody, "stranger")).Draw(p.T, "by")
}

// ref draws a letter: mostly one that is there and, of those, one in a stage.
func (p *play) ref(stages ...string) letter.Ref {
	var fit []letter.Ref
	for ref, l := range p.m.letters {
		if slices.Contains(stages, l.stage) {
			fit = append(fit, ref)
		}
	}
	slices.Sort(fit)
	if len(fit) > 0 && rapid.IntRange(0, 4).Draw(p.T, "fitting") < 4 {
		return rapid.SampledFrom(fit).Draw(p.T, "reference")
	}
	return letter.Ref(fmt.Sprintf("L-%d", rapid.IntRange(1, lettersMax).Draw(p.T, "number")))
}

func (p *play) words(ref letter.Ref, n int) string {
	return fmt.Sprintf("Office %s\n\nSir,\n\nthis is %s in words %d.\n", p.office, ref, n)
}

func (p *play) text(words string) letter.LangText {
	return letter.LangText{Lang: "en", Text: officetest.Text(p.ctx, words)}
}

// standings compares where every text stands for a reader with the model.
func (p *play) standings() {
	p.signed()
	known := slices.Collect(maps.Keys(p.m.said))
	for ref := range p.m.letters {
		for n := range variants {
			known = append(known, p.words(ref, n))
		}
	}
	slices.Sort(known)
	for _, w := range slices.Compact(known) {
		got := register.NotOnRecord
		if st := p.state.StandingsOf(p.text(w), p.h.Now()); len(st) > 0 {
			got = st[0].Standing
			p.marks(w, st[0])
		}
		if want := p.m.standing(w); got != want {
			p.Fatalf("%q stands as %s, the model says %s", w, got, want)
		}
		if issued(p.were[w]) && !issued(got) {
			p.Fatalf("%q was issued (%s) and is now %s", w, p.were[w], got)
		}
		p.were[w] = got
	}
}

func issued(s register.Standing) bool {
	return s == register.InForce || s == register.Superseded || s == register.Withdrawn
}

// invariants holds the log itself, without the model, to the rules of a letter's
// life; and a fresh reading of the whole folder to the one made step by step.
func (p *play) invariants() {
	r, err := p.h.Folder().Read(p.ctx.Context(), proof.Policy{}, nil)
	if err != nil {
		p.Fatal(err)
	}
	for _, problem := range r.State.Problems() {
		if problem.Ignored { // others are marks of keys that were revoked
			p.Errorf("an entry against the rules: %s", problem)
		}
	}
	for _, l := range r.State.Letters() {
		if len(l.Issues) > 1 || len(l.Conflicts) > 0 {
			p.Errorf("%s has %d issues and %d conflicts", l.Reference, len(l.Issues), len(l.Conflicts))
		}
		for _, i := range l.Issues {
			root, err := letter.Root(i.Issue.Fields)
			if err != nil || root != i.Issue.Seal.Opening.Digest {
				p.Errorf("%s was issued in other words than were sealed and approved: %v", l.Reference, err)
			}
			if i.Issue.Seal.Index >= i.Index {
				p.Errorf("%s was issued in entry %d and sealed in entry %d", l.Reference, i.Index, i.Issue.Seal.Index)
			}
			if l.Closed != nil {
				p.Errorf("%s is issued and closed", l.Reference)
			}
		}
		for _, by := range l.ReplacedBy {
			if by.By.Issues[0].Index <= l.Issues[0].Index {
				p.Errorf("%s is replaced by %s, which was issued before it", l.Reference, by.By.Reference)
			}
		}
	}
}

// ask registers a request that was made.
func (p *play) ask(q *modelRequest) {
	q.id, q.state, q.approved = q.q.ID, "waiting", map[string]bool{}
	if q.q.Statement.Act != q.act {
		p.Fatalf("request %d is to %s, not %s", q.id, q.q.Statement.Act, q.act)
	}
	p.m.requests = append(p.m.requests, q)
}

// request draws a request in a state, nil when there is none at all.
func (p *play) request(state string) *modelRequest {
	var fit []*modelRequest
	for _, q := range p.m.requests {
		if q.state == state {
			fit = append(fit, q)
		}
	}
	switch {
	case len(p.m.requests) == 0:
		return nil
	case len(fit) > 0 && rapid.IntRange(0, 4).Draw(p.T, "which") < 4:
		return fit[len(fit)-1-rapid.IntRange(0, min(2, len(fit)-1)).Draw(p.T, "request")]
	}
	return rapid.SampledFrom(p.m.requests).Draw(p.T, "request")
}

package office_test

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"pgregory.net/rapid"

	"chancery.example/approval"
	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/letter"
	"chancery.example/register"
)

func (p *play) start() {
	ref, by := p.ref(), p.by(register.RoleDrafter, register.RoleClerk)
	if n := len(p.m.letters) + 1; n <= lettersMax && rapid.IntRange(0, 4).Draw(p.T, "a new one") < 4 {
		ref = letter.Ref(fmt.Sprintf("L-%d", n))
	}
	w := p.words(ref, rapid.IntRange(0, variants-1).Draw(p.T, "words"))
	_, taken := p.m.letters[ref]
	want := firstOf(p.m.needs(by, register.RoleDrafter, register.RoleClerk), unless(!taken, kind.Conflict))
	if p.do(fmt.Sprintf("start %s by %s", ref, by), want, 0, func() error {
		return p.h.Start(p.ctx.Context(), p.office, by, officetest.Content(p.ctx, ref, w))
	}) {
		p.m.letters[ref] = &modelLetter{stage: "drafting", drafter: by, draft: w, opened: map[string]bool{}}
	}
}

func (p *play) revise() {
	ref, by := p.ref("drafting", "coordination", "approval", "approved"), p.by(register.RoleDrafter)
	w := p.words(ref, rapid.IntRange(0, variants-1).Draw(p.T, "words"))
	want := firstOf(p.m.live(ref), p.m.needs(by, register.RoleDrafter))
	if p.do(fmt.Sprintf("revise %s by %s", ref, by), want, 0, func() error {
		return p.h.Revise(p.ctx.Context(), p.office, by, ref, "because", func(c *letter.Content) error {
			c.Texts = []letter.LangText{p.text(w)}
			return nil
		})
	}) {
		l := p.m.letters[ref]
		l.draft = w
		p.m.void(ref, approval.Issue)
		if l.stage != "drafting" {
			l.stage = "coordination"
		}
	}
}

// fresh is how many entries it takes to seal a letter.
func (p *play) fresh(ref letter.Ref) int {
	if l := p.m.letters[ref]; l != nil {
		return l.fresh()
	}
	return 0
}

func (p *play) seal() {
	ref, by := p.ref("drafting", "coordination", "approval"), p.by(register.RoleDrafter, register.RoleClerk)
	want := firstOf(p.m.live(ref), p.m.needs(by, register.RoleDrafter, register.RoleClerk))
	var s office.Sealed
	if p.do(fmt.Sprintf("seal %s by %s", ref, by), want, p.fresh(ref), func() (err error) {
		s, err = p.h.Seal(p.ctx.Context(), p.office, by, ref)
		return err
	}) {
		p.m.letters[ref].seal()
		if n := len(p.m.letters[ref].sealed); int(s.Revision) != n {
			p.Fatalf("%s was sealed as revision %d, the model says %d", ref, s.Revision, n)
		}
		p.slips = append(p.slips, s.Slips...)
	}
}

func (p *play) circulate() {
	ref, outside := p.ref("drafting", "coordination"), rapid.Bool().Draw(p.T, "outside")
	roles := []register.Role{register.RoleDrafter, register.RoleClerk}
	if outside {
		roles = []register.Role{register.RoleClerk}
	}
	by := p.by(roles...)
	want := firstOf(p.m.live(ref), p.m.needs(by, roles...))
	var c office.Circulated
	if p.do(fmt.Sprintf("circulate %s by %s", ref, by), want, p.fresh(ref)+1, func() (err error) {
		c, err = p.h.Circulate(p.ctx.Context(), p.office, by, ref, []office.Holder{{Name: "Pilots", Purpose: "clearance", Outside: outside}})
		return err
	}) {
		l := p.m.letters[ref]
		l.seal()
		if l.stage == "drafting" {
			l.stage = "coordination"
		}
		if uint64(c.Sealed.Receipt.Index) >= p.head.Size-1 {
			p.Fatalf("copies of %s were committed to before it was sealed", ref)
		}
		p.slips = append(p.slips, c.Sealed.Slips...)
	}
}

func (p *play) submit() {
	ref, by := p.ref("drafting", "coordination", "approval"), p.by(register.RoleDrafter, register.RoleClerk)
	var terms office.Terms
	if rapid.IntRange(0, 2).Draw(p.T, "supersedes") == 1 {
		terms.Supersedes = []letter.Ref{p.ref("issued")}
	} else if rapid.IntRange(0, 2).Draw(p.T, "embargo") == 2 {
		terms.NotBefore = p.h.Now().Add(time.Duration(rapid.IntRange(1, int(embargoMost/time.Minute)).Draw(p.T, "minutes")) * time.Minute).Truncate(time.Second)
	}
	want := firstOf(p.m.live(ref), p.m.needs(by, register.RoleDrafter, register.RoleClerk), p.m.provided(approval.Issue, "letter"))
	for _, old := range terms.Supersedes {
		want = firstOf(want, p.m.inForce(old))
	}
	if l := p.m.letters[ref]; l != nil {
		want = firstOf(want, p.m.notDisavowed(l.draft))
	}
	want = firstOf(want, p.m.cleared(ref, p.h.Now()))
	q := &modelRequest{act: approval.Issue, typ: "letter", ref: ref, supersedes: terms.Supersedes, hour: terms.NotBefore}
	if p.do(fmt.Sprintf("submit %s by %s superseding %v", ref, by, terms.Supersedes), want, p.fresh(ref), func() (err error) {
		q.q, err = p.h.Submit(p.ctx.Context(), p.office, by, ref, terms)
		return err
	}) {
		l := p.m.letters[ref]
		l.seal()
		l.stage = "approval"
		p.m.void(ref, approval.Issue)
		q.words = []string{l.draft}
		p.ask(q)
	}
}

func (p *play) approve() {
	q := p.request("waiting")
	if q == nil {
		return
	}
	rule, _ := p.m.rule(q.act, q.typ)
	p.approveAs(q, p.by(rule.Roles...), rapid.IntRange(0, 9).Draw(p.T, "own key") == 9)
}

// approveAs approves a request, with another officer's key perhaps.
func (p *play) approveAs(q *modelRequest, by string, stolen bool) {
	want, key := p.m.mayApprove(q, by), by
	if stolen || by == "stranger" {
		key = p.m.officers[0].ID
		if by == key {
			key = p.m.officers[1].ID
		}
		want = firstOf(want, kind.Forbidden)
	}
	sig, err := p.h.Keys[p.office+"/"+key].Approve(q.q.Statement)
	if err != nil {
		p.Fatal(err)
	}
	var got office.Request
	if p.do(fmt.Sprintf("approve request %d (%s %s) as %s with the key of %s", q.id, q.act, q.ref, by, key), want, 0, func() (err error) {
		got, err = p.h.Approve(p.ctx.Context(), q.id, by, sig)
		return err
	}) {
		p.m.approve(q, by)
		if ready := p.m.ready(q); got.Ready != ready || ready == (got.Missing != "") {
			p.Fatalf("request %d (%s) with %v is ready: %v (%s), the model says %v", q.id, q.act, got.Approved, got.Ready, got.Missing, ready)
		}
	}
}

func (p *play) refuse() {
	q := p.request("waiting")
	if q == nil {
		return
	}
	by := p.by(register.RoleApprover, register.RolePress)
	want := firstOf(unless(q.state == "waiting", kind.Conflict), p.m.needs(by, register.RoleApprover, register.RolePress))
	if p.do(fmt.Sprintf("refuse request %d by %s", q.id, by), want, 0, func() error {
		return p.h.Refuse(p.ctx.Context(), q.id, by, "not so")
	}) {
		q.state = "refused"
		if q.act == approval.Issue {
			p.m.letters[q.ref].stage = "coordination"
		}
	}
}

func (p *play) perform() {
	if q := p.request("waiting"); q != nil {
		p.performAs(q, p.by(performers[q.act]...))
	}
}

func (p *play) performAs(q *modelRequest, by string) {
	want, entries, again := p.m.mayPerform(q, by, p.h.Now()), 1, q.state == "done"
	if again { // the same receipt once more
		want, entries = allowed, 0
		if l := p.m.letters[q.ref]; q.act == approval.Issue && l.stage == "closed" {
			want = kind.Conflict // recalled: there is none
		}
	}
	if q.act == approval.RevokeKey {
		if !again && p.m.signer(p.m.falls(q.key, q.after)...) == nil {
			entries++ // and the operator adds a key
		}
		entries += len(p.m.due(p.h.Now())) // published behind it
	}
	var rec office.Receipt
	begin := p.head.Size
	if !p.do(fmt.Sprintf("perform request %d (%s %s) by %s", q.id, q.act, q.ref, by), want, entries, func() (err error) {
		if rec, err = p.h.Perform(p.ctx.Context(), q.id, by); err == nil {
			p.await(begin + uint64(entries))
		}
		return err
	}) {
		return
	}
	if !again {
		if uint64(rec.Index) != begin || len(rec.Checkpoint) == 0 {
			p.Fatalf("the receipt says entry %d, the log had %d; with a checkpoint of %d bytes", rec.Index, begin, len(rec.Checkpoint))
		}
		p.performed(q, rec)
		p.count[string(q.act)+" done"]++
	}
	switch l := p.m.letters[q.ref]; {
	case q.act == approval.RevokeKey:
		p.released()
	case l != nil && l.stage == "embargoed" && rapid.IntRange(0, 2).Draw(p.T, "recall") == 0:
		p.closing()
	}
}

func (p *play) carry() {
	if q := p.request("waiting"); q != nil {
		p.carryOut(q)
	}
}

// carryOut gathers all approvals that can be had and performs.
func (p *play) carryOut(q *modelRequest) {
	for _, o := range p.m.officers {
		if q.state == "waiting" && p.m.mayApprove(q, o.ID) == allowed && !p.m.ready(q) {
			p.approveAs(q, o.ID, false)
		}
	}
	p.performAs(q, p.by(performers[q.act]...))
}

// propose asks for the approvals of an act.
func (p *play) propose(q *modelRequest, by string, want kind.Kind, f func() (office.Request, error)) {
	p.proposeWith(q, by, want, 0, f)
}

// proposeWith is propose for an act that is preceded by entries.
func (p *play) proposeWith(q *modelRequest, by string, want kind.Kind, entries int, f func() (office.Request, error)) {
	if p.do(fmt.Sprintf("propose to %s %s by %s", q.act, q.ref, by), want, entries, func() (err error) {
		q.q, err = f()
		return err
	}) {
		q.askedBy = by
		if q.act == approval.Correct {
			p.m.sealCorrection(q)
		}
		p.ask(q)
		if rapid.IntRange(0, 2).Draw(p.T, "at once") < 2 {
			p.carryOut(q)
		}
	}
}

func (p *play) withdraw() {
	ref, by := p.ref("issued"), p.by(register.RoleClerk, register.RoleDrafter)
	want := firstOf(p.m.needs(by, register.RoleClerk, register.RoleDrafter), p.m.inForce(ref), p.m.provided(approval.Withdraw, "letter"))
	p.propose(&modelRequest{act: approval.Withdraw, typ: "letter", ref: ref}, by, want, func() (office.Request, error) {
		return p.h.ProposeWithdraw(p.ctx.Context(), p.office, by, ref, register.Words{"en": "It was wrong."})
	})
}

func (p *play) supersede() {
	ref, next, by := p.ref("issued"), p.ref("issued"), p.by(register.RoleClerk, register.RoleDrafter)
	want := firstOf(p.m.isIssued(ref), p.m.isIssued(next))
	if want == allowed && p.m.letters[ref].issuedAs > p.m.letters[next].issuedAs && rapid.IntRange(0, 4).Draw(p.T, "in order") < 4 {
		ref, next = next, ref
	}
	want = firstOf(p.m.needs(by, register.RoleClerk, register.RoleDrafter), want)
	if want == allowed {
		want = unless(p.m.letters[next].issuedAs > p.m.letters[ref].issuedAs, kind.Conflict)
	}
	want = firstOf(want, p.m.inForce(ref), p.m.provided(approval.Supersede, "letter"))
	p.propose(&modelRequest{act: approval.Supersede, typ: "letter", ref: ref, successor: next}, by, want, func() (office.Request, error) {
		return p.h.ProposeSupersede(p.ctx.Context(), p.office, by, ref, next)
	})
}

func (p *play) open() {
	ref, by := p.ref("drafting", "coordination", "approval", "closed"), p.by(register.RolePress)
	l := p.m.letters[ref]
	want := firstOf(p.m.needs(by, register.RolePress), unless(l != nil, kind.NotFound))
	q := &modelRequest{act: approval.Open, ref: ref}
	var revisions []uint32
	if l != nil {
		want = firstOf(want, unless(l.stage != "issued" && l.stage != "embargoed" && len(l.sealed) > 0, kind.Conflict))
		q.words = slices.Clone(l.sealed)
		if n := len(l.sealed); n > 1 && rapid.Bool().Draw(p.T, "one revision") {
			only := rapid.IntRange(1, n).Draw(p.T, "revision")
			revisions, q.words = []uint32{uint32(only)}, l.sealed[only-1:only]
		}
		want = firstOf(want, p.m.notDisavowed(q.words...))
	}
	want = firstOf(want, p.m.provided(approval.Open, ""))
	p.propose(q, by, want, func() (office.Request, error) {
		return p.h.ProposeOpen(p.ctx.Context(), p.office, by, ref, revisions...)
	})
}

func (p *play) closing() {
	ref, by := p.ref("drafting", "coordination", "approval", "embargoed", "embargoed"), p.by(performers[approval.Close]...)
	want := firstOf(p.m.closableAtAll(ref), p.m.needs(by, performers[approval.Close]...), p.m.provided(approval.Close, ""))
	p.propose(&modelRequest{act: approval.Close, ref: ref}, by, want, func() (office.Request, error) {
		return p.h.ProposeClose(p.ctx.Context(), p.office, by, ref)
	})
}

// saying returns words of a statement that nobody has said before.
func (p *play) saying() string {
	p.unique++
	return fmt.Sprintf("Word %d of %s.\n", p.unique, p.office)
}

func (p *play) statement() {
	by := p.by(register.RolePress)
	if rapid.IntRange(0, 2).Draw(p.T, "holding") != 1 {
		q := &modelRequest{act: approval.State, typ: "about", words: []string{p.saying()}}
		p.propose(q, by, firstOf(p.m.needs(by, register.RolePress), p.m.provided(approval.State, "about")), func() (office.Request, error) {
			return p.h.ProposeStatement(p.ctx.Context(), p.office, by, office.Say{Texts: []letter.LangText{p.text(q.words[0])}})
		})
		return
	}
	q := &modelRequest{act: approval.State, typ: "holding"}
	next := p.h.Now().Add(time.Duration(rapid.IntRange(1, 600).Draw(p.T, "minutes")) * time.Minute)
	p.propose(q, by, firstOf(p.m.needs(by, register.RolePress), p.m.provided(approval.State, "holding")), func() (got office.Request, err error) {
		got, err = p.h.ProposeHolding(p.ctx.Context(), p.office, by, next, nil)
		// Other offices of the house hold statements in the same words: these are
		// not compared.
		q.words = []string{p.saying()}
		for _, x := range got.Texts {
			if x.Lang == "en" && len(p.state.StandingsOf(x, p.h.Now())) == 0 {
				q.words = []string{x.Text.String()}
			}
		}
		return got, err
	})
}

func (p *play) received() {
	by := p.by(register.RolePress)
	q := &modelRequest{act: approval.State, typ: "received", words: []string{p.saying()}}
	var slips []office.Slip
	want := kind.Invalid
	if len(p.slips) > 0 {
		slips = p.slips[len(p.slips)-1:]
		want = firstOf(p.m.needs(by, register.RolePress), p.m.provided(approval.State, "received"))
	}
	p.propose(q, by, want, func() (office.Request, error) {
		return p.h.ProposeReceived(p.ctx.Context(), p.office, by, office.Say{Texts: []letter.LangText{p.text(q.words[0])}}, slips)
	})
}

func (p *play) retract() {
	by := p.by(register.RolePress)
	want := p.m.needs(by, register.RolePress)
	q := &modelRequest{act: approval.Retract}
	entry := register.Index(1) // no statement
	if said := slices.Sorted(maps.Keys(p.m.said)); len(said) > 0 {
		q.words = []string{rapid.SampledFrom(said).Draw(p.T, "words")}
		s := p.m.said[q.words[0]]
		entry, want = s.entry, firstOf(want, unless(!s.retracted, kind.Conflict))
	} else {
		want = firstOf(want, kind.NotFound)
	}
	want = firstOf(want, p.m.provided(approval.Retract, ""))
	p.propose(q, by, want, func() (office.Request, error) {
		return p.h.ProposeRetract(p.ctx.Context(), p.office, by, entry, register.Words{"en": "We were wrong."})
	})
}

func (p *play) disavow() {
	by := p.by(register.RolePress)
	words := p.saying()
	if rapid.Bool().Draw(p.T, "of a letter") {
		words = p.words(p.ref("drafting", "coordination", "issued"), rapid.IntRange(0, variants-1).Draw(p.T, "words"))
	}
	if p.m.said[words] != nil {
		return // said twice is two records: the model keeps one
	}
	for _, q := range p.m.requests {
		if q.act == approval.Disavow && slices.Contains(q.words, words) {
			return
		}
	}
	want := firstOf(p.m.needs(by, register.RolePress), p.m.notOwn(words), p.m.provided(approval.Disavow, ""))
	p.propose(&modelRequest{act: approval.Disavow, words: []string{words}}, by, want, func() (office.Request, error) {
		return p.h.ProposeDisavow(p.ctx.Context(), p.office, by, office.Forgery{Texts: []letter.LangText{p.text(words)}}, register.Words{"en": "It is forged."})
	})
}

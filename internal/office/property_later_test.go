package office_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"chancery.example/approval"
	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/letter"
	"chancery.example/register"
)

// embargoMost is the longest embargo that is drawn.
const embargoMost = 15 * time.Minute

// performed tells the model of an act, and of a key that came with it.
func (p *play) performed(q *modelRequest, rec office.Receipt) {
	now := p.h.Now()
	if q.act == approval.Close && p.m.letters[q.ref].stage == "embargoed" {
		p.count["recall"]++
	}
	p.m.perform(q, rec.Index, now)
	if l := p.m.letters[q.ref]; q.act == approval.Issue && (rec.Embargoed != "") != (l.stage == "embargoed") {
		p.Fatalf("%s is under embargo: %q, the model says %s", q.ref, rec.Embargoed, l.stage)
	}
	if q.act == approval.RevokeKey && p.m.signer() == nil {
		keys := p.keys()
		p.m.keys = append(p.m.keys, &modelKey{id: keys[len(keys)-1].Thumbprint, added: rec.Index + 1})
	}
}

// await waits for a head over a number of entries: what is published behind an
// act is in the log when it returns, and in a head soon after.
func (p *play) await(size uint64) {
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if h, err := p.log.Head(); err != nil || h.Size >= size {
			return
		}
	}
}

func (p *play) keys() []office.KeyState {
	keys, err := p.h.Register.Keys(p.ctx.Context(), p.office)
	if err != nil {
		p.Fatal(err)
	}
	return keys
}

// settle ends all embargoes of the house.
func settle(rt *rapid.T, t *testing.T, h *officetest.House) {
	h.Clock.Step(embargoMost)
	if err := h.Sync(t.Context()); err != nil {
		rt.Fatal(err)
	}
}

// sync is what a server does now and then: what is due is issued, once and never
// before its hour.
func (p *play) sync() {
	if rapid.Bool().Draw(p.T, "wait") {
		p.h.Clock.Step(8 * time.Minute)
	}
	p.do("sync", allowed, len(p.m.due(p.h.Now())), func() error { return p.h.Sync(p.ctx.Context()) })
	p.released()
}

// released tells the model of what was issued at its hour, in the order of the
// log, and holds each issue to its hour.
func (p *play) released() {
	due := p.m.due(p.h.Now())
	at := map[letter.Ref]register.Index{}
	for _, ref := range due {
		l, ok := p.state.Letter(p.uri(), ref)
		if !ok || len(l.Issues) != 1 {
			p.Fatalf("%s is due and was issued %d times", ref, len(l.Issues))
		}
		if i := l.Issues[0]; i.At.Time().Before(p.m.letters[ref].hour) {
			p.Fatalf("%s was issued at %s, before %s", ref, i.At.Time(), p.m.letters[ref].hour)
		}
		at[ref] = l.Issues[0].Index
	}
	slices.SortFunc(due, func(a, b letter.Ref) int { return int(at[a]) - int(at[b]) })
	for _, ref := range due {
		p.m.release(ref)
		p.count["release"]++
	}
}

func (p *play) uri() register.Office { return register.Office("https://" + p.office + ".example") }

func (p *play) correct() {
	ref, by := p.ref("issued"), p.by(register.RoleDrafter, register.RoleClerk)
	w := p.words(ref, rapid.IntRange(0, variants-1).Draw(p.T, "words"))
	l := p.m.letters[ref]
	want := firstOf(p.m.needs(by, register.RoleDrafter, register.RoleClerk), unless(l != nil, kind.NotFound), p.m.provided(approval.Correct, "letter"), p.m.inForce(ref))
	entries := 0
	if want == allowed {
		want = firstOf(unless(l.issued != w, kind.Invalid), p.m.notDisavowed(w))
		entries = l.freshAs(w)
	}
	q := &modelRequest{act: approval.Correct, typ: "letter", ref: ref, words: []string{w}}
	p.proposeWith(q, by, want, entries, func() (office.Request, error) {
		return p.h.ProposeCorrect(p.ctx.Context(), p.office, by, ref, office.Correction{Reason: because, Change: func(c *letter.Content) error {
			c.Texts = []letter.LangText{p.text(w)}
			return nil
		}})
	})
}

func (p *play) emergency() {
	roles := []register.Role{register.RoleClerk, register.RoleDrafter, register.RolePress, register.RoleApprover}
	ref, by := p.ref("issued"), p.by(roles...)
	want := firstOf(p.m.needs(by, roles...), p.m.inForce(ref), p.m.provided(approval.WithdrawEmergency, "letter"))
	p.propose(&modelRequest{act: approval.WithdrawEmergency, typ: "letter", ref: ref}, by, want, func() (office.Request, error) {
		return p.h.ProposeEmergencyWithdraw(p.ctx.Context(), p.office, by, ref, because)
	})
}

func (p *play) ratify() {
	ref := p.ref("issued")
	for n := range lettersMax { // mostly one that waits for it
		if l := p.m.letters[p.number(n)]; l != nil && l.emergency && !l.ratified && rapid.IntRange(0, 4).Draw(p.T, "waits") < 4 {
			ref = p.number(n)
		}
	}
	by := p.by(register.RoleClerk, register.RoleDrafter, register.RoleApprover)
	l := p.m.letters[ref]
	want := firstOf(p.m.needs(by, register.RoleClerk, register.RoleDrafter, register.RoleApprover), unless(l != nil, kind.NotFound))
	if l != nil {
		want = firstOf(want, unless(l.emergency && !l.ratified, kind.Conflict))
	}
	want = firstOf(want, p.m.provided(approval.Ratify, "letter"))
	p.propose(&modelRequest{act: approval.Ratify, typ: "letter", ref: ref}, by, want, func() (office.Request, error) {
		return p.h.ProposeRatify(p.ctx.Context(), p.office, by, ref)
	})
}

func (p *play) number(n int) letter.Ref { return letter.Ref(fmt.Sprintf("L-%d", n+1)) }

func (p *play) rotate() {
	by := p.by(register.RoleClerk, register.RoleApprover)
	var turned office.RotatedKey
	old := p.m.signer()
	if p.do("rotate by "+by, p.m.needs(by, register.RoleClerk, register.RoleApprover), 1, func() (err error) {
		turned, err = p.h.RotateKey(p.ctx.Context(), p.office, by)
		return err
	}) {
		if turned.Old != old.id {
			p.Fatalf("key %s added one, the model says %s", turned.Old, old.id)
		}
		p.m.keys = append(p.m.keys, &modelKey{id: turned.New, added: turned.Receipt.Index, by: old})
	}
}

func (p *play) revokeKey() {
	by := p.by(performers[approval.RevokeKey]...)
	k := p.m.keys[rapid.IntRange(0, len(p.m.keys)-1).Draw(p.T, "key")]
	for _, q := range p.m.requests {
		if q.key == k && q.state == "waiting" {
			return // the second revocation from further back is in keys_test.go
		}
	}
	want := firstOf(p.m.needs(by, performers[approval.RevokeKey]...), unless(!k.revoked, kind.Conflict), p.m.provided(approval.RevokeKey, ""))
	q := &modelRequest{act: approval.RevokeKey, key: k, after: register.Index(p.head.Size) - 1}
	p.propose(q, by, want, func() (office.Request, error) {
		return p.h.ProposeRevokeKey(p.ctx.Context(), p.office, by, k.id, nil, because)
	})
}

// signed holds the entries since the last look to the model: their keys are the
// office's, and a revoked key signs nothing.
func (p *play) signed() {
	for _, l := range p.unsaid {
		i := slices.IndexFunc(p.m.keys, func(k *modelKey) bool { return k.id == l.Entry.KeyID })
		switch {
		case l.Entry.Claims.Issuer != p.uri(), l.Index == p.m.keys[0].added: // the operator enrols the office
			continue
		case i < 0:
			p.Fatalf("entry %d (%s) is signed with key %s, which the model does not know", l.Index, l.Entry.Body.Kind(), l.Entry.KeyID)
		case p.m.keys[i].revoked && l.Index >= p.m.keys[i].ended:
			p.Fatalf("entry %d is signed with a key that was revoked at %d", l.Index, p.m.keys[i].ended)
		}
		p.signers[l.Index] = p.m.keys[i]
	}
	p.unsaid = nil
}

// marks holds what is said beside the standing to the model: an emergency and its
// ratification, a correction, and entries whose key was revoked later.
func (p *play) marks(words string, st register.Status) {
	l := p.m.letters[st.Record.Reference]
	if l == nil || st.Record.Office != p.uri() || !l.official(words) {
		return
	}
	emergency := st.Emergency != nil
	ratified := emergency && st.Emergency.Ratified != nil
	if emergency != l.emergency || ratified != l.ratified {
		p.Fatalf("%s: withdrawn in an emergency %v, ratified %v; the model says %v, %v", st.Record.Reference, emergency, ratified, l.emergency, l.ratified)
	}
	if (st.CorrectedBy != 0) != (l.issued != words) {
		p.Fatalf("%q is corrected by %d; the model says that %q stands", words, st.CorrectedBy, l.issued)
	}
	var doubtful []register.Index
	for _, i := range st.Entries {
		if k := p.signers[i]; k != nil && k.doubtful(i) {
			doubtful = append(doubtful, i)
		}
	}
	if !slices.Equal(doubtful, st.LaterRevoked) {
		p.Fatalf("%s: entries %v are marked for their key, the model says %v", st.Record.Reference, st.LaterRevoked, doubtful)
	}
}

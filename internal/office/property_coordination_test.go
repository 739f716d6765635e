package office_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/letter"
	"chancery.example/register"
)

// TestClearancesAgainstTheModel plays acts around one or two drafts, so that
// questions, answers, changes and submissions meet more often than among all acts.
func TestClearancesAgainstTheModel(t *testing.T) {
	h, number, all := officetest.New(t), 0, map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		if number++; number > 4*sequences {
			return
		}
		newPlay(rt, t, h, fmt.Sprintf("office%d", number), all).coordination()
	})
	for _, k := range slices.Sorted(maps.Keys(all)) {
		t.Logf("%-28s %d", k, all[k])
	}
	for _, k := range []string{"ask-clearance", "answer-clearance", "settle-clearance", "take-back", "submit", "revise", "refused"} {
		if all[k] == 0 {
			t.Errorf("%q never happened", k)
		}
	}
}

func (p *play) coordination() {
	acts := map[string]func(){
		"revise": p.revise, "ask": p.askClearance, "answer": p.answerClearance, "settle": p.settleClearance, "submit": p.submit,
		"approve": p.approve, "take back": p.takeBack,
	}
	p.start()
	p.start()
	for range actsEach {
		p.h.Clock.Step(time.Duration(rapid.IntRange(0, 90).Draw(p.T, "seconds")) * time.Second)
		acts[rapid.SampledFrom([]string{"ask", "answer", "answer", "settle", "ask", "revise", "submit", "answer", "settle", "approve", "ask", "take back"}).Draw(p.T, "act")]()
	}
}

func (p *play) clearers() string {
	return rapid.SampledFrom([]string{"ann", "ben", "cyd", "Pilot station"}).Draw(p.T, "clearer")
}

func (p *play) askClearance() {
	ref, of, outside := p.ref("drafting", "coordination"), p.clearers(), rapid.IntRange(0, 4).Draw(p.T, "outside") == 4
	roles := []register.Role{register.RoleDrafter, register.RoleClerk}
	if outside {
		roles = roles[1:]
	}
	by := p.by(roles...)
	c := &modelClearance{of: of, outside: outside, ofText: rapid.IntRange(0, 3).Draw(p.T, "of the text") > 0}
	c.due = p.h.Now().Add(time.Duration(rapid.IntRange(1, 900).Draw(p.T, "due")) * time.Second)
	a := office.ClearanceAsked{Of: of, Outside: outside, Due: c.due}
	if !c.ofText {
		a.Parts = []letter.Field{letter.FieldAddressees}
	} else if rapid.Bool().Draw(p.T, "by part") {
		a.Parts = []letter.Field{letter.TextField("en")}
	}
	want := firstOf(p.m.live(ref), p.m.needs(by, roles...), p.m.askable(ref, of, p.h.Now()))
	var got office.Clearance
	if !p.do(fmt.Sprintf("ask-clearance of %s about %s by %s", of, ref, by), want, p.fresh(ref), func() (err error) {
		got, err = p.h.AskClearance(p.ctx.Context(), p.office, by, ref, a)
		return err
	}) {
		return
	}
	l := p.m.letters[ref]
	l.seal()
	l.stage = "coordination"
	for _, old := range l.clearances {
		if old.of == of && !old.replaced {
			old.replaced = true
			c.carried = old.settled == "" && (old.objects() || old.answer == "" && old.carried)
		}
	}
	c.id, c.words = got.ID, l.draft
	l.clearances = append(l.clearances, c)
	p.cleared(ref)
}

// clearance draws a letter and one of its clearances; nil when it has none.
func (p *play) clearance() (letter.Ref, *modelClearance) {
	ref := p.ref("coordination", "approval", "approved")
	l := p.m.letters[ref]
	if l == nil || len(l.clearances) == 0 {
		return ref, nil
	}
	return ref, rapid.SampledFrom(l.clearances).Draw(p.T, "clearance")
}

func (p *play) answerClearance() {
	ref, c := p.clearance()
	if c == nil {
		return
	}
	l, by := p.m.letters[ref], p.by(register.RoleClerk)
	if rapid.Bool().Draw(p.T, "themselves") {
		by = c.of
	}
	answer := rapid.SampledFrom([]office.ClearanceAnswer{office.AnswerClear, office.AnswerRemark, office.AnswerCondition, office.AnswerObjection, office.AnswerNilReturn}).Draw(p.T, "answer")
	want := firstOf(p.m.live(ref), p.m.mayAnswer(l, c, by), unless(!c.replaced && !c.void(l) && c.settled != office.Overruled, kind.Conflict))
	if p.do(fmt.Sprintf("answer-clearance %d of %s by %s: %s", c.id, ref, by, answer), want, 0, func() error {
		return p.h.AnswerClearance(p.ctx.Context(), p.office, office.Officer(by), ref, c.id, answer, "because")
	}) {
		c.answer, c.settled = answer, ""
		if c.objects() {
			p.m.takeBack(ref)
		}
		p.cleared(ref)
	}
}

func (p *play) settleClearance() {
	ref, c := p.clearance()
	if c == nil {
		return
	}
	l, how, by := p.m.letters[ref], office.Resolved, c.of
	want := firstOf(p.m.live(ref), p.m.mayAnswer(l, c, by), unless(c.objects() && !c.void(l), kind.Conflict))
	if rapid.Bool().Draw(p.T, "overruled") {
		how, by = office.Overruled, p.by(register.RoleDrafter, register.RoleClerk)
		want = firstOf(p.m.live(ref), p.m.needs(by, register.RoleDrafter, register.RoleClerk))
	}
	want = firstOf(want, unless(c.holds(l, p.h.Now()), kind.Conflict))
	if p.do(fmt.Sprintf("settle-clearance %d of %s by %s: %s", c.id, ref, by, how), want, 0, func() error {
		return p.h.SettleClearance(p.ctx.Context(), p.office, office.Officer(by), ref, c.id, how, "because")
	}) {
		c.settled = how
		p.cleared(ref)
	}
}

func (p *play) takeBack() {
	ref, by := p.ref("approval", "approved"), p.by(register.RoleApprover)
	want := firstOf(p.m.live(ref), p.m.needs(by, register.RoleApprover))
	if l := p.m.letters[ref]; l != nil {
		want = firstOf(want, unless(l.stage == "approval" || l.stage == "approved", kind.Conflict))
	}
	if p.do(fmt.Sprintf("take-back %s by %s", ref, by), want, 0, func() error {
		return p.h.Recall(p.ctx.Context(), p.office, by, ref, "because")
	}) {
		p.m.takeBack(ref)
	}
}

// cleared compares what holds a letter up, and that nothing is lost from sight.
func (p *play) cleared(ref letter.Ref) {
	l := p.m.letters[ref]
	all, err := p.h.Clearances(p.ctx.Context(), p.office, ref)
	if err != nil || len(all) != len(l.clearances) {
		p.Fatalf("%s has clearances %+v (%v), the model has %d", ref, all, err, len(l.clearances))
	}
	for i, c := range l.clearances {
		if got, want := all[i].Blocks, c.holds(l, p.h.Now()); got != want {
			p.Fatalf("%s: clearance %+v holds it up: %v, the model says %v of %+v", ref, all[i], got, want, *c)
		}
	}
	before, err := p.h.Before(p.ctx.Context(), p.office, ref)
	open := slices.ContainsFunc(before, func(q office.Condition) bool { return q.Name == "clearance" && q.State != office.ConditionDone })
	if held := p.m.cleared(ref, p.h.Now()) != allowed; err != nil || open != held {
		p.Fatalf("%s: before it can be issued: %+v (%v); the model says that a clearance holds it up: %v", ref, before, err, held)
	}
}

package office_test

import (
	"slices"
	"time"

	"chancery.example/approval"
	"chancery.example/internal/kind"
	"chancery.example/letter"
	"chancery.example/register"
)

// allowed is what the model says of an act that must succeed.
const allowed = kind.Unknown

// A model is an office as the page on the life of a letter has it, in a few
// lines and without a log: who may do what when, and where each text stands.
type model struct {
	officers []register.Officer
	rules    []register.Rule
	letters  map[letter.Ref]*modelLetter
	requests []*modelRequest
	said     map[string]*modelSaid // by words: statements and disavowals
	issues   int                   // how many letters were issued: their order
	keys     []*modelKey           // in the order in which they were added
}

type modelLetter struct {
	stage, drafter      string
	draft               string // words
	sealed              []string
	opened              map[string]bool
	issued              string // words; "" when it is not issued
	issuedAs            int
	withdrawn, replaced bool
	clearances          []*modelClearance
	modelLater
}

type modelSaid struct {
	disavowal, retracted bool
	entry                register.Index
}

type modelRequest struct {
	id         int64
	act        approval.Act
	typ        string
	ref        letter.Ref // the letter it is about
	words      []string   // issued, opened, stated or disavowed by it
	supersedes []letter.Ref
	successor  letter.Ref
	askedBy    string
	hour       time.Time // of an issue under embargo; zero: at once
	key        *modelKey // to be revoked
	after      register.Index
	approved   map[string]bool
	state      string // waiting, refused, void, done
	q          requestHandle
}

func (m *model) officer(id string) (register.Officer, bool) {
	i := slices.IndexFunc(m.officers, func(o register.Officer) bool { return o.ID == id })
	if i < 0 {
		return register.Officer{}, false
	}
	return m.officers[i], true
}

func (m *model) holds(id string, roles ...register.Role) bool {
	o, _ := m.officer(id)
	return slices.ContainsFunc(roles, func(r register.Role) bool { return slices.Contains(o.Roles, r) })
}

func (m *model) rule(a approval.Act, typ string) (register.Rule, bool) {
	for _, t := range []string{typ, ""} {
		for _, r := range m.rules {
			if r.Act == a && r.Type == t {
				return r, true
			}
		}
	}
	if other, has := standsIn[a]; has {
		return m.rule(other, typ)
	}
	return register.Rule{}, false
}

// firstOf returns the first refusal, or allowed.
func firstOf(ks ...kind.Kind) kind.Kind {
	for _, k := range ks {
		if k != allowed {
			return k
		}
	}
	return allowed
}

func unless(ok bool, k kind.Kind) kind.Kind {
	if ok {
		return allowed
	}
	return k
}

func (m *model) needs(by string, roles ...register.Role) kind.Kind {
	return unless(m.holds(by, roles...), kind.Forbidden)
}

func (m *model) provided(a approval.Act, typ string) kind.Kind {
	_, ok := m.rule(a, typ)
	return unless(ok, kind.Forbidden)
}

// live refuses a letter that is not there, or issued, or closed.
func (m *model) live(ref letter.Ref) kind.Kind {
	l, ok := m.letters[ref]
	switch {
	case !ok:
		return kind.NotFound
	case l.stage == "issued" || l.stage == "closed" || l.stage == "embargoed":
		return kind.Conflict
	}
	return allowed
}

// inForce refuses a letter that was never issued, or withdrawn.
func (m *model) inForce(ref letter.Ref) kind.Kind {
	l, ok := m.letters[ref]
	switch {
	case !ok:
		return kind.NotFound
	case l.stage != "issued" || l.withdrawn:
		return kind.Conflict
	}
	return allowed
}

func (m *model) isIssued(ref letter.Ref) kind.Kind {
	l, ok := m.letters[ref]
	if !ok {
		return kind.NotFound
	}
	return unless(l.stage == "issued", kind.Conflict)
}

func (m *model) notDisavowed(words ...string) kind.Kind {
	for _, w := range words {
		if s := m.said[w]; s != nil && s.disavowal && !s.retracted {
			return kind.Conflict
		}
	}
	return allowed
}

func (m *model) notOwn(words string) kind.Kind {
	for _, l := range m.letters {
		if slices.Contains(l.sealed, words) {
			return kind.Conflict
		}
	}
	return allowed
}

// fresh says how many entries it takes to seal the draft.
func (l *modelLetter) fresh() int { return l.freshAs(l.draft) }

func (l *modelLetter) seal() {
	if l.fresh() == 1 {
		l.sealed = append(l.sealed, l.draft)
	}
}

// void voids what waits about a letter.
func (m *model) void(ref letter.Ref, acts ...approval.Act) {
	for _, q := range m.requests {
		if q.ref == ref && q.state == "waiting" && slices.Contains(acts, q.act) {
			q.state = "void"
		}
	}
}

// ready reports whether the approvals are enough: k persons who hold one of the
// roles, a holder of each required role, and for an issue or a correction not who
// drafted it alone.
func (m *model) ready(q *modelRequest) bool {
	rule, ok := m.rule(q.act, q.typ)
	if !ok {
		return false
	}
	persons, others := map[string]bool{}, false
	for id := range q.approved {
		o, _ := m.officer(id)
		if m.holds(id, rule.Roles...) {
			persons[o.Person] = true
		}
		others = others || o.Person != m.author(q)
	}
	for _, r := range rule.Required {
		have := false
		for id := range q.approved {
			have = have || m.holds(id, r)
		}
		if !have {
			return false
		}
	}
	return len(persons) >= rule.K && (q.act != approval.Issue && q.act != approval.Correct || others)
}

func (m *model) mayApprove(q *modelRequest, by string) kind.Kind {
	rule, _ := m.rule(q.act, q.typ)
	return firstOf(unless(q.state == "waiting", kind.Conflict), m.needs(by, append(slices.Clone(rule.Roles), rule.Required...)...))
}

func (m *model) approve(q *modelRequest, by string) {
	q.approved[by] = true
	if q.act == approval.Issue && m.ready(q) {
		m.letters[q.ref].stage = "approved"
	}
}

// performers are who carries an act out.
var performers = map[approval.Act][]register.Role{
	approval.Issue: {register.RoleClerk}, approval.Withdraw: {register.RoleClerk}, approval.Supersede: {register.RoleClerk},
	approval.Open: {register.RolePress}, approval.State: {register.RolePress}, approval.Retract: {register.RolePress}, approval.Disavow: {register.RolePress},
	approval.Close:   {register.RoleDrafter, register.RolePress, register.RoleClerk},
	approval.Correct: {register.RoleClerk}, approval.Ratify: {register.RoleClerk, register.RoleApprover},
	approval.WithdrawEmergency: {register.RoleClerk, register.RolePress, register.RoleApprover},
	approval.RevokeKey:         {register.RoleClerk, register.RoleApprover, register.RolePress},
}

func (m *model) mayPerform(q *modelRequest, by string, now time.Time) kind.Kind {
	return firstOf(unless(q.state == "waiting", kind.Conflict), m.needs(by, performers[q.act]...), unless(m.ready(q), kind.Forbidden), m.effective(q, now))
}

// effective refuses what the record no longer allows.
func (m *model) effective(q *modelRequest, now time.Time) kind.Kind {
	l := m.letters[q.ref]
	switch q.act {
	case approval.Issue:
		for _, old := range q.supersedes {
			if k := m.inForce(old); k != allowed {
				return k
			}
		}
		return m.notDisavowed(q.words...)
	case approval.Withdraw, approval.WithdrawEmergency:
		return unless(!l.withdrawn, kind.Conflict)
	case approval.Correct:
		return firstOf(unless(!l.withdrawn, kind.Conflict), m.notDisavowed(q.words...))
	case approval.Ratify:
		return unless(!l.ratified, kind.Conflict)
	case approval.RevokeKey:
		return unless(!q.key.revoked || q.after < q.key.after, kind.Conflict) // it fell with the one that added it
	case approval.Supersede:
		for _, other := range m.requests {
			if other.act == q.act && other.state == "done" && other.ref == q.ref && other.successor == q.successor {
				return kind.Conflict
			}
		}
		return unless(!l.withdrawn, kind.Conflict)
	case approval.Open:
		return firstOf(unless(l.stage != "issued" && l.stage != "embargoed", kind.Conflict), m.notDisavowed(q.words...))
	case approval.Close:
		return m.closable(q.ref, now)
	case approval.Retract:
		return unless(!m.said[q.words[0]].retracted, kind.Conflict)
	case approval.Disavow:
		return m.notOwn(q.words[0])
	case approval.State, approval.SetPolicy:
	}
	return allowed
}

func (m *model) perform(q *modelRequest, entry register.Index, now time.Time) {
	q.state = "done"
	l := m.letters[q.ref]
	switch q.act {
	case approval.Issue:
		m.void(q.ref, approval.Close, approval.Open)
		l.issue(m, q, now)
	case approval.Withdraw, approval.WithdrawEmergency:
		l.withdrawn, l.emergency = true, q.act == approval.WithdrawEmergency
		m.void(q.ref, approval.Correct)
	case approval.Ratify:
		l.ratified = true
	case approval.Correct:
		l.correct(q.words[0])
	case approval.Supersede:
		l.replaced = true
	case approval.Open:
		for _, w := range q.words {
			l.opened[w] = true
		}
	case approval.Close:
		m.void(q.ref, approval.Issue)
		l.stage = "closed"
	case approval.State, approval.Disavow:
		m.said[q.words[0]] = &modelSaid{disavowal: q.act == approval.Disavow, entry: entry}
	case approval.Retract:
		m.said[q.words[0]].retracted = true
	case approval.RevokeKey:
		m.revoke(q, entry)
	case approval.SetPolicy:
	}
}

// standing is where words stand, the gravest first.
func (m *model) standing(words string) register.Standing {
	out := []register.Standing{register.NotOnRecord}
	if s := m.said[words]; s != nil {
		switch {
		case s.retracted:
			out = append(out, register.Retracted)
		case s.disavowal:
			out = append(out, register.Disavowed)
		default:
			out = append(out, register.Stated)
		}
	}
	for _, l := range m.letters {
		out = append(out, l.standing(words))
	}
	gravest := []register.Standing{register.Disavowed, register.Withdrawn, register.Superseded, register.DraftClosed, register.DraftOpened, register.DraftReplaced, register.InForce, register.Retracted, register.Stated, register.NotOnRecord}
	return slices.MinFunc(out, func(a, b register.Standing) int { return slices.Index(gravest, a) - slices.Index(gravest, b) })
}

func (l *modelLetter) standing(words string) register.Standing {
	switch {
	case l.official(words) && l.withdrawn:
		return register.Withdrawn
	case l.official(words) && (l.replaced || l.issued != words):
		return register.Superseded
	case l.issued == words:
		return register.InForce
	case !l.opened[words]:
		return register.NotOnRecord
	case l.issued != "":
		return register.DraftReplaced
	case l.stage == "closed":
		return register.DraftClosed
	}
	return register.DraftOpened
}

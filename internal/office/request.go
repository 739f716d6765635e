package office

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"

	"chancery.example/approval"
	"chancery.example/internal/kind"
	"chancery.example/internal/store"
	"chancery.example/letter"
	"chancery.example/register"
)

// A Request is an act that waits for officers' approvals. What they sign fixes
// every word of the entry that will be logged.
type Request struct {
	ID        int64
	Office    string
	Kind      register.Kind
	Type      string     // of the letter or statement, by which the policy chooses its rule
	Reference letter.Ref // "" when the act is about no letter
	Revision  uint32
	Statement approval.Statement
	SixWords  string // of the statement, to compare aloud
	Texts     []letter.LangText
	Body      register.Body
	State     store.RequestState
	Approved  []string // officers who approved, in order of their ids
	Refused   []string
	Needed    int
	Ready     bool   // approved by all that the policy asks for
	Missing   string // what is missing, when not ready
	// Parity is how the texts of a letter to be issued or corrected compare with each
	// other, what was accepted with its reason included: who approves is shown it.
	Parity []ParityFinding
	// Clearances of a letter to be issued, in order, those overruled included.
	Clearances []Clearance
}

// A proposal is what an act asks officers to approve.
type proposal struct {
	by       string
	letter   *store.Letter
	revision uint32
	typ      string // letter or statement type, for the policy's rule
	subject  string
	texts    []store.Text
	body     func(register.Approvals) register.Body
}

// propose freezes an act as a request. build runs in the transaction that keeps
// it.
func (r *Register) propose(ctx context.Context, officeID string, build func(*turn, store.Office) (proposal, error)) (Request, error) {
	var q Request
	err := r.act(ctx, func(t *turn) error {
		o, err := t.Office(officeID)
		if err != nil {
			return err
		}
		p, err := build(t, o)
		if err != nil {
			return err
		}
		q, err = t.propose(o, p)
		return err
	})
	return q, err
}

func (t *turn) propose(o store.Office, p proposal) (Request, error) {
	policy, at, err := t.policy(o)
	if err != nil {
		return Request{}, err
	}
	a := register.Approvals{Policy: at, Signatures: []register.OfficerSignature{}}
	if err := t.draw(a.Nonce[:]); err != nil {
		return Request{}, err
	}
	body := p.body(a)
	raw, err := register.EncodeBody(body)
	if err != nil {
		return Request{}, kind.Invalid.Wrap(err)
	}
	row := store.Request{
		Office: o.ID, Kind: body.Kind(), Type: p.typ, Subject: p.subject, Body: raw, Texts: p.texts,
		State: store.Waiting, AskedBy: p.by, AskedAt: t.now, Revision: p.revision,
	}
	if p.letter != nil {
		row.Letter = p.letter.ID
	}
	statement, err := register.StatementFor(t.r.folder.Config.Origin, register.Office(o.URI), body)
	if err != nil {
		return Request{}, kind.Invalid.Wrap(err)
	}
	if err := unruled(o, policy, statement.Act, p.typ); err != nil {
		return Request{}, err
	}
	if err := t.AddRequest(&row); err != nil {
		return Request{}, err
	}
	if err := t.note(o.ID, p.by, "propose "+string(body.Kind()), fmt.Sprintf("request %d", row.ID), row.Letter); err != nil {
		return Request{}, err
	}
	return t.describe(o, row)
}

// ruled refuses an act that the policy in force does not provide for.
func (t *turn) ruled(o store.Office, a approval.Act, typ string) error {
	policy, _, err := t.policy(o)
	if err != nil {
		return err
	}
	return unruled(o, policy, a, typ)
}

func unruled(o store.Office, policy register.Policy, a approval.Act, typ string) error {
	if _, allowed := policy.RuleFor(a, typ); !allowed {
		return kind.Forbidden.Errorf("the policy of %s has no rule for %q: nobody may do it until a new policy says who", o.ID, a)
	}
	return nil
}

// Request returns a request as it stands.
func (r *Register) Request(ctx context.Context, id int64) (q Request, err error) {
	err = r.db.View(ctx, func(tx *store.Tx) error {
		t := r.turn(ctx, tx)
		row, err := t.Request(id)
		if err != nil {
			return err
		}
		o, err := t.Office(row.Office)
		if err != nil {
			return err
		}
		q, err = t.describe(o, row)
		return err
	})
	return q, err
}

// Waiting returns what waits for approval in an office, the oldest first.
func (r *Register) Waiting(ctx context.Context, officeID string) (out []Request, err error) {
	err = r.db.View(ctx, func(tx *store.Tx) error {
		t := r.turn(ctx, tx)
		o, err := t.Office(officeID)
		if err != nil {
			return err
		}
		rows, err := t.Requests(officeID, store.Waiting)
		if err != nil {
			return err
		}
		policy, _, err := t.policy(o)
		if err != nil && len(rows) > 0 {
			return err
		}
		for _, row := range rows {
			q, err := t.describeUnder(policy, o, row)
			if err != nil {
				return err
			}
			out = append(out, q)
		}
		return nil
	})
	return out, err
}

// describe rebuilds what officers sign, and counts who did.
func (t *turn) describe(o store.Office, row store.Request) (Request, error) {
	policy, _, err := t.policy(o)
	if err != nil {
		return Request{}, err
	}
	return t.describeUnder(policy, o, row)
}

// describeUnder is describe for who knows the office's policy.
func (t *turn) describeUnder(policy register.Policy, o store.Office, row store.Request) (Request, error) {
	body, answers, err := t.answered(row)
	if err != nil {
		return Request{}, err
	}
	q := Request{ID: row.ID, Office: row.Office, Kind: row.Kind, Type: row.Type, Revision: row.Revision, Body: body, State: row.State}
	q.Statement, err = register.StatementFor(t.r.folder.Config.Origin, register.Office(o.URI), body)
	if err != nil {
		return q, fmt.Errorf("request %d: %w", row.ID, err)
	}
	if q.Statement.Reference != "-" {
		q.Reference = letter.Ref(q.Statement.Reference)
	}
	q.SixWords = approval.SixWords(sha256.Sum256(q.Statement.Bytes()))
	for _, a := range answers {
		if a.Approved {
			q.Approved = append(q.Approved, a.Officer)
		} else {
			q.Refused = append(q.Refused, a.Officer)
		}
	}
	for _, x := range row.Texts {
		text, err := letter.Parse([]byte(x.Text))
		if err != nil {
			return q, fmt.Errorf("request %d: %w", row.ID, err)
		}
		q.Texts = append(q.Texts, letter.LangText{Lang: langOf(body, x.Leaf), Text: text})
	}
	if err := t.coordinated(&q, row); err != nil {
		return q, err
	}
	needed, missing := t.enough(o, row, policy, body)
	q.Needed, q.Ready = needed, missing == nil
	if missing != nil {
		q.Missing = missing.Error()
	}
	return q, nil
}

// coordinated adds what approvers are shown of the house's own work on a letter.
func (t *turn) coordinated(q *Request, row store.Request) error {
	if row.Letter == 0 || row.Kind != register.KindIssue && row.Kind != register.KindCorrect {
		return nil
	}
	l, err := t.LetterByID(row.Letter)
	if err != nil {
		return err
	}
	c := l.Draft
	c.Texts = q.Texts
	if q.Parity, err = t.parity(l, c); err != nil || row.Kind != register.KindIssue {
		return err
	}
	q.Clearances, err = t.clearances(l)
	return err
}

// answered returns a request's body with the signatures given so far.
func (t *turn) answered(row store.Request) (register.Body, []store.Answer, error) {
	body, err := t.r.frozen(row)
	if err != nil {
		return nil, nil, fmt.Errorf("request %d: %w", row.ID, err)
	}
	answers, err := t.Answers(row.ID)
	if err != nil {
		return nil, nil, err
	}
	var sigs []register.OfficerSignature
	for _, a := range answers {
		if a.Approved {
			sigs = append(sigs, register.OfficerSignature{Officer: a.Officer, Signature: a.Signature})
		}
	}
	return register.WithSignatures(body, sigs), answers, nil
}

// mostFrozen are the bodies that are kept decoded.
const mostFrozen = 1000

// frozen returns the body of a request, which never changes. Every page of the desk asks
// for those that wait.
func (r *Register) frozen(row store.Request) (register.Body, error) {
	r.bodiesGuard.Lock()
	defer r.bodiesGuard.Unlock()
	if b, ok := r.bodies[row.ID]; ok {
		return b, nil
	}
	b, err := register.DecodeBody(row.Kind, row.Body)
	if err != nil {
		return nil, err //nolint:wrapcheck // the caller names the request
	}
	if len(r.bodies) >= mostFrozen {
		clear(r.bodies)
	}
	r.bodies[row.ID] = b
	return b, nil
}

// enough says whether the approvals given so far are what the policy asks for.
func (t *turn) enough(o store.Office, row store.Request, policy register.Policy, body register.Body) (int, error) {
	by, needed, err := register.CheckApprovals(t.r.folder.Config.Origin, register.Office(o.URI), policy, body, row.Type)
	if err != nil || row.Kind != register.KindIssue && row.Kind != register.KindCorrect || row.Letter == 0 {
		return needed, err
	}
	l, err := t.LetterByID(row.Letter)
	if err != nil {
		return needed, err
	}
	if row.Kind == register.KindCorrect {
		l.Drafter = row.AskedBy
	}
	// The drafter's own approval does not count alone (lifecycle, 6).
	drafter, _ := policy.Officer(l.Drafter)
	for _, b := range by {
		if who, ok := policy.Officer(b.Officer); ok && who.Person != drafter.Person {
			return needed, nil
		}
	}
	return needed, fmt.Errorf("only %s, who drafted it, has approved: another approver is needed", l.Drafter)
}

// langOf finds the language of a leaf in a body.
func langOf(body register.Body, leaf letter.Hash) letter.Lang {
	for _, d := range register.TextsOf(body) {
		if d.Hash == leaf {
			l, _ := d.Field.Lang()
			return l
		}
	}
	return ""
}

// Counts reports whether the policy counts an officer's approval of the request.
func (q Request) Counts(p register.Policy, who register.Officer) bool {
	rule, _ := p.RuleFor(q.Statement.Act, q.Type)
	return slices.ContainsFunc(append(slices.Clone(rule.Roles), rule.Required...), who.Holds)
}

// Describe says in one line what a request is about.
func (q Request) Describe() string {
	var b strings.Builder
	fmt.Fprintf(&b, "request %d: %s", q.ID, q.Statement.Act)
	if q.Reference != "" {
		fmt.Fprintf(&b, " %s", q.Reference)
	}
	if q.Revision != 0 {
		fmt.Fprintf(&b, " (revision %d)", q.Revision)
	}
	if i, ok := q.Body.(register.Issue); ok && i.NotBefore != 0 {
		fmt.Fprintf(&b, ", not before %s", i.NotBefore.Time().Format(time.RFC3339))
	}
	fmt.Fprintf(&b, ", %d of %d approvals", len(q.Approved), q.Needed)
	return b.String()
}

package office

import (
	"context"
	"fmt"

	"chancery.example/internal/kind"
	"chancery.example/internal/store"
	"chancery.example/letter"
	"chancery.example/register"
)

func withdrawName(officeID string, ref letter.Ref) string {
	return "withdraw:" + officeID + "/" + string(ref)
}

// ProposeWithdraw asks for the approvals that take an issued letter back, with
// the reason that everybody will read. The text stays readable.
func (r *Register) ProposeWithdraw(ctx context.Context, officeID, by string, ref letter.Ref, reason register.Words) (Request, error) {
	return r.proposeWithdraw(ctx, officeID, by, ref, reason, false)
}

// ProposeEmergencyWithdraw asks for the fewer approvals with which the office's
// policy lets a letter be taken back at once. It is to be ratified: see
// ProposeRatify.
func (r *Register) ProposeEmergencyWithdraw(ctx context.Context, officeID, by string, ref letter.Ref, reason register.Words) (Request, error) {
	return r.proposeWithdraw(ctx, officeID, by, ref, reason, true)
}

func (r *Register) proposeWithdraw(ctx context.Context, officeID, by string, ref letter.Ref, reason register.Words, emergency bool) (Request, error) {
	roles := []register.Role{register.RoleClerk, register.RoleDrafter}
	if emergency {
		roles = append(roles, register.RolePress, register.RoleApprover)
	}
	return r.propose(ctx, officeID, func(t *turn, o store.Office) (proposal, error) {
		what := "withdrawing " + string(ref)
		if _, err := t.may(o, by, what, roles...); err != nil {
			return proposal{}, err
		}
		target, err := t.issued(o, ref)
		if err != nil {
			return proposal{}, fmt.Errorf("%s: %w; only an issued letter can be withdrawn, a draft is closed", what, err)
		}
		if err := t.standsYet(o.ID, ref, what); err != nil {
			return proposal{}, err
		}
		l, err := t.Letter(o.ID, ref)
		if err != nil {
			return proposal{}, err
		}
		return proposal{by: by, letter: &l, typ: string(l.Draft.Type), subject: t.letterSubject(o, ref),
			body: func(a register.Approvals) register.Body {
				return register.Withdraw{Target: target, Reason: reason, Approvals: a, Emergency: emergency}
			}}, nil
	})
}

var withdrawAct = act{
	performers: []register.Role{register.RoleClerk},
	name:       func(q store.Request, b register.Body) string { return withdrawName(q.Office, referenceOf(b)) },
	effect: func(t *turn, q store.Request, b register.Body) error {
		if err := t.standsYet(q.Office, referenceOf(b), "withdrawing "+string(referenceOf(b))); err != nil {
			return err
		}
		return t.VoidRequests(q.Letter, register.KindCorrect)
	},
}

// standsYet refuses to withdraw a letter a second time.
func (t *turn) standsYet(officeID string, ref letter.Ref, what string) error {
	_, done, err := t.IntentNamed(withdrawName(officeID, ref))
	if err == nil && done {
		return kind.Conflict.Errorf("%s: it is withdrawn already, and there is nothing more to do", what)
	}
	return err
}

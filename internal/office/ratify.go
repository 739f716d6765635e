package office

import (
	"context"
	"fmt"

	"chancery.example/internal/kind"
	"chancery.example/internal/store"
	"chancery.example/letter"
	"chancery.example/register"
)

func ratifyName(officeID string, ref letter.Ref) string {
	return "ratify:" + officeID + "/" + string(ref)
}

// ProposeRatify asks for the approvals that a withdrawal takes, for one that was
// made in an emergency without them. It can be done late; without it everybody
// who checks the letter reads that its withdrawal was not ratified.
func (r *Register) ProposeRatify(ctx context.Context, officeID, by string, ref letter.Ref) (Request, error) {
	return r.propose(ctx, officeID, func(t *turn, o store.Office) (proposal, error) {
		what := fmt.Sprintf("ratifying the withdrawal of %s", ref)
		if _, err := t.may(o, by, what, register.RoleClerk, register.RoleDrafter, register.RoleApprover); err != nil {
			return proposal{}, err
		}
		l, err := t.Letter(o.ID, ref)
		if err != nil {
			return proposal{}, err
		}
		i, found, err := t.IntentNamed(withdrawName(o.ID, ref))
		if err != nil {
			return proposal{}, err
		}
		if !found {
			return proposal{}, kind.Conflict.Errorf("%s: it is not withdrawn", what)
		}
		body, err := register.DecodeBody(i.Kind, i.Body)
		if err != nil {
			return proposal{}, fmt.Errorf("%s: %w", what, err)
		}
		if w, ok := body.(register.Withdraw); !ok || !w.Emergency {
			return proposal{}, kind.Conflict.Errorf("%s: it was withdrawn with all the approvals that it takes, and there is nothing to ratify", what)
		}
		if err := t.notRatified(o.ID, ref, what); err != nil {
			return proposal{}, err
		}
		target, err := t.targetOf(i, ref)
		if err != nil {
			return proposal{}, fmt.Errorf("%s: %w", what, err)
		}
		return proposal{by: by, letter: &l, typ: string(l.Draft.Type), subject: t.letterSubject(o, ref),
			body: func(a register.Approvals) register.Body { return register.Ratify{Target: target, Approvals: a} }}, nil
	})
}

func (t *turn) notRatified(officeID string, ref letter.Ref, what string) error {
	_, done, err := t.IntentNamed(ratifyName(officeID, ref))
	if err == nil && done {
		return kind.Conflict.Errorf("%s: it is ratified already", what)
	}
	return err
}

var ratifyAct = act{
	performers: []register.Role{register.RoleClerk, register.RoleApprover},
	name:       func(q store.Request, b register.Body) string { return ratifyName(q.Office, referenceOf(b)) },
	effect: func(t *turn, q store.Request, b register.Body) error {
		return t.notRatified(q.Office, referenceOf(b), "ratifying the withdrawal of "+string(referenceOf(b)))
	},
}

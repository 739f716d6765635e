package office

import (
	"context"

	"chancery.example/internal/kind"
	"chancery.example/internal/store"
	"chancery.example/letter"
	"chancery.example/register"
)

// Recall takes a letter back to coordination after it was submitted or approved,
// and before it is issued, with a reason that the house keeps. Any approver may,
// whether or not they approved it. The approvals given so far are void: to be
// issued, the letter is submitted and approved again.
func (r *Register) Recall(ctx context.Context, officeID, by string, ref letter.Ref, reason string) error {
	what := "recalling " + string(ref)
	return r.act(ctx, func(t *turn) error {
		o, l, err := t.unissued(officeID, ref, "recalling")
		if err != nil {
			return err
		}
		if _, err := t.may(o, by, what, register.RoleApprover); err != nil {
			return err
		}
		if err := checkReason(reason, what); err != nil {
			return err
		}
		if l.Stage != store.Approval && l.Stage != store.Approved {
			return kind.Conflict.Errorf("%s: it is not before its approvers, but in %s", what, l.Stage)
		}
		return t.takeBack(o, l, by, reason)
	})
}

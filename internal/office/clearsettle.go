package office

import (
	"context"
	"fmt"
	"strings"

	"chancery.example/internal/kind"
	"chancery.example/letter"
	"chancery.example/register"
)

// SettleClearance ends what holds a letter up, with a reason that the house keeps.
// A condition or an objection is resolved by its clearer, who says that it is met.
// Anything that holds the letter up - an answer that has not come or no longer
// counts as well - is overruled by the drafter or the issuing clerk. The answer
// stays in sight, and the approvers are shown both.
func (r *Register) SettleClearance(ctx context.Context, officeID string, by By, ref letter.Ref, id int64, how Settlement, reason string) error {
	what := fmt.Sprintf("settling clearance %d of %s", id, ref)
	return r.act(ctx, func(t *turn) error {
		o, l, c, err := t.clearanceOf(officeID, ref, id, what)
		if err != nil {
			return err
		}
		switch how {
		case Resolved:
			if err := t.mayAnswer(o, l, c, by, what); err != nil {
				return err
			}
			if c.Answer != AnswerCondition && c.Answer != AnswerObjection {
				return kind.Conflict.Errorf("%s: there is no condition and no objection to resolve", what)
			}
			if c.State == ClearanceVoid {
				return kind.Conflict.Errorf("%s: the letter was changed since (%s); it has to be asked again", what, fieldList(c.Changed))
			}
		case Overruled:
			if _, err := t.may(o, by.ID, what+" by overruling it", register.RoleDrafter, register.RoleClerk); err != nil {
				return err
			}
		default:
			return kind.Invalid.Errorf("%s: %q: want resolved or overruled", what, how)
		}
		if err := checkReason(reason, what); err != nil {
			return err
		}
		if !c.Blocks {
			return kind.Conflict.Errorf("%s: it does not hold the letter up", what)
		}
		if err := t.Tx.SettleClearance(id, how, reason, by.ID, t.now); err != nil {
			return err
		}
		return t.note(o.ID, by.ID, string(how), fmt.Sprintf("clearance %d of %s: %s", id, c.Of, reason), l.ID)
	})
}

// checkReason refuses a reason that says nothing or too much.
func checkReason(reason, what string) error {
	if strings.TrimSpace(reason) == "" {
		return kind.Invalid.Errorf("%s: say why; those who approve the letter are shown it", what)
	}
	if len(reason) > maxComment {
		return kind.Invalid.Errorf("%s: the reason has %d bytes; at most %d", what, len(reason), maxComment)
	}
	return nil
}

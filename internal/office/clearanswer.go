package office

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"chancery.example/internal/kind"
	"chancery.example/internal/store"
	"chancery.example/letter"
	"chancery.example/register"
)

// AnswerClearance keeps a clearer's answer. The person who was asked answers for
// themselves, as an officer or as a clearer of the desk; for an office that answers
// on paper the issuing clerk enters what it said. Nobody clears a letter they
// drafted. A condition, an objection and a remark say what they are about. A later
// answer replaces an earlier one, until the office overruled it; one after the time
// counts too. A condition or an objection takes the letter back from its approvers:
// they approve nothing that somebody who was asked objects to.
func (r *Register) AnswerClearance(ctx context.Context, officeID string, by By, ref letter.Ref, id int64, answer ClearanceAnswer, comment string) error {
	what := fmt.Sprintf("answering clearance %d of %s", id, ref)
	return r.act(ctx, func(t *turn) error {
		o, l, c, err := t.clearanceOf(officeID, ref, id, what)
		if err != nil {
			return err
		}
		if err := t.mayAnswer(o, l, c, by, what); err != nil {
			return err
		}
		if err := checkAnswer(answer, comment, what); err != nil {
			return err
		}
		switch {
		case c.AskedAgain:
			return kind.Conflict.Errorf("%s: %s was asked again since; answer that", what, c.Of)
		case c.State == ClearanceVoid:
			return kind.Conflict.Errorf("%s: the letter was changed since (%s); it has to be asked again", what, fieldList(c.Changed))
		case c.Settled == Overruled:
			return kind.Conflict.Errorf("%s: it was overruled by %s: %s", what, c.SettledBy, c.Reason)
		}
		if err := t.Tx.AnswerClearance(id, answer, comment, by.ID, t.now); err != nil {
			return err
		}
		if err := t.note(o.ID, by.ID, "answer clearance", fmt.Sprintf("%d: %s for %s: %s", id, answer, c.Of, comment), l.ID); err != nil {
			return err
		}
		if answer == AnswerCondition || answer == AnswerObjection {
			return t.takeBack(o, l, by.ID, fmt.Sprintf("clearance %d: %s", id, answer))
		}
		return nil
	})
}

// clearanceOf returns a clearance of a letter that is neither issued nor closed.
func (t *turn) clearanceOf(officeID string, ref letter.Ref, id int64, what string) (store.Office, store.Letter, Clearance, error) {
	o, l, err := t.unissued(officeID, ref, strings.TrimSuffix(what, " "+string(ref)))
	if err != nil {
		return o, l, Clearance{}, err
	}
	all, err := t.clearances(l)
	if err != nil {
		return o, l, Clearance{}, err
	}
	c, err := pick(all, ref, id)
	return o, l, c, err
}

// mayAnswer refuses everybody but the clearer, and the clerk for those on paper.
func (t *turn) mayAnswer(o store.Office, l store.Letter, c Clearance, by By, what string) error {
	own := strings.EqualFold(c.Of, by.ID) && !c.Outside
	if !own {
		_, err := t.may(o, by.ID, what+", asked of "+c.Of, register.RoleClerk)
		if err == nil && by.ID == l.Drafter {
			return kind.Forbidden.Errorf("%s: %s drafted it; another clerk enters the answer", what, by.ID)
		}
		return err
	}
	if by.ID == l.Drafter {
		return kind.Forbidden.Errorf("%s: %s drafted it, and nobody clears their own letter; overrule it with a reason", what, by.ID)
	}
	return t.mayAs(o, by, what, RoleClearer, register.RoleApprover, register.RoleClerk, register.RolePress, register.RoleDrafter)
}

func checkAnswer(a ClearanceAnswer, comment, what string) error {
	answers := []ClearanceAnswer{AnswerClear, AnswerRemark, AnswerCondition, AnswerObjection, AnswerNilReturn}
	switch {
	case !slices.Contains(answers, a):
		return kind.Invalid.Errorf("%s: %q is no answer; want clear, remark, condition, objection or nil-return", what, a)
	case len(comment) > maxComment:
		return kind.Invalid.Errorf("%s: the comment has %d bytes; at most %d", what, len(comment), maxComment)
	case strings.TrimSpace(comment) == "" && (a == AnswerRemark || a == AnswerCondition || a == AnswerObjection):
		return kind.Invalid.Errorf("%s: who answers %q says what it is about; give a comment", what, a)
	}
	return nil
}

// takeBack takes a letter back from its approvers to coordination.
func (t *turn) takeBack(o store.Office, l store.Letter, by, why string) error {
	if l.Stage != store.Approval && l.Stage != store.Approved {
		return nil
	}
	if err := t.VoidRequests(l.ID, register.KindIssue); err != nil {
		return err
	}
	if err := t.SetStage(l.ID, store.Coordination); err != nil {
		return err
	}
	return t.note(o.ID, by, "take back", why, l.ID)
}

func fieldList(fs []letter.Field) string {
	s := make([]string, len(fs))
	for i, f := range fs {
		s[i] = string(f)
	}
	return strings.Join(s, ", ")
}

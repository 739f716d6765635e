package office

import (
	"context"
	"fmt"

	"chancery.example/internal/kind"
	"chancery.example/internal/store"
	"chancery.example/register"
)

// Refuse is an officer's no to a request, with a reason that the house keeps. It
// ends the request; a letter goes back to coordination.
func (r *Register) Refuse(ctx context.Context, request int64, officer, reason string) error {
	return r.act(ctx, func(t *turn) error {
		o, row, policy, err := t.waiting(request, "refusing")
		if err != nil {
			return err
		}
		if reason == "" {
			return kind.Invalid.Errorf("refusing request %d: say why; those who drafted it will want to know", request)
		}
		who, ok := policy.Officer(officer)
		if !ok || !who.Holds(register.RoleApprover) && !who.Holds(register.RolePress) {
			return kind.Forbidden.Errorf("refusing request %d: this takes an approver or a press officer of %s; ask %s", request, o.ID,
				holders(policy, []register.Role{register.RoleApprover, register.RolePress}))
		}
		if err := t.PutAnswer(store.Answer{Request: row.ID, Officer: officer, Reason: reason, At: t.now}); err != nil {
			return err
		}
		if err := t.EndRequest(row.ID, store.Refused, 0); err != nil {
			return err
		}
		if row.Kind == register.KindIssue {
			if err := t.SetStage(row.Letter, store.Coordination); err != nil {
				return err
			}
		}
		return t.note(o.ID, officer, "refuse", fmt.Sprintf("request %d: %s", row.ID, reason), row.Letter)
	})
}

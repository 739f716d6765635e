package office

import (
	"context"
	"fmt"

	"chancery.example/internal/kind"
	"chancery.example/internal/store"
	"chancery.example/letter"
	"chancery.example/register"
)

// ProposeSupersede asks for the approvals that name a letter issued later as the
// one to use in place of an older one. A new letter says so itself, by
// [Terms].Supersedes; this is for one that did not.
func (r *Register) ProposeSupersede(ctx context.Context, officeID, by string, ref, successor letter.Ref) (Request, error) {
	return r.propose(ctx, officeID, func(t *turn, o store.Office) (proposal, error) {
		what := fmt.Sprintf("superseding %s by %s", ref, successor)
		if _, err := t.may(o, by, what, register.RoleClerk, register.RoleDrafter); err != nil {
			return proposal{}, err
		}
		old, err := t.issued(o, ref)
		if err != nil {
			return proposal{}, fmt.Errorf("%s: %w", what, err)
		}
		next, err := t.issued(o, successor)
		if err != nil {
			return proposal{}, fmt.Errorf("%s: %w", what, err)
		}
		if next.Index <= old.Index {
			return proposal{}, kind.Conflict.Errorf("%s: %s was issued before it; only a later letter replaces an earlier one", what, successor)
		}
		if err := t.replaceable(o.ID, ref); err != nil {
			return proposal{}, fmt.Errorf("%s: %w", what, err)
		}
		l, err := t.Letter(o.ID, ref)
		if err != nil {
			return proposal{}, err
		}
		return proposal{by: by, letter: &l, typ: string(l.Draft.Type), subject: t.letterSubject(o, ref),
			body: func(a register.Approvals) register.Body {
				return register.Supersede{Target: old, Successor: next, Approvals: a}
			}}, nil
	})
}

var supersedeAct = act{
	performers: []register.Role{register.RoleClerk},
	name: func(q store.Request, b register.Body) string {
		s, _ := b.(register.Supersede)
		return fmt.Sprintf("supersede:%s/%s/%d", q.Office, s.Target.Reference, s.Successor.Index)
	},
	effect: func(t *turn, q store.Request, b register.Body) error { return t.replaceable(q.Office, referenceOf(b)) },
}

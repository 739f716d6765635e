package office

import (
	"context"

	"chancery.example/internal/kind"
	"chancery.example/internal/store"
	"chancery.example/letter"
	"chancery.example/register"
)

func retractName(officeID string, leaf letter.Hash) string {
	return "retract:" + officeID + "/" + leaf.String()
}

// ProposeRetract asks for the approvals that take a statement or a disavowal
// back, named by its entry. Both stay visible.
func (r *Register) ProposeRetract(ctx context.Context, officeID, by string, entry register.Index, reason register.Words) (Request, error) {
	return r.propose(ctx, officeID, func(t *turn, o store.Office) (proposal, error) {
		if _, err := t.may(o, by, "retracting", register.RolePress); err != nil {
			return proposal{}, err
		}
		i, found, err := t.IntentAt(entry)
		if err != nil {
			return proposal{}, err
		}
		if !found || i.Office != o.ID || i.Kind != register.KindStatement && i.Kind != register.KindDisavow {
			return proposal{}, kind.NotFound.Errorf("retracting entry %d: it is no statement or disavowal of %s", entry, o.ID)
		}
		target, err := t.targetOf(i, "")
		if err != nil {
			return proposal{}, err
		}
		switch _, done, err := t.IntentNamed(retractName(o.ID, target.Leaf)); {
		case err != nil:
			return proposal{}, err
		case done:
			return proposal{}, kind.Conflict.Errorf("retracting entry %d: it is taken back already, and there is nothing more to do", entry)
		}
		return proposal{by: by, subject: register.OfficeSubject(register.Office(o.URI)), body: func(a register.Approvals) register.Body {
			return register.Retract{Target: target, Reason: reason, Approvals: a}
		}}, nil
	})
}

var retractAct = act{
	performers: []register.Role{register.RolePress},
	name: func(q store.Request, b register.Body) string {
		x, _ := b.(register.Retract)
		return retractName(q.Office, x.Target.Leaf)
	},
	effect: func(*turn, store.Request, register.Body) error { return nil },
}

package office

import (
	"cmp"
	"context"
	"fmt"
	"os"

	"chancery.example/internal/kind"
	"chancery.example/internal/signing"
	"chancery.example/internal/store"
	"chancery.example/register"
)

// A NewOffice is an office to be enrolled, with its first policy.
type NewOffice struct {
	ID     string          // short name in this register
	Office register.Office // "https://harbour.example"
	Domain string
	Name   register.Words
	Policy register.Policy
	Paper  Paper // what it issues letters as; "" is none besides their words
}

func enrolName(id string) string { return "enrol:" + id }

// Enrol gives an office its key, by the operator's signature, and its first
// policy. Both are in the log when it returns. One that could be taken for an
// office that is enrolled is refused.
func (r *Register) Enrol(ctx context.Context, n NewOffice) (Receipt, error) {
	o := store.Office{ID: n.ID, URI: string(n.Office), Domain: n.Domain}
	n.Paper = cmp.Or(n.Paper, NoPaper)
	if err := n.Paper.Validate(); err != nil {
		return Receipt{}, fmt.Errorf("enrolling %s: %w", n.ID, err)
	}
	// No key is made for an office that is refused.
	if err := r.act(ctx, func(t *turn) error { return t.tellable(n) }); err != nil {
		return Receipt{}, err
	}
	key, err := r.officeKey(n.ID)
	if err != nil {
		return Receipt{}, fmt.Errorf("enrolling %s: %w", n.ID, err)
	}
	n.Policy.Approvals = nil
	var last store.Intent
	err = r.act(ctx, func(t *turn) error {
		if err := t.AddOffice(o); err != nil {
			return err
		}
		if err := t.tellable(n); err != nil { // two at once
			return err
		}
		add := register.KeyAdd{Office: n.Office, ID: n.ID, Name: n.Name, Domain: n.Domain, Key: key.Public()}
		if _, err := t.intend(enrolName(n.ID), o, register.OfficeSubject(n.Office), add, nil); err != nil {
			return err
		}
		if last, err = t.intend("policy:"+n.ID+"/first", o, register.OfficeSubject(n.Office), n.Policy, nil); err != nil {
			return err
		}
		return t.SetPaper(n.ID, string(n.Paper))
	})
	if err == nil && n.Paper == PDFPaper {
		err = r.drawSeal(ctx, n.ID)
	}
	if err != nil {
		return Receipt{}, fmt.Errorf("enrolling %s: %w", n.ID, err)
	}
	return r.pub.publish(ctx, last.Seq)
}

// officeKey makes the key of an office, or takes the one that an enrolment that
// was cut off has left.
func (r *Register) officeKey(id string) (signing.Key, error) {
	path := r.folder.KeyFile(officeKey(id))
	if _, err := os.Stat(path); err == nil {
		return r.keys.get(officeKey(id))
	}
	if err := (register.KeyAdd{ID: id}).ValidID(); err != nil {
		return signing.Key{}, kind.Invalid.Wrap(err)
	}
	k, err := signing.NewKey(r.opts.Random)
	if err != nil {
		return k, err
	}
	return k, kind.Unavailable.Wrap(k.Save(path))
}

// ProposePolicy asks for a new policy under the rules of the one in force: an
// office's key alone cannot name new officers.
func (r *Register) ProposePolicy(ctx context.Context, officeID, by string, p register.Policy) (Request, error) {
	return r.propose(ctx, officeID, func(t *turn, o store.Office) (proposal, error) {
		if _, err := t.may(o, by, "proposing a new policy", register.RoleDrafter, register.RoleApprover, register.RoleClerk, register.RolePress); err != nil {
			return proposal{}, err
		}
		return proposal{by: by, subject: register.OfficeSubject(register.Office(o.URI)), body: func(a register.Approvals) register.Body {
			p.Approvals = &a
			return p
		}}, nil
	})
}

var policyAct = act{
	performers: []register.Role{register.RoleDrafter, register.RoleApprover, register.RoleClerk, register.RolePress},
	name:       func(q store.Request, _ register.Body) string { return fmt.Sprintf("policy:%s/%d", q.Office, q.ID) },
	effect: func(t *turn, q store.Request, _ register.Body) error {
		// What officers signed under the old policy no longer counts.
		waiting, err := t.Requests(q.Office, store.Waiting)
		if err != nil {
			return err
		}
		for _, w := range waiting {
			if w.ID == q.ID {
				continue
			}
			if err := t.EndRequest(w.ID, store.Void, 0); err != nil {
				return err
			}
			if w.Kind == register.KindIssue {
				if err := t.SetStage(w.Letter, store.Coordination); err != nil {
					return err
				}
			}
		}
		return nil
	},
}

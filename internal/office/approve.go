package office

import (
	"context"
	"fmt"
	"slices"

	"chancery.example/approval"
	"chancery.example/internal/kind"
	"chancery.example/internal/signing"
	"chancery.example/internal/store"
	"chancery.example/register"
)

// Approve takes an officer's signature over a request's statement: an sshsig,
// armored as ssh-keygen writes it or in wire form. When it completes what the
// policy asks for, a letter is approved.
func (r *Register) Approve(ctx context.Context, request int64, officer string, signature []byte) (Request, error) {
	var q Request
	err := r.act(ctx, func(t *turn) error {
		o, row, policy, err := t.waiting(request, "approving")
		if err != nil {
			return err
		}
		if err := t.verifyApproval(o, row, policy, officer, &signature); err != nil {
			return err
		}
		answer := store.Answer{Request: row.ID, Officer: officer, Approved: true, Signature: signature, At: t.now}
		if err := t.PutAnswer(answer); err != nil {
			return err
		}
		if err := t.note(o.ID, officer, "approve", fmt.Sprintf("request %d", row.ID), row.Letter); err != nil {
			return err
		}
		if q, err = t.describe(o, row); err != nil {
			return err
		}
		if q.Ready && row.Kind == register.KindIssue {
			return t.SetStage(row.Letter, store.Approved)
		}
		return nil
	})
	return q, err
}

// waiting returns a request that can still be answered. One from under an older
// policy cannot: its signatures would not count.
func (t *turn) waiting(id int64, what string) (store.Office, store.Request, register.Policy, error) {
	row, err := t.Request(id)
	if err != nil {
		return store.Office{}, row, register.Policy{}, err
	}
	o, err := t.Office(row.Office)
	if err != nil {
		return o, row, register.Policy{}, err
	}
	policy, at, err := t.policy(o)
	if err != nil {
		return o, row, policy, err
	}
	body, err := register.DecodeBody(row.Kind, row.Body)
	if err != nil {
		return o, row, policy, fmt.Errorf("request %d: %w", id, err)
	}
	set, _ := register.ApprovalsOf(body)
	switch {
	case row.State != store.Waiting:
		return o, row, policy, kind.Conflict.Errorf("%s request %d: it is %s; propose the act again", what, id, row.State)
	case set.Policy != at:
		return o, row, policy, kind.Conflict.Errorf("%s request %d: the policy of %s has changed since; propose the act again", what, id, o.ID)
	}
	return o, row, policy, nil
}

// verifyApproval checks a signature and brings it into wire form.
func (t *turn) verifyApproval(o store.Office, row store.Request, policy register.Policy, officer string, signature *[]byte) error {
	who, ok := policy.Officer(officer)
	if !ok {
		return kind.Forbidden.Errorf("approving request %d: %q is no officer of %s; its policy names %s", row.ID, officer, o.ID, officerList(policy))
	}
	body, err := register.DecodeBody(row.Kind, row.Body)
	if err != nil {
		return fmt.Errorf("request %d: %w", row.ID, err)
	}
	statement, err := register.StatementFor(t.r.folder.Config.Origin, register.Office(o.URI), body)
	if err != nil {
		return fmt.Errorf("request %d: %w", row.ID, err)
	}
	rule, _ := policy.RuleFor(statement.Act, row.Type)
	if !slices.ContainsFunc(append(slices.Clone(rule.Roles), rule.Required...), who.Holds) {
		return kind.Forbidden.Errorf("approving request %d: for %q the policy counts %s; %s (%s) is %s", row.ID, statement.Act,
			joinRoles(rule.Roles, " or "), officer, who.Name, joinRoles(who.Roles, " and "))
	}
	wire, err := approval.Wire(*signature)
	if err != nil {
		return kind.Invalid.Errorf("approving request %d as %s: %w; sign the statement with ssh-keygen -Y sign -n %s", row.ID, officer, err, approval.Namespace)
	}
	key, err := approval.Signer(wire)
	if err != nil {
		return kind.Invalid.Wrap(err)
	}
	if !slices.Contains(who.Keys, key.Line()) {
		return kind.Forbidden.Errorf("approving request %d: key %s is not one of %s's in the policy", row.ID, key.Fingerprint(), officer)
	}
	if err := approval.Verify(statement.Bytes(), key, wire); err != nil {
		return kind.Forbidden.Errorf("approving request %d as %s: %w; was another request, or an older form of it, signed?", row.ID, officer, err)
	}
	*signature = wire
	return nil
}

// A Signer is an officer whose key is at hand.
type Signer struct {
	Officer string
	Key     signing.OfficerKey
}

// Carry approves a request with keys at hand, and when that is enough performs
// it.
func (r *Register) Carry(ctx context.Context, q Request, by string, signers ...Signer) (Receipt, error) {
	for _, s := range signers {
		sig, err := s.Key.Approve(q.Statement)
		if err != nil {
			return Receipt{}, fmt.Errorf("approving request %d as %s: %w", q.ID, s.Officer, err)
		}
		if q, err = r.Approve(ctx, q.ID, s.Officer, sig); err != nil {
			return Receipt{}, err
		}
	}
	return r.Perform(ctx, q.ID, by)
}

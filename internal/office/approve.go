package office

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"chancery.example/approval"
	"chancery.example/internal/kind"
	"chancery.example/internal/signing"
	"chancery.example/internal/store"
	"chancery.example/register"
)

// Approve takes an officer's signature over a request's statement: an sshsig,
// armored as ssh-keygen writes it or in wire form, or the evidence of a passkey.
// When it completes what the policy asks for, a letter is approved. A passkey
// whose counter did not rise is an alarm, in the journal and to Options.Alarm,
// and approves.
func (r *Register) Approve(ctx context.Context, request int64, officer string, signature []byte) (Request, error) {
	var q Request
	var alarm *PasskeyAlarm
	err := r.act(ctx, func(t *turn) error {
		o, row, policy, err := t.waiting(request, "approving")
		if err != nil {
			return err
		}
		key, err := t.verifyApproval(o, row, policy, officer, &signature)
		if err != nil {
			return err
		}
		if alarm, err = t.counted(row, officer, signature); err != nil {
			return err
		}
		answer := store.Answer{Request: row.ID, Officer: officer, Approved: true, Signature: signature, At: t.now}
		if err := t.PutAnswer(answer); err != nil {
			return err
		}
		if err := t.note(o.ID, officer, "approve", fmt.Sprintf("request %d, %s %s", row.ID, key.Describe(), key.Fingerprint()), row.Letter); err != nil {
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
	if err == nil && alarm != nil && r.opts.Alarm != nil {
		r.opts.Alarm(*alarm)
	}
	return q, err
}

// A PasskeyAlarm says that a passkey's counter did not rise between two approvals:
// it may have been copied, or its authenticator was set back. Neither approval is
// void; the officer is to be asked, and the passkey replaced.
type PasskeyAlarm struct {
	Office, Officer string
	Request         int64
	Key             approval.Key
	Counter, Before uint32 // what it counts now, and the most that it ever counted
}

// counted compares the counter of an approval by passkey with all before it.
func (t *turn) counted(row store.Request, officer string, signature []byte) (*PasskeyAlarm, error) {
	now, err := approval.ParseEvidence(signature)
	if err != nil {
		return nil, nil //nolint:nilerr,nilnil // an SSH signature, which has no counter
	}
	earlier, err := t.SignaturesBeginning(approval.EvidencePrefix(now.Key))
	if err != nil {
		return nil, err
	}
	var most approval.Evidence
	for _, b := range earlier {
		if e, err := approval.ParseEvidence(b); err == nil && !bytes.Equal(b, signature) && e.Counter() > most.Counter() {
			most = e
		}
	}
	if !now.CounterWentBack(most) {
		return nil, nil //nolint:nilnil // nothing to say
	}
	a := PasskeyAlarm{row.Office, officer, row.ID, now.Key, now.Counter(), most.Counter()}
	text := fmt.Sprintf("request %d: %s %s counts %d, after %d: it may have been copied", row.ID, a.Key.Describe(), a.Key.Fingerprint(), a.Counter, a.Before)
	return &a, t.note(row.Office, officer, "passkey alarm", text, row.Letter)
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

// verifyApproval checks a signature, brings it into wire form and returns the key
// that made it.
func (t *turn) verifyApproval(o store.Office, row store.Request, policy register.Policy, officer string, signature *[]byte) (approval.Key, error) {
	var none approval.Key
	who, ok := policy.Officer(officer)
	if !ok {
		return none, kind.Forbidden.Errorf("approving request %d: %q is no officer of %s; its policy names %s", row.ID, officer, o.ID, officerList(policy))
	}
	body, err := register.DecodeBody(row.Kind, row.Body)
	if err != nil {
		return none, fmt.Errorf("request %d: %w", row.ID, err)
	}
	statement, err := register.StatementFor(t.r.folder.Config.Origin, register.Office(o.URI), body)
	if err != nil {
		return none, fmt.Errorf("request %d: %w", row.ID, err)
	}
	rule, _ := policy.RuleFor(statement.Act, row.Type)
	if !slices.ContainsFunc(append(slices.Clone(rule.Roles), rule.Required...), who.Holds) {
		return none, kind.Forbidden.Errorf("approving request %d: for %q the policy counts %s; %s (%s) is %s", row.ID, statement.Act,
			joinRoles(rule.Roles, " or "), officer, who.Name, joinRoles(who.Roles, " and "))
	}
	wire, err := approval.Wire(*signature)
	if err != nil {
		return none, kind.Invalid.Errorf("approving request %d as %s: %w; sign the statement with ssh-keygen -Y sign -n %s, or with the passkey at the desk", row.ID, officer, err, approval.Namespace)
	}
	key, err := approval.Signer(wire)
	if err != nil {
		return none, kind.Invalid.Wrap(err)
	}
	if !slices.Contains(who.Keys, key.Line()) {
		return none, kind.Forbidden.Errorf("approving request %d: key %s (%s) is not one of %s's in the policy%s", row.ID, key.Fingerprint(), key.Describe(), officer, keysOf(who))
	}
	if err := approval.Verify(statement.Bytes(), key, wire); err != nil {
		return none, kind.Forbidden.Errorf("approving request %d as %s: %w; was another request, or an older form of it, signed?", row.ID, officer, err)
	}
	*signature = wire
	return key, nil
}

// keysOf says where an officer who has no SSH key approves.
func keysOf(o register.Officer) string {
	var at []string
	for _, line := range o.Keys {
		k, err := approval.ParseKey(line)
		if err != nil {
			continue
		}
		origin, _, ok := k.Passkey()
		if !ok {
			return ""
		}
		at = append(at, origin)
	}
	if len(at) == 0 {
		return ""
	}
	return "; it has a passkey at " + strings.Join(at, " and ") + ", to approve with at the desk there"
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

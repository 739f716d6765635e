package office

import (
	"context"
	"fmt"

	"chancery.example/internal/kind"
	"chancery.example/internal/store"
	"chancery.example/register"
)

// An act is what Perform does with one kind of request.
type act struct {
	performers []register.Role
	// name is that of the intent: unique, so that the act happens once.
	name func(store.Request, register.Body) string
	// effect checks the state once more and moves it on, in the transaction.
	effect func(*turn, store.Request, register.Body) error
	// log inserts the intent; nil: the office's own entry and nothing else.
	log func(*turn, store.Office, store.Request, register.Body) (store.Intent, error)
}

// performersOf returns who may carry the act out: in an emergency any officer
// whose approval counts for it.
func (a act) performersOf(b register.Body) []register.Role {
	if w, ok := b.(register.Withdraw); ok && w.Emergency {
		return []register.Role{register.RoleClerk, register.RolePress, register.RoleApprover}
	}
	return a.performers
}

// actOf returns the act of a kind of entry.
func actOf(k register.Kind) (act, bool) {
	switch k {
	case register.KindPolicy:
		return policyAct, true
	case register.KindIssue:
		return issueAct, true
	case register.KindWithdraw:
		return withdrawAct, true
	case register.KindSupersede:
		return supersedeAct, true
	case register.KindDraftOpen:
		return openAct, true
	case register.KindDraftClose:
		return closeAct, true
	case register.KindStatement:
		return statementAct, true
	case register.KindCorrect:
		return correctAct, true
	case register.KindRatify:
		return ratifyAct, true
	case register.KindKeyRevoke:
		return revokeKeyAct, true
	case register.KindRetract:
		return retractAct, true
	case register.KindDisavow:
		return disavowAct, true
	case register.KindGenesis, register.KindKeyAdd, register.KindCommit, register.KindIndexHead:
	}
	return act{}, false
}

// Perform carries out a request that has its approvals. One transaction checks
// the approvals, the policy and the state, and records the entry to be logged;
// when Perform returns, a signed checkpoint covers that entry. Performing what
// is done already gives the same receipt again.
func (r *Register) Perform(ctx context.Context, request int64, by string) (Receipt, error) {
	var intent int64
	err := r.act(ctx, func(t *turn) (err error) {
		intent, err = t.perform(request, by)
		return err
	})
	if err != nil {
		return Receipt{}, err
	}
	rec, err := r.pub.publish(ctx, intent)
	if err != nil {
		return rec, err
	}
	if err := r.behind(ctx, intent); err != nil {
		return rec, err
	}
	rec.Embargoed, rec.Until, err = r.embargoOn(ctx, intent)
	return rec, err
}

// behind publishes the new key that the revocation of an office's last one brings
// with it.
func (r *Register) behind(ctx context.Context, intent int64) error {
	var i store.Intent
	err := r.db.View(ctx, func(tx *store.Tx) (err error) { i, err = tx.Intent(intent); return err })
	if err != nil || i.Kind != register.KindKeyRevoke {
		return err
	}
	return r.Sync(ctx)
}

func (t *turn) perform(request int64, by string) (int64, error) {
	if row, err := t.Request(request); err != nil {
		return 0, err
	} else if row.State == store.Done {
		return t.done(row)
	}
	o, row, policy, err := t.waiting(request, "carrying out")
	if err != nil {
		return 0, err
	}
	a, ok := actOf(row.Kind)
	if !ok {
		return 0, fmt.Errorf("request %d is of kind %s, which is no act", row.ID, row.Kind)
	}
	body, _, err := t.answered(row)
	if err != nil {
		return 0, err
	}
	if _, err := t.may(o, by, fmt.Sprintf("carrying out request %d (%s)", row.ID, row.Kind), a.performersOf(body)...); err != nil {
		return 0, err
	}
	if _, err := t.enough(o, row, policy, body); err != nil {
		return 0, kind.Forbidden.Errorf("carrying out request %d: %w", row.ID, err)
	}
	if err := a.effect(t, row, body); err != nil {
		return 0, err
	}
	seq, err := t.record(a, o, row, body)
	if err != nil {
		return 0, err
	}
	if err := t.EndRequest(row.ID, store.Done, seq); err != nil {
		return 0, err
	}
	return seq, t.note(o.ID, by, string(row.Kind), fmt.Sprintf("request %d", row.ID), row.Letter)
}

// record intends the entry of an act; of an issue whose hour is to come it is the
// commitment that holds its place.
func (t *turn) record(a act, o store.Office, row store.Request, body register.Body) (int64, error) {
	if issue, ok := t.heldBack(body); ok {
		return t.embargo(o, row, issue)
	}
	if a.log != nil {
		i, err := a.log(t, o, row, body)
		return i.Seq, err
	}
	i, err := t.intend(a.name(row, body), o, row.Subject, body, row.Texts)
	return i.Seq, err
}

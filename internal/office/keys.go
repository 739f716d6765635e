package office

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"chancery.example/internal/kind"
	"chancery.example/internal/store"
	"chancery.example/letter"
	"chancery.example/register"
)

// A KeyState is a key of an office, or of the operator, as the log has it.
type KeyState struct {
	Role       register.KeyRole // "" for an office's
	Thumbprint letter.Hash
	Added      register.Index
	Revoked    *register.Revocation
	Here       bool // its private key is in this folder
}

// A RotatedKey is a new key of an office, and the one that signed until then.
type RotatedKey struct {
	Old, New letter.Hash
	Receipt  Receipt
}

// RotateKey gives an office a new key, signed for by the one that it has. From
// then on the new one signs. The old one stays good until it is revoked: see
// ProposeRevokeKey.
func (r *Register) RotateKey(ctx context.Context, officeID, by string) (RotatedKey, error) {
	what := "giving " + officeID + " a new key"
	var out RotatedKey
	var intent store.Intent
	err := r.act(ctx, func(t *turn) error {
		o, err := t.Office(officeID)
		if err != nil {
			return err
		}
		if _, err := t.may(o, by, what, register.RoleClerk, register.RoleApprover); err != nil {
			return err
		}
		view, err := t.officeView(o)
		if err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		slices.Reverse(view.Keys)
		i := slices.IndexFunc(view.Keys, func(k register.KeyView) bool { return k.Revoked == nil && r.keys.has(officeKey(o.ID), k.Thumbprint) })
		if i < 0 {
			return kind.Unavailable.Errorf("%s: none of its keys that count is in this folder; only a key that it has adds another", what)
		}
		out.Old = view.Keys[i].Thumbprint
		key, err := r.keys.fresh(officeKey(o.ID), r.opts.Random)
		if err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		out.New = key.Public().Thumbprint()
		add := register.KeyAdd{Office: view.Office, ID: view.ID, Name: view.Name, Domain: view.Domain, Key: key.Public()}
		if intent, err = t.intend(keyName(o.ID, out.New), o, register.OfficeSubject(view.Office), add, nil); err != nil {
			return err
		}
		return t.note(o.ID, by, "rotate key", out.New.String(), 0)
	})
	if err != nil {
		return out, err
	}
	out.Receipt, err = r.pub.publish(ctx, intent.Seq)
	return out, err
}

func keyName(officeID string, id letter.Hash) string { return "key:" + officeID + "/" + id.String() }

// byOperator marks the names of intents that the operator's key signs.
const byOperator = "operator:"

// officeView folds what the log says about an office's keys and policies.
func (t *turn) officeView(o store.Office) (register.OfficeView, error) {
	s, err := t.officeState(o)
	if err != nil {
		return register.OfficeView{}, err
	}
	view, ok := s.OfficeByID(o.ID)
	if !ok {
		return view, kind.Unavailable.Errorf("the log does not have %s yet; do it again in a moment", o.ID)
	}
	view.Keys = slices.Clone(view.Keys)
	return view, nil
}

func (t *turn) officeState(o store.Office) (*register.State, error) {
	genesis, found, err := t.IntentNamed("genesis")
	if err != nil || !found {
		return nil, errors.Join(err, kind.Unavailable.Errorf("the register has no genesis entry"))
	}
	all := []store.Intent{genesis}
	for _, k := range []register.Kind{register.KindKeyAdd, register.KindPolicy, register.KindKeyRevoke} {
		offices := []string{""} // the operator's own
		if o.ID != "" {
			offices = append(offices, o.ID)
		}
		for _, of := range offices {
			is, err := t.IntentsOf(of, k)
			if err != nil {
				return nil, err
			}
			all = append(all, is...)
		}
	}
	var entries []register.Logged
	for _, i := range all {
		if !i.Logged {
			return nil, kind.Unavailable.Errorf("a change of keys or policy is on its way into the log; do it again in a moment")
		}
		e, err := register.Parse(i.Entry)
		if err != nil {
			return nil, fmt.Errorf("intent %s: %w", i.Name, err)
		}
		entries = append(entries, register.Logged{Index: i.Position, Entry: e})
	}
	slices.SortFunc(entries, func(a, b register.Logged) int { return int(a.Index) - int(b.Index) }) //nolint:gosec // positions are below 1 << 62
	return register.Fold(entries), nil
}

// ProposeRevokeKey asks for the approvals that end a key of an office: what it
// signed after a position is not trusted, and it signs nothing more. With after
// nil the position is where the log ends now. The office's newest key that does
// not fall with it signs; when there is none, the operator's key does, and the
// office gets a new key from it in the same act.
func (r *Register) ProposeRevokeKey(ctx context.Context, officeID, by string, id letter.Hash, after *register.Index, reason register.Words) (Request, error) {
	return r.propose(ctx, officeID, func(t *turn, o store.Office) (proposal, error) {
		what := fmt.Sprintf("revoking key %s of %s", id, officeID)
		if _, err := t.may(o, by, what, register.RoleClerk, register.RoleApprover, register.RolePress); err != nil {
			return proposal{}, err
		}
		view, err := t.officeView(o)
		if err != nil {
			return proposal{}, fmt.Errorf("%s: %w", what, err)
		}
		body := register.KeyRevoke{Office: view.Office, Thumbprint: id, Reason: reason}
		size, err := t.Confirmed()
		if err != nil {
			return proposal{}, err
		}
		if after == nil {
			body.After = size - 1
		} else {
			body.After = *after
		}
		i := slices.IndexFunc(view.Keys, func(k register.KeyView) bool { return k.Thumbprint == id })
		switch {
		case i < 0:
			return proposal{}, kind.NotFound.Errorf("%s: it has no such key; \"chancery key list\" shows those it has", what)
		case view.Keys[i].Revoked != nil && body.After >= view.Keys[i].Revoked.After:
			return proposal{}, kind.Conflict.Errorf("%s: it is revoked from position %d on already", what, view.Keys[i].Revoked.After)
		case body.After < view.Keys[i].Added:
			return proposal{}, kind.Invalid.Errorf("%s: position %d is before the key was there, at %d", what, body.After, view.Keys[i].Added)
		case body.After >= size:
			return proposal{}, kind.Invalid.Errorf("%s: position %d is not in the log yet, which has %d entries", what, body.After, size)
		}
		return proposal{by: by, subject: register.OfficeSubject(view.Office), body: func(a register.Approvals) register.Body {
			body.Approvals = &a
			return body
		}}, nil
	})
}

func revokeName(officeID string, b register.Body) string {
	k, _ := b.(register.KeyRevoke)
	return fmt.Sprintf("revoke:%s/%s/%d", officeID, k.Thumbprint, k.After)
}

var revokeKeyAct = act{
	performers: []register.Role{register.RoleClerk, register.RoleApprover, register.RolePress},
	name:       func(q store.Request, b register.Body) string { return revokeName(q.Office, b) },
	effect:     stillRevocable,
	log:        (*turn).logRevoke,
}

// stillRevocable refuses to end a key that fell, with the one that added it, while
// its own request waited: the log would refuse the entry, and whatever stands behind it.
func stillRevocable(t *turn, q store.Request, b register.Body) error {
	revoke, _ := b.(register.KeyRevoke)
	o, err := t.Office(q.Office)
	if err != nil {
		return err
	}
	view, err := t.officeView(o)
	if err != nil {
		return err
	}
	for _, k := range view.Keys {
		if k.Thumbprint == revoke.Thumbprint && k.Revoked != nil && revoke.After >= k.Revoked.After {
			return kind.Conflict.Errorf("%s: it is revoked from position %d on already", fmt.Sprintf("revoking key %s of %s", k.Thumbprint, o.ID), k.Revoked.After)
		}
	}
	return nil
}

// logRevoke inserts the intent of a key-revoke and, when no key would be left to
// the office, that of a new one: the operator signs both, and what waits behind
// them finds a key that counts.
func (t *turn) logRevoke(o store.Office, q store.Request, b register.Body) (store.Intent, error) {
	revoke, _ := b.(register.KeyRevoke)
	s, err := t.officeState(o)
	if err != nil {
		return store.Intent{}, err
	}
	if len(t.r.keys.those(officeKey(o.ID), s.MaySign(revoke.Office, revoke))) > 0 {
		return t.intend(revokeName(o.ID, b), o, q.Subject, b, nil)
	}
	operator := store.Office{ID: o.ID, URI: string(s.Operator())}
	i, err := t.intend(byOperator+revokeName(o.ID, b), operator, q.Subject, b, nil)
	if err != nil || len(s.MaySign(revoke.Office, revoke)) > 0 {
		return i, err // the office has a key elsewhere
	}
	view, _ := s.OfficeByID(o.ID)
	key, err := t.r.keys.fresh(officeKey(o.ID), t.r.opts.Random)
	if err != nil {
		return i, err
	}
	add := register.KeyAdd{Office: view.Office, ID: view.ID, Name: view.Name, Domain: view.Domain, Key: key.Public()}
	_, err = t.intend(byOperator+keyName(o.ID, key.Public().Thumbprint()), operator, q.Subject, add, nil)
	return i, err
}

// AddRoleKey makes a key of the register's operator for one use and announces it
// in the log: receipts are signed with the newest key of that role, and the log's
// next key is known before it signs.
func (r *Register) AddRoleKey(ctx context.Context, role register.KeyRole) (KeyState, Receipt, error) {
	var intent store.Intent
	out := KeyState{Role: role, Here: true}
	err := r.act(ctx, func(t *turn) error {
		s, err := t.officeState(store.Office{})
		if err != nil {
			return err
		}
		key, err := r.keys.fresh(roleKey(role), r.opts.Random)
		if err != nil {
			return err
		}
		out.Thumbprint = key.Public().Thumbprint()
		add := register.NewRoleKey(s.Genesis(), s.Operator(), role, key.Public())
		intent, err = t.intend(byOperator+keyName(string(role), out.Thumbprint), store.Office{URI: string(s.Operator())},
			register.OfficeSubject(s.Operator()), add, nil)
		return err
	})
	if err != nil {
		return out, Receipt{}, fmt.Errorf("adding a %s key: %w", role, err)
	}
	rec, err := r.pub.publish(ctx, intent.Seq)
	out.Added = rec.Index
	return out, rec, err
}

// RevokeRoleKey ends a key of the operator's, by the operator's key alone.
func (r *Register) RevokeRoleKey(ctx context.Context, id letter.Hash, after *register.Index, reason register.Words) (Receipt, error) {
	var intent store.Intent
	err := r.act(ctx, func(t *turn) error {
		s, err := t.officeState(store.Office{})
		if err != nil {
			return err
		}
		size, err := t.Confirmed()
		if err != nil {
			return err
		}
		body := register.KeyRevoke{Office: s.Operator(), Thumbprint: id, After: size - 1, Reason: reason}
		if after != nil {
			body.After = *after
		}
		known := slices.Concat(s.RoleKeys(register.KeyReceipt), s.RoleKeys(register.KeyLog))
		i := slices.IndexFunc(known, func(k register.RoleKey) bool { return k.Thumbprint == id })
		switch {
		case i < 0:
			return kind.NotFound.Errorf("the operator has no such key; \"chancery key list\" shows those it has")
		case known[i].Revoked != nil && body.After >= known[i].Revoked.After:
			return kind.Conflict.Errorf("it is revoked from position %d on already", known[i].Revoked.After)
		case body.After < known[i].Added || body.After >= size:
			return kind.Invalid.Errorf("position %d is not between the key's own, %d, and the end of the log, %d", body.After, known[i].Added, size-1)
		}
		intent, err = t.intend(byOperator+revokeName(string(known[i].Role), body), store.Office{URI: string(s.Operator())},
			register.OfficeSubject(s.Operator()), body, nil)
		return err
	})
	if err != nil {
		return Receipt{}, fmt.Errorf("revoking key %s: %w", id, err)
	}
	return r.pub.publish(ctx, intent.Seq)
}

// Keys returns the keys of an office, the oldest first; with "" those of the
// operator that have a role.
func (r *Register) Keys(ctx context.Context, officeID string) (out []KeyState, err error) {
	err = r.db.View(ctx, func(tx *store.Tx) error {
		t := &turn{Tx: tx, r: r, now: r.Now()}
		if officeID == "" {
			s, err := t.officeState(store.Office{})
			if err != nil {
				return err
			}
			for _, role := range []register.KeyRole{register.KeyReceipt, register.KeyLog} {
				for _, k := range s.RoleKeys(role) {
					out = append(out, KeyState{role, k.Thumbprint, k.Added, k.Revoked, r.keys.has(roleKey(role), k.Thumbprint)})
				}
			}
			return nil
		}
		o, err := t.Office(officeID)
		if err != nil {
			return err
		}
		view, err := t.officeView(o)
		for _, k := range view.Keys {
			out = append(out, KeyState{"", k.Thumbprint, k.Added, k.Revoked, r.keys.has(officeKey(o.ID), k.Thumbprint)})
		}
		return err
	})
	return out, err
}

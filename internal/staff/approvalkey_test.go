package staff_test

import (
	"strings"
	"testing"
	"time"

	"chancery.example/approval"
	"chancery.example/internal/kind"
	"chancery.example/internal/staff"
	"chancery.example/internal/testkit/authenticator"
)

var statement = []byte("what is approved\n")

// addApprovalKey makes a passkey to approve on the person's device.
func (r *room) addApprovalKey(c *colleague) staff.ApprovalKey {
	r.t.Helper()
	options, err := r.BeginApprovalKey(r.t.Context(), c.session)
	r.check(err)
	body, err := c.device.Create(options)
	r.check(err)
	k, err := r.FinishApprovalKey(r.t.Context(), c.session, "approvals", body)
	r.check(err)
	return k
}

func TestApprovalByPasskey(t *testing.T) {
	r := newRoom(t)
	legal := r.join("harbour", "legal")
	k := r.addApprovalKey(legal)
	key, err := approval.ParsePasskeyLine(k.Line)
	r.check(err)
	if at, rp, ok := key.Passkey(); !ok || at != origin || rp != "register.example" {
		t.Errorf("line %s: %s %s %v", k.Line, at, rp, ok)
	}
	if login, err := r.Passkeys(t.Context(), "harbour", "legal"); err != nil || len(login) != 1 {
		t.Errorf("passkeys to sign in: %+v, %v", login, err)
	}
	if mine := legal.device.Passkeys(); string(mine[0].User) == string(mine[1].User) {
		t.Error("both passkeys have one user handle: an authenticator keeps one of them")
	}

	options, err := r.BeginApproval(t.Context(), legal.session, statement, []string{k.Line})
	r.check(err)
	body, err := legal.device.Get(options)
	r.check(err)
	wire, err := r.Evidence(t.Context(), legal.session, statement, []string{k.Line}, body)
	r.check(err)
	r.check(approval.Verify(statement, key, wire))

	_, err = r.Evidence(t.Context(), legal.session, []byte("another statement\n"), []string{k.Line}, body)
	r.want(err, kind.Forbidden, "another statement")
	for name, lines := range map[string][]string{"no policy": nil, "a policy that names another": {"ssh-ed25519 AAAA"}} {
		_, err = r.BeginApproval(t.Context(), legal.session, statement, lines)
		r.want(err, kind.Conflict, name)
		_, err = r.Evidence(t.Context(), legal.session, statement, lines, body)
		r.want(err, kind.Conflict, name)
	}
	// The passkey to sign in, and another person's, approve nothing.
	clerk := r.join("harbour", "clerk")
	other := r.addApprovalKey(clerk)
	for name, c := range map[string]struct {
		of, signs *authenticator.Passkey
	}{
		"to sign in": {legal.device.Passkeys()[0], legal.device.Passkeys()[0]}, "another's": {clerk.device.Passkeys()[1], clerk.device.Passkeys()[1]},
		"another's in its name": {legal.device.Passkeys()[1], clerk.device.Passkeys()[1]},
	} {
		body, err := legal.device.Get(options, func(x *authenticator.Ceremony) { x.Passkey, x.Signer = c.of, c.signs })
		r.check(err)
		_, err = r.Evidence(t.Context(), legal.session, statement, []string{k.Line, other.Line}, body)
		r.want(err, kind.Forbidden, name)
	}
	for name, bend := range badAnswers {
		switch name {
		case "no user", "user of nobody", "eligible all at once", "backed up, not eligible":
			continue // the policy's key counts; these say nothing of it
		}
		body, err := legal.device.Get(options, bend)
		r.check(err)
		_, err = r.Evidence(t.Context(), legal.session, statement, []string{k.Line}, body)
		if g := kind.Of(err); g != kind.Forbidden && g != kind.Invalid {
			t.Errorf("approving, %s: %v", name, err)
		}
	}
	_, err = r.Evidence(t.Context(), legal.session, statement, []string{k.Line}, []byte(strings.Repeat(" ", staff.MaxBody+1)))
	r.want(err, kind.Invalid, "a body that is too long")
}

func TestApprovalCounterAndRemoval(t *testing.T) {
	r := newRoom(t)
	legal, clerk := r.join("harbour", "legal"), r.join("pilots", "clerk")
	k := r.addApprovalKey(legal)
	approve := func() {
		t.Helper()
		options, err := r.BeginApproval(t.Context(), legal.session, statement, []string{k.Line})
		r.check(err)
		body, err := legal.device.Get(options)
		r.check(err)
		_, err = r.Evidence(t.Context(), legal.session, statement, []string{k.Line}, body)
		r.check(err)
	}
	approve()
	approve()
	if n := r.alarms("harbour", staff.CounterWentBack); n != 0 {
		t.Errorf("%d alarms for a counter that counts", n)
	}
	legal.device.Passkeys()[1].Counter = 0
	approve()
	if n := r.alarms("harbour", staff.CounterWentBack); n != 1 {
		t.Errorf("%d alarms for a counter that went back", n)
	}
	keys, err := r.ApprovalKeys(t.Context(), "harbour", "legal")
	r.check(err)
	if len(keys) != 1 || keys[0].Name != "approvals" || keys[0].Used.IsZero() || keys[0].Line != k.Line {
		t.Errorf("%+v", keys)
	}
	r.want(r.RemoveApprovalKey(t.Context(), clerk.session, k.ID), kind.NotFound, "removing another's")
	r.check(r.RemoveApprovalKey(t.Context(), legal.session, k.ID))
	r.want(r.RemoveApprovalKey(t.Context(), legal.session, k.ID), kind.NotFound, "again")
	_, err = r.BeginApproval(t.Context(), legal.session, statement, []string{k.Line})
	r.want(err, kind.Conflict, "with none left")

	// What is to sign in is no key to approve, to remove either.
	login, err := r.Passkeys(t.Context(), "harbour", "legal")
	r.check(err)
	r.want(r.RemoveApprovalKey(t.Context(), legal.session, login[0].ID), kind.NotFound, "a passkey to sign in")
	r.Clock.Step(time.Hour)
	r.prove(legal)
	r.addApprovalKey(legal)
}

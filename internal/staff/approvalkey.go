package staff

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/go-webauthn/webauthn/protocol"

	"chancery.example/approval"
	"chancery.example/internal/kind"
	"chancery.example/internal/store"
)

// An ApprovalKey is a passkey with which a person approves. It counts for nothing
// until the office's policy names its line under the officer.
type ApprovalKey struct {
	ID         int64
	Name       string // what the person calls it
	Line       string // for the policy
	Made, Used time.Time
	BackedUp   bool
}

func approvalKeyOf(k store.Passkey) ApprovalKey {
	return ApprovalKey{k.ID, k.Name, k.Line, k.Made, k.Used, k.Flags&flagBackedUp != 0}
}

// ApprovalKeys returns a person's passkeys to approve, the oldest first.
func (s *Staff) ApprovalKeys(ctx context.Context, office, person string) ([]ApprovalKey, error) {
	var out []ApprovalKey
	err := s.view(ctx, office, func(t *store.Tx) error {
		if _, err := t.Person(office, person); err != nil {
			return err
		}
		rows, err := t.Passkeys(office, person, store.PasskeyApproval)
		for _, k := range rows {
			out = append(out, approvalKeyOf(k))
		}
		return err
	})
	return out, err
}

// BeginApprovalKey returns the options for navigator.credentials.create() with
// which the person of a fresh session makes a passkey to approve.
func (s *Staff) BeginApprovalKey(ctx context.Context, in Session) (json.RawMessage, error) {
	return s.beginAdd(ctx, in, useApproval)
}

// FinishApprovalKey keeps that passkey under a name and returns it with the line
// that the office's policy has to name.
func (s *Staff) FinishApprovalKey(ctx context.Context, in Session, name string, body []byte) (ApprovalKey, error) {
	m, err := s.readCreated(ceremony{useApproval, in.hash}, name, body)
	if err != nil {
		return ApprovalKey{}, err
	}
	m.line = s.approvalLine
	k, err := s.finishAdd(ctx, in, m)
	if err != nil {
		return ApprovalKey{}, err
	}
	return approvalKeyOf(k), nil
}

// approvalLine is the policy's line of a public key in COSE_Key form.
func (s *Staff) approvalLine(public []byte) (string, error) {
	line, err := approval.NewPasskeyLine(s.opts.Origin, s.rp.Config.RPID, public)
	if err != nil {
		return "", kind.Invalid.Errorf("this passkey cannot approve: %w", err)
	}
	return line, nil
}

// RemoveApprovalKey forgets one of the passkeys to approve of the person of a
// fresh session. A policy that names it goes on naming it.
func (s *Staff) RemoveApprovalKey(ctx context.Context, in Session, id int64) error {
	return s.inSession(ctx, in, true, func(t *turn, p store.Person) error {
		found, err := t.RemovePasskey(p.Office, p.ID, store.PasskeyApproval, id)
		if err == nil && !found {
			err = errNoPasskey(id)
		}
		if err != nil {
			return err
		}
		return t.note(p.ID, p.ID, ApprovalKeyEnded, "number %d", id)
	})
}

// BeginApproval returns the options for navigator.credentials.get() with which
// the person of a session approves a statement by one of their passkeys to
// approve whose lines are named, those of the officer in the policy. The
// challenge is the statement, so that nothing else can be signed with it.
func (s *Staff) BeginApproval(ctx context.Context, in Session, statement []byte, lines []string) (json.RawMessage, error) {
	var u user
	err := s.db.View(ctx, func(t *store.Tx) error {
		p, err := s.still(t, in)
		if err != nil {
			return err
		}
		u, err = namedKeys(t, p, lines)
		return err
	})
	if err != nil {
		return nil, err
	}
	challenge := approval.Challenge(statement)
	return s.requestFor(challenge[:], &u)
}

// namedKeys is a person with those passkeys to approve that the policy names.
func namedKeys(t *store.Tx, p store.Person, lines []string) (user, error) {
	u, err := approvalUser(t, p)
	if err != nil {
		return u, err
	}
	named := map[string]bool{}
	for _, l := range lines {
		named[l] = true
	}
	var keys []store.Passkey
	for _, k := range u.keys {
		if named[k.Line] {
			keys = append(keys, k)
		}
	}
	if u.keys = keys; len(keys) == 0 {
		return u, kind.Conflict.Errorf("%s has no passkey to approve that the office's policy names", p.ID)
	}
	return u, nil
}

// Evidence returns what the browser gave back for BeginApproval in the form in
// which an approval is logged, after it verifies over the statement: the bytes
// that were signed, as they are. A counter that went back is an alarm in the
// journal, no refusal. It approves nothing yet; package office does.
func (s *Staff) Evidence(ctx context.Context, in Session, statement []byte, lines []string, body []byte) ([]byte, error) {
	if len(body) > MaxBody {
		return nil, errUnread()
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(body)
	if err != nil {
		return nil, errUnread()
	}
	var wire []byte
	err = s.inSession(ctx, in, false, func(t *turn, p store.Person) error {
		u, err := namedKeys(t.Tx, p, lines)
		if err != nil {
			return err
		}
		for _, k := range u.keys {
			if string(k.Credential) != string(parsed.RawID) {
				continue
			}
			wire, err = evidence(k, statement, parsed)
			if err != nil {
				return err
			}
			return t.useApproval(k, parsed.Response.AuthenticatorData)
		}
		return kind.Forbidden.Errorf("this passkey is none of those with which %s approves", p.ID)
	})
	return wire, err
}

// evidence verifies an answer and writes it.
func evidence(k store.Passkey, statement []byte, parsed *protocol.ParsedCredentialAssertionData) ([]byte, error) {
	key, err := approval.ParsePasskeyLine(k.Line)
	if err != nil {
		return nil, fmt.Errorf("the passkey %q: %w", k.Name, err)
	}
	e := approval.Evidence{
		Key: key, AuthenticatorData: parsed.Raw.AssertionResponse.AuthenticatorData,
		ClientDataJSON: parsed.Raw.AssertionResponse.ClientDataJSON, Signature: parsed.Response.Signature,
	}
	wire, err := e.Wire()
	if err == nil {
		err = approval.Verify(statement, key, wire)
	}
	if err != nil {
		return nil, kind.Forbidden.Errorf("this is no approval of what was shown: %w", err)
	}
	return wire, nil
}

// useApproval keeps what the authenticator said of itself.
func (t *turn) useApproval(k store.Passkey, said protocol.AuthenticatorData) error {
	counter := said.Counter
	if (counter != 0 || k.Counter != 0) && counter <= k.Counter {
		if err := t.alarm(k.Person, k.Person, CounterWentBack, "passkey to approve %q counted %d, after %d: it may have been copied", k.Name, counter, k.Counter); err != nil {
			return err
		}
		counter = k.Counter
	}
	return t.UsePasskey(k.ID, uint8(said.Flags), counter, t.now)
}

package staff

import (
	"context"
	"encoding/json"
	"errors"

	"chancery.example/internal/kind"
	"chancery.example/internal/store"
)

// A Caller is who calls, as far as a server can tell.
type Caller struct {
	Client string // its address or network, by which attempts are limited; "" sets no limit
	Agent  string // what the browser calls itself
}

// BeginLogin returns the options for navigator.credentials.get() with which
// anybody of any office signs in: the passkey says who they are.
func (s *Staff) BeginLogin(context.Context) (json.RawMessage, error) {
	return s.request(ceremony{use: useLogin}, nil)
}

// FinishLogin signs a person in with what the browser gave back, and returns the
// value of the new session's cookie. Errors: Invalid when the body cannot be read,
// Conflict when the challenge is over or used, Forbidden when the passkey opens
// nothing, Unavailable after too many attempts of one client.
func (s *Staff) FinishLogin(ctx context.Context, who Caller, body []byte) (cookie string, out Session, err error) {
	if !s.attempts.take(who.Client) {
		return "", out, errTooMany()
	}
	parsed, challenge, err := s.readAnswer(ceremony{use: useLogin}, body)
	if err != nil {
		return "", out, err
	}
	var p store.Person
	err = s.db.Update(ctx, func(tx *store.Tx) error {
		var found bool
		if p, found, err = tx.PersonByHandle(parsed.Response.UserHandle); err != nil {
			return err
		}
		if !found {
			return unknown(tx, parsed.Response.UserHandle)
		}
		t := &turn{tx, s.Now(), p.Office}
		if !p.Active {
			return refusal{"the person's access has ended"}
		}
		u, err := loginUser(tx, p)
		if err != nil {
			return err
		}
		k, err := s.prove(t, u, nil, parsed, challenge)
		if err != nil {
			return err
		}
		if cookie, out, err = s.signIn(t, p, who.Agent); err != nil {
			return err
		}
		return t.note(p.ID, p.ID, SignedIn, "with the passkey %q", k.Name)
	})
	if err = s.refused(ctx, p, err); err != nil {
		return "", Session{}, err
	}
	return cookie, out, nil
}

// unknown refuses a passkey that signs nobody in. Authenticators that show all
// they hold also show those to approve: who took one is told.
func unknown(t *store.Tx, handle []byte) error {
	approves, err := t.ApprovalHandle(handle)
	if err != nil {
		return err
	}
	if approves {
		return kind.Forbidden.Errorf("this is a passkey to approve; take the one to sign in")
	}
	return errRefused()
}

func errTooMany() error {
	return kind.Unavailable.Errorf("too many attempts to sign in; wait a minute")
}

// refused writes down why a person could not prove who they are. What failed left
// nothing else behind.
func (s *Staff) refused(ctx context.Context, p store.Person, err error) error {
	var r refusal
	if p.ID == "" || !errors.As(err, &r) {
		return err
	}
	if err := s.act(ctx, p.Office, func(t *turn) error {
		return t.alarm(p.ID, p.ID, SignInRefused, "%s", r.why)
	}); err != nil {
		return errors.Join(errRefused(), err)
	}
	return errRefused()
}

// BeginProve returns the options with which the person of a session proves once
// more who they are, before an act that wants it.
func (s *Staff) BeginProve(ctx context.Context, in Session) (json.RawMessage, error) {
	var u user
	err := s.db.View(ctx, func(t *store.Tx) error {
		p, err := s.still(t, in)
		if err != nil {
			return err
		}
		u, err = loginUser(t, p)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.request(ceremony{useProve, in.hash}, &u)
}

// still returns the person of a session that is not over.
func (s *Staff) still(t *store.Tx, in Session) (store.Person, error) {
	now, err := s.alive(t, in.hash)
	if err != nil {
		return store.Person{}, err
	}
	return t.Person(now.Person.Office, now.Person.ID)
}

// FinishProve keeps that the person proved once more who they are. The session
// goes on under a new cookie; the old value opens nothing any more.
func (s *Staff) FinishProve(ctx context.Context, in Session, who Caller, body []byte) (cookie string, out Session, err error) {
	if !s.attempts.take(who.Client) {
		return "", out, errTooMany()
	}
	parsed, challenge, err := s.readAnswer(ceremony{useProve, in.hash}, body)
	if err != nil {
		return "", out, err
	}
	var p store.Person
	err = s.inSession(ctx, in, false, func(t *turn, found store.Person) error {
		p = found
		u, err := loginUser(t.Tx, p)
		if err != nil {
			return err
		}
		allowed := [][]byte{}
		for _, k := range u.keys {
			allowed = append(allowed, k.Credential)
		}
		k, err := s.prove(t, u, allowed, parsed, challenge)
		if err != nil {
			return err
		}
		var hash []byte
		if cookie, hash, err = s.secret(forSession); err != nil {
			return err
		}
		if err := t.RenewSession(in.ID, hash, t.now); err != nil {
			return err
		}
		if out, err = s.alive(t.Tx, hash); err != nil {
			return err
		}
		return t.note(p.ID, p.ID, ProvedAgain, "with the passkey %q", k.Name)
	})
	if err = s.refused(ctx, p, err); err != nil {
		return "", Session{}, err
	}
	return cookie, out, nil
}

package staff

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/internal/store"
)

// A Passkey is one with which a person signs in.
type Passkey struct {
	ID         int64
	Name       string // what the person calls it
	Made, Used time.Time
	BackedUp   bool // it is kept by a password manager or a cloud, so that it outlives the device
}

// flagBackedUp is the flag "BS" of authenticator data (WebAuthn section 6.1).
const flagBackedUp = 0x10

// keyName validates a name of a passkey; empty becomes "passkey".
func keyName(s string) (string, error) {
	if s = strings.TrimSpace(s); s == "" {
		return "passkey", nil
	}
	return s, validLabel("the name of a passkey", s, 80)
}

// maxPasskeys is how many a person has for one purpose.
const maxPasskeys = 16

// Passkeys returns a person's passkeys to sign in, the oldest first.
func (s *Staff) Passkeys(ctx context.Context, office, person string) ([]Passkey, error) {
	var out []Passkey
	err := s.view(ctx, office, func(t *store.Tx) error {
		if _, err := t.Person(office, person); err != nil {
			return err
		}
		rows, err := t.Passkeys(office, person, store.PasskeyLogin)
		for _, k := range rows {
			out = append(out, Passkey{k.ID, k.Name, k.Made, k.Used, k.Flags&flagBackedUp != 0})
		}
		return err
	})
	return out, err
}

// BeginAddPasskey returns the options for navigator.credentials.create() with
// which the person of a fresh session makes one more passkey to sign in.
func (s *Staff) BeginAddPasskey(ctx context.Context, in Session) (json.RawMessage, error) {
	return s.beginAdd(ctx, in, useAdd)
}

// FinishAddPasskey adds that passkey under a name.
func (s *Staff) FinishAddPasskey(ctx context.Context, in Session, name string, body []byte) (Passkey, error) {
	m, err := s.readCreated(ceremony{useAdd, in.hash}, name, body)
	if err != nil {
		return Passkey{}, err
	}
	k, err := s.finishAdd(ctx, in, m)
	if err != nil {
		return Passkey{}, err
	}
	return Passkey{k.ID, k.Name, k.Made, k.Used, k.Flags&flagBackedUp != 0}, nil
}

func (s *Staff) beginAdd(ctx context.Context, in Session, use string) (json.RawMessage, error) {
	if !in.Fresh(s.Now()) {
		return nil, errNotFresh()
	}
	var u user
	err := s.db.View(ctx, func(t *store.Tx) error {
		p, err := s.still(t, in)
		if err != nil {
			return err
		}
		if use == useApproval {
			u, err = approvalUser(t, p)
		} else {
			u, err = loginUser(t, p)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	want := discoverable
	if use == useApproval {
		want = hidden
	}
	return s.creation(ceremony{use, in.hash}, u, true, want)
}

func (s *Staff) finishAdd(ctx context.Context, in Session, m made) (store.Passkey, error) {
	userOf, what, words := loginUser, PasskeyAdded, mailPasskeyAdded
	if m.line != nil {
		userOf, what, words = approvalUser, ApprovalKeyMade, mailApprovalKeyMade
	}
	var p store.Person
	var k store.Passkey
	err := s.inSession(ctx, in, true, func(t *turn, found store.Person) error {
		p = found
		u, err := userOf(t.Tx, p)
		if err != nil {
			return err
		}
		if len(u.keys) >= maxPasskeys {
			return kind.Conflict.Errorf("%d passkeys are enough; remove one first", len(u.keys))
		}
		if k, err = s.create(t, u, p, m); err != nil {
			return err
		}
		return t.note(p.ID, p.ID, what, "%q", m.name)
	})
	if err = s.refused(ctx, p, err); err != nil {
		return store.Passkey{}, err
	}
	_, err = s.mail(ctx, p, words, "")
	return k, err
}

// NamePasskey gives one of the session's person's passkeys, of either purpose,
// another name.
func (s *Staff) NamePasskey(ctx context.Context, in Session, id int64, name string) error {
	name, err := keyName(name)
	if err != nil {
		return err
	}
	return s.inSession(ctx, in, false, func(t *turn, p store.Person) error {
		found, err := t.NamePasskey(p.Office, p.ID, id, name)
		if err == nil && !found {
			err = errNoPasskey(id)
		}
		return err
	})
}

func errNoPasskey(id int64) error {
	return kind.NotFound.Errorf("you have no passkey number %d", id)
}

// RemovePasskey removes one of the passkeys of the person of a fresh session; the
// last one stays.
func (s *Staff) RemovePasskey(ctx context.Context, in Session, id int64) error {
	return s.inSession(ctx, in, true, func(t *turn, p store.Person) error {
		keys, err := t.Passkeys(p.Office, p.ID, store.PasskeyLogin)
		if err != nil {
			return err
		}
		for _, k := range keys {
			if k.ID != id {
				continue
			}
			if len(keys) == 1 {
				return kind.Conflict.Errorf("this is the last passkey with which you can sign in: make another first")
			}
			if _, err := t.RemovePasskey(p.Office, p.ID, store.PasskeyLogin, id); err != nil {
				return err
			}
			return t.note(p.ID, p.ID, PasskeyRemoved, "%q", k.Name)
		}
		return errNoPasskey(id)
	})
}

package staff

import (
	"context"
	"encoding/json"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/internal/store"
)

// An Invited is a link that was made.
type Invited struct {
	Person Person
	Until  time.Time
	Mailed bool   // it went to the person; then nobody else gets it
	Link   string // with its secret; empty when it was mailed, or when it is not there yet
}

// Invite makes a person known and gives them a link with which they make their
// first passkey. A person who has not used theirs gets another; the older one ends.
// Who joined before gets in again by a recovery alone, so that no admin lets
// themself in as somebody else. It takes an admin, and a custodian for the role of
// one; or the operator.
func (s *Staff) Invite(ctx context.Context, office, id string, d Details, roles []Role, by string) (Invited, error) {
	if err := validID(id); err != nil {
		return Invited{}, err
	}
	if err := d.validate(); err != nil {
		return Invited{}, err
	}
	names, err := validRoles(roles)
	if err != nil {
		return Invited{}, err
	}
	handles, err := s.draw(64)
	if err != nil {
		return Invited{}, err
	}
	var link link
	err = s.act(ctx, office, func(t *turn) error {
		p, err := t.Person(office, id)
		fresh := kind.Of(err) == kind.NotFound
		if err != nil && !fresh {
			return err
		}
		if fresh {
			p = store.Person{Office: office, ID: id, Handle: handles[:32], ApprovalHandle: handles[32:], Made: t.now}
		}
		if err := t.authority(by, Admin); err != nil {
			return err
		}
		if !p.Joined.IsZero() {
			return kind.Conflict.Errorf("%s has joined already; if the access is lost, it takes a recovery by two custodians", id)
		}
		if err := t.mayGive(by, p.Roles, names); err != nil {
			return err
		}
		p.Name, p.Email, p.Lang, p.Roles, p.Active = d.Name, d.Email, d.Lang, names, true
		if fresh {
			err = t.AddPerson(p)
		} else {
			err = t.SetPerson(p)
		}
		if err != nil {
			return err
		}
		if link, err = s.invitation(t, p, by, false); err != nil {
			return err
		}
		return t.note(by, id, WasInvited, "%s <%s>, with %s", p.Name, p.Email, listOr(names))
	})
	if err != nil {
		return Invited{}, err
	}
	return s.send(ctx, link, mailInvited)
}

// A link is an invitation with its secret, before it is sent.
type link struct {
	person store.Person
	secret string
	until  time.Time
}

// invitation makes the person's one invitation.
func (s *Staff) invitation(t *turn, p store.Person, by string, recovery bool) (link, error) {
	secret, hash, err := s.secret(forInvitation)
	if err != nil {
		return link{}, err
	}
	until := t.now.Add(InvitationFor)
	return link{p, secret, until}, t.AddInvitation(store.Invitation{
		Hash: hash, Office: p.Office, Person: p.ID, Recover: recovery, By: by, Made: t.now, Until: until,
	})
}

// send mails a link, or gives it to who asked.
func (s *Staff) send(ctx context.Context, l link, words mailKind) (Invited, error) {
	out := Invited{Person: personOf(l.person), Until: l.until}
	mailed, err := s.mail(ctx, l.person, words, s.Link(l.secret))
	if out.Mailed = mailed; !mailed {
		out.Link = s.Link(l.secret)
	}
	return out, err
}

// An Invitation is a link that waits.
type Invitation struct {
	Person  Person
	Recover bool // the older passkeys end when it is used
	By      string
	Until   time.Time
}

// Invitations returns an office's links that wait, in order of the people's short
// names.
func (s *Staff) Invitations(ctx context.Context, office string) ([]Invitation, error) {
	var out []Invitation
	err := s.view(ctx, office, func(t *store.Tx) error {
		rows, err := t.Invitations(office)
		if err != nil {
			return err
		}
		for _, i := range rows {
			if !s.Now().Before(i.Until) {
				continue
			}
			p, err := t.Person(office, i.Person)
			if err != nil {
				return err
			}
			out = append(out, Invitation{personOf(p), i.Recover, i.By, i.Until})
		}
		return nil
	})
	return out, err
}

// errNoInvitation is the answer of a secret that opens nothing, whatever the cause.
func errNoInvitation() error {
	return kind.NotFound.Errorf("this link is not good any more: it was used, replaced by a newer one, or is too old. Ask for another")
}

// Invitation returns whom a link's secret invites; NotFound when it is not good
// any more.
func (s *Staff) Invitation(ctx context.Context, secret string) (Invitation, error) {
	var out Invitation
	err := s.db.View(ctx, func(t *store.Tx) error {
		i, p, err := s.invited(t, secret)
		out = Invitation{personOf(p), i.Recover, i.By, i.Until}
		return err
	})
	if err != nil {
		return Invitation{}, err
	}
	return out, nil
}

func (s *Staff) invited(t *store.Tx, secret string) (store.Invitation, store.Person, error) {
	if len(secret) != secretLen {
		return store.Invitation{}, store.Person{}, errNoInvitation()
	}
	i, found, err := t.InvitationByHash(hashOf(forInvitation, secret))
	if err != nil {
		return i, store.Person{}, err
	}
	if !found || !s.Now().Before(i.Until) {
		return store.Invitation{}, store.Person{}, errNoInvitation()
	}
	p, err := t.Person(i.Office, i.Person)
	return i, p, err
}

// BeginRegister returns the options for navigator.credentials.create() with which
// who has an invitation makes a passkey to sign in.
func (s *Staff) BeginRegister(ctx context.Context, secret string) (json.RawMessage, error) {
	var i store.Invitation
	var u user
	err := s.db.View(ctx, func(t *store.Tx) (err error) {
		var p store.Person
		if i, p, err = s.invited(t, secret); err != nil {
			return err
		}
		u, err = loginUser(t, p)
		return err
	})
	if err != nil {
		return nil, err
	}
	// The older passkeys end, so that a new one may take the place of an old one on
	// the same device.
	return s.creation(ceremony{useJoin, i.Hash}, u, !i.Recover, discoverable)
}

// FinishRegister adds the passkey, named name by its owner, uses the invitation
// up, and signs the person in. After a recovery all older passkeys and sessions
// end with it.
func (s *Staff) FinishRegister(ctx context.Context, secret, name string, who Caller, body []byte) (cookie string, out Session, err error) {
	if !s.attempts.take(who.Client) {
		return "", out, errTooMany()
	}
	m, err := s.readCreated(ceremony{useJoin, hashOf(forInvitation, secret)}, name, body)
	if err != nil {
		return "", out, err
	}
	var i store.Invitation
	var p store.Person
	err = s.db.Update(ctx, func(tx *store.Tx) error {
		var err error
		if i, p, err = s.invited(tx, secret); err != nil {
			return err
		}
		t := &turn{tx, s.Now(), p.Office}
		if err := t.join(i, &p); err != nil {
			return err
		}
		u, err := loginUser(tx, p)
		if err != nil {
			return err
		}
		if _, err := s.create(t, u, p, m); err != nil {
			return err
		}
		if cookie, out, err = s.signIn(t, p, who.Agent); err != nil {
			return err
		}
		what := HasJoined
		if i.Recover {
			what = Recovered
		}
		return t.note(p.ID, p.ID, what, "by the link of %s, with the passkey %q", i.By, m.name)
	})
	if err = s.refused(ctx, p, err); err != nil {
		return "", Session{}, err
	}
	if i.Recover {
		_, err = s.mail(ctx, p, mailRecovered, "")
	}
	return cookie, out, err
}

// join uses an invitation up. A recovery ends what was, and brings back who was
// deactivated.
func (t *turn) join(i store.Invitation, p *store.Person) error {
	used, err := t.UseInvitation(i.Hash)
	if err == nil && !used {
		err = errNoInvitation()
	}
	if err != nil {
		return err
	}
	if p.Joined.IsZero() {
		p.Joined = t.now
	}
	if i.Recover {
		if err := t.RemovePasskeys(p.Office, p.ID, store.PasskeyLogin); err != nil {
			return err
		}
		if _, err := t.EndSessions(p.Office, p.ID, 0); err != nil {
			return err
		}
		p.Active = true
		if err := t.SetPerson(*p); err != nil {
			return err
		}
	}
	if !p.Active {
		return errNoInvitation()
	}
	return t.Join(p.Office, p.ID, t.now)
}

package staff

import (
	"context"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/internal/store"
)

// A Recovery is one custodian's vote that a person gets a new link, which waits
// for another's.
type Recovery struct {
	Person Person
	By     string
	Until  time.Time
}

// Recoveries returns the votes of an office that wait, in order of the people's
// short names.
func (s *Staff) Recoveries(ctx context.Context, office string) ([]Recovery, error) {
	var out []Recovery
	err := s.view(ctx, office, func(t *store.Tx) error {
		rows, err := t.Recoveries(office)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if !s.Now().Before(r.Until) {
				continue
			}
			p, err := t.Person(office, r.Person)
			if err != nil {
				return err
			}
			out = append(out, Recovery{personOf(p), r.By, r.Until})
		}
		return nil
	})
	return out, err
}

// Recover is a custodian's vote that a person who lost all passkeys, or whose
// access was ended, gets a new link. The first vote waits for RecoveryFor and is
// mailed to the person, who may cancel it; that of a second custodian makes the
// link, and what is returned has it or says that it was mailed. Granted says which
// of the two it was. Nobody votes for themself.
//
// The operator makes a link alone where fewer than two custodians could vote, or
// nobody would ever get in again; it is an alarm in the journal.
func (s *Staff) Recover(ctx context.Context, office, id, by string) (out Invited, granted bool, err error) {
	var l link
	var p store.Person
	err = s.act(ctx, office, func(t *turn) error {
		if err := t.authority(by, Custodian); err != nil {
			return err
		}
		if p, err = t.Person(office, id); err != nil {
			return err
		}
		if by == id {
			return kind.Forbidden.Errorf("nobody votes for their own recovery; ask two other custodians")
		}
		if p.Joined.IsZero() {
			return kind.Conflict.Errorf("%s has not joined yet: make another invitation", id)
		}
		if by == Operator {
			if err := t.nobodyElse(id); err != nil {
				return err
			}
			granted = true
			l, err = s.grant(t, p, by)
			return err
		}
		first, found, err := t.Recovery(office, id)
		if err != nil {
			return err
		}
		switch {
		case !found || !t.now.Before(first.Until):
			if err := t.AddRecovery(store.Recovery{Office: office, Person: id, By: by, Made: t.now, Until: t.now.Add(RecoveryFor)}); err != nil {
				return err
			}
			return t.note(by, id, RecoveryAsked, "first of two votes")
		case first.By == by:
			return kind.Conflict.Errorf("%s has voted for %s already: it takes another custodian, until %s", by, id, first.Until.Format(time.RFC3339))
		}
		if err := t.authority(first.By, Custodian); err != nil {
			return err // who voted first has the role no more
		}
		granted = true
		l, err = s.grant(t, p, first.By+" and "+by)
		return err
	})
	if err != nil {
		return Invited{}, false, err
	}
	if granted {
		out, err = s.send(ctx, l, mailRecovery)
		return out, true, err
	}
	out.Person = personOf(p)
	out.Mailed, err = s.mail(ctx, p, mailRecoveryAsked, "")
	return out, false, err
}

// grant makes the link of a recovery.
func (s *Staff) grant(t *turn, p store.Person, by string) (link, error) {
	if _, err := t.EndRecovery(p.Office, p.ID); err != nil {
		return link{}, err
	}
	if err := t.write(by, p.ID, RecoveryGranted, by == Operator, "a link that is good until "+t.now.Add(InvitationFor).Format(time.RFC3339)); err != nil {
		return link{}, err
	}
	return s.invitation(t, p, by, true)
}

// nobodyElse refuses where two custodians could vote for a person.
func (t *turn) nobodyElse(id string) error {
	all, err := t.People(t.office)
	if err != nil {
		return err
	}
	n := 0
	for _, p := range all {
		able, err := t.able(p, Custodian)
		if err != nil {
			return err
		}
		if able && p.ID != id {
			n++
		}
	}
	if n >= 2 {
		return kind.Forbidden.Errorf("%d custodians of %s can vote for %s: two of them do, each by --by", n, t.office, id)
	}
	return nil
}

// CancelRecovery takes back a recovery of a person that waits for a second vote,
// and a link that one made, by the person, a custodian or the operator.
func (s *Staff) CancelRecovery(ctx context.Context, office, id, by string) error {
	return s.act(ctx, office, func(t *turn) error {
		if by != id {
			if err := t.authority(by, Custodian); err != nil {
				return err
			}
		}
		if _, err := t.Person(office, id); err != nil {
			return err
		}
		waited, err := t.EndRecovery(office, id)
		if err != nil {
			return err
		}
		links, err := t.Invitations(office)
		if err != nil {
			return err
		}
		for _, i := range links {
			if i.Person == id && i.Recover {
				waited = true
				if err := t.EndInvitations(office, id); err != nil {
					return err
				}
			}
		}
		if !waited {
			return kind.NotFound.Errorf("no recovery of %s waits", id)
		}
		return t.note(by, id, RecoveryCancelled, "cancelled")
	})
}

package staff

import (
	"context"
	"fmt"
	"time"

	"chancery.example/internal/store"
)

// An Event is a line of the security journal of an office.
type Event struct {
	ID     int64
	At     time.Time
	Person string // whom it is about; "" nobody in particular
	Actor  string // who did it
	Act    Happening
	Text   string
	Alarm  bool // somebody must look at it
}

// A Happening is what an event says happened.
type Happening string

// What happens.
const (
	WasInvited        Happening = "invited"
	HasJoined         Happening = "joined"
	SignedIn          Happening = "signed_in"
	SignInRefused     Happening = "sign_in_refused"
	ProvedAgain       Happening = "proved_again"
	SignedOut         Happening = "signed_out"
	SessionsEnded     Happening = "sessions_ended"
	PasskeyAdded      Happening = "passkey_added"
	PasskeyRemoved    Happening = "passkey_removed"
	CounterWentBack   Happening = "counter_went_back" // perhaps a copied authenticator
	ApprovalKeyMade   Happening = "approval_key_made"
	ApprovalKeyEnded  Happening = "approval_key_removed"
	RolesChanged      Happening = "roles_changed"
	DetailsChanged    Happening = "details_changed"
	Deactivated       Happening = "deactivated"
	RecoveryAsked     Happening = "recovery_asked"
	RecoveryGranted   Happening = "recovery_granted"
	RecoveryCancelled Happening = "recovery_cancelled"
	Recovered         Happening = "recovered"
	TokenMade         Happening = "token_made"
	TokenRevoked      Happening = "token_revoked"
	MailFailed        Happening = "mail_failed"
)

// Journal returns an office's security events whose number is below one (0: all),
// the newest first, at most so many.
func (s *Staff) Journal(ctx context.Context, office string, below int64, most int) ([]Event, error) {
	var out []Event
	err := s.view(ctx, office, func(t *store.Tx) error {
		rows, err := t.SecurityEvents(office, below, most)
		for _, e := range rows {
			out = append(out, Event{e.ID, e.At, e.Person, e.Actor, Happening(e.Act), e.Text, e.Alarm})
		}
		return err
	})
	return out, err
}

// view looks at what is an office's; there must be such an office.
func (s *Staff) view(ctx context.Context, office string, f func(*store.Tx) error) error {
	return s.db.View(ctx, func(t *store.Tx) error {
		if _, err := t.Office(office); err != nil {
			return err
		}
		return f(t)
	})
}

// A turn is one change at the desk of an office.
type turn struct {
	*store.Tx
	now    time.Time
	office string
}

// act changes what is an office's, in one transaction.
func (s *Staff) act(ctx context.Context, office string, f func(*turn) error) error {
	return s.db.Update(ctx, func(t *store.Tx) error {
		if _, err := t.Office(office); err != nil {
			return err
		}
		return f(&turn{t, s.Now(), office})
	})
}

// note writes a line into the journal.
func (t *turn) note(actor, person string, what Happening, format string, args ...any) error {
	return t.write(actor, person, what, false, fmt.Sprintf(format, args...))
}

// alarm writes a line that somebody must look at.
func (t *turn) alarm(actor, person string, what Happening, format string, args ...any) error {
	return t.write(actor, person, what, true, fmt.Sprintf(format, args...))
}

func (t *turn) write(actor, person string, what Happening, alarm bool, text string) error {
	return t.AddSecurityEvent(store.SecurityEvent{At: t.now, Office: t.office, Person: person, Actor: actor, Act: string(what), Text: clip(text, 500), Alarm: alarm})
}

// clip cuts a text to at most so many runes.
func clip(s string, most int) string {
	n := 0
	for i := range s {
		if n++; n > most {
			return s[:i]
		}
	}
	return s
}

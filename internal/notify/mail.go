package notify

import (
	"context"
	"errors"
	"fmt"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/internal/store"
)

// theMail is the mark of the relay among what is being sent to.
const theMail = "mail"

// mailSchedule is how long after an attempt the next comes; after the last the mail is
// given up (RFC 5321, 4.5.4.1: four or five days in all).
var mailSchedule = []time.Duration{
	time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 12 * time.Hour, 24 * time.Hour, 24 * time.Hour, 24 * time.Hour,
}

// from is whom mail is from, also while no relay is set.
func (n *Notifier) from() (string, error) {
	if n.opts.Mail == nil {
		return "", kind.Unavailable.Errorf("no mail relay is set: give --smtp and --mail-from")
	}
	return n.opts.Mail.From, nil
}

// compose makes a mail of a message.
func (n *Notifier) compose(officeID string, m message) (store.Mail, error) {
	var id [16]byte
	if err := n.draw(id[:]); err != nil {
		return store.Mail{}, err
	}
	from, err := n.from()
	if err != nil {
		return store.Mail{}, err
	}
	m.from = from
	raw, err := m.bytes(n.now(), id)
	if err != nil {
		return store.Mail{}, err
	}
	to, err := ParseMailbox(m.to)
	if err != nil {
		return store.Mail{}, err
	}
	return store.Mail{Office: officeID, Recipient: to.Address, Subject: m.subject, Message: raw, MadeAt: n.now(), NextAt: n.now()}, nil
}

// Mail puts a mail of plain text on its way, to be sent as soon as the relay takes
// it. It implements staff.Mailer.
func (n *Notifier) Mail(ctx context.Context, to, subject, text string) error {
	m, err := n.compose("", message{to: to, subject: subject, text: text})
	if err != nil {
		return err
	}
	return n.db.Update(ctx, func(tx *store.Tx) error { return tx.AddMail(&m) })
}

// sendMails sends what is due, one after the other: the relay is one.
func (n *Notifier) sendMails(ctx context.Context) error {
	var due []store.Mail
	err := n.db.View(ctx, func(tx *store.Tx) (err error) { due, err = tx.MailsDue(n.now(), mostAtOnce); return err })
	if err != nil {
		return fmt.Errorf("reading what is to be sent: %w", err)
	}
	for _, m := range due {
		if ctx.Err() != nil {
			return nil
		}
		if _, err := n.sendMail(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// sendMail makes one attempt and records what became of it (MUST-7).
func (n *Notifier) sendMail(ctx context.Context, m store.Mail) (store.Mail, error) {
	mine := false
	err := n.db.Update(ctx, func(tx *store.Tx) (err error) { mine, err = tx.ClaimMail(m, n.now().Add(claimed)); return err })
	if err != nil || !mine { // somebody else sends it
		return m, err
	}
	err = n.opts.Mail.send(ctx, m.Recipient, m.Message)
	if err != nil && ctx.Err() != nil {
		return m, nil // stopped by us: no attempt
	}
	m.Attempts++
	m.Problem = ""
	var no refused
	switch {
	case err == nil:
		m.State = store.SendDone
	case errors.As(err, &no) && no.forGood, m.Attempts > len(mailSchedule):
		m.State, m.Problem = store.SendFailed, because(0, err)
	default:
		m.Problem, m.NextAt = because(0, err), n.now().Add(jitter(mailSchedule[m.Attempts-1]))
	}
	err = n.db.Update(context.WithoutCancel(ctx), func(tx *store.Tx) error { return tx.SetMail(m) })
	return m, err
}

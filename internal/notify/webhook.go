package notify

import (
	"context"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"chancery.example/internal/kind"
	"chancery.example/internal/store"
)

// What this package keeps, by the names that doors know it by.
type (
	// A Webhook is where an office's public events are sent.
	Webhook = store.Webhook
	// A Delivery is one message on its way to one webhook.
	Delivery = store.Delivery
	// A Dispatch is an issued letter on its way to one addressee.
	Dispatch = store.Dispatch
)

// The states of a delivery or a dispatch.
const (
	Waiting = store.SendWaiting
	Done    = store.SendDone
	Failed  = store.SendFailed
)

// A Subscription is what is asked for when a webhook is added.
type Subscription struct {
	URL    string
	Events []string // empty: all
	Scheme Scheme   // "" is Shared
	Note   string   // the office's own word, at most 200 bytes
}

const (
	mostWebhooks = 50 // of an office
	longestNote  = 200
)

// Subscribe adds a webhook of an office, which gets what happens from now on. The
// secret of scheme v1 is returned this once; v1a has none.
func (n *Notifier) Subscribe(ctx context.Context, officeID, by string, s Subscription) (w store.Webhook, secret string, err error) {
	scheme, err := ValidScheme(string(s.Scheme))
	if err != nil {
		return w, "", err
	}
	if err := n.guard.validate(s.URL); err != nil {
		return w, "", err
	}
	for i, e := range s.Events {
		if !slices.Contains(Events(), e) || slices.Contains(s.Events[:i], e) {
			return w, "", kind.Invalid.Errorf("event %q: want each of %s at most once", e, strings.Join(Events(), ", "))
		}
	}
	if len(s.Note) > longestNote || strings.ContainsFunc(s.Note, unicode.IsControl) {
		return w, "", kind.Invalid.Errorf("the note is one line of at most %d bytes", longestNote)
	}
	id := make([]byte, 15)
	if err := n.draw(id); err != nil {
		return w, "", err
	}
	w = store.Webhook{
		ID: "wh_" + strings.ToLower(base32.StdEncoding.EncodeToString(id)), Office: officeID, URL: s.URL, Events: s.Events,
		Scheme: string(scheme), Note: s.Note, CreatedBy: by, CreatedAt: n.now(),
	}
	if scheme == Shared {
		w.Secret = make([]byte, secretSize)
		if err := n.draw(w.Secret); err != nil {
			return w, "", err
		}
		secret = secretText(w.Secret)
	} else if _, err := n.signingKey(); err != nil {
		return w, "", err
	}
	if w.Since, err = n.published(); err != nil {
		return w, "", err
	}
	err = n.db.Update(ctx, func(tx *store.Tx) error {
		if _, err := tx.Office(officeID); err != nil {
			return err
		}
		have, err := tx.Webhooks(officeID)
		if err != nil {
			return err
		}
		if len(have) >= mostWebhooks {
			return kind.Conflict.Errorf("adding a webhook: the office has %d, and no more are taken; remove one that is not needed", len(have))
		}
		if err := tx.AddWebhook(w); err != nil {
			return err
		}
		return n.note(tx, w, by, "webhook add")
	})
	return w, secret, err
}

// note writes into the office's journal; not the whole address, which may hold
// what only the receiver should know.
func (n *Notifier) note(tx *store.Tx, w store.Webhook, by, act string) error {
	return tx.AddNote(store.Note{At: n.now(), Office: w.Office, Actor: by, Act: act, Text: w.ID})
}

// Webhooks returns an office's webhooks, the oldest first, without their secrets.
func (n *Notifier) Webhooks(ctx context.Context, officeID string) (out []store.Webhook, err error) {
	err = n.db.View(ctx, func(tx *store.Tx) error {
		if _, err := tx.Office(officeID); err != nil {
			return err
		}
		out, err = tx.Webhooks(officeID)
		return err
	})
	for i := range out {
		out[i].Secret = nil
	}
	return out, err
}

// Webhook returns one webhook of an office, without its secret.
func (n *Notifier) Webhook(ctx context.Context, officeID, id string) (w store.Webhook, err error) {
	err = n.db.View(ctx, func(tx *store.Tx) error { w, err = tx.Webhook(officeID, id); return err })
	w.Secret = nil
	return w, err
}

// Unsubscribe removes a webhook, with what was still on its way.
func (n *Notifier) Unsubscribe(ctx context.Context, officeID, by, id string) error {
	return n.db.Update(ctx, func(tx *store.Tx) error {
		w, err := tx.Webhook(officeID, id)
		if err != nil {
			return err
		}
		if err := tx.RemoveWebhook(officeID, id); err != nil {
			return err
		}
		return n.note(tx, w, by, "webhook remove")
	})
}

// Enable uses a webhook again that was given up. What happened meanwhile is not
// sent; what waited goes out.
func (n *Notifier) Enable(ctx context.Context, officeID, by, id string) error {
	return n.db.Update(ctx, func(tx *store.Tx) error {
		w, err := tx.Webhook(officeID, id)
		if err != nil || w.Disabled == "" {
			return err
		}
		if err := tx.SetWebhookUse(id, ""); err != nil {
			return err
		}
		return n.note(tx, w, by, "webhook on")
	})
}

// Try sends a message of type webhook.test, once, and returns what became of it.
func (n *Notifier) Try(ctx context.Context, officeID, by, id string) (d store.Delivery, err error) {
	var w store.Webhook
	mark := make([]byte, 20)
	if err := n.draw(mark); err != nil {
		return d, err
	}
	body, err := json.Marshal(Payload{Test, n.now(), Data{Register: n.folder.Config.Origin, Office: officeID, EntryURL: n.opts.Address + "/log"}})
	if err != nil {
		return d, fmt.Errorf("writing a message: %w", err)
	}
	m := store.Message{ID: messageID(mark, Test), Type: Test, Body: body, At: n.now()}
	err = n.db.Update(ctx, func(tx *store.Tx) error {
		if w, err = tx.Webhook(officeID, id); err != nil {
			return err
		}
		if err := tx.AddMessage(m); err != nil {
			return err
		}
		// A minute on, so that the sender that runs beside does not take it first.
		if err := tx.AddDelivery(id, m.ID, n.now().Add(time.Minute)); err != nil {
			return err
		}
		ds, err := tx.Deliveries(id, 0, 1)
		if err == nil {
			d = ds[0]
			err = n.note(tx, w, by, "webhook test")
		}
		return err
	})
	if err != nil {
		return d, err
	}
	return n.deliver(ctx, w, d)
}

// Deliveries returns what went to a webhook, the newest first: at most most, below
// an id unless that is 0.
func (n *Notifier) Deliveries(ctx context.Context, officeID, id string, below int64, most int) (out []store.Delivery, err error) {
	err = n.db.View(ctx, func(tx *store.Tx) error {
		if _, err := tx.Webhook(officeID, id); err != nil {
			return err
		}
		out, err = tx.Deliveries(id, below, most)
		return err
	})
	return out, err
}

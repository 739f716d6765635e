package store

import (
	"strings"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/register"
)

// A Webhook is where an office's public events are sent.
type Webhook struct {
	ID, Office, URL string
	Events          []string // empty: all
	Scheme          string   // "v1" or "v1a"
	Secret          []byte   // of v1
	Note            string
	CreatedBy       string
	CreatedAt       time.Time
	Since           register.Index // what stands there and later is sent
	SucceededAt     time.Time      // the last time that something was taken; zero: never
	Disabled        string         // why; "" while it is in use
}

// Wants reports whether events of a type are sent there.
func (w Webhook) Wants(typ string) bool {
	return len(w.Events) == 0 || among(typ, w.Events)
}

const webhookColumns = `id, office, url, events, scheme, secret, note, created_by, created_at, since, succeeded_at, disabled`

// AddWebhook adds a webhook.
func (t *Tx) AddWebhook(w Webhook) error {
	if w.Secret == nil {
		w.Secret = []byte{}
	}
	_, err := t.exec(`INSERT INTO webhooks (id, office, url, events, scheme, secret, note, created_by, created_at, since) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		w.ID, w.Office, w.URL, strings.Join(w.Events, " "), w.Scheme, w.Secret, w.Note, w.CreatedBy, unix(w.CreatedAt), uint64(w.Since))
	return err
}

// Webhooks returns an office's webhooks, the oldest first.
func (t *Tx) Webhooks(office string) ([]Webhook, error) {
	return all(t, scanWebhook, `SELECT `+webhookColumns+` FROM webhooks WHERE office = $1 ORDER BY created_at, id`, office)
}

// Webhook returns a webhook of an office.
func (t *Tx) Webhook(office, id string) (Webhook, error) {
	w, found, err := one(t, scanWebhook, `SELECT `+webhookColumns+` FROM webhooks WHERE office = $1 AND id = $2`, office, id)
	if err == nil && !found {
		return w, kind.NotFound.Errorf("no webhook %q; \"chancery webhook list\" names them", id)
	}
	return w, err
}

func scanWebhook(r scanner) (w Webhook, err error) {
	var events string
	var created, succeeded int64
	err = r.Scan(&w.ID, &w.Office, &w.URL, &events, &w.Scheme, &w.Secret, &w.Note, &w.CreatedBy, &created, &w.Since, &succeeded, &w.Disabled)
	w.Events, w.CreatedAt, w.SucceededAt = strings.Fields(events), fromUnix(created), sinceEver(succeeded)
	return w, err
}

// sinceEver is fromUnix where 0 is never.
func sinceEver(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return fromUnix(n)
}

// RemoveWebhook removes a webhook with what still waits for it.
func (t *Tx) RemoveWebhook(office, id string) error {
	_, err := t.exec(`DELETE FROM webhooks WHERE office = $1 AND id = $2`, office, id)
	return err
}

// SetWebhookUse says why a webhook is no longer used, or with "" that it is again.
func (t *Tx) SetWebhookUse(id, disabled string) error {
	_, err := t.exec(`UPDATE webhooks SET disabled = $2 WHERE id = $1`, id, disabled)
	return err
}

// A Message is one event as it is sent.
type Message struct {
	ID, Type string
	Body     []byte
	At       time.Time
}

// AddMessage keeps a message; one that is there stays as it is.
func (t *Tx) AddMessage(m Message) error {
	_, err := t.exec(`INSERT INTO webhook_messages (id, type, body, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`, m.ID, m.Type, m.Body, unix(m.At))
	return err
}

// A SendState is what became of something that is sent.
type SendState string

// The states of a delivery or a mail.
const (
	SendWaiting SendState = "waiting"
	SendDone    SendState = "done"
	SendFailed  SendState = "failed"
)

// A Delivery is one message on its way to one webhook.
type Delivery struct {
	ID       int64
	Webhook  string
	Message  Message
	State    SendState
	Attempts int
	NextAt   time.Time
	LastAt   time.Time // zero: not tried yet
	Status   int       // of the last answer; 0: there was none
	Problem  string
}

// AddDelivery puts a message on its way; it is on its way to a webhook once.
func (t *Tx) AddDelivery(webhook, message string, at time.Time) error {
	_, err := t.exec(`INSERT INTO webhook_deliveries (webhook, message, state, next_at) VALUES ($1, $2, 'waiting', $3) ON CONFLICT DO NOTHING`, webhook, message, unix(at))
	return err
}

const selectDelivery = `SELECT d.id, d.webhook, m.id, m.type, m.body, m.at, d.state, d.attempts, d.next_at, d.last_at, d.status, d.problem
	FROM webhook_deliveries d JOIN webhook_messages m ON m.id = d.message`

// DeliveriesDue returns what is to be sent by now, the earliest first, at most so
// many of each webhook.
func (t *Tx) DeliveriesDue(now time.Time, each, most int) ([]Delivery, error) {
	return all(t, scanDelivery, selectDelivery+` JOIN (
			SELECT x.id AS due, ROW_NUMBER() OVER (PARTITION BY x.webhook ORDER BY x.next_at, x.id) AS place
			FROM webhook_deliveries x JOIN webhooks w ON w.id = x.webhook
			WHERE x.state = 'waiting' AND x.next_at <= $1 AND w.disabled = ''
		) ON due = d.id WHERE place <= $2 ORDER BY d.next_at, d.id LIMIT $3`, unix(now), each, most)
}

// Deliveries returns what went to a webhook, the newest first, below an id unless
// that is 0.
func (t *Tx) Deliveries(webhook string, below int64, most int) ([]Delivery, error) {
	return all(t, scanDelivery, selectDelivery+` WHERE d.webhook = $1 AND ($2 = 0 OR d.id < $2) ORDER BY d.id DESC LIMIT $3`, webhook, below, most)
}

func scanDelivery(r scanner) (d Delivery, err error) {
	var at, next, last int64
	err = r.Scan(&d.ID, &d.Webhook, &d.Message.ID, &d.Message.Type, &d.Message.Body, &at, &d.State, &d.Attempts, &next, &last, &d.Status, &d.Problem)
	d.Message.At, d.NextAt, d.LastAt = fromUnix(at), fromUnix(next), sinceEver(last)
	return d, err
}

// ClaimDelivery takes a delivery for one attempt: until a time nobody else is shown
// it. It reports whether it was still to be had.
func (t *Tx) ClaimDelivery(d Delivery, until time.Time) (bool, error) {
	n, err := t.exec(`UPDATE webhook_deliveries SET next_at = $3 WHERE id = $1 AND state = 'waiting' AND next_at = $2`, d.ID, unix(d.NextAt), unix(until))
	return n == 1, err
}

// SetDelivery records what became of an attempt. When it was taken the webhook's
// last success is moved on.
func (t *Tx) SetDelivery(d Delivery) error {
	last := int64(0)
	if !d.LastAt.IsZero() {
		last = unix(d.LastAt)
	}
	_, err := t.exec(`UPDATE webhook_deliveries SET state = $2, attempts = $3, next_at = $4, last_at = $5, status = $6, problem = $7 WHERE id = $1`,
		d.ID, string(d.State), d.Attempts, unix(d.NextAt), last, d.Status, d.Problem)
	if err == nil && d.State == SendDone {
		_, err = t.exec(`UPDATE webhooks SET succeeded_at = MAX(succeeded_at, $2) WHERE id = $1`, d.Webhook, last)
	}
	return err
}

// ForgetDeliveries removes what was settled before a time, and messages that
// nobody waits for any more.
func (t *Tx) ForgetDeliveries(before time.Time) error {
	_, err := t.exec(`DELETE FROM webhook_deliveries WHERE state <> 'waiting' AND last_at < $1`, unix(before))
	if err == nil {
		_, err = t.exec(`DELETE FROM webhook_messages WHERE at < $1 AND NOT EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.message = webhook_messages.id)`, unix(before))
	}
	return err
}

// Followed returns up to where something was read.
func (t *Tx) Followed(name string) (uint64, error) {
	n, _, err := one(t, func(r scanner) (n uint64, err error) { err = r.Scan(&n); return n, err }, `SELECT position FROM followed WHERE name = $1`, name)
	return n, err
}

// SetFollowed records up to where something was read.
func (t *Tx) SetFollowed(name string, at uint64) error {
	_, err := t.exec(`INSERT INTO followed (name, position) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET position = excluded.position`, name, at)
	return err
}

// IntentsAt returns the intents whose entries are at positions from from on and
// below end, in the order of the log.
func (t *Tx) IntentsAt(from, end register.Index, most int) ([]Intent, error) {
	return all(t, scanIntent, `SELECT `+intentColumns+` FROM intents WHERE position >= $1 AND position < $2 ORDER BY position LIMIT $3`, uint64(from), uint64(end), most)
}

// JournalAfter returns the lines of the journal with ids above one, in order.
func (t *Tx) JournalAfter(id uint64, most int) ([]NumberedNote, error) {
	return all(t, func(r scanner) (n NumberedNote, err error) {
		var at int64
		err = r.Scan(&n.ID, &at, &n.Office, &n.Letter, &n.Actor, &n.Act, &n.Text)
		n.At = fromUnix(at)
		return n, err
	}, `SELECT id, at, office, COALESCE(letter, 0), actor, act, note FROM journal WHERE id > $1 ORDER BY id LIMIT $2`, id, most)
}

// A NumberedNote is a line of the journal with its number.
type NumberedNote struct {
	ID uint64
	Note
}

// EnquiriesAfter returns the open enquiries with ids above one, in order, as far as
// telling of them goes: no words, no contact.
func (t *Tx) EnquiriesAfter(id uint64, most int) ([]NumberedNote, error) {
	return all(t, func(r scanner) (n NumberedNote, err error) {
		var at int64
		err = r.Scan(&n.ID, &n.Office, &at)
		n.At = fromUnix(at)
		return n, err
	}, `SELECT id, office, asked_at FROM enquiries WHERE id > $1 AND state = 'open' ORDER BY id LIMIT $2`, id, most)
}

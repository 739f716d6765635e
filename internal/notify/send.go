package notify

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"chancery.example/internal/store"
)

const (
	sendPatience = 15 * time.Second // for one message, from name to answer (MUST-5)
	claimed      = 2 * mailPatience // for one attempt
	answerMost   = 4 << 10          // bytes of an answer that are read
	eachAtOnce   = 8                // messages to one webhook in a row
	mostAtOnce   = 64
)

// schedule is how long after an attempt the next comes (Standard Webhooks, "Retry
// schedule"). After the last the message is given up.
var schedule = []time.Duration{
	5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
}

// A sender sends messages by HTTP.
type sender struct{ client *http.Client }

func newSender(g guard, roots *x509.CertPool) sender {
	transport := &http.Transport{
		Proxy: nil, DisableCompression: true, DisableKeepAlives: true, MaxResponseHeaderBytes: 16 << 10, ForceAttemptHTTP2: false,
		TLSHandshakeTimeout: sendPatience, ResponseHeaderTimeout: sendPatience,
		TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots},
	}
	transport.DialContext = func(ctx context.Context, network, at string) (net.Conn, error) {
		plain, _ := ctx.Value(plainKey{}).(bool)
		return g.dial(ctx, network, at, plain)
	}
	return sender{&http.Client{
		Transport: transport, Timeout: sendPatience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // MUST-5
	}}
}

// plainKey says of a context that the message goes without TLS.
type plainKey struct{}

// post sends one message and returns the status of the answer and how long to wait,
// if it says so.
func (s sender) post(ctx context.Context, address string, m store.Message, at time.Time, signature string) (status int, wait time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, sendPatience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(m.Body))
	if err != nil {
		return 0, 0, fmt.Errorf("the address: %w", err)
	}
	if req.URL.Scheme != "https" {
		req = req.WithContext(context.WithValue(ctx, plainKey{}, true))
	}
	h := req.Header
	h.Set("Content-Type", "application/json")
	h.Set("User-Agent", "chancery-webhooks/1")
	h.Set("Webhook-Id", m.ID)
	h.Set("Webhook-Timestamp", strconv.FormatInt(at.Unix(), 10))
	h.Set("Webhook-Signature", signature)
	res, err := s.client.Do(req)
	if err != nil {
		return 0, 0, plainly(err)
	}
	defer func() { _ = res.Body.Close() }()
	_, _ = io.CopyN(io.Discard, res.Body, answerMost) // whatever it says, the status counts
	if n, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil && n > 0 {
		wait = min(time.Duration(n), 24*3600) * time.Second
	}
	return res.StatusCode, wait, nil
}

// plainly leaves out the address that net/http puts before its errors: it may hold
// what only the receiver should know.
func plainly(err error) error {
	var u interface {
		Unwrap() error
		Timeout() bool
	}
	if errors.As(err, &u) && u.Unwrap() != nil {
		if u.Timeout() {
			return fmt.Errorf("no answer within %s", sendPatience)
		}
		return u.Unwrap()
	}
	return err
}

// start sends what is due, beside the caller: one webhook that hangs keeps no other
// waiting.
func (n *Notifier) start(ctx context.Context, sending *sync.WaitGroup) error {
	var due []store.Delivery
	var hooks map[string]store.Webhook
	err := n.db.View(ctx, func(tx *store.Tx) (err error) {
		if due, err = tx.DeliveriesDue(n.now(), eachAtOnce, mostAtOnce); err != nil || len(due) == 0 {
			return err
		}
		hooks, err = hooksOf(tx)
		return err
	})
	if err != nil {
		return fmt.Errorf("reading what is to be sent: %w", err)
	}
	rows := map[string][]store.Delivery{}
	for _, d := range due {
		rows[d.Webhook] = append(rows[d.Webhook], d)
	}
	for id, row := range rows {
		if w, ok := hooks[id]; ok && n.begin(id) {
			sending.Go(func() {
				defer n.end(id)
				n.sendAll(ctx, w, row)
			})
		}
	}
	if n.opts.Mail != nil && n.begin(theMail) {
		sending.Go(func() {
			defer n.end(theMail)
			if err := n.sendMails(ctx); err != nil && ctx.Err() == nil {
				n.opts.Log.Error("sending mail", "error", err)
			}
		})
	}
	return nil
}

func hooksOf(tx *store.Tx) (map[string]store.Webhook, error) {
	out := map[string]store.Webhook{}
	offices, err := tx.Offices()
	for _, o := range offices {
		hooks, errHooks := tx.Webhooks(o.ID)
		err = errors.Join(err, errHooks)
		for _, w := range hooks {
			out[w.ID] = w
		}
	}
	return out, err
}

func (n *Notifier) begin(id string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.busy[id] || len(n.busy) >= mostAtOnce {
		return false
	}
	n.busy[id] = true
	return true
}

func (n *Notifier) end(id string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.busy, id)
}

// sendAll sends some messages to one webhook, one after the other, and stops when
// one does not go through.
func (n *Notifier) sendAll(ctx context.Context, w store.Webhook, row []store.Delivery) {
	for _, d := range row {
		if ctx.Err() != nil {
			return
		}
		d, err := n.deliver(ctx, w, d)
		if err != nil {
			if ctx.Err() == nil {
				n.opts.Log.Error("sending to a webhook", "webhook", w.ID, "error", err)
			}
			return
		}
		if d.State != store.SendDone {
			return
		}
	}
}

// deliver makes one attempt and records what became of it (MUST-6).
func (n *Notifier) deliver(ctx context.Context, w store.Webhook, d store.Delivery) (store.Delivery, error) {
	at := n.now()
	signature, err := n.signature(w, d.Message, at)
	if err != nil {
		return d, err
	}
	// Another process that sends from this folder must not take it meanwhile; and when
	// we die before the answer is recorded it is tried again.
	mine := false
	err = n.db.Update(ctx, func(tx *store.Tx) (err error) { mine, err = tx.ClaimDelivery(d, at.Add(claimed)); return err })
	if err != nil || !mine {
		return d, err
	}
	status, wait, err := n.client.post(ctx, w.URL, d.Message, at, signature)
	if err != nil && ctx.Err() != nil {
		return d, ctx.Err() // stopped by us: no attempt
	}
	d.Attempts++
	d.LastAt, d.Status, d.Problem = at, status, ""
	disabled := ""
	switch {
	case err == nil && status >= 200 && status < 300:
		d.State = store.SendDone
	case err == nil && status == http.StatusGone:
		d.State, d.Problem, disabled = store.SendFailed, "the receiver answered 410: it wants no more", "the receiver answered 410 (gone)"
	case d.Attempts > len(schedule) || d.Message.Type == Test:
		d.State, d.Problem = store.SendFailed, because(status, err)
		if d.Message.Type != Test && w.SucceededAt.Before(d.Message.At) {
			disabled = fmt.Sprintf("nothing got through in %d attempts", d.Attempts)
		}
	default:
		d.Problem = because(status, err)
		d.NextAt = at.Add(max(jitter(schedule[d.Attempts-1]), wait))
	}
	// Recorded also when we are just being stopped: what was taken is not sent again.
	err = n.db.Update(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		if disabled != "" {
			if err := n.disable(tx, w, disabled); err != nil {
				return err
			}
		}
		return tx.SetDelivery(d)
	})
	return d, err
}

func (n *Notifier) disable(tx *store.Tx, w store.Webhook, why string) error {
	if err := tx.SetWebhookUse(w.ID, why); err != nil {
		return err
	}
	return tx.AddNote(store.Note{At: n.now(), Office: w.Office, Actor: "chancery", Act: "webhook off", Text: w.ID + ": " + why})
}

func (n *Notifier) signature(w store.Webhook, m store.Message, at time.Time) (string, error) {
	if Scheme(w.Scheme) == Shared {
		return signShared(w.Secret, m.ID, at, m.Body), nil
	}
	k, err := n.signingKey()
	if err != nil {
		return "", err
	}
	return signPublic(k, m.ID, at, m.Body)
}

const longestProblem = 300

func because(status int, err error) string {
	switch {
	case err != nil:
		s := err.Error()
		return s[:min(len(s), longestProblem)]
	case status >= 300 && status < 400:
		return fmt.Sprintf("answered %d, which leads elsewhere; messages follow no redirect", status)
	}
	return fmt.Sprintf("answered %d", status)
}

// jitter spreads what failed together over a tenth of its time.
func jitter(d time.Duration) time.Duration {
	return d + time.Duration(rand.Int64N(int64(d)/10+1)) //nolint:gosec // no secret
}

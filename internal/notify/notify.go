// Package notify tells people and programs outside what a register has made
// public: webhooks to those who subscribed, issued letters by mail to their
// addressees, and mail to officers about what was done in their name.
//
// Webhooks follow Standard Webhooks 1.0. What is sent is read from the log, behind
// a signed head, and is put into an outbox in the transaction that moves the
// position on: each public event is put down exactly once, also when the process
// dies in between, and is sent until it is taken or given up. A receiver may get a
// message twice - when it took it and its answer was lost - and then under the
// same webhook-id. Messages are not in order.
//
//	n, err := notify.Open(ctx, folder, notify.Options{Address: "https://register.example"})
//	go n.Run(ctx, time.Second)
//	hook, secret, err := n.Subscribe(ctx, "harbour", "clerk", notify.Subscription{URL: "https://example.org/hook"})
//
// The package sends what the log shows to everybody, and nothing of drafts; mail
// to officers names references, and no words of letters. MUST numbers here are
// those of api.md.
package notify

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"chancery.example/internal/folder"
	"chancery.example/internal/signing"
	"chancery.example/internal/store"
	"chancery.example/letter"
	"chancery.example/proof"
)

// Options of a Notifier. The zero value sends webhooks to public addresses and no
// mail.
type Options struct {
	Clock  func() time.Time // default time.Now
	Random io.Reader        // cryptographic; default crypto/rand
	// Address is where the register's pages are, as "https://register.example";
	// without it messages hold paths instead of addresses, and nothing can be
	// delivered by mail, for a receipt needs an address.
	Address string
	// Networks are of the operator's own: webhooks may go there too, at any port
	// and without TLS.
	Networks []netip.Prefix
	Lookup   func(ctx context.Context, host string) ([]netip.Addr, error) // default: the system's resolver
	Roots    *x509.CertPool                                               // of receivers; the system's when nil
	Mail     *SMTP                                                        // nil: mail waits
	// Mailbox says where an officer is written to; false when nobody knows. Nil:
	// nobody ever does.
	Mailbox func(ctx context.Context, officeID, officer string) (Mailbox, bool)
	Log     *slog.Logger // of failures, never of words; none when nil
}

// A Mailbox is where somebody gets mail, and in which language.
type Mailbox struct {
	Name, Address string
	Lang          letter.Lang
}

func (o Options) withDefaults() Options {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// A Notifier sends what a register's folder has to say. Its methods may be used by
// many goroutines; one process at a time should run it.
type Notifier struct {
	folder folder.Folder
	opts   Options
	db     *store.DB
	policy proof.Policy // the folder's own
	guard  guard
	client sender

	mu   sync.Mutex
	key  *signing.Key    // of v1a, once it was asked for
	busy map[string]bool // webhooks that something is being sent to
}

// Open opens a folder that has the office's side for sending.
func Open(ctx context.Context, f folder.Folder, o Options) (*Notifier, error) {
	o = o.withDefaults()
	policy, err := f.Config.Policy()
	if err != nil {
		return nil, fmt.Errorf("notifying from register %s: %w", f.Dir, err)
	}
	db, err := store.Open(ctx, f.Database())
	if err != nil {
		return nil, fmt.Errorf("notifying from register %s: %w", f.Dir, err)
	}
	n := &Notifier{folder: f, opts: o, db: db, policy: policy, busy: map[string]bool{},
		guard: guard{networks: o.Networks, exercise: f.Config.Exercise, lookup: o.Lookup}}
	n.client = newSender(n.guard, o.Roots)
	return n, nil
}

// Close closes the database. Run must have ended.
func (n *Notifier) Close() error { return n.db.Close() } //nolint:wrapcheck // says what it closed

func (n *Notifier) now() time.Time { return n.opts.Clock().UTC().Truncate(time.Second) }

// draw fills b with random bytes.
func (n *Notifier) draw(b []byte) error {
	if _, err := io.ReadFull(n.opts.Random, b); err != nil {
		return fmt.Errorf("drawing random bytes: %w", err)
	}
	return nil
}

// keptFor is how long settled deliveries can be looked at, and mails that belong to
// no letter.
const keptFor = 30 * 24 * time.Hour

// Run follows the log and sends until ctx ends; what is under way then ends by
// itself, within the patience for one message.
func (n *Notifier) Run(ctx context.Context, every time.Duration) {
	var sending sync.WaitGroup
	defer sending.Wait()
	t := time.NewTicker(every)
	defer t.Stop()
	var last string
	var swept time.Time
	for {
		err := n.Follow(ctx)
		if err == nil {
			err = n.start(ctx, &sending)
		}
		if now := n.now(); err == nil && now.Sub(swept) >= time.Hour {
			swept, err = now, n.sweep(ctx, now)
		}
		switch {
		case err == nil:
			last = ""
		case ctx.Err() == nil && err.Error() != last: // once, until it is another
			last = err.Error()
			n.opts.Log.Error("notifying", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// Settle follows the log once, and sends what is due and whatever that leads to, at
// this moment of its clock.
func (n *Notifier) Settle(ctx context.Context) error {
	if err := n.Follow(ctx); err != nil {
		return err
	}
	var sending sync.WaitGroup
	for {
		before, err := n.due(ctx)
		if err != nil || before == 0 {
			return err
		}
		err = n.start(ctx, &sending)
		sending.Wait()
		if err != nil {
			return err
		}
		if after, err := n.due(ctx); err != nil || after >= before {
			return err
		}
	}
}

func (n *Notifier) due(ctx context.Context) (count int, err error) {
	err = n.db.View(ctx, func(tx *store.Tx) error {
		ds, err := tx.DeliveriesDue(n.now(), eachAtOnce, mostAtOnce)
		if err != nil {
			return err
		}
		ms, err := tx.MailsDue(n.now(), mostAtOnce)
		count = len(ds)
		if n.opts.Mail != nil {
			count += len(ms)
		}
		return err
	})
	return count, err
}

func (n *Notifier) sweep(ctx context.Context, now time.Time) error {
	return n.db.Update(ctx, func(tx *store.Tx) error {
		return errors.Join(tx.ForgetDeliveries(now.Add(-keptFor)), tx.ForgetMails(now.Add(-keptFor)))
	})
}

package notify

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"chancery.example/internal/store"
	"chancery.example/internal/tlog"
	"chancery.example/proof"
	"chancery.example/register"
)

// Names of what is followed.
const (
	theLog     = "log"
	theJournal = "journal"
	enquiries  = "enquiries"
)

// batch is how much is read in one transaction.
const batch = 64

// Follow reads on in the log up to its newest signed head, and in the journal, and
// puts down what is to be sent.
func (n *Notifier) Follow(ctx context.Context) error {
	end, err := n.published()
	if err != nil {
		return err
	}
	for {
		more, err := n.followLog(ctx, end)
		if err != nil {
			return fmt.Errorf("following the log: %w", err)
		}
		if !more {
			break
		}
	}
	for _, what := range []string{theJournal, enquiries} {
		for more := true; more; {
			if more, err = n.followNotes(ctx, what); err != nil {
				return fmt.Errorf("following the %s: %w", what, err)
			}
		}
	}
	return nil
}

// published returns how many entries the newest head covers that the log signed:
// what is above it may not be public yet.
func (n *Notifier) published() (register.Index, error) {
	log, err := tlog.OpenReader(n.folder.LogDir())
	if err != nil {
		return 0, fmt.Errorf("reading the log: %w", err)
	}
	raw, err := log.Checkpoint()
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("reading the log: %w", err)
	}
	cp, err := proof.OpenHead(raw, n.policy)
	if err != nil {
		return 0, fmt.Errorf("reading the log's head: %w", err)
	}
	return register.Index(cp.Size), nil
}

// followLog puts down the messages of some entries and moves the position on, all in
// one transaction (MUST-2).
func (n *Notifier) followLog(ctx context.Context, end register.Index) (more bool, err error) {
	at := uint64(0)
	err = n.db.View(ctx, func(tx *store.Tx) (err error) { at, err = tx.Followed(theLog); return err })
	if err != nil || register.Index(at) >= end {
		return false, err
	}
	err = n.db.Update(ctx, func(tx *store.Tx) error {
		at, err := tx.Followed(theLog) // another process may have been faster
		if err != nil {
			return err
		}
		intents, err := tx.IntentsAt(register.Index(at), end, batch)
		if err != nil {
			return err
		}
		for _, i := range intents {
			if uint64(i.Position) != at {
				break // what stands there is not recorded yet
			}
			if err := n.put(tx, i); err != nil {
				return err
			}
			at++
			more = true
		}
		return tx.SetFollowed(theLog, at)
	})
	return more && err == nil, err
}

// put puts down the messages of an entry for all who want them.
func (n *Notifier) put(tx *store.Tx, i store.Intent) error {
	if i.Office == "" {
		return nil // the operator's
	}
	hooks, err := tx.Webhooks(i.Office)
	if err != nil || len(hooks) == 0 {
		return err
	}
	messages, err := n.messages(i)
	if err != nil {
		return err
	}
	for _, m := range messages {
		for _, w := range hooks {
			if !w.Wants(m.Type) || w.Disabled != "" || i.Position < w.Since {
				continue
			}
			if err := tx.AddMessage(m); err != nil {
				return err
			}
			if err := tx.AddDelivery(w.ID, m.ID, n.now()); err != nil {
				return err
			}
		}
	}
	return nil
}

// followNotes puts down the mail about what officers did, and about what readers ask.
func (n *Notifier) followNotes(ctx context.Context, what string) (more bool, err error) {
	var notes []store.NumberedNote
	err = n.db.View(ctx, func(tx *store.Tx) error {
		at, err := tx.Followed(what)
		switch {
		case err != nil:
		case what == enquiries:
			notes, err = tx.EnquiriesAfter(at, batch)
		default:
			notes, err = tx.JournalAfter(at, batch)
		}
		return err
	})
	if err != nil || len(notes) == 0 {
		return false, err
	}
	var mails []store.Mail // made outside the transaction: who is written to is asked of others
	for _, note := range notes {
		if what == enquiries {
			note.Act = "enquire"
		}
		m, err := n.mailsAbout(ctx, note.Note)
		if err != nil {
			return false, err
		}
		mails = append(mails, m...)
	}
	last := notes[len(notes)-1].ID
	err = n.db.Update(ctx, func(tx *store.Tx) error {
		if at, err := tx.Followed(what); err != nil || at >= last {
			return err // another process was faster
		}
		for i := range mails {
			if err := tx.AddMail(&mails[i]); err != nil {
				return err
			}
		}
		return tx.SetFollowed(what, last)
	})
	return err == nil, err
}

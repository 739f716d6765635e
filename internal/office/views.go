package office

import (
	"context"
	"fmt"
	"time"

	"chancery.example/approval"
	"chancery.example/internal/store"
	"chancery.example/letter"
	"chancery.example/register"
)

// A Held is a letter as the office has it, drafts included.
type Held = store.Letter

// Letter returns a letter as the office has it, drafts included.
func (r *Register) Letter(ctx context.Context, officeID string, ref letter.Ref) (l store.Letter, err error) {
	err = r.db.View(ctx, func(tx *store.Tx) error { l, err = tx.Letter(officeID, ref); return err })
	return l, err
}

// Letters returns an office's letters, drafts included.
func (r *Register) Letters(ctx context.Context, officeID string) (ls []store.Letter, err error) {
	err = r.db.View(ctx, func(tx *store.Tx) error {
		if _, err := tx.Office(officeID); err != nil {
			return err
		}
		ls, err = tx.Letters(officeID)
		return err
	})
	return ls, err
}

// Offices returns the offices of the register.
func (r *Register) Offices(ctx context.Context) (os []store.Office, err error) {
	err = r.db.View(ctx, func(tx *store.Tx) error { os, err = tx.Offices(); return err })
	return os, err
}

// Journal returns what was done with a letter inside the house.
func (r *Register) Journal(ctx context.Context, officeID string, ref letter.Ref) (notes []store.Note, err error) {
	err = r.db.View(ctx, func(tx *store.Tx) error {
		l, err := tx.Letter(officeID, ref)
		if err != nil {
			return err
		}
		notes, err = tx.Journal(l.ID)
		return err
	})
	return notes, err
}

// A Revision is a sealed revision as the office has it.
type Revision struct {
	Number   uint32
	Content  letter.Content
	Digest   letter.Hash
	SixWords string // of the digest, to compare aloud
	Why      string // it was sealed, "" when nobody said
	Index    register.Index
	Logged   bool // its commitment is in the log, at Index
}

// Revisions returns the sealed revisions of a letter, the oldest first.
func (r *Register) Revisions(ctx context.Context, officeID string, ref letter.Ref) (out []Revision, err error) {
	err = r.db.View(ctx, func(tx *store.Tx) error {
		l, err := tx.Letter(officeID, ref)
		if err != nil {
			return err
		}
		revs, err := tx.Revisions(l.ID)
		for _, x := range revs {
			d := x.Revision.Digest()
			out = append(out, Revision{
				Number: x.Number, Content: x.Revision.Content(), Digest: d, SixWords: approval.SixWords(d), Why: x.Why,
				Index: register.Index(x.Position), Logged: x.Logged,
			})
		}
		return err
	})
	return out, err
}

// RequestsOf returns all requests about a letter, also those that ended, the
// oldest first.
func (r *Register) RequestsOf(ctx context.Context, officeID string, ref letter.Ref) (out []Request, err error) {
	err = r.db.View(ctx, func(tx *store.Tx) error {
		t := r.turn(ctx, tx)
		o, err := t.Office(officeID)
		if err != nil {
			return err
		}
		l, err := t.Letter(officeID, ref)
		if err != nil {
			return err
		}
		rows, err := t.Tx.RequestsOf(l.ID)
		if err != nil {
			return err
		}
		for _, row := range rows {
			q, err := t.describe(o, row)
			if err != nil {
				return err
			}
			out = append(out, q)
		}
		return nil
	})
	return out, err
}

// PolicyOf returns the policy of an office that is in force, and the position of
// its entry.
func (r *Register) PolicyOf(ctx context.Context, officeID string) (p register.Policy, at register.Index, err error) {
	err = r.db.View(ctx, func(tx *store.Tx) error {
		t := r.turn(ctx, tx)
		o, err := t.Office(officeID)
		if err != nil {
			return err
		}
		p, at, err = t.policy(o)
		if err != nil {
			return fmt.Errorf("reading the policy of %s: %w", officeID, err)
		}
		return nil
	})
	return p, at, err
}

// A JournalLine is one line of an office's journal.
type JournalLine struct {
	ID        int64
	At        time.Time
	Reference letter.Ref // "" when it is about no letter
	Actor     string
	Act, Text string
}

// OfficeJournal returns what was done in an office whose line has a number below
// one (0: all), the newest first, at most so many.
func (r *Register) OfficeJournal(ctx context.Context, officeID string, below int64, most int) (out []JournalLine, err error) {
	err = r.db.View(ctx, func(tx *store.Tx) error {
		if _, err := tx.Office(officeID); err != nil {
			return err
		}
		notes, err := tx.JournalOf(officeID, below, most)
		for _, n := range notes {
			out = append(out, JournalLine{n.ID, n.At, letter.Ref(n.Reference), n.Actor, n.Act, n.Text})
		}
		return err
	})
	return out, err
}

// Note writes a line into an office's journal about something done outside this
// package, such as an export of the journal itself.
func (r *Register) Note(ctx context.Context, officeID, by, act, text string) error {
	return r.db.Update(ctx, func(tx *store.Tx) error {
		if _, err := tx.Office(officeID); err != nil {
			return err
		}
		return tx.AddNote(store.Note{At: r.Now(), Office: officeID, Actor: by, Act: act, Text: text})
	})
}

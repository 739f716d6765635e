package office

import (
	"context"

	"chancery.example/internal/store"
	"chancery.example/letter"
)

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

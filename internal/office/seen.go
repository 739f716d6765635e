package office

import (
	"context"

	"chancery.example/internal/store"
	"chancery.example/letter"
)

// LastSeen returns the newest revision of a letter below a number that an officer
// was shown; 0 when none was.
func (r *Register) LastSeen(ctx context.Context, officeID, officer string, ref letter.Ref, below uint32) (last uint32, err error) {
	err = r.db.View(ctx, func(tx *store.Tx) error {
		l, err := tx.Letter(officeID, ref)
		if err != nil {
			return err
		}
		seen, err := tx.Seen(l.ID, officer)
		for _, n := range seen {
			if n < below {
				last = n
			}
		}
		return err
	})
	return last, err
}

// Saw notes that an officer was shown a revision of a letter. It says nothing of
// whether they read it.
func (r *Register) Saw(ctx context.Context, officeID, officer string, ref letter.Ref, revision uint32) error {
	return r.db.Update(ctx, func(tx *store.Tx) error {
		l, err := tx.Letter(officeID, ref)
		if err != nil {
			return err
		}
		return tx.AddSeen(l.ID, revision, officer, r.Now())
	})
}

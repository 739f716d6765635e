package office

import (
	"context"
	"fmt"
	"time"

	"chancery.example/internal/seals"
	"chancery.example/internal/store"
)

// SealsOf returns what keeps the electronic seals of an office, for the operator, who
// has the machine. What is changed there is noted by NoteSeals.
func (r *Register) SealsOf(ctx context.Context, officeID string) (k seals.Keeper, err error) {
	err = r.db.View(ctx, func(tx *store.Tx) error {
		o, err := tx.Office(officeID)
		if err != nil {
			return err
		}
		k = r.seals(o)
		names, err := namesOf(tx, o)
		k.Title = o.Domain
		for _, n := range names {
			if n.Language == "en" || k.Title == o.Domain {
				k.Title = n.Text
			}
		}
		return err
	})
	return k, err
}

// NoteSeals writes into an office's journal what the operator did to its seals.
func (r *Register) NoteSeals(ctx context.Context, officeID, text string) error {
	return r.act(ctx, func(t *turn) error {
		if _, err := t.Office(officeID); err != nil {
			return err
		}
		return t.note(officeID, "operator", "seals", text, 0)
	})
}

func (r *Register) seals(o store.Office) seals.Keeper {
	return seals.Keeper{Folder: r.folder, Office: o.ID, Now: r.Now, Wall: time.Now, Random: r.opts.Random}
}

// drawSeal makes the key of an office's seal, unless there is one.
func (r *Register) drawSeal(ctx context.Context, officeID string) error {
	k, err := r.SealsOf(ctx, officeID)
	if err == nil {
		err = k.Draw()
	}
	if err != nil {
		return fmt.Errorf("making the seal key of %s: %w", officeID, err)
	}
	return nil
}

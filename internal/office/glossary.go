package office

import (
	"context"
	"encoding/json"
	"fmt"

	"chancery.example/internal/parity"
	"chancery.example/internal/store"
	"chancery.example/register"
)

// Glossary returns the names and terms that an office's letters must use; empty
// when it has none.
func (r *Register) Glossary(ctx context.Context, officeID string) (g parity.Glossary, err error) {
	err = r.db.View(ctx, func(tx *store.Tx) error {
		if _, err := tx.Office(officeID); err != nil {
			return err
		}
		g, err = r.turn(ctx, tx).glossary(officeID)
		return err
	})
	return g, err
}

// SetGlossary replaces an office's glossary, as parity.ReadCSV and parity.ReadTBX
// read one. It takes the drafter or the issuing clerk. Letters that are being
// written are compared by it from now on; what is issued stays as it is.
func (r *Register) SetGlossary(ctx context.Context, officeID, by string, g parity.Glossary) error {
	return r.act(ctx, func(t *turn) error {
		o, err := t.Office(officeID)
		if err != nil {
			return err
		}
		if _, err := t.may(o, by, "setting the glossary", register.RoleDrafter, register.RoleClerk); err != nil {
			return err
		}
		raw, err := json.Marshal(g)
		if err != nil {
			return fmt.Errorf("writing the glossary of %s: %w", officeID, err)
		}
		if err := t.Tx.SetGlossary(o.ID, string(raw)); err != nil {
			return err
		}
		return t.note(o.ID, by, "glossary", fmt.Sprintf("%d concepts", len(g.Concepts)), 0)
	})
}

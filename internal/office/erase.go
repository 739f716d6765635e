package office

import (
	"context"
	"fmt"

	"chancery.example/internal/kind"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// Erase takes words that the register shows to everybody away, by legal order:
// the file under their leaf goes, its tombstone stays, the entry is as it was
// (folder.md MUST-17). It returns what the words were of. The office's own
// database keeps them; it is no public file.
func (r *Register) Erase(ctx context.Context, leaf letter.Hash, reason string) (register.TextRecord, error) {
	now, err := r.folder.Read(ctx, proof.Policy{}, nil)
	if err != nil {
		return register.TextRecord{}, fmt.Errorf("erasing texts/%s: %w", leaf, err)
	}
	for t := range now.State.Texts() {
		if t.Leaf.Hash != leaf {
			continue
		}
		err := r.act(ctx, func(c *turn) error {
			return c.note(t.Record.OfficeID, "operator", "erase", fmt.Sprintf("texts/%s, of entry %d: %s", leaf, t.Record.Entry, reason), 0)
		})
		if err != nil {
			return t, fmt.Errorf("erasing texts/%s: %w", leaf, err)
		}
		return t, r.folder.Erase(t.Leaf)
	}
	return register.TextRecord{}, kind.NotFound.Errorf("erasing texts/%s: no entry of the log shows a text under this leaf", leaf)
}

package office

import (
	"context"
	"errors"
	"fmt"

	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// Erase takes words that the register shows to everybody away, by legal order:
// the file under their leaf goes, its tombstone stays, the entry is as it was
// (folder.md MUST-17). The PDFs of that letter hold the same words and go as well.
// It returns what the words were of. The office's own database keeps them; it is no
// public file.
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
		return t, errors.Join(r.folder.Erase(t.Leaf), r.eraseForms(now.State, t.Record))
	}
	return register.TextRecord{}, kind.NotFound.Errorf("erasing texts/%s: no entry of the log shows a text under this leaf", leaf)
}

// EraseForm takes an issued PDF away, by legal order, and leaves the words. It
// returns what it was of.
func (r *Register) EraseForm(ctx context.Context, digest letter.Hash, reason string) (folder.Form, error) {
	now, err := r.folder.Read(ctx, proof.Policy{}, nil)
	if err != nil {
		return folder.Form{}, fmt.Errorf("erasing %s: %w", folder.FormName(digest), err)
	}
	for f := range folder.Forms(now.State) {
		if f.Digest != digest {
			continue
		}
		err := r.act(ctx, func(c *turn) error {
			return c.note(f.Record.OfficeID, "operator", "erase", fmt.Sprintf("%s, of entry %d: %s", f.Name(), f.Entry, reason), 0)
		})
		if err != nil {
			return f, fmt.Errorf("erasing %s: %w", f.Name(), err)
		}
		return f, r.folder.EraseForm(digest)
	}
	return folder.Form{}, kind.NotFound.Errorf("erasing %s: no entry of the log names it as a letter's PDF", folder.FormName(digest))
}

// eraseForms takes the PDFs of one record away.
func (r *Register) eraseForms(state *register.State, id register.RecordID) error {
	var errs error
	for f := range folder.Forms(state) {
		if f.Record.Office == id.Office && f.Record.Reference == id.Reference {
			errs = errors.Join(errs, r.folder.EraseForm(f.Digest))
		}
	}
	return errs
}

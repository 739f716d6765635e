package office

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/internal/pdf/pades"
	"chancery.example/internal/signing"
	"chancery.example/internal/store"
)

// The key of an office's seal is for programs that show PDFs. It signs no entry of
// the log, and nothing in the register hangs on it: the register is the proof. It is
// keys/seal-OFFICE.pem, with its certificates beside it.
func sealKey(officeID string) string { return "seal-" + officeID }

// drawSeal makes the key of an office's seal, unless there is one.
func (r *Register) drawSeal(ctx context.Context, officeID string) error {
	path := r.folder.KeyFile(sealKey(officeID))
	if _, err := os.Stat(path + ".crt"); err == nil {
		return nil
	}
	var name string
	err := r.db.View(ctx, func(tx *store.Tx) error {
		o, err := tx.Office(officeID)
		if err != nil {
			return err
		}
		names, err := namesOf(tx, o)
		name = o.Domain
		for _, n := range names {
			if n.Language == "en" || name == o.Domain {
				name = n.Text
			}
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("making the seal key of %s: %w", officeID, err)
	}
	k, err := signing.NewSealKey(name, r.Now(), r.opts.Random)
	if err != nil {
		return err //nolint:wrapcheck // says what it made
	}
	return kind.Unavailable.Wrap(k.Save(path))
}

// sealer returns what seals the PDFs of an office, or why nothing does. A letter is not
// held up by its seal: it is issued all the same, as a PDF without one.
func (r *Register) sealer(o store.Office) (seal func(context.Context, []byte) ([]byte, error), why string, err error) {
	k, err := signing.LoadSealKey(r.folder.KeyFile(sealKey(o.ID)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Sprintf("the key of the seal is not in the folder's keys/; \"chancery office paper %s pdf\" makes one", o.ID), nil
	}
	if err != nil {
		return nil, "", fmt.Errorf("the key of the seal of %s: %w", o.ID, err)
	}
	now := r.Now()
	if c := k.Chain()[0]; now.Before(c.NotBefore) || now.After(c.NotAfter) {
		return nil, fmt.Sprintf("the certificate of the seal is good from %s to %s", c.NotBefore.Format(time.DateOnly), c.NotAfter.Format(time.DateOnly)), nil
	}
	return func(ctx context.Context, pdf []byte) ([]byte, error) {
		return pades.Seal(ctx, pdf, pades.Options{Signer: k.Signer(), Chain: k.Chain(), At: now, Random: r.opts.Random}) //nolint:wrapcheck // says what it did
	}, "", nil
}

package office

import (
	"context"
	"errors"
	"fmt"

	"chancery.example/internal/binding"
	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	"chancery.example/internal/store"
	"chancery.example/proof"
)

// A BindingCheck is what was found, and when, of an office's domain: whether it
// names the office in its file and in its name service.
type BindingCheck = store.BindingCheck

// Binding returns what an office's domain has to publish, and the domain, as the
// log says it now.
func (r *Register) Binding(ctx context.Context, officeID string) (binding.Binding, string, error) {
	if err := r.db.View(ctx, func(tx *store.Tx) error { _, err := tx.Office(officeID); return err }); err != nil {
		return binding.Binding{}, "", err
	}
	read, err := r.folder.Read(ctx, proof.Policy{}, nil)
	if err != nil {
		return binding.Binding{}, "", fmt.Errorf("what the log says of %s: %w", officeID, err)
	}
	o, ok := read.State.OfficeByID(officeID)
	if !ok {
		return binding.Binding{}, "", kind.Unavailable.Errorf("the enrolment of %s is on its way into the log; do it again in a moment", officeID)
	}
	return binding.Of(read.State, o), o.Domain, nil
}

// CheckBinding asks an office's domain whether it names the office, and keeps what
// was found with its time. It is an observation of this machine, so it is kept in
// the office's own database and not in the log: an entry is an act, and who doubts
// it asks the domain again (docs/decisions/0035).
func (r *Register) CheckBinding(ctx context.Context, officeID string, c binding.Checker) (BindingCheck, error) {
	want, domain, err := r.Binding(ctx, officeID)
	if err != nil {
		return BindingCheck{}, err
	}
	found := c.Check(ctx, domain, want, r.Now())
	if err := ctx.Err(); err != nil {
		return BindingCheck{}, err //nolint:wrapcheck // its sort matters
	}
	b := BindingCheck{Office: officeID, Domain: domain, At: found.At, Outcome: string(found.Outcome), File: found.File, Record: found.Record}
	return b, r.db.Update(ctx, func(tx *store.Tx) error { return tx.AddBindingCheck(b) })
}

// LastBinding returns what was found last of an office's domain; false when it was
// never asked. It leaves no trace in the folder.
func LastBinding(ctx context.Context, f folder.Folder, officeID string) (b BindingCheck, found bool, err error) {
	db, err := store.OpenReadOnly(ctx, f.Database())
	if err != nil {
		return b, false, fmt.Errorf("reading what the domain of %s said: %w", officeID, err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	err = db.View(ctx, func(tx *store.Tx) error {
		all, err := tx.BindingChecks(officeID, 1)
		if err == nil && len(all) > 0 {
			b, found = all[0], true
		}
		return err
	})
	return b, found, err
}

// BindingChecks returns what was found of an office's domain, the newest first.
func (r *Register) BindingChecks(ctx context.Context, officeID string) (out []BindingCheck, err error) {
	err = r.db.View(ctx, func(tx *store.Tx) error {
		if _, err := tx.Office(officeID); err != nil {
			return err
		}
		out, err = tx.BindingChecks(officeID, 100)
		return err
	})
	return out, err
}

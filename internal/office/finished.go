package office

import (
	"context"
	"errors"
	"fmt"

	"chancery.example/internal/kind"
	"chancery.example/internal/store"
	"chancery.example/letter"
)

// SubmitFinished takes a document that was written elsewhere: its text, and its
// file by digest. The letter is started, sealed and put up for approval in one
// act; approved and performed it is issued like any other. Doing it again after
// a crash takes up where it stopped.
func (r *Register) SubmitFinished(ctx context.Context, officeID, by string, c letter.Content, terms Terms) (Request, error) {
	if err := sealable(c); err != nil {
		return Request{}, fmt.Errorf("submitting %s: %w", c.Reference, err)
	}
	err := r.act(ctx, func(t *turn) error {
		o, err := t.Office(officeID)
		if err != nil {
			return err
		}
		if err := t.maySubmit(o, c, by, terms); err != nil {
			return err
		}
		l, err := t.Letter(officeID, c.Reference)
		switch {
		case err == nil && l.Stage != store.Issued && l.Stage != store.Embargoed && l.Stage != store.Closed && sameContent(l.Draft, c):
			return nil
		case err == nil:
			return kind.Conflict.Errorf("submitting %s: the reference is taken, by a letter in %s; references are never used twice", c.Reference, l.Stage)
		case !errors.Is(err, kind.NotFound):
			return err
		}
		_, err = t.start(officeID, by, c)
		return err
	})
	if err != nil {
		return Request{}, err
	}
	return r.Submit(ctx, officeID, by, c.Reference, terms)
}

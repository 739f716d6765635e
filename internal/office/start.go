package office

import (
	"context"
	"fmt"

	"chancery.example/internal/kind"
	"chancery.example/internal/store"
	"chancery.example/letter"
	"chancery.example/register"
)

// Start begins a letter of an office as a draft. Its reference is taken from now
// on and never used for another. Nothing is public.
func (r *Register) Start(ctx context.Context, officeID, by string, c letter.Content) error {
	if err := sealable(c); err != nil {
		return fmt.Errorf("starting %s: %w", c.Reference, err)
	}
	return r.act(ctx, func(t *turn) error {
		_, err := t.start(officeID, by, c)
		return err
	})
}

func (t *turn) start(officeID, by string, c letter.Content) (store.Letter, error) {
	o, err := t.Office(officeID)
	if err != nil {
		return store.Letter{}, err
	}
	if _, err := t.may(o, by, "starting a draft", register.RoleDrafter, register.RoleClerk); err != nil {
		return store.Letter{}, err
	}
	l := store.Letter{Office: o.ID, Reference: c.Reference, Stage: store.Drafting, Draft: c, Drafter: by, CreatedAt: t.now}
	if err := t.draw(l.Tag[:]); err != nil {
		return l, err
	}
	if err := t.AddLetter(&l); err != nil {
		return l, err
	}
	return l, t.note(o.ID, by, "start", "", l.ID)
}

// sealable refuses a content that could not be sealed, before anything is kept.
func sealable(c letter.Content) error {
	if _, err := letter.Seal(c, zeros{}); err != nil {
		return kind.Invalid.Wrap(err)
	}
	return nil
}

// zeros stands for randomness where only the form of a content is tried out.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

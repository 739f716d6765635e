package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"chancery.example/internal/office"
	"chancery.example/internal/store"
	"chancery.example/internal/web"
)

// links keeps answers that readers chose to keep, in the office's own database.
type links struct{ db *store.DB }

// keep gives the pages a place for answers that readers choose to keep, and for
// their questions to offices, on a server that may write; house is nil on any other.
// What has ended is deleted until ctx ends.
func (c Config) keep(ctx context.Context, house *office.Register, o *web.Options) error {
	if house == nil {
		return nil
	}
	db, err := store.Open(ctx, house.Folder().Database())
	if err != nil {
		return err //nolint:wrapcheck // says what it is
	}
	l := &links{db}
	o.Links, o.Enquiries = l, enquiries{house}
	go func() {
		l.sweep(ctx, c.Log)
		_ = db.Close() // it was read and written in transactions of its own
	}()
	return nil
}

// Keep implements web.Links.
func (l *links) Keep(ctx context.Context, x web.KeptLink, now time.Time) error {
	return l.db.Update(ctx, func(tx *store.Tx) error { return tx.AddLink(store.Link(x), now) })
}

// Kept implements web.Links.
func (l *links) Kept(ctx context.Context, id string, now time.Time) (x web.KeptLink, found bool, err error) {
	err = l.db.View(ctx, func(tx *store.Tx) error {
		got, ok, err := tx.LinkOf(id, now)
		x, found = web.KeptLink(got), ok
		return err
	})
	return x, found, err
}

// Forget implements web.Links.
func (l *links) Forget(ctx context.Context, id string, secret [32]byte) (found bool, err error) {
	err = l.db.Update(ctx, func(tx *store.Tx) error {
		found, err = tx.DeleteLink(id, secret)
		return err
	})
	return found, err
}

// sweep deletes what has ended, every hour until ctx ends.
func (l *links) sweep(ctx context.Context, log *slog.Logger) {
	t := time.NewTicker(time.Hour)
	defer t.Stop()
	for {
		err := l.db.Update(ctx, func(tx *store.Tx) error { return tx.EndLinks(time.Now()) })
		if err != nil && !errors.Is(err, context.Canceled) {
			log.Warn("answers that have ended are still kept", "error", fmt.Errorf("deleting links: %w", err))
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

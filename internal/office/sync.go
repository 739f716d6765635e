package office

import (
	"context"
	"time"

	"chancery.example/internal/kind"
)

// Sync publishes what waits, and learns what an earlier run left behind; then it
// issues what was under embargo until now. When it returns a signed head covers
// all of it: a program that died between adding an entry and signing may have left
// one that none covers.
func (r *Register) Sync(ctx context.Context) error {
	if err := r.publishAll(ctx); err != nil {
		return err
	}
	// Only who has the log gets here, and after the commitments are in it.
	return r.release(ctx)
}

func (r *Register) publishAll(ctx context.Context) error {
	log, known, err := r.pub.settle(ctx)
	if err != nil || known == 0 {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, otherMost)
	defer cancel()
	if _, err := log.AwaitPublished(ctx, known-1); err != nil {
		return kind.Unavailable.Errorf("all entries are in the log, but no signed head covers them yet: %w", err)
	}
	return nil
}

// Run publishes what other processes leave behind, until ctx ends: the server's
// part in having the log. Every hour it forgets who asked what was answered long
// ago.
func (r *Register) Run(ctx context.Context, every time.Duration, trouble func(error)) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	said := ""
	var swept time.Time
	for {
		if err := r.Sync(ctx); err != nil && ctx.Err() == nil {
			trouble(err)
		} else if _, err := r.LogMap(ctx); err != nil && ctx.Err() == nil && err.Error() != said {
			said = err.Error() // once, not ten times a second
			trouble(err)
		}
		if now := r.Now(); now.Sub(swept) >= time.Hour {
			swept = now
			if _, err := r.ForgetEnquirers(ctx); err != nil && ctx.Err() == nil {
				trouble(err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

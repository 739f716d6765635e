package web

import (
	"context"
	"time"
)

// A pace lets answers go out at fixed steps after the paper had arrived, so that
// how long a search took, and what it found on the way, cannot be read from a
// clock.
type pace struct {
	step  time.Duration // none when 0
	clock func() time.Time
	sleep func(context.Context, time.Duration)
}

// release waits for the next step since began, or for the end of ctx.
func (p pace) release(ctx context.Context, began time.Time) {
	if p.step <= 0 {
		return
	}
	past := p.clock().Sub(began)
	p.sleep(ctx, p.step-past%p.step)
}

func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

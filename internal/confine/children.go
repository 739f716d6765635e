//go:build !js

package confine

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"
)

// ErrTime says that the time for one piece of work was over before it was done.
var ErrTime = errors.New("its time is over")

// Options of Children. All but Child may be left out.
type Options struct {
	// Child is a child as it is started; what has to be there before the first one is
	// made by it. Its Input is not looked at.
	Child  func(ctx context.Context) Child
	Time   time.Duration // for one piece of work, from start to answer; 10 s when 0
	AtOnce int           // at work at the same time, others wait; half the processors when 0
	// Ahead keeps a child ready once one was at work, or [Children.Expect] told of
	// work: for programs that have much of it. Such Children are closed.
	Ahead bool
	// Rest is how long a child waits before it is ended; 10 min when 0.
	Rest time.Duration
}

// Children do one kind of work, each one piece of it: none is given two. One may be
// started before there is any: locked in, with all that it needs, and waiting for its
// input. There is one such child at most. It waits so long and no longer, and when the
// program ends it finds its input at an end, and ends. Their methods may run beside each
// other.
type Children struct {
	opts    Options
	running chan struct{}

	mu     sync.Mutex
	child  *Waiting    // that waits; nil: none does
	rest   *time.Timer // ends it
	begun  sync.WaitGroup
	closed bool
}

// NewChildren returns children of which none is started yet.
func NewChildren(o Options) *Children {
	if o.Time == 0 {
		o.Time = 10 * time.Second
	}
	if o.Rest == 0 {
		o.Rest = 10 * time.Minute
	}
	if o.AtOnce == 0 {
		o.AtOnce = max(1, runtime.NumCPU()/2)
	}
	return &Children{opts: o, running: make(chan struct{}, o.AtOnce)}
}

// Budget is the time in which a child should be done: it ends by itself a moment before
// it is ended.
func (c *Children) Budget() time.Duration { return c.opts.Time * 9 / 10 }

// Do gives a child its input and returns what it printed. The error is that of ctx when
// that ended, ErrTime when the time was over, else what became of the child.
func (c *Children) Do(ctx context.Context, input []byte) ([]byte, error) {
	select {
	case c.running <- struct{}{}:
		defer func() { <-c.running }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	start := c.opts.Child(ctx)
	limited, cancel := context.WithTimeout(ctx, c.opts.Time)
	defer cancel()
	raw, err := c.give(limited, start, input)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case limited.Err() != nil:
		return nil, ErrTime
	}
	return raw, err
}

// give gives input to the child that waits, or to a new one.
func (c *Children) give(ctx context.Context, start Child, input []byte) ([]byte, error) {
	c.mu.Lock()
	w := c.leave()
	c.mu.Unlock()
	if w == nil || w.Ended() {
		var err error
		if w, err = Start(start); err != nil {
			return nil, fmt.Errorf("starting its reader: %w", err)
		}
	}
	if c.opts.Ahead {
		defer c.Expect() // while nobody waits for this one any more
	}
	return w.Give(ctx, input)
}

// Expect says that there is going to be work: a child is started for it beside what else
// there is to do, unless one waits already. It does not wait for it.
func (c *Children) Expect() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return
	}
	c.begun.Go(func() {
		start := c.opts.Child(context.Background())
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.closed || c.child != nil && !c.child.Ended() {
			return
		}
		w, err := Start(start)
		if err != nil { // who has work is told
			return
		}
		c.leave()
		c.child = w
		c.rest = time.AfterFunc(c.opts.Rest, func() { c.retire(w) })
	})
}

// Waits is the number of the process that waits for work; 0 when none does.
func (c *Children) Waits() int {
	c.begun.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.child == nil {
		return 0
	}
	return c.child.Process()
}

// Close ends the child that waits, if there is one; work can be done all the same.
func (c *Children) Close() error {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.begun.Wait()
	c.mu.Lock()
	w := c.leave()
	c.mu.Unlock()
	if w != nil {
		w.End()
	}
	return nil
}

// leave takes the child that waits out, dead or alive.
func (c *Children) leave() *Waiting {
	w := c.child
	if w != nil {
		c.rest.Stop()
	}
	c.child, c.rest = nil, nil
	return w
}

// retire ends a child that waited for too long.
func (c *Children) retire(w *Waiting) {
	c.mu.Lock()
	if c.child == w {
		c.leave()
	} else {
		w = nil // it is at work
	}
	c.mu.Unlock()
	if w != nil {
		w.End()
	}
}

//go:build !js

package confine

import (
	"context"
	"errors"
	"fmt"
	"io"
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
	b, err := c.Begin(ctx, input)
	if err != nil {
		return nil, err
	}
	<-b.w.ended
	if err := b.failed(b.w.failed(b.limited)); err != nil {
		b.Close()
		return nil, err
	}
	b.Close()
	return b.w.out.all(), nil
}

// A Busy child was given its input. What it prints is read while it goes on; then it is
// closed, which ends it if it has not ended.
type Busy struct {
	c            *Children
	w            *Waiting
	ctx, limited context.Context //nolint:containedctx // of one piece of work
	cancel       context.CancelFunc
	closed       sync.Once
}

// Begin gives a child its input. The errors are those of Do, of Begin and of reading
// what the child prints.
func (c *Children) Begin(ctx context.Context, input []byte) (*Busy, error) {
	select {
	case c.running <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	start := c.opts.Child(ctx)
	b := &Busy{c: c, ctx: ctx}
	b.limited, b.cancel = context.WithTimeout(ctx, c.opts.Time)
	c.mu.Lock()
	b.w = c.leave()
	c.mu.Unlock()
	if b.w == nil || b.w.Ended() {
		var err error
		if b.w, err = Start(start); err != nil {
			b.cancel()
			<-c.running
			return nil, fmt.Errorf("starting its reader: %w", err)
		}
	}
	b.w.Begin(b.limited, input)
	return b, nil
}

// Read reads what the child prints, as soon as it is there, and ends when the child has
// ended as it should.
func (b *Busy) Read(p []byte) (int, error) {
	n, err := b.w.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = b.failed(err)
	}
	return n, err
}

// failed says why a child ended early: nobody waited for it, its time was over, or err.
func (b *Busy) failed(err error) error {
	switch {
	case b.ctx.Err() != nil:
		return b.ctx.Err()
	case b.limited.Err() != nil:
		return ErrTime
	}
	return err
}

// Close ends the child, without waiting until it is gone, and has the next one started
// where one is kept ahead.
func (b *Busy) Close() {
	b.closed.Do(func() {
		c := b.c
		gone := func() {
			b.cancel()
			b.w.End()
			<-c.running
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.closed {
			go gone()
			return
		}
		c.begun.Go(gone)
		if c.opts.Ahead {
			c.expect()
		}
	})
}

// Expect says that there is going to be work: a child is started for it beside what else
// there is to do, unless one waits already. It does not wait for it.
func (c *Children) Expect() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closed {
		c.expect()
	}
}

// expect is Expect for who holds mu.
func (c *Children) expect() {
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

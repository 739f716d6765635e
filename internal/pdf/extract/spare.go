package extract

import (
	"context"
	"fmt"
	"sync"
	"time"

	"chancery.example/internal/confine"
)

// A spare is a child that was started ahead: locked in, with pdfium ready, and waiting
// for its one file. There is one at most. It waits so long and no longer, and when the
// program ends it finds its input at an end, and ends.
type spare struct {
	mu     sync.Mutex
	child  *confine.Waiting // nil: none
	rest   *time.Timer      // ends it
	begun  sync.WaitGroup
	closed bool
}

// Expect says that a PDF is going to be read: a child is started for it beside what
// else there is to do, unless one waits already. It does not wait for it.
func (r *Reader) Expect() {
	s := &r.spare
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	s.begun.Go(func() {
		r.Prepare(context.Background())
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.closed || s.child != nil && !s.child.Ended() {
			return
		}
		c, err := confine.Start(r.child())
		if err != nil { // who reads is told
			return
		}
		s.leave()
		s.child = c
		s.rest = time.AfterFunc(r.opts.Rest, func() { s.retire(c) })
	})
}

// Close ends the child that waits, if there is one; files can be read all the same.
func (r *Reader) Close() error {
	s := &r.spare
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.begun.Wait()
	s.mu.Lock()
	c := s.leave()
	s.mu.Unlock()
	if c != nil {
		c.End()
	}
	return nil
}

// leave takes the child out, dead or alive.
func (s *spare) leave() *confine.Waiting {
	c := s.child
	if c != nil {
		s.rest.Stop()
	}
	s.child, s.rest = nil, nil
	return c
}

// retire ends a child that waited for too long.
func (s *spare) retire(c *confine.Waiting) {
	s.mu.Lock()
	if s.child == c {
		s.leave()
	} else {
		c = nil // it is at work
	}
	s.mu.Unlock()
	if c != nil {
		c.End()
	}
}

// child is a child as it is started.
func (r *Reader) child() confine.Child {
	return confine.Child{Program: r.opts.Program, Args: life{stageLock, r.cache}.args(), Mark: insideEnv, Most: maxPrinted, Used: r.opts.Used}
}

// give gives a file to the child that waits, or to a new one: none gets two.
func (r *Reader) give(ctx context.Context, input []byte) ([]byte, error) {
	r.spare.mu.Lock()
	c := r.spare.leave()
	r.spare.mu.Unlock()
	if c == nil || c.Ended() {
		var err error
		if c, err = confine.Start(r.child()); err != nil {
			return nil, fmt.Errorf("starting its reader: %w", err)
		}
	}
	if r.opts.Ahead {
		defer r.Expect() // while nobody waits for this one any more
	}
	return c.Give(ctx, input) //nolint:wrapcheck // gaveUp says what was tried
}

//go:build !js

package tlog

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"chancery.example/proof"
)

// pollEvery is how often the checkpoint file is looked at while somebody waits.
const pollEvery = 5 * time.Millisecond

// A poller watches the published checkpoint, and only while somebody waits for
// it: an idle register costs nothing.
type poller struct {
	reader *Reader
	guard  *guard
	wake   chan struct{}
	done   chan struct{} // closed when the loop has ended

	mu      sync.Mutex
	waiting int
	changed chan struct{} // closed and replaced at each news
	size    uint64
	raw     []byte
	err     error
}

func newPoller(ctx context.Context, r *Reader, g *guard) *poller {
	p := &poller{reader: r, guard: g, wake: make(chan struct{}, 1), done: make(chan struct{}), changed: make(chan struct{})}
	go p.loop(ctx)
	return p
}

func (p *poller) loop(ctx context.Context) {
	defer close(p.done)
	tick := time.NewTimer(pollEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.wake:
		}
		for p.wanted() {
			p.look()
			tick.Reset(pollEvery)
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	}
}

func (p *poller) wanted() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.waiting > 0
}

// look reads the checkpoint once and tells those who wait.
func (p *poller) look() {
	raw, size, err := p.read()
	p.mu.Lock()
	defer p.mu.Unlock()
	if err == nil && size <= p.size && p.err == nil {
		return
	}
	p.err = err
	if err == nil {
		p.size, p.raw = size, raw
	}
	close(p.changed)
	p.changed = make(chan struct{})
}

func (p *poller) read() ([]byte, uint64, error) {
	if err := p.guard.failure(); err != nil {
		return nil, 0, err
	}
	raw, err := p.reader.Checkpoint()
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, nil // not yet
	}
	if err != nil {
		return nil, 0, err
	}
	h, err := proof.ParseHead(raw)
	if err != nil {
		return nil, 0, fmt.Errorf("%w: its checkpoint: %w", ErrCorrupt, err)
	}
	// Only this process signs: a head it does not know is not its own.
	if last := p.guard.last(); h.Size > last.Size || h.Size == last.Size && h.Root != last.Root {
		return nil, 0, fmt.Errorf("%w: the published checkpoint is not one that this appender signed", ErrForeign)
	}
	return raw, h.Size, nil
}

// await returns the first checkpoint seen that covers size entries.
func (p *poller) await(ctx context.Context, size uint64) ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting++
	defer func() { p.waiting-- }()
	for {
		if p.size >= size {
			return p.raw, nil
		}
		if err := p.err; err != nil {
			p.err = nil // the next one who waits sees for himself
			return nil, err
		}
		changed := p.changed
		p.mu.Unlock()
		select {
		case p.wake <- struct{}{}:
		default:
		}
		var err error
		select {
		case <-changed:
		case <-p.done:
			err = errors.New("the log is closed")
		case <-ctx.Done():
			err = errors.Join(ctx.Err(), p.guard.trouble(), p.reader.dated())
		}
		p.mu.Lock()
		if err != nil {
			return nil, err
		}
	}
}

// wait returns when the loop has ended.
func (p *poller) wait() { <-p.done }

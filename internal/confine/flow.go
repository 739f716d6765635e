//go:build !js

package confine

import (
	"fmt"
	"io"
	"sync"
)

// A flow is what a child prints: kept up to a limit, and read while there is more to
// come.
type flow struct {
	limit int

	mu   sync.Mutex
	more *sync.Cond
	buf  []byte
	read int
	over bool
}

func newFlow(limit int) *flow {
	f := &flow{limit: limit}
	f.more = sync.NewCond(&f.mu)
	return f
}

func (f *flow) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(p) > f.limit-len(f.buf) {
		return 0, fmt.Errorf("it prints more than %d bytes: %w", f.limit, io.ErrShortBuffer)
	}
	f.buf = append(f.buf, p...)
	f.more.Broadcast()
	return len(p), nil
}

// end says that nothing more will come.
func (f *flow) end() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.over = true
	f.more.Broadcast()
}

// next waits for more; over is true when all was read and nothing more will come.
func (f *flow) next(p []byte) (n int, over bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for f.read == len(f.buf) && !f.over {
		f.more.Wait()
	}
	n = copy(p, f.buf[f.read:])
	f.read += n
	return n, n == 0 && f.over && f.read == len(f.buf)
}

// all is what was printed.
func (f *flow) all() []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.buf
}

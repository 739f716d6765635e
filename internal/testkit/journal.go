package testkit

import (
	"bytes"
	"sync"
)

// A Journal is what a program writes while a test reads it. The zero Journal is
// empty.
type Journal struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write implements io.Writer.
func (j *Journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.Write(p) //nolint:wrapcheck // a buffer does not fail
}

// String returns what was written so far.
func (j *Journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.String()
}

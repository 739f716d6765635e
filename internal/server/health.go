package server

import (
	"context"
	"sync"
	"time"

	"chancery.example/internal/doctor"
)

// healthFor is for how long what was found is said again, and lookFor how long
// looking may take.
const (
	healthFor = 2 * time.Second
	lookFor   = 10 * time.Second
)

// health keeps what was found last. Who asks meanwhile waits for the one who looks.
type health struct {
	mu    sync.Mutex
	found doctor.Findings
	at    time.Time // when it was found; zero before
}

// recent returns what was found within healthFor, and looks when that is over.
// Looking goes on when who asked first goes away: the others wait for it, and what
// was broken off would be told as trouble.
func (h *health) recent(ctx context.Context, look func(context.Context) doctor.Findings) doctor.Findings {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.at.IsZero() && time.Since(h.at) < healthFor {
		return h.found
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookFor)
	defer cancel()
	h.found = look(ctx)
	h.at = time.Now()
	return h.found
}

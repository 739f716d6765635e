package staff

import (
	"sync"
	"time"
)

// Attempts to sign in, of one client: so many at once, then one after each pause.
const (
	attemptsBurst = 20
	attemptsPause = 6 * time.Second
	mostClients   = 1 << 14
)

// attempts counts them. Nobody can guess a signature; this keeps one client from
// keeping the machine busy, and from filling the journal.
type attempts struct {
	clock func() time.Time
	mu    sync.Mutex
	free  map[string]time.Time // when the client will have used nothing
}

func newAttempts(clock func() time.Time) *attempts {
	return &attempts{clock: clock, free: map[string]time.Time{}}
}

// take counts one attempt and reports whether it may be made.
func (a *attempts) take(client string) bool {
	if client == "" {
		return true // counted elsewhere
	}
	now := a.clock()
	a.mu.Lock()
	defer a.mu.Unlock()
	at, known := a.free[client]
	if !known && len(a.free) >= mostClients {
		for c, t := range a.free {
			if !t.After(now) {
				delete(a.free, c)
			}
		}
		if len(a.free) >= mostClients {
			client = "" // those who find no room share one
			at = a.free[client]
		}
	}
	if at.Before(now) {
		at = now
	}
	if at.Sub(now) >= attemptsBurst*attemptsPause {
		return false
	}
	a.free[client] = at.Add(attemptsPause)
	return true
}

package sealed

import (
	"crypto/sha256"
	"sync"
	"time"
)

// Limits on presentations: how often copies that hold a block of a draft are
// answered. Beyond them a copy gets the answer of an unknown text.
const (
	// PerDraft is how many different copies of one letter's drafts are answered
	// in a window, whoever presents them.
	PerDraft = 30
	// PerClient is how many different copies of all drafts one client presents.
	PerClient = 12
	// Window is how long a presentation counts.
	Window = time.Hour
	// mostClients bounds the memory; beyond it only the limit per draft holds.
	mostClients = 1 << 16
)

// Limits counts presentations. The zero Limits is ready. It remembers digests of
// copies, never words, and clients by the key it is given, for one window.
type Limits struct {
	mu      sync.Mutex
	began   time.Time
	drafts  map[string]map[[sha256.Size]byte]bool // admitted copies of each letter's drafts
	clients map[string]int
}

// Allow reports whether a copy, named by what is folded of it, may be answered
// about the letters it is near to. A copy that was admitted costs nothing when it
// comes again, from whomever. Copies below the threshold count like others: a
// guess that fails is a guess. What is refused is not remembered, so that nobody
// spoils a copy for others.
func (l *Limits) Allow(now time.Time, letters []string, client, folded string) bool {
	if len(letters) == 0 {
		return false
	}
	digest := sha256.Sum256([]byte(folded))
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.drafts == nil || now.Sub(l.began) >= Window || now.Before(l.began) {
		l.began, l.drafts, l.clients = now, map[string]map[[sha256.Size]byte]bool{}, map[string]int{}
	}
	var fresh []string
	for _, name := range letters {
		if seen := l.drafts[name]; !seen[digest] {
			if len(seen) >= PerDraft || l.clients[client] >= PerClient {
				return false
			}
			fresh = append(fresh, name)
		}
	}
	for _, name := range fresh {
		if l.drafts[name] == nil {
			l.drafts[name] = map[[sha256.Size]byte]bool{}
		}
		l.drafts[name][digest] = true
	}
	if _, known := l.clients[client]; len(fresh) > 0 && (known || len(l.clients) < mostClients) {
		l.clients[client]++
	}
	return true
}

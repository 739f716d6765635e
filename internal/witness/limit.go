package witness

import (
	"cmp"
	"net/netip"
	"sync"
	"time"
)

// mostClients bounds the memory for clients; those who find no room share one
// bucket.
const mostClients = 1 << 14

// A limiter has one bucket of tokens for each client that is not at rest.
type limiter struct {
	perSecond, burst float64
	clock            func() time.Time

	mu      sync.Mutex
	buckets map[netip.Prefix]*bucket
	rest    bucket
}

type bucket struct {
	tokens float64
	at     time.Time
}

func newLimiter(l Limits, clock func() time.Time) *limiter {
	b := cmp.Or(l.Burst, 500)
	return &limiter{perSecond: cmp.Or(l.PerSecond, 50), burst: b, clock: clock, buckets: map[netip.Prefix]*bucket{}, rest: bucket{tokens: b}}
}

// allow takes a token of the client with an address, if it has one.
func (l *limiter) allow(remote string) bool {
	now := l.clock()
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.of(network(remote), now)
	b.tokens = min(l.burst, b.tokens+max(0, now.Sub(b.at).Seconds())*l.perSecond)
	b.at = now
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}

func (l *limiter) of(client netip.Prefix, now time.Time) *bucket {
	if b, ok := l.buckets[client]; ok {
		return b
	}
	if len(l.buckets) >= mostClients {
		for k, b := range l.buckets {
			if now.Sub(b.at).Seconds()*l.perSecond >= l.burst { // full again: at rest
				delete(l.buckets, k)
			}
		}
	}
	if len(l.buckets) >= mostClients {
		return &l.rest
	}
	b := &bucket{tokens: l.burst, at: now}
	l.buckets[client] = b
	return b
}

// network is the address itself in IPv4, its first 64 bits in IPv6: one
// subscriber has that many addresses to himself.
func network(remote string) netip.Prefix {
	a, err := netip.ParseAddrPort(remote)
	if err != nil {
		return netip.Prefix{}
	}
	addr, bits := a.Addr().Unmap().WithZone(""), 64
	if addr.Is4() {
		bits = 32
	}
	p, err := addr.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return p
}

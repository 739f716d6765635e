package web

import (
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A Rate is a token bucket: so many requests a second, and so many at once after
// a rest.
type Rate struct {
	PerSecond float64
	Burst     float64
}

// Rates are the limits for each client: a network of 64 bits in IPv6, an address
// in IPv4. A negative Burst sets none.
type Rates struct {
	All    Rate // of requests for anything; 30 a second, 600 at once, when zero
	Checks Rate // of papers sent; 1 a second, 60 at once, when zero
	// Proxies are whose word is taken for where a request came from
	// (X-Forwarded-For). Nobody's when empty.
	Proxies []netip.Prefix
}

func (r *Rates) fill() {
	if r.All == (Rate{}) {
		r.All = Rate{30, 600}
	}
	if r.Checks == (Rate{}) {
		r.Checks = Rate{1, 60}
	}
}

// Client names who a request comes from, as far as limits go: its network, by the
// word of the proxies in front when they are believed.
func (r *Rates) Client(req *http.Request) string {
	peer, err := netip.ParseAddrPort(req.RemoteAddr)
	if err != nil {
		return "unknown" // all of them share one bucket
	}
	addr := peer.Addr().Unmap().WithZone("")
	if r.trusted(addr) {
		addr = r.forwarded(req, addr)
	}
	return network(addr)
}

func (r *Rates) trusted(a netip.Addr) bool {
	for _, p := range r.Proxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// forwarded returns the last address of X-Forwarded-For that is no trusted proxy:
// what stands before it anybody may have written. It falls back to the proxy.
func (r *Rates) forwarded(req *http.Request, proxy netip.Addr) netip.Addr {
	hops := strings.Split(strings.Join(req.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		a, err := parseHop(strings.TrimSpace(hops[i]))
		if err != nil {
			return proxy
		}
		if !r.trusted(a) {
			return a
		}
		proxy = a
	}
	return proxy
}

// parseHop reads an address with or without a port.
func parseHop(s string) (netip.Addr, error) {
	a, err := netip.ParseAddr(s)
	if err != nil {
		p, errPort := netip.ParseAddrPort(s)
		if errPort != nil {
			return a, err //nolint:wrapcheck // only whether there is one matters
		}
		a = p.Addr()
	}
	return a.Unmap().WithZone(""), nil
}

// network is the address itself in IPv4, its first 64 bits in IPv6: one
// subscriber has that many addresses to himself.
func network(a netip.Addr) string {
	if a.Is4() {
		return a.String()
	}
	p, err := a.Prefix(64)
	if err != nil {
		return "unknown"
	}
	return p.String()
}

// mostBuckets bounds the memory for clients: about 100 bytes each.
const mostBuckets = 1 << 16

// A limiter has one bucket for each client that is not at rest.
type limiter struct {
	rate  Rate
	clock func() time.Time

	mu      sync.Mutex
	buckets map[string]bucket
	rest    bucket // of all who find no room, together
	swept   time.Time
}

// A bucket held so many tokens at a time.
type bucket struct {
	tokens float64
	at     time.Time
}

func newLimiter(r Rate, clock func() time.Time) *limiter {
	now := clock()
	return &limiter{rate: r, clock: clock, buckets: map[string]bucket{}, rest: bucket{r.Burst, now}, swept: now}
}

// take takes a token of a client. When there is none it says how long until one.
func (l *limiter) take(client string) (wait time.Duration, ok bool) {
	if l.rate.Burst < 0 {
		return 0, true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.clock()
	b, known := l.buckets[client]
	if !known {
		b = bucket{l.rate.Burst, now}
		if len(l.buckets) >= mostBuckets {
			l.sweep(now)
		}
		if len(l.buckets) >= mostBuckets {
			b, ok, wait = l.drawn(l.rest, now)
			l.rest = b
			return wait, ok
		}
	}
	b, ok, wait = l.drawn(b, now)
	l.buckets[client] = b
	return wait, ok
}

// drawn fills a bucket up to now and takes one token, if there is one.
func (l *limiter) drawn(b bucket, now time.Time) (bucket, bool, time.Duration) {
	if past := now.Sub(b.at).Seconds(); past > 0 {
		b = bucket{min(l.rate.Burst, b.tokens+past*l.rate.PerSecond), now}
	}
	if b.tokens < 1 {
		return b, false, time.Duration(math.Ceil((1-b.tokens)/l.rate.PerSecond)) * time.Second
	}
	b.tokens--
	return b, true, 0
}

// sweep forgets buckets that are full again: a new one is no different. At most
// once a second, so that a flood of addresses does not buy long sweeps.
func (l *limiter) sweep(now time.Time) {
	if now.Sub(l.swept) < time.Second {
		return
	}
	l.swept = now
	for client, b := range l.buckets {
		if b.tokens+now.Sub(b.at).Seconds()*l.rate.PerSecond >= l.rate.Burst {
			delete(l.buckets, client)
		}
	}
}

// Limits are what clients of one server share, whichever door they come by.
type Limits struct {
	rates       Rates
	all, checks *limiter
}

// NewLimits returns limits of these rates.
func NewLimits(r Rates) *Limits {
	r.fill()
	return &Limits{r, newLimiter(r.All, time.Now), newLimiter(r.Checks, time.Now)}
}

// Take counts a request, and with paper one that sends a paper. When it is too much
// it says how long to wait.
func (l *Limits) Take(r *http.Request, paper bool) (wait time.Duration, ok bool) {
	client := l.rates.Client(r)
	wait, ok = l.all.take(client)
	if ok && paper {
		wait, ok = l.checks.take(client)
	}
	return wait, ok
}

// limit refuses clients that ask too much before anything is read or looked up:
// first any request, then papers to check, which cost more.
func (s *site) limit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		wait, ok := s.opts.Limits.Take(r, r.Method == http.MethodPost)
		if ok {
			next.ServeHTTP(w, r)
			return
		}
		seconds := int(wait / time.Second)
		w.Header().Set("Retry-After", strconv.Itoa(seconds))
		w.Header().Set("Connection", "close") // the body is not read
		c := s.bare(w, r)
		s.write(c, s.problem(c, "too_many", seconds))
	})
}

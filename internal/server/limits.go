package server

import (
	"cmp"
	"net"
	"net/netip"
	"sync"
	"time"

	"chancery.example/internal/metrics"
	"chancery.example/internal/web"
)

// Limits are how much of the machine readers may use. What costs least is refused
// first: a connection before a request, a request before its body, a body before
// a check. The zero value of each is the default.
type Limits struct {
	Connections int `name:"connections" word:"N" doc:"of connections that may be open at once; negative for no limit"`
	PerClient   int `name:"client-connections" word:"N" doc:"of connections that one client may have, an address or a network of 64 bits; negative for no limit. Proxies have none"`

	Rate       float64 `name:"rate" word:"N" doc:"of requests a second that one client may make"`
	Burst      float64 `name:"burst" word:"N" doc:"of requests that one client may make at once after a rest; negative for no limit"`
	CheckRate  float64 `name:"check-rate" word:"N" doc:"of papers a second that one client may send"`
	CheckBurst float64 `name:"check-burst" word:"N" doc:"of papers that one client may send at once after a rest; negative for no limit"`

	Checks  int   `name:"checks" word:"N" doc:"of papers that are looked at at the same time"`
	MaxFile int64 `name:"max-file" word:"MB" doc:"of a file that is sent"`
	MaxText int64 `name:"max-text" word:"MB" doc:"of a text that is sent"`

	// Patience is for slow clients: for the head of a request a sixth of it, then for
	// the whole request, and again for the answer.
	Patience time.Duration `name:"patience" word:"TIME" doc:"for which a slow client may take to send a request, and again to take the answer; a sixth of it for the request's head"`
}

// UsualLimits are what the zero Limits stand for.
func UsualLimits() Limits {
	return Limits{
		Connections: 1024, PerClient: 64, Rate: 30, Burst: 600, CheckRate: 1, CheckBurst: 60,
		Checks: 4, MaxFile: 25, MaxText: 2, Patience: time.Minute,
	}
}

// rates are the limits of requests.
func (c Config) rates() web.Rates {
	r := web.Rates{Proxies: c.proxies()}
	if c.Rate != 0 || c.Burst != 0 {
		r.All = web.Rate{PerSecond: cmp.Or(c.Rate, 30), Burst: cmp.Or(c.Burst, 600)}
	}
	if c.CheckRate != 0 || c.CheckBurst != 0 {
		r.Checks = web.Rate{PerSecond: cmp.Or(c.CheckRate, 1), Burst: cmp.Or(c.CheckBurst, 60)}
	}
	return r
}

// proxies are whose X-Forwarded-For is believed.
func (c Config) proxies() []netip.Prefix {
	if c.HTTPS && len(c.Proxies) == 0 { // the proxy in front is on this machine
		return []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	}
	return c.Proxies
}

// A gate closes connections beyond the limits as soon as they are accepted,
// before a byte of them is read.
type gate struct {
	net.Listener
	all, each int // negative: no limit
	free      []netip.Prefix
	refused   *metrics.Counter

	mu     sync.Mutex
	open   int
	client map[netip.Prefix]int
}

func newGate(l net.Listener, c Config, refused *metrics.Counter) *gate {
	return &gate{Listener: l, all: cmp.Or(c.Connections, 1024), each: cmp.Or(c.PerClient, 64), free: c.proxies(), refused: refused, client: map[netip.Prefix]int{}}
}

// Accept returns the next connection that the limits allow.
func (g *gate) Accept() (net.Conn, error) {
	for {
		conn, err := g.Listener.Accept()
		if err != nil {
			return nil, err //nolint:wrapcheck // the server looks at it
		}
		who := networkOf(conn.RemoteAddr())
		if g.enter(who) {
			return &gated{Conn: conn, leave: sync.OnceFunc(func() { g.leave(who) })}, nil
		}
		g.refused.Add(1)
		_ = conn.Close()
	}
}

func (g *gate) enter(who netip.Prefix) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.all >= 0 && g.open >= g.all || g.each >= 0 && !g.trusted(who) && g.client[who] >= g.each {
		return false
	}
	g.open++
	g.client[who]++
	return true
}

func (g *gate) leave(who netip.Prefix) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.open--
	if g.client[who]--; g.client[who] <= 0 {
		delete(g.client, who)
	}
}

// count returns how many connections are open.
func (g *gate) count() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.open
}

func (g *gate) trusted(who netip.Prefix) bool {
	for _, p := range g.free {
		if p.Contains(who.Addr()) {
			return true
		}
	}
	return false
}

// networkOf is the address itself in IPv4, its first 64 bits in IPv6.
func networkOf(a net.Addr) netip.Prefix {
	p, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return netip.Prefix{} // all of them share one place
	}
	addr := p.Addr().Unmap().WithZone("")
	bits := 32
	if !addr.Is4() {
		bits = 64
	}
	network, err := addr.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return network
}

// gated is a connection that gives its place free when it is closed.
type gated struct {
	net.Conn
	leave func()
}

func (g *gated) Close() error {
	g.leave()
	return g.Conn.Close() //nolint:wrapcheck // a connection's own
}

package notify

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"chancery.example/internal/binding"
	"chancery.example/internal/kind"
)

// A guard decides where messages may go: nobody shall reach, through a register,
// what its own network shows to nobody else.
type guard struct {
	networks []netip.Prefix // of the operator's own, allowed by name
	exercise bool           // http is allowed
	lookup   func(context.Context, string) ([]netip.Addr, error)
}

const maxURL = 2000

// ValidAddress refuses a webhook's address that no message could go to: networks are the
// operator's own, and an exercise may go without TLS.
func ValidAddress(address string, networks []netip.Prefix, exercise bool) error {
	return guard{networks: networks, exercise: exercise}.validate(address)
}

// validate refuses an address that no message could go to (MUST-4).
func (g guard) validate(address string) error {
	u, err := url.Parse(address)
	if err != nil || len(address) > maxURL {
		return kind.Invalid.Errorf("a webhook's address is a URL of at most %d bytes, such as https://example.org/hook", maxURL)
	}
	host := u.Hostname()
	switch {
	case u.Scheme != "https" && u.Scheme != "http", host == "", u.Opaque != "":
		return kind.Invalid.Errorf("%q: a webhook goes to an https address, such as https://example.org/hook", address)
	case u.User != nil:
		return kind.Invalid.Errorf("a webhook's address holds no name or password; receivers know us by the signature")
	case u.Fragment != "":
		return kind.Invalid.Errorf("%q: leave out what follows the #; it is never sent", address)
	case strings.ContainsAny(host, "% \t"):
		return kind.Invalid.Errorf("%q: %q is no host", address, host)
	}
	if a, err := netip.ParseAddr(host); err == nil {
		if err := g.allow(a, port(u)); err != nil {
			return kind.Invalid.Wrap(err)
		}
	}
	if len(g.networks) == 0 {
		if err := g.allowScheme(u); err != nil {
			return err
		}
	}
	return nil
}

func (g guard) allowScheme(u *url.URL) error {
	switch p := port(u); {
	case u.Scheme != "https" && !g.exercise:
		return kind.Invalid.Errorf("%q: a webhook goes by https", u.Redacted())
	case p != 80 && p != 443:
		return kind.Invalid.Errorf("%q: a webhook goes to port 443 (or 80)", u.Redacted())
	}
	return nil
}

func port(u *url.URL) uint16 {
	if p := u.Port(); p != "" {
		n, err := strconv.ParseUint(p, 10, 16)
		if err != nil {
			return 0
		}
		return uint16(n)
	}
	if u.Scheme == "https" {
		return 443
	}
	return 80
}

// own reports whether an address is in one of the operator's own networks.
func (g guard) own(a netip.Addr) bool {
	return slices.ContainsFunc(g.networks, func(p netip.Prefix) bool { return p.Contains(a.Unmap()) })
}

// allow refuses addresses of networks that are not public, and ports of other
// services (MUST-4).
func (g guard) allow(a netip.Addr, port uint16) error {
	switch {
	case g.own(a):
		return nil
	case !binding.Public(a):
		return fmt.Errorf("%s is no address of the public network: nothing is sent there", a)
	case port != 80 && port != 443:
		return fmt.Errorf("port %d: messages go to 443 (or 80) alone", port)
	}
	return nil
}

const dialPatience = 5 * time.Second

// dial resolves a name once and connects to an address that was looked at: a name
// that answers differently the next time changes nothing. One address that is not
// allowed and the whole name is refused.
func (g guard) dial(ctx context.Context, _, hostport string, plain bool) (net.Conn, error) {
	host, p, err := net.SplitHostPort(hostport)
	if err != nil {
		return nil, err //nolint:wrapcheck // made by net/http of a URL that was validated
	}
	n, err := strconv.ParseUint(p, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("port %q: %w", p, err)
	}
	all, err := g.resolve(ctx, host)
	if err != nil {
		return nil, fmt.Errorf("resolving %s: %w", host, err)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s has no address", host)
	}
	for _, a := range all {
		if err := g.allow(a, uint16(n)); err != nil {
			return nil, fmt.Errorf("%s: %w", host, err)
		}
		if plain && !g.exercise && !g.own(a) {
			return nil, fmt.Errorf("%s: messages go by https", host)
		}
	}
	d := net.Dialer{Timeout: dialPatience}
	for _, a := range all[:min(len(all), 8)] {
		var conn net.Conn
		if conn, err = d.DialContext(ctx, "tcp", netip.AddrPortFrom(a, uint16(n)).String()); err == nil {
			return conn, nil
		}
	}
	return nil, fmt.Errorf("connecting to %s: %w", host, err)
}

func (g guard) resolve(ctx context.Context, host string) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a.Unmap()}, nil
	}
	lookup := g.lookup
	if lookup == nil {
		lookup = func(ctx context.Context, host string) ([]netip.Addr, error) {
			return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
		}
	}
	all, err := lookup(ctx, host)
	for i := range all {
		all[i] = all[i].Unmap()
	}
	return all, err //nolint:wrapcheck // the caller says what it resolved
}

package binding

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"time"

	"chancery.example/internal/remote"
)

var (
	errAbsent = errors.New("there is no file")
	errWrong  = errors.New("the file cannot be taken")
)

// fetch gets the file of a domain by HTTPS, from that domain and nowhere else
// (MUST-5, MUST-6).
func (c Checker) fetch(ctx context.Context, domain string) ([]byte, error) {
	client := http.Client{
		Transport: &http.Transport{
			Proxy: nil, DisableCompression: true, DisableKeepAlives: true, MaxResponseHeaderBytes: 16 << 10,
			TLSHandshakeTimeout: c.patience(), ResponseHeaderTimeout: c.patience(),
			TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: c.Roots, ServerName: domain},
			DialContext:     func(ctx context.Context, _, _ string) (net.Conn, error) { return c.dial(ctx, domain) },
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	address := "https://" + domain + Path
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", errWrong, address, err)
	}
	req.Header.Set("Accept", "application/json")
	res, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("fetching %s: %w", address, remote.Spoken(err))
	}
	defer func() { _ = res.Body.Close() }()
	switch {
	case res.StatusCode == http.StatusNotFound || res.StatusCode == http.StatusGone:
		return nil, fmt.Errorf("%w at %s (status %d)", errAbsent, address, res.StatusCode)
	case res.StatusCode >= 300 && res.StatusCode < 400:
		return nil, fmt.Errorf("%w: %s leads elsewhere (status %d); a binding is served by the domain itself", errWrong, address, res.StatusCode)
	case res.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("fetching %s: status %d", address, res.StatusCode)
	}
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("fetching %s: %w", address, err)
	}
	if len(raw) > maxFile {
		return nil, fmt.Errorf("%w: %s has more than %d bytes", errWrong, address, maxFile)
	}
	return raw, nil
}

// dial resolves the domain once and connects to an address that was looked at.
func (c Checker) dial(ctx context.Context, domain string) (net.Conn, error) {
	all, err := c.resolver().LookupNetIP(ctx, "ip", domain)
	if err != nil {
		return nil, fmt.Errorf("resolving %s: %w", domain, err)
	}
	port := c.Port
	if port == "" {
		port = "443"
	}
	d := net.Dialer{Timeout: 5 * time.Second}
	err = fmt.Errorf("%s has no address", domain)
	for _, a := range all[:min(len(all), 8)] {
		a = a.Unmap()
		if !c.Private && !Public(a) {
			return nil, fmt.Errorf("%s has the address %s, which is of no public network: it is not asked", domain, a)
		}
		var conn net.Conn
		if conn, err = d.DialContext(ctx, "tcp", net.JoinHostPort(a.String(), port)); err == nil {
			return conn, nil
		}
	}
	return nil, fmt.Errorf("connecting to %s: %w", domain, err)
}

// notPublic are networks that no domain of an office is in (IANA special-purpose
// registries).
var notPublic = func() (out []netip.Prefix) {
	for _, s := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fec0::/10", "::/96",
	} {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}()

// Public reports whether an address is one of the public network (MUST-6).
func Public(a netip.Addr) bool {
	a = a.Unmap()
	if !a.IsValid() || a.Zone() != "" || !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() {
		return false
	}
	for _, p := range notPublic {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

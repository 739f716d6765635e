// Package remote reads the public files of a register over HTTP: register.toml
// and policy, the signed heads, the tiles and entries of the log, the texts.
//
//	c, err := remote.New("https://letters.harbour.example", remote.Options{})
//	head, err := c.Log(ctx).Checkpoint()
//
// A server is believed in nothing. Every answer has a limit of size and time,
// redirects stay on the host that was named, there are no cookies, and a request
// says nothing but which file is wanted. What is read of the log goes through
// [tlog.Reader], which verifies it against a signed head (folder.md MUST-13).
package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/internal/tlog"
)

// Options are how patient a client is. The zero Options are for readers.
type Options struct {
	// Timeout is how long one file may take; 30 s when zero.
	Timeout time.Duration
	// Tries is how often a file is asked for that does not come; 3 when zero.
	Tries int
	// Pause is how long the second try waits, the third twice that; half a second
	// when zero.
	Pause time.Duration
	// Transport is for tests; one of its own when nil. Proxies are those of the
	// environment.
	Transport http.RoundTripper
}

// A Client reads one register. Its methods may run beside each other.
type Client struct {
	base     *url.URL
	http     *http.Client
	opts     Options
	requests atomic.Int64
}

// agent names the program, and nothing else: no version, no machine.
const agent = "chancery"

// maxRedirects, and the longest wait that a busy server may ask for.
const (
	maxRedirects = 3
	maxWait      = 30 * time.Second
)

// New returns a client of the register at an address such as
// https://letters.harbour.example or http://127.0.0.1:8080/mirror.
func New(address string, o Options) (*Client, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return nil, kind.Invalid.Errorf("the address of a register: %w", err)
	case u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.Opaque != "":
		return nil, kind.Invalid.Errorf("%q is no address of a register: want https://HOST or http://HOST", address)
	case u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, kind.Invalid.Errorf("%q: the address of a register has no user, no ? and no #", u.Redacted())
	}
	u.Path = strings.TrimSuffix(u.Path, "/")
	u.RawPath = ""
	if o.Timeout == 0 {
		o.Timeout = 30 * time.Second
	}
	if o.Tries == 0 {
		o.Tries = 3
	}
	if o.Pause == 0 {
		o.Pause = 500 * time.Millisecond
	}
	if o.Transport == nil {
		t := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // net/http says that it is one
		t.MaxResponseHeaderBytes = 32 << 10
		t.ResponseHeaderTimeout = o.Timeout
		o.Transport = t
	}
	c := &Client{base: u, opts: o}
	c.http = &http.Client{Transport: o.Transport, Timeout: o.Timeout, CheckRedirect: c.redirect}
	return c, nil
}

// Address is where the register is.
func (c *Client) Address() string { return c.base.String() }

// Requests returns how many requests were made.
func (c *Client) Requests() int64 { return c.requests.Load() }

// redirect follows only to the same host, never from https to http, and does not
// tell where it came from.
func (c *Client) redirect(next *http.Request, before []*http.Request) error {
	next.Header.Del("Referer")
	switch {
	case len(before) > maxRedirects:
		return fmt.Errorf("more than %d redirects", maxRedirects)
	case next.URL.Host != c.base.Host:
		return fmt.Errorf("it sends readers on to %s, another host: if the register moved, give its new address", next.URL.Redacted())
	case c.base.Scheme == "https" && next.URL.Scheme != "https":
		return errors.New("it sends readers on from https to http")
	case next.URL.User != nil:
		return errors.New("it sends readers on to an address with a password")
	}
	return nil
}

// File returns a file of the register by its path, such as texts/HEX, of at most
// limit bytes. The error is fs.ErrNotExist when the server says that there is
// none, and of kind.Unavailable when it cannot be had now.
func (c *Client) File(ctx context.Context, name string, limit int64) ([]byte, error) {
	var err error
	for try := range c.opts.Tries {
		if try > 0 {
			if e := c.wait(ctx, c.opts.Pause<<(try-1), err); e != nil {
				break
			}
		}
		var b []byte
		if b, err = c.once(ctx, name, limit); err == nil {
			return b, nil
		}
		var later busyError
		var network transientError
		if !errors.As(err, &later) && !errors.As(err, &network) {
			break
		}
	}
	if ctx.Err() != nil {
		return nil, fmt.Errorf("reading %s of %s: %w", name, c.Address(), ctx.Err())
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading %s of %s: %w", name, c.Address(), err)
	}
	return nil, kind.Unavailable.Errorf("reading %s of %s: %w", name, c.Address(), err)
}

// errTooLarge is a file that is larger than it can be.
var errTooLarge = errors.New("it is too large")

// A busyError is a server that asks to come back later.
type busyError struct {
	status int
	after  time.Duration
}

func (e busyError) Error() string { return fmt.Sprintf("the server answers %d: it is busy", e.status) }

// A transientError may be gone at the next try.
type transientError struct{ error }

func (e transientError) Unwrap() error { return e.error }

// wait waits before the next try, at least as long as the server asked for.
func (c *Client) wait(ctx context.Context, d time.Duration, last error) error {
	var later busyError
	if errors.As(last, &later) && later.after > d {
		d = min(later.after, maxWait)
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return fmt.Errorf("waiting: %w", ctx.Err())
	case <-t.C:
		return nil
	}
}

// once asks for a file once.
func (c *Client) once(ctx context.Context, name string, limit int64) (_ []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base.String()+"/"+name, nil)
	if err != nil {
		return nil, fmt.Errorf("its address: %w", err)
	}
	// Nothing that would tell one reader from another. The transport asks for gzip
	// and undoes it, so that the limit is on what comes out.
	req.Header.Set("User-Agent", agent)
	c.requests.Add(1)
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, transientError{Spoken(err)}
	}
	defer func() {
		if e := resp.Body.Close(); err == nil {
			err = e
		}
	}()
	switch s := resp.StatusCode; {
	case s == http.StatusOK:
	case s == http.StatusNotFound || s == http.StatusGone:
		return nil, fs.ErrNotExist
	case s == http.StatusTooManyRequests || s == http.StatusServiceUnavailable:
		return nil, busyError{s, retryAfter(resp.Header)}
	case s >= http.StatusInternalServerError:
		return nil, transientError{fmt.Errorf("the server answers %d", s)}
	default:
		return nil, fmt.Errorf("the server answers %d: is this the address of a register?", s)
	}
	if enc := resp.Header.Get("Content-Encoding"); enc != "" {
		return nil, fmt.Errorf("it comes as %q, which nobody asked for", enc)
	}
	b, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err != nil {
		return nil, transientError{fmt.Errorf("it broke off: %w", Spoken(err))}
	}
	if int64(len(b)) > limit {
		return nil, fmt.Errorf("%w: more than %d bytes", errTooLarge, limit)
	}
	return b, nil
}

func retryAfter(h http.Header) time.Duration {
	s, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || s < 0 || s > int(maxWait/time.Second) {
		return maxWait
	}
	return time.Duration(s) * time.Second
}

// Log returns a reader of the register's log. Its errors and its patience are
// those of ctx.
func (c *Client) Log(ctx context.Context) *tlog.Reader {
	return tlog.NewReader(c.Address(), c.LogFiles(ctx))
}

// LogFiles are the log's files as they come, unverified: for who keeps some of
// them at hand.
func (c *Client) LogFiles(ctx context.Context) tlog.Files { return logFiles{c, ctx} }

type logFiles struct {
	c   *Client
	ctx context.Context //nolint:containedctx // a Reader is made for one work
}

// File implements tlog.Files.
func (l logFiles) File(name string, limit int64) ([]byte, error) {
	return l.c.File(l.ctx, name, limit)
}

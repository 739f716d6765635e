package server

import (
	"context"
	"errors"
	"net"
	"os"
	"strconv"
	"sync"
	"time"

	"chancery.example/internal/kind"
)

// ErrReload says that a server ended to be started again with other settings.
var ErrReload = errors.New("to be started again")

// A Held is an address that stays open from one Serve to the next, so that no
// connection is refused in between: those that come wait. The zero Held is empty.
type Held struct {
	listener net.Listener
	addr     string
}

// Close gives the address free.
func (h *Held) Close() error {
	if h == nil || h.listener == nil {
		return nil
	}
	return h.listener.Close() //nolint:wrapcheck // a listener's own
}

// open returns what to accept connections from: the socket that systemd handed
// over, the one that is held, or a new one.
func (c Config) open(ctx context.Context) (net.Listener, error) {
	if c.Held == nil {
		l, err := handedOver()
		if l != nil || err != nil {
			return l, err
		}
		return listen(ctx, c.Addr)
	}
	h := c.Held
	if h.listener != nil && h.addr != c.Addr { // another address now
		_ = h.listener.Close()
		h.listener = nil
	}
	if h.listener == nil {
		l, err := handedOver()
		if l == nil && err == nil {
			l, err = listen(ctx, c.Addr)
		}
		if err != nil {
			return nil, err
		}
		h.listener, h.addr = l, c.Addr
	}
	return newStopped(h.listener), nil
}

// handedOver returns the socket of socket activation (sd_listen_fds(3)); nil
// without one.
func handedOver() (net.Listener, error) {
	if os.Getenv("LISTEN_PID") != strconv.Itoa(os.Getpid()) {
		return nil, nil //nolint:nilnil // none is no failure
	}
	if n := os.Getenv("LISTEN_FDS"); n != "1" {
		return nil, kind.Invalid.Errorf("systemd hands over %q sockets: the unit's .socket needs exactly one ListenStream", n)
	}
	const first = 3
	f := os.NewFile(first, "socket")
	l, err := net.FileListener(f)
	if err != nil {
		return nil, kind.Invalid.Errorf("the socket that systemd hands over: %w", err)
	}
	_ = f.Close() // FileListener made its own
	return l, nil
}

// A stopped listener can be closed without giving its address free.
type stopped struct {
	net.Listener
	once sync.Once
	done chan struct{}
}

// deadliner is what TCP and Unix listeners can do.
type deadliner interface{ SetDeadline(time.Time) error }

func newStopped(l net.Listener) *stopped {
	if d, ok := l.(deadliner); ok {
		_ = d.SetDeadline(time.Time{})
	}
	return &stopped{Listener: l, done: make(chan struct{})}
}

// Accept returns net.ErrClosed once the listener is stopped.
func (s *stopped) Accept() (net.Conn, error) {
	conn, err := s.Listener.Accept()
	select {
	case <-s.done:
		if conn != nil {
			return conn, nil // it came before; the server finishes it
		}
		return nil, net.ErrClosed
	default:
		return conn, err //nolint:wrapcheck // the server looks at it
	}
}

// Close ends Accept and leaves the address open.
func (s *stopped) Close() error {
	s.once.Do(func() {
		close(s.done)
		if d, ok := s.Listener.(deadliner); ok {
			_ = d.SetDeadline(time.Now())
		}
	})
	return nil
}

// notify tells systemd how the service is (sd_notify(3)); nothing without it.
func notify(state string) {
	name := os.Getenv("NOTIFY_SOCKET")
	if name == "" {
		return
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		return // nobody to tell that nobody can be told
	}
	_, _ = conn.Write([]byte(state))
	_ = conn.Close()
}

// watchdog returns how often systemd wants to hear that the service lives; 0 for
// never.
func watchdog() time.Duration {
	if pid := os.Getenv("WATCHDOG_PID"); pid != "" && pid != strconv.Itoa(os.Getpid()) {
		return 0
	}
	us, err := strconv.ParseInt(os.Getenv("WATCHDOG_USEC"), 10, 64)
	if err != nil || us <= 0 {
		return 0
	}
	return time.Duration(us) * time.Microsecond / 2
}

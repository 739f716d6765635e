package witness

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"syscall"
	"time"

	"chancery.example/internal/kind"
)

// Serve serves the witness on an address until ctx ends, then lets requests
// finish. ready is told the address once it is open.
func (w *Witness) Serve(ctx context.Context, addr string, l Limits, ready func(url string)) error {
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return kind.Unavailable.Errorf("another program listens on %s already: end it, or choose another address with --addr 127.0.0.1:0 (any free port): %w", addr, err)
	case err != nil:
		return kind.Invalid.Errorf("cannot listen on %q: want HOST:PORT, such as 127.0.0.1:8090: %w", addr, err)
	}
	srv := &http.Server{
		Handler: w.Handler(l), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second, WriteTimeout: 30 * time.Second,
		IdleTimeout: 5 * time.Minute, MaxHeaderBytes: 16 << 10,
	}
	ready("http://" + listener.Addr().String() + "/")
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(listener) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serving the witness: %w", err)
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := srv.Shutdown(grace); err != nil {
		return fmt.Errorf("ending the witness: %w", err)
	}
	return nil
}

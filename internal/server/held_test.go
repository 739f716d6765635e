package server

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func newRecorder() *httptest.ResponseRecorder { return httptest.NewRecorder() }

func newRequest(t *testing.T) *http.Request {
	t.Helper()
	return httptest.NewRequest(http.MethodGet, "/", nil)
}

// TestReload: no connection is refused while a server starts again.
func TestReload(t *testing.T) {
	dir, held := house(t), &Held{}
	defer func() { _ = held.Close() }()
	s := start(t, Config{Dir: dir, Held: held})
	address := s.url
	for range 3 {
		s.reload <- struct{}{}
		if err := <-s.ended; !errors.Is(err, ErrReload) {
			t.Fatal(err)
		}
		asked := make(chan error, 1)
		go func() { // between two servers
			r, err := http.Get(address + "/healthz") //nolint:gosec // a test's own
			if err == nil {
				_ = r.Body.Close()
			}
			asked <- err
		}()
		time.Sleep(20 * time.Millisecond)
		s.ended <- nil // for the clean-up
		s = start(t, Config{Dir: dir, Held: held})
		if s.url != address {
			t.Fatalf("from %s to %s", address, s.url)
		}
		if err := <-asked; err != nil {
			t.Error(err)
		}
	}
}

// TestSystemd hears what a service tells.
func TestSystemd(t *testing.T) {
	name := filepath.Join(t.TempDir(), "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	t.Setenv("NOTIFY_SOCKET", name)
	t.Setenv("WATCHDOG_USEC", "200000")
	s := start(t, Config{Dir: house(t)})
	heard := map[string]int{}
	buf := make([]byte, 100)
	for heard["STOPPING=1"] == 0 {
		if heard["WATCHDOG=1"] > 0 {
			s.stop()
		}
		_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
		n, err := conn.Read(buf)
		if err != nil {
			t.Fatal(err, heard)
		}
		heard[string(buf[:n])]++
	}
	if heard["READY=1"] != 1 || heard["WATCHDOG=1"] == 0 {
		t.Error(heard)
	}
	t.Setenv("WATCHDOG_PID", "1")
	if watchdog() != 0 {
		t.Error("the watchdog of another process")
	}
	t.Setenv("LISTEN_PID", fmt.Sprint(os.Getpid()))
	t.Setenv("LISTEN_FDS", "2")
	if _, err := handedOver(); err == nil {
		t.Error("two sockets are taken for one")
	}
}

package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestSpoken: no reader is told of dialling, sockets or ports; the cause is kept.
func TestSpoken(t *testing.T) {
	asked := func(err error) error {
		return &url.Error{Op: "Get", URL: "https://x.example/checkpoint", Err: &net.OpError{Op: "dial", Net: "tcp", Err: err}}
	}
	for _, c := range []struct {
		err  error
		want string
	}{
		{asked(&net.DNSError{Err: "no such host", Name: "x.example", IsNotFound: true}), "no machine of that name"},
		{asked(&net.DNSError{Err: "server misbehaving", Name: "x.example"}), "name service"},
		{asked(syscall.ECONNREFUSED), "nothing answers"},
		{asked(syscall.EHOSTUNREACH), "no way to it"},
		{asked(syscall.ECONNRESET), "broke off"},
		{fmt.Errorf("reading: %w", io.ErrUnexpectedEOF), "broke off"},
		{&url.Error{Op: "Get", URL: "https://x.example", Err: context.DeadlineExceeded}, "in time"},
		{&url.Error{Op: "Get", URL: "https://x.example", Err: errors.New("it sends readers on to y.example")}, "it sends readers on to y.example"},
		{errors.New("it is busy"), "it is busy"},
	} {
		got := Spoken(c.err)
		if !strings.Contains(got.Error(), c.want) || strings.Contains(got.Error(), "dial") || strings.Contains(got.Error(), "https://") {
			t.Errorf("%v is worded %q, want %q", c.err, got, c.want)
		}
		if !errors.Is(got, c.err) {
			t.Errorf("%v: the cause is lost", c.err)
		}
	}
	if Spoken(nil) != nil {
		t.Error("no error became one")
	}
}

// TestSpokenInEarnest asks machines that do not answer.
func TestSpokenInEarnest(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	slow := httptest.NewTLSServer(http.NotFoundHandler())
	defer slow.Close()
	for address, want := range map[string]string{gone.URL: "nothing answers", slow.URL: "certificate"} {
		c, err := New(address, Options{Tries: 1, Timeout: 5 * time.Second})
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.File(t.Context(), "checkpoint", 1000)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "dial tcp") {
			t.Errorf("%s: %v, want %q", address, err, want)
		}
	}
}

package server

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// count counts requests, and logs each by its kind at the level debug: never its
// address, which may name a letter or hold words.
func (o *operated) count(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		id := requestID()
		seen := &statusWriter{ResponseWriter: w, id: id}
		o.inFlight.add(1)
		defer func() {
			o.inFlight.add(-1)
			took := time.Since(began)
			o.seconds.Observe(took)
			o.answers[min(max(seen.status/100, 0), 5)].Add(1)
			if !o.config.Log.Enabled(r.Context(), slog.LevelDebug) {
				return
			}
			attrs := []any{"request", id, "method", r.Method, "status", seen.status, "ms", took.Milliseconds()}
			if o.config.LogClients {
				attrs = append(attrs, "client", coarse(r.RemoteAddr))
			}
			o.config.Log.Debug("request", attrs...)
		}()
		next.ServeHTTP(seen, r.WithContext(context.WithValue(r.Context(), requestKey{}, id)))
	})
}

type requestKey struct{}

// requestID names a request in the log.
func requestID() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// coarse is the network of an address that is too wide to name a reader.
func coarse(remote string) string {
	a, err := net.ResolveTCPAddr("tcp", remote)
	if err != nil {
		return "unknown"
	}
	addr := a.AddrPort().Addr().Unmap().WithZone("")
	bits := 24
	if !addr.Is4() {
		bits = 48
	}
	p, err := addr.Prefix(bits)
	if err != nil {
		return "unknown"
	}
	return p.String()
}

// statusWriter remembers the status. An answer that the program failed to make
// carries the request's name, for who reports it; no other does, so that answers
// do not differ where they are to be alike.
type statusWriter struct {
	http.ResponseWriter
	id     string
	status int
}

func (s *statusWriter) WriteHeader(status int) {
	if s.status == 0 && status >= 200 {
		s.status = status
		if status >= http.StatusInternalServerError {
			s.Header().Set("X-Request-Id", s.id)
		}
	}
	s.ResponseWriter.WriteHeader(status)
}

func (s *statusWriter) Write(b []byte) (int, error) {
	if s.status == 0 {
		s.status = http.StatusOK
	}
	return s.ResponseWriter.Write(b) //nolint:wrapcheck // a writer's own
}

// Unwrap is for http.ResponseController.
func (s *statusWriter) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// NewLog returns the log of a server. It names the request in which something
// happened, when there is one.
func NewLog(w io.Writer, o Operation) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(cmp.Or(o.LogLevel, "info"))); err != nil {
		return nil, fmt.Errorf("log-level %q: want error, warn, info or debug", o.LogLevel)
	}
	opts := &slog.HandlerOptions{Level: level}
	switch cmp.Or(o.LogFormat, "text") {
	case "text":
		return slog.New(named{slog.NewTextHandler(w, opts)}), nil
	case "json":
		return slog.New(named{slog.NewJSONHandler(w, opts)}), nil
	}
	return nil, fmt.Errorf("log-format %q: want text or json", o.LogFormat)
}

// named puts the request's name to what is logged in its context.
type named struct{ slog.Handler }

func (n named) Handle(ctx context.Context, r slog.Record) error {
	if id, ok := ctx.Value(requestKey{}).(string); ok {
		r.AddAttrs(slog.String("request", id))
	}
	return n.Handler.Handle(ctx, r) //nolint:wrapcheck // a handler's own
}

func (n named) WithAttrs(a []slog.Attr) slog.Handler { return named{n.Handler.WithAttrs(a)} }
func (n named) WithGroup(g string) slog.Handler      { return named{n.Handler.WithGroup(g)} }

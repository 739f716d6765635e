package witness

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"chancery.example/internal/kind"
)

// Limits of the witness's server.
type Limits struct {
	// PerSecond and Burst are how many requests one client (a network of 64 bits
	// in IPv6) may send; 50 and 500 when zero.
	PerSecond, Burst float64
	Log              *slog.Logger // nil: says nothing
}

// Handler serves a witness: add-checkpoint for logs, and what monitors ask for.
func (w *Witness) Handler(l Limits) http.Handler {
	s := &service{w: w, log: l.Log, limit: newLimiter(l, w.clock), answers: map[int]uint64{}}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /add-checkpoint", s.add)
	mux.HandleFunc("GET /{hash}/checkpoint", s.latest)
	mux.HandleFunc("GET /healthz", s.health)
	mux.HandleFunc("GET /metrics", s.metrics)
	mux.HandleFunc("GET /logs.json", s.json)
	mux.HandleFunc("GET /{$}", s.text)
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("X-Content-Type-Options", "nosniff")
		rw.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox")
		if !s.limit.allow(r.RemoteAddr) {
			rw.Header().Set("Retry-After", "1")
			s.fail(rw, http.StatusTooManyRequests, "too many requests; come back in a second")
			return
		}
		mux.ServeHTTP(rw, r)
	})
}

type service struct {
	w     *Witness
	log   *slog.Logger
	limit *limiter

	mu      sync.Mutex
	answers map[int]uint64 // how many of each status
}

// add is C2SP tlog-witness, "add-checkpoint".
func (s *service) add(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, MaxRequest))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		s.fail(rw, http.StatusRequestEntityTooLarge, fmt.Sprintf("at most %d bytes", MaxRequest))
		return
	case err != nil:
		s.fail(rw, http.StatusBadRequest, "the request could not be read to its end")
		return
	}
	line, err := s.w.Cosign(r.Context(), body)
	var refusal *Refusal
	switch {
	case errors.As(err, &refusal) && refusal.Status == http.StatusConflict:
		s.count(refusal.Status)
		rw.Header().Set("Content-Type", "text/x.tlog.size")
		rw.WriteHeader(refusal.Status)
		_, _ = fmt.Fprintf(rw, "%d\n", refusal.Size)
	case errors.As(err, &refusal):
		s.log.Warn("a checkpoint was not cosigned", "status", refusal.Status, "why", refusal.Problem)
		s.fail(rw, refusal.Status, refusal.Problem)
	case err != nil:
		s.log.Error("cosigning a checkpoint", "error", err)
		status := http.StatusInternalServerError
		if kind.Of(err) == kind.Unavailable {
			status = http.StatusServiceUnavailable
		}
		s.fail(rw, status, "this witness cannot sign just now")
	default:
		s.write(rw, "text/plain; charset=utf-8", line)
	}
}

// latest is C2SP tlog-witness, "Monitor Retrieval Mechanism".
func (s *service) latest(rw http.ResponseWriter, r *http.Request) {
	logs, err := s.w.Logs(r.Context())
	if err != nil {
		s.trouble(rw, err)
		return
	}
	i := slices.IndexFunc(logs, func(l LogState) bool { return OriginHash(l.Origin) == r.PathValue("hash") })
	if i < 0 || logs[i].At == nil {
		s.fail(rw, http.StatusNotFound, "this witness has cosigned no head of such a log")
		return
	}
	cp, err := s.w.Latest(r.Context(), logs[i].Origin)
	if err != nil {
		s.trouble(rw, err)
		return
	}
	s.write(rw, "text/plain; charset=utf-8", cp)
}

// OriginHash is how the addresses of a witness name a log.
func OriginHash(origin string) string {
	h := sha256.Sum256([]byte(origin))
	return hex.EncodeToString(h[:])
}

func (s *service) health(rw http.ResponseWriter, r *http.Request) {
	if err := s.w.Health(r.Context()); err != nil {
		s.trouble(rw, err)
		return
	}
	s.write(rw, "text/plain; charset=utf-8", []byte("ok\n"))
}

// Health says what keeps the witness from signing, or nil.
func (w *Witness) Health(ctx context.Context) error {
	var latest int64
	if err := w.db.sql.QueryRowContext(ctx, `SELECT at FROM clock`).Scan(&latest); err != nil {
		return w.db.trouble(err)
	}
	_, err := stamp(w.clock(), uint64(latest)) //nolint:gosec // written by advance
	return err
}

func (s *service) json(rw http.ResponseWriter, r *http.Request) {
	logs, err := s.w.Logs(r.Context())
	if err != nil {
		s.trouble(rw, err)
		return
	}
	raw, err := json.MarshalIndent(struct {
		Name string     `json:"name"`
		Key  string     `json:"key"`
		Logs []LogState `json:"logs"`
	}{s.w.Config.Name, s.w.Config.Key, append([]LogState{}, logs...)}, "", "  ")
	if err != nil {
		s.trouble(rw, err)
		return
	}
	s.write(rw, "application/json", append(raw, '\n'))
}

func (s *service) text(rw http.ResponseWriter, r *http.Request) {
	logs, err := s.w.Logs(r.Context())
	if err != nil {
		s.trouble(rw, err)
		return
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "A witness of transparency logs (C2SP tlog-witness).\n\nname %s\nkey  %s\nlogs %d\n", s.w.Config.Name, s.w.Config.Key, len(logs))
	for _, l := range logs {
		fmt.Fprintf(&b, "\n%s\n", l)
	}
	s.write(rw, "text/plain; charset=utf-8", b.Bytes())
}

// String says what is known of a log, for people.
func (l LogState) String() string {
	if l.At == nil {
		return l.Origin + "\n  nothing cosigned yet"
	}
	s := fmt.Sprintf("%s\n  size %d, cosigned %s\n  root %s", l.Origin, l.Size, l.At.Format(time.RFC3339), l.Root)
	if l.Refused > 0 {
		s += fmt.Sprintf("\n  ! heads that this log signed and that do not fit: %d", l.Refused)
	}
	return s
}

// metrics are in the text format of Prometheus.
func (s *service) metrics(rw http.ResponseWriter, r *http.Request) {
	logs, err := s.w.Logs(r.Context())
	if err != nil {
		s.trouble(rw, err)
		return
	}
	var b bytes.Buffer
	for _, m := range []struct {
		name, kind, help string
		value            func(LogState) int64
	}{
		{"chancery_witness_log_size", "gauge", "entries of the head cosigned last", func(l LogState) int64 { return int64(l.Size) }}, //nolint:gosec // ParseHead bounds it
		{"chancery_witness_log_time_seconds", "gauge", "time of the last cosignature", func(l LogState) int64 {
			if l.At == nil {
				return 0
			}
			return l.At.Unix()
		}},
		{"chancery_witness_log_refused_total", "counter", "heads that the log signed and that did not fit", func(l LogState) int64 { return int64(l.Refused) }},
	} {
		fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s %s\n", m.name, m.help, m.name, m.kind)
		for _, l := range logs {
			fmt.Fprintf(&b, "%s{origin=%s} %d\n", m.name, strconv.Quote(l.Origin), m.value(l))
		}
	}
	fmt.Fprintf(&b, "# HELP chancery_witness_answers_total answers by status\n# TYPE chancery_witness_answers_total counter\n")
	s.mu.Lock()
	for status, n := range s.answers {
		fmt.Fprintf(&b, "chancery_witness_answers_total{status=\"%d\"} %d\n", status, n)
	}
	s.mu.Unlock()
	s.write(rw, "text/plain; version=0.0.4; charset=utf-8", b.Bytes())
}

func (s *service) write(rw http.ResponseWriter, media string, b []byte) {
	s.count(http.StatusOK)
	rw.Header().Set("Content-Type", media)
	rw.Header().Set("Cache-Control", "no-cache")
	_, _ = rw.Write(b) // who does not wait for the answer asks again
}

func (s *service) trouble(rw http.ResponseWriter, err error) {
	s.log.Error("answering", "error", err)
	s.fail(rw, http.StatusServiceUnavailable, "not available just now")
}

func (s *service) fail(rw http.ResponseWriter, status int, problem string) {
	s.count(status)
	http.Error(rw, problem, status)
}

func (s *service) count(status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers[status]++
}

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"chancery.example/internal/folder"
	"chancery.example/internal/office"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// serveEnv makes this program the register that is measured beside others.
const serveEnv = "CHANCERY_BENCH_SERVE"

// startOwn starts this program again as a server that makes statements: their
// requests stand and are signed before, so what comes in is an officer's
// signature, which is checked, and what goes out is a signed head.
func startOwn(ctx context.Context, s settings) (*served, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding this program: %w", err)
	}
	dir := filepath.Join(s.dir, "own")
	p := &served{status: http.StatusOK, dir: filepath.Join(dir, "register", "log", "tile")}
	p.cmd = exec.CommandContext(ctx, self) //nolint:gosec // itself
	p.cmd.Env = append(os.Environ(), serveEnv+"="+dir, "CHANCERY_BENCH_N="+strconv.Itoa(s.many+pacedRequests), "CHANCERY_BENCH_WRITERS="+strconv.Itoa(s.writers))
	p.cmd.Stderr = os.Stderr
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("starting a register: %w", err)
	}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting a register: %w", err)
	}
	var ready prepared
	if err := json.NewDecoder(bufio.NewReader(out)).Decode(&ready); err != nil {
		return nil, errors.Join(fmt.Errorf("a register did not get ready: %w", err), p.end())
	}
	p.url, p.requests = ready.URL, ready.Signatures
	p.path = func(i int) string { return "/statement/" + strconv.FormatInt(ready.Requests[i], 10) }
	p.own = func() (int64, error) { return entryBytes(ctx, filepath.Join(dir, "register")) }
	return p, nil
}

// prepared is what the server says once it is ready.
type prepared struct {
	URL        string
	Requests   []int64
	Signatures [][]byte
}

// serveOwn is the register as a server.
func serveOwn(dir string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	n, _ := strconv.Atoi(os.Getenv("CHANCERY_BENCH_N"))
	writers, _ := strconv.Atoi(os.Getenv("CHANCERY_BENCH_WRITERS"))
	h, err := newHouse(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { _ = h.Close() }()
	ready, err := h.statements(ctx, n, writers)
	if err != nil {
		return err
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listening: %w", err)
	}
	ready.URL = "http://" + l.Addr().String()
	srv := &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(h.stated)}
	go func() {
		<-ctx.Done()
		_ = srv.Close()
	}()
	if err := json.NewEncoder(os.Stdout).Encode(ready); err != nil {
		return fmt.Errorf("saying that it is ready: %w", err)
	}
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving: %w", err)
	}
	return nil
}

// statements prepares requests for statements, and their signatures.
func (h *house) statements(ctx context.Context, n, writers int) (prepared, error) {
	p := prepared{Requests: make([]int64, n), Signatures: make([][]byte, n)}
	err := each(settings{writers: writers, many: n}, func(i int) error {
		text, err := letter.Canonicalize(fmt.Appendf(nil, "We have seen paper %d and are looking into it.", i))
		if err != nil {
			return fmt.Errorf("writing a statement: %w", err)
		}
		q, err := h.ProposeStatement(ctx, "bench", "press", office.Say{Texts: []letter.LangText{{Lang: "en", Text: text}}})
		if err != nil {
			return err
		}
		sig, err := h.press.Approve(q.Statement)
		p.Requests[i], p.Signatures[i] = q.ID, sig
		return err
	})
	return p, err
}

// stated takes an officer's signature and makes the statement.
func (h *house) stated(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.ParseInt(strings.TrimPrefix(r.URL.Path, "/statement/"), 10, 64)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	sig, err := io.ReadAll(io.LimitReader(r.Body, 16<<10))
	if err == nil {
		_, err = h.Approve(r.Context(), id, "press", sig)
	}
	var rec office.Receipt
	if err == nil {
		rec, err = h.Perform(r.Context(), id, "press")
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"index": rec.Index, "checkpoint": rec.Checkpoint})
}

// entryBytes sums the entries of a register.
func entryBytes(ctx context.Context, dir string) (int64, error) {
	f, err := folder.Open(dir)
	if err != nil {
		return 0, err //nolint:wrapcheck // says what it read
	}
	r, err := f.Read(ctx, proof.Policy{}, nil)
	if err != nil {
		return 0, err //nolint:wrapcheck // likewise
	}
	var own int64
	for i := range r.Checkpoint.Size {
		raw, err := r.Entry(register.Index(i))
		if err != nil {
			return 0, err
		}
		own += int64(len(raw))
	}
	return own, nil
}

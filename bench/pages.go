package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"chancery.example/internal/folder"
	"chancery.example/internal/server"
	"chancery.example/letter"
)

// These make this program a server of pages, or of files of the same bytes.
const (
	pagesEnv  = "CHANCERY_BENCH_PAGES"
	staticEnv = "CHANCERY_BENCH_STATIC"
)

// An asked is one kind of request.
type asked struct{ name, method, path, body string }

// servePages is the real server, with the limits of readers off.
func servePages(dir string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	f, err := folder.Open(dir)
	if err != nil {
		return fmt.Errorf("serving pages: %w", err)
	}
	policy, err := f.Config.Policy()
	if err != nil {
		return fmt.Errorf("serving pages: %w", err)
	}
	var anyAge time.Duration
	limits := server.UsualLimits()
	limits.Connections, limits.PerClient, limits.Burst, limits.CheckBurst = -1, -1, -1, -1
	return server.Serve(ctx, server.Config{
		Dir: dir, Policy: policy, Addr: "127.0.0.1:0", Fresh: &anyAge, Publish: true, Limits: limits,
		Log: slog.New(slog.DiscardHandler), Ready: func(u string) { fmt.Println(u) },
	})
}

// serveStatic answers with the files of a folder: the floor.
func serveStatic(dir string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ports, err := freePorts(ctx, 1)
	if err != nil {
		return err
	}
	srv := &http.Server{Addr: "127.0.0.1:" + ports[0], Handler: http.FileServer(http.Dir(dir)), ReadHeaderTimeout: time.Second}
	go func() {
		<-ctx.Done()
		_ = srv.Close()
	}()
	fmt.Println("http://" + srv.Addr)
	if err := srv.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving files: %w", err)
	}
	return nil
}

// startAs starts this program again as one of them and reads its address.
func startAs(ctx context.Context, env, dir string) (*served, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding this program: %w", err)
	}
	p := &served{cmd: exec.CommandContext(ctx, self)} //nolint:gosec // itself
	p.cmd.Env, p.cmd.Stderr = append(os.Environ(), env+"="+dir), os.Stderr
	out, err := p.cmd.StdoutPipe()
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		return nil, fmt.Errorf("starting a server: %w", err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return nil, errors.Join(fmt.Errorf("a server did not get ready: %w", err), p.end())
	}
	p.url = strings.TrimSuffix(strings.TrimSpace(line), "/")
	return p, awaitHTTP(ctx, p.url)
}

// pages measures the pages of a register beside files of
// the same bytes.
func pages(ctx context.Context, s settings, t *table) (err error) {
	if s.pageTime == 0 {
		return nil
	}
	kinds, dir, err := pagesRegister(ctx, s)
	if err != nil {
		return err
	}
	ours, err := startAs(ctx, pagesEnv, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ours.end()) }()
	static := filepath.Join(s.dir, "static")
	if err := os.MkdirAll(static, 0o700); err != nil {
		return fmt.Errorf("making a folder: %w", err)
	}
	for i, k := range kinds {
		body, err := ask(ctx, http.DefaultClient, ours.url+k.path, k)
		if err != nil {
			return fmt.Errorf("%s: %w", k.name, err)
		}
		if err := os.WriteFile(filepath.Join(static, strconv.Itoa(i)), body, 0o600); err != nil {
			return fmt.Errorf("keeping an answer: %w", err)
		}
	}
	floor, err := startAs(ctx, staticEnv, static)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, floor.end()) }()
	for i, k := range kinds {
		file := k
		file.path = "/" + strconv.Itoa(i)
		for _, clients := range []int{1, 8, 64} {
			a := ours.load(ctx, k, clients, 0, s.pageTime)
			b := floor.load(ctx, file, clients, 0, s.pageTime)
			t.row(fmt.Sprintf("%s, %d clients", k.name, clients), a.String(), "files: "+b.String()+fmt.Sprintf("; %.0f x the time at p50, %.3f x the requests", ratio(a.at(50), b.at(50)), a.rate()/b.rate()))
		}
		a := ours.load(ctx, k, 64, s.pageRate, s.pageTime)
		b := floor.load(ctx, file, 64, s.pageRate, s.pageTime)
		t.row(fmt.Sprintf("%s, open loop, %.0f/s", k.name, s.pageRate), a.String(), "files: "+b.String()+"; from the scheduled time")
	}
	return nil
}

func ratio(a, b time.Duration) float64 { return float64(a) / float64(max(b, 1)) }

// pagesRegister makes a register of letters and what is asked of it.
func pagesRegister(ctx context.Context, s settings) ([]asked, string, error) {
	h, err := newHouse(ctx, filepath.Join(s.dir, "pages"))
	if err != nil {
		return nil, "", err
	}
	s.many = s.pageLetters
	err = each(s, func(i int) error {
		q, err := h.approved(ctx, letter.Ref(fmt.Sprintf("P-%d", i)))
		if err == nil {
			_, err = h.Perform(ctx, q, "clerk")
		}
		return err
	})
	dir := h.Folder().Dir
	if err = errors.Join(err, h.Close()); err != nil {
		return nil, "", err
	}
	if _, err := server.BuildIndex(ctx, dir, true, func(string) {}, nil); err != nil {
		return nil, "", fmt.Errorf("making letters searchable: %w", err)
	}
	form := func(text string) string { return url.Values{"text": {text}}.Encode() }
	return []asked{
		{"GET letter", http.MethodGet, "/l/bench/P-1", ""}, {"GET office", http.MethodGet, "/o/bench", ""}, {"GET log entry", http.MethodGet, "/log/10", ""},
		{"GET feed", http.MethodGet, "/o/bench/feed.atom", ""}, {"GET api letters", http.MethodGet, "/api/v1/offices/bench/letters", ""},
		{"POST a sentence", http.MethodPost, "/check", form("The fee for night pilotage is 840 marks for each vessel of up to 5,000 tonnes.")},
		{"POST a letter", http.MethodPost, "/check", form("Harbour Commission\nP-1\n\nSir,\n\n" + body + "\n\nThe Commissioner\n")},
		{"POST an unknown text", http.MethodPost, "/check", form(strings.Repeat("Nothing of the sort was ever written about green umbrellas in this town. ", 8))},
	}, dir, nil
}

// ask sends one request and returns the answer.
func ask(ctx context.Context, client *http.Client, to string, k asked) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, k.method, to, strings.NewReader(k.body))
	if err != nil {
		return nil, fmt.Errorf("asking: %w", err)
	}
	if k.body != "" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("asking: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	got, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %.200s", resp.Status, got)
	}
	return got, err
}

// A loaded is what one load gave.
type loaded struct {
	times        []time.Duration
	errs         int
	bytes        int64
	took, served time.Duration // by the clock; of the server's processor
}

func (l loaded) at(p int) time.Duration { return percentile(l.times, p) }
func (l loaded) rate() float64          { return float64(len(l.times)) / l.took.Seconds() }

func (l loaded) String() string {
	return fmt.Sprintf("%.0f/s, p50 %s, p95 %s, p99 %s, %d errors, %d bytes, processor %.2f ms", l.rate(), round(l.at(50)), round(l.at(95)), round(l.at(99)),
		l.errs, l.bytes/int64(max(1, len(l.times))), float64(l.served.Microseconds())/1e3/float64(max(1, len(l.times))))
}

// load asks from so many clients for so long. With a rate the requests have a
// schedule, and a time counts from when its request was due: a server that stalls
// is charged with all that waited. Without one each client asks when it has its answer.
func (p *served) load(ctx context.Context, k asked, clients int, rate float64, long time.Duration) loaded {
	client := &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: clients, MaxConnsPerHost: clients, DisableCompression: true}}
	defer client.CloseIdleConnections()
	var l loaded
	var mu sync.Mutex
	var running sync.WaitGroup
	began, before, n := time.Now(), cpuOf(p.cmd.Process.Pid), 0
	due := func() (time.Time, bool) { // the next that is due
		mu.Lock()
		defer mu.Unlock()
		at := time.Now()
		if rate > 0 {
			at = began.Add(time.Duration(float64(n) / rate * float64(time.Second)))
		}
		n++
		return at, at.Sub(began) < long && ctx.Err() == nil
	}
	for range clients {
		running.Go(func() {
			for at, more := due(); more; at, more = due() {
				time.Sleep(time.Until(at))
				got, err := ask(ctx, client, p.url+k.path, k)
				took := time.Since(at)
				mu.Lock()
				if l.times = append(l.times, took); err != nil {
					l.errs++
				}
				l.bytes += int64(len(got))
				mu.Unlock()
			}
		})
	}
	running.Wait()
	l.took, l.served = time.Since(began), cpuOf(p.cmd.Process.Pid)-before
	return l
}

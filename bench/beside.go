package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// beside measures a register and Rekor v2 (POSIX) in the same way in the same run:
// a program of its own that takes entries over HTTP, checks the signature on each,
// and answers when a signed head covers it. What is sent was made and signed
// before. The load generator shares the cores, so each side's processor time is
// printed.
func beside(ctx context.Context, s settings, t *table) error {
	if s.clients == 0 {
		return nil
	}
	ours, err := startOwn(ctx, s)
	if err != nil {
		return err
	}
	own, err := ours.measure(ctx, s, t, "a register: statements")
	if err = errors.Join(err, ours.end()); err != nil {
		return err
	}
	t.row("a register: bytes on disk per entry", own.disk, "after collection; the entry and "+own.above)
	peer, err := startRekor(ctx, s)
	if err != nil {
		t.row("Rekor v2 POSIX", "not measured", err.Error())
		return nil //nolint:nilerr // said in the table
	}
	other, err := peer.measure(ctx, s, t, "Rekor v2 POSIX: hashed rekords")
	if err = errors.Join(err, peer.end()); err != nil {
		return err
	}
	t.row("Rekor v2 POSIX: bytes on disk per entry", other.disk, "after collection")
	t.row("a register beside Rekor v2 POSIX", fmt.Sprintf("%.2f x the entries a second", own.rate/other.rate),
		fmt.Sprintf("%.2f x the time to a signed head, paced; %.2f x the processor time per entry", float64(own.paced)/float64(other.paced), own.cpu/other.cpu))
	return nil
}

// A served is a program under load.
type served struct {
	url      string
	requests [][]byte // bodies, made before
	path     func(i int) string
	status   int
	dir      string // of its log
	own      func() (int64, error)
	cmd      *exec.Cmd
}

// A showing is what was measured of one.
type showing struct {
	rate  float64
	paced time.Duration
	cpu   float64 // seconds an entry
	disk  string
	above string
}

// pacedRequests are sent one after the other before the load.
const pacedRequests = 20

func (p *served) measure(ctx context.Context, s settings, t *table, name string) (showing, error) {
	client := &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: s.clients, MaxConnsPerHost: s.clients}}
	defer client.CloseIdleConnections()
	var ts []time.Duration
	for i := range pacedRequests {
		time.Sleep(250 * time.Millisecond)
		at := time.Now()
		if err := p.send(ctx, client, i); err != nil {
			return showing{}, err
		}
		ts = append(ts, time.Since(at))
	}
	t.row(name+", paced 250 ms", spread(ts), "over HTTP, to a signed head")
	before, mine, began := cpuOf(p.cmd.Process.Pid), cpuOf(os.Getpid()), time.Now()
	if err := p.crowd(ctx, client, s.clients); err != nil {
		return showing{}, err
	}
	took := time.Since(began)
	n := len(p.requests) - pacedRequests
	used := cpuOf(p.cmd.Process.Pid) - before
	show := showing{rate: float64(n) / took.Seconds(), paced: percentile(ts, 50), cpu: used.Seconds() / float64(n)}
	t.row(name+", many clients", perSecond(n, took), fmt.Sprintf("%d clients; it used %.1f s of processor time, the load generator %.1f s", s.clients, used.Seconds(), (cpuOf(os.Getpid())-mine).Seconds()))
	collected, _, err := logBytes(p.dir)
	if err != nil {
		return show, err
	}
	show.disk = fmt.Sprintf("%.0f", float64(collected)/float64(len(p.requests)))
	if p.own != nil {
		own, err := p.own()
		if err != nil {
			return show, err
		}
		show.above = fmt.Sprintf("%.0f more", float64(collected-own)/float64(len(p.requests)))
	}
	return show, nil
}

// crowd sends all requests but the paced ones from many clients.
func (p *served) crowd(ctx context.Context, client *http.Client, clients int) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan int)
	var running sync.WaitGroup
	for range clients {
		running.Go(func() {
			for i := range next {
				if err := p.send(ctx, client, i); err != nil {
					cancel(err)
				}
			}
		})
	}
	for i := pacedRequests; i < len(p.requests) && ctx.Err() == nil; i++ {
		next <- i
	}
	close(next)
	running.Wait()
	return context.Cause(ctx)
}

func (p *served) send(ctx context.Context, client *http.Client, i int) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url+p.path(i), bytes.NewReader(p.requests[i]))
	if err != nil {
		return fmt.Errorf("asking: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("asking: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err == nil && resp.StatusCode != p.status {
		err = fmt.Errorf("%s: %.300s", resp.Status, answer)
	}
	return err
}

func (p *served) end() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("ending a server: %w", err)
	}
	_ = p.cmd.Wait()
	return nil
}

// cpuOf is the processor time that a process has used, by proc(5).
func cpuOf(pid int) time.Duration {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(raw), ") ")
	f := strings.Fields(after)
	if len(f) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(f[11])
	system, _ := strconv.Atoi(f[12])
	return time.Duration(user+system) * 10 * time.Millisecond // 100 ticks a second
}

// startRekor builds and starts Rekor v2 with its POSIX driver.
func startRekor(ctx context.Context, s settings) (*served, error) {
	dir := filepath.Join(s.dir, "rekor")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making a folder: %w", err)
	}
	build := exec.CommandContext(ctx, "go", "build", "-C", filepath.Join("bench", "rekor"), "-o", dir+string(filepath.Separator), "tool") //nolint:gosec // our own module
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("it does not build here: %w: %.200s", err, out)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making its key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("writing its key: %w", err)
	}
	keyFile := filepath.Join(dir, "key.pem")
	if err := os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		return nil, fmt.Errorf("writing its key: %w", err)
	}
	ports, err := freePorts(ctx, 3)
	if err != nil {
		return nil, err
	}
	p := &served{url: "http://127.0.0.1:" + ports[0], path: func(int) string { return "/api/v2/log/entries" }, status: http.StatusCreated, dir: filepath.Join(dir, "log", "tile")}
	p.cmd = exec.CommandContext(ctx, filepath.Join(dir, "posix"), "serve", "--hostname=rekor.bench.example", "--storage-dir="+filepath.Join(dir, "log"), //nolint:gosec // just built
		"--signer-filepath="+keyFile, "--http-port="+ports[0], "--grpc-port="+ports[1], "--http-metrics-port="+ports[2], "--checkpoint-interval=1s", "--log-level=error")
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting it: %w", err)
	}
	if p.requests, err = rekords(key, s.many); err != nil {
		return nil, errors.Join(err, p.end())
	}
	return p, errors.Join(awaitHTTP(ctx, p.url))
}

// rekords are signed entries of Rekor's kind.
func rekords(key *ecdsa.PrivateKey, n int) ([][]byte, error) {
	pub, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return nil, fmt.Errorf("writing a key: %w", err)
	}
	var out [][]byte
	for i := range n + pacedRequests {
		digest := sha256.Sum256(fmt.Appendf(nil, "letter %d", i))
		sig, err := ecdsa.SignASN1(rand.Reader, key, digest[:])
		if err != nil {
			return nil, fmt.Errorf("signing an entry: %w", err)
		}
		body, err := json.Marshal(map[string]any{"hashedRekordRequestV002": map[string]any{
			"digest": digest[:],
			"signature": map[string]any{
				"content":  sig,
				"verifier": map[string]any{"publicKey": map[string]any{"rawBytes": pub}, "keyDetails": "PKIX_ECDSA_P256_SHA_256"},
			},
		}})
		if err != nil {
			return nil, fmt.Errorf("writing an entry: %w", err)
		}
		out = append(out, body)
	}
	return out, nil
}

func freePorts(ctx context.Context, n int) ([]string, error) {
	var ports []string
	for range n {
		var lc net.ListenConfig
		l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("finding a port: %w", err)
		}
		_, port, _ := net.SplitHostPort(l.Addr().String())
		ports = append(ports, port)
		defer func() { _ = l.Close() }()
	}
	return ports, nil
}

// awaitHTTP waits until a server answers at all.
func awaitHTTP(ctx context.Context, url string) error {
	for began := time.Now(); ; {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return fmt.Errorf("asking: %w", err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err == nil {
			return resp.Body.Close()
		}
		if time.Since(began) > time.Minute {
			return fmt.Errorf("it does not answer: %w", err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

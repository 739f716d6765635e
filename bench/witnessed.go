package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"chancery.example/internal/folder"
	"chancery.example/internal/witness"
	"chancery.example/letter"
	"chancery.example/proof"
)

// witnessed measures the clerk's act to a head over the letter that two of two
// witnesses on this machine have cosigned, one writer paced.
func witnessed(ctx context.Context, s settings, t *table) error {
	h, err := newHouse(ctx, filepath.Join(s.dir, "witnessed"))
	if err != nil {
		return err
	}
	defer func() { _ = h.Close() }()
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()
	policy := "log " + h.Folder().Config.LogKey + "\n"
	for i := range 2 {
		line, err := oneWitness(ctx, &running, filepath.Join(s.dir, fmt.Sprintf("w%d", i)), i, h.Folder().Config.LogKey)
		if err != nil {
			return err
		}
		policy += line
	}
	if _, err := h.Folder().SetPolicy([]byte(policy + "group both all w0 w1\nquorum both\n")); err != nil {
		return err //nolint:wrapcheck // says what it is about
	}
	running.Go(func() { witness.NewCollector(h.Folder(), witness.Options{}).Run(ctx) })
	var ts []time.Duration
	for i := range s.n {
		q, err := h.approved(ctx, letter.Ref(fmt.Sprintf("B-W-%d", i)))
		if err != nil {
			return err
		}
		time.Sleep(300 * time.Millisecond)
		at := time.Now()
		rec, err := h.Perform(ctx, q, "clerk")
		if err != nil {
			return err //nolint:wrapcheck // likewise
		}
		if err := awaitWitnessed(ctx, h.Folder(), uint64(rec.Index)+1); err != nil {
			return err
		}
		ts = append(ts, time.Since(at))
	}
	t.row("issue to witnessed head, two local witnesses, paced 300 ms", spread(ts), "goal p50 250 ms")
	return nil
}

// oneWitness serves a witness and returns its line in a policy.
func oneWitness(ctx context.Context, running *sync.WaitGroup, dir string, i int, logKey string) (string, error) {
	cfg, err := witness.Init(ctx, dir, fmt.Sprintf("w%d.example/w", i))
	if err != nil {
		return "", err //nolint:wrapcheck // says what it is about
	}
	w, err := witness.Open(ctx, dir, time.Now)
	if err != nil {
		return "", err //nolint:wrapcheck // likewise
	}
	if _, err := w.Learn(ctx, logKey, ""); err != nil {
		return "", err //nolint:wrapcheck // likewise
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("serving a witness: %w", err)
	}
	srv := &http.Server{Handler: w.Handler(witness.Limits{PerSecond: 1000}), ReadHeaderTimeout: time.Second}
	running.Go(func() { _ = srv.Serve(l) })
	running.Go(func() {
		<-ctx.Done()
		_ = errors.Join(srv.Close(), w.Close())
	})
	return fmt.Sprintf("witness w%d %s http://%s/\n", i, cfg.Key, l.Addr()), nil
}

// awaitWitnessed waits until the witnessed head covers so many entries.
func awaitWitnessed(ctx context.Context, f folder.Folder, size uint64) error {
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		raw, err := f.Witnessed()
		if err != nil {
			return err //nolint:wrapcheck // says what it is about
		}
		if h, err := proof.ParseHead(raw); raw != nil && err == nil && h.Size >= size {
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("waiting for witnesses: %w", ctx.Err())
		}
	}
	return fmt.Errorf("no witnessed head over %d entries after 30 s", size)
}

package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// issuing measures the clerk's act to the proof that a reader has verified: one
// writer, first with a pause between letters, then without.
func issuing(ctx context.Context, s settings, t *table) error {
	h, err := newHouse(ctx, filepath.Join(s.dir, "issuing"))
	if err != nil {
		return err
	}
	defer func() { _ = h.Close() }()
	policy, err := h.Folder().Config.Policy()
	if err != nil {
		return err
	}
	for _, mode := range []struct {
		name  string
		pause time.Duration
	}{{"issue to verified proof, paced 300 ms", 300 * time.Millisecond}, {"issue to verified proof, closed loop", 0}} {
		var ts []time.Duration
		for i := range s.n {
			ref := letter.Ref(fmt.Sprintf("B-%d-%d", mode.pause.Milliseconds(), i))
			q, err := h.approved(ctx, ref)
			if err != nil {
				return err
			}
			if mode.pause == 0 {
				// The approvals' own seal has just been published: that is the loop.
			} else {
				time.Sleep(mode.pause)
			}
			at := time.Now()
			if err := h.issueAndVerify(ctx, q, ref, policy); err != nil {
				return err
			}
			ts = append(ts, time.Since(at))
		}
		t.row(mode.name, spread(ts), fmt.Sprintf("%.2f x the log engine alone", float64(percentile(ts, 50))/float64(bare)))
	}
	return h.offline(ctx, policy, t)
}

func (h *house) issueAndVerify(ctx context.Context, request int64, ref letter.Ref, policy proof.Policy) error {
	if _, err := h.Perform(ctx, request, "clerk"); err != nil {
		return err
	}
	b, err := h.Prove(ctx, "bench", ref)
	if err != nil {
		return err
	}
	raw, err := b.Bytes()
	if err != nil {
		return fmt.Errorf("writing the proof: %w", err)
	}
	v, err := verify(raw, policy)
	if err == nil && v.Status.Standing != register.InForce {
		return fmt.Errorf("%s is %s", ref, v.Status.Standing)
	}
	return err
}

func verify(raw []byte, policy proof.Policy) (proof.Verified, error) {
	b, err := proof.Parse(raw)
	if err != nil {
		return proof.Verified{}, fmt.Errorf("reading the proof: %w", err)
	}
	v, err := b.Verify(policy, time.Now())
	if err != nil {
		return v, fmt.Errorf("verifying the proof: %w", err)
	}
	return v, nil
}

// offline measures verification of one whole proof with three approvals.
func (h *house) offline(ctx context.Context, policy proof.Policy, t *table) error {
	b, err := h.Prove(ctx, "bench", "B-0-0")
	if err != nil {
		return err
	}
	raw, err := b.Bytes()
	if err != nil {
		return fmt.Errorf("writing the proof: %w", err)
	}
	var ts []time.Duration
	for range 300 {
		at := time.Now()
		if _, err := verify(raw, policy); err != nil {
			return err
		}
		ts = append(ts, time.Since(at))
	}
	t.row("offline verification, 3 approvals, no witness", spread(ts), fmt.Sprintf("a proof of %d bytes", len(raw)))
	return nil
}

// crowd measures many writers who issue at the same time.
func crowd(ctx context.Context, s settings, t *table) error {
	h, err := newHouse(ctx, filepath.Join(s.dir, "crowd"))
	if err != nil {
		return err
	}
	defer func() { _ = h.Close() }()
	requests := make([]int64, s.many)
	prepared := time.Now()
	if err := each(s, func(i int) (err error) {
		requests[i], err = h.approved(ctx, letter.Ref(fmt.Sprintf("C-%d", i)))
		return err
	}); err != nil {
		return err
	}
	t.row("start, seal, submit and 3 approvals, many writers", perSecond(s.many, time.Since(prepared)), fmt.Sprintf("%d writers", s.writers))
	at := time.Now()
	if err := each(s, func(i int) error {
		_, err := h.Perform(ctx, requests[i], "clerk")
		return err
	}); err != nil {
		return err
	}
	t.row("issue, many writers", perSecond(s.many, time.Since(at)), fmt.Sprintf("%d writers, each waits for its signed head", s.writers))
	return h.bytesPerEntry(ctx, t)
}

func perSecond(n int, d time.Duration) string {
	return fmt.Sprintf("%.0f/s", float64(n)/d.Seconds())
}

// each runs f for every letter on all writers and returns the first error.
func each(s settings, f func(i int) error) error {
	var wg sync.WaitGroup
	next := make(chan int)
	errs := make(chan error, s.writers)
	for range s.writers {
		wg.Go(func() {
			for i := range next {
				if err := f(i); err != nil {
					errs <- err
					return
				}
			}
		})
	}
	var err error
feed:
	for i := range s.many {
		select {
		case next <- i:
		case err = <-errs:
			break feed
		}
	}
	close(next)
	wg.Wait()
	select {
	case e := <-errs:
		err = e
	default:
	}
	return err
}

// bytesPerEntry compares what the log takes on disk with its entries' own bytes,
// once superseded partial tiles are collected.
func (h *house) bytesPerEntry(ctx context.Context, t *table) error {
	r, err := h.Folder().Read(ctx, proof.Policy{}, nil)
	if err != nil {
		return err
	}
	var own int64
	for i := range r.Checkpoint.Size {
		raw, err := r.Entry(register.Index(i))
		if err != nil {
			return err
		}
		own += int64(len(raw))
	}
	n := float64(r.Checkpoint.Size)
	collected, all, err := logBytes(h.Folder().LogDir())
	if err != nil {
		return err
	}
	t.row("bytes on disk per entry", fmt.Sprintf("entry %.0f + %.0f", float64(own)/n, (float64(collected)-float64(own))/n),
		fmt.Sprintf("%d entries; + %.0f more in partial tiles until they are collected", r.Checkpoint.Size, float64(all-collected)/n))
	return nil
}

// logBytes sums the log's files: without superseded partial tiles, and with.
func logBytes(dir string) (collected, all int64, err error) {
	newest := map[string]int64{} // partial tiles: only the last of each counts
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := os.Stat(path)
		if err != nil {
			return err //nolint:wrapcheck // wrapped below
		}
		all += info.Size()
		if tile := filepath.Dir(path); filepath.Ext(tile) == ".p" {
			newest[tile] = max(newest[tile], info.Size())
			return nil
		}
		collected += info.Size()
		return nil
	})
	if err != nil {
		return 0, 0, fmt.Errorf("measuring the log: %w", err)
	}
	for tile, size := range newest {
		if _, err := os.Stat(tile[:len(tile)-len(".p")]); err != nil { // no full tile took its place
			collected += size
		}
	}
	return collected, all, nil
}

package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/storage/posix"
)

// fsyncRate measures durable writes of one page, one after the other.
func fsyncRate(_ context.Context, s settings, t *table) error {
	f, err := os.Create(filepath.Join(s.dir, "fsync"))
	if err != nil {
		return fmt.Errorf("measuring the disk: %w", err)
	}
	defer func() { _ = f.Close() }()
	page := make([]byte, 4096)
	var ts []time.Duration
	for began := time.Now(); time.Since(began) < time.Second; {
		at := time.Now()
		if _, err := f.WriteAt(page, 0); err != nil {
			return fmt.Errorf("measuring the disk: %w", err)
		}
		if err := f.Sync(); err != nil {
			return fmt.Errorf("measuring the disk: %w", err)
		}
		ts = append(ts, time.Since(at))
	}
	t.row("the disk: write 4 kB and fsync", fmt.Sprintf("%d/s", len(ts)), spread(ts))
	return nil
}

// bareLog measures the log engine alone with the options a register uses: an
// unsigned entry of the size of an issue entry, added and awaited in a
// checkpoint, in closed loop.
func bareLog(ctx context.Context, s settings, t *table) error {
	skey, _, err := note.GenerateKey(rand.Reader, "bench.example/log")
	if err != nil {
		return fmt.Errorf("making a log key: %w", err)
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		return fmt.Errorf("making a log key: %w", err)
	}
	driver, err := posix.New(ctx, posix.Config{Path: filepath.Join(s.dir, "bare")})
	if err != nil {
		return fmt.Errorf("opening tessera: %w", err)
	}
	appender, shutdown, reader, err := tessera.NewAppender(ctx, driver, tessera.NewAppendOptions().
		WithCheckpointSigner(signer).WithBatching(256, 10*time.Millisecond).WithCheckpointInterval(100*time.Millisecond))
	if err != nil {
		return fmt.Errorf("opening tessera: %w", err)
	}
	awaiter := tessera.NewPublicationAwaiter(ctx, reader.ReadCheckpoint, 5*time.Millisecond)
	var ts []time.Duration
	for i := range s.n {
		entry := make([]byte, 1253)
		_, _ = rand.Read(entry)
		at := time.Now()
		if _, _, err := awaiter.Await(ctx, appender.Add(ctx, tessera.NewEntry(entry))); err != nil {
			return fmt.Errorf("adding entry %d to tessera: %w", i, err)
		}
		ts = append(ts, time.Since(at))
	}
	if err := shutdown(ctx); err != nil {
		return fmt.Errorf("closing tessera: %w", err)
	}
	bare = percentile(ts, 50)
	t.row("the log engine alone, closed loop", spread(ts), "Tessera: nothing checked, nothing signed but heads")
	return nil
}

// bare is the log engine's median in this run, to compare with.
var bare time.Duration

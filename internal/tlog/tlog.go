//go:build !js

// Package tlog keeps a register's log on disk: Tessera's POSIX driver behind
// the few operations that a register needs, and a reader of the same files.
//
// [Open] gives the one [Log] that may append to a folder. What it promises:
//
//   - one process, one appender: a second Open of the same folder fails;
//   - Add returns only when the entry is on disk at its index; any error but
//     [ErrNotAdded] means that the outcome is unknown, and the caller must look
//     for its entry with Scan before it adds it again;
//   - no head is signed that was not recomputed from the entries as they are on
//     disk, that does not extend the last head signed, or that is smaller than
//     it, even when the folder was replaced by an older copy meanwhile;
//   - when any of that fails it stops for good and says why; reading goes on.
//
// [OpenReader] reads a log without a lock and without writing, beside a running
// Log or on a read-only copy. The entries and paths that it returns were verified
// against the root of the head that the caller gives; whether that head was
// signed is for proof.OpenCheckpoint.
//
// Tessera panics in a goroutine of its own when its lock files vanish under it.
// Add looks for the folder first; what slips through ends the process, which is
// as safe as any crash.
//
//	log, err := tlog.Open(ctx, dir, signer, tlog.Options{})
//	index, err := log.Add(ctx, entry.Bytes())
//	checkpoint, err := log.AwaitPublished(ctx, index)
//
// The files are those of C2SP tlog-tiles, with entries as raw bytes. Tessera
// keeps its own state in the folder .state inside the log.
package tlog

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/storage/posix"
	"golang.org/x/mod/sumdb/note"

	"chancery.example/proof"
	"chancery.example/register"
)

// Options of a Log. The zero value is right for a register on one disk.
type Options struct {
	// Clock is asked for the time in the register's own timestamp; nil means
	// time.Now. It says nothing about files, which go by the system's clock.
	Clock func() time.Time
	// ClockKey, an Ed25519 signer of its own, timestamps each checkpoint
	// (tlog-cosignature/v1: "register's clock, no witness"). Nil: no timestamp.
	ClockKey crypto.Signer
	// Verifier checks the checkpoint found on opening. When nil, name and ID of
	// the signer's key must fit.
	Verifier note.Verifier
	// HeadFile remembers the highest head ever signed. It must not be restored
	// from a backup together with the log. Default: DIR.head beside the log.
	HeadFile string
	// SecondHead remembers it once more, in a place that a copy of the whole
	// folder does not set back: another disk. Empty: there is none.
	SecondHead string
	// AdoptHead lets Open take the published checkpoint for the highest head
	// signed when HeadFile is missing: after a move to another machine, by
	// someone who knows that the copy is the newest.
	AdoptHead bool
	// MinFree is how many bytes must be free on the disk before an entry is
	// accepted. Default 64 MiB.
	MinFree uint64
	// BatchSize and BatchAge bound a batch of entries written together.
	// Defaults 256 and 10 ms.
	BatchSize uint
	BatchAge  time.Duration
	// CheckpointEvery is the shortest time between two checkpoints while there
	// is work. Default and least 100 ms.
	CheckpointEvery time.Duration
	// RepublishEvery is how often an unchanged head is signed and timestamped
	// anew. Default one minute; negative means never.
	RepublishEvery time.Duration
	// CollectEvery is how often superseded partial tiles are removed. Default
	// one minute; negative means never.
	CollectEvery time.Duration
}

const defaultMinFree = 64 << 20

func (o Options) withDefaults(dir string) Options {
	set := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	set(&o.BatchAge, 10*time.Millisecond)
	set(&o.CheckpointEvery, 100*time.Millisecond)
	set(&o.RepublishEvery, time.Minute)
	set(&o.CollectEvery, time.Minute)
	if o.BatchSize == 0 {
		o.BatchSize = 256
	}
	if o.MinFree == 0 {
		o.MinFree = defaultMinFree
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.HeadFile == "" {
		o.HeadFile = filepath.Clean(dir) + ".head"
	}
	return o
}

// A Log appends to the log in one folder. Its methods may be used by many
// goroutines at once.
type Log struct {
	dir      string
	opts     Options
	guard    *guard
	lock     *dirLock
	appender *tessera.Appender
	shutdown func(context.Context) error
	cancel   context.CancelFunc
	poll     *poller
	reader   *Reader

	state  sync.RWMutex   // held for reading while entries are handed to Tessera
	closed bool           // under state
	adding sync.WaitGroup // entries handed over and not yet answered
}

// Open opens or begins the log in dir as its only appender. The signer is the
// log's key; its name is the log's origin. ctx bounds the opening only.
func Open(ctx context.Context, dir string, signer note.Signer, opts Options) (_ *Log, err error) {
	opts = opts.withDefaults(dir)
	l := &Log{dir: dir, opts: opts, reader: &Reader{dir: dir, files: Disk(dir)}}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("opening log %s: %w", dir, err)
	}
	if l.lock, err = lockDir(dir); err != nil {
		return nil, fmt.Errorf("opening log %s: %w", dir, err)
	}
	defer func() {
		if err == nil {
			return
		}
		var left []string
		if l.guard != nil && l.guard.first {
			left = append(left, opts.HeadFile)
		}
		err = errors.Join(err, l.lock.undo(left...))
	}()
	if err := l.inspect(signer); err != nil {
		return nil, fmt.Errorf("opening log %s: %w", dir, err)
	}
	if l.guard, err = newGuard(ctx, l.reader, signer, opts); err != nil {
		return nil, fmt.Errorf("opening log %s: %w", dir, err)
	}
	if err := l.start(signer); err != nil {
		return nil, fmt.Errorf("opening log %s: %w", dir, err)
	}
	return l, nil
}

// start runs Tessera. Its background work lives until Close, not until the
// context of Open ends.
func (l *Log) start(signer note.Signer) (err error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer func() {
		// Tessera panics when it cannot take its file locks.
		if p := recover(); p != nil {
			err = fmt.Errorf("tessera gave up: %v", p)
		}
		if err != nil {
			cancel()
		}
	}()
	quiet()
	driver, err := posix.New(ctx, posix.Config{Path: l.dir})
	if err != nil {
		return fmt.Errorf("starting tessera: %w", err)
	}
	o := tessera.NewAppendOptions().
		WithBatching(l.opts.BatchSize, l.opts.BatchAge).
		WithCheckpointInterval(l.opts.CheckpointEvery).
		WithCheckpointRepublishInterval(max(l.opts.RepublishEvery, 0)).
		WithGarbageCollectionInterval(max(l.opts.CollectEvery, 0)).
		WithShutdownTimeout(shutdownTimeout)
	if l.opts.ClockKey == nil {
		o = o.WithCheckpointSigner(l.guard)
	} else {
		clock, err := newClockSigner(signer.Name(), l.opts.ClockKey, l.guard)
		if err != nil {
			return err
		}
		o = o.WithCheckpointSigner(l.guard, clock)
	}
	appender, shutdown, _, err := tessera.NewAppender(ctx, driver, o)
	if err != nil {
		return fmt.Errorf("starting tessera: %w", errors.Join(explain(err), l.guard.trouble()))
	}
	l.appender, l.shutdown, l.cancel = appender, shutdown, cancel
	l.poll = newPoller(ctx, l.reader, l.guard)
	return nil
}

const shutdownTimeout = 10 * time.Second

// Add appends an entry and returns its index once it is on disk. Errors that
// are [ErrNotAdded] leave no trace; after any other the entry may or may not be
// in the log, at once or by the time the log is opened again.
func (l *Log) Add(ctx context.Context, entry []byte) (register.Index, error) {
	is, err := l.AddAll(ctx, [][]byte{entry})
	if err != nil {
		return 0, err
	}
	return is[0], nil
}

// AddAll appends entries in order and returns their indices. When it fails some
// of them may have been added.
func (l *Log) AddAll(ctx context.Context, entries [][]byte) ([]register.Index, error) {
	done, err := l.hand(ctx, entries)
	if err != nil {
		return nil, fmt.Errorf("adding to log %s: %w: %w", l.dir, ErrNotAdded, err)
	}
	select {
	case o := <-done:
		if o.err != nil {
			return o.is, fmt.Errorf("adding to log %s (the outcome is unknown, look for the entry before adding it again): %w", l.dir, explain(o.err))
		}
		return o.is, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("adding to log %s (the outcome is unknown, look for the entry before adding it again): %w", l.dir, ctx.Err())
	}
}

type outcome struct {
	is  []register.Index
	err error
}

// hand gives entries to Tessera, or refuses all of them.
func (l *Log) hand(ctx context.Context, entries [][]byte) (<-chan outcome, error) {
	l.state.RLock()
	defer l.state.RUnlock()
	if err := l.accepts(ctx, entries); err != nil {
		return nil, err
	}
	signed := l.guard.last().Size
	futures := make([]tessera.IndexFuture, len(entries))
	for i, e := range entries {
		// Its context would only carry tracing; the flush always comes.
		futures[i] = l.appender.Add(context.WithoutCancel(ctx), tessera.NewEntry(e))
	}
	// Tessera's futures know no context, so a goroutine waits for them.
	done := make(chan outcome, 1)
	l.adding.Go(func() {
		is, err := resolve(futures)
		for _, i := range is {
			if uint64(i) < signed {
				err = fmt.Errorf("%w: a new entry went to index %d, and a head over %d entries was signed before; the files were replaced by an older copy", ErrRollback, i, signed)
				l.guard.stop(err)
			}
		}
		done <- outcome{is, err}
	})
	return done, nil
}

func resolve(futures []tessera.IndexFuture) (is []register.Index, err error) {
	for _, f := range futures {
		i, e := f()
		if e != nil {
			err = errors.Join(err, e)
			continue
		}
		is = append(is, register.Index(i.Index))
	}
	return is, err
}

// accepts refuses what must not reach Tessera.
func (l *Log) accepts(ctx context.Context, entries [][]byte) error {
	if l.closed {
		return errors.New("the log is closed")
	}
	if err := l.guard.failure(); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	// Tessera panics when its lock files are gone.
	if err := l.lock.holds(); err != nil {
		return err
	}
	size := 0
	for _, e := range entries {
		if len(e) == 0 || len(e) > register.MaxEntry {
			return fmt.Errorf("an entry of %d bytes: want 1 to %d", len(e), register.MaxEntry)
		}
		size += len(e)
	}
	return l.room(size)
}

// AwaitPublished waits until a checkpoint covers the entry and returns it.
func (l *Log) AwaitPublished(ctx context.Context, i register.Index) ([]byte, error) {
	cp, err := l.poll.await(ctx, uint64(i)+1)
	if err != nil {
		return nil, fmt.Errorf("waiting for a checkpoint over entry %d of log %s: %w", i, l.dir, err)
	}
	return cp, nil
}

// Integrated returns how many entries are in the tree on disk, which may be
// more than the published checkpoint covers.
func (l *Log) Integrated(ctx context.Context) (uint64, error) {
	h, err := l.integrated(ctx)
	return h.Size, err
}

func (l *Log) integrated(ctx context.Context) (proof.Head, error) {
	if err := ctx.Err(); err != nil {
		return proof.Head{}, fmt.Errorf("reading log %s: %w", l.dir, err)
	}
	h, begun, err := l.reader.integrated()
	if err == nil && !begun {
		err = fmt.Errorf("reading log %s: %w: the appender's own state is gone", l.dir, ErrCorrupt)
	}
	return h, err
}

// Entry returns the bytes of an entry that is integrated, published or not.
func (l *Log) Entry(ctx context.Context, i register.Index) ([]byte, error) {
	h, err := l.integrated(ctx)
	if err != nil {
		return nil, err
	}
	if uint64(i) >= h.Size {
		return nil, fmt.Errorf("reading entry %d of log %s: it has %d entries", i, l.dir, h.Size)
	}
	var got []byte
	err = l.reader.entries(ctx, h, uint64(i), uint64(i)+1, func(_ register.Index, e []byte) error {
		got = e
		return nil
	})
	if err != nil {
		return nil, err
	}
	return got, nil
}

// Scan calls f for each integrated entry from an index on, each verified
// against the tree, and returns the size it scanned up to. It is how a caller
// finds out what became of an Add that failed.
func (l *Log) Scan(ctx context.Context, from register.Index, f func(register.Index, []byte) error) (uint64, error) {
	h, err := l.integrated(ctx)
	if err != nil {
		return 0, err
	}
	if uint64(from) > h.Size {
		return 0, fmt.Errorf("scanning log %s from entry %d: %w: it has only %d entries", l.dir, from, ErrRollback, h.Size)
	}
	return h.Size, l.reader.entries(ctx, h, uint64(from), h.Size, f)
}

// Head returns the last head that was signed.
func (l *Log) Head() proof.Head { return l.guard.last() }

// Failure says why the log stopped signing, or nil.
func (l *Log) Failure() error { return l.guard.failure() }

// Reader returns a reader of the same folder.
func (l *Log) Reader() *Reader { return l.reader }

// Close stops accepting, waits until what was added is published, and releases
// the folder. ctx bounds the waiting; the folder is released in any case.
func (l *Log) Close(ctx context.Context) error {
	l.state.Lock()
	again := l.closed
	l.closed = true
	l.state.Unlock()
	if again {
		return nil
	}
	// What is in flight is resolved within a batch's age and a flush; Tessera's
	// Shutdown must not overtake that.
	idle := make(chan struct{})
	go func() { l.adding.Wait(); close(idle) }()
	select {
	case <-idle:
	case <-ctx.Done():
	case <-time.After(shutdownTimeout):
	}
	var err error
	if l.guard.failure() == nil {
		if err = l.shutdown(ctx); errors.Is(err, context.DeadlineExceeded) {
			err = fmt.Errorf("what was added is in the log, but a head that covers it could not be signed and written; is there room on the disk? The next program does it: %w", errors.Join(err, l.guard.trouble()))
		}
	}
	l.guard.retire() // waits for a signature under way; none is made afterwards
	l.reader.awaitWritten(l.guard.signedAt())
	l.cancel()
	l.poll.wait()
	err = errors.Join(err, l.lock.release())
	if err != nil {
		return fmt.Errorf("closing log %s: %w", l.dir, err)
	}
	return nil
}

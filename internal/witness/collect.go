package witness

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	"chancery.example/internal/tlog"
	"chancery.example/proof"
)

// Options of a Collector. The zero value is right.
type Options struct {
	HTTP    *http.Client
	Clock   func() time.Time // time.Now when nil
	Log     *slog.Logger     // nil: says nothing
	Timeout time.Duration    // of one request; 5 s when zero
	Every   time.Duration    // how often the folder is looked at for a new head; 10 ms when zero
}

// A Collector asks the witnesses of a register's own policy for cosignatures of
// each new head, all at once, and writes log/witnessed when the quorum is there
// (witness.md MUST-10). One head is finished before the next is begun, so that
// witnesses do not cosign past each other; one that is slow, wrong or not there
// is passed over and asked again later.
type Collector struct {
	folder folder.Folder
	opts   Options

	mu     sync.Mutex
	states []State
}

// A State is what is known of one witness.
type State struct {
	Name, URL string
	Size      uint64    // of the head that it cosigned last for us
	At        time.Time // of that cosignature; zero: none yet
	Failures  int       // in a row
	Problem   string    // of the last one; "" when all is well
	Alarm     string    // what it holds against this log
	File      string    // where that is kept
}

// NewCollector returns the collector of a register's folder.
func NewCollector(f folder.Folder, o Options) *Collector {
	o.Timeout, o.Every = cmp.Or(o.Timeout, 5*time.Second), cmp.Or(o.Every, 10*time.Millisecond)
	if o.HTTP == nil {
		o.HTTP = NewHTTP(o.Timeout)
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Collector{folder: f, opts: o}
}

// States returns what is known of each witness.
func (c *Collector) States() []State {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]State(nil), c.states...)
}

// Run collects until ctx ends. A policy that is set meanwhile is taken up; as long
// as there is none, or one that asks no witness, it waits.
func (c *Collector) Run(ctx context.Context) {
	const look = time.Second
	for ctx.Err() == nil {
		stamp := c.policyStamp()
		r, err := c.start()
		if err != nil && kind.Of(err) != kind.NotFound {
			c.opts.Log.Error("collecting cosignatures", "error", err)
		}
		if err == nil {
			r.run(ctx, func() bool { return c.policyStamp() != stamp })
			continue
		}
		select {
		case <-ctx.Done():
		case <-time.After(look):
		}
	}
}

// Once asks every witness for a cosignature of the newest head, waits for all of
// them, and reports whether the quorum was reached.
func (c *Collector) Once(ctx context.Context) (proof.Checkpoint, error) {
	r, err := c.start()
	if err != nil {
		return proof.Checkpoint{}, err
	}
	if err := r.look(); err != nil {
		return proof.Checkpoint{}, err
	}
	if r.newest == nil {
		return proof.Checkpoint{}, kind.NotFound.Errorf("the log in %s has no checkpoint yet", c.folder.LogDir())
	}
	r.once = true
	r.begin()
	r.askAll(ctx)
	for r.busy() > 0 {
		select {
		case a := <-r.replies:
			r.take(a)
		case <-ctx.Done():
			return proof.Checkpoint{}, fmt.Errorf("asking witnesses: %w", ctx.Err())
		}
		r.askAll(ctx)
	}
	return r.have, r.failed
}

// start reads the policy and makes a round.
func (c *Collector) start() (*round, error) {
	policy, err := c.folder.Policy()
	if err != nil {
		return nil, err //nolint:wrapcheck // says what it is about
	}
	logKey, err := proof.NewVerifier(c.folder.Config.LogKey)
	if err != nil {
		return nil, fmt.Errorf("the log's key: %w", err)
	}
	log, err := tlog.OpenReader(c.folder.LogDir())
	if err != nil {
		return nil, fmt.Errorf("collecting cosignatures: %w", err)
	}
	r := &round{c: c, policy: policy}
	var states []State
	for _, w := range policy.WitnessList() {
		if w.URL == "" {
			continue
		}
		v, err := proof.NewVerifier(w.Key)
		if err != nil {
			return nil, fmt.Errorf("the key of witness %s: %w", w.Name, err)
		}
		r.members = append(r.members, &member{asker: asker{
			witness: w, verifier: v, logKey: logKey, http: c.opts.HTTP, folder: c.folder, log: log, clock: c.opts.Clock,
		}})
		states = append(states, State{Name: w.Name, URL: w.URL})
	}
	if len(r.members) == 0 {
		return nil, kind.NotFound.Errorf("the register's own policy names no witness with an address: set one with \"chancery policy %s FILE\"", c.folder.Dir)
	}
	r.replies = make(chan reply, len(r.members))
	c.mu.Lock()
	c.states = states
	c.mu.Unlock()
	return r, nil
}

func (c *Collector) policyStamp() string {
	info, err := os.Stat(filepath.Join(c.folder.Dir, folder.PolicyName))
	if err != nil {
		return ""
	}
	return fmt.Sprint(info.ModTime().UnixNano(), info.Size())
}

// newest returns the newest head that the log signed.
func (c *Collector) newest() ([]byte, error) {
	raw, err := os.ReadFile(filepath.Join(c.folder.LogDir(), "checkpoint"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the newest head: %w", err)
	}
	return raw, nil
}

// same reports whether two checkpoints are the same bytes.
func same(a, b []byte) bool { return bytes.Equal(a, b) }

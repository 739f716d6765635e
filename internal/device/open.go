// Package device is a register on a reader's own device: it downloads what the
// register shows to everybody, verifies all of it, and from then on answers
// without asking anybody.
//
//	r, err := device.Open(ctx, "https://letters.harbour.example", fetch, device.Options{})
//	answer := r.Answer(ctx, device.Question{Exhibit: check.Exhibit{Data: pasted}, Lang: "en"})
//
// What is downloaded depends on the register alone: register.toml, policy, the two
// heads, every tile, bundle and text of the log. It is there before any exhibit is,
// and when [Open] returns the way to the network is shut: a Register that is asked
// has nothing to ask with. So whoever serves the files learns that somebody reads,
// and never what.
//
// What is verified is what internal/folder verifies of a register on disk, for it
// is the same code: signatures of the heads, every entry under the head, every act
// by the rules, every text under its leaf. The public finding index is not
// downloaded: making it anew takes less than its bytes.
//
// The package is compiled for browsers (cmd/chancery-wasm) and runs as well
// anywhere else, where its tests run.
package device

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"chancery.example/internal/check"
	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	"chancery.example/internal/reading"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// A Fetch brings a public file of the register by its name, such as texts/HEX, of
// at most limit bytes: fs.ErrNotExist when there is none. It may be called by many
// goroutines.
type Fetch func(ctx context.Context, name string, limit int64) ([]byte, error)

// Options of Open. The zero Options believe the register's word about its keys.
type Options struct {
	// Policy is whom to trust; the zero Policy takes what the register says of itself.
	Policy proof.Policy
	// Before is a head of this register that was seen earlier on this device, as it
	// was signed: the register must go on from it. Nil: none was.
	Before []byte
	// Progress hears how many of how many files of a kind ("entry", "text") are here.
	Progress func(what string, done, all uint64)
	// Fresh is how old the newest proof may be; a day when 0.
	Fresh time.Duration
	// Now is the device's clock.
	Now func() time.Time
}

// atOnce is how many texts are asked for at one time.
const atOnce = 8

// freshFor is what a server's pages take as well (witness.md MUST-14).
const freshFor = 24 * time.Hour

// A Register is a register that was downloaded and verified. Its methods may run
// beside each other.
type Register struct {
	reading  *folder.Reading
	snapshot *check.Snapshot
	policy   proof.Policy
	opts     Options
}

// Open downloads and verifies a register; where is what errors call it. Besides
// those of folder.Read its errors are: kind.Unavailable when what is shown is older
// than what this device saw before, kind.Conflict when it is another story.
func Open(ctx context.Context, where string, fetch Fetch, o Options) (*Register, error) {
	if o.Progress == nil {
		o.Progress = func(string, uint64, uint64) {}
	}
	if o.Fresh == 0 {
		o.Fresh = freshFor
	}
	s := &store{ctx: ctx, fetch: fetch, files: map[string]file{}}
	f, err := folder.Elsewhere(where, s)
	if err != nil {
		return nil, err //nolint:wrapcheck // says what it opened
	}
	r := &Register{opts: o, policy: o.Policy}
	if len(r.policy.Logs()) == 0 {
		if r.policy, err = f.Policy(); err != nil {
			return nil, err //nolint:wrapcheck // says what it read
		}
	}
	if r.reading, err = f.Read(ctx, r.policy, func(done, all uint64) { o.Progress("entry", done, all) }); err != nil {
		return nil, err //nolint:wrapcheck // says what it read
	}
	if err := r.continues(); err != nil {
		return nil, err
	}
	if err := s.texts(ctx, r.reading.State, o.Progress); err != nil {
		return nil, fmt.Errorf("reading the texts of %s: %w", where, err)
	}
	s.shut()
	r.snapshot = reading.Search(r.reading, o.Fresh, nil)
	return r, nil
}

// continues sees that the register goes on from the head that was seen before.
func (r *Register) continues() error {
	if r.opts.Before == nil {
		return nil
	}
	old, err := proof.OpenHead(r.opts.Before, r.policy)
	if err != nil {
		return kind.Conflict.Errorf("the register shows another key than it did when this device read it before: %w", err)
	}
	if now := r.reading.Checkpoint; old.Size > now.Size {
		return kind.Unavailable.Errorf("the register shows %d entries, and this device saw %d before: it is an older copy, or was set back", now.Size, old.Size)
	}
	head, err := r.reading.HeadAt(old.Size)
	if err != nil {
		return fmt.Errorf("comparing with what this device saw before: %w", err)
	}
	if head.Root != old.Root || head.Origin != old.Origin {
		return kind.Conflict.Errorf("the register shows another story than it did when this device read it before: two signed heads over %d entries do not fit", old.Size)
	}
	return nil
}

// Head is the newest head as it was signed: what to give to the next Open as Before.
func (r *Register) Head() []byte { return r.reading.Checkpoint.Raw }

// Snapshot is what answers rest on.
func (r *Register) Snapshot() *check.Snapshot { return r.snapshot }

// Now is the time of answers: an exercise stands still at its newest entry.
func (r *Register) Now() time.Time {
	if r.reading.State.Exercise() {
		return r.reading.State.LastTime()
	}
	return r.opts.Now().UTC()
}

// A store holds the files that were downloaded, and those that are not there. It
// implements folder's Files.
type store struct {
	ctx   context.Context //nolint:containedctx // of the one Open that it is for
	mu    sync.Mutex
	fetch Fetch // nil when shut
	files map[string]file
}

type file struct {
	data   []byte
	absent bool
}

var errShut = errors.New("nothing is downloaded while an exhibit is examined")

// File implements tlog.Files.
func (s *store) File(name string, limit int64) ([]byte, error) {
	s.mu.Lock()
	f, here := s.files[name]
	fetch := s.fetch
	s.mu.Unlock()
	switch {
	case here && f.absent:
		return nil, fs.ErrNotExist
	case here:
		return f.data, nil
	case fetch == nil:
		return nil, kind.Unavailable.Errorf("%s: %w", name, errShut)
	}
	b, err := fetch(s.ctx, name, limit)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		s.put(name, file{absent: true})
	case err == nil && int64(len(b)) > limit:
		return nil, kind.Unavailable.Errorf("%s has more than %d bytes", name, limit)
	case err == nil:
		s.put(name, file{data: b})
	}
	return b, err
}

func (s *store) put(name string, f file) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[name] = f
}

// shut ends all downloading.
func (s *store) shut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fetch = nil
}

// texts downloads the words of every text that the register shows, or what is left
// of those that were erased. That they fit their leaves is seen where they are used.
func (s *store) texts(ctx context.Context, state *register.State, progress func(string, uint64, uint64)) error {
	var leaves []letter.Hash
	known := map[letter.Hash]bool{}
	for t := range state.Texts() {
		if h := t.Leaf.Hash; !known[h] {
			known[h] = true
			leaves = append(leaves, h)
		}
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	todo, errs := make(chan letter.Hash), make(chan error, len(leaves))
	for range atOnce {
		go func() {
			for h := range todo {
				errs <- s.text(ctx, h)
			}
		}()
	}
	go func() {
		defer close(todo)
		for _, h := range leaves {
			select {
			case todo <- h:
			case <-ctx.Done():
				return
			}
		}
	}()
	for n := range leaves {
		select {
		case err := <-errs:
			if err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err() //nolint:wrapcheck // the caller says what
		}
		progress("text", uint64(n+1), uint64(len(leaves)))
	}
	return nil
}

func (s *store) text(ctx context.Context, leaf letter.Hash) error {
	if err := ctx.Err(); err != nil {
		return err //nolint:wrapcheck // the caller says what
	}
	name := "texts/" + leaf.String()
	if _, err := s.File(name, letter.MaxText); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	_, err := s.File(name+folder.TombstoneName, 2*int64(len(leaf))+1)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

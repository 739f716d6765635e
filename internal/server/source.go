package server

import (
	"context"
	"fmt"
	"io"
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

// A Source shows a register folder to pages and to the command line: as of its
// newest checkpoint. When there is a newer one it is read beside the requests;
// a request waits for it a moment, and is answered from what is there, with its
// own date, when that takes longer.
type Source struct {
	clock  func() time.Time
	drafts *Drafts     // nil but on the office's own server
	fail   func(error) // hears why a newer checkpoint could not be read
	find   *finder
	policy proof.Policy  // the reader's own; zero: the folder's word
	fresh  time.Duration // how old the newest proof may be; 0: its age is not asked for

	mu      sync.Mutex
	shown   shown
	looked  time.Time
	refresh chan struct{} // closed when the refresh under way ends; nil: none
	broken  error         // the log contradicts itself: nothing is shown any more
}

// What is shown belongs together.
type shown struct {
	reading  *folder.Reading
	snapshot *check.Snapshot
}

// Read opens a folder for reading only, under a trust policy; the zero Policy
// means the folder's own word. progress may be nil.
//
// The folder's index is used when it is there and fits; see Source.IndexNote.
func Read(ctx context.Context, dir string, policy proof.Policy, progress func(done, all uint64)) (*Source, error) {
	return ReadFresh(ctx, dir, policy, FreshFor, progress)
}

// FreshFor is how old the newest proof may be before answers say that they could
// not be checked, where the reader says nothing else (witness.md MUST-14).
const FreshFor = 24 * time.Hour

// ReadFresh is Read with a bound of the reader's own; 0 asks for no age.
func ReadFresh(ctx context.Context, dir string, policy proof.Policy, fresh time.Duration, progress func(done, all uint64)) (*Source, error) {
	f, err := folder.Open(dir)
	if err != nil {
		return nil, err
	}
	r, err := f.Read(ctx, policy, progress)
	if err != nil {
		return nil, err
	}
	s := &Source{clock: time.Now, fail: func(error) {}, find: &finder{say: func(string) {}}, policy: policy, fresh: fresh}
	s.shown, s.looked = shown{r, s.search(r)}, time.Now()
	return s, nil
}

// Folder is the register's folder.
func (s *Source) Folder() folder.Folder {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.shown.reading.Folder()
}

// IndexNote says why the folder's index is not used, "" when it is, or when there
// is none and little to index.
func (s *Source) IndexNote() string { return s.find.note() }

// readFolder reads a folder under its own keys.
func readFolder(ctx context.Context, dir string) (folder.Folder, *folder.Reading, error) {
	f, err := folder.Open(dir)
	if err != nil {
		return f, nil, err
	}
	r, err := f.Read(ctx, proof.Policy{}, nil)
	return f, r, err
}

const (
	// freshFor is how long a reading is shown before the folder is asked again.
	freshFor = 500 * time.Millisecond
	// patience is how long a request waits for a newer reading.
	patience = 300 * time.Millisecond
)

// search makes a reading searchable with the folder's index.
func (s *Source) search(r *folder.Reading) *check.Snapshot {
	return reading.Search(r, s.fresh, func(docs []check.Document) *check.Stored { return s.find.stored(r, docs) })
}

// newest returns what to show now.
func (s *Source) newest(ctx context.Context) (shown, error) {
	s.mu.Lock()
	if s.refresh == nil && time.Since(s.looked) >= freshFor {
		s.refresh = make(chan struct{})
		go s.look(context.WithoutCancel(ctx), s.shown, s.refresh)
	}
	done := s.refresh
	s.mu.Unlock()
	if done != nil {
		select {
		case <-done:
		case <-ctx.Done():
		case <-time.After(patience):
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.shown, s.broken
}

// look reads a newer checkpoint, if there is one. A log that shrank or forked is
// not shown any more; one that cannot be read just now is shown as it was.
func (s *Source) look(ctx context.Context, old shown, done chan struct{}) {
	next := old
	r, err := old.reading.Advance(ctx)
	if err == nil {
		next.reading = r
		switch {
		case r.Same(old.reading):
		case r.SameEntries(old.reading):
			next.snapshot = old.snapshot.At(reading.View(r, s.fresh))
		default:
			next.snapshot = s.search(r)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case err == nil:
		s.shown, s.broken = next, nil
	case kind.Of(err) == kind.Unavailable:
		s.broken = err
		s.fail(err)
	default:
		s.fail(err)
	}
	s.looked, s.refresh = time.Now(), nil
	close(done)
}

// Snapshot implements web.Source.
func (s *Source) Snapshot(ctx context.Context) (*check.Snapshot, error) {
	now, err := s.newest(ctx)
	if err != nil || s.drafts == nil {
		return now.snapshot, err
	}
	return now.snapshot.WithSealed(s.drafts), nil
}

// AsOf returns the register as it stood at a moment, by its entries' own times.
func (s *Source) AsOf(ctx context.Context, at time.Time) (*check.Snapshot, error) {
	now, err := s.newest(ctx)
	r := now.reading
	if err != nil {
		return nil, err
	}
	state, err := r.AsOf(at)
	if err != nil {
		return nil, fmt.Errorf("reading register %s: %w", r.Folder().Dir, err)
	}
	return reading.AsOf(r, state)
}

// Entry implements web.Source.
func (s *Source) Entry(ctx context.Context, i register.Index) ([]byte, error) {
	now, err := s.newest(ctx)
	r := now.reading
	if err != nil {
		return nil, err
	}
	return r.Entry(i)
}

// Proof implements web.Source: it writes the proof of a letter.
func (s *Source) Proof(ctx context.Context, office string, ref letter.Ref, w io.Writer) error {
	now, err := s.newest(ctx)
	r := now.reading
	if err != nil {
		return err
	}
	o, ok := r.State.OfficeByID(office)
	if !ok {
		return kind.NotFound.Errorf("no office %q in this register", office)
	}
	l, ok := r.State.Letter(o.Office, ref)
	if !ok {
		return kind.NotFound.Errorf("office %s has no public letter %q", office, ref)
	}
	return s.ProofOf(ctx, r.State.IDOf(l), w)
}

// ProofOf writes the proof of a record.
func (s *Source) ProofOf(ctx context.Context, id register.RecordID, w io.Writer) error {
	now, err := s.newest(ctx)
	r := now.reading
	if err != nil {
		return err
	}
	b, err := r.Proof(id)
	if err != nil {
		return err
	}
	if err := addReceipt(&b, r); err != nil {
		return err
	}
	raw, err := b.Bytes()
	if err != nil {
		return fmt.Errorf("making a proof: %w", err)
	}
	if _, err := w.Write(raw); err != nil {
		return fmt.Errorf("writing a proof: %w", err)
	}
	return nil
}

// Now implements web.Source: an exercise stands still at its newest entry.
func (s *Source) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shown.reading.State.Exercise() {
		return s.shown.reading.State.LastTime()
	}
	return s.clock().UTC()
}

// Checkpoint returns the checkpoint of the newest reading.
func (s *Source) Checkpoint(ctx context.Context) (proof.Checkpoint, error) {
	now, err := s.newest(ctx)
	r := now.reading
	if err != nil {
		return proof.Checkpoint{}, err
	}
	return r.Checkpoint, nil
}

// Policy returns the policy that the folder claims for itself.
func (s *Source) Policy() proof.Policy {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.shown.reading.Folder().Policy()
	if err != nil {
		return proof.Policy{} // refused when the folder was opened
	}
	return p
}

// Trust implements web.Source: under whose keys this source is read.
func (s *Source) Trust() proof.Policy {
	if len(s.policy.Logs()) > 0 {
		return s.policy
	}
	return s.Policy()
}

// HeadAt implements web.Source: what the log said at an earlier size.
func (s *Source) HeadAt(ctx context.Context, size uint64) (proof.Head, error) {
	now, err := s.newest(ctx)
	if err != nil {
		return proof.Head{}, err
	}
	return now.reading.HeadAt(size)
}

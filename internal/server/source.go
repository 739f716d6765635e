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
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// A Source shows a register folder to pages and to the command line: as of its
// newest checkpoint, read anew when there is a newer one.
type Source struct {
	fresh time.Duration
	clock func() time.Time

	mu       sync.Mutex // one reads, the others wait for what it finds
	looked   time.Time
	reading  *folder.Reading
	snapshot *check.Snapshot
}

// Read opens a folder for reading only, under a trust policy; the zero Policy
// means the folder's own word. progress may be nil.
func Read(ctx context.Context, dir string, policy proof.Policy, progress func(done, all uint64)) (*Source, error) {
	f, err := folder.Open(dir)
	if err != nil {
		return nil, err
	}
	r, err := f.Read(ctx, policy, progress)
	if err != nil {
		return nil, err
	}
	s := &Source{fresh: freshFor, clock: time.Now, looked: time.Now(), reading: r}
	if s.snapshot, err = Snapshot(r, r.State); err != nil {
		return nil, err
	}
	return s, nil
}

// freshFor is how long a reading is shown before the folder is asked for a newer
// checkpoint.
const freshFor = 500 * time.Millisecond

// Snapshot makes a reading searchable; state is its own, or that of an earlier
// moment.
func Snapshot(r *folder.Reading, state *register.State) (*check.Snapshot, error) {
	s, err := check.NewSnapshot(state, view(r.Checkpoint), r.Folder().Text)
	if err != nil {
		return nil, fmt.Errorf("reading register %s: %w", r.Folder().Dir, err)
	}
	return s, nil
}

// view is what answers say about the checkpoint that they rest on.
func view(c proof.Checkpoint) *check.CheckpointView {
	v := &check.CheckpointView{
		Origin: c.Origin, Size: c.Size, Root: c.Root.String(), Witnesses: c.Witnesses, Needed: c.Needed, OwnKeys: c.OwnKeys,
	}
	if !c.Time.IsZero() {
		at := c.Time
		v.Time = &at
	}
	return v
}

// newest returns the reading to show now.
func (s *Source) newest(ctx context.Context) (*folder.Reading, *check.Snapshot, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Since(s.looked) < s.fresh {
		return s.reading, s.snapshot, nil
	}
	r, err := s.reading.Advance(ctx)
	if err != nil {
		return nil, nil, err
	}
	if r.Checkpoint.Size != s.reading.Checkpoint.Size || !r.Checkpoint.Time.Equal(s.reading.Checkpoint.Time) {
		if s.snapshot, err = Snapshot(r, r.State); err != nil {
			return nil, nil, err
		}
	}
	s.reading, s.looked = r, time.Now()
	return r, s.snapshot, nil
}

// Snapshot implements web.Source.
func (s *Source) Snapshot(ctx context.Context) (*check.Snapshot, error) {
	_, snap, err := s.newest(ctx)
	return snap, err
}

// AsOf returns the register as it stood at a moment, by its entries' own times.
func (s *Source) AsOf(ctx context.Context, at time.Time) (*check.Snapshot, error) {
	r, _, err := s.newest(ctx)
	if err != nil {
		return nil, err
	}
	state, err := r.AsOf(at)
	if err != nil {
		return nil, fmt.Errorf("reading register %s: %w", r.Folder().Dir, err)
	}
	return Snapshot(r, state)
}

// Entry implements web.Source.
func (s *Source) Entry(ctx context.Context, i register.Index) ([]byte, error) {
	r, _, err := s.newest(ctx)
	if err != nil {
		return nil, err
	}
	return r.Entry(i)
}

// Proof implements web.Source: it writes the proof of a letter.
func (s *Source) Proof(ctx context.Context, office string, ref letter.Ref, w io.Writer) error {
	r, _, err := s.newest(ctx)
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
	r, _, err := s.newest(ctx)
	if err != nil {
		return err
	}
	b, err := r.Proof(id)
	if err != nil {
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
	if s.reading.State.Exercise() {
		return s.reading.State.LastTime()
	}
	return s.clock().UTC()
}

// Checkpoint returns the checkpoint of the newest reading.
func (s *Source) Checkpoint(ctx context.Context) (proof.Checkpoint, error) {
	r, _, err := s.newest(ctx)
	if err != nil {
		return proof.Checkpoint{}, err
	}
	return r.Checkpoint, nil
}

// Policy returns the policy that the folder claims for itself.
func (s *Source) Policy() proof.Policy {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.reading.Folder().Config.Policy()
	if err != nil {
		return proof.Policy{} // refused when the folder was opened
	}
	return p
}

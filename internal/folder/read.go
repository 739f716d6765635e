package folder

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/internal/tlog"
	"chancery.example/letter"
	"chancery.example/lookup"
	"chancery.example/proof"
	"chancery.example/register"
)

// A Reading is a register as of one checkpoint, all of it verified: the
// checkpoint under the policy, every entry under the checkpoint, every act by
// the rules.
type Reading struct {
	State      *register.State
	Checkpoint proof.Checkpoint // the newest head that the log signed
	// Witnessed is the newest head that meets the policy's quorum; nil when there
	// is none, or the quorum asks for nobody and nobody cosigned. The entries
	// below its size are witnessed.
	Witnessed *proof.Checkpoint
	// Forked: Checkpoint and Witnessed do not fit together. Both are signed, so
	// one of them lies; nothing of such a register is in force.
	Forked bool

	folder Folder
	policy proof.Policy
	log    *tlog.Reader
	raw    [][]byte
	trail  *lookup.Trail
	maps   *mapping
	// The heads as they were read, for who copies the register.
	rawHead, rawWitnessed []byte
}

// Read reads the whole register under a policy; the zero Policy means the
// folder's own word. progress, when not nil, is told how many of how many
// entries are read.
func (f Folder) Read(ctx context.Context, policy proof.Policy, progress func(done, all uint64)) (*Reading, error) {
	if len(policy.Logs()) == 0 {
		var err error
		if policy, err = f.Policy(); err != nil {
			return nil, fmt.Errorf("reading register %s: %w", f.Dir, err)
		}
	}
	log, err := f.log()
	if err != nil {
		return nil, fmt.Errorf("reading register %s: %w", f.Dir, err)
	}
	r := &Reading{State: register.NewState(), folder: f, policy: policy, log: log, maps: &mapping{}}
	return r, r.take(ctx, progress)
}

// Advance returns a reading of the newest checkpoint: r itself when nothing is
// new.
func (r *Reading) Advance(ctx context.Context) (*Reading, error) {
	next := *r
	if err := next.heads(); err != nil {
		return nil, err
	}
	cp := next.Checkpoint
	switch {
	case cp.Size < r.Checkpoint.Size:
		return nil, kind.Unavailable.Errorf("reading register %s: its newest checkpoint has %d entries, one seen before had %d: an older copy was put in its place", r.folder.Dir, cp.Size, r.Checkpoint.Size)
	case cp.Size == r.Checkpoint.Size && cp.Root != r.Checkpoint.Root:
		return nil, kind.Unavailable.Errorf("reading register %s: two signed checkpoints over %d entries differ; keep both files, they prove that the log forked", r.folder.Dir, cp.Size)
	case cp.Size == r.Checkpoint.Size:
		return &next, next.compareHeads()
	}
	// The fold is fast; doing it anew leaves readings in use untouched.
	next.State, next.raw = register.NewState(), r.raw[:len(r.raw):len(r.raw)]
	next.maps = &mapping{before: r.maps.known()}
	return &next, next.take(ctx, nil)
}

// Same reports whether two readings rest on the same heads, so that answers from
// one are answers from the other.
func (r *Reading) Same(o *Reading) bool {
	return r.SameEntries(o) && r.Checkpoint.Time.Equal(o.Checkpoint.Time) && r.Forked == o.Forked &&
		(r.Witnessed == nil) == (o.Witnessed == nil) &&
		(r.Witnessed == nil || r.Witnessed.Head == o.Witnessed.Head && r.Witnessed.Witnesses == o.Witnessed.Witnesses && r.Witnessed.WitnessedAt.Equal(o.Witnessed.WitnessedAt))
}

// SameEntries reports whether two readings are of the same entries.
func (r *Reading) SameEntries(o *Reading) bool { return r.Checkpoint.Head == o.Checkpoint.Head }

// heads reads the two heads of the folder under the policy: the newest that the
// log signed, and the newest that the policy's witnesses cosigned.
func (r *Reading) heads() error {
	raw, err := r.log.Checkpoint()
	if errors.Is(err, fs.ErrNotExist) {
		return kind.NotFound.Errorf("reading register %s: its log has no checkpoint yet", r.folder.Dir)
	}
	if err != nil {
		return fmt.Errorf("reading register %s: %w", r.folder.Dir, err)
	}
	if r.Checkpoint, err = proof.OpenHead(raw, r.policy); err != nil {
		return fmt.Errorf("reading register %s: %w", r.folder.Dir, err)
	}
	r.Witnessed, r.Forked, r.rawHead = nil, false, raw
	r.witness(r.Checkpoint)
	if raw, err = r.folder.Witnessed(); err != nil {
		return fmt.Errorf("reading register %s: %w", r.folder.Dir, err)
	}
	r.rawWitnessed = raw
	// A file that is not one of this log under the policy, or has a bad line, says
	// nothing to this reader.
	if cp, err := proof.OpenHead(raw, r.policy); raw != nil && err == nil {
		r.witness(cp)
		if cp.Size > r.Checkpoint.Size { // the checkpoint is older, or was read before
			r.Checkpoint = cp
		}
	}
	return nil
}

// witness takes a head for the witnessed one when it is, and is the better.
func (r *Reading) witness(cp proof.Checkpoint) {
	if cp.Met && cp.Witnesses > 0 && (r.Witnessed == nil || cp.Size >= r.Witnessed.Size) {
		r.Witnessed = &cp
	}
}

// compareHeads finds out whether the newest head extends the witnessed one.
func (r *Reading) compareHeads() error {
	if r.Witnessed == nil {
		return nil
	}
	fits, err := extends(r.log, r.Checkpoint.Head, r.Witnessed.Head)
	if err != nil {
		return fmt.Errorf("reading register %s: comparing its newest head with the witnessed one: %w", r.folder.Dir, err)
	}
	r.Forked = !fits
	return nil
}

// take reads up to the newest checkpoint. Entries read before are kept: they are
// checked again, for the new root must be over them as well.
func (r *Reading) take(ctx context.Context, progress func(done, all uint64)) error {
	if err := r.heads(); err != nil {
		return err
	}
	r.raw, r.trail = r.raw[:0:0], &lookup.Trail{}
	err := r.log.Entries(ctx, r.Checkpoint.Head, 0, func(i register.Index, entry []byte) error {
		e, err := register.Parse(entry)
		if err != nil {
			return fmt.Errorf("entry %d: %w", i, err)
		}
		r.raw = append(r.raw, entry)
		l := register.Logged{Index: i, Entry: e}
		if p := r.State.Add(l); p == nil || !p.Ignored {
			r.trail.Add(r.State, l)
		}
		if progress != nil && i%256 == 0 {
			progress(uint64(i), r.Checkpoint.Size)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading register %s: %w", r.folder.Dir, err)
	}
	if r.State.Size() > 0 && r.State.Origin() != r.Checkpoint.Origin {
		return kind.Unavailable.Errorf("reading register %s: the first entry is of %q, the checkpoint of %q", r.folder.Dir, r.State.Origin(), r.Checkpoint.Origin)
	}
	if progress != nil {
		progress(r.Checkpoint.Size, r.Checkpoint.Size)
	}
	return r.compareHeads()
}

// AsOf returns what the entries up to a moment add up to, by the times that the
// entries claim: how the register answered then.
func (r *Reading) AsOf(at time.Time) (*register.State, error) {
	s := register.NewState()
	for i, raw := range r.raw {
		e, err := register.Parse(raw)
		if err != nil {
			return nil, fmt.Errorf("entry %d: %w", i, err)
		}
		if e.Claims.IssuedAt.After(at) {
			break
		}
		s.Add(register.Logged{Index: register.Index(i), Entry: e})
	}
	return s, nil
}

// Folder returns the folder that was read.
func (r *Reading) Folder() Folder { return r.folder }

// Entry returns an entry's bytes. It implements proof.Source.
func (r *Reading) Entry(i register.Index) ([]byte, error) {
	if uint64(i) >= uint64(len(r.raw)) {
		return nil, kind.NotFound.Errorf("no entry %d: the log has %d entries as of %s", i, len(r.raw), r.when())
	}
	return r.raw[i], nil
}

func (r *Reading) when() string {
	if r.Checkpoint.Time.IsZero() {
		return "its newest checkpoint"
	}
	return r.Checkpoint.Time.Format(time.RFC3339)
}

// Path returns an entry's inclusion path. It implements proof.Source.
func (r *Reading) Path(i register.Index) ([]letter.Hash, error) {
	p, err := r.log.Inclusion(context.Background(), r.Checkpoint.Head, i)
	if err != nil {
		return nil, fmt.Errorf("reading register %s: %w", r.folder.Dir, err)
	}
	return p, nil
}

// HeadAt returns what an earlier head of the log said, or would have said.
func (r *Reading) HeadAt(size uint64) (proof.Head, error) {
	root, err := r.log.RootAt(r.Checkpoint.Head, size)
	if err != nil {
		return proof.Head{}, fmt.Errorf("reading register %s: %w", r.folder.Dir, err)
	}
	return proof.Head{Origin: r.Checkpoint.Origin, Size: size, Root: root}, nil
}

// Proof makes the proof bundle about a record, with the words that are public.
func (r *Reading) Proof(id register.RecordID) (proof.Bundle, error) {
	var texts []letter.LangText
	for t := range r.State.Texts() {
		if t.Record.Kind != id.Kind || t.Record.Office != id.Office || t.Record.Reference != id.Reference {
			continue
		}
		if id.Kind != register.RecordLetter && t.Record.Entry != id.Entry {
			continue
		}
		if text, ok := r.folder.Text(t.Leaf.Hash); ok && t.Leaf.Matches([]byte(text.String())) {
			texts = append(texts, letter.LangText{Lang: t.Language, Text: text})
		}
	}
	b, err := proof.Assemble(r.State, id, r.Checkpoint.Raw, r, texts)
	if err != nil {
		return proof.Bundle{}, fmt.Errorf("making a proof: %w", err)
	}
	if w := r.Witnessed; w != nil && !r.Forked && covers(w.Head, id, b) {
		if b, err = proof.Assemble(r.State, id, w.Raw, earlier{r, w.Head}, texts); err != nil {
			return proof.Bundle{}, fmt.Errorf("making a proof: %w", err)
		}
	}
	return b, nil
}

// covers reports whether all that a proof holds is below a head, so that the
// proof can rest on it.
func covers(h proof.Head, id register.RecordID, b proof.Bundle) bool {
	return uint64(id.Entry) < h.Size && !slices.ContainsFunc(b.Support, func(s proof.Supporting) bool { return uint64(s.Index) >= h.Size })
}

// Under returns the reading's log as of an earlier head of it.
func (r *Reading) Under(h proof.Head) proof.Source { return earlier{r, h} }

// earlier is a reading's log as of an earlier head.
type earlier struct {
	*Reading
	head proof.Head
}

// Path implements proof.Source.
func (e earlier) Path(i register.Index) ([]letter.Hash, error) {
	p, err := e.log.Inclusion(context.Background(), e.head, i)
	if err != nil {
		return nil, fmt.Errorf("reading register %s: %w", e.folder.Dir, err)
	}
	return p, nil
}

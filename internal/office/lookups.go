package office

import (
	"context"
	"errors"
	"fmt"

	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	"chancery.example/internal/lookupdir"
	"chancery.example/internal/store"
	"chancery.example/internal/tlog"
	"chancery.example/lookup"
	"chancery.example/register"
)

// LogMap puts the root of the look-up map into the log, when it has changed since
// the last time, and at most once in a second (lookup.md MUST-16). logged is false
// when there was nothing to do, or when another process has the log and does it.
// An error that words are missing says which file; acts go on without.
func (r *Register) LogMap(ctx context.Context) (logged bool, err error) {
	at, log, err := r.pub.logMap(ctx)
	switch {
	case errors.Is(err, tlog.ErrLocked):
		return false, nil
	case log == nil:
		return false, err
	}
	_, published := log.AwaitPublished(ctx, at)
	return true, errors.Join(err, published)
}

// A keeper follows what entries are about and keeps the map as of the newest
// index-head.
type keeper struct {
	trail *lookup.Trail
	kept  lookupdir.Kept
	read  bool // kept is what the folder has, or newer
}

// logMap returns where it put an index-head, and the log that it is in; no log
// when there was nothing to do.
func (p *publisher) logMap(ctx context.Context) (register.Index, *tlog.Log, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for n := 1; n > 0; { // an index-head covers all that was meant before it
		var err error
		if n, err = p.step(ctx); err != nil {
			return 0, nil, err
		}
	}
	newest, _ := p.keeper.trail.Newest()
	size := register.Index(p.state.Size())
	if !p.keeper.trail.Changes(newest.Index, size) || register.StampOf(p.r.Now()) <= newest.At {
		return 0, nil, nil
	}
	from := p.keeper.from(p.r.folder)
	records, err := p.keeper.trail.Records(from.At, size, p.r.folder.WordsKey)
	if err != nil {
		return 0, nil, kind.Unavailable.Errorf("no index head is logged, so that absence is not proved for what is new: %w", err)
	}
	tree := from.Tree.With(records...)
	if err := p.intendMap(ctx, size, tree); err != nil {
		return 0, nil, err
	}
	if _, err := p.step(ctx); err != nil {
		return 0, nil, err
	}
	if at, ok := p.keeper.trail.Newest(); !ok || at.Index != size {
		return 0, nil, nil // another entry came first, and so the next turn will do it
	}
	p.keeper.kept, err = p.r.folder.KeepMap(from, tree, size, records)
	return size, p.log, err
}

// from returns the newest map to go on from: one whose root is in the log.
func (k *keeper) from(f folder.Folder) lookupdir.Kept {
	if !k.read {
		k.read = true
		k.kept, _ = lookupdir.Load(f.LookupDir()) // what is damaged is passed over
	}
	for _, h := range k.trail.Heads() {
		if h.Index == k.kept.At && h.Root == k.kept.Tree.Root() {
			return k.kept
		}
	}
	return lookupdir.Kept{}
}

// intendMap inserts the intent of an index-head. It names its own position, so it
// goes in only when nothing waits before it.
func (p *publisher) intendMap(ctx context.Context, size register.Index, tree lookup.Tree) error {
	return p.r.act(ctx, func(t *turn) error {
		waiting, err := t.Pending(1)
		if err != nil || len(waiting) > 0 {
			return err
		}
		if known, err := t.Confirmed(); err != nil || known != size {
			return err
		}
		o := store.Office{URI: string(p.state.Operator())}
		_, err = t.intend(indexHeadName(size), o, register.RegisterSubject(p.state.Origin()),
			register.IndexHead{Size: uint64(size), Root: tree.Root(), Keys: tree.Keys()}, nil)
		return err
	})
}

func indexHeadName(at register.Index) string { return fmt.Sprintf("index-head:%d", at) }

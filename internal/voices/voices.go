// Package voices keeps other registers at hand for a server whose keeper named them,
// so that what they say of a reader's words can stand beside its own answers
// ([check.Elsewhere]): each under its own name, keys and date, and none of them part
// of the answer.
//
//	others, err := voices.Open(ctx, addressBook, voices.Options{})
//	go others.Run(ctx)                          // brings the mirrors up to date
//	beside := others.Say(asked, time.Now())     // asks nobody, and waits for nobody
//
// Nobody is asked while a reader waits: answers come from mirrors on this machine's
// disk, which are brought up to date beside them whatever readers ask. So the
// other registers learn nothing of what is looked up, one that is down slows nothing,
// and no reader can make this machine ask for an address: all are the book's.
package voices

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"chancery.example/internal/book"
	"chancery.example/internal/check"
	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	"chancery.example/internal/reading"
	"chancery.example/internal/remote"
)

// Every is how often a register is asked for news, where nobody says otherwise.
const Every = time.Minute

// Options say how registers are followed. The zero Options are good.
type Options struct {
	Every time.Duration // Every when 0
	Fresh time.Duration // how old the newest proof may be; 0: its age is not asked for
	Log   *slog.Logger  // hears why a register cannot be asked; nobody when nil
	Now   func() time.Time
}

// Registers are the registers of a book.
type Registers struct {
	book *book.Book
	opts Options
	all  []*follower
}

// A follower follows one register. Its reading is its own; what it last found is for
// everybody.
type follower struct {
	entry   book.Entry
	reading *folder.Reading
	reached time.Time // when it was last asked with success; else when it was begun with
	found   atomic.Pointer[found]
}

// What a register says, and whether that is its newest word.
type found struct {
	snapshot *check.Snapshot // nil: it was never read
	since    *time.Time      // since when it could not be asked; nil: it could
	lied     bool            // its log told two stories
}

// Open reads the mirrors of a book as they are on disk; nothing is asked for yet.
func Open(ctx context.Context, b *book.Book, o Options) (*Registers, error) {
	if len(b.Entries) == 0 {
		return nil, kind.NotFound.Errorf("the address book %s names no register: add one with \"chancery register add NAME ADDRESS --book %s\"", b.Dir, b.Dir)
	}
	if o.Every == 0 {
		o.Every = Every
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	r := &Registers{book: b, opts: o}
	for _, e := range b.Entries {
		if _, err := b.Policy(e); err != nil {
			return nil, err //nolint:wrapcheck // says what it read
		}
		f := &follower{entry: e, reached: o.Now()}
		f.found.Store(&found{})
		r.read(ctx, f, nil)
		r.all = append(r.all, f)
	}
	return r, nil
}

// Run brings the mirrors up to date until ctx ends. Each register has its own time:
// one that does not answer keeps no other waiting.
func (r *Registers) Run(ctx context.Context) {
	var all sync.WaitGroup
	for _, f := range r.all {
		all.Go(func() {
			for {
				r.read(ctx, f, r.book.Refresh(ctx, []book.Entry{f.entry}, remote.Options{Tries: 2})[0].Err)
				select {
				case <-ctx.Done():
					return
				case <-time.After(r.opts.Every):
				}
			}
		})
	}
	all.Wait()
}

// read reads what the mirror holds now; refreshed is why it is not the newest.
func (r *Registers) read(ctx context.Context, f *follower, refreshed error) {
	before := f.found.Load()
	next := &found{snapshot: before.snapshot}
	wasRead := f.reading != nil
	wrong := r.advance(ctx, f, next)
	// What contradicts what was read before is kept beside the mirror, or is the mirror.
	next.lied = before.lied && wrong != nil || len(r.book.Evidence(f.entry)) > 0 || wasRead && kind.Of(wrong) == kind.Unavailable
	err := errors.Join(refreshed, wrong)
	switch {
	case ctx.Err() != nil:
		return
	case err == nil:
		f.reached = r.opts.Now()
	default:
		since := f.reached.UTC().Truncate(time.Second)
		next.since = &since
		if before.since == nil { // said once, until it can be asked again
			r.opts.Log.WarnContext(ctx, "another register cannot be asked", "register", f.entry.Name, "error", err)
		}
	}
	f.found.Store(next)
}

func (r *Registers) advance(ctx context.Context, f *follower, next *found) error {
	was := f.reading
	if was == nil {
		policy, err := r.book.Policy(f.entry)
		if err != nil {
			return err //nolint:wrapcheck // says what it read
		}
		in, err := folder.Open(r.book.FolderOf(f.entry))
		if err != nil {
			return err //nolint:wrapcheck // likewise
		}
		if f.reading, err = in.Read(ctx, policy, nil); err != nil {
			f.reading = nil
			return err //nolint:wrapcheck // likewise
		}
	} else {
		now, err := was.Advance(ctx)
		if err != nil {
			return err //nolint:wrapcheck // likewise
		}
		f.reading = now
	}
	view := reading.View(f.reading, r.opts.Fresh)
	if was != nil && f.reading.SameEntries(was) {
		next.snapshot = next.snapshot.At(view)
		return nil
	}
	next.snapshot = check.NewListing(f.reading.State, view, f.reading.Folder().Text)
	return nil
}

// Say is what each register says of what is asked, as of its newest word here. It
// asks nobody.
func (r *Registers) Say(a check.Asked, at time.Time) []check.Elsewhere {
	out := make([]check.Elsewhere, 0, len(r.all))
	for _, f := range r.all {
		now := f.found.Load()
		e := check.Elsewhere{Voices: []check.Voice{}, Evidence: []check.Chip{}}
		if now.snapshot != nil && !now.lied {
			e = now.snapshot.Elsewhere(a, at)
		}
		e.Register, e.Address, e.NotAskedSince, e.TwoStories = f.entry.Name, f.entry.URL, now.since, now.lied
		if f.entry.Trust == book.ByFirstUse && e.Checkpoint != nil {
			e.Evidence = append(e.Evidence, check.FirstUseChip(f.entry.Since))
		}
		out = append(out, e)
	}
	return out
}

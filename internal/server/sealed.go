package server

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"sync"
	"time"

	"chancery.example/internal/check"
	"chancery.example/internal/folder"
	"chancery.example/internal/office"
	"chancery.example/internal/sealed"
)

// A Drafts answers about the sealed drafts of an office's own folder: it is where
// the office's side and a reader's question meet. It implements check.Sealed and
// writes nothing.
//
// Its table of grams is in memory alone, and so is the key, drawn anew at every
// start (docs/decisions/0025).
type Drafts struct {
	folder folder.Folder
	fail   func(error)
	clock  func() time.Time
	key    sealed.Key
	limits sealed.Limits
	files  string // what the database's files looked like when they were last read
	stamp  string // of the drafts

	mu    sync.RWMutex
	index *sealed.Index
	texts []check.SealedDraft // by their position in the index
}

// NewDrafts reads the drafts of a folder that answer on a copy; nil when it has no
// office's side. fail hears what kept drafts from being read: readers get the
// answer of an unknown text.
func NewDrafts(ctx context.Context, f folder.Folder, fail func(error)) *Drafts {
	if _, err := os.Stat(f.Database()); os.IsNotExist(err) {
		return nil
	}
	d := &Drafts{folder: f, fail: fail, clock: time.Now}
	_, _ = rand.Read(d.key[:]) // never fails (crypto/rand)
	d.index = sealed.New(d.key, nil)
	d.Refresh(ctx)
	return d
}

// Refresh reads the drafts again if the database was written to. It must not run
// beside itself.
func (d *Drafts) Refresh(ctx context.Context) {
	files := ""
	for _, name := range []string{d.folder.Database(), d.folder.Database() + "-wal"} {
		if st, err := os.Stat(name); err == nil {
			files += fmt.Sprintf("%d %d ", st.Size(), st.ModTime().UnixNano())
		}
	}
	if files == d.files {
		return
	}
	drafts, stamp, err := office.DraftsOnCopy(ctx, d.folder, d.stamp)
	if err != nil {
		if ctx.Err() == nil {
			d.files = files // once, until it changes again
			d.fail(err)
		}
		return
	}
	d.files = files
	if stamp == d.stamp {
		return
	}
	var answers []check.SealedDraft
	var texts []sealed.Text
	for _, x := range drafts {
		for _, t := range x.Texts {
			answers = append(answers, check.SealedDraft{Office: x.Office, Held: x.Held, Text: t})
			texts = append(texts, sealed.Text{Letter: x.Letter, Revision: x.Revision, Words: t.Text.String()})
		}
	}
	index := sealed.New(d.key, texts)
	d.stamp = stamp
	d.mu.Lock()
	defer d.mu.Unlock()
	d.index, d.texts = index, answers
}

// Present implements check.Sealed.
func (d *Drafts) Present(ctx context.Context, p check.Presented) (check.SealedDraft, bool) {
	d.mu.RLock()
	index, texts := d.index, d.texts
	d.mu.RUnlock()
	public := make([]sealed.Span, 0, len(p.Public))
	for _, s := range p.Public {
		public = append(public, sealed.Span{From: s[0], To: s[1]})
	}
	hit, err := index.Present(ctx, p.Copy, public)
	if err != nil || !d.limits.Allow(d.clock(), hit.Near, p.From, p.Copy.Stream) || !hit.Presents {
		return check.SealedDraft{}, false
	}
	out := texts[hit.Text]
	for _, s := range hit.Differs {
		out.Differs = append(out.Differs, [2]int{s.From, s.To})
	}
	return out, true
}

// follow refreshes until ctx ends.
func (d *Drafts) follow(ctx context.Context, every time.Duration) {
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			d.Refresh(ctx)
		}
	}
}

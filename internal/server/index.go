package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"

	"chancery.example/internal/check"
	"chancery.example/internal/compare"
	"chancery.example/internal/folder"
	"chancery.example/internal/index"
	"chancery.example/internal/kind"
	"chancery.example/internal/seed"
	"chancery.example/internal/signing"
	"chancery.example/letter"
	"chancery.example/register"
)

// A finder finds what a folder's index holds of a register, and keeps it open
// from one reading to the next.
type finder struct {
	say func(string) // hears why an index is not used

	mu   sync.Mutex
	open *index.Index
	said string // why it is not used now
}

// manyTexts is how many texts are worth a word about an index that is missing.
const manyTexts = 1000

// stored returns what the folder's index holds of the documents; nil when there
// is none that fits, and then say has heard why.
func (f *finder) stored(r *folder.Reading, docs []check.Document) *check.Stored {
	f.mu.Lock()
	defer f.mu.Unlock()
	s, err := f.fitting(r, docs)
	said := ""
	if err != nil && (kind.Of(err) != kind.NotFound || len(docs) >= manyTexts) {
		said = fmt.Sprintf("%d texts are indexed in memory, which takes longer and answers the same: %v", len(docs), err)
	}
	if said != "" && f.said == "" { // once, not for each reading
		f.say(said)
	}
	f.said = said
	return s
}

// note returns what say heard last.
func (f *finder) note() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.said
}

func (f *finder) fitting(r *folder.Reading, docs []check.Document) (*check.Stored, error) {
	dir := r.Folder().IndexDir()
	if f.open == nil || !f.open.Newest(dir) {
		f.open = nil
		v, err := verifier(r.State)
		if err != nil {
			return nil, err
		}
		if f.open, err = index.Open(dir, v); err != nil {
			return nil, err
		}
	}
	x := f.open
	if err := errors.Join(x.Err(), x.Fits(sources(docs), r.HeadAt)); err != nil {
		return nil, fmt.Errorf("the index in %s is not used: %w", dir, err)
	}
	model := compare.NewModel()
	if x.Manifest.Model.Count > 0 {
		if err := model.UnmarshalBinary(x.Model); err != nil {
			return nil, fmt.Errorf("the index in %s is not used: %w", dir, err)
		}
	}
	return &check.Stored{
		Count: len(x.Texts), Model: model, Learned: x.Manifest.Model.Count,
		Spelling: func(i int) letter.Hash { return x.Texts[i].Spelling },
		Postings: seed.Guard(x, func(err error) seed.Postings {
			f.say(fmt.Sprintf("the index in %s was damaged meanwhile, its texts are indexed in memory now: %v", dir, err))
			return index.InMemory(sources(docs[:len(x.Texts)]))
		}),
	}, nil
}

// verifier returns what verifies a register's index: the operator's key, as the
// log names it.
func verifier(s *register.State) (note.Verifier, error) {
	key, ok := s.Genesis().Operator.Ed25519()
	if !ok {
		return nil, errors.New("the operator's key is of a kind that signs no index (want Ed25519)")
	}
	return index.VerifierFor(s.Origin(), key)
}

func sources(docs []check.Document) []index.Source {
	out := make([]index.Source, len(docs))
	for i, d := range docs {
		out[i] = index.Source(d)
	}
	return out
}

// An IndexReport is what the commands about an index tell.
type IndexReport struct {
	index.Stats
	Letters int    `json:"letters"`
	Log     uint64 `json:"log_entries"`
	Newer   int    `json:"newer_texts"` // that the index does not cover yet
}

// BuildIndex makes the folder's index cover the register, keeping what there is;
// with anew it keeps nothing. It takes the operator's key. say hears what people
// should know, progress how many texts are done.
func BuildIndex(ctx context.Context, dir string, anew bool, say func(string), progress func(done, all uint64)) (IndexReport, error) {
	r, docs, err := readDocuments(ctx, dir)
	if err != nil {
		return IndexReport{}, err
	}
	w, err := indexWriter(r, say, progress)
	if err != nil {
		return IndexReport{}, err
	}
	_, err = w.Update(ctx, r.Checkpoint.Head, sources(docs), anew)
	if err = errors.Join(err, w.Close()); err != nil {
		return IndexReport{}, err
	}
	return reportOn(ctx, w.Index(), r, docs)
}

// IndexStats says what the folder's index holds. It is compared with the log and
// with the list of its texts, not made anew.
func IndexStats(ctx context.Context, dir string) (IndexReport, error) {
	r, docs, err := readDocuments(ctx, dir)
	if err != nil {
		return IndexReport{}, err
	}
	v, err := verifier(r.State)
	if err != nil {
		return IndexReport{}, err
	}
	x, err := index.Open(r.Folder().IndexDir(), v)
	if err != nil {
		return IndexReport{}, err
	}
	if err := x.Fits(sources(docs), r.HeadAt); err != nil {
		return IndexReport{}, fmt.Errorf("the index in %s: %w: %w", r.Folder().IndexDir(), index.ErrNotTheSame, err)
	}
	return reportOn(ctx, x, r, docs)
}

// VerifyIndex makes the folder's index anew and compares it with what is there.
// It writes nothing.
func VerifyIndex(ctx context.Context, dir string, progress func(done, all uint64)) (IndexReport, error) {
	r, docs, err := readDocuments(ctx, dir)
	if err != nil {
		return IndexReport{}, err
	}
	v, err := verifier(r.State)
	if err != nil {
		return IndexReport{}, err
	}
	x, err := index.Verify(ctx, r.Folder().IndexDir(), v, sources(docs), r.HeadAt, progress)
	if err != nil {
		return IndexReport{}, err
	}
	return reportOn(ctx, x, r, docs)
}

func reportOn(ctx context.Context, x *index.Index, r *folder.Reading, docs []check.Document) (IndexReport, error) {
	s, err := x.Stats(ctx)
	return IndexReport{Stats: s, Letters: len(r.State.Letters()), Log: r.Checkpoint.Size, Newer: len(docs) - len(x.Texts)}, err
}

// readDocuments reads a register under its own keys: its index says nothing that
// the log does not.
func readDocuments(ctx context.Context, dir string) (*folder.Reading, []check.Document, error) {
	f, r, err := readFolder(ctx, dir)
	if err != nil {
		return nil, nil, err
	}
	return r, check.Documents(r.State, f.Text), nil
}

// indexWriter opens the folder's index for writing.
func indexWriter(r *folder.Reading, say func(string), progress func(done, all uint64)) (*index.Writer, error) {
	f := r.Folder()
	v, err := verifier(r.State)
	if err != nil {
		return nil, err
	}
	key, err := signing.LoadKey(f.KeyFile("operator"))
	if err != nil {
		return nil, fmt.Errorf("only who has the operator's key publishes an index; a mirror takes it along with the register: %w", err)
	}
	signer, err := key.NoteSigner(index.KeyName(r.State.Origin()))
	if err != nil {
		return nil, err
	}
	return index.OpenWriter(f.IndexDir(), index.Options{Signer: signer, Verifier: v, Say: say, Progress: progress})
}

// indexEvery is how often the published index may be replaced.
const indexEvery = 3 * time.Second

// keepIndex brings the folder's index up to date as long as ctx lasts. Searches do
// not wait for it: what is not in it they have in memory.
func keepIndex(ctx context.Context, s *Source, log *slog.Logger) {
	var w *index.Writer
	failed := ""
	tick := time.NewTicker(indexEvery)
	defer tick.Stop()
	for {
		err := s.index(ctx, &w, func(what string) { log.Warn("the index", "note", what) })
		if err != nil && ctx.Err() == nil && err.Error() != failed {
			failed = err.Error()
			log.Error("keeping the index", "error", err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			if w != nil {
				_ = w.Close()
			}
			return
		}
	}
}

// index updates the index to what is shown now. It opens the writer when there
// is none.
func (s *Source) index(ctx context.Context, w **index.Writer, say func(string)) error {
	now, err := s.newest(ctx)
	if err != nil {
		return err
	}
	if *w == nil {
		if *w, err = indexWriter(now.reading, say, nil); err != nil {
			*w = nil
			return err
		}
	}
	if x := (*w).Index(); x != nil && x.Manifest.Head == now.reading.Checkpoint.Head {
		return nil
	}
	_, err = (*w).Update(ctx, now.reading.Checkpoint.Head, sources(now.snapshot.Documents()), false)
	return err
}

package index

import (
	"context"
	"errors"
	"fmt"
	"io"

	"golang.org/x/mod/sumdb/note"

	"chancery.example/internal/compare"
	"chancery.example/internal/fold"
	"chancery.example/internal/seed"
	"chancery.example/letter"
	"chancery.example/proof"
)

// Stats says what an index holds and what it costs.
type Stats struct {
	Covers    uint64 `json:"covers"` // entries of the log
	Root      string `json:"root"`
	SignedBy  string `json:"signed_by"`
	Texts     int    `json:"texts"`
	Families  int    `json:"families"`
	Postings  uint64 `json:"postings"`
	Runs      []int  `json:"runs"` // texts of each
	Bytes     int64  `json:"bytes"`
	Segments  int64  `json:"segment_bytes"`
	Model     int64  `json:"model_bytes"`
	ModelOf   int    `json:"model_texts"`
	PerFamily int64  `json:"bytes_per_family"`
	// Levels says how many families hold a gram of 12, 16 and 20 letters.
	Levels []Frequencies `json:"levels"`
}

// Frequencies counts the grams of one length by how many families hold them.
type Frequencies struct {
	Letters int    `json:"letters"` // of the gram; 2 fewer in Arabic
	Keys    uint64 `json:"keys"`
	One     uint64 `json:"in_1"`
	Ten     uint64 `json:"in_2_to_10"`
	Hundred uint64 `json:"in_11_to_100"`
	More    uint64 `json:"in_more"`
	Most    uint64 `json:"most"`
}

func (f *Frequencies) count(n uint64) {
	f.Keys++
	f.Most = max(f.Most, n)
	switch {
	case n == 1:
		f.One++
	case n <= 10:
		f.Ten++
	case n <= 100:
		f.Hundred++
	default:
		f.More++
	}
}

// Stats reads the whole index.
func (x *Index) Stats(ctx context.Context) (Stats, error) {
	m := x.Manifest
	s := Stats{
		Covers: m.Head.Size, Root: m.Head.Root.String(), SignedBy: KeyName(m.Head.Origin), Texts: m.Texts, Families: m.Families,
		Bytes: m.Size(), Model: m.Model.File.Size, ModelOf: m.Model.Count,
	}
	for _, r := range m.Runs {
		s.Runs = append(s.Runs, r.Count)
		s.Segments += r.Seeds.Size
	}
	if s.Families > 0 {
		s.PerFamily = s.Bytes / int64(s.Families)
	}
	for level := range seed.Levels {
		s.Levels = append(s.Levels, Frequencies{Letters: 12 + 4*level})
	}
	err := x.frequencies(ctx, &s)
	return s, err
}

// frequencies counts, for each level, the different families of each key. Those
// of one key are few, or were many already at the level below.
func (x *Index) frequencies(ctx context.Context, s *Stats) error {
	cursors := make([]seed.Cursor, len(x.segments))
	for i, g := range x.segments {
		cursors[i] = g.Cursor()
	}
	all := stoppable{ctx, seed.Merge(cursors...)}
	held := make([]map[uint32]bool, seed.Levels)
	var last seed.Key
	for {
		batch, err := all.Next()
		if err != nil {
			return fmt.Errorf("reading the index: %w", err)
		}
		for _, p := range batch {
			s.Postings++
			for level := range held {
				if held[level] != nil && (p.Key^last)&seed.Mask(level+1) != 0 {
					s.Levels[level].count(uint64(len(held[level])))
					clear(held[level])
				}
				if held[level] == nil {
					held[level] = map[uint32]bool{}
				}
				held[level][p.Family] = true
			}
			last = p.Key
		}
		if len(batch) == 0 {
			break
		}
	}
	for level := range held {
		if len(held[level]) > 0 {
			s.Levels[level].count(uint64(len(held[level])))
		}
	}
	return nil
}

// ErrNotTheSame is what all errors of Verify are that say that an index is not
// the one that its register has.
var ErrNotTheSame = errors.New("this index is not the one that the register has")

// Verify makes the index in dir anew from the sources, without writing into dir,
// and compares all of it with what is there: the signature of v's key, the head,
// the list of texts, and every byte of segments and model (MUST-18). at is that
// of Fits; progress may be nil.
func Verify(ctx context.Context, dir string, v note.Verifier, sources []Source, at func(uint64) (proof.Head, error), progress func(done, all uint64)) (*Index, error) {
	x, err := Open(dir, v)
	if err != nil {
		return nil, err
	}
	if progress == nil {
		progress = func(uint64, uint64) {}
	}
	if err := x.Fits(sources, at); err != nil {
		return x, fmt.Errorf("%w: %w", ErrNotTheSame, err)
	}
	if err := x.compareRuns(ctx, sources, progress); err != nil {
		return x, err
	}
	return x, x.compareModel(ctx, sources)
}

func (x *Index) compareRuns(ctx context.Context, sources []Source, progress func(done, all uint64)) error {
	for _, r := range x.Manifest.Runs {
		s := newSorter(stretch(x.Texts[r.First : r.First+r.Count]))
		err := foldAll(sources[r.First:r.First+r.Count], func(i int, g grams) error {
			i += r.First
			if i%100 == 0 {
				progress(uint64(i), uint64(len(x.Texts))) //nolint:gosec // counts
				if err := ctx.Err(); err != nil {
					return err //nolint:wrapcheck // who stopped knows why
				}
			}
			if g.fold.Spelling() != x.Texts[i].Spelling {
				return fmt.Errorf("%w: the spelling of text %d, %s, is another", ErrNotTheSame, i, x.Texts[i].Leaf)
			}
			return s.add(x.Texts[i].Family, g.seeds)
		})
		if err == nil {
			err = same(r.Seeds, writeSeeds(ctx, s.cursor(), s.families, nil))
		}
		if err = errors.Join(err, s.close()); err != nil {
			return fmt.Errorf("texts %d to %d: %w", r.First, r.First+r.Count-1, err)
		}
	}
	return nil
}

func (x *Index) compareModel(ctx context.Context, sources []Source) error {
	if x.Manifest.Model.Count == 0 {
		return nil
	}
	m := compare.NewModel()
	for i, s := range sources[:x.Manifest.Model.Count] {
		if i%100 == 0 && ctx.Err() != nil {
			return ctx.Err() //nolint:wrapcheck // who stopped knows why
		}
		m.Learn(fold.Record(s.Words))
	}
	b, err := m.MarshalBinary()
	if err != nil {
		return fmt.Errorf("writing the word model: %w", err)
	}
	return same(x.Manifest.Model.File, func(w io.Writer) error { _, err := w.Write(b); return err })
}

// same sees that what is written is a file's content.
func same(f File, write func(io.Writer) error) error {
	c := newCounted(io.Discard)
	if err := write(c); err != nil {
		return err
	}
	if got := (File{letter.Hash(c.sum.Sum(nil)), c.size}); got != f {
		return fmt.Errorf("%w: made anew, file %s is %s", ErrNotTheSame, f.Sum, got.Sum)
	}
	return nil
}

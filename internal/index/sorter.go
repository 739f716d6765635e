package index

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"sync"

	"chancery.example/internal/fold"
	"chancery.example/internal/seed"
)

// tablePostings is how many postings are sorted in memory at once: 64 MB, some
// ten thousand letters.
const tablePostings = 4 << 20

// A sorter sorts the postings of many texts: what does not fit in memory it lays
// by as segments in nameless files.
type sorter struct {
	families seed.Families
	most     int // postings in memory
	table    *seed.Table
	spilled  []seed.Cursor
	open     []spill
}

type spill struct {
	file *os.File
	data []byte
	used *seed.Segment // keeps the mapping as long as it is read
}

func newSorter(f seed.Families) *sorter {
	return &sorter{families: f, most: tablePostings, table: seed.NewTable()}
}

// expect makes room for the postings of so many bytes of words: a fifth of them,
// as a rule.
func (s *sorter) expect(texts []Source) {
	bytes := 0
	for _, t := range texts {
		bytes += len(t.Words)
	}
	const slack = 1 << 16 // of the last text before the table is full
	s.table.Reserve(min(bytes/4, s.most+slack))
}

func (s *sorter) add(family uint32, seeds []seed.Seed) error {
	s.table.Add(family, seeds)
	if s.table.Len() < s.most {
		return nil
	}
	return s.spill()
}

// spill lays the table by.
func (s *sorter) spill() (err error) {
	f, err := os.CreateTemp("", "chancery-index-*")
	if err != nil {
		return fmt.Errorf("sorting grams: %w", err)
	}
	s.open = append(s.open, spill{file: f})
	if err := os.Remove(f.Name()); err != nil { // the open file is enough
		return fmt.Errorf("sorting grams: %w", err)
	}
	b := bufio.NewWriterSize(f, 1<<18)
	sum, err := seed.WriteSegment(b, s.table.Cursor(), s.families, nil)
	if err = errors.Join(err, b.Flush()); err != nil {
		return fmt.Errorf("sorting grams: %w", err)
	}
	data, err := mapFile(f, sum.Bytes)
	if err != nil {
		return fmt.Errorf("sorting grams: %w", err)
	}
	last := &s.open[len(s.open)-1]
	last.data = data
	if last.used, err = seed.OpenSegment(data); err != nil {
		return fmt.Errorf("sorting grams: %w", err)
	}
	s.spilled = append(s.spilled, last.used.Cursor())
	s.table = seed.NewTable()
	return nil
}

// cursor hands out all that was added.
func (s *sorter) cursor() seed.Cursor {
	return seed.Merge(append(s.spilled, s.table.Cursor())...)
}

func (s *sorter) close() error {
	var errs []error
	for _, o := range s.open {
		if o.data != nil {
			unmap(o.data)
		}
		errs = append(errs, o.file.Close())
	}
	return errors.Join(errs...)
}

// grams is what indexing takes of one text.
type grams struct {
	fold  *fold.Folded
	seeds []seed.Seed
}

// foldAll folds texts on all processors and hands them on in order. take must
// not keep what it is given.
func foldAll(texts []Source, take func(i int, g grams) error) error {
	const batch = 64
	workers := runtime.GOMAXPROCS(0)
	results := make([]grams, batch*workers)
	for from := 0; from < len(texts); from += len(results) {
		part := texts[from:min(len(texts), from+len(results))]
		var group sync.WaitGroup
		for w := range workers {
			group.Go(func() {
				for i := w; i < len(part); i += workers {
					f := fold.Record(part[i].Words)
					results[i] = grams{f, seed.Of(f.Stream)}
				}
			})
		}
		group.Wait()
		for i := range part {
			if err := take(from+i, results[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// writeSeeds writes the segment of a cursor.
func writeSeeds(ctx done, c seed.Cursor, f seed.Families, progress func(uint64)) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := seed.WriteSegment(w, stoppable{ctx, c}, f, progress)
		return err //nolint:wrapcheck // says what it does
	}
}

// done is the part of a context that long work asks.
type done interface{ Err() error }

// A stoppable cursor ends when its context does.
type stoppable struct {
	ctx done
	seed.Cursor
}

// Next implements seed.Cursor.
func (s stoppable) Next() ([]seed.Posting, error) {
	if err := s.ctx.Err(); err != nil {
		return nil, err
	}
	return s.Cursor.Next() //nolint:wrapcheck // a cursor's own
}

package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"chancery.example/internal/compare"
	"chancery.example/internal/fold"
	"chancery.example/internal/seed"
)

// house is the engine of this project: every answer is aligned, word by word,
// with what it names. Others only rank. Grams lie in one segment on disk that is
// mapped into memory; texts are kept, as the store of a register would.
type house struct {
	dir     string
	index   *compare.Index
	table   *seed.Table // of the documents since the last part
	parts   []part
	disk    int64
	written int // parts, merged ones included
}

// A part is a segment of some of the documents, until all are merged.
type part struct {
	file    string
	data    []byte
	segment *seed.Segment
}

// partSize is how many documents are gathered in memory before they are written.
const partSize = 50_000

func startOurs(_ context.Context, dir string) (engine, error) {
	return &house{dir: dir, index: compare.NewIndex(), table: seed.NewTable()}, nil
}

func (h *house) build(ctx context.Context, docs iter.Seq2[doc, error]) error {
	n := 0
	for d, err := range docs {
		if err != nil {
			return err
		}
		f := fold.Record(d.Text)
		h.table.Add(h.index.AddStored(compare.Document{ID: d.ID, Family: d.Family, Text: d.Text}), seed.Of(f.Stream))
		h.index.Model().Learn(f)
		if n++; n%partSize == 0 {
			if err := h.write(h.table.Cursor()); err != nil {
				return err
			}
			h.table = seed.NewTable()
		}
	}
	return h.finish(ctx)
}

// finish writes the rest, merges the parts to one segment, and reads every text
// once for phrases that are too short to hold a gram, so that the first of them
// does not have to.
func (h *house) finish(ctx context.Context) error {
	if err := h.write(h.table.Cursor()); err != nil {
		return err
	}
	h.table = nil
	if len(h.parts) > 1 {
		if err := h.merge(); err != nil {
			return err
		}
	}
	h.index.Attach(h.parts[0].segment)
	h.disk = int64(h.parts[0].segment.Size())
	_, err := h.index.Find(ctx, fold.Copy("no such words"))
	return err
}

// write makes a part of postings. A revision may come long after its letter, so
// any family may be in it.
func (h *house) write(from seed.Cursor) error {
	of := seed.Families{Count: uint32(h.index.Families())} //nolint:gosec // a million at most
	h.written++
	p := part{file: filepath.Join(h.dir, fmt.Sprintf("part-%d", h.written))}
	f, err := os.Create(p.file)
	if err != nil {
		return fmt.Errorf("making a segment: %w", err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	if _, err = seed.WriteSegment(w, from, of, nil); err == nil {
		err = w.Flush()
	}
	var info os.FileInfo
	if err == nil {
		info, err = f.Stat()
	}
	if err == nil {
		p.data, err = syscall.Mmap(int(f.Fd()), 0, int(info.Size()), syscall.PROT_READ, syscall.MAP_SHARED)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", p.file, err)
	}
	h.parts = append(h.parts, p)
	if h.parts[len(h.parts)-1].segment, err = seed.OpenSegment(p.data); err != nil {
		return fmt.Errorf("opening %s: %w", p.file, err)
	}
	return nil
}

// merge makes one part of all.
func (h *house) merge() error {
	old := h.parts
	h.parts = nil
	var from []seed.Cursor
	for _, p := range old {
		from = append(from, p.segment.Cursor())
	}
	err := h.write(seed.Merge(from...))
	for _, p := range old {
		err = errors.Join(err, syscall.Munmap(p.data), os.Remove(p.file))
	}
	return err
}

func (h *house) search(ctx context.Context, k kind, text string) ([]hit, error) {
	found, err := h.index.Find(ctx, fold.Copy(text))
	if err != nil {
		return nil, err
	}
	if err := h.parts[0].segment.Err(); err != nil {
		return nil, err
	}
	out := make([]hit, 0, len(found))
	first := 0.0
	for i, c := range found {
		edits := c.Alignment.Edits()
		if i == 0 {
			first = edits
		}
		tie := first > 0 && edits-first < tellingEdits && c.Judge() <= compare.Altered
		out = append(out, hit{
			ID: c.Document.ID, Score: float64(c.Alignment.Agreed - c.Alignment.Cost), Bits: c.Bits, Says: agreements[c.Judge()], Tie: tie,
		})
	}
	// What means nothing is not shown to readers: it comes last here. Letters that
	// a report quotes come in order of how much the shared passages mean.
	slices.SortStableFunc(out, func(a, b hit) int {
		order := one(a.Says == nothing) - one(b.Says == nothing)
		if k == report {
			order = cmp.Or(order, cmp.Compare(b.Bits, a.Bits))
		}
		return order
	})
	return out, nil
}

// tellingEdits is how many letters two revisions have to be apart from a copy to
// be told from each other, as package check has it.
const tellingEdits = 3

// nothing is what is said of an agreement by chance.
const nothing = "unlike"

var agreements = map[compare.Agreement]string{
	compare.Same: "same", compare.PartOf: "part", compare.Altered: "altered", compare.Like: "like", compare.Unlike: nothing,
}

// size: the texts are in the process, the rest is mapped into it.
func (h *house) size() (disk, memory int64, err error) { return h.disk, 0, nil }

func (h *house) close() error {
	var err error
	for _, p := range h.parts {
		err = errors.Join(err, syscall.Munmap(p.data))
	}
	return err
}

// Package index keeps the public finding index of a register in its folder:
//
//	index/manifest     what there is, which log it covers; signed by the operator
//	index/HEX.seeds    segments: which families hold which grams
//	index/HEX.texts    which texts those are
//	index/HEX.model    how often words stand in them
//
// It holds what a register shows to everybody, and nothing else. It is never a
// source of truth: an index that is missing, old or damaged costs time, because
// texts are then indexed in memory, and changes no answer. [Open] writes nothing.
//
// A [Writer] adds what is new as a further run of texts and merges runs of like
// size; files are named by their content and never change, and the manifest is
// replaced when all else is on disk, so that a crash leaves the old index or the
// new one. docs/formats/index.md is the specification (MUST-11).
package index

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"sync/atomic"

	"golang.org/x/mod/sumdb/note"

	"chancery.example/internal/fold"
	"chancery.example/internal/kind"
	"chancery.example/internal/seed"
	"chancery.example/proof"
)

// An Index is an index that was opened to be read. It may be used by many
// goroutines, and goes on to work when the folder's index is replaced.
type Index struct {
	Manifest Manifest
	Texts    []Text // in the order of the log
	Model    []byte // nil: there is none

	segments []*seed.Segment
	all      seed.Postings
	fault    atomic.Pointer[error]
	raw      []byte // the manifest's file
}

// Open opens the index in dir, which v's key must have signed, and compares all
// files with their names. An error of kind NotFound means that there is none.
func Open(dir string, v note.Verifier) (*Index, error) {
	const attempts = 5 // a writer may replace it between manifest and files
	var x *Index
	var err error
	for range attempts {
		if x, err = open(dir, v); err == nil || !errors.Is(err, fs.ErrNotExist) || kind.Of(err) == kind.NotFound {
			break
		}
	}
	if err != nil {
		return nil, fmt.Errorf("opening the index in %s: %w", dir, err)
	}
	return x, nil
}

func open(dir string, v note.Verifier) (*Index, error) {
	raw, err := readManifest(dir)
	if err != nil {
		return nil, err
	}
	m, err := ParseManifest(raw, v)
	if err != nil {
		return nil, err
	}
	x := &Index{Manifest: m, raw: raw}
	for _, r := range m.Runs {
		if err := x.openRun(dir, r); err != nil {
			return nil, err
		}
	}
	if n := familiesOf(x.Texts); n != m.Families {
		return nil, fmt.Errorf("its texts are of %d families, the manifest says %d", n, m.Families)
	}
	if m.Model.Count > 0 {
		if x.Model, err = fetch(dir, kindModel, m.Model.File); err != nil {
			return nil, err
		}
	}
	lists := make([]seed.Postings, len(x.segments))
	for i, s := range x.segments {
		lists[i] = s
	}
	x.all = seed.Join(lists...)
	return x, nil
}

func readManifest(dir string) ([]byte, error) {
	f, err := os.Open(filepath.Join(dir, manifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, kind.NotFound.Errorf("there is no index; \"chancery index build\" makes one")
	}
	if err != nil {
		return nil, err //nolint:wrapcheck // says what it opened
	}
	raw, err := io.ReadAll(io.LimitReader(f, maxManifest+1))
	return raw, errors.Join(err, f.Close())
}

// openRun opens one run's files (MUST-13). The segment must be about the families of its
// texts, so that no look-up can name a text that is not there.
func (x *Index) openRun(dir string, r Run) error {
	list, err := fetch(dir, kindTexts, r.Texts)
	if err != nil {
		return err
	}
	if x.Texts, err = decodeTexts(list, x.Texts); err != nil {
		return fmt.Errorf("%s: %w", r.Texts.name(kindTexts), err)
	}
	b, err := fetchMapped(dir, kindSeeds, r.Seeds)
	if err != nil {
		return err
	}
	s, err := seed.OpenSegment(b)
	if err != nil {
		unmap(b)
		return fmt.Errorf("%s: %w", r.Seeds.name(kindSeeds), err)
	}
	runtime.AddCleanup(s, unmap, b)
	if want := stretch(x.Texts[r.First : r.First+r.Count]); s.Families() != want {
		return fmt.Errorf("%s is about the families %+v, its texts are of %+v", r.Seeds.name(kindSeeds), s.Families(), want)
	}
	x.segments = append(x.segments, s)
	return nil
}

// stretch returns the families of texts, from the least to the greatest.
func stretch(ts []Text) seed.Families {
	if len(ts) == 0 {
		return seed.Families{}
	}
	least, most := ts[0].Family, ts[0].Family
	for _, t := range ts {
		least, most = min(least, t.Family), max(most, t.Family)
	}
	return seed.Families{First: least, Count: most - least + 1}
}

// Lookup implements seed.Postings, and Err seed.Checked: a file that is damaged
// under our hands is an error, no crash.
func (x *Index) Lookup(dst []uint32, key seed.Key, level, most int) (families []uint32, n int) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			if _, isFault := p.(interface{ Addr() uintptr }); !isFault {
				panic(p)
			}
			err := fmt.Errorf("a file of the index cannot be read any more: %v", p)
			x.fault.CompareAndSwap(nil, &err)
			families, n = dst, 0
		}
	}()
	return x.all.Lookup(dst, key, level, most)
}

// Err implements seed.Checked.
func (x *Index) Err() error {
	if p := x.fault.Load(); p != nil {
		return *p
	}
	for _, s := range x.segments {
		if err := s.Err(); err != nil {
			return err //nolint:wrapcheck // says what it is about
		}
	}
	return nil
}

// Fits sees that the index is about a register: its texts are the sources that
// the entries under its head show, all of them and no others (MUST-17). at
// returns the head over so many entries of the verified log. Sources are in the
// order of the log; those after the index's head are left to be indexed in memory.
func (x *Index) Fits(sources []Source, at func(size uint64) (proof.Head, error)) error {
	head, err := at(x.Manifest.Head.Size)
	if err != nil {
		return fmt.Errorf("the index covers %d entries: %w", x.Manifest.Head.Size, err)
	}
	if head != x.Manifest.Head {
		return fmt.Errorf("the index covers a log of %d entries that is not this one", x.Manifest.Head.Size)
	}
	due := 0
	for due < len(sources) && uint64(sources[due].Entry) < head.Size {
		due++
	}
	if due != len(x.Texts) {
		return fmt.Errorf("the index has %d texts, %d entries of the log show %d that are there", len(x.Texts), head.Size, due)
	}
	return begins(x.Texts, sources, numbered(sources))
}

// begins sees that texts are the first of the sources.
func begins(texts []Text, sources []Source, families []uint32) error {
	if len(texts) > len(sources) {
		return fmt.Errorf("the index has %d texts, the register shows %d", len(texts), len(sources))
	}
	for i, t := range texts {
		if t.Leaf != sources[i].Leaf || t.Family != families[i] {
			return fmt.Errorf("text %d of the index is not text %d of the register", i, i)
		}
	}
	return nil
}

// InMemory indexes texts without any file: what look-ups answer from when a
// segment went bad.
func InMemory(sources []Source) seed.Postings {
	table, numbers := seed.NewTable(), numbered(sources)
	for i, s := range sources {
		table.Add(numbers[i], seed.Of(fold.Record(s.Words).Stream))
	}
	return table
}

// Newest reports whether the folder still has this index.
func (x *Index) Newest(dir string) bool {
	raw, err := readManifest(dir)
	return err == nil && bytes.Equal(raw, x.raw)
}

package main

import (
	"context"
	"iter"
	"time"
)

// A kind says what a reader holds; latency is told apart by it.
type kind string

// The kinds of queries.
const (
	phrase    kind = "phrase"    // five words, which may hold no sampled gram
	quotation kind = "quotation" // a sentence or two
	page      kind = "page"      // a whole letter, read or typed
	report    kind = "report"    // somebody's article that quotes
)

// kinds lists them in the order of tables.
var kinds = []kind{phrase, quotation, page, report}

// A doc is one text that engines index. IDs count from 0 without a gap, so that
// a slice finds a document again.
type doc struct {
	ID     int
	Name   string // as the test input calls it
	Family string // documents of one letter have the same
	Text   string
}

// A hit is a document that an engine names, the best first.
type hit struct {
	ID    int     `json:"id"`
	Score float64 `json:"score"` // greater is better; of one engine only
	// What only the engine of this house says: how much the agreement means, in
	// bits, what it calls the agreement, and whether another document is as good
	// as the first.
	Bits float64 `json:"bits,omitempty"`
	Says string  `json:"says,omitempty"`
	Tie  bool    `json:"tie,omitempty"`
}

// top is how many documents an engine names; a letter among them is found. A
// report quotes many.
func (k kind) top() int {
	if k == report {
		return 40
	}
	return 10
}

// An engine is one way to find letters by their words, set up as somebody would
// who knows it. docs/benchmarks/finding.md has the settings.
type engine interface {
	// build indexes the documents, and makes the index ready to be asked.
	build(ctx context.Context, docs iter.Seq2[doc, error]) error
	// search returns at most k.top() documents, the best first. The engine of
	// this house returns every document that it would show.
	search(ctx context.Context, k kind, text string) ([]hit, error)
	// size returns what the index takes, in bytes: on disk, and in memory beyond
	// this process.
	size() (disk, memory int64, err error)
	close() error
}

// engines names every engine, ours first, with how it is started in a folder of
// its own.
var engines = []struct {
	name  string
	start func(ctx context.Context, dir string) (engine, error)
}{
	{ours, startOurs},
	{"fts5-phrases", startPhrases},
	{"fts5-trigram", startTrigram},
	{"bleve", startBleve},
	{"pg-fulltext", startFullText},
	{"pg-trgm", startSimilarity},
}

// ours is the name of the engine that the others are compared with.
const ours = "chancery"

// built is what an engine process says once its index is ready.
type built struct {
	Docs    int           `json:"docs"`
	Took    time.Duration `json:"took"`  // without reading the documents
	CPU     time.Duration `json:"cpu"`   // of this process; 0 where a server did the work
	First   time.Duration `json:"first"` // answer, to a short phrase, with what is put off until then
	Disk    int64         `json:"disk"`
	Memory  int64         `json:"memory"` // resident, with the server's
	Skipped string        `json:"skipped,omitempty"`
	Err     string        `json:"err,omitempty"`
}

// answer is what an engine process says to a query.
type answer struct {
	Hits []hit         `json:"hits"`
	Took time.Duration `json:"took"`
	Err  string        `json:"err,omitempty"`
}

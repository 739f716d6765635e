package main

import (
	"context"
	"fmt"
	"io/fs"
	"iter"
	"path/filepath"
	"strconv"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/standard"
	"github.com/blevesearch/bleve/v2/mapping"
	blevequery "github.com/blevesearch/bleve/v2/search/query"
	index "github.com/blevesearch/bleve_index_api"
)

// bleveIndex is bleve's index on disk (scorch), with positions for phrases and
// without the texts.
type bleveIndex struct {
	dir string
	ix  bleve.Index
}

const bleveBatch = 500

func startBleve(_ context.Context, dir string) (engine, error) {
	text := mapping.NewTextFieldMapping()
	text.Analyzer, text.Store, text.DocValues, text.IncludeInAll, text.IncludeTermVectors = standard.Name, false, false, false, true
	letter := mapping.NewDocumentStaticMapping()
	letter.AddFieldMappingsAt("text", text)
	m := mapping.NewIndexMapping()
	m.DefaultMapping, m.ScoringModel = letter, index.BM25Scoring
	b := &bleveIndex{dir: filepath.Join(dir, "bleve")}
	var err error
	if b.ix, err = bleve.New(b.dir, m); err != nil {
		return nil, fmt.Errorf("making an index of bleve in %s: %w", b.dir, err)
	}
	return b, nil
}

func (b *bleveIndex) build(_ context.Context, docs iter.Seq2[doc, error]) error {
	batch := b.ix.NewBatch()
	for d, err := range docs {
		if err != nil {
			return err
		}
		if err := batch.Index(strconv.Itoa(d.ID), map[string]any{"text": d.Text}); err != nil {
			return fmt.Errorf("indexing %s: %w", d.Name, err)
		}
		if batch.Size() == bleveBatch {
			if err := b.ix.Batch(batch); err != nil {
				return fmt.Errorf("writing the index of bleve: %w", err)
			}
			batch.Reset()
		}
	}
	if err := b.ix.Batch(batch); err != nil {
		return fmt.Errorf("writing the index of bleve: %w", err)
	}
	return nil
}

// search asks for any three words in a row, and for a quotation also for any of
// the words; the first weighs more by itself, as it is rarer.
func (b *bleveIndex) search(ctx context.Context, k kind, text string) ([]hit, error) {
	ws := words(text)
	var some []blevequery.Query
	for _, r := range runs(ws, 3, phraseLimit(k)) {
		p := bleve.NewMatchPhraseQuery(r)
		p.SetField("text")
		some = append(some, p)
	}
	if len(some) == 0 {
		return nil, nil
	}
	if k == phrase || k == quotation {
		m := bleve.NewMatchQuery(text)
		m.SetField("text")
		some = append(some, m)
	}
	req := bleve.NewSearchRequestOptions(bleve.NewDisjunctionQuery(some...), k.top(), 0, false)
	res, err := b.ix.SearchInContext(ctx, req)
	if err != nil {
		return nil, fmt.Errorf("searching with bleve: %w", err)
	}
	var out []hit
	for _, h := range res.Hits {
		id, err := strconv.Atoi(h.ID)
		if err != nil {
			return nil, fmt.Errorf("reading a hit of bleve: %w", err)
		}
		out = append(out, hit{ID: id, Score: h.Score})
	}
	return out, nil
}

func (b *bleveIndex) size() (disk, memory int64, err error) {
	disk, err = folderSize(b.dir)
	return disk, 0, err
}

func (b *bleveIndex) close() error {
	if err := b.ix.Close(); err != nil {
		return fmt.Errorf("closing the index of bleve: %w", err)
	}
	return nil
}

func folderSize(dir string) (int64, error) {
	var n int64
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			n += info.Size()
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("measuring %s: %w", dir, err)
	}
	return n, nil
}

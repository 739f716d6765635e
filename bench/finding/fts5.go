package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // SQLite, with FTS5
)

// fts5 is full-text search in SQLite. The table keeps no texts (content = ”), so
// that it is as small as it can be; bm25 puts the hits in order.
type fts5 struct {
	db     *sql.DB
	file   string
	ask    *sql.Stmt
	phrase func(k kind, text string) string
}

// startPhrases finds texts that share three words in a row.
func startPhrases(ctx context.Context, dir string) (engine, error) {
	return startFTS5(ctx, dir, "unicode61 remove_diacritics 2", func(k kind, text string) string {
		return anyOf(runs(words(text), 3, phraseLimit(k)), " ")
	})
}

// startTrigram finds texts that share twelve characters in a row.
func startTrigram(ctx context.Context, dir string) (engine, error) {
	return startFTS5(ctx, dir, "trigram", func(k kind, text string) string {
		return anyOf(chunks(text, 12, 4, phraseLimit(k)), "")
	})
}

func startFTS5(ctx context.Context, dir, tokenizer string, phrase func(kind, string) string) (engine, error) {
	f := &fts5{file: filepath.Join(dir, "fts5.db"), phrase: phrase}
	var err error
	if f.db, err = sql.Open("sqlite", f.file); err != nil {
		return nil, fmt.Errorf("opening %s: %w", f.file, err)
	}
	f.db.SetMaxOpenConns(1)
	for _, s := range []string{
		"PRAGMA journal_mode = off", "PRAGMA synchronous = off", "PRAGMA cache_size = -1000000", "PRAGMA mmap_size = 8000000000",
		"CREATE VIRTUAL TABLE letters USING fts5(text, content = '', tokenize = '" + tokenizer + "')",
		"INSERT INTO letters (letters, rank) VALUES ('automerge', 8)",
	} {
		if _, err := f.db.ExecContext(ctx, s); err != nil {
			return nil, errors.Join(fmt.Errorf("preparing %s with %q: %w", f.file, s, err), f.db.Close())
		}
	}
	return f, nil
}

func (f *fts5) build(ctx context.Context, docs iter.Seq2[doc, error]) (err error) {
	tx, err := f.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("beginning to fill %s: %w", f.file, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, tx.Rollback())
		}
	}()
	put, err := tx.PrepareContext(ctx, "INSERT INTO letters (rowid, text) VALUES ($1, $2)")
	if err != nil {
		return fmt.Errorf("preparing to fill %s: %w", f.file, err)
	}
	defer func() { _ = put.Close() }()
	for d, err := range docs {
		if err != nil {
			return err
		}
		if _, err := put.ExecContext(ctx, d.ID+1, d.Text); err != nil {
			return fmt.Errorf("indexing %s: %w", d.Name, err)
		}
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO letters (letters) VALUES ('optimize')"); err != nil {
		return fmt.Errorf("merging the index of %s: %w", f.file, err)
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("writing %s: %w", f.file, err)
	}
	f.ask, err = f.db.PrepareContext(ctx, "SELECT rowid, -rank FROM letters WHERE letters MATCH $1 ORDER BY rank LIMIT $2")
	if err != nil {
		return fmt.Errorf("preparing to search %s: %w", f.file, err)
	}
	return nil
}

func (f *fts5) search(ctx context.Context, k kind, text string) (out []hit, err error) {
	q := f.phrase(k, text)
	if q == "" {
		return nil, nil
	}
	rows, err := f.ask.QueryContext(ctx, q, k.top())
	if err != nil {
		return nil, fmt.Errorf("searching %s: %w", f.file, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var h hit
		if err := rows.Scan(&h.ID, &h.Score); err != nil {
			return nil, fmt.Errorf("reading a hit of %s: %w", f.file, err)
		}
		h.ID--
		out = append(out, h)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("searching %s: %w", f.file, err)
	}
	return out, nil
}

// size leaves out pages that merging the index has left free.
func (f *fts5) size() (disk, memory int64, err error) {
	const used = "SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size"
	if err := f.db.QueryRow(used).Scan(&disk); err != nil {
		return 0, 0, fmt.Errorf("measuring %s: %w", f.file, err)
	}
	return disk, 0, nil
}

func (f *fts5) close() error {
	var err error
	if f.ask != nil {
		err = f.ask.Close()
	}
	return errors.Join(err, f.db.Close())
}

// anyOf joins phrases to a question that any of them answers.
func anyOf(phrases []string, glue string) string {
	var b strings.Builder
	for i, p := range phrases {
		if i > 0 {
			b.WriteString(" OR ")
		}
		b.WriteString(`"` + strings.ReplaceAll(p, `"`, glue) + `"`)
	}
	return b.String()
}

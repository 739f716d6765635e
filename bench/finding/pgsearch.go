package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/jackc/pgx/v5"
)

// pgIndex is an index of PostgreSQL over a table of texts.
type pgIndex struct {
	*postgres
	after []string // statements once the table is full
	takes string   // a query for the bytes that finding takes beside the texts
	ask   func(ctx context.Context, k kind, text string) (pgx.Rows, error)
}

// startFullText is PostgreSQL's full-text search.
func startFullText(ctx context.Context, _ string) (engine, error) {
	p, err := startPostgres(ctx)
	if err != nil {
		return nil, err
	}
	e := &pgIndex{postgres: p, takes: "SELECT pg_relation_size('letters_words') + sum(pg_column_size(words)) FROM letters"}
	e.after = []string{
		"ALTER TABLE letters ADD COLUMN words tsvector GENERATED ALWAYS AS (to_tsvector('simple', text)) STORED",
		"CREATE INDEX letters_words ON letters USING gin (words) WITH (fastupdate = off)",
		"VACUUM ANALYZE letters",
	}
	const byRank = `SELECT id, ts_rank(words, q) AS score FROM letters, %s AS q WHERE words @@ q ORDER BY score DESC, id LIMIT %d`
	all := fmt.Sprintf(byRank, "plainto_tsquery('simple', $1)", quotation.top())
	phrases := func(k kind) string { return fmt.Sprintf(byRank, "CAST($1 AS tsquery)", k.top()) }
	e.ask = func(ctx context.Context, k kind, text string) (pgx.Rows, error) {
		if k == phrase || k == quotation { // first as it is meant: every word
			rows, err := p.conn.Query(ctx, all, text)
			if err != nil {
				return nil, err
			}
			if rows.Next() {
				return &begun{Rows: rows}, nil
			}
			rows.Close()
			if err := rows.Err(); err != nil {
				return nil, err
			}
		}
		return p.conn.Query(ctx, phrases(k), anyPhrase(runs(words(text), 3, phraseLimit(k))))
	}
	return e, nil
}

// begun is a result of which Next was called once already.
type begun struct {
	pgx.Rows
	gone bool
}

// Next implements pgx.Rows.
func (b *begun) Next() bool {
	if !b.gone {
		b.gone = true
		return true
	}
	return b.Rows.Next()
}

// anyPhrase writes runs of words as a question that any of them answers.
func anyPhrase(phrases []string) string {
	out := make([]string, len(phrases))
	for i, p := range phrases {
		out[i] = "('" + strings.ReplaceAll(p, " ", "' <-> '") + "')"
	}
	return strings.Join(out, " | ")
}

// startSimilarity is PostgreSQL's comparison by trigrams: by the most similar
// stretch of a text for quotations, as a whole for letters.
func startSimilarity(ctx context.Context, _ string) (engine, error) {
	p, err := startPostgres(ctx)
	if err != nil {
		return nil, err
	}
	e := &pgIndex{postgres: p, takes: "SELECT pg_relation_size('letters_trigrams')"}
	e.after = []string{
		"CREATE EXTENSION pg_trgm",
		"CREATE INDEX letters_trigrams ON letters USING gin (text gin_trgm_ops) WITH (fastupdate = off)",
		"VACUUM ANALYZE letters",
		"SET pg_trgm.word_similarity_threshold = 0.5",
		"SET pg_trgm.similarity_threshold = 0.4",
		"SET enable_seqscan = off",
	}
	stretch := fmt.Sprintf(`SELECT id, word_similarity($1, text) AS score FROM letters WHERE $1 <%% text ORDER BY score DESC, id LIMIT %d`, quotation.top())
	whole := fmt.Sprintf(`SELECT id, similarity($1, text) AS score FROM letters WHERE text %% $1 ORDER BY score DESC, id LIMIT %d`, page.top())
	e.ask = func(ctx context.Context, k kind, text string) (pgx.Rows, error) {
		switch k {
		case phrase, quotation:
			return p.conn.Query(ctx, stretch, text)
		case page:
			return p.conn.Query(ctx, whole, text)
		case report:
		}
		return nil, errNoWay // nothing in pg_trgm is about a stretch of the question
	}
	return e, nil
}

// errNoWay says that an engine has nothing to find a letter by for this kind.
var errNoWay = errors.New("has no such question")

func (e *pgIndex) build(ctx context.Context, docs iter.Seq2[doc, error]) error {
	if err := e.exec(ctx, "CREATE TABLE letters (id integer PRIMARY KEY, text text NOT NULL)"); err != nil {
		return err
	}
	next, stop := iter.Pull2(docs)
	defer stop()
	_, err := e.conn.CopyFrom(ctx, pgx.Identifier{"letters"}, []string{"id", "text"}, pgx.CopyFromFunc(func() ([]any, error) {
		d, err, ok := next()
		if err != nil || !ok {
			return nil, err
		}
		return []any{d.ID, d.Text}, nil
	}))
	if err != nil {
		return fmt.Errorf("filling the table of PostgreSQL: %w", err)
	}
	return e.exec(ctx, e.after...)
}

func (e *pgIndex) search(ctx context.Context, k kind, text string) ([]hit, error) {
	rows, err := e.ask(ctx, k, text)
	if err != nil {
		return nil, fmt.Errorf("searching with PostgreSQL: %w", err)
	}
	defer rows.Close()
	var out []hit
	for rows.Next() {
		var h hit
		var score float32
		if err := rows.Scan(&h.ID, &score); err != nil {
			return nil, fmt.Errorf("reading a hit of PostgreSQL: %w", err)
		}
		h.Score = float64(score)
		out = append(out, h)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("searching with PostgreSQL: %w", err)
	}
	return out, nil
}

// size leaves out the texts themselves.
func (e *pgIndex) size() (disk, memory int64, err error) {
	if err = e.conn.QueryRow(context.Background(), "SELECT ("+e.takes+")::bigint").Scan(&disk); err != nil {
		return 0, 0, fmt.Errorf("measuring the index of PostgreSQL: %w", err)
	}
	return disk, e.memory(), nil
}

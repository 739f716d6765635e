package store

import (
	"context"
	"database/sql"
	"errors"
	"sync"
)

// statements keeps prepared statements of one pool by their text: parsing one
// takes SQLite longer than running it. Texts are constants of this package, so
// there are few.
type statements struct {
	mu     sync.Mutex
	kept   map[string]*sql.Stmt
	wanted map[string]bool
}

// in returns the statement with a text for a transaction; nil when it is not
// prepared yet, which prepare will do.
func (s *statements) in(ctx context.Context, tx *sql.Tx, query string) *sql.Stmt {
	s.mu.Lock()
	defer s.mu.Unlock()
	if kept := s.kept[query]; kept != nil {
		return tx.StmtContext(ctx, kept)
	}
	if s.wanted == nil {
		s.wanted = map[string]bool{}
	}
	s.wanted[query] = true
	return nil
}

// prepare prepares what was asked for. It must run between transactions: it needs
// a connection of the pool. What cannot be prepared now will be asked for again.
func (s *statements) prepare(pool *sql.DB) {
	s.mu.Lock()
	wanted := s.wanted
	s.wanted = nil
	s.mu.Unlock()
	for query := range wanted {
		st, err := pool.PrepareContext(context.Background(), query) //nolint:sqlclosecheck // kept until close
		if err != nil {
			continue
		}
		s.mu.Lock()
		if s.kept == nil {
			s.kept = map[string]*sql.Stmt{}
		}
		old := s.kept[query]
		s.kept[query] = st
		s.mu.Unlock()
		if old != nil { // another goroutine was as quick
			_ = old.Close()
		}
	}
}

func (s *statements) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var err error
	for _, st := range s.kept {
		err = errors.Join(err, st.Close())
	}
	s.kept = nil
	return err //nolint:wrapcheck // the caller says what it closed
}

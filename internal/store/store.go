// Package store keeps the office's own side of a register in SQLite: drafts,
// copies, approvals under way, and the intents that must reach the log.
//
// It is a table-by-table set of small functions over one [Tx]; what may be done
// when is decided in package office, which alone opens transactions. Every
// transaction that [DB.Update] returns from without an error is on disk.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the driver, in Go alone

	"chancery.example/internal/kind"
)

//go:embed migrations/*.sql
var migrations embed.FS

// A DB is the database of one register folder.
type DB struct {
	path   string
	sql    *sql.DB // for looking
	writer *sql.DB // one connection, whose cache stays warm
	reads  statements
	writes statements
	temp   string // folder to remove on closing, see OpenReadOnly

	queue   sync.Mutex // writers of this process queue here; SQLite would let them poll
	waiting []*writing
	leading bool // somebody runs a group, or was told to
}

// Open opens the database file at path, making and migrating it as needed.
// Several processes may have it open at the same time.
func Open(ctx context.Context, path string) (*DB, error) {
	q := url.Values{"_txlock": {"immediate"}, "_pragma": {
		"busy_timeout(20000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(ON)", "trusted_schema(OFF)",
	}}
	if err := private(path); err != nil {
		return nil, fmt.Errorf("opening database %s: %w", path, explain(err))
	}
	dsn := "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath() + "?" + q.Encode()
	readers, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, fmt.Errorf("opening database %s: %w", path, err)
	}
	writer, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening database %s: %w", path, err), readers.Close())
	}
	readers.SetMaxOpenConns(4)
	writer.SetMaxOpenConns(1)
	db := &DB{path: path, sql: readers, writer: writer}
	if err := db.begin(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("opening database %s: %w", path, explain(err)), db.Close())
	}
	return db, nil
}

// begin brings the database to the newest schema. A new file is made one with a
// write-ahead log by whoever comes first; SQLite does not wait for that as it does
// for other locks, so those who come at the same moment do.
func (d *DB) begin(ctx context.Context) error {
	const patience, pause = 5 * time.Second, 20 * time.Millisecond
	for until := time.Now().Add(patience); ; {
		err := d.migrate(ctx)
		if err == nil || !strings.Contains(err.Error(), "SQLITE_BUSY") || time.Now().After(until) {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(pause):
		}
	}
}

// private makes sure that nobody but its owner reads the database: it holds
// drafts and the salts that hide them. SQLite gives its other files the same
// mode.
func private(path string) error {
	f, err := os.OpenFile(filepath.Clean(path), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return kind.Unavailable.Errorf("the folder cannot be written by this user; nothing was changed: %w", err)
	}
	info, err := f.Stat()
	if err == nil && info.Mode().Perm()&0o077 != 0 {
		err = f.Chmod(0o600)
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return kind.Unavailable.Errorf("its file must be its owner's alone: %w", err)
	}
	return nil
}

// Close closes the database.
func (d *DB) Close() error {
	err := errors.Join(d.reads.close(), d.writes.close(), d.sql.Close(), d.writer.Close(), removeTemp(d.temp))
	if err != nil {
		return fmt.Errorf("closing database %s: %w", d.path, err)
	}
	return nil
}

// A Tx is a transaction. Its methods are in the files of their tables.
type Tx struct {
	ctx      context.Context
	tx       *sql.Tx
	prepared *statements
}

// View runs f in a transaction that sees one state of the database.
func (d *DB) View(ctx context.Context, f func(*Tx) error) error {
	defer d.reads.prepare(d.sql)
	tx, err := d.sql.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return fmt.Errorf("using database %s: %w", d.path, explain(err))
	}
	if err := f(&Tx{ctx, tx, &d.reads}); err != nil {
		return errors.Join(explain(err), ignoreDone(tx.Rollback()))
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("reading database %s: %w", d.path, explain(err))
	}
	return nil
}

func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

// explain gives SQLite's commonest troubles a kind and advice.
func explain(err error) error {
	if kind.Of(err) != kind.Unknown {
		return err
	}
	msg := err.Error()
	switch {
	case strings.Contains(msg, "disk is full") || strings.Contains(msg, "SQLITE_FULL"):
		return kind.Unavailable.Errorf("the disk is full; nothing was changed. Make room and do it again: %w", err)
	case strings.Contains(msg, "SQLITE_BUSY") || strings.Contains(msg, "database is locked"):
		return kind.Unavailable.Errorf("another program keeps the database busy; nothing was changed. Do it again: %w", err)
	case strings.Contains(msg, "readonly") || strings.Contains(msg, "SQLITE_CANTOPEN") || strings.Contains(msg, "unable to open"):
		return kind.Unavailable.Errorf("the folder cannot be written by this user; nothing was changed: %w", err)
	case strings.Contains(msg, "file is not a database") || strings.Contains(msg, "malformed"):
		return kind.Unavailable.Errorf("the database file is damaged; restore it from a backup (the log itself is not affected): %w", err)
	}
	return err
}

// migrate brings the database to the newest schema, one file after the other.
func (d *DB) migrate(ctx context.Context) error {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return fmt.Errorf("listing migrations: %w", err)
	}
	slices.Sort(names)
	return d.Update(ctx, func(t *Tx) error {
		var at int
		if err := t.tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&at); err != nil {
			return fmt.Errorf("reading the schema's version: %w", err)
		}
		if at > len(names) {
			return kind.Unavailable.Errorf("it was written by a newer version of this program (schema %d, this one knows %d): use that version", at, len(names))
		}
		for i, name := range names[at:] {
			script, err := migrations.ReadFile(name)
			if err != nil {
				return fmt.Errorf("reading migration %s: %w", name, err)
			}
			if _, err := t.tx.ExecContext(ctx, string(script)); err != nil {
				return fmt.Errorf("migration %s: %w", name, err)
			}
			if _, err := t.tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", at+i+1)); err != nil {
				return fmt.Errorf("migration %s: %w", name, err)
			}
		}
		return nil
	})
}

// exec runs a statement and returns how many rows it changed.
func (t *Tx) exec(query string, args ...any) (int64, error) {
	r, err := t.run(query, args)
	if err != nil {
		return 0, fmt.Errorf("database: %w", err)
	}
	n, err := r.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("database: %w", err)
	}
	return n, nil
}

// insert runs an INSERT and returns the new row's id.
func (t *Tx) insert(query string, args ...any) (int64, error) {
	r, err := t.run(query, args)
	if err != nil {
		return 0, fmt.Errorf("database: %w", err)
	}
	id, err := r.LastInsertId()
	if err != nil {
		return 0, fmt.Errorf("database: %w", err)
	}
	return id, nil
}

func (t *Tx) run(query string, args []any) (sql.Result, error) {
	if st := t.prepared.in(t.ctx, t.tx, query); st != nil { //nolint:sqlclosecheck // the transaction closes it
		return st.ExecContext(t.ctx, args...) //nolint:wrapcheck // the caller does
	}
	return t.tx.ExecContext(t.ctx, query, args...) //nolint:wrapcheck // likewise
}

// scanner is what both a row and rows have.
type scanner interface{ Scan(dest ...any) error }

// one reads one row; found is false when there is none.
func one[T any](t *Tx, scan func(scanner) (T, error), query string, args ...any) (v T, found bool, err error) {
	if st := t.prepared.in(t.ctx, t.tx, query); st != nil { //nolint:sqlclosecheck // the transaction closes it
		v, err = scan(st.QueryRowContext(t.ctx, args...))
	} else {
		v, err = scan(t.tx.QueryRowContext(t.ctx, query, args...))
	}
	if errors.Is(err, sql.ErrNoRows) {
		var zero T
		return zero, false, nil
	}
	if err != nil {
		return v, false, fmt.Errorf("database: %w", err)
	}
	return v, true, nil
}

// all reads all rows.
func all[T any](t *Tx, scan func(scanner) (T, error), query string, args ...any) (out []T, err error) {
	var rows *sql.Rows
	if st := t.prepared.in(t.ctx, t.tx, query); st != nil { //nolint:sqlclosecheck // the transaction closes it
		rows, err = st.QueryContext(t.ctx, args...)
	} else {
		rows, err = t.tx.QueryContext(t.ctx, query, args...)
	}
	if err != nil {
		return nil, fmt.Errorf("database: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("database: %w", err)
		}
		out = append(out, v)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("database: %w", err)
	}
	return out, nil
}

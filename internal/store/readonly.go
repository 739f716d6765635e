package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"chancery.example/internal/kind"
)

// OpenReadOnly opens the database file at path to look at it, and leaves no
// trace: no file is made, nothing is migrated. Beside a running server it reads
// through the server's own files; what a crash left unmerged is read from a copy.
func OpenReadOnly(ctx context.Context, path string) (*DB, error) {
	wal, err := size(path + "-wal")
	if err != nil {
		return nil, fmt.Errorf("reading database %s: %w", path, err)
	}
	shared, err := size(path + "-shm")
	if err != nil {
		return nil, fmt.Errorf("reading database %s: %w", path, err)
	}
	if wal == 0 {
		return look(ctx, path, path, "immutable=1", "")
	}
	if shared > 0 {
		if db, err := look(ctx, path, path, "mode=ro", ""); err == nil {
			return db, nil
		}
	}
	dir, err := os.MkdirTemp("", "chancery-read-*")
	if err != nil {
		return nil, kind.Unavailable.Errorf("reading database %s: %w", path, err)
	}
	copied := filepath.Join(dir, "office.db")
	if err := errors.Join(copyFile(copied, path), copyFile(copied+"-wal", path+"-wal")); err != nil {
		return nil, errors.Join(fmt.Errorf("reading database %s: %w", path, err), os.RemoveAll(dir))
	}
	return look(ctx, path, copied, "mode=rw", dir)
}

// look opens file, which stands for the database at path. Closing it removes the
// folder temp.
func look(ctx context.Context, path, file, how, temp string) (*DB, error) {
	q := url.Values{"_pragma": {"busy_timeout(20000)", "query_only(ON)", "trusted_schema(OFF)"}}
	pool, err := sql.Open("sqlite", "file:"+(&url.URL{Path: filepath.ToSlash(file)}).EscapedPath()+"?"+how+"&"+q.Encode())
	if err != nil {
		return nil, errors.Join(fmt.Errorf("reading database %s: %w", path, err), removeTemp(temp))
	}
	pool.SetMaxOpenConns(1)
	db := &DB{path: path, sql: pool, writer: pool, temp: temp} // writing is refused by the database
	if err := db.newest(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("reading database %s: %w", path, explain(err)), db.Close())
	}
	return db, nil
}

// newest refuses a schema that this program would first have to migrate.
func (d *DB) newest(ctx context.Context) error {
	at, known, err := d.Schema(ctx)
	if err != nil {
		return err
	}
	if at != known {
		return kind.Unavailable.Errorf("its schema is %d, this program's is %d: an older one is brought up to date by the first act, a newer one takes the newer program", at, known)
	}
	return nil
}

// size is the size of a file, 0 when there is none.
func size(path string) (int64, error) {
	st, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err //nolint:wrapcheck // the caller says what it read
	}
	return st.Size(), nil
}

func copyFile(to, from string) error {
	b, err := os.ReadFile(filepath.Clean(from))
	if err != nil {
		return err //nolint:wrapcheck // likewise
	}
	return os.WriteFile(to, b, 0o600)
}

func removeTemp(dir string) error {
	if dir == "" {
		return nil
	}
	return os.RemoveAll(dir)
}

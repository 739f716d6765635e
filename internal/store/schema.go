package store

import (
	"context"
	"fmt"
	"io/fs"
)

// Schema returns the version of a database's schema and the newest that this program
// knows.
func (d *DB) Schema(ctx context.Context) (at, newest int, err error) {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return 0, 0, fmt.Errorf("listing migrations: %w", err)
	}
	if err := d.sql.QueryRowContext(ctx, "PRAGMA user_version").Scan(&at); err != nil {
		return 0, 0, fmt.Errorf("reading the schema's version: %w", err)
	}
	return at, len(names), nil
}

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"chancery.example/internal/kind"
	"chancery.example/register"
)

// Snapshot writes the database file at path, as it is at one moment, into a new
// file, also while others use it. Of entries at a position from below on it knows
// that they were signed, and not that they are in the log: the copy belongs to a
// log of that many entries. Nobody is signed in there, and no link to a passkey is
// good: what was ended since must not come back with an old copy.
func Snapshot(ctx context.Context, path, to string, below register.Index) (err error) {
	defer func() {
		if err != nil {
			_ = os.Remove(to)
			err = fmt.Errorf("copying database %s: %w", path, explain(err))
		}
	}()
	if _, err := os.Stat(path); err != nil {
		return err //nolint:wrapcheck // wrapped above
	}
	if _, err := os.Lstat(to); !errors.Is(err, os.ErrNotExist) {
		return kind.Conflict.Errorf("%s is there already", to)
	}
	if err := once(ctx, path, "VACUUM INTO $1", to); err != nil {
		return err
	}
	if err := os.Chmod(to, 0o600); err != nil {
		return err //nolint:wrapcheck // wrapped above
	}
	if err := once(ctx, to, "UPDATE intents SET position = NULL WHERE position >= $1", uint64(below)); err != nil {
		return err
	}
	return withoutPassing(ctx, to)
}

// passing are the tables of what is for a while: the answers that readers keep,
// since a copy may stay longer than they were promised, and what lets people in.
var passing = []string{"links", "sessions", "invitations", "recoveries", "challenges", "challenge_key"}

// withoutPassing leaves them out of a copy. An older schema has none of them.
func withoutPassing(ctx context.Context, path string) error {
	for _, table := range passing {
		err := once(ctx, path, "DELETE FROM "+table) // one of the names above
		if err != nil && !strings.Contains(err.Error(), "no such table") {
			return err
		}
	}
	return once(ctx, path, "VACUUM")
}

// once runs one statement on a database file of any schema.
func once(ctx context.Context, path, statement string, args ...any) (err error) {
	q := url.Values{"_pragma": {"busy_timeout(20000)", "synchronous(FULL)", "trusted_schema(OFF)"}}
	pool, err := sql.Open("sqlite", "file:"+(&url.URL{Path: filepath.ToSlash(path)}).EscapedPath()+"?mode=rw&"+q.Encode())
	if err != nil {
		return err //nolint:wrapcheck // the caller says what it did
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	_, err = pool.ExecContext(ctx, statement, args...)
	return err //nolint:wrapcheck // likewise
}

// AddLogged adds an intent whose entry is in the log already, and sets its Seq: a
// database that is made anew or completed learns it from there.
func (t *Tx) AddLogged(i *Intent) error {
	if err := t.AddIntent(i); err != nil {
		return err
	}
	if err := t.SetEntry(i.Seq, i.Entry); err != nil {
		return err
	}
	return t.SetPosition(i.Seq, i.Position)
}

// RaiseSequence makes sure that the last number given to a commitment of an
// office is no lower than n.
func (t *Tx) RaiseSequence(office string, n uint64) error {
	_, err := t.exec(`UPDATE offices SET sequence = max(sequence, $2) WHERE id = $1`, office, n)
	return err
}

package witness

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // the driver, in Go alone

	"chancery.example/internal/kind"
	"chancery.example/letter"
	"chancery.example/proof"
)

// A database is what a witness remembers. Each commit is on disk when it
// returns.
type database struct {
	path string
	sql  *sql.DB
}

const schema = `
CREATE TABLE IF NOT EXISTS log (
	origin     TEXT PRIMARY KEY,
	url        TEXT NOT NULL,
	size       INTEGER NOT NULL DEFAULT 0,
	root       BLOB,             -- NULL: nothing was cosigned yet
	at         INTEGER NOT NULL DEFAULT 0, -- seconds; of the last cosignature
	checkpoint BLOB              -- with the log's signature and the last cosignature
) STRICT;
CREATE TABLE IF NOT EXISTS key (
	origin TEXT NOT NULL REFERENCES log(origin),
	vkey   TEXT NOT NULL,
	PRIMARY KEY (origin, vkey)
) STRICT;
CREATE TABLE IF NOT EXISTS refused ( -- heads that a log signed and that did not fit
	origin     TEXT NOT NULL REFERENCES log(origin),
	size       INTEGER NOT NULL,
	root       BLOB NOT NULL,
	at         INTEGER NOT NULL,
	last_size  INTEGER NOT NULL, -- the head they did not fit
	problem    TEXT NOT NULL,
	checkpoint BLOB NOT NULL,
	PRIMARY KEY (origin, size, root)
) STRICT;
CREATE TABLE IF NOT EXISTS clock (
	one INTEGER PRIMARY KEY CHECK (one = 1),
	at  INTEGER NOT NULL         -- the latest time ever signed
) STRICT;
INSERT OR IGNORE INTO clock VALUES (1, 0);
`

func openDatabase(ctx context.Context, dir string) (*database, error) {
	path := filepath.Join(dir, "witness.db")
	f, err := os.OpenFile(filepath.Clean(path), os.O_RDWR|os.O_CREATE, 0o600)
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		return nil, kind.Unavailable.Errorf("opening the witness's database %s: this user must be able to write it: %w", path, err)
	}
	q := url.Values{"_txlock": {"immediate"}, "_pragma": {
		"busy_timeout(20000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(ON)", "trusted_schema(OFF)",
	}}
	pool, err := sql.Open("sqlite", "file:"+(&url.URL{Path: filepath.ToSlash(path)}).EscapedPath()+"?"+q.Encode())
	if err != nil {
		return nil, fmt.Errorf("opening the witness's database %s: %w", path, err)
	}
	pool.SetMaxOpenConns(1) // requests queue here; SQLite would let them poll
	d := &database{path: path, sql: pool}
	if _, err := pool.ExecContext(ctx, schema); err != nil {
		return nil, errors.Join(d.trouble(err), pool.Close())
	}
	return d, nil
}

func (d *database) close() error {
	if err := d.sql.Close(); err != nil {
		return d.trouble(err)
	}
	return nil
}

func (d *database) trouble(err error) error {
	return kind.Unavailable.Errorf("the witness's database %s: %w", d.path, err)
}

// learn adds a log, or a key of a log.
func (d *database) learn(ctx context.Context, origin, vkey, url string) error {
	return d.update(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO log (origin, url) VALUES ($1, $2) ON CONFLICT (origin) DO UPDATE SET url = CASE WHEN $2 = '' THEN url ELSE $2 END`, origin, url)
		if err != nil {
			return d.trouble(err)
		}
		if _, err = tx.ExecContext(ctx, `INSERT OR IGNORE INTO key (origin, vkey) VALUES ($1, $2)`, origin, vkey); err != nil {
			return d.trouble(err)
		}
		return nil
	})
}

// keys returns the verifier keys of a log.
func (d *database) keys(ctx context.Context, origin string) (keys []string, err error) {
	rows, err := d.sql.QueryContext(ctx, `SELECT vkey FROM key WHERE origin = $1 ORDER BY rowid`, origin)
	if err != nil {
		return nil, d.trouble(err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var k string
		if err := rows.Scan(&k); err != nil {
			return nil, d.trouble(err)
		}
		keys = append(keys, k)
	}
	if err := rows.Err(); err != nil {
		return nil, d.trouble(err)
	}
	return keys, nil
}

// A step is from one cosigned head of a log to the next.
type step struct {
	head   proof.Head
	signed []byte // the checkpoint with the log's signature
	now    time.Time
	check  func(last proof.Head) error
	sign   func(at uint64) ([]byte, error)
}

// advance checks a head against the last one, and remembers it with its
// cosignature, in one transaction that excludes all others (witness.md MUST-5).
func (d *database) advance(ctx context.Context, s step) (line []byte, err error) {
	var refusal error
	err = d.update(ctx, func(tx *sql.Tx) error {
		last, latest, err := d.last(ctx, tx, s.head.Origin)
		if err != nil {
			return err
		}
		if refusal = s.check(last); refusal != nil {
			return d.keep(ctx, tx, s, last, refusal)
		}
		at, err := stamp(s.now, latest)
		if err != nil {
			return err
		}
		if line, err = s.sign(at); err != nil {
			return err
		}
		cp := append(append([]byte{}, s.signed...), line...)
		n, err := tx.ExecContext(ctx, `UPDATE log SET size = $2, root = $3, at = $4, checkpoint = $5 WHERE origin = $1 AND size = $6`,
			s.head.Origin, int64(s.head.Size), s.head.Root[:], int64(at), cp, int64(last.Size)) //nolint:gosec // ParseHead bounds sizes
		if err != nil {
			return d.trouble(err)
		}
		if rows, err := n.RowsAffected(); err != nil || rows != 1 {
			return d.trouble(errors.Join(err, fmt.Errorf("%d rows changed, want 1", rows)))
		}
		if _, err := tx.ExecContext(ctx, `UPDATE clock SET at = max(at, $1)`, int64(at)); err != nil { //nolint:gosec // a Unix time
			return d.trouble(err)
		}
		return nil
	})
	if err := errors.Join(refusal, err); err != nil {
		return nil, err
	}
	return line, nil
}

// last returns the head of a log that was cosigned last, of size 0 when there is
// none, and the latest time ever signed.
func (d *database) last(ctx context.Context, tx *sql.Tx, origin string) (h proof.Head, latest uint64, err error) {
	var size, at int64
	var root []byte
	err = tx.QueryRowContext(ctx, `SELECT size, root, (SELECT at FROM clock) FROM log WHERE origin = $1`, origin).Scan(&size, &root, &at)
	if err != nil {
		return h, 0, d.trouble(err)
	}
	h = proof.Head{Origin: origin, Size: uint64(size)} //nolint:gosec // written by advance
	if root != nil && len(root) != len(h.Root) {
		return h, 0, d.trouble(fmt.Errorf("the root of log %q has %d bytes", origin, len(root)))
	}
	if root != nil {
		h.Root = letter.Hash(root)
	}
	return h, uint64(at), nil //nolint:gosec // likewise
}

const (
	// backwards is how far the clock may be set back: the last time is used again
	// meanwhile.
	backwards = 10
	// mostRefused bounds what is kept of one log's heads that did not fit.
	mostRefused = 1000
)

// stamp is the time to sign, which never goes back (witness.md MUST-6).
func stamp(now time.Time, latest uint64) (uint64, error) {
	t := uint64(max(now.Unix(), 1))
	switch {
	case t >= latest:
		return t, nil
	case t+backwards >= latest:
		return latest, nil
	}
	return 0, kind.Unavailable.Errorf("the clock says %s, but a cosignature was made at %s; set it right", time.Unix(int64(t), 0).UTC().Format(time.RFC3339), time.Unix(int64(latest), 0).UTC().Format(time.RFC3339)) //nolint:gosec // Unix times
}

// keep remembers a head that the log signed and that does not fit: it may prove
// that the log forked (witness.md MUST-8).
func (d *database) keep(ctx context.Context, tx *sql.Tx, s step, last proof.Head, why error) error {
	var r *Refusal
	if !errors.As(why, &r) || r.Status != 422 {
		return nil
	}
	_, err := tx.ExecContext(ctx, `INSERT OR IGNORE INTO refused (origin, size, root, at, last_size, problem, checkpoint)
		SELECT $1, $2, $3, $4, $5, $6, $7 WHERE (SELECT count(*) FROM refused WHERE origin = $1) < $8`,
		s.head.Origin, int64(s.head.Size), s.head.Root[:], s.now.Unix(), int64(last.Size), r.Problem, s.signed, mostRefused) //nolint:gosec // ParseHead bounds sizes
	if err != nil {
		return d.trouble(err)
	}
	return nil
}

// update runs f in a transaction that excludes all other writers, of other
// processes too.
func (d *database) update(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := d.sql.BeginTx(ctx, nil)
	if err != nil {
		return d.trouble(err)
	}
	if err := f(tx); err != nil {
		_ = tx.Rollback()
		return err
	}
	if err := tx.Commit(); err != nil {
		return d.trouble(err)
	}
	return nil
}

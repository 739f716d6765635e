package witness

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"time"
)

// A LogState is what a witness remembers of one log.
type LogState struct {
	Origin  string     `json:"origin"`
	URL     string     `json:"url,omitempty"`
	Keys    []string   `json:"keys"`
	Size    uint64     `json:"size"` // of the head cosigned last
	Root    string     `json:"root,omitempty"`
	At      *time.Time `json:"at,omitempty"` // of the last cosignature; nil: none yet
	Refused int        `json:"refused"`      // heads that it signed and that did not fit
}

// Logs lists the logs that the witness knows, in the order of their origins.
func (w *Witness) Logs(ctx context.Context) (out []LogState, err error) {
	rows, err := w.db.sql.QueryContext(ctx, `SELECT origin, url, size, root, at, (SELECT count(*) FROM refused r WHERE r.origin = log.origin) FROM log ORDER BY origin`)
	if err != nil {
		return nil, w.db.trouble(err)
	}
	for rows.Next() {
		var s LogState
		var root []byte
		var at int64
		if err := rows.Scan(&s.Origin, &s.URL, &s.Size, &root, &at, &s.Refused); err != nil {
			return nil, errors.Join(w.db.trouble(err), rows.Close()) //nolint:sqlclosecheck // its error counts
		}
		if root != nil {
			t := time.Unix(at, 0).UTC()
			s.Root, s.At = hex.EncodeToString(root), &t
		}
		out = append(out, s)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, w.db.trouble(err)
	}
	for i := range out {
		if out[i].Keys, err = w.db.keys(ctx, out[i].Origin); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Latest returns the checkpoint of a log that was cosigned last, with the log's
// signature and the cosignature; nil when there is none.
func (w *Witness) Latest(ctx context.Context, origin string) ([]byte, error) {
	var cp []byte
	err := w.db.sql.QueryRowContext(ctx, `SELECT checkpoint FROM log WHERE origin = $1`, origin).Scan(&cp)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, w.db.trouble(err)
	}
	return cp, nil
}

// A Misfit is a head that a log signed and that did not fit what was cosigned.
type Misfit struct {
	Origin     string
	At         time.Time
	LastSize   uint64
	Problem    string
	Checkpoint []byte
}

// Misfits lists the heads of a log that did not fit, the oldest first.
func (w *Witness) Misfits(ctx context.Context, origin string) (out []Misfit, err error) {
	rows, err := w.db.sql.QueryContext(ctx, `SELECT origin, at, last_size, problem, checkpoint FROM refused WHERE origin = $1 ORDER BY at, rowid`, origin)
	if err != nil {
		return nil, w.db.trouble(err)
	}
	for rows.Next() {
		var m Misfit
		var at int64
		if err := rows.Scan(&m.Origin, &at, &m.LastSize, &m.Problem, &m.Checkpoint); err != nil {
			return nil, errors.Join(w.db.trouble(err), rows.Close()) //nolint:sqlclosecheck // its error counts
		}
		m.At = time.Unix(at, 0).UTC()
		out = append(out, m)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, w.db.trouble(err)
	}
	return out, nil
}

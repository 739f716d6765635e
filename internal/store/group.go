package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Writers of one process share commits: what waits while one commit goes to disk
// goes into the next one together, each behind a savepoint of its own, so that a
// function that fails undoes what it did and nothing else. A commit costs one
// fsync, however many it holds.

// groupMost is how many functions share a commit at most.
const groupMost = 64

// A writing is a function that waits for its turn, then for its commit.
type writing struct {
	ctx  context.Context
	f    func(*Tx) error
	err  error
	lead chan bool // true: run the next group; false: err is the outcome
}

// Update runs f in a transaction that excludes all other writers. When f or the
// commit fails nothing has happened. Others may share the transaction, before and
// after f, but none sees what a function that failed has done. f may run on
// another goroutine, and a context that ends while it runs does not stop it.
func (d *DB) Update(ctx context.Context, f func(*Tx) error) error {
	w := &writing{ctx: ctx, f: f, lead: make(chan bool, 1)}
	d.queue.Lock()
	d.waiting = append(d.waiting, w)
	if !d.leading {
		d.leading = true
		w.lead <- true
	}
	d.queue.Unlock()
	for <-w.lead {
		d.lead()
	}
	return w.err
}

// lead runs one group and hands the lead to the first who still waits.
func (d *DB) lead() {
	d.queue.Lock()
	group := d.waiting[:min(len(d.waiting), groupMost)]
	d.waiting = d.waiting[len(group):]
	d.queue.Unlock()
	rest := group
	defer func() { // also when a function panics: the others must not wait for ever
		if p := recover(); p != nil {
			for _, w := range rest {
				w.err = errors.Join(w.err, fmt.Errorf("writing database %s: a function that shared the transaction panicked: %v", d.path, p))
			}
			defer panic(p)
		}
		d.queue.Lock()
		defer d.queue.Unlock()
		for _, w := range group {
			w.lead <- false
		}
		if d.leading = len(d.waiting) > 0; d.leading {
			d.waiting[0].lead <- true
		}
	}()
	for len(rest) > 0 {
		rest = d.together(rest)
	}
	d.writes.prepare(d.writer)
}

// together runs functions in one transaction and sets their outcomes. It returns
// those that did not run because the database gave the transaction up.
func (d *DB) together(group []*writing) (rest []*writing) {
	tx, err := d.writer.BeginTx(context.Background(), nil)
	if err != nil {
		err = fmt.Errorf("using database %s: %w", d.path, explain(err))
		for _, w := range group {
			w.err = err
		}
		return nil
	}
	defer func() { _ = tx.Rollback() }() // for a function that panics; else it is done
	var ran []*writing
	var lost error
	for lost == nil && len(ran) < len(group) {
		w := group[len(ran)]
		ran = append(ran, w)
		w.err, lost = d.one(tx, w)
	}
	if lost == nil {
		lost = tx.Commit()
	}
	if lost != nil {
		lost = fmt.Errorf("writing database %s: %w", d.path, explain(lost))
	}
	for _, w := range ran {
		if w.err == nil {
			w.err = lost
		}
	}
	return group[len(ran):]
}

// one runs a function behind a savepoint. lost says that the database has undone
// the whole transaction, as it does when the disk is full or cannot be read: then
// no statement may follow, for it would be a transaction of its own.
func (d *DB) one(tx *sql.Tx, w *writing) (err, lost error) {
	if err := w.ctx.Err(); err != nil {
		return fmt.Errorf("using database %s: %w", d.path, err), nil
	}
	// A statement that is interrupted would undo what others did in the transaction.
	ctx := context.WithoutCancel(w.ctx)
	if _, err := tx.ExecContext(ctx, "SAVEPOINT act"); err != nil {
		return nil, err
	}
	if err := w.f(&Tx{ctx, tx, &d.writes}); err != nil {
		_, lost := tx.ExecContext(ctx, "ROLLBACK TO act")
		if lost == nil {
			_, lost = tx.ExecContext(ctx, "RELEASE act")
		}
		return explain(err), lost
	}
	_, lost = tx.ExecContext(ctx, "RELEASE act")
	return nil, lost
}

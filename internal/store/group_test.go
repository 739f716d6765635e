package store

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

func openGroup(t testing.TB) *DB {
	t.Helper()
	db, err := Open(t.Context(), filepath.Join(t.TempDir(), "office.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// note writes a row that can be found again.
func note(t *Tx, what string) error {
	_, err := t.insert(`INSERT INTO journal (at, office, letter, actor, act, note) VALUES (0, '', NULL, 'test', 'test', $1)`, what)
	return err
}

// notes counts the rows of each.
func notes(t testing.TB, db *DB) map[string]int {
	t.Helper()
	out := map[string]int{}
	err := db.View(context.Background(), func(tx *Tx) error {
		_, err := all(tx, func(r scanner) (s string, err error) {
			err = r.Scan(&s)
			out[s]++
			return s, err
		}, `SELECT note FROM journal`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

var errOwn = errors.New("the function's own")

// writers run at once; each does one thing, and what it was told must be so: its
// rows are there once when it succeeded, and never when it failed.
func writers(t testing.TB, db *DB, round int, do []func(tx *Tx, name string) error) []error {
	t.Helper()
	errs := make([]error, len(do))
	var running sync.WaitGroup
	for i, f := range do {
		running.Go(func() {
			errs[i] = db.Update(context.Background(), func(tx *Tx) error { return f(tx, fmt.Sprint(round, "-", i)) })
		})
	}
	running.Wait()
	got := notes(t, db)
	for i, err := range errs {
		for _, row := range []string{fmt.Sprint(round, "-", i), fmt.Sprint(round, "-", i, " second")} {
			want := 1
			if err != nil {
				want = 0
			}
			if n := got[row]; n != want && (want == 0 || !strings.HasSuffix(row, "second")) {
				t.Errorf("%s: %d rows, and the answer was %v", row, n, err)
			}
		}
	}
	return errs
}

// TestSharedCommits: whatever the others of a group do, a function's outcome is
// its own.
func TestSharedCommits(t *testing.T) {
	kinds := []func(tx *Tx, name string) error{
		note,
		func(tx *Tx, name string) error { return errors.Join(note(tx, name), note(tx, name+" second")) },
		func(tx *Tx, name string) error { return errors.Join(note(tx, name), errOwn) },
		func(tx *Tx, name string) error { // a statement that the database refuses
			_, err := tx.exec(`INSERT INTO offices (id, uri, domain) VALUES ('x', NULL, 'x')`)
			return errors.Join(note(tx, name), err)
		},
	}
	db, round := openGroup(t), 0
	rapid.Check(t, func(rt *rapid.T) {
		var do []func(*Tx, string) error
		var fails []bool
		for range rapid.IntRange(1, 3*groupMost).Draw(rt, "writers") {
			k := rapid.IntRange(0, len(kinds)-1).Draw(rt, "kind")
			do, fails = append(do, kinds[k]), append(fails, k >= 2)
		}
		round++
		for i, err := range writers(t, db, round, do) {
			if (err != nil) != fails[i] {
				rt.Fatalf("writer %d: %v", i, err)
			}
		}
	})
}

// TestSharedCommitLost: when the database undoes a whole transaction, as it does
// when it is full, nobody is told that what he did is there, and nobody's work
// becomes a transaction of its own.
func TestSharedCommitLost(t *testing.T) {
	db := openGroup(t)
	var pages int
	if err := db.writer.QueryRowContext(t.Context(), "PRAGMA page_count").Scan(&pages); err != nil {
		t.Fatal(err)
	}
	if _, err := db.writer.ExecContext(t.Context(), fmt.Sprintf("PRAGMA max_page_count = %d", pages+8)); err != nil {
		t.Fatal(err)
	}
	big := func(tx *Tx, name string) error {
		if err := note(tx, name); err != nil {
			return err
		}
		_ = note(tx, strings.Repeat("x", 100_000)) // and does not look at what became of it
		return nil
	}
	var do []func(*Tx, string) error
	for i := range 60 {
		if i%7 == 3 {
			do = append(do, big)
		} else {
			do = append(do, note)
		}
	}
	failed := 0
	for _, err := range writers(t, db, 1, do) {
		if err != nil {
			failed++
		}
	}
	if _, err := db.writer.ExecContext(t.Context(), "PRAGMA max_page_count = 100000"); err != nil {
		t.Fatal(err)
	}
	if err := db.Update(t.Context(), func(tx *Tx) error { return note(tx, "after") }); err != nil || notes(t, db)["after"] != 1 {
		t.Errorf("the next one, with room again: %v", err)
	}
	t.Logf("%d of %d failed", failed, len(do))
}

// TestSharedCommitPanics: a function that panics takes nobody with it.
func TestSharedCommitPanics(t *testing.T) {
	db := openGroup(t)
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_ = db.Update(t.Context(), func(tx *Tx) error {
			_ = note(tx, "half")
			panic("no")
		})
	}()
	if err := db.Update(t.Context(), func(tx *Tx) error { return note(tx, "after") }); err != nil {
		t.Fatal(err)
	}
	if got := notes(t, db); got["half"] != 0 || got["after"] != 1 {
		t.Errorf("rows %v", got)
	}
}

// TestUpdateAfterItsContext: who has gone away before his turn does nothing.
func TestUpdateAfterItsContext(t *testing.T) {
	db := openGroup(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := db.Update(ctx, func(tx *Tx) error { return note(tx, "gone") }); !errors.Is(err, context.Canceled) || notes(t, db)["gone"] != 0 {
		t.Errorf("%v, rows %v", err, notes(t, db))
	}
}

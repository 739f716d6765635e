package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"chancery.example/commitment"
	"chancery.example/internal/kind"
	"chancery.example/internal/store"
	"chancery.example/letter"
	"chancery.example/register"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func open(t *testing.T, path string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func fresh(t *testing.T) *store.DB {
	t.Helper()
	db := open(t, filepath.Join(t.TempDir(), "office.db"))
	update(t, db, func(tx *store.Tx) error { return tx.AddOffice(harbour) })
	return db
}

var harbour = store.Office{ID: "harbour", URI: "https://harbour.example", Domain: "harbour.example"}

func update(t *testing.T, db *store.DB, f func(*store.Tx) error) {
	t.Helper()
	if err := db.Update(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

// raw runs SQL on a database file from outside.
func raw(t *testing.T, path, query string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(), query)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

func intent(name string) *store.Intent {
	return &store.Intent{Name: name, Office: "harbour", Issuer: "https://harbour.example", Subject: "urn:x", Kind: register.KindCommit, Body: []byte{0xa0}, At: noon}
}

func content(t *testing.T, ref letter.Ref) letter.Content {
	t.Helper()
	en, err := letter.Canonicalize([]byte("Sir,\n\nthe ship leaves.\n"))
	if err != nil {
		t.Fatal(err)
	}
	ar, err := letter.Canonicalize([]byte("سيدي،\n\nالسفينة تغادر.\n"))
	if err != nil {
		t.Fatal(err)
	}
	return letter.Content{
		Reference: ref, Type: letter.TypeMemorandum, Prevailing: "en", Texts: []letter.LangText{{Lang: "ar", Text: ar}, {Lang: "en", Text: en}},
		Addressees: []string{"The Master"}, Distribution: []string{"Pilots"}, Enclosures: []letter.Enclosure{{Title: "Chart", Digest: letter.Hash{1}}},
		Signature: letter.SignatureBlock{Kind: letter.SignatureConformed, Lines: []string{"(Signed)", "A. Keeper"}},
	}
}

func TestMigrations(t *testing.T) {
	path := filepath.Join(t.TempDir(), "office.db")
	if err := open(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	if err := open(t, path).Close(); err != nil { // once more: nothing to do
		t.Fatal(err)
	}
	files, err := filepath.Glob("migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	raw(t, path, fmt.Sprintf("PRAGMA user_version = %d", len(files)+1))
	if _, err := store.Open(t.Context(), path); kind.Of(err) != kind.Unavailable || !strings.Contains(err.Error(), "newer version") {
		t.Errorf("a schema of the future: %v", err)
	}
	if _, err := store.OpenReadOnly(t.Context(), path); kind.Of(err) != kind.Unavailable {
		t.Errorf("a schema of the future, read-only: %v", err)
	}
}

// TestOpenedByManyAtOnce: several processes may begin with one empty file.
func TestOpenedByManyAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "office.db")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			db, err := store.Open(context.Background(), path)
			if err != nil {
				t.Error(err)
				return
			}
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestTroubleIsExplained(t *testing.T) {
	dir := t.TempDir()
	damaged := filepath.Join(dir, "damaged.db")
	if err := os.WriteFile(damaged, []byte(strings.Repeat("no database ", 400)), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ path, says string }{
		"no database": {damaged, "restore it from a backup"},
		"no folder":   {filepath.Join(dir, "none", "office.db"), "cannot be written"},
		"a folder":    {dir, "cannot be written"},
	} {
		if _, err := store.Open(t.Context(), c.path); kind.Of(err) != kind.Unavailable || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %s: %v", name, kind.Of(err), err)
		}
	}
}

// TestAFailedTransactionLeavesNothing, not even the number of a commitment.
func TestAFailedTransactionLeavesNothing(t *testing.T) {
	db := fresh(t)
	var got []uint64
	for n := range 6 {
		err := db.Update(t.Context(), func(tx *store.Tx) error {
			next, err := tx.NextSequence("harbour")
			if err != nil {
				return err
			}
			if err := tx.AddIntent(intent(fmt.Sprint(n))); err != nil {
				return err
			}
			if n%2 == 1 {
				return kind.Conflict.Errorf("no")
			}
			got = append(got, next)
			return nil
		})
		if (n%2 == 1) != errors.Is(err, kind.Conflict) {
			t.Error(n, err)
		}
	}
	if diff := cmp.Diff([]uint64{1, 2, 3}, got); diff != "" {
		t.Errorf("numbers have a gap (-want +got):\n%s", diff)
	}
	update(t, db, func(tx *store.Tx) error {
		is, err := tx.Intents(0, 100)
		if len(is) != 3 {
			t.Errorf("%d intents", len(is))
		}
		return err
	})
}

func TestIntents(t *testing.T) {
	db := fresh(t)
	update(t, db, func(tx *store.Tx) error {
		for _, name := range []string{"a", "b", "c"} {
			i := intent(name)
			i.Texts = []store.Text{{Leaf: letter.Hash{9}, Text: "Words.\n"}}
			if err := tx.AddIntent(i); err != nil {
				return err
			}
			got, err := tx.Intent(i.Seq)
			if err != nil {
				return err
			}
			if diff := cmp.Diff(*i, got); diff != "" {
				t.Errorf("another intent came back (-want +got):\n%s", diff)
			}
		}
		return nil
	})
	conflicts := map[string]func(*store.Tx) error{
		"an act done twice":        func(tx *store.Tx) error { return tx.AddIntent(intent("a")) },
		"signed twice":             func(tx *store.Tx) error { return errors.Join(tx.SetEntry(1, []byte("x")), tx.SetEntry(1, []byte("y"))) },
		"in the log at two places": func(tx *store.Tx) error { return errors.Join(tx.SetPosition(1, 4), tx.SetPosition(1, 5)) },
		"a request ended twice":    func(tx *store.Tx) error { return tx.EndRequest(1, store.Done, 0) },
	}
	for name, f := range conflicts {
		if err := db.Update(t.Context(), f); !errors.Is(err, kind.Conflict) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := db.Update(t.Context(), func(tx *store.Tx) error { return errors.Join(tx.SetPosition(1, 0), tx.SetPosition(2, 0)) }); err == nil {
		t.Error("two intents at one position")
	}
	update(t, db, func(tx *store.Tx) error { return errors.Join(tx.SetPosition(2, 1), tx.SetPosition(2, 1)) })
}

// TestWhatIsKnownOfTheLog: a position that no intent holds is noticed.
func TestWhatIsKnownOfTheLog(t *testing.T) {
	for _, c := range []struct {
		at        []register.Index
		confirmed register.Index
		missing   register.Index
		gap       bool
	}{
		{nil, 0, 0, false},
		{[]register.Index{0}, 1, 0, false},
		{[]register.Index{1, 0}, 2, 0, false},
		{[]register.Index{1}, 2, 0, true},
		{[]register.Index{0, 2}, 3, 1, true},
		{[]register.Index{0, 1, 4}, 5, 2, true},
	} {
		db := fresh(t)
		update(t, db, func(tx *store.Tx) error {
			for n, at := range c.at {
				i := intent(fmt.Sprint(n))
				if err := errors.Join(tx.AddIntent(i), tx.SetPosition(i.Seq, at)); err != nil {
					return err
				}
			}
			confirmed, err := tx.Confirmed()
			if err != nil {
				return err
			}
			missing, gap, err := tx.Missing()
			if confirmed != c.confirmed || gap != c.gap || gap && missing != c.missing {
				t.Errorf("%v: confirmed %d, missing %d %v", c.at, confirmed, missing, gap)
			}
			return err
		})
	}
}

func TestALetterComesBack(t *testing.T) {
	db := fresh(t)
	l := store.Letter{Office: "harbour", Reference: "HC/1", Tag: commitment.Tag{1, 2}, Stage: store.Drafting, Draft: content(t, "HC/1"), Drafter: "drafter", CreatedAt: noon}
	rev, err := letter.Seal(l.Draft, zeros{})
	if err != nil {
		t.Fatal(err)
	}
	same := cmpopts.EquateComparable(letter.Text{})
	update(t, db, func(tx *store.Tx) error {
		if err := tx.AddLetter(&l); err != nil {
			return err
		}
		got, err := tx.Letter("harbour", "HC/1")
		if diff := cmp.Diff(l, got, same); diff != "" {
			t.Errorf("another letter came back (-want +got):\n%s", diff)
		}
		if err != nil {
			return err
		}
		i := intent("seal")
		if err := tx.AddIntent(i); err != nil {
			return err
		}
		sealed := store.Revision{Letter: l.ID, Number: 1, Revision: rev, Intent: i.Seq, Why: "first", Opening: commitment.Opening{
			Nonce: commitment.Nonce{7}, Register: "r", Office: harbour.URI, Tag: l.Tag, Purpose: commitment.Draft, Revision: 1, Digest: rev.Digest()}}
		if err := errors.Join(tx.AddRevision(sealed), tx.SetPosition(i.Seq, 8)); err != nil {
			return err
		}
		revs, err := tx.Revisions(l.ID)
		if err != nil {
			return err
		}
		if len(revs) != 1 || revs[0].Revision.Digest() != rev.Digest() || revs[0].Opening != sealed.Opening || revs[0].Position != 8 || !revs[0].Logged {
			t.Errorf("another revision came back: %+v", revs)
		}
		c := store.Copy{Letter: l.ID, Revision: 1, Of: 2, GivenAt: noon, Copy: commitment.Copy{Number: 1, Holder: "Pilots", Purpose: "clearance", Outside: true, Langs: []letter.Lang{"ar", "en"}}}
		if err := tx.AddCopy(c); err != nil {
			return err
		}
		copies, err := tx.Copies(l.ID)
		if diff := cmp.Diff([]store.Copy{c}, copies); diff != "" {
			t.Errorf("another copy came back (-want +got):\n%s", diff)
		}
		return err
	})
	again := store.Letter{Office: "harbour", Reference: "HC/1", Stage: store.Drafting, Draft: l.Draft, CreatedAt: noon}
	if err := db.Update(t.Context(), func(tx *store.Tx) error { return tx.AddLetter(&again) }); !errors.Is(err, kind.Conflict) {
		t.Errorf("a reference used twice: %v", err)
	}
}

// TestAViewSeesOneState, whatever is written meanwhile, and cannot write.
func TestAViewSeesOneState(t *testing.T) {
	db := fresh(t)
	count := func(tx *store.Tx) int {
		is, err := tx.Intents(0, 10)
		if err != nil {
			t.Error(err)
		}
		return len(is)
	}
	err := db.View(t.Context(), func(tx *store.Tx) error {
		before := count(tx)
		update(t, db, func(tx *store.Tx) error { return tx.AddIntent(intent("meanwhile")) })
		if after := count(tx); after != before {
			t.Errorf("a view saw %d intents, then %d", before, after)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestReadOnlyLeavesNoTrace, beside a writer, after a crash and on its own.
func TestReadOnlyLeavesNoTrace(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "office.db")
	db := open(t, path)
	update(t, db, func(tx *store.Tx) error { return errors.Join(tx.AddOffice(harbour), tx.AddIntent(intent("a"))) })
	look := func(where, path string) {
		t.Helper()
		before := listing(t, filepath.Dir(path))
		ro, err := store.OpenReadOnly(t.Context(), path)
		if err != nil {
			t.Fatalf("%s: %v", where, err)
		}
		err = ro.View(t.Context(), func(tx *store.Tx) error {
			is, err := tx.Intents(0, 10)
			if len(is) != 1 {
				t.Errorf("%s: %d intents", where, len(is))
			}
			return err
		})
		if err != nil {
			t.Errorf("%s: %v", where, err)
		}
		if err := ro.Update(t.Context(), func(tx *store.Tx) error { return tx.AddIntent(intent("b")) }); err == nil {
			t.Errorf("%s: it was written", where)
		}
		if err := ro.Close(); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(before, listing(t, filepath.Dir(path))); diff != "" {
			t.Errorf("%s: files changed (-before +after):\n%s", where, diff)
		}
	}
	look("beside a writer", path)
	crashed := filepath.Join(t.TempDir(), "crashed")
	if err := os.CopyFS(crashed, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	look("after a crash", filepath.Join(crashed, "office.db"))
	if err := os.Remove(filepath.Join(crashed, "office.db-shm")); err != nil {
		t.Fatal(err)
	}
	look("after a crash, moved", filepath.Join(crashed, "office.db"))
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	look("on its own", path)
	if _, err := store.OpenReadOnly(t.Context(), filepath.Join(dir, "none.db")); err == nil {
		t.Error("a database that is not there was opened")
	}
}

// listing is the names and sizes of a folder's files.
func listing(t *testing.T, dir string) map[string]int64 {
	t.Helper()
	es, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]int64{}
	for _, e := range es {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		out[e.Name()] = info.Size()
	}
	return out
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

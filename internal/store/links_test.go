package store_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"chancery.example/internal/store"
)

func TestLinksEndAndAreDeleted(t *testing.T) {
	ctx, dir := t.Context(), t.TempDir()
	path := filepath.Join(dir, "office.db")
	db, err := store.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	put := func(id string, secret byte, until time.Time) {
		t.Helper()
		l := store.Link{ID: id, Secret: [32]byte{secret}, Answer: []byte("the words of " + id), Until: until}
		if err := db.Update(ctx, func(tx *store.Tx) error { return tx.AddLink(l, now) }); err != nil {
			t.Fatal(err)
		}
	}
	there := func(id string, at time.Time) bool {
		t.Helper()
		var found bool
		err := db.View(ctx, func(tx *store.Tx) (err error) { _, found, err = tx.LinkOf(id, at); return err })
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	put("short", 1, now.Add(time.Hour))
	put("long", 2, now.Add(48*time.Hour))
	if !there("short", now) || there("short", now.Add(time.Hour)) || !there("long", now.Add(time.Hour)) || there("other", now) {
		t.Error("links do not end at their hour")
	}
	del := func(id string, secret byte) (found bool) {
		t.Helper()
		err := db.Update(ctx, func(tx *store.Tx) (err error) { found, err = tx.DeleteLink(id, [32]byte{secret}); return err })
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	if del("long", 1) || !there("long", now) {
		t.Error("deleted with the secret of another link")
	}
	// A copy for a backup has none of them, not even in its free pages.
	to := filepath.Join(dir, "copy.db")
	if err := store.Snapshot(ctx, path, to, 0); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Clean(to))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(raw, []byte("the words of")) {
		t.Error("the backup holds the words of an answer")
	}
	if !del("long", 2) || there("long", now) || del("long", 2) {
		t.Error("not deleted once")
	}
	if err := db.Update(ctx, func(tx *store.Tx) error { return tx.EndLinks(now.Add(time.Hour)) }); err != nil {
		t.Fatal(err)
	}
	n := 0
	if err := db.View(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		for _, id := range []string{"short", "long"} {
			if _, found, err := tx.LinkOf(id, now); err != nil || found {
				n++
			}
		}
		return nil
	}); err != nil || n > 0 {
		t.Errorf("%d links stay after their end (%v)", n, err)
	}
}

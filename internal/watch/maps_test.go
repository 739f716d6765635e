package watch_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/folder"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/store"
	"chancery.example/internal/watch"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

func lookThrough(t *testing.T, h *officetest.House) watch.Report {
	t.Helper()
	f, err := folder.Open(h.Dir)
	if err != nil {
		t.Fatal(err)
	}
	r, err := watch.Fsck(t.Context(), f, proof.Policy{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestIndexHeads: the root in each index-head is held against the map that is
// made anew; one that was logged wrong is damage, and the ones after it are judged
// by themselves (lookup.md MUST-15). Erased words leave a tombstone, and the map is
// made all the same.
func TestIndexHeads(t *testing.T) {
	h := officetest.New(t)
	for i := range 3 {
		h.IssueLetter(t, "harbour", officetest.Content(t, letter.Ref(fmt.Sprint("HC-", i)), fmt.Sprintf(words, fmt.Sprint(i))), office.Terms{})
		h.Clock.Step(time.Second)
		if ok, err := h.LogMap(t.Context()); err != nil || !ok {
			t.Fatal(ok, err)
		}
	}
	if r := lookThrough(t, h); r.Damaged() || r.IndexHeads != 3 || len(r.Findings) != 0 {
		t.Fatalf("%d index heads, %v", r.IndexHeads, r.Findings)
	}
	leaf, err := letter.ParseHash(filepath.Base(leaves(t, h.Dir)[0]))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Erase(t.Context(), leaf, "order 1/2026"); err != nil {
		t.Fatal(err)
	}
	if r := lookThrough(t, h); r.Damaged() || r.IndexHeads != 3 || !strings.Contains(fmt.Sprint(r.Findings), "was erased") {
		t.Fatalf("after erasing: %d index heads, %v", r.IndexHeads, r.Findings)
	}
	wrong(t, h)
	h.IssueLetter(t, "harbour", officetest.Content(t, "HC-9", fmt.Sprintf(words, "9")), office.Terms{})
	h.Clock.Step(time.Second)
	if ok, err := h.LogMap(t.Context()); err != nil || !ok {
		t.Fatal(ok, err)
	}
	r := lookThrough(t, h)
	if r.Count(watch.Damage) != 1 || r.IndexHeads != 4 || !strings.Contains(fmt.Sprint(r.Findings), "worthless") {
		t.Errorf("%d index heads, %v", r.IndexHeads, r.Findings)
	}
}

// wrong logs an index-head with another root, as a dishonest operator would.
func wrong(t *testing.T, h *officetest.House) {
	t.Helper()
	size := lookThrough(t, h).Checkpoint.Size
	body, err := register.EncodeBody(register.IndexHead{Size: size, Root: letter.Hash{1}, Keys: 1})
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), h.Folder().Database())
	if err != nil {
		t.Fatal(err)
	}
	reading, err := h.Folder().Read(t.Context(), proof.Policy{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(t.Context(), func(tx *store.Tx) error {
		return tx.AddIntent(&store.Intent{
			Name: "wrong", Issuer: reading.State.Operator(), Subject: register.RegisterSubject(reading.State.Origin()),
			Kind: register.KindIndexHead, Body: body, At: h.Clock.Now(),
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := h.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
}

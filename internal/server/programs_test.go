package server

import (
	"testing"
	"time"

	v1 "chancery.example/internal/api/v1"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/store"
)

// TestAnswersAreKeptADay (api.md MUST-16): in the database, over a restart, for a day;
// what a server left unanswered is free again when the next one begins.
func TestAnswersAreKeptADay(t *testing.T) {
	h := officetest.New(t)
	open := func() *answersKept {
		t.Helper()
		db, err := store.Open(t.Context(), h.Folder().Database())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		k := &answersKept{db}
		if err := k.begin(t.Context()); err != nil {
			t.Fatal(err)
		}
		return k
	}
	now := time.Unix(1e9, 0)
	ask := func(k *answersKept, key string, at time.Time) (v1.Answer, bool) {
		t.Helper()
		kept, taken, err := k.Begin(t.Context(), v1.Answer{Caller: "token/1", Key: key, Digest: []byte("d"), At: at})
		if err != nil {
			t.Fatal(err)
		}
		return kept, taken
	}
	first := open()
	if _, taken := ask(first, "a", now); taken {
		t.Error("a fresh key is taken")
	}
	if kept, taken := ask(first, "a", now); !taken || kept.Status != 0 {
		t.Errorf("while it is answered: %+v %v", kept, taken)
	}
	if err := first.End(t.Context(), v1.Answer{Caller: "token/1", Key: "a", Status: 201, Header: []byte("{}"), Body: []byte("done")}); err != nil {
		t.Fatal(err)
	}
	ask(first, "b", now) // and then the server dies
	ask(first, "c", now)
	if err := first.Drop(t.Context(), "token/1", "c"); err != nil {
		t.Fatal(err)
	}
	second := open()
	if kept, taken := ask(second, "a", now.Add(23*time.Hour)); !taken || kept.Status != 201 || string(kept.Body) != "done" || string(kept.Digest) != "d" {
		t.Errorf("after a restart: %+v %v", kept, taken)
	}
	for _, key := range []string{"b", "c"} {
		if _, taken := ask(second, key, now.Add(time.Minute)); taken {
			t.Errorf("%s is not free", key)
		}
	}
	if _, taken := ask(second, "a", now.Add(25*time.Hour)); taken {
		t.Error("it is kept for more than a day")
	}
}

package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/check"
	"chancery.example/internal/fold"
	"chancery.example/internal/index"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/seed"
	"chancery.example/proof"
)

// answers gives what a register says of some words, with its index or without.
func answers(t *testing.T, dir string, at time.Time, exhibits ...string) (out []string, note string) {
	t.Helper()
	src, err := Read(t.Context(), dir, proof.Policy{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	snap, err := src.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range exhibits {
		f, err := snap.Examine(t.Context(), check.Exhibit{Data: []byte(x), As: check.KindText}, at)
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(b))
	}
	return out, src.IndexNote()
}

func noNote(t *testing.T) func(string) {
	return func(s string) { t.Errorf("said: %s", s) }
}

const (
	first  = "The Commission announces that the bathing season begins on the first day of June at the eastern beach of the town.\n"
	second = "The Commission announces that the fish market moves to the northern quay from the second Monday of October.\n"
)

// TestIndexChangesNoAnswer: with an index, an older one, a damaged one, one of
// another register, and none, the same words get the same answers; what is not
// used is said (index.md MUST-20).
func TestIndexChangesNoAnswer(t *testing.T) {
	h := officetest.New(t)
	h.IssueLetter(t, "harbour", officetest.Content(t, "HC-1", first), office.Terms{})
	if _, err := BuildIndex(t.Context(), h.Dir, false, noNote(t), nil); err != nil {
		t.Fatal(err)
	}
	older := filepath.Join(t.TempDir(), "index")
	if err := os.CopyFS(older, os.DirFS(h.Folder().IndexDir())); err != nil {
		t.Fatal(err)
	}
	h.IssueLetter(t, "harbour", officetest.Content(t, "HC-2", second), office.Terms{})
	exhibits := []string{first, second, strings.Replace(second, "northern", "southern", 1), first[:60], "Nothing of this was ever written by anybody in this town or in another."}
	at := h.Now()

	place := func(from string) {
		t.Helper()
		if err := os.RemoveAll(h.Folder().IndexDir()); err != nil {
			t.Fatal(err)
		}
		if from == "" {
			return
		}
		if err := os.CopyFS(h.Folder().IndexDir(), os.DirFS(from)); err != nil {
			t.Fatal(err)
		}
	}
	place("")
	want, note := answers(t, h.Dir, at, exhibits...)
	if note != "" {
		t.Errorf("a small register without an index: %q", note)
	}
	same := func(what, says string) {
		t.Helper()
		got, note := answers(t, h.Dir, at, exhibits...)
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%s: %q is answered\n%s\nwithout an index\n%s", what, exhibits[i], got[i], want[i])
			}
		}
		if (note == "") != (says == "") || !strings.Contains(note, says) {
			t.Errorf("%s: said %q, want %q", what, note, says)
		}
	}
	place(older)
	same("an older index", "")
	got, err := BuildIndex(t.Context(), h.Dir, false, noNote(t), nil)
	if err != nil || got.Texts != 2 || got.Newer != 0 || got.Covers != got.Log || got.Letters != 2 {
		t.Errorf("%+v, %v", got, err)
	}
	same("an index", "")

	names, err := filepath.Glob(filepath.Join(h.Folder().IndexDir(), "*.seeds"))
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	b, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	b[50] ^= 1
	if err := os.WriteFile(names[0], b, 0o600); err != nil {
		t.Fatal(err)
	}
	same("a damaged index", "not the file that the manifest names")

	other := officetest.New(t)
	if _, err := BuildIndex(t.Context(), other.Dir, false, noNote(t), nil); err != nil {
		t.Fatal(err)
	}
	place(other.Folder().IndexDir())
	same("another register's index", "not signed by the operator")
}

// TestNothingSealedIsIndexed: the index has no gram of a draft that its office
// keeps, though the draft is in the folder's database (index.md MUST-11).
func TestNothingSealedIsIndexed(t *testing.T) {
	n := newNode(t)
	c := officetest.Content(t, "HC-2026-0002", draftText())
	if err := n.Start(t.Context(), "harbour", "drafter", c); err != nil {
		t.Fatal(err)
	}
	if _, err := n.Seal(t.Context(), "harbour", "drafter", "HC-2026-0002"); err != nil {
		t.Fatal(err)
	}
	if _, err := BuildIndex(t.Context(), n.Dir, false, noNote(t), nil); err != nil {
		t.Fatal(err)
	}
	r, docs, err := readDocuments(t.Context(), n.Dir)
	if err != nil {
		t.Fatal(err)
	}
	v, err := verifier(r.State)
	if err != nil {
		t.Fatal(err)
	}
	x, err := index.Open(r.Folder().IndexDir(), v)
	if err != nil || len(x.Texts) != 1 || len(docs) != 1 {
		t.Fatal(len(docs), err)
	}
	for _, s := range seed.Of(fold.Record(draftText()).Stream) {
		if fs, _ := x.Lookup(nil, s.Key, 3, 10); len(fs) > 0 && s.Levels == 3 {
			t.Errorf("a gram of the sealed draft, at letter %d, is in the index", s.At)
		}
	}
}

// TestPublishingKeepsTheIndex: one round of it makes an index, the next adds to
// it, and a server finds what it does not hold.
func TestPublishingKeepsTheIndex(t *testing.T) {
	h := officetest.New(t)
	h.IssueLetter(t, "harbour", officetest.Content(t, "HC-1", first), office.Terms{})
	var w *index.Writer
	for i, ref := range []string{"", "HC-2"} {
		if ref != "" {
			h.IssueLetter(t, "harbour", officetest.Content(t, "HC-2", second), office.Terms{})
		}
		src, err := Read(t.Context(), h.Dir, proof.Policy{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second finds nothing to do
			if err := src.index(t.Context(), &w, noNote(t)); err != nil {
				t.Fatal(err)
			}
		}
		if x := w.Index(); len(x.Texts) != i+1 || x.Manifest.Head != src.shown.reading.Checkpoint.Head {
			t.Errorf("%d texts, head %v", len(x.Texts), x.Manifest.Head)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := VerifyIndex(t.Context(), h.Dir, nil); err != nil {
		t.Error(err)
	}
}

// TestMirrorsPublishNoIndex: it takes the operator's key.
func TestMirrorsPublishNoIndex(t *testing.T) {
	h := officetest.New(t)
	if err := os.Remove(h.Folder().KeyFile("operator")); err != nil {
		t.Fatal(err)
	}
	if _, err := BuildIndex(t.Context(), h.Dir, false, noNote(t), nil); err == nil || !strings.Contains(err.Error(), "operator's key") {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(h.Folder().IndexDir()); err == nil {
		t.Error("something was written")
	}
}

// TestIndexIsServed: what never changes may be kept, the manifest is asked for
// anew, and the writer's own files are not there.
func TestIndexIsServed(t *testing.T) {
	h := officetest.New(t)
	h.IssueLetter(t, "harbour", officetest.Content(t, "HC-1", first), office.Terms{})
	if _, err := BuildIndex(t.Context(), h.Dir, false, noNote(t), nil); err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(Handler(http.NotFoundHandler(), h.Folder(), nil))
	defer s.Close()
	es, err := os.ReadDir(h.Folder().IndexDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range es {
		r, err := http.Get(s.URL + "/index/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r.Body)
		if err = errors.Join(err, r.Body.Close()); err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(filepath.Join(h.Folder().IndexDir(), e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		cache := r.Header.Get("Cache-Control")
		switch {
		case strings.HasPrefix(e.Name(), "."):
			if r.StatusCode != http.StatusNotFound {
				t.Errorf("%s: %d", e.Name(), r.StatusCode)
			}
		case !bytes.Equal(got, want), (cache == "no-cache") != (e.Name() == "manifest"), e.Name() != "manifest" && !strings.Contains(cache, "immutable"):
			t.Errorf("%s: %d bytes of %d, %s", e.Name(), len(got), len(want), cache)
		}
	}
}

// TestKeepIndexEnds with its context, and leaves the folder to others.
func TestKeepIndexEnds(t *testing.T) {
	h := officetest.New(t)
	src, err := Read(t.Context(), h.Dir, proof.Policy{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	keepIndex(ctx, src, slog.New(slog.DiscardHandler))
	if _, err := BuildIndex(t.Context(), h.Dir, false, noNote(t), nil); err != nil {
		t.Error(err)
	}
}

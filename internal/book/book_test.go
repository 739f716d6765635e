package book_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/book"
	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	"chancery.example/internal/remote"
	"chancery.example/internal/server"
	"chancery.example/internal/testkit/rogue"
	"chancery.example/proof"
)

var day = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func policy(t testing.TB, l *rogue.Log) proof.Policy {
	t.Helper()
	p, err := l.Config.Policy()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func serve(t testing.TB, dir *string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		server.Handler(http.NotFoundHandler(), folder.Folder{Dir: *dir}, nil).ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// TestBook: what is put in comes back, in a program that opens it anew.
func TestBook(t *testing.T) {
	dir := t.TempDir()
	l := rogue.New(t, "rogue.example/log", 3)
	at := filepath.Join(t.TempDir(), "reg")
	l.Write(t, at)
	b, err := book.Open(dir)
	if err != nil || len(b.Entries) != 0 {
		t.Fatal(err)
	}
	one := book.Entry{Name: "one", URL: serve(t, &at), Trust: book.ByPolicy, Since: day}
	two := book.Entry{Name: "two", Folder: at, Trust: book.ByFirstUse, Since: day}
	for _, e := range []book.Entry{one, two} {
		p, err := book.FirstUse(t.Context(), e, remote.Options{})
		if err != nil || string(p.Bytes()) != string(policy(t, l).Bytes()) {
			t.Fatalf("%s says of itself %q, %v", e.Name, p.Bytes(), err)
		}
		if err := b.Add(e, p); err != nil {
			t.Fatal(err)
		}
	}
	if b, err = book.Open(dir); err != nil || len(b.Entries) != 2 || b.Entries[0] != one || b.Entries[1] != two {
		t.Fatalf("%+v %v", b, err)
	}
	for _, r := range b.Refresh(t.Context(), b.Entries, remote.Options{}) {
		if r.Err != nil {
			t.Error(r.Err)
		}
		p, err := b.Policy(r.Entry)
		if err != nil {
			t.Fatal(err)
		}
		f, err := folder.Open(b.FolderOf(r.Entry))
		if err != nil {
			t.Fatal(err)
		}
		if reading, err := f.Read(t.Context(), p, nil); err != nil || reading.Checkpoint.OwnKeys {
			t.Errorf("%s is not read under the reader's policy: %v", r.Entry.Name, err)
		}
	}
	if err := b.Trust("two", policy(t, rogue.New(t, "rogue.example/log", 1)), book.ByPolicy, day.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if b, err = book.Open(dir); err != nil || b.Entries[1].Trust != book.ByPolicy || !b.Entries[1].Since.Equal(day.Add(time.Hour)) {
		t.Errorf("%+v %v", b.Entries, err)
	}
	if _, err := b.Remove("one", day); err != nil {
		t.Fatal(err)
	}
	if b, err = book.Open(dir); err != nil || len(b.Entries) != 1 {
		t.Errorf("%+v %v", b.Entries, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "mirrors", "one")); !os.IsNotExist(err) {
		t.Errorf("its mirror is still there: %v", err)
	}
}

// TestBookKeepsEvidence: a register that told two stories is known by it, also
// after it was removed; what another register says is not touched.
func TestBookKeepsEvidence(t *testing.T) {
	l, other := rogue.New(t, "rogue.example/log", 5), rogue.New(t, "sound.example/log", 2)
	first, second, sound := filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "b"), filepath.Join(t.TempDir(), "c")
	l.Write(t, first)
	other.Write(t, sound)
	l.Entries[4] = other.Entries[0]
	l.Write(t, second)
	shown := first
	b, err := book.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range []struct {
		book.Entry
		log *rogue.Log
	}{
		{book.Entry{Name: "rogue", URL: serve(t, &shown), Trust: book.ByPolicy, Since: day}, l},
		{book.Entry{Name: "sound", URL: serve(t, &sound), Trust: book.ByPolicy, Since: day}, other},
		{book.Entry{Name: "away", URL: "http://127.0.0.1:9", Trust: book.ByPolicy, Since: day}, other},
	} {
		if err := b.Add(e.Entry, policy(t, e.log)); err != nil {
			t.Fatal(err)
		}
	}
	quick := remote.Options{Tries: 1}
	for i, want := range []bool{false, false, true} {
		if got := b.Refresh(t.Context(), b.Entries, quick)[i]; (got.Err != nil) != want {
			t.Errorf("%s: %v", got.Entry.Name, got.Err)
		}
	}
	shown = second
	got := b.Refresh(t.Context(), b.Entries, quick)
	if got[0].Err == nil || got[1].Err != nil || len(b.Evidence(b.Entries[0])) != 1 || len(b.Evidence(b.Entries[1])) != 0 {
		t.Fatalf("%v, %v", got[0].Err, got[1].Err)
	}
	kept, err := b.Remove("rogue", day)
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(kept, "*"+proof.EvidenceExtension))
	if err != nil || len(files) != 1 {
		t.Errorf("evidence kept in %q: %v", kept, files)
	}
}

// TestBookRefuses what is no book, and what may not stand in one.
func TestBookRefuses(t *testing.T) {
	good := "format = 1\n[[register]]\nname = \"a\"\nurl = \"https://a.example\"\ntrust = \"policy\"\nsince = 2026-03-02T09:00:00Z\n"
	for name, c := range map[string]struct{ content, says string }{
		"no TOML":         {"= =", "book.toml"},
		"another format":  {strings.Replace(good, "format = 1", "format = 2", 1), "reads format 1"},
		"unknown":         {good + "colour = 1\n", "not known"},
		"two of a name":   {good + good[strings.Index(good, "[["):], "already"},
		"a path as name":  {strings.Replace(good, `"a"`, `"../a"`, 1), "no name"},
		"no place":        {strings.Replace(good, "url = \"https://a.example\"\n", "", 1), "an address or a folder"},
		"a bad address":   {strings.Replace(good, "https://a", "ftp://a", 1), "no address"},
		"trust from air":  {strings.Replace(good, `"policy"`, `"blind"`, 1), "trust"},
		"of another sort": {"format = \"x\"\n", "book.toml"},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "book.toml"), []byte(c.content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := book.Open(dir); kind.Of(err) != kind.Invalid && kind.Of(err) != kind.Conflict || err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	b, err := book.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	e := book.Entry{Name: "a", URL: "https://a.example", Trust: book.ByPolicy, Since: day}
	if err := b.Add(e, proof.Policy{}); kind.Of(err) != kind.Invalid {
		t.Errorf("trusting nobody: %v", err)
	}
	if _, err := b.Find("a"); kind.Of(err) != kind.NotFound {
		t.Errorf("it was added: %v", err)
	}
	if _, err := book.FirstUse(t.Context(), book.Entry{Name: "a", Folder: t.TempDir()}, remote.Options{}); kind.Of(err) != kind.NotFound {
		t.Errorf("the word of nobody: %v", err)
	}
}

package voices_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"chancery.example/internal/book"
	"chancery.example/internal/check"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/remote"
	"chancery.example/internal/voices"
	"chancery.example/letter"
	"chancery.example/register"
)

const words = "Sir,\n\nin due deference we shall be repositioning our ships.\n"

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// newsroom is a register whose office says that it has seen the words.
func newsroom(t *testing.T) *officetest.House {
	t.Helper()
	h := officetest.New(t)
	say := office.Say{Texts: []letter.LangText{{Lang: "en", Text: officetest.Text(t, "We saw this page.\n")}}}
	q, err := h.ProposeSighting(t.Context(), "harbour", "press", say, office.Sighted{Texts: []letter.LangText{{Lang: "en", Text: officetest.Text(t, words)}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Carry(t.Context(), q, "press", h.Signer("harbour", "press"), h.Signer("harbour", "legal")); err != nil {
		t.Fatal(err)
	}
	return h
}

// A host serves a register's public files, counts what it is asked for, and can be
// down.
type host struct {
	*httptest.Server
	down  atomic.Bool
	asked atomic.Int64
}

func hosting(t *testing.T, dir string) *host {
	t.Helper()
	h := &host{}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.asked.Add(1)
		if h.down.Load() {
			panic(http.ErrAbortHandler) // the connection breaks
		}
		for _, under := range []string{dir, filepath.Join(dir, "log")} {
			if b, err := os.ReadFile(filepath.Join(under, filepath.FromSlash(r.URL.Path))); err == nil {
				_, _ = w.Write(b)
				return
			}
		}
		http.NotFound(w, r)
	}))
	t.Cleanup(h.Close)
	return h
}

func addressBook(t *testing.T, entry book.Entry) *book.Book {
	t.Helper()
	b, err := book.Open(filepath.Join(t.TempDir(), "book"))
	if err != nil {
		t.Fatal(err)
	}
	policy, err := book.FirstUse(t.Context(), entry, remote.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Add(entry, policy); err != nil {
		t.Fatal(err)
	}
	return b
}

// becomes waits until what a register says is so.
func becomes(t *testing.T, others *voices.Registers, what string, so func(check.Elsewhere) bool) check.Elsewhere {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		e := others.Say(check.Asked{Words: []string{strings.TrimSpace(words)}}, noon)[0]
		if so(e) {
			return e
		}
		if time.Now().After(end) {
			t.Fatalf("not in a minute: %s: %+v", what, e)
		}
	}
}

// A register that is down is named with the time since when, beside what it said until
// then; when it is back it is heard again. Answers ask nobody.
func TestOneIsDown(t *testing.T) {
	srv := hosting(t, newsroom(t).Dir)
	b := addressBook(t, book.Entry{Name: "gazette", URL: srv.URL, Trust: book.ByFirstUse, Since: time.Now()})
	others, err := voices.Open(t.Context(), b, voices.Options{Every: 10 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now().Truncate(time.Second)
	becomes(t, others, "named before anything of it is here", func(e check.Elsewhere) bool {
		return e.Register == "gazette" && e.Checkpoint == nil && len(e.Voices) == 0
	})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { others.Run(ctx); close(ended) }()
	defer func() { cancel(); <-ended }()

	e := becomes(t, others, "heard", func(e check.Elsewhere) bool { return len(e.Voices) == 1 && e.NotAskedSince == nil })
	if v := e.Voices[0]; v.Statement.Type != register.Sighting || v.Domain != "harbour.example" || v.Statement.Text["en"] != "We saw this page." || e.Origin != officetest.Origin {
		t.Errorf("it says %+v", e)
	}
	if e.Evidence[len(e.Evidence)-1].Kind != check.ChipFirstUse {
		t.Errorf("nothing says whose word its keys are: %+v", e.Evidence)
	}
	if of := others.Say(check.Asked{Words: []string{"Nobody wrote this."}}, noon)[0]; len(of.Voices) != 0 {
		t.Errorf("of other words it says %+v", of.Voices)
	}
	srv.down.Store(true)
	e = becomes(t, others, "down", func(e check.Elsewhere) bool { return e.NotAskedSince != nil })
	if len(e.Voices) != 1 || e.NotAskedSince.Before(began) {
		t.Errorf("while it is down: %+v", e)
	}
	srv.down.Store(false)
	becomes(t, others, "back", func(e check.Elsewhere) bool { return e.NotAskedSince == nil && len(e.Voices) == 1 })
	cancel()
	<-ended
	before := srv.asked.Load()
	for range 100 {
		others.Say(check.Asked{Words: []string{words}}, noon)
	}
	if n := srv.asked.Load() - before; n != 0 {
		t.Errorf("answers asked %d times", n)
	}
}

// Whose log told two stories is not repeated.
func TestTwoStories(t *testing.T) {
	h := newsroom(t)
	b := addressBook(t, book.Entry{Name: "gazette", Folder: h.Dir, Trust: book.ByFirstUse, Since: time.Now()})
	evidence := filepath.Join(b.Dir, "mirrors", "gazette", "evidence")
	if err := os.MkdirAll(evidence, 0o700); err != nil {
		t.Fatal(err)
	}
	before, err := voices.Open(t.Context(), b, voices.Options{})
	if err != nil {
		t.Fatal(err)
	}
	becomes(t, before, "heard", func(e check.Elsewhere) bool { return len(e.Voices) == 1 })
	if err := os.WriteFile(filepath.Join(evidence, "fork.chancery-evidence"), []byte("kept"), 0o600); err != nil {
		t.Fatal(err)
	}
	after, err := voices.Open(t.Context(), b, voices.Options{})
	if err != nil {
		t.Fatal(err)
	}
	becomes(t, after, "not believed", func(e check.Elsewhere) bool { return e.TwoStories && len(e.Voices) == 0 && e.Checkpoint == nil })
}

// A book of nobody is none to follow.
func TestNobody(t *testing.T) {
	b, err := book.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := voices.Open(t.Context(), b, voices.Options{}); err == nil || !strings.Contains(err.Error(), "chancery register add") {
		t.Errorf("%v", err)
	}
}

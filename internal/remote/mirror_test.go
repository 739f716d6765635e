package remote_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/remote"
	"chancery.example/internal/server"
	"chancery.example/internal/testkit/rogue"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// A host serves a register's public files, and counts who asks for what.
type host struct {
	*httptest.Server
	mu    sync.Mutex
	dir   string
	asked []string
	see   func(path string)
}

func newHost(t testing.TB, dir string) *host {
	t.Helper()
	h := &host{dir: dir, see: func(string) {}}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		h.asked = append(h.asked, strings.TrimPrefix(r.URL.Path, "/"))
		dir, see := h.dir, h.see
		h.mu.Unlock()
		see(r.URL.Path)
		server.Handler(http.NotFoundHandler(), folder.Folder{Dir: dir}, issuedIn(dir)).ServeHTTP(w, r)
	}))
	t.Cleanup(h.Close)
	return h
}

// issuedIn finds an issued PDF in a folder as it is now.
func issuedIn(dir string) func(context.Context, letter.Hash) (folder.Form, bool) {
	return func(ctx context.Context, digest letter.Hash) (folder.Form, bool) {
		f, err := folder.Open(dir)
		if err != nil {
			return folder.Form{}, false
		}
		r, err := f.Read(ctx, proof.Policy{}, nil)
		if err != nil {
			return folder.Form{}, false
		}
		return folder.FindForm(r.State, digest)
	}
}

// took returns what was asked for since the last time.
func (h *host) took() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := h.asked
	h.asked = nil
	return out
}

func (h *host) show(dir string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.dir = dir
}

// house is a register with some letters in two offices.
func house(t testing.TB, letters int) *officetest.House {
	t.Helper()
	h := officetest.New(t)
	for i := range letters {
		letterOf(t, h, i, "the ship leaves.")
	}
	return h
}

func letterOf(t testing.TB, h *officetest.House, i int, words string) {
	t.Helper()
	h.IssueLetter(t, "harbour", officetest.Content(t, fmtRef(i), fmt.Sprintf("Sir,\n\nnumber %d: %s\n", i, words)), office.Terms{})
}

func mirror(t testing.TB, address, dir string, o remote.MirrorOptions) *remote.Mirror {
	t.Helper()
	c, err := remote.New(address, remote.Options{Pause: 1})
	if err != nil {
		t.Fatal(err)
	}
	m, err := remote.OpenMirror(c, dir, o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func update(t testing.TB, m *remote.Mirror) remote.Copied {
	t.Helper()
	c, err := m.Update(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// readable reads a mirror's folder as a reader does, with no network.
func readable(dir string) (*folder.Reading, error) {
	f, err := folder.Open(dir)
	if err != nil {
		return nil, err
	}
	return f.Read(context.Background(), proof.Policy{}, nil)
}

// TestMirror: the copy is the register, the second run asks for nothing that is
// there, the third for what is new; a reader beside it sees the old register or
// the new one at every step (folder.md MUST-14).
func TestMirror(t *testing.T) {
	h := house(t, 2)
	at, dir := newHost(t, h.Dir), filepath.Join(t.TempDir(), "mirror")
	size := uint64(0)
	at.see = func(path string) {
		r, err := readable(dir)
		if kind.Of(err) == kind.NotFound && size == 0 {
			return
		}
		if err != nil || r.State.Size() != size {
			t.Errorf("while %s was asked for, a reader saw %v, want a register of %d entries", path, err, size)
		}
	}
	entries := 0
	m := mirror(t, at.URL, dir, remote.MirrorOptions{Entry: func(i register.Index, e register.Entry, p *register.Problem, err error) {
		if int(i) != entries || e.Body == nil || p != nil || err != nil { //nolint:gosec // small
			t.Errorf("entry %d after %d: %v %v", i, entries, p, err)
		}
		entries++
	}})
	got := update(t, m)
	size = got.Head.Size
	r, err := readable(dir)
	if err != nil {
		t.Fatal(err)
	}
	if r.State.Size() != size || entries != int(size) || got.Texts != 2 || got.Missing != 0 || got.Before.Size != 0 { //nolint:gosec // small
		t.Errorf("%+v, %d entries told", got, entries)
	}
	same(t, h.Dir, dir)
	at.took()

	got = update(t, mirror(t, at.URL, dir, remote.MirrorOptions{}))
	if asked := at.took(); len(asked) != 4 || got.Files != 0 {
		t.Errorf("the second run asked for %q and wrote %d files", asked, got.Files)
	}
	letterOf(t, h, 900, "and a new one.")
	got = update(t, m)
	size = got.Head.Size
	for _, name := range at.took() {
		if strings.HasPrefix(name, "tile/") && !strings.Contains(name, ".p/") {
			t.Errorf("a full file was asked for again: %s", name)
		}
	}
	same(t, h.Dir, dir)
}

func fmtRef(i int) letter.Ref { return letter.Ref(fmt.Sprintf("HC-%d", i)) }

// same compares what is public in two folders: the mirror may lack partial files
// that the office still has.
func same(t testing.TB, office, mirror string) {
	t.Helper()
	a, b := public(t, office), public(t, mirror)
	for name := range a {
		if _, ok := b[name]; !ok && strings.Contains(name, ".p/") {
			delete(a, name)
		}
	}
	if diff := cmp.Diff(a, b); diff != "" {
		t.Errorf("(-register +mirror):\n%s", diff)
	}
}

func public(t testing.TB, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, part := range []string{folder.ConfigName, "log/checkpoint", "log/tile", "texts"} {
		err := filepath.WalkDir(filepath.Join(dir, part), func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			b, err := os.ReadFile(p)
			rel, _ := filepath.Rel(dir, p)
			out[rel] = string(b)
			return err
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) { // a register without texts
			t.Fatal(err)
		}
	}
	return out
}

// TestMirrorRefusesAnotherStory: a longer one, one of the same size, and a
// shorter one; evidence is written of the first two, and nothing else changes
// (folder.md MUST-15).
func TestMirrorRefusesAnotherStory(t *testing.T) {
	h := house(t, 3)
	before := filepath.Join(t.TempDir(), "before")
	other := rogue.Twin(t, h)
	if err := os.CopyFS(before, os.DirFS(h.Dir)); err != nil {
		t.Fatal(err)
	}
	letterOf(t, h, 10, "one story.")
	letterOf(t, other, 11, "another story.")
	at, dir := newHost(t, h.Dir), filepath.Join(t.TempDir(), "mirror")
	update(t, mirror(t, at.URL, dir, remote.MirrorOptions{}))
	good := public(t, dir)

	refuse := func(step string, sizes ...uint64) {
		t.Helper()
		m := mirror(t, at.URL, dir, remote.MirrorOptions{})
		_, err := m.Update(t.Context())
		var fork *remote.ForkError
		if !errors.As(err, &fork) {
			t.Fatalf("%s: %v", step, err)
		}
		raw, err := os.ReadFile(fork.File)
		if err != nil {
			t.Fatal(err)
		}
		e, err := proof.ParseEvidence(raw)
		if err != nil {
			t.Fatal(err)
		}
		c, err := e.Verify(m.Policy())
		if err != nil || c.First.Size != sizes[0] || c.Second.Size != sizes[1] {
			t.Errorf("%s: %v; over %d and %d entries, want %d", step, err, c.First.Size, c.Second.Size, sizes)
		}
		if diff := cmp.Diff(good, public(t, dir)); diff != "" {
			t.Errorf("%s: the mirror changed:\n%s", step, diff)
		}
	}
	n := uint64(2*4 + 3) // genesis, key, policy; two for each letter
	at.show(other.Dir)
	refuse("the same size", n, n)
	letterOf(t, other, 12, "and its end.")
	refuse("a longer story", n, n+2)
	at.show(before)
	if _, err := mirror(t, at.URL, dir, remote.MirrorOptions{}).Update(t.Context()); kind.Of(err) != kind.Unavailable || !strings.Contains(err.Error(), "older copy") {
		t.Errorf("a shorter one: %v", err)
	}
	// Back to the first story it goes on.
	at.show(h.Dir)
	letterOf(t, h, 13, "goes on.")
	update(t, mirror(t, at.URL, dir, remote.MirrorOptions{}))
}

// TestMirrorRefusesAnotherRegister, and folders that are not for mirrors.
func TestMirrorRefusesAnotherRegister(t *testing.T) {
	h, stranger := house(t, 1), house(t, 1)
	at, dir := newHost(t, h.Dir), filepath.Join(t.TempDir(), "mirror")
	update(t, mirror(t, at.URL, dir, remote.MirrorOptions{}))
	at.show(stranger.Dir) // the same origin, with keys of its own
	if _, err := mirror(t, at.URL, dir, remote.MirrorOptions{}).Update(t.Context()); kind.Of(err) != kind.Conflict {
		t.Errorf("another log key: %v", err)
	}
	p, err := h.Folder().Config.Policy()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := mirror(t, at.URL, dir, remote.MirrorOptions{Policy: p}).Update(t.Context()); proof.ClassOf(err) != proof.UnknownLog && proof.ClassOf(err) != proof.BadCheckpointSignature {
		t.Errorf("another log under this one's policy: %v", err)
	}
	c, err := remote.New(at.URL, remote.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := remote.OpenMirror(c, h.Dir, remote.MirrorOptions{}); kind.Of(err) != kind.Invalid || !strings.Contains(err.Error(), "own folder") {
		t.Errorf("into an office's folder: %v", err)
	}
	empty := newHost(t, t.TempDir())
	if _, err := mirror(t, empty.URL, t.TempDir(), remote.MirrorOptions{}).Update(t.Context()); kind.Of(err) != kind.NotFound {
		t.Errorf("no register: %v", err)
	}
}

// TestMirrorBelievesNothing: whatever file a server changes by one bit is not put
// in place; what a disk changed is brought anew.
func TestMirrorBelievesNothing(t *testing.T) {
	h := house(t, 2)
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	good := public(t, h.Dir)
	at := newHost(t, "")
	for name := range good {
		if name == folder.ConfigName { // its words are compared elsewhere
			continue
		}
		t.Run(name, func(t *testing.T) {
			rogue := filepath.Join(t.TempDir(), "rogue")
			for n, content := range good {
				b := []byte(content)
				if n == name {
					b[len(b)/3] ^= 1
				}
				if err := folder.WriteFile(filepath.Join(rogue, n), b, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			at.show(rogue)
			dir := filepath.Join(t.TempDir(), "mirror")
			_, err := mirror(t, at.URL, dir, remote.MirrorOptions{}).Update(t.Context())
			used := strings.Join(at.took(), "\n")
			if !strings.Contains(used, strings.TrimPrefix(name, "log/")) {
				return // an older partial file, which nobody needs
			}
			if err == nil {
				t.Error("it was believed")
			}
			if b, err := os.ReadFile(filepath.Join(dir, name)); err == nil {
				t.Errorf("it is in place: %x", b)
			}
			// What is there is right, so the good register completes it.
			at.show(h.Dir)
			update(t, mirror(t, at.URL, dir, remote.MirrorOptions{}))
			same(t, h.Dir, dir)
			// And what the disk spoils is brought anew.
			b, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			b[len(b)/2] ^= 1
			if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err = mirror(t, at.URL, dir, remote.MirrorOptions{}).Update(t.Context())
			if name == "log/checkpoint" {
				if kind.Of(err) != kind.Invalid {
					t.Errorf("a damaged head of one's own: %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			same(t, h.Dir, dir)
		})
	}
}

// TestMirrorOfErasedTexts: words that the register lost are counted, and taken
// when they come back.
func TestMirrorOfErasedTexts(t *testing.T) {
	h := house(t, 2)
	texts, err := filepath.Glob(filepath.Join(h.Dir, "texts", "*"))
	if err != nil || len(texts) != 2 {
		t.Fatal(texts, err)
	}
	words, err := os.ReadFile(texts[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(texts[0]); err != nil {
		t.Fatal(err)
	}
	at, dir := newHost(t, h.Dir), filepath.Join(t.TempDir(), "mirror")
	m := mirror(t, at.URL, dir, remote.MirrorOptions{})
	if got := update(t, m); got.Texts != 1 || got.Missing != 1 {
		t.Errorf("%+v", got)
	}
	if err := os.WriteFile(texts[0], words, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := update(t, m); got.Texts != 2 || got.Missing != 0 {
		t.Errorf("%+v", got)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "texts", filepath.Base(texts[0]))); err != nil || !bytes.Equal(b, words) {
		t.Errorf("%q %v", b, err)
	}
}

// TestMirrorAlone: one mirror at a time in one folder.
func TestMirrorAlone(t *testing.T) {
	h := house(t, 1)
	at, dir := newHost(t, h.Dir), filepath.Join(t.TempDir(), "mirror")
	var once sync.Once
	var second error
	at.see = func(string) {
		once.Do(func() { _, second = mirror(t, at.URL, dir, remote.MirrorOptions{}).Update(context.Background()) })
	}
	update(t, mirror(t, at.URL, dir, remote.MirrorOptions{}))
	if kind.Of(second) != kind.Unavailable || !strings.Contains(second.Error(), "another program") {
		t.Errorf("a second mirror at the same time: %v", second)
	}
}

package device_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"chancery.example/internal/check"
	"chancery.example/internal/device"
	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/server"
	"chancery.example/internal/story"
	"chancery.example/internal/testkit/children"
	"chancery.example/internal/web"
	"chancery.example/letter"
	"chancery.example/proof"
)

// A host serves the public files of a register, as its server does, and notes what
// it is asked for.
type host struct {
	dir   string
	mu    sync.Mutex
	asked []string
	spoil func(name string, b []byte) []byte // what it sends instead
}

// fetch is what a browser's fetch does for the reader.
func (h *host) fetch(_ context.Context, name string, _ int64) ([]byte, error) {
	h.mu.Lock()
	h.asked = append(h.asked, name)
	h.mu.Unlock()
	rec := httptest.NewRecorder()
	server.Handler(http.NotFoundHandler(), folder.Folder{Dir: h.dir}, nil).ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/"+name, http.NoBody))
	switch {
	case rec.Code == http.StatusNotFound:
		return nil, fs.ErrNotExist
	case rec.Code != http.StatusOK:
		return nil, kind.Unavailable.Errorf("status %d", rec.Code)
	case h.spoil != nil:
		return h.spoil(name, rec.Body.Bytes()), nil
	}
	return rec.Body.Bytes(), nil
}

// took returns what was asked for since the last time, sorted.
func (h *host) took() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := h.asked
	h.asked = nil
	slices.Sort(out)
	return out
}

// played is the register of the story that comes with the program.
func played(t *testing.T) (dir string, s *story.Scenario) {
	t.Helper()
	s, err := story.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	dir = filepath.Join(t.TempDir(), "register")
	if _, err := s.Play(t.Context(), dir, children.Forms(t), nil); err != nil {
		t.Fatal(err)
	}
	return dir, s
}

func open(t *testing.T, h *host, o device.Options) *device.Register {
	t.Helper()
	if o.Now == nil {
		o.Now = time.Now
	}
	r, err := device.Open(t.Context(), "https://register.example", h.fetch, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// pages are the pages of a server on a mirror: without the office's side, so without
// sealed drafts.
func pages(t *testing.T, dir string) http.Handler {
	t.Helper()
	copied := filepath.Join(t.TempDir(), "mirror")
	for _, part := range []string{folder.ConfigName, "log", "texts"} {
		from := filepath.Join(dir, part)
		if st, err := os.Stat(from); err == nil && st.IsDir() {
			if err := os.CopyFS(filepath.Join(copied, part), os.DirFS(from)); err != nil {
				t.Fatal(err)
			}
			continue
		}
		b, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		if err := folder.WriteFile(filepath.Join(copied, part), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	src, err := server.Read(t.Context(), copied, proof.Policy{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	many := web.Rate{PerSecond: 1e6, Burst: 1e6}
	h, err := web.New(src, web.Options{Rates: web.Rates{All: many, Checks: many}})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// An asked exhibit, for device and server alike.
type asked struct {
	name string
	data []byte
	file bool
	as   check.ExhibitKind
}

// post sends an exhibit by the form.
func post(t *testing.T, h http.Handler, lang, accept string, a asked) *httptest.ResponseRecorder {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormField("text")
	if a.file {
		part, err = w.CreateFormFile("file", a.name)
	}
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write(a.data)
	_ = w.WriteField("as", string(a.as))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	path := "/check"
	if lang == "ar" {
		path = "/ar/check"
	}
	r := httptest.NewRequest(http.MethodPost, path, &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Accept", accept)
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return rec
}

func answer(t *testing.T, r *device.Register, lang letter.Lang, a asked) device.Answer {
	t.Helper()
	media := ""
	if a.file {
		media = "application/octet-stream"
	}
	got, err := r.Answer(t.Context(), device.Question{Exhibit: check.Exhibit{Name: a.name, Data: a.data, As: a.as, MediaType: media}, File: a.file, Lang: lang, Style: "STYLE"})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

var styles = regexp.MustCompile(`href="(/style\.[0-9a-f]+\.css|STYLE)"`)

// TestDeviceSaysWhatTheServerSays: for every sort of exhibit the JSON and the page
// that a reader's device makes are those of the server, in both languages.
func TestDeviceSaysWhatTheServerSays(t *testing.T) {
	dir, s := played(t)
	h, srv := &host{dir: dir}, pages(t, dir)
	r := open(t, h, device.Options{})
	report, err := s.ReportText()
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string]asked{
		"report": {data: report}, "report as a file": {name: "report.txt", data: report, file: true, as: check.KindReport},
		"unknown": {data: []byte("Every foreign vessel must leave the roads of Ras Amal by noon on Friday, and no pilot will come.")},
		"short":   {data: []byte("the ship")}, "nothing": {data: []byte(" \n ")}, "no reference": {data: []byte("XX-2020-99")},
		"binary": {name: "a.bin", data: []byte("\x00\x01\x02\x00"), file: true}, "file by digest": {name: "a.pdf", data: []byte("%PDF-1.7"), file: true, as: check.KindFile},
		"picture": {name: "a.png", data: []byte("\x89PNG\r\n\x1a\n0000"), file: true}, "no proof": {name: "x.chancery-proof", data: []byte("none"), file: true},
		"html": {name: "page.html", data: []byte("<!doctype html><p>" + string(report)), file: true},
	}
	n := 0
	for text := range r.Snapshot().State().Texts() {
		words, ok := r.Snapshot().TextOf(text.Leaf.Hash)
		if !ok {
			continue
		}
		n++
		name := string(text.Record.Reference) + " " + string(text.Language) + " " + text.Leaf.Hash.String()[:6]
		cases[name] = asked{data: []byte(words.String())}
		cases[name+" as a file"] = asked{name: "letter.txt", data: []byte(words.String()), file: true}
		some := strings.Fields(words.String())
		cases[name+" changed"] = asked{data: []byte(strings.Replace(words.String(), some[len(some)/2], "nowhere", 1))}
		cases[name+" in part"] = asked{data: []byte(strings.Join(some[:len(some)*2/3], " "))}
	}
	if n < 3 {
		t.Fatalf("the story has %d public texts", n)
	}
	for name, a := range cases {
		t.Run(name, func(t *testing.T) {
			for _, lang := range []letter.Lang{"en", "ar"} {
				got := answer(t, r, lang, a)
				want := post(t, srv, string(lang), "application/json", a)
				if got.Status != want.Code || !sameJSON(got.JSON, want.Body.String()) {
					t.Errorf("in %s: status %d, want %d:\n%s", lang, got.Status, want.Code, cmp.Diff(want.Body.String(), got.JSON))
				}
				page := post(t, srv, string(lang), "text/html", a)
				a, b := styles.ReplaceAllString(page.Body.String(), "STYLE"), styles.ReplaceAllString(got.HTML, "STYLE")
				if a != b {
					t.Errorf("in %s the pages differ:\n%s", lang, cmp.Diff(a, b))
				}
			}
		})
	}
	proofs(t, r, srv, dir)
}

// proofs holds the answers to proof files against each other.
func proofs(t *testing.T, r *device.Register, srv http.Handler, dir string) {
	t.Helper()
	src, err := server.Read(t.Context(), dir, proof.Policy{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := r.Snapshot().State()
	for _, l := range s.Letters() {
		var b bytes.Buffer
		if err := src.ProofOf(t.Context(), s.IDOf(l), &b); err != nil {
			t.Fatal(err)
		}
		a := asked{name: "x.chancery-proof", data: b.Bytes(), file: true}
		got, want := answer(t, r, "en", a), post(t, srv, "en", "application/json", a)
		if got.Status != want.Code || !sameJSON(got.JSON, want.Body.String()) {
			t.Errorf("proof of %s:\n%s", l.Reference, cmp.Diff(want.Body.String(), got.JSON))
		}
	}
}

// sameJSON compares answers but for what names their moment.
func sameJSON(a, b string) bool {
	var x, y map[string]any
	if json.Unmarshal([]byte(a), &x) != nil || json.Unmarshal([]byte(b), &y) != nil {
		return a == b
	}
	delete(x, "checked_at")
	delete(y, "checked_at")
	return cmp.Equal(x, y)
}

// TestNothingIsAskedForBecauseOfAnExhibit: what is downloaded is the same for every
// exhibit, and it is there before any is: afterwards nothing is asked for at all.
func TestNothingIsAskedForBecauseOfAnExhibit(t *testing.T) {
	dir, s := played(t)
	report, err := s.ReportText()
	if err != nil {
		t.Fatal(err)
	}
	var first []string
	for i, a := range []asked{
		{data: report}, {data: []byte("words that nothing on record holds, and enough of them")}, {name: "x.pdf", data: []byte("%PDF-1.7"), file: true},
		{name: "x.png", data: []byte("\x89PNG\r\n\x1a\n"), file: true}, {name: "x.chancery-proof", data: []byte("x"), file: true}, {data: []byte("HC-2020-1")},
	} {
		h := &host{dir: dir}
		r := open(t, h, device.Options{})
		before := h.took()
		answer(t, r, "en", a)
		if after := h.took(); len(after) > 0 {
			t.Errorf("for exhibit %d it asked for %q", i, after)
		}
		if first == nil {
			first = before
		}
		if diff := cmp.Diff(first, before); diff != "" {
			t.Errorf("exhibit %d:\n%s", i, diff)
		}
	}
}

// TestDeviceBelievesNothing: whatever file a host changes by one bit, the register
// is not opened, or the words in question are not believed.
func TestDeviceBelievesNothing(t *testing.T) {
	dir, _ := played(t)
	names := &host{dir: dir}
	open(t, names, device.Options{})
	for _, name := range names.took() {
		if name == folder.ConfigName || name == "policy" || name == "witnessed" {
			continue // another key is another register; see TestDeviceRemembers
		}
		h := &host{dir: dir, spoil: func(n string, b []byte) []byte {
			if n == name && len(b) > 0 {
				b[len(b)/3] ^= 1
			}
			return b
		}}
		r, err := device.Open(t.Context(), "https://register.example", h.fetch, device.Options{Now: time.Now})
		if err != nil {
			continue
		}
		leaf, isText := strings.CutPrefix(name, "texts/")
		d, parse := letter.ParseHash(leaf)
		if _, believed := r.Snapshot().TextOf(d); !isText || parse != nil || believed {
			t.Errorf("%s was believed", name)
		}
	}
}

// TestDeviceRemembers: a register must go on from the head that the device saw.
func TestDeviceRemembers(t *testing.T) {
	house, other := officetest.New(t), officetest.New(t)
	house.IssueLetter(t, "harbour", officetest.Content(t, "HC-1", "Sir,\n\nthe ship leaves at noon.\n"), office.Terms{})
	old := open(t, &host{dir: house.Dir}, device.Options{}).Head()
	house.IssueLetter(t, "harbour", officetest.Content(t, "HC-2", "Sir,\n\nthe ship leaves at night.\n"), office.Terms{})
	newer := open(t, &host{dir: house.Dir}, device.Options{Before: old}).Head()
	open(t, &host{dir: house.Dir}, device.Options{Before: newer})

	refuse := func(what string, h *host, before []byte, want kind.Kind) {
		t.Helper()
		_, err := device.Open(t.Context(), "https://register.example", h.fetch, device.Options{Before: before, Now: time.Now})
		if kind.Of(err) != want {
			t.Errorf("%s: %v, want %v", what, err, want)
		}
	}
	refuse("another key", &host{dir: other.Dir}, old, kind.Conflict)
	back := filepath.Join(t.TempDir(), "back")
	if err := os.CopyFS(back, os.DirFS(house.Dir)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(back, "log", "checkpoint"), old, 0o600); err != nil {
		t.Fatal(err)
	}
	refuse("an older copy", &host{dir: back}, newer, kind.Unavailable)
	refuse("nothing there", &host{dir: t.TempDir()}, nil, kind.NotFound)
	refuse("no head", &host{dir: house.Dir}, []byte("none"), kind.Conflict)
}

// TestOpenEnds: a network that fails is an error and no hang, and so is a reader who
// went away.
func TestOpenEnds(t *testing.T) {
	dir, _ := played(t)
	h := &host{dir: dir}
	for _, part := range []string{"texts/", "tile/", "checkpoint", folder.ConfigName} {
		_, err := device.Open(t.Context(), "https://register.example", func(ctx context.Context, name string, n int64) ([]byte, error) {
			if strings.HasPrefix(name, part) {
				return nil, errors.New("the line is cut")
			}
			return h.fetch(ctx, name, n)
		}, device.Options{Now: time.Now})
		if err == nil || !strings.Contains(err.Error(), "the line is cut") {
			t.Errorf("%s: %v", part, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := device.Open(ctx, "https://register.example", h.fetch, device.Options{Now: time.Now}); err == nil {
		t.Error("it went on for nobody")
	}
}

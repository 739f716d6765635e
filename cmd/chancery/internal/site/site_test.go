package site_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"chancery.example/cmd/chancery/internal/site"
	"chancery.example/internal/folder"
	"chancery.example/internal/kit"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/server"
	"chancery.example/internal/tlog"
	"chancery.example/letter"
	"chancery.example/proof"
)

// someKit stands for a reader: what the site does with it is put it in its place.
func someKit(context.Context) (*kit.Kit, error) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, err := w.Write([]byte("\x00asm"))
	err = errors.Join(err, w.Close())
	return &kit.Kit{Files: map[string]kit.File{
		kit.Reader:   {Digest: "0123456789abcdef", Forms: map[string][]byte{"gzip": packed.Bytes()}},
		kit.Pictures: {Digest: "1123456789abcdef", Forms: map[string][]byte{"gzip": packed.Bytes()}},
		kit.GoScript: {Digest: "2123456789abcdef", Forms: map[string][]byte{"": []byte("go")}},
	}}, err
}

func letters(t *testing.T) *officetest.House {
	t.Helper()
	h := officetest.New(t)
	for _, ref := range []letter.Ref{"HC-1", "HC-2"} {
		h.IssueLetter(t, "harbour", officetest.Content(t, ref, "Sir,\n\n"+string(ref)+" is about the lights.\n"), office.Terms{})
	}
	return h
}

// serving serves a register's public files as its server does, and counts them.
func serving(t *testing.T, dir string) (address string, asked func() int) {
	t.Helper()
	var n atomic.Int64
	none := func(context.Context, letter.Hash) (folder.Form, bool) { return folder.Form{}, false }
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n.Add(1)
		server.Handler(http.NotFoundHandler(), folder.Folder{Dir: dir}, none).ServeHTTP(w, r)
	}))
	t.Cleanup(h.Close)
	return h.URL, func() int { return int(n.Load()) }
}

// tree is every file of a folder.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(dir, path)
		b, err := os.ReadFile(path)
		out[filepath.ToSlash(rel)] = string(b)
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return out
}

func write(t *testing.T, s site.Site) (site.Written, map[string]string) {
	t.Helper()
	s.Kit = someKit
	w, err := s.Write(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	files := tree(t, s.Dir)
	return w, files
}

func put(t *testing.T, name, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// served are the files of a site's register; who reads them is the browsers' code.
type served string

func (s served) File(name string, _ int64) ([]byte, error) {
	return os.ReadFile(filepath.Join(string(s), filepath.FromSlash(name))) //nolint:gosec // a test's own folder
}

func readable(t *testing.T, dir string) *folder.Reading {
	t.Helper()
	f, err := folder.Elsewhere(dir, tlog.Files(served(dir)))
	if err != nil {
		t.Fatal(err)
	}
	r, err := f.Read(t.Context(), proof.Policy{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestSources: from a folder and from an address a site holds the same register, which
// reads by the code of browsers, with no tile that its tree does not need; a live one
// holds none, and asks for little.
func TestSources(t *testing.T) {
	t.Parallel()
	h := letters(t)
	address, asked := serving(t, h.Dir)
	put(t, filepath.Join(h.Dir, "log", "tile", "entries", "000.p", "1"), "superseded")
	put(t, filepath.Join(h.Dir, "texts", strings.Repeat("0", 64)), "of no entry")
	dirs := map[string]string{"folder": h.Dir, "address": address + "/"}
	of := map[string]map[string]string{}
	for name, from := range dirs {
		dir := filepath.Join(t.TempDir(), "a", name)
		w, files := write(t, site.Site{Dir: dir, From: from})
		if w.Files != len(files) || w.Entries == 0 || w.Pictures {
			t.Errorf("%s: %+v with %d files", name, w, len(files))
		}
		r := readable(t, filepath.Join(dir, site.RegisterPath))
		if got := len(r.State.Letters()); got != 2 {
			t.Errorf("%s: %d letters", name, got)
		}
		partial := 0
		for name := range files {
			if strings.Contains(name, ".p/") {
				partial++
			}
		}
		if partial != 2 { // the tile and the bundle at the right edge
			t.Errorf("%s: %d partial tiles", name, partial)
		}
		maps.DeleteFunc(files, func(n, _ string) bool { return !strings.HasPrefix(n, site.RegisterPath+"/") })
		of[name] = files
		if _, stale := files[site.RegisterPath+"/texts/"+strings.Repeat("0", 64)]; stale {
			t.Errorf("%s: words of no entry are given away", name)
		}
	}
	if diff := cmp.Diff(of["folder"], of["address"]); diff != "" {
		t.Errorf("-folder +address:\n%s", diff)
	}
	before, dir := asked(), filepath.Join(t.TempDir(), "live")
	w, files := write(t, site.Site{Dir: dir, From: address, Live: true})
	if asked() > before+4 || w.Entries == 0 {
		t.Errorf("a live one asked for %d files: %+v", asked()-before, w)
	}
	if !strings.Contains(files["index.html"], `data-register="`+address+`/"`) || !strings.Contains(files["index.html"], "connect-src &#39;self&#39; "+address+"/;") {
		t.Error("the live pages do not download from the register's address")
	}
	for name := range files {
		if strings.HasPrefix(name, site.RegisterPath) {
			t.Errorf("the live one holds %s", name)
		}
	}
}

// TestAgain: a second run takes out what the register shows no more - superseded
// tiles, erased words, all of it when pages go live - and leaves what others put there.
func TestAgain(t *testing.T) {
	t.Parallel()
	h := letters(t)
	dir := filepath.Join(t.TempDir(), "site")
	s := site.Site{Dir: dir, From: h.Dir}
	_, before := write(t, s)
	put(t, filepath.Join(dir, "CNAME"), "checker.example")
	put(t, filepath.Join(dir, site.RegisterPath, "notes"), "mine")
	h.IssueLetter(t, "harbour", officetest.Content(t, "HC-3", "Sir,\n\nthe third.\n"), office.Terms{})
	f, r := folder.Folder{Dir: h.Dir}, readable(t, filepath.Join(dir, site.RegisterPath))
	var erased letter.Hash
	for text := range r.State.Texts() {
		erased = text.Leaf.Hash
		if err := f.Erase(text.Leaf); err != nil {
			t.Fatal(err)
		}
		break
	}
	_, after := write(t, s)
	words := site.RegisterPath + "/texts/" + erased.String()
	if _, ok := after[words]; ok || before[words] == "" || after[words+folder.TombstoneName] == "" {
		t.Error("erased words are still given away")
	}
	for name := range before {
		if _, ok := after[name]; strings.Contains(name, ".p/") && ok {
			t.Errorf("%s is still there", name)
		}
	}
	if after["CNAME"] == "" || after[site.RegisterPath+"/notes"] == "" {
		t.Error("what others put there is gone")
	}
	if got := readable(t, filepath.Join(dir, site.RegisterPath)).State.Size(); got == 0 {
		t.Error("nothing is readable")
	}
	s.From, _ = serving(t, h.Dir)
	s.Live = true
	_, live := write(t, s)
	for name := range live {
		if strings.HasPrefix(name, site.RegisterPath+"/") && name != site.RegisterPath+"/notes" {
			t.Errorf("a live one keeps %s", name)
		}
	}
}

// TestFailures: whatever fails leaves the folder as it was, or not there.
func TestFailures(t *testing.T) {
	t.Parallel()
	h := letters(t)
	address, _ := serving(t, h.Dir)
	other, err := proof.ParsePolicy([]byte("log letters.harbour.example/main/2026+ab454939+AblCeK68cSvUC63RVUsbRfx35PNexle2w6GQMC3lj0uV\nquorum none\n"))
	if err != nil {
		t.Fatal(err)
	}
	broken := errors.New("no reader")
	noKit := func(context.Context) (*kit.Kit, error) { return nil, broken }
	stopped, stop := context.WithCancel(t.Context())
	stop()
	for name, c := range map[string]struct {
		s   site.Site
		ctx context.Context
		in  string // a file that is there before
	}{
		"nobody answers":       {s: site.Site{From: "http://127.0.0.1:9"}},
		"live, nobody answers": {s: site.Site{From: "http://127.0.0.1:9", Live: true}},
		"no register there":    {s: site.Site{From: address + "/nowhere"}},
		"no folder":            {s: site.Site{From: filepath.Join(t.TempDir(), "none")}},
		"no address":           {s: site.Site{From: "ftp://letters.example"}},
		"a stranger's policy":  {s: site.Site{From: h.Dir, Policy: other}},
		"live, a stranger's":   {s: site.Site{From: address, Live: true, Policy: other}},
		"no kit":               {s: site.Site{From: h.Dir, Kit: noKit}},
		"stopped":              {s: site.Site{From: h.Dir, Kit: someKit}, ctx: stopped},
		"another's page":       {s: site.Site{From: h.Dir}, in: "index.html"},
		"another's folder":     {s: site.Site{From: h.Dir}, in: "register/mine"},
		"an office's folder":   {s: site.Site{From: h.Dir}, in: "office.db"},
		"another run":          {s: site.Site{From: h.Dir}, in: ".new-site/x"},
	} {
		dir := filepath.Join(t.TempDir(), "site")
		if c.in != "" {
			put(t, filepath.Join(dir, filepath.FromSlash(c.in)), "theirs")
		}
		before := tree(t, dir)
		c.s.Dir = dir
		if c.s.Kit == nil {
			c.s.Kit = someKit
		}
		if c.ctx == nil {
			c.ctx = t.Context()
		}
		if _, err := c.s.Write(c.ctx); err == nil {
			t.Errorf("%s: no error", name)
		} else if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
			t.Errorf("%s (%v): -before +after:\n%s", name, err, diff)
		}
		if _, err := os.Stat(dir); c.in == "" && !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: the folder stays: %v", name, err)
		}
	}
}

package folder_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

const words = "Sir,\n\nthe ship leaves.\n"

func TestOpenRefuses(t *testing.T) {
	h := officetest.New(t)
	good, err := os.ReadFile(filepath.Join(h.Dir, folder.ConfigName))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		content string
		want    kind.Kind
		says    string
	}{
		"no TOML":           {"= =", kind.Invalid, folder.ConfigName},
		"another format":    {strings.Replace(string(good), "format = 1", "format = 2", 1), kind.Invalid, "reads format 1"},
		"a setting unknown": {string(good) + "colour = \"red\"\n", kind.Invalid, `"colour" is not known`},
		"no origin":         {"format = 1\n", kind.Invalid, "origin"},
		"no key":            {"format = 1\norigin = \"" + officetest.Origin + "\"\nlog_key = \"x\"\n", kind.Invalid, "keys"},
		"too long":          {strings.Repeat("#", 65<<10), kind.Unknown, "more than"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, folder.ConfigName), []byte(c.content), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := folder.Open(dir)
			if err == nil || kind.Of(err) != c.want || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), dir) {
				t.Errorf("%s: %v; want %s saying %q and where", kind.Of(err), err, c.want, c.says)
			}
		})
	}
	if _, err := folder.Open(t.TempDir()); kind.Of(err) != kind.NotFound || !strings.Contains(err.Error(), "chancery init") {
		t.Errorf("no register: %v", err)
	}
}

func TestConfigComesBack(t *testing.T) {
	h := officetest.New(t)
	raw, err := h.Folder().Config.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := folder.WriteFile(filepath.Join(dir, folder.ConfigName), raw, 0o644); err != nil {
		t.Fatal(err)
	}
	got, err := folder.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(h.Folder().Config, got.Config); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	p, err := got.Config.Policy()
	if err != nil || !p.OwnKeys() {
		t.Errorf("the folder's own word is not marked as such: %v", err)
	}
}

func TestTexts(t *testing.T) {
	f := folder.Folder{Dir: t.TempDir()}
	leaf := letter.Hash{1}
	if _, ok := f.Text(leaf); ok {
		t.Error("a text that is not there")
	}
	for range 2 { // again is harmless
		if err := f.PutTexts([]folder.Text{{Leaf: leaf, Words: words}, {Leaf: letter.Hash{2}, Words: "Other.\n"}}); err != nil {
			t.Fatal(err)
		}
	}
	if got, ok := f.Text(leaf); !ok || got.String() != words {
		t.Errorf("%q %v", got, ok)
	}
	for name, content := range map[string]string{"not canonical": "two  spaces", "too long": strings.Repeat("a\n", letter.MaxText), "empty": ""} {
		if err := os.WriteFile(filepath.Join(f.Dir, "texts", leaf.String()), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, ok := f.Text(leaf); ok {
			t.Errorf("a text that is %s was given out", name)
		}
	}
	es, err := os.ReadDir(filepath.Join(f.Dir, "texts"))
	if err != nil || len(es) != 2 {
		t.Errorf("files left: %v, %v", es, err)
	}
}

func read(t *testing.T, f folder.Folder) *folder.Reading {
	t.Helper()
	r, err := f.Read(t.Context(), proof.Policy{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestAdvance: a reading follows the log, and what was handed out stays as it was.
func TestAdvance(t *testing.T) {
	h := officetest.New(t)
	first := read(t, h.Folder())
	same, err := first.Advance(t.Context())
	if err != nil || same.State.Size() != first.State.Size() {
		t.Fatal(err)
	}
	h.IssueLetter(t, "harbour", officetest.Content(t, "HC-1", words), office.Terms{})
	before := first.State.Size()
	next, err := first.Advance(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if next.State.Size() != before+2 || first.State.Size() != before || !next.State.Complete() {
		t.Errorf("%d entries after %d; the first reading has %d", next.State.Size(), before, first.State.Size())
	}
	if _, err := first.Entry(register.Index(before)); kind.Of(err) != kind.NotFound {
		t.Errorf("an entry beyond the checkpoint: %v", err)
	}
	if _, err := next.Path(register.Index(before)); err != nil {
		t.Error(err)
	}
}

// TestAdvanceNoticesAnOlderCopy, and a log that forked.
func TestAdvanceNoticesAnOlderCopy(t *testing.T) {
	h := officetest.New(t)
	checkpoint := filepath.Join(h.Folder().LogDir(), "checkpoint")
	old, err := os.ReadFile(checkpoint)
	if err != nil {
		t.Fatal(err)
	}
	h.IssueLetter(t, "harbour", officetest.Content(t, "HC-1", words), office.Terms{})
	r := read(t, h.Folder())
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(checkpoint, old, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Advance(t.Context()); kind.Of(err) != kind.Unavailable || !strings.Contains(err.Error(), "older copy") {
		t.Errorf("an older checkpoint: %v", err)
	}
	policy, err := r.Folder().Config.Policy()
	if err != nil {
		t.Fatal(err)
	}
	other := officetest.New(t)
	other.IssueLetter(t, "harbour", officetest.Content(t, "HC-1", words), office.Terms{})
	if _, err := other.Folder().Read(t.Context(), policy, nil); proof.ClassOf(err) != proof.UnknownLog {
		t.Errorf("the log of another key under this one's policy: %v", err)
	}
}

// TestReadingWritesNothing, also from a copy without the office's side.
func TestReadingWritesNothing(t *testing.T) {
	h := officetest.New(t)
	h.IssueLetter(t, "harbour", officetest.Content(t, "HC-1", words), office.Terms{})
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "mirror")
	for _, part := range []string{"log/checkpoint", "log/tile", "texts", folder.ConfigName} {
		copyTree(t, filepath.Join(h.Dir, part), filepath.Join(dir, part))
	}
	before := tree(t, dir)
	f, err := folder.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	r := read(t, f)
	var calls, last, all uint64
	if _, err := f.Read(t.Context(), proof.Policy{}, func(done, of uint64) { calls, last, all = calls+1, done, of }); err != nil || calls == 0 || last != all {
		t.Errorf("progress: %d calls, %d of %d, %v", calls, last, all, err)
	}
	l, ok := r.State.Letter("https://harbour.example", "HC-1")
	if !ok {
		t.Fatal("the letter is not there")
	}
	if _, err := r.Proof(r.State.IDOf(l)); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
		t.Errorf("reading wrote (-before +after):\n%s", diff)
	}
}

func TestReadRefusesADamagedLog(t *testing.T) {
	h := officetest.New(t)
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	names, err := filepath.Glob(filepath.Join(h.Folder().LogDir(), "tile", "entries", "000.p", "*"))
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		b[len(b)-1] ^= 1
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.Folder().Read(t.Context(), proof.Policy{}, nil); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("a damaged entry: %v", err)
	}
}

func copyTree(t *testing.T, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(from, p)
		if err != nil {
			return err
		}
		b, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		return folder.WriteFile(filepath.Join(to, rel), b, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(p)
		out[p] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

package chancery_test

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/signing"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// MUST numbers here are those of folder.md.

// public copies what everybody may have of a register: MUST-4 says that it is
// enough.
func public(t *testing.T, from string) string {
	t.Helper()
	to := t.TempDir()
	for _, name := range []string{folder.ConfigName, "log/checkpoint", "log/tile", "texts"} {
		src, dst := filepath.Join(from, name), filepath.Join(to, name)
		info, err := os.Stat(src)
		if err == nil && info.IsDir() {
			err = os.CopyFS(dst, os.DirFS(src))
		} else if err == nil {
			err = errors.Join(os.MkdirAll(filepath.Dir(dst), 0o755), copyFile(src, dst))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return to
}

func copyFile(src, dst string) error {
	b, err := os.ReadFile(src)
	if err != nil {
		return err
	}
	return os.WriteFile(dst, b, 0o644)
}

// snapshot is every file of a folder with its content and date.
func snapshot(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		var b []byte
		if !d.IsDir() {
			b, err = os.ReadFile(path)
		}
		out[path] = info.ModTime().String() + info.Mode().String() + string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func read(t *testing.T, dir string, p proof.Policy) (*folder.Reading, error) {
	t.Helper()
	f, err := folder.Open(dir)
	if err != nil {
		return nil, err
	}
	return f.Read(t.Context(), p, nil)
}

const issuedWords = "Sir,\n\nthe ship leaves on 3 March.\n"

func issuedRegister(t *testing.T) (*officetest.House, letter.LangText) {
	t.Helper()
	h := officetest.New(t)
	h.IssueLetter(t, "harbour", officetest.Content(t, "HC-1", issuedWords), office.Terms{})
	return h, letter.LangText{Lang: "en", Text: officetest.Text(t, issuedWords)}
}

// TestCheckingNeedsThePublicFiles and leaves them as they are (MUST-3 to MUST-6).
func TestCheckingNeedsThePublicFiles(t *testing.T) {
	h, text := issuedRegister(t)
	dir := public(t, h.Dir)
	if err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		mode := fs.FileMode(0o444)
		if err == nil && d.IsDir() {
			mode = 0o555
		}
		return errors.Join(err, os.Chmod(path, mode))
	}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = filepath.WalkDir(dir, func(path string, _ fs.DirEntry, _ error) error { return os.Chmod(path, 0o700) })
	})
	before := snapshot(t, dir)
	r, err := read(t, dir, proof.Policy{})
	if err != nil {
		t.Fatal(err)
	}
	if got := r.State.StandingsOf(text, h.Clock.Now()); len(got) != 1 || got[0].Standing != register.InForce {
		t.Errorf("the copy answers %v", got)
	}
	if !r.Checkpoint.OwnKeys || !r.Checkpoint.Unwitnessed() {
		t.Error("an answer under the folder's own keys does not say so")
	}
	if d := cmp.Diff(before, snapshot(t, dir)); d != "" {
		t.Errorf("checking changed the folder:\n%s", d)
	}
	theirs, err := proof.ParsePolicy(bytes.Replace(must2(r.Folder().Config.Policy()).Bytes(), []byte("quorum none"), []byte("# ours\nquorum none"), 1))
	if err != nil {
		t.Fatal(err)
	}
	if r, err = read(t, dir, theirs); err != nil || r.Checkpoint.OwnKeys {
		t.Errorf("under the reader's own policy: own keys %v (%v)", r.Checkpoint.OwnKeys, err)
	}
}

func must2[T any](v T, err error) T {
	if err != nil {
		panic(err) // only in tests, where it names the line
	}
	return v
}

// TestRegisterToml: what is a register and what is not (MUST-1, MUST-2).
func TestRegisterToml(t *testing.T) {
	h, _ := issuedRegister(t)
	good := must2(os.ReadFile(filepath.Join(h.Dir, folder.ConfigName)))
	for _, c := range []struct {
		name, from, to string
		kind           kind.Kind
	}{
		{"another format", "format = 1", "format = 2", kind.Invalid},
		{"an unknown setting", "format = 1", "format = 1\ncolour = \"red\"", kind.Invalid},
		{"no TOML", "format = 1", "format =", kind.Invalid},
		{"another origin's key", "log_key = \"letters", "log_key = \"other", kind.Invalid},
		{"no log key", "log_key", "clock_key2", kind.Invalid},
		{"no origin", "origin = \"letters", "origin = \"https://letters", kind.Invalid},
		{"too large", "format = 1", "format = 1\n# " + strings.Repeat("x", 64<<10), 0},
	} {
		dir := t.TempDir()
		bent := strings.Replace(string(good), c.from, c.to, 1)
		if bent == string(good) {
			t.Fatalf("%s: the case changes nothing", c.name)
		}
		if err := os.WriteFile(filepath.Join(dir, folder.ConfigName), []byte(bent), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := folder.Open(dir); err == nil || c.kind != 0 && kind.Of(err) != c.kind {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if _, err := folder.Open(t.TempDir()); kind.Of(err) != kind.NotFound {
		t.Errorf("an empty folder: %v", err)
	}
}

// TestTexts: words are believed only when they fit; without them the standing
// is the same (MUST-7, MUST-8).
func TestTexts(t *testing.T) {
	h, text := issuedRegister(t)
	names := must2(os.ReadDir(filepath.Join(h.Dir, "texts")))
	if len(names) != 1 {
		t.Fatalf("%d texts, want 1", len(names))
	}
	for _, change := range []string{"erased", "changed"} {
		dir := public(t, h.Dir)
		file := filepath.Join(dir, "texts", names[0].Name())
		err := os.Remove(file)
		if change == "changed" {
			err = os.WriteFile(file, []byte("Sir,\n\nthe ship stays.\n"), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
		r := must2(read(t, dir, proof.Policy{}))
		got := r.State.StandingsOf(text, h.Clock.Now())
		if len(got) != 1 || got[0].Standing != register.InForce {
			t.Fatalf("with its text %s the letter stands at %v", change, got)
		}
		if b := must2(r.Proof(got[0].Record)); len(b.Texts) != 0 {
			t.Errorf("with the text %s its proof carries %q", change, b.Texts[0].Text)
		}
	}
}

// TestOlderCopy: who has seen a head takes no older one (MUST-9).
func TestOlderCopy(t *testing.T) {
	h, _ := issuedRegister(t)
	dir, older := public(t, h.Dir), public(t, h.Dir)
	h.IssueLetter(t, "harbour", officetest.Content(t, "HC-2", "Sir,\n\nthe quay is closed.\n"), office.Terms{})
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(dir, os.DirFS(public(t, h.Dir))); err != nil {
		t.Fatal(err)
	}
	r := must2(read(t, dir, proof.Policy{}))
	if err := os.Remove(filepath.Join(dir, "log/checkpoint")); err != nil {
		t.Fatal(err)
	}
	if err := copyFile(filepath.Join(older, "log/checkpoint"), filepath.Join(dir, "log/checkpoint")); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Advance(t.Context()); err == nil || !strings.Contains(err.Error(), "older copy") {
		t.Errorf("an older checkpoint: %v", err)
	}
}

// TestOwnFiles: keys and drafts are the office's alone (MUST-10, MUST-11).
func TestOwnFiles(t *testing.T) {
	h, _ := issuedRegister(t)
	f := must2(folder.Open(h.Dir))
	for _, name := range []string{"operator", "log", "clock", "office-harbour"} {
		info, err := os.Stat(f.KeyFile(name))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("key %s: %v", name, err)
		}
	}
	key := must2(signing.LoadKey(f.KeyFile("log")))
	if err := key.Save(f.KeyFile("log")); err == nil {
		t.Error("a key was written over")
	}
	if err := os.Chmod(f.KeyFile("clock"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := signing.LoadKey(f.KeyFile("clock")); err == nil {
		t.Error("a key that others can read was taken")
	}
	r := must2(read(t, h.Dir, proof.Policy{}))
	head := string(must2(os.ReadFile(f.HeadFile())))
	rest, ok := strings.CutPrefix(head, "chancery-head/v1\n")
	rest, ok2 := strings.CutPrefix(rest, string(r.Checkpoint.Text()))
	if stamp := strings.TrimSuffix(rest, "\n"); !ok || !ok2 || strings.ContainsFunc(stamp, func(r rune) bool { return r < '0' || r > '9' }) {
		t.Errorf("log.head is %q", head)
	}
}

// TestReadVerifies: a byte changed anywhere in the log is found before anything
// is answered (MUST-6).
func TestReadVerifies(t *testing.T) {
	h, _ := issuedRegister(t)
	good := public(t, h.Dir)
	newest := must2(read(t, good, proof.Policy{})).Checkpoint.Size
	for _, name := range filesOf(t, good) {
		if !strings.HasPrefix(name, "log/") || strings.HasPrefix(name, "log/tile/") && filepath.Base(name) != strconv.FormatUint(newest, 10) {
			continue // tiles of smaller trees are not read
		}
		if strings.HasPrefix(name, "log/tile/0") {
			continue // hashes: the reader computes its own
		}
		path := filepath.Join(good, name)
		raw := must2(os.ReadFile(path))
		for i := 0; i < len(raw); i += 1 + len(raw)/40 {
			bent := bytes.Clone(raw)
			bent[i] ^= 1
			if err := os.WriteFile(path, bent, 0o644); err != nil {
				t.Fatal(err)
			}
			if r, err := read(t, good, proof.Policy{}); err == nil && r.Checkpoint.Time.After(time.Time{}) {
				t.Errorf("%s: byte %d changed, and read all the same", name, i)
			}
		}
		if err := os.WriteFile(path, raw, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func filesOf(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	for path := range maps.Keys(snapshot(t, dir)) {
		if rel := must2(filepath.Rel(dir, path)); !must2(os.Stat(path)).IsDir() {
			out = append(out, filepath.ToSlash(rel))
		}
	}
	return out
}

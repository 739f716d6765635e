package foreign

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"chancery.example/internal/folder"
	"chancery.example/proof"
)

// A house is a register that our own program made.
type house struct {
	Dir    string // the register's folder
	Policy string // a file: the folder's own keys, C2SP tlog-policy
	LogKey string // a file: the log's verifier key
	Proofs string // a folder with a proof of each letter
}

const (
	houseOrigin  = "letters.harbour.example/foreign/2026"
	houseLetters = 14
)

var theHouse struct {
	sync.Once
	house
	err error
}

// newHouse makes a register by the command line alone, with some dozens of
// entries, once for all tests: copy it before changing a byte (see damaged).
func newHouse(t *testing.T) house {
	t.Helper()
	bin := chancery(t)
	theHouse.Do(func() { theHouse.err = theHouse.make(t, bin) })
	if theHouse.err != nil {
		t.Fatalf("making a register: %v", theHouse.err)
	}
	return theHouse.house
}

const policyFile = `approvals = 2
statements = 1

[[officer]]
id = "legal"
name = "Legal adviser"
roles = ["drafter", "approver", "issuing clerk"]
keys = ["@legal.pub"]

[[officer]]
id = "head"
name = "Harbour Commissioner"
roles = ["approver", "press officer"]
keys = ["@head.pub"]
`

func (h *house) make(t *testing.T, bin string) error {
	base := filepath.Join(workshop, "house")
	*h = house{
		Dir: filepath.Join(base, "reg"), Policy: filepath.Join(base, "policy"),
		LogKey: filepath.Join(base, "log.pub"), Proofs: filepath.Join(base, "proofs"),
	}
	if err := os.MkdirAll(h.Proofs, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(base, "policy.toml"), []byte(policyFile), 0o644); err != nil {
		return err
	}
	do := func(args ...string) error {
		if out, err := run(t, base, bin, args...); err != nil {
			return fmt.Errorf("chancery %s: %w: %s", strings.Join(args, " "), err, out)
		}
		return nil
	}
	steps := [][]string{
		{"init", "reg", "--origin", houseOrigin, "--operator", "https://harbour.example"},
		{"key", "new", "legal"},
		{"key", "new", "head"},
		{"office", "add", "harbour", "--register", "reg", "--uri", "https://harbour.example", "--name", "en=Harbour Commission", "--policy", "policy.toml"},
	}
	for i := range houseLetters {
		ref, text := fmt.Sprintf("HC-%d", i), fmt.Sprintf("%d.txt", i)
		words := fmt.Sprintf("Harbour Commission\n\nFrom %d March the lock opens at 06:00 for vessels of class %d.\n\nHarbour Commissioner\n", i+1, i)
		if err := os.WriteFile(filepath.Join(base, text), []byte(words), 0o644); err != nil {
			return err
		}
		issue := []string{"issue", ref, "--register", "reg", "--finished", "--text", "en=" + text, "--by", "legal", "--approve", "legal=legal", "--approve", "head=head"}
		steps = append(steps, issue, []string{"proof", "harbour/" + ref, "--register", "reg", "--out", filepath.Join("proofs", ref+proof.Extension)})
	}
	steps = append(steps, []string{"proof", "harbour/HC-0", "--register", "reg", "--out", filepath.Join("proofs", "newest"+proof.Extension), "--policy-out", "policy"})
	for _, s := range steps {
		if err := do(s...); err != nil {
			return err
		}
	}
	f, err := folder.Open(h.Dir)
	if err != nil {
		return err
	}
	return os.WriteFile(h.LogKey, []byte(f.Config.LogKey), 0o644)
}

// read reads the register as any reader does.
func (h house) read(t *testing.T) *folder.Reading {
	t.Helper()
	f, err := folder.Open(h.Dir)
	if err != nil {
		t.Fatal(err)
	}
	r, err := f.Read(t.Context(), proof.Policy{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// proofs are the proof files of the letters, by their names.
func (h house) proofs(t *testing.T) map[string]proof.Bundle {
	t.Helper()
	out := map[string]proof.Bundle{}
	names, err := filepath.Glob(filepath.Join(h.Proofs, "*"+proof.Extension))
	if err != nil || len(names) != houseLetters+1 {
		t.Fatalf("%d proofs, %v: want %d", len(names), err, houseLetters+1)
	}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if out[filepath.Base(name)], err = proof.Parse(raw); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	return out
}

// newest names the file of the log that a pattern matches, the one for the most
// entries when there are several.
func (h house) newest(t *testing.T, glob string) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(h.Dir, "log", filepath.FromSlash(glob)))
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: no such file in the log: %v", glob, err)
	}
	last := slices.MaxFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b)) })
	rel, err := filepath.Rel(filepath.Join(h.Dir, "log"), last)
	if err != nil {
		t.Fatal(err)
	}
	return filepath.ToSlash(rel)
}

// damaged copies the register's log and lets change bend one of its files, which
// is named from the log's folder.
func (h house) damaged(t *testing.T, name string, change func([]byte) []byte) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "log")
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(h.Dir, "log"))); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, filepath.FromSlash(name))
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	bent := change(bytes.Clone(raw))
	if bytes.Equal(bent, raw) {
		t.Fatalf("nothing changed in %s", name)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, bent, 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// flip returns a change of one bit, at a place counted from the start, or from
// the end when negative.
func flip(at int) func([]byte) []byte {
	return func(b []byte) []byte {
		b[(at+len(b))%len(b)] ^= 1
		return b
	}
}

// flipSignature changes one bit of the log's own signature on a checkpoint.
func flipSignature(b []byte) []byte {
	line := []byte("\n\u2014 " + houseOrigin + " ")
	return flip(bytes.Index(b, line) + len(line) + 20)(b)
}

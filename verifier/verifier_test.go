// Package verifier_test holds the second verifier, which is written in JavaScript,
// to the first: both say the same of every vector, and of proofs that were
// changed at random.
package verifier_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const vectorFolder = "../testdata/vectors"

// covered are the folders of vectors that the second verifier runs. What is
// missing here is for programs that keep a register, not for readers of proofs.
var covered = []string{"approval", "commitment", "entry", "letter", "lookup/key", "lookup/proof", "proof", "revision", "standing"}

// node returns the path of Node, or skips the test loudly.
func node(t testing.TB) string {
	t.Helper()
	path, err := exec.LookPath("node")
	if err != nil {
		t.Skip("SKIPPED FOR WANT OF NODE: the second verifier cannot be run; apt-get install nodejs (20 or later)")
	}
	out, err := exec.Command(path, "--version").Output()
	major, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(string(out)), "v"), ".")
	if n, err2 := strconv.Atoi(major); err != nil || err2 != nil || n < 20 {
		t.Skipf("SKIPPED FOR WANT OF NODE 20: here is %s, whose WebCrypto has no Ed25519 without a flag", bytes.TrimSpace(out))
	}
	return path
}

// TestVectors: of every vector the second verifier says what is expected of the
// first.
func TestVectors(t *testing.T) {
	path := node(t)
	said := map[string]json.RawMessage{}
	cmd := exec.Command(path, "vectors.mjs", "vectors", vectorFolder)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(out) {
		var v struct {
			File string
			Got  json.RawMessage
		}
		if err := json.Unmarshal(line, &v); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		said[v.File] = v.Got
	}
	count := map[string]int{}
	for _, area := range covered {
		for _, name := range vectorFiles(t, area) {
			count[area]++
			got, ok := said[name]
			if !ok {
				t.Errorf("%s: it said nothing", name)
				continue
			}
			delete(said, name)
			if g, w := inOneForm(t, got), inOneForm(t, expected(t, name)); g != w {
				t.Errorf("%s\ngot  %s\nwant %s", name, g, w)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(said)) {
		t.Errorf("%s: no folder that is known here", name)
	}
	t.Logf("vectors: %v", count)
}

// vectorFiles lists the vectors of an area, by their names from the folder of all.
func vectorFiles(t testing.TB, area string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(filepath.Join(vectorFolder, area), func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(path, ".json") {
			rel, _ := filepath.Rel(vectorFolder, path)
			names = append(names, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: %d vectors (%v)", area, len(names), err)
	}
	return names
}

func expected(t testing.TB, name string) json.RawMessage {
	t.Helper()
	var v struct{ Expect json.RawMessage }
	raw, err := os.ReadFile(filepath.Join(vectorFolder, filepath.FromSlash(name)))
	if err == nil {
		err = json.Unmarshal(raw, &v)
	}
	if err != nil {
		t.Fatal(err)
	}
	return v.Expect
}

// inOneForm writes JSON with sorted keys, so that it can be compared.
func inOneForm(t testing.TB, raw []byte) string {
	t.Helper()
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatalf("%q: %v", raw, err)
	}
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// A second is the second verifier, running.
type second struct {
	in  io.WriteCloser
	out *bufio.Reader
}

// start runs the second verifier until the test ends.
func start(t testing.TB) *second {
	t.Helper()
	cmd := exec.Command(node(t), "vectors.mjs", "proofs")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		if err := cmd.Wait(); err != nil {
			t.Errorf("the second verifier: %v", err)
		}
	})
	return &second{in, bufio.NewReaderSize(out, 1<<20)}
}

// says returns its answer to one question.
func (s *second) says(t testing.TB, q question) answer {
	t.Helper()
	var a answer
	s.ask(t, q, &a)
	return a
}

// ask puts a question of whatever kind and reads the answer.
func (s *second) ask(t testing.TB, q, a any) {
	t.Helper()
	raw, err := json.Marshal(q)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintf(s.in, "%s\n", raw); err != nil {
		t.Fatal(err)
	}
	line, err := s.out.ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(line, a); err != nil {
		t.Fatalf("%q: %v", line, err)
	}
}

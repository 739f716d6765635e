package proof_test

import (
	"bufio"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// frozenList names every vector of proof files with the SHA-256 of its bytes.
const frozenList = vectorFolder + "/frozen.sha256"

// frozenFolders hold the vectors of files that readers keep.
var frozenFolders = []string{"bundle", "lookups"}

// TestFrozen: version 1 is frozen (MUST-47). A vector that was published never
// changes and never goes; new ones come in with -update-vectors, which touches no
// line that is there. To change one is to change what proofs that people keep
// mean: that takes chancery-proof/v2.
func TestFrozen(t *testing.T) {
	listed, order := readFrozen(t)
	var added []string
	for _, folder := range frozenFolders {
		files, err := filepath.Glob(filepath.Join(vectorFolder, folder, "*.json"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			raw, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			name := folder + "/" + filepath.Base(f)
			sum := fmt.Sprintf("%x", sha256.Sum256(raw))
			switch was, ok := listed[name]; {
			case !ok && *updateVectors:
				added = append(added, sum+"  "+name)
			case !ok:
				t.Errorf("%s is not in %s: run with -update-vectors", name, filepath.Base(frozenList))
			case was != sum:
				t.Errorf("%s was changed: version 1 is frozen", name)
			}
			delete(listed, name)
		}
	}
	for name := range listed {
		t.Errorf("%s is gone: version 1 is frozen", name)
	}
	if len(added) > 0 {
		slices.SortFunc(added, func(a, b string) int { return strings.Compare(a[66:], b[66:]) })
		if err := os.WriteFile(frozenList, []byte(strings.Join(append(order, added...), "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(order) + len(added); n < 120 {
		t.Errorf("%d frozen vectors: want 120 or more", n)
	}
}

func readFrozen(t *testing.T) (map[string]string, []string) {
	t.Helper()
	raw, err := os.ReadFile(frozenList)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	listed := map[string]string{}
	var order []string
	for s := bufio.NewScanner(strings.NewReader(string(raw))); s.Scan(); {
		sum, name, ok := strings.Cut(s.Text(), "  ")
		if !ok || len(sum) != 64 || listed[name] != "" {
			t.Fatalf("%s: the line %q", frozenList, s.Text())
		}
		listed[name] = sum
		order = append(order, s.Text())
	}
	return listed, order
}

// Package formats_test holds the pages of docs/formats to the code: a rule that
// nothing cites is a rule that nobody keeps, and a citation of a rule that no
// page has misleads.
package formats_test

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// pageOf says which page a package means when it cites a bare "MUST-7", unless
// the file says "MUST numbers here are those of standing.md". Anything else is
// cited with the page: "standing.md MUST-7".
var pageOf = map[string]string{
	"letter": "letter.md", "commitment": "commitment.md", "approval": "approval.md", "register": "entry.md",
	"proof": "proof.md", "internal/folder": "folder.md", "internal/story": "scenario.md", "internal/check": "finding.md", "internal/report": "report.md",
	"lookup": "lookup.md", "internal/binding": "binding.md", "internal/seed": "index.md", "internal/index": "index.md", "internal/fold": "fold.md",
	"internal/remote": "folder.md", "internal/book": "folder.md",
	"internal/backup":  "backup.md",
	"internal/witness": "witness.md",
	"internal/notify":  "api.md", "internal/api/v1": "api.md",
	"internal/papercode": "papercode.md", "internal/papercode/qr": "papercode.md",
}

// rangeOrOne matches "MUST-4", "MUST-4 to MUST-6", with the page before it if
// there is one.
var (
	rangeOrOne = regexp.MustCompile(`(?:([a-z]+\.md)[,:]? +)?MUST-(\d+)(?:\s+(?://\s*)?to\s+(?://\s*)?MUST-(\d+))?`)
	defines    = regexp.MustCompile(`(?m)^(?:\| *|- |\*\*|#+ )\**MUST-(\d+)\b`)
	ownPage    = regexp.MustCompile(`MUST numbers here are those of\s+(?://\s*)?([a-z]+\.md)`)
	// A page stays the one that is meant through a list: "(entry.md MUST-1,
	// MUST-2 and MUST-5)".
	inList = regexp.MustCompile(`^(?:,|;| and|, and)?\s*(?://\s*)?$`)
)

const root = "../.."

// defined returns the numbers that each page defines.
func defined(t *testing.T) map[string]map[int]bool {
	t.Helper()
	pages, err := filepath.Glob("*.md")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]map[int]bool{}
	for _, p := range pages {
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		out[p] = map[int]bool{}
		for _, m := range defines.FindAllStringSubmatch(string(b), -1) {
			n, _ := strconv.Atoi(m[1])
			if out[p][n] {
				t.Errorf("%s defines MUST-%d twice", p, n)
			}
			out[p][n] = true
		}
	}
	return out
}

// A citation is a rule that a Go file names.
type citation struct {
	page string
	n    int
	at   string
}

func citations(t *testing.T) []citation {
	t.Helper()
	var out []citation
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && strings.HasPrefix(d.Name(), ".") && path != root {
			return fs.SkipDir
		}
		// The makers of vectors write the comments of other files, each on its
		// own page.
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasPrefix(d.Name(), "vectors_") {
			return nil
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, path)
		out = append(out, cited(filepath.ToSlash(rel), string(b))...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// cited returns what one file cites.
func cited(file, source string) []citation {
	var out []citation
	page, end := "", -1
	usual := pageOf[filepath.ToSlash(filepath.Dir(file))]
	if m := ownPage.FindStringSubmatch(source); m != nil {
		usual = m[1]
	}
	for _, m := range rangeOrOne.FindAllStringSubmatchIndex(source, -1) {
		group := func(i int) string {
			if m[2*i] < 0 {
				return ""
			}
			return source[m[2*i]:m[2*i+1]]
		}
		switch {
		case group(1) != "":
			page = group(1)
		case page != "" && inList.MatchString(source[end:m[0]]):
		default:
			page = usual
		}
		end = m[1]
		first, _ := strconv.Atoi(group(2))
		last := first
		if s := group(3); s != "" {
			last, _ = strconv.Atoi(s)
		}
		line := 1 + strings.Count(source[:m[0]], "\n")
		for n := first; n <= last; n++ {
			out = append(out, citation{page, n, fmt.Sprintf("%s:%d", file, line)})
		}
	}
	return out
}

// TestMustsAreCited lists rules that neither code nor test names, and names of
// rules that no page has.
func TestMustsAreCited(t *testing.T) {
	pages := defined(t)
	used := map[string]map[int]bool{}
	for _, c := range citations(t) {
		if strings.HasPrefix(c.at, "docs/formats/") {
			continue
		}
		switch rules, ok := pages[c.page]; {
		case c.page == "":
			t.Errorf("%s cites MUST-%d without its page", c.at, c.n)
			continue
		case !ok:
			t.Errorf("%s cites MUST-%d of %s, which is not in docs/formats", c.at, c.n, c.page)
			continue
		case !rules[c.n]:
			t.Errorf("%s cites MUST-%d, which %s does not have", c.at, c.n, c.page)
		}
		if used[c.page] == nil {
			used[c.page] = map[int]bool{}
		}
		used[c.page][c.n] = true
	}
	for _, p := range slices.Sorted(maps.Keys(pages)) {
		t.Run(p, func(t *testing.T) {
			if len(pages[p]) == 0 {
				t.Errorf("%s has no numbered rule", p)
			}
			for _, n := range slices.Sorted(maps.Keys(pages[p])) {
				if !used[p][n] {
					t.Errorf("nothing cites MUST-%d of %s", n, p)
				}
			}
		})
	}
}

// TestReadsCitations holds the reader of citations to a few of them.
func TestReadsCitations(t *testing.T) {
	for source, want := range map[string]string{
		"// MUST-3":                                                      "letter.md 3",
		"// (MUST-3 to MUST-5)":                                          "letter.md 3 letter.md 4 letter.md 5",
		"// entry.md MUST-7":                                             "entry.md 7",
		"// entry.md MUST-7, MUST-9 and MUST-10":                         "entry.md 7 entry.md 9 entry.md 10",
		"// entry.md MUST-7. Here MUST-1":                                "entry.md 7 letter.md 1",
		"// standing.md MUST-10 to\n// MUST-11":                          "standing.md 10 standing.md 11",
		"// standing.md MUST-10,\n// MUST-12 and so on":                  "standing.md 10 standing.md 12",
		"// MUST numbers here are those of\n// standing.md\n\n// MUST-4": "standing.md 4",
		"// nothing": "",
	} {
		var got []string
		for _, c := range cited("letter/x.go", source) {
			got = append(got, fmt.Sprint(c.page, " ", c.n))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: got %v, want %s", source, got, want)
		}
	}
}

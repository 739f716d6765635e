package chancery_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
)

// A listed is a package as the go tool lists it.
type listed struct {
	ImportPath string
	Standard   bool
	Module     *struct {
		Path string
		Main bool
	}
}

// testOnly are modules and packages that no shipped program may hold.
var testOnly = []string{
	"testing", "github.com/google/go-cmp", "pgregory.net/rapid", "github.com/rogpeppe/go-internal", "github.com/jba/templatecheck",
	"github.com/chromedp/chromedp", module + "/internal/testkit", module + "/internal/crash", module + "/bench",
	module + "/internal/office/officetest", module + "/internal/web/webtest",
}

// TestShipped looks at what the program that we ship is made of.
func TestShipped(t *testing.T) {
	shipped := list(t, "-deps", "./cmd/chancery")
	for _, p := range smuggled(shipped) {
		t.Errorf("cmd/chancery holds %s, which is for tests", p)
	}
	direct := map[string]bool{}
	for _, s := range readHouse(t) {
		if !s.isTest() && slices.ContainsFunc(shipped, func(p listed) bool { return p.ImportPath == module+"/"+s.folder() }) {
			for _, i := range s.imports() {
				if at := slices.IndexFunc(shipped, func(p listed) bool { return p.ImportPath == i && !p.Standard && p.Module != nil && !p.Module.Main }); at >= 0 {
					direct[shipped[at].Module.Path] = true
				}
			}
		}
	}
	t.Logf("%d direct dependencies are shipped: %s", len(direct), strings.Join(slices.Sorted(maps.Keys(direct)), " "))
	if len(direct) > maxDependencies {
		t.Errorf("%d direct dependencies are shipped: at most %d", len(direct), maxDependencies)
	}
	if len(direct) == 0 {
		t.Error("no dependency found: this test looks at nothing")
	}
	if got := smuggled([]listed{{ImportPath: "pgregory.net/rapid"}, {ImportPath: "testing/fstest"}, {ImportPath: "fmt"}}); len(got) != 2 {
		t.Errorf("smuggled finds %q of two test packages", got)
	}
}

// TestDependenciesAreDecided: each dependency that we import has its row.
func TestDependenciesAreDecided(t *testing.T) {
	table, err := os.ReadFile("docs/decisions/0008-dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	mod, err := modfile.Parse("go.mod", raw, nil)
	if err != nil {
		t.Fatal(err)
	}
	house := readHouse(t)
	used := func(module string) bool {
		return slices.ContainsFunc(house, func(s source) bool {
			return slices.ContainsFunc(s.imports(), func(i string) bool { return i == module || strings.HasPrefix(i, module+"/") })
		})
	}
	for _, r := range mod.Require {
		name := strings.TrimPrefix(r.Mod.Path, "github.com/")
		name, _, _ = strings.Cut(name, "/v2")
		if used(r.Mod.Path) && !strings.Contains(string(table), "| "+name) {
			t.Errorf("docs/decisions/0008-dependencies.md has no row for %s", r.Mod.Path)
		}
	}
}

func smuggled(shipped []listed) []string {
	var out []string
	for _, p := range shipped {
		if slices.ContainsFunc(testOnly, func(x string) bool { return p.ImportPath == x || strings.HasPrefix(p.ImportPath, x+"/") }) {
			out = append(out, p.ImportPath)
		}
	}
	return out
}

func list(t *testing.T, args ...string) []listed {
	t.Helper()
	goTool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("SKIPPED: no go tool on PATH, so the program's parts cannot be listed")
	}
	cmd := exec.CommandContext(t.Context(), goTool, append([]string{"list", "-json=ImportPath,Standard,Module"}, args...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list %v: %v\n%s", args, err, &stderr)
	}
	var all []listed
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		switch err := d.Decode(&p); {
		case errors.Is(err, io.EOF):
			return all
		case err != nil:
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

package chancery_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The house rules that a compiler does not hold. Each is a function from what
// was read of the code to the places that break it, so that a made-up violation
// shows that it can fail (TestRulesCanFail).

const module = "chancery.example"

// layers says where each package stands; imports go downwards or stay within a
// layer. A name ending in "/" stands for all packages below it.
var layers = map[string]int{
	"letter": 1, "commitment": 1, "approval": 1, "register": 1, "lookup": 1, "proof": 1,
	"internal/fold": 2, "internal/facing": 2, "internal/seed": 2, "internal/compare": 2, "internal/report": 2, "internal/photo": 2, "internal/photo/": 2, "internal/confine": 2, "internal/page": 2, "internal/signing": 2, "internal/skeleton": 2, "internal/kind": 2, "internal/refusal": 2, "internal/sealed": 2, "internal/parity": 2,
	"internal/store": 3, "internal/tlog": 3, "internal/folder": 3, "internal/index": 3, "internal/lookupdir": 3, "internal/remote": 3, "internal/book": 3, "internal/seals": 3,
	"internal/office": 4, "internal/staff": 4, "internal/proved": 4, "internal/backup": 4, "internal/check": 4, "internal/watch": 4, "internal/witness": 4, "internal/binding": 4, "internal/voices": 4,
	"internal/web": 5, "internal/web/": 5, "internal/api": 5, "internal/server": 5, "internal/story": 5, "cmd/": 5,
	"internal/notify": 4, "internal/api/": 5, // programs outside
	"internal/layout": 2, "internal/around": 2, "internal/pdf": 2, "internal/pdf/": 2, "internal/papercode": 2, "internal/form": 2, "internal/papercode/": 2, "internal/manuscript": 2, "internal/drawn": 2, "internal/drawn/mark": 2, "internal/marked": 4, "internal/marked/marks": 4, "internal/shapes": 4, // paper
	"internal/settings": 2, "internal/metrics": 2, "internal/doctor": 4, "internal/archive": 4, // operating
	"internal/reading": 4, "internal/kit": 4, "internal/device": 5, // on the reader's device
	// Never shipped; they may use everything.
	"": 6, "docs/": 6, "scripts/": 6, "verifier": 6, "bench": 6, "internal/testkit": 6, "internal/testkit/": 6, "internal/crash": 6, "internal/office/officetest": 6, "internal/web/webtest": 6, "internal/web/keptest": 6,
}

// outgrown are packages over the limit of lines, with the count that they may
// not pass; docs/decisions/0012 says what is to become of them.
var outgrown = map[string]int{
	"internal/check":       5350,
	"register":             4300,
	"cmd/chancery":         6540,
	"internal/office":      6720,
	"internal/web/desk":    4460,
	"internal/api/v1":      2750,
	"internal/pdf/extract": 2700,
}

// Limits of the house.
const (
	maxFileLines    = 500
	maxPackageLines = 2500 // that hold code: neither comment nor empty
	maxMainLines    = 60
	maxDependencies = 30
)

// A source is one Go file.
type source struct {
	Name  string // from the root, with slashes
	Lines int
	Code  int // lines that hold code
	File  *ast.File
}

func (s source) isTest() bool { return strings.HasSuffix(s.Name, "_test.go") }

// folder is the package's path from the root, "" for the root itself.
func (s source) folder() string {
	if d := path.Dir(s.Name); d != "." {
		return d
	}
	return ""
}

// imports returns the import paths; those of this module from its root.
func (s source) imports() []string {
	var out []string
	for _, i := range s.File.Imports {
		p, err := strconv.Unquote(i.Path.Value)
		if err == nil {
			out = append(out, strings.TrimPrefix(p, module+"/"))
		}
	}
	return out
}

// parse reads one file.
func parse(name string, text []byte) (source, error) {
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, name, text, parser.ParseComments)
	if err != nil {
		return source{}, err
	}
	return source{Name: name, Lines: bytes.Count(text, []byte("\n")), Code: codeLines(text), File: f}, nil
}

// codeLines counts the lines on which something other than a comment stands:
// nobody shall save on comments.
func codeLines(text []byte) int {
	set := token.NewFileSet()
	file := set.AddFile("", -1, len(text))
	var s scanner.Scanner
	s.Init(file, text, nil, 0)
	lines := map[int]bool{}
	for {
		pos, tok, literal := s.Scan()
		if tok == token.EOF {
			return len(lines)
		}
		if tok == token.SEMICOLON && literal != ";" {
			continue // the scanner's own
		}
		for i := range 1 + strings.Count(literal, "\n") {
			lines[file.Line(pos)+i] = true
		}
	}
}

// readHouse reads all Go files of this module.
func readHouse(t *testing.T) []source {
	t.Helper()
	var out []source
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != "." && skipFolder(name, d.Name()):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(name, ".go"):
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		s, err := parse(filepath.ToSlash(name), text)
		out = append(out, s)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// skipFolder leaves out what is no part of this module.
func skipFolder(name, base string) bool {
	if strings.HasPrefix(base, ".") || base == "testdata" || base == "node_modules" || base == "out" {
		return true
	}
	_, err := os.Stat(filepath.Join(name, "go.mod"))
	return err == nil
}

// layerOf returns a package's layer, 0 when the table does not say.
func layerOf(folder string) int {
	if n, ok := layers[folder]; ok {
		return n
	}
	for f := path.Dir(folder); f != "."; f = path.Dir(f) {
		if n, ok := layers[f+"/"]; ok {
			return n
		}
	}
	return 0
}

// A rule returns what breaks it.
type rule func([]source) []string

var rules = map[string]rule{
	"imports go downwards":                 importsDownwards,
	"office and check are apart":           apart,
	"doors do not reach the records":       doors,
	"layer 1 is pure":                      pure,
	"one publisher":                        onePublisher,
	"files and packages are of human size": sizes,
	"packages say what they are":           packageComments,
}

func TestHouse(t *testing.T) {
	house := readHouse(t)
	for _, name := range slices.Sorted(maps.Keys(rules)) {
		t.Run(name, func(t *testing.T) {
			for _, problem := range rules[name](house) {
				t.Error(problem)
			}
		})
	}
}

func importsDownwards(house []source) []string {
	var out []string
	for _, s := range house {
		mine := layerOf(s.folder())
		if mine == 0 {
			out = append(out, fmt.Sprintf("%s: package %s has no layer: name it in layers_test.go", s.Name, s.folder()))
		}
		for _, i := range s.imports() {
			switch below := layerOf(i); {
			case s.isTest(), below == 0, mine == 0: // foreign, or told above
			case below > mine:
				out = append(out, fmt.Sprintf("%s: layer %d imports %s of layer %d", s.Name, mine, i, below))
			}
		}
	}
	return out
}

func apart(house []source) []string {
	return forbid(house, func(folder, i string) string {
		switch {
		case folder == "internal/office" && i == "internal/check", folder == "internal/check" && i == "internal/office":
			return "office and check never import each other"
		case folder == "internal/check" && layerOf(i) > 2:
			return "check takes records through check.Source alone, so that it can be built for a browser"
		}
		return ""
	})
}

func doors(house []source) []string {
	return forbid(house, func(folder, i string) string {
		records := i == "internal/store" || i == "internal/tlog"
		office := i == "internal/office" && strings.HasPrefix(folder, "internal/")
		switch {
		case layerOf(folder) != 5 || folder == "internal/server":
			return ""
		case records:
			return "only internal/server wires doors to the records"
		case office && folder != "internal/story" && folder != "internal/api/v1" && folder != "internal/web/desk" && !strings.HasPrefix(folder, "internal/web/desk/"):
			return "only internal/server, internal/story, the desk, programs' API and commands act for an office"
		}
		return ""
	})
}

// forbid applies a rule about imports to all files that are not tests.
func forbid(house []source, why func(folder, imported string) string) []string {
	var out []string
	for _, s := range house {
		if s.isTest() {
			continue
		}
		for _, i := range s.imports() {
			if w := why(s.folder(), i); w != "" {
				out = append(out, fmt.Sprintf("%s imports %s: %s", s.Name, i, w))
			}
		}
	}
	return out
}

func pure(house []source) []string {
	impure := []string{"net", "os", "database/sql", "syscall", "plugin", "unsafe", "log"}
	out := forbid(house, func(folder, i string) string {
		root, _, _ := strings.Cut(i, "/")
		if layerOf(folder) == 1 && i != "net/url" && (slices.Contains(impure, root) || slices.Contains(impure, i)) {
			return "layer 1 has no network, no files, no database"
		}
		return ""
	})
	for _, s := range house {
		if layerOf(s.folder()) != 1 || s.isTest() {
			continue
		}
		ast.Inspect(s.File, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok && slices.Contains([]string{"time.Now", "time.Since", "time.Until"}, selector(sel)) {
				out = append(out, fmt.Sprintf("%s: %s: layer 1 has no clock; take the time as an argument", s.Name, selector(sel)))
			}
			return true
		})
	}
	return out
}

func selector(s *ast.SelectorExpr) string {
	if x, ok := s.X.(*ast.Ident); ok {
		return x.Name + "." + s.Sel.Name
	}
	return ""
}

// onePublisher: there is one place that appends to the log. AddAll, and Add with
// a context before the entry, are methods of tlog.Log alone.
func onePublisher(house []source) []string {
	var out []string
	for _, s := range house {
		if s.isTest() || s.Name == "internal/office/publish.go" || s.folder() == "internal/tlog" || s.folder() == "bench" {
			continue
		}
		ast.Inspect(s.File, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if ok && (sel.Sel.Name == "AddAll" || sel.Sel.Name == "Add" && len(call.Args) == 2 && isContext(call.Args[0])) {
				out = append(out, fmt.Sprintf("%s calls %s: only internal/office/publish.go appends to the log", s.Name, sel.Sel.Name))
			}
			return true
		})
	}
	return out
}

func isContext(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return strings.Contains(strings.ToLower(e.Name), "ctx")
	case *ast.CallExpr:
		sel, ok := e.Fun.(*ast.SelectorExpr)
		return ok && (strings.HasPrefix(selector(sel), "context.") || sel.Sel.Name == "Context")
	}
	return false
}

func sizes(house []source) []string {
	var out []string
	packages := map[string]int{}
	for _, s := range house {
		if s.Lines > maxFileLines {
			out = append(out, fmt.Sprintf("%s has %d lines: at most %d", s.Name, s.Lines, maxFileLines))
		}
		if s.isTest() {
			continue
		}
		packages[s.folder()] += s.Code
		if strings.HasPrefix(s.Name, "cmd/") && s.Lines >= maxMainLines && hasMain(s.File) {
			out = append(out, fmt.Sprintf("%s, which holds main, has %d lines: fewer than %d", s.Name, s.Lines, maxMainLines))
		}
	}
	for _, p := range slices.Sorted(maps.Keys(packages)) {
		if most := max(maxPackageLines, outgrown[p]); packages[p] > most {
			out = append(out, fmt.Sprintf("package %s has %d lines of code: at most %d", p, packages[p], most))
		}
	}
	return out
}

func hasMain(f *ast.File) bool {
	return f.Name.Name == "main" && slices.ContainsFunc(f.Decls, func(d ast.Decl) bool {
		fn, ok := d.(*ast.FuncDecl)
		return ok && fn.Recv == nil && fn.Name.Name == "main"
	})
}

func packageComments(house []source) []string {
	said, has := map[string]bool{}, map[string]bool{}
	for _, s := range house {
		if !s.isTest() {
			has[s.folder()] = true
		}
	}
	for _, s := range house {
		// A folder of tests alone has its comment in one of them.
		if doc := s.File.Doc; doc != nil && (!s.isTest() || !has[s.folder()]) {
			name := strings.TrimSuffix(s.File.Name.Name, "_test")
			want := []string{"Package " + name + " ", "Package " + name + "_test ", "Command ", "The "}
			said[s.folder()] = said[s.folder()] || slices.ContainsFunc(want, func(w string) bool { return strings.HasPrefix(doc.Text(), w) })
		}
		has[s.folder()] = has[s.folder()] || s.folder() != ""
	}
	var out []string
	for _, p := range slices.Sorted(maps.Keys(has)) {
		if !said[p] && p != "" {
			out = append(out, fmt.Sprintf("package %s has no comment that says what it is", p))
		}
	}
	return out
}

// TestRulesCanFail breaks each rule on purpose, and only that one.
func TestRulesCanFail(t *testing.T) {
	long := "// Package letter is long.\npackage letter\n" + strings.Repeat("\n", maxFileLines)
	vast := "// Package letter is vast.\npackage letter\n" + strings.Repeat("var _ = 1\n", maxPackageLines/6)
	for _, c := range []struct {
		rule string
		file map[string]string
		want int
	}{
		{"imports go downwards", files("letter/a.go", imports("letter", module+"/register")), 0},
		{"imports go downwards", files("letter/a.go", imports("letter", module+"/internal/kind")), 1},
		{"imports go downwards", files("internal/store/a.go", imports("store", module+"/internal/office")), 1},
		{"imports go downwards", files("internal/store/a_test.go", imports("store", module+"/internal/office")), 0},
		{"imports go downwards", files("internal/web/pages/x/a.go", imports("x", module+"/bench")), 1},
		{"imports go downwards", files("internal/util/a.go", imports("util")), 1},
		{"office and check are apart", files("internal/office/a.go", imports("office", module+"/internal/check")), 1},
		{"office and check are apart", files("internal/check/a.go", imports("check", module+"/internal/office")), 1},
		{"office and check are apart", files("internal/check/a.go", imports("check", module+"/internal/folder")), 1},
		{"doors do not reach the records", files("internal/web/a.go", imports("web", module+"/internal/store")), 1},
		{"doors do not reach the records", files("cmd/chancery/a.go", imports("main", module+"/internal/tlog")), 1},
		{"doors do not reach the records", files("internal/web/pages/x/a.go", imports("x", module+"/internal/office")), 1},
		{"doors do not reach the records", files("internal/server/a.go", imports("server", module+"/internal/store")), 0},
		{"doors do not reach the records", files("internal/story/a.go", imports("story", module+"/internal/office")), 0},
		{"layer 1 is pure", files("proof/a.go", imports("proof", "net/http")), 1},
		{"layer 1 is pure", files("proof/a.go", imports("proof", "os", "database/sql")), 2},
		{"layer 1 is pure", files("proof/a.go", imports("proof", "time")+"var now = time.Now\n"), 1},
		{"layer 1 is pure", files("internal/store/a.go", imports("store", "os", "time")+"var now = time.Now()\n"), 0},
		{"one publisher", files("internal/office/issue.go", imports("office")+"func f() { p.log.AddAll(ctx, raw) }\n"), 1},
		{"one publisher", files("internal/server/a.go", imports("server")+"func f() { log.Add(r.Context(), raw); wg.Add(1) }\n"), 1},
		{"one publisher", files("internal/office/publish.go", imports("office")+"func f() { p.log.AddAll(ctx, raw) }\n"), 0},
		{"files and packages are of human size", files("letter/a.go", long), 1},
		{"files and packages are of human size", files("cmd/x/main.go", imports("main")+"func main() {}\n"+strings.Repeat("//\n", maxMainLines)), 1},
		{"files and packages are of human size", vastFiles(vast), 1},
		{"packages say what they are", files("letter/a.go", "package letter\n"), 1},
		{"packages say what they are", files("letter/a.go", "// Some words.\npackage letter\n"), 1},
		{"packages say what they are", map[string]string{"letter/a.go": "package letter\n", "letter/a_test.go": imports("letter")}, 1},
		{"packages say what they are", map[string]string{"letter/a.go": "package letter\n", "letter/doc.go": imports("letter")}, 0},
	} {
		house := made(t, c.file)
		for _, name := range slices.Sorted(maps.Keys(rules)) {
			got := rules[name](house)
			if name == c.rule && len(got) != c.want {
				t.Errorf("%s, of %v: %d violations %q, want %d", name, slices.Sorted(maps.Keys(c.file)), len(got), got, c.want)
			}
		}
	}
}

func files(name, text string) map[string]string { return map[string]string{name: text} }

func imports(name string, paths ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "// Package %s is made up.\npackage %s\n", name, name)
	for _, p := range paths {
		fmt.Fprintf(&b, "import _ %q\n", p)
	}
	return b.String()
}

func vastFiles(text string) map[string]string {
	out := map[string]string{}
	for i := range 7 {
		out[fmt.Sprintf("letter/f%d.go", i)] = text
	}
	return out
}

func made(t *testing.T, texts map[string]string) []source {
	t.Helper()
	var out []source
	for name, text := range texts {
		s, err := parse(name, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	return out
}

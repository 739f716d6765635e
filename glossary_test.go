package chancery_test

import (
	"go/ast"
	"go/types"
	"os"
	"regexp"
	"strings"
	"testing"
)

var goName = regexp.MustCompile("`([a-z]+)\\.([A-Z][A-Za-z]*)(?:\\.([A-Z][A-Za-z]*))?`")

// TestGlossaryNames: every Go name in the glossary is one.
func TestGlossaryNames(t *testing.T) {
	raw, err := os.ReadFile("GLOSSARY.md")
	if err != nil {
		t.Fatal(err)
	}
	names := declared(readHouse(t))
	found := goName.FindAllStringSubmatch(string(raw), -1)
	if len(found) < 50 {
		t.Errorf("%d Go names in GLOSSARY.md: want 50 or more", len(found))
	}
	for _, m := range found {
		name := strings.Trim(m[0], "`")
		if !names[name] {
			t.Errorf("GLOSSARY.md names %s, which does not exist", name)
		}
	}
}

// declared collects "package.Name" and "package.Type.Method" of all exports.
func declared(house []source) map[string]bool {
	out := map[string]bool{}
	for _, s := range house {
		if s.isTest() {
			continue
		}
		p := s.File.Name.Name + "."
		for _, d := range s.File.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				name := d.Name.Name
				if d.Recv != nil {
					name = strings.TrimPrefix(types.ExprString(d.Recv.List[0].Type), "*") + "." + name
				}
				out[p+name] = true
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					for _, name := range specNames(spec) {
						out[p+name] = true
					}
				}
			}
		}
	}
	return out
}

func specNames(spec ast.Spec) []string {
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		return []string{spec.Name.Name}
	case *ast.ValueSpec:
		var out []string
		for _, n := range spec.Names {
			out = append(out, n.Name)
		}
		return out
	}
	return nil
}

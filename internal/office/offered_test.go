package office_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// doors are the packages by which people and programs reach this one.
var doors = map[string]string{"desk": "../web/desk", "cli": "../../cmd/chancery", "api": "../api/v1"}

// looks are the methods that change nothing anybody asked for.
var looks = strings.Fields(`AnswersOf Before Binding BindingChecks Clearances Close Copies DraftProof Embargoes Enquiries Enquiry Folder Form
	Glossary Journal Keys LastSeen Letter Letters Now OfficeJournal Offices Parity PolicyOf Prove PublicEnquiry Request RequestsOf Revisions Waiting`)

// machinery are the methods that the program calls by itself.
var machinery = strings.Fields(`ForgetEnquirers LogMap Run Sync Saw Note`)

// elsewhere says why an act is not offered at a door.
var elsewhere = map[string]map[string]string{
	"Approve":          {"api": "no program approves: a signature is made by a person with their own key"},
	"Refuse":           {"api": "refusing is an officer's answer, as approving is"},
	"Recall":           {"api": "taking back what officers approved is an approver's, and no token is one; a program that revises voids the approvals"},
	"Circulate":        {"desk": "CirculateAnswering", "cli": "CirculateAnswering", "api": "CirculateAnswering"},
	"Carry":            {"desk": "one officer at a time: Approve, then Perform", "api": "no program approves"},
	"ReviseText":       {"cli": "Revise, for all languages: translators are people of the desk, and the command line acts for officers"},
	"Enquire":          {"desk": "readers ask, on the public pages", "cli": "readers ask, on the public pages", "api": "readers ask, on the public pages"},
	"Enrol":            {"desk": "the operator's, who has the machine", "api": "the operator's, who has the machine"},
	"Erase":            {"desk": "the operator's, by legal order", "api": "the operator's, by legal order"},
	"EraseForm":        {"desk": "the operator's, by legal order", "api": "the operator's, by legal order"},
	"IssuedForm":       {"desk": "a link to the public file", "cli": "a public file, beside the register's others"},
	"PaperOf":          {"desk": "the operator's, who has the machine", "api": "the operator's, who has the machine"},
	"SealsOf":          {"desk": "the operator's, who has the machine with the keys and programs", "api": "the operator's, who has the machine with the keys and programs"},
	"NoteSeals":        {"desk": "goes with SealsOf", "api": "goes with SealsOf"},
	"SetPaper":         {"desk": "the operator's, who has the machine", "api": "the operator's, who has the machine"},
	"AddRoleKey":       {"desk": "the operator's", "api": "the operator's"},
	"RevokeRoleKey":    {"desk": "the operator's", "api": "the operator's"},
	"RotateKey":        {"api": "keys are for people alone"},
	"ProposePolicy":    {"api": "keys are for people alone"},
	"ProposeRevokeKey": {"api": "keys are for people alone"},
	"CheckBinding":     {"api": "administrators ask domains, and no token administers"},
}

// TestEveryActIsOffered: what an office can do can be done at the desk, on the command
// line and by a program, or it is said here why not.
func TestEveryActIsOffered(t *testing.T) {
	used := map[string]map[string]bool{}
	for door, folder := range doors {
		used[door] = selected(t, folder)
		if len(used[door]) < 100 {
			t.Fatalf("%s: only %d names in %s", door, len(used[door]), folder)
		}
	}
	acts := methods(t)
	for _, act := range slices.Sorted(maps.Keys(acts)) {
		if slices.Contains(looks, act) || slices.Contains(machinery, act) {
			continue
		}
		for door := range doors {
			why, said := elsewhere[act][door]
			switch {
			case !used[door][act] && !said:
				t.Errorf("%s is not offered at the %s, and nothing says why", act, door)
			case used[door][act] && said:
				t.Errorf("%s is offered at the %s, against %q", act, door, why)
			}
		}
	}
	if len(acts) < 70 {
		t.Errorf("only %d methods", len(acts))
	}
	for _, name := range slices.Concat(looks, machinery, slices.Collect(maps.Keys(elsewhere))) {
		if !acts[name] {
			t.Errorf("%s is no method any more", name)
		}
	}
}

// sources are the files of a package, without its tests.
func sources(t *testing.T, folder string) (out []*ast.File) {
	t.Helper()
	files, err := fs.Glob(os.DirFS(folder), "*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), folder+"/"+name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, f)
	}
	return out
}

// selected are the names that a package selects of something.
func selected(t *testing.T, folder string) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	for _, f := range sources(t, folder) {
		ast.Inspect(f, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := s.X.(*ast.Ident); !ok || !slices.Contains([]string{"c", "call", "s", "d", "desk"}, x.Name) {
					out[s.Sel.Name] = true
				}
			}
			return true
		})
	}
	return out
}

// methods are the exported methods of a register.
func methods(t *testing.T) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	for _, f := range sources(t, ".") {
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Recv == nil || !fn.Name.IsExported() {
				continue
			}
			if star, ok := fn.Recv.List[0].Type.(*ast.StarExpr); ok {
				if x, ok := star.X.(*ast.Ident); ok && x.Name == "Register" {
					out[fn.Name.Name] = true
				}
			}
		}
	}
	return out
}

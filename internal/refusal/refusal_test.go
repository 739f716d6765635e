package refusal

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"chancery.example/internal/kind"
	"chancery.example/internal/pdf"
	"chancery.example/letter"
)

// operators are the files whose acts nobody does at the desk.
var operators = []string{
	"../office/init.go", "../office/rebuild.go", "../office/enrol.go", "../office/keyring.go", "../office/erase.go", "../office/lookups.go",
	"../staff/staff.go", "../notify/smtp.go", // what a server is told when it starts
}

// waits reports whether what cannot be done now is said in words of its own: where
// waiting helps, and who can help.
func waits(folder, form string) bool {
	return folder == "../staff" || folder == "../notify" || strings.Contains(form, "in a moment")
}

// forms are the forms of the refusals of a package that people of a desk meet.
// What is not there is one page without words of its own; what fails for a while is
// told in words where waiting helps.
func forms(t *testing.T, folder string) map[string]string {
	t.Helper()
	out := map[string]string{}
	files, err := fs.Glob(os.DirFS(folder), "*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") || slices.Contains(operators, folder+"/"+name) {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), folder+"/"+name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if form, sort, ok := refusing(t, n); ok && (sort != "Unavailable" || waits(folder, form)) && sort != "NotFound" {
				out[form] = folder + "/" + name
			}
			return true
		})
	}
	return out
}

// refusing is the form of kind.SORT.Errorf(form, ...).
func refusing(t *testing.T, n ast.Node) (form, sort string, ok bool) {
	call, isCall := n.(*ast.CallExpr)
	if !isCall {
		return "", "", false
	}
	f, isSelector := call.Fun.(*ast.SelectorExpr)
	if !isSelector || f.Sel.Name != "Errorf" {
		return "", "", false
	}
	k, isSelector := f.X.(*ast.SelectorExpr)
	if !isSelector {
		return "", "", false
	}
	if x, isName := k.X.(*ast.Ident); !isName || x.Name != "kind" {
		return "", "", false
	}
	lit, isLit := call.Args[0].(*ast.BasicLit)
	if !isLit {
		t.Errorf("a refusal's form is not written where it is made, at %v", n.Pos())
		return "", "", false
	}
	form, err := strconv.Unquote(lit.Value)
	return form, k.Sel.Name, err == nil
}

// TestEveryRefusalHasArabicWords: what people of a desk are refused they are told in
// their language; and no row is of a refusal that is no more.
func TestEveryRefusalHasArabicWords(t *testing.T) {
	rows, err := table()
	if err != nil {
		t.Fatal(err)
	}
	all, seen := map[string]string{}, 0
	for _, folder := range []string{"../office", "../web/desk", "../form", "../staff", "../notify"} {
		for form, at := range forms(t, folder) {
			all[form] = at
			seen++
			if _, ok := rows[form]; !ok {
				t.Errorf("%s: %q has no row in refusals.toml", at, form)
			}
		}
	}
	if seen < 220 {
		t.Errorf("only %d refusals were found", seen)
	}
	code := regexp.MustCompile(`^[a-z]+\.[a-z0-9_]+$|^wrapped$`)
	for form, r := range rows {
		if !code.MatchString(r.code) {
			t.Errorf("%q is no code", r.code)
		}
		if _, ok := all[form]; !ok && !r.Elsewhere {
			t.Errorf("%s: nothing is refused in the words %q", r.code, form)
		}
		verbs := len(verb.FindAllString(form, -1))
		for _, m := range hole.FindAllStringSubmatch(r.Arabic, -1) {
			if n, _ := strconv.Atoi(m[1]); n < 1 || n > verbs {
				t.Errorf("%s: %s of %d", r.code, m[0], verbs)
			}
		}
		if bare := hole.ReplaceAllString(r.Arabic, ""); bare != "" && !strings.ContainsFunc(bare, func(c rune) bool { return unicode.Is(unicode.Arabic, c) }) {
			t.Errorf("%s: %q is not Arabic", r.code, r.Arabic)
		}
	}
}

// constants are the values of the constants of a type, as "a-b" is named: "a_b".
func constants(t *testing.T, file, typ string) (out []string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		v, isValue := n.(*ast.ValueSpec)
		if !isValue || len(v.Values) != 1 {
			return true
		}
		name, isName := v.Type.(*ast.Ident)
		lit, isLit := v.Values[0].(*ast.BasicLit)
		if isName && isLit && name.Name == typ {
			s, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Error(err)
			}
			out = append(out, strings.ReplaceAll(s, "-", "_"))
		}
		return true
	})
	return out
}

// TestEveryObstacleHasArabicWords: what can be in the way of a PDF is told in Arabic, by
// its name; and no row is of a name that nothing has.
func TestEveryObstacleHasArabicWords(t *testing.T) {
	rows, err := named()
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for of, names := range map[string][]string{
		"lint": constants(t, "../pdf/lint/lint.go", "Rule"), "stamp": constants(t, "../pdf/stamp/stamp.go", "Problem"),
		"pdf": constants(t, "../pdf/pdf.go", "Problem"), "form": {"direction", "set"},
	} {
		for _, n := range names {
			all = append(all, of+"."+n)
		}
	}
	for _, k := range pdf.Remarks() {
		if k.Doubts() && k != pdf.PictureOnly && k != pdf.Replaced {
			all = append(all, "shown."+string(k))
		}
	}
	for _, name := range all {
		if rows[name] == "" {
			t.Errorf("%s has no row in obstacles.toml", name)
		}
	}
	for name, words := range rows {
		if !slices.Contains(all, name) {
			t.Errorf("nothing is called %s", name)
		}
		if !strings.ContainsFunc(words, func(c rune) bool { return unicode.Is(unicode.Arabic, c) }) || strings.Contains(hole.ReplaceAllString(words, ""), "{") {
			t.Errorf("%s: %q", name, words)
		}
	}
	if len(all) < 60 {
		t.Errorf("only %d names were found", len(all))
	}
}

func TestWords(t *testing.T) {
	_, errRef := letter.ParseRef("a b")
	for _, c := range []struct {
		err        error
		code, says string
	}{
		{kind.Conflict.Errorf("%s: it is not before its approvers, but in %s", "recalling HC-1", "coordination"), "recall.not_submitted", "ليست أمام من يوافقون عليها، بل في مرحلة: التنسيق"},
		{fmt.Errorf("at: %w", kind.Conflict.Errorf("issuing %s: it is issued already", letter.Ref("HC-1"))), "issue.already", "صدرت الرسالة \u2068HC-1\u2069 من قبل"},
		{kind.Invalid.Errorf("the letter that it replaces: %w", errRef), "supersedes.unreadable", "الرسالة التي تحل محلها: الرقم \u2068\"a b\"\u2069: يُطلب من 1 إلى 64 من الحروف A-Z a-z والأرقام 0-9 و . _ / - مبدوءًا بحرف أو رقم، مثل HC-2026-0012"},
		{kind.Invalid.Wrap(errRef), "reference.form", "الرقم \u2068\"a b\"\u2069: يُطلب من 1 إلى 64 من الحروف A-Z a-z والأرقام 0-9 و . _ / - مبدوءًا بحرف أو رقم، مثل HC-2026-0012"},
		{kind.Invalid.Errorf("%s: there are no words; give a text in at least one language", "x"), "statement.empty", "لا كلمات؛ اكتب نصًّا بلغة واحدة على الأقل"},
		{kind.Invalid.Errorf("%q is not a day: write it as 2026-11-30", "\u2069evil\u2068"), "day.unreadable", "ليس \u2068evil\u2069 يومًا: اكتبه هكذا: 2026-11-30"},
		{fmt.Errorf("at: %w", kind.Invalid.Wrap(obstacle{"shown.tiny_text", 3, "\u2069small"})), "shown.tiny_text", "الصفحة \u20683\u2069: فيها كلمات أصغر من أن تُقرأ: \u2068small\u2069. احذفها أو اطبع الوثيقة إلى PDF من جديد"},
		{obstacle{"pdf.locked", 0, ""}, "pdf.locked", "الملف مقفل بكلمة مرور: احفظه بلا كلمة مرور"},
	} {
		r, ok := Of(c.err)
		if !ok || r.Code != c.code || r.Arabic() != c.says {
			t.Errorf("%v:\n%s %q, want %s %q", c.err, r.Code, r.Arabic(), c.code, c.says)
		}
	}
	for _, err := range []error{nil, fmt.Errorf("else"), obstacle{"of.no_table", 1, ""}, kind.Conflict.Errorf("of no table")} {
		if r, ok := Of(err); ok {
			t.Errorf("%v is %s", err, r.Code)
		}
	}
}

type obstacle struct {
	name   string
	page   int
	quoted string
}

func (o obstacle) Error() string { return o.name }

func (o obstacle) Obstacle() (name string, page int, quoted string) { return o.name, o.page, o.quoted }

package main

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
)

// A mutant is one change in one place.
type mutant struct {
	number int
	place  string // file:line:column
	what   string // "< to <="
}

// An edit is put into the text of a file. Those at one place are in order: what
// ends there, the inner before the outer; then what begins there, the outer first.
type edit struct {
	at    int
	cut   int // bytes left out
	text  string
	order int
}

// A mutator collects the mutants of one file.
type mutator struct {
	set     *token.FileSet
	name    string
	next    int             // number of the next mutant
	dropped map[string]bool // places where a change does not compile
	mutants []mutant
	edits   []edit
	depth   int
}

// mutate returns the text of a file with all its mutants in it, and them. A place
// of dropped is left as it is.
func mutate(name string, text []byte, next int, dropped map[string]bool) ([]byte, []mutant, error) {
	m := &mutator{set: token.NewFileSet(), name: name, next: next, dropped: dropped}
	f, err := parser.ParseFile(m.set, name, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, nil, err
	}
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil {
			m.walk(fn.Body)
		}
	}
	return apply(text, m.edits), m.mutants, nil
}

func apply(text []byte, edits []edit) []byte {
	slices.SortStableFunc(edits, func(a, b edit) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.order, b.order)) })
	var out []byte
	at := 0
	for _, e := range edits {
		out = append(append(out, text[at:e.at]...), e.text...)
		at = e.at + e.cut
	}
	return append(out, text[at:]...)
}

func (m *mutator) walk(n ast.Node) {
	if n == nil {
		return
	}
	ast.Inspect(n, func(x ast.Node) bool {
		switch x := x.(type) {
		case *ast.GenDecl:
			return x.Tok != token.CONST
		case *ast.BinaryExpr:
			m.binary(x)
		case *ast.IncDecStmt:
			m.step(x)
		case *ast.AssignStmt:
			m.assign(x)
		case *ast.IfStmt:
			m.condition(x.Cond)
		case *ast.ForStmt:
			m.condition(x.Cond)
		}
		m.depth++ // deeper the later it is met: a child is met after its parent
		return true
	})
}

// helpers are the functions that a mutated package is given, by operator.
var helpers = map[token.Token]string{
	token.LSS: "mutLSS_", token.LEQ: "mutLEQ_", token.GTR: "mutGTR_", token.GEQ: "mutGEQ_",
	token.ADD: "mutADD_", token.SUB: "mutSUB_", token.MUL: "mutMUL_", token.QUO: "mutQUO_", token.REM: "mutREM_",
}

// changes says what becomes of an operator, one mutant each.
var changes = map[token.Token][]string{
	token.EQL: {"!="}, token.NEQ: {"=="}, token.LAND: {"||"}, token.LOR: {"&&"},
	token.LSS: {">=", "<="}, token.LEQ: {">", "<"}, token.GTR: {"<=", ">="}, token.GEQ: {"<", ">"},
	token.ADD: {"-"}, token.SUB: {"+"}, token.MUL: {"/"}, token.QUO: {"*"}, token.REM: {"*"},
}

// binary makes the mutants of an operator.
func (m *mutator) binary(x *ast.BinaryExpr) {
	to := changes[x.Op]
	if to == nil || literal(x.X) && literal(x.Y) {
		return
	}
	if x.Op == token.LAND || x.Op == token.LOR {
		m.condition(x.X)
		m.condition(x.Y)
	}
	n, ok := m.add(x.OpPos, x.Op.String(), to...)
	if !ok {
		return
	}
	switch x.Op {
	case token.EQL, token.NEQ:
		m.around(x.Pos(), x.End(), "((", fmt.Sprintf(") != mut_(%d))", n))
	case token.LAND, token.LOR: // not (not a and not b) is a or b
		not := fmt.Sprintf(") != mut_(%d)) ", n)
		m.around(x.Pos(), x.End(), "(", fmt.Sprintf(" != mut_(%d))", n))
		m.depth++
		m.around(x.X.Pos(), x.Y.End(), "(", ")")
		m.depth++
		m.around(x.X.Pos(), x.X.End(), "((", not)
		m.around(x.Y.Pos(), x.Y.End(), "((", not)
	default:
		m.around(x.Pos(), x.End(), fmt.Sprintf("%s(%d, ", helpers[x.Op], n), ")")
		at := m.offset(x.OpPos)
		m.edits = append(m.edits, edit{at, len(x.Op.String()), ",", 0})
	}
}

// condition makes the mutant that turns a condition without an operator round.
func (m *mutator) condition(x ast.Expr) {
	if p, ok := x.(*ast.ParenExpr); ok {
		m.condition(p.X)
		return
	}
	if _, ok := x.(*ast.BinaryExpr); x == nil || ok {
		return
	}
	if n, ok := m.add(x.Pos(), "a condition", "its contrary"); ok {
		m.around(x.Pos(), x.End(), "((", fmt.Sprintf(") != mut_(%d))", n))
	}
}

// step makes the mutant of ++ and --.
func (m *mutator) step(x *ast.IncDecStmt) {
	to, sign := "--", "+="
	if x.Tok == token.DEC {
		to, sign = "++", "-="
	}
	if n, ok := m.add(x.TokPos, x.Tok.String(), to); ok {
		of := m.source(x.X)
		m.edits = append(m.edits, edit{m.offset(x.TokPos), 2, fmt.Sprintf(" %s mutSTEP_(%d, %s)", sign, n, of), 0})
	}
}

// assign makes the mutant of += and -=.
func (m *mutator) assign(x *ast.AssignStmt) {
	to := map[token.Token]string{token.ADD_ASSIGN: "-=", token.SUB_ASSIGN: "+="}[x.Tok]
	if to == "" {
		return
	}
	if n, ok := m.add(x.TokPos, x.Tok.String(), to); ok {
		m.around(x.Rhs[0].Pos(), x.Rhs[0].End(), fmt.Sprintf("mutNEG_(%d, %s, ", n, m.source(x.Lhs[0])), ")")
	}
}

// add takes down the mutants of one place; false when it was dropped.
func (m *mutator) add(pos token.Pos, from string, to ...string) (int, bool) {
	at := m.set.Position(pos)
	place := fmt.Sprintf("%s:%d:%d", m.name, at.Line, at.Column)
	if m.dropped[place] {
		return 0, false
	}
	n := m.next
	for _, t := range to {
		m.mutants = append(m.mutants, mutant{m.next, place, from + " to " + t})
		m.next++
	}
	return n, true
}

func (m *mutator) around(from, to token.Pos, before, after string) {
	m.depth++
	m.edits = append(m.edits, edit{m.offset(from), 0, before, m.depth}, edit{m.offset(to), 0, after, -m.depth})
}

func (m *mutator) offset(p token.Pos) int { return m.set.Position(p).Offset }

// source writes an operand again; only what can stand on the left.
func (m *mutator) source(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.Ident:
		return x.Name
	case *ast.SelectorExpr:
		return m.source(x.X) + "." + x.Sel.Name
	case *ast.IndexExpr:
		return m.source(x.X) + "[" + m.source(x.Index) + "]"
	case *ast.StarExpr:
		return "*" + m.source(x.X)
	case *ast.ParenExpr:
		return "(" + m.source(x.X) + ")"
	case *ast.BasicLit:
		return x.Value
	case *ast.CallExpr:
		var args []string
		for _, a := range x.Args {
			args = append(args, m.source(a))
		}
		return m.source(x.Fun) + "(" + strings.Join(args, ", ") + ")"
	}
	return "undefined_" // does not compile: the place is dropped
}

func literal(x ast.Expr) bool {
	_, ok := x.(*ast.BasicLit)
	return ok
}

// support is the file that a mutated package is given. Which mutants a run
// reaches is marked in a file that is mapped into memory, so that it is there
// however the run ends.
const support = `package %s

import (
	"cmp"
	"os"
	"strconv"
	"syscall"
)

var mutActive_, mutHits_ = mutStart_()

func mutStart_() (int, []byte) {
	n, err := strconv.Atoi(os.Getenv("CHANCERY_MUTANT"))
	if err != nil {
		n = -1
	}
	f, err := os.OpenFile(os.Getenv("CHANCERY_MUTANT_HITS"), os.O_RDWR, 0)
	if err != nil {
		return n, nil
	}
	hits, err := syscall.Mmap(int(f.Fd()), 0, %d, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	if err != nil {
		panic(err)
	}
	return n, hits
}

func mut_(n int) bool {
	if mutHits_ != nil {
		mutHits_[n] = 1
	}
	return n == mutActive_
}

func mutLSS_[T cmp.Ordered](n int, a, b T) bool {
	return ((a < b) != mut_(n)) != (mut_(n+1) && a == b)
}
func mutLEQ_[T cmp.Ordered](n int, a, b T) bool {
	return ((a <= b) != mut_(n)) != (mut_(n+1) && a == b)
}
func mutGTR_[T cmp.Ordered](n int, a, b T) bool {
	return ((a > b) != mut_(n)) != (mut_(n+1) && a == b)
}
func mutGEQ_[T cmp.Ordered](n int, a, b T) bool {
	return ((a >= b) != mut_(n)) != (mut_(n+1) && a == b)
}

type mutInteger_ interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr
}
type mutNumber_ interface{ mutInteger_ | ~float32 | ~float64 }

func mutADD_[T mutNumber_](n int, a, b T) T {
	if mut_(n) {
		return a - b
	}
	return a + b
}
func mutSUB_[T mutNumber_](n int, a, b T) T {
	if mut_(n) {
		return a + b
	}
	return a - b
}
func mutMUL_[T mutNumber_](n int, a, b T) T {
	if mut_(n) {
		return a / b
	}
	return a * b
}
func mutQUO_[T mutNumber_](n int, a, b T) T {
	if mut_(n) {
		return a * b
	}
	return a / b
}
func mutREM_[T mutInteger_](n int, a, b T) T {
	if mut_(n) {
		return a * b
	}
	return a %% b
}
func mutSTEP_[T mutInteger_](n int, _ T) T {
	if mut_(n) {
		return ^T(0)
	}
	return 1
}
func mutNEG_[T mutNumber_](n int, _, b T) T {
	if mut_(n) {
		return -b
	}
	return b
}
`

// Command testsummary reads what go test -json prints.
//
//	go test -json ./... | testsummary -save FILE   prints packages as they end, and why tests fail
//	testsummary -total FILE...                     prints what was skipped and why, and the totals
//
// It ends with 1 when a test failed, or when no test ran at all.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
)

// An event is one line of go test -json.
type event struct {
	Action     string
	Package    string
	Test       string
	Elapsed    float64
	Output     string
	ImportPath string // of a build
}

// A name is a test of a package; without Test the package itself.
type name struct{ Package, Test string }

// A tally is what came of the tests.
type tally struct {
	output  map[name][]string
	skipped map[name]string // why
	failed  []name
	passed  int
	broken  []string // packages that failed without a test: they do not build, say
}

func newTally() *tally {
	return &tally{output: map[name][]string{}, skipped: map[name]string{}}
}

func main() {
	save := flag.String("save", "", "file to keep the events in")
	total := flag.Bool("total", false, "print the totals of saved files")
	flag.Parse()
	run := live
	if *total {
		run = totals
	}
	ok, err := run(os.Stdout, *save, flag.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, "testsummary:", err)
	}
	if err != nil || !ok {
		os.Exit(1)
	}
}

// live passes on what a person wants to see while the tests run.
func live(w io.Writer, save string, _ []string) (ok bool, err error) {
	keep := io.Discard
	if save != "" {
		f, err := os.Create(save)
		if err != nil {
			return false, err
		}
		defer func() {
			if e := f.Close(); err == nil {
				err = e
			}
		}()
		keep = f
	}
	t := newTally()
	err = t.read(io.TeeReader(os.Stdin, keep), w)
	return len(t.failed) == 0 && len(t.broken) == 0, err
}

// totals adds up saved files.
func totals(w io.Writer, _ string, files []string) (bool, error) {
	t := newTally()
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			return false, err
		}
		err = t.read(f, io.Discard)
		if e := f.Close(); err == nil {
			err = e
		}
		if err != nil {
			return false, fmt.Errorf("%s: %w", file, err)
		}
	}
	t.print(w)
	return len(t.failed) == 0 && len(t.broken) == 0 && t.passed > 0, nil
}

// read takes events; a line that is none is passed on as it is.
func (t *tally) read(r io.Reader, w io.Writer) error {
	s := bufio.NewScanner(r)
	s.Buffer(nil, 16<<20)
	for s.Scan() {
		var e event
		if err := json.Unmarshal(s.Bytes(), &e); err != nil {
			if _, err := fmt.Fprintln(w, s.Text()); err != nil {
				return err
			}
			continue
		}
		if err := t.take(e, w); err != nil {
			return err
		}
	}
	return s.Err()
}

// take counts one event and prints packages that end and tests that fail.
func (t *tally) take(e event, w io.Writer) (err error) {
	n := name{e.Package, e.Test}
	switch e.Action {
	case "output":
		t.output[n] = append(t.output[n], e.Output)
		return nil
	case "build-output":
		_, err = io.WriteString(w, e.Output)
		return err
	case "pass", "fail", "skip":
	default:
		return nil
	}
	switch {
	case e.Test == "" && e.Action == "fail":
		if !slices.ContainsFunc(t.failed, func(f name) bool { return f.Package == e.Package }) {
			t.broken = append(t.broken, e.Package)
			_, err = io.WriteString(w, strings.Join(t.output[n], ""))
		}
		_, e2 := fmt.Fprintf(w, "FAIL\t%s\t%.1fs\n", e.Package, e.Elapsed)
		err = cmpErr(err, e2)
	case e.Test == "" && e.Action == "pass":
		_, err = fmt.Fprintf(w, "ok\t%s\t%.1fs\n", e.Package, e.Elapsed)
	case e.Test == "": // no test files
	case e.Action == "pass":
		t.passed++
	case e.Action == "skip":
		t.skipped[n] = reason(t.output[n])
	default:
		t.failed = append(t.failed, n)
		_, err = io.WriteString(w, strings.Join(t.output[n], ""))
	}
	delete(t.output, n)
	return err
}

func cmpErr(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// reason is what a test said when it skipped.
func reason(output []string) string {
	for _, line := range slices.Backward(output) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "---") && !strings.HasPrefix(line, "===") {
			return line
		}
	}
	return "no reason given"
}

// print writes what a person must not overlook, the count last.
func (t *tally) print(w io.Writer) {
	for _, n := range slices.SortedFunc(maps.Keys(t.skipped), func(a, b name) int {
		return strings.Compare(a.Package+" "+a.Test, b.Package+" "+b.Test)
	}) {
		show(w, "SKIPPED  %s %s: %s\n", n.Package, n.Test, t.skipped[n])
	}
	for _, n := range t.failed {
		show(w, "FAILED   %s %s\n", n.Package, n.Test)
	}
	for _, p := range t.broken {
		show(w, "FAILED   %s, before or beside its tests\n", p)
	}
	show(w, "\ntests: %d passed, %d failed, %d skipped\n", t.passed, len(t.failed)+len(t.broken), len(t.skipped))
}

func show(w io.Writer, format string, args ...any) {
	_, _ = fmt.Fprintf(w, format, args...) // nobody is left to tell
}

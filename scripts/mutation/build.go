package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

const hitsSize = 1 << 16 // more than any package has mutants

// prepare writes the mutated files of a package into dir and returns its mutants
// with the overlay that puts the files in place of the package's own. Changes that
// do not compile - a sum of texts, a bound that must be constant - are left out.
func prepare(ctx context.Context, pkg, dir string) ([]mutant, string, error) {
	names, err := filepath.Glob(filepath.Join(pkg, "*.go"))
	if err != nil {
		return nil, "", err
	}
	names = slices.DeleteFunc(names, func(n string) bool { return strings.HasSuffix(n, "_test.go") })
	if len(names) == 0 {
		return nil, "", fmt.Errorf("no Go files in the folder %s", pkg)
	}
	dropped := map[string]bool{}
	for range 20 {
		all, overlay, err := write(pkg, names, dir, dropped)
		if err != nil {
			return nil, "", err
		}
		out, err := exec.CommandContext(ctx, "go", "build", "-gcflags=-e", "-overlay", overlay, "./"+pkg).CombinedOutput() //nolint:gosec // our own packages
		if err == nil {
			return all, overlay, nil
		}
		more := places(out, all)
		if len(more) == 0 {
			return nil, "", fmt.Errorf("the mutated package does not compile: %s", out)
		}
		for _, p := range more {
			dropped[p] = true
		}
	}
	return nil, "", errors.New("the mutated package does not compile after 20 rounds of leaving out what does not")
}

// write mutates the files of a package.
func write(pkg string, names []string, dir string, dropped map[string]bool) (all []mutant, overlay string, err error) {
	replace := map[string]string{}
	name := filepath.Base(pkg)
	for _, file := range names {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, "", err
		}
		mutated, found, err := mutate(file, text, len(all), dropped)
		if err != nil {
			return nil, "", err
		}
		all = append(all, found...)
		to := filepath.Join(dir, filepath.Base(file))
		if err := os.WriteFile(to, mutated, 0o600); err != nil {
			return nil, "", err
		}
		if replace[file], err = filepath.Abs(to); err != nil {
			return nil, "", err
		}
	}
	helper := filepath.Join(dir, "mutation_support.go")
	if err := os.WriteFile(helper, fmt.Appendf(nil, support, name, hitsSize), 0o600); err != nil {
		return nil, "", err
	}
	replace[filepath.Join(pkg, "mutation_support.go")] = helper
	abs := map[string]string{}
	for from, to := range replace {
		if from, err = filepath.Abs(from); err != nil {
			return nil, "", err
		}
		abs[from] = to
	}
	raw, err := json.Marshal(map[string]any{"Replace": abs})
	if err != nil {
		return nil, "", err
	}
	overlay = filepath.Join(dir, "overlay.json")
	return all, overlay, os.WriteFile(overlay, raw, 0o600)
}

var complaint = regexp.MustCompile(`(?m)^(?:\./)?(\S+\.go):(\d+)(?::\d+)?: `)

// places are the mutants on the lines that a compiler complains of. On a line with
// several, all go: the columns are those of the changed text.
func places(out []byte, all []mutant) []string {
	lines := map[string]bool{}
	for _, m := range complaint.FindAllSubmatch(out, -1) {
		lines[filepath.Base(string(m[1]))+":"+string(m[2])+":"] = true
	}
	var found []string
	for _, m := range all {
		place := filepath.Base(m.place)
		if lines[place[:strings.LastIndex(place, ":")+1]] {
			found = append(found, m.place)
		}
	}
	return found
}

// A program is the test program of a package, with the mutants of another or of
// the same package in it.
type program struct {
	pkg, file string
	rapid     bool
	tests     []test
}

type test struct {
	name string
	took time.Duration
	hits []byte
}

// newProgram builds a test program and learns which test reaches which mutant.
func newProgram(ctx context.Context, pkg, overlay, dir string, mutants, workers int) (*program, error) {
	p := &program{pkg: pkg, file: filepath.Join(dir, strings.ReplaceAll(pkg, "/", "-")+".test")}
	out, err := exec.CommandContext(ctx, "go", "test", "-c", "-vet=off", "-overlay", overlay, "-o", p.file, "./"+pkg).CombinedOutput() //nolint:gosec // our own packages
	if err != nil {
		return nil, fmt.Errorf("building the tests of %s: %w\n%s", pkg, err, out)
	}
	help, _ := p.command(ctx, "-h").CombinedOutput()
	p.rapid = bytes.Contains(help, []byte("-rapid.nofailfile"))
	list, err := p.command(ctx, "-test.list", "^(Test|Fuzz|Example)").Output()
	if err != nil {
		return nil, fmt.Errorf("listing the tests of %s: %w", pkg, err)
	}
	for s := bufio.NewScanner(bytes.NewReader(list)); s.Scan(); {
		t := test{name: s.Text()}
		hits := filepath.Join(dir, "hits")
		if err := os.WriteFile(hits, make([]byte, hitsSize), 0o600); err != nil {
			return nil, err
		}
		began := time.Now()
		if out, err := p.run(ctx, 5*time.Minute, []string{"CHANCERY_MUTANT_HITS=" + hits}, t.name); err != nil {
			return nil, fmt.Errorf("%s fails without any mutant: %w\n%s", t.name, err, out)
		}
		t.took = time.Since(began)
		raw, err := os.ReadFile(hits)
		if err != nil {
			return nil, err
		}
		t.hits = raw[:mutants]
		p.tests = append(p.tests, t)
	}
	slices.SortFunc(p.tests, func(a, b test) int { return int(a.took - b.took) })
	return p, nil
}

// patience is how long a run may take beyond ten times what it took without a
// mutant: some mutants never end.
var patience = 10 * time.Second

// notices reports whether a test fails with the mutant: the quick ones are asked
// first, each group in one run.
func (p *program) notices(ctx context.Context, number int) bool {
	var names []string
	var took time.Duration
	flush := func() bool {
		if len(names) == 0 {
			return false
		}
		_, err := p.run(ctx, 10*took+patience, []string{fmt.Sprintf("CHANCERY_MUTANT=%d", number)}, names...)
		names, took = nil, 0
		return err != nil && ctx.Err() == nil
	}
	for _, t := range p.tests {
		if t.hits[number] == 0 {
			continue
		}
		names, took = append(names, t.name), took+t.took
		if took > 300*time.Millisecond && flush() {
			return true
		}
	}
	return flush()
}

func (p *program) run(ctx context.Context, limit time.Duration, env []string, tests ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	args := []string{"-test.failfast", "-test.count=1", "-test.run", "^(" + strings.Join(tests, "|") + ")$"}
	if p.rapid {
		args = append(args, "-rapid.nofailfile", "-rapid.shrinktime=0s")
	}
	c := p.command(ctx, args...)
	c.Env = append(os.Environ(), env...)
	return c.CombinedOutput()
}

func (p *program) command(ctx context.Context, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, p.file, args...) //nolint:gosec // built above
	c.Dir = p.pkg
	c.WaitDelay = time.Second
	return c
}

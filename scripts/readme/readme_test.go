// Package readme_test runs what the README tells a reader to type.
//
// Every line of a block marked sh is run, in order, in one folder beside a copy
// of nothing but the files the lines name. A line may end in a comment:
// "# exit 60: why" is the exit code to expect instead of 0, "# (not tested)"
// leaves the line out. "chancery demo" without --no-serve would serve for ever;
// --no-serve is added to it.
package readme_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A line is one command of a block.
type line struct {
	number  int
	command string
	exit    int
}

var exitCode = regexp.MustCompile(`#.*\bexit (\d+)`)

// lines returns what is to be run, and how many lines are left out.
func lines(readme string) (run []line, leftOut int) {
	inside := false
	for i, l := range strings.Split(readme, "\n") {
		switch {
		case strings.HasPrefix(l, "```"):
			inside = !inside && strings.HasPrefix(l, "```sh")
			continue
		case !inside, strings.TrimSpace(l) == "", strings.HasPrefix(l, "#"):
			continue
		case strings.Contains(l, "(not tested)"):
			leftOut++
			continue
		}
		x := line{number: i + 1}
		x.command, _, _ = strings.Cut(l, " # ")
		x.command = strings.TrimSpace(x.command)
		if m := exitCode.FindStringSubmatch(l); m != nil {
			x.exit, _ = strconv.Atoi(m[1])
		}
		if strings.HasSuffix(x.command, "chancery demo") {
			x.command += " --no-serve"
		}
		run = append(run, x)
	}
	return run, leftOut
}

func TestReadme(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("SKIPPED: there is no README.md")
	}
	if err != nil {
		t.Fatal(err)
	}
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("SKIPPED: no bash, so the README's lines cannot be run")
	}
	todo, leftOut := lines(string(text))
	if len(todo) == 0 {
		t.Fatal("the README has no line to run")
	}
	t.Logf("%d lines to run, %d left out", len(todo), leftOut)
	dir, env := folder(t, root)
	for _, l := range todo {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		cmd := exec.CommandContext(ctx, bash, "-c", l.command)
		cmd.Dir, cmd.Env = dir, env
		if strings.HasPrefix(l.command, "go ") {
			cmd.Dir = root
		}
		out, err := cmd.CombinedOutput()
		cancel()
		if code := cmd.ProcessState.ExitCode(); code != l.exit {
			t.Fatalf("README.md:%d: %s\nexit %d (%v), want %d\n%s", l.number, l.command, code, err, l.exit, out)
		}
	}
}

// folder makes a place to type in: the program on the PATH, a home of its own,
// and the house's files under the names that the README uses.
func folder(t *testing.T, root string) (dir string, env []string) {
	t.Helper()
	dir, bin := t.TempDir(), t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(bin, "chancery"), "./cmd/chancery")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building chancery: %v\n%s", err, out)
	}
	for _, name := range []string{"internal", "docs"} {
		if err := os.Symlink(filepath.Join(root, name), filepath.Join(dir, name)); err != nil {
			t.Skipf("SKIPPED: no symbolic links here: %v", err)
		}
	}
	for _, e := range os.Environ() {
		if k, _, _ := strings.Cut(e, "="); k != "PATH" && k != "CHANCERY_REGISTER" {
			env = append(env, e)
		}
	}
	return dir, append(env, "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))
}

func TestLines(t *testing.T) {
	run, leftOut := lines("text\n```sh\nchancery demo\nchancery check x # exit 20: a draft\n\nmake test # (not tested)\n# words\n```\n```\nother\n```\n```sh\na '#b'\n```\n")
	want := []line{{3, "chancery demo --no-serve", 0}, {4, "chancery check x", 20}, {13, "a '#b'", 0}}
	if len(run) != len(want) || leftOut != 1 {
		t.Fatalf("%+v, %d left out", run, leftOut)
	}
	for i := range want {
		if run[i] != want[i] {
			t.Errorf("%+v, want %+v", run[i], want[i])
		}
	}
}

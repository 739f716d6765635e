package foreign

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// workshop is where programs are built and registers made, for all tests.
var workshop string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "foreign-*")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	workshop = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// built is what became of each program, so that each is built once.
var built sync.Map // import path -> func() (string, error)

// program builds a foreign program that go.mod names as a tool and returns its
// path, or skips the test loudly.
func program(t *testing.T, importPath string) string {
	t.Helper()
	name, err := build(".", importPath)
	if err != nil {
		t.Skipf("SKIPPED FOR WANT OF A FOREIGN PROGRAM: %s could not be built: %v", importPath, err)
	}
	return name
}

// chancery builds our own program.
func chancery(t *testing.T) string {
	t.Helper()
	name, err := build("..", "./cmd/chancery")
	if err != nil {
		t.Fatalf("building chancery: %v", err)
	}
	return name
}

// build builds a main package in the module of a folder, once.
func build(dir, what string) (string, error) {
	once, _ := built.LoadOrStore(what, sync.OnceValues(func() (string, error) {
		name := filepath.Join(workshop, "bin", path.Base(what))
		cmd := exec.Command("go", "build", "-buildvcs=false", "-o", name, what)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			return "", fmt.Errorf("%w: %s", err, lastLines(string(out), 3))
		}
		return name, nil
	}))
	return once.(func() (string, error))()
}

// lastLines are the last n lines of an output, on one.
func lastLines(s string, n int) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], " / ")
}

// patience is how long a program may take before it is ended and has failed.
const patience = 2 * time.Minute

// run runs a program to its end and returns all that it printed.
func run(t *testing.T, dir, name string, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CHANCERY_REGISTER=")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	return out.String(), err
}

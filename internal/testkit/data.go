// Package testkit holds what tests of several packages share.
package testkit

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// DataEnv names the environment variable with the folder of real test input.
const DataEnv = "CHANCERY_TESTDATA"

// Data returns the path of a file or folder of the real test input, which does
// not travel with the project. When it is not there the test is skipped, and
// the log says so in a line that the test command counts.
func Data(t testing.TB, path string) string {
	t.Helper()
	dir := os.Getenv(DataEnv)
	if dir == "" {
		dir = filepath.Join(Root(), "..", "shared", "data")
	}
	p := filepath.Join(dir, filepath.FromSlash(path))
	if _, err := os.Stat(p); err != nil {
		t.Skipf("SKIPPED FOR WANT OF TEST DATA: %s is not there; set %s to the folder that holds it", p, DataEnv)
	}
	return p
}

// Read returns the content of a file of the real test input, or skips the test.
func Read(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(Data(t, path))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Root returns the folder of the project.
func Root() string {
	_, file, _, ok := runtime.Caller(0)
	if !ok {
		return "."
	}
	return filepath.Join(filepath.Dir(file), "..", "..")
}

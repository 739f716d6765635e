package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"chancery.example/internal/testkit/children"
)

// TestMain lets this test binary be the program itself, so that the scripts run
// real processes.
func TestMain(m *testing.M) {
	children.Become() // started by a test that is the program itself
	testscript.Main(m, map[string]func(){"chancery": main})
}

func write(t *testing.T, name string, content []byte) {
	t.Helper()
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

package main

import (
	"os"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"chancery.example/internal/photo/ocr"
)

// TestMain lets this test binary be the program itself, so that the scripts run
// real processes.
func TestMain(m *testing.M) {
	if ocr.IsChild(os.Args) { // started by a test that is the program itself
		os.Exit(ocr.Main(os.Args, os.Stdin, os.Stdout, time.Now))
	}
	testscript.Main(m, map[string]func(){"chancery": main})
}

func write(t *testing.T, name string, content []byte) {
	t.Helper()
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

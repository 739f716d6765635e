package stamp_test

import (
	"os"
	"testing"
	"time"

	"chancery.example/internal/pdf/extract"
	"chancery.example/internal/pdf/stamp"
)

// TestMain: the test program is its own children, as the real one is.
func TestMain(m *testing.M) {
	switch {
	case stamp.IsChild(os.Args):
		os.Exit(stamp.Main(os.Args, os.Stdin, os.Stdout))
	case extract.IsChild(os.Args):
		os.Exit(extract.Main(os.Args, os.Stdin, os.Stdout, time.Now))
	}
	os.Exit(m.Run())
}

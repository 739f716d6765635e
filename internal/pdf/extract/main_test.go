package extract

import (
	"os"
	"testing"
	"time"

	"chancery.example/internal/photo/ocr"
)

// TestMain: the test program is its own child, as the real one is.
func TestMain(m *testing.M) {
	switch {
	case IsChild(os.Args):
		os.Exit(Main(os.Args, os.Stdin, os.Stdout, time.Now))
	case ocr.IsChild(os.Args):
		os.Exit(ocr.Main(os.Args, os.Stdin, os.Stdout, time.Now))
	}
	os.Exit(m.Run())
}

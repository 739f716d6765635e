package extract

import (
	"fmt"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"chancery.example/internal/photo/ocr"
)

// TestMain: the test program is its own child, as the real one is.
func TestMain(m *testing.M) {
	switch {
	case work.Locked(os.Args) && os.Getenv(reachingEnv) != "":
		os.Exit(reaching())
	case IsChild(os.Args):
		os.Exit(Main(os.Args, os.Stdin, os.Stdout, time.Now))
	case ocr.IsChild(os.Args):
		os.Exit(ocr.Main(os.Args, os.Stdin, os.Stdout, time.Now))
	case os.Getenv(parentEnv) != "":
		os.Exit(parent())
	}
	os.Exit(m.Run())
}

// reachingEnv has a child try to reach files and networks, once it has read its input:
// what counts system calls is shown to see them.
const reachingEnv = "CHANCERY_PDF_REACHING"

// reaching is the child that does what none may.
func reaching() int {
	_, _ = io.ReadAll(os.Stdin)
	if _, err := os.ReadFile("/etc/hostname"); err == nil {
		fmt.Println("reached a file")
	}
	if _, err := net.DialTimeout("tcp", "127.0.0.1:9", time.Second); err == nil {
		fmt.Println("reached a network")
	}
	return 0
}

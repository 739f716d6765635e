package ocr

import (
	"encoding/json"
	"errors"
	"net"
	"os"
	"os/exec"
	"testing"
	"time"
)

// probeEnv makes the locked child try what it must not be able to do.
const (
	probeEnv    = "CHANCERY_OCR_PROBE" // an address to dial, or:
	probeMemory = "memory"
)

// TestMain: the test program is its own child, as the real one is.
func TestMain(m *testing.M) {
	if IsChild(os.Args) {
		if os.Getenv(probeEnv) != "" && work.Locked(os.Args) {
			_ = json.NewEncoder(os.Stdout).Encode(probe())
			os.Exit(0)
		}
		os.Exit(Main(os.Args, os.Stdin, os.Stdout, time.Now))
	}
	os.Exit(m.Run())
}

// A probed child says what it could do; all of it should be "".
type probed struct {
	ReadOwn, Write, Dial, Start string
}

func probe() (p probed) {
	if os.Getenv(probeEnv) == probeMemory {
		b := make([]byte, limits.Memory+64<<20)
		for i := range b {
			b[i] = 1
		}
		return probed{Write: "memory"}
	}
	could := func(err error, what string) string {
		if err == nil {
			return what
		}
		return ""
	}
	_, err := os.ReadFile("/etc/hostname")
	_, err2 := os.ReadDir("/tmp")
	_, err3 := os.ReadDir("/root")
	p.ReadOwn = could(err, "/etc/hostname ") + could(err2, "/tmp ") + could(err3, "/root")
	p.Write = could(os.WriteFile("/tmp/chancery-probe", []byte("x"), 0o600), "/tmp/chancery-probe") + could(os.Mkdir("/var/tmp/chancery-probe", 0o700), "/var/tmp")
	c, err := net.DialTimeout("tcp", os.Getenv(probeEnv), time.Second)
	if p.Dial = could(err, "tcp "); err == nil {
		_ = c.Close()
	}
	script, err := exec.LookPath("sh")
	if err == nil {
		err = exec.Command(script, "-c", "echo x > /dev/shm/chancery-probe").Run()
	}
	p.Start = could(err, "/dev/shm/chancery-probe")
	return p
}

// missing skips a test when there is no tesseract.
func missing(t testing.TB) {
	t.Helper()
	if _, err := exec.LookPath("tesseract"); errors.Is(err, exec.ErrNotFound) {
		t.Skip("SKIPPED: no tesseract here (Debian: tesseract-ocr tesseract-ocr-script-arab), so no picture can be read")
	}
}

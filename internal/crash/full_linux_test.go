package crash

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// smallDisk gives a file system of its own with so many bytes.
func smallDisk(t *testing.T, size int) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d,mode=700", size)); err != nil {
		t.Skipf("SKIPPED: no small file system can be mounted here (%v), so no disk can be filled up", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func free(t *testing.T, dir string) int64 {
	t.Helper()
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		t.Fatal(err)
	}
	return int64(st.Bavail) * st.Bsize //nolint:gosec // a small disk
}

// TestDiskFull is F7: a disk that fills up, at every level of filling, with no
// room kept free. What is refused says so and promised nothing, what was
// acknowledged is there, and with room again the register goes on.
func TestDiskFull(t *testing.T) {
	disk := smallDisk(t, amount(48<<20, 96<<20))
	b := newBase(t)
	dir := filepath.Join(disk, "register")
	if err := copyTree(dir, b.dir); err != nil {
		t.Fatal(err)
	}
	ballast := filepath.Join(disk, "ballast")
	outcomes, trials := tally{}, amount(12, 400)
	var all []byte
	began := time.Now()
	for i := range trials {
		left := rand.Int64N(640 << 10) // an issue takes some 400 kB on the way
		if err := os.WriteFile(ballast, make([]byte, max(0, free(t, disk)-left)), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := onceCommand(dir, fmt.Sprintf("X-%d", i)).CombinedOutput()
		if err != nil && !strings.Contains(string(out), "error ") {
			t.Errorf("with %d bytes left it ended without a word: %v: %s", left, err, out)
		}
		outcomes[complaint(out)]++
		all = append(all, out...)
		for line := range strings.Lines(string(out)) {
			if strings.HasPrefix(line, "error ") && !saysFull(line) {
				t.Errorf("with %d bytes left it does not say what to do: %s", left, line)
			}
		}
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
		if i%20 == 0 || i == trials-1 {
			b.judge(t, dir, all)
		}
	}
	out, err := onceCommand(dir, "AFTER-1").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "ack issue:AFTER-1") {
		t.Errorf("with room again: %v: %s", err, out)
	}
	t.Logf("F7: a disk that filled up %d times in %v: %s", trials, time.Since(began).Round(time.Second), outcomes)
}

func saysFull(line string) bool {
	for _, words := range []string{"room", "disk is full", "no space left", "disk I/O error", "not there yet", "no signed head covers", "could not be signed and written"} {
		if strings.Contains(line, words) {
			return true
		}
	}
	return false
}

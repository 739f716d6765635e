package extract

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"chancery.example/internal/pdf"
)

// parentEnv has the test program expect a PDF and say what children it has.
const parentEnv = "CHANCERY_PDF_PARENT"

// waiting is the process that waits for a file; 0 when there is none.
func (r *Reader) waiting() int { return r.children.Waits() }

// TestStartedAhead: a child that was started ahead reads one file and no other; the next
// one waits, is ended with the reader, after its rest, and thrown away when it has ended
// by itself. Without Ahead one is there when it was asked for, and only then.
func TestStartedAhead(t *testing.T) {
	data := setAndSealed(t, "Harbour Commission", pilots)
	r := New(Options{Time: 2 * time.Minute, Ahead: true})
	if r.waiting() != 0 {
		t.Error("a child waits before a PDF was read")
	}
	seen := map[int]bool{}
	var first pdf.Reading
	for range 3 {
		got, err := r.Read(t.Context(), data)
		if err != nil {
			t.Fatal(err)
		}
		if first.Looks == nil {
			first = got
		}
		if got.First().Text != first.First().Text || strings.Join(got.Looks, " ") != strings.Join(first.Looks, " ") {
			t.Error("a child that was started ahead reads otherwise")
		}
		pid := r.waiting()
		if pid == 0 || seen[pid] {
			t.Errorf("child %d waits, after %v", pid, seen)
		}
		seen[pid] = true
	}
	ended := r.waiting()
	if err := syscall.Kill(ended, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	gone(t, ended)
	if _, err := r.Read(t.Context(), data); err != nil {
		t.Errorf("with a child that had ended: %v", err)
	}
	last := r.waiting()
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	gone(t, last)
	if _, err := r.Read(t.Context(), data); err != nil || r.waiting() != 0 {
		t.Errorf("after it was closed: %v, child %d waits", err, r.waiting())
	}

	once := New(Options{Time: 2 * time.Minute, Rest: 50 * time.Millisecond})
	once.Expect()
	once.Expect()
	pid := once.waiting()
	if pid != 0 {
		gone(t, pid)
	}
	if _, err := once.Read(t.Context(), data); err != nil || once.waiting() != 0 {
		t.Errorf("after its rest: %v, child %d waits", err, once.waiting())
	}
}

// gone waits until a process is gone.
func gone(t *testing.T, pid int) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil || strings.Contains(string(raw), ") Z ") {
			return
		}
	}
	t.Errorf("process %d is still there", pid)
}

// TestNoOrphans: a child that waits ends with its parent, however that ends.
func TestNoOrphans(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	reader(t, nil).Prepare(t.Context())
	cmd := exec.CommandContext(t.Context(), self) //nolint:gosec // this program
	cmd.Env = append(os.Environ(), parentEnv+"=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	pid, err2 := strconv.Atoi(strings.TrimSpace(line))
	if err := errors.Join(err, err2); err != nil || pid == 0 {
		t.Fatalf("%q: %v", line, err)
	}
	if err := syscall.Kill(pid, 0); err != nil {
		t.Fatalf("nothing waits: %v", err)
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	gone(t, pid)
}

// parent expects a PDF, says which process waits for it, and waits itself.
func parent() int {
	r := New(Options{})
	r.Expect()
	pid := r.waiting()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end) && threads(pid) < 4; time.Sleep(5 * time.Millisecond) {
	}
	fmt.Println(pid)
	time.Sleep(time.Minute)
	return 1
}

func threads(pid int) int {
	found, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", pid))
	return len(found)
}

// TestOrders: what a child is told is one line before its file, and nothing else is an
// order.
func TestOrders(t *testing.T) {
	o := order{within: 4*time.Minute + time.Millisecond, look: lookRoom, draw: []int{1, 3}, side: 900}
	if got, err := parseOrder(o.line()); err != nil || got.line() != o.line() || len(o.line()) > maxOrder {
		t.Errorf("%+v, %v", got, err)
	}
	for _, s := range []string{"", "%PDF-1.7", "x text -", "0 text -", "1 all -", "1 text 9", "1 text - -", "1 text - "} {
		if o, err := parseOrder(s); err == nil {
			t.Errorf("%q is the order %+v", s, o)
		}
	}
}

// BenchmarkRead reads a letter of one page, each in a child of its own: one that is
// started for it, and one that waits.
func BenchmarkRead(b *testing.B) {
	data := setAndSealed(b, "Harbour Commission", pilots)
	for name, ahead := range map[string]bool{"started for it": false, "started ahead": true} {
		b.Run(name, func(b *testing.B) {
			r := New(Options{Time: time.Minute, Ahead: ahead})
			defer func() { _ = r.Close() }()
			if _, err := r.Read(context.Background(), data); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				b.StopTimer()
				if pid := r.waiting(); pid != 0 {
					time.Sleep(400 * time.Millisecond) // until it is ready
					raw, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
					if _, rss, ok := strings.Cut(string(raw), "VmRSS:"); ok {
						kb, _ := strconv.Atoi(strings.Fields(rss)[0])
						b.ReportMetric(float64(kb)/1024, "MiB-waiting")
					}
				}
				b.StartTimer()
				if _, err := r.Read(context.Background(), data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

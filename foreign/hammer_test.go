package foreign

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const tesseraHammer = "github.com/transparency-dev/tessera/internal/hammer"

// serve runs our own server over the register and returns its address.
func (h house) serve(t *testing.T) string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cmd := exec.CommandContext(ctx, chancery(t), "serve", h.Dir, "--addr", "127.0.0.1:0")
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = cmd.Wait()
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if at := strings.Index(lines.Text(), "http://127.0.0.1:"); at >= 0 {
			return strings.Fields(lines.Text()[at:])[0]
		}
	}
	t.Fatal("our server ended without saying where it listens")
	return ""
}

// counting passes requests on and counts them by their first folder.
func counting(t *testing.T, to http.Handler, counts map[string]*atomic.Int64) string {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for prefix, n := range counts {
			if strings.HasPrefix(r.URL.Path, prefix) {
				n.Add(1)
			}
		}
		to.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	return srv.URL + "/"
}

// follow lets Tessera's hammer read a log for a while, without writing. It ends
// with 1 when its time is over, as it was told to.
func follow(t *testing.T, hammer string, h house, address, duration string) string {
	t.Helper()
	key, err := os.ReadFile(h.LogKey)
	if err != nil {
		t.Fatal(err)
	}
	out, _ := run(t, t.TempDir(), hammer, "--log_url="+address, "--log_public_key="+string(key), "--show_ui=false",
		"--max_read_ops=200", "--num_readers_random=2", "--num_readers_full=2", "--num_writers=0", "--max_runtime="+duration, "--logtostderr", "--v=2")
	return out
}

// TestTesseraHammerFollowsOurServer: it reads entries at random and from the
// first to the last and follows the checkpoint, and finds nothing to say. It
// must complain about a server whose entries are gone.
func TestTesseraHammerFollowsOurServer(t *testing.T) {
	hammer, h := program(t, tesseraHammer), newHouse(t)
	out := follow(t, hammer, h, h.serve(t), "3s")
	for _, want := range []string{"LeafReader getting", "Checkpoint size unchanged", "Max runtime reached"} {
		if !strings.Contains(out, want) {
			t.Errorf("the hammer did not say %q:\n%s", want, lastLines(out, 10))
		}
	}
	if bad := complaints(out); bad != "" {
		t.Errorf("the hammer complains of our server: %s", bad)
	}
	gone := http.NewServeMux()
	gone.Handle("/", http.FileServer(http.Dir(h.Dir+"/log")))
	gone.HandleFunc("/tile/entries/", http.NotFound)
	entries := map[string]*atomic.Int64{"/tile/entries/": {}}
	if bad := complaints(follow(t, hammer, h, counting(t, gone, entries), "3s")); bad == "" || entries["/tile/entries/"].Load() == 0 {
		t.Errorf("the hammer finds nothing wrong with a log without entries, after %d tries to read them", entries["/tile/entries/"].Load())
	}
	forged := http.NewServeMux()
	forged.Handle("/", http.FileServer(http.Dir(h.damaged(t, "checkpoint", flipSignature))))
	if out := follow(t, hammer, h, counting(t, forged, nil), "3s"); strings.Contains(out, "LeafReader getting") {
		t.Errorf("the hammer follows a head that the log did not sign:\n%s", lastLines(out, 5))
	}
}

// complaints are the lines in which the program warns.
func complaints(out string) string {
	var bad []string
	for line := range strings.Lines(out) {
		if len(line) > 5 && strings.ContainsRune("WEF", rune(line[0])) && line[1] >= '0' && line[1] <= '9' {
			bad = append(bad, strings.TrimSpace(line))
		}
	}
	return strings.Join(bad, " / ")
}

package browsertest

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// What all tests share is made once, by the first that needs it: the program, with
// the reader for browsers inside, and the register of the story that comes with it.
// Without the reader inside, every process of it would pack its own.

// program builds the program as it is shipped, into the folder out.
var program = sync.OnceValues(func() (string, error) {
	root, err := filepath.Abs("..")
	if err != nil {
		return "", err
	}
	dir := filepath.Join(root, "out", "browsertest")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return "", fmt.Errorf("asking where Go is: %w", err)
	}
	replace := map[string]string{filepath.Join(root, "internal", "kit", "built", "go.js"): filepath.Join(strings.TrimSpace(string(goroot)), "lib", "wasm", "wasm_exec.js")}
	for name, how := range map[string]string{"reader.wasm": "-gcflags=all=-l", "pictures.wasm": "-tags=pictures"} {
		if err := reader(root, dir, name, how, replace); err != nil {
			return "", err
		}
	}
	list, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	overlay, out := filepath.Join(dir, "overlay.json"), filepath.Join(dir, "chancery")
	if err := os.WriteFile(overlay, list, 0o644); err != nil {
		return "", err
	}
	return out, build(root, nil, "-overlay", overlay, "-o", out, "./cmd/chancery")
})

func build(root string, env []string, args ...string) error {
	cmd := exec.Command("go", append([]string{"build", "-buildvcs=false"}, args...)...)
	cmd.Dir, cmd.Env = root, append(os.Environ(), env...)
	if says, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("building %s: %w: %s", args[len(args)-1], err, says)
	}
	return nil
}

// reader builds one of the readers, with the flags of scripts/reader.sh. What that
// script packed from the same source is taken as it is; else it is packed here, in a
// hurry, and stands in the place of what is there.
func reader(root, dir, name, how string, replace map[string]string) error {
	file, there := filepath.Join(dir, name), filepath.Join(root, "internal", "kit", "built", name)
	env := []string{"GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0", "GOFLAGS=-mod=readonly"}
	if err := build(root, env, how, "-trimpath", "-ldflags=-s -w -buildid=", "-o", file, "./cmd/chancery-wasm"); err != nil {
		return err
	}
	fresh, err := os.ReadFile(file)
	if err != nil || bytes.Equal(fresh, unpacked(there+".gz")) {
		return err
	}
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestSpeed)
	if err != nil {
		return err
	}
	if _, err := w.Write(fresh); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	replace[there+".gz"] = file + ".gz"
	if _, err := os.Stat(there + ".br"); err == nil {
		replace[there+".br"] = "" // not of this source
	}
	return os.WriteFile(file+".gz", packed.Bytes(), 0o644)
}

// unpacked returns what a file holds packed; nil when there is none.
func unpacked(file string) []byte {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil
	}
	out, err := io.ReadAll(r)
	if err != nil {
		return nil
	}
	return out
}

// A host is a server that notes all it is asked for.
type host struct {
	*httptest.Server
	mu   sync.Mutex
	seen []string
}

// took returns what was asked for since the last time: method, address and size of
// what came along.
func (h *host) took() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := h.seen
	h.seen = nil
	slices.Sort(out)
	return out
}

func hosting(t *testing.T, next http.Handler) *host {
	t.Helper()
	h := &host{}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// Browsers ask for the icon of a page when they please, and not each time; that
		// says nothing.
		if r.Method != http.MethodGet || r.URL.RawQuery != "" || !strings.HasSuffix(r.URL.Path, "/icon.svg") {
			h.note(fmt.Sprintf("%s %s %d %s", r.Method, r.URL.RequestURI(), max(0, r.ContentLength), r.Header.Get("Referer")))
		}
		next.ServeHTTP(w, r)
	}))
	t.Cleanup(h.Close)
	return h
}

func (h *host) note(request string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.seen = append(h.seen, request)
}

// A demo is what the program's demo came to: the address of its pages, and the folder of
// its register.
var demo = sync.OnceValues(func() (struct{ address, dir string }, error) {
	var d struct{ address, dir string }
	bin, err := program()
	if err != nil {
		return d, err
	}
	tmp, err := os.MkdirTemp("", "chancery-browsertest-*")
	if err != nil {
		return d, err
	}
	d.dir = filepath.Join(tmp, "register")
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, bin, "demo", "--keep", d.dir, "--addr", "127.0.0.1:0")
	atEnd(func() {
		cancel()
		_ = cmd.Wait()
		_ = os.RemoveAll(tmp)
	})
	out, err := cmd.StdoutPipe()
	if err != nil {
		return d, err
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		return d, err
	}
	var says []string
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		says = append(says, lines.Text())
		if _, at, ok := strings.Cut(lines.Text(), "The pages are at "); ok {
			d.address, _, _ = strings.Cut(at, "/ - ")
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return d, nil
		}
	}
	return d, fmt.Errorf("the demo ended: %s", strings.Join(says, "\n"))
})

// story is the folder of the register of the story that comes with the program, as one
// has it who is not the office: a server on it knows no sealed drafts. Tests read in it.
var story = sync.OnceValues(func() (string, error) {
	d, err := demo()
	if err != nil {
		return "", err
	}
	dir := d.dir + "-shown"
	if err := os.CopyFS(dir, os.DirFS(d.dir)); err != nil {
		return "", err
	}
	for _, own := range []string{"office.db", "keys"} {
		if err := os.RemoveAll(filepath.Join(dir, own)); err != nil {
			return "", err
		}
	}
	return dir, nil
})

// served runs the program's server on that register, once.
var served = sync.OnceValues(func() (http.Handler, error) {
	dir, err := story()
	if err != nil {
		return nil, err
	}
	bin, err := program()
	if err != nil {
		return nil, err
	}
	return serve(bin, dir)
})

// played serves the register of the story through a host of the test's own that sees
// what a server sees. dir is the register's folder.
func played(t *testing.T) (h *host, dir string) {
	t.Helper()
	to, err := served()
	if err != nil {
		t.Fatal(err)
	}
	if dir, err = story(); err != nil {
		t.Fatal(err)
	}
	return hosting(t, to), dir
}

// serve runs the program's server until all tests have ended, and waits until it has
// the reader for browsers.
func serve(bin, dir string) (http.Handler, error) {
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, bin, "serve", dir, "--addr", "127.0.0.1:0", "--picture-reader", filepath.Join("..", "out", "ocr"))
	cmd.Stderr = os.Stderr
	atEnd(func() {
		cancel()
		_ = cmd.Wait()
	})
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("the server said %q: %w", line, err)
	}
	at, err := url.Parse(strings.TrimSpace(line))
	if err != nil {
		return nil, err
	}
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		res, err := http.Get(at.String())
		if err != nil {
			return nil, err
		}
		page, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err == nil && bytes.Contains(page, []byte("data-device")) {
			return httputil.NewSingleHostReverseProxy(at), nil
		}
	}
	return nil, fmt.Errorf("the server at %s has no reader for browsers", at)
}

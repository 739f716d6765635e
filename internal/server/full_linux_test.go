package server_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/server"
	"chancery.example/internal/testkit"
)

// onSmallDisk moves a house to a disk of its own, of which more is free than must
// stay free.
func onSmallDisk(t *testing.T, h *officetest.House) (disk string) {
	t.Helper()
	disk = t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=167772160,mode=700"); err != nil {
		t.Skipf("SKIPPED: no small file system can be mounted here (%v), so no server meets a full disk", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	copyWhole(t, h.Dir, filepath.Join(disk, "register"))
	h.Dir = filepath.Join(disk, "register")
	return disk
}

// fill leaves no byte free, and returns what makes room again.
func fill(t *testing.T, disk string) (empty func()) {
	t.Helper()
	name := filepath.Join(disk, "ballast")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	for size := 1 << 20; size > 0; size /= 2 {
		for err = nil; err == nil; {
			_, err = f.Write(make([]byte, size))
		}
	}
	_ = f.Close()
	if !strings.Contains(err.Error(), "no space left") {
		t.Fatal(err)
	}
	return func() {
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
}

// served runs a server that also publishes, until the test ends.
func served(t *testing.T, dir string, log io.Writer) (address string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ready, ended := make(chan string, 1), make(chan error, 1)
	go func() {
		ended <- server.Serve(ctx, server.Config{
			Dir: dir, Addr: "127.0.0.1:0", Publish: true, Step: -1,
			Log: slog.New(slog.NewTextHandler(log, nil)), Ready: func(url string) { ready <- url },
		})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the server ended: %v", err)
		}
	})
	select {
	case address = <-ready:
	case err := <-ended:
		ended <- err
		t.Fatal(err)
	}
	return address
}

// asked is one request's status and body.
func asked(t *testing.T, method, address string, form url.Values) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Body.Close() }()
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(raw)
}

// reads holds a server to what readers are owed, disk full or not.
func reads(t *testing.T, when, address, words string) {
	t.Helper()
	for _, path := range []string{"", "checkpoint", "register.toml", "tile/entries/000.p/5", ".well-known/transparency-configuration", "o/"} {
		if code, body := asked(t, http.MethodGet, address+path, nil); code != http.StatusOK || body == "" {
			t.Errorf("%s: GET /%s: %d %.200s", when, path, code, body)
		}
	}
	code, body := asked(t, http.MethodPost, address+"check", url.Values{"text": {words}})
	if code != http.StatusOK || !strings.Contains(body, "HC-1") {
		t.Errorf("%s: a letter on record is answered %d, without its reference: %.300s", when, code, body)
	}
	if code, body := asked(t, http.MethodPost, address+"entries", nil); code != http.StatusForbidden {
		t.Errorf("%s: registering over SCRAPI: %d %.200s", when, code, body)
	}
}

// TestServingFromAFullDisk is F7 at the server: reading goes on with not a byte
// free, also of papers that are sent to be checked; an act beside it is refused
// before anything is promised; and with room again the server publishes it.
func TestServingFromAFullDisk(t *testing.T) {
	h := officetest.NewInEarnest(t, time.Now())
	words := "Harbour Commission\n\nSir,\n\nthe ship leaves at noon on Monday.\n"
	h.IssueLetter(t, "harbour", officetest.Content(t, "HC-1", words), office.Terms{})
	disk := onSmallDisk(t, h)
	var log testkit.Journal
	address := served(t, h.Dir, &log)
	reads(t, "with room", address, words)

	empty := fill(t, disk)
	reads(t, "on a full disk", address, words)
	if err := submit(t, h, "HC-2"); kind.Of(err) != kind.Unavailable || !strings.Contains(err.Error(), "room") {
		t.Errorf("an act on a full disk: %v", err)
	}
	reads(t, "after an act was refused", address, words)
	for line := range strings.Lines(log.String()) {
		if strings.Contains(line, "level=ERROR") && !strings.Contains(line, "space") && !strings.Contains(line, "room") && !strings.Contains(line, "full") {
			t.Errorf("the server's log does not say what is wrong: %s", line)
		}
	}

	empty()
	if err := submit(t, h, "HC-2"); err != nil {
		t.Errorf("with room again: %v\n%s", err, log.String())
	}
	reads(t, "with room again", address, words)
}

// submit is what a command does beside the server: the server has the log and
// puts the seal in.
func submit(t *testing.T, h *officetest.House, ref string) error {
	t.Helper()
	r, err := office.Open(t.Context(), h.Dir, office.Options{})
	if err != nil {
		return fmt.Errorf("opening: %w", err)
	}
	defer func() { _ = r.Close() }()
	if err := r.Start(t.Context(), "harbour", "drafter", officetest.Content(t, "HC-2", "Of "+ref+".\n")); err != nil {
		return err
	}
	_, err = r.Seal(t.Context(), "harbour", "drafter", "HC-2")
	return err
}

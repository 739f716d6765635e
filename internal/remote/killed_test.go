package remote_test

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/remote"
	"chancery.example/internal/testkit/rogue"
)

// TestMirrorOfManyEntries: full bundles and tiles of more than one level, and a
// second run that goes on in the middle of a bundle.
func TestMirrorOfManyEntries(t *testing.T) {
	l := rogue.New(t, "rogue.example/log", 700)
	first, second := filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "b")
	l.Write(t, first)
	l.Entries = append(l.Entries, l.Entries[:120]...)
	l.Write(t, second)
	at, dir := newHost(t, first), filepath.Join(t.TempDir(), "mirror")
	m := mirror(t, at.URL, dir, remote.MirrorOptions{})
	if got := update(t, m); got.Head.Size != 700 || m.State().Size() != 700 {
		t.Errorf("%+v", got)
	}
	same(t, first, dir)
	at.took()
	at.show(second)
	if got := update(t, m); got.Before.Size != 700 || got.Head.Size != 820 {
		t.Errorf("%+v", got)
	}
	for _, name := range at.took() {
		if strings.HasPrefix(name, "tile/entries/000") || strings.HasPrefix(name, "tile/entries/001") {
			t.Errorf("what is there was asked for again: %s", name)
		}
	}
	for name, content := range public(t, second) { // beside partial files of the head before
		if b, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(b) != content {
			t.Errorf("%s: %v", name, err)
		}
	}
	if r, err := readable(dir); err != nil || r.State.Size() != 820 {
		t.Error(err)
	}
}

// TestKilledMirror: a mirror that is killed at any moment leaves only what is
// right, and the next one asks for nothing that is there (folder.md MUST-14).
func TestKilledMirror(t *testing.T) {
	if dir := os.Getenv("CHANCERY_TEST_MIRROR"); dir != "" { // the one that is killed
		update(t, mirror(t, os.Getenv("CHANCERY_TEST_MIRROR_URL"), dir, remote.MirrorOptions{}))
		return
	}
	l := rogue.New(t, "rogue.example/log", 1500)
	full := filepath.Join(t.TempDir(), "full")
	l.Write(t, full)
	at := newHost(t, full)
	kills, dir := 0, filepath.Join(t.TempDir(), "mirror")
	for after := 2; after < 22; after += 3 {
		asked := 0
		kill := make(chan struct{})
		at.mu.Lock()
		at.see = func(string) {
			at.mu.Lock()
			asked++
			now := asked == after
			at.mu.Unlock()
			if now {
				close(kill)
				time.Sleep(50 * time.Millisecond) // so that it does not end before
			}
		}
		at.mu.Unlock()
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilledMirror$")
		cmd.Env = append(os.Environ(), "CHANCERY_TEST_MIRROR="+dir, "CHANCERY_TEST_MIRROR_URL="+at.URL)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		select {
		case <-kill:
			_ = cmd.Process.Kill()
			if err := <-ended; err != nil {
				kills++
			}
		case err := <-ended:
			if err != nil {
				t.Errorf("a mirror that nobody killed: %v", err)
			}
		}
		want := public(t, full)
		for name, content := range parts(t, dir) {
			if want[name] != content {
				t.Errorf("killed at request %d, %s is there and is not right", after, name)
			}
		}
	}
	if kills < 3 {
		t.Errorf("it was killed %d times: want 3 or more", kills)
	}
	at.mu.Lock()
	at.see = func(string) {}
	at.mu.Unlock()
	have := parts(t, dir)
	if len(have) == 0 {
		t.Error("nothing was left of all those runs")
	}
	at.took()
	update(t, mirror(t, at.URL, dir, remote.MirrorOptions{}))
	for _, name := range at.took() {
		if _, ok := have["log/"+name]; ok && name != "checkpoint" {
			t.Errorf("%s was there and was asked for again", name)
		}
	}
	same(t, full, dir)
}

// parts are the public files of a folder that may lack any of them.
func parts(t testing.TB, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), ".") {
			return err
		}
		b, err := os.ReadFile(p)
		rel, _ := filepath.Rel(dir, p)
		out[rel] = string(b)
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return out
}

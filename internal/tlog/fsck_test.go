package tlog_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/fsck"

	"chancery.example/internal/tlog"
)

// TestTesseraAcceptsIt has Tessera's own checker rebuild the log from its
// entries and compare every tile.
func TestTesseraAcceptsIt(t *testing.T) {
	dir := newDir(t)
	l := open(t, dir, tlog.Options{})
	fill(t, l, 3)
	fill(t, l, 600)
	closeLog(t, l)
	// As many workers as tiles: one that finds fault ends, and with fewer Tessera
	// would wait for it for ever.
	check := func() error {
		v := newKey(t, origin, 1).Verifier
		return fsck.New(origin, v, client.FileFetcher{Root: dir}, bundleHasher, fsck.Opts{N: 64}).Check(t.Context())
	}
	if err := check(); err != nil {
		t.Errorf("Tessera's fsck: %v", err)
	}
	tile := filepath.Join(dir, "tile", "0", "001")
	b, err := os.ReadFile(tile)
	if err != nil {
		t.Fatal(err)
	}
	b[40] ^= 1
	if err := os.WriteFile(tile, b, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := check(); err == nil {
		t.Error("Tessera's fsck says nothing about a tile that was changed")
	}
}

func bundleHasher(bundle []byte) ([][]byte, error) {
	var b api.EntryBundle
	if err := b.UnmarshalText(bundle); err != nil {
		return nil, err
	}
	var hs [][]byte
	for _, e := range b.Entries {
		hs = append(hs, rfc6962.DefaultHasher.HashLeaf(e))
	}
	return hs, nil
}

// TestTesseraProgramAcceptsIt runs the program that others would run. It needs
// modules that this project does not, so it runs only where they are at hand.
func TestTesseraProgramAcceptsIt(t *testing.T) {
	bin := filepath.Join(t.TempDir(), "fsck")
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	build := exec.CommandContext(ctx, "go", "install", "github.com/transparency-dev/tessera/cmd/fsck@v1.0.4")
	build.Env = append(os.Environ(), "GOBIN="+filepath.Dir(bin), "GOPROXY=off", "GONOSUMDB=*", "GONOSUMCHECK=1", "GOFLAGS=-mod=mod")
	if out, err := build.CombinedOutput(); err != nil {
		t.Skipf("SKIPPED FOR WANT OF A PROGRAM: tessera's cmd/fsck cannot be built from the module cache; run go install github.com/transparency-dev/tessera/cmd/fsck@v1.0.4 once: %v: %s", err, out)
	}
	dir := newDir(t)
	l := open(t, dir, tlog.Options{})
	fill(t, l, 300)
	closeLog(t, l)
	key := filepath.Join(t.TempDir(), "key.pub")
	if err := os.WriteFile(key, []byte(newKey(t, origin, 1).vkey), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(ctx, bin, "--storage_url=file://"+dir, "--public_key="+key, "--ui=false").CombinedOutput()
	// It exits with 0 when it finds fault, too.
	if err != nil || !strings.Contains(string(out), "Successfully fsck'd") {
		t.Errorf("fsck: %v: %s", err, out)
	}
}

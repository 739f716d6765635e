package foreign

import (
	"path/filepath"
	"strings"
	"testing"
)

const tesseraFsck = "github.com/transparency-dev/tessera/cmd/fsck"

// sound is what Tessera's fsck says of a log that it found sound. It ends with 0
// in any case, so the line is all there is to go by.
const sound = "Successfully fsck'd"

// TestTesseraFsckFindsOurLogSound, and not one with a flipped bit in a file.
func TestTesseraFsckFindsOurLogSound(t *testing.T) {
	fsck, h := program(t, tesseraFsck), newHouse(t)
	check := func(t *testing.T, dir string) string {
		out, err := run(t, t.TempDir(), fsck, "--ui=false", "--logtostderr", "--storage_url=file://"+filepath.ToSlash(dir), "--public_key="+h.LogKey)
		if err != nil {
			out += err.Error()
		}
		return out
	}
	if out := check(t, filepath.Join(h.Dir, "log")); !strings.Contains(out, sound) {
		t.Fatalf("Tessera's fsck does not find our log sound:\n%s", out)
	}
	for _, c := range []struct {
		what   string
		glob   string
		change func([]byte) []byte
	}{
		{"an entry", "tile/entries/000.p/*", flip(-1)},
		{"a hash", "tile/0/000.p/*", flip(5)},
		{"the checkpoint's root", "checkpoint", flip(len(houseOrigin) + 6)},
		{"the log's signature", "checkpoint", flipSignature},
	} {
		t.Run(c.what, func(t *testing.T) {
			out := check(t, h.damaged(t, h.newest(t, c.glob), c.change))
			if strings.Contains(out, sound) || !strings.Contains(out, "fsck failed") {
				t.Errorf("Tessera's fsck does not refuse a flipped bit in %s:\n%s", c.what, out)
			}
		})
	}
}

package backup_test

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"chancery.example/internal/backup"
	"chancery.example/internal/kind"
	"chancery.example/internal/office/officetest"
)

// TestCutOrFlipped: an archive that was cut off is refused, one with a bit changed
// is refused or means the same, and nothing stays behind (backup.md MUST-1,
// MUST-2 and MUST-6).
func TestCutOrFlipped(t *testing.T) {
	h := officetest.New(t)
	issue(t, h, "HC-1")
	raw := take(t, h.Dir)
	want := members(t, raw)
	dir := filepath.Join(t.TempDir(), "restored")
	end := bytes.LastIndex(raw, []byte("office.db\n")) // the last line of the manifest
	for at := 0; at < end; at += max(1, end/60) {
		if _, err := backup.Restore(t.Context(), bytes.NewReader(raw[:at]), dir, backup.Options{Newest: true}); err == nil {
			t.Fatalf("cut at %d of %d bytes, and restored", at, len(raw))
		}
		left(t, dir)
	}
	refused := 0
	for at := 3; at < end; at += max(1, end/60) {
		bent := bytes.Clone(raw)
		bent[at] ^= 1 << (at % 8)
		if _, err := backup.Restore(t.Context(), bytes.NewReader(bent), dir, backup.Options{Newest: true}); err != nil {
			refused++
			left(t, dir)
			continue
		}
		if !maps.Equal(members(t, bent), want) {
			t.Errorf("a bit of byte %d changed, and it was restored", at)
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
	if refused < 50 {
		t.Errorf("only %d of about 60 archives with a changed bit were refused", refused)
	}
}

// TestForgedArchives: an archive that is in order by its manifest, and holds what
// a backup does not (backup.md MUST-3, MUST-4).
func TestForgedArchives(t *testing.T) {
	h := officetest.New(t)
	issue(t, h, "HC-1")
	good := members(t, take(t, h.Dir))
	victim := filepath.Join(t.TempDir(), "victim")
	for name, c := range map[string]struct {
		member  tar.Header
		content string
	}{
		"a key":              {tar.Header{Name: "keys/log.pem"}, "x"},
		"the last head":      {tar.Header{Name: "log.head"}, "x"},
		"the appender state": {tar.Header{Name: "log/.state/treeState"}, "{}"},
		"a way out":          {tar.Header{Name: "../victim"}, "x"},
		"a longer way out":   {tar.Header{Name: "texts/../../victim"}, "x"},
		"from the root":      {tar.Header{Name: victim}, "x"},
		"a link":             {tar.Header{Name: "policy", Typeflag: tar.TypeSymlink, Linkname: victim}, ""},
		"a folder":           {tar.Header{Name: "texts", Typeflag: tar.TypeDir}, ""},
		"a member twice":     {tar.Header{Name: "register.toml"}, good["register.toml"]},
		"a text of no leaf":  {tar.Header{Name: "texts/" + strings.Repeat("zz", 32)}, "x"},
		"another manifest":   {tar.Header{Name: "chancery-backup"}, good["chancery-backup"]},
	} {
		dir := filepath.Join(t.TempDir(), "restored")
		_, err := backup.Restore(t.Context(), bytes.NewReader(forge(t, good, c.member, c.content)), dir, backup.Options{Newest: true})
		if kind.Of(err) != kind.Invalid {
			t.Errorf("%s: %v", name, err)
		}
		left(t, dir)
		left(t, victim)
	}
	// The forger can make a good one too, or the test proves nothing.
	dir := filepath.Join(t.TempDir(), "restored")
	if _, err := backup.Restore(t.Context(), bytes.NewReader(forge(t, good, tar.Header{Name: "policy"}, "quorum none\n")), dir, backup.Options{Newest: true}); err != nil {
		t.Error(err)
	}
}

// forge writes an archive with one member more.
func forge(t *testing.T, good map[string]string, more tar.Header, content string) []byte {
	t.Helper()
	var out, manifest bytes.Buffer
	w := tar.NewWriter(&out)
	put := func(h tar.Header, content string) {
		if h.Typeflag == 0 {
			h.Typeflag, h.Size = tar.TypeReg, int64(len(content))
		}
		h.Mode = 0o644
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, content); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&manifest, "%x  %s\n", sha256.Sum256([]byte(content)), h.Name)
	}
	put(tar.Header{Name: "chancery-backup"}, good["chancery-backup"])
	for _, name := range slices.Sorted(maps.Keys(good)) {
		if name != "chancery-backup" && name != "manifest" {
			put(tar.Header{Name: name}, good[name])
		}
	}
	put(more, content)
	put(tar.Header{Name: "manifest"}, manifest.String())
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestDamagedInside: an archive that is whole, of a register that is not.
func TestDamagedInside(t *testing.T) {
	h := officetest.New(t)
	issue(t, h, "HC-1")
	good := members(t, take(t, h.Dir))
	for name := range good {
		if name == "chancery-backup" || name == "manifest" {
			continue
		}
		bent := maps.Clone(good)
		b := []byte(bent[name])
		b[len(b)/2] ^= 1
		if name == "office.db" { // a bit may fall where there is nothing
			b = b[:len(b)/2]
		}
		bent[name] = string(b)
		dir := filepath.Join(t.TempDir(), "restored")
		if _, err := backup.Restore(t.Context(), bytes.NewReader(forge(t, bent, tar.Header{Name: "policy"}, "")), dir, backup.Options{Newest: true}); err == nil {
			t.Errorf("restored with %s damaged", name)
		}
		left(t, dir)
	}
}

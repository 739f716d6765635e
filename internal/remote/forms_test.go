package remote_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/folder"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/remote"
	"chancery.example/letter"
)

// TestMirrorOfIssuedPDFs: a mirror takes the PDFs that the log names, none that is
// another file, and one that is missing when it is there; of an erased one it takes the
// tombstone (folder.md MUST-18, MUST-20).
func TestMirrorOfIssuedPDFs(t *testing.T) {
	h := officetest.NewOnPaper(t, officetest.LightForms{})
	for i := range 3 {
		letterOf(t, h, i, "the ship leaves.")
	}
	names, err := filepath.Glob(filepath.Join(h.Dir, folder.FormsName, "*.pdf"))
	if err != nil || len(names) != 3 {
		t.Fatal(names, err)
	}
	first, second := names[0], names[1]
	raw := make([][]byte, 2)
	for i := range raw {
		if raw[i], err = os.ReadFile(names[i]); err != nil {
			t.Fatal(err)
		}
	}
	at, dir := newHost(t, h.Dir), filepath.Join(t.TempDir(), "mirror")
	here := func(name string) ([]byte, error) {
		return os.ReadFile(filepath.Join(dir, folder.FormsName, filepath.Base(name)))
	}
	// Another file under its name is refused, and not in place, and so is one that is too
	// large; nothing else is held up.
	m := mirror(t, at.URL, dir, remote.MirrorOptions{})
	if err := os.WriteFile(first, bytes.Replace(raw[0], []byte("ship"), []byte("shop"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := update(t, m); !got.Complete || got.Forms != 2 || got.Altered != 1 || got.NoForms != 0 {
		t.Errorf("one is altered: %+v", got)
	}
	if all := m.Forms(); len(all) != 3 || strings.Count(fmt.Sprint(all), string(remote.FormAltered)) != 1 {
		t.Errorf("%+v", all)
	}
	if _, err := here(first); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it is in place: %v", err)
	}
	large := append(bytes.Clone(raw[0]), make([]byte, folder.MaxForm)...)
	if err := os.WriteFile(first, large, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := update(t, mirror(t, at.URL, dir, remote.MirrorOptions{})); got.Forms != 2 || got.Altered != 1 {
		t.Errorf("one is too large: %+v", got)
	}
	// One that is not kept is counted; a later run takes it when it came back.
	if err := errors.Join(os.WriteFile(first, raw[0], 0o600), os.Remove(second)); err != nil {
		t.Fatal(err)
	}
	dir = filepath.Join(t.TempDir(), "mirror")
	m = mirror(t, at.URL, dir, remote.MirrorOptions{})
	if got := update(t, m); got.Forms != 2 || got.NoForms != 1 || got.Altered != 0 {
		t.Errorf("one is missing: %d there, %d not", got.Forms, got.NoForms)
	}
	if b, err := here(first); err != nil || !bytes.Equal(b, raw[0]) {
		t.Errorf("%d bytes, %v", len(b), err)
	}
	if err := os.WriteFile(second, raw[1], 0o600); err != nil {
		t.Fatal(err)
	}
	now := time.Unix(1_700_000_000, 0)
	next := mirror(t, at.URL, dir, remote.MirrorOptions{Clock: func() time.Time { return now }})
	if err := os.Remove(second); err != nil {
		t.Fatal(err)
	}
	if got := update(t, next); got.Forms != 2 || got.NoForms != 1 {
		t.Errorf("it is missing: %d there, %d not", got.Forms, got.NoForms)
	}
	if err := os.WriteFile(second, raw[1], 0o600); err != nil {
		t.Fatal(err)
	}
	if got := update(t, next); got.NoForms != 1 {
		t.Errorf("asked for at once: %d not there", got.NoForms)
	}
	now = now.Add(2 * time.Hour)
	if got := update(t, next); got.Forms != 3 || got.NoForms != 0 {
		t.Errorf("it is there again: %d there, %d not", got.Forms, got.NoForms)
	}
	// What the mirror's disk spoils is brought anew.
	if err := os.WriteFile(filepath.Join(dir, folder.FormsName, filepath.Base(first)), []byte("%PDF-1.7"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := update(t, mirror(t, at.URL, dir, remote.MirrorOptions{})); got.Forms != 3 {
		t.Errorf("with one spoilt: %d there, %d not", got.Forms, got.NoForms)
	}
	if b, err := here(first); err != nil || !bytes.Equal(b, raw[0]) {
		t.Errorf("a spoilt one stays: %d bytes, %v", len(b), err)
	}
	// Erased at the register: who begins now has the tombstone and no file. A mirror that
	// has the file keeps it, as it keeps words: nobody can check a tombstone.
	digest := letter.Hash(sha256.Sum256(raw[0]))
	if _, err := h.EraseForm(t.Context(), digest, "order 12"); err != nil {
		t.Fatal(err)
	}
	if got := update(t, next); got.Forms != 3 {
		t.Errorf("a mirror gave up a file on a word that nobody can check: %d", got.Forms)
	}
	dir = filepath.Join(t.TempDir(), "later")
	if got := update(t, mirror(t, at.URL, dir, remote.MirrorOptions{})); got.Forms != 2 || got.NoForms != 1 {
		t.Errorf("with one erased: %d there, %d not", got.Forms, got.NoForms)
	}
	if _, err := here(first); !errors.Is(err, fs.ErrNotExist) || !(folder.Folder{Dir: dir}).FormErased(digest) {
		t.Errorf("the erased PDF: %v", err)
	}
}

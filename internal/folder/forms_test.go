package folder_test

import (
	"crypto/sha256"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"chancery.example/internal/folder"
	"chancery.example/letter"
	"chancery.example/register"
)

// TestForms: an issued PDF is kept under its digest and believed only when it has
// it (folder.md MUST-18); erased, it leaves a tombstone and does not come back
// (folder.md MUST-20).
func TestForms(t *testing.T) {
	f := folder.Folder{Dir: t.TempDir()}
	pdf := []byte("%PDF-1.7 the letter")
	digest := letter.Hash(sha256.Sum256(pdf))
	if _, err := f.Form(digest); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("before it is there: %v", err)
	}
	for range 2 {
		if err := f.PutForms([][]byte{pdf}); err != nil {
			t.Fatal(err)
		}
	}
	got, err := f.Form(digest)
	if err != nil || string(got) != string(pdf) {
		t.Fatalf("%q, %v", got, err)
	}
	path := filepath.Join(f.Dir, filepath.FromSlash(folder.FormName(digest)))
	names, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(names) != 1 {
		t.Fatalf("files/ holds %v, %v", names, err)
	}
	// Another file under its name is not it, and is put right.
	if err := os.WriteFile(path, []byte(strings.Replace(string(pdf), "letter", "Letter", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Form(digest); err == nil {
		t.Error("a file of another digest was taken for it")
	}
	if err := f.PutForms([][]byte{pdf}); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Form(digest); err != nil {
		t.Error(err)
	}
	for range 2 {
		if err := f.EraseForm(digest); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.Form(digest); !errors.Is(err, fs.ErrNotExist) || !f.FormErased(digest) {
		t.Errorf("after it was erased: %v, %v", err, f.FormErased(digest))
	}
	if err := f.PutForms([][]byte{pdf}); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Form(digest); !errors.Is(err, fs.ErrNotExist) {
		t.Error("an erased PDF came back")
	}
	if f.FormErased(letter.Hash{1}) {
		t.Error("what never was is said to be erased")
	}
}

// TestPublicForms: what everybody may have is a PDF that is the letter itself, of a
// letter that is shown to everybody.
func TestPublicForms(t *testing.T) {
	file := func(role, media string) []register.File {
		return []register.File{{Role: role, MediaType: media, Digest: letter.Hash{7}}}
	}
	for name, x := range map[string]struct {
		body register.Body
		want int
	}{
		"issue":           {register.Issue{Disclosure: register.DisclosePublic, Files: file("form", folder.FormMedia)}, 1},
		"correction":      {register.Correct{Disclosure: register.DisclosePublic, Files: file("form", folder.FormMedia)}, 1},
		"on presentation": {register.Issue{Disclosure: register.DiscloseOnPresentation, Files: file("form", folder.FormMedia)}, 0},
		"another medium":  {register.Issue{Disclosure: register.DisclosePublic, Files: file("form", "text/html")}, 0},
		"an enclosure":    {register.Issue{Disclosure: register.DisclosePublic, Files: file("enclosure", folder.FormMedia)}, 0},
		"another kind":    {register.Withdraw{}, 0},
	} {
		if got := folder.PublicForms(x.body); len(got) != x.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

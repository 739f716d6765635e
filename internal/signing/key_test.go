package signing_test

import (
	"bytes"
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"chancery.example/approval"
	"chancery.example/internal/signing"
	"chancery.example/letter"
	"chancery.example/proof"
)

func newKey(t *testing.T) signing.Key {
	t.Helper()
	k, err := signing.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestAKeyComesBackFromItsFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys", "log.pem")
	k := newKey(t)
	if err := k.Save(path); err != nil {
		t.Fatal(err)
	}
	st, err := os.Stat(path)
	if err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v: want 0600", st.Mode(), err)
	}
	got, err := signing.LoadKey(path)
	if err != nil || !got.Public().Equal(k.Public()) {
		t.Errorf("another key came back: %v", err)
	}
	if err := newKey(t).Save(path); err == nil || !strings.Contains(err.Error(), "not replaced") {
		t.Errorf("saving over a key: %v", err)
	}
	if got, err := signing.LoadKey(path); err != nil || !got.Public().Equal(k.Public()) {
		t.Errorf("the key was replaced: %v", err)
	}
	names, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(names) != 1 {
		t.Errorf("files left in the folder: %v, %v", names, err)
	}
}

func TestKeysThatAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		content string
		mode    os.FileMode
		want    string
	}{
		"others can read it": {"", 0o644, "set it to 0600"},
		"empty":              {"", 0o600, "not one PRIVATE KEY"},
		"not PEM":            {"sesame", 0o600, "not one PRIVATE KEY"},
		"not PKCS #8":        {"-----BEGIN PRIVATE KEY-----\nc2VzYW1l\n-----END PRIVATE KEY-----\n", 0o600, "not a private key"},
		"too long":           {strings.Repeat("x", 65<<10), 0o600, "not a key file"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "k.pem")
			if err := os.WriteFile(path, []byte(c.content), c.mode); err != nil {
				t.Fatal(err)
			}
			_, err := signing.LoadKey(path)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("got %v, want %q and the path", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), "sesame") {
				t.Errorf("the file's content is in the error: %v", err)
			}
		})
	}
	if _, err := signing.LoadKey(t.TempDir()); err == nil {
		t.Error("a folder was read as a key")
	}
}

// TestANoteKeyIsTheLogs: what it signs, its own verifier key and a policy accept.
func TestANoteKeyIsTheLogs(t *testing.T) {
	const name = "letters.harbour.example/test/2026"
	k := newKey(t)
	s, err := k.NoteSigner(name)
	if err != nil {
		t.Fatal(err)
	}
	h := proof.Head{Origin: name, Size: 3, Root: letter.Hash{7}}
	raw, err := note.Sign(&note.Note{Text: string(h.Text())}, s)
	if err != nil {
		t.Fatal(err)
	}
	p, err := proof.ParsePolicy([]byte("log " + k.VerifierKey(name) + "\nquorum none\n"))
	if err != nil {
		t.Fatal(err)
	}
	if cp, err := proof.OpenCheckpoint(raw, p); err != nil || cp.Head != h {
		t.Errorf("%v, %v", cp.Head, err)
	}
}

func statement() approval.Statement {
	return approval.Statement{Register: "letters.harbour.example/test/2026", Office: "https://harbour.example", Reference: "HC-1", Act: approval.Issue, Policy: 2}
}

func TestAnOfficersKeyApproves(t *testing.T) {
	k, err := signing.NewOfficerKey(rand.Reader, "legal")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "id")
	if err := k.Save(path); err != nil {
		t.Fatal(err)
	}
	if k, err = signing.LoadOfficerKey(path); err != nil {
		t.Fatal(err)
	}
	sig, err := k.Approve(statement())
	if err != nil {
		t.Fatal(err)
	}
	if err := approval.Verify(statement().Bytes(), k.Public(), sig); err != nil {
		t.Error(err)
	}
	other := statement()
	other.Reference = "HC-2"
	if err := approval.Verify(other.Bytes(), k.Public(), sig); err == nil {
		t.Error("the approval of one letter was taken for another")
	}
	other.Reference = "two\nlines"
	if _, err := k.Approve(other); err == nil {
		t.Error("a statement that can be read in two ways was signed")
	}
	public, err := os.ReadFile(path + ".pub")
	if err != nil || string(bytes.TrimSpace(public)) != k.Public().Line() {
		t.Errorf("%s: %v", public, err)
	}
}

func TestNoKeyWithoutRandomness(t *testing.T) {
	if _, err := signing.NewKey(strings.NewReader("too short")); err == nil {
		t.Error("a key was made of nine bytes")
	}
}

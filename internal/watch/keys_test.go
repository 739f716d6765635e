package watch_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"os"
	"strings"
	"testing"

	"chancery.example/internal/folder"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/signing"
	"chancery.example/internal/watch"
	"chancery.example/proof"
	"chancery.example/register"
)

// TestReceiptKeysAreWatched: sound when announced; a file that no entry announces,
// or that others can read, is found, and that all of them are revoked.
func TestReceiptKeysAreWatched(t *testing.T) {
	h := officetest.New(t)
	key, _, err := h.AddRoleKey(t.Context(), register.KeyReceipt)
	if err != nil {
		t.Fatal(err)
	}
	found := func(what string, s watch.Severity, words string) {
		t.Helper()
		r := fsck(t, h.Dir, proof.Policy{})
		if words == "" && len(r.Findings) == 0 {
			return
		}
		if len(r.Findings) != 1 || r.Findings[0].Severity != s || !strings.Contains(r.Findings[0].Text, words) {
			t.Errorf("%s: %v", what, r.Findings)
		}
	}
	found("announced", "", "")
	plain, own := h.Folder().KeyFile("receipt"), h.Folder().KeyFile(folder.NumberedKey("receipt", key.Thumbprint))
	if err := os.Rename(own, plain); err != nil {
		t.Fatal(err)
	}
	found("under its plain name, as it once was", "", "")
	if err := os.Chmod(plain, 0o644); err != nil {
		t.Fatal(err)
	}
	found("a key that others can read", watch.Damage, "others than its owner")
	if err := os.Chmod(plain, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := signing.Generate(own); err != nil {
		t.Fatal(err)
	}
	found("a key that no entry announces", watch.Notice, "announces")
	if err := os.Remove(own); err != nil {
		t.Fatal(err)
	}
	if _, err := h.RevokeRoleKey(t.Context(), key.Thumbprint, nil, register.Words{"en": "Lost."}); err != nil {
		t.Fatal(err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	found("revoked", watch.Notice, "chancery key receipt")
	if err := os.Remove(plain); err != nil {
		t.Fatal(err)
	}
	found("a copy without the key", "", "")
}

// TestOneKeyForTwoUsesIsFound: a random source that repeats itself gives the
// receipt key that an office has.
func TestOneKeyForTwoUsesIsFound(t *testing.T) {
	h := officetest.New(t)
	raw, err := os.ReadFile(h.Folder().KeyFile("office-harbour"))
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(raw)
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	private, _ := parsed.(ed25519.PrivateKey)
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	opts := h.Options()
	opts.Random = bytes.NewReader(private.Seed())
	again, err := office.Open(t.Context(), h.Dir, opts)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := again.AddRoleKey(t.Context(), register.KeyReceipt); err != nil {
		t.Fatal(err)
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
	r := fsck(t, h.Dir, proof.Policy{})
	if len(r.Findings) != 1 || r.Findings[0].Severity != watch.Damage || !strings.Contains(r.Findings[0].Text, "one and the same key") {
		t.Errorf("one key for entries and receipts: %v", r.Findings)
	}
}

package watch_test

import (
	"os"
	"strings"
	"testing"

	"chancery.example/internal/folder"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/signing"
	"chancery.example/internal/watch"
	"chancery.example/proof"
)

// TestReceiptKeyIsWatched: sound when announced; a file that no entry announces,
// or that is none, is found.
func TestReceiptKeyIsWatched(t *testing.T) {
	h := officetest.New(t)
	if _, _, err := h.ReceiptKey(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	path := h.Folder().KeyFile(folder.ReceiptKeyName)
	if r := fsck(t, h.Dir, proof.Policy{}); len(r.Findings) > 0 {
		t.Errorf("announced: %v", r.Findings)
	}
	found := func(what string, s watch.Severity, words string) {
		t.Helper()
		r := fsck(t, h.Dir, proof.Policy{})
		if len(r.Findings) != 1 || r.Findings[0].Severity != s || !strings.Contains(r.Findings[0].Text, words) {
			t.Errorf("%s: %v", what, r.Findings)
		}
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if r := fsck(t, h.Dir, proof.Policy{}); len(r.Findings) > 0 {
		t.Errorf("a copy without the key: %v", r.Findings)
	}
	if _, err := signing.Generate(path); err != nil {
		t.Fatal(err)
	}
	found("a key that no entry announces", watch.Notice, "announces")
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	found("a key that others can read", watch.Damage, "others than its owner")
}

// TestOneKeyForTwoUsesIsFound: the office's key announced for receipts as well.
func TestOneKeyForTwoUsesIsFound(t *testing.T) {
	h := officetest.New(t)
	raw, err := os.ReadFile(h.Folder().KeyFile("office-harbour"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(h.Folder().KeyFile(folder.ReceiptKeyName), raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.ReceiptKey(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	r := fsck(t, h.Dir, proof.Policy{})
	if len(r.Findings) != 1 || r.Findings[0].Severity != watch.Damage || !strings.Contains(r.Findings[0].Text, "one and the same key") {
		t.Errorf("one key for entries and receipts: %v", r.Findings)
	}
}

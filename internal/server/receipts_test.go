package server_test

import (
	"bytes"
	"testing"
	"time"

	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/server"
	"chancery.example/proof"
	"chancery.example/register"
)

// TestReceiptsUnderAWitnessedHead: a proof that rests on an earlier, witnessed head
// has its receipt under that head, and none from a key that came later.
func TestReceiptsUnderAWitnessedHead(t *testing.T) {
	now := time.Now()
	h := officetest.NewInEarnest(t, now)
	text, _ := witnesses(t, h.Folder(), 1, 1)
	policy, err := proof.ParsePolicy([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	receipts := func(what string, want int) {
		t.Helper()
		src, err := server.Read(t.Context(), h.Dir, proof.Policy{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		var raw bytes.Buffer
		if err := src.Proof(t.Context(), "harbour", "HC-1", &raw); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		b, err := proof.Parse(raw.Bytes())
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		v, err := b.Verify(policy, now)
		if err != nil || len(v.Receipts) != want {
			t.Errorf("%s: %d receipts, want %d; %v", what, len(v.Receipts), want, err)
		}
	}
	h.IssueLetter(t, "harbour", officetest.Content(t, "HC-1", firstLetter), office.Terms{})
	collect(t, h.Folder())
	if _, _, err := h.AddRoleKey(t.Context(), register.KeyReceipt); err != nil {
		t.Fatal(err)
	}
	receipts("the key came after the head", 0)
	collect(t, h.Folder())
	h.IssueLetter(t, "harbour", officetest.Content(t, "HC-2", secondLetter), office.Terms{})
	receipts("the head is not the newest", 1)
}

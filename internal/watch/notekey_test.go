package watch

import (
	"bytes"
	"crypto/ed25519"
	"strings"
	"testing"

	"chancery.example/internal/signing"
)

// TestKeyWithPlusSigns: a key whose base64 has plus signs is read like any other,
// so that one key with two uses is seen.
func TestKeyWithPlusSigns(t *testing.T) {
	plus := 0
	for i := range 200 {
		k, err := signing.NewKey(bytes.NewReader(bytes.Repeat([]byte{byte(i)}, ed25519.SeedSize)))
		if err != nil {
			t.Fatal(err)
		}
		vkey := k.VerifierKey("letters.harbour.example/main")
		if strings.Count(vkey, "+") > 2 {
			plus++
		}
		if got := noteKey(vkey); got.IsZero() || got.Thumbprint() != k.Public().Thumbprint() {
			t.Errorf("%s is read as %v", vkey, got)
		}
	}
	if plus == 0 {
		t.Error("no key had plus signs of its own: nothing was tested")
	}
	if got := noteKey("nothing"); !got.IsZero() {
		t.Errorf("no key is read as %v", got)
	}
}

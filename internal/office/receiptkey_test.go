package office_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/signing"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// TestOneKeyOneUse: each private key of a register signs one sort of thing, and
// what it signs verifies under no other key of the folder.
func TestOneKeyOneUse(t *testing.T) {
	h := officetest.New(t)
	if _, _, err := h.AddRoleKey(t.Context(), register.KeyReceipt); err != nil {
		t.Fatal(err)
	}
	h.IssueLetter(t, "harbour", officetest.Content(t, "HC-1", "Sir,\n\nthe lock opens at six.\n"), office.Terms{})
	now, err := h.Folder().Read(t.Context(), proof.Policy{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(h.Folder().KeyDir(), "*.pem"))
	if err != nil {
		t.Fatal(err)
	}
	keys, seen := map[string]signing.Key{}, map[string]string{}
	for _, f := range files {
		name, _, _ := strings.Cut(filepath.Base(f), ".")
		if keys[name], err = signing.LoadKey(f); err != nil {
			t.Fatal(err)
		}
		id := keys[name].Public().Thumbprint().String()
		if other, twice := seen[id]; twice {
			t.Errorf("%s and %s are one key", other, name)
		}
		seen[id] = name
	}
	if len(keys) != 5 {
		t.Fatalf("keys %v: want operator, log, clock, receipt and the office's", seen)
	}
	signs := map[string]map[string]bool{} // key, what
	note := func(name, what string) {
		if signs[name] == nil {
			signs[name] = map[string]bool{}
		}
		signs[name][what] = true
	}
	for i := range now.Checkpoint.Size {
		raw, err := now.Entry(register.Index(i))
		if err != nil {
			t.Fatal(err)
		}
		e, err := register.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		for name, k := range keys {
			if e.Verify(k.Public()) == nil {
				note(name, "entries")
			}
		}
	}
	raw, err := now.Entry(0)
	if err != nil {
		t.Fatal(err)
	}
	path, err := now.Path(0)
	if err != nil {
		t.Fatal(err)
	}
	r, err := proof.SignReceipt(keys["receipt"], now.State.Operator(), now.Checkpoint.Head, 0, raw, path)
	if err != nil {
		t.Fatal(err)
	}
	for name, k := range keys {
		if _, err := r.Verify(raw, k.Public()); err == nil {
			note(name, "receipts")
		}
		for _, what := range headSignatures(t, now.Checkpoint.Raw, k) {
			note(name, what)
		}
	}
	want := map[string]string{"operator": "entries", "office-harbour": "entries", "receipt": "receipts", "log": "heads", "clock": "times"}
	for name, what := range want {
		if len(signs[name]) != 1 || !signs[name][what] {
			t.Errorf("the key %s signs %v: want %s alone", name, signs[name], what)
		}
	}
}

// headSignatures says what of a checkpoint is signed with a key: the head itself,
// or the time that it was seen at.
func headSignatures(t *testing.T, checkpoint []byte, k signing.Key) []string {
	t.Helper()
	pub, _ := k.Public().Ed25519()
	text, rest, _ := bytes.Cut(checkpoint, []byte("\n\n"))
	text = append(text, '\n')
	var out []string
	for line := range strings.Lines(string(rest)) {
		fields := strings.Fields(line)
		sig, err := base64.StdEncoding.DecodeString(fields[len(fields)-1])
		if err != nil {
			t.Fatal(err)
		}
		switch sig = sig[4:]; len(sig) {
		case ed25519.SignatureSize:
			if ed25519.Verify(pub, text, sig) {
				out = append(out, "heads")
			}
		case 8 + ed25519.SignatureSize:
			var at uint64
			for _, b := range sig[:8] {
				at = at<<8 | uint64(b)
			}
			if ed25519.Verify(pub, proof.CosignatureMessage(at, text), sig[8:]) {
				out = append(out, "times")
			}
		}
	}
	return out
}

// TestTheLogKeySignsHeadsAlone: it is asked for in one place, and becomes nothing
// but the signer of the log's checkpoints. No bytes from elsewhere reach it.
func TestTheLogKeySignsHeadsAlone(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	uses := regexp.MustCompile(`(\w+)?[^\n]*\bget\(logKey\)[^\n]*`)
	places := 0
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for range uses.FindAll(text, -1) {
			places++
			if f != "publish.go" || !bytes.Contains(text, []byte("k.NoteSigner(p.r.folder.Config.Origin)")) {
				t.Errorf("%s asks for the log's key: only publish.go may, to sign checkpoints", f)
			}
			if regexp.MustCompile(`\bk\.(Sign|Crypto)\(`).Match(text) && !bytes.Contains(text, []byte("func clockPublic(k signing.Key)")) {
				t.Errorf("%s signs with the log's key itself", f)
			}
		}
	}
	if places != 1 {
		t.Errorf("the log's key is asked for in %d places: want one", places)
	}
}

// TestANewReceiptKey: the newest announced key that is not revoked and is here
// signs; the old ones stay announced, and one kept under its plain name, as
// folders once did, goes on.
func TestANewReceiptKey(t *testing.T) {
	h, ctx := officetest.New(t), t.Context()
	read := func() *folder.Reading {
		t.Helper()
		now, err := h.Folder().Read(ctx, proof.Policy{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return now
	}
	signs := func(what string, want letter.Hash) {
		t.Helper()
		key, k, err := h.Folder().ReceiptKey(read().State)
		if err != nil || k.Thumbprint != want || key.Public().Thumbprint() != want {
			t.Errorf("%s: %s signs, %v; want %s", what, k.Thumbprint, err, want)
		}
	}
	none := func(what string) {
		t.Helper()
		if _, _, err := h.Folder().ReceiptKey(read().State); kind.Of(err) != kind.NotFound || !strings.Contains(err.Error(), "chancery key receipt") {
			t.Errorf("%s: %v", what, err)
		}
	}
	none("before there is one")
	// A key that was made and not announced, as by a crash, signs nothing.
	if _, err := signing.Generate(h.Folder().KeyFile("receipt.0123456789abcdef")); err != nil {
		t.Fatal(err)
	}
	none("one that nothing announces")
	old, _, err := h.AddRoleKey(ctx, register.KeyReceipt)
	if err != nil {
		t.Fatal(err)
	}
	signs("the first", old.Thumbprint)
	plain := h.Folder().KeyFile("receipt")
	if err := os.Rename(h.Folder().KeyFile(folder.NumberedKey("receipt", old.Thumbprint)), plain); err != nil {
		t.Fatal(err)
	}
	signs("under its plain name", old.Thumbprint)
	if all, err := h.Register.Keys(ctx, ""); err != nil || len(all) != 1 || !all[0].Here {
		t.Errorf("under its plain name, listed: %v, %v", all, err)
	}
	fresh, _, err := h.AddRoleKey(ctx, register.KeyReceipt)
	if err != nil {
		t.Fatal(err)
	}
	signs("a new one", fresh.Thumbprint)
	if got := read().State.RoleKeys(register.KeyReceipt); len(got) != 2 {
		t.Errorf("the log announces %v", got)
	}
	because := register.Words{"en": "Lost."}
	if _, err := h.RevokeRoleKey(ctx, fresh.Thumbprint, nil, because); err != nil {
		t.Fatal(err)
	}
	signs("the new one revoked", old.Thumbprint)
	if err := os.Remove(plain); err != nil {
		t.Fatal(err)
	}
	none("a copy without keys")
}

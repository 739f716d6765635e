package proof_test

import (
	"bytes"
	"crypto/ed25519"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"chancery.example/letter"
	"chancery.example/proof"
)

// TestParseHead: a head has one form (MUST-5, MUST-6).
func TestParseHead(t *testing.T) {
	root := "LPjJMjne0CbRGJZpvUN6Fe9/icXuZ/za5ekwjL0A+4E="
	for _, c := range []struct {
		name, text string
		class      proof.Class
	}{
		{"good", "log.example\n32\n" + root + "\n\n— x AAAA\n", ""},
		{"empty tree", "log.example\n0\n" + root + "\n\n", ""},
		{"largest", "log.example\n4611686018427387904\n" + root + "\n\n", ""},
		{"no empty line", "log.example\n32\n" + root + "\n", proof.BadCheckpoint},
		{"extension line", "log.example\n32\n" + root + "\nmore\n\n", proof.BadCheckpoint},
		{"two lines", "log.example\n32\n\n", proof.BadCheckpoint},
		{"no origin", "\n32\n" + root + "\n\n", proof.BadCheckpoint},
		{"origin with a plus", "log+example\n32\n" + root + "\n\n", proof.BadCheckpoint},
		{"origin with a space", "log example\n32\n" + root + "\n\n", proof.BadCheckpoint},
		{"origin with an escape", "log\x1b[31m\n32\n" + root + "\n\n", proof.BadCheckpoint},
		{"origin not UTF-8", "log\xff\n32\n" + root + "\n\n", proof.BadCheckpoint},
		{"origin too long", strings.Repeat("a", 256) + "\n32\n" + root + "\n\n", proof.BadCheckpoint},
		{"size with a zero before it", "log.example\n032\n" + root + "\n\n", proof.BadCheckpoint},
		{"size with a sign", "log.example\n+32\n" + root + "\n\n", proof.BadCheckpoint},
		{"size below zero", "log.example\n-1\n" + root + "\n\n", proof.BadCheckpoint},
		{"size too large", "log.example\n4611686018427387905\n" + root + "\n\n", proof.BadCheckpoint},
		{"no size", "log.example\n\n" + root + "\n\n", proof.BadCheckpoint},
		{"short root", "log.example\n32\nAAAA\n\n", proof.BadCheckpoint},
		{"root with stray bits", "log.example\n32\n" + strings.Replace(root, "E=", "F=", 1) + "\n\n", proof.BadCheckpoint},
		{"root without padding", "log.example\n32\n" + strings.TrimSuffix(root, "=") + "\n\n", proof.BadCheckpoint},
		{"CR LF", "log.example\r\n32\r\n" + root + "\r\n\r\n", proof.BadCheckpoint},
		{"too large", "log.example\n32\n" + root + "\n\n" + strings.Repeat("x", 32<<10), proof.BadCheckpoint},
	} {
		h, err := proof.ParseHead([]byte(c.text))
		if proof.ClassOf(err) != c.class {
			t.Errorf("%s: class %q, want %q: %v", c.name, proof.ClassOf(err), c.class, err)
		}
		if err == nil && !strings.HasPrefix(c.text, string(h.Text())) {
			t.Errorf("%s: written again it is %q", c.name, h.Text())
		}
	}
}

// TestHeadRoundTrip: any head that can be written is read as itself.
func TestHeadRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := proof.Head{
			Origin: rapid.StringMatching(`[a-z0-9./-]{1,80}`).Draw(t, "origin"),
			Size:   rapid.Uint64Range(0, 1<<62).Draw(t, "size"),
			Root:   letter.Hash(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "root")),
		}
		got, err := proof.ParseHead(append(want.Text(), '\n'))
		if err != nil || got != want {
			t.Fatalf("%+v read as %+v (%v)", want, got, err)
		}
	})
}

// TestOpenCheckpoint: who must have signed, and how (MUST-7 to MUST-11).
func TestOpenCheckpoint(t *testing.T) {
	w := newTown(t)
	none := policyOf(t, "quorum none")
	good := w.checkpoint(logKey, clock, witness[0])
	stranger := cosigner{name: "stranger.example/log", key: key("stranger")}
	twice := slices.Concat(good, good[bytes.LastIndex(good, []byte("— ")):])
	foreign := proof.Head{Origin: "other.example/log", Size: 1}
	for _, c := range []struct {
		name  string
		raw   []byte
		class proof.Class
	}{
		{"good", good, ""},
		{"the log alone", w.checkpoint(logKey), ""},
		{"a stranger signed too", w.checkpoint(logKey, stranger), ""},
		{"the log's key under another log's origin", signed(foreign.Text(), logKey), proof.UnknownLog},
		{"nobody known", w.checkpoint(stranger), proof.UnknownLog},
		{"one key twice", twice, proof.BadCheckpoint},
		{"a signature with stray bits", strayBits(good), proof.BadCheckpoint},
		{"a cosignature dated after the year 9999", w.checkpoint(logKey, cosigner{witness[0].name, witness[0].key, time.Unix(253_402_300_800, 0)}), proof.BadCosignature},
		{"a cosignature of a log's form", w.checkpoint(logKey, forged{witness[0], cosigner{name: witness[0].name, key: witness[0].key}}), proof.BadCosignature},
		{"a log's signature of a cosigner's form", w.checkpoint(forged{logKey, cosigner{logKey.name, logKey.key, begin}}), proof.BadCheckpointSignature},
		{"without a last line end", good[:len(good)-1], proof.BadCheckpoint},
	} {
		got, err := proof.OpenCheckpoint(c.raw, none)
		if proof.ClassOf(err) != c.class {
			t.Errorf("%s: class %q, want %q: %v", c.name, proof.ClassOf(err), c.class, err)
		}
		if err == nil && (got.Head != w.head() || !bytes.Equal(got.Raw, c.raw)) {
			t.Errorf("%s: %+v", c.name, got.Head)
		}
	}
	if got, want := proof.CosignatureMessage(7, []byte("words\n")), "cosignature/v1\ntime 7\nwords\n"; string(got) != want {
		t.Errorf("cosignature message %q, want %q", got, want)
	}
	if proof.CosignatureSize != 8+ed25519.SignatureSize {
		t.Error("size of a cosignature")
	}
}

// strayBits changes the bits of the last cosignature that base64 does not need.
func strayBits(checkpoint []byte) []byte {
	out := bytes.Clone(checkpoint)
	i := bytes.LastIndex(out, []byte("==\n")) - 1
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	out[i] = alphabet[strings.IndexByte(alphabet, out[i])^1]
	return out
}

package approval_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"

	"chancery.example/approval"
)

// pageKey is the officer's key of approval.md.
func pageKey(t testing.TB) ssh.Signer {
	t.Helper()
	return signer(t, edPrivate())
}

func edPrivate() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{0x33}, 32)) }

func signer(t testing.TB, private any) ssh.Signer {
	t.Helper()
	s, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func key(t testing.TB, s ssh.Signer) approval.Key {
	t.Helper()
	k, err := approval.ParseKey(string(ssh.MarshalAuthorizedKey(s.PublicKey())))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func sign(t testing.TB, s ssh.Signer, message []byte, namespace string) *sshsig.Signature {
	t.Helper()
	sig, err := sshsig.Sign(bytes.NewReader(message), s, sshsig.HashSHA512, namespace)
	if err != nil {
		t.Fatal(err)
	}
	return sig
}

// TestPageShowsTheSignature (MUST-4, MUST-6): the armored and the wire form in
// approval.md are what a key with that seed signs, and they verify.
func TestPageShowsTheSignature(t *testing.T) {
	md := page(t)
	s, k := example(t), pageKey(t)
	wire := sign(t, k, s.Bytes(), approval.Namespace).Marshal()
	joined := strings.Join(strings.Fields(md), "")
	for name, want := range map[string]string{
		"key": key(t, k).Line(), "fingerprint": key(t, k).Fingerprint(), "size": fmt.Sprintf("the %d bytes", len(wire)),
	} {
		if !strings.Contains(md, want) {
			t.Errorf("approval.md does not show the %s %s", name, want)
		}
	}
	if !strings.Contains(joined, hex.EncodeToString(wire)) {
		t.Errorf("approval.md does not show the wire form %x", wire)
	}
	_, rest, _ := strings.Cut(md, "-----BEGIN SSH SIGNATURE-----")
	body, _, _ := strings.Cut(rest, "-----END SSH SIGNATURE-----")
	shown := []byte("-----BEGIN SSH SIGNATURE-----" + body + "-----END SSH SIGNATURE-----\n")
	if err := approval.Verify(s.Bytes(), key(t, k), shown); err != nil {
		t.Error(err)
	}
	if got, err := approval.Wire(shown); err != nil || !bytes.Equal(got, wire) {
		t.Errorf("wire form of the armored one: %x, %v", got, err)
	}
}

// TestKinds (MUST-5): every kind of key that is taken signs and verifies, in
// both forms; no other does.
func TestKinds(t *testing.T) {
	rsa3072, err := rsa.GenerateKey(rand.Reader, 3072)
	if err != nil {
		t.Fatal(err)
	}
	message := example(t).Bytes()
	for name, private := range map[string]any{
		"ed25519": ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32)), "rsa": rsa3072,
		"p256": generate(t, elliptic.P256()), "p384": generate(t, elliptic.P384()),
	} {
		s := signer(t, private)
		k := key(t, s)
		sig := sign(t, s, message, approval.Namespace)
		for form, b := range map[string][]byte{"wire": sig.Marshal(), "armored": sshsig.Armor(sig)} {
			if err := approval.Verify(message, k, b); err != nil {
				t.Errorf("%s, %s: %v", name, form, err)
			}
			if by, err := approval.Signer(b); err != nil || by.Line() != k.Line() {
				t.Errorf("%s, %s: signed by %v, %v", name, form, by, err)
			}
		}
		flip(t, name, message, k, sig.Marshal())
	}
	weak, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for name, private := range map[string]any{"rsa 2048": weak, "p521": generate(t, elliptic.P521())} {
		s := signer(t, private)
		if _, err := approval.ParseKey(string(ssh.MarshalAuthorizedKey(s.PublicKey()))); err == nil {
			t.Errorf("%s: the key was taken", name)
		}
		if _, err := approval.Signer(sign(t, s, message, approval.Namespace).Marshal()); err == nil {
			t.Errorf("%s: the signer was taken", name)
		}
	}
}

func generate(t testing.TB, c elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(c, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// flip changes every byte of a signature and of what is signed.
func flip(t *testing.T, name string, message []byte, k approval.Key, wire []byte) {
	t.Helper()
	for i := range wire {
		wire[i] ^= 1
		if approval.Verify(message, k, wire) == nil {
			t.Errorf("%s: byte %d of the signature changed, and it verifies", name, i)
		}
		wire[i] ^= 1
	}
	for i := range message {
		changed := bytes.Clone(message)
		changed[i] ^= 1
		if approval.Verify(changed, k, wire) == nil {
			t.Errorf("%s: byte %d of the statement changed, and it verifies", name, i)
		}
	}
}

// TestVerifyRefuses (MUST-4, MUST-6), and says what to do.
func TestVerifyRefuses(t *testing.T) {
	message, k := example(t).Bytes(), pageKey(t)
	good := sign(t, k, message, approval.Namespace)
	other := signer(t, ed25519.NewKeyFromSeed(bytes.Repeat([]byte{9}, 32)))
	rest := *good
	rest.Signature = &ssh.Signature{Format: good.Signature.Format, Blob: good.Signature.Blob, Rest: []byte("x")}
	for name, c := range map[string]struct {
		key  approval.Key
		sig  []byte
		says string
	}{
		"namespace":               {key(t, k), sign(t, k, message, "file").Marshal(), "-n " + approval.Namespace},
		"other key":               {key(t, other), good.Marshal(), "public key does not match"},
		"no key":                  {approval.Key{}, good.Marshal(), "no key"},
		"empty":                   {key(t, k), nil, "not an SSH signature"},
		"huge":                    {key(t, k), make([]byte, 1<<20), "at most"},
		"text":                    {key(t, k), []byte("yes, approved"), "not an SSH signature"},
		"trailing":                {key(t, k), append(good.Marshal(), 0), "not an SSH signature"},
		"inner trailing":          {key(t, k), rest.Marshal(), "canonical form"},
		"inner trailing, armored": {key(t, k), sshsig.Armor(&rest), "canonical form"},
		"reserved part":           {key(t, k), reserved(good.Marshal()), "canonical form"},
		"reserved part, armored":  {key(t, k), armor(reserved(good.Marshal())), "canonical form"},
		"armored and more":        {key(t, k), append(sshsig.Armor(good), "x"...), "nothing else"},
		"armored twice":           {key(t, k), append(sshsig.Armor(good), sshsig.Armor(good)...), "nothing else"},
		"armor cut":               {key(t, k), sshsig.Armor(good)[:100], "not an SSH signature"},
	} {
		err := approval.Verify(message, c.key, c.sig)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want it to say %q", name, err, c.says)
		}
	}
	if _, err := approval.Wire(rest.Marshal()); err == nil {
		t.Error("bytes after the inner signature have a wire form")
	}
	if !(approval.Key{}).IsZero() || key(t, k).IsZero() {
		t.Error("zero")
	}
}

// reserved fills the part of the format that must be empty; nothing signs it.
func reserved(wire []byte) []byte {
	const name = "chancery-approval@v1"
	return bytes.Replace(wire, []byte(name+"\x00\x00\x00\x00"), []byte(name+"\x00\x00\x00\x01x"), 1)
}

func armor(wire []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "SSH SIGNATURE", Bytes: wire})
}

// TestParseKey (MUST-5).
func TestParseKey(t *testing.T) {
	line := key(t, pageKey(t)).Line()
	for _, s := range []string{line, line + "\n", line + " legal@harbour.example\n", "  " + line} {
		if k, err := approval.ParseKey(s); err != nil || k.Line() != line {
			t.Errorf("%q: %v", s, err)
		}
	}
	for _, s := range []string{
		"", "\n", "# nothing", line[:30], `no-pty ` + line, line + "\n" + line, "# comment\n" + line, line + "\n# comment", "junk\r" + line,
		"ssh-dss " + strings.Fields(line)[1], strings.Fields(line)[1], line + strings.Repeat(" x", 10_000),
	} {
		if k, err := approval.ParseKey(s); err == nil {
			t.Errorf("%.60q was taken as %s", s, k.Line())
		}
	}
}

// FuzzSignature: what has a wire form has one, and no foreign bytes verify.
func FuzzSignature(f *testing.F) {
	message, k := example(f).Bytes(), pageKey(f)
	good := sign(f, k, message, approval.Namespace)
	officer := key(f, signer(f, ed25519.NewKeyFromSeed(bytes.Repeat([]byte{9}, 32))))
	f.Add(good.Marshal())
	f.Add(sshsig.Armor(good))
	f.Add(good.Marshal()[:50])
	f.Add([]byte("SSHSIG\x00\x00\x00\x01"))
	f.Add([]byte("-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		_, _ = approval.Signer(b)
		if approval.Verify(message, officer, b) == nil {
			t.Error("verified without the officer's key")
		}
		wire, err := approval.Wire(b)
		if err != nil {
			return
		}
		again, err := approval.Wire(wire)
		if err != nil || !bytes.Equal(again, wire) {
			t.Errorf("wire form %x of %x has another: %v", wire, b, err)
		}
	})
}

// FuzzParseKey: a key that is taken is written in a line that gives it again.
func FuzzParseKey(f *testing.F) {
	line := key(f, pageKey(f)).Line()
	f.Add(line)
	f.Add("# x\n" + line)
	f.Add(`from="x" ` + line)
	f.Fuzz(func(t *testing.T, s string) {
		k, err := approval.ParseKey(s)
		if pub, _, options, rest, bad := ssh.ParseAuthorizedKey([]byte(s)); !strings.Contains(s, approval.PasskeyType) {
			switch {
			case err == nil && (bad != nil || len(options) > 0 || len(bytes.TrimSpace(rest)) > 0 || ssh.FingerprintSHA256(pub) != k.Fingerprint()):
				t.Errorf("%q was taken as %s; the oracle says %v", s, k.Line(), bad)
			case err != nil && bad == nil && string(bytes.TrimSpace(ssh.MarshalAuthorizedKey(pub))) == s && oracleKind(pub) && oracleStrong(pub):
				t.Errorf("%q, the one form of a key, was refused: %v", s, err)
			}
		}
		if err != nil {
			return
		}
		if again, err := approval.ParseKey(k.Line()); err != nil || again.Line() != k.Line() || strings.Contains(k.Line(), "\n") {
			t.Errorf("%q became %q: %v", s, k.Line(), err)
		}
	})
}

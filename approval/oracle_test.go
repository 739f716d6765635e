package approval_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	mrand "math/rand/v2"
	"strings"
	"testing"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"

	"chancery.example/approval"
)

// The oracle is the two libraries that read keys and signatures here before this
// package did: golang.org/x/crypto/ssh and sshsig, with the rules of MUST-4 to
// MUST-6 that they leave open.

// oracleKey reads the wire form of a key.
func oracleKey(wire []byte) (ssh.PublicKey, bool) {
	pub, err := ssh.ParsePublicKey(wire)
	if err != nil || !bytes.Equal(pub.Marshal(), wire) {
		return nil, false
	}
	return pub, oracleKind(pub) && oracleStrong(pub)
}

func oracleKind(pub ssh.PublicKey) bool {
	switch pub.Type() {
	case ssh.KeyAlgoED25519, ssh.KeyAlgoSKED25519, ssh.KeyAlgoSKECDSA256, ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384:
		return true
	case ssh.KeyAlgoRSA: // which x/crypto/ssh also takes below zero
		return pub.(ssh.CryptoPublicKey).CryptoPublicKey().(*rsa.PublicKey).N.Sign() > 0
	}
	return false
}

func oracleStrong(pub ssh.PublicKey) bool {
	c, ok := pub.(ssh.CryptoPublicKey)
	if !ok {
		return false
	}
	k, ok := c.CryptoPublicKey().(*rsa.PublicKey)
	return !ok || k.N.BitLen() >= 3072
}

// oracleSignature reads a signature in one of its two forms.
func oracleSignature(b []byte) (*sshsig.Signature, bool) {
	if len(b) > 16<<10 {
		return nil, false
	}
	if bytes.HasPrefix(bytes.TrimSpace(b), []byte("-----BEGIN SSH SIGNATURE-----")) {
		block, rest := pem.Decode(b)
		if block == nil || block.Type != sshsig.PEMType || len(bytes.TrimSpace(rest)) > 0 {
			return nil, false
		}
		b = block.Bytes
	}
	sig, err := sshsig.ParseSignature(b)
	if err != nil || !bytes.Equal(sig.Marshal(), b) || !oracleKind(sig.PublicKey) {
		return nil, false
	}
	return sig, len(sig.Signature.Rest) == 0 || strings.HasPrefix(sig.PublicKey.Type(), "sk-")
}

// agree holds the package to the oracle on one key and one signature; it returns
// whether both take the key, and whether both take the signature as the key's.
func agree(t testing.TB, message, key, sig []byte) (taken, verified bool) {
	t.Helper()
	pub, want := oracleKey(key)
	line := "none"
	if name, _, ok := strings.Cut(string(key[min(4, len(key)):]), "\x00"); ok && len(key) > 4 && len(name) > 0 {
		line = name
	}
	if pub != nil {
		line = pub.Type()
	}
	k, err := approval.ParseKey(line + " " + base64.StdEncoding.EncodeToString(key))
	if (err == nil) != want {
		t.Fatalf("key %x: %v, the oracle takes it: %v", key, err, want)
	}
	if want && k.Fingerprint() != ssh.FingerprintSHA256(pub) {
		t.Fatalf("key %x is %s, for the oracle %s", key, k.Fingerprint(), ssh.FingerprintSHA256(pub))
	}
	o, read := oracleSignature(sig)
	wire, err := approval.Wire(sig)
	if (err == nil) != read || read && !bytes.Equal(wire, o.Marshal()) {
		t.Fatalf("signature %x: %x %v, the oracle reads it: %v", sig, wire, err, read)
	}
	by, err := approval.Signer(sig)
	if ok := read && oracleStrong(o.PublicKey); (err == nil) != ok || ok && by.Fingerprint() != ssh.FingerprintSHA256(o.PublicKey) {
		t.Fatalf("signature %x: by %v %v, for the oracle %v", sig, by, err, ok)
	}
	if !want {
		return false, false
	}
	right := read && o.Namespace == approval.Namespace && sshsig.Verify(bytes.NewReader(message), o, pub, o.HashAlgorithm, approval.Namespace) == nil
	if err := approval.Verify(message, k, sig); (err == nil) != right {
		t.Fatalf("key %x, signature %x: %v, the oracle takes it: %v", key, sig, err, right)
	}
	return true, right
}

// A maker signs as SSH does: every part of what it makes can be bent.
type maker struct {
	key     []byte // wire form
	private crypto.Signer
	app     string // of a hardware-backed key
	format  string
	hash    crypto.Hash // 0 for Ed25519
}

// A made signature is the parts of an sshsig.
type made struct {
	version                   uint32
	key                       []byte
	namespace, reserved, hash string
	format                    string
	inner, rest               []byte
	r, s                      *big.Int // of ECDSA
}

func (m made) wire() []byte {
	inner := ssh.Marshal(struct {
		Format string
		Blob   []byte
		Rest   []byte `ssh:"rest"`
	}{m.format, m.inner, m.rest})
	return append([]byte("SSHSIG"), ssh.Marshal(struct {
		Version                   uint32
		Key                       []byte
		Namespace, Reserved, Hash string
		Inner                     []byte
	}{m.version, m.key, m.namespace, m.reserved, m.hash, inner})...)
}

func makers(t testing.TB) map[string]maker {
	t.Helper()
	ed := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{5}, 32))
	p256, p384 := generate(t, elliptic.P256()), generate(t, elliptic.P384())
	long, err := rsa.GenerateKey(rand.Reader, 3072)
	if err != nil {
		t.Fatal(err)
	}
	wire := func(k crypto.PublicKey) []byte {
		pub, err := ssh.NewPublicKey(k)
		if err != nil {
			t.Fatal(err)
		}
		return pub.Marshal()
	}
	point, err := p256.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	edPublic := ed.Public().(ed25519.PublicKey)
	return map[string]maker{
		"ed25519": {wire(edPublic), ed, "", ssh.KeyAlgoED25519, 0},
		"p256":    {wire(&p256.PublicKey), p256, "", ssh.KeyAlgoECDSA256, crypto.SHA256},
		"p384":    {wire(&p384.PublicKey), p384, "", ssh.KeyAlgoECDSA384, crypto.SHA384},
		"rsa 256": {wire(&long.PublicKey), long, "", ssh.KeyAlgoRSASHA256, crypto.SHA256},
		"rsa 512": {wire(&long.PublicKey), long, "", ssh.KeyAlgoRSASHA512, crypto.SHA512},
		"sk-ed25519": {ssh.Marshal(struct {
			Type  string
			Key   []byte
			Where string
		}{ssh.KeyAlgoSKED25519, edPublic, "ssh:"}), ed, "ssh:", ssh.KeyAlgoSKED25519, 0},
		"sk-ecdsa": {ssh.Marshal(struct {
			Type, Curve string
			Key         []byte
			Where       string
		}{ssh.KeyAlgoSKECDSA256, "nistp256", point, "ssh:desk"}), p256, "ssh:desk", ssh.KeyAlgoSKECDSA256, crypto.SHA256},
	}
}

// sign makes a signature; flags are those of a hardware-backed key.
func (m maker) sign(t testing.TB, message []byte, hash string, flags byte) made {
	t.Helper()
	digest := sha512.Sum512(message)
	sum := digest[:]
	if hash == "sha256" {
		short := sha256.Sum256(message)
		sum = short[:]
	}
	out := made{version: 1, key: m.key, namespace: approval.Namespace, hash: hash, format: m.format}
	data := append([]byte("SSHSIG"), ssh.Marshal(struct{ Namespace, Reserved, Hash, Digest string }{approval.Namespace, "", hash, string(sum)})...)
	if m.app != "" {
		app, sum := sha256.Sum256([]byte(m.app)), sha256.Sum256(data)
		out.rest = []byte{flags, 0, 0, 1, 7}
		data = bytes.Join([][]byte{app[:], out.rest, sum[:]}, nil)
	}
	if m.hash != 0 {
		h := m.hash.New()
		h.Write(data)
		data = h.Sum(nil)
	}
	var err error
	if out.inner, err = m.private.Sign(rand.Reader, data, m.hash); err != nil {
		t.Fatal(err)
	}
	if k, ok := m.private.(*ecdsa.PrivateKey); ok {
		if out.r, out.s, err = ecdsa.Sign(rand.Reader, k, data); err != nil {
			t.Fatal(err)
		}
		out.inner = ssh.Marshal(struct{ R, S *big.Int }{out.r, out.s})
	}
	return out
}

// TestAgreesWithTheOracle (MUST-4 to MUST-6): every kind of key and signature, as it
// should be, bent in each part, and bent anywhere.
func TestAgreesWithTheOracle(t *testing.T) {
	message := example(t).Bytes()
	rounds := 3000
	if testing.Short() {
		rounds = 300
	}
	all := makers(t)
	for name, m := range all {
		t.Run(name, func(t *testing.T) {
			for _, hash := range []string{"sha256", "sha512"} {
				good := m.sign(t, message, hash, 1)
				if taken, ok := agree(t, message, m.key, good.wire()); !taken || !ok {
					t.Fatalf("signed with %s: taken %v, right %v", hash, taken, ok)
				}
				if _, ok := agree(t, message, m.key, armor(good.wire())); !ok {
					t.Fatal("armored it is not taken")
				}
				for what, b := range parts(good) {
					if _, ok := agree(t, message, m.key, b); ok != strings.HasPrefix(what, "right") {
						t.Errorf("%s: %s: taken is %v", hash, what, ok)
					}
				}
			}
			if m.app != "" {
				for flags, right := range map[byte]bool{0: false, 4: false, 5: true, 0xff: true} {
					if _, ok := agree(t, message, m.key, m.sign(t, message, "sha512", flags).wire()); ok != right {
						t.Errorf("flags %d: taken is %v", flags, ok)
					}
				}
			}
			for other, o := range all {
				if _, ok := agree(t, message, o.key, m.sign(t, message, "sha512", 1).wire()); ok && !bytes.Equal(o.key, m.key) {
					t.Errorf("taken as one by %s", other)
				}
			}
			random := mrand.New(mrand.NewPCG(1, uint64(len(name))))
			good := m.sign(t, message, "sha512", 1).wire()
			for range rounds {
				agree(t, message, m.key, bent(random, good))
				agree(t, message, bent(random, m.key), good)
			}
		})
	}
}

// parts bends a signature in each of its parts; names beginning with "right" are of
// what is still taken.
func parts(good made) map[string][]byte {
	out := map[string][]byte{}
	bend := func(name string, f func(*made)) {
		m := good
		m.inner, m.rest = bytes.Clone(good.inner), bytes.Clone(good.rest)
		f(&m)
		out[name] = m.wire()
	}
	bend("version", func(m *made) { m.version = 2 })
	bend("namespace", func(m *made) { m.namespace = "file" })
	bend("no namespace", func(m *made) { m.namespace = "" })
	bend("reserved", func(m *made) { m.reserved = "x" })
	bend("hash", func(m *made) { m.hash = "sha384" })
	bend("the other hash", func(m *made) { m.hash = map[string]string{"sha256": "sha512", "sha512": "sha256"}[m.hash] })
	bend("empty inner", func(m *made) { m.inner = nil })
	bend("inner and more", func(m *made) { m.inner = append(m.inner, 0) })
	bend("inner cut", func(m *made) { m.inner = m.inner[:len(m.inner)-1] })
	bend("zeros before inner", func(m *made) { m.inner = append([]byte{0}, m.inner...) })
	bend("rest and more", func(m *made) { m.rest = append(m.rest, 1) })
	bend("no key", func(m *made) { m.key = nil })
	bend("key and more", func(m *made) { m.key = append(bytes.Clone(m.key), 0) })
	for _, f := range []string{"", ssh.KeyAlgoRSA, ssh.KeyAlgoRSASHA256, ssh.KeyAlgoRSASHA512, ssh.KeyAlgoED25519, ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoSKED25519, ssh.KeyAlgoSKECDSA256} {
		if f != good.format {
			bend("format "+f, func(m *made) { m.format = f })
		}
	}
	if len(good.rest) > 0 {
		bend("no rest", func(m *made) { m.rest = nil })
		bend("rest cut", func(m *made) { m.rest = m.rest[:4] })
		bend("another counter", func(m *made) { m.rest[4]++ })
		bend("other flags", func(m *made) { m.rest[0] = 5 })
	}
	if good.r == nil {
		return out
	}
	two := func(r, s []byte, after ...byte) []byte {
		return append(ssh.Marshal(struct{ R, S []byte }{r, s}), after...)
	}
	r, s := append([]byte{0}, good.r.Bytes()...), append([]byte{0}, good.s.Bytes()...)
	bend("right: zeros before its numbers", func(m *made) { m.inner = two(append([]byte{0, 0}, r...), append([]byte{0}, s...)) })
	bend("numbers that are zero", func(m *made) { m.inner = two(nil, nil) })
	bend("numbers that are zero, written", func(m *made) { m.inner = two([]byte{0}, []byte{0}) })
	bend("a number below zero", func(m *made) { m.inner = two(append([]byte{0xff}, r...), s) })
	bend("another number below zero", func(m *made) { m.inner = two(r, append([]byte{0x80}, s...)) })
	bend("numbers and more", func(m *made) { m.inner = two(r, s, 0) })
	bend("numbers swapped", func(m *made) { m.inner = two(s, r) })
	bend("a long number", func(m *made) { m.inner = two(append([]byte{1}, r...), s) })
	return out
}

// bent changes bytes anywhere.
func bent(random *mrand.Rand, b []byte) []byte {
	b = bytes.Clone(b)
	for range 1 + random.IntN(3) {
		if len(b) == 0 {
			return b
		}
		at := random.IntN(len(b))
		switch random.IntN(6) {
		case 0:
			b[at] ^= 1 << random.IntN(8)
		case 1:
			b[at] = byte(random.IntN(256))
		case 2:
			b = b[:at]
		case 3:
			b = append(b[:at], b[min(len(b), at+1+random.IntN(8)):]...)
		case 4:
			b = append(b[:at], append([]byte{byte(random.IntN(256))}, b[at:]...)...)
		case 5: // a small number, such as one of a length
			b[at] += byte(1 + 254*random.IntN(2))
		}
	}
	return b
}

// TestShortRSA (MUST-6): the zeros before an RSA signature may be missing, as with
// old PuTTYs; none may be more.
func TestShortRSA(t *testing.T) {
	m := makers(t)["rsa 512"]
	for i := range 5000 {
		message := fmt.Appendf(nil, "statement %d", i)
		good := m.sign(t, message, "sha512", 0)
		if good.inner[0] != 0 {
			continue
		}
		short := good
		short.inner = bytes.TrimLeft(good.inner, "\x00")
		for _, s := range []made{good, short} {
			if _, ok := agree(t, message, m.key, s.wire()); !ok {
				t.Errorf("%d bytes are not taken", len(s.inner))
			}
		}
		return
	}
	t.Fatal("no signature began with a zero")
}

// oddKeys are wire forms of keys that are not taken, and some that are.
func oddKeys(t testing.TB) map[string][]byte {
	t.Helper()
	all := makers(t)
	rsaOf := func(e, n *big.Int) []byte {
		return ssh.Marshal(struct {
			Type string
			E, N *big.Int
		}{"ssh-rsa", e, n})
	}
	bytesOf := func(parts ...[]byte) []byte {
		var out []byte
		for _, p := range parts {
			out = append(out, ssh.Marshal(struct{ P []byte }{p})...)
		}
		return out
	}
	odd := func(bits uint) *big.Int { return new(big.Int).SetBit(big.NewInt(1), int(bits)-1, 1) }
	n, e := odd(3072), big.NewInt(65537)
	padded, k := append([]byte{0, 0}, n.Bytes()...), generate(t, elliptic.P256())
	point, err := k.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	off := bytes.Clone(point)
	off[64] ^= 1
	p521, err := ssh.NewPublicKey(&generate(t, elliptic.P521()).PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	signerOf := signer(t, edPrivate())
	cert := &ssh.Certificate{Key: signerOf.PublicKey(), CertType: ssh.UserCert, ValidBefore: ssh.CertTimeInfinity}
	if err := cert.SignCert(rand.Reader, signerOf); err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{
		"right": all["p384"].key, "right, RSA of 3072 bits": rsaOf(e, n), "right, RSA of 16384 bits": rsaOf(e, odd(16384)), "right, exponent 3": rsaOf(big.NewInt(3), n),
		"right, exponent of 24 bits": rsaOf(big.NewInt(1<<24-1), n),
		"RSA of 3071 bits":           rsaOf(e, odd(3071)), "RSA of 16385 bits": rsaOf(e, odd(16385)), "RSA below zero": rsaOf(e, new(big.Int).Neg(n)), "RSA of nothing": rsaOf(e, new(big.Int)),
		"exponent 1": rsaOf(big.NewInt(1), n), "even exponent": rsaOf(big.NewInt(4), n), "exponent 0": rsaOf(new(big.Int), n), "exponent below zero": rsaOf(big.NewInt(-3), n),
		"exponent of 25 bits": rsaOf(big.NewInt(1<<24+1), n), "exponent of 65 bits": rsaOf(new(big.Int).Add(odd(65), big.NewInt(2)), n),
		"zeros before the modulus": bytesOf([]byte("ssh-rsa"), e.Bytes(), padded), "zeros before the exponent": bytesOf([]byte("ssh-rsa"), append([]byte{0}, e.Bytes()...), append([]byte{0}, n.Bytes()...)),
		"modulus without its zero": bytesOf([]byte("ssh-rsa"), e.Bytes(), n.Bytes()), "modulus of a zero": bytesOf([]byte("ssh-rsa"), e.Bytes(), []byte{0}),
		"RSA of three numbers": append(rsaOf(e, n), 0, 0, 0, 1, 3),
		"another curve":        bytesOf([]byte("ecdsa-sha2-nistp256"), []byte("nistp384"), point), "no curve": bytesOf([]byte("ecdsa-sha2-nistp256"), nil, point),
		"P-384 with a point of P-256": bytesOf([]byte("ecdsa-sha2-nistp384"), []byte("nistp384"), point),
		"a compressed point":          bytesOf([]byte("ecdsa-sha2-nistp256"), []byte("nistp256"), elliptic.MarshalCompressed(elliptic.P256(), k.X, k.Y)), //nolint:staticcheck // to be refused
		"a point beside the curve":    bytesOf([]byte("ecdsa-sha2-nistp256"), []byte("nistp256"), off), "the point of nothing": bytesOf([]byte("ecdsa-sha2-nistp256"), []byte("nistp256"), []byte{0}),
		"no point": bytesOf([]byte("ecdsa-sha2-nistp256"), []byte("nistp256"), nil), "Ed25519 of 31 bytes": bytesOf([]byte("ssh-ed25519"), make([]byte, 31)), "Ed25519 of 33 bytes": bytesOf([]byte("ssh-ed25519"), make([]byte, 33)),
		"right, Ed25519 of zeros": bytesOf([]byte("ssh-ed25519"), make([]byte, 32)), "sk without an application": bytesOf([]byte(ssh.KeyAlgoSKED25519), make([]byte, 32)),
		"right, sk with an empty application": bytesOf([]byte(ssh.KeyAlgoSKED25519), make([]byte, 32), nil),
		"right, sk-ecdsa":                     bytesOf([]byte(ssh.KeyAlgoSKECDSA256), []byte("nistp256"), point, []byte("ssh:")), "sk-ecdsa of another curve": bytesOf([]byte(ssh.KeyAlgoSKECDSA256), []byte("nistp384"), point, []byte("ssh:")),
		"P-521": p521.Marshal(), "a certificate": cert.Marshal(), "nothing": nil, "a type alone": bytesOf([]byte("ssh-ed25519")), "no type": bytesOf(nil, make([]byte, 32)),
		"a length that is too long": {0xff, 0xff, 0xff, 0xff, 's'}, "a signature's format": bytesOf([]byte(ssh.KeyAlgoRSASHA512), e.Bytes(), append([]byte{0}, n.Bytes()...)),
		"DSA": ssh.Marshal(struct {
			Type       string
			P, Q, G, Y *big.Int
		}{"ssh-dss", odd(1024), odd(160), big.NewInt(2), big.NewInt(4)}),
	}
}

// TestOddKeys (MUST-5).
func TestOddKeys(t *testing.T) {
	for name, b := range oddKeys(t) {
		if taken, _ := agree(t, nil, b, nil); taken != strings.HasPrefix(name, "right") {
			t.Errorf("%s: taken is %v", name, taken)
		}
	}
}

// FuzzAgainstTheOracle: no bytes are a key or a signature for one and not for the
// other.
func FuzzAgainstTheOracle(f *testing.F) {
	message := example(f).Bytes()
	all := makers(f)
	for _, name := range []string{"ed25519", "p256", "p384", "sk-ed25519", "sk-ecdsa"} { // RSA is too slow to make inputs by, and TestAgreesWithTheOracle bends it
		m := all[name]
		f.Add(m.key, m.sign(f, message, "sha512", 1).wire())
		f.Add(m.key, armor(m.sign(f, message, "sha256", 5).wire()))
	}
	for _, b := range oddKeys(f) {
		f.Add(b, []byte("SSHSIG\x00\x00\x00\x01"))
	}
	f.Fuzz(func(t *testing.T, key, sig []byte) {
		if len(key) > 1000 || bytes.HasPrefix(sig, []byte("WAUTHN")) {
			return
		}
		agree(t, message, key, sig)
	})
}

package signing_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/signing"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func newSealKey(t *testing.T) signing.SealKey {
	t.Helper()
	k, err := signing.NewSealKey("Harbour Commission", noon, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// issue has an authority issue a certificate for a key.
func issue(t *testing.T, public crypto.PublicKey, usage x509.KeyUsage) (chain []byte) {
	t.Helper()
	_, authority, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	root := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Authority"}, NotBefore: noon, NotAfter: noon.AddDate(9, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	own := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "Harbour"}, NotBefore: noon, NotAfter: noon.AddDate(2, 0, 0), KeyUsage: usage}
	for _, c := range []struct {
		template *x509.Certificate
		public   crypto.PublicKey
	}{{own, public}, {root, authority.Public()}} {
		der, err := x509.CreateCertificate(rand.Reader, c.template, root, c.public, authority)
		if err != nil {
			t.Fatal(err)
		}
		chain = append(chain, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	return chain
}

func TestASealKeyComesBackFromItsFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys", "seal.pem")
	k := newSealKey(t)
	if err := k.Save(path); err != nil {
		t.Fatal(err)
	}
	got, err := signing.LoadSealKey(path)
	if err != nil || got.Fingerprint() != k.Fingerprint() {
		t.Fatalf("%v", err)
	}
	for _, p := range []string{path, path + ".crt"} {
		if st, err := os.Stat(p); err != nil || st.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", p, st.Mode(), err)
		}
	}
	if k.Save(path) == nil {
		t.Error("a key was replaced")
	}
	c := k.Chain()[0]
	if c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) != nil || c.IsCA || c.Subject.CommonName != "Harbour Commission" {
		t.Errorf("the certificate is %+v", c.Subject)
	}
}

func TestCertificatesOfAnAuthorityAreTakenOver(t *testing.T) {
	path := filepath.Join(t.TempDir(), "seal.pem")
	k := newSealKey(t)
	if err := k.Save(path); err != nil {
		t.Fatal(err)
	}
	request, err := k.Request(pkix.Name{}, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(request)
	asked, err := x509.ParseCertificateRequest(block.Bytes)
	if err != nil || asked.CheckSignature() != nil {
		t.Fatalf("the request: %v", err)
	}
	chain := issue(t, asked.PublicKey, x509.KeyUsageContentCommitment)
	with, err := k.Import(chain, noon)
	if err != nil {
		t.Fatal(err)
	}
	if err := with.ReplaceChain(path); err != nil {
		t.Fatal(err)
	}
	got, err := signing.LoadSealKey(path)
	if err != nil || len(got.Chain()) != 2 || got.Fingerprint() != with.Fingerprint() {
		t.Errorf("%d certificates, %v", len(got.Chain()), err)
	}
	other := newSealKey(t)
	first, rest := pem.Decode(chain)
	for name, c := range map[string]struct {
		pem  []byte
		want string
	}{
		"another key's":     {issue(t, other.Signer().Public(), x509.KeyUsageDigitalSignature), "not for this key"},
		"the wrong order":   {append(bytes.Clone(rest), pem.EncodeToMemory(first)...), "not for this key"},
		"not for signing":   {issue(t, k.Signer().Public(), x509.KeyUsageKeyAgreement), "not for signing"},
		"another authority": {append(pem.EncodeToMemory(first), restOf(issue(t, k.Signer().Public(), x509.KeyUsageDigitalSignature))...), "not issued by"},
		"nothing":           {nil, "there is none"},
		"a private key":     {[]byte("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"), "not CERTIFICATE"},
	} {
		if _, err := k.Import(c.pem, noon); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func restOf(chain []byte) []byte {
	_, rest := pem.Decode(chain)
	return rest
}

// script writes a signer in the language of the shell.
func script(t *testing.T, body string) string {
	t.Helper()
	p := filepath.Join(t.TempDir(), "signer")
	if err := os.WriteFile(p, []byte("#!/bin/sh\nread -r hello; read -r request\n"+body), 0o700); err != nil { //nolint:gosec // a program has to be executable
		t.Fatal(err)
	}
	return p
}

// TestAnExternalSignerIsAsked: signer.md MUST-1, MUST-2, MUST-4 and MUST-7.
func TestAnExternalSignerIsAsked(t *testing.T) {
	t.Setenv("CHANCERY_SIGNER_DIR", t.TempDir())
	t.Setenv("CHANCERY_SECRET", "sesame")
	dir := os.Getenv("CHANCERY_SIGNER_DIR")
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "key"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	p := script(t, `cd "$CHANCERY_SIGNER_DIR"
printf '%s\n%s\n%s\n' "$hello" "$request" "$CHANCERY_SECRET" >>asked
cat >>asked
case "$request" in
public) printf 'public %s\n' "$(openssl pkey -in key -pubout -outform DER | base64 -w 0)" ;;
sign*) printf '%s' "${request##* }" | tr a-f A-F | basenc --base16 -d >digest
	printf 'signature %s\n' "$(openssl pkeyutl -sign -inkey key -pkeyopt digest:sha256 -in digest | base64 -w 0)" ;;
esac
`)
	e, err := signing.NewExternal(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256([]byte("letter"))
	signature, err := e.Sign(nil, digest[:], crypto.SHA256)
	if err != nil || rsa.VerifyPKCS1v15(&k.PublicKey, crypto.SHA256, digest[:], signature) != nil {
		t.Fatalf("%v", err)
	}
	asked, err := os.ReadFile(filepath.Join(dir, "asked"))
	want := "chancery-signer 1\npublic\n\nchancery-signer 1\nsign rsa-pkcs1-sha256 9d74fe3a" // the third line is the environment's
	if err != nil || !strings.HasPrefix(string(asked), want[:len(want)-8]) || strings.Contains(string(asked), "sesame") {
		t.Errorf("asked %q, %v", asked, err)
	}
	seal, err := signing.WithSigner(e, issue(t, e.Public(), x509.KeyUsageDigitalSignature))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "seal.pem")
	if err := seal.Save(path); err != nil {
		t.Fatal(err)
	}
	known, err := signing.KnownExternal(e.Public(), p)
	if err != nil {
		t.Fatal(err)
	}
	chain, err := signing.LoadCertificates(path)
	if err != nil || len(chain) != 2 || !chain[0].Equal(seal.Chain()[0]) {
		t.Errorf("%d certificates, %v", len(chain), err)
	}
	if signature, err := known.Sign(nil, digest[:], crypto.SHA256); err != nil || rsa.VerifyPKCS1v15(&k.PublicKey, crypto.SHA256, digest[:], signature) != nil {
		t.Errorf("a signer whose key is known: %v", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a private key was written for a key that is elsewhere")
	}
}

// TestAnExternalSignersAnswerIsHeldToTheRules: signer.md MUST-3, MUST-4, MUST-5,
// MUST-6 and MUST-8.
func TestAnExternalSignersAnswerIsHeldToTheRules(t *testing.T) {
	const public = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q=="
	for name, c := range map[string]struct{ body, want string }{
		"nothing":        {"", "not one line"},
		"other word":     {"echo key " + public, "not one line"},
		"two lines":      {"echo public " + public + "; echo more", "not one line"},
		"not base 64":    {"echo public '" + public[:40] + " '", "not one line"},
		"no public key":  {"echo public AAAA", "not a SubjectPublicKeyInfo"},
		"another key":    {"echo public MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=", "neither ECDSA on P-256"},
		"it complains":   {"echo no card >&2; exit 3", `exit status 3: "no card"`},
		"a long answer":  {"head -c 100000 /dev/zero | tr '\\0' x", "more than 16384"},
		"no such signer": {"", "asking the external signer"},
	} {
		p := script(t, c.body)
		if name == "no such signer" {
			p += "-nowhere"
		}
		if _, err := signing.NewExternal(t.Context(), p); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	e, err := signing.NewExternal(t.Context(), script(t, "case $request in public) echo public "+public+";; *) echo signature MAYCAQECAQE=;; esac"))
	if err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256(nil)
	if _, err := e.Sign(nil, digest[:], crypto.SHA256); err == nil || !strings.Contains(err.Error(), "not a signature over the digest") {
		t.Errorf("a wrong signature: %v", err)
	}
	if _, err := e.Sign(nil, digest[:], crypto.SHA512); err == nil {
		t.Error("another digest was signed")
	}
	if _, err := e.Sign(nil, digest[:], &rsa.PSSOptions{Hash: crypto.SHA256}); err == nil {
		t.Error("PSS was signed")
	}
	if _, ok := e.Public().(*ecdsa.PublicKey); !ok {
		t.Errorf("a %T", e.Public())
	}
	if _, err := signing.NewExternal(t.Context()); err == nil {
		t.Error("no command")
	}
}

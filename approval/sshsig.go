package approval

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"
)

// Namespace is the sshsig namespace of approvals (MUST-4).
const Namespace = "chancery-approval@v1"

const (
	maxSignature = 16 << 10
	minRSABits   = 3072
)

// A Key is an officer's public key.
type Key struct{ pub ssh.PublicKey }

// ParseKey reads one line in OpenSSH's authorized_keys form
// ("ssh-ed25519 AAAA... comment"); options are refused. Ed25519, ECDSA on P-256
// and P-384, their hardware-backed sk forms, and RSA from 3072 bits are taken
// (MUST-5).
func ParseKey(line string) (Key, error) {
	if len(line) > maxSignature {
		return Key{}, fmt.Errorf("officer's key of %d bytes: at most %d", len(line), maxSignature)
	}
	if strings.ContainsAny(strings.TrimSpace(line), "\r\n") {
		return Key{}, errors.New("officer's key: want one line, as in an OpenSSH .pub file") // x/crypto/ssh would skip lines
	}
	pub, _, options, rest, err := ssh.ParseAuthorizedKey([]byte(line))
	if err != nil {
		return Key{}, fmt.Errorf("officer's key %.30q: want one line as in an OpenSSH .pub file: %w", line, err)
	}
	if len(options) > 0 || len(bytes.TrimSpace(rest)) > 0 {
		return Key{}, errors.New("officer's key: want one key, without options")
	}
	if err := strong(pub); err != nil {
		return Key{}, fmt.Errorf("officer's key %s: %w", ssh.FingerprintSHA256(pub), err)
	}
	return Key{pub}, nil
}

func strong(pub ssh.PublicKey) error {
	switch pub.Type() {
	case ssh.KeyAlgoED25519, ssh.KeyAlgoSKED25519, ssh.KeyAlgoSKECDSA256:
		return nil
	}
	c, ok := pub.(ssh.CryptoPublicKey)
	if !ok {
		return fmt.Errorf("type %s is not taken: use ssh-ed25519", pub.Type())
	}
	switch k := c.CryptoPublicKey().(type) {
	case *ecdsa.PublicKey:
		if k.Curve == elliptic.P256() || k.Curve == elliptic.P384() {
			return nil
		}
	case *rsa.PublicKey:
		if k.N.BitLen() >= minRSABits {
			return nil
		}
		return fmt.Errorf("RSA of %d bits is too short: want %d, or better ssh-ed25519", k.N.BitLen(), minRSABits)
	}
	return fmt.Errorf("type %s is not taken: use ssh-ed25519", pub.Type())
}

// IsZero reports whether k is no key.
func (k Key) IsZero() bool { return k.pub == nil }

// Line returns the key in authorized_keys form, without a comment: the form in
// which a policy entry holds it.
func (k Key) Line() string {
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(k.pub)))
}

// Fingerprint returns OpenSSH's "SHA256:..." name of the key.
func (k Key) Fingerprint() string { return ssh.FingerprintSHA256(k.pub) }

// Verify reports whether signature, an sshsig in wire form or armored, is key
// k's over exactly these statement bytes (MUST-4, MUST-6). The namespace, the
// hash (SHA-256 or SHA-512) and the key are all checked.
func Verify(statement []byte, k Key, signature []byte) error {
	if k.IsZero() {
		return errors.New("verifying an approval: no key given")
	}
	sig, err := parseSignature(signature)
	if err != nil {
		return fmt.Errorf("verifying an approval by %s: %w", k.Fingerprint(), err)
	}
	if sig.Namespace != Namespace {
		return fmt.Errorf("verifying an approval by %s: signed in namespace %q: sign with -n %s", k.Fingerprint(), sig.Namespace, Namespace)
	}
	if err := sshsig.Verify(bytes.NewReader(statement), sig, k.pub, sig.HashAlgorithm, Namespace); err != nil {
		return fmt.Errorf("verifying an approval by %s: it is not a signature over this statement: %w", k.Fingerprint(), err)
	}
	return nil
}

// Signer returns the key that made a signature, before anything is verified.
func Signer(signature []byte) (Key, error) {
	sig, err := parseSignature(signature)
	if err != nil {
		return Key{}, fmt.Errorf("reading an approval: %w", err)
	}
	if err := strong(sig.PublicKey); err != nil {
		return Key{}, fmt.Errorf("reading an approval: %w", err)
	}
	return Key{sig.PublicKey}, nil
}

// Wire returns a signature, armored or not, in wire form: the form in which an
// entry holds it (MUST-6).
func Wire(signature []byte) ([]byte, error) {
	sig, err := parseSignature(signature)
	if err != nil {
		return nil, fmt.Errorf("reading an approval: %w", err)
	}
	return sig.Marshal(), nil
}

// parseSignature reads both forms and refuses trailing or non-canonical bytes.
func parseSignature(b []byte) (*sshsig.Signature, error) {
	if len(b) > maxSignature {
		return nil, fmt.Errorf("signature of %d bytes: at most %d", len(b), maxSignature)
	}
	if bytes.HasPrefix(bytes.TrimSpace(b), []byte("-----BEGIN SSH SIGNATURE-----")) {
		block, rest := pem.Decode(b)
		if block == nil || block.Type != sshsig.PEMType || len(bytes.TrimSpace(rest)) > 0 {
			return nil, errors.New("not an SSH signature: want the lines from BEGIN to END SSH SIGNATURE and nothing else")
		}
		b = block.Bytes
	}
	sig, err := sshsig.ParseSignature(b)
	if err != nil {
		return nil, fmt.Errorf("not an SSH signature: %w", err)
	}
	if !bytes.Equal(sig.Marshal(), b) {
		return nil, errNotCanonical
	}
	return sig, bare(sig)
}

var errNotCanonical = errors.New("not an SSH signature in its one canonical form")

// bare refuses bytes after the inner signature. Only hardware-backed keys have
// some there (flags and counter, which they sign); elsewhere nothing reads them.
func bare(sig *sshsig.Signature) error {
	switch sig.PublicKey.Type() {
	case ssh.KeyAlgoSKED25519, ssh.KeyAlgoSKECDSA256:
		return nil
	}
	if len(sig.Signature.Rest) > 0 {
		return errNotCanonical
	}
	return nil
}

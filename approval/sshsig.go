package approval

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
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

// A Key is an officer's public key: an SSH key or a passkey. The zero Key is
// none.
type Key struct {
	pub    ssh.PublicKey
	origin string // of a passkey; "" for an SSH key
	rpID   string // of a passkey
}

// ParseKey reads one line in OpenSSH's authorized_keys form
// ("ssh-ed25519 AAAA... comment"); options are refused. Ed25519, ECDSA on P-256
// and P-384, their hardware-backed sk forms, and RSA from 3072 bits are taken
// (MUST-5), and the line of a passkey (MUST-9), for which see
// [ParsePasskeyLine].
func ParseKey(line string) (Key, error) {
	if len(line) > maxSignature {
		return Key{}, fmt.Errorf("officer's key of %d bytes: at most %d", len(line), maxSignature)
	}
	if strings.ContainsAny(strings.TrimSpace(line), "\r\n") {
		return Key{}, errors.New("officer's key: want one line, as in an OpenSSH .pub file") // x/crypto/ssh would skip lines
	}
	if isPasskeyLine(line) {
		return ParsePasskeyLine(line)
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
	return Key{pub: pub}, nil
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

// Line returns the key in the form in which a policy entry holds it: type and
// base64, as in authorized_keys, without a comment.
func (k Key) Line() string {
	return k.kind() + " " + base64.StdEncoding.EncodeToString(k.wire())
}

// kind returns the first word of the line.
func (k Key) kind() string {
	if k.origin != "" {
		return PasskeyType
	}
	return k.pub.Type()
}

// wire returns the bytes of the line.
func (k Key) wire() []byte {
	if k.origin == "" {
		return k.pub.Marshal()
	}
	return ssh.Marshal(passkeyWire{PasskeyType, k.origin, k.rpID, k.pub.Marshal()})
}

// Fingerprint returns OpenSSH's "SHA256:..." name of the key; for a passkey the
// same over the bytes of its line.
func (k Key) Fingerprint() string {
	sum := sha256.Sum256(k.wire())
	return "SHA256:" + base64.RawStdEncoding.EncodeToString(sum[:])
}

// Identity names the public key alone, whatever line it stands in: a passkey
// entered for two origins, or also as an SSH key, is one key and belongs to one
// person (entry.md MUST-15). It is for comparing only.
func (k Key) Identity() string { return string(k.pub.Marshal()) }

// Verify reports whether signature is key k's over exactly these statement
// bytes: for an SSH key an sshsig in wire form or armored (MUST-4, MUST-6), with
// its namespace, hash (SHA-256 or SHA-512) and key checked; for a passkey an
// [Evidence] in wire form (MUST-11 to MUST-14).
func Verify(statement []byte, k Key, signature []byte) error {
	if k.IsZero() {
		return errors.New("verifying an approval: no key given")
	}
	if isEvidence(signature) {
		return verifyPasskey(statement, k, signature)
	}
	sig, err := parseSignature(signature)
	if err != nil {
		return fmt.Errorf("verifying an approval by %s: %w", k.Fingerprint(), err)
	}
	if sig.Namespace != Namespace {
		return fmt.Errorf("verifying an approval by %s: signed in namespace %q: sign with -n %s", k.Fingerprint(), sig.Namespace, Namespace)
	}
	if k.origin != "" {
		return fmt.Errorf("verifying an approval by %s: public key does not match: this key is a passkey, and the signature is an SSH key's", k.Fingerprint())
	}
	if err := sshsig.Verify(bytes.NewReader(statement), sig, k.pub, sig.HashAlgorithm, Namespace); err != nil {
		return fmt.Errorf("verifying an approval by %s: it is not a signature over this statement: %w", k.Fingerprint(), err)
	}
	return nil
}

// Signer returns the key that made a signature, before anything is verified.
func Signer(signature []byte) (Key, error) {
	if isEvidence(signature) {
		e, err := ParseEvidence(signature)
		return e.Key, err
	}
	sig, err := parseSignature(signature)
	if err != nil {
		return Key{}, fmt.Errorf("reading an approval: %w", err)
	}
	if err := strong(sig.PublicKey); err != nil {
		return Key{}, fmt.Errorf("reading an approval: %w", err)
	}
	return Key{pub: sig.PublicKey}, nil
}

// Wire returns a signature in wire form, the form in which an entry holds it: an
// sshsig, armored or not (MUST-6), or the evidence of a passkey, which has only
// this form (MUST-11).
func Wire(signature []byte) ([]byte, error) {
	if isEvidence(signature) {
		if _, err := ParseEvidence(signature); err != nil {
			return nil, err
		}
		return bytes.Clone(signature), nil
	}
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

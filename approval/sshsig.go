package approval

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
)

// Namespace is the sshsig namespace of approvals (MUST-4).
const Namespace = "chancery-approval@v1"

const (
	maxSignature = 16 << 10
	minRSABits   = 3072
	sshsigMagic  = "SSHSIG"
	sshsigLead   = sshsigMagic + "\x00\x00\x00\x01" // and the version
	armorType    = "SSH SIGNATURE"
)

// A Key is an officer's public key: an SSH key or a passkey. The zero Key is
// none.
type Key struct {
	pub    *public
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
		return Key{}, errors.New("officer's key: want one line, as in an OpenSSH .pub file")
	}
	if isPasskeyLine(line) {
		return ParsePasskeyLine(line)
	}
	pub, err := parseSSHLine(line)
	if err != nil {
		return Key{}, fmt.Errorf("officer's key %.30q: %w", line, err)
	}
	k := Key{pub: pub}
	if err := pub.strong(); err != nil {
		return Key{}, fmt.Errorf("officer's key %s: %w", k.Fingerprint(), err)
	}
	return k, nil
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
	return k.pub.kind
}

// wire returns the bytes of the line.
func (k Key) wire() []byte {
	if k.origin == "" {
		return []byte(k.pub.wire)
	}
	return sshStrings(PasskeyType, k.origin, k.rpID, k.pub.wire)
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
func (k Key) Identity() string { return k.pub.wire }

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
	if sig.namespace != Namespace {
		return fmt.Errorf("verifying an approval by %s: signed in namespace %q: sign with -n %s", k.Fingerprint(), sig.namespace, Namespace)
	}
	if k.origin != "" {
		return fmt.Errorf("verifying an approval by %s: public key does not match: this key is a passkey, and the signature is an SSH key's", k.Fingerprint())
	}
	if sig.key.wire != k.pub.wire {
		return fmt.Errorf("verifying an approval by %s: public key does not match: signed by %s", k.Fingerprint(), Key{pub: sig.key}.Fingerprint())
	}
	if err := k.pub.verify(signedData(statement, sig.hash), sig); err != nil {
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
	if err := sig.key.strong(); err != nil {
		return Key{}, fmt.Errorf("reading an approval: %w", err)
	}
	return Key{pub: sig.key}, nil
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
	return bytes.Clone(sig.wire), nil
}

// A signature is what an SSH signature says.
type signature struct {
	wire            []byte
	key             *public
	namespace, hash string
	format          string
	inner, rest     []byte // rest: flags and counter of a hardware-backed key
}

// Names of the two hashes that OpenSSH PROTOCOL.sshsig knows.
const (
	hash256 = "sha256"
	hash512 = "sha512"
)

var (
	errNotSSH       = errors.New("not an SSH signature of version 1 with SHA-256 or SHA-512")
	errNotCanonical = errors.New("not an SSH signature in its one canonical form")
)

// parseSignature reads both forms and refuses trailing or non-canonical bytes.
func parseSignature(b []byte) (*signature, error) {
	if len(b) > maxSignature {
		return nil, fmt.Errorf("signature of %d bytes: at most %d", len(b), maxSignature)
	}
	if bytes.HasPrefix(bytes.TrimSpace(b), []byte("-----BEGIN "+armorType+"-----")) {
		block, rest := pem.Decode(b)
		if block == nil || block.Type != armorType || len(bytes.TrimSpace(rest)) > 0 {
			return nil, errors.New("not an SSH signature: want the lines from BEGIN to END SSH SIGNATURE and nothing else")
		}
		b = block.Bytes
	}
	strs, ok := bytes.CutPrefix(b, []byte(sshsigLead))
	const parts = 5 // key, namespace, reserved, hash, inner signature
	f, after, whole := cutStrings(strs, parts)
	if !ok || !whole || len(after) > 0 {
		return nil, errNotSSH
	}
	s := &signature{wire: b, namespace: string(f[1]), hash: string(f[3])}
	inner, rest, ok := cutStrings(f[4], 2)
	if !ok || s.hash != hash256 && s.hash != hash512 {
		return nil, errNotSSH
	}
	s.format, s.inner, s.rest = string(inner[0]), inner[1], rest
	var err error
	if s.key, err = parsePublic(f[0]); err != nil {
		return nil, fmt.Errorf("not an SSH signature: its key: %w", err)
	}
	switch {
	case s.key.kind == typeRSA && s.format != formatRSA256 && s.format != formatRSA512:
		return nil, fmt.Errorf("not an SSH signature: format %.40q: want %s or %s", s.format, formatRSA256, formatRSA512)
	case len(f[2]) > 0, len(rest) > 0 && !s.key.hardware():
		// Nothing signs the reserved part, and nothing reads what follows the inner
		// signature of any other key.
		return nil, errNotCanonical
	}
	return s, nil
}

// signedData is what an SSH signature with this hash is over (OpenSSH
// PROTOCOL.sshsig, section 3).
func signedData(statement []byte, hash string) []byte {
	var digest []byte
	if hash == hash256 {
		sum := sha256.Sum256(statement)
		digest = sum[:]
	} else {
		sum := sha512.Sum512(statement)
		digest = sum[:]
	}
	return append([]byte(sshsigMagic), sshStrings(Namespace, "", hash, string(digest))...)
}

package proof

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// Signature types of C2SP signed-note that this package takes.
const (
	typeEd25519     = 0x01 // a log's own signature
	typeCosignature = 0x04 // tlog-cosignature with Ed25519
)

// CosignatureMessage is what a cosigner signs: when, and the whole text of the
// checkpoint (tlog-cosignature, "Ed25519 signed message"; proof.md MUST-10).
func CosignatureMessage(unixSeconds uint64, text []byte) []byte {
	return append(fmt.Appendf(nil, "cosignature/v1\ntime %d\n", unixSeconds), text...)
}

// CosignatureSize is the size of a timestamped signature: eight bytes of time
// and an Ed25519 signature.
const CosignatureSize = 8 + ed25519.SignatureSize

// CosignerKey writes the verifier key of an Ed25519 cosigner, and returns its
// key ID (tlog-cosignature, "Format").
func CosignerKey(name string, pub ed25519.PublicKey) (vkey string, id uint32, err error) {
	if err := checkOrigin(name); err != nil {
		return "", 0, fmt.Errorf("writing a cosigner's key: %w", err)
	}
	if len(pub) != ed25519.PublicKeySize {
		return "", 0, errors.New("writing a cosigner's key: not an Ed25519 key")
	}
	material := append([]byte{typeCosignature}, pub...)
	id = keyID(name, material)
	return fmt.Sprintf("%s+%08x+%s", name, id, base64.StdEncoding.EncodeToString(material)), id, nil
}

// keyID is signed-note's recommended key ID.
func keyID(name string, material []byte) uint32 {
	h := sha256.New()
	_, _ = h.Write([]byte(name + "\n"))
	_, _ = h.Write(material)
	return binary.BigEndian.Uint32(h.Sum(nil))
}

// A verifierKey is a vkey taken apart.
type verifierKey struct {
	name string
	id   uint32
	typ  byte
	pub  ed25519.PublicKey
}

// parseKey reads a vkey of signature type 1 or 4; the ID must be the recommended
// one, so that a mistyped key is found at once (proof.md MUST-12).
func parseKey(vkey string) (verifierKey, error) {
	const most = 512
	if len(vkey) > most {
		return verifierKey{}, fmt.Errorf("verifier key of %d bytes: at most %d", len(vkey), most)
	}
	name, rest, ok := strings.Cut(vkey, "+")
	idHex, material64, ok2 := strings.Cut(rest, "+")
	if !ok || !ok2 {
		return verifierKey{}, fmt.Errorf("verifier key %s: want NAME+ID+KEY", clip(vkey))
	}
	if err := checkOrigin(name); err != nil {
		return verifierKey{}, fmt.Errorf("verifier key %s: %w", clip(vkey), err)
	}
	id, err := hex.DecodeString(idHex)
	material, err2 := base64.StdEncoding.Strict().DecodeString(material64)
	if err != nil || err2 != nil || len(id) != 4 || len(material) == 0 {
		return verifierKey{}, fmt.Errorf("verifier key %s: its ID or key is malformed", clip(vkey))
	}
	if material[0] == 0x06 {
		return verifierKey{}, fmt.Errorf("verifier key %s is an ML-DSA-44 key, which this version cannot check: name another key", clip(name))
	}
	if t := material[0]; t != typeEd25519 && t != typeCosignature || len(material) != 1+ed25519.PublicKeySize {
		return verifierKey{}, fmt.Errorf("verifier key %s is no Ed25519 key", clip(vkey))
	}
	k := verifierKey{name: name, id: binary.BigEndian.Uint32(id), typ: material[0], pub: material[1:]}
	if keyID(name, material) != k.id {
		return verifierKey{}, fmt.Errorf("verifier key %s: its ID does not belong to this name and key", clip(vkey))
	}
	return k, nil
}

// Name, KeyHash and Verify implement note.Verifier.
func (k verifierKey) Name() string    { return k.name }
func (k verifierKey) KeyHash() uint32 { return k.id }
func (k verifierKey) Verify(msg, sig []byte) bool {
	if k.typ == typeEd25519 {
		return len(sig) == ed25519.SignatureSize && ed25519.Verify(k.pub, msg, sig)
	}
	if len(sig) != CosignatureSize {
		return false
	}
	t := binary.BigEndian.Uint64(sig)
	return t <= maxUnix && ed25519.Verify(k.pub, CosignatureMessage(t, msg), sig[8:])
}

const maxUnix = 253_402_300_799 // 9999-12-31T23:59:59Z

var _ note.Verifier = verifierKey{}

// NewVerifier reads a verifier key of a log or a cosigner.
func NewVerifier(vkey string) (note.Verifier, error) {
	k, err := parseKey(vkey)
	if err != nil {
		return nil, err
	}
	return k, nil
}

// CosignatureLine writes the signature line of a cosignature that was made at a
// time, as it stands below a checkpoint and in a witness's answer.
func CosignatureLine(name string, keyID uint32, unixSeconds uint64, sig []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, keyID)
	b = binary.BigEndian.AppendUint64(b, unixSeconds)
	return fmt.Appendf(nil, "\u2014 %s %s\n", name, base64.StdEncoding.EncodeToString(append(b, sig...)))
}

// cosignatureTime returns the time in a cosignature that was verified before.
func cosignatureTime(sig64 string) time.Time {
	b, _ := base64.StdEncoding.DecodeString(sig64)
	if len(b) != 4+CosignatureSize {
		return time.Time{}
	}
	return time.Unix(int64(binary.BigEndian.Uint64(b[4:])), 0).UTC() //nolint:gosec // Verify bounds it
}

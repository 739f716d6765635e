package signing

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
)

// noteKey writes the key in the form of x/mod's note package: name, key ID, and
// algorithm byte with seed (C2SP signed-note, "Ed25519").
func (k Key) noteKey(name string) string {
	id, _ := k.noteID(name)
	seed := append([]byte{algEd25519}, k.private.Seed()...)
	return fmt.Sprintf("PRIVATE+KEY+%s+%08x+%s", name, id, base64.StdEncoding.EncodeToString(seed))
}

// VerifierKey returns the public key as a log's verifier key under a name.
func (k Key) VerifierKey(name string) string {
	id, material := k.noteID(name)
	return fmt.Sprintf("%s+%08x+%s", name, id, base64.StdEncoding.EncodeToString(material))
}

const algEd25519 = 1

func (k Key) noteID(name string) (uint32, []byte) {
	pub, _ := k.private.Public().(ed25519.PublicKey)
	material := append([]byte{algEd25519}, pub...)
	sum := sha256.Sum256(append([]byte(name+"\n"), material...))
	return binary.BigEndian.Uint32(sum[:4]), material
}

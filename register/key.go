package register

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/veraison/go-cose"

	"chancery.example/letter"
)

// A PublicKey is the key of a register's operator or of an office: Ed25519, or
// ECDSA on P-256 for hardware that has nothing else. The zero PublicKey is none.
type PublicKey struct {
	alg cose.Algorithm
	x   []byte // Ed25519 key, or the X coordinate
	y   []byte // the Y coordinate of P-256
}

// coseKey holds the required members of a COSE_Key (RFC 9052 section 7), the
// only ones taken.
type coseKey struct {
	Kty int    `cbor:"1,keyasint"`
	Crv int    `cbor:"-1,keyasint"`
	X   []byte `cbor:"-2,keyasint"`
	Y   []byte `cbor:"-3,keyasint,omitempty"`
}

const (
	ktyOKP, ktyEC2       = 1, 2
	crvP256, crvEd25519  = 1, 6
	coordinate, uncompZ4 = 32, 4
)

// NewPublicKey takes an ed25519.PublicKey or an *ecdsa.PublicKey on P-256.
func NewPublicKey(k crypto.PublicKey) (PublicKey, error) {
	switch k := k.(type) {
	case ed25519.PublicKey:
		if len(k) != ed25519.PublicKeySize {
			return PublicKey{}, errors.New("ed25519 key has the wrong length")
		}
		return PublicKey{alg: cose.AlgorithmEdDSA, x: bytes.Clone(k)}, nil
	case *ecdsa.PublicKey:
		if k.Curve != elliptic.P256() {
			return PublicKey{}, fmt.Errorf("curve %s is not taken: want P-256", k.Params().Name)
		}
		b, err := k.Bytes()
		if err != nil {
			return PublicKey{}, fmt.Errorf("reading a P-256 key: %w", err)
		}
		return PublicKey{alg: cose.AlgorithmES256, x: b[1 : 1+coordinate], y: b[1+coordinate:]}, nil
	}
	return PublicKey{}, fmt.Errorf("key type %T is not taken: want Ed25519 or P-256", k)
}

// IsZero reports whether there is no key.
func (k PublicKey) IsZero() bool { return k.x == nil }

// Equal reports whether both are the same key.
func (k PublicKey) Equal(o PublicKey) bool {
	return k.alg == o.alg && bytes.Equal(k.x, o.x) && bytes.Equal(k.y, o.y)
}

// Ed25519 returns the key for other uses than entries; false when it is of
// another kind.
func (k PublicKey) Ed25519() (ed25519.PublicKey, bool) {
	return ed25519.PublicKey(bytes.Clone(k.x)), k.alg == cose.AlgorithmEdDSA
}

// Thumbprint is the COSE key thumbprint of RFC 9679 with SHA-256: the kid of
// every entry the key signs (MUST-5).
func (k PublicKey) Thumbprint() letter.Hash {
	b, err := k.MarshalCBOR()
	if err != nil {
		return letter.Hash{}
	}
	return sha256.Sum256(b)
}

// MarshalCBOR writes the key as a deterministic COSE_Key.
func (k PublicKey) MarshalCBOR() ([]byte, error) {
	switch k.alg {
	case cose.AlgorithmEdDSA:
		return encode(coseKey{Kty: ktyOKP, Crv: crvEd25519, X: k.x})
	case cose.AlgorithmES256:
		return encode(coseKey{Kty: ktyEC2, Crv: crvP256, X: k.x, Y: k.y})
	default:
		return nil, errors.New("writing a key: there is none")
	}
}

// UnmarshalCBOR reads a COSE_Key written by MarshalCBOR and nothing else.
func (k *PublicKey) UnmarshalCBOR(b []byte) error {
	var c coseKey
	if err := decode(b, &c); err != nil {
		return fmt.Errorf("reading a COSE_Key: %w", err)
	}
	var got PublicKey
	var err error
	switch {
	case c.Kty == ktyOKP && c.Crv == crvEd25519 && len(c.Y) == 0:
		got, err = NewPublicKey(ed25519.PublicKey(c.X))
	case c.Kty == ktyEC2 && c.Crv == crvP256 && len(c.X) == coordinate && len(c.Y) == coordinate:
		got, err = parseP256(c.X, c.Y)
	default:
		err = errors.New("want Ed25519 or P-256 with nothing added")
	}
	if err != nil {
		return fmt.Errorf("reading a COSE_Key: %w", err)
	}
	*k = got
	return nil
}

func parseP256(x, y []byte) (PublicKey, error) {
	b := append([]byte{uncompZ4}, x...)
	pub, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append(b, y...))
	if err != nil {
		return PublicKey{}, fmt.Errorf("not a point of P-256: %w", err)
	}
	return NewPublicKey(pub)
}

// Algorithm is the COSE algorithm that the key signs with: -8 EdDSA or -7 ES256;
// 0 when there is no key.
func (k PublicKey) Algorithm() int64 { return int64(k.alg) }

// VerifySignature reports whether a signature is the key's over a COSE
// Sig_structure (RFC 9052 section 4.4).
func (k PublicKey) VerifySignature(toBeSigned, signature []byte) error {
	v, err := k.verifier()
	if err != nil {
		return err
	}
	if err := v.Verify(toBeSigned, signature); err != nil {
		return fmt.Errorf("the signature is not key %s's: %w", k.Thumbprint(), err)
	}
	return nil
}

// verifier returns go-cose's verifier for the key.
func (k PublicKey) verifier() (cose.Verifier, error) {
	var pub crypto.PublicKey
	switch k.alg {
	case cose.AlgorithmEdDSA:
		pub = ed25519.PublicKey(k.x)
	case cose.AlgorithmES256:
		b := append([]byte{uncompZ4}, k.x...)
		p, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append(b, k.y...))
		if err != nil {
			return nil, fmt.Errorf("not a point of P-256: %w", err)
		}
		pub = p
	default:
		return nil, errors.New("there is no key")
	}
	v, err := cose.NewVerifier(k.alg, pub)
	if err != nil {
		return nil, fmt.Errorf("making a verifier: %w", err)
	}
	return v, nil
}

// A Signer holds the private key of an operator or office. Sign gets the COSE
// Sig_structure (RFC 9052 section 4.4) and returns the raw signature.
type Signer interface {
	Public() PublicKey
	Sign(toBeSigned []byte) ([]byte, error)
}

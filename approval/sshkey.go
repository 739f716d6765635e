package approval

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"
	"strings"
)

// SSH's wire form is read and written here and not by golang.org/x/crypto/ssh:
// that package brings ciphers, key exchange and X.509 into every program that
// verifies, also into the one that browsers download. The tests hold this file to
// it, on keys and signatures of every kind and on bent ones.

// Types of keys that are taken (MUST-5), as SSH names them.
const (
	typeEd25519   = "ssh-ed25519"
	typeECDSA256  = "ecdsa-sha2-nistp256"
	typeECDSA384  = "ecdsa-sha2-nistp384"
	typeRSA       = "ssh-rsa"
	typeSKEd25519 = "sk-ssh-ed25519@openssh.com"
	typeSKECDSA   = "sk-ecdsa-sha2-nistp256@openssh.com"

	formatRSA256 = "rsa-sha2-256"
	formatRSA512 = "rsa-sha2-512"
)

// Limits of RSA keys that OpenSSH has too: what is longer only costs time.
const (
	maxRSABits      = 16384
	maxExponentBits = 24
	leastExponent   = 3
)

// skTail is what follows the inner signature of a hardware-backed key: flags and
// a counter.
const skTail = 5

// keyParts says how many strings follow the type in a key's wire form.
var keyParts = map[string]int{typeEd25519: 1, typeECDSA256: 2, typeECDSA384: 2, typeRSA: 2, typeSKEd25519: 2, typeSKECDSA: 3}

// A public is a public key of one of the types above. It is only ever read from
// its wire form, which it keeps: there is one form, so two keys are the same when
// these bytes are.
type public struct {
	kind        string           // its type
	wire        string           // bytes of the wire form
	key         crypto.PublicKey // an ed25519.PublicKey, *ecdsa.PublicKey or *rsa.PublicKey
	application string           // of a hardware-backed key
}

var errKeyForm = errors.New("not a key in its one form: its bytes are cut off, too many, or not written as SSH writes them")

// parsePublic reads the wire form of a key (RFC 4253 section 6.6, RFC 5656 section
// 3.1, RFC 8709, OpenSSH PROTOCOL.u2f), in its one form.
func parsePublic(wire []byte) (*public, error) {
	kind, rest, ok := cutStrings(wire, 1)
	if !ok {
		return nil, errKeyForm
	}
	p := &public{kind: string(kind[0]), wire: string(wire)}
	n, taken := keyParts[p.kind]
	if !taken {
		return nil, fmt.Errorf("type %.40q is not taken: use %s", p.kind, typeEd25519)
	}
	f, rest, ok := cutStrings(rest, n)
	if !ok || len(rest) != 0 {
		return nil, errKeyForm
	}
	switch p.kind {
	case typeEd25519, typeSKEd25519:
		ok = p.readEd25519(f[0])
	case typeECDSA256, typeSKECDSA:
		ok = p.readECDSA("nistp256", elliptic.P256(), f)
	case typeECDSA384:
		ok = p.readECDSA("nistp384", elliptic.P384(), f)
	case typeRSA:
		ok = p.readRSA(f[0], f[1])
	}
	if !ok {
		return nil, errKeyForm
	}
	if p.hardware() {
		p.application = string(f[n-1])
	}
	return p, nil
}

func (p *public) readEd25519(b []byte) bool {
	p.key = ed25519.PublicKey(bytes.Clone(b))
	return len(b) == ed25519.PublicKeySize
}

// readECDSA reads the name of the curve and an uncompressed point of it.
func (p *public) readECDSA(name string, curve elliptic.Curve, f [][]byte) bool {
	k, err := ecdsa.ParseUncompressedPublicKey(curve, f[1])
	p.key = k
	return err == nil && string(f[0]) == name
}

func (p *public) readRSA(exponent, modulus []byte) bool {
	e, n := new(big.Int).SetBytes(exponent), new(big.Int).SetBytes(modulus)
	p.key = &rsa.PublicKey{N: n, E: int(e.Int64())} // cut off only where it is refused
	return minimal(exponent) && minimal(modulus) && n.BitLen() <= maxRSABits &&
		e.BitLen() <= maxExponentBits && e.Bit(0) == 1 && e.Int64() >= leastExponent
}

// newPublic gives a key of the standard library its wire form.
func newPublic(key crypto.PublicKey) (*public, error) {
	switch k := key.(type) {
	case ed25519.PublicKey:
		return parsePublic(sshStrings(typeEd25519, string(k)))
	case *ecdsa.PublicKey:
		point, err := k.Bytes()
		if err != nil {
			return nil, fmt.Errorf("not a point of its curve: %w", err)
		}
		curve := map[elliptic.Curve]string{elliptic.P256(): "nistp256", elliptic.P384(): "nistp384"}[k.Curve]
		return parsePublic(sshStrings("ecdsa-sha2-"+curve, curve, string(point)))
	case *rsa.PublicKey:
		if k.N == nil || k.N.Sign() < 0 || k.E < 0 {
			return nil, errKeyForm
		}
		return parsePublic(sshStrings(typeRSA, number(big.NewInt(int64(k.E))), number(k.N)))
	}
	return nil, errors.New("use Ed25519, ECDSA on P-256 or RSA")
}

// hardware reports whether the key is in a security key, which signs more than it
// is given.
func (p *public) hardware() bool { return p.kind == typeSKEd25519 || p.kind == typeSKECDSA }

// strong is the rest of MUST-5.
func (p *public) strong() error {
	if k, ok := p.key.(*rsa.PublicKey); ok && k.N.BitLen() < minRSABits {
		return fmt.Errorf("RSA of %d bits is too short: want %d, or better %s", k.N.BitLen(), minRSABits, typeEd25519)
	}
	return nil
}

var (
	errUntouched = errors.New("the security key does not say that somebody touched it")
	errUnsigned  = errors.New("the signature is not right")
)

// verify checks an inner signature over data: its format, its bytes, and what
// follows them, which only a hardware-backed key has.
func (p *public) verify(data []byte, s *signature) error {
	if p.hardware() {
		if len(s.rest) != skTail || s.rest[0]&flagUserPresent == 0 {
			return errUntouched
		}
		application, sum := sha256.Sum256([]byte(p.application)), sha256.Sum256(data)
		data = bytes.Join([][]byte{application[:], s.rest, sum[:]}, nil)
	}
	ok := false
	switch k := p.key.(type) {
	case ed25519.PublicKey:
		ok = s.format == p.kind && ed25519.Verify(k, data, s.inner)
	case *ecdsa.PublicKey:
		ok = s.format == p.kind && verifyECDSA(k, data, s.inner)
	case *rsa.PublicKey:
		ok = verifyRSA(k, data, s)
	}
	if !ok {
		return errUnsigned
	}
	return nil
}

// verifyECDSA takes the two numbers of RFC 5656 section 3.1.2. Like OpenSSH it
// takes zeros before them.
func verifyECDSA(k *ecdsa.PublicKey, data, inner []byte) bool {
	f, rest, ok := cutStrings(inner, 2)
	if !ok || len(rest) != 0 || negative(f[0]) || negative(f[1]) {
		return false
	}
	var digest []byte
	if k.Curve == elliptic.P384() {
		sum := sha512.Sum384(data)
		digest = sum[:]
	} else {
		sum := sha256.Sum256(data)
		digest = sum[:]
	}
	return ecdsa.Verify(k, digest, new(big.Int).SetBytes(f[0]), new(big.Int).SetBytes(f[1]))
}

// verifyRSA takes a signature without the zeros before it, as old PuTTYs write it
// and OpenSSH takes it.
func verifyRSA(k *rsa.PublicKey, data []byte, s *signature) bool {
	missing := k.Size() - len(s.inner)
	if missing < 0 {
		return false
	}
	inner := append(make([]byte, missing), s.inner...)
	switch s.format {
	case formatRSA256:
		sum := sha256.Sum256(data)
		return rsa.VerifyPKCS1v15(k, crypto.SHA256, sum[:], inner) == nil
	case formatRSA512:
		sum := sha512.Sum512(data)
		return rsa.VerifyPKCS1v15(k, crypto.SHA512, sum[:], inner) == nil
	}
	return false
}

// parseSSHLine reads "type base64", with a comment or without; nothing before the
// type, which is the key's own.
func parseSSHLine(line string) (*public, error) {
	f := strings.FieldsFunc(strings.TrimLeft(strings.TrimRight(line, " \t\r\n"), "\n"), func(r rune) bool { return r == ' ' || r == '\t' })
	if len(f) < 2 {
		return nil, errors.New("want one line as in an OpenSSH .pub file")
	}
	wire, err := base64.StdEncoding.Strict().DecodeString(f[1])
	if err != nil {
		if _, taken := keyParts[f[1]]; taken {
			return nil, errors.New("want one key, without options")
		}
		return nil, fmt.Errorf("want one line as in an OpenSSH .pub file: %w", err)
	}
	p, err := parsePublic(wire)
	if err != nil {
		return nil, fmt.Errorf("want one line as in an OpenSSH .pub file: %w", err)
	}
	if p.kind != f[0] {
		return nil, fmt.Errorf("want one line as in an OpenSSH .pub file: it begins with %.40q, and the key is of type %s", f[0], p.kind)
	}
	return p, nil
}

// cutStrings takes n strings off b as SSH writes them: four bytes of length, then
// the bytes.
func cutStrings(b []byte, n int) (out [][]byte, rest []byte, ok bool) {
	const length = 4
	for range n {
		if len(b) < length {
			return nil, nil, false
		}
		size := uint64(binary.BigEndian.Uint32(b))
		b = b[length:]
		if size > uint64(len(b)) {
			return nil, nil, false
		}
		out, b = append(out, b[:size]), b[size:]
	}
	return out, b, true
}

// sshStrings writes strings as SSH does.
func sshStrings(parts ...string) []byte {
	var out []byte
	for _, p := range parts {
		out = append(binary.BigEndian.AppendUint32(out, uint32(len(p))), p...) //nolint:gosec // ours, and what was read below 16 KiB
	}
	return out
}

// number writes a number that is not negative as SSH does, without its length.
func number(n *big.Int) string {
	b := n.Bytes()
	if len(b) > 0 && b[0]&0x80 != 0 {
		b = append([]byte{0}, b...) // it would be negative
	}
	return string(b)
}

// negative reports whether SSH reads a number as one below zero.
func negative(b []byte) bool { return len(b) > 0 && b[0]&0x80 != 0 }

// minimal reports whether a number is above zero and written in its one form.
func minimal(b []byte) bool {
	return len(b) > 0 && !negative(b) && (b[0] != 0 || len(b) > 1 && negative(b[1:]))
}

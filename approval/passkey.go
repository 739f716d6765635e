package approval

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/fxamacker/cbor/v2"
)

// PasskeyType is the first word of a passkey's line (MUST-9).
const PasskeyType = "chancery-passkey@v1"

// Limits of a passkey's public key. An RSA passkey is made by a TPM, which makes
// no longer ones than 2048 bits: SSH's 3072 would shut them all out.
const (
	minPasskeyBits, maxPasskeyBits = 2048, 4096
	passkeyExponent                = 65537
	maxHost                        = 253
)

// NewPasskey returns the key of a passkey that officers' approvals are made with
// at origin ("https://register.example") for the relying party rpID
// ("register.example"): an ed25519.PublicKey, an *ecdsa.PublicKey on P-256 or an
// *rsa.PublicKey of 2048 to 4096 bits with the exponent 65537 (MUST-9, MUST-10).
func NewPasskey(origin, rpID string, public crypto.PublicKey) (Key, error) {
	pub, err := newPublic(public)
	if err != nil {
		return Key{}, fmt.Errorf("passkey: a public key of type %T is not taken: %w", public, err)
	}
	k := Key{pub, origin, rpID}
	if err := k.validPasskey(); err != nil {
		return Key{}, fmt.Errorf("passkey: %w", err)
	}
	return k, nil
}

// NewPasskeyLine returns the line of a policy for a passkey whose public key is
// given as a browser gives it, a COSE_Key (RFC 9052): ES256, EdDSA with Ed25519,
// or RS256. See [NewPasskey].
func NewPasskeyLine(origin, rpID string, coseKey []byte) (string, error) {
	public, err := readCOSEKey(coseKey)
	if err != nil {
		return "", fmt.Errorf("passkey: %w", err)
	}
	k, err := NewPasskey(origin, rpID, public)
	if err != nil {
		return "", err
	}
	return k.Line(), nil
}

// ParsePasskeyLine reads the line of a passkey, "chancery-passkey@v1 base64", in
// its one form; a comment after it is dropped (MUST-9, MUST-10).
func ParsePasskeyLine(line string) (Key, error) {
	if len(line) > maxSignature {
		return Key{}, fmt.Errorf("officer's key of %d bytes: at most %d", len(line), maxSignature)
	}
	line = strings.TrimSpace(line)
	f := strings.SplitN(line, " ", 3)
	if len(f) < 2 || f[0] != PasskeyType || strings.ContainsAny(line, "\r\n") {
		return Key{}, fmt.Errorf("officer's key: want one line of a passkey: %s and base64", PasskeyType)
	}
	wire, err := base64.StdEncoding.Strict().DecodeString(f[1])
	if err != nil {
		return Key{}, fmt.Errorf("officer's key: want one line of a passkey: %w", err)
	}
	k, err := parsePasskey(wire)
	if err != nil {
		return Key{}, fmt.Errorf("officer's key: %w", err)
	}
	return k, nil
}

// isPasskeyLine reports whether a line is meant to be a passkey's.
func isPasskeyLine(line string) bool {
	return strings.HasPrefix(strings.TrimLeft(line, " \t"), PasskeyType)
}

// parsePasskey reads the bytes of a passkey's line.
func parsePasskey(wire []byte) (Key, error) {
	const parts = 4 // type, origin, relying party, public key
	w, rest, ok := cutStrings(wire, parts)
	if !ok || len(rest) != 0 || string(w[0]) != PasskeyType {
		return Key{}, errors.New("want one line of a passkey: its bytes are cut off, too many, or another type's")
	}
	pub, err := parsePublic(w[3])
	if err != nil {
		return Key{}, fmt.Errorf("want one line of a passkey: its public key: %w", err)
	}
	k := Key{pub, string(w[1]), string(w[2])}
	if err := k.validPasskey(); err != nil {
		return Key{}, err
	}
	return k, nil
}

// Passkey returns where a passkey is used and for which relying party; false
// when the key is an SSH key.
func (k Key) Passkey() (origin, rpID string, ok bool) { return k.origin, k.rpID, k.origin != "" }

// EvidencePrefix returns the bytes with which all evidence of a passkey begins in
// wire form; nil when k is an SSH key.
func EvidencePrefix(k Key) []byte {
	if k.origin == "" {
		return nil
	}
	wire := k.wire()
	return append(binary.BigEndian.AppendUint32([]byte(evidenceMagic), uint32(len(wire))), wire...) //nolint:gosec // below maxSignature
}

// Describe says what the key is, for people and in English: "passkey at
// https://register.example" or "SSH key".
func (k Key) Describe() string {
	if k.origin != "" {
		return "passkey at " + k.origin
	}
	return "SSH key"
}

func (k Key) validPasskey() error {
	if err := validOrigin(k.origin, k.rpID); err != nil {
		return err
	}
	switch k.pub.kind {
	case typeEd25519, typeECDSA256:
		return nil
	}
	p, ok := k.pub.key.(*rsa.PublicKey)
	switch {
	case !ok:
		return fmt.Errorf("type %s is not taken: use ES256, EdDSA or RS256", k.pub.kind)
	case p.N.BitLen() < minPasskeyBits:
		return fmt.Errorf("RSA of %d bits is too short: a passkey has %d to %d", p.N.BitLen(), minPasskeyBits, maxPasskeyBits)
	case p.N.BitLen() > maxPasskeyBits || p.E != passkeyExponent:
		return fmt.Errorf("type RSA of %d bits with the exponent %d is not taken: use at most %d bits and the exponent %d", p.N.BitLen(), p.E, maxPasskeyBits, passkeyExponent)
	}
	return nil
}

// hostForm is a domain in lower case; its last label begins with a letter, so
// that it is no address of numbers.
var hostForm = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z]([a-z0-9-]{0,61}[a-z0-9])?$`)

// validOrigin is MUST-10: the origin as browsers write it, and a relying party
// that a browser lets this origin name.
func validOrigin(origin, rpID string) error {
	scheme, rest, _ := strings.Cut(origin, "://")
	host, port, hasPort := strings.Cut(rest, ":")
	switch {
	case scheme != "https" && (scheme != "http" || host != "localhost"), len(host) > maxHost, !hostForm.MatchString(host):
		return fmt.Errorf("origin %.80q: want https:// and a host in lower case, or http://localhost, and no path", origin)
	case hasPort && !validPort(scheme, port):
		return fmt.Errorf("origin %.80q: want a port as browsers write it, and none where it is the usual one", origin)
	case rpID == host:
		return nil
	case !strings.HasSuffix(host, "."+rpID) || !strings.Contains(rpID, ".") || !hostForm.MatchString(rpID):
		return fmt.Errorf("relying party %.80q: want the host of %s or a domain above it", rpID, origin)
	}
	return nil
}

func validPort(scheme, port string) bool {
	n, err := strconv.ParseUint(port, 10, 16)
	usual := map[string]uint64{"https": 443, "http": 80}[scheme]
	return err == nil && n != 0 && n != usual && strconv.FormatUint(n, 10) == port
}

// RelyingParty returns the host of an origin: the relying party under which
// passkeys are made when nothing else is asked for.
func RelyingParty(origin string) (string, error) {
	u, err := url.Parse(origin)
	if err != nil {
		return "", fmt.Errorf("origin %.80q: %w", origin, err)
	}
	return u.Hostname(), validOrigin(origin, u.Hostname())
}

// coseModes read what authenticators wrote: any CBOR, but no member twice.
var coseMode = func() cbor.DecMode {
	m, err := cbor.DecOptions{
		DupMapKey: cbor.DupMapKeyEnforcedAPF, IndefLength: cbor.IndefLengthForbidden, TagsMd: cbor.TagsForbidden, MaxNestedLevels: 4,
	}.DecMode()
	if err != nil {
		panic(err) // on options that are wrong when this is written, never on input
	}
	return m
}()

// Numbers of RFC 9052 and RFC 9053 that a passkey's COSE_Key holds.
const (
	coseOKP, coseEC2, coseRSA       = 1, 2, 3
	coseEdDSA, coseES256, coseRS256 = -8, -7, -257
	coseP256, coseEd25519           = 1, 6
	maxCOSEKey                      = 1024
)

// readCOSEKey reads the public key of a credential; members that are not of the
// key itself are left aside.
func readCOSEKey(b []byte) (crypto.PublicKey, error) {
	if len(b) > maxCOSEKey {
		return nil, fmt.Errorf("a COSE_Key of %d bytes: at most %d", len(b), maxCOSEKey)
	}
	var kind struct {
		Kty int `cbor:"1,keyasint"`
		Alg int `cbor:"3,keyasint"`
	}
	if err := coseMode.Unmarshal(b, &kind); err != nil {
		return nil, fmt.Errorf("not a COSE_Key: %w", err)
	}
	switch {
	case kind.Kty == coseRSA && kind.Alg == coseRS256:
		return readCOSERSA(b)
	case kind.Kty == coseEC2 && kind.Alg == coseES256, kind.Kty == coseOKP && kind.Alg == coseEdDSA:
		return readCOSECurve(b, kind.Kty)
	}
	return nil, fmt.Errorf("a COSE_Key of type %d with algorithm %d is not taken: use ES256, EdDSA or RS256", kind.Kty, kind.Alg)
}

func readCOSERSA(b []byte) (crypto.PublicKey, error) {
	var c struct {
		N []byte `cbor:"-1,keyasint"`
		E []byte `cbor:"-2,keyasint"`
	}
	if err := coseMode.Unmarshal(b, &c); err != nil {
		return nil, fmt.Errorf("not a COSE_Key of RSA: %w", err)
	}
	if e := new(big.Int).SetBytes(c.E); !e.IsInt64() || e.Int64() != passkeyExponent {
		return nil, fmt.Errorf("type RSA with this exponent is not taken: use %d", passkeyExponent)
	}
	return &rsa.PublicKey{N: new(big.Int).SetBytes(c.N), E: passkeyExponent}, nil
}

func readCOSECurve(b []byte, kty int) (crypto.PublicKey, error) {
	var c struct {
		Crv int    `cbor:"-1,keyasint"`
		X   []byte `cbor:"-2,keyasint"`
		Y   []byte `cbor:"-3,keyasint"`
	}
	if err := coseMode.Unmarshal(b, &c); err != nil {
		return nil, fmt.Errorf("not a COSE_Key of a curve: %w", err)
	}
	const coordinate = 32
	switch {
	case kty == coseOKP && c.Crv == coseEd25519 && len(c.X) == ed25519.PublicKeySize:
		return ed25519.PublicKey(c.X), nil
	case kty == coseEC2 && c.Crv == coseP256 && len(c.X) == coordinate && len(c.Y) == coordinate:
		p, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), bytes.Join([][]byte{{4}, c.X, c.Y}, nil))
		if err != nil {
			return nil, fmt.Errorf("not a point of P-256: %w", err)
		}
		return p, nil
	}
	return nil, errors.New("a COSE_Key of another curve or length is not taken: use P-256 or Ed25519")
}

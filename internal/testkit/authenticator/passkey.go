package authenticator

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"sync"

	"github.com/fxamacker/cbor/v2"
)

// The algorithms, by their numbers in COSE.
const (
	ES256 = -7
	EdDSA = -8
	RS256 = -257
)

// Flags of authenticator data.
const (
	UserPresent    byte = 0x01
	UserVerified   byte = 0x04
	BackupEligible byte = 0x08
	BackedUp       byte = 0x10
	Credential     byte = 0x40
	Extensions     byte = 0x80
)

// A Passkey is a credential with its private key.
type Passkey struct {
	ID        []byte
	User      []byte // user handle
	RPID      string
	Algorithm int
	Flags     byte // of its answers
	Counter   uint32
	Counting  bool

	signer crypto.Signer
}

// From returns a passkey with this private key: Ed25519, ECDSA on P-256, or RSA.
// It is on no device.
func From(private crypto.Signer, rpID string) *Passkey {
	algorithm := ES256
	switch private.(type) {
	case ed25519.PrivateKey:
		algorithm = EdDSA
	case *rsa.PrivateKey:
		algorithm = RS256
	}
	id := sha256.Sum256([]byte(fmt.Sprintf("%s %v", rpID, private.Public())))
	return &Passkey{ID: id[:], RPID: rpID, Algorithm: algorithm, Flags: UserPresent | UserVerified, Counting: true, signer: private}
}

// Public returns the public key: *ecdsa.PublicKey, ed25519.PublicKey or
// *rsa.PublicKey.
func (p *Passkey) Public() crypto.PublicKey { return p.signer.Public() }

// Private returns the private key.
func (p *Passkey) Private() crypto.Signer { return p.signer }

// COSE returns the public key as a COSE_Key, as it stands in attested
// credential data.
func (p *Passkey) COSE() []byte {
	m := map[int]any{3: p.Algorithm}
	switch k := p.Public().(type) {
	case *ecdsa.PublicKey:
		raw, err := k.Bytes()
		if err != nil {
			panic(err) // the key was made here
		}
		m[1], m[-1], m[-2], m[-3] = 2, 1, raw[1:33], raw[33:]
	case ed25519.PublicKey:
		m[1], m[-1], m[-2] = 1, 6, []byte(k)
	case *rsa.PublicKey:
		m[1], m[-1], m[-2] = 3, k.N.Bytes(), []byte{1, 0, 1}
	}
	mode, err := cbor.CTAP2EncOptions().EncMode()
	if err == nil {
		var b []byte
		if b, err = mode.Marshal(m); err == nil {
			return b
		}
	}
	panic(err) // a map of numbers and bytes can be written
}

func (p *Passkey) spki() []byte {
	b, err := x509.MarshalPKIXPublicKey(p.Public())
	if err != nil {
		panic(err) // the key was made here
	}
	return b
}

// sign signs as the algorithm asks: ASN.1 for ES256, PKCS #1 v1.5 for RS256.
func (p *Passkey) sign(message []byte) []byte {
	var opts crypto.SignerOpts = crypto.Hash(0)
	if p.Algorithm != EdDSA {
		sum := sha256.Sum256(message)
		message, opts = sum[:], crypto.SHA256
	}
	b, err := p.signer.Sign(nil, message, opts) // without randomness: the same bytes each time
	if err != nil {
		panic(err) // the key was made here
	}
	return b
}

// Client are the members of clientDataJSON, in the order in which browsers write
// them.
type Client struct {
	Type, Challenge, Origin string // challenge in base64url
	CrossOrigin             string // JSON; "" leaves the member out
	TopOrigin               string // JSON; "" leaves the member out
	More                    string // text before the closing brace, such as `,"other":1`
}

// JSON writes the members as browsers do.
func (c Client) JSON() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `{"type":%s,"challenge":%s,"origin":%s`, quoted(c.Type), quoted(c.Challenge), quoted(c.Origin))
	if c.CrossOrigin != "" {
		fmt.Fprintf(&b, `,"crossOrigin":%s`, c.CrossOrigin)
	}
	if c.TopOrigin != "" {
		fmt.Fprintf(&b, `,"topOrigin":%s`, c.TopOrigin)
	}
	b.WriteString(c.More + "}")
	return b.Bytes()
}

func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string can be written
	}
	return string(b)
}

// A Ceremony is what is about to be signed. A bend changes what it likes.
type Ceremony struct {
	Passkey    *Passkey // whose id and user are named
	Signer     *Passkey // who signs; Passkey unless bent
	Client     Client
	ClientData []byte // when not nil, in place of Client
	RPIDHash   []byte
	Flags      byte
	Counter    uint32
	Credential []byte // attested credential data, when made
	Extensions []byte
	AuthData   []byte               // when not nil, in place of the five above
	Signed     func(*Assertion)     // when not nil, changes the parts after they were signed
	Answer     func(map[string]any) // when not nil, changes the browser's answer before it is written
}

// An Assertion is what was signed, byte for byte.
type Assertion struct {
	AuthenticatorData, ClientDataJSON, Signature []byte
}

func (p *Passkey) ceremony(typ, origin string, challenge []byte) *Ceremony {
	if p.Counting {
		p.Counter++
	}
	rp := sha256.Sum256([]byte(p.RPID))
	return &Ceremony{
		Passkey: p, Signer: p, Client: Client{Type: typ, Challenge: b64(challenge), Origin: origin, CrossOrigin: "false"},
		RPIDHash: rp[:], Flags: p.Flags, Counter: p.Counter,
	}
}

func (c *Ceremony) run(bends []func(*Ceremony)) Assertion {
	for _, bend := range bends {
		bend(c)
	}
	a := Assertion{AuthenticatorData: c.AuthData, ClientDataJSON: c.ClientData}
	if a.ClientDataJSON == nil {
		a.ClientDataJSON = c.Client.JSON()
	}
	if a.AuthenticatorData == nil {
		a.AuthenticatorData = slices.Concat(c.RPIDHash, []byte{c.Flags}, binary.BigEndian.AppendUint32(nil, c.Counter), c.Credential, c.Extensions)
	}
	sum := sha256.Sum256(a.ClientDataJSON)
	a.Signature = c.Signer.sign(slices.Concat(a.AuthenticatorData, sum[:]))
	if c.Signed != nil {
		c.Signed(&a)
	}
	return a
}

// Assert signs a challenge for a page of an origin, as Get does, and returns the
// raw parts.
func (p *Passkey) Assert(origin string, challenge []byte, bends ...func(*Ceremony)) Assertion {
	return p.ceremony("webauthn.get", origin, challenge).run(bends)
}

func (p *Passkey) get(origin string, challenge []byte, bends []func(*Ceremony)) ([]byte, error) {
	c := p.ceremony("webauthn.get", origin, challenge)
	a := c.run(bends)
	response := map[string]any{
		"clientDataJSON": b64(a.ClientDataJSON), "authenticatorData": b64(a.AuthenticatorData), "signature": b64(a.Signature),
	}
	if len(c.Passkey.User) > 0 {
		response["userHandle"] = b64(c.Passkey.User)
	}
	answer := c.Passkey.answer()
	answer["response"] = response
	return c.finish(answer)
}

func (p *Passkey) answer() map[string]any {
	return map[string]any{
		"id": b64(p.ID), "rawId": b64(p.ID), "type": "public-key", "authenticatorAttachment": "platform", "clientExtensionResults": map[string]any{},
	}
}

func (c *Ceremony) finish(answer map[string]any) ([]byte, error) {
	if c.Answer != nil {
		c.Answer(answer)
	}
	return json.Marshal(answer)
}

// draw returns n bytes that follow from a name.
func draw(name string, n int) []byte {
	var out []byte
	for i := uint32(0); len(out) < n; i++ {
		sum := sha256.Sum256(binary.BigEndian.AppendUint32([]byte("software authenticator "+name+" "), i))
		out = append(out, sum[:]...)
	}
	return out[:n]
}

var drawn sync.Map // RSA keys by name: finding one takes a while

func signerFor(name string, algorithm int) crypto.Signer {
	switch algorithm {
	case ES256:
		raw := draw(name, 32)
		raw[0] &= 0x7f // below the order of the curve
		k, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), raw)
		if err != nil {
			panic(err) // only for the zero key
		}
		return k
	case EdDSA:
		return ed25519.NewKeyFromSeed(draw(name, ed25519.SeedSize))
	case RS256:
		k, ok := drawn.Load(name)
		if !ok {
			k, _ = drawn.LoadOrStore(name, drawRSA(name))
		}
		return k.(*rsa.PrivateKey)
	}
	panic(fmt.Sprintf("algorithm %d is not known here", algorithm))
}

// drawRSA finds a key of 2048 bits, as a TPM makes it: package crypto/rsa makes
// no keys that follow from a seed.
func drawRSA(name string) *rsa.PrivateKey {
	const bits = 2048
	one, e := big.NewInt(1), big.NewInt(65537)
	prime := func(which string) *big.Int {
		raw := draw(name+which, bits/16)
		raw[0] |= 0xc0
		raw[len(raw)-1] |= 1
		p := new(big.Int).SetBytes(raw)
		for ; !p.ProbablyPrime(0) || new(big.Int).Mod(new(big.Int).Sub(p, one), e).Sign() == 0; p.Add(p, big.NewInt(2)) {
		}
		return p
	}
	p, q := prime("/p"), prime("/q")
	phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
	k := &rsa.PrivateKey{
		PublicKey: rsa.PublicKey{N: new(big.Int).Mul(p, q), E: 65537}, D: new(big.Int).ModInverse(e, phi), Primes: []*big.Int{p, q},
	}
	if err := k.Validate(); err != nil {
		panic(err) // two primes and the inverse of e make a key
	}
	k.Precompute()
	return k
}

package register

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/veraison/go-cose"

	"chancery.example/letter"
)

// An Index is the position of an entry in the log, counted from 0.
type Index uint64

// An Office is the https URI by which an office is known: "https://harbour.example".
type Office string

// MaxURI is the longest office URI, in bytes.
const maxURI = 200

// ParseOffice reads an office URI: https, a lower-case domain, at most a path,
// nothing else.
func ParseOffice(s string) (Office, error) {
	host, ok := strings.CutPrefix(s, "https://")
	if !ok || host == "" || len(s) > maxURI || strings.HasPrefix(host, "/") {
		return "", fmt.Errorf("office %q: want an address such as https://harbour.example", s)
	}
	for _, r := range host {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && !strings.ContainsRune("-./", r) {
			return "", fmt.Errorf("office %q: character %q is not allowed; want lower-case letters, digits, dots, hyphens and slashes", s, r)
		}
	}
	return Office(s), nil
}

// Host returns the domain in the office's URI, without a path.
func (o Office) Host() string {
	host, _, _ := strings.Cut(strings.TrimPrefix(string(o), "https://"), "/")
	return host
}

// Claims are the CWT claims (RFC 8392, in the protected header by RFC 9597) of
// an entry: who says it, about what, and when the signer's clock stood.
type Claims struct {
	Issuer   Office
	Subject  string
	IssuedAt time.Time // whole seconds, UTC
}

// An Entry is one entry of the log: a SCITT Signed Statement (RFC 9943), that is
// a tagged COSE_Sign1 in deterministic CBOR.
type Entry struct {
	Claims Claims
	KeyID  letter.Hash // thumbprint of the signing key
	Body   Body

	alg       cose.Algorithm
	protected []byte
	payload   []byte
	signature []byte
	raw       []byte
}

// Bytes returns the entry as it stands in the log.
func (e Entry) Bytes() []byte { return bytes.Clone(e.raw) }

// LeafHash returns the RFC 6962 leaf hash of the entry: its name in the tree.
func (e Entry) LeafHash() letter.Hash { return LeafHash(e.raw) }

// LeafHash returns the RFC 6962 leaf hash of raw entry bytes.
func LeafHash(raw []byte) letter.Hash {
	h := sha256.New()
	_, _ = h.Write([]byte{0})
	_, _ = h.Write(raw)
	return letter.Hash(h.Sum(nil))
}

// ContentType is the content type of every entry's payload.
const ContentType = "application/chancery-entry+cbor"

const tagSign1 = 0xd2 // CBOR tag 18 (RFC 9052 section 2)

type wireClaims struct {
	Iss string `cbor:"1,keyasint"`
	Sub string `cbor:"2,keyasint"`
	Iat uint64 `cbor:"6,keyasint"`
}

type wireHeader struct {
	Alg         int64       `cbor:"1,keyasint"`
	ContentType string      `cbor:"3,keyasint"`
	KeyID       letter.Hash `cbor:"4,keyasint"`
	Claims      wireClaims  `cbor:"15,keyasint"`
	Kind        Kind        `cbor:"kind"`
}

type wireSign1 struct {
	_           struct{} `cbor:",toarray"`
	Protected   []byte
	Unprotected struct{}
	Payload     []byte
	Signature   []byte
}

// Sign makes the entry that says body under claims, signed by s.
func Sign(s Signer, c Claims, body Body) (Entry, error) {
	e, tbs, err := prepare(s.Public(), c, body)
	if err != nil {
		return Entry{}, fmt.Errorf("signing a %s entry of %s: %w", body.Kind(), c.Issuer, err)
	}
	if e.signature, err = s.Sign(tbs); err != nil {
		return Entry{}, fmt.Errorf("signing a %s entry of %s: %w", body.Kind(), c.Issuer, err)
	}
	if e.raw, err = e.assemble(); err != nil {
		return Entry{}, fmt.Errorf("signing a %s entry of %s: %w", body.Kind(), c.Issuer, err)
	}
	// A signer outside this program may hand back anything.
	if err := e.Verify(s.Public()); err != nil {
		return Entry{}, fmt.Errorf("signing a %s entry of %s: the signer's answer: %w", body.Kind(), c.Issuer, err)
	}
	return e, nil
}

func prepare(key PublicKey, c Claims, body Body) (Entry, []byte, error) {
	if err := c.validate(body.Kind()); err != nil {
		return Entry{}, nil, err
	}
	if err := body.validate(); err != nil {
		return Entry{}, nil, err
	}
	e := Entry{Claims: c, KeyID: key.Thumbprint(), Body: body, alg: key.alg}
	e.Claims.IssuedAt = c.IssuedAt.UTC().Truncate(time.Second)
	var err error
	e.protected, err = encode(wireHeader{
		Alg: int64(key.alg), ContentType: ContentType, KeyID: e.KeyID, Kind: body.Kind(),
		Claims: wireClaims{Iss: string(c.Issuer), Sub: c.Subject, Iat: uint64(c.IssuedAt.Unix())}, //nolint:gosec // validate refuses negative times
	})
	if err != nil {
		return Entry{}, nil, err
	}
	if e.payload, err = encode(body); err != nil {
		return Entry{}, nil, err
	}
	tbs, err := e.toBeSigned()
	return e, tbs, err
}

// toBeSigned is the Sig_structure of RFC 9052 section 4.4.
func (e Entry) toBeSigned() ([]byte, error) {
	return encode(struct {
		_           struct{} `cbor:",toarray"`
		Context     string
		Protected   []byte
		ExternalAAD []byte
		Payload     []byte
	}{Context: "Signature1", Protected: e.protected, ExternalAAD: []byte{}, Payload: e.payload})
}

func (e Entry) assemble() ([]byte, error) {
	b, err := encode(wireSign1{Protected: e.protected, Payload: e.payload, Signature: e.signature})
	if err != nil {
		return nil, err
	}
	if len(b)+1 > MaxEntry {
		return nil, fmt.Errorf("the entry has %d bytes: at most %d", len(b)+1, MaxEntry)
	}
	return append([]byte{tagSign1}, b...), nil
}

// Parse reads an entry and refuses everything but the one deterministic form
// of a known kind (MUST-1 to MUST-4). It does not verify the signature: that
// takes the key, see [Entry.Verify] and [State.Add].
func Parse(raw []byte) (Entry, error) {
	if len(raw) == 0 || len(raw) > MaxEntry {
		return Entry{}, fmt.Errorf("parsing an entry of %d bytes: want 1 to %d", len(raw), MaxEntry)
	}
	if raw[0] != tagSign1 {
		return Entry{}, errors.New("parsing an entry: not a tagged COSE_Sign1")
	}
	var w wireSign1
	if err := decode(raw[1:], &w); err != nil {
		return Entry{}, fmt.Errorf("parsing an entry: %w", err)
	}
	var h wireHeader
	if err := decode(w.Protected, &h); err != nil {
		return Entry{}, fmt.Errorf("parsing an entry's protected header: %w", err)
	}
	e := Entry{
		KeyID: h.KeyID, alg: cose.Algorithm(h.Alg),
		protected: w.Protected, payload: w.Payload, signature: w.Signature, raw: bytes.Clone(raw),
	}
	if err := e.parseHeader(h); err != nil {
		return Entry{}, fmt.Errorf("parsing an entry's protected header: %w", err)
	}
	var err error
	if e.Body, err = parseBody(h.Kind, w.Payload); err != nil {
		return Entry{}, fmt.Errorf("parsing a %s entry: %w", h.Kind, err)
	}
	return e, nil
}

const signatureSize = 64 // Ed25519, and r | s of ES256

func (e *Entry) parseHeader(h wireHeader) error {
	switch {
	case e.alg != cose.AlgorithmEdDSA && e.alg != cose.AlgorithmES256:
		return fmt.Errorf("algorithm %d is not taken: want EdDSA or ES256", h.Alg)
	case h.ContentType != ContentType:
		return fmt.Errorf("content type %q: want %q", h.ContentType, ContentType)
	case len(e.signature) != signatureSize:
		return fmt.Errorf("signature of %d bytes: want %d", len(e.signature), signatureSize)
	case h.Claims.Iat > maxTime:
		return fmt.Errorf("time %d is beyond the year 9999", h.Claims.Iat)
	}
	e.Claims = Claims{Office(h.Claims.Iss), h.Claims.Sub, time.Unix(int64(h.Claims.Iat), 0).UTC()}
	return e.Claims.validate(h.Kind)
}

const (
	minTime = 1 << 24         // 1970; below it the encoded length would vary
	maxTime = 253_402_300_799 // 9999-12-31T23:59:59Z
)

// validate holds MUST-6: the issuer is an office URI; the subject of a commit
// names the office alone, so that it says nothing about the letter.
func (c Claims) validate(k Kind) error {
	if _, err := ParseOffice(string(c.Issuer)); err != nil {
		return err
	}
	if t := c.IssuedAt.Unix(); t < minTime || t > maxTime {
		return fmt.Errorf("time %s is out of range", c.IssuedAt)
	}
	if len(c.Subject) > 400 || !strings.HasPrefix(c.Subject, "urn:chancery:") {
		return fmt.Errorf("subject %.60q: want one that begins with \"urn:chancery:\"", c.Subject)
	}
	if k == KindCommit && c.Subject != OfficeSubject(c.Issuer) {
		return fmt.Errorf("subject %q of a commitment: want %q", c.Subject, OfficeSubject(c.Issuer))
	}
	return nil
}

// OfficeSubject is the subject of entries about no letter in particular.
func OfficeSubject(o Office) string {
	return "urn:chancery:office:" + strings.TrimPrefix(string(o), "https://")
}

// RegisterSubject is the subject of entries about the register itself.
func RegisterSubject(origin string) string { return "urn:chancery:register:" + origin }

// LetterSubject is the subject of entries about one letter of a register.
func LetterSubject(origin string, o Office, ref letter.Ref) string {
	return fmt.Sprintf("urn:chancery:letter:%s:%s:%s", origin, strings.TrimPrefix(string(o), "https://"), ref)
}

// Verify reports whether the entry carries key's signature.
func (e Entry) Verify(key PublicKey) error {
	if key.Thumbprint() != e.KeyID || key.alg != e.alg {
		return fmt.Errorf("entry names key %s, not %s", e.KeyID, key.Thumbprint())
	}
	v, err := key.verifier()
	if err != nil {
		return fmt.Errorf("verifying an entry: %w", err)
	}
	tbs, err := e.toBeSigned()
	if err != nil {
		return fmt.Errorf("verifying an entry: %w", err)
	}
	if err := v.Verify(tbs, e.signature); err != nil {
		return fmt.Errorf("verifying an entry of %s: the signature is not key %s's: %w", e.Claims.Issuer, e.KeyID, err)
	}
	return nil
}

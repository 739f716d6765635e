package pades

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	_ "crypto/sha256" // digests that signatures may use
	_ "crypto/sha512"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"math/big"
	"strings"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// errForm says that a signature is not of the one form that is judged here; errBad
// that it is, and is not good. A signature that is good in both ways is intact,
// whoever made it.
var (
	errForm = errors.New("cannot tell")
	errBad  = errors.New("not intact")
)

func formFault(why string) error { return errors.Join(errForm, errors.New(why)) }
func badFault(why string) error  { return errors.Join(errBad, errors.New(why)) }

// A signed is a SignedData with exactly one signer.
type signed struct {
	contentType  string
	content      []byte // nil when it is outside
	certificates []*x509.Certificate
	hash         crypto.Hash
	attributes   []byte // the SET as it was hashed
	values       map[string][]byte
	unsigned     map[string][]byte
	algorithm    string
	signature    []byte
	signer       *x509.Certificate
}

const maxCMS = 1 << 20

// parseSigned reads a SignedData in DER.
func parseSigned(der []byte) (*signed, error) {
	if len(der) > maxCMS {
		return nil, formFault("the signature has more than a million bytes")
	}
	s := &signed{}
	in := cryptobyte.String(der)
	var info, wrapped, data, algorithms, encap cryptobyte.String
	var outer asn1.ObjectIdentifier
	var version int
	if !in.ReadASN1(&info, cbasn1.SEQUENCE) || !in.Empty() || !info.ReadASN1ObjectIdentifier(&outer) || !outer.Equal(oidSignedData) ||
		!info.ReadASN1(&wrapped, explicit(0)) || !info.Empty() || !wrapped.ReadASN1(&data, cbasn1.SEQUENCE) || !wrapped.Empty() ||
		!data.ReadASN1Integer(&version) || !data.ReadASN1(&algorithms, cbasn1.SET) || !data.ReadASN1(&encap, cbasn1.SEQUENCE) {
		return nil, formFault("the signature is no SignedData in DER")
	}
	if err := s.encapsulated(encap); err != nil {
		return nil, err
	}
	if version < 1 || version > 3 || version == 2 || version == 3 && s.contentType == oidData.String() {
		return nil, formFault("the signature is of a version that does not fit it")
	}
	var certificates, crls, infos cryptobyte.String
	var hasCertificates, hasCRLs bool
	if !data.ReadOptionalASN1(&certificates, &hasCertificates, explicit(0)) || !data.ReadOptionalASN1(&crls, &hasCRLs, explicit(1)) ||
		!data.ReadASN1(&infos, cbasn1.SET) || !data.Empty() {
		return nil, formFault("the signature is no SignedData in DER")
	}
	for !certificates.Empty() {
		var one cryptobyte.String
		var tag cbasn1.Tag
		if !certificates.ReadAnyASN1Element(&one, &tag) {
			return nil, formFault("the signature's certificates cannot be read")
		}
		c, err := x509.ParseCertificate(one)
		if err != nil {
			return nil, formFault("a certificate of the signature cannot be read")
		}
		s.certificates = append(s.certificates, c)
	}
	if err := certificatesFit(s.certificates); err != nil {
		return nil, err
	}
	var one cryptobyte.String
	if !infos.ReadASN1(&one, cbasn1.SEQUENCE) || !infos.Empty() {
		return nil, formFault("the signature does not have exactly one signer")
	}
	if err := s.signerInfo(one); err != nil {
		return nil, err
	}
	return s, s.listed(algorithms)
}

// certificatesFit holds certificates to their issuers where these are there too: it
// is all that protects the bytes of one that is not the signer's. What it does not
// say is whether any issuer is to be trusted.
func certificatesFit(all []*x509.Certificate) error {
	for _, c := range all {
		issuers, good := 0, false
		for _, by := range all {
			other := len(c.AuthorityKeyId) > 0 && len(by.SubjectKeyId) > 0 && !bytes.Equal(c.AuthorityKeyId, by.SubjectKeyId)
			if other || !bytes.Equal(c.RawIssuer, by.RawSubject) {
				continue
			}
			issuers++
			var weak x509.InsecureAlgorithmError
			err := by.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature)
			good = good || err == nil || errors.As(err, &weak) || errors.Is(err, x509.ErrUnsupportedAlgorithm)
		}
		if issuers > 0 && !good {
			return formFault("a certificate of the signature was not signed by the issuer that is beside it")
		}
	}
	return nil
}

// listed holds the signer's digest to the list at the head of the signature.
func (s *signed) listed(algorithms cryptobyte.String) error {
	found := false
	for !algorithms.Empty() {
		var one cryptobyte.String
		var oid asn1.ObjectIdentifier
		if !algorithms.ReadASN1(&one, cbasn1.SEQUENCE) || !one.ReadASN1ObjectIdentifier(&oid) || !absent(one) {
			return formFault("the signature's list of digests cannot be read")
		}
		found = found || hashOf(oid.String()) == s.hash
	}
	if !found {
		return formFault("the signer's digest is not in the signature's list")
	}
	return nil
}

// absent reports whether an algorithm has no parameters, or NULL.
func absent(parameters cryptobyte.String) bool {
	return parameters.Empty() || bytes.Equal(parameters, []byte{5, 0})
}

func (s *signed) encapsulated(encap cryptobyte.String) error {
	var kind asn1.ObjectIdentifier
	var content cryptobyte.String
	var has bool
	if !encap.ReadASN1ObjectIdentifier(&kind) || !encap.ReadOptionalASN1(&content, &has, explicit(0)) || !encap.Empty() {
		return formFault("the signature is no SignedData in DER")
	}
	s.contentType = kind.String()
	if has {
		var octets []byte
		if !content.ReadASN1Bytes(&octets, cbasn1.OCTET_STRING) || !content.Empty() {
			return formFault("the signature's content cannot be read")
		}
		s.content = append([]byte{}, octets...)
	}
	return nil
}

func (s *signed) signerInfo(in cryptobyte.String) error {
	var version int
	var digestAlgorithm, attributes, algorithm, unsigned cryptobyte.String
	var hasAttributes, hasUnsigned bool
	if !in.ReadASN1Integer(&version) {
		return formFault("the signer cannot be read")
	}
	if err := s.findSigner(&in, version); err != nil {
		return err
	}
	if !in.ReadASN1(&digestAlgorithm, cbasn1.SEQUENCE) {
		return formFault("the signer cannot be read")
	}
	rest := in
	if !in.ReadOptionalASN1(&attributes, &hasAttributes, explicit(0)) || !in.ReadASN1(&algorithm, cbasn1.SEQUENCE) ||
		!in.ReadASN1Bytes(&s.signature, cbasn1.OCTET_STRING) || !in.ReadOptionalASN1(&unsigned, &hasUnsigned, explicit(1)) || !in.Empty() {
		return formFault("the signer cannot be read")
	}
	if !hasAttributes {
		return formFault("the signature has no signed attributes")
	}
	var element cryptobyte.String
	var tag cbasn1.Tag
	rest.ReadAnyASN1Element(&element, &tag)
	s.attributes = append([]byte{byte(cbasn1.SET)}, element[1:]...) // hashed as a SET (RFC 5652, 5.4)
	var err error
	if s.values, err = attributesOf(attributes); err != nil {
		return err
	}
	if s.unsigned, err = attributesOf(unsigned); err != nil {
		return err
	}
	var oid asn1.ObjectIdentifier
	if !digestAlgorithm.ReadASN1ObjectIdentifier(&oid) || !absent(digestAlgorithm) {
		return formFault("the signer cannot be read")
	}
	if s.hash = hashOf(oid.String()); s.hash == 0 {
		return formFault("the signature uses a digest that is weak or unknown: " + oid.String())
	}
	if !algorithm.ReadASN1ObjectIdentifier(&oid) {
		return formFault("the signer cannot be read")
	}
	s.algorithm = oid.String()
	if s.algorithm != oidRSAPSS.String() && !absent(algorithm) {
		return formFault("the signature's algorithm has parameters that it has no use for")
	}
	return nil
}

// findSigner reads who signed - issuer and serial number, or the key's name - and
// finds the certificate.
func (s *signed) findSigner(in *cryptobyte.String, version int) error {
	var keyID, named, issuer cryptobyte.String
	var tag cbasn1.Tag
	serial := new(big.Int)
	switch {
	case in.PeekASN1Tag(cbasn1.SEQUENCE):
		if version != 1 || !in.ReadASN1(&named, cbasn1.SEQUENCE) || !named.ReadAnyASN1Element(&issuer, &tag) || !named.ReadASN1Integer(serial) || !named.Empty() {
			return formFault("the signer cannot be read")
		}
	case version != 3 || !in.ReadASN1(&keyID, cbasn1.Tag(0).ContextSpecific()):
		return formFault("the signer cannot be read")
	}
	for _, c := range s.certificates {
		if issuer != nil && bytes.Equal(c.RawIssuer, issuer) && c.SerialNumber.Cmp(serial) == 0 ||
			issuer == nil && len(keyID) > 0 && bytes.Equal(c.SubjectKeyId, keyID) {
			s.signer = c
			return nil
		}
	}
	return formFault("the signer's certificate is not in the signature, or cannot be read")
}

// attributesOf reads attributes with one value each; of others the values are left
// out, and one that is there twice is refused.
func attributesOf(in cryptobyte.String) (map[string][]byte, error) {
	out := map[string][]byte{}
	for !in.Empty() {
		var one, set, value cryptobyte.String
		var oid asn1.ObjectIdentifier
		var tag cbasn1.Tag
		if !in.ReadASN1(&one, cbasn1.SEQUENCE) || !one.ReadASN1ObjectIdentifier(&oid) || !one.ReadASN1(&set, cbasn1.SET) || !one.Empty() {
			return nil, formFault("the signature's attributes cannot be read")
		}
		if _, twice := out[oid.String()]; twice {
			return nil, formFault("an attribute of the signature is there twice")
		}
		if set.ReadAnyASN1Element(&value, &tag) && set.Empty() {
			out[oid.String()] = value
		} else {
			out[oid.String()] = nil
		}
	}
	return out, nil
}

func hashOf(oid string) crypto.Hash {
	switch oid {
	case oidSHA256.String(), oidRSASHA256.String(), oidECDSASHA256.String():
		return crypto.SHA256
	case oidSHA384.String(), oidRSASHA384.String(), oidECDSASHA384.String():
		return crypto.SHA384
	case oidSHA512.String(), oidRSASHA512.String(), oidECDSASHA512.String():
		return crypto.SHA512
	}
	return 0
}

// verify holds the signature to the digest of what it is over, by the certificate
// that it brings along. Whose certificate that is, is not asked.
func (s *signed) verify(digest []byte, contentType asn1.ObjectIdentifier) error {
	var kind asn1.ObjectIdentifier
	declared := cryptobyte.String(s.values[oidContentType.String()])
	if !declared.ReadASN1ObjectIdentifier(&kind) || !kind.Equal(contentType) || s.contentType != contentType.String() {
		return formFault("the signature is over another kind of content than it says")
	}
	var have []byte
	message := cryptobyte.String(s.values[oidMessageDigest.String()])
	if !message.ReadASN1Bytes(&have, cbasn1.OCTET_STRING) || !message.Empty() {
		return formFault("the signature does not say what it is over")
	}
	if !bytes.Equal(have, digest) {
		return badFault("the signed bytes were changed")
	}
	if err := s.verifyCertificate(); err != nil {
		return err
	}
	return s.verifySignature()
}

// verifyCertificate holds the certificate to the one that the signature names.
func (s *signed) verifyCertificate() error {
	raw, ok := s.values[oidCertificateV2.String()]
	if !ok {
		return nil // older forms have none, or one with SHA-1, which says nothing
	}
	in := cryptobyte.String(raw)
	var whole, list, first, algorithm cryptobyte.String
	var hash []byte
	var has bool
	if !in.ReadASN1(&whole, cbasn1.SEQUENCE) || !whole.ReadASN1(&list, cbasn1.SEQUENCE) || !list.ReadASN1(&first, cbasn1.SEQUENCE) ||
		!first.ReadOptionalASN1(&algorithm, &has, cbasn1.SEQUENCE) || !first.ReadASN1Bytes(&hash, cbasn1.OCTET_STRING) {
		return formFault("the signature names its certificate in a way that cannot be read")
	}
	h := crypto.SHA256
	if has {
		var oid asn1.ObjectIdentifier
		if !algorithm.ReadASN1ObjectIdentifier(&oid) {
			return formFault("the signature names its certificate in a way that cannot be read")
		}
		h = hashOf(oid.String())
	}
	if h == 0 {
		return nil
	}
	if !bytes.Equal(hash, sum(h, s.signer.Raw)) {
		return badFault("the signature names another certificate than the one it brings")
	}
	return nil
}

func sum(h crypto.Hash, parts ...[]byte) []byte {
	d := h.New()
	for _, p := range parts {
		d.Write(p) // a hash never fails
	}
	return d.Sum(nil)
}

func (s *signed) verifySignature() error {
	h := s.hash
	if own := hashOf(s.algorithm); own != 0 && own != h {
		return formFault("the signature names two digests")
	}
	digest := sum(h, s.attributes)
	good := false
	switch pub := s.signer.PublicKey.(type) {
	case *rsa.PublicKey:
		switch s.algorithm {
		case oidRSA.String(), oidRSASHA256.String(), oidRSASHA384.String(), oidRSASHA512.String():
			good = rsa.VerifyPKCS1v15(pub, h, digest, s.signature) == nil
		case oidRSAPSS.String():
			good = rsa.VerifyPSS(pub, h, digest, s.signature, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthAuto, Hash: h}) == nil
		default:
			return formFault("the signature's algorithm is not known: " + s.algorithm)
		}
	case *ecdsa.PublicKey:
		switch s.algorithm {
		case oidECPublicKey.String(), oidECDSASHA256.String(), oidECDSASHA384.String(), oidECDSASHA512.String():
		default:
			return formFault("the signature's algorithm is not known: " + s.algorithm)
		}
		good = ecdsa.VerifyASN1(pub, digest, s.signature)
	case ed25519.PublicKey:
		good = ed25519.Verify(pub, s.attributes, s.signature)
	default:
		return formFault("the certificate's key is of a kind that is not known")
	}
	if !good {
		return badFault("the signature is not that of its certificate")
	}
	return nil
}

// A timestamp is what an RFC 3161 token says, its own signature verified.
type timestamp struct {
	at           time.Time
	policy       string
	hash         crypto.Hash
	imprint      []byte
	nonce        *big.Int
	signer       *x509.Certificate
	certificates []*x509.Certificate
}

// parseTimestamp reads a token and verifies its signature by the certificate that
// it brings along.
func parseTimestamp(der []byte) (timestamp, error) {
	s, err := parseSigned(der)
	if err != nil {
		return timestamp{}, err
	}
	if s.content == nil {
		return timestamp{}, formFault("the timestamp is empty")
	}
	if err := s.verify(sum(s.hash, s.content), oidTSTInfo); err != nil {
		return timestamp{}, err
	}
	in := cryptobyte.String(s.content)
	var info, imprint, algorithm, clock, accuracy cryptobyte.String
	var policy, oid asn1.ObjectIdentifier
	var version int
	var ordering, has bool
	serial, t := new(big.Int), timestamp{signer: s.signer, certificates: s.certificates}
	if !in.ReadASN1(&info, cbasn1.SEQUENCE) || !in.Empty() || !info.ReadASN1Integer(&version) || version != 1 || !info.ReadASN1ObjectIdentifier(&policy) ||
		!info.ReadASN1(&imprint, cbasn1.SEQUENCE) || !imprint.ReadASN1(&algorithm, cbasn1.SEQUENCE) || !algorithm.ReadASN1ObjectIdentifier(&oid) ||
		!imprint.ReadASN1Bytes(&t.imprint, cbasn1.OCTET_STRING) || !info.ReadASN1Integer(serial) || !info.ReadASN1(&clock, cbasn1.GeneralizedTime) ||
		!info.ReadOptionalASN1(&accuracy, &has, cbasn1.SEQUENCE) || !info.ReadOptionalASN1Boolean(&ordering, cbasn1.BOOLEAN, false) {
		return timestamp{}, formFault("the timestamp cannot be read")
	}
	if info.PeekASN1Tag(cbasn1.INTEGER) {
		t.nonce = new(big.Int)
		info.ReadASN1Integer(t.nonce)
	}
	t.policy = policy.String()
	whole, _, _ := strings.Cut(strings.TrimSuffix(string(clock), "Z"), ".")
	if t.at, err = time.Parse("20060102150405", whole); err != nil {
		return timestamp{}, formFault("the timestamp's time cannot be read")
	}
	if t.hash = hashOf(oid.String()); t.hash == 0 {
		return timestamp{}, formFault("the timestamp uses a digest that is weak or unknown")
	}
	return t, nil
}

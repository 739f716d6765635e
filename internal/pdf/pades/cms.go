package pades

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Identifiers of CMS (RFC 5652), ESS (RFC 5035) and timestamps (RFC 3161).
var (
	oidData          = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidSignedData    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidContentType   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidMessageDigest = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidCertificateV2 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
	oidTimestamp     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 14}
	oidTSTInfo       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}

	oidSHA256 = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	oidSHA384 = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 2}
	oidSHA512 = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 3}

	oidRSA         = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
	oidRSASHA256   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}
	oidRSASHA384   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 12}
	oidRSASHA512   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 13}
	oidRSAPSS      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}
	oidECDSASHA256 = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}
	oidECDSASHA384 = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 3}
	oidECDSASHA512 = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 4}
	oidECPublicKey = asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}
)

// signedAttributes returns the attributes that are signed, as the SET that is
// hashed: content type, digest, and which certificate it is (PAdES forbids the
// signing time here: it stands in the PDF).
func signedAttributes(digest []byte, signer *x509.Certificate) ([]byte, error) {
	hash := sha256.Sum256(signer.Raw)
	attributes := []func(*cryptobyte.Builder){
		func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oidData) },
		func(b *cryptobyte.Builder) { b.AddASN1OctetString(digest) },
		func(b *cryptobyte.Builder) { // SigningCertificateV2; SHA-256 is the default and not written
			sequence(b, func(b *cryptobyte.Builder) {
				sequence(b, func(b *cryptobyte.Builder) {
					sequence(b, func(b *cryptobyte.Builder) {
						b.AddASN1OctetString(hash[:])
						sequence(b, func(b *cryptobyte.Builder) {
							sequence(b, func(b *cryptobyte.Builder) {
								b.AddASN1(cbasn1.Tag(4).Constructed().ContextSpecific(), func(b *cryptobyte.Builder) { b.AddBytes(signer.RawIssuer) })
							})
							b.AddASN1BigInt(signer.SerialNumber)
						})
					})
				})
			})
		},
	}
	var encoded [][]byte
	for i, oid := range []asn1.ObjectIdentifier{oidContentType, oidMessageDigest, oidCertificateV2} {
		one, err := attribute(oid, attributes[i])
		if err != nil {
			return nil, err
		}
		encoded = append(encoded, one)
	}
	slices.SortFunc(encoded, bytes.Compare) // DER of a SET OF
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SET, func(b *cryptobyte.Builder) { b.AddBytes(bytes.Join(encoded, nil)) })
	return b.Bytes()
}

func sequence(b *cryptobyte.Builder, do func(*cryptobyte.Builder)) { b.AddASN1(cbasn1.SEQUENCE, do) }

func attribute(oid asn1.ObjectIdentifier, value func(*cryptobyte.Builder)) ([]byte, error) {
	var b cryptobyte.Builder
	sequence(&b, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oid)
		b.AddASN1(cbasn1.SET, value)
	})
	return b.Bytes()
}

// algorithm adds an AlgorithmIdentifier; RSA's have a NULL.
func algorithm(b *cryptobyte.Builder, oid asn1.ObjectIdentifier, null bool) {
	sequence(b, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oid)
		if null {
			b.AddASN1NULL()
		}
	})
}

// An unstamped is a signature before anybody has put a time to it.
type unstamped struct {
	attributes, signature []byte
	chain                 []*x509.Certificate
	rsa                   bool
}

// sign makes the signature over a digest of SHA-256 and verifies it at once: an
// external signer may answer with anything.
func sign(random io.Reader, key crypto.Signer, chain []*x509.Certificate, digest []byte) (unstamped, error) {
	attributes, err := signedAttributes(digest, chain[0])
	if err != nil {
		return unstamped{}, fmt.Errorf("writing what is signed: %w", err)
	}
	sum := sha256.Sum256(attributes)
	signature, err := key.Sign(random, sum[:], crypto.SHA256)
	if err != nil {
		return unstamped{}, fmt.Errorf("signing for the seal: %w", err)
	}
	u := unstamped{attributes: attributes, signature: signature, chain: chain}
	good := false
	switch pub := chain[0].PublicKey.(type) {
	case *rsa.PublicKey:
		u.rsa = true
		good = rsa.VerifyPKCS1v15(pub, crypto.SHA256, sum[:], signature) == nil
	case *ecdsa.PublicKey:
		good = ecdsa.VerifyASN1(pub, sum[:], signature)
	}
	if !good {
		return unstamped{}, errors.New("signing for the seal: the signature does not fit the certificate: is it that of another key?")
	}
	return u, nil
}

// bytes returns the SignedData, with a timestamp token or without one.
func (u unstamped) bytes(token []byte) ([]byte, error) {
	var b cryptobyte.Builder
	sequence(&b, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oidSignedData)
		b.AddASN1(explicit(0), func(b *cryptobyte.Builder) {
			sequence(b, func(b *cryptobyte.Builder) {
				b.AddASN1Int64(1)
				b.AddASN1(cbasn1.SET, func(b *cryptobyte.Builder) { algorithm(b, oidSHA256, false) })
				sequence(b, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oidData) })
				b.AddASN1(explicit(0), func(b *cryptobyte.Builder) {
					for _, der := range sortedCertificates(u.chain) {
						b.AddBytes(der)
					}
				})
				b.AddASN1(cbasn1.SET, func(b *cryptobyte.Builder) { u.signerInfo(b, token) })
			})
		})
	})
	return b.Bytes()
}

func explicit(n uint8) cbasn1.Tag { return cbasn1.Tag(n).Constructed().ContextSpecific() }

func sortedCertificates(chain []*x509.Certificate) [][]byte {
	var out [][]byte
	for _, c := range chain {
		out = append(out, c.Raw)
	}
	slices.SortFunc(out, bytes.Compare) // a SET OF, too
	return out
}

func (u unstamped) signerInfo(b *cryptobyte.Builder, token []byte) {
	sequence(b, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1)
		sequence(b, func(b *cryptobyte.Builder) {
			b.AddBytes(u.chain[0].RawIssuer)
			b.AddASN1BigInt(u.chain[0].SerialNumber)
		})
		algorithm(b, oidSHA256, false)
		var set cryptobyte.String = u.attributes
		var content cryptobyte.String
		set.ReadASN1(&content, cbasn1.SET)
		b.AddASN1(explicit(0), func(b *cryptobyte.Builder) { b.AddBytes(content) })
		if u.rsa {
			algorithm(b, oidRSASHA256, true)
		} else {
			algorithm(b, oidECDSASHA256, false)
		}
		b.AddASN1OctetString(u.signature)
		if token != nil {
			one, err := attribute(oidTimestamp, func(b *cryptobyte.Builder) { b.AddBytes(token) })
			if err != nil {
				b.SetError(err)
			}
			b.AddASN1(explicit(1), func(b *cryptobyte.Builder) { b.AddBytes(one) })
		}
	})
}

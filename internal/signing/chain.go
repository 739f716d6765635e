package signing

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"time"
)

// CertificatesPEM writes certificates as PEM, one after the other.
func CertificatesPEM(chain []*x509.Certificate) []byte {
	var out []byte
	for _, c := range chain {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: certificateType, Bytes: c.Raw})...)
	}
	return out
}

// ParseCertificates reads certificates in PEM and nothing else, eight at most.
func ParseCertificates(raw []byte) ([]*x509.Certificate, error) {
	if len(raw) > maxKeyFile {
		return nil, errors.New("reading certificates: more than 64 KiB")
	}
	var out []*x509.Certificate
	for len(bytes.TrimSpace(raw)) > 0 {
		block, rest := pem.Decode(raw)
		if block == nil || block.Type != certificateType {
			return nil, fmt.Errorf("reading certificates: not %s in PEM, one after the other", certificateType)
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("reading certificates: %w", err)
		}
		if out = append(out, c); len(out) > maxChain {
			return nil, fmt.Errorf("reading certificates: more than %d", maxChain)
		}
		raw = rest
	}
	if len(out) == 0 {
		return nil, errors.New("reading certificates: there is none")
	}
	return out, nil
}

// validate says whether the certificates fit the key and each other.
func (k SealKey) validate() error {
	type comparable interface{ Equal(crypto.PublicKey) bool }
	own := k.chain[0]
	public, ok := k.signer.Public().(comparable)
	switch {
	case !ok || !public.Equal(own.PublicKey):
		return errors.New("a seal's certificates: the first one is not for this key; put the key's own first")
	case own.KeyUsage != 0 && own.KeyUsage&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) == 0:
		return errors.New("a seal's certificates: the first one is not for signing; ask for one for signing documents")
	}
	switch key := own.PublicKey.(type) {
	case *ecdsa.PublicKey:
		ok = key.Curve == elliptic.P256()
	case *rsa.PublicKey:
		ok = key.N.BitLen() >= 2048
	default:
		ok = false
	}
	if !ok {
		return errors.New("a seal's certificates: the key is neither ECDSA on P-256 nor RSA of 2,048 bits or more")
	}
	for i := range k.chain[1:] {
		if err := k.chain[i].CheckSignatureFrom(k.chain[i+1]); err != nil {
			return fmt.Errorf("a seal's certificates: number %d is not issued by number %d: %w", i+1, i+2, err)
		}
	}
	return nil
}

// Uses of a key that are about documents: RFC 9336, Adobe's and Microsoft's.
var (
	documentSigning = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 36}
	documentUses    = []string{documentSigning.String(), "1.2.840.113583.1.1.5", "1.3.6.1.4.1.311.10.3.12"}
)

// complete says whether certificates are what programs that show PDFs need of an
// authority's: all of them there, good at a moment, and the first one for documents.
func complete(chain []*x509.Certificate, at time.Time) error {
	last := chain[len(chain)-1]
	if !bytes.Equal(last.RawIssuer, last.RawSubject) || last.CheckSignature(last.SignatureAlgorithm, last.RawTBSCertificate, last.Signature) != nil {
		return fmt.Errorf("a seal's certificates: they end with that of %q, which %q issued: add the certificate of that one below, and so on; the authority publishes them", last.Subject, last.Issuer)
	}
	for i, c := range chain {
		switch {
		case at.After(c.NotAfter):
			return fmt.Errorf("a seal's certificates: number %d, of %q, ended on %s: ask the authority for a new one", i+1, c.Subject, c.NotAfter.UTC().Format(time.DateOnly))
		case at.Before(c.NotBefore):
			return fmt.Errorf("a seal's certificates: number %d, of %q, begins on %s: import it with --from %s or later", i+1, c.Subject, c.NotBefore.UTC().Format(time.DateOnly), c.NotBefore.UTC().Format(time.RFC3339))
		case i == 0 && len(chain) > 1 && c.IsCA:
			return errors.New("a seal's certificates: the first one is that of an authority, which is to issue certificates and to seal nothing; ask for one for signing documents")
		}
	}
	if own := chain[0]; !forDocuments(own) {
		return errors.New("a seal's certificates: the first one is for other uses than documents, such as websites; ask the authority for one for signing documents, or an electronic seal")
	}
	return nil
}

// forDocuments reports whether a certificate's uses, where it names any, are about
// documents: mail counts, since many authorities have no other word for it.
func forDocuments(c *x509.Certificate) bool {
	if len(c.ExtKeyUsage)+len(c.UnknownExtKeyUsage) == 0 {
		return true
	}
	if slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageAny) || slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageEmailProtection) {
		return true
	}
	return slices.ContainsFunc(c.UnknownExtKeyUsage, func(o asn1.ObjectIdentifier) bool { return slices.Contains(documentUses, o.String()) })
}

// LoadCertificates reads the certificates beside a seal key, which may be elsewhere.
func LoadCertificates(path string) ([]*x509.Certificate, error) {
	raw, err := readBeside(path)
	if err != nil {
		return nil, err
	}
	return ParseCertificates(raw)
}

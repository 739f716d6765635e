package signing

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"time"
)

// A SealKey puts electronic seals on PDFs: a private key, here or with an external
// signer, and the certificates that go into the file, its own first. The key is for
// programs that show PDFs; it signs no entry of the log.
type SealKey struct {
	signer crypto.Signer
	chain  []*x509.Certificate
}

// sealYears is how long a certificate that an office made for itself is good. It is
// made anew at any time: nothing in the register hangs on it.
const sealYears = 5

// NewSealKey draws a key on P-256 from random, and makes a certificate for it that
// nobody vouches for but the office itself, good for five years from at.
func NewSealKey(name string, at time.Time, random io.Reader) (SealKey, error) {
	if name == "" || len(name) > 200 {
		return SealKey{}, errors.New("making a seal key: the office's name must have from 1 to 200 bytes")
	}
	key, err := drawP256(random)
	if err != nil {
		return SealKey{}, err
	}
	serial := make([]byte, 16)
	if _, err := io.ReadFull(random, serial); err != nil {
		return SealKey{}, fmt.Errorf("making a seal key: %w", err)
	}
	serial[0] &= 0x7f // a serial number is positive
	from := at.UTC().Truncate(time.Second).Add(-time.Hour)
	template := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(serial),
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    from, NotAfter: from.AddDate(sealYears, 0, 0),
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
		UnknownExtKeyUsage:    []asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 36}}, // document signing (RFC 9336)
		BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(random, template, template, key.Public(), key)
	if err != nil {
		return SealKey{}, fmt.Errorf("making a seal key: %w", err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return SealKey{}, fmt.Errorf("making a seal key: %w", err)
	}
	return SealKey{key, []*x509.Certificate{c}}, nil
}

// drawP256 makes a key of bytes of random, drawn anew when they are out of range.
func drawP256(random io.Reader) (*ecdsa.PrivateKey, error) {
	raw := make([]byte, 32)
	for range 100 {
		if _, err := io.ReadFull(random, raw); err != nil {
			return nil, fmt.Errorf("drawing a seal key: %w", err)
		}
		if k, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), raw); err == nil {
			return k, nil
		}
	}
	return nil, errors.New("drawing a seal key: the source of randomness is broken")
}

// WithSigner returns the seal key that a signer has elsewhere - an External - with
// the certificates for it, in PEM, its own first.
func WithSigner(signer crypto.Signer, chainPEM []byte) (SealKey, error) {
	chain, err := parseChain(chainPEM)
	if err != nil {
		return SealKey{}, err
	}
	k := SealKey{signer, chain}
	return k, k.validate()
}

// Signer returns the private side.
func (k SealKey) Signer() crypto.Signer { return k.signer }

// Chain returns the certificates, the key's own first.
func (k SealKey) Chain() []*x509.Certificate { return k.chain }

// Fingerprint returns the SHA-256 of the key's certificate to base 16, by which
// an office says which seal is its own.
func (k SealKey) Fingerprint() string {
	sum := sha256.Sum256(k.chain[0].Raw)
	return hex.EncodeToString(sum[:])
}

// Import returns the same key with certificates that somebody else issued for it:
// the key's own first, then that of its issuer, and so on.
func (k SealKey) Import(chainPEM []byte) (SealKey, error) {
	return WithSigner(k.signer, chainPEM)
}

// Request returns a certificate signing request (PKCS #10, in PEM) for the key, to
// be sent to a certificate authority.
func (k SealKey) Request(random io.Reader) ([]byte, error) {
	der, err := x509.CreateCertificateRequest(random, &x509.CertificateRequest{Subject: k.chain[0].Subject}, k.signer)
	if err != nil {
		return nil, fmt.Errorf("asking for a certificate: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der}), nil
}

const (
	certificateType = "CERTIFICATE"
	chainSuffix     = ".crt"
	maxChain        = 8
)

// Save writes the private key to a new file of its owner alone, and the
// certificates beside it as path.crt. A key with an external signer has only these.
func (k SealKey) Save(path string) error {
	if _, external := k.signer.(*External); !external {
		der, err := x509.MarshalPKCS8PrivateKey(k.signer)
		if err != nil {
			return fmt.Errorf("saving key %s: %w", path, err)
		}
		if err := saveNew(path, pem.EncodeToMemory(&pem.Block{Type: pemType, Bytes: der})); err != nil {
			return err
		}
	}
	return saveNew(path+chainSuffix, k.chainPEM())
}

// ReplaceChain puts other certificates beside a key that is saved. The old ones are
// kept as path.crt.old.
func (k SealKey) ReplaceChain(path string) error {
	chain := path + chainSuffix
	if err := os.Rename(chain, chain+".old"); err != nil {
		return fmt.Errorf("putting a certificate beside %s: %w", path, err)
	}
	return saveNew(chain, k.chainPEM())
}

func (k SealKey) chainPEM() []byte {
	var out []byte
	for _, c := range k.chain {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: certificateType, Bytes: c.Raw})...)
	}
	return out
}

// LoadSealKey reads what Save wrote, or any unencrypted key in PKCS #8 with its
// certificates beside it.
func LoadSealKey(path string) (SealKey, error) {
	raw, err := readPrivate(path)
	if err != nil {
		return SealKey{}, err
	}
	block, rest := pem.Decode(raw)
	if block == nil || block.Type != pemType || len(bytes.TrimSpace(rest)) > 0 {
		return SealKey{}, fmt.Errorf("reading key %s: not one %s in PEM", path, pemType)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return SealKey{}, fmt.Errorf("reading key %s: not a private key in PKCS #8", path)
	}
	signer, ok := parsed.(crypto.Signer)
	if !ok {
		return SealKey{}, fmt.Errorf("reading key %s: a %T cannot sign", path, parsed)
	}
	k, err := loadChain(signer, path)
	if err != nil {
		return SealKey{}, fmt.Errorf("reading key %s: %w", path, err)
	}
	return k, nil
}

// LoadExternalSeal returns the seal key of an external signer, whose certificates
// are kept as path.crt.
func LoadExternalSeal(signer *External, path string) (SealKey, error) {
	k, err := loadChain(signer, path)
	if err != nil {
		return SealKey{}, fmt.Errorf("reading the certificates of an external signer: %w", err)
	}
	return k, nil
}

func loadChain(signer crypto.Signer, path string) (SealKey, error) {
	f, err := os.Open(filepath.Clean(path + chainSuffix))
	if err != nil {
		return SealKey{}, err
	}
	raw, err := io.ReadAll(io.LimitReader(f, maxKeyFile+1))
	if err := errors.Join(err, f.Close()); err != nil {
		return SealKey{}, err
	}
	return WithSigner(signer, raw)
}

// parseChain reads certificates in PEM and nothing else.
func parseChain(raw []byte) ([]*x509.Certificate, error) {
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

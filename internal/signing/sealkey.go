package signing

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
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

// NewSealKey draws a key on P-256 from random, with a certificate of its own
// (SelfCertified).
func NewSealKey(name string, at time.Time, random io.Reader) (SealKey, error) {
	key, err := drawP256(random)
	if err != nil {
		return SealKey{}, err
	}
	return SelfCertified(key, name, at, random)
}

// SelfCertified makes a certificate for a key, here or with an external signer, that
// nobody vouches for but the office itself, good for five years from at.
func SelfCertified(key crypto.Signer, name string, at time.Time, random io.Reader) (SealKey, error) {
	if name == "" || len(name) > 200 {
		return SealKey{}, errors.New("making a seal key: the office's name must have from 1 to 200 bytes")
	}
	serial := make([]byte, 16)
	if _, err := io.ReadFull(random, serial); err != nil {
		return SealKey{}, fmt.Errorf("making a seal key: %w", err)
	}
	serial[0] = serial[0]&0x3f | 0x40 // a serial number is positive, and as long as any
	from := at.UTC().Truncate(time.Second).Add(-time.Hour)
	template := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(serial),
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    from, NotAfter: from.AddDate(sealYears, 0, 0),
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
		UnknownExtKeyUsage:    []asn1.ObjectIdentifier{documentSigning},
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
	chain, err := ParseCertificates(chainPEM)
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
// the key's own first, then that of its issuer, and so on up to one that its authority
// issued for itself. at is when they have to be good.
func (k SealKey) Import(chainPEM []byte, at time.Time) (SealKey, error) {
	with, err := WithSigner(k.signer, chainPEM)
	if err != nil {
		return SealKey{}, err
	}
	return with, complete(with.chain, at)
}

// Request returns a certificate signing request (PKCS #10, in PEM) for the key, to
// be sent to a certificate authority; the zero name is that of its certificate.
func (k SealKey) Request(subject pkix.Name, random io.Reader) ([]byte, error) {
	if subject.String() == "" {
		subject = k.chain[0].Subject
	}
	der, err := x509.CreateCertificateRequest(random, &x509.CertificateRequest{Subject: subject}, k.signer)
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
	return saveNew(path+chainSuffix, CertificatesPEM(k.chain))
}

// ReplaceChain puts other certificates beside a key that is saved. The old ones are
// kept as path.crt.old; at no time there are none.
func (k SealKey) ReplaceChain(path string) error {
	chain := path + chainSuffix
	if err := k.replaceChain(chain); err != nil {
		return fmt.Errorf("putting a certificate beside %s: %w", path, err)
	}
	return syncDir(filepath.Dir(path))
}

func (k SealKey) replaceChain(chain string) error {
	for _, name := range []string{chain + ".old", chain + ".new"} {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if err := os.Link(chain, chain+".old"); err != nil {
		return err
	}
	if err := saveNew(chain+".new", CertificatesPEM(k.chain)); err != nil {
		return err
	}
	return os.Rename(chain+".new", chain)
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

func loadChain(signer crypto.Signer, path string) (SealKey, error) {
	raw, err := readBeside(path)
	if err != nil {
		return SealKey{}, err
	}
	return WithSigner(signer, raw)
}

func readBeside(path string) ([]byte, error) {
	f, err := os.Open(filepath.Clean(path + chainSuffix))
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(io.LimitReader(f, maxKeyFile+1))
	return raw, errors.Join(err, f.Close())
}

package pades

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/big"
	"time"

	"chancery.example/internal/layout"
	"chancery.example/internal/pdf/syntax"
)

// Options say how a PDF is sealed.
type Options struct {
	// Signer signs digests of SHA-256: an ECDSA key on P-256, or RSA of 2,048 bits
	// or more. It may be a program (internal/signing.External).
	Signer crypto.Signer
	// Chain begins with the signer's certificate; each is issued by the next.
	Chain []*x509.Certificate
	// At is when the seal is put on, by the office's clock; programs show it.
	At time.Time
	// Reason is a line that programs show; it may be empty.
	Reason string
	// Frame is where on which page programs mark the seal; nil: nowhere.
	Frame *Frame
	// Stamper asks a timestamp server; nil: no timestamp.
	Stamper Stamper
	// LongTerm is what somebody needs to verify the seal in later years.
	LongTerm LongTerm
	// Random is for signatures that need it; nil: crypto/rand.
	Random io.Reader
}

// A Frame is a thin frame that shows where the seal is. It has no words: words stand
// on the page, where they are compared with the record.
type Frame struct {
	Page int        // from 1
	Box  layout.Box // in millimetres from the upper left corner
}

// LongTerm is what is put into the file beside the seal, in DER: certificates of
// the seal's and the timestamp's issuers, and what these say of revocation. It
// stands inside the signed bytes, so that it has to be fetched before.
type LongTerm struct {
	Certificates, CRLs, OCSPs [][]byte
}

// A Stamper returns an RFC 3161 token over a digest of SHA-256. One that returns none,
// and no error, leaves the seal without a timestamp.
type Stamper interface {
	Stamp(ctx context.Context, digest []byte) (token []byte, err error)
}

const (
	maxPDF    = 25 << 20 // what is sealed at most
	maxString = 32_767   // of bytes in a PDF's string, which the seal is (ISO 19005-3, 6.1.13)
)

// Seal writes a PDF anew with an electronic seal over all of it. It refuses a file
// that has a signature or a form already, is encrypted or cannot be read without
// doubt. Whether what the file shows is fit to be issued is not asked here: see
// internal/pdf/lint, before.
func Seal(ctx context.Context, pdf []byte, o Options) ([]byte, error) {
	if err := o.validate(); err != nil {
		return nil, err
	}
	f, err := open(pdf)
	if err != nil {
		return nil, err
	}
	w, err := copyOf(f)
	if err != nil {
		return nil, err
	}
	room := o.room()
	if room > maxString {
		return nil, fmt.Errorf("sealing a PDF: its certificates leave no room for the seal, which may have %d bytes in PDF/A: leave out those that the authority's root does not need, or seal without a timestamp", maxString)
	}
	number, err := w.addField(o, room)
	if err != nil {
		return nil, err
	}
	out, at := w.bytes(versionOf(pdf))
	gap, err := fillRange(out, at[number], room)
	if err != nil {
		return nil, err
	}
	if err := fillSignature(ctx, out, gap, o); err != nil {
		return nil, err
	}
	if r := Inspect(out); r.Seal != SealWhole {
		return nil, fmt.Errorf("sealing a PDF: what came of it is not sealed as it should be (%s: %s); look at the file with pdfsig, and print it to PDF anew if another program made it", r.Seal, r.Why)
	}
	return out, nil
}

func (o Options) validate() error {
	switch {
	case o.Signer == nil || len(o.Chain) == 0:
		return errors.New("sealing a PDF: there is no seal key with a certificate")
	case len(o.Chain) > 8:
		return fmt.Errorf("sealing a PDF: a chain of %d certificates: at most 8", len(o.Chain))
	case o.At.IsZero():
		return errors.New("sealing a PDF: the time is missing")
	case o.At.Before(o.Chain[0].NotBefore) || o.At.After(o.Chain[0].NotAfter):
		return fmt.Errorf("sealing a PDF: the seal's certificate is good from %s to %s, and it is %s: put a new certificate in its place", day(o.Chain[0].NotBefore), day(o.Chain[0].NotAfter), day(o.At))
	case len(o.Reason) > 500:
		return errors.New("sealing a PDF: a reason of more than 500 bytes")
	}
	return validateKey(o.Signer.Public(), o.Chain[0])
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

func validateKey(public crypto.PublicKey, c *x509.Certificate) error {
	type comparable interface{ Equal(crypto.PublicKey) bool }
	if k, ok := public.(comparable); !ok || !k.Equal(c.PublicKey) {
		return errors.New("sealing a PDF: the first certificate is not that of the seal's key")
	}
	switch k := public.(type) {
	case *ecdsa.PublicKey:
		if k.Curve == elliptic.P256() {
			return nil
		}
	case *rsa.PublicKey:
		if k.N.BitLen() >= 2048 {
			return nil
		}
	}
	return errors.New("sealing a PDF: the seal's key is neither ECDSA on P-256 nor RSA of 2,048 bits or more")
}

// open reads the file to be sealed.
func open(pdf []byte) (*syntax.File, error) {
	limits := syntax.DefaultLimits
	limits.Bytes = maxPDF
	f, err := syntax.Open(pdf, limits)
	if err != nil {
		return nil, fmt.Errorf("sealing a PDF: %w", err)
	}
	if f.Encrypted() {
		return nil, errors.New("sealing a PDF: it is encrypted; save it without a password")
	}
	root, err := f.Root()
	if err != nil {
		return nil, fmt.Errorf("sealing a PDF: %w", err)
	}
	for _, key := range []syntax.Name{"AcroForm", "Perms", "DSS"} {
		if _, ok := root[key]; ok {
			return nil, fmt.Errorf("sealing a PDF: it has a signature or a form already (/%s); print it to PDF anew", key)
		}
	}
	return f, nil
}

// room is how many bytes a signature may need: it has to be left free before the
// signature is known.
func (o Options) room() int {
	n := 2048
	for _, c := range o.Chain {
		n += len(c.Raw)
	}
	if o.Stamper != nil {
		n += 16 << 10
	}
	return n
}

// versionOf keeps version 2.0 and makes all else 1.7, which is where most programs
// look for seals of this kind.
func versionOf(pdf []byte) string {
	if len(pdf) > 8 && string(pdf[5:8]) == "2.0" {
		return "2.0"
	}
	return "1.7"
}

// fillSignature signs all but the gap and writes the signature there.
func fillSignature(ctx context.Context, out []byte, gap syntax.Span, o Options) error {
	random := o.Random
	if random == nil {
		random = rand.Reader
	}
	u, err := sign(random, o.Signer, o.Chain, sum(crypto.SHA256, out[:gap.Start], out[gap.End:]))
	if err != nil {
		return err
	}
	var token []byte
	if o.Stamper != nil {
		digest := sha256.Sum256(u.signature)
		if token, err = o.Stamper.Stamp(ctx, digest[:]); err != nil {
			return fmt.Errorf("asking for a timestamp: %w", err)
		}
		if token != nil {
			if _, err := ReadToken(token, digest[:], nil); err != nil {
				return err
			}
		}
	}
	der, err := u.bytes(token)
	if err != nil {
		return fmt.Errorf("writing the seal: %w", err)
	}
	if hex.EncodedLen(len(der)) > gap.Len()-2 {
		return fmt.Errorf("writing the seal: it needs %d bytes and %d were left free: the timestamp server's answer is too long", len(der), gap.Len()/2-1)
	}
	hex.Encode(out[gap.Start+1:], der)
	return nil
}

// A Token is what a timestamp token says.
type Token struct {
	At     time.Time
	Policy string // under which it was given: an object identifier, with dots
	// Signer is whose certificate it is signed with; Certificates are all that it
	// brings along. Whether they are to be trusted is for the reader to say.
	Signer       *x509.Certificate
	Certificates []*x509.Certificate
}

// ReadToken reads a timestamp token, which has to be over a digest of SHA-256 and
// signed by the certificate that it brings along; with a nonce, it has to answer that.
func ReadToken(token, digest []byte, nonce *big.Int) (Token, error) {
	t, err := parseTimestamp(token)
	if err != nil {
		return Token{}, fmt.Errorf("reading the timestamp server's answer: %w", err)
	}
	if t.hash != crypto.SHA256 || string(t.imprint) != string(digest) {
		return Token{}, errors.New("reading the timestamp server's answer: it is about something else than was asked")
	}
	if nonce != nil && (t.nonce == nil || t.nonce.Cmp(nonce) != 0) {
		return Token{}, errors.New("reading the timestamp server's answer: it is an answer to another question")
	}
	return Token{At: t.at, Policy: t.policy, Signer: t.signer, Certificates: t.certificates}, nil
}

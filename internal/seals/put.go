package seals

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/internal/pdf/pades"
	"chancery.example/internal/signing"
)

type certificate = x509.Certificate

// A Sealing is about to put the seal on one PDF.
type Sealing struct {
	keeper  Keeper
	set     settings
	key     signing.SealKey
	at      time.Time
	missing string
	why     error
}

// Begin finds what seals a PDF now. It is an error when nothing does and the office
// lets no PDF go without.
func (k Keeper) Begin() (*Sealing, error) {
	s, err := k.load()
	if err != nil {
		return nil, err
	}
	out := &Sealing{keeper: k, set: s, at: k.Now()}
	x, found := s.at(out.at)
	if !found {
		return out, out.without("there is no key of the seal that is in use; \"chancery office seals %s\" says which there are", k.Office)
	}
	out.key, err = k.open(x)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return out, out.without("the key of the seal is not in the folder's keys/; \"chancery office seals %s new-key --from now\" makes one", k.Office)
	case err != nil:
		return nil, err
	}
	if c := out.key.Chain()[0]; out.at.Before(c.NotBefore) || out.at.After(c.NotAfter) {
		return out, out.without("the certificate of the seal is good from %s to %s; \"chancery help office\" says how to get another", c.NotBefore.Format(time.DateOnly), c.NotAfter.Format(time.DateOnly))
	}
	return out, nil
}

// without notes why there is no seal, or refuses to go on.
func (s *Sealing) without(format string, args ...any) error {
	s.missing = "no seal: " + fmt.Sprintf(format, args...)
	if s.set.Require == Seal || s.set.Require == Stamp {
		return kind.Unavailable.Errorf("the office %s lets no PDF go without a seal, and this one would have %s", s.keeper.Office, s.missing)
	}
	return nil
}

// Missing is what the PDF lacks of what the office has set up, in words for its
// journal that hold nothing of what programs and servers answered; "" for nothing.
func (s *Sealing) Missing() string { return s.missing }

// Why is what a program or server answered that was asked in vain; nil for nothing. It
// is for the operator, who asked.
func (s *Sealing) Why() error { return s.why }

// Put seals a PDF. Where the office can do without, a signer or timestamp server that
// does not answer is noted, and no error.
func (s *Sealing) Put(ctx context.Context, pdf []byte) ([]byte, error) {
	if s.missing != "" {
		return pdf, nil
	}
	signer := &watchedSigner{Signer: s.key.Signer()}
	options := pades.Options{Signer: signer, Chain: s.key.Chain(), At: s.at, Random: s.keeper.Random}
	client, err := s.set.Stamp.server(s.keeper.Wall)
	if err != nil {
		return nil, kind.Unavailable.Wrap(err)
	}
	stamper := &lenientStamper{Stamper: client, needed: s.set.Require == Stamp}
	if client != nil {
		options.Stamper = stamper
	}
	if options.LongTerm, err = s.longTerm(); err != nil {
		return nil, err
	}
	out, err := pades.Seal(ctx, pdf, options)
	s.why = errors.Join(signer.failed, stamper.failed)
	switch {
	case err == nil && stamper.failed == nil:
		return out, nil
	case err == nil:
		s.missing = fmt.Sprintf("no timestamp: the server did not stamp it; \"chancery office seals %s try\" says why", s.keeper.Office)
		return out, nil
	case ctx.Err() != nil:
		return nil, ctx.Err() //nolint:wrapcheck // the caller's own
	case signer.failed != nil:
		if err := s.without("the program or file that has the key did not sign; \"chancery office seals %s try\" says why", s.keeper.Office); err != nil {
			return nil, err
		}
		return pdf, nil
	case stamper.failed != nil:
		return nil, kind.Unavailable.Errorf("the office %s lets no PDF go without a timestamp, and the server did not stamp this one: try again in a while; \"chancery office seals %s try\" says why", s.keeper.Office, s.keeper.Office)
	}
	return nil, err //nolint:wrapcheck // says what it did
}

package seals

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"io"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/internal/pdf/pades"
	"chancery.example/internal/pdf/tsa"
	"chancery.example/internal/signing"
)

// A StampServer is the timestamp server that an office asks.
type StampServer struct {
	Address      string
	Policy       string        // under which it has to stamp; "": any
	Timeout      time.Duration // 0: tsa.DefaultTimeout
	Certificates []byte        // PEM of those who may vouch for it; none: whoever answers is taken
}

// SetStamp sets the timestamp server of the office; none with an empty address.
func (k Keeper) SetStamp(server StampServer) error {
	s, err := k.load()
	if err != nil {
		return err
	}
	if server.Address == "" {
		if s.Require == Stamp {
			return kind.Conflict.Errorf("the office %s lets no PDF go without a timestamp: \"chancery office seals %s require seal\" first", k.Office, k.Office)
		}
		s.Stamp = stampSettings{}
		return k.save(s)
	}
	s.Stamp = stampSettings{Address: server.Address, Policy: server.Policy, Timeout: duration{server.Timeout}, Certificates: string(server.Certificates)}
	if _, err := s.Stamp.server(nil); err != nil {
		return kind.Invalid.Wrap(err)
	}
	if authorities, err := s.Stamp.authorities(); err == nil {
		for _, c := range authorities {
			if k.Now().After(c.NotAfter) {
				return kind.Invalid.Errorf("using the timestamp server %s: the certificate of %q ended on %s; get the one that is in force from its keeper", server.Address, c.Subject, c.NotAfter.UTC().Format(time.DateOnly))
			}
		}
	}
	return k.save(s)
}

func (s stampSettings) authorities() ([]*certificate, error) {
	if s.Certificates == "" {
		return nil, nil
	}
	return signing.ParseCertificates([]byte(s.Certificates)) //nolint:wrapcheck // says what it reads
}

// server is the client for the server, whose clock is held to one that is right; nil
// when there is none.
func (s stampSettings) server(clock func() time.Time) (*tsa.Client, error) {
	if s.Address == "" {
		return nil, nil
	}
	authorities, err := s.authorities()
	if err != nil {
		return nil, fmt.Errorf("using the timestamp server %s: %w", s.Address, err)
	}
	return tsa.New(tsa.Server{Address: s.Address, Policy: s.Policy, Timeout: s.Timeout.Duration, Authorities: authorities, Clock: clock}) //nolint:wrapcheck // says what it uses
}

// A watchedSigner remembers that a key could not be used: what came of it is told
// from a PDF that cannot be sealed.
type watchedSigner struct {
	crypto.Signer
	failed error
}

// Sign implements crypto.Signer.
func (w *watchedSigner) Sign(random io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	out, err := w.Signer.Sign(random, digest, opts)
	if err != nil {
		w.failed = err
	}
	return out, err //nolint:wrapcheck // stands between two
}

// A lenientStamper goes without a timestamp where the office can do without one, and
// remembers why there is none.
type lenientStamper struct {
	pades.Stamper
	needed bool
	failed error
}

// Stamp implements pades.Stamper.
func (l *lenientStamper) Stamp(ctx context.Context, digest []byte) ([]byte, error) {
	token, err := l.Stamper.Stamp(ctx, digest)
	if err == nil {
		return token, nil
	}
	l.failed = errors.Join(l.failed, err)
	if l.needed || ctx.Err() != nil {
		return nil, err //nolint:wrapcheck // says whom it asked
	}
	return nil, nil
}

package seals

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/crypto/ocsp"

	"chancery.example/internal/kind"
	"chancery.example/internal/pdf/pades"
)

// maxLongTerm is what goes into every PDF at most.
const maxLongTerm = 512 << 10

func (l *longTermSettings) decode() error {
	l.CRLs, l.OCSPs = nil, nil
	total := 0
	for _, x := range []struct {
		from []string
		to   *[][]byte
		good func([]byte) error
	}{{l.CRL, &l.CRLs, func(b []byte) error { _, err := x509.ParseRevocationList(b); return err }}, {l.OCSP, &l.OCSPs, func(b []byte) error { _, err := ocsp.ParseResponse(b, nil); return err }}} {
		for i, s := range x.from {
			der, err := base64.StdEncoding.Strict().DecodeString(s)
			if err == nil {
				err = x.good(der)
			}
			if err != nil {
				return fmt.Errorf("long_term, number %d: %w", i+1, err)
			}
			total += len(der)
			*x.to = append(*x.to, der)
		}
	}
	if total > maxLongTerm {
		return fmt.Errorf("long_term has %d bytes, more than the %d that shall go into each PDF", total, maxLongTerm)
	}
	return nil
}

func (l *longTermSettings) encode() {
	l.CRL, l.OCSP = nil, nil
	for _, der := range l.CRLs {
		l.CRL = append(l.CRL, base64.StdEncoding.EncodeToString(der))
	}
	for _, der := range l.OCSPs {
		l.OCSP = append(l.OCSP, base64.StdEncoding.EncodeToString(der))
	}
}

// SetLongTerm replaces what authorities say of revocation, which goes into the PDFs
// while it is good: lists (CRL, DER or PEM) and answers (OCSP, DER). Each has to be
// signed by an issuer of the seal's or the timestamp server's certificates, and to
// name none of them as revoked.
func (k Keeper) SetLongTerm(files ...[]byte) error {
	s, err := k.load()
	if err != nil {
		return err
	}
	s.LongTerm = longTermSettings{}
	all, err := k.certificates(s)
	if err != nil {
		return err
	}
	for i, raw := range files {
		if err := s.LongTerm.take(raw, all, k.Now()); err != nil {
			return kind.Invalid.Errorf("data for the long term, file %d: %w", i+1, err)
		}
	}
	return k.save(s)
}

// certificates are those of the key that seals now, or else of the newest, and of the
// timestamp server.
func (k Keeper) certificates(s settings) ([]*certificate, error) {
	x, found := s.at(k.Now())
	if !found {
		i, err := k.choose(s, "")
		if err != nil {
			return nil, err
		}
		x = s.Keys[i]
	}
	key, err := k.open(x)
	if err != nil {
		return nil, err
	}
	more, err := s.Stamp.authorities()
	return append(append([]*certificate{}, key.Chain()...), more...), err
}

// take adds one list or answer.
func (l *longTermSettings) take(raw []byte, all []*certificate, now time.Time) error {
	if len(raw) > maxLongTerm {
		return fmt.Errorf("it has %d bytes, more than the %d that shall go into each PDF", len(raw), maxLongTerm)
	}
	if block, rest := pem.Decode(raw); block != nil && block.Type == "X509 CRL" && len(bytes.TrimSpace(rest)) == 0 {
		raw = block.Bytes
	}
	if list, err := x509.ParseRevocationList(raw); err == nil {
		l.CRLs = append(l.CRLs, raw)
		return checkList(list, all, now)
	}
	var problem error
	for _, c := range all {
		issuer := issuerOf(c, all)
		if issuer == nil {
			continue
		}
		answer, err := ocsp.ParseResponseForCert(raw, c, issuer)
		if err != nil {
			problem = err
			continue
		}
		l.OCSPs = append(l.OCSPs, raw)
		return checkAnswer(answer, c, now)
	}
	if problem == nil {
		problem = errors.New("the seal's certificates were issued by nobody else")
	}
	return fmt.Errorf("it is neither a revocation list (DER or PEM) nor an OCSP answer (DER) about one of the seal's certificates, signed by its issuer: %w", problem)
}

func checkList(list *x509.RevocationList, all []*certificate, now time.Time) error {
	var issuer *certificate
	for _, c := range all {
		if bytes.Equal(c.RawSubject, list.RawIssuer) && list.CheckSignatureFrom(c) == nil {
			issuer = c
		}
	}
	if issuer == nil {
		return fmt.Errorf("the revocation list of %q is not signed by an issuer of the seal's or the timestamp server's certificates", list.Issuer)
	}
	if list.ThisUpdate.After(now.Add(clockRoom)) {
		return fmt.Errorf("the revocation list of %q is of %s, which is yet to come: is this machine's clock right?", list.Issuer, list.ThisUpdate.UTC().Format(time.RFC3339))
	}
	if now.After(list.NextUpdate) {
		return fmt.Errorf("the revocation list of %q was good until %s: get the newest", list.Issuer, list.NextUpdate.UTC().Format(time.RFC3339))
	}
	for _, entry := range list.RevokedCertificateEntries {
		for _, c := range all {
			if bytes.Equal(c.RawIssuer, list.RawIssuer) && c.SerialNumber.Cmp(entry.SerialNumber) == 0 {
				return revoked(c, entry.RevocationTime)
			}
		}
	}
	return nil
}

func checkAnswer(a *ocsp.Response, c *certificate, now time.Time) error {
	switch {
	case a.Status == ocsp.Revoked:
		return revoked(c, a.RevokedAt)
	case a.Status != ocsp.Good:
		return fmt.Errorf("the authority does not know the certificate of %q; ask it why", c.Subject)
	case a.ThisUpdate.After(now.Add(clockRoom)):
		return fmt.Errorf("the answer about %q is of %s, which is yet to come: is this machine's clock right?", c.Subject, a.ThisUpdate.UTC().Format(time.RFC3339))
	case now.After(until(a)):
		return fmt.Errorf("the answer about %q was good until %s: get a new one", c.Subject, until(a).UTC().Format(time.RFC3339))
	}
	return nil
}

// clockRoom is how far an authority's clock may be ahead.
const clockRoom = 5 * time.Minute

// undated is for how long an answer is good that does not say it.
const undated = 7 * 24 * time.Hour

// until is the moment up to which an answer is good.
func until(a *ocsp.Response) time.Time {
	if a.NextUpdate.IsZero() {
		return a.ThisUpdate.Add(undated)
	}
	return a.NextUpdate
}

func revoked(c *certificate, at time.Time) error {
	return fmt.Errorf("its authority revoked the certificate of %q on %s: seal with another key, \"chancery office seals\" with new-key and import", c.Subject, at.UTC().Format(time.RFC3339))
}

func issuerOf(c *certificate, all []*certificate) *certificate {
	for _, by := range all {
		if !bytes.Equal(c.Raw, by.Raw) && bytes.Equal(c.RawIssuer, by.RawSubject) && c.CheckSignatureFrom(by) == nil {
			return by
		}
	}
	return nil
}

// longTerm is what goes into a PDF that is sealed now: what is good now, with the
// certificates that it is about.
func (s *Sealing) longTerm() (pades.LongTerm, error) {
	var out pades.LongTerm
	for _, der := range s.set.LongTerm.CRLs {
		if list, err := x509.ParseRevocationList(der); err == nil && !s.at.After(list.NextUpdate) {
			out.CRLs = append(out.CRLs, der)
		}
	}
	for _, der := range s.set.LongTerm.OCSPs {
		if a, err := ocsp.ParseResponse(der, nil); err == nil && !s.at.After(until(a)) {
			out.OCSPs = append(out.OCSPs, der)
		}
	}
	if len(out.CRLs)+len(out.OCSPs) == 0 {
		return out, nil
	}
	more, err := s.set.Stamp.authorities()
	if err != nil {
		return out, kind.Unavailable.Wrap(err)
	}
	for _, c := range append(append([]*certificate{}, s.key.Chain()...), more...) {
		out.Certificates = append(out.Certificates, c.Raw)
	}
	return out, nil
}

// goodUntil is the moment from which some of it is not good any more; zero for none.
func (l longTermSettings) goodUntil() (first time.Time) {
	take := func(t time.Time) {
		if !t.IsZero() && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	for _, der := range l.CRLs {
		if list, err := x509.ParseRevocationList(der); err == nil {
			take(list.NextUpdate)
		}
	}
	for _, der := range l.OCSPs {
		if a, err := ocsp.ParseResponse(der, nil); err == nil {
			take(until(a))
		}
	}
	return first
}

// Fetch asks the authorities at the addresses in the certificates what they say of
// revocation, and keeps that in the place of what was kept. It is asked for by name, and
// never done while a letter is made: an authority that asks back learns when.
func (k Keeper) Fetch(ctx context.Context) (int, error) {
	s, err := k.load()
	if err != nil {
		return 0, err
	}
	all, err := k.certificates(s)
	if err != nil {
		return 0, err
	}
	var files [][]byte
	for _, c := range all {
		issuer := issuerOf(c, all)
		if issuer == nil {
			continue
		}
		raw, err := fetchAbout(ctx, c, issuer)
		if err != nil {
			return 0, kind.Unavailable.Errorf("asking about the certificate of %q: %w", c.Subject, err)
		}
		if raw != nil {
			files = append(files, raw)
		}
	}
	if len(files) == 0 {
		return 0, kind.Invalid.Errorf("no certificate of the seals of %s says where its authority answers: get the files from it, and give them", k.Office)
	}
	return len(files), k.SetLongTerm(files...)
}

// fetchAbout asks for an answer about a certificate, else for a list; nil when the
// certificate names neither.
func fetchAbout(ctx context.Context, c, issuer *certificate) ([]byte, error) {
	if len(c.OCSPServer) > 0 {
		question, err := ocsp.CreateRequest(c, issuer, &ocsp.RequestOptions{Hash: crypto.SHA1}) // which names a certificate, and signs nothing; others are often not known
		if err != nil {
			return nil, err //nolint:wrapcheck // the caller says what it asks
		}
		return exchange(ctx, http.MethodPost, c.OCSPServer[0], question)
	}
	if len(c.CRLDistributionPoints) > 0 {
		return exchange(ctx, http.MethodGet, c.CRLDistributionPoints[0], nil)
	}
	return nil, nil
}

const fetchTimeout = 30 * time.Second

// asking goes to the addresses that certificates name, which the operator imported with
// them, and nowhere else: whoever answers there sends this machine to no other.
var asking = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

func exchange(ctx context.Context, method, address string, question []byte) (answer []byte, err error) {
	if u, err := url.Parse(address); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return nil, fmt.Errorf("the address %q in the certificate is none of http or https: get the file from the authority, and give it", address)
	}
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(question))
	if err != nil {
		return nil, err //nolint:wrapcheck // the caller says what it asks
	}
	if question != nil {
		r.Header.Set("Content-Type", "application/ocsp-request")
	}
	got, err := asking.Do(r)
	if err != nil {
		return nil, err //nolint:wrapcheck // names the address
	}
	defer func() { err = errors.Join(err, got.Body.Close()) }()
	if got.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %s", address, got.Status)
	}
	return io.ReadAll(io.LimitReader(got.Body, maxLongTerm+1)) //nolint:wrapcheck // the caller says what it asks
}

// Package tsa asks a timestamp server (RFC 3161) over HTTP: a digest goes there,
// never a letter, and a token comes back that says when the digest was known. What
// comes back is read strictly and within limits; whether the server's clock is to be
// trusted is for the reader to say.
package tsa

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"chancery.example/internal/pdf/pades"
)

// A Server is a timestamp server and what is expected of it.
type Server struct {
	// Address must be http or https; tokens are signed, so that http is no danger but
	// to secrecy of when a letter is sealed. Redirects are not followed.
	Address string
	// Authorities are the certificates of which one must vouch for the server's own:
	// that of its authority, or its own; none: whoever answers is taken.
	Authorities []*x509.Certificate
	// Policy under which tokens must be given, as 1.2.3.4.1; "": any.
	Policy string
	// Timeout is how long an answer may take; 0: DefaultTimeout.
	Timeout time.Duration
	// Clock is this machine's, to which the server's is held; nil: it is not.
	Clock func() time.Time
}

// A Client asks one timestamp server. It implements pades.Stamper.
type Client struct {
	server Server
	policy asn1.ObjectIdentifier
	client *http.Client
}

// Bounds of an answer.
const (
	DefaultTimeout = 20 * time.Second
	MaxTimeout     = 2 * time.Minute
	maxAnswer      = 64 << 10
	// maxApart is how far the server's clock may be from this machine's: a seal says
	// both times, and readers would ask which is wrong.
	maxApart = 5 * time.Minute
)

// New returns a client for a server. It asks nothing yet.
func New(s Server) (*Client, error) {
	u, err := url.Parse(s.Address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return nil, fmt.Errorf("using the timestamp server %q: want an address that begins with https:// or http://, without a user's name", s.Address)
	}
	if s.Timeout < 0 || s.Timeout > MaxTimeout {
		return nil, fmt.Errorf("using the timestamp server %s: it may take from 1s to %s to answer, not %s", s.Address, MaxTimeout, s.Timeout)
	}
	policy, err := parsePolicy(s.Policy)
	if err != nil {
		return nil, fmt.Errorf("using the timestamp server %s: %w", s.Address, err)
	}
	return &Client{s, policy, &http.Client{
		Timeout: cmp.Or(s.Timeout, DefaultTimeout),
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return errors.New("it sends on to another address, which is not followed: give that one")
		},
	}}, nil
}

// parsePolicy reads an object identifier.
func parsePolicy(s string) (asn1.ObjectIdentifier, error) {
	if s == "" {
		return nil, nil
	}
	var oid asn1.ObjectIdentifier
	for part := range strings.SplitSeq(s, ".") {
		n, err := strconv.ParseUint(part, 10, 31)
		if err != nil || strconv.FormatUint(n, 10) != part || len(oid) > 30 {
			return nil, fmt.Errorf("the policy %q is no object identifier: want numbers with dots between them, such as 1.2.3.4.1", s)
		}
		oid = append(oid, int(n))
	}
	if len(oid) < 2 || oid[0] > 2 || oid[0] < 2 && oid[1] > 39 {
		return nil, fmt.Errorf("the policy %q is no object identifier: want numbers with dots between them, such as 1.2.3.4.1", s)
	}
	return oid, nil
}

// Stamp asks for a token over a digest of SHA-256 and verifies it: that it is over
// this digest, answers this question, is signed by a server of the authorities that are
// expected, under the policy that is, and tells this machine's time.
func (c *Client) Stamp(ctx context.Context, digest []byte) ([]byte, error) {
	token, err := c.stamp(ctx, digest)
	if err != nil {
		return nil, fmt.Errorf("asking %s for a timestamp: %w", c.server.Address, err)
	}
	return token, nil
}

func (c *Client) stamp(ctx context.Context, digest []byte) ([]byte, error) {
	raw := make([]byte, 8)
	if _, err := rand.Read(raw); err != nil {
		return nil, err
	}
	nonce := new(big.Int).SetBytes(raw)
	question, err := request(digest, c.policy, nonce)
	if err != nil {
		return nil, err
	}
	answer, err := c.post(ctx, question)
	if err != nil {
		return nil, err
	}
	token, err := tokenOf(answer)
	if err != nil {
		return nil, err
	}
	t, err := pades.ReadToken(token, digest, nonce)
	if err != nil {
		return nil, err //nolint:wrapcheck // says what it read
	}
	return token, c.expected(t)
}

// expected holds what a token says to what is expected of the server.
func (c *Client) expected(t pades.Token) error {
	if c.server.Policy != "" && t.Policy != c.server.Policy {
		return fmt.Errorf("it stamps under the policy %s, and %s is expected: ask its keeper which is right", t.Policy, c.server.Policy)
	}
	if c.server.Clock != nil {
		if now := c.server.Clock(); now.Sub(t.At).Abs() > maxApart {
			return fmt.Errorf("its clock says %s, this machine's %s: one of them is wrong", t.At.UTC().Format(time.RFC3339), now.UTC().Format(time.RFC3339))
		}
	}
	if len(c.server.Authorities) == 0 {
		return nil
	}
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	for _, a := range c.server.Authorities {
		roots.AddCert(a)
	}
	for _, b := range t.Certificates {
		between.AddCert(b)
	}
	if _, err := t.Signer.Verify(x509.VerifyOptions{
		Roots: roots, Intermediates: between, CurrentTime: t.At, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping},
	}); err != nil {
		return fmt.Errorf("it signs as somebody for whom none of the certificates vouches that are expected: give those of its authority, or ask its keeper (%w)", err)
	}
	return nil
}

// request is a TimeStampReq: this digest, a number that the answer must repeat, and
// that the server's certificate shall be in the answer.
func request(digest []byte, policy asn1.ObjectIdentifier, nonce *big.Int) ([]byte, error) {
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1)
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1ObjectIdentifier(asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1})
			})
			b.AddASN1OctetString(digest)
		})
		if policy != nil {
			b.AddASN1ObjectIdentifier(policy)
		}
		b.AddASN1BigInt(nonce)
		b.AddASN1Boolean(true)
	})
	return b.Bytes()
}

func (c *Client) post(ctx context.Context, question []byte) (answer []byte, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.server.Address, bytes.NewReader(question))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/timestamp-query")
	got, err := c.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, got.Body.Close()) }()
	if got.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("it answers %s", got.Status)
	}
	answer, err = io.ReadAll(io.LimitReader(got.Body, maxAnswer+1))
	if err == nil && len(answer) > maxAnswer {
		return nil, fmt.Errorf("an answer of more than %d bytes", maxAnswer)
	}
	return answer, err
}

// tokenOf reads a TimeStampResp: its status must be granted, 0 or 1.
func tokenOf(answer []byte) ([]byte, error) {
	in := cryptobyte.String(answer)
	var response, status, token cryptobyte.String
	var code int
	if !in.ReadASN1(&response, cbasn1.SEQUENCE) || !in.Empty() || !response.ReadASN1(&status, cbasn1.SEQUENCE) || !status.ReadASN1Integer(&code) {
		return nil, errors.New("the answer is no answer of a timestamp server")
	}
	if code != 0 && code != 1 {
		return nil, fmt.Errorf("it refuses, with status %d", code)
	}
	if !response.ReadASN1Element(&token, cbasn1.SEQUENCE) || !response.Empty() {
		return nil, errors.New("the answer has no timestamp in it")
	}
	return token, nil
}

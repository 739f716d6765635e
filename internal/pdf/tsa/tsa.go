// Package tsa asks a timestamp server (RFC 3161) over HTTP: a digest goes there,
// never a letter, and a token comes back that says when the digest was known. What
// comes back is read strictly and within limits; whether the server's clock is to be
// trusted is for the reader to say.
package tsa

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"chancery.example/internal/pdf/pades"
)

// A Client asks one timestamp server. It implements pades.Stamper.
type Client struct {
	address string
	client  *http.Client
}

const (
	timeout   = 20 * time.Second
	maxAnswer = 64 << 10
)

// New returns a client for the server at an address, which must be http or https;
// tokens are signed, so that http is no danger but to secrecy of when a letter is
// sealed. Redirects are not followed.
func New(address string) (*Client, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return nil, fmt.Errorf("using the timestamp server %q: want an address that begins with https:// or http://", address)
	}
	return &Client{address, &http.Client{
		Timeout: timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return errors.New("it sends on to another address, which is not followed: give that one")
		},
	}}, nil
}

// Stamp asks for a token over a digest of SHA-256 and verifies what it can: that
// the token is over this digest, answers this question, and is signed.
func (c *Client) Stamp(ctx context.Context, digest []byte) ([]byte, error) {
	raw := make([]byte, 8)
	if _, err := rand.Read(raw); err != nil {
		return nil, fmt.Errorf("asking %s for a timestamp: %w", c.address, err)
	}
	nonce := new(big.Int).SetBytes(raw)
	question, err := request(digest, nonce)
	if err != nil {
		return nil, fmt.Errorf("asking %s for a timestamp: %w", c.address, err)
	}
	answer, err := c.post(ctx, question)
	if err != nil {
		return nil, fmt.Errorf("asking %s for a timestamp: %w", c.address, err)
	}
	token, err := tokenOf(answer)
	if err != nil {
		return nil, fmt.Errorf("asking %s for a timestamp: %w", c.address, err)
	}
	if err := pades.VerifyToken(token, digest, nonce); err != nil {
		return nil, fmt.Errorf("asking %s for a timestamp: %w", c.address, err)
	}
	return token, nil
}

// request is a TimeStampReq: this digest, a number that the answer must repeat, and
// that the server's certificate shall be in the answer.
func request(digest []byte, nonce *big.Int) ([]byte, error) {
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1)
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1ObjectIdentifier(asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1})
			})
			b.AddASN1OctetString(digest)
		})
		b.AddASN1BigInt(nonce)
		b.AddASN1Boolean(true)
	})
	return b.Bytes()
}

func (c *Client) post(ctx context.Context, question []byte) (answer []byte, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.address, bytes.NewReader(question))
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

package notify

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/internal/signing"
)

// A Scheme is how messages to a webhook are signed (Standard Webhooks, "Signature
// scheme").
type Scheme string

// The schemes. With Shared both sides hold one secret, drawn here and shown once.
// With Public the register signs with a key of its own, which anybody can know: for
// receivers whom the office does not trust with a secret.
const (
	Shared Scheme = "v1"
	Public Scheme = "v1a"
)

// Prefixes of keys in text (Standard Webhooks).
const (
	secretPrefix = "whsec_"
	publicPrefix = "whpk_"
	secretSize   = 32 // bytes; the specification asks for 24 to 64
)

func secretText(secret []byte) string {
	return secretPrefix + base64.StdEncoding.EncodeToString(secret)
}

// signed is what is signed of a message (MUST-3).
func signed(id string, at time.Time, body []byte) []byte {
	return fmt.Appendf(nil, "%s.%s.%s", id, strconv.FormatInt(at.Unix(), 10), body)
}

func signShared(secret []byte, id string, at time.Time, body []byte) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write(signed(id, at, body))
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func signPublic(k signing.Key, id string, at time.Time, body []byte) (string, error) {
	sig, err := k.Sign(signed(id, at, body))
	if err != nil {
		return "", err //nolint:wrapcheck // of our own key
	}
	return "v1a," + base64.StdEncoding.EncodeToString(sig), nil
}

// keyName is the file of the key by which messages are signed for receivers who
// hold no secret.
const keyName = "webhook"

// signingKey returns that key; the first time that anybody asks it is drawn.
func (n *Notifier) signingKey() (signing.Key, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.key != nil {
		return *n.key, nil
	}
	path := n.folder.KeyFile(keyName)
	_, err := os.Stat(path)
	var k signing.Key
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if k, err = signing.NewKey(n.opts.Random); err == nil {
			err = k.Save(path)
		}
	case err == nil:
		k, err = signing.LoadKey(path)
	}
	if err != nil {
		return k, kind.Unavailable.Errorf("the key that signs webhooks: %w", err)
	}
	n.key = &k
	return k, nil
}

// PublicKey returns the key by which receivers check messages of scheme v1a, as
// "whpk_" and base64.
func (n *Notifier) PublicKey() (string, error) {
	k, err := n.signingKey()
	if err != nil {
		return "", err
	}
	pub, ok := k.Public().Ed25519()
	if !ok || len(pub) != ed25519.PublicKeySize {
		return "", kind.Unavailable.Errorf("the key that signs webhooks is no Ed25519 key")
	}
	return publicPrefix + base64.StdEncoding.EncodeToString(pub), nil
}

// ValidScheme reads a scheme; "" is Shared.
func ValidScheme(s string) (Scheme, error) {
	switch Scheme(strings.TrimSpace(s)) {
	case "", Shared:
		return Shared, nil
	case Public:
		return Public, nil
	}
	return "", kind.Invalid.Errorf("scheme %q: want v1 (a secret that both hold) or v1a (the register's public key)", s)
}

package approval_test

import (
	"encoding/asn1"
	"encoding/base64"
	"math/big"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"chancery.example/approval"
	"chancery.example/internal/testkit/authenticator"
)

const (
	deskOrigin = "https://register.harbour.example"
	deskRP     = "register.harbour.example"
)

// algorithms are those of passkeys.
var algorithms = map[string]int{"es256": authenticator.ES256, "eddsa": authenticator.EdDSA, "rs256": authenticator.RS256}

// passkey makes a passkey of the desk's origin and its key.
func passkey(t testing.TB, seed string, algorithm int) (*authenticator.Passkey, approval.Key) {
	t.Helper()
	p := authenticator.New(deskOrigin, seed).Make(deskRP, algorithm)
	return p, keyOf(t, p)
}

func keyOf(t testing.TB, p *authenticator.Passkey) approval.Key {
	t.Helper()
	line, err := approval.NewPasskeyLine(deskOrigin, deskRP, p.COSE())
	if err != nil {
		t.Fatal(err)
	}
	k, err := approval.ParsePasskeyLine(line)
	if err != nil || k.Line() != line {
		t.Fatalf("%s is read as %s: %v", line, k.Line(), err)
	}
	return k
}

// approve has a statement approved at the desk.
func approve(k approval.Key, p *authenticator.Passkey, statement []byte, bends ...func(*authenticator.Ceremony)) approval.Evidence {
	challenge := approval.Challenge(statement)
	a := p.Assert(deskOrigin, challenge[:], bends...)
	return approval.Evidence{Key: k, AuthenticatorData: a.AuthenticatorData, ClientDataJSON: a.ClientDataJSON, Signature: a.Signature}
}

func wireOf(t testing.TB, e approval.Evidence) []byte {
	t.Helper()
	b, err := e.Wire()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// rawWire writes evidence without looking at it.
func rawWire(k approval.Key, e approval.Evidence) []byte {
	blob, err := base64.StdEncoding.DecodeString(strings.Fields(k.Line())[1])
	if err != nil {
		panic(err) // the line is one
	}
	return authenticator.Evidence(blob, authenticator.Assertion{AuthenticatorData: e.AuthenticatorData, ClientDataJSON: e.ClientDataJSON, Signature: e.Signature})
}

type bigInt = big.Int

type rs struct{ R, S *big.Int }

func derOf(t testing.TB, b []byte) (r, s *big.Int) {
	t.Helper()
	var v rs
	if rest, err := asn1.Unmarshal(b, &v); err != nil || len(rest) > 0 {
		t.Fatal(err)
	}
	return v.R, v.S
}

func der(t testing.TB, r, s *big.Int) []byte {
	t.Helper()
	b, err := asn1.Marshal(rs{r, s})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// modulus is an odd number of so many bits; nothing looks whether it is one of a
// real key.
func modulus(bits int) *big.Int {
	return new(big.Int).Add(new(big.Int).Lsh(big.NewInt(1), uint(bits-1)), big.NewInt(1))
}

// rsaN is the modulus as SSH writes it.
func rsaN(bits int) string { return "\x00" + string(modulus(bits).Bytes()) }

// rsaBlob is an RSA key in SSH's wire form.
func rsaBlob(bits int, e int64) string {
	return string(ssh.Marshal(struct {
		Type string
		E, N *big.Int
	}{ssh.KeyAlgoRSA, big.NewInt(e), modulus(bits)}))
}

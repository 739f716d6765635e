package authenticator_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"

	"chancery.example/approval"
	"chancery.example/internal/testkit/authenticator"
)

const origin, rp = "https://register.example", "register.example"

// response is a browser's answer.
type response struct {
	ID, RawID, Type string
	Response        struct {
		ClientDataJSON, AttestationObject, AuthenticatorData, PublicKey, Signature, UserHandle string
		PublicKeyAlgorithm                                                                     int
	}
}

func creation(challenge string, algorithms ...int) []byte {
	var params []string
	for _, a := range algorithms {
		params = append(params, fmt.Sprintf(`{"type":"public-key","alg":%d}`, a))
	}
	return fmt.Appendf(nil, `{"publicKey":{"rp":{"id":%q,"name":"R"},"user":{"id":"dXNlcg","name":"u","displayName":"U"},"challenge":%q,"pubKeyCredParams":[%s]}}`,
		rp, challenge, strings.Join(params, ","))
}

func request(challenge string, allow ...string) []byte {
	var list []string
	for _, id := range allow {
		list = append(list, fmt.Sprintf(`{"type":"public-key","id":%q}`, id))
	}
	return fmt.Appendf(nil, `{"rpId":%q,"challenge":%q,"allowCredentials":[%s]}`, rp, challenge, strings.Join(list, ","))
}

func decode(t *testing.T, s string) []byte {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func read(t *testing.T, raw []byte, err error) response {
	t.Helper()
	var r response
	if err == nil {
		err = json.Unmarshal(raw, &r)
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var challenge = base64.RawURLEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32))

// TestCeremonies: for each algorithm a passkey is made, and what it signs is what
// package approval verifies with the key that the browser handed out.
func TestCeremonies(t *testing.T) {
	d := authenticator.New(origin, "ceremonies")
	for i, algorithm := range []int{authenticator.ES256, authenticator.EdDSA, authenticator.RS256} {
		raw, err := d.Create(creation(challenge, algorithm))
		made := read(t, raw, err)
		var object struct {
			Fmt      string `cbor:"fmt"`
			AuthData []byte `cbor:"authData"`
		}
		if err := cbor.Unmarshal(decode(t, made.Response.AttestationObject), &object); err != nil || object.Fmt != "none" {
			t.Fatalf("%v, %q", err, object.Fmt)
		}
		if !bytes.Equal(object.AuthData, decode(t, made.Response.AuthenticatorData)) || object.AuthData[32] != 0x45 {
			t.Errorf("%d: authenticator data %x", algorithm, object.AuthData)
		}
		id := object.AuthData[37+18 : 37+18+32]
		if made.ID != made.RawID || !bytes.Equal(decode(t, made.ID), id) || made.Type != "public-key" || made.Response.PublicKeyAlgorithm != algorithm {
			t.Errorf("%d: %+v", algorithm, made)
		}
		line, err := approval.NewPasskeyLine(origin, rp, object.AuthData[37+18+32:])
		if err != nil {
			t.Fatal(err)
		}
		public, err := x509.ParsePKIXPublicKey(decode(t, made.Response.PublicKey))
		if err != nil {
			t.Fatal(err)
		}
		key, err := approval.NewPasskey(origin, rp, public)
		if err != nil || key.Line() != line {
			t.Errorf("%d: %v", algorithm, err)
		}
		statement := []byte("any")
		sum := approval.Challenge(statement)
		raw, err = d.Get(request(base64.RawURLEncoding.EncodeToString(sum[:]), made.ID))
		got := read(t, raw, err)
		e := approval.Evidence{
			Key: key, AuthenticatorData: decode(t, got.Response.AuthenticatorData), ClientDataJSON: decode(t, got.Response.ClientDataJSON), Signature: decode(t, got.Response.Signature),
		}
		wire, err := e.Wire()
		if err == nil {
			err = approval.Verify(statement, key, wire)
		}
		if err != nil || string(decode(t, got.Response.UserHandle)) != "user" || got.ID != made.ID || e.Counter() != 2 {
			t.Errorf("%d: %v, %+v", algorithm, err, got)
		}
		if len(d.Passkeys()) != i+1 || d.Passkeys()[i].Algorithm != algorithm {
			t.Errorf("%d passkeys", len(d.Passkeys()))
		}
	}
}

// TestRefusals: a browser does not ask the authenticator for another site's
// passkeys, and an authenticator has not what was not made on it.
func TestRefusals(t *testing.T) {
	d := authenticator.New(origin, "refusals")
	raw, err := d.Create(creation(challenge, authenticator.ES256))
	made := read(t, raw, err)
	phish := authenticator.New("https://register-example.evil", "refusals")
	for name, c := range map[string]struct {
		try  func() ([]byte, error)
		says string
	}{
		"another site makes": {func() ([]byte, error) { return phish.Create(creation(challenge, authenticator.ES256)) }, "SecurityError"},
		"another site asks":  {func() ([]byte, error) { return phish.Get(request(challenge)) }, "SecurityError"},
		"another passkey":    {func() ([]byte, error) { return d.Get(request(challenge, "AAAA")) }, "NotAllowedError"},
		"none here":          {func() ([]byte, error) { return authenticator.New(origin, "none").Get(request(challenge)) }, "NotAllowedError"},
		"no such algorithm":  {func() ([]byte, error) { return d.Create(creation(challenge, -35)) }, "NotSupportedError"},
		"short challenge":    {func() ([]byte, error) { return d.Get(request("AAAA")) }, "challenge"},
		"padded challenge":   {func() ([]byte, error) { return d.Get(request(challenge + "=")) }, "challenge"},
		"no JSON":            {func() ([]byte, error) { return d.Get([]byte("{")) }, "options"},
		"no options":         {func() ([]byte, error) { return d.Create([]byte(`{"publicKey":3}`)) }, "options"},
		"no user": {func() ([]byte, error) {
			return d.Create(bytes.Replace(creation(challenge, -7), []byte("dXNlcg"), nil, 1))
		}, "user id"},
		"the same account twice": {func() ([]byte, error) {
			return d.Create(bytes.Replace(creation(challenge, -7), []byte(`"rp":`), fmt.Appendf(nil, `"excludeCredentials":[{"id":%q}],"rp":`, made.ID), 1))
		}, "InvalidStateError"},
		"not an address": {func() ([]byte, error) { return authenticator.New("%", "").Get(request(challenge)) }, "invalid"},
	} {
		if b, err := c.try(); err == nil || b != nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %s, %v", name, b, err)
		}
	}
	for name, c := range map[string]struct {
		page []byte
		want []int
		got  int
	}{
		"the page's first": {creation(challenge, authenticator.RS256, authenticator.ES256), nil, authenticator.RS256},
		"the device's":     {creation(challenge, authenticator.RS256, authenticator.EdDSA), []int{authenticator.EdDSA}, authenticator.EdDSA},
		"not said":         {creation(challenge), nil, authenticator.ES256},
	} {
		device := authenticator.New(origin, "one "+name)
		device.Algorithms = c.want
		if _, err := device.Create(c.page); err != nil || device.Passkeys()[0].Algorithm != c.got {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSameBytes: the same calls give the same bytes, and other seeds other keys.
func TestSameBytes(t *testing.T) {
	for _, algorithm := range []int{authenticator.ES256, authenticator.EdDSA, authenticator.RS256} {
		var made []authenticator.Assertion
		for range 2 {
			made = append(made, authenticator.New(origin, "same").Make(rp, algorithm).Assert(origin, []byte("challenge")))
		}
		if !bytes.Equal(made[0].Signature, made[1].Signature) || !bytes.Equal(made[0].ClientDataJSON, made[1].ClientDataJSON) {
			t.Errorf("%d: other bytes", algorithm)
		}
		if bytes.Equal(authenticator.New(origin, "same").Make(rp, algorithm).COSE(), authenticator.New(origin, "other").Make(rp, algorithm).COSE()) {
			t.Errorf("%d: two seeds have one key", algorithm)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("an unknown algorithm has a key")
		}
	}()
	authenticator.New(origin, "").Make(rp, 0)
}

// TestBends: every field of what is made can be another.
func TestBends(t *testing.T) {
	d := authenticator.New(origin, "bends")
	p, other := d.Make(rp, authenticator.ES256), authenticator.New(origin, "other").Make(rp, authenticator.ES256)
	straight := p.Assert(origin, []byte("challenge"))
	p.Counter--
	for name, bend := range map[string]func(*authenticator.Ceremony){
		"type": func(c *authenticator.Ceremony) { c.Client.Type = "x" }, "challenge": func(c *authenticator.Ceremony) { c.Client.Challenge = "x" },
		"origin": func(c *authenticator.Ceremony) { c.Client.Origin = "x" }, "cross": func(c *authenticator.Ceremony) { c.Client.CrossOrigin = "" },
		"top": func(c *authenticator.Ceremony) { c.Client.TopOrigin = "1" }, "more": func(c *authenticator.Ceremony) { c.Client.More = `,"x":1` },
		"client data": func(c *authenticator.Ceremony) { c.ClientData = []byte("x") }, "relying party": func(c *authenticator.Ceremony) { c.RPIDHash = make([]byte, 32) },
		"flags": func(c *authenticator.Ceremony) { c.Flags = 0 }, "counter": func(c *authenticator.Ceremony) { c.Counter = 9 }, "credential": func(c *authenticator.Ceremony) { c.Credential = []byte{1} },
		"extensions": func(c *authenticator.Ceremony) { c.Extensions = []byte{1} }, "authenticator data": func(c *authenticator.Ceremony) { c.AuthData = []byte{1} },
		"signer": func(c *authenticator.Ceremony) { c.Signer = other }, "afterwards": func(c *authenticator.Ceremony) { c.Signed = func(a *authenticator.Assertion) { a.Signature[9] ^= 1 } },
	} {
		a := p.Assert(origin, []byte("challenge"), bend)
		p.Counter--
		if bytes.Equal(a.Signature, straight.Signature) {
			t.Errorf("%s: the same signature", name)
		}
		message := sha256.Sum256(slices.Concat(a.AuthenticatorData, hash(a.ClientDataJSON)))
		if good := ecdsa.VerifyASN1(p.Public().(*ecdsa.PublicKey), message[:], a.Signature); good != (name != "signer" && name != "afterwards") {
			t.Errorf("%s: its signature is right: %v", name, good)
		}
	}
	raw, err := d.Get(request(challenge), func(c *authenticator.Ceremony) { c.Answer = func(m map[string]any) { m["id"] = "AAAA" } })
	if got := read(t, raw, err); got.ID != "AAAA" {
		t.Errorf("its answer is %s", raw)
	}
	p.Counting = false
	p.Counter = 0
	if a := p.Assert(origin, nil); a.AuthenticatorData[36] != 0 {
		t.Error("it counts")
	}
}

func hash(b []byte) []byte {
	sum := sha256.Sum256(b)
	return sum[:]
}

// TestFrom: a key from elsewhere is of its own algorithm.
func TestFrom(t *testing.T) {
	d := authenticator.New(origin, "from")
	for _, algorithm := range []int{authenticator.ES256, authenticator.EdDSA, authenticator.RS256} {
		p := authenticator.From(d.Make(rp, algorithm).Private(), rp)
		if p.Algorithm != algorithm || len(p.ID) != 32 {
			t.Errorf("%d: %d", algorithm, p.Algorithm)
		}
		switch k := p.Public().(type) {
		case *ecdsa.PublicKey, ed25519.PublicKey:
		case *rsa.PublicKey:
			if k.N.BitLen() != 2048 {
				t.Errorf("%d bits", k.N.BitLen())
			}
		}
	}
}

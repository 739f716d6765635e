package approval_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"chancery.example/approval"
	"chancery.example/internal/testkit/authenticator"
)

// examplePasskey is the passkey of approval.md: the scalar 33 (32 times).
func examplePasskey(t testing.TB) (*authenticator.Passkey, approval.Key) {
	t.Helper()
	private, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), bytes.Repeat([]byte{0x33}, 32))
	if err != nil {
		t.Fatal(err)
	}
	p := authenticator.From(private, deskRP)
	return p, keyOf(t, p)
}

// TestPageShowsThePasskey (MUST-9, MUST-11 to MUST-14): line, challenge and
// evidence of approval.md are what that passkey makes.
func TestPageShowsThePasskey(t *testing.T) {
	p, k := examplePasskey(t)
	statement := example(t).Bytes()
	challenge := approval.Challenge(statement)
	e := approve(k, p, statement)
	wire := wireOf(t, e)
	md := page(t)
	joined := strings.Join(strings.Fields(md), "")
	for name, want := range map[string]string{
		"line": k.Line(), "fingerprint": k.Fingerprint(), "challenge": base64.RawURLEncoding.EncodeToString(challenge[:]),
		"client data": string(e.ClientDataJSON), "size": fmt.Sprintf("the %d bytes of evidence", len(wire)),
	} {
		if !strings.Contains(md, want) {
			t.Errorf("approval.md does not show the %s %s", name, want)
		}
	}
	if !strings.Contains(joined, hex.EncodeToString(e.AuthenticatorData)) || !strings.Contains(joined, hex.EncodeToString(wire)) {
		t.Errorf("approval.md does not show the authenticator data %x and the evidence\n%x", e.AuthenticatorData, wire)
	}
	if err := approval.Verify(statement, k, wire); err != nil {
		t.Error(err)
	}
}

// TestPasskeys (MUST-9 to MUST-14): each algorithm approves, and the evidence is
// read back as it was.
func TestPasskeys(t *testing.T) {
	statement := example(t).Bytes()
	for name, algorithm := range algorithms {
		p, k := passkey(t, "passkeys", algorithm)
		e := approve(k, p, statement)
		wire := wireOf(t, e)
		if err := approval.Verify(statement, k, wire); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		back, err := approval.ParseEvidence(wire)
		if err != nil || !bytes.Equal(wireOf(t, back), wire) || back.Key.Line() != k.Line() ||
			!bytes.Equal(back.AuthenticatorData, e.AuthenticatorData) || !bytes.Equal(back.ClientDataJSON, e.ClientDataJSON) || !bytes.Equal(back.Signature, e.Signature) {
			t.Errorf("%s: read back as %+v: %v", name, back, err)
		}
		again, err := approval.Wire(wire)
		if err != nil || !bytes.Equal(again, wire) {
			t.Errorf("%s: its wire form is %x: %v", name, again, err)
		}
		if by, err := approval.Signer(wire); err != nil || by.Line() != k.Line() {
			t.Errorf("%s: signed by %v: %v", name, by, err)
		}
		other := example(t)
		other.Reference = "HC-2026-0013"
		if err := approval.Verify(other.Bytes(), k, wire); err == nil || !strings.Contains(err.Error(), "another challenge") {
			t.Errorf("%s: the statement of another request: %v", name, err)
		}
		again, _ = approval.Wire(append(wire, 0))
		if again != nil {
			t.Errorf("%s: a byte follows, and it has a wire form", name)
		}
	}
}

// TestEveryBit (MUST-11 to MUST-14): no bit of an approval by passkey can be
// another, and none of the statement.
func TestEveryBit(t *testing.T) {
	statement := example(t).Bytes()
	for name, algorithm := range algorithms {
		p, k := passkey(t, "every bit", algorithm)
		wire := wireOf(t, approve(k, p, statement))
		for i := range wire {
			for bit := range 8 {
				wire[i] ^= 1 << bit
				if approval.Verify(statement, k, wire) == nil {
					t.Errorf("%s: bit %d of byte %d of %d changed, and it verifies", name, bit, i, len(wire))
				}
				wire[i] ^= 1 << bit
			}
			if approval.Verify(statement, k, wire[:i]) == nil || approval.Verify(statement, k, slices.Insert(bytes.Clone(wire), i, 0)) == nil {
				t.Errorf("%s: cut or lengthened at byte %d, and it verifies", name, i)
			}
		}
		for i := range statement {
			changed := bytes.Clone(statement)
			changed[i] ^= 1
			if approval.Verify(changed, k, wire) == nil {
				t.Errorf("%s: byte %d of the statement changed, and it verifies", name, i)
			}
		}
	}
}

func client(f func(*authenticator.Client)) func(*authenticator.Ceremony) {
	return func(c *authenticator.Ceremony) { f(&c.Client) }
}

func signed(f func(*authenticator.Assertion)) func(*authenticator.Ceremony) {
	return func(c *authenticator.Ceremony) { c.Signed = f }
}

// replaced bends the JSON of the browser before it is signed.
func replaced(from, to string) func(*authenticator.Ceremony) {
	return func(c *authenticator.Ceremony) {
		b := c.Client.JSON()
		if !bytes.Contains(b, []byte(from)) {
			panic(from + " is not in " + string(b))
		}
		c.ClientData = bytes.Replace(b, []byte(from), []byte(to), 1)
	}
}

func flagged(f byte) func(*authenticator.Ceremony) {
	return func(c *authenticator.Ceremony) { c.Flags = f }
}

func extended(b ...byte) func(*authenticator.Ceremony) {
	return func(c *authenticator.Ceremony) { c.Flags |= authenticator.Extensions; c.Extensions = b }
}

const presentVerified = authenticator.UserPresent | authenticator.UserVerified

// TestTaken (MUST-11 to MUST-15): what real browsers and authenticators do that
// an approval may have.
func TestTaken(t *testing.T) {
	statement := example(t).Bytes()
	p, k := passkey(t, "taken", authenticator.ES256)
	for name, bend := range map[string]func(*authenticator.Ceremony){
		"without crossOrigin": client(func(c *authenticator.Client) { c.CrossOrigin = "" }),
		"more members": client(func(c *authenticator.Client) {
			c.More = `,"other_keys_can_be_added_here":"do not compare clientDataJSON against a template"`
		}),
		"members of members":  client(func(c *authenticator.Client) { c.More = `,"tokenBinding":{"status":"supported","id":[1,{"status":2}]}` }),
		"a text with a colon": client(func(c *authenticator.Client) { c.More = `,"x":["a:","a:"],"y":"\":\\"` }),
		"another order and spaces": func(c *authenticator.Ceremony) {
			c.ClientData = fmt.Appendf(nil, "{ \"origin\" :\t%q,\n\"challenge\": %q , \"type\":%q }", c.Client.Origin, c.Client.Challenge, c.Client.Type)
		},
		"without a counter":       func(c *authenticator.Ceremony) { c.Counter = 0 },
		"the largest counter":     func(c *authenticator.Ceremony) { c.Counter = 1<<32 - 1 },
		"backed up":               flagged(presentVerified | authenticator.BackupEligible | authenticator.BackedUp),
		"backed up, not eligible": flagged(presentVerified | authenticator.BackedUp),
		"bits of the future":      flagged(presentVerified | 0x22),
		"no extension":            extended(0xa0),
		"extensions":              extended(0xa2, 0x61, 'a', 0xf5, 0x61, 'b', 0xa1, 0x19, 1, 0, 0x82, 0x41, 7, 0x20),
		"extensions, numbers":     extended(0xa1, 0x1a, 0, 0, 0, 1, 0xfb, 1, 2, 3, 4, 5, 6, 7, 8),
	} {
		e := approve(k, p, statement, bend)
		if err := approval.Verify(statement, k, wireOf(t, e)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestBent (MUST-11 to MUST-14): each field of an assertion that the passkey
// itself signed in another way, and each that was changed after it signed.
func TestBent(t *testing.T) {
	statement := example(t).Bytes()
	p, k := passkey(t, "bent", authenticator.ES256)
	other, _ := passkey(t, "another officer", authenticator.ES256)
	swapped := example(t)
	swapped.Subject[0] ^= 1
	theirs := approval.Challenge(swapped.Bytes())
	type bend = func(*authenticator.Ceremony)
	for name, c := range map[string]struct {
		bend bend
		says string
	}{
		"type create":             {client(func(c *authenticator.Client) { c.Type = "webauthn.create" }), "webauthn.get"},
		"type payment":            {client(func(c *authenticator.Client) { c.Type = "payment.get" }), "webauthn.get"},
		"no type":                 {replaced(`"type":"webauthn.get",`, ""), "webauthn.get"},
		"type escaped":            {replaced(`webauthn.get`, `webauthn\u002eget`), "webauthn.get"},
		"type is a list":          {replaced(`"webauthn.get"`, `["webauthn.get"]`), "webauthn.get"},
		"another text":            {client(func(c *authenticator.Client) { c.Challenge = base64.RawURLEncoding.EncodeToString(theirs[:]) }), "another challenge"},
		"challenge padded":        {client(func(c *authenticator.Client) { c.Challenge += "=" }), "another challenge"},
		"challenge cut":           {client(func(c *authenticator.Client) { c.Challenge = c.Challenge[:42] }), "another challenge"},
		"challenge empty":         {client(func(c *authenticator.Client) { c.Challenge = "" }), "another challenge"},
		"no challenge":            {replaced(`"challenge"`, `"Challenge"`), "another challenge"},
		"challenge in a member":   {replaced(`"challenge":`, `"x":{"challenge":0},"y":`), "another challenge"},
		"phishing":                {client(func(c *authenticator.Client) { c.Origin = "https://register-harbour.example" }), "at the origin"},
		"origin above":            {client(func(c *authenticator.Client) { c.Origin = "https://harbour.example" }), "at the origin"},
		"origin with a port":      {client(func(c *authenticator.Client) { c.Origin += ":8443" }), "at the origin"},
		"origin with a slash":     {client(func(c *authenticator.Client) { c.Origin += "/" }), "at the origin"},
		"origin in capitals":      {client(func(c *authenticator.Client) { c.Origin = strings.ToUpper(c.Origin) }), "at the origin"},
		"origin without TLS":      {client(func(c *authenticator.Client) { c.Origin = "http" + c.Origin[5:] }), "at the origin"},
		"no origin":               {replaced(`"origin":`, `"x":`), "at the origin"},
		"cross origin":            {client(func(c *authenticator.Client) { c.CrossOrigin = "true" }), "in a frame"},
		"cross origin null":       {client(func(c *authenticator.Client) { c.CrossOrigin = "null" }), "in a frame"},
		"cross origin in words":   {client(func(c *authenticator.Client) { c.CrossOrigin = `"false"` }), "in a frame"},
		"top origin":              {client(func(c *authenticator.Client) { c.TopOrigin = `"https://evil.example"` }), "in a frame"},
		"top origin its own":      {client(func(c *authenticator.Client) { c.TopOrigin = `"` + deskOrigin + `"` }), "in a frame"},
		"top origin null":         {client(func(c *authenticator.Client) { c.TopOrigin = "null" }), "in a frame"},
		"another relying party":   {func(c *authenticator.Ceremony) { c.RPIDHash[0] ^= 1 }, "another relying party"},
		"relying party above":     {func(c *authenticator.Ceremony) { h := sha(`harbour.example`); c.RPIDHash = h[:] }, "another relying party"},
		"nobody present":          {flagged(authenticator.UserVerified), "nobody was present"},
		"not verified":            {flagged(authenticator.UserPresent), "not verified"},
		"no flags":                {flagged(0), "nobody was present"},
		"another passkey":         {func(c *authenticator.Ceremony) { c.Signer = other }, "signature is not right"},
		"signature of other data": {signed(func(a *authenticator.Assertion) { a.AuthenticatorData[36]++ }), "signature is not right"},
		"member added later": {signed(func(a *authenticator.Assertion) {
			a.ClientDataJSON = append(a.ClientDataJSON[:len(a.ClientDataJSON)-1], `,"x":1}`...)
		}), "signature is not right"},
		"space added later": {signed(func(a *authenticator.Assertion) {
			a.ClientDataJSON = append(a.ClientDataJSON[:len(a.ClientDataJSON)-1], ` }`...)
		}), "signature is not right"},
		"signature longer":         {signed(func(a *authenticator.Assertion) { a.Signature = append(a.Signature, 0) }), "signature is not right"},
		"signature cut":            {signed(func(a *authenticator.Assertion) { a.Signature = a.Signature[:len(a.Signature)-1] }), "signature is not right"},
		"signature raw, not ASN.1": {signed(func(a *authenticator.Assertion) { a.Signature = bytes.Repeat([]byte{1}, 64) }), "signature is not right"},
		"present set later": {func(c *authenticator.Ceremony) {
			c.Flags = 4
			c.Signed = func(a *authenticator.Assertion) { a.AuthenticatorData[32] |= 1 }
		}, "signature is not right"},
		"verified set later": {func(c *authenticator.Ceremony) {
			c.Flags = 1
			c.Signed = func(a *authenticator.Assertion) { a.AuthenticatorData[32] |= 4 }
		}, "signature is not right"},
	} {
		e := approve(k, p, statement, c.bend)
		err := approval.Verify(statement, k, wireOf(t, e))
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want it to say %q", name, err, c.says)
		}
	}
}

// TestNoEvidence (MUST-11 to MUST-13): what has not the form of an assertion has
// no wire form, and when somebody writes one it is not read.
func TestNoEvidence(t *testing.T) {
	statement := example(t).Bytes()
	p, k := passkey(t, "no evidence", authenticator.ES256)
	for name, c := range map[string]struct {
		bend func(*authenticator.Ceremony)
		says string
	}{
		"type twice":               {replaced(`{"type"`, `{"type":"webauthn.get","type"`), "twice"},
		"challenge twice":          {replaced(`,"origin"`, `,"challenge":"x","origin"`), "twice"},
		"origin twice, at the end": {client(func(c *authenticator.Client) { c.More = `,"origin":"https://evil.example"` }), "twice"},
		"twice further in":         {client(func(c *authenticator.Client) { c.More = `,"x":[{"a":1,"a":1}]` }), "twice"},
		"twice, after a list":      {client(func(c *authenticator.Client) { c.More = `,"x":[{"b":1}],"x":0` }), "twice"},
		"name escaped":             {client(func(c *authenticator.Client) { c.More = `,"\u0074ype":"x"` }), "escaped"},
		"not UTF-8":                {client(func(c *authenticator.Client) { c.More = ",\"x\":\"\xff\"" }), "UTF-8"},
		"not JSON":                 {replaced(`,"origin"`, `,,"origin"`), "JSON"},
		"a comma at the end":       {client(func(c *authenticator.Client) { c.More = "," }), "JSON"},
		"a mark before":            {replaced(`{"type"`, "\ufeff{\"type\""), "JSON"},
		"a space before":           {replaced(`{"type"`, ` {"type"`), "JSON"},
		"a line end after":         {func(c *authenticator.Ceremony) { c.ClientData = append(c.Client.JSON(), '\n') }, "JSON"},
		"two objects":              {func(c *authenticator.Ceremony) { c.ClientData = append(c.Client.JSON(), "{}"...) }, "JSON"},
		"a list":                   {func(c *authenticator.Ceremony) { c.ClientData = []byte("[1]") }, "JSON"},
		"a list of it":             {func(c *authenticator.Ceremony) { c.ClientData = fmt.Appendf(nil, "[%s]", c.Client.JSON()) }, "JSON"},
		"empty":                    {func(c *authenticator.Ceremony) { c.ClientData = []byte{} }, "JSON"},
		"only a brace":             {func(c *authenticator.Ceremony) { c.ClientData = []byte("{") }, "JSON"},
		"a credential":             {func(c *authenticator.Ceremony) { c.Flags |= authenticator.Credential }, "length does not follow"},
		"a credential, attested":   {func(c *authenticator.Ceremony) { c.Flags |= authenticator.Credential; c.Credential = make([]byte, 50) }, "length does not follow"},
		"36 bytes":                 {func(c *authenticator.Ceremony) { c.AuthData = make([]byte, 36) }, "want 37 or more"},
		"38 bytes":                 {func(c *authenticator.Ceremony) { c.Extensions = []byte{0} }, "length does not follow"},
		"extensions missing":       {extended(), "length does not follow"},
		"extensions: a list":       {extended(0x80), "length does not follow"},
		"extensions: a number":     {extended(0x01), "length does not follow"},
		"extensions: one too many": {extended(0xa0, 0xa0), "length does not follow"},
		"extensions: cut":          {extended(0xa1, 0x61, 'a'), "length does not follow"},
		"extensions: cut number":   {extended(0xa1, 0x61, 'a', 0x19, 1), "length does not follow"},
		"extensions: cut text":     {extended(0xa1, 0x61, 'a', 0x62, 'a'), "length does not follow"},
		"extensions: endless":      {extended(0xbf, 0x61, 'a', 1, 0xff), "length does not follow"},
		"extensions: tagged":       {extended(0xa1, 0x61, 'a', 0xc1, 1), "length does not follow"},
		"extensions: wide simple":  {extended(0xa1, 0x61, 'a', 0xf8, 0x20), "length does not follow"},
		"extensions: reserved":     {extended(0xa1, 0x61, 'a', 0x1c), "length does not follow"},
		"extensions: too deep":     {extended(0xa1, 1, 0x81, 0x81, 0x81, 1), "length does not follow"},
		"extensions: huge":         {extended(0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1), "length does not follow"},
		"extensions: half of huge": {extended(0xbb, 0x80, 0, 0, 0, 0, 0, 0, 0, 1), "length does not follow"},
		"no signature":             {signed(func(a *authenticator.Assertion) { a.Signature = nil }), "signature is empty"},
	} {
		e := approve(k, p, statement, c.bend)
		if b, err := e.Wire(); err == nil || b != nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %x, %v, want it to say %q", name, b, err, c.says)
		}
		wire := rawWire(k, e)
		if got, err := approval.ParseEvidence(wire); err == nil || !got.Key.IsZero() || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: read as %+v, %v, want it to say %q", name, got, err, c.says)
		}
		if err := approval.Verify(statement, k, wire); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want it to say %q", name, err, c.says)
		}
		if b, err := approval.Wire(wire); err == nil || b != nil {
			t.Errorf("%s: its wire form is %x", name, b)
		}
		if by, err := approval.Signer(wire); err == nil || !by.IsZero() {
			t.Errorf("%s: signed by %s", name, by.Line())
		}
	}
	if _, err := (approval.Evidence{Key: key(t, pageKey(t))}).Wire(); err == nil || !strings.Contains(err.Error(), "no passkey") {
		t.Errorf("the evidence of an SSH key: %v", err)
	}
	if _, err := (approval.Evidence{}).Wire(); err == nil {
		t.Error("evidence without a key has a wire form")
	}
}

// TestLargest (MUST-11): what is exactly at the limit is taken, and a byte more
// is not.
func TestLargest(t *testing.T) {
	statement := example(t).Bytes()
	p, k := passkey(t, "largest", authenticator.EdDSA)
	usual := len(wireOf(t, approve(k, p, statement)))
	if usual > 600 {
		t.Errorf("an approval has %d bytes", usual)
	}
	long := func(n int) approval.Evidence {
		return approve(k, p, statement, client(func(c *authenticator.Client) { c.More = `,"x":"` + strings.Repeat("x", n-usual-len(`,"x":""`)) + `"` }))
	}
	if err := approval.Verify(statement, k, wireOf(t, long(2048))); err != nil {
		t.Error(err)
	}
	if b, err := long(2049).Wire(); err == nil || b != nil || !strings.Contains(err.Error(), "2049 bytes, at most 2048") {
		t.Error(err)
	}
	if err := approval.Verify(statement, k, rawWire(k, long(2049))); err == nil || !strings.Contains(err.Error(), "2049 bytes, at most 2048") {
		t.Error(err)
	}
}

// TestOtherKinds (MUST-6, MUST-11): a passkey does not approve by SSH signature,
// nor an SSH key by evidence, nor one passkey for another, nor the same passkey
// for another origin or relying party.
func TestOtherKinds(t *testing.T) {
	statement := example(t).Bytes()
	private := edPrivate()
	p := authenticator.From(private, deskRP)
	k, sshKey := keyOf(t, p), key(t, signer(t, private))
	if k.Identity() != sshKey.Identity() {
		t.Error("one key has two identities")
	}
	evidence := wireOf(t, approve(k, p, statement))
	sig := sign(t, signer(t, private), statement, approval.Namespace).Marshal()
	_, other := passkey(t, "another", authenticator.EdDSA)
	if other.Identity() == k.Identity() {
		t.Error("two keys have one identity")
	}
	elsewhere, err := approval.NewPasskey("https://harbour.example", "harbour.example", p.Public())
	if err != nil {
		t.Fatal(err)
	}
	port, err := approval.NewPasskey(deskOrigin+":8443", deskRP, p.Public())
	if err != nil || port.Identity() != k.Identity() {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		key approval.Key
		sig []byte
	}{
		"SSH signature of the passkey's key": {k, sig}, "evidence of the SSH key": {sshKey, evidence}, "another passkey": {other, evidence},
		"another relying party": {elsewhere, evidence}, "another port": {port, evidence},
	} {
		if err := approval.Verify(statement, c.key, c.sig); err == nil || !strings.Contains(err.Error(), "public key does not match") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if approval.Verify(statement, approval.Key{}, evidence) == nil {
		t.Error("verified without a key")
	}
	for _, b := range []string{"WAUTHN", "WAUTHN\x00\x00\x00\x02", "WAUTHN\x00\x00\x00\x01", "WAUTHN\x00\x00\x00\x01\x00\x00\x00\x00"} {
		if err := approval.Verify(statement, k, []byte(b)); err == nil || !strings.Contains(err.Error(), "evidence of a passkey") {
			t.Errorf("%q: %v", b, err)
		}
	}
}

// TestHighS (MUST-14): authenticators do not choose between the two values of S
// that verify, and what they made is kept as it is.
func TestHighS(t *testing.T) {
	p, k := passkey(t, "high s", authenticator.ES256)
	high, low := 0, 0
	half := new(bigInt).Rsh(elliptic.P256().Params().N, 1)
	for i := range 16 {
		s := example(t)
		s.Policy = uint64(i)
		e := approve(k, p, s.Bytes())
		r, v := derOf(t, e.Signature)
		if v.Cmp(half) > 0 {
			high++
		} else {
			low++
		}
		if err := approval.Verify(s.Bytes(), k, wireOf(t, e)); err != nil {
			t.Error(err)
		}
		e.Signature = der(t, r, new(bigInt).Sub(elliptic.P256().Params().N, v))
		if err := approval.Verify(s.Bytes(), k, wireOf(t, e)); err != nil {
			t.Error(err)
		}
		e.Signature = der(t, r, new(bigInt).Add(elliptic.P256().Params().N, v))
		if approval.Verify(s.Bytes(), k, wireOf(t, e)) == nil {
			t.Error("S beyond the order verifies")
		}
	}
	if high == 0 || low == 0 {
		t.Errorf("%d high, %d low", high, low)
	}
}

// TestFlags (MUST-15): what is told and never refused.
func TestFlags(t *testing.T) {
	p, k := passkey(t, "flags", authenticator.ES256)
	statement := example(t).Bytes()
	first := approve(k, p, statement, flagged(presentVerified|authenticator.BackupEligible))
	if first.Counter() != 1 || !first.BackupEligible() || first.BackedUp() {
		t.Errorf("%d, %v, %v", first.Counter(), first.BackupEligible(), first.BackedUp())
	}
	second := approve(k, p, statement, flagged(presentVerified|authenticator.BackedUp))
	if second.Counter() != 2 || second.BackupEligible() || !second.BackedUp() {
		t.Errorf("%d, %v, %v", second.Counter(), second.BackupEligible(), second.BackedUp())
	}
	none := approve(k, p, statement, func(c *authenticator.Ceremony) { c.Counter = 0 })
	for name, c := range map[string]struct {
		later, earlier approval.Evidence
		back           bool
	}{
		"on": {second, first, false}, "back": {first, second, true}, "the same": {first, first, true}, "gone": {none, first, true}, "come": {first, none, false}, "never": {none, none, false},
	} {
		if c.later.CounterWentBack(c.earlier) != c.back {
			t.Errorf("%s: went back: %v", name, !c.back)
		}
	}
	wide := approve(k, p, statement, func(c *authenticator.Ceremony) { c.Counter = 0x01020304 })
	if wide.Counter() != 0x01020304 {
		t.Errorf("%x", wide.Counter())
	}
	var zero approval.Evidence
	if zero.Counter() != 0 || zero.BackedUp() || zero.BackupEligible() {
		t.Error("evidence of nothing has flags")
	}
}

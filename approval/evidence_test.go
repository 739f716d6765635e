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

// says are words of the refusal of each class of fault.
var says = map[string]string{
	"client-type": "want webauthn.get", "challenge": "another challenge", "origin": "at the origin", "frame": "in a frame of another site",
	"relying-party": "another relying party", "user-present": "nobody was present", "user-verified": "not verified",
	"passkey-signature": "signature is not right", "client-data": "client data", "authenticator-data": "authenticator data", "evidence-form": "not the evidence of a passkey",
}

// TestFaults (MUST-11 to MUST-14): each field of an assertion that the passkey
// itself signed in another way, and each that was changed after it signed. What
// has not the form of an assertion has no wire form either, and when somebody
// writes one it is not read.
func TestFaults(t *testing.T) {
	statement := example(t).Bytes()
	for algorithm, number := range algorithms {
		p, k := passkey(t, "faults", number)
		for _, f := range authenticator.Faults() {
			name := algorithm + ", " + f.Name
			e := approve(k, p, statement, f.Bend)
			wire := rawWire(k, e)
			if err := approval.Verify(statement, k, wire); err == nil || !strings.Contains(err.Error(), says[f.Class]) {
				t.Errorf("%s: %v, want it to say %q", name, err, says[f.Class])
			}
			isForm := f.Class == "client-data" || f.Class == "authenticator-data" || f.Class == "evidence-form"
			if b, err := e.Wire(); (err == nil) == isForm || (b == nil) != isForm {
				t.Errorf("%s: its wire form is %x: %v", name, b, err)
			}
			if got, err := approval.ParseEvidence(wire); (err == nil) == isForm || got.Key.IsZero() != isForm {
				t.Errorf("%s: read as %+v, %v", name, got, err)
			}
			if b, err := approval.Wire(wire); (err == nil) == isForm || (b == nil) != isForm {
				t.Errorf("%s: its wire form is %x: %v", name, b, err)
			}
			if by, err := approval.Signer(wire); (err == nil) == isForm || by.IsZero() != isForm {
				t.Errorf("%s: signed by %+v: %v", name, by, err)
			}
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

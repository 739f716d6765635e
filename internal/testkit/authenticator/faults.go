package authenticator

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
)

// A Fault is one thing that is wrong with an approval by passkey, signed as it is
// by the right passkey unless the fault is just that.
type Fault struct {
	Name  string
	Class string // as the vectors name it, approval.md MUST-11 to MUST-14
	Bend  func(*Ceremony)
}

// Faults are what nobody may take for an approval: each field of an assertion
// signed in another way, or changed after it was signed, and each form that no
// browser writes.
func Faults() []Fault {
	return append(wrongParts(), wrongForms()...)
}

func wrongParts() []Fault {
	return []Fault{
		{"type create", "client-type", client(func(c *Client) { c.Type = "webauthn.create" })},
		{"type payment", "client-type", client(func(c *Client) { c.Type = "payment.get" })},
		{"no type", "client-type", replaced(`"type":"webauthn.get",`, "")},
		{"type escaped", "client-type", replaced(`webauthn.get`, `webauthn\u002eget`)},
		{"type is a list", "client-type", replaced(`"webauthn.get"`, `["webauthn.get"]`)},
		{"another statement", "challenge", challenged(make([]byte, 32))},
		{"challenge padded", "challenge", client(func(c *Client) { c.Challenge += "=" })},
		{"challenge cut", "challenge", client(func(c *Client) { c.Challenge = c.Challenge[:42] })},
		{"challenge empty", "challenge", client(func(c *Client) { c.Challenge = "" })},
		{"no challenge", "challenge", replaced(`"challenge"`, `"Challenge"`)},
		{"challenge in a member", "challenge", replaced(`"challenge":`, `"x":{"challenge":0},"y":`)},
		{"phishing", "origin", client(func(c *Client) { c.Origin = "https://register-harbour.example" })},
		{"origin above", "origin", client(func(c *Client) { c.Origin = "https://example" })},
		{"origin with a port", "origin", client(func(c *Client) { c.Origin += ":8443" })},
		{"origin with a slash", "origin", client(func(c *Client) { c.Origin += "/" })},
		{"origin in capitals", "origin", client(func(c *Client) { c.Origin = strings.ToUpper(c.Origin) })},
		{"origin without TLS", "origin", client(func(c *Client) { c.Origin = "http://" + strings.TrimPrefix(c.Origin, "https://") })},
		{"no origin", "origin", replaced(`"origin":`, `"x":`)},
		{"cross origin", "frame", client(func(c *Client) { c.CrossOrigin = "true" })},
		{"cross origin null", "frame", client(func(c *Client) { c.CrossOrigin = "null" })},
		{"cross origin in words", "frame", client(func(c *Client) { c.CrossOrigin = `"false"` })},
		{"top origin", "frame", client(func(c *Client) { c.TopOrigin = `"https://evil.example"` })},
		{"top origin its own", "frame", client(func(c *Client) { c.TopOrigin = quoted(c.Origin) })},
		{"top origin null", "frame", client(func(c *Client) { c.TopOrigin = "null" })},
		{"another relying party", "relying-party", func(c *Ceremony) { c.RPIDHash[0] ^= 1 }},
		{"relying party above", "relying-party", func(c *Ceremony) { c.RPIDHash = hashed("example") }},
		{"nobody present", "user-present", flagged(UserVerified)},
		{"not verified", "user-verified", flagged(UserPresent)},
		{"no flags", "user-present", flagged(0)},
		{"another passkey", "passkey-signature", func(c *Ceremony) { c.Signer = stranger(c.Passkey.Algorithm) }},
		{"signature longer", "passkey-signature", signed(func(a *Assertion) { a.Signature = append(a.Signature, 0) })},
		{"signature cut", "passkey-signature", signed(func(a *Assertion) { a.Signature = a.Signature[:len(a.Signature)-1] })},
		{"a member added later", "passkey-signature", signed(func(a *Assertion) {
			a.ClientDataJSON = append(a.ClientDataJSON[:len(a.ClientDataJSON)-1], `,"x":1}`...)
		})},
		{"a space added later", "passkey-signature", signed(func(a *Assertion) { a.ClientDataJSON = append(a.ClientDataJSON[:len(a.ClientDataJSON)-1], ` }`...) })},
		{"present set later", "passkey-signature", func(c *Ceremony) {
			c.Flags, c.Signed = UserVerified, func(a *Assertion) { a.AuthenticatorData[32] |= UserPresent }
		}},
		{"verified set later", "passkey-signature", func(c *Ceremony) {
			c.Flags, c.Signed = UserPresent, func(a *Assertion) { a.AuthenticatorData[32] |= UserVerified }
		}},
		{"counter changed later", "passkey-signature", signed(func(a *Assertion) { a.AuthenticatorData[36]++ })},
		{"signature raw not ASN.1", "passkey-signature", signed(func(a *Assertion) { a.Signature = bytes.Repeat([]byte{1}, 64) })},
	}
}

func wrongForms() []Fault {
	return []Fault{
		{"type twice", "client-data", replaced(`{"type"`, `{"type":"webauthn.get","type"`)},
		{"challenge twice", "client-data", replaced(`,"origin"`, `,"challenge":"x","origin"`)},
		{"origin twice at the end", "client-data", client(func(c *Client) { c.More = `,"origin":"https://evil.example"` })},
		{"twice further in", "client-data", client(func(c *Client) { c.More = `,"x":[{"a":1,"a":1}]` })},
		{"twice after a list", "client-data", client(func(c *Client) { c.More = `,"x":[{"b":1}],"x":0` })},
		{"name escaped", "client-data", client(func(c *Client) { c.More = `,"\u0074ype":"x"` })},
		{"not UTF-8", "client-data", client(func(c *Client) { c.More = ",\"x\":\"\xff\"" })},
		{"not JSON", "client-data", replaced(`,"origin"`, `,,"origin"`)},
		{"a comma at the end", "client-data", client(func(c *Client) { c.More = "," })},
		{"a mark before", "client-data", replaced(`{"type"`, "\ufeff{\"type\"")},
		{"a space before", "client-data", replaced(`{"type"`, ` {"type"`)},
		{"a line end after", "client-data", func(c *Ceremony) { c.ClientData = append(c.Client.JSON(), '\n') }},
		{"two objects", "client-data", func(c *Ceremony) { c.ClientData = append(c.Client.JSON(), "{}"...) }},
		{"a list", "client-data", func(c *Ceremony) { c.ClientData = []byte("[1]") }},
		{"a list of it", "client-data", func(c *Ceremony) { c.ClientData = fmt.Appendf(nil, "[%s]", c.Client.JSON()) }},
		{"empty", "client-data", func(c *Ceremony) { c.ClientData = []byte{} }},
		{"only a brace", "client-data", func(c *Ceremony) { c.ClientData = []byte("{") }},
		{"a credential", "authenticator-data", func(c *Ceremony) { c.Flags |= Credential }},
		{"a credential attested", "authenticator-data", func(c *Ceremony) { c.Flags |= Credential; c.Credential = make([]byte, 50) }},
		{"36 bytes", "authenticator-data", func(c *Ceremony) { c.AuthData = make([]byte, 36) }},
		{"38 bytes", "authenticator-data", func(c *Ceremony) { c.Extensions = []byte{0} }},
		{"extensions missing", "authenticator-data", extended()},
		{"extensions a list", "authenticator-data", extended(0x80)},
		{"extensions a number", "authenticator-data", extended(0x01)},
		{"extensions one too many", "authenticator-data", extended(0xa0, 0xa0)},
		{"extensions cut", "authenticator-data", extended(0xa1, 0x61, 'a')},
		{"extensions cut number", "authenticator-data", extended(0xa1, 0x61, 'a', 0x19, 1)},
		{"extensions cut text", "authenticator-data", extended(0xa1, 0x61, 'a', 0x62, 'a')},
		{"extensions endless", "authenticator-data", extended(0xbf, 0x61, 'a', 1, 0xff)},
		{"extensions tagged", "authenticator-data", extended(0xa1, 0x61, 'a', 0xc1, 1)},
		{"extensions wide simple", "authenticator-data", extended(0xa1, 0x61, 'a', 0xf8, 0x20)},
		{"extensions reserved", "authenticator-data", extended(0xa1, 0x61, 'a', 0x1c)},
		{"extensions too deep", "authenticator-data", extended(0xa1, 1, 0x81, 0x81, 0x81, 1)},
		{"extensions huge", "authenticator-data", extended(0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1)},
		{"extensions half of huge", "authenticator-data", extended(0xbb, 0x80, 0, 0, 0, 0, 0, 0, 0, 1)},
		{"no signature", "evidence-form", signed(func(a *Assertion) { a.Signature = nil })},
	}
}

func client(f func(*Client)) func(*Ceremony) { return func(c *Ceremony) { f(&c.Client) } }

func signed(f func(*Assertion)) func(*Ceremony) { return func(c *Ceremony) { c.Signed = f } }

func flagged(f byte) func(*Ceremony) { return func(c *Ceremony) { c.Flags = f } }

func extended(b ...byte) func(*Ceremony) {
	return func(c *Ceremony) { c.Flags, c.Extensions = c.Flags|Extensions, b }
}

func challenged(b []byte) func(*Ceremony) {
	return func(c *Ceremony) { c.Client.Challenge = base64.RawURLEncoding.EncodeToString(b) }
}

// replaced bends the JSON of the browser before it is signed.
func replaced(from, to string) func(*Ceremony) {
	return func(c *Ceremony) { c.ClientData = bytes.Replace(c.Client.JSON(), []byte(from), []byte(to), 1) }
}

func hashed(s string) []byte {
	sum := sha256.Sum256([]byte(s))
	return sum[:]
}

func stranger(algorithm int) *Passkey { return New("", "a stranger").Make("", algorithm) }

// Evidence writes the wire form of an approval by passkey (approval.md MUST-11)
// without looking at it: key is the bytes of the key's line.
func Evidence(key []byte, a Assertion) []byte {
	b := []byte("WAUTHN\x00\x00\x00\x01")
	for _, part := range [][]byte{key, a.AuthenticatorData, a.ClientDataJSON, a.Signature} {
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(part))), part...) //nolint:gosec // a test's part is short
	}
	return b
}

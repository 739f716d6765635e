package approval_test

import (
	"bytes"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"chancery.example/approval"
	"chancery.example/internal/testkit/authenticator"
)

// TestPasskeyProperty: whatever the statement and whatever a browser adds, the
// approval is for this statement, this key and no other.
func TestPasskeyProperty(t *testing.T) {
	statement := rapid.Custom(func(rt *rapid.T) approval.Statement { return drawStatement(rt) })
	rapid.Check(t, func(rt *rapid.T) {
		s, other := statement.Draw(rt, "statement"), statement.Draw(rt, "other")
		p := authenticator.New(deskOrigin, rapid.StringN(1, 4, 8).Draw(rt, "seed")).Make(deskRP, rapid.SampledFrom([]int{authenticator.ES256, authenticator.EdDSA}).Draw(rt, "algorithm"))
		k, err := approval.NewPasskey(deskOrigin, deskRP, p.Public())
		if err != nil {
			rt.Fatal(err)
		}
		more := rapid.StringMatching(`(,"[a-z]{1,9}[0-9]":("[ -!#-\[\]-~]{0,9}"|-?[1-9][0-9]{0,8}|true|null|\[\{"a":1\}\])){0,1}`).Draw(rt, "more")
		flags := presentVerified | rapid.Byte().Draw(rt, "flags")&0x3a
		e := approve(k, p, s.Bytes(), func(c *authenticator.Ceremony) {
			c.Client.More, c.Flags, c.Counter = more, flags, rapid.Uint32().Draw(rt, "counter")
		})
		wire, err := e.Wire()
		if err != nil {
			rt.Fatal(err)
		}
		if err := approval.Verify(s.Bytes(), k, wire); err != nil {
			rt.Fatal(err)
		}
		if s != other && approval.Verify(other.Bytes(), k, wire) == nil {
			rt.Fatal("it approves another statement")
		}
		i := rapid.IntRange(0, len(wire)-1).Draw(rt, "byte")
		wire[i] ^= rapid.ByteRange(1, 255).Draw(rt, "bits")
		if approval.Verify(s.Bytes(), k, wire) == nil {
			rt.Fatalf("byte %d changed", i)
		}
	})
}

// FuzzEvidence: what is read is written again in the same bytes, and no foreign
// bytes verify.
func FuzzEvidence(f *testing.F) {
	p, k := passkey(f, "fuzz", authenticator.ES256)
	_, other := passkey(f, "nobody has this", authenticator.ES256)
	statement := example(f).Bytes()
	e := approve(k, p, statement)
	f.Add(rawWire(k, e))
	f.Add(rawWire(other, e))
	e = approve(k, p, statement, extended(0xa1, 0x61, 'a', 0xf5), client(func(c *authenticator.Client) { c.More = `,"x":[{"a":"\"}"}]` }))
	f.Add(rawWire(k, e))
	f.Add([]byte("WAUTHN\x00\x00\x00\x01"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if approval.Verify(statement, other, b) == nil {
			t.Error("verified without the passkey")
		}
		got, err := approval.ParseEvidence(b)
		if err != nil {
			return
		}
		again, err := got.Wire()
		if err != nil || !bytes.Equal(again, b) {
			t.Errorf("%x is written as %x: %v", b, again, err)
		}
		if by, err := approval.Signer(b); err != nil || by.Line() != got.Key.Line() {
			t.Errorf("%x is signed by %v: %v", b, by, err)
		}
	})
}

// FuzzClientData: what a browser sends in never makes the reader fail, and what it
// takes has each name once.
func FuzzClientData(f *testing.F) {
	p, k := passkey(f, "fuzz", authenticator.ES256)
	statement := example(f).Bytes()
	for _, s := range []string{
		string(approve(k, p, statement).ClientDataJSON), `{"a":1,"a":2}`, `{"a":{"b":[{"c":"\\"}]},"d":"x:\"}"}`, `{"\u0061":1}`, `{}`, `{"x":[}`, "{\"\xff\":1}",
	} {
		f.Add([]byte(s))
	}
	good := approve(k, p, statement)
	f.Fuzz(func(t *testing.T, b []byte) {
		e := good
		e.ClientDataJSON = b
		wire, err := e.Wire()
		if err == nil && !bytes.Equal(b, good.ClientDataJSON) && approval.Verify(statement, k, wire) == nil {
			t.Errorf("%q verifies", b)
		}
	})
}

// FuzzPasskeyLine: a line that is taken is written again as it was.
func FuzzPasskeyLine(f *testing.F) {
	_, k := passkey(f, "fuzz", authenticator.EdDSA)
	f.Add(k.Line())
	f.Add(k.Line() + " comment")
	f.Add(approval.PasskeyType + " AAAA")
	f.Fuzz(func(t *testing.T, s string) {
		got, err := approval.ParsePasskeyLine(s)
		if err != nil {
			return
		}
		if !strings.HasPrefix(strings.TrimSpace(s), got.Line()) {
			t.Errorf("%q became %q", s, got.Line())
		}
	})
}

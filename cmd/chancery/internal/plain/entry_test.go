package plain

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"chancery.example/approval"
	"chancery.example/internal/signing"
	"chancery.example/internal/testkit/authenticator"
	"chancery.example/register"
)

// TestEntrySaysWithWhat: an entry tells programs who signed it, and with what
// kind of key, as the entry has it.
func TestEntrySaysWithWhat(t *testing.T) {
	const origin, office = "letters.harbour.example/main/2026", register.Office("https://harbour.example")
	p := authenticator.New("https://desk.example", "anna").Make("desk.example", authenticator.ES256)
	key, err := approval.NewPasskey("https://desk.example", "desk.example", p.Public())
	if err != nil {
		t.Fatal(err)
	}
	ssh, err := signing.NewOfficerKey(strings.NewReader(strings.Repeat("k", 64)), "carl")
	if err != nil {
		t.Fatal(err)
	}
	b := register.Retract{
		Target: register.Target{Office: office, Index: 5, Leaf: [32]byte{1}}, Reason: register.Words{"en": "Too soon."},
		Approvals: register.Approvals{Policy: 2, Nonce: [16]byte{7}},
	}
	statement, err := register.StatementFor(origin, office, b)
	if err != nil {
		t.Fatal(err)
	}
	line, err := base64.StdEncoding.DecodeString(strings.Fields(key.Line())[1])
	if err != nil {
		t.Fatal(err)
	}
	sig, err := ssh.Approve(statement)
	if err != nil {
		t.Fatal(err)
	}
	challenge := approval.Challenge(statement.Bytes())
	b.Approvals.Signatures = []register.OfficerSignature{
		{Officer: "anna", Signature: authenticator.Evidence(line, p.Assert("https://desk.example", challenge[:]))},
		{Officer: "bob", Signature: []byte("scribble")}, {Officer: "carl", Signature: sig},
	}
	signer, err := signing.NewKey(strings.NewReader(strings.Repeat("s", 64)))
	if err != nil {
		t.Fatal(err)
	}
	e, err := register.Sign(signer, register.Claims{Issuer: office, Subject: register.OfficeSubject(office), IssuedAt: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}, b)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(Entry(9, e.Bytes(), e))
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		SignedBy []struct{ Officer, Key, Passkey string } `json:"signed_by"`
	}
	if err := json.Unmarshal(raw, &got); err != nil {
		t.Fatal(err)
	}
	if len(got.SignedBy) != 2 || got.SignedBy[0].Passkey != "https://desk.example" || got.SignedBy[0].Key != key.Fingerprint() ||
		got.SignedBy[1].Officer != "carl" || got.SignedBy[1].Passkey != "" || got.SignedBy[1].Key != ssh.Public().Fingerprint() {
		t.Errorf("signed by %+v", got.SignedBy)
	}
}

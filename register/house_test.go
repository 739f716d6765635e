package register_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/asn1"
	"fmt"
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"

	"chancery.example/approval"
	"chancery.example/commitment"
	"chancery.example/letter"
	"chancery.example/register"
)

// Everything in these tests is drawn from names, so that the same drawing always
// gives the same bytes: keys, salts, nonces and tags are SHA-256 of what they
// are for.

const origin = "letters.harbour.example/main/2026"

var begin = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func minute(n int) time.Time { return begin.Add(time.Duration(n) * time.Minute) }

func seed(format string, args ...any) [32]byte {
	return sha256.Sum256(fmt.Appendf(nil, format, args...))
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err) // only in tests, where it names the line
	}
	return v
}

// edKey signs entries with Ed25519.
type edKey struct{ key ed25519.PrivateKey }

func edKeyOf(s [32]byte) edKey { return edKey{ed25519.NewKeyFromSeed(s[:])} }

func newEdKey(name string) edKey {
	return edKeyOf(seed("key of %s", name))
}

func (k edKey) Public() register.PublicKey             { return must(register.NewPublicKey(k.key.Public())) }
func (k edKey) Sign(toBeSigned []byte) ([]byte, error) { return ed25519.Sign(k.key, toBeSigned), nil }

// ecKey signs entries with ES256, as hardware does.
type ecKey struct{ key *ecdsa.PrivateKey }

func newECKey(name string) ecKey {
	s := seed("P-256 key of %s", name)
	return ecKey{must(ecdsa.ParseRawPrivateKey(elliptic.P256(), s[:]))}
}

func (k ecKey) Public() register.PublicKey { return must(register.NewPublicKey(&k.key.PublicKey)) }

func (k ecKey) Sign(toBeSigned []byte) ([]byte, error) {
	h := sha256.Sum256(toBeSigned)
	der, err := k.key.Sign(nil, h[:], crypto.SHA256) // nil random: RFC 6979, the same bytes each time
	if err != nil {
		return nil, err
	}
	var rs struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &rs); err != nil {
		return nil, err
	}
	out := make([]byte, 64)
	rs.R.FillBytes(out[:32])
	rs.S.FillBytes(out[32:])
	return out, nil
}

// officerKey is the SSH key of an officer.
func officerKey(name string) ssh.Signer {
	s := seed("ssh key of %s", name)
	return must(ssh.NewSignerFromKey(ed25519.NewKeyFromSeed(s[:])))
}

func keyLine(name string) string {
	return string(bytes.TrimSpace(ssh.MarshalAuthorizedKey(officerKey(name).PublicKey())))
}

// A house is one office of the tests.
type house struct {
	id       string
	uri      register.Office
	key      register.Signer
	policy   register.Policy
	policyAt register.Index
	sequence uint64
}

func newHouse(id string) *house {
	officer := func(name, person, display string, roles ...register.Role) register.Officer {
		return register.Officer{ID: name, Person: person, Name: display, Roles: roles, Keys: []string{keyLine(id + "/" + name)}}
	}
	h := &house{id: id, uri: register.Office("https://" + id + ".example"), key: newEdKey(id)}
	h.policy = register.Policy{
		Officers: []register.Officer{
			officer("alice", "alice", "Alice Adeyemi", register.RoleApprover),
			officer("alice-2", "alice", "Alice Adeyemi", register.RoleApprover, register.RoleClerk),
			officer("bob", "bob", "Bob Brandt", register.RoleApprover),
			officer("carl", "carl", "Carl Chen", register.RolePress),
			officer("dora", "dora", "Dora Diaz", register.RoleDrafter),
		},
	}
	approvers := []register.Role{register.RoleApprover}
	for _, a := range []approval.Act{approval.Issue, approval.Withdraw, approval.Supersede, approval.Close, approval.SetPolicy} {
		h.policy.Rules = append(h.policy.Rules, register.Rule{Act: a, K: 2, Roles: approvers})
	}
	press := []register.Role{register.RoleApprover, register.RolePress}
	h.policy.Rules = append(h.policy.Rules,
		register.Rule{Act: approval.Open, K: 2, Roles: press, Required: press[1:]},
		register.Rule{Act: approval.State, Type: string(register.Holding), K: 1, Roles: press},
		register.Rule{Act: approval.State, K: 1, Roles: approvers},
		register.Rule{Act: approval.Retract, K: 1, Roles: approvers},
		register.Rule{Act: approval.Disavow, K: 1, Roles: approvers},
	)
	return h
}

// signersOf returns who signs when a drawing does not say.
func signersOf(b register.Body) []string {
	switch b := b.(type) {
	case register.DraftOpen:
		return []string{"alice", "carl"}
	case register.Withdraw:
		if b.Emergency {
			return []string{"carl"}
		}
	case register.Statement, register.Retract, register.Disavow:
		return []string{"alice"}
	}
	return []string{"alice", "bob"}
}

// approve returns the officers' signatures over statement, in wire form.
func (h *house) approve(statement []byte, officers []string) []register.OfficerSignature {
	officers = slices.Sorted(slices.Values(officers))
	var out []register.OfficerSignature
	for _, o := range officers {
		sig := must(sshsig.Sign(bytes.NewReader(statement), officerKey(h.id+"/"+o), sshsig.HashSHA512, approval.Namespace))
		out = append(out, register.OfficerSignature{Officer: o, Signature: sig.Marshal()})
	}
	return out
}

// withApprovals puts approvals into a body.
func withApprovals(b register.Body, a register.Approvals) register.Body {
	switch b := b.(type) {
	case register.DraftOpen:
		b.Approvals = a
		return b
	case register.DraftClose:
		b.Approvals = a
		return b
	case register.Issue:
		b.Approvals = a
		return b
	case register.Withdraw:
		b.Approvals = a
		return b
	case register.Supersede:
		b.Approvals = a
		return b
	case register.Statement:
		b.Approvals = a
		return b
	case register.Retract:
		b.Approvals = a
		return b
	case register.Disavow:
		b.Approvals = a
		return b
	case register.Policy:
		b.Approvals = &a
		return b
	case register.Correct:
		b.Approvals = a
		return b
	case register.Ratify:
		b.Approvals = a
		return b
	case register.KeyRevoke:
		b.Approvals = &a
		return b
	}
	return b
}

// A page is one sealed revision of a letter in a drawing.
type page struct {
	revision letter.Revision
	link     register.Link
	text     letter.LangText
}

// A paper is one letter in a drawing.
type paper struct {
	ref    letter.Ref
	tag    commitment.Tag
	pages  []page
	issued register.Target
}

// sealPage freezes and commits to the next revision of a paper.
func (p *paper) sealPage(h *house, name, words string) page {
	n := uint32(len(p.pages) + 1)
	text := letter.LangText{Lang: "en", Text: must(letter.Canonicalize([]byte(words)))}
	content := letter.Content{
		Reference: p.ref, Type: letter.TypeLetter, Texts: []letter.LangText{text},
		Addressees: []string{fmt.Sprintf("To whom revision %d concerns", n)},
	}
	salts := map[letter.Field]letter.Salt{}
	for _, f := range []letter.Field{
		letter.FieldReference, letter.FieldType, letter.FieldPrevailing, letter.FieldAddressees,
		letter.FieldDistribution, letter.FieldEnclosures, letter.FieldSignature, letter.TextField("en"),
	} {
		salts[f] = seed("salt %s %s %d %s", h.id, name, n, f)
	}
	r := must(letter.Restore(content, salts))
	o := commitment.Opening{
		Nonce: seed("nonce %s %s %d", h.id, name, n), Register: origin, Office: string(h.uri),
		Tag: p.tag, Purpose: commitment.Draft, Revision: n, Digest: r.Digest(),
	}
	if n > 1 {
		o.Previous = p.pages[n-2].link.Opening.Commitment()
	}
	return page{revision: r, link: register.Link{Opening: o}, text: text}
}

// textLeaf seals words that stand by themselves.
func textLeaf(t letter.LangText, name string) []letter.Disclosure {
	return []letter.Disclosure{letter.SealText(t, seed("leaf %s", name))}
}

func english(t testing.TB, words string) letter.LangText {
	t.Helper()
	text, err := letter.Canonicalize([]byte(words))
	if err != nil {
		t.Fatal(err)
	}
	return letter.LangText{Lang: "en", Text: text}
}

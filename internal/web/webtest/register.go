// Package webtest makes a small register of really signed entries for tests of
// the pages: three offices, letters in every standing, two languages, hostile
// words. Everything in it is invented.
package webtest

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	"chancery.example/approval"
	"chancery.example/commitment"
	"chancery.example/internal/check"
	"chancery.example/internal/signing"
	"chancery.example/internal/testkit/authenticator"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// Origin is the origin of the register's log.
const Origin = "letters.lights.example/tests/2026"

// Desk is where the legal advisers approve by passkey.
const (
	Desk   = "https://desk.lights.example"
	deskRP = "desk.lights.example"
)

// Start is when the register begins; Now is when its readers read.
var (
	Start = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	Now   = time.Date(2026, 3, 6, 9, 30, 0, 0, time.UTC)
)

// A Register is a register in memory. It is a source for the pages.
type Register struct {
	t       testing.TB
	at      time.Time
	entries []register.Logged
	texts   map[letter.Hash]letter.Text
	offices map[string]*office
	// Fail, when set, is what Snapshot answers.
	Fail error
	// NoProof, when set, is what Proof answers.
	NoProof error
	snap    *check.Snapshot
	forgery letter.Disclosure
}

type office struct {
	uri      register.Office
	key      signing.Key
	officers []register.Officer
	keys     map[string]signing.OfficerKey
	passkey  *authenticator.Passkey // of the legal adviser, who has no SSH key in the policy
	policy   register.Index
	sequence uint64
}

// A paper is one letter of the register while it is made.
type paper struct {
	ref    letter.Ref
	tag    commitment.Tag
	pages  []letter.Revision
	links  []register.Link
	issued register.Target
}

// Empty returns a register with nothing but its genesis entry.
func Empty(t testing.TB) *Register { return begin(t) }

func begin(t testing.TB) *Register {
	t.Helper()
	r := &Register{t: t, at: Start, texts: map[letter.Hash]letter.Text{}, offices: map[string]*office{}}
	operator := r.newKey()
	r.offices["operator"] = &office{uri: "https://operator.example", key: operator}
	r.put(operator, register.Claims{Issuer: "https://operator.example", Subject: "urn:chancery:register:" + Origin}, register.Genesis{
		Origin: Origin, Name: register.Words{"en": "Register of the tests", "ar": "سجل الاختبارات"}, Operator: operator.Public(),
		LogKey: Origin + "+00000000+AAAA", Exercise: true,
	})
	return r
}

func (r *Register) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *Register) newKey() signing.Key {
	k, err := signing.NewKey(rand.Reader)
	r.must(err)
	return k
}

func (r *Register) put(k signing.Key, c register.Claims, b register.Body) register.Target {
	r.t.Helper()
	r.at = r.at.Add(17 * time.Minute)
	c.IssuedAt = r.at
	signed, err := register.Sign(k, c, b)
	r.must(err)
	e, err := register.Parse(signed.Bytes())
	r.must(err)
	i := register.Index(len(r.entries))
	r.entries = append(r.entries, register.Logged{Index: i, Entry: e})
	r.snap = nil
	return register.Target{Office: c.Issuer, Index: i, Leaf: e.LeafHash()}
}

// enrol gives an office its place, two approvers and a press officer.
func (r *Register) enrol(id, en, ar string) {
	r.t.Helper()
	o := &office{uri: register.Office("https://" + id + ".example"), key: r.newKey(), keys: map[string]signing.OfficerKey{}}
	operator := r.offices["operator"]
	r.put(operator.key, register.Claims{Issuer: operator.uri, Subject: "urn:chancery:register:" + Origin}, register.KeyAdd{
		Office: o.uri, ID: id, Name: register.Words{"en": en, "ar": ar}, Domain: id + ".example", Key: o.key.Public(),
	})
	names := map[string]string{"director": "Director <b>Amal Rashid</b>", "legal": "Legal adviser", "press": "Press officer"}
	roles := map[string][]register.Role{"director": {register.RoleApprover}, "legal": {register.RoleApprover, register.RoleDrafter}, "press": {register.RolePress, register.RoleApprover}}
	for _, who := range []string{"director", "legal", "press"} {
		key, err := signing.NewOfficerKey(rand.Reader, who)
		r.must(err)
		o.keys[who] = key
		o.officers = append(o.officers, register.Officer{ID: who, Person: who, Name: names[who], Roles: roles[who], Keys: []string{key.Public().Line()}})
		if who == "legal" { // who approves by passkey
			o.passkey = authenticator.New(Desk, id).Make(deskRP, authenticator.ES256)
			line, err := approval.NewPasskeyLine(Desk, deskRP, o.passkey.COSE())
			r.must(err)
			o.officers[len(o.officers)-1].Keys = []string{line}
		}
	}
	p := register.Policy{Officers: o.officers, Speakers: []string{"Amal Rashid"}, RatifyWithin: 72 * 3600}
	for _, act := range approval.Acts() {
		k := 2
		if act == approval.State || act == approval.Retract || act == approval.SetPolicy {
			k = 1
		}
		p.Rules = append(p.Rules, register.Rule{Act: act, K: k, Roles: []register.Role{register.RoleApprover}})
	}
	r.offices[id] = o
	o.policy = r.put(o.key, register.Claims{Issuer: o.uri, Subject: register.OfficeSubject(o.uri)}, p).Index
}

// act has a body approved by two officers, signs it and puts it into the log.
func (r *Register) act(o *office, subject string, with func(register.Approvals) register.Body) register.Target {
	r.t.Helper()
	a := register.Approvals{Policy: o.policy}
	_, err := rand.Read(a.Nonce[:])
	r.must(err)
	statement, err := register.StatementFor(Origin, o.uri, with(a))
	r.must(err)
	sig, err := o.keys["director"].Approve(statement)
	r.must(err)
	wire, err := approval.Wire(sig)
	r.must(err)
	a.Signatures = []register.OfficerSignature{{Officer: "director", Signature: wire}, {Officer: "legal", Signature: r.evidence(o, statement)}}
	return r.put(o.key, register.Claims{Issuer: o.uri, Subject: subject}, with(a))
}

// evidence is the legal adviser's approval at the desk.
func (r *Register) evidence(o *office, s approval.Statement) []byte {
	key, err := approval.NewPasskey(Desk, deskRP, o.passkey.Public())
	r.must(err)
	challenge := approval.Challenge(s.Bytes())
	a := o.passkey.Assert(Desk, challenge[:])
	wire, err := approval.Evidence{Key: key, AuthenticatorData: a.AuthenticatorData, ClientDataJSON: a.ClientDataJSON, Signature: a.Signature}.Wire()
	r.must(err)
	return wire
}

func (r *Register) text(s string) letter.Text {
	r.t.Helper()
	t, err := letter.Canonicalize([]byte(s))
	r.must(err)
	return t
}

// seal freezes a revision of a paper and commits to it.
func (r *Register) seal(o *office, p *paper, texts map[letter.Lang]string, prevailing letter.Lang) {
	r.t.Helper()
	c := letter.Content{Reference: p.ref, Type: letter.TypeLetter, Prevailing: prevailing, Addressees: []string{"Masters of all vessels"}}
	for lang, s := range texts {
		c.Texts = append(c.Texts, letter.LangText{Lang: lang, Text: r.text(s)})
	}
	slices.SortFunc(c.Texts, func(a, b letter.LangText) int { return bytes.Compare([]byte(a.Lang), []byte(b.Lang)) })
	rev, err := letter.Seal(c, rand.Reader)
	r.must(err)
	if len(p.pages) == 0 {
		_, err = rand.Read(p.tag[:])
		r.must(err)
	}
	opening := commitment.Opening{Register: Origin, Office: string(o.uri), Tag: p.tag, Purpose: commitment.Draft,
		Revision: uint32(len(p.pages) + 1), Digest: rev.Digest()} //nolint:gosec // counts a few pages
	if n := len(p.links); n > 0 {
		opening.Previous = p.links[n-1].Opening.Commitment()
	}
	_, err = rand.Read(opening.Nonce[:])
	r.must(err)
	o.sequence++
	at := r.put(o.key, register.Claims{Issuer: o.uri, Subject: register.OfficeSubject(o.uri)}, register.NewCommit(o.sequence, opening.Commitment()))
	p.pages = append(p.pages, rev)
	p.links = append(p.links, register.Link{Index: at.Index, Opening: opening})
}

func (r *Register) disclose(rev letter.Revision) []letter.Disclosure {
	ds := rev.Disclose(rev.Fields()...)
	for _, t := range rev.Content().Texts {
		r.texts[letter.Find(ds, letter.TextField(t.Lang)).Hash] = t.Text
	}
	return ds
}

func (r *Register) issue(o *office, p *paper, change func(*register.Issue)) {
	r.t.Helper()
	last := len(p.pages) - 1
	b := register.Issue{Reference: p.ref, Type: letter.TypeLetter, Fields: r.disclose(p.pages[last]), Seal: p.links[last], Disclosure: register.DisclosePublic}
	if change != nil {
		change(&b)
	}
	p.issued = r.act(o, register.LetterSubject(Origin, o.uri, p.ref), func(a register.Approvals) register.Body { b.Approvals = a; return b })
	p.issued.Reference = p.ref
}

func (r *Register) open(o *office, p *paper, revisions ...int) {
	r.t.Helper()
	b := register.DraftOpen{Reference: p.ref, Chain: p.links}
	for _, n := range revisions {
		b.Revisions = append(b.Revisions, register.OpenedRevision{Number: uint32(n), Fields: r.disclose(p.pages[n-1])}) //nolint:gosec // a few
	}
	r.act(o, register.LetterSubject(Origin, o.uri, p.ref), func(a register.Approvals) register.Body { b.Approvals = a; return b })
}

// said seals the words of a statement, to be shown.
func (r *Register) said(words register.Words) []letter.Disclosure {
	r.t.Helper()
	var out []letter.Disclosure
	for _, lang := range []letter.Lang{"ar", "en"} {
		if words[lang] == "" {
			continue
		}
		out = append(out, r.leaf(lang, words[lang]))
	}
	return out
}

func (r *Register) leaf(lang letter.Lang, s string) letter.Disclosure {
	var salt letter.Salt
	_, err := rand.Read(salt[:])
	r.must(err)
	t := r.text(s)
	d := letter.SealText(letter.LangText{Lang: lang, Text: t}, salt)
	r.texts[d.Hash] = t
	return d
}

func (r *Register) state(o *office, b register.Statement) register.Target {
	r.t.Helper()
	return r.act(o, register.OfficeSubject(o.uri), func(a register.Approvals) register.Body { b.Approvals = a; return b })
}

// Snapshot implements the source of the pages.
func (r *Register) Snapshot(context.Context) (*check.Snapshot, error) {
	if r.Fail != nil {
		return nil, r.Fail
	}
	if r.snap != nil {
		return r.snap, nil
	}
	state := register.Fold(r.entries)
	at := r.at
	head := &check.CheckpointView{Origin: Origin, Size: uint64(len(r.entries)), Root: fmt.Sprintf("%064x", len(r.entries)), Time: &at}
	snap, err := check.NewSnapshot(state, head, func(leaf letter.Hash) (letter.Text, bool) {
		t, ok := r.texts[leaf]
		return t, ok
	})
	r.snap = snap
	return snap, err
}

// Entry implements the source of the pages.
func (r *Register) Entry(_ context.Context, i register.Index) ([]byte, error) {
	if int(i) >= len(r.entries) { //nolint:gosec // a few
		return nil, fmt.Errorf("entry %d: the log has %d", i, len(r.entries))
	}
	return r.entries[i].Entry.Bytes(), nil
}

// Proof implements the source of the pages; the file it writes is no real proof.
func (r *Register) Proof(_ context.Context, office string, ref letter.Ref, w io.Writer) error {
	if r.NoProof != nil {
		return r.NoProof
	}
	_, err := fmt.Fprintf(w, "proof of %s %s", office, ref)
	return err
}

// Trust implements the source of the pages; it trusts nobody, for there is no log.
func (r *Register) Trust() proof.Policy { return proof.Policy{} }

// HeadAt implements the source of the pages; there is no log.
func (r *Register) HeadAt(context.Context, uint64) (proof.Head, error) {
	return proof.Head{}, errors.New("a register of tests has no log")
}

// Now implements the source of the pages.
func (r *Register) Now() time.Time { return Now }

// Size returns the number of entries.
func (r *Register) Size() int { return len(r.entries) }

// Problems returns what the fold ignored or flagged; a test of the pages that
// finds any has a broken register.
func (r *Register) Problems() []register.Problem { return register.Fold(r.entries).Problems() }

package main

import (
	"crypto/rand"
	"fmt"
	"time"

	"chancery.example/approval"
	"chancery.example/commitment"
	"chancery.example/internal/signing"
	"chancery.example/letter"
	"chancery.example/register"
)

// A record is a register in memory: real entries, signed, approved and folded,
// without a log on disk.
type record struct {
	state *register.State
	texts map[letter.Hash]letter.Text

	key     signing.Key
	officer signing.OfficerKey
	at      time.Time
}

const (
	origin = "letters.bench.example/memory"
	bureau = register.Office("https://bench.example")
)

func newRecord(texts []letter.Text) (*record, error) {
	r := &record{state: register.NewState(), texts: map[letter.Hash]letter.Text{}, at: time.Now().Add(-time.Hour)}
	var err error
	if r.key, err = signing.NewKey(rand.Reader); err != nil {
		return nil, err
	}
	if r.officer, err = signing.NewOfficerKey(rand.Reader, "bench"); err != nil {
		return nil, err
	}
	subject := register.OfficeSubject(bureau)
	for _, b := range []register.Body{
		register.Genesis{Origin: origin, Name: register.Words{"en": "Bench"}, Operator: r.key.Public(), LogKey: r.key.VerifierKey(origin)},
		register.KeyAdd{Office: bureau, ID: "bench", Name: register.Words{"en": "Bench"}, Domain: "bench.example", Key: r.key.Public()},
		register.Policy{
			Officers: []register.Officer{{ID: "o", Person: "o", Name: "Officer", Roles: []register.Role{register.RoleApprover}, Keys: []string{r.officer.Public().Line()}}},
			Rules:    []register.Rule{{Act: approval.Issue, K: 1, Roles: []register.Role{register.RoleApprover}}},
		},
	} {
		if err := r.add(subject, b); err != nil {
			return nil, err
		}
	}
	for i, t := range texts {
		if err := r.issue(uint64(i+1), letter.Ref(fmt.Sprintf("L-%d", i)), t); err != nil {
			return nil, fmt.Errorf("letter %d: %w", i, err)
		}
	}
	return r, nil
}

func (r *record) add(subject string, b register.Body) error {
	e, err := register.Sign(r.key, register.Claims{Issuer: bureau, Subject: subject, IssuedAt: r.at}, b)
	if err != nil {
		return fmt.Errorf("signing: %w", err)
	}
	if p := r.state.Add(register.Logged{Index: register.Index(r.state.Size()), Entry: e}); p != nil {
		return fmt.Errorf("folding: %s", p)
	}
	return nil
}

// issue seals and issues one letter.
func (r *record) issue(n uint64, ref letter.Ref, t letter.Text) error {
	rev, err := letter.Seal(letter.Content{Reference: ref, Type: letter.TypeLetter, Texts: []letter.LangText{{Lang: "en", Text: t}}}, rand.Reader)
	if err != nil {
		return fmt.Errorf("sealing: %w", err)
	}
	o := commitment.Opening{Register: origin, Office: string(bureau), Purpose: commitment.Draft, Revision: 1, Digest: rev.Digest()}
	_, _ = rand.Read(o.Nonce[:]) // never fails
	_, _ = rand.Read(o.Tag[:])
	at := register.Index(r.state.Size())
	if err := r.add(register.OfficeSubject(bureau), register.NewCommit(n, o.Commitment())); err != nil {
		return err
	}
	b := register.Issue{
		Reference: ref, Type: letter.TypeLetter, Fields: rev.Disclose(rev.Fields()...), Disclosure: register.DisclosePublic,
		Seal: register.Link{Index: at, Opening: o}, Approvals: register.Approvals{Policy: 2},
	}
	st, err := register.StatementFor(origin, bureau, b)
	if err != nil {
		return fmt.Errorf("approving: %w", err)
	}
	sig, err := r.officer.Approve(st)
	if err != nil {
		return err
	}
	for _, d := range b.Fields {
		if _, isText := d.Field.Lang(); isText {
			r.texts[d.Hash] = t
		}
	}
	return r.add(register.LetterSubject(origin, bureau, ref), register.WithSignatures(b, []register.OfficerSignature{{Officer: "o", Signature: sig}}))
}

package proof_test

import (
	"bytes"
	"crypto/ed25519"
	"testing"
	"time"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"

	"chancery.example/approval"
	"chancery.example/commitment"
	"chancery.example/letter"
	"chancery.example/register"
)

// signer signs entries.
type signer struct{ key ed25519.PrivateKey }

func (s signer) Public() register.PublicKey             { return must(register.NewPublicKey(s.key.Public())) }
func (s signer) Sign(toBeSigned []byte) ([]byte, error) { return ed25519.Sign(s.key, toBeSigned), nil }

// officer is the SSH key of an officer.
func officer(name string) ssh.Signer { return must(ssh.NewSignerFromKey(key("officer " + name))) }

const (
	operatorURI = register.Office("https://harbour.example/register")
	harbour     = register.Office("https://harbour.example")
)

// A town is a register with one office and its letters:
//
//	issued     HC-1, in English and Arabic, in force
//	withdrawn  HC-2, with its withdrawal
//	opened     HC-3, a draft that was opened
//	said       a statement about HC-1
//	disavowed  a text that is not the office's
//	held       HC-X, sealed and silent, as the holder of a copy knows it
type town struct {
	*tree
	minutes                                     int
	sequence                                    uint64
	policyAt                                    register.Index
	issued, withdrawn, opened, said, disavowed  register.Index
	english, arabic, ended, draft, word, forged letter.LangText
	held                                        register.HeldDraft
}

func newTown(t testing.TB) *town {
	t.Helper()
	w := &town{
		tree:    &tree{},
		english: words("en", "Sir,\n\nthe ship leaves on 3 March.\n"),
		arabic:  words("ar", "سيدي،\n\nتغادر السفينة يوم ٣ آذار.\n"),
		ended:   words("en", "Sir,\n\nthe quay is closed.\n"),
		draft:   words("en", "Sir,\n\nthe crane is sold.\n"),
		word:    words("en", "The letter HC-1 is genuine.\n"),
		forged:  words("en", "Sir,\n\nthe harbour is free of tolls.\n"),
	}
	operator, office := signer{key("operator")}, signer{key("harbour")}
	w.put(operator, operatorURI, "urn:chancery:register:"+origin, register.Genesis{
		Origin: origin, Name: register.Words{"en": "Harbour register"}, Operator: operator.Public(), LogKey: logKey.vkey(),
	})
	w.put(operator, operatorURI, "urn:chancery:register:"+origin, register.KeyAdd{
		Office: harbour, ID: "harbour", Name: register.Words{"en": "Harbour Council"}, Domain: "harbour.example", Key: office.Public(),
	})
	w.policyAt = w.put(office, harbour, register.OfficeSubject(harbour), policyBody())
	w.issued = w.issue("HC-1", w.english, w.arabic)
	w.withdrawn = w.issue("HC-2", w.ended)
	w.approved(register.LetterSubject(origin, harbour, "HC-2"), func(a register.Approvals) register.Body {
		return register.Withdraw{Target: w.target("HC-2", w.withdrawn), Reason: register.Words{"en": "Sent by mistake."}, Approvals: a}
	})
	_, link, rev := w.seal("HC-3", w.draft)
	w.opened = w.approved(register.LetterSubject(origin, harbour, "HC-3"), func(a register.Approvals) register.Body {
		return register.DraftOpen{
			Reference: "HC-3", Chain: []register.Link{link},
			Revisions: []register.OpenedRevision{{Number: 1, Fields: rev.Disclose(rev.Fields()...)}}, Approvals: a,
		}
	})
	w.said = w.approved(register.OfficeSubject(harbour), func(a register.Approvals) register.Body {
		return register.Statement{
			Type: register.About, Texts: []letter.Disclosure{letter.SealText(w.word, seed("salt of the word"))},
			Regarding: []register.Target{w.target("HC-1", w.issued)}, Approvals: a,
		}
	})
	w.disavowed = w.approved(register.OfficeSubject(harbour), func(a register.Approvals) register.Body {
		return register.Disavow{
			Texts:  []letter.Disclosure{letter.SealText(w.forged, seed("salt of the forgery"))},
			Reason: register.Words{"en": "Not ours."}, Approvals: a,
		}
	})
	for range 20 { // so that paths have some length
		_, link, rev := w.seal("HC-X", w.draft)
		w.held = register.HeldDraft{Link: link, Fields: rev.Disclose(letter.FieldReference, letter.FieldType, letter.TextField("en"))}
	}
	return w
}

// policyBody lets two officers do everything together.
func policyBody() register.Policy {
	var p register.Policy
	for _, name := range []string{"alice", "bob"} {
		line := string(bytes.TrimSpace(ssh.MarshalAuthorizedKey(officer(name).PublicKey())))
		p.Officers = append(p.Officers, register.Officer{ID: name, Person: name, Name: name, Roles: []register.Role{register.RoleApprover}, Keys: []string{line}})
	}
	// Those that there were when the vectors were published: they do not change.
	for _, a := range approval.Acts()[:9] {
		p.Rules = append(p.Rules, register.Rule{Act: a, K: 2, Roles: []register.Role{register.RoleApprover}})
	}
	return p
}

func (w *town) put(s signer, issuer register.Office, subject string, b register.Body) register.Index {
	w.minutes++
	at := begin.Add(time.Duration(w.minutes) * time.Minute)
	e := must(register.Sign(s, register.Claims{Issuer: issuer, Subject: subject, IssuedAt: at}, b))
	return w.add(e.Bytes())
}

func (w *town) target(ref letter.Ref, i register.Index) register.Target {
	return register.Target{Office: harbour, Reference: ref, Index: i, Leaf: register.LeafHash(w.entries[i])}
}

// seal commits to a revision.
func (w *town) seal(ref letter.Ref, texts ...letter.LangText) (register.Index, register.Link, letter.Revision) {
	w.sequence++
	c := letter.Content{Reference: ref, Type: letter.TypeLetter, Texts: sortTexts(texts)}
	salts := map[letter.Field]letter.Salt{}
	for _, f := range []letter.Field{
		letter.FieldReference, letter.FieldType, letter.FieldPrevailing, letter.FieldAddressees,
		letter.FieldDistribution, letter.FieldEnclosures, letter.FieldSignature,
	} {
		salts[f] = seed("salt %s %s", ref, f)
	}
	for _, x := range texts {
		salts[letter.TextField(x.Lang)] = seed("salt %s %s", ref, x.Lang)
	}
	rev := must(letter.Restore(c, salts))
	o := commitment.Opening{
		Nonce: seed("nonce %d", w.sequence), Register: origin, Office: string(harbour), Tag: seed("tag %s", ref),
		Purpose: commitment.Draft, Revision: 1, Digest: rev.Digest(),
	}
	i := w.put(signer{key("harbour")}, harbour, register.OfficeSubject(harbour), register.NewCommit(w.sequence, o.Commitment()))
	return i, register.Link{Index: i, Opening: o}, rev
}

func (w *town) issue(ref letter.Ref, texts ...letter.LangText) register.Index {
	_, link, rev := w.seal(ref, texts...)
	return w.approved(register.LetterSubject(origin, harbour, ref), func(a register.Approvals) register.Body {
		return register.Issue{
			Reference: ref, Type: letter.TypeLetter, Fields: rev.Disclose(rev.Fields()...), Seal: link,
			Disclosure: register.DisclosePublic, Approvals: a,
		}
	})
}

// approved puts a body that both officers approve.
func (w *town) approved(subject string, with func(register.Approvals) register.Body) register.Index {
	return w.put(signer{key("harbour")}, harbour, subject, w.approve(with))
}

func (w *town) approve(with func(register.Approvals) register.Body, officers ...string) register.Body {
	nonce := seed("nonce of approval %d", len(w.entries))
	a := register.Approvals{Policy: w.policyAt, Nonce: [16]byte(nonce[:16])}
	s := must(register.StatementFor(origin, harbour, with(a)))
	if len(officers) == 0 {
		officers = []string{"alice", "bob"}
	}
	for _, name := range officers {
		sig := must(sshsig.Sign(bytes.NewReader(s.Bytes()), officer(name), sshsig.HashSHA512, approval.Namespace))
		a.Signatures = append(a.Signatures, register.OfficerSignature{Officer: name, Signature: sig.Marshal()})
	}
	return with(a)
}

package proof_test

import (
	"bytes"
	"testing"

	"golang.org/x/crypto/ssh"

	"chancery.example/approval"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// weighed are proofs of one letter in one language, approved by three officers
// under a head that three witnesses cosigned: bare, and with its words.
func weighed(t testing.TB) (bare, withWords proof.Bundle) {
	t.Helper()
	w := newTown(t)
	officers, text := []string{"alice", "bob", "carol"}, words("en", "Sir,\n\nthe tower is open again.\n")
	w.repolicy(func(p *register.Policy) {
		p.Officers = nil
		for _, name := range officers {
			p.Officers = append(p.Officers, officerOf(name))
		}
		p.Rules = []register.Rule{{Act: approval.Issue, K: 3, Roles: []register.Role{register.RoleApprover}}}
	})
	issued := w.issueOf("HC-80", "harbour", officers, text)
	all := []proof.Bundle{w.bundle(t, issued), w.bundle(t, issued, text)}
	for i, b := range all {
		all[i] = reproof(t, b, func(p *proof.TLogProof) {
			p.Checkpoint = w.checkpoint(logKey, clock, witness[0], witness[1], witness[2])
		})
	}
	return all[0], all[1]
}

func officerOf(name string) register.Officer {
	return register.Officer{ID: name, Person: name, Name: name, Roles: []register.Role{register.RoleApprover}, Keys: []string{string(bytes.TrimSpace(ssh.MarshalAuthorizedKey(officer(name).PublicKey())))}}
}

// issueOf issues a letter with these officers' approvals.
func (w *town) issueOf(ref letter.Ref, signedBy string, officers []string, text letter.LangText) register.Index {
	_, link, rev := w.seal(ref, text)
	return w.put(signer{key(signedBy)}, harbour, register.LetterSubject(origin, harbour, ref), w.approve(func(a register.Approvals) register.Body {
		return register.Issue{
			Reference: ref, Type: letter.TypeLetter, Fields: rev.Disclose(rev.Fields()...), Seal: link, Disclosure: register.DisclosePublic, Approvals: a,
		}
	}, officers...))
}

// TestWeight prints how large proofs are, part by part.
func TestWeight(t *testing.T) {
	bare, spoken := weighed(t)
	for _, x := range []struct {
		name string
		b    proof.Bundle
		most int
	}{{"3 witnesses, 3 approvals", bare, 12_000}, {"with its words", spoken, 12_000}} {
		raw := encoded(t, x.b)
		paths, entries := 0, 0
		for _, s := range x.b.Support {
			paths, entries = paths+34*len(s.Path), entries+len(s.Entry)
		}
		t.Logf("%-26s %6d bytes: its entry %d, %d other entries %d, their paths %d, tlog-proof with head %d",
			x.name, len(raw), len(x.b.Entry), len(x.b.Support), entries, paths, len(x.b.Proof))
		if len(raw) > x.most {
			t.Errorf("%s: %d bytes, want at most %d", x.name, len(raw), x.most)
		}
	}
}

// BenchmarkVerify reads and verifies the proof of a letter in two languages,
// from the file's bytes on.
func BenchmarkVerify(b *testing.B) {
	w := newTown(b)
	benchmark(b, w.bundle(b, w.issued, w.english, w.arabic), policyOf(b, "group two 2 w1 w2 w3", "quorum two"))
}

// BenchmarkVerifyFull is the same with three witnesses, three approvals and two
// policies.
func BenchmarkVerifyFull(b *testing.B) {
	_, spoken := weighed(b)
	benchmark(b, spoken, policyOf(b, "group three 3 w1 w2 w3", "quorum three"))
}

func benchmark(b *testing.B, bundle proof.Bundle, policy proof.Policy) {
	raw := encoded(b, bundle)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := verify(raw, policy); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(raw)), "bytes/proof")
	b.ReportMetric(float64(len(bundle.Support)+1), "entries/proof")
}

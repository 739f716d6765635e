package register_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
	"pgregory.net/rapid"

	"chancery.example/approval"
	"chancery.example/internal/testkit/authenticator"
	"chancery.example/letter"
	"chancery.example/register"
)

// A post is an officer of the tests with one key of either kind.
type post struct {
	officer register.Officer
	sign    func(statement []byte) []byte
}

func sshPost(id, person string, roles ...register.Role) post {
	return post{
		register.Officer{ID: id, Person: person, Name: "The " + id, Roles: roles, Keys: []string{keyLine("post/" + id)}},
		func(statement []byte) []byte {
			h := &house{id: "post"}
			return h.approve(statement, []string{id})[0].Signature
		},
	}
}

func passkeyPost(id, person string, algorithm int, roles ...register.Role) post {
	p, k := passkeyOf("post "+id, algorithm)
	return post{
		register.Officer{ID: id, Person: person, Name: "The " + id, Roles: roles, Keys: []string{k.Line()}},
		func(statement []byte) []byte { return evidenceOf(p, k, statement) },
	}
}

// withdrawal is an act that these posts approve under a rule.
func withdrawal(t testing.TB, k int, required []register.Role, all, signing []post) (register.Policy, register.Body) {
	t.Helper()
	policy := register.Policy{Rules: []register.Rule{{Act: approval.Withdraw, K: k, Roles: []register.Role{register.RoleApprover, register.RolePress}, Required: required}}}
	for _, p := range all {
		policy.Officers = append(policy.Officers, p.officer)
	}
	body := register.Withdraw{
		Target: register.Target{Office: "https://harbour.example", Reference: "HC-1"}, Reason: register.Words{"en": "Sent by mistake."},
		Approvals: register.Approvals{Policy: 2, Nonce: [16]byte{7}},
	}
	statement := must(register.StatementFor(origin, "https://harbour.example", body)).Bytes()
	var sigs []register.OfficerSignature
	for _, p := range signing {
		sigs = append(sigs, register.OfficerSignature{Officer: p.officer.ID, Signature: p.sign(statement)})
	}
	return policy, register.WithSignatures(body, sigs)
}

// TestMixedApprovals (standing.md MUST-5, MUST-6): k distinct persons, whatever
// each of them signs with; the reference counts persons by hand.
func TestMixedApprovals(t *testing.T) {
	approver, press := []register.Role{register.RoleApprover}, []register.Role{register.RolePress}
	all := []post{
		sshPost("alice", "alice", approver...), passkeyPost("alice-2", "alice", authenticator.ES256, approver...), passkeyPost("alice-3", "alice", authenticator.EdDSA, press...),
		passkeyPost("bob", "bob", authenticator.RS256, approver...), passkeyPost("carl", "carl", authenticator.ES256, press...), sshPost("carl-2", "carl", register.RoleClerk),
		sshPost("dora", "dora", approver...), passkeyPost("eve", "eve", authenticator.EdDSA, register.RoleDrafter),
	}
	rapid.Check(t, func(rt *rapid.T) {
		var signing []post
		for _, p := range all {
			if rapid.Bool().Draw(rt, p.officer.ID) {
				signing = append(signing, p)
			}
		}
		k := rapid.IntRange(1, 4).Draw(rt, "k")
		var required []register.Role
		if rapid.Bool().Draw(rt, "a press officer is needed") {
			required = press
		}
		policy, body := withdrawal(t, k, required, all, signing)
		by, needed, err := register.CheckApprovals(origin, "https://harbour.example", policy, body, "")
		persons, pressed := map[string]bool{}, required == nil
		for _, p := range signing {
			if p.officer.Holds(register.RoleApprover) || p.officer.Holds(register.RolePress) {
				persons[p.officer.Person] = true
			}
			pressed = pressed || p.officer.Holds(register.RolePress)
		}
		if enough := len(persons) >= k && pressed; (err == nil) != enough || needed != k {
			rt.Fatalf("%d persons of %d, press %v: %v", len(persons), k, pressed, err)
		}
		for i, a := range by {
			line := must(approval.ParseKey(signing[i].officer.Keys[0]))
			at, _, isPasskey := line.Passkey()
			if a.Officer != signing[i].officer.ID || a.Key != line.Fingerprint() || a.Passkey != at || strings.HasPrefix(a.With(), "passkey at "+deskOrigin+" SHA256:") != isPasskey || strings.HasPrefix(a.With(), "SSH key SHA256:") == isPasskey {
				rt.Fatalf("approved by %+v, %s: want %s", a, a.With(), line.Describe())
			}
		}
	})
}

// TestSwappedStatement (approval.md MUST-12, standing.md MUST-5): a proxy between
// officer and desk shows other words and has their challenge signed: the approval
// counts for neither the office's request nor for anything else that was asked.
func TestSwappedStatement(t *testing.T) {
	p, k := passkeyOf("proxied", authenticator.ES256)
	officer := passkeyPost("bob", "bob", authenticator.EdDSA, register.RoleApprover)
	victim := post{register.Officer{ID: "anna", Person: "anna", Name: "Anna", Roles: []register.Role{register.RoleApprover}, Keys: []string{k.Line()}}, nil}
	for name, change := range map[string]func(s *approval.Statement){
		"another letter":   func(s *approval.Statement) { s.Reference = "HC-2" },
		"another act":      func(s *approval.Statement) { s.Act = approval.Issue },
		"another text":     func(s *approval.Statement) { s.Parameters[0] ^= 1 },
		"another target":   func(s *approval.Statement) { s.Subject[0] ^= 1 },
		"another register": func(s *approval.Statement) { s.Register = "letters.other.example/main" },
		"another office":   func(s *approval.Statement) { s.Office = "https://other.example" },
		"another policy":   func(s *approval.Statement) { s.Policy++ },
		"another nonce":    func(s *approval.Statement) { s.Nonce[0] ^= 1 },
		"nothing":          nil,
	} {
		victim.sign = func(statement []byte) []byte {
			s := must(approval.ParseStatement(statement))
			if change != nil {
				change(&s)
			}
			return evidenceOf(p, k, s.Bytes())
		}
		policy, body := withdrawal(t, 2, nil, []post{victim, officer}, []post{victim, officer})
		_, _, err := register.CheckApprovals(origin, "https://harbour.example", policy, body, "")
		if (err == nil) != (change == nil) || err != nil && !strings.Contains(err.Error(), "another challenge") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestOnePasskeyOnePerson (entry.md MUST-15): a public key does not make two
// persons by standing in two lines; one person may have it in several.
func TestOnePasskeyOnePerson(t *testing.T) {
	p, k := passkeyOf("shared", authenticator.EdDSA)
	port := must(approval.NewPasskey(deskOrigin+":8443", "harbour.example", p.Public()))
	plain := publicLine(must(ssh.NewPublicKey(p.Public())))
	h := newHouse("harbour")
	try := func(alice, bob []string) error {
		policy := h.policy
		policy.Officers = slices.Clone(policy.Officers)
		policy.Officers[0].Keys, policy.Officers[2].Keys = alice, bob // alice-2 stands between them
		_, err := register.EncodeBody(policy)
		return err
	}
	for name, lines := range map[string][2][]string{
		"the same line":       {{k.Line()}, {k.Line()}},
		"another origin":      {{k.Line()}, {port.Line()}},
		"also as an SSH key":  {{plain}, {k.Line()}},
		"among other keys":    {{keyLine("x"), port.Line()}, {keyLine("y"), plain}},
		"a comment after it":  {{k.Line() + " anna"}, nil},
		"two lines in one":    {{k.Line() + "\n" + plain}, nil},
		"a line that is none": {{"chancery-passkey@v1 AAAA"}, nil},
	} {
		if err := try(lines[0], lines[1]); err == nil {
			t.Errorf("%s: the policy was taken", name)
		}
	}
	if err := try([]string{k.Line(), port.Line(), plain, keyLine("x")}, []string{keyLine("y")}); err != nil {
		t.Errorf("one person with one key in three lines, and another: %v", err)
	}
}

// TestApprovedByJSON: what was written before there were passkeys reads the same.
func TestApprovedByJSON(t *testing.T) {
	if got := string(mustJSON(t, register.ApprovedBy{Officer: "a", Name: "A", Key: "SHA256:x"})); strings.Contains(got, "asskey") {
		t.Error(got)
	}
	if got := string(mustJSON(t, register.ApprovedBy{Officer: "a", Passkey: deskOrigin})); !strings.Contains(got, `"Passkey"`) || !strings.Contains(got, deskOrigin) {
		t.Error(got)
	}
}

// TestEvidenceFits (entry.md MUST-12): the largest approval by passkey fits where
// a signature stands, and goes through an entry byte for byte.
func TestEvidenceFits(t *testing.T) {
	p, k := passkeyOf("large", authenticator.RS256)
	usual := len(evidenceOf(p, k, []byte("x")))
	big := evidenceOf(p, k, []byte("x"), func(c *authenticator.Ceremony) { c.Client.More = `,"x":"` + strings.Repeat("x", 2048-usual-7) + `"` })
	if len(big) != 2048 {
		t.Fatalf("%d bytes", len(big))
	}
	if _, err := approval.Wire(big); err != nil {
		t.Error(err)
	}
	body := register.Withdraw{
		Target: register.Target{Office: "https://harbour.example", Reference: "HC-1", Index: 5, Leaf: letter.Hash{1}}, Reason: register.Words{"en": "x"},
		Approvals: register.Approvals{Policy: 2, Nonce: [16]byte{7}, Signatures: []register.OfficerSignature{{Officer: "anna", Signature: big}}},
	}
	raw := must(register.EncodeBody(body))
	back, _ := register.ApprovalsOf(must(register.DecodeBody(register.KindWithdraw, raw)))
	if len(back.Signatures) != 1 || string(back.Signatures[0].Signature) != string(big) {
		t.Error("the evidence came back in other bytes")
	}
}

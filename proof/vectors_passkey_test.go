package proof_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"

	"chancery.example/approval"
	"chancery.example/internal/testkit/authenticator"
	"chancery.example/letter"
	"chancery.example/register"
)

// Vectors of proofs of what officers approved by passkey (approval.md MUST-9 to
// MUST-15). Anna has a passkey of each algorithm, Basma one at another origin,
// Carl an SSH key and, in a second post, a passkey.

const deskOrigin, deskRP = "https://register.harbour.example", "register.harbour.example"

// A desk is where somebody approves by passkey.
type desk struct {
	passkey *authenticator.Passkey
	key     approval.Key
	origin  string
}

func deskOf(name, origin, rp string, algorithm int) desk {
	p := authenticator.New(origin, name).Make(rp, algorithm)
	return desk{p, must(approval.NewPasskey(origin, rp, p.Public())), origin}
}

// approve returns the evidence, right or bent.
func (d desk) approve(statement []byte, bends ...func(*authenticator.Ceremony)) []byte {
	challenge := approval.Challenge(statement)
	line := must(base64.StdEncoding.DecodeString(strings.Fields(d.key.Line())[1]))
	return authenticator.Evidence(line, d.passkey.Assert(d.origin, challenge[:], bends...))
}

// A hand signs a statement for an officer.
type hand func(statement []byte) []byte

func (d desk) hand(bends ...func(*authenticator.Ceremony)) hand {
	return func(statement []byte) []byte { return d.approve(statement, bends...) }
}

func sshHand(name string) hand {
	return func(statement []byte) []byte {
		return must(sshsig.Sign(bytes.NewReader(statement), officer(name), sshsig.HashSHA512, approval.Namespace)).Marshal()
	}
}

// The desks of the vectors.
type desks struct{ anna, annaEd, annaRSA, basma, carl desk }

func newDesks() desks {
	return desks{
		deskOf("anna", deskOrigin, deskRP, authenticator.ES256), deskOf("anna", deskOrigin, deskRP, authenticator.EdDSA), deskOf("anna", deskOrigin, deskRP, authenticator.RS256),
		deskOf("basma", "https://desk.port.example:8443", "port.example", authenticator.ES256), deskOf("carl", deskOrigin, deskRP, authenticator.EdDSA),
	}
}

// newDeskTown is a register whose office's officers have passkeys.
func newDeskTown(t testing.TB, d desks) *town {
	t.Helper()
	w := &town{tree: &tree{}, english: words("en", "Sir,\n\nthe ship leaves on 3 March.\n")}
	operator, office := signer{key("operator")}, signer{key("harbour")}
	w.put(operator, operatorURI, "urn:chancery:register:"+origin, register.Genesis{
		Origin: origin, Name: register.Words{"en": "Harbour register"}, Operator: operator.Public(), LogKey: logKey.vkey(),
	})
	w.put(operator, operatorURI, "urn:chancery:register:"+origin, register.KeyAdd{
		Office: harbour, ID: "harbour", Name: register.Words{"en": "Harbour Council"}, Domain: "harbour.example", Key: office.Public(),
	})
	sshLine := func(name string) string {
		return string(bytes.TrimSpace(ssh.MarshalAuthorizedKey(officer(name).PublicKey())))
	}
	policy := policyBody()
	approver := []register.Role{register.RoleApprover}
	policy.Officers = []register.Officer{
		{ID: "anna", Person: "anna", Name: "Anna", Roles: approver, Keys: []string{d.anna.key.Line(), d.annaEd.key.Line(), d.annaRSA.key.Line()}},
		{ID: "basma", Person: "basma", Name: "Basma", Roles: approver, Keys: []string{d.basma.key.Line()}},
		{ID: "carl", Person: "carl", Name: "Carl", Roles: approver, Keys: []string{sshLine("carl")}},
		{ID: "carl-2", Person: "carl", Name: "Carl", Roles: approver, Keys: []string{d.carl.key.Line()}},
	}
	w.policyAt = w.put(office, harbour, register.OfficeSubject(harbour), policy)
	return w
}

// issueHands issues a letter that these officers approve.
func (w *town) issueHands(ref letter.Ref, hands map[string]hand) register.Index {
	_, link, rev := w.seal(ref, w.english)
	b := register.Issue{
		Reference: ref, Type: letter.TypeLetter, Fields: rev.Disclose(rev.Fields()...), Seal: link, Disclosure: register.DisclosePublic,
		Approvals: w.approvalsOf(),
	}
	statement := must(register.StatementFor(origin, harbour, b)).Bytes()
	var sigs []register.OfficerSignature
	for name, h := range hands {
		sigs = append(sigs, register.OfficerSignature{Officer: name, Signature: h(statement)})
	}
	slices.SortFunc(sigs, func(x, y register.OfficerSignature) int { return strings.Compare(x.Officer, y.Officer) })
	b.Approvals.Signatures = sigs
	return w.put(signer{key("harbour")}, harbour, register.LetterSubject(origin, harbour, ref), b)
}

func (w *town) approvalsOf() register.Approvals {
	nonce := seed("nonce of approval %d", len(w.entries))
	return register.Approvals{Policy: w.policyAt, Nonce: [16]byte(nonce[:16])}
}

func (s *shelf) passkeys() {
	d := newDesks()
	carl := sshHand("carl")
	for _, x := range []struct {
		name, comment string
		hands         map[string]hand
	}{
		{"es256", "MUST-14: ES256, with an SSH key beside it", map[string]hand{"anna": d.anna.hand(), "carl": carl}},
		{"eddsa", "MUST-14: EdDSA", map[string]hand{"anna": d.annaEd.hand(), "carl": carl}},
		{"rs256", "MUST-14: RS256 of 2,048 bits", map[string]hand{"anna": d.annaRSA.hand(), "carl": carl}},
		{"of_two_officers", "MUST-10: two passkeys, one at another origin under a relying party above it", map[string]hand{"anna": d.anna.hand(), "basma": d.basma.hand()}},
		{"and_more", "standing.md MUST-6: one person with both kinds of key, and another", map[string]hand{"anna": d.anna.hand(), "carl": carl, "carl-2": d.carl.hand()}},
		{"with_more_members", "MUST-12, MUST-13, MUST-15: members, flags and extensions that say nothing", map[string]hand{"carl": carl, "anna": d.anna.hand(func(c *authenticator.Ceremony) {
			c.Client.CrossOrigin, c.Client.More = "", `,"other_keys_can_be_added_here":["type",{"type":""}]`
			c.Flags, c.Extensions = c.Flags|authenticator.BackupEligible|authenticator.BackedUp|authenticator.Extensions, []byte{0xa1, 0x61, 'a', 0xf5}
		})}},
	} {
		w := newDeskTown(s.t, d)
		s.proves(w, "passkey_"+x.name, "approval.md "+x.comment, w.issueHands("HC-1", x.hands), one(w.english))
	}
	refuse := func(name, comment string, hands map[string]hand) {
		s.refuses(newDeskTown(s.t, d), "passkey_"+name, comment, func(w *town) register.Index { return w.issueHands("HC-1", hands) })
	}
	for _, f := range authenticator.Faults() {
		refuse(fileName(strings.ToLower(strings.ReplaceAll(f.Name, "-", " "))), "approval.md MUST-11 to MUST-14: "+f.Name, map[string]hand{"anna": d.anna.hand(f.Bend), "carl": carl})
	}
	s.passkeySwaps(d, refuse)
}

// passkeySwaps are approvals that are right, and are not this officer's of this
// act.
func (s *shelf) passkeySwaps(d desks, refuse func(string, string, map[string]hand)) {
	carl := sshHand("carl")
	swapped := func(statement []byte) []byte { // a proxy showed another text and had that approved
		other := must(approval.ParseStatement(statement))
		other.Parameters[0] ^= 1
		return d.anna.approve(other.Bytes())
	}
	refuse("for_another_text", "approval.md MUST-12: the challenge of the statement of other words", map[string]hand{"anna": swapped, "carl": carl})
	withdrawal := func(statement []byte) []byte {
		other := must(approval.ParseStatement(statement))
		other.Act = approval.Withdraw
		return d.anna.approve(other.Bytes())
	}
	refuse("for_another_act", "approval.md MUST-12: the challenge of a withdrawal", map[string]hand{"anna": withdrawal, "carl": carl})
	bare := func(statement []byte) []byte { // without the words before it
		return d.anna.approve(statement, func(c *authenticator.Ceremony) { c.Client.Challenge = challengeOf(statement) })
	}
	refuse("of_the_bare_statement", "approval.md MUST-12: the challenge is SHA-256 of the statement alone", map[string]hand{"anna": bare, "carl": carl})
	refuse("of_another_officer", "standing.md MUST-5: Basma's passkey for Anna", map[string]hand{"anna": d.basma.hand(), "carl": carl})
	refuse("and_ssh_key_of_one_person", "standing.md MUST-6: one person's passkey and SSH key count once", map[string]hand{"carl": carl, "carl-2": d.carl.hand()})
	refuse("alone", "standing.md MUST-6: one approval where two are asked for", map[string]hand{"anna": d.anna.hand()})
	stranger := deskOf("anna", deskOrigin+":8443", deskRP, authenticator.ES256)
	refuse("at_another_port", "standing.md MUST-5: Anna's passkey in a line that the policy has not", map[string]hand{"anna": stranger.hand(), "carl": carl})
	trailing := func(statement []byte) []byte { return append(d.anna.approve(statement), 0) }
	refuse("trailing", "approval.md MUST-11: a byte after the evidence", map[string]hand{"anna": trailing, "carl": carl})
	version := func(statement []byte) []byte {
		b := d.anna.approve(statement)
		b[9] = 2
		return b
	}
	refuse("version", "approval.md MUST-11: version 2", map[string]hand{"anna": version, "carl": carl})
	asSSH := func(statement []byte) []byte {
		k := must(ssh.NewSignerFromKey(d.annaEd.passkey.Private()))
		return must(sshsig.Sign(bytes.NewReader(statement), k, sshsig.HashSHA512, approval.Namespace)).Marshal()
	}
	refuse("by_ssh_signature", "approval.md MUST-11: a passkey signs no SSH signature", map[string]hand{"anna": asSSH, "carl": carl})
}

// challengeOf is SHA-256 as a challenge is written.
func challengeOf(b []byte) string {
	sum := sha256.Sum256(b)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

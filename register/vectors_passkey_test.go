package register_test

import (
	"bytes"
	"crypto/elliptic"
	"encoding/base64"
	"encoding/binary"
	"strings"

	"github.com/fxamacker/cbor/v2"
	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"

	"chancery.example/approval"
	"chancery.example/internal/testkit/authenticator"
	"chancery.example/register"
)

const (
	deskOrigin = "https://register.harbour.example"
	deskRP     = "register.harbour.example"
)

// passkeyOf is the passkey of somebody at the desk, and its key.
func passkeyOf(name string, algorithm int) (*authenticator.Passkey, approval.Key) {
	p := authenticator.New(deskOrigin, name).Make(deskRP, algorithm)
	return p, must(approval.NewPasskey(deskOrigin, deskRP, p.Public()))
}

// blobOf is what stands in base64 in a key's line.
func blobOf(line string) []byte {
	return must(base64.StdEncoding.DecodeString(strings.Fields(line)[1]))
}

// evidenceOf approves a statement with a passkey, right or bent.
func evidenceOf(p *authenticator.Passkey, k approval.Key, statement []byte, bends ...func(*authenticator.Ceremony)) []byte {
	origin, _, _ := k.Passkey()
	challenge := approval.Challenge(statement)
	return authenticator.Evidence(blobOf(k.Line()), p.Assert(origin, challenge[:], bends...))
}

var passkeyAlgorithms = map[string]int{"es256": authenticator.ES256, "eddsa": authenticator.EdDSA, "rs256": authenticator.RS256}

func fileName(words string) string {
	return strings.ToLower(strings.NewReplacer(" ", "_", "-", "_").Replace(words))
}

// passkeys are the vectors of approval.md MUST-9 to MUST-14.
func (s *shelf) passkeys() {
	statement := []byte(exampleStatement)
	put := func(k approval.Key, wire []byte) approvalInput {
		return approvalInput{Do: "verify", Statement: exampleStatement, Key: k.Line(), Signature: wire}
	}
	for name, algorithm := range passkeyAlgorithms {
		p, k := passkeyOf("vectors", algorithm)
		s.right("approval/passkey_"+name, "MUST-11 to MUST-14", put(k, evidenceOf(p, k, statement)))
		s.right("approval/key_passkey_"+name, "MUST-9", approvalInput{Do: "key", Key: k.Line() + " at the desk"})
		s.wrong("approval/passkey_"+name+"_signature_changed", "passkey-signature", "MUST-14: one bit of the signature", put(k, evidenceOf(p, k, statement, func(c *authenticator.Ceremony) {
			c.Signed = func(a *authenticator.Assertion) { a.Signature[len(a.Signature)-1] ^= 1 }
		})))
	}
	p, k := passkeyOf("vectors", authenticator.ES256)
	for _, f := range authenticator.Faults() {
		s.wrong("approval/passkey_"+fileName(f.Name), f.Class, "MUST-11 to MUST-14: "+f.Name, put(k, evidenceOf(p, k, statement, f.Bend)))
	}
	s.takenPasskeys(put)
	s.otherPasskeys(put)
	s.passkeyLines()
}

// takenPasskeys: what browsers and authenticators may do.
func (s *shelf) takenPasskeys(put func(approval.Key, []byte) approvalInput) {
	p, k := passkeyOf("vectors", authenticator.ES256)
	for _, x := range []struct {
		name, comment string
		bend          func(*authenticator.Ceremony)
	}{
		{"more_members", "MUST-12: members that browsers add", func(c *authenticator.Ceremony) {
			c.Client.More = `,"other":"a\":","list":[{"type":1},{"type":2}],"x":{}`
		}},
		{"another_order", "MUST-12: another order, and space within", func(c *authenticator.Ceremony) {
			c.ClientData = []byte("{\"origin\" :\n\t\"" + c.Client.Origin + "\", \"challenge\": \"" + c.Client.Challenge + "\",\"type\":\r\n\"webauthn.get\" }")
		}},
		{"without_cross_origin", "MUST-12: crossOrigin is absent", func(c *authenticator.Ceremony) { c.Client.CrossOrigin = "" }},
		{"backed_up", "MUST-15: flags that say nothing to a verifier", func(c *authenticator.Ceremony) { c.Flags |= 0x3a }},
		{"without_counter", "MUST-15: the counter is 0", func(c *authenticator.Ceremony) { c.Counter = 0 }},
		{"extensions", "MUST-13: a map to the end", func(c *authenticator.Ceremony) {
			c.Flags, c.Extensions = c.Flags|authenticator.Extensions, []byte{0xa2, 0x61, 'a', 0xf5, 0x19, 1, 0, 0x82, 0xfb, 1, 2, 3, 4, 5, 6, 7, 8, 0x81, 0x41, 7}
		}},
	} {
		s.right("approval/passkey_"+x.name, x.comment, put(k, evidenceOf(p, k, []byte(exampleStatement), x.bend)))
	}
}

// otherPasskeys: another key, another statement, another form.
func (s *shelf) otherPasskeys(put func(approval.Key, []byte) approvalInput) {
	statement := []byte(exampleStatement)
	p, k := passkeyOf("vectors", authenticator.ES256)
	good := evidenceOf(p, k, statement)
	_, other := passkeyOf("another", authenticator.ES256)
	port := must(approval.NewPasskey(deskOrigin+":8443", deskRP, p.Public()))
	above := must(approval.NewPasskey(deskOrigin, "harbour.example", p.Public()))
	ed, edLine := passkeyOf("vectors", authenticator.EdDSA)
	sshLine := must(approval.ParseKey(publicLine(must(ssh.NewPublicKey(ed.Public())))))
	length := func(wire []byte, at int, by int) []byte { // of the string that begins there
		out := bytes.Clone(wire)
		binary.BigEndian.PutUint32(out[at:], uint32(int(binary.BigEndian.Uint32(out[at:]))+by))
		return out
	}
	broken := bytes.Clone(blobOf(k.Line()))
	broken[4] = 'C'
	challenge := approval.Challenge(statement)
	long := func(c *authenticator.Ceremony) { c.Client.More = `,"x":"` + strings.Repeat("x", 2048) + `"` }
	for _, x := range []struct {
		name, class, comment string
		key                  approval.Key
		wire                 []byte
	}{
		{"of_another", "other-key", "MUST-11: the key is another officer's", other, good},
		{"at_another_port", "other-key", "MUST-11: the line is for another origin", port, good},
		{"relying_party_of_the_line", "relying-party", "MUST-13: the line is for another relying party", above, evidenceOf(p, above, statement)},
		{"evidence_of_an_ssh_key", "other-key", "MUST-11: an SSH key approves by SSH signature", sshLine, evidenceOf(ed, edLine, statement)},
		{"ssh_signature", "other-key", "MUST-11: a passkey approves by evidence", edLine, sshSignatureOf(ed, statement)},
		{"version", "evidence-form", "MUST-11: version 2", k, bytes.Replace(good, []byte("WAUTHN\x00\x00\x00\x01"), []byte("WAUTHN\x00\x00\x00\x02"), 1)},
		{"trailing", "evidence-form", "MUST-11: a byte after it", k, append(bytes.Clone(good), 0)},
		{"truncated", "evidence-form", "MUST-11: a byte too few", k, good[:len(good)-1]},
		{"magic_alone", "evidence-form", "MUST-11: nothing follows the version", k, good[:10]},
		{"length_of_key", "evidence-form", "MUST-11: a string is longer than it says", k, length(good, 10, -1)},
		{"key_in_evidence", "evidence-form", "MUST-11: the key in the evidence is none", k, authenticator.Evidence(broken, p.Assert(deskOrigin, challenge[:]))},
		{"too_large", "evidence-form", "MUST-11: more than 2,048 bytes", k, evidenceOf(p, k, statement, long)},
	} {
		s.wrong("approval/passkey_"+x.name, x.class, x.comment, put(x.key, x.wire))
	}
	moved := put(k, good)
	moved.Statement = strings.Replace(exampleStatement, "reference: HC-2026-0012", "reference: HC-2026-0013", 1)
	s.wrong("approval/passkey_other_statement", "challenge", "MUST-12: approved was the statement of another request", moved)
}

// str writes strings as SSH does.
func str(parts ...string) (out []byte) {
	for _, x := range parts {
		out = append(binary.BigEndian.AppendUint32(out, uint32(len(x))), x...)
	}
	return out
}

func line(b []byte) string { return approval.PasskeyType + " " + base64.StdEncoding.EncodeToString(b) }

// lineOf is the line of a passkey with this public key in SSH's wire form, right
// or wrong.
func lineOf(origin, rp, public string) string {
	return line(str(approval.PasskeyType, origin, rp, public))
}

// sshSignatureOf is an SSH signature by a passkey's key, which no authenticator
// makes.
func sshSignatureOf(p *authenticator.Passkey, statement []byte) []byte {
	k := must(ssh.NewSignerFromKey(p.Private()))
	return must(sshsig.Sign(bytes.NewReader(statement), k, sshsig.HashSHA512, approval.Namespace)).Marshal()
}

// passkeyLines are key lines that are none.
func (s *shelf) passkeyLines() {
	_, k := passkeyOf("vectors", authenticator.ES256)
	blob := blobOf(k.Line())
	ed, _ := passkeyOf("vectors", authenticator.EdDSA)
	public := string(must(ssh.NewPublicKey(ed.Public())).Marshal())
	rsa := func(bits int, e string) string {
		n := append([]byte{0, 0x80}, make([]byte, bits/8-1)...)
		n[len(n)-1] = 1
		return string(str("ssh-rsa", e, string(n)))
	}
	s.right("approval/key_passkey_localhost", "MUST-10", approvalInput{Do: "key", Key: lineOf("http://localhost:8080", "localhost", public)})
	s.right("approval/key_passkey_port", "MUST-10: a port, and a relying party above", approvalInput{Do: "key", Key: lineOf(deskOrigin+":8443", "harbour.example", public)})
	s.right("approval/key_passkey_rsa_4096", "MUST-9", approvalInput{Do: "key", Key: lineOf(deskOrigin, deskRP, rsa(4096, "\x01\x00\x01"))})
	for _, x := range []struct{ name, class, key string }{
		{"trailing", "key-form", line(append(bytes.Clone(blob), 0))},
		{"truncated", "key-form", line(blob[:len(blob)-1])},
		{"type_within", "key-form", line(bytes.Replace(blob, []byte("passkey@v1"), []byte("passkey@v2"), 1))},
		{"no_base64", "key-form", approval.PasskeyType + " -"},
		{"part_more", "key-form", line(append(bytes.Clone(blob), 0, 0, 0, 0))},
		{"no_relying_party", "key-form", line(str(approval.PasskeyType, deskOrigin, public))},
		{"http", "key-origin", lineOf("http://register.harbour.example", deskRP, public)},
		{"path", "key-origin", lineOf(deskOrigin+"/", deskRP, public)},
		{"capitals", "key-origin", lineOf("https://Register.harbour.example", "Register.harbour.example", public)},
		{"usual_port", "key-origin", lineOf(deskOrigin+":443", deskRP, public)},
		{"port_zero", "key-origin", lineOf(deskOrigin+":08443", deskRP, public)},
		{"port_large", "key-origin", lineOf(deskOrigin+":65536", deskRP, public)},
		{"address", "key-origin", lineOf("https://127.0.0.1", "127.0.0.1", public)},
		{"homoglyph", "key-origin", lineOf("https://h\u0430rbour.example", "h\u0430rbour.example", public)},
		{"android", "key-origin", lineOf("android:apk-key-hash:x", deskRP, public)},
		{"relying_party_top", "key-origin", lineOf(deskOrigin, "example", public)},
		{"relying_party_other", "key-origin", lineOf(deskOrigin, "other.example", public)},
		{"relying_party_part", "key-origin", lineOf(deskOrigin, "bour.example", public)},
		{"relying_party_below", "key-origin", lineOf(deskOrigin, "a."+deskRP, public)},
		{"p384", "key-type", lineOf(deskOrigin, deskRP, string(ecdsaSigner(elliptic.P384(), "p384").PublicKey().Marshal()))},
		{"hardware_ssh_key", "key-type", lineOf(deskOrigin, deskRP, string(str("sk-ssh-ed25519@openssh.com", strings.Repeat("x", 32), "ssh:")))},
		{"rsa_2040", "weak-key", lineOf(deskOrigin, deskRP, rsa(2040, "\x01\x00\x01"))},
		{"rsa_4104", "key-type", lineOf(deskOrigin, deskRP, rsa(4104, "\x01\x00\x01"))},
		{"rsa_exponent_3", "key-type", lineOf(deskOrigin, deskRP, rsa(2048, "\x03"))},
		{"off_the_curve", "key-form", lineOf(deskOrigin, deskRP, string(str("ecdsa-sha2-nistp256", "nistp256", "\x04"+strings.Repeat("\x01", 64))))},
		{"public_key_trailing", "key-form", lineOf(deskOrigin, deskRP, public+"\x00")},
	} {
		s.wrong("approval/key_passkey_"+x.name, x.class, "MUST-9, MUST-10", approvalInput{Do: "key", Key: x.key})
	}
}

// passkeyPolicies are policies that name passkeys (entry.md MUST-15).
func (s *shelf) passkeyPolicies() {
	p, k := passkeyOf("alice", authenticator.EdDSA)
	port := must(approval.NewPasskey(deskOrigin+":8443", "harbour.example", p.Public()))
	plain := publicLine(must(ssh.NewPublicKey(p.Public())))
	h := newHouse("harbour")
	good := must(register.Sign(h.key, register.Claims{Issuer: h.uri, Subject: register.OfficeSubject(h.uri), IssuedAt: minute(3)}, h.policy))
	with := func(alice, bob []string) entryInput { // alice is the first officer, bob the third
		return entryInput{Entry: changed(s.t, good, func(m map[int]cbor.RawMessage) {
			var officers []map[int]cbor.RawMessage
			if err := cbor.Unmarshal(m[1], &officers); err != nil {
				s.t.Fatal(err)
			}
			officers[0][5], officers[2][5] = cborOf(alice), cborOf(bob)
			m[1] = cborOf(officers)
		})}
	}
	s.right("entry/policy_passkey", "MUST-15: a passkey, and an SSH key beside it", with([]string{k.Line(), keyLine("harbour/alice")}, []string{keyLine("harbour/bob")}))
	s.right("entry/policy_passkey_of_two_origins", "MUST-15: one person's passkey at two origins, and as an SSH key", with([]string{k.Line(), port.Line(), plain}, []string{keyLine("harbour/bob")}))
	for name, bob := range map[string]string{"line": k.Line(), "passkey": port.Line(), "key": plain} {
		s.wrong("entry/policy_passkey_of_two_persons_"+name, "body", "MUST-15: a public key belongs to one person", with([]string{k.Line()}, []string{bob}))
	}
	s.wrong("entry/policy_passkey_comment", "key-form", "MUST-15: a comment after the key", with([]string{k.Line() + " x"}, nil))
	s.wrong("entry/policy_passkey_relying_party", "key-origin", "approval.md MUST-10: a relying party of somebody else", with([]string{lineOf(deskOrigin, "other.example", string(must(ssh.NewPublicKey(p.Public())).Marshal()))}, nil))
}

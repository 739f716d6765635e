package register_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/binary"
	"io"
	"math/big"
	"strings"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"

	"chancery.example/approval"
)

// exampleStatement is the example of approval.md.
const exampleStatement = `chancery-approval/v1
register: letters.harbour.example/main/2026
office: https://harbour.example
reference: HC-2026-0012
act: issue
subject: 39210d731afe90a13c1835afe7f5a61752e976a4e1f42d5490d092c11bbe6d27
parameters: a69f86ae481848e4753c3f00facd18e013dabae3b3334b3be3bd8880a8bbc5b6
policy: 2
nonce: 55555555555555555555555555555555
`

func (s *shelf) statements() {
	s.right("approval/statement", "MUST-1: the example of approval.md", approvalInput{Do: "statement", Statement: exampleStatement})
	s.right("approval/statement_without_reference", "MUST-2", approvalInput{Do: "statement", Statement: strings.Replace(exampleStatement, "HC-2026-0012", "-", 1)})
	s.right("approval/six_words", "MUST-8", approvalInput{Do: "words", Digest: exampleOpening().Digest})
	s.right("approval/six_words_zero", "MUST-8", approvalInput{Do: "words", Digest: make([]byte, 32)})
	for _, x := range []struct{ name, class, from, to, comment string }{
		{"tag", "statement-form", "chancery-approval/v1", "chancery-approval/v2", "MUST-1: another version"},
		{"line_order", "statement-line", "office: https://harbour.example\nreference: HC-2026-0012", "reference: HC-2026-0012\noffice: https://harbour.example", "MUST-1: order of lines"},
		{"crlf", "statement-form", "chancery-approval/v1\n", "chancery-approval/v1\r\n", "MUST-1: CR LF"},
		{"no_last_line_end", "statement-form", "5555\n", "5555", "MUST-1: the last LF is missing"},
		{"more", "statement-form", "5555\n", "5555\n\n", "MUST-1: a line more"},
		{"act", "act", "act: issue", "act: Issue", "MUST-2: an act that is none"},
		{"subject_capitals", "digest", "39210d", "39210D", "MUST-2: capitals"},
		{"subject_short", "digest", "39210d", "39210", "MUST-2: 63 digits"},
		{"policy_zero", "canonical-statement", "policy: 2", "policy: 02", "MUST-3: a leading zero"},
		{"policy_sign", "policy", "policy: 2", "policy: -2", "MUST-2: a sign"},
		{"policy_large", "policy", "policy: 2", "policy: 18446744073709551616", "MUST-2: beyond 64 bits"},
		{"nonce_capitals", "canonical-statement", "nonce: 5555", "nonce: AAAA", "MUST-3: capitals"},
		{"nonce_short", "nonce", "nonce: 5555", "nonce: 55", "MUST-2: 30 digits"},
		{"office_empty", "plain", "office: https://harbour.example", "office: ", "MUST-2: no office"},
		{"office_space", "plain", "office: https", "office:  https", "MUST-2: a space at the start"},
		{"office_homoglyph", "plain", "harbour.example\nref", "h\u0430rbour.example\nref", "MUST-2: a Cyrillic letter"},
		{"office_override", "plain", "https://harbour", "https://\u202eharbour", "MUST-2: a bidi override"},
	} {
		s.wrong("approval/statement_"+x.name, x.class, x.comment, approvalInput{Do: "statement", Statement: strings.Replace(exampleStatement, x.from, x.to, 1)})
	}
}

// skSigner signs as a hardware token with an Ed25519 key does.
type skSigner struct{ key ed25519.PrivateKey }

func (k skSigner) PublicKey() ssh.PublicKey {
	return must(ssh.ParsePublicKey(ssh.Marshal(struct{ Name, Key, Application string }{
		ssh.KeyAlgoSKED25519, string(k.key[32:]), "ssh:",
	})))
}

func (k skSigner) Sign(_ io.Reader, data []byte) (*ssh.Signature, error) {
	application, message := sha256.Sum256([]byte("ssh:")), sha256.Sum256(data)
	rest := binary.BigEndian.AppendUint32([]byte{0x01}, 7) // user present, counter 7
	signed := slicesConcat(application[:], rest, message[:])
	return &ssh.Signature{Format: ssh.KeyAlgoSKED25519, Blob: ed25519.Sign(k.key, signed), Rest: rest}, nil
}

func ecdsaSigner(c elliptic.Curve, name string) ssh.Signer {
	b := seed("ssh key of %s", name)
	raw := make([]byte, (c.Params().BitSize+7)/8)
	copy(raw[len(raw)-32:], b[:])
	raw[len(raw)-32] &= 0x7f
	return must(ssh.NewSignerFromKey(must(ecdsa.ParseRawPrivateKey(c, raw))))
}

func publicLine(k ssh.PublicKey) string {
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(k)))
}

func signWith(k ssh.Signer, h sshsig.HashAlgorithm, namespace string) *sshsig.Signature {
	return must(sshsig.SignWithRand(strings.NewReader(exampleStatement), nil, k, h, namespace))
}

func (s *shelf) signatures() {
	ed := must(ssh.NewSignerFromKey(ed25519.NewKeyFromSeed(bytes.Repeat([]byte{0x33}, 32))))
	good := signWith(ed, sshsig.HashSHA512, approval.Namespace)
	put := func(key ssh.PublicKey, wire []byte) approvalInput {
		return approvalInput{Do: "verify", Statement: exampleStatement, Key: publicLine(key), Signature: wire}
	}
	s.right("approval/ed25519_armored", "the example of approval.md, as ssh-keygen writes it", approvalInput{
		Do: "verify", Statement: exampleStatement, Key: publicLine(ed.PublicKey()), Armored: string(sshsig.Armor(good)),
	})
	sk := skSigner{ed25519.NewKeyFromSeed(bytes.Repeat([]byte{0x34}, 32))}
	for name, k := range map[string]ssh.Signer{
		"ed25519": ed, "ecdsa_p256": ecdsaSigner(elliptic.P256(), "p256"), "ecdsa_p384": ecdsaSigner(elliptic.P384(), "p384"), "sk_ed25519": sk,
	} {
		for _, h := range []sshsig.HashAlgorithm{sshsig.HashSHA256, sshsig.HashSHA512} {
			s.right("approval/"+name+"_"+string(h), "MUST-4, MUST-5", put(k.PublicKey(), signWith(k, h, approval.Namespace).Marshal()))
		}
	}
	bent := func(f func(x *sshsig.Signature)) []byte {
		x, inner := *good, *good.Signature
		inner.Blob = bytes.Clone(inner.Blob)
		x.Signature = &inner
		f(&x)
		return x.Marshal()
	}
	other := must(ssh.NewSignerFromKey(ed25519.NewKeyFromSeed(bytes.Repeat([]byte{0x35}, 32))))
	renamed := signWith(ed, sshsig.HashSHA512, "git")
	renamed.Namespace = approval.Namespace
	for _, x := range []struct {
		name, class, comment string
		key                  ssh.PublicKey
		wire                 []byte
	}{
		{"wrong_namespace", "namespace", "MUST-4: signed for git", ed.PublicKey(), signWith(ed, sshsig.HashSHA512, "git").Marshal()},
		{"hash_renamed", "other-statement", "MUST-4: the hash is part of what is signed", ed.PublicKey(), bent(func(x *sshsig.Signature) { x.HashAlgorithm = sshsig.HashSHA256 })},
		{"namespace_renamed", "other-statement", "MUST-4: the namespace is part of what is signed", ed.PublicKey(), renamed.Marshal()},
		{"wrong_key", "other-key", "MUST-6: signed by another key", other.PublicKey(), good.Marshal()},
		{"key_replaced", "other-statement", "MUST-6: the right key's name on another's signature", other.PublicKey(), bent(func(x *sshsig.Signature) { x.PublicKey = other.PublicKey() })},
		{"signature_changed", "other-statement", "one bit of the signature", ed.PublicKey(), bent(func(x *sshsig.Signature) { x.Signature.Blob[0] ^= 1 })},
		{"inner_trailing", "canonical-statement", "MUST-6: bytes after the inner signature", ed.PublicKey(), bent(func(x *sshsig.Signature) { x.Signature.Rest = []byte{0} })},
		{"reserved", "canonical-statement", "MUST-6: the reserved part is not empty", ed.PublicKey(), bytes.Replace(good.Marshal(), []byte("approval@v1\x00\x00\x00\x00"), []byte("approval@v1\x00\x00\x00\x01x"), 1)},
		{"trailing", "signature-form", "MUST-6: a byte after the signature", ed.PublicKey(), append(good.Marshal(), 0)},
		{"truncated", "signature-form", "MUST-6: a byte too few", ed.PublicKey(), good.Marshal()[:len(good.Marshal())-1]},
		{"version", "signature-form", "MUST-4: version 2", ed.PublicKey(), bytes.Replace(good.Marshal(), []byte("SSHSIG\x00\x00\x00\x01"), []byte("SSHSIG\x00\x00\x00\x02"), 1)},
		{"sk_touch_removed", "other-statement", "the flags of a hardware key are signed", sk.PublicKey(), func() []byte {
			x := signWith(sk, sshsig.HashSHA512, approval.Namespace)
			x.Signature.Rest[0] = 0
			return x.Marshal()
		}()},
	} {
		s.wrong("approval/"+x.name, x.class, x.comment, put(x.key, x.wire))
	}
	changed := put(ed.PublicKey(), good.Marshal())
	changed.Statement = strings.Replace(exampleStatement, "act: issue", "act: withdraw", 1)
	s.wrong("approval/other_statement", "other-statement", "MUST-4: the signature is over another act", changed)
}

func (s *shelf) keys() {
	ed := publicLine(officerKey("vector").PublicKey())
	s.right("approval/key_with_comment", "MUST-5: the comment is dropped", approvalInput{Do: "key", Key: ed + " legal@harbour.example"})
	rsa := func(bits int) string {
		n := new(big.Int).Add(new(big.Int).Lsh(big.NewInt(1), uint(bits-1)), big.NewInt(1))
		b := ssh.Marshal(struct {
			Name string
			E, N *big.Int
		}{ssh.KeyAlgoRSA, big.NewInt(65537), n})
		return publicLine(must(ssh.ParsePublicKey(b)))
	}
	s.right("approval/key_rsa_3072", "MUST-5", approvalInput{Do: "key", Key: rsa(3072)})
	for _, x := range []struct{ name, class, key string }{
		{"rsa_2048", "weak-key", rsa(2048)},
		{"p521", "key-type", publicLine(ecdsaSigner(elliptic.P521(), "p521").PublicKey())},
		{"options", "key-options", `command="x" ` + ed},
		{"two_lines", "key-form", ed + "\n" + ed},
		{"junk_line_first", "key-form", "# comment\n" + ed},
		{"cut", "key-form", ed[:40]},
	} {
		s.wrong("approval/key_"+x.name, x.class, "MUST-5", approvalInput{Do: "key", Key: x.key})
	}
}

package approval_test

import (
	"bytes"
	"crypto/elliptic"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"
	"golang.org/x/crypto/ssh"

	"chancery.example/approval"
	"chancery.example/internal/testkit/authenticator"
)

// TestOrigins (MUST-10).
func TestOrigins(t *testing.T) {
	p, _ := passkey(t, "origins", authenticator.EdDSA)
	long := strings.Repeat(strings.Repeat("a", 62)+".", 4) + "a" // 253
	for _, c := range [][2]string{
		{"https://register.example", "register.example"}, {"https://register.example:8443", "register.example"}, {"https://a.b.example", "b.example"}, {"https://x-1.example", "x-1.example"},
		{"http://localhost", "localhost"}, {"http://localhost:8080", "localhost"}, {"https://localhost", "localhost"}, {"https://register", "register"}, {"https://xn--4gbrim.xn--ygbi2ammx", "xn--4gbrim.xn--ygbi2ammx"},
		{"https://register.example:80", "register.example"}, {"http://localhost:443", "localhost"}, {"https://1.example", "1.example"}, {"https://register.example:65535", "register.example"}, {"https://" + long, long},
	} {
		k, err := approval.NewPasskey(c[0], c[1], p.Public())
		if err != nil {
			t.Errorf("%v: %v", c, err)
			continue
		}
		if origin, rp, ok := k.Passkey(); !ok || origin != c[0] || rp != c[1] || k.Describe() != "passkey at "+c[0] {
			t.Errorf("%v: %s, %s", c, origin, rp)
		}
		if back, err := approval.ParseKey(k.Line()); err != nil || back.Line() != k.Line() || back.IsZero() {
			t.Errorf("%v: %v", c, err)
		}
	}
	for _, c := range [][2]string{
		{"", ""}, {"register.example", "register.example"}, {"https://", ""}, {"http://register.example", "register.example"}, {"ftp://register.example", "register.example"}, {"https://localhost.", "localhost."},
		{"https://register.example/", "register.example"}, {"https://register.example/desk", "register.example"}, {"https://Register.example", "Register.example"}, {"https://u@register.example", "register.example"},
		{"https://register.example:443", "register.example"}, {"http://localhost:80", "localhost"}, {"https://register.example:", "register.example"}, {"https://register.example:0", "register.example"},
		{"https://register.example:08443", "register.example"}, {"https://register.example:65536", "register.example"}, {"https://register.example:+1", "register.example"}, {"https://127.0.0.1", "127.0.0.1"}, {"https://[::1]", "[::1]"}, {"https://a..example", "a..example"},
		{"https://-a.example", "-a.example"}, {"https://a-.example", "a-.example"}, {"https://a.example-", "a.example-"}, {"https://h\u0430rbour.example", "h\u0430rbour.example"}, {"https://" + strings.Repeat("a", 64) + ".example", "example"}, {"https://a" + long, "a" + long},
		{"https://register.example\n", "register.example"}, {"https://register.example", ""}, {"https://register.example", "example"}, {"https://register.example", "egister.example"}, {"https://register.example", "desk.register.example"},
		{"https://register.example", "other.example"}, {"https://register.example", "REGISTER.example"}, {"https://a.b.example", "b.EXAMPLE"}, {"https://a.b.example", ".b.example"}, {"android:apk-key-hash:x", "register.example"},
	} {
		if k, err := approval.NewPasskey(c[0], c[1], p.Public()); err == nil || !k.IsZero() {
			t.Errorf("%q was taken as %s", c, k.Describe())
		}
	}
	if rp, err := approval.RelyingParty("https://register.example:8443"); err != nil || rp != "register.example" {
		t.Errorf("%s, %v", rp, err)
	}
	for _, bad := range []string{"https://register.example/x", "http://register.example", "%", "https://127.0.0.1:8080"} {
		if rp, err := approval.RelyingParty(bad); err == nil {
			t.Errorf("%s has the relying party %s", bad, rp)
		}
	}
	if ssh := key(t, pageKey(t)); ssh.Describe() != "SSH key" {
		t.Error(ssh.Describe())
	} else if _, _, ok := ssh.Passkey(); ok {
		t.Error("an SSH key is a passkey")
	}
}

// TestPasskeyLines (MUST-9): one form, and which keys.
func TestPasskeyLines(t *testing.T) {
	p, k := passkey(t, "lines", authenticator.ES256)
	line := k.Line()
	blob, err := base64.StdEncoding.DecodeString(strings.Fields(line)[1])
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{line, line + "\n", "  " + line, line + " legal, at the desk"} {
		for name, read := range map[string]func(string) (approval.Key, error){"ParseKey": approval.ParseKey, "ParsePasskeyLine": approval.ParsePasskeyLine} {
			if got, err := read(s); err != nil || got.Line() != line {
				t.Errorf("%s %q: %v", name, s, err)
			}
		}
	}
	public := func(t string, parts ...string) []byte {
		out := ssh.Marshal(struct{ S string }{t})
		for _, x := range parts {
			out = append(out, ssh.Marshal(struct{ S string }{x})...)
		}
		return out
	}
	of := func(parts ...string) string {
		return approval.PasskeyType + " " + base64.StdEncoding.EncodeToString(public(approval.PasskeyType, parts...))
	}
	ed := string(signer(t, edPrivate()).PublicKey().Marshal())
	if _, err := approval.ParseKey(of(deskOrigin, deskRP, ed)); err != nil {
		t.Error(err)
	}
	p384 := string(signer(t, generate(t, elliptic.P384())).PublicKey().Marshal())
	sk := string(public(ssh.KeyAlgoSKED25519, string(edPrivate()[32:]), "ssh:"))
	for name, s := range map[string]string{
		"empty": "", "the type alone": approval.PasskeyType, "no base64": approval.PasskeyType + " ", "two spaces": strings.Replace(line, " ", "  ", 1), "a tab": strings.Replace(line, " ", "\t", 1),
		"an SSH key": key(t, pageKey(t)).Line(), "another version": strings.Replace(line, "@v1", "@v2", 1), "two lines": line + "\n" + line, "a line end within": line[:60] + "\n" + line[60:],
		"unpadded": strings.TrimRight(of(deskOrigin, deskRP, ed), "="), "cut": line[:len(line)-8], "more": approval.PasskeyType + " " + base64.StdEncoding.EncodeToString(append(blob, 0)),
		"the type within": strings.Replace(of(deskOrigin, deskRP, ed), "djE", "djI", 1), "long": line + strings.Repeat(" x", 10_000), "URL's base64": approval.PasskeyType + " " + base64.URLEncoding.EncodeToString(blob) + "-_",
		"P-384": of(deskOrigin, deskRP, p384), "hardware key of SSH": of(deskOrigin, deskRP, sk), "no key": of(deskOrigin, deskRP, ""), "two keys": of(deskOrigin, deskRP, ed+ed), "no relying party": of(deskOrigin, ed), "a part more": of(deskOrigin, deskRP, ed, ""),
		"off the curve": of(deskOrigin, deskRP, string(public(ssh.KeyAlgoECDSA256, "nistp256", "\x04"+strings.Repeat("\x01", 64)))), "compressed": of(deskOrigin, deskRP, string(public(ssh.KeyAlgoECDSA256, "nistp256", "\x02"+strings.Repeat("\x01", 32)))),
		"another origin's relying party": of(deskOrigin, "other.example", ed), "RSA 2040": of(deskOrigin, deskRP, rsaBlob(2040, 65537)), "RSA 4104": of(deskOrigin, deskRP, rsaBlob(4104, 65537)), "RSA with 3": of(deskOrigin, deskRP, rsaBlob(2048, 3)),
		"RSA with a zero before": of(deskOrigin, deskRP, string(public(ssh.KeyAlgoRSA, "\x00\x01\x00\x01", rsaN(2048)))),
	} {
		if got, err := approval.ParsePasskeyLine(s); err == nil || !got.IsZero() {
			t.Errorf("%s: %.60q was taken as %s", name, s, got.Line())
		}
		if !strings.HasPrefix(strings.TrimSpace(s), "ssh-") {
			if got, err := approval.ParseKey(s); err == nil || !got.IsZero() {
				t.Errorf("%s: %.60q was taken as %s", name, s, got.Line())
			}
		}
	}
	for name, blob := range map[string]string{"RSA 2048": rsaBlob(2048, 65537), "RSA 4096": rsaBlob(4096, 65537), "ed25519": ed, "p256": string(signer(t, generate(t, elliptic.P256())).PublicKey().Marshal())} {
		if got, err := approval.ParsePasskeyLine(of(deskOrigin, deskRP, blob)); err != nil || got.Line() != of(deskOrigin, deskRP, blob) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := approval.NewPasskey(deskOrigin, deskRP, "no key"); err == nil {
		t.Error("words were taken as a key")
	}
	_ = p
}

// TestCOSEKeys: the public key as browsers give it.
func TestCOSEKeys(t *testing.T) {
	for name, algorithm := range algorithms {
		p, k := passkey(t, "cose", algorithm)
		direct, err := approval.NewPasskey(deskOrigin, deskRP, p.Public())
		if err != nil || direct.Line() != k.Line() {
			t.Errorf("%s: %v", name, err)
		}
		for i := range p.COSE() {
			if line, err := approval.NewPasskeyLine(deskOrigin, deskRP, p.COSE()[:i]); err == nil {
				t.Errorf("%s: its first %d bytes are %s", name, i, line)
			}
		}
		if _, err := approval.NewPasskeyLine(deskOrigin, deskRP, append(p.COSE(), 0)); err == nil {
			t.Errorf("%s: a byte after it was taken", name)
		}
		if _, err := approval.NewPasskeyLine("http://register.example", "register.example", p.COSE()); err == nil {
			t.Errorf("%s: without TLS", name)
		}
	}
	es, _ := passkey(t, "cose", authenticator.ES256)
	ed, _ := passkey(t, "cose", authenticator.EdDSA)
	rs, _ := passkey(t, "cose", authenticator.RS256)
	for name, c := range map[string]struct {
		base []byte
		with map[int]any
		ok   bool
	}{
		"a member more":        {es.COSE(), map[int]any{2: []byte("kid")}, true},
		"another type":         {es.COSE(), map[int]any{1: 1}, false},
		"another algorithm":    {es.COSE(), map[int]any{3: -35}, false},
		"EdDSA on a curve":     {es.COSE(), map[int]any{3: -8}, false},
		"P-384":                {es.COSE(), map[int]any{-1: 2}, false},
		"short X":              {es.COSE(), map[int]any{-2: make([]byte, 31)}, false},
		"long Y":               {es.COSE(), map[int]any{-3: make([]byte, 33)}, false},
		"off the curve":        {es.COSE(), map[int]any{-2: bytes.Repeat([]byte{1}, 32)}, false},
		"compressed":           {es.COSE(), map[int]any{-3: true}, false},
		"Ed448":                {ed.COSE(), map[int]any{-1: 7}, false},
		"P-256 in OKP":         {ed.COSE(), map[int]any{-1: 1}, false},
		"short Ed25519":        {ed.COSE(), map[int]any{-2: make([]byte, 31)}, false},
		"long Ed25519":         {ed.COSE(), map[int]any{-2: make([]byte, 33)}, false},
		"EdDSA as ES256":       {ed.COSE(), map[int]any{3: -7}, false},
		"RSA with exponent 3":  {rs.COSE(), map[int]any{-2: []byte{3}}, false},
		"RSA, long exponent":   {rs.COSE(), map[int]any{-2: []byte{1, 0, 0, 0, 0, 0, 0, 1, 0, 1}}, false},
		"RSA, short":           {rs.COSE(), map[int]any{-1: []byte{1}}, false},
		"RSA, words":           {rs.COSE(), map[int]any{-1: "n"}, false},
		"RSA with PSS":         {rs.COSE(), map[int]any{3: -37}, false},
		"more than 1024 bytes": {es.COSE(), map[int]any{2: make([]byte, 1024)}, false},
	} {
		var m map[int]any
		if err := cbor.Unmarshal(c.base, &m); err != nil {
			t.Fatal(err)
		}
		for k, v := range c.with {
			m[k] = v
		}
		raw, err := cbor.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if line, err := approval.NewPasskeyLine(deskOrigin, deskRP, raw); (err == nil) != c.ok {
			t.Errorf("%s: %s, %v", name, line, err)
		}
	}
}

// TestPasskeyBounds: the limits of lines and COSE keys are where they are said to
// be, and a line that is cut is told so.
func TestPasskeyBounds(t *testing.T) {
	p, k := passkey(t, "bounds", authenticator.ES256)
	line := k.Line() + " " + strings.Repeat("x", 16<<10-len(k.Line())-1)
	if _, err := approval.ParsePasskeyLine(line); err != nil {
		t.Errorf("%d bytes: %v", len(line), err)
	}
	if _, err := approval.ParsePasskeyLine(line + "x"); err == nil || !strings.Contains(err.Error(), "at most 16384") {
		t.Errorf("%d bytes: %v", len(line)+1, err)
	}
	blob := func(b []byte) string { return approval.PasskeyType + " " + base64.StdEncoding.EncodeToString(b) }
	raw, err := base64.StdEncoding.DecodeString(strings.Fields(k.Line())[1])
	if err != nil {
		t.Fatal(err)
	}
	other := bytes.Replace(raw, []byte("passkey@v1"), []byte("passkey@v2"), 1)
	for name, b := range map[string][]byte{"cut": raw[:len(raw)-1], "more": append(bytes.Clone(raw), 0), "another type": other} {
		if _, err := approval.ParsePasskeyLine(blob(b)); err == nil || !strings.Contains(err.Error(), "cut off, too many, or another type's") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for extra, taken := range map[int]bool{0: true, 1: false} {
		var m map[int]any
		if err := cbor.Unmarshal(p.COSE(), &m); err != nil {
			t.Fatal(err)
		}
		m[2] = make([]byte, 1024-len(p.COSE())-4+extra) // its key and its length take four bytes
		b, err := cbor.Marshal(m)
		if err != nil || len(b) != 1024+extra {
			t.Fatalf("%d bytes: %v", len(b), err)
		}
		if _, err := approval.NewPasskeyLine(deskOrigin, deskRP, b); (err == nil) != taken {
			t.Errorf("a COSE_Key of %d bytes: %v", len(b), err)
		}
	}
	wire := wireOf(t, approve(k, p, []byte("x")))
	if prefix := approval.EvidencePrefix(k); len(prefix) != 14+len(raw) || !bytes.HasPrefix(wire, prefix) {
		t.Errorf("evidence %x begins with %x", wire, prefix)
	}
	if approval.EvidencePrefix(key(t, pageKey(t))) != nil {
		t.Error("an SSH key's approvals begin as evidence does")
	}
}

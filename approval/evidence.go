package approval

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// Evidence is an approval by a passkey: what navigator.credentials.get() returned
// for the challenge of a statement, byte for byte, with the key that is said to
// have made it. Nothing of it is ever written anew: what was signed are these
// bytes (MUST-11).
type Evidence struct {
	Key               Key    // a passkey
	AuthenticatorData []byte // 37 bytes or more
	ClientDataJSON    []byte
	Signature         []byte // ASN.1 for ES256, raw for EdDSA and RS256
}

// Limits of an Evidence, and the shape of authenticator data (WebAuthn section 6.1).
const (
	evidenceMagic     = "WAUTHN\x00\x00\x00\x01"
	maxEvidence       = 2048 // what an entry has room for (entry.md MUST-12)
	minAuthenticator  = 37
	flagsAt           = 32
	counterAt         = 33
	flagUserPresent   = 0x01
	flagUserVerified  = 0x04
	flagEligible      = 0x08
	flagBackedUp      = 0x10
	flagCredential    = 0x40
	flagExtensions    = 0x80
	maxExtensionDepth = 4
	challengeTag      = "chancery/v1/approval"
)

// Challenge is what a browser is given to have a statement approved by a passkey
// (MUST-12): SHA-256 of the words chancery/v1/approval, a zero byte and the
// statement's bytes.
func Challenge(statement []byte) [32]byte {
	return sha256.Sum256(append([]byte(challengeTag+"\x00"), statement...))
}

// Wire returns the evidence in the form in which an entry holds it (MUST-11). It
// refuses what is over the limits or has not the form of an assertion; whether
// the signature is right, and over which statement, is for [Verify].
func (e Evidence) Wire() ([]byte, error) {
	if e.Key.origin == "" {
		return nil, errors.New("the evidence of a passkey: its key is no passkey")
	}
	if err := e.form(); err != nil {
		return nil, err
	}
	b := append([]byte(evidenceMagic), sshStrings(string(e.Key.wire()), string(e.AuthenticatorData), string(e.ClientDataJSON), string(e.Signature))...)
	if len(b) > maxEvidence {
		return nil, errEvidenceSize(len(b))
	}
	return b, nil
}

func errEvidenceSize(n int) error {
	return fmt.Errorf("not the evidence of a passkey: it has %d bytes, at most %d", n, maxEvidence)
}

func isEvidence(b []byte) bool { return bytes.HasPrefix(b, []byte(evidenceMagic[:6])) }

// ParseEvidence reads the wire form and nothing else: no bytes follow it
// (MUST-11).
func ParseEvidence(b []byte) (Evidence, error) {
	if len(b) > maxEvidence {
		return Evidence{}, errEvidenceSize(len(b))
	}
	strs, ok := bytes.CutPrefix(b, []byte(evidenceMagic))
	const parts = 4 // key, authenticator data, client data, signature
	w, rest, whole := cutStrings(strs, parts)
	if !ok || !whole || len(rest) > 0 {
		return Evidence{}, errors.New("not the evidence of a passkey in its one form")
	}
	k, err := parsePasskey(w[0])
	if err != nil {
		return Evidence{}, fmt.Errorf("the evidence of a passkey: its key: %w", err)
	}
	e := Evidence{k, bytes.Clone(w[1]), bytes.Clone(w[2]), bytes.Clone(w[3])}
	if err := e.form(); err != nil {
		return Evidence{}, err
	}
	return e, nil
}

// form refuses what no authenticator and no browser makes.
func (e Evidence) form() error {
	if len(e.Signature) == 0 {
		return errors.New("not the evidence of a passkey: the signature is empty")
	}
	if err := authenticatorForm(e.AuthenticatorData); err != nil {
		return err
	}
	_, err := clientMembers(e.ClientDataJSON)
	return err
}

// authenticatorForm is MUST-13: no credential, and extensions to the last byte
// when the flags say so, none when they do not.
func authenticatorForm(b []byte) error {
	if len(b) < minAuthenticator {
		return fmt.Errorf("authenticator data of %d bytes: want %d or more", len(b), minAuthenticator)
	}
	rest, ok := b[minAuthenticator:], true
	if b[flagsAt]&flagExtensions != 0 {
		ok = len(rest) > 0 && rest[0]>>5 == 5
		if ok {
			rest, ok = skipCBOR(rest, maxExtensionDepth)
		}
	}
	if !ok || len(rest) != 0 || b[flagsAt]&flagCredential != 0 {
		return errors.New("authenticator data of a length that does not follow its flags, or with a credential")
	}
	return nil
}

// skipCBOR returns what follows the first item of b; false when there is none
// that is well-formed, of definite length and without tags.
func skipCBOR(b []byte, depth int) ([]byte, bool) {
	if len(b) == 0 || depth == 0 {
		return nil, false
	}
	major, info := b[0]>>5, b[0]&31
	n, b := uint64(info), b[1:]
	if size := map[byte]int{24: 1, 25: 2, 26: 4, 27: 8}[info]; size > 0 {
		if len(b) < size {
			return nil, false
		}
		var wide [8]byte
		copy(wide[8-size:], b[:size])
		n, b = binary.BigEndian.Uint64(wide[:]), b[size:]
	}
	switch {
	case info > 27, major == 6, major == 7 && info == 24:
		return nil, false
	case major < 2, major == 7:
		return b, true
	case n > uint64(len(b)): // every member has a byte or more
		return nil, false
	case major < 4:
		return b[n:], true
	case major == 5:
		n *= 2
	}
	for ok := true; n > 0; n-- {
		if b, ok = skipCBOR(b, depth-1); !ok {
			return nil, false
		}
	}
	return b, true
}

// clientMembers reads the members of the JSON that a browser made, as they stand
// there (MUST-12). Names are never escaped by browsers, and none stands twice in
// an object; so there is only one way to read what is asked for below.
func clientMembers(b []byte) (map[string]json.RawMessage, error) {
	if len(b) == 0 || b[0] != '{' || b[len(b)-1] != '}' || !utf8.Valid(b) || !json.Valid(b) {
		return nil, errors.New("client data that is not one object of JSON in UTF-8")
	}
	if err := distinctNames(b); err != nil {
		return nil, err
	}
	members := map[string]json.RawMessage{}
	if err := json.Unmarshal(b, &members); err != nil {
		return nil, fmt.Errorf("client data that is not one object of JSON: %w", err)
	}
	return members, nil
}

// distinctNames reads valid JSON for names of members: a string before a colon.
func distinctNames(b []byte) error {
	var open []map[string]bool // objects and lists around the place
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '{', '[':
			open = append(open, map[string]bool{})
		case '}', ']':
			open = open[:len(open)-1]
		case '"':
			end := i + 1
			for b[end] != '"' {
				if b[end] == '\\' {
					end++
				}
				end++
			}
			name := string(b[i+1 : end])
			i = end
			if after := bytes.TrimLeft(b[end+1:], " \t\r\n"); len(after) == 0 || after[0] != ':' {
				continue
			}
			around := open[len(open)-1]
			if around[name] || bytes.ContainsRune([]byte(name), '\\') {
				return fmt.Errorf("client data with the member %.40q twice, or with a name that is escaped", name)
			}
			around[name] = true
		}
	}
	return nil
}

// verifyPasskey checks everything of an assertion, in the order of MUST-11 to
// MUST-14.
func verifyPasskey(statement []byte, k Key, signature []byte) error {
	e, err := ParseEvidence(signature)
	if err != nil {
		return fmt.Errorf("verifying an approval by %s: %w", k.Fingerprint(), err)
	}
	if !bytes.Equal(e.Key.wire(), k.wire()) {
		return fmt.Errorf("verifying an approval by %s: public key does not match: made with the %s %s", k.Fingerprint(), e.Key.Describe(), e.Key.Fingerprint())
	}
	if err := e.clientSays(Challenge(statement)); err != nil {
		return fmt.Errorf("verifying an approval by %s: %w", k.Fingerprint(), err)
	}
	if err := e.authenticatorSays(); err != nil {
		return fmt.Errorf("verifying an approval by %s: %w", k.Fingerprint(), err)
	}
	if !e.signed() {
		return fmt.Errorf("verifying an approval by %s: the passkey's signature is not right", k.Fingerprint())
	}
	return nil
}

// clientSays checks what the browser signed for (MUST-12). The values are
// compared as they stand: no browser escapes anything in them.
func (e Evidence) clientSays(challenge [32]byte) error {
	m, err := clientMembers(e.ClientDataJSON)
	if err != nil {
		return err
	}
	if string(m["type"]) != `"webauthn.get"` {
		return fmt.Errorf("client data is of type %.40s: want webauthn.get", m["type"])
	}
	if string(m["challenge"]) != `"`+base64.RawURLEncoding.EncodeToString(challenge[:])+`"` {
		return errors.New("client data answers another challenge: it is not over this statement")
	}
	if string(m["origin"]) != `"`+e.Key.origin+`"` {
		return fmt.Errorf("client data was made at the origin %.80s: the key is for %s", m["origin"], e.Key.origin)
	}
	cross, has := m["crossOrigin"]
	if _, top := m["topOrigin"]; top || has && string(cross) != "false" {
		return errors.New("client data was made in a frame of another site")
	}
	return nil
}

// authenticatorSays checks what the authenticator signed for (MUST-13).
func (e Evidence) authenticatorSays() error {
	rp := sha256.Sum256([]byte(e.Key.rpID))
	switch flags := e.AuthenticatorData[flagsAt]; {
	case !bytes.Equal(e.AuthenticatorData[:flagsAt], rp[:]):
		return fmt.Errorf("authenticator data is for another relying party: want %s", e.Key.rpID)
	case flags&flagUserPresent == 0:
		return errors.New("authenticator data says that nobody was present")
	case flags&flagUserVerified == 0:
		return errors.New("authenticator data says that the user was not verified")
	}
	return nil
}

// signed checks the signature over both (MUST-14).
func (e Evidence) signed() bool {
	client := sha256.Sum256(e.ClientDataJSON)
	message := append(bytes.Clone(e.AuthenticatorData), client[:]...)
	sum := sha256.Sum256(message)
	switch p := e.Key.pub.key.(type) {
	case *ecdsa.PublicKey:
		return ecdsa.VerifyASN1(p, sum[:], e.Signature)
	case ed25519.PublicKey:
		return ed25519.Verify(p, message, e.Signature)
	case *rsa.PublicKey:
		return rsa.VerifyPKCS1v15(p, crypto.SHA256, sum[:], e.Signature) == nil
	}
	return false
}

// Counter returns the authenticator's count of signatures, 0 where it keeps
// none. That it goes back between two approvals may mean that the passkey was
// copied: an alarm for the office, never a reason to refuse (MUST-15). Like the
// flags below it says nothing before [Verify] has.
func (e Evidence) Counter() uint32 {
	if len(e.AuthenticatorData) < minAuthenticator {
		return 0
	}
	return binary.BigEndian.Uint32(e.AuthenticatorData[counterAt:])
}

// BackupEligible reports whether the passkey can be kept on several devices.
func (e Evidence) BackupEligible() bool { return e.flag(flagEligible) }

// BackedUp reports whether the passkey is kept on several devices now.
func (e Evidence) BackedUp() bool { return e.flag(flagBackedUp) }

func (e Evidence) flag(f byte) bool {
	return len(e.AuthenticatorData) >= minAuthenticator && e.AuthenticatorData[flagsAt]&f != 0
}

// CounterWentBack reports whether the count of a later evidence of the same
// passkey is not above that of an earlier one, where any is kept.
func (e Evidence) CounterWentBack(earlier Evidence) bool {
	return (e.Counter() != 0 || earlier.Counter() != 0) && e.Counter() <= earlier.Counter()
}

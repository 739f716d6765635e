// Package approval is what a named officer signs when an office acts, and how
// anybody verifies it.
//
// A [Statement] is ten short lines of text that name the register, the office,
// the letter, the act, the digest of what is approved, the digest of the act's
// parameters and the policy under which it counts. An approval is an SSH
// signature (OpenSSH PROTOCOL.sshsig) over exactly these bytes in the namespace
// chancery-approval@v1, so an officer can make one with stock tools:
//
//	chancery approve HC-2026-0012 --officer legal --statement > statement.txt
//	ssh-keygen -Y sign -n chancery-approval@v1 -f ~/.ssh/id_ed25519 statement.txt
//	chancery approve HC-2026-0012 --officer legal --signature statement.txt.sig
//
// The package holds no private keys. docs/formats/approval.md specifies the
// bytes; MUST numbers in comments are those of that page.
package approval

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"chancery.example/letter"
)

// An Act is something an office does that officers approve.
type Act string

// The acts that need approvals.
const (
	Issue     Act = "issue"
	Withdraw  Act = "withdraw"
	Supersede Act = "supersede"
	Open      Act = "open"
	Close     Act = "close"
	State     Act = "statement"
	Retract   Act = "retract"
	Disavow   Act = "disavow"
	SetPolicy Act = "policy"
	Correct   Act = "correct"
	Ratify    Act = "ratify"
	RevokeKey Act = "revoke-key"
	// WithdrawEmergency is a withdrawal by fewer officers, to be ratified.
	WithdrawEmergency Act = "withdraw-emergency"
)

// Acts lists all acts.
func Acts() []Act {
	return []Act{
		Issue, Withdraw, Supersede, Open, Close, State, Retract, Disavow, SetPolicy,
		Correct, WithdrawEmergency, Ratify, RevokeKey,
	}
}

// Valid reports whether a is a known act.
func (a Act) Valid() bool {
	for _, k := range Acts() {
		if a == k {
			return true
		}
	}
	return false
}

// A Statement is what officers sign.
type Statement struct {
	Register   string      // origin of the register's log
	Office     string      // URI of the office
	Reference  string      // of the letter; "-" when the act has or shows none
	Act        Act         //
	Subject    letter.Hash // revision digest, or leaf hash of the target entry, or zero
	Parameters letter.Hash // digest of the entry's content without its approvals
	Policy     uint64      // index of the policy entry that says who counts
	Nonce      [16]byte    // so that no approval serves twice
}

const (
	domainTag  = "chancery-approval/v1"
	maxLine    = 512
	maxMessage = 4096
)

// Bytes returns the statement as signed (MUST-1 to MUST-3): lines in a fixed
// order, each ended by one LF.
func (s Statement) Bytes() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\n", domainTag)
	fmt.Fprintf(&b, "register: %s\n", s.Register)
	fmt.Fprintf(&b, "office: %s\n", s.Office)
	fmt.Fprintf(&b, "reference: %s\n", s.Reference)
	fmt.Fprintf(&b, "act: %s\n", s.Act)
	fmt.Fprintf(&b, "subject: %s\n", s.Subject)
	fmt.Fprintf(&b, "parameters: %s\n", s.Parameters)
	fmt.Fprintf(&b, "policy: %d\n", s.Policy)
	fmt.Fprintf(&b, "nonce: %x\n", s.Nonce)
	return b.Bytes()
}

// Validate refuses a statement whose bytes could be read in two ways.
func (s Statement) Validate() error {
	for _, f := range []struct{ name, value string }{
		{"register", s.Register}, {"office", s.Office}, {"reference", s.Reference},
	} {
		if f.value == "" || len(f.value) > maxLine || !plain(f.value) {
			return fmt.Errorf("approval statement: %s %q is not one line of 1 to %d plain characters", f.name, f.value, maxLine)
		}
	}
	if !s.Act.Valid() {
		return fmt.Errorf("approval statement: unknown act %q", s.Act)
	}
	return nil
}

// plain reports whether s is printable ASCII without leading or trailing space:
// no office address or reference has more, and nothing else can look like
// something else (MUST-2).
func plain(s string) bool {
	return strings.TrimSpace(s) == s && !strings.ContainsFunc(s, func(r rune) bool { return r < 0x20 || r > 0x7e })
}

// ParseStatement reads the bytes of a statement; anything but exactly what
// [Statement.Bytes] writes is refused (MUST-3).
func ParseStatement(b []byte) (Statement, error) {
	if len(b) > maxMessage {
		return Statement{}, fmt.Errorf("approval statement of %d bytes: at most %d", len(b), maxMessage)
	}
	lines := strings.Split(string(b), "\n")
	names := []string{"register", "office", "reference", "act", "subject", "parameters", "policy", "nonce"}
	if len(lines) != len(names)+2 || lines[0] != domainTag {
		return Statement{}, errors.New("not an approval statement: want the line " + domainTag + " and eight more")
	}
	v := make([]string, len(names))
	for i, name := range names {
		value, ok := strings.CutPrefix(lines[i+1], name+": ")
		if !ok {
			return Statement{}, fmt.Errorf("approval statement: line %d is not %q", i+2, name)
		}
		v[i] = value
	}
	s := Statement{Register: v[0], Office: v[1], Reference: v[2], Act: Act(v[3])}
	if err := s.parseDigests(v[4], v[5], v[6], v[7]); err != nil {
		return Statement{}, fmt.Errorf("approval statement: %w", err)
	}
	if err := s.Validate(); err != nil {
		return Statement{}, err
	}
	if !bytes.Equal(s.Bytes(), b) {
		return Statement{}, errors.New("approval statement: not written in its one canonical form")
	}
	return s, nil
}

func (s *Statement) parseDigests(subject, parameters, policy, nonce string) (err error) {
	if s.Subject, err = letter.ParseHash(subject); err != nil {
		return fmt.Errorf("subject: %w", err)
	}
	if s.Parameters, err = letter.ParseHash(parameters); err != nil {
		return fmt.Errorf("parameters: %w", err)
	}
	if s.Policy, err = strconv.ParseUint(policy, 10, 64); err != nil {
		return fmt.Errorf("policy: %w", err)
	}
	raw, err := hex.DecodeString(nonce)
	if err != nil || len(raw) != len(s.Nonce) {
		return fmt.Errorf("nonce %q: want 32 hexadecimal digits", nonce)
	}
	copy(s.Nonce[:], raw)
	return nil
}

// SixWords renders the first 96 bits of a digest as six pronounceable words of
// five letters ("proquints": consonant, vowel, consonant, vowel, consonant),
// for two people to compare aloud, whatever their language (MUST-8).
func SixWords(h letter.Hash) string {
	const consonants, vowels = "bdfghjklmnprstvz", "aiou"
	words := make([]string, 6)
	for i := range words {
		n := uint16(h[2*i])<<8 | uint16(h[2*i+1])
		words[i] = string([]byte{
			consonants[n>>12], vowels[n>>10&3], consonants[n>>6&15], vowels[n>>4&3], consonants[n&15],
		})
	}
	return strings.Join(words, " ")
}

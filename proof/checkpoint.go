package proof

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/note"

	"chancery.example/letter"
)

// A Head is what a checkpoint says: the log with this origin had this many
// entries, and this is the RFC 6962 root over them. A Head by itself is a claim;
// [OpenCheckpoint] makes it one that somebody signed.
type Head struct {
	Origin string
	Size   uint64
	Root   letter.Hash
}

// Limits of a checkpoint (proof.md MUST-5).
const (
	maxCheckpoint = 32 << 10
	maxOrigin     = 255
	maxSignatures = 100     // lines
	maxSize       = 1 << 62 // so that sizes fit a signed integer with room
)

// Text returns the note text of the head: three lines, no extension lines
// (tlog-checkpoint, "Note text").
func (h Head) Text() []byte {
	return fmt.Appendf(nil, "%s\n%d\n%s\n", h.Origin, h.Size, base64.StdEncoding.EncodeToString(h.Root[:]))
}

// ParseHead reads the head out of a checkpoint without verifying anything. It
// refuses extension lines and every second way of writing the same head
// (proof.md MUST-6).
func ParseHead(checkpoint []byte) (Head, error) {
	if len(checkpoint) > maxCheckpoint {
		return Head{}, refuse(BadCheckpoint, nil, "checkpoint of %d bytes: at most %d", len(checkpoint), maxCheckpoint)
	}
	text, _, ok := bytes.Cut(checkpoint, []byte("\n\n"))
	if !ok {
		return Head{}, refuse(BadCheckpoint, nil, "not a checkpoint: no empty line before the signatures")
	}
	return parseHeadText(append(bytes.Clone(text), '\n'))
}

func parseHeadText(text []byte) (Head, error) {
	lines := strings.Split(string(text), "\n")
	if len(lines) != 4 || lines[3] != "" {
		return Head{}, refuse(BadCheckpoint, nil, "not a checkpoint: want an origin, a size and a root, each on its line, and nothing more")
	}
	if err := checkOrigin(lines[0]); err != nil {
		return Head{}, refuse(BadCheckpoint, err, "not a checkpoint")
	}
	size, err := strconv.ParseUint(lines[1], 10, 64)
	if err != nil || size > maxSize {
		return Head{}, refuse(BadCheckpoint, nil, "not a checkpoint: %s is not a tree size", clip(lines[1]))
	}
	root, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || len(root) != len(letter.Hash{}) {
		return Head{}, refuse(BadCheckpoint, nil, "not a checkpoint: %s is not a root hash in base64", clip(lines[2]))
	}
	h := Head{Origin: lines[0], Size: size, Root: letter.Hash(root)}
	if !bytes.Equal(h.Text(), text) {
		return Head{}, refuse(BadCheckpoint, nil, "not a checkpoint in its one canonical form")
	}
	return h, nil
}

// checkOrigin refuses names that a signed note cannot carry (signed-note,
// "Format").
func checkOrigin(s string) error {
	switch {
	case s == "" || len(s) > maxOrigin:
		return fmt.Errorf("origin of %d bytes: want 1 to %d", len(s), maxOrigin)
	case !utf8.ValidString(s), strings.Contains(s, "+"), strings.ContainsFunc(s, unicode.IsSpace), strings.ContainsFunc(s, unicode.IsControl):
		return fmt.Errorf("origin %s holds a space, a plus or a control character", clip(s))
	}
	return nil
}

// A Checkpoint is a head that a log of the reader's policy signed.
type Checkpoint struct {
	Head
	Time      time.Time // by the register's own clock, no witness; zero when it is not shown
	Witnesses int       // cosignatures of witnesses the policy knows
	Needed    int       // how many the policy's quorum takes at least
	Met       bool      // whether the witnesses that cosigned meet the quorum
	// WitnessedAt is the latest time at which a quorum had cosigned: a later head
	// may be unknown to it. Zero when the quorum asks for nobody or is not met.
	WitnessedAt time.Time
	OwnKeys     bool   // the policy is the register folder's own word, see [Policy.FromFolder]
	Raw         []byte // the checkpoint as signed
}

// Unwitnessed reports whether nobody outside the register vouches that
// everybody is shown this same head.
func (c Checkpoint) Unwitnessed() bool { return c.Witnesses == 0 }

// OpenCheckpoint verifies a checkpoint under the reader's policy (proof.md
// MUST-7 to MUST-11): a log of the policy signed it under the origin it names,
// no known key has a bad signature on it, and the quorum is met.
func OpenCheckpoint(raw []byte, p Policy) (Checkpoint, error) {
	c, err := OpenHead(raw, p)
	if err != nil {
		return Checkpoint{}, err
	}
	if !c.Met {
		return Checkpoint{}, refuse(QuorumNotMet, nil, "the checkpoint carries %d cosignatures of witnesses the policy knows; its quorum takes at least %d", c.Witnesses, c.Needed)
	}
	return c, nil
}

// OpenHead is [OpenCheckpoint] without the quorum: the newest head that a log
// signed may have no cosignature yet. Met says whether it has enough
// (witness.md MUST-11).
func OpenHead(raw []byte, p Policy) (Checkpoint, error) {
	if len(p.logs) == 0 {
		return Checkpoint{}, refuse(NoPolicy, nil, "no trusted log: give a policy with at least one log line")
	}
	head, err := ParseHead(raw)
	if err != nil {
		return Checkpoint{}, err
	}
	if err := oneForm(raw[len(head.Text())+1:]); err != nil {
		return Checkpoint{}, err
	}
	n, err := note.Open(raw, p.verifiers())
	if err != nil {
		return Checkpoint{}, p.noteError(err, head)
	}
	c := Checkpoint{Head: head, Needed: p.Needed(), OwnKeys: p.own, Raw: bytes.Clone(raw)}
	signed := make(map[string]time.Time) // when the policy's witnesses cosigned
	logSigned := false
	for _, s := range n.Sigs {
		switch k := p.find(s.Name, s.Hash); {
		case k.role == roleLog && s.Name == head.Origin: // MUST-8
			logSigned = true
		case k.role == roleClock && s.Name == head.Origin:
			c.Time = cosignatureTime(s.Base64)
		case k.role == roleWitness:
			signed[k.name] = cosignatureTime(s.Base64)
		}
	}
	if !logSigned {
		return Checkpoint{}, refuse(UnknownLog, nil, "the checkpoint of log %s is not signed by a log of the policy", clip(head.Origin))
	}
	c.Witnesses = len(signed)
	c.Met, c.WitnessedAt = p.met(signed)
	return c, nil
}

// oneForm refuses signature lines that package note would let pass in more than
// one form, before any key is looked at: base64 with stray last bits, a second
// line of a key, which it skips unread, and an empty line, after which it would
// begin anew (proof.md MUST-11).
func oneForm(lines []byte) error {
	seen := make(map[string]bool)
	rest, ok := strings.CutSuffix(string(lines), "\n")
	if !ok {
		return refuse(BadCheckpoint, nil, "the checkpoint has no signature, or its last line does not end")
	}
	all := strings.Split(rest, "\n")
	if len(all) > maxSignatures {
		return refuse(BadCheckpoint, nil, "the checkpoint has %d signature lines: at most %d", len(all), maxSignatures)
	}
	for _, line := range all {
		name, sig64, _ := strings.Cut(strings.TrimPrefix(line, signaturePrefix), " ")
		sig, err := base64.StdEncoding.Strict().DecodeString(sig64)
		if !strings.HasPrefix(line, signaturePrefix) || err != nil || len(sig) < 5 || base64.StdEncoding.EncodeToString(sig) != sig64 || checkOrigin(name) != nil {
			return refuse(BadCheckpoint, err, "the checkpoint's signature line %s is not in its one canonical form", clip(line))
		}
		key := name + "+" + string(sig[:4])
		if seen[key] {
			return refuse(BadCheckpoint, nil, "the checkpoint has two signature lines of one key under the name %s: want one of each key", clip(name))
		}
		seen[key] = true
	}
	return nil
}

const signaturePrefix = "— " // signed-note, "Signatures"

// noteError gives the errors of package note their class.
func (p Policy) noteError(err error, h Head) error {
	var bad *note.InvalidSignatureError
	var unverified *note.UnverifiedNoteError
	switch {
	case errors.As(err, &bad) && p.find(bad.Name, bad.Hash).role == roleLog:
		return refuse(BadCheckpointSignature, nil, "the checkpoint's signature under the name of log %s is not that log's", clip(bad.Name))
	case errors.As(err, &bad):
		return refuse(BadCosignature, nil, "the checkpoint's cosignature under the name %s is not made with that key", clip(bad.Name))
	case errors.As(err, &unverified):
		return refuse(UnknownLog, nil, "the checkpoint of log %s is signed by nobody the policy knows", clip(h.Origin))
	}
	return refuse(BadCheckpoint, err, "not a checkpoint")
}

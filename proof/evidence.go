package proof

import (
	"bytes"
	"slices"
	"time"

	"github.com/fxamacker/cbor/v2"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"chancery.example/letter"
)

// MUST numbers here are those of evidence.md.

// An Evidence is a file that shows that a log signed two heads that do not fit:
// it told two stories. Whoever trusts the log's key is convinced by the file
// alone. [Contradict] makes one, [Evidence.Verify] judges one.
type Evidence struct {
	// First and Second are the two checkpoints as they were signed. First is over
	// no more entries than Second.
	First, Second []byte
	// Root is, where the sizes differ, what the tree of Second has over as many
	// entries as First is over; Path shows that it is (RFC 9162, 2.1.4).
	Root *letter.Hash
	Path []letter.Hash
}

// EvidenceMediaType is the media type of an evidence file, EvidenceExtension the
// end of its name (MUST-1).
const (
	EvidenceMediaType = "application/chancery-evidence+cbor"
	EvidenceExtension = ".chancery-evidence"
)

const (
	evidenceFormat  = "chancery-evidence/v1"
	maxEvidence     = 128 << 10
	maxConsistency  = 64
	evidenceMembers = 5
)

type wireEvidence struct {
	Format string        `cbor:"1,keyasint"`
	First  []byte        `cbor:"2,keyasint"`
	Second []byte        `cbor:"3,keyasint"`
	Root   []byte        `cbor:"4,keyasint,omitempty"`
	Path   []letter.Hash `cbor:"5,keyasint,omitempty"`
}

var evidenceDec, evidenceDecErr = cbor.DecOptions{
	DupMapKey:         cbor.DupMapKeyEnforcedAPF,
	IndefLength:       cbor.IndefLengthForbidden,
	ExtraReturnErrors: cbor.ExtraDecErrorUnknownField,
	TagsMd:            cbor.TagsForbidden,
	MaxNestedLevels:   4,
	MaxArrayElements:  maxConsistency,
	MaxMapPairs:       16,
}.DecMode()

// Bytes writes the evidence as deterministic CBOR (MUST-3).
func (e Evidence) Bytes() ([]byte, error) {
	w := wireEvidence{Format: evidenceFormat, First: e.First, Second: e.Second, Path: e.Path}
	if e.Root != nil {
		w.Root = e.Root[:]
	}
	return w.bytes()
}

func (w wireEvidence) bytes() ([]byte, error) {
	if bundleEncErr != nil {
		return nil, refuse(BadFormat, bundleEncErr, "writing evidence")
	}
	raw, err := bundleEnc.Marshal(w)
	if err != nil {
		return nil, refuse(BadFormat, err, "writing evidence")
	}
	return raw, nil
}

// IsEvidence reports whether a file says of itself that it is evidence, not that
// it holds.
func IsEvidence(raw []byte) bool {
	// A map of at most five pairs whose first is 1 and the format.
	const text = 0x74 // of twenty bytes
	return len(raw) > 3+len(evidenceFormat) && raw[0] >= 0xa1 && raw[0] <= 0xa0+evidenceMembers && raw[1] == 1 &&
		raw[2] == text && bytes.HasPrefix(raw[3:], []byte(evidenceFormat))
}

// ParseEvidence reads an evidence file and refuses anything that
// [Evidence.Bytes] would not have written (MUST-3, MUST-4). It verifies nothing.
func ParseEvidence(raw []byte) (Evidence, error) {
	if len(raw) > maxEvidence {
		return Evidence{}, refuse(BadFormat, nil, "evidence of %d bytes: at most %d", len(raw), maxEvidence)
	}
	if evidenceDecErr != nil {
		return Evidence{}, refuse(BadFormat, evidenceDecErr, "reading evidence")
	}
	var w wireEvidence
	if err := evidenceDec.Unmarshal(raw, &w); err != nil {
		return Evidence{}, refuse(BadFormat, err, "not an evidence file, or a damaged one: get it again")
	}
	if w.Format != evidenceFormat {
		return Evidence{}, refuse(BadFormat, nil, "evidence of format %s: this program reads %s", clip(w.Format), evidenceFormat)
	}
	again, err := w.bytes()
	if err != nil {
		return Evidence{}, err
	}
	if !bytes.Equal(again, raw) {
		return Evidence{}, refuse(BadFormat, nil, "the evidence file is not in its one canonical form: get it again")
	}
	e := Evidence{First: w.First, Second: w.Second, Path: w.Path}
	switch len(w.Root) {
	case 0:
	case len(letter.Hash{}):
		root := letter.Hash(w.Root)
		e.Root = &root
	default:
		return Evidence{}, refuse(BadFormat, nil, "the evidence has a root of %d bytes", len(w.Root))
	}
	return e, nil
}

// A SignedHead is a head with those who signed it, as far as a policy knows them.
// Unlike a [Checkpoint] it need not meet the policy's quorum: what a log signed
// it is bound by, whoever else saw it.
type SignedHead struct {
	Head
	Keys  []string  // verifier keys of the logs of the policy that signed it, at least one
	Time  time.Time // by the register's own clock; zero when it does not say
	Marks []Mark    // of witnesses of the policy
	Raw   []byte
}

// A Mark is a witness's cosignature that was verified.
type Mark struct {
	Witness string // its name in the policy
	Key     string // its verifier key
	Time    time.Time
}

// OpenSigned verifies that a log of the policy signed a checkpoint under its own
// origin, and which of the policy's witnesses vouch for it. Cosignatures do not
// spoil it, whether bad or missing (MUST-6).
func OpenSigned(raw []byte, p Policy) (SignedHead, error) {
	if len(p.logs) == 0 {
		return SignedHead{}, refuse(NoPolicy, nil, "no trusted log: give a policy with at least one log line")
	}
	head, err := ParseHead(raw)
	if err != nil {
		return SignedHead{}, err
	}
	if err := oneForm(raw[len(head.Text())+1:]); err != nil {
		return SignedHead{}, err
	}
	h := SignedHead{Head: head, Raw: bytes.Clone(raw)}
	var logs []note.Verifier
	for _, l := range p.logs {
		logs = append(logs, l.verifierKey)
	}
	n, err := note.Open(raw, note.VerifierList(logs...))
	if err != nil {
		return SignedHead{}, p.noteError(err, head)
	}
	for _, s := range n.Sigs {
		if s.Name == head.Origin {
			h.Keys = append(h.Keys, p.find(s.Name, s.Hash).vkey)
		}
	}
	if len(h.Keys) == 0 {
		return SignedHead{}, refuse(UnknownLog, nil, "the checkpoint of log %s is not signed by a log of the policy", clip(head.Origin))
	}
	slices.Sort(h.Keys)
	h.marks(p)
	return h, nil
}

// marks looks at each other key of the policy by itself, so that one bad
// cosignature hides no good one.
func (h *SignedHead) marks(p Policy) {
	for _, k := range p.keys {
		if k.role != roleWitness && (k.role != roleClock || k.verifierKey.name != h.Origin) {
			continue
		}
		n, err := note.Open(h.Raw, note.VerifierList(k.verifierKey))
		if err != nil {
			continue
		}
		at := cosignatureTime(n.Sigs[0].Base64)
		if k.role == roleClock {
			h.Time = at
			continue
		}
		h.Marks = append(h.Marks, Mark{Witness: k.name, Key: k.vkey, Time: at})
	}
}

// A Contradiction is what evidence shows that holds.
type Contradiction struct {
	Origin        string
	First, Second SignedHead
	// Root is what the tree of the second head has over as many entries as the
	// first head is over. It is not First.Root.
	Root letter.Hash
	// Both are the witnesses of the policy that cosigned both heads: they did not
	// do their work either.
	Both []string
}

// Verify judges the evidence under the reader's policy (MUST-5 to MUST-9).
func (e Evidence) Verify(p Policy) (Contradiction, error) {
	first, err := OpenSigned(e.First, p)
	if err != nil {
		return Contradiction{}, err
	}
	second, err := OpenSigned(e.Second, p)
	if err != nil {
		return Contradiction{}, err
	}
	c := Contradiction{Origin: first.Origin, First: first, Second: second, Root: second.Root}
	switch {
	case first.Origin != second.Origin: // MUST-5
		return Contradiction{}, refuse(NoContradiction, nil, "the two heads are of different logs, %s and %s: they need not fit", clip(first.Origin), clip(second.Origin))
	case first.Size == 0: // MUST-7
		return Contradiction{}, refuse(NoContradiction, nil, "a head over no entries fits every later one")
	case first.Size > second.Size, first.Size == second.Size && bytes.Compare(first.Root[:], second.Root[:]) > 0:
		return Contradiction{}, refuse(BadFormat, nil, "the evidence names the two heads in the wrong order")
	case first.Size == second.Size && (e.Root != nil || len(e.Path) > 0):
		return Contradiction{}, refuse(BadFormat, nil, "the evidence carries a path between two heads of one size")
	case first.Size < second.Size:
		if c.Root, err = e.under(first.Size, second.Head); err != nil {
			return Contradiction{}, err
		}
	}
	if c.Root == first.Root {
		return Contradiction{}, refuse(NoContradiction, nil, "the two heads fit: the longer log continues the shorter one")
	}
	for _, m := range first.Marks {
		if slices.ContainsFunc(second.Marks, func(o Mark) bool { return o.Key == m.Key }) {
			c.Both = append(c.Both, m.Witness)
		}
	}
	return c, nil
}

// under verifies that Root is the root over the first size entries of the tree
// of a head (MUST-8).
func (e Evidence) under(size uint64, h Head) (letter.Hash, error) {
	if e.Root == nil || len(e.Path) > maxConsistency {
		return letter.Hash{}, refuse(BadConsistency, nil, "the evidence does not carry what shows that the two heads do not fit")
	}
	path := make(tlog.TreeProof, len(e.Path))
	for i, n := range e.Path {
		path[i] = tlog.Hash(n)
	}
	// Sizes are below 2^62, so they fit.
	if err := tlog.CheckTree(path, int64(h.Size), tlog.Hash(h.Root), int64(size), tlog.Hash(*e.Root)); err != nil { //nolint:gosec // bounded by ParseHead
		return letter.Hash{}, refuse(BadConsistency, err, "the path in the evidence does not lead from the root over %d entries to the head over %d", size, h.Size)
	}
	return *e.Root, nil
}

// Contradict makes evidence of two checkpoints of one log, in either order. under
// gives what the tree of the longer one has over the entries of the shorter; it
// is not asked when both are of one size. The caller verifies what comes back
// before it is shown to anybody.
func Contradict(a, b []byte, under func(shorter, longer Head) (path []letter.Hash, root letter.Hash, err error)) (Evidence, error) {
	x, err := ParseHead(a)
	if err != nil {
		return Evidence{}, err
	}
	y, err := ParseHead(b)
	if err != nil {
		return Evidence{}, err
	}
	if x.Size > y.Size || x.Size == y.Size && bytes.Compare(x.Root[:], y.Root[:]) > 0 {
		a, b, x, y = b, a, y, x
	}
	e := Evidence{First: a, Second: b}
	if x.Size == y.Size {
		return e, nil
	}
	path, root, err := under(x, y)
	if err != nil {
		return Evidence{}, err
	}
	e.Path, e.Root = path, &root
	return e, nil
}

package proof

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"chancery.example/letter"
)

// A TLogProof is a C2SP tlog-proof: that the entry at Index is in the tree of
// the checkpoint. Extra is not signed by anybody and is not used here.
type TLogProof struct {
	Extra      []byte
	Index      uint64
	Path       []letter.Hash // from the leaf's sibling up
	Checkpoint []byte        // verbatim
}

const (
	tlogProofLine = "c2sp.org/tlog-proof@v1"
	maxTLogProof  = 64 << 10
	maxPath       = 63 // a tree of 2^62 entries
)

// FormatTLogProof writes the file, byte for byte as C2SP tlog-proof, "Format",
// has it (proof.md MUST-17).
func FormatTLogProof(p TLogProof) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\n", tlogProofLine)
	if len(p.Extra) > 0 {
		fmt.Fprintf(&b, "extra %s\n", base64.StdEncoding.EncodeToString(p.Extra))
	}
	fmt.Fprintf(&b, "index %d\n", p.Index)
	for _, h := range p.Path {
		fmt.Fprintf(&b, "%s\n", base64.StdEncoding.EncodeToString(h[:]))
	}
	b.WriteByte('\n')
	b.Write(p.Checkpoint)
	return b.Bytes()
}

// ParseTLogProof reads a tlog-proof file and refuses what FormatTLogProof would
// not have written (MUST-18).
func ParseTLogProof(b []byte) (TLogProof, error) {
	if len(b) > maxTLogProof {
		return TLogProof{}, refuse(BadFormat, nil, "tlog-proof of %d bytes: at most %d", len(b), maxTLogProof)
	}
	head, checkpoint, ok := bytes.Cut(b, []byte("\n\n"))
	if !ok {
		return TLogProof{}, refuse(BadFormat, nil, "not a tlog-proof: no empty line before the checkpoint")
	}
	p := TLogProof{Checkpoint: bytes.Clone(checkpoint)}
	lines := strings.Split(string(head), "\n")
	if lines[0] != tlogProofLine {
		return TLogProof{}, refuse(BadFormat, nil, "not a tlog-proof: the first line is not %s", tlogProofLine)
	}
	lines = lines[1:]
	if len(lines) > 0 && strings.HasPrefix(lines[0], "extra ") {
		extra, err := base64.StdEncoding.Strict().DecodeString(lines[0][len("extra "):])
		if err != nil {
			return TLogProof{}, refuse(BadFormat, err, "tlog-proof: its extra line")
		}
		p.Extra, lines = extra, lines[1:]
	}
	if len(lines) == 0 || !strings.HasPrefix(lines[0], "index ") || len(lines) > 1+maxPath {
		return TLogProof{}, refuse(BadFormat, nil, "tlog-proof: no index line, or more than %d hashes", maxPath)
	}
	var err error
	if p.Index, err = strconv.ParseUint(lines[0][len("index "):], 10, 64); err != nil {
		return TLogProof{}, refuse(BadFormat, nil, "tlog-proof: index %s is no number", clip(lines[0]))
	}
	for _, l := range lines[1:] {
		h, err := base64.StdEncoding.Strict().DecodeString(l)
		if err != nil || len(h) != len(letter.Hash{}) {
			return TLogProof{}, refuse(BadFormat, nil, "tlog-proof: %s is not a hash in base64", clip(l))
		}
		p.Path = append(p.Path, letter.Hash(h))
	}
	if !bytes.Equal(FormatTLogProof(p), b) {
		return TLogProof{}, refuse(BadFormat, nil, "tlog-proof: not written in its one canonical form")
	}
	return p, nil
}

// Verify opens the checkpoint under the policy and verifies that the leaf is at
// the proof's index (C2SP tlog-proof, "Verifying a tlog proof"; MUST-19).
func (p TLogProof) Verify(leaf letter.Hash, policy Policy) (Checkpoint, error) {
	c, err := OpenCheckpoint(p.Checkpoint, policy)
	if err != nil {
		return Checkpoint{}, err
	}
	if p.Index >= c.Size {
		return Checkpoint{}, refuse(BadInclusion, nil, "entry %d is not among the %d entries of the checkpoint", p.Index, c.Size)
	}
	path := make(tlog.RecordProof, len(p.Path))
	for i, h := range p.Path {
		path[i] = tlog.Hash(h)
	}
	// Sizes are below 2^62, so they fit.
	if err := tlog.CheckRecord(path, int64(c.Size), tlog.Hash(c.Root), int64(p.Index), tlog.Hash(leaf)); err != nil { //nolint:gosec // bounded by ParseHead
		return Checkpoint{}, refuse(BadInclusion, err, "entry %d is not in the tree of the checkpoint", p.Index)
	}
	return c, nil
}

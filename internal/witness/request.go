package witness

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"chancery.example/letter"
)

// A Request asks a witness to cosign a checkpoint (C2SP tlog-witness,
// "add-checkpoint").
type Request struct {
	Old        uint64        // size of the head that the witness cosigned last
	Proof      []letter.Hash // consistency proof from there on
	Checkpoint []byte        // as the log signed it
}

// Limits of a request (witness.md MUST-1).
const (
	MaxRequest = 40 << 10
	maxProof   = 63
)

// ParseRequest reads a request in its one form (witness.md MUST-1). The
// checkpoint in it is not looked at.
func ParseRequest(b []byte) (Request, error) {
	if len(b) > MaxRequest {
		return Request{}, fmt.Errorf("request of %d bytes: at most %d", len(b), MaxRequest)
	}
	header, checkpoint, ok := bytes.Cut(b, []byte("\n\n"))
	if !ok {
		return Request{}, fmt.Errorf("no empty line between the proof and the checkpoint")
	}
	lines := strings.Split(string(header), "\n")
	size, ok := strings.CutPrefix(lines[0], "old ")
	if !ok {
		return Request{}, fmt.Errorf("the first line is not \"old SIZE\"")
	}
	old, err := strconv.ParseUint(size, 10, 63)
	if err != nil {
		return Request{}, fmt.Errorf("the old size is no number")
	}
	if len(lines)-1 > maxProof {
		return Request{}, fmt.Errorf("a proof of %d hashes: at most %d", len(lines)-1, maxProof)
	}
	r := Request{Old: old, Checkpoint: checkpoint}
	for i, line := range lines[1:] {
		h, err := base64.StdEncoding.Strict().DecodeString(line)
		if err != nil || len(h) != len(letter.Hash{}) {
			return Request{}, fmt.Errorf("line %d of the proof is no hash in base64", i+1)
		}
		r.Proof = append(r.Proof, letter.Hash(h))
	}
	if !bytes.Equal(r.Bytes(), b) {
		return Request{}, fmt.Errorf("not in its one form")
	}
	return r, nil
}

// Bytes writes the request.
func (r Request) Bytes() []byte {
	b := fmt.Appendf(nil, "old %d\n", r.Old)
	for _, h := range r.Proof {
		b = fmt.Appendf(b, "%s\n", base64.StdEncoding.EncodeToString(h[:]))
	}
	return append(append(b, '\n'), r.Checkpoint...)
}

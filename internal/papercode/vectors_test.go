//go:build !js

package papercode_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"chancery.example/commitment"
	"chancery.example/internal/papercode"
	"chancery.example/letter"
)

// Vectors are for whoever writes this format a second time. One file has one code and
// what must come of it; those whose name ends in _fail must be refused, with the class
// of their one fault.
//
//	go test ./internal/papercode -run TestVectors -update-vectors
//
// writes what is not there yet. What is there is frozen (frozen.sha256): version 1 is.

var updateVectors = flag.Bool("update-vectors", false, "add to testdata/vectors/papercode")

const vectorFolder = "../../testdata/vectors/papercode"

type vector struct {
	Comment string   `json:"comment"`
	Input   input    `json:"input"`
	Expect  expected `json:"expect"`
}

// An input is a code as it was read from paper.
type input struct {
	Do   string `json:"do"` // address, opening; judge: an address beside the offices of the reader's register
	Code string `json:"code"`
	// Offices are short names and registered domains.
	Offices map[string]string `json:"offices,omitempty"`
}

type expected struct {
	Class     string            `json:"class,omitempty"` // of a fault
	Verdict   papercode.Verdict `json:"verdict,omitempty"`
	Host      string            `json:"host,omitempty"`
	Office    string            `json:"office,omitempty"`
	Check     string            `json:"check,omitempty"`
	Reference letter.Ref        `json:"reference,omitempty"`
	Revision  uint32            `json:"revision,omitempty"`
	// Of a draft-opening code.
	Index      *uint64      `json:"index,omitempty"`
	Nonce      string       `json:"nonce,omitempty"`
	Tag        string       `json:"tag,omitempty"`
	Previous   string       `json:"previous,omitempty"`
	Digest     *letter.Hash `json:"digest,omitempty"`
	Commitment string       `json:"commitment,omitempty"` // in the register and of the office of the examples
}

// classes are the faults, and how our own program words them.
var classes = map[string][]string{
	"length":    {"bytes: at most"},
	"address":   {"is no paper code"},
	"version":   {"of a version that this program does not know"},
	"parts":     {"want version, office, revision"},
	"office":    {"no short name of an office"},
	"revision":  {"no number from 1", "too large a number"},
	"check":     {"its check is not"},
	"reference": {"what it names"},
	"prefix":    {"is no draft-opening code"},
	"base32":    {"it is not base32"},
	"bytes":     {"the draft-opening code"},
	"foreign":   {"foreign"},
	"unknown":   {"unknown"},
}

// TestVectors replays the vectors, and sees that they are those that were published.
func TestVectors(t *testing.T) {
	made := vectors(t)
	if *updateVectors {
		write(t, made)
	}
	files, err := filepath.Glob(filepath.Join(vectorFolder, "*.json"))
	if err != nil || len(files) != len(made) {
		t.Fatalf("%d vectors, and %d made here: run with -update-vectors (%v)", len(files), len(made), err)
	}
	listed, err := os.ReadFile(filepath.Join(vectorFolder, "frozen.sha256"))
	if err != nil {
		t.Fatal(err)
	}
	var frozen strings.Builder
	good, bad := 0, 0
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(f)
		fmt.Fprintf(&frozen, "%x  %s\n", sha256.Sum256(raw), name)
		var v vector
		d := json.NewDecoder(bytes.NewReader(raw))
		d.DisallowUnknownFields()
		if err := d.Decode(&v); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		fails := strings.HasSuffix(name, "_fail.json")
		if fails {
			bad++
		} else {
			good++
		}
		if (v.Expect.Class != "") != fails {
			t.Errorf("%s: class %q", name, v.Expect.Class)
		}
		got, err := replay(v.Input)
		switch {
		case fails && (err == nil || !slices.ContainsFunc(classes[v.Expect.Class], func(s string) bool { return strings.Contains(err.Error(), s) })):
			t.Errorf("%s: %v: want a fault of the class %s", name, err, v.Expect.Class)
		case !fails && err != nil:
			t.Errorf("%s: %v", name, err)
		case !fails:
			if diff := cmp.Diff(v.Expect, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
	}
	if *updateVectors {
		listed = []byte(frozen.String())
		if err := os.WriteFile(filepath.Join(vectorFolder, "frozen.sha256"), listed, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if frozen.String() != string(listed) {
		t.Error("vectors were changed: version 1 is frozen")
	}
	if good < 20 || bad < 30 {
		t.Errorf("%d good vectors and %d bad ones", good, bad)
	}
}

func write(t *testing.T, made map[string]vector) {
	t.Helper()
	for name, v := range made {
		file := filepath.Join(vectorFolder, name+".json")
		if _, err := os.Stat(file); err == nil {
			continue
		}
		if got, err := replay(v.Input); err == nil && v.Expect.Class == "" {
			v.Expect = got
		}
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		if err := e.Encode(v); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// replay does what a vector asks.
func replay(in input) (expected, error) {
	switch in.Do {
	case "address":
		c, err := papercode.Parse(in.Code)
		return expected{Host: c.Host, Office: c.Office, Revision: c.Revision, Check: hex.EncodeToString(c.Check[:]), Reference: c.Reference}, err
	case "judge":
		var offices []papercode.Office
		for id, domain := range in.Offices {
			offices = append(offices, papercode.Office{ID: id, Domain: domain})
		}
		j := papercode.Judge(in.Code, offices)
		if j.Verdict == papercode.Foreign || j.Verdict == papercode.Unknown {
			return expected{}, fmt.Errorf("it is %s", j.Verdict)
		}
		return expected{Verdict: j.Verdict}, nil
	}
	o, err := papercode.ParseOpening(in.Code)
	if err != nil {
		return expected{}, err
	}
	h, err := o.Held(origin, office)
	if err != nil {
		return expected{}, err
	}
	op := h.Link.Opening
	index, digest := uint64(o.Index), op.Digest
	out := expected{Index: &index, Nonce: hex.EncodeToString(o.Nonce[:]), Tag: hex.EncodeToString(o.Tag[:]), Revision: o.Revision, Digest: &digest, Commitment: op.Commitment().String()}
	if o.Previous != (commitment.Commitment{}) {
		out.Previous = o.Previous.String()
	}
	return out, nil
}

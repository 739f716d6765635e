package proof_test

import (
	"encoding/base64"
	"flag"
	"testing"
	"time"

	"chancery.example/internal/testkit/vectors"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// Vectors are for whoever verifies these files with another program. One file
// has one proof, policy or checkpoint and what must come of it. Those whose
// name ends in _fail must be refused, with the class in "expect".
//
//	go test ./proof -run TestVectors -update-vectors
//
// writes them anew; what must be refused, and with which class, is written by
// hand in verify_test.go and vectors_make_test.go.

var updateVectors = flag.Bool("update-vectors", false, "write testdata/vectors/proof anew")

const vectorFolder = "../testdata/vectors/proof"

type vector = vectors.Vector[vectorInput, answer]

type vectorInput struct {
	Do     string    `json:"do"` // verify, policy, checkpoint
	Policy string    `json:"policy"`
	Proof  string    `json:"proof,omitempty"` // base64
	At     time.Time `json:"at,omitzero"`
	// Texts are the words in the reader's hand.
	Texts []textOf `json:"texts,omitempty"`
	Raw   string   `json:"checkpoint,omitempty"`
}

type textOf struct {
	Language letter.Lang `json:"language"`
	Text     string      `json:"text"`
}

// An answer is what must come of a vector: a class, or all that is shown.
type answer struct {
	Class     proof.Class `json:"class,omitempty"`
	Origin    string      `json:"origin,omitempty"`
	Size      uint64      `json:"size,omitempty"`
	Root      string      `json:"root,omitempty"`
	Time      time.Time   `json:"time,omitzero"`
	Witnesses int         `json:"witnesses"`
	Needed    int         `json:"needed"`
	Index     uint64      `json:"index,omitempty"`
	Kind      string      `json:"record,omitempty"`
	Office    string      `json:"office,omitempty"`
	Reference string      `json:"reference,omitempty"`
	Standing  string      `json:"standing,omitempty"`
	Texts     []standing  `json:"texts,omitempty"`
	Receipts  int         `json:"receipts,omitempty"` // carried and verified
	Lookups   *lookedUp   `json:"lookups,omitempty"`
}

// lookedUp is what the register's own map says, as of an entry: that nothing
// came later, or which entries the bundle lacks; or that names are absent.
type lookedUp struct {
	AsOf    uint64           `json:"as_of"`
	Absent  []string         `json:"absent,omitempty"` // kinds, in order of their keys
	None    bool             `json:"nothing_later"`
	Missing []register.Index `json:"missing,omitempty"`
	Keys    bool             `json:"keys_shown"`
}

type standing struct {
	Language letter.Lang `json:"language"`
	Standing string      `json:"standing"`
}

func (in vectorInput) run() (answer, error) {
	if in.Do == "verify" {
		raw, err := base64.StdEncoding.DecodeString(in.Proof)
		if err != nil {
			return answer{}, err
		}
		b, err := proof.Parse(raw)
		if err != nil {
			return answer{}, err
		}
		return in.verify(b)
	}
	p, err := proof.ParsePolicy([]byte(in.Policy))
	if err != nil || in.Do == "policy" {
		return answer{Witnesses: p.Witnesses(), Needed: p.Needed()}, err
	}
	c, err := proof.OpenCheckpoint([]byte(in.Raw), p)
	return answerOf(c), err
}

func (in vectorInput) verify(b proof.Bundle) (answer, error) {
	var p proof.Policy
	if in.Policy != "" {
		var err error
		if p, err = proof.ParsePolicy([]byte(in.Policy)); err != nil {
			return answer{}, err
		}
	}
	var own []letter.LangText
	for _, x := range in.Texts {
		text, err := letter.Parse([]byte(x.Text))
		if err != nil {
			return answer{}, err
		}
		own = append(own, letter.LangText{Lang: x.Language, Text: text})
	}
	v, err := b.Verify(p, in.At, own...)
	if err != nil {
		return answer{}, err
	}
	a := answerOf(v.Checkpoint)
	a.Index, a.Kind, a.Office, a.Reference = uint64(v.Index), string(v.Record.Kind), string(v.Record.Office), string(v.Record.Reference)
	a.Standing = string(v.Status.Standing)
	a.Receipts = len(v.Receipts)
	for _, s := range v.Statuses {
		a.Texts = append(a.Texts, standing{s.Text.Lang, string(s.Status.Standing)})
	}
	a.Lookups = lookedUpIn(v)
	return a, nil
}

func lookedUpIn(v proof.Verified) *lookedUp {
	if v.Lookups == nil {
		return nil
	}
	later := v.Later()
	out := &lookedUp{AsOf: uint64(v.Lookups.Head), None: later.None(), Missing: later.Missing, Keys: later.Keys}
	for _, x := range v.Lookups.Answers {
		if v.Absence {
			out.Absent = append(out.Absent, string(x.Name.Kind))
		}
	}
	return out
}

func answerOf(c proof.Checkpoint) answer {
	return answer{Origin: c.Origin, Size: c.Size, Root: c.Root.String(), Time: c.Time, Witnesses: c.Witnesses, Needed: c.Needed}
}

func TestVectors(t *testing.T) {
	vectors.Format[vectorInput, answer]{
		Folder: vectorFolder, Least: 15, Run: vectorInput.run,
		Refused: func(err error) answer { return answer{Class: proof.ClassOf(err)} },
		Class:   func(a answer) string { return string(a.Class) },
	}.Test(t, makeVectors(t), *updateVectors)
}

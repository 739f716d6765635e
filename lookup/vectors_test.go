package lookup_test

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"flag"
	"testing"

	"chancery.example/internal/testkit/vectors"
	"chancery.example/letter"
	"chancery.example/lookup"
	"chancery.example/register"
)

// Vectors are for whoever writes this format a second time. One file has one
// input and what must come of it; those whose name ends in _fail must be refused,
// with the class in "expect".
//
//	go test ./lookup -run TestVectors -update-vectors
//
// writes them anew; what must be refused is written by hand in vectors_make_test.go.

var updateVectors = flag.Bool("update-vectors", false, "write testdata/vectors/lookup anew")

const vectorFolder = "../testdata/vectors/lookup"

type vector = vectors.Vector[vectorInput, expected]

// vectorInput is what is looked up, counted or played. Bytes are hexadecimal, but
// the entries of a log, which are base64.
type vectorInput struct {
	Do      string           `json:"do"` // key, root, map, verify
	Kind    lookup.Kind      `json:"kind,omitempty"`
	Values  []string         `json:"values,omitempty"`
	Records []record         `json:"records,omitempty"`
	Root    string           `json:"root,omitempty"`
	Entries []register.Index `json:"entries,omitempty"`
	Proof   *string          `json:"proof,omitempty"`
	Log     []string         `json:"log,omitempty"`
	// Texts are the words in texts/, Tombstones what stands there instead.
	Texts      []string               `json:"texts,omitempty"`
	Tombstones map[string]letter.Hash `json:"tombstones,omitempty"`
}

type record struct {
	Key     letter.Hash      `json:"key"`
	Entries []register.Index `json:"entries"`
}

type expected struct {
	Class   string   `json:"class,omitempty"`
	Key     string   `json:"key,omitempty"`
	Root    string   `json:"root,omitempty"`
	Keys    uint64   `json:"keys,omitempty"`
	Absent  *bool    `json:"absent,omitempty"`
	Records []record `json:"records,omitempty"`
}

func (in vectorInput) name() (lookup.Name, error) {
	n := lookup.Name{Kind: in.Kind}
	for _, v := range in.Values {
		b, err := hex.DecodeString(v)
		if err != nil {
			return n, err
		}
		n.Values = append(n.Values, b)
	}
	return n, nil
}

func (in vectorInput) run() (expected, error) {
	n, err := in.name()
	if err != nil {
		return expected{}, err
	}
	switch in.Do {
	case "key":
		return expected{Key: n.Key().String()}, n.Validate()
	case "root":
		var records []lookup.Record
		for _, r := range in.Records {
			records = append(records, lookup.Record(r))
		}
		tree := lookup.Tree{}.With(records...)
		return expected{Root: tree.Root().String(), Keys: tree.Keys()}, nil
	case "map":
		return in.play()
	}
	root, err := letter.ParseHash(in.Root)
	if err != nil {
		return expected{}, err
	}
	raw, err := hex.DecodeString(*in.Proof)
	if err != nil {
		return expected{}, err
	}
	a := lookup.Answer{Name: n, Entries: in.Entries, Proof: raw}
	absent := a.Absent()
	return expected{Absent: &absent}, a.Verify(root)
}

// play makes the map over a whole log.
func (in vectorInput) play() (expected, error) {
	var trail lookup.Trail
	state, shown := register.NewState(), map[letter.Hash]letter.Hash{}
	for i, s := range in.Log {
		raw, err := base64.StdEncoding.DecodeString(s)
		if err != nil {
			return expected{}, err
		}
		e, err := register.Parse(raw)
		if err != nil {
			return expected{}, err
		}
		l := register.Logged{Index: register.Index(i), Entry: e}
		if p := state.Add(l); p == nil || !p.Ignored {
			trail.Add(state, l)
		}
	}
	for x := range state.Texts() {
		for _, words := range in.Texts {
			text, err := letter.Parse([]byte(words))
			if err != nil {
				return expected{}, err
			}
			if x.Leaf.Matches([]byte(words)) {
				shown[x.Leaf.Hash] = lookup.WordsKey(text)
			}
		}
	}
	tree, err := trail.Tree(lookup.Tree{}, 0, register.Index(len(in.Log)), func(d letter.Disclosure) (letter.Hash, bool) {
		if key, ok := shown[d.Hash]; ok {
			return key, true
		}
		key, ok := in.Tombstones[d.Hash.String()]
		return key, ok
	})
	if err != nil {
		return expected{}, err
	}
	got := expected{Root: tree.Root().String(), Keys: tree.Keys()}
	for r := range tree.All() {
		got.Records = append(got.Records, record(r))
	}
	return got, nil
}

func classOf(err error) string {
	switch {
	case errors.Is(err, lookup.ErrForm):
		return "bad_form"
	case errors.Is(err, lookup.ErrNotProved):
		return "not_proved"
	case errors.Is(err, lookup.ErrWordsMissing):
		return "words_missing"
	}
	return "unexpected: " + err.Error()
}

func TestVectors(t *testing.T) {
	vectors.Format[vectorInput, expected]{
		Folder: vectorFolder, Least: 25, Run: vectorInput.run,
		Refused: func(err error) expected { return expected{Class: classOf(err)} },
		Class:   func(e expected) string { return e.Class },
	}.Test(t, makeVectors(t), *updateVectors)
}

package lookup_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"chancery.example/letter"
	"chancery.example/lookup"
	"chancery.example/register"
)

// logs returns the logs of all vectors of standing.md.
func logs(t *testing.T) map[string][]register.Logged {
	t.Helper()
	files, err := filepath.Glob("../testdata/vectors/standing/*.json")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d vectors of standing: %v", len(files), err)
	}
	out := map[string][]register.Logged{}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var v struct {
			Input struct {
				Entries []string `json:"entries"`
			} `json:"input"`
		}
		if err := json.Unmarshal(raw, &v); err != nil {
			t.Fatal(err)
		}
		var log []register.Logged
		for i, s := range v.Input.Entries {
			raw, err := base64.StdEncoding.DecodeString(s)
			if err != nil {
				t.Fatal(err)
			}
			e, err := register.Parse(raw)
			if err != nil {
				t.Fatal(err)
			}
			log = append(log, register.Logged{Index: register.Index(i), Entry: e})
		}
		out[strings.TrimSuffix(filepath.Base(f), ".json")] = log
	}
	return out
}

// byLeaf stands for the words, which these logs do not bring.
func byLeaf(d letter.Disclosure) (letter.Hash, bool) { return lookup.OfLeaf(d.Hash).Key(), true }

func follow(log []register.Logged) (*lookup.Trail, *register.State) {
	trail, state := &lookup.Trail{}, register.NewState()
	for _, l := range log {
		if p := state.Add(l); p == nil || !p.Ignored {
			trail.Add(state, l)
		}
	}
	return trail, state
}

// TestStepByStep: the map over each prefix of a log is the same whether it is
// made from nothing, from any earlier map, or by who has read the prefix only
// (MUST-8, MUST-15, MUST-16).
func TestStepByStep(t *testing.T) {
	for name, log := range logs(t) {
		trail, _ := follow(log)
		var grown lookup.Tree
		for to := range len(log) + 1 {
			at := register.Index(to)
			whole, err := trail.Tree(lookup.Tree{}, 0, at, byLeaf)
			if err != nil {
				t.Fatal(err)
			}
			var since register.Index
			if to > 0 {
				since = at - 1
			}
			next, err := trail.Tree(grown, since, at, byLeaf)
			if err != nil {
				t.Fatal(err)
			}
			short, _ := follow(log[:to])
			alone, err := short.Tree(lookup.Tree{}, 0, at, byLeaf)
			if err != nil || whole.Root() != next.Root() || alone.Root() != next.Root() {
				t.Fatalf("%s: over %d entries the roots are %s, %s and %s (%v)", name, to, whole.Root(), next.Root(), alone.Root(), err)
			}
			if changed := next.Root() != grown.Root(); changed != trail.Changes(since, at) {
				t.Errorf("%s: entry %d changes the map: %v, the trail says otherwise", name, since, changed)
			}
			grown = next
		}
	}
}

// TestWhatIsUnderAReference: the entries about a letter, and no others (MUST-4).
func TestWhatIsUnderAReference(t *testing.T) {
	all := logs(t)
	for _, c := range []struct {
		log, ref string
		want     []register.Kind
	}{
		{"issued", "", []register.Kind{register.KindIssue}},
		{"withdrawn", "", []register.Kind{register.KindIssue, register.KindWithdraw}},
		{"superseded", "", []register.Kind{register.KindIssue, register.KindIssue}},
		{"issued_after_closing", "", []register.Kind{register.KindDraftClose, register.KindIssue}},
		{"opened_and_closed", "", []register.Kind{register.KindDraftOpen, register.KindDraftClose}},
		{"issued_then_opened", "", []register.Kind{register.KindIssue, register.KindDraftOpen}},
		{"sealed", "", nil},
	} {
		log := all[c.log]
		trail, state := follow(log)
		tree, err := trail.Tree(lookup.Tree{}, 0, register.Index(len(log)), byLeaf)
		if err != nil {
			t.Fatal(err)
		}
		if c.want == nil {
			if len(state.Letters()) != 0 {
				t.Errorf("%s: a letter is public", c.log)
			}
			continue
		}
		l := state.Letters()[0]
		a := tree.Lookup(lookup.OfLetter(l.Office, l.Reference))
		var got []register.Kind
		for _, i := range a.Entries {
			got = append(got, log[i].Entry.Body.Kind())
		}
		if !slices.Equal(got, c.want) || a.Verify(tree.Root()) != nil {
			t.Errorf("%s: under %s are %v, want %v", c.log, l.Reference, got, c.want)
		}
		if a := tree.Lookup(lookup.OfLetter(l.Office, l.Reference+"-X")); !a.Absent() || a.Verify(tree.Root()) != nil {
			t.Errorf("%s: another reference is there", c.log)
		}
	}
}

// TestWordsMissing: without words and tombstone there is no map, and the error
// names the file (MUST-5).
func TestWordsMissing(t *testing.T) {
	log := logs(t)["issued"]
	trail, _ := follow(log)
	none := func(letter.Disclosure) (letter.Hash, bool) { return letter.Hash{}, false }
	_, err := trail.Tree(lookup.Tree{}, 0, register.Index(len(log)), none)
	if !errors.Is(err, lookup.ErrWordsMissing) || !strings.Contains(err.Error(), "texts/") {
		t.Errorf("got %v", err)
	}
	if _, err := trail.Tree(lookup.Tree{}, 0, 1, none); err != nil { // no text so far
		t.Error(err)
	}
}

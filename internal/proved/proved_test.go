package proved_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/check"
	"chancery.example/internal/proved"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

var update = flag.Bool("update", false, "rewrite golden files")

// A vector is what is needed here of testdata/vectors/proof/bundle.
type vector struct {
	Input struct {
		Policy string    `json:"policy"`
		Proof  []byte    `json:"proof"`
		At     time.Time `json:"at"`
	} `json:"input"`
	Expect struct {
		Class    proof.Class       `json:"class"`
		Standing register.Standing `json:"standing"`
	} `json:"expect"`
}

func vectors(t testing.TB) map[string]vector {
	t.Helper()
	names, err := filepath.Glob("../../testdata/vectors/proof/bundle/*.json")
	if err != nil || len(names) < 100 {
		t.Fatal(len(names), err)
	}
	out := map[string]vector{}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var v vector
		if err := json.Unmarshal(raw, &v); err != nil {
			t.Fatal(name, err)
		}
		out[filepath.Base(name)] = v
	}
	return out
}

// TestVectors: what the vectors of the format refuse is refused here, with its
// class, or is another register's; what holds stands at its head as they say, and
// is never green while no newer log is known (proof.md MUST-4).
func TestVectors(t *testing.T) {
	held, state := 0, harbour(t)
	for name, v := range vectors(t) {
		policy, err := proof.ParsePolicy([]byte(v.Input.Policy))
		if err != nil {
			continue // bad_policy: no register has such a one
		}
		r := own(t, v.Input.Proof, policy, v.Input.At)
		if v.Expect.Class != "" {
			r = over(t, state, policy)
		}
		a := proved.Examine(r, v.Input.Proof, v.Input.At)
		never(t, name, a)
		switch {
		case v.Expect.Class == proof.TextDiffers: // the reader's words are no part of the file
		case v.Expect.Class != "":
			if a.Proof.Kind != proved.Foreign && (a.Proof.Kind != proved.Refused || a.Proof.Class != v.Expect.Class) {
				t.Errorf("%s: %s, %s; want %s", name, a.Proof.Kind, a.Proof.Class, v.Expect.Class)
			}
		default:
			held++
			if a.Proof.Kind == proved.Refused || a.Proof.Kind == proved.Foreign {
				t.Errorf("%s: %s, %s", name, a.Proof.Kind, a.Proof.Class)
			}
			if r.Snapshot.State().Size() < a.Proof.Head.Size && (a.Verdict.Intent == check.IntentInForce || a.Exit() == 0) {
				t.Errorf("%s is green on its own word", name)
			}
		}
	}
	if held < 20 {
		t.Errorf("only %d vectors hold", held)
	}
}

// harbour is a register under the name of the vectors.
func harbour(t testing.TB) *register.State {
	t.Helper()
	v := vectors(t)["issued.json"]
	policy, err := proof.ParsePolicy([]byte(v.Input.Policy))
	if err != nil {
		t.Fatal(err)
	}
	return own(t, v.Input.Proof, policy, v.Input.At).Snapshot.State()
}

// FuzzExamine: whatever is held up gets a whole answer, and none that is no proof
// is green.
func FuzzExamine(f *testing.F) {
	all := vectors(f)
	for _, v := range all {
		if len(v.Input.Proof) < 20_000 {
			f.Add(v.Input.Proof)
		}
	}
	good := all["issued.json"]
	policy, err := proof.ParsePolicy([]byte(good.Input.Policy))
	if err != nil {
		f.Fatal(err)
	}
	r := over(f, harbour(f), policy)
	f.Fuzz(func(t *testing.T, raw []byte) {
		never(t, "a fuzzed file", proved.Examine(r, raw, good.Input.At))
	})
}

// own is a register of which the log has no more than what the bundle carries;
// "" is nobody's.
func own(t testing.TB, raw []byte, policy proof.Policy, at time.Time) proved.Register {
	t.Helper()
	state := register.NewState()
	if b, err := proof.Parse(raw); err == nil {
		if v, err := b.Verify(policy, at); err == nil {
			state = v.State
		}
	}
	return over(t, state, policy)
}

func over(t testing.TB, state *register.State, policy proof.Policy) proved.Register {
	t.Helper()
	snap, err := check.NewSnapshot(state, nil, func(letter.Hash) (letter.Text, bool) { return letter.Text{}, false })
	if err != nil {
		t.Fatal(err)
	}
	none := errors.New("there is no log here")
	return proved.Register{
		Snapshot: snap, Policy: policy,
		HeadAt: func(uint64) (proof.Head, error) { return proof.Head{}, none },
		Entry:  func(register.Index) ([]byte, error) { return nil, none },
	}
}

// never is what holds of every answer.
func never(t testing.TB, name string, a proved.Answer) {
	t.Helper()
	if a.Verdict == nil || a.Headline == nil || a.Headline.Text.EN == "" || a.Headline.Text.AR == "" || a.ExhibitKind != check.KindProof {
		t.Fatalf("%s has no whole answer: %+v", name, a)
	}
	shows := a.Proof.Kind == proved.OfRecord || a.Proof.Kind == proved.OfDraft
	if !shows && (a.Verdict.Intent == check.IntentInForce || a.Exit() == 0 || a.Record != nil) {
		t.Errorf("%s is %s, and answered %s, exit %d", name, a.Proof.Kind, a.Headline.Code, a.Exit())
	}
	if a.Proof.Kind == proved.Refused && (a.Proof.Says.EN == "" || a.Proof.Says.AR == "" || strings.Contains(a.Proof.Says.EN, "_")) {
		t.Errorf("%s is refused with %q", name, a.Proof.Says)
	}
	if _, err := json.Marshal(a); err != nil {
		t.Errorf("%s: %v", name, err)
	}
}

// TestAnswersOfRefusals: every class has lay words in both languages, held by a
// golden file; so have a proof of another register, and one of nobody's.
func TestAnswersOfRefusals(t *testing.T) {
	var out strings.Builder
	for _, c := range []proof.Class{
		proof.BadFormat, proof.BadText, proof.BadPolicy, proof.NoPolicy, proof.BadCheckpoint, proof.BadCheckpointSignature, proof.BadCosignature,
		proof.UnknownLog, proof.QuorumNotMet, proof.BadInclusion, proof.BadEntry, proof.BadLookup, proof.BadReceipt, "",
	} {
		w := proved.Reason(c)
		fmt.Fprintf(&out, "%s\n\t%s\n\t%s\n", c, w.EN, w.AR)
		if w.EN == "" || w.AR == "" || strings.Contains(w.EN, string(c)) && c != "" {
			t.Errorf("%s: %+v", c, w)
		}
	}
	name := filepath.Join("testdata", "reasons.golden")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if out.String() != string(want) {
		t.Errorf("the words changed; look at them, and run with -update:\n%s", out.String())
	}
}

func TestIs(t *testing.T) {
	for name, c := range map[string]struct {
		data string
		is   bool
	}{
		"x.chancery-proof": {"", true}, "x.CHANCERY-DRAFT": {"words", true}, "a letter.txt": {"To the masters", false},
		"no name": {"\xa5\x01\x71chancery-proof/v1...", true}, "version 2": {"\xa5\x01\x71chancery-proof/v2", true}, "other CBOR": {"\xa5\x01\x71chancery-paper/v1", false},
	} {
		if got := proved.Is(name, []byte(c.data)); got != c.is {
			t.Errorf("%s: %v", name, got)
		}
	}
}

package verifier_test

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"testing"
	"time"

	"chancery.example/letter"
	"chancery.example/proof"
)

// A question is a proof with whom the reader trusts.
type question struct {
	Proof  []byte    `json:"proof"`
	Policy string    `json:"policy"`
	At     time.Time `json:"at"`
	Texts  []words   `json:"texts,omitempty"`
}

type words struct {
	Language letter.Lang `json:"language"`
	Text     string      `json:"text"`
}

// An answer is what both verifiers say.
type answer struct {
	Class     string     `json:"class"`
	Size      uint64     `json:"size"`
	Root      string     `json:"root"`
	Time      time.Time  `json:"time,omitzero"`
	Witnesses int        `json:"witnesses"`
	Index     uint64     `json:"index"`
	Kind      string     `json:"record"`
	Office    string     `json:"office"`
	Reference string     `json:"reference"`
	Standing  string     `json:"standing"`
	Texts     []standing `json:"texts"`
	Crashed   string     `json:"crashed"`
}

type standing struct {
	Language letter.Lang `json:"language"`
	Standing string      `json:"standing"`
}

// first asks the Go program; the error is for people.
func first(q question) (answer, error) {
	v, err := verified(q)
	if err != nil {
		return answer{Class: string(proof.ClassOf(err))}, err
	}
	a := answer{
		Size: v.Checkpoint.Size, Root: v.Checkpoint.Root.String(), Time: v.Checkpoint.Time, Witnesses: v.Checkpoint.Witnesses, Index: uint64(v.Index),
		Kind: string(v.Record.Kind), Office: string(v.Record.Office), Reference: string(v.Record.Reference), Standing: string(v.Status.Standing),
	}
	for _, s := range v.Statuses {
		a.Texts = append(a.Texts, standing{s.Text.Lang, string(s.Status.Standing)})
	}
	return a, nil
}

func verified(q question) (proof.Verified, error) {
	b, err := proof.Parse(q.Proof)
	if err != nil {
		return proof.Verified{}, err
	}
	p, err := proof.ParsePolicy([]byte(q.Policy))
	if err != nil {
		return proof.Verified{}, err
	}
	var own []letter.LangText
	for _, x := range q.Texts {
		text, err := letter.Parse([]byte(x.Text))
		if err != nil {
			return proof.Verified{}, err
		}
		own = append(own, letter.LangText{Lang: x.Language, Text: text})
	}
	return b.Verify(p, q.At, own...)
}

// questions are the proofs of the vectors, good and bad.
func questions(t testing.TB) []question {
	t.Helper()
	var out []question
	for _, name := range append(vectorFiles(t, "proof/bundle"), vectorFiles(t, "proof/lookups")...) {
		var v struct{ Input question }
		raw, err := os.ReadFile(filepath.Join(vectorFolder, filepath.FromSlash(name)))
		if err == nil {
			err = json.Unmarshal(raw, &v)
		}
		if err != nil {
			t.Fatal(err)
		}
		if v.Input.Policy != "" {
			out = append(out, v.Input)
		}
	}
	return out
}

// TestAlike: whatever is done to a proof, both verifiers take it or both refuse
// it, for the same reason, and say the same of what they take. CHANCERY_ALIKE is
// how many proofs; CHANCERY_ALIKE_SEED draws others.
func TestAlike(t *testing.T) {
	other := start(t)
	all := questions(t)
	n, seed := 600, uint64(1)
	if s := os.Getenv("CHANCERY_ALIKE"); s != "" {
		n, _ = strconv.Atoi(s)
		seed = uint64(time.Now().UnixNano())
	}
	if s := os.Getenv("CHANCERY_ALIKE_SEED"); s != "" {
		seed, _ = strconv.ParseUint(s, 10, 64)
	}
	t.Logf("%d proofs, seed %d", n, seed)
	classes, failures := map[string]int{}, 0
	for i := range n {
		r := rand.New(rand.NewPCG(seed, uint64(i)))
		m := mutator{r}
		q := m.change(all[r.IntN(len(all))])
		want, why := first(q)
		got := other.says(t, q)
		key := want.Class
		if key == "" {
			key = "taken, " + want.Standing
		}
		classes[key]++
		if !reflect.DeepEqual(got, want) {
			failures++
			t.Errorf("proof %d: the second verifier says %+v\nthe first %+v\n(%v)\n%s", i, got, want, why, asJSON(t, q))
			if failures == 10 {
				t.Fatal("and so on")
			}
		}
	}
	t.Logf("what became of them: %v", classes)
	if n >= 600 && (len(classes) < 10 || classes["bad_entry"] < n/20) {
		t.Errorf("too few ways of failing: %v", classes)
	}
}

func asJSON(t testing.TB, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

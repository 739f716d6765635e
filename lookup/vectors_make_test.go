package lookup_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"chancery.example/letter"
	"chancery.example/lookup"
	"chancery.example/register"
)

// A shelf collects the vectors that are made. MUST numbers here are those of
// lookup.md.
type shelf struct {
	t    *testing.T
	made map[string]vector
}

func makeVectors(t *testing.T) map[string]vector {
	s := &shelf{t, map[string]vector{}}
	s.keys()
	s.roots()
	s.proofs()
	s.maps()
	return s.made
}

// right adds a vector whose result the program computes.
func (s *shelf) right(name, comment string, in vectorInput) {
	s.t.Helper()
	got, err := in.run()
	if err != nil {
		s.t.Errorf("%s: %v", name, err)
	}
	s.made[name+".json"] = vector{Comment: comment, Input: in, Expect: got}
}

func (s *shelf) wrong(name, class, comment string, in vectorInput) {
	s.made[name+"_fail.json"] = vector{Comment: comment, Input: in, Expect: expected{Class: class}}
}

func hexed(values [][]byte) []string {
	var out []string
	for _, v := range values {
		out = append(out, hex.EncodeToString(v))
	}
	return out
}

func named(n lookup.Name) vectorInput {
	return vectorInput{Do: "key", Kind: n.Kind, Values: hexed(n.Values)}
}

const harbour = register.Office("https://harbour.example")

func (s *shelf) keys() {
	words, err := letter.Parse([]byte("Sir,\n\nthe ship leaves on 3 March.\n"))
	if err != nil {
		s.t.Fatal(err)
	}
	digest, _ := fileName(1).Digest()
	s.right("key/reference", "MUST-2: office and reference, each after its length", named(lookup.OfLetter(harbour, "HC-2026-0012")))
	s.right("key/text", "MUST-3: the digest of the words; no language", named(lookup.OfText(words)))
	s.right("key/file", "MUST-3: a file", named(lookup.OfFile(digest)))
	s.right("key/leaf", "MUST-3: the same digest as a leaf has another key", named(lookup.OfLeaf(digest)))
	s.right("key/office", "MUST-3: an office", named(lookup.OfOffice(harbour)))
	for _, c := range []struct {
		name, comment string
		in            vectorInput
	}{
		{"key/unknown_kind", "MUST-3: no such kind", vectorInput{Do: "key", Kind: "phrase", Values: []string{strings.Repeat("00", 32)}}},
		{"key/short_digest", "MUST-3: 31 bytes", vectorInput{Do: "key", Kind: "file", Values: []string{strings.Repeat("00", 31)}}},
		{"key/one_value", "MUST-3: a reference without its office", vectorInput{Do: "key", Kind: "reference", Values: []string{hex.EncodeToString([]byte("HC-1"))}}},
		{"key/two_values", "MUST-3: a file with two digests", vectorInput{Do: "key", Kind: "file", Values: []string{strings.Repeat("00", 32), strings.Repeat("00", 32)}}},
		{"key/no_reference", "MUST-3: no reference", vectorInput{Do: "key", Kind: "reference", Values: hexed([][]byte{[]byte(harbour), []byte("HC/../1")})}},
		{"key/no_office", "MUST-3: no address of an office", vectorInput{Do: "key", Kind: "office", Values: []string{hex.EncodeToString([]byte("http://harbour.example"))}}},
	} {
		c.in.Do = "verify" // a name is refused where it is looked up
		c.in.Root, c.in.Proof = lookup.Tree{}.Root().String(), new(string)
		s.wrong(c.name, "bad_form", c.comment, c.in)
	}
}

// some are records of so many files, the n-th in entries n and n+100.
func some(n int) []record {
	var out []record
	for i := range n {
		out = append(out, record{fileName(i).Key(), []register.Index{register.Index(i), register.Index(i + 100)}})
	}
	return out
}

func treeOf(records []record) lookup.Tree {
	var rs []lookup.Record
	for _, r := range records {
		rs = append(rs, lookup.Record(r))
	}
	return lookup.Tree{}.With(rs...)
}

// oneSided are records whose keys all begin with the bit 0.
func oneSided() []record {
	var out []record
	for _, r := range some(40) {
		if r.Key[0] < 0x80 {
			out = append(out, r)
		}
	}
	return out
}

func (s *shelf) roots() {
	s.right("root/empty", "MUST-7: a map without keys", vectorInput{Do: "root"})
	s.right("root/one", "MUST-7: one key, the root's other side is empty", vectorInput{Do: "root", Records: some(1)})
	s.right("root/two", "MUST-7", vectorInput{Do: "root", Records: some(2)})
	s.right("root/forty", "MUST-7", vectorInput{Do: "root", Records: some(40)})
	s.right("root/one_sided", "MUST-7: no key begins with the bit 1", vectorInput{Do: "root", Records: oneSided()})
	back := some(40)
	slices.Reverse(back)
	s.right("root/forty_backwards", "MUST-8: the order is nothing", vectorInput{Do: "root", Records: back})
	twin := some(1)
	for _, at := range []byte{0x01, 0x80} { // keys that agree in 255 bits, and in none
		k := twin[0].Key
		k[31*(at&1)] ^= at
		twin = append(twin, record{k, []register.Index{7}})
	}
	s.right("root/deep", "MUST-7: two keys that part at bit 255", vectorInput{Do: "root", Records: twin})
}

func (s *shelf) proofs() {
	tree := treeOf(some(40))
	in := func(t lookup.Tree, n lookup.Name) vectorInput {
		a := t.Lookup(n)
		p := hex.EncodeToString(a.Proof)
		return vectorInput{Do: "verify", Kind: n.Kind, Values: hexed(n.Values), Root: t.Root().String(), Entries: a.Entries, Proof: &p}
	}
	s.right("proof/present", "MUST-10: two entries", in(tree, fileName(3)))
	s.right("proof/present_alone", "MUST-10: the one key of a map; its sibling is the empty side", in(treeOf(some(1)), fileName(0)))
	s.right("proof/absent", "MUST-11: another key is where this one would be", in(tree, fileName(77)))
	s.right("proof/absent_empty", "MUST-12: a map without keys", in(lookup.Tree{}, fileName(77)))
	right := fileName(100)
	for n := 100; right.Key()[0] < 0x80; n++ {
		right = fileName(n)
	}
	s.right("proof/absent_empty_side", "MUST-12: no key on this side of the root", in(treeOf(oneSided()), right))
	bend := func(in vectorInput, change func(*vectorInput, []byte) []byte) vectorInput {
		raw, _ := hex.DecodeString(*in.Proof)
		out := hex.EncodeToString(change(&in, raw))
		in.Proof = &out
		return in
	}
	present, absent := in(tree, fileName(3)), in(tree, fileName(77))
	s.wrong("proof/entry_left_out", "not_proved", "MUST-10: the later entry is left out", bend(present, func(v *vectorInput, p []byte) []byte {
		v.Entries = v.Entries[:1]
		return p
	}))
	s.wrong("proof/entries_backwards", "bad_form", "MUST-9: the list is not in order", bend(present, func(v *vectorInput, p []byte) []byte {
		v.Entries = []register.Index{v.Entries[1], v.Entries[0]}
		return p
	}))
	s.wrong("proof/entry_twice", "bad_form", "MUST-9: one entry twice", bend(present, func(v *vectorInput, p []byte) []byte {
		v.Entries = []register.Index{v.Entries[0], v.Entries[0]}
		return p
	}))
	s.wrong("proof/present_as_absent", "not_proved", "MUST-11: the other key is the name's own", bend(present, func(v *vectorInput, p []byte) []byte {
		v.Entries = nil
		k := fileName(3).Key()
		return append(append(p, k[:]...), make([]byte, 32)...)
	}))
	s.wrong("proof/absent_elsewhere", "not_proved", "MUST-11: the way leads to another place than the name's", bend(absent, func(v *vectorInput, p []byte) []byte {
		for n := 1000; ; n++ { // a name on the other side of the root
			if x := fileName(n); x.Key()[0]>>7 != fileName(77).Key()[0]>>7 {
				v.Values = hexed(x.Values)
				return p
			}
		}
	}))
	s.wrong("proof/absent_as_present", "bad_form", "MUST-9: the proof of absence does not show entries", bend(absent, func(v *vectorInput, p []byte) []byte {
		v.Entries = []register.Index{3}
		return p
	}))
	s.wrong("proof/other_root", "not_proved", "MUST-10: the root of a later map", bend(present, func(v *vectorInput, p []byte) []byte {
		v.Root = treeOf(some(41)).Root().String()
		return p
	}))
	s.wrong("proof/byte_more", "bad_form", "MUST-13: a byte too many", bend(present, func(_ *vectorInput, p []byte) []byte { return append(p, 0) }))
	s.wrong("proof/steps_not_rising", "bad_form", "MUST-9: two steps the other way round", bend(present, func(_ *vectorInput, p []byte) []byte {
		p[1], p[2] = p[2], p[1]
		return p
	}))
	s.wrong("proof/step_twice", "bad_form", "MUST-9: one step twice", bend(present, func(_ *vectorInput, p []byte) []byte {
		p[2] = p[1]
		return p
	}))
	s.wrong("proof/first_step_not_root", "bad_form", "MUST-9: the root parts at bit 0", bend(present, func(_ *vectorInput, p []byte) []byte {
		p[0] = 1
		return p
	}))
	s.wrong("proof/sibling_bent", "not_proved", "MUST-13: one bit of a hash", bend(absent, func(_ *vectorInput, p []byte) []byte {
		p[40] ^= 1
		return p
	}))
	s.wrong("proof/empty_side_of_full_map", "not_proved", "MUST-12: this side of the root is not empty", bend(absent, func(_ *vectorInput, p []byte) []byte { return p[len(p)-32:] }))
	s.wrong("proof/no_proof", "bad_form", "MUST-9: entries without a proof", bend(present, func(*vectorInput, []byte) []byte { return nil }))
}

// maps plays the logs of the vectors of standing.md.
func (s *shelf) maps() {
	for _, name := range []string{"issued", "withdrawn", "superseded", "own_disavowal", "opened_then_issued", "issued_after_closing", "replayed_fail"} {
		raw, err := os.ReadFile(filepath.Join("../testdata/vectors/standing", name+".json"))
		if err != nil {
			s.t.Fatal(err)
		}
		var from struct {
			Input struct {
				Entries []string `json:"entries"`
				Text    string   `json:"text"`
			} `json:"input"`
		}
		if err := json.Unmarshal(raw, &from); err != nil {
			s.t.Fatal(err)
		}
		in := vectorInput{Do: "map", Log: from.Input.Entries, Texts: []string{from.Input.Text}, Tombstones: map[string]letter.Hash{}}
		for _, leaf := range leavesOf(s.t, in) {
			in.Tombstones[leaf.String()] = lookup.OfLeaf(leaf).Key() // some key: nobody can tell which
		}
		s.right("map/"+strings.TrimSuffix(name, "_fail"), "MUST-4, MUST-5: the log of standing/"+name+".json", in)
		if name == "issued" {
			in.Texts = nil
			in.Tombstones = nil
			s.wrong("map/words_missing", "words_missing", "MUST-5: neither words nor tombstone", in)
		}
	}
}

// leavesOf returns the leaves of shown texts whose words the vector does not have.
func leavesOf(t *testing.T, in vectorInput) []letter.Hash {
	t.Helper()
	state := register.NewState()
	for i, s := range in.Log {
		raw, err := base64.StdEncoding.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		e, err := register.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		state.Add(register.Logged{Index: register.Index(i), Entry: e})
	}
	var out []letter.Hash
	for x := range state.Texts() {
		if !slices.ContainsFunc(in.Texts, func(w string) bool { return x.Leaf.Matches([]byte(w)) }) {
			out = append(out, x.Leaf.Hash)
		}
	}
	return out
}

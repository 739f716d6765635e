package proof_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/fxamacker/cbor/v2"

	"chancery.example/proof"
)

// Vectors of files that are not in form: each is a good one with one fault.

// remade decodes a bundle, changes it and encodes it in the deterministic way.
func (s *shelf) remade(raw []byte, change func(m map[any]any)) []byte {
	var m map[any]any
	if err := cbor.Unmarshal(raw, &m); err != nil {
		s.t.Fatal(err)
	}
	change(m)
	return must(must(cbor.CoreDetEncOptions().EncMode()).Marshal(m))
}

func (s *shelf) forms(w *town) {
	good := w.bundle(s.t, w.issued, w.english, w.arabic)
	raw := encoded(s.t, good)
	bad := func(name string, class proof.Class, comment string, b []byte) {
		s.wrong("bundle/"+name, class, comment, vectorInput{Do: "verify", Policy: policyText(twoWitnesses), Proof: base64.StdEncoding.EncodeToString(b), At: later})
	}
	form := func(name, comment string, change func(m map[any]any)) {
		bad(name, proof.BadFormat, comment, s.remade(raw, change))
	}
	const format, entry, support, texts = uint64(1), uint64(3), uint64(4), uint64(5)
	form("unknown_member", "MUST-20, MUST-46: a member that v1 does not have", func(m map[any]any) { m[uint64(99)] = []byte{1} })
	form("member_named_by_text", "MUST-20: keys are numbers", func(m map[any]any) { m["note"] = "x" })
	form("no_format", "MUST-20, MUST-45: the version is missing", func(m map[any]any) { delete(m, format) })
	form("empty_support", "MUST-20: what is empty is absent", func(m map[any]any) { m[support] = []any{} })
	form("null_texts", "MUST-20: what is empty is absent, not null", func(m map[any]any) { m[texts] = nil })
	form("entry_is_text", "MUST-20: the entry is bytes", func(m map[any]any) { m[entry] = "entry" })
	form("support_of_two_parts", "MUST-20: an entry has its index and its path", func(m map[any]any) { x := m[support].([]any); x[0] = x[0].([]any)[:2] })
	form("null_path", "MUST-20: no path is an empty array", func(m map[any]any) { m[support].([]any)[0].([]any)[2] = nil })
	form("short_hash", "MUST-20: a hash has 32 bytes", func(m map[any]any) {
		p := m[support].([]any)[0].([]any)[2].([]any)
		p[0] = p[0].([]byte)[:31]
	})
	form("text_twice", "MUST-21: each text once", func(m map[any]any) { x := m[texts].([]any); m[texts] = []any{x[0], x[0]} })
	form("language_in_capitals", "MUST-21: a language tag has one form", func(m map[any]any) { m[texts].([]any)[1].([]any)[0] = "EN" })
	form("too_many_texts", "MUST-21: at most 64 texts", func(m map[any]any) {
		var many []any
		for i := range 65 {
			many = append(many, []any{"en", fmt.Sprintf("word %02d\n", i)})
		}
		m[texts] = many
	})
	form("index_twice", "MUST-23: an index stands once", func(m map[any]any) { x := m[support].([]any); m[support] = append([]any{x[0]}, x...) })
	bad("indefinite_length", proof.BadFormat, "MUST-20: no indefinite lengths", append(append([]byte{0xbf}, raw[1:]...), 0xff))
	bad("long_key", proof.BadFormat, "MUST-20: shortest integers", append([]byte{raw[0], 0x18, 0x01}, raw[2:]...))
	bad("tagged", proof.BadFormat, "MUST-20: no tag", append([]byte{0xd9, 0xd9, 0xf7}, raw...))
	bad("keys_backwards", proof.BadFormat, "MUST-20: sorted keys", bytes.Join([][]byte{raw[:1], raw[20:], raw[1:20]}, nil))

	tlog := func(name string, class proof.Class, comment, from, to string) {
		b := good
		b.Proof = bytes.Replace(bytes.Clone(good.Proof), []byte(from), []byte(to), 1)
		if bytes.Equal(b.Proof, good.Proof) {
			s.t.Fatalf("%s changes nothing", name)
		}
		bad(name, class, comment, encoded(s.t, b))
	}
	index := fmt.Sprintf("index %d\n", w.issued)
	tlog("tlog_other_version", proof.BadFormat, "MUST-17: another version", "tlog-proof@v1", "tlog-proof@v2")
	tlog("tlog_index_zero_first", proof.BadFormat, "MUST-18: a number has one form", index, fmt.Sprintf("index 0%d\n", w.issued))
	tlog("tlog_no_index", proof.BadFormat, "MUST-17: no index line", index, "")
	tlog("tlog_empty_extra", proof.BadFormat, "MUST-18: an extra line is not empty", index, "extra \n"+index)
	tlog("tlog_cr_lf", proof.BadFormat, "MUST-18: lines end with one LF", index, strings.TrimSuffix(index, "\n")+"\r\n")
	tlog("tlog_too_many_hashes", proof.BadFormat, "MUST-18: at most 63 hashes", index, index+strings.Repeat(base64.StdEncoding.EncodeToString(make([]byte, 32))+"\n", 60))
	tlog("tlog_one_hash_more", proof.BadInclusion, "MUST-19: the path is too long", index, index+base64.StdEncoding.EncodeToString(make([]byte, 32))+"\n")
	bent := func(name, comment string, change func(m map[any]any)) {
		bad(name, proof.BadInclusion, comment, s.remade(raw, change))
	}
	bent("support_path_bent", "MUST-22: a supporting entry's path leads elsewhere", func(m map[any]any) { m[support].([]any)[1].([]any)[2].([]any)[0].([]byte)[0] ^= 1 })
	bent("support_path_cut", "MUST-22: a supporting entry's path is too short", func(m map[any]any) {
		x := m[support].([]any)[1].([]any)
		x[2] = x[2].([]any)[1:]
	})
	bent("support_path_of_64", "MUST-22: no path is so long", func(m map[any]any) {
		var many []any
		for range 64 {
			many = append(many, make([]byte, 32))
		}
		m[support].([]any)[1].([]any)[2] = many
	})
	form("without_entry", "MUST-20: the entry is missing", func(m map[any]any) { delete(m, entry) })
	bad("without_genesis", proof.BadEntry, "MUST-24: the genesis is missing", s.remade(raw, func(m map[any]any) { m[support] = m[support].([]any)[1:] }))
	s.checkpointForms(w)
	s.policyForms()
}

func (s *shelf) checkpointForms(w *town) {
	good := string(w.checkpoint(usual()...))
	put := func(name string, class proof.Class, comment, raw string) {
		if raw == good {
			s.t.Fatalf("%s changes nothing", name)
		}
		s.wrong("checkpoint/"+name, class, comment, vectorInput{Do: "checkpoint", Policy: policyText(twoWitnesses), Raw: raw})
	}
	text := string(w.head().Text())
	size := fmt.Sprintf("\n%d\n", len(w.entries))
	sigs := strings.Split(strings.TrimSuffix(good[len(text)+1:], "\n"), "\n")
	remark := func(lines ...string) string { return text + "\n" + strings.Join(lines, "\n") + "\n" }
	put("size_with_zero", proof.BadCheckpoint, "MUST-6: a number has one form", strings.Replace(good, size, "\n0"+size[1:], 1))
	put("size_with_plus", proof.BadCheckpoint, "MUST-6: no sign", strings.Replace(good, size, "\n+"+size[1:], 1))
	put("size_too_large", proof.BadCheckpoint, "MUST-5: at most 2^62", strings.Replace(good, size, "\n4611686018427387905\n", 1))
	put("origin_with_plus", proof.BadCheckpoint, "MUST-5: no plus in an origin", strings.Replace(good, origin, "a+b", 1))
	put("root_stray_bits", proof.BadCheckpoint, "MUST-6: a root has one form", strings.Replace(good, "=\n\n", "\n\n", 1))
	put("no_empty_line", proof.BadCheckpoint, "MUST-11: an empty line before the signatures", strings.Replace(good, "\n\n", "\n", 1))
	put("no_last_line_end", proof.BadCheckpoint, "MUST-11: each line ends", strings.TrimSuffix(good, "\n"))
	put("one_key_twice", proof.BadCheckpoint, "MUST-11: one line of each key", remark(append(sigs, sigs[0])...))
	put("line_without_dash", proof.BadCheckpoint, "MUST-11: a line begins with a dash", remark(strings.TrimPrefix(sigs[0], "— "), sigs[2], sigs[3]))
	put("malformed_stranger", proof.BadCheckpoint, "MUST-11: also a line that nobody looks at has its form", remark(append(sigs, "— stranger.example/w AAAA")...))
	put("empty_line_between", proof.BadCheckpoint, "MUST-11: nothing but signature lines", text+"\n"+sigs[0]+"\n\n"+sigs[2]+"\n"+sigs[3]+"\n")
	var many []string
	for i := range 97 {
		many = append(many, fmt.Sprintf("— s%d.example/w AAAAAAA=", i))
	}
	put("too_many_lines", proof.BadCheckpoint, "MUST-11: at most 100 lines", remark(append(many, sigs...)...))
	put("cosigned_after_the_year_9999", proof.BadCosignature, "MUST-10: a time is at most the year 9999",
		string(w.checkpoint(logKey, cosigner{witness[0].name, witness[0].key, time.Unix(253402300800, 0)}, witness[1])))
	put("log_signs_as_witness", proof.BadCheckpointSignature, "MUST-10: a log's signature is over the three lines alone", remark(strings.Replace(sigs[0], " "+strings.Fields(sigs[0])[2],
		" "+longer(strings.Fields(sigs[0])[2]), 1), sigs[2], sigs[3]))
	put("other_size_signed", proof.BadCheckpointSignature, "MUST-7: the signature is over another size", strings.Replace(good, size, "\n31\n", 1))
	s.right("checkpoint/hundred_lines", "MUST-11: 100 lines, 96 of strangers", vectorInput{Do: "checkpoint", Policy: policyText(twoWitnesses), Raw: remark(append(many[:96], sigs...)...)})
	s.right("checkpoint/clock_and_two", "MUST-9: the third witness did not sign, and need not", vectorInput{Do: "checkpoint", Policy: policyText(twoWitnesses), Raw: string(w.checkpoint(logKey, witness[2], witness[1], clock))})
}

// longer adds a byte to what a signature line holds.
func longer(b64 string) string {
	return base64.StdEncoding.EncodeToString(append(must(base64.StdEncoding.DecodeString(b64)), 0))
}

func (s *shelf) policyForms() {
	log := "log " + logKey.vkey() + "\n"
	for _, x := range []struct{ name, comment, text string }{
		{"quorum_twice", "MUST-14: exactly one quorum line", policyText("quorum none", "quorum none")},
		{"quorum_of_nobody", "MUST-14: the quorum names what stands above", policyText("quorum w4")},
		{"quorum_is_the_clock", "MUST-16: the clock is no witness", policyText("quorum clock")},
		{"group_of_none", "MUST-15: a number from 1", policyText("group g 0 w1 w2", "quorum g")},
		{"group_of_more", "MUST-15: at most the number of members", policyText("group g 3 w1 w2", "quorum g")},
		{"group_number_form", "MUST-15: a number has one form", policyText("group g 02 w1 w2", "quorum g")},
		{"member_twice", "MUST-15: each is a member once", policyText("group g 2 w1 w1", "quorum g")},
		{"group_named_none", "MUST-15: the name is taken", policyText("group none 1 w1", "quorum none")},
		{"name_twice", "MUST-15: the name is taken", policyText("group w1 1 w2", "quorum none")},
		{"unknown_line", "MUST-13: a line that is not known", policyText("mirror https://m.example", "quorum none")},
		{"comment_after_words", "MUST-13: a comment is a line of its own", policyText("quorum none # nobody")},
		{"control_character", "MUST-13: no control character", log + "quorum\x0bnone\n"},
		{"one_key_twice", "MUST-12: a key counts once", policyText("witness w4 "+witness[0].vkey(), "quorum none")},
		{"key_short", "MUST-12: a key has 32 bytes", "log x.example+" + hex.EncodeToString([]byte{1, 2, 3, 4}) + "+AQID\nquorum none\n"},
		{"key_name_with_space", "MUST-12: a key's name", "log x+y+z\nquorum none\n"},
		{"ml_dsa", "MUST-12: a key that this version cannot check", "log " + logKey.vkey() + "\nwitness a " + mldsa + "\nquorum a\n"},
	} {
		s.wrong("policy/"+x.name, proof.BadPolicy, x.comment, vectorInput{Do: "policy", Policy: x.text})
	}
	s.right("policy/any_and_all", "MUST-15: any of a group, all of a group", vectorInput{Do: "policy", Policy: policyText("group one any w1 w2", "group both all one w3", "quorum both")})
	s.right("policy/one_witness", "MUST-14: a witness is a quorum", vectorInput{Do: "policy", Policy: policyText("quorum w2")})
	s.right("policy/two_logs", "MUST-8: each log counts for its own origin", vectorInput{Do: "policy", Policy: log + "log " + cosigner{name: "other.example/log", key: key("other log")}.vkey() + "\nquorum none\n"})
}

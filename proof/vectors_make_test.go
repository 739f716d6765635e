package proof_test

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"chancery.example/letter"
	"chancery.example/proof"
)

// A shelf collects the vectors that are made.
type shelf struct {
	t    *testing.T
	made map[string]vector
}

func makeVectors(t *testing.T) map[string]vector {
	s := &shelf{t, map[string]vector{}}
	w := newTown(t)
	s.bundles(w)
	for _, c := range refusedBundles(t, w) {
		in := vectorInput{Do: "verify", Proof: base64.StdEncoding.EncodeToString(c.raw), At: later, Texts: textsOf(c.own)}
		if c.lines != nil {
			in.Policy = policyText(c.lines...)
		}
		s.wrong("bundle/"+fileName(c.name), c.class, c.name, in)
	}
	for _, c := range refusedReceipts(t) {
		s.wrong("bundle/"+fileName(c.name), c.class, c.name, vectorInput{
			Do: "verify", Policy: policyText(c.lines...), Proof: base64.StdEncoding.EncodeToString(c.raw), At: later,
		})
	}
	s.lookups()
	s.kinds()
	s.passkeys()
	s.forms(w)
	s.policies()
	s.checkpoints(w)
	return s.made
}

// fileName makes a file's name of a few words.
func fileName(words string) string {
	return strings.NewReplacer(" ", "_", ",", "", "'", "").Replace(words)
}

func textsOf(texts []letter.LangText) []textOf {
	var out []textOf
	for _, x := range texts {
		out = append(out, textOf{x.Lang, x.Text.String()})
	}
	return out
}

// right adds a vector whose result the program computes.
func (s *shelf) right(name, comment string, in vectorInput) {
	s.t.Helper()
	got, err := in.run()
	if err != nil {
		s.t.Errorf("%s: %v", name, err)
		return
	}
	s.made[name+".json"] = vector{Comment: comment, Input: in, Expect: got}
}

// wrong adds a vector that must be refused, with the class that is written here.
func (s *shelf) wrong(name string, class proof.Class, comment string, in vectorInput) {
	s.made[name+"_fail.json"] = vector{Comment: comment, Input: in, Expect: answer{Class: class}}
}

func (s *shelf) bundles(w *town) {
	two := policyText("group two 2 w1 w2 w3", "quorum two")
	add := func(name, comment string, b proof.Bundle, policy string, own ...letter.LangText) {
		s.right("bundle/"+name, comment, vectorInput{
			Do: "verify", Policy: policy, Proof: base64.StdEncoding.EncodeToString(encoded(s.t, b)), At: later, Texts: textsOf(own),
		})
	}
	issued := w.bundle(s.t, w.issued, w.english, w.arabic)
	add("issued", "a letter in force, in two languages, with two witnesses and the register's clock", issued, two)
	add("issued_readers_words", "the reader's own words are on record", w.bundle(s.t, w.issued), two, w.english)
	add("withdrawn", "the withdrawal is among the supporting entries", w.bundle(s.t, w.withdrawn, w.ended), two)
	add("opened", "a draft that its office opened", w.bundle(s.t, w.opened, w.draft), two)
	add("statement", "a statement's own words", w.bundle(s.t, w.said, w.word), two)
	add("disavowed", "a forgery that the office disavows", w.bundle(s.t, w.disavowed, w.forged), two)
	add("sealed_draft", "MUST-31: what goes with a copy of a sealed draft", w.draftBundle(s.t), two, w.draft)
	bare := func(signers ...note.Signer) proof.Bundle {
		return reproof(s.t, issued, func(p *proof.TLogProof) { p.Checkpoint = w.checkpoint(signers...) })
	}
	add("without_clock_and_witness", "signed by the log alone; no time, no witness", bare(logKey), policyText("quorum none"))
	add("stranger_signed_too", "a signature of somebody the policy does not know is not looked at",
		bare(logKey, cosigner{"stranger.example/w", key("stranger"), begin}), policyText("quorum none"))
	extra := reproof(s.t, issued, func(p *proof.TLogProof) { p.Extra = []byte("anything") })
	r := newTown(s.t)
	r.announce(receiptKey)
	add("with_a_receipt", "MUST-40: a receipt, and the entry that added its key", r.receipted(s.t), two)
	add("draft_with_a_receipt", "MUST-40: the proof of a sealed draft may have one too", r.withReceipts(s.t, r.draftBundle(s.t), receiptKey), two)
	other := signer{key("another receipt key")}
	r.announce(other)
	add("with_two_receipts", "MUST-40: under two keys, in byte order", r.withReceipts(s.t, r.bundle(s.t, r.issued, r.english), receiptKey, other), two)
	add("with_extra", "the extra line is signed by nobody and changes nothing", extra, two)
}

func (s *shelf) lookups() {
	w := newCovered(s.t)
	two := policyText("group two 2 w1 w2 w3", "quorum two")
	add := func(name, comment string, b proof.Bundle, own ...letter.LangText) {
		s.right("lookups/"+name, comment, vectorInput{
			Do: "verify", Policy: two, Proof: base64.StdEncoding.EncodeToString(encoded(s.t, b)), At: later, Texts: textsOf(own),
		})
	}
	for _, c := range refusedLookups(s.t, w) {
		s.wrong("lookups/"+fileName(c.name), c.class, c.name, vectorInput{
			Do: "verify", Policy: policyText(c.lines...), Proof: base64.StdEncoding.EncodeToString(c.raw), At: later, Texts: textsOf(c.own),
		})
	}
	add("nothing_later", "MUST-34: the letter, its office and its words are looked up", w.bundle(s.t, w.issued, w.english, w.arabic))
	add("statement", "MUST-34: of a statement its words are looked up", w.bundle(s.t, w.said, w.word))
	add("statement_without_words", "MUST-34: only its office is looked up", w.bundle(s.t, w.said))
	absent, unknown := w.absence(s.t)
	add("absence", "MUST-35: a letter, a file and words that are not on record", absent)
	add("absence_readers_words", "MUST-35: the reader has the words that are absent", absent, unknown)
	gone := w.withdrawLater()
	w.cover(s.t)
	whole := w.bundle(s.t, w.issued, w.english)
	add("withdrawn_later", "MUST-34: nothing came after the withdrawal", whole)
	whole.Support = slices.DeleteFunc(slices.Clone(whole.Support), func(x proof.Supporting) bool { return x.Index == gone })
	add("withdrawal_left_out", "MUST-34: the answer names an entry that the bundle lacks", whole)
}

func (s *shelf) policies() {
	for _, x := range []struct{ name, comment, text string }{
		{"clock", "a witness under a log's name is the register's clock and is not counted", policyText("quorum none")},
		{"two_of_three", "a group", policyText("group two 2 w1 w2 w3", "quorum two")},
		{"group_of_groups", "members stand above the group", policyText("group in 2 w1 w2", "group out all in w3", "quorum out")},
		{"comments_and_tabs", "comments and empty lines are left out", "# whom we trust\n\n\tlog\t" + logKey.vkey() + " https://log.example\nquorum none"},
	} {
		s.right("policy/"+x.name, x.comment, vectorInput{Do: "policy", Policy: x.text})
	}
	for _, x := range []struct{ name, comment, text string }{
		{"no_quorum", "MUST-14: exactly one quorum line", "log " + logKey.vkey() + "\n"},
		{"clock_in_group", "MUST-16: the register's clock is no witness", policyText("group g any w1 clock", "quorum g")},
		{"key_id", "MUST-12: the key ID is not that of the name and key", "log " + mistyped(logKey.vkey()) + "\nquorum none\n"},
		{"cr_lf", "MUST-13: lines end with one LF", "log " + logKey.vkey() + "\r\nquorum none\r\n"},
		{"key_type", "MUST-12: a witness's key for a log", "log " + witness[0].vkey() + "\nquorum none\n"},
		{"used_twice", "MUST-15: a member of two groups", policyText("group g any w1 w2", "group h any w1 w3", "quorum h")},
		{"forward", "MUST-15: a name is defined above its use", policyText("group h any g w3", "group g any w1 w2", "quorum h")},
	} {
		s.wrong("policy/"+x.name, proof.BadPolicy, x.comment, vectorInput{Do: "policy", Policy: x.text})
	}
}

func (s *shelf) checkpoints(w *town) {
	policy := policyText("group two 2 w1 w2 w3", "quorum two")
	in := func(raw []byte) vectorInput {
		return vectorInput{Do: "checkpoint", Policy: policy, Raw: string(raw)}
	}
	good := w.checkpoint(usual()...)
	s.right("checkpoint/good", "the log, its clock and two witnesses", in(good))
	s.right("checkpoint/without_clock", "no time is shown", in(w.checkpoint(logKey, witness[0], witness[1])))
	s.wrong("checkpoint/stray_bits", proof.BadCheckpoint, "MUST-11: base64 with stray last bits", in(strayBits(good)))
	s.wrong("checkpoint/extension", proof.BadCheckpoint, "MUST-6: a fourth line", in(signed(append(w.head().Text(), "more\n"...), usual()...)))
	s.wrong("checkpoint/forged_log", proof.BadCheckpointSignature, "MUST-8: a signature under the log's name by another key", in(w.checkpoint(forger(logKey), witness[0], witness[1])))
	s.wrong("checkpoint/forged_witness", proof.BadCosignature, "MUST-9: likewise for a witness", in(w.checkpoint(logKey, witness[0], forger(witness[1]))))
	s.wrong("checkpoint/clock_counted", proof.QuorumNotMet, "MUST-16: one witness and the clock are not two witnesses", in(w.checkpoint(logKey, clock, witness[0])))
	s.wrong("checkpoint/foreign_origin", proof.UnknownLog, "MUST-8: the log's key under another log's origin", in(signed(proof.Head{Origin: "other.example/log", Size: 1}.Text(), logKey)))
}

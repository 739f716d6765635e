package proof_test

import (
	"bytes"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/note"
	"pgregory.net/rapid"

	"chancery.example/commitment"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

var later = begin.Add(48 * time.Hour)

// verify reads a bundle and verifies it, as a reader does with a file.
func verify(raw []byte, p proof.Policy, texts ...letter.LangText) (proof.Verified, error) {
	b, err := proof.Parse(raw)
	if err != nil {
		return proof.Verified{}, err
	}
	return b.Verify(p, later, texts...)
}

func standings(v proof.Verified) []register.Standing {
	var out []register.Standing
	for _, s := range v.Statuses {
		out = append(out, s.Status.Standing)
	}
	return out
}

// TestVerify: a bundle shows of each kind of record what the whole register
// shows (MUST-2, MUST-3, MUST-22, MUST-25, MUST-26 and MUST-29).
func TestVerify(t *testing.T) {
	w := newTown(t)
	policy := policyOf(t, "group two 2 w1 w2 w3", "quorum two")
	for _, c := range []struct {
		name    string
		at      register.Index
		carried []letter.LangText
		own     []letter.LangText
		want    []register.Standing
	}{
		{"issued, without words", w.issued, nil, nil, nil},
		{"issued, with words", w.issued, []letter.LangText{w.english, w.arabic}, nil, []register.Standing{register.InForce, register.InForce}},
		{"issued, the reader's words", w.issued, nil, []letter.LangText{w.english}, []register.Standing{register.InForce}},
		{"issued, both", w.issued, []letter.LangText{w.english}, []letter.LangText{w.english}, []register.Standing{register.InForce}},
		{"withdrawn", w.withdrawn, []letter.LangText{w.ended}, nil, []register.Standing{register.Withdrawn}},
		{"opened draft", w.opened, []letter.LangText{w.draft}, nil, []register.Standing{register.DraftOpened}},
		{"statement", w.said, []letter.LangText{w.word}, nil, []register.Standing{register.Stated}},
		{"disavowal", w.disavowed, []letter.LangText{w.forged}, nil, []register.Standing{register.Disavowed}},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, err := verify(encoded(t, w.bundle(t, c.at, c.carried...)), policy, c.own...)
			if err != nil {
				t.Fatal(err)
			}
			if v.Index != c.at || v.Checkpoint.Size != uint64(len(w.entries)) || !v.Checkpoint.Time.Equal(clock.at) {
				t.Errorf("entry %d of %d at %v", v.Index, v.Checkpoint.Size, v.Checkpoint.Time)
			}
			if v.Checkpoint.Witnesses != 2 || v.Checkpoint.Needed != 2 || v.Checkpoint.Unwitnessed() || v.Checkpoint.OwnKeys {
				t.Errorf("%d witnesses of %d needed, own keys %v", v.Checkpoint.Witnesses, v.Checkpoint.Needed, v.Checkpoint.OwnKeys)
			}
			if got := standings(v); !slices.Equal(got, c.want) {
				t.Errorf("standings %v, want %v", got, c.want)
			}
			_, whole, err := w.state(t).RecordAt(c.at, later)
			if err != nil || whole.Standing != v.Status.Standing {
				t.Errorf("the bundle says %s, the register %s (%v)", v.Status.Standing, whole.Standing, err)
			}
		})
	}
}

// TestAsOfItsCheckpoint: what a bundle shows is as of its checkpoint; the
// withdrawal that came later is not in it, and the time of the clock says when
// (MUST-4).
func TestAsOfItsCheckpoint(t *testing.T) {
	w := newTown(t)
	early := &tree{}
	for _, raw := range w.entries[:w.withdrawn+1] {
		early.add(raw)
	}
	v, err := verify(encoded(t, early.bundle(t, w.withdrawn, w.ended)), policyOf(t, "quorum none"))
	if err != nil || v.Status.Standing != register.InForce {
		t.Fatalf("%s %v: the letter was in force as of this checkpoint", v.Status.Standing, err)
	}
}

// A case is a bundle that must be refused.
type refused struct {
	name  string
	class proof.Class
	raw   []byte
	lines []string // of the policy; none: no policy at all
	own   []letter.LangText
}

func refusedBundles(t testing.TB, w *town) []refused {
	none, two := []string{"quorum none"}, []string{"group two 2 w1 w2 w3", "quorum two"}
	good := w.bundle(t, w.issued, w.english, w.arabic)
	raw := encoded(t, good)
	with := func(change func(*proof.Bundle)) []byte {
		b := good
		b.Support = slices.Clone(b.Support)
		b.Texts = slices.Clone(b.Texts)
		change(&b)
		return encoded(t, b)
	}
	under := func(signers ...note.Signer) []byte {
		return with(func(b *proof.Bundle) {
			*b = reproof(t, *b, func(p *proof.TLogProof) { p.Checkpoint = w.checkpoint(signers...) })
		})
	}
	proofWith := func(change func(*proof.TLogProof)) []byte {
		return with(func(b *proof.Bundle) { *b = reproof(t, *b, change) })
	}
	commits := w.issued - 1
	return []refused{
		{"no policy", proof.NoPolicy, raw, nil, nil},
		{"empty", proof.BadFormat, nil, none, nil},
		{"a byte more", proof.BadFormat, append(bytes.Clone(raw), 0), none, nil},
		{"cut", proof.BadFormat, raw[:len(raw)-1], none, nil},
		{"another version", proof.BadFormat, bytes.Replace(raw, []byte("chancery-proof/v1"), []byte("chancery-proof/v2"), 1), none, nil},
		{"no proof", proof.BadFormat, with(func(b *proof.Bundle) { b.Proof = nil }), none, nil},
		{"entries out of order", proof.BadFormat, with(func(b *proof.Bundle) { slices.Reverse(b.Support) }), none, nil},
		{"texts out of order", proof.BadFormat, with(func(b *proof.Bundle) { slices.Reverse(b.Texts) }), none, nil},
		{"its own entry among the others", proof.BadFormat, with(func(b *proof.Bundle) {
			p := must(proof.ParseTLogProof(b.Proof))
			b.Support = append(b.Support, proof.Supporting{Index: w.issued, Entry: b.Entry, Path: p.Path})
		}), none, nil},
		{"checkpoint with an extension line", proof.BadCheckpoint, proofWith(func(p *proof.TLogProof) {
			p.Checkpoint = signed(append(w.head().Text(), "more\n"...), usual()...)
		}), none, nil},
		{"checkpoint without signatures", proof.BadCheckpoint, proofWith(func(p *proof.TLogProof) { p.Checkpoint = append(w.head().Text(), '\n') }), none, nil},
		{"another log", proof.UnknownLog, under(cosigner{name: origin, key: key("another log")}), none, nil},
		{"only witnesses", proof.UnknownLog, under(clock, witness[0], witness[1]), two, nil},
		{"forged signature of the log", proof.BadCheckpointSignature, under(forger(logKey), witness[0], witness[1]), two, nil},
		{"forged cosignature", proof.BadCosignature, under(logKey, forger(witness[0]), witness[1]), none, nil},
		{"forged clock", proof.BadCosignature, under(logKey, forger(clock)), none, nil},
		{"one witness of two", proof.QuorumNotMet, under(logKey, witness[0]), two, nil},
		{"the clock for a witness", proof.QuorumNotMet, under(logKey, clock, witness[0]), two, nil},
		{"a stranger for a witness", proof.QuorumNotMet, under(logKey, witness[0], cosigner{"stranger.example/w", key("stranger"), begin}), two, nil},
		{"another index", proof.BadInclusion, proofWith(func(p *proof.TLogProof) { p.Index++ }), none, nil},
		{"index beyond the tree", proof.BadInclusion, proofWith(func(p *proof.TLogProof) { p.Index = uint64(len(w.entries)) }), none, nil},
		{"path cut", proof.BadInclusion, proofWith(func(p *proof.TLogProof) { p.Path = p.Path[1:] }), none, nil},
		{"another entry in its place", proof.BadInclusion, with(func(b *proof.Bundle) { b.Entry = w.entries[w.withdrawn] }), none, nil},
		{"another supporting entry", proof.BadInclusion, with(func(b *proof.Bundle) { b.Support[1].Entry = w.entries[w.withdrawn] }), none, nil},
		{"supporting entry beyond the tree", proof.BadInclusion, with(func(b *proof.Bundle) {
			b.Support = append(b.Support, proof.Supporting{Index: 1 << 40, Entry: w.entries[0]})
		}), none, nil},
		{"head of another tree", proof.BadInclusion, proofWith(func(p *proof.TLogProof) {
			h := w.head()
			h.Root[0] ^= 1
			p.Checkpoint = signed(h.Text(), usual()...)
		}), none, nil},
		{"without the office's key", proof.BadEntry, with(func(b *proof.Bundle) { b.Support = slices.Delete(b.Support, 1, 2) }), none, nil},
		{"without the policy", proof.BadEntry, with(func(b *proof.Bundle) {
			b.Support = slices.DeleteFunc(b.Support, func(s proof.Supporting) bool { return s.Index == w.policyAt })
		}), none, nil},
		{"without the seal", proof.BadEntry, with(func(b *proof.Bundle) {
			b.Support = slices.DeleteFunc(b.Support, func(s proof.Supporting) bool { return s.Index == commits })
		}), none, nil},
		{"about a seal", proof.BadEntry, aboutSeal(t, w, good, commits), none, nil},
		{"an entry that is none", proof.BadEntry, inAnotherLog(t, w, func(l *tree) register.Index { return l.add([]byte("no entry")) }), none, nil},
		{"approved by one of two", proof.BadEntry, inAnotherLog(t, w, func(*tree) register.Index { return w.halfApproved() }), none, nil},
		{"another text carried", proof.BadText, with(func(b *proof.Bundle) { b.Texts[1] = words("en", "Sir,\n\nthe ship leaves on 4 March.\n") }), none, nil},
		{"a text under another language", proof.BadText, with(func(b *proof.Bundle) { b.Texts[0].Lang = "de" }), none, nil},
		{"a text that is none", proof.BadText, bytes.Replace(raw, []byte("the ship leaves"), []byte("the  hip leaves"), 1), none, nil},
		{"the reader holds other words", proof.TextDiffers, raw, none, []letter.LangText{words("en", "Sir,\n\nthe ship leaves on 4 March.\n")}},
		{"the reader holds another letter", proof.TextDiffers, raw, none, []letter.LangText{w.ended}},
	}
}

// forger signs under another's name and key ID with its own key.
func forger(of cosigner) note.Signer { return forged{of, cosigner{of.name, key("forger"), of.at}} }

type forged struct{ of, by cosigner }

func (f forged) Name() string                    { return f.of.Name() }
func (f forged) KeyHash() uint32                 { return f.of.KeyHash() }
func (f forged) Sign(msg []byte) ([]byte, error) { return f.by.Sign(msg) }

// aboutSeal makes the bundle be about an entry that made no record.
func aboutSeal(t testing.TB, w *town, b proof.Bundle, seal register.Index) []byte {
	path := must(w.Path(w.issued))
	b.Support = append(slices.DeleteFunc(slices.Clone(b.Support), func(s proof.Supporting) bool { return s.Index == seal }),
		proof.Supporting{Index: w.issued, Entry: b.Entry, Path: path})
	b.Texts = nil
	b.Entry = w.entries[seal]
	return encoded(t, reproof(t, b, func(p *proof.TLogProof) { p.Index, p.Path = uint64(seal), must(w.Path(seal)) }))
}

// inAnotherLog adds an entry that breaks a rule to a copy of the log, and
// makes a bundle about it as a dishonest office would.
func inAnotherLog(t testing.TB, w *town, add func(*tree) register.Index) []byte {
	l := &tree{}
	for _, raw := range w.entries {
		l.add(raw)
	}
	whole := w.tree
	w.tree = l
	defer func() { w.tree = whole }()
	at := add(l)
	b := proof.Bundle{Entry: l.entries[at]}
	for i := range at {
		b.Support = append(b.Support, proof.Supporting{Index: i, Entry: l.entries[i], Path: must(l.Path(i))})
	}
	b.Proof = proof.FormatTLogProof(proof.TLogProof{Index: uint64(at), Path: must(l.Path(at)), Checkpoint: l.checkpoint(usual()...)})
	return encoded(t, b)
}

// halfApproved issues a letter with one approval where the policy asks for two.
func (w *town) halfApproved() register.Index {
	_, link, rev := w.seal("HC-9", w.forged)
	return w.put(signer{key("harbour")}, harbour, register.LetterSubject(origin, harbour, "HC-9"), w.approve(func(a register.Approvals) register.Body {
		return register.Issue{
			Reference: "HC-9", Type: letter.TypeLetter, Fields: rev.Disclose(rev.Fields()...), Seal: link,
			Disclosure: register.DisclosePublic, Approvals: a,
		}
	}, "alice"))
}

// TestRefusals: each class is reached, each by its own fault (MUST-23, MUST-24,
// MUST-27 and MUST-30).
func TestRefusals(t *testing.T) {
	w := newTown(t)
	reached := map[proof.Class]bool{proof.BadPolicy: true, proof.BadLookup: true} // TestPolicy, TestLookupRefusals
	for _, c := range refusedBundles(t, w) {
		t.Run(c.name, func(t *testing.T) {
			var p proof.Policy
			if c.lines != nil {
				p = policyOf(t, c.lines...)
			}
			v, err := verify(c.raw, p, c.own...)
			if err == nil {
				t.Fatalf("verified to %s of %v", v.Status.Standing, v.Record)
			}
			if got := proof.ClassOf(err); got != c.class {
				t.Errorf("class %q, want %q: %v", got, c.class, err)
			}
		})
		reached[c.class] = true
	}
	for _, c := range classes {
		if !reached[c] {
			t.Errorf("no bundle is refused with class %s", c)
		}
	}
}

var classes = []proof.Class{
	proof.NoPolicy, proof.BadPolicy, proof.BadFormat, proof.BadCheckpoint, proof.UnknownLog, proof.BadCheckpointSignature,
	proof.BadCosignature, proof.QuorumNotMet, proof.BadInclusion, proof.BadEntry, proof.BadLookup, proof.BadText, proof.TextDiffers,
}

// draftBundle is the proof that goes with a copy of the sealed letter HC-X.
func (w *town) draftBundle(t testing.TB) proof.Bundle {
	t.Helper()
	b, err := proof.AssembleDraft(w.state(t), harbour, w.held, w.checkpoint(usual()...), w, []letter.LangText{w.draft})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestDraft: who holds the opening of a sealed draft shows that its words were
// on record, and nothing of another draft (MUST-31).
func TestDraft(t *testing.T) {
	w := newTown(t)
	policy := policyOf(t, "quorum none")
	good := w.draftBundle(t)
	v, err := verify(encoded(t, good), policy, w.draft)
	if err != nil || v.Status.Standing != register.DraftOpened || v.Record.Reference != "HC-X" || len(v.Statuses) != 1 {
		t.Fatalf("%s %v (%v)", v.Status.Standing, v.Record, err)
	}
	if _, err := verify(encoded(t, good), policy, w.english); proof.ClassOf(err) != proof.TextDiffers {
		t.Errorf("other words in the reader's hand: %v", err)
	}
	for name, c := range map[string]struct {
		class  proof.Class
		change func(*proof.Bundle, *register.HeldDraft)
	}{
		"no text":            {proof.BadFormat, func(b *proof.Bundle, _ *register.HeldDraft) { b.Texts = nil }},
		"another commitment": {proof.BadFormat, func(_ *proof.Bundle, h *register.HeldDraft) { h.Link.Index-- }},
		"another text":       {proof.BadText, func(b *proof.Bundle, _ *register.HeldDraft) { b.Texts = []letter.LangText{w.english} }},
		"another nonce":      {proof.BadText, func(_ *proof.Bundle, h *register.HeldDraft) { h.Link.Opening.Nonce[0] ^= 1 }},
		"another digest":     {proof.BadText, func(_ *proof.Bundle, h *register.HeldDraft) { h.Link.Opening.Digest[0] ^= 1 }},
		"another purpose":    {proof.BadText, func(_ *proof.Bundle, h *register.HeldDraft) { h.Link.Opening.Purpose = commitment.Copies }},
		"a field less":       {proof.BadText, func(_ *proof.Bundle, h *register.HeldDraft) { h.Fields = h.Fields[1:] }},
		"no opening":         {proof.BadEntry, nil},
	} {
		b, h := good, w.held
		h.Fields = slices.Clone(h.Fields)
		if b.Draft = &h; c.change == nil {
			b.Draft = nil
		} else {
			c.change(&b, &h)
		}
		if _, err := verify(encoded(t, b), policy); proof.ClassOf(err) != c.class {
			t.Errorf("%s: class %q, want %q: %v", name, proof.ClassOf(err), c.class, err)
		}
	}
}

// TestEveryByteCounts: no byte of a bundle can change without the bundle being
// refused; nothing in it is decoration. The one exception is the line of a
// signature that the policy does not need: under another name or key ID it is
// a stranger's, and is not looked at. Of the register's clock that takes the
// time away, and nothing else (MUST-28).
func TestEveryByteCounts(t *testing.T) {
	w := newTown(t)
	policy := policyOf(t, "group two 2 w1 w2 w3", "quorum two")
	timed := w.bundle(t, w.issued, w.english, w.arabic)
	bare := reproof(t, timed, func(p *proof.TLogProof) { p.Checkpoint = w.checkpoint(logKey, witness[0], witness[1]) })
	draft := reproof(t, w.draftBundle(t), func(p *proof.TLogProof) { p.Checkpoint = w.checkpoint(logKey, witness[0], witness[1]) })
	for _, b := range []proof.Bundle{bare, timed, draft} {
		raw := encoded(t, b)
		good, err := verify(raw, policy)
		if err != nil {
			t.Fatal(err)
		}
		for i := range raw {
			bent := bytes.Clone(raw)
			bent[i] ^= 1 << (i % 8)
			switch v, err := verify(bent, policy); {
			case err == nil && !good.Checkpoint.Time.IsZero() && v.Checkpoint.Time.IsZero() && sameAnswer(v, good):
			case err == nil:
				t.Errorf("byte %d of %d, bit %d: verified all the same, to %s", i, len(raw), i%8, v.Status.Standing)
			case proof.ClassOf(err) == "":
				t.Errorf("byte %d, bit %d: an error without class: %v", i, i%8, err)
			}
			if _, err := verify(raw[:i], policy); err == nil {
				t.Errorf("the first %d of %d bytes verify", i, len(raw))
			}
		}
	}
}

// sameAnswer compares all that a bundle says but the time and the raw bytes.
func sameAnswer(x, y proof.Verified) bool {
	return x.Checkpoint.Head == y.Checkpoint.Head && x.Checkpoint.Witnesses == y.Checkpoint.Witnesses && x.Index == y.Index &&
		bytes.Equal(x.Entry.Bytes(), y.Entry.Bytes()) && reflect.DeepEqual(x.Status, y.Status) && reflect.DeepEqual(x.Statuses, y.Statuses)
}

// TestSplices: parts of good bundles put together never verify to anything that
// a good bundle does not say.
func TestSplices(t *testing.T) {
	w := newTown(t)
	policy := policyOf(t, "quorum none")
	parts := []proof.Bundle{
		w.bundle(t, w.issued, w.english, w.arabic), w.bundle(t, w.withdrawn, w.ended), w.bundle(t, w.opened, w.draft),
		w.bundle(t, w.said, w.word), w.bundle(t, w.disavowed, w.forged),
	}
	says := map[register.Index]register.Standing{
		w.issued: register.InForce, w.withdrawn: register.Withdrawn, w.opened: register.DraftOpened,
		w.said: register.Stated, w.disavowed: register.Disavowed,
	}
	// Leaving a withdrawal out is what no bundle can rule out: doc.go says so.
	leftOut := map[register.Standing]register.Standing{register.Withdrawn: register.InForce}
	rapid.Check(t, func(t *rapid.T) {
		pick := func(what string) proof.Bundle { return rapid.SampledFrom(parts).Draw(t, what) }
		b := proof.Bundle{Proof: pick("proof").Proof, Entry: pick("entry").Entry, Texts: pick("texts").Texts}
		all := slices.Concat(pick("support").Support, pick("more").Support)
		slices.SortFunc(all, func(x, y proof.Supporting) int { return int(x.Index) - int(y.Index) })
		b.Support = slices.CompactFunc(all, func(x, y proof.Supporting) bool { return x.Index == y.Index })
		raw, err := b.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		v, err := verify(raw, policy)
		if err != nil {
			return
		}
		if want := says[v.Index]; v.Status.Standing != want && v.Status.Standing != leftOut[want] {
			t.Fatalf("entry %d: %s, want %s", v.Index, v.Status.Standing, want)
		}
	})
}

// TestRoundTrip: what is written is read again as it was (MUST-20, MUST-21); the
// file has a type and a name (MUST-1).
func TestRoundTrip(t *testing.T) {
	if proof.MediaType != "application/chancery-proof+cbor" || proof.Extension != ".chancery-proof" || proof.DraftExtension != ".chancery-draft" {
		t.Error("the file's type or name has changed")
	}
	w := newTown(t)
	want := w.bundle(t, w.withdrawn, w.ended)
	got, err := proof.Parse(encoded(t, want))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got, cmp.AllowUnexported(letter.Text{})); d != "" {
		t.Error(d)
	}
	if !bytes.Equal(encoded(t, got), encoded(t, want)) {
		t.Error("written again it has other bytes")
	}
}

// TestAssembleRefuses what is not in the register.
func TestAssembleRefuses(t *testing.T) {
	w := newTown(t)
	id := register.RecordID{Kind: register.RecordLetter, Office: harbour, OfficeID: "harbour", Reference: "HC-404", Entry: 3}
	if _, err := proof.Assemble(w.state(t), id, w.checkpoint(usual()...), w, nil); proof.ClassOf(err) != proof.BadEntry {
		t.Errorf("an unknown letter: %v", err)
	}
	id, _, err := w.state(t).RecordAt(w.issued, later)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := proof.Assemble(w.state(t), id, w.checkpoint(usual()...), &tree{}, nil); err == nil {
		t.Error("a source without entries: no error")
	}
}

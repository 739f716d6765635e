package register_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"

	"chancery.example/commitment"
	"chancery.example/letter"
	"chancery.example/register"
)

// embargo approves an issue and logs the commitment to it, as the office does
// before its hour.
func (d *drawing) embargo(o order) {
	b, _ := d.issue(o)
	i := d.approved(o, b).(register.Issue) //nolint:errcheck,forcetypeassert // approvals change no kind
	op := must(register.EmbargoOf(i))
	op.Nonce = seed("embargo nonce %s %d", o.h.id, o.number)
	i.Embargo = &register.Link{Index: register.Index(len(d.entries)), Opening: op}
	d.held[o.words[0]] = i
	o.h.sequence++
	d.sign(o, register.NewCommit(o.h.sequence, op.Commitment()), register.OfficeSubject(o.h.uri))
}

// atTheHour logs the issue that an embargo has held back.
func (d *drawing) atTheHour(o order) {
	i := d.held[o.words[0]]
	d.log(o, i, register.LetterSubject(origin, o.h.uri, i.Reference))
}

// heldDraft is what the holder of a letter under embargo is given.
func (d *drawing) heldDraft(label string) register.HeldDraft {
	pg, i := d.pages[label], d.held[label]
	h := must(register.NewHeldIssue(i, *i.Embargo))
	return register.HeldDraft{Link: pg.link, Fields: pg.revision.Disclose(pg.revision.Fields()...), Embargo: &h}
}

const embargoChain = "C1 -> C2 -> E(C2 from 60) -> I(C2 held at 60)"

// bentEmbargoes are issues that cite an embargo which is not theirs (entry.md
// MUST-29), by the name of what is wrong.
func bentEmbargoes(t testing.TB) map[string]register.Issue {
	d := draw(t, embargoChain)
	out := map[string]register.Issue{}
	for name, change := range map[string]func(i *register.Issue, op *commitment.Opening){
		"without_an_hour":        func(i *register.Issue, _ *commitment.Opening) { i.NotBefore = 0 },
		"embargo_before_seal":    func(i *register.Issue, _ *commitment.Opening) { i.Embargo.Index = i.Seal.Index },
		"embargo_of_a_draft":     func(_ *register.Issue, op *commitment.Opening) { op.Purpose = commitment.Draft },
		"embargo_other_register": func(_ *register.Issue, op *commitment.Opening) { op.Register += "x" },
		"embargo_other_office":   func(_ *register.Issue, op *commitment.Opening) { op.Office += "x" },
		"embargo_other_tag":      func(_ *register.Issue, op *commitment.Opening) { op.Tag[0] ^= 1 },
		"embargo_other_revision": func(_ *register.Issue, op *commitment.Opening) { op.Revision++ },
		"embargo_other_previous": func(_ *register.Issue, op *commitment.Opening) { op.Previous[0] ^= 1 },
		"embargo_other_digest":   func(_ *register.Issue, op *commitment.Opening) { op.Digest[0] ^= 1 },
		"embargo_other_hour":     func(i *register.Issue, _ *commitment.Opening) { i.NotBefore++ },
		"embargo_other_expiry":   func(i *register.Issue, _ *commitment.Opening) { i.Expires = i.NotBefore + 1 },
		"embargo_fewer_signed":   func(i *register.Issue, _ *commitment.Opening) { i.Approvals.Signatures = i.Approvals.Signatures[:1] },
	} {
		i := d.held["C2"]
		link := *i.Embargo
		i.Embargo = &link
		change(&i, &link.Opening)
		out[name] = i
	}
	return out
}

// unsound returns an entry with a body that no program would sign.
func (d *drawing) unsound(i register.Issue) []byte {
	good := d.entries[len(d.entries)-1].Entry
	parts := take(d.t, good)
	payload := parts.payload
	// Sign refuses what Parse refuses, so the payload is put together by hand.
	enc := must(must(cbor.CoreDetEncOptions().EncMode()).Marshal(i))
	parts.payload = enc
	if bytes.Equal(payload, enc) {
		d.t.Fatal("nothing was bent")
	}
	return parts.bytes()
}

// TestEmbargoIsOfThisIssue (entry.md MUST-29, commitment.md MUST-7): the commit
// that an issue cites is to all that it says.
func TestEmbargoIsOfThisIssue(t *testing.T) {
	d := draw(t, embargoChain)
	good := d.held["C2"]
	if _, err := register.EncodeBody(good); err != nil {
		t.Fatal(err)
	}
	for name, i := range bentEmbargoes(t) {
		if _, err := register.EncodeBody(i); err == nil {
			t.Errorf("%s: it passes", name)
		}
		if _, err := register.Parse(d.unsound(i)); err == nil {
			t.Errorf("%s: its entry is read", name)
		}
	}
	bare := good
	bare.Embargo = nil
	if a, b := must(register.Parameters(good)), must(register.Parameters(bare)); a != b {
		t.Error("what officers signed depends on the embargo's commit, which does not exist yet (entry.md MUST-10)")
	}
	if a, b := must(register.EmbargoOf(good)), must(register.EmbargoOf(bare)); a != b || a.Purpose != commitment.Issue {
		t.Errorf("the commit depends on its own citation: %+v %+v", a, b)
	}
}

// TestEmbargoLooksLikeADraft (entry.md MUST-20): the commit of an embargo and of
// a draft differ in no length, key or value but those that every commit has anew.
func TestEmbargoLooksLikeADraft(t *testing.T) {
	d := draw(t, "C1 -> E(C1 from 60)")
	a, b := take(t, d.entries[5].Entry), take(t, d.entries[6].Entry)
	if len(a.bytes()) != len(b.bytes()) || len(a.payload) != len(b.payload) || len(a.protected) != len(b.protected) {
		t.Errorf("a draft's commit has %d bytes, an embargo's %d", len(a.bytes()), len(b.bytes()))
	}
	// a2 01 48 <8> 02 58 20 <32>
	for i := range a.payload {
		if free := i >= 3 && i < 11 || i >= 14; !free && a.payload[i] != b.payload[i] {
			t.Errorf("byte %d of the payload differs", i)
		}
	}
	if s := register.Fold(d.entries); len(s.Letters()) != 0 || len(s.Problems()) != 0 {
		t.Errorf("an embargo is seen: %v %v", s.Letters(), s.Problems())
	}
}

// TestHeldUnderEmbargo (standing.md MUST-17): who was given the issue before its
// hour sees embargoed, and what the log says beyond that goes first.
func TestHeldUnderEmbargo(t *testing.T) {
	for _, c := range []struct {
		chain string
		want  register.Standing
	}{
		{"C1 -> E(C1 from 60)", register.Embargoed},
		{"C1 -> E(C1 from 60) -> P(noissue)", register.Embargoed},
		{"C1 -> O(C1) -> E(C1 from 60)", register.Embargoed},
		{"C1 -> E(C1 from 60) -> X(a sealed)", register.DraftClosed},
		{"C1 -> E(C1 from 60) -> I(C1 held at 60)", register.InForce},
		{"C1 -> E(C1 from 60) -> I(C1 held at 60) -> W(a)", register.Withdrawn},
	} {
		d := draw(t, c.chain)
		st, err := register.Fold(d.entries).Held(d.houses["hc"].uri, d.heldDraft("C1"), d.pages["C1"].text, minute(90))
		if err != nil || st.Standing != c.want {
			t.Errorf("%s: %s (%v), want %s", c.chain, st.Standing, err, c.want)
		}
		if c.want == register.Embargoed && (st.NotBefore != register.StampOf(minute(60)) || len(st.ApprovedBy) < 2 || st.IssuedAt == 0) {
			t.Errorf("%s: not before %s, by %v, since %s", c.chain, st.NotBefore.Time(), st.ApprovedBy, st.IssuedAt.Time())
		}
		// Without the embargo's opening it is a draft like any other.
		h := d.heldDraft("C1")
		h.Embargo = nil
		if st, err := register.Fold(d.entries).Held(d.houses["hc"].uri, h, d.pages["C1"].text, minute(90)); err != nil || c.want == register.Embargoed && st.Standing != register.DraftOpened {
			t.Errorf("%s, with the draft's opening alone: %s (%v)", c.chain, st.Standing, err)
		}
	}
}

// TestHeldEmbargoIsVerified: nothing of what a holder is given is believed.
func TestHeldEmbargoIsVerified(t *testing.T) {
	d := draw(t, "C1 -> E(C1 from 60) -> C2 -> E(C2 from 60) -> Cb1@other -> E@other(Cb1 from 60)")
	for name, change := range map[string]func(h *register.HeldDraft){
		"another nonce":           func(h *register.HeldDraft) { h.Embargo.Link.Opening.Nonce[0] ^= 1 },
		"another commit":          func(h *register.HeldDraft) { h.Embargo.Link.Index = 7 },
		"no commit":               func(h *register.HeldDraft) { h.Embargo.Link.Index = 99 },
		"another revision's":      func(h *register.HeldDraft) { h.Embargo = d.heldDraft("C2").Embargo },
		"another office's":        func(h *register.HeldDraft) { h.Embargo = d.heldDraft("Cb1").Embargo },
		"an issue that cites":     func(h *register.HeldDraft) { h.Embargo.Issue = must(register.EncodeBody(d.held["C1"])) },
		"no issue":                func(h *register.HeldDraft) { h.Embargo.Issue = nil },
		"a byte more":             func(h *register.HeldDraft) { h.Embargo.Issue = append(bytes.Clone(h.Embargo.Issue), 0) },
		"another purpose":         func(h *register.HeldDraft) { h.Embargo.Link.Opening.Purpose = commitment.Draft },
		"the seal for an embargo": func(h *register.HeldDraft) { h.Embargo.Link = h.Link },
	} {
		h := d.heldDraft("C1")
		change(&h)
		if st, err := register.Fold(d.entries).Held(d.houses["hc"].uri, h, d.pages["C1"].text, minute(90)); err == nil {
			t.Errorf("%s: %s", name, st.Standing)
		}
	}
	// Approvals that are too few, or of a policy that was not in force.
	for _, chain := range []string{"C1 -> E(C1 from 60 by alice)", "C1 -> P(k1) -> E(C1 from 60 policy 2)", "C1 -> E(C1 from 60 swapped)"} {
		d := draw(t, chain)
		if st, err := register.Fold(d.entries).Held(d.houses["hc"].uri, d.heldDraft("C1"), d.pages["C1"].text, minute(90)); err == nil {
			t.Errorf("%s: %s", chain, st.Standing)
		}
	}
}

// TestEvidenceOfAnEmbargo: a proof of a letter that was issued at the hour carries
// the commit that it cites.
func TestEvidenceOfAnEmbargo(t *testing.T) {
	d := draw(t, "C1 -> E(C1 from 60) -> Cb1 -> P(noissue) -> I(C1 held at 60)")
	s := register.Fold(d.entries)
	var carried []register.Logged
	for _, i := range s.Evidence(s.IDOf(s.Letters()[0])) {
		carried = append(carried, d.entries[i])
	}
	part := register.NewState()
	for _, l := range carried {
		if p := part.Add(l); p != nil && p.Ignored {
			t.Errorf("of the evidence is ignored: %s", p)
		}
	}
	if st, ok := part.Standing(s.IDOf(s.Letters()[0]), d.pages["C1"].text, minute(90)); !ok || st.Standing != register.InForce || len(carried) >= len(d.entries) {
		t.Errorf("from %d of %d entries: %v %s", len(carried), len(d.entries), ok, st.Standing)
	}
	if o, _ := s.OfficeByID("hc"); o.Opened != 2 || o.Sealed != 1 {
		t.Errorf("%d commitments are opened, %d sealed", o.Opened, o.Sealed)
	}
}

// FuzzHeldIssue: no payload that a stranger hands over makes it panic, or passes
// for the issue that was committed to.
func FuzzHeldIssue(f *testing.F) {
	d := draw(f, "C1 -> E(C1 from 60)")
	good := d.heldDraft("C1")
	f.Add(good.Embargo.Issue)
	f.Add([]byte(strings.Repeat("\xa1\x01", 40)))
	state := register.Fold(d.entries)
	f.Fuzz(func(t *testing.T, raw []byte) {
		h := good
		h.Embargo = &register.HeldIssue{Link: good.Embargo.Link, Issue: raw}
		_, err := state.Held(d.houses["hc"].uri, h, letter.LangText(d.pages["C1"].text), time.Time{})
		if (err == nil) != bytes.Equal(raw, good.Embargo.Issue) {
			t.Errorf("%x: %v", raw, err)
		}
	})
}

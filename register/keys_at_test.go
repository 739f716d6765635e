package register_test

import (
	"slices"
	"testing"

	"chancery.example/letter"
	"chancery.example/register"
)

// TestWhoSignedWhat (standing.md MUST-23): of the entries between the position and
// the revocation only those of the revoked key are marked.
func TestWhoSignedWhat(t *testing.T) {
	for _, c := range []struct{ rule, chain string }{
		{"those of another key are not", "C1 -> Key(new) -> C2(key new) -> Revoke(hc after 2 key new) => C1:"},
		{"those of another key, and then of this one", "C1 -> Key(new) -> C2(key new) -> C3 -> Revoke(hc after 2 key new) => C1:; flagged 4"},
		{"this one, another, this one", "C1 -> Key(new) -> C2 -> C3(key new) -> C4 -> Revoke(hc after 2 key new) => C1:; flagged 3; flagged 5"},
		{"at the position itself", "C1 -> Key(new) -> C2 -> Revoke(hc after 3 key new) => C1:"},
		{"the first after the position", "C1 -> Key(new) -> C2 -> C3 -> Revoke(hc after 3 key new) => C1:; flagged 4"},
		{"the operator's own are nobody's", "C1 -> Key(new) -> Head -> C2(key new) -> Revoke(hc after 2 operator) => C1:"},
	} {
		t.Run(c.rule, func(t *testing.T) { checkChain(t, c.chain) })
	}
}

// TestKeysThatMaySign: an office asks which of its keys could sign something now.
func TestKeysThatMaySign(t *testing.T) {
	id := func(name string) letter.Hash { return newEdKey(name).Public().Thumbprint() }
	d := draw(t, "C1 -> Key(new) -> Key(third key new) -> Revoke(hc after 2 key new)")
	hc := d.houses["hc"].uri
	before, s := register.Fold(d.entries[:len(d.entries)-1]), register.Fold(d.entries)
	revoke := func(name string, act int) register.KeyRevoke {
		return register.KeyRevoke{Office: hc, Thumbprint: id(name), After: register.Index(d.first + act - 1)}
	}
	commit := register.NewCommit(2, [32]byte{1})
	for what, c := range map[string]struct{ got, want []letter.Hash }{
		"all, the newest first":               {before.MaySign(hc, commit), []letter.Hash{id("third"), id("new"), id("hc")}},
		"a revoked one may not":               {s.MaySign(hc, commit), []letter.Hash{id("third"), id("new")}},
		"none of nobody":                      {s.MaySign("https://nobody.example", commit), nil},
		"not a key itself":                    {before.MaySign(hc, revoke("third", 3)), []letter.Hash{id("new"), id("hc")}},
		"nor one that it added later":         {before.MaySign(hc, revoke("new", 2)), []letter.Hash{id("hc")}},
		"but one that it added at or before":  {before.MaySign(hc, revoke("new", 3)), []letter.Hash{id("third"), id("hc")}},
		"nor one that was added by one added": {before.MaySign(hc, revoke("hc", 1)), []letter.Hash{}},
	} {
		if !slices.Equal(c.got, c.want) {
			t.Errorf("%s: %v, want %v", what, c.got, c.want)
		}
	}
}

// enrolWithout enrols a third office that has no policy yet.
func (d *drawing) enrolWithout() *house {
	h := newHouse("third")
	d.houses[h.id] = h
	d.sign(order{h: h, options: map[string]string{"operator": "yes"}}, register.KeyAdd{
		Office: h.uri, ID: h.id, Name: register.Words{"en": "Office third"}, Domain: "third.example", Key: h.key.Public(),
	}, register.OfficeSubject(h.uri))
	return h
}

// lastIgnored reports whether the last entry of a drawing does not count.
func (d *drawing) lastIgnored() bool {
	last := register.Index(len(d.entries) - 1)
	return slices.ContainsFunc(register.Fold(d.entries).Problems(), func(p register.Problem) bool { return p.Index == last && p.Ignored })
}

// TestWithoutPolicy (standing.md MUST-22): an office that has no policy has
// nobody to approve; its key is revoked without, and not with, approvals.
func TestWithoutPolicy(t *testing.T) {
	for _, bare := range []bool{true, false} {
		d := newDrawing(t)
		h := d.enrolWithout()
		b := register.KeyRevoke{Office: h.uri, Thumbprint: h.key.Public().Thumbprint(), After: register.Index(d.first), Reason: register.Words{"en": "It was stolen."}}
		if !bare {
			b.Approvals = &register.Approvals{Policy: 1}
		}
		d.sign(order{h: h, options: map[string]string{"operator": "yes"}}, b, register.OfficeSubject(h.uri))
		if d.lastIgnored() == bare {
			t.Errorf("without approvals: %v; ignored: %v", bare, d.lastIgnored())
		}
		o, ok := register.Fold(d.entries).OfficeByID("third")
		if !ok || len(o.Keys) != 1 || (o.Keys[0].Revoked != nil) != bare {
			t.Errorf("without approvals: %v; keys %+v", bare, o.Keys)
		}
	}
}

// TestEmbargoBeforePolicy (standing.md MUST-4): what was put under embargo before
// there was a policy was approved by nobody, also when a policy came since.
func TestEmbargoBeforePolicy(t *testing.T) {
	for _, early := range []bool{true, false} {
		d := newDrawing(t)
		h := d.enrolWithout()
		policy := func() {
			h.policyAt = register.Index(len(d.entries))
			d.sign(order{h: h}, h.policy, register.OfficeSubject(h.uri))
		}
		if !early {
			policy()
		} else {
			h.policyAt = register.Index(len(d.entries) + 2)
		}
		d.act(1, "C1@third")
		d.act(2, "E@third(C1 from 60)")
		if early {
			policy()
		}
		d.act(3, "I@third(C1 held at 60)")
		if d.lastIgnored() != early {
			t.Errorf("before the policy: %v; ignored: %v; %v", early, d.lastIgnored(), register.Fold(d.entries).Problems())
		}
	}
}

// bentLater are corrections, ratifications and withdrawals that are signed and
// approved in every form, but point at something else than they say (standing.md
// MUST-9, MUST-18, MUST-20). Each changes nothing.
var bentLater = map[string]struct {
	after string
	act   func(d *drawing) (b register.Body, subject string)
}{
	"a ratification in another office's name": {emergency, ratifyWith(func(t *register.Target) { t.Office = "https://other.example" })},
	"a ratification of another letter":        {emergency, ratifyWith(func(t *register.Target) { t.Reference = "HC-b" })},
	"a ratification of another leaf":          {emergency, ratifyWith(func(t *register.Target) { t.Leaf[0] ^= 1 })},
	"a withdrawal of a withdrawal": {emergency, func(d *drawing) (register.Body, string) {
		b, subject := d.body("W", order{h: d.houses["hc"], words: []string{"a"}})
		w := b.(register.Withdraw) //nolint:errcheck,forcetypeassert // of W
		e := d.entries[d.first+3]
		w.Target.Index, w.Target.Leaf = e.Index, e.Entry.LeafHash()
		return w, subject
	}},
	"a correction with another language": {"C1 -> I(C1)", correctWith(func(c *letter.Content) {
		c.Texts = append(c.Texts, letter.LangText{Lang: "fr", Text: must(letter.Canonicalize([]byte("Une lettre.\n")))})
	})},
	"a correction in another language": {"C1 -> I(C1)", correctWith(func(c *letter.Content) { c.Texts[0].Lang = "fr" })},
}

const emergency = "P(urgent) -> C1 -> I(C1) -> W(a emergency)"

func ratifyWith(change func(*register.Target)) func(d *drawing) (register.Body, string) {
	return func(d *drawing) (register.Body, string) {
		b, subject := d.body("Ratify", order{h: d.houses["hc"], words: []string{"4"}})
		r := b.(register.Ratify) //nolint:errcheck,forcetypeassert // of Ratify
		change(&r.Target)
		return r, subject
	}
}

// correctWith seals a second revision with its content changed, and corrects with it.
func correctWith(change func(*letter.Content)) func(d *drawing) (register.Body, string) {
	return func(d *drawing) (register.Body, string) {
		h, p := d.houses["hc"], d.papers["hca"]
		pg := p.sealPage(h, "a", "Letter a, corrected.\n")
		content := pg.revision.Content()
		change(&content)
		salts := pg.revision.Salts()
		for _, text := range content.Texts {
			salts[letter.TextField(text.Lang)] = seed("salt of %s", text.Lang)
		}
		if content.Texts[0].Lang != "en" {
			delete(salts, letter.TextField("en"))
		}
		pg.revision = must(letter.Restore(content, salts))
		pg.link.Opening.Digest = pg.revision.Digest()
		pg.link.Index = register.Index(len(d.entries))
		h.sequence++
		d.sign(order{h: h}, register.NewCommit(h.sequence, pg.link.Opening.Commitment()), register.OfficeSubject(h.uri))
		d.pages["C9"] = pg
		return d.correct(order{h: h, words: []string{"C9"}}, register.Words{"en": "A wrong date."})
	}
}

func TestBentLater(t *testing.T) {
	for name, c := range bentLater {
		t.Run(name, func(t *testing.T) {
			d := draw(t, c.after)
			b, subject := c.act(d)
			before := d.allStandings()
			d.finish(order{number: 90, h: d.houses["hc"]}, b, subject)
			if !d.lastIgnored() {
				t.Error("it counts")
			}
			if after := d.allStandings(); after != before {
				t.Errorf("it changed the record from %s to %s", before, after)
			}
		})
	}
	// Straight, the same acts count.
	for name, c := range map[string]struct {
		after string
		act   func(d *drawing) (register.Body, string)
	}{
		"a ratification that names the letter": {emergency, ratifyWith(func(t *register.Target) { t.Reference = "HC-a" })},
		"a ratification without the reference": {emergency, ratifyWith(func(t *register.Target) { t.Reference = "" })},
		"a correction in the same language":    {"C1 -> I(C1)", correctWith(func(*letter.Content) {})},
	} {
		d := draw(t, c.after)
		b, subject := c.act(d)
		if d.finish(order{number: 90, h: d.houses["hc"]}, b, subject); d.lastIgnored() {
			t.Errorf("%s: %v", name, register.Fold(d.entries).Problems())
		}
	}
}

// TestFirstOfTwoEnds (standing.md MUST-19): words that a correction and a
// successor both ended, ended when the first of them did.
func TestFirstOfTwoEnds(t *testing.T) {
	for chain, act := range map[string]int{
		"C1 -> I(C1) -> C2 -> Fix(C2) -> Cb1 -> I(Cb1 supersedes a)": 4,
		"C1 -> I(C1) -> Cb1 -> I(Cb1 supersedes a) -> C2 -> Fix(C2)": 4,
		"C1 -> I(C1) -> C2 -> Fix(C2)":                               4,
	} {
		d := draw(t, chain)
		st := register.StandingOf(d.entries, d.pages["C1"].text, minute(90))[0]
		if want := register.StampOf(minute(d.first + act - 1)); st.Standing != register.Superseded || st.EndedAt != want {
			t.Errorf("%s: %s, ended at %v, want %v", chain, st.Standing, st.EndedAt.Time(), want.Time())
		}
	}
}

package register_test

import (
	"testing"

	"chancery.example/approval"
	"chancery.example/letter"
	"chancery.example/register"
)

// bent are acts that are signed and approved in every form, but point at
// something else than they say (standing.md MUST-9, MUST-14). Each changes
// nothing.
var bent = map[string]struct {
	after string
	act   func(d *drawing) (house string, b register.Body, subject string)
}{
	"a withdrawal of another leaf": {"C1 -> I(C1)", func(d *drawing) (string, register.Body, string) {
		b, subject := d.body("W", order{h: d.houses["hc"], words: []string{"a"}})
		w := b.(register.Withdraw)
		w.Target.Leaf[0] ^= 1
		return "hc", w, subject
	}},
	"a withdrawal under another reference": {"C1 -> I(C1)", func(d *drawing) (string, register.Body, string) {
		b, subject := d.body("W", order{h: d.houses["hc"], words: []string{"a"}})
		w := b.(register.Withdraw)
		w.Target.Reference = "HC-b"
		return "hc", w, subject
	}},
	"a withdrawal of another office's letter": {"C1 -> I(C1)", func(d *drawing) (string, register.Body, string) {
		b, _ := d.body("W", order{h: d.houses["hc"], words: []string{"a"}})
		return "other", b, register.LetterSubject(origin, d.houses["other"].uri, "HC-a")
	}},
	"a withdrawal that claims another office's letter": {"C1 -> I(C1)", func(d *drawing) (string, register.Body, string) {
		b, _ := d.body("W", order{h: d.houses["hc"], words: []string{"a"}})
		w := b.(register.Withdraw)
		w.Target.Office = d.houses["other"].uri
		return "other", w, register.LetterSubject(origin, d.houses["other"].uri, "HC-a")
	}},
	"a withdrawal of a seal": {"C1 -> I(C1)", func(d *drawing) (string, register.Body, string) {
		b, subject := d.body("W", order{h: d.houses["hc"], words: []string{"a"}})
		w := b.(register.Withdraw)
		w.Target.Index, w.Target.Leaf = 5, d.entries[5].Entry.LeafHash()
		return "hc", w, subject
	}},
	"a replacement by another office's letter": {"C1 -> I(C1) -> C1@other -> I@other(C1)", func(d *drawing) (string, register.Body, string) {
		other := d.papers["othera"].issued
		return "hc", register.Supersede{Target: d.papers["hca"].issued, Successor: other}, register.LetterSubject(origin, d.houses["hc"].uri, "HC-a")
	}},
	"a retraction of another leaf": {"T(hello)", func(d *drawing) (string, register.Body, string) {
		b, subject := d.body("R", order{h: d.houses["hc"], words: []string{"1"}})
		r := b.(register.Retract)
		r.Target.Leaf[0] ^= 1
		return "hc", r, subject
	}},
	"an issue whose opening does not fit": {"C1", func(d *drawing) (string, register.Body, string) {
		b, subject := d.issue(order{h: d.houses["hc"], words: []string{"C1"}})
		i := b.(register.Issue)
		i.Seal.Opening.Nonce[0] ^= 1
		return "hc", i, subject
	}},
	"an issue of a seal that comes later": {"C1", func(d *drawing) (string, register.Body, string) {
		b, subject := d.issue(order{h: d.houses["hc"], words: []string{"C1"}})
		i := b.(register.Issue)
		i.Seal.Index = 7
		return "hc", i, subject
	}},
	"an issue of a seal in another register": {"C1", func(d *drawing) (string, register.Body, string) {
		b, subject := d.issue(order{h: d.houses["hc"], words: []string{"C1"}})
		i := b.(register.Issue)
		i.Seal.Opening.Register = "letters.elsewhere.example/main"
		i.Seal.Index = register.Index(len(d.entries))
		d.sign(order{h: d.houses["hc"]}, register.NewCommit(2, i.Seal.Opening.Commitment()), register.OfficeSubject(d.houses["hc"].uri))
		return "hc", i, subject
	}},
	"an issue of a seal that names another office": {"C1", func(d *drawing) (string, register.Body, string) {
		b, subject := d.issue(order{h: d.houses["hc"], words: []string{"C1"}})
		i := b.(register.Issue)
		i.Seal.Opening.Office = "https://other.example"
		i.Seal.Index = register.Index(len(d.entries))
		d.sign(order{h: d.houses["hc"]}, register.NewCommit(2, i.Seal.Opening.Commitment()), register.OfficeSubject(d.houses["hc"].uri))
		return "hc", i, subject
	}},
	"an issue of another office's seal": {"C1", func(d *drawing) (string, register.Body, string) {
		b, subject := d.issue(order{h: d.houses["hc"], words: []string{"C1"}})
		i := b.(register.Issue)
		i.Seal.Index = register.Index(len(d.entries))
		i.Seal.Opening.Nonce = [32]byte{1}
		d.sign(order{h: d.houses["other"]}, register.NewCommit(1, i.Seal.Opening.Commitment()), register.OfficeSubject("https://other.example"))
		return "hc", i, subject
	}},
	"an issue of one letter under a second reference": {"C1 -> I(C1)", func(d *drawing) (string, register.Body, string) {
		p := d.papers["hca"]
		p.ref = "HC-z"
		d.act(3, "C2")
		return d.issueOf("C2")
	}},
	"an opening whose chain is of another seal": {"C1 -> C2", func(d *drawing) (string, register.Body, string) {
		b, subject := d.open(order{h: d.houses["hc"], words: []string{"C2"}})
		o := b.(register.DraftOpen)
		o.Chain[0].Index, o.Chain[1].Index = 4, 5
		return "hc", o, subject
	}},
}

func (d *drawing) issueOf(label string) (string, register.Body, string) {
	b, subject := d.issue(order{h: d.houses["hc"], words: []string{label}})
	return "hc", b, subject
}

func TestBentActs(t *testing.T) {
	for name, c := range bent {
		t.Run(name, func(t *testing.T) {
			d := draw(t, c.after)
			id, b, subject := c.act(d)
			before := d.allStandings()
			d.finish(order{number: 90, h: d.houses[id]}, b, subject)
			s := register.Fold(d.entries)
			last := register.Index(len(d.entries) - 1)
			if ps := s.Problems(); len(ps) == 0 || ps[len(ps)-1].Index != last || !ps[len(ps)-1].Ignored {
				t.Errorf("not ignored; problems: %v", ps)
			}
			if after := d.allStandings(); after != before {
				t.Errorf("it changed the record from %s to %s", before, after)
			}
		})
	}
}

func (d *drawing) allStandings() string {
	var out string
	for _, label := range []string{"C1", "C2"} {
		if p, ok := d.pages[label]; ok {
			out += label + ": " + names(register.StandingOf(d.entries, p.text, minute(1000))) + "; "
		}
	}
	for name, text := range d.said {
		out += name + ": " + names(register.StandingOf(d.entries, text, minute(1000))) + "; "
	}
	return out
}

// TestBodiesRefuse: what no entry of a kind may say, whoever signs (entry.md
// MUST-8, MUST-9, MUST-12 to MUST-19, MUST-21 to MUST-28, MUST-30 to MUST-35).
func TestBodiesRefuse(t *testing.T) {
	d := draw(t, everyKind)
	for name, change := range wrongBodies {
		t.Run(name, func(t *testing.T) {
			changed := false
			for _, l := range d.entries {
				b, ok := change(l.Entry.Body)
				if !ok {
					continue
				}
				changed = true
				if _, err := register.EncodeBody(b); err == nil {
					t.Errorf("entry %d (%s) was written", l.Index, b.Kind())
				}
				if _, err := register.Sign(newEdKey("hc"), l.Entry.Claims, b); err == nil {
					t.Errorf("entry %d (%s) was signed", l.Index, b.Kind())
				}
			}
			if !changed {
				t.Error("no entry of this kind in the log")
			}
		})
	}
}

// of lifts a change of one kind of body.
func of[B register.Body](f func(b *B)) func(register.Body) (register.Body, bool) {
	return func(b register.Body) (register.Body, bool) {
		c, ok := b.(B)
		if !ok {
			return b, false
		}
		raw := must(register.EncodeBody(c)) // a deep copy
		c = must(register.DecodeBody(b.Kind(), raw)).(B)
		f(&c)
		return c, true
	}
}

// hide takes the salt and value of a field away.
func hide(ds []letter.Disclosure, f letter.Field) {
	d := letter.Find(ds, f)
	d.Salt, d.Value = nil, nil
}

var wrongBodies = map[string]func(register.Body) (register.Body, bool){
	"MUST-13 origin":                       of(func(g *register.Genesis) { g.Origin = "https://x" }),
	"MUST-13 log key":                      of(func(g *register.Genesis) { g.LogKey = "other+00000000+AAAA" }),
	"MUST-13 no operator":                  of(func(g *register.Genesis) { g.Operator = register.PublicKey{} }),
	"MUST-13 no name":                      of(func(g *register.Genesis) { g.Name = nil }),
	"MUST-8 language":                      of(func(g *register.Genesis) { g.Name = register.Words{"EN": "x"} }),
	"MUST-8 two lines":                     of(func(g *register.Genesis) { g.Name = register.Words{"en": "x\ny"} }),
	"MUST-8 bidi override":                 of(func(g *register.Genesis) { g.Name = register.Words{"en": "x\u202ey"} }),
	"MUST-14 another domain":               of(func(k *register.KeyAdd) { k.Domain = "elsewhere.example" }),
	"MUST-14 part of a domain":             of(func(k *register.KeyAdd) { k.Domain = k.Domain[:3] }),
	"MUST-8 short name":                    of(func(k *register.KeyAdd) { k.ID = "-x" }),
	"MUST-14 no key":                       of(func(k *register.KeyAdd) { k.Key = register.PublicKey{} }),
	"MUST-15 no officers":                  of(func(p *register.Policy) { p.Officers = nil }),
	"MUST-15 officer twice":                of(func(p *register.Policy) { p.Officers = append(p.Officers, p.Officers[0]) }),
	"MUST-15 key of two":                   of(func(p *register.Policy) { p.Officers[2].Keys = p.Officers[0].Keys }),
	"MUST-15 key and comment":              of(func(p *register.Policy) { p.Officers[0].Keys[0] += " alice" }),
	"MUST-15 unknown role":                 of(func(p *register.Policy) { p.Officers[0].Roles[0] = "king" }),
	"MUST-16 k zero":                       of(func(p *register.Policy) { p.Rules[0].K = 0 }),
	"MUST-16 k too large":                  of(func(p *register.Policy) { p.Rules[0].K = 3 }), // three approvers, two persons
	"MUST-16 no roles":                     of(func(p *register.Policy) { p.Rules[0].Roles = nil }),
	"MUST-16 unknown act":                  of(func(p *register.Policy) { p.Rules[0].Act = "crown" }),
	"MUST-21 no chain":                     of(func(o *register.DraftOpen) { o.Chain = nil }),
	"MUST-21 no revision":                  of(func(o *register.DraftOpen) { o.Revisions = nil }),
	"MUST-21 revision not in chain":        of(func(o *register.DraftOpen) { o.Revisions[0].Number++ }),
	"MUST-21 another reference":            of(func(o *register.DraftOpen) { o.Reference = "HC-z" }),
	"MUST-21 another digest":               of(func(o *register.DraftOpen) { o.Chain[0].Opening.Digest[0] ^= 1 }),
	"MUST-21 type hidden":                  of(func(o *register.DraftOpen) { hide(o.Revisions[0].Fields, letter.FieldType) }),
	"MUST-21 reference hidden":             of(func(o *register.DraftOpen) { hide(o.Revisions[0].Fields, letter.FieldReference) }),
	"MUST-22 no tag":                       of(func(c *register.DraftClose) { c.Tag = letter.Hash{} }),
	"MUST-22 reference":                    of(func(c *register.DraftClose) { c.Reference = "../x" }),
	"MUST-23 purpose":                      of(func(i *register.Issue) { i.Seal.Opening.Purpose = "copies" }),
	"MUST-23 revision 0":                   of(func(i *register.Issue) { i.Seal.Opening.Revision = 0 }),
	"MUST-23 revision without predecessor": of(func(i *register.Issue) { i.Seal.Opening.Revision, i.Seal.Opening.Previous = 2, [32]byte{} }),
	"MUST-23 first with predecessor":       of(func(i *register.Issue) { i.Seal.Opening.Revision, i.Seal.Opening.Previous = 1, [32]byte{1} }),
	"MUST-23 another digest":               of(func(i *register.Issue) { i.Seal.Opening.Digest[0] ^= 1 }),
	"MUST-23 another type":                 of(func(i *register.Issue) { i.Type = letter.TypeNotice }),
	"MUST-23 type hidden":                  of(func(i *register.Issue) { hide(i.Fields, letter.FieldType) }),
	"MUST-23 text hidden":                  of(func(i *register.Issue) { hide(i.Fields, letter.TextField("en")) }),
	"MUST-23 text shown":                   of(func(i *register.Issue) { i.Disclosure = register.DiscloseOnPresentation }),
	"MUST-23 disclosure":                   of(func(i *register.Issue) { i.Disclosure = "some" }),
	"MUST-23 expires first":                of(func(i *register.Issue) { i.NotBefore, i.Expires = 20, 20 }),
	"MUST-23 file":                         of(func(i *register.Issue) { i.Files = []register.File{{Role: "form", MediaType: "text/plain"}} }),
	"MUST-9 supersedes a reference": of(func(i *register.Issue) {
		i.Supersedes = []register.Target{{Office: "https://hc.example", Reference: "HC-b"}}
	}),
	"MUST-9 regarding nothing": of(func(i *register.Issue) { i.Regarding = []register.Target{{Office: "https://hc.example"}} }),
	"MUST-24 no target":        of(func(w *register.Withdraw) { w.Target.Index = 0 }),
	"MUST-24 no leaf":          of(func(w *register.Withdraw) { w.Target.Leaf = letter.Hash{} }),
	"MUST-24 no reason":        of(func(w *register.Withdraw) { w.Reason = nil }),
	"MUST-25 itself":           of(func(s *register.Supersede) { s.Successor = s.Target }),
	"MUST-25 no successor":     of(func(s *register.Supersede) { s.Successor.Leaf = letter.Hash{} }),
	"MUST-26 type":             of(func(s *register.Statement) { s.Type = "song" }),
	"MUST-26 holds nothing":    of(func(s *register.Statement) { s.Type, s.Of, s.Files = register.Received, nil, nil }),
	"MUST-26 no next word":     of(func(s *register.Statement) { s.Type = register.Holding }),
	"MUST-26 no source":        of(func(s *register.Statement) { s.Type, s.Files = register.Collected, []letter.Hash{{1}} }),
	"MUST-19 no salt":          of(func(s *register.Statement) { s.Texts[0].Salt = nil }),
	"MUST-26 no words":         of(func(s *register.Statement) { s.Texts = nil }),
	"MUST-27 no target":        of(func(r *register.Retract) { r.Target.Index = 0 }),
	"MUST-27 no reason":        of(func(r *register.Retract) { r.Reason = nil }),
	"MUST-28 nothing":          of(func(d *register.Disavow) { d.Texts, d.Files = nil, nil }),
	"MUST-28 no words":         of(func(d *register.Disavow) { d.Reason = nil }),
	"MUST-12 officer twice": of(func(w *register.Withdraw) {
		w.Approvals.Signatures = append(w.Approvals.Signatures[:1], w.Approvals.Signatures[0])
	}),
	"MUST-12 out of order": of(func(w *register.Issue) {
		s := w.Approvals.Signatures
		s[0], s[1] = s[1], s[0]
	}),
	"MUST-30 no reference":        of(func(c *register.Correct) { c.Target.Reference = "" }),
	"MUST-30 no entry":            of(func(c *register.Correct) { c.Target.Index = 0 }),
	"MUST-30 purpose":             of(func(c *register.Correct) { c.Seal.Opening.Purpose = "copies" }),
	"MUST-30 a first revision":    of(func(c *register.Correct) { c.Seal.Opening.Revision = 1 }),
	"MUST-30 without predecessor": of(func(c *register.Correct) { c.Seal.Opening.Previous = [32]byte{} }),
	"MUST-30 another digest":      of(func(c *register.Correct) { c.Seal.Opening.Digest[0] ^= 1 }),
	"MUST-30 another reference":   of(func(c *register.Correct) { c.Target.Reference = "HC-z" }),
	"MUST-30 type hidden":         of(func(c *register.Correct) { hide(c.Fields, letter.FieldType) }),
	"MUST-30 text hidden":         of(func(c *register.Correct) { hide(c.Fields, letter.TextField("en")) }),
	"MUST-30 disclosure":          of(func(c *register.Correct) { c.Disclosure = "some" }),
	"MUST-30 file":                of(func(c *register.Correct) { c.Files = []register.File{{Role: "form", MediaType: "text/plain"}} }),
	"MUST-30 no reason":           of(func(c *register.Correct) { c.Reason = nil }),
	"MUST-31 no time to ratify":   of(func(p *register.Policy) { p.Rules[0].Act = approval.WithdrawEmergency; p.RatifyWithin = 0 }),
	"MUST-31 a time and no rule":  of(func(p *register.Policy) { p.RatifyWithin, p.Rules = 60, p.Rules[:1] }),
	"MUST-31 too long a time":     of(func(p *register.Policy) { p.Rules[0].Act = approval.WithdrawEmergency; p.RatifyWithin = 31_622_401 }),
	"MUST-32 no target":           of(func(r *register.Ratify) { r.Target.Index = 0 }),
	"MUST-33 unknown role":        of(func(k *register.KeyAdd) { k.Role = "index" }),
	"MUST-33 an office's name":    of(func(k *register.KeyAdd) { k.Role, k.ID = register.KeyReceipt, "hc" }),
	"MUST-33 P-256 for receipts": of(func(k *register.KeyAdd) {
		k.Role, k.ID, k.Key = register.KeyReceipt, "operator", newECKey("r").Public()
	}),
	"MUST-34 no key":               of(func(k *register.KeyRevoke) { k.Thumbprint = letter.Hash{} }),
	"MUST-34 no office":            of(func(k *register.KeyRevoke) { k.Office = "" }),
	"MUST-34 beyond any log":       of(func(k *register.KeyRevoke) { k.After = 1<<62 + 1 }),
	"MUST-34 no reason":            of(func(k *register.KeyRevoke) { k.Reason = nil }),
	"MUST-34 an approval too much": of(func(k *register.KeyRevoke) { k.Approvals.Signatures[0].Signature = nil }),
	"MUST-35 nothing covered":      of(func(h *register.IndexHead) { h.Size = 0 }),
	"MUST-35 beyond any log":       of(func(h *register.IndexHead) { h.Size = 1<<62 + 1 }),
	"MUST-35 no root":              of(func(h *register.IndexHead) { h.Root = letter.Hash{} }),
	"MUST-12 empty signature":      of(func(w *register.Withdraw) { w.Approvals.Signatures[0].Signature = nil }),
}

// TestRuleFor (entry.md MUST-17).
func TestRuleFor(t *testing.T) {
	p := newHouse("hc").policy
	for _, c := range []struct {
		act  string
		typ  string
		k    int
		none bool
	}{{"issue", "letter", 2, false}, {"statement", "holding", 1, false}, {"statement", "about", 1, false}, {"crown", "", 0, true}} {
		r, ok := p.RuleFor(approval.Act(c.act), c.typ)
		if ok == c.none || r.K != c.k {
			t.Errorf("%s %s: %+v %v", c.act, c.typ, r, ok)
		}
	}
	if r, _ := p.RuleFor("statement", "holding"); len(r.Roles) != 2 {
		t.Error("the general rule counts before the rule of the type")
	}
	// Acts without a rule of their own (entry.md MUST-36).
	for act, other := range map[approval.Act]approval.Act{approval.Correct: approval.Issue, approval.Ratify: approval.Withdraw, approval.RevokeKey: approval.SetPolicy} {
		p := newHouse("hc").policy
		if r, ok := p.RuleFor(act, "letter"); !ok || r.Act != other {
			t.Errorf("%s goes by the rule %+v", act, r)
		}
		p.Rules = append(p.Rules, register.Rule{Act: act, K: 1, Roles: []register.Role{register.RoleApprover}})
		if r, ok := p.RuleFor(act, "letter"); !ok || r.Act != act || r.K != 1 {
			t.Errorf("%s goes by the rule %+v though it has its own", act, r)
		}
	}
	if _, ok := p.RuleFor(approval.WithdrawEmergency, "letter"); ok {
		t.Error("a policy without a word on emergencies allows them")
	}
	p.Rules = p.Rules[:1]
	if _, ok := p.RuleFor("withdraw", "letter"); ok {
		t.Error("an act without a rule has one")
	}
}

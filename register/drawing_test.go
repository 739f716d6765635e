package register_test

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"chancery.example/approval"
	"chancery.example/commitment"
	"chancery.example/letter"
	"chancery.example/register"
)

// A drawing is a chain of acts, such as
//
//	C1 -> C2 -> I(C2) -> W(a)
//
// Acts:
//
//	C1, Cb2, C2=1     seal a revision of letter a (b, ...); "=" with the words of another
//	I(C1)             issue; options: supersedes b, from 9, until 20 (minutes)
//	O(C1 C2)          open revisions          X(a), X(a sealed)   close
//	W(a)              withdraw                S(a b)              b replaces a
//	D(C1)             disavow the words       T(hello)            statement
//	Recv(C1)          hold by published salt  Hold(C1)            hold by the copy's leaf
//	E(C1 from 60)     put the issue under embargo; I(C1 held at 60) issues it at the hour
//	R(3)              retract the third act   P(...)              new policy: noissue, remove bob, k1, urgent
//	Fix(C2)             correct                 W(a emergency), Ratify(3)   and confirm that
//	Key(new)          add a key               Revoke(hc after 2)  revoke one from an act on
//	Role(receipt new) a key of the operator   Head                index head
//	again(3)          the third act's entry once more, byte for byte
//	resign(3)         its body signed anew with another time
//
// After a letter "@other" makes it another office's act. Options of every act:
// by alice,bob - policy 2 (entry) - late (dated back) - same (as the act before) - gap, reuse (sequence) -
// key other (signed with another's key) - subject S - armored - swapped
// (approvals of another statement) - operator (issued and signed by the operator) -
// bare (without approvals).
type drawing struct {
	t       testing.TB
	houses  map[string]*house
	papers  map[string]*paper
	pages   map[string]page
	entries []register.Logged
	first   int                   // index of the first act
	bodies  map[int]register.Body // of the acts, by number from 1
	said    map[string]letter.LangText
	held    map[string]register.Issue // under embargo, by page
}

var actForm = regexp.MustCompile(`^(?:C([a-z]?)(\d)(?:=([a-z]?)(\d))?|([A-Z][a-z]*|again|resign))(?:@([a-z]+))?(?:\((.*)\))?$`)

// newDrawing returns a register with two enrolled offices, hc and other.
func newDrawing(t testing.TB) *drawing {
	d := &drawing{
		t: t, houses: map[string]*house{}, papers: map[string]*paper{}, pages: map[string]page{},
		bodies: map[int]register.Body{}, said: map[string]letter.LangText{},
		held: map[string]register.Issue{},
	}
	operator := newEdKey("operator")
	claims := register.Claims{Issuer: "https://operator.example", Subject: "urn:chancery:register:" + origin, IssuedAt: minute(0)}
	d.put(must(register.Sign(operator, claims, register.Genesis{
		Origin: origin, Name: register.Words{"en": "Register of the tests"}, Operator: operator.Public(),
		LogKey: origin + "+00000000+AAAA", Exercise: true,
	})))
	for _, id := range []string{"hc", "other"} {
		h := newHouse(id)
		d.houses[id] = h
		claims.IssuedAt = minute(len(d.entries))
		d.put(must(register.Sign(operator, claims, register.KeyAdd{
			Office: h.uri, ID: id, Name: register.Words{"en": "Office " + id}, Domain: id + ".example", Key: h.key.Public(),
		})))
		h.policyAt = register.Index(len(d.entries))
		d.put(must(register.Sign(h.key, register.Claims{Issuer: h.uri, Subject: register.OfficeSubject(h.uri), IssuedAt: minute(len(d.entries))}, h.policy)))
	}
	d.first = len(d.entries)
	return d
}

func (d *drawing) put(e register.Entry) {
	again, err := register.Parse(e.Bytes())
	if err != nil {
		d.t.Fatalf("parsing what was signed: %v", err)
	}
	d.entries = append(d.entries, register.Logged{Index: register.Index(len(d.entries)), Entry: again})
}

// draw plays a chain of acts.
func draw(t testing.TB, chain string) *drawing {
	t.Helper()
	d := newDrawing(t)
	for i, a := range strings.Split(chain, "->") {
		d.act(i+1, strings.TrimSpace(a))
	}
	return d
}

// An order is one act of a drawing, taken apart.
type order struct {
	number  int
	h       *house
	words   []string          // what stands in brackets before the options
	options map[string]string // by name
}

var optionNames = []string{"by", "policy", "late", "gap", "reuse", "key", "subject", "armored", "swapped", "supersedes", "from", "until", "sealed", "ref", "at", "after", "written"}

func parseOrder(number int, h *house, inner string) order {
	o := order{number: number, h: h, options: map[string]string{}}
	flags := []string{"late", "same", "gap", "reuse", "armored", "swapped", "sealed", "held", "emergency", "operator", "bare"}
	fields := strings.Fields(inner)
	for i := 0; i < len(fields); i++ {
		switch f := fields[i]; {
		case slices.Contains(flags, f):
			o.options[f] = "yes"
		case slices.Contains(optionNames, f):
			o.options[f] = fields[i+1]
			i++
		default:
			o.words = append(o.words, f)
		}
	}
	return o
}

func (o order) number64(name string) register.Stamp {
	n, err := strconv.Atoi(o.options[name])
	if err != nil {
		return 0
	}
	return register.StampOf(minute(n))
}

func (d *drawing) act(number int, a string) {
	m := actForm.FindStringSubmatch(a)
	if m == nil {
		d.t.Fatalf("act %d: cannot read %q", number, a)
	}
	house := d.houses["hc"]
	if m[6] != "" {
		house = d.houses[m[6]]
	}
	o := parseOrder(number, house, m[7])
	switch m[5] {
	case "":
		d.seal(o, m)
	case "again":
		d.put(d.entries[d.indexOf(o.words[0])].Entry)
	case "resign":
		n, _ := strconv.Atoi(o.words[0])
		d.sign(o, d.bodies[n], d.entries[d.indexOf(o.words[0])].Entry.Claims.Subject)
	case "P":
		d.setPolicy(o)
	case "E":
		d.embargo(o)
	case "I":
		if o.options["held"] != "" {
			d.atTheHour(o)
			return
		}
		body, subject := d.issue(o)
		d.finish(o, body, subject)
	case "Key", "Role", "Revoke", "Head":
		d.keyAct(m[5], o)
	default:
		body, subject := d.body(m[5], o)
		d.finish(o, body, subject)
	}
}

func (d *drawing) indexOf(number string) int {
	n, err := strconv.Atoi(number)
	if err != nil {
		d.t.Fatalf("%q is no number of an act", number)
	}
	return d.first + n - 1
}

// seal commits to a revision: C1, Cb2, C2=1.
func (d *drawing) seal(o order, m []string) {
	name := m[1]
	if name == "" {
		name = "a"
	}
	p, ok := d.papers[o.h.id+name]
	if !ok {
		ref := "HC-" + name
		if r := o.options["ref"]; r != "" {
			ref = "HC-" + r
		}
		p = &paper{ref: letter.Ref(ref), tag: seed("tag %s %s", o.h.id, name)}
		d.papers[o.h.id+name] = p
	}
	label := "C" + m[1] + m[2]
	words := fmt.Sprintf("Letter %s of the tests,\n\nversion %s.\n", name, m[2])
	if m[4] != "" {
		words = d.pages["C"+strings.TrimPrefix(m[3], "a")+m[4]].text.Text.String()
	}
	pg := p.sealPage(o.h, name, words)
	pg.link.Index = register.Index(len(d.entries))
	p.pages = append(p.pages, pg)
	d.pages[label] = pg
	o.h.sequence++
	number := o.h.sequence
	switch {
	case o.options["gap"] != "":
		number, o.h.sequence = number+1, number+1
	case o.options["reuse"] != "":
		number, o.h.sequence = number-1, number-1
	}
	d.sign(o, register.NewCommit(number, pg.link.Opening.Commitment()), register.OfficeSubject(o.h.uri))
}

// body makes the body of an act that needs approvals.
func (d *drawing) body(kind string, o order) (register.Body, string) {
	office := register.OfficeSubject(o.h.uri)
	reason := register.Words{"en": "Because the drawing says so."}
	switch kind {
	case "O":
		return d.open(o)
	case "X":
		p := d.paper(o, 0)
		b := register.DraftClose{Tag: commitment.CloseTag(p.tag), Reference: p.ref}
		if o.options["sealed"] != "" {
			b.Reference = ""
			return b, office
		}
		return b, register.LetterSubject(origin, o.h.uri, p.ref)
	case "W":
		p := d.paper(o, 0)
		return register.Withdraw{Target: p.issued, Reason: reason, Emergency: o.options["emergency"] != ""}, register.LetterSubject(origin, o.h.uri, p.ref)
	case "Fix":
		return d.correct(o, reason)
	case "Ratify":
		e := d.entries[d.indexOf(o.words[0])]
		b := register.Ratify{Target: register.Target{Office: o.h.uri, Index: e.Index, Leaf: e.Entry.LeafHash()}}
		return b, e.Entry.Claims.Subject
	case "S":
		p := d.paper(o, 0)
		return register.Supersede{Target: p.issued, Successor: d.paper(o, 1).issued}, register.LetterSubject(origin, o.h.uri, p.ref)
	case "D":
		t := d.pages[o.words[0]].text
		about := register.Target{Office: o.h.uri, Reference: "HC-a"}
		return register.Disavow{Texts: textLeaf(t, fmt.Sprint("D", o.number)), Reason: reason, Regarding: []register.Target{about}}, office
	case "R":
		i := d.indexOf(o.words[0])
		return register.Retract{Target: register.Target{Office: o.h.uri, Index: register.Index(i), Leaf: d.entries[i].Entry.LeafHash()}, Reason: reason}, office
	}
	return d.statement(kind, o), office
}

func (d *drawing) paper(o order, word int) *paper {
	name := o.words[word]
	if p, ok := d.papers[o.h.id+name]; ok {
		return p
	}
	d.t.Fatalf("act %d: office %s has no letter %q", o.number, o.h.id, name)
	return nil
}

func (d *drawing) issue(o order) (register.Body, string) {
	pg := d.pages[o.words[0]]
	c := pg.revision.Content()
	b := register.Issue{
		Reference: c.Reference, Type: c.Type, Disclosure: register.DisclosePublic, Seal: pg.link,
		Fields:    pg.revision.Disclose(pg.revision.Fields()...),
		NotBefore: o.number64("from"), Expires: o.number64("until"), Written: register.Day(o.options["written"]),
	}
	for _, name := range strings.FieldsFunc(o.options["supersedes"], func(r rune) bool { return r == ',' }) {
		b.Supersedes = append(b.Supersedes, d.papers[o.h.id+name].issued)
	}
	return b, register.LetterSubject(origin, o.h.uri, c.Reference)
}

func (d *drawing) correct(o order, reason register.Words) (register.Body, string) {
	pg := d.pages[o.words[0]]
	c := pg.revision.Content()
	b := register.Correct{
		Disclosure: register.DisclosePublic, Seal: pg.link, Fields: pg.revision.Disclose(pg.revision.Fields()...), Reason: reason,
	}
	for _, p := range d.papers {
		if p.tag == pg.link.Opening.Tag {
			b.Target = p.issued
		}
	}
	if b.Target.Index == 0 { // of a draft: its seal
		b.Target = register.Target{Office: o.h.uri, Reference: c.Reference, Index: pg.link.Index, Leaf: d.entries[pg.link.Index].Entry.LeafHash()}
	}
	return b, register.LetterSubject(origin, o.h.uri, c.Reference)
}

const operatorURI = register.Office("https://operator.example")

// keyAct adds and revokes keys, and publishes an index head.
func (d *drawing) keyAct(kind string, o order) {
	subject := register.OfficeSubject(o.h.uri)
	switch kind {
	case "Key":
		d.sign(o, register.KeyAdd{
			Office: o.h.uri, ID: o.h.id, Name: register.Words{"en": "Office " + o.h.id}, Domain: o.h.id + ".example",
			Key: newEdKey(o.words[0]).Public(),
		}, subject)
	case "Role":
		if o.words[1] == "self" {
			o.words[1] = "operator"
		}
		g := d.entries[0].Entry.Body.(register.Genesis)
		d.sign(o, register.NewRoleKey(g, operatorURI, register.KeyRole(o.words[0]), newEdKey(o.words[1]).Public()), register.OfficeSubject(operatorURI))
	case "Revoke":
		key := newEdKey(o.words[0]).Public().Thumbprint()
		b := register.KeyRevoke{Office: o.h.uri, Thumbprint: key, Reason: register.Words{"en": "It was stolen."}}
		if n, err := strconv.Atoi(o.options["after"]); err == nil {
			b.After = register.Index(d.first + n - 1)
		}
		if len(o.words) > 1 { // of the operator
			b.Office = operatorURI
			d.sign(o, b, register.OfficeSubject(operatorURI))
			return
		}
		if o.options["bare"] != "" {
			d.sign(o, b, subject)
			return
		}
		d.sign(o, d.approved(o, b), subject)
	case "Head":
		o.options["operator"] = "yes"
		size := uint64(len(d.entries))
		if len(o.words) > 0 { // Head(wrong)
			size++
		}
		d.sign(o, register.IndexHead{Size: size, Root: seed("root %d", len(d.entries)), Keys: 3}, register.RegisterSubject(origin))
	}
}

func (d *drawing) open(o order) (register.Body, string) {
	b := register.DraftOpen{}
	var longest uint32
	for _, label := range o.words {
		pg := d.pages[label]
		n := pg.link.Opening.Revision
		b.Reference = pg.revision.Content().Reference
		b.Revisions = append(b.Revisions, register.OpenedRevision{Number: n, Fields: pg.revision.Disclose(pg.revision.Fields()...)})
		longest = max(longest, n)
	}
	for _, p := range d.papers {
		if p.tag == d.pages[o.words[0]].link.Opening.Tag {
			for _, pg := range p.pages[:longest] {
				b.Chain = append(b.Chain, pg.link)
			}
		}
	}
	return b, register.LetterSubject(origin, o.h.uri, b.Reference)
}

func (d *drawing) statement(kind string, o order) register.Body {
	words := english(d.t, fmt.Sprintf("Statement %s of %s.", strings.Join(o.words, " "), o.h.id))
	d.said[strings.Join(o.words, " ")] = words
	b := register.Statement{
		Type: register.About, Texts: textLeaf(words, fmt.Sprint("T", o.h.id, o.words)),
		Regarding: []register.Target{{Office: d.houses["hc"].uri, Reference: "HC-a"}},
	}
	switch kind {
	case "T":
	case "Recv":
		b.Type, b.Of = register.Received, textLeaf(d.pages[o.words[0]].text, "recv")
	case "Hold":
		ds := d.pages[o.words[0]].revision.Disclose()
		leaf := *letter.Find(ds, letter.TextField("en"))
		b.Type, b.Of = register.Received, []letter.Disclosure{leaf}
	default:
		d.t.Fatalf("act %d: unknown act %q", o.number, kind)
	}
	return b
}

// finish has a body approved, signs it and notes what others may point at.
func (d *drawing) finish(o order, b register.Body, subject string) {
	d.log(o, d.approved(o, b), subject)
}

// log signs what is approved.
func (d *drawing) log(o order, b register.Body, subject string) {
	d.sign(o, b, subject)
	last := d.entries[len(d.entries)-1]
	if i, ok := b.(register.Issue); ok {
		for _, p := range d.papers {
			if p.tag == i.Seal.Opening.Tag {
				p.issued = register.Target{Office: o.h.uri, Reference: p.ref, Index: last.Index, Leaf: last.Entry.LeafHash()}
			}
		}
	}
}

func (d *drawing) approved(o order, b register.Body) register.Body {
	signers := signersOf(b)
	if by, ok := o.options["by"]; ok {
		signers = strings.FieldsFunc(by, func(r rune) bool { return r == ',' })
	}
	nonce := seed("approval nonce %d", o.number)
	a := register.Approvals{Policy: o.h.policyAt, Nonce: [16]byte(nonce[:16])}
	if n, err := strconv.Atoi(o.options["policy"]); err == nil {
		a.Policy = register.Index(n)
	}
	statement := must(register.StatementFor(origin, o.h.uri, withApprovals(b, a)))
	if o.options["swapped"] != "" {
		statement.Subject[0] ^= 1
	}
	a.Signatures = o.h.approve(statement.Bytes(), signers)
	if o.options["armored"] != "" {
		a.Signatures[0].Signature = armored(a.Signatures[0].Signature)
	}
	return withApprovals(b, a)
}

func (d *drawing) setPolicy(o order) {
	p := o.h.policy
	p.Rules = slices.Clone(p.Rules)
	p.Officers = slices.Clone(p.Officers)
	switch o.words[0] {
	case "noissue":
		p.Rules = slices.DeleteFunc(p.Rules, func(r register.Rule) bool { return r.Act == approval.Issue })
	case "k1":
		for i := range p.Rules {
			p.Rules[i].K = 1
		}
	case "remove":
		p.Officers = slices.DeleteFunc(p.Officers, func(x register.Officer) bool { return x.ID == o.words[1] })
		for i := range p.Rules {
			p.Rules[i].K = 1
		}
	}
	if o.words[0] == "urgent" {
		p.Rules = append(p.Rules, register.Rule{Act: approval.WithdrawEmergency, K: 1, Roles: []register.Role{register.RoleApprover, register.RolePress}})
		p.RatifyWithin = 3600
	}
	at := register.Index(len(d.entries))
	d.finish(o, p, register.OfficeSubject(o.h.uri))
	if len(o.words) < 3 || o.words[2] != "refused" {
		o.h.policy, o.h.policyAt = p, at
	}
}

// sign puts the entry into the log.
func (d *drawing) sign(o order, b register.Body, subject string) {
	at := minute(len(d.entries))
	if o.options["late"] != "" {
		at = minute(len(d.entries) - 10)
	}
	if o.options["same"] != "" {
		at = minute(len(d.entries) - 1)
	}
	if n, err := strconv.Atoi(o.options["at"]); err == nil {
		at = minute(n)
	}
	if s := o.options["subject"]; s != "" {
		subject = s
	}
	key := o.h.key
	if other := o.options["key"]; other != "" {
		key = newEdKey(other)
	}
	issuer := o.h.uri
	if o.options["operator"] != "" {
		key, issuer = newEdKey("operator"), operatorURI
	}
	e, err := register.Sign(key, register.Claims{Issuer: issuer, Subject: subject, IssuedAt: at}, b)
	if err != nil {
		d.t.Fatalf("act %d: %v", o.number, err)
	}
	d.bodies[o.number] = b
	d.put(e)
}

package register_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"

	"chancery.example/approval"
	"chancery.example/letter"
	"chancery.example/register"
)

// TestOfficeAddress (entry.md MUST-6): what is taken as an office's address, to
// the last byte and at the ends of each range.
func TestOfficeAddress(t *testing.T) {
	long := "https://" + strings.Repeat("x", 192)
	for s, want := range map[string]bool{
		long: true, long + "x": false, "https://az09-./x": true, "https://a": true, "https://z": true, "https://0": true, "https://9": true,
		"https://": false, "https:///a": false, "http://a.b": false, "a.b": false, "https://`": false, "https://{": false, "https://:": false,
		"https://A": false, "https://a_b": false, "https://a,b": false, "https://ä": false,
	} {
		o, err := register.ParseOffice(s)
		if (err == nil) != want || want && string(o) != s {
			t.Errorf("%.40q of %d bytes: %v", s, len(s), err)
		}
	}
}

// TestLastSecond (entry.md MUST-8): an entry of the last second of the year 9999
// is read; one of a second later is not, whatever signed it.
func TestLastSecond(t *testing.T) {
	const last = 253_402_300_799
	h := newHouse("hc")
	claims := register.Claims{Issuer: h.uri, Subject: register.OfficeSubject(h.uri), IssuedAt: time.Unix(last, 0)}
	e := must(register.Sign(h.key, claims, register.NewCommit(1, [32]byte{1})))
	again, err := register.Parse(e.Bytes())
	if err != nil || again.Claims.IssuedAt.Unix() != last {
		t.Errorf("%v %v", again.Claims.IssuedAt, err)
	}
	inCBOR := must(cbor.Marshal(uint64(last)))
	later := must(cbor.Marshal(uint64(last + 1)))
	if n := bytes.Count(e.Bytes(), inCBOR); n != 1 {
		t.Fatalf("the time stands %d times in the entry", n)
	}
	_, err = register.Parse(bytes.Replace(e.Bytes(), inCBOR, later, 1))
	says(t, "a second later", err, "beyond the year 9999")
}

// TestLargestBody (entry.md MUST-1): a payload of the most bytes is read back,
// one more is not.
func TestLargestBody(t *testing.T) {
	w := register.Withdraw{Target: register.Target{Office: "https://hc.example", Index: 7, Leaf: letter.Hash{1}}, Reason: register.Words{"en": "x"}}
	for i := range 34 {
		w.Approvals.Signatures = append(w.Approvals.Signatures, register.OfficerSignature{Officer: fmt.Sprintf("o%02d", i), Signature: make([]byte, 1912)})
	}
	last := &w.Approvals.Signatures[33]
	last.Signature = make([]byte, 1912+register.MaxEntry-len(must(register.EncodeBody(w))))
	b := must(register.EncodeBody(w))
	if len(b) != register.MaxEntry {
		t.Fatalf("the test made %d bytes", len(b))
	}
	_, err := register.DecodeBody(register.KindWithdraw, b)
	says(t, "the most bytes", err, "")
	last.Signature = append(last.Signature, 0)
	_, err = register.DecodeBody(register.KindWithdraw, must(register.EncodeBody(w)))
	says(t, "a byte more", err, "65536 bytes: at most 65535")
}

// TestKeysAsWritten (entry.md MUST-5): a key is read in the one form that it is
// written in; a point of the curve under another name, or cut elsewhere, is none.
func TestKeysAsWritten(t *testing.T) {
	type form struct {
		Kty int    `cbor:"1,keyasint"`
		Crv int    `cbor:"-1,keyasint"`
		X   []byte `cbor:"-2,keyasint"`
		Y   []byte `cbor:"-3,keyasint,omitempty"`
	}
	mode := must(cbor.CoreDetEncOptions().EncMode())
	var ed, ec form
	if err := cbor.Unmarshal(must(newEdKey("hc").Public().MarshalCBOR()), &ed); err != nil {
		t.Fatal(err)
	}
	if err := cbor.Unmarshal(must(newECKey("hc").Public().MarshalCBOR()), &ec); err != nil {
		t.Fatal(err)
	}
	point := slices.Concat(ec.X, ec.Y)
	for what, c := range map[string]struct {
		key   form
		taken bool
	}{
		"Ed25519":                        {ed, true},
		"P-256":                          {ec, true},
		"Ed25519 as the wrong type":      {form{2, ed.Crv, ed.X, nil}, false},
		"Ed25519 on the wrong curve":     {form{ed.Kty, 1, ed.X, nil}, false},
		"Ed25519 with more":              {form{ed.Kty, ed.Crv, ed.X, ed.X}, false},
		"Ed25519, short":                 {form{ed.Kty, ed.Crv, ed.X[:31], nil}, false},
		"another type and curve":         {form{3, 3, ed.X, nil}, false},
		"P-256 as the wrong type":        {form{1, ec.Crv, ec.X, ec.Y}, false},
		"P-256 on the wrong curve":       {form{ec.Kty, 6, ec.X, ec.Y}, false},
		"P-256 as Ed25519":               {form{1, 6, ec.X, ec.Y}, false},
		"P-256 cut a byte early":         {form{ec.Kty, ec.Crv, point[:31], point[31:]}, false},
		"P-256 cut a byte late":          {form{ec.Kty, ec.Crv, point[:33], point[33:]}, false},
		"P-256 without Y":                {form{ec.Kty, ec.Crv, point, nil}, false},
		"P-256 with X alone":             {form{ec.Kty, ec.Crv, ec.X, nil}, false},
		"not a point":                    {form{ec.Kty, ec.Crv, ec.X, ec.X}, false},
		"P-256, another type, cut early": {form{1, 6, point[:31], point[31:]}, false},
		"P-256, another type, cut late":  {form{1, 1, point[:33], point[33:]}, false},
	} {
		var k register.PublicKey
		err := k.UnmarshalCBOR(must(mode.Marshal(c.key)))
		if (err == nil) != c.taken || k.IsZero() == c.taken {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestKeyVerifies: a signature is the key's over these bytes, or the answer is
// an error; no key verifies nothing.
func TestKeyVerifies(t *testing.T) {
	message := []byte("to be signed")
	for name, s := range map[string]register.Signer{"Ed25519": newEdKey("hc"), "P-256": newECKey("hc")} {
		k, sig := s.Public(), must(s.Sign(message))
		if err := k.VerifySignature(message, sig); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		says(t, name+" over other bytes", k.VerifySignature([]byte("others"), sig), "the signature is not key")
		says(t, name+" with a byte changed", k.VerifySignature(message, append([]byte{sig[0] ^ 1}, sig[1:]...)), "the signature is not key")
		says(t, name+" cut", k.VerifySignature(message, sig[:63]), "the signature is not key")
		says(t, "no key", register.PublicKey{}.VerifySignature(message, sig), "there is no key")
	}
}

// TestLimitsOfIssues (entry.md MUST-8, MUST-23): files and times of an issue.
func TestLimitsOfIssues(t *testing.T) {
	const last = 253_402_300_799
	d := draw(t, "C1")
	file := register.File{Role: "enclosure", MediaType: "text/plain", Digest: letter.Hash{1}}
	files := func(n int) []register.File { return slices.Repeat([]register.File{file}, n) }
	with := func(change func(*register.File)) []register.File {
		f := file
		change(&f)
		return []register.File{file, f}
	}
	const lacks = "a file lacks its role"
	for what, c := range map[string]struct {
		change func(*register.Issue)
		words  string
	}{
		"64 files":      {func(i *register.Issue) { i.Files = files(64) }, ""},
		"65 files":      {func(i *register.Issue) { i.Files = files(65) }, "65 files: at most 64"},
		"a form":        {func(i *register.Issue) { i.Files = with(func(f *register.File) { f.Role = "form" }) }, ""},
		"another role":  {func(i *register.Issue) { i.Files = with(func(f *register.File) { f.Role = "forms" }) }, lacks},
		"no digest":     {func(i *register.Issue) { i.Files = with(func(f *register.File) { f.Digest = letter.Hash{} }) }, lacks},
		"no media type": {func(i *register.Issue) { i.Files = with(func(f *register.File) { f.MediaType = "" }) }, lacks},
		"a media type of 100 bytes": {func(i *register.Issue) {
			i.Files = with(func(f *register.File) { f.MediaType = strings.Repeat("x", 100) })
		}, ""},
		"a media type of 101 bytes": {func(i *register.Issue) {
			i.Files = with(func(f *register.File) { f.MediaType = strings.Repeat("x", 101) })
		}, lacks},
		"from the last second":        {func(i *register.Issue) { i.NotBefore = last }, ""},
		"from a second later":         {func(i *register.Issue) { i.NotBefore = last + 1 }, "beyond the year 9999"},
		"until the last second":       {func(i *register.Issue) { i.Expires = last }, ""},
		"until a second later":        {func(i *register.Issue) { i.Expires = last + 1 }, "beyond the year 9999"},
		"from and until beyond":       {func(i *register.Issue) { i.NotBefore, i.Expires = last+1, last+2 }, "beyond the year 9999"},
		"for one second":              {func(i *register.Issue) { i.NotBefore, i.Expires = 5, 6 }, ""},
		"for no time":                 {func(i *register.Issue) { i.NotBefore, i.Expires = 5, 5 }, "expires before it takes effect"},
		"in force again after expiry": {func(i *register.Issue) { i.NotBefore, i.Expires = 6, 5 }, "expires before it takes effect"},
	} {
		b, _ := d.issue(order{h: d.houses["hc"], words: []string{"C1"}})
		i := b.(register.Issue) //nolint:errcheck,forcetypeassert // d.issue makes nothing else
		c.change(&i)
		_, err := register.EncodeBody(i)
		says(t, what, err, c.words)
	}
}

// TestChainsInOrder (entry.md MUST-21): the commitments of an opened chain stand
// in order of the log, each at a place of its own.
func TestChainsInOrder(t *testing.T) {
	for what, c := range map[string]struct {
		first, second register.Index
		words         string
	}{"in order": {5, 6, ""}, "at the same place": {6, 6, "not in order of the log"}, "the other way": {6, 5, "not in order of the log"}} {
		d := draw(t, "C1 -> C2")
		b, _ := d.open(order{h: d.houses["hc"], words: []string{"C2"}})
		o := b.(register.DraftOpen) //nolint:errcheck,forcetypeassert // d.open makes nothing else
		o.Chain[0].Index, o.Chain[1].Index = c.first, c.second
		_, err := register.EncodeBody(o)
		says(t, what, err, c.words)
	}
}

// TestRuleOfAnAct (entry.md MUST-17, MUST-36): the rule for exactly this type, else the first
// without a type, else none.
func TestRuleOfAnAct(t *testing.T) {
	rule := func(a approval.Act, typ string, k int) register.Rule { return register.Rule{Act: a, Type: typ, K: k} }
	p := register.Policy{Rules: []register.Rule{
		rule(approval.Issue, "notice", 1), rule(approval.Issue, "", 2), rule(approval.Issue, "", 3), rule(approval.Issue, "letter", 4),
		rule(approval.State, "holding", 5), rule(approval.Withdraw, "", 6), rule(approval.Supersede, "", 7), rule(approval.Supersede, "letter", 8),
	}}
	for _, c := range []struct {
		act approval.Act
		typ string
		k   int // 0: no rule
	}{
		{approval.Issue, "notice", 1}, {approval.Issue, "letter", 4}, {approval.Issue, "memo", 2}, {approval.Issue, "", 2},
		{approval.State, "holding", 5}, {approval.State, "about", 0}, {approval.State, "", 0}, {approval.Close, "", 0},
		{approval.Withdraw, "letter", 6}, {approval.Supersede, "letter", 8}, {approval.Supersede, "memo", 7},
		{approval.Correct, "letter", 4}, {approval.Correct, "memo", 2}, {approval.Ratify, "notice", 6}, {approval.RevokeKey, "", 0},
	} {
		r, ok := p.RuleFor(c.act, c.typ)
		if ok != (c.k != 0) || r.K != c.k {
			t.Errorf("%s of a %q: rule %d, want %d", c.act, c.typ, r.K, c.k)
		}
	}
}

// TestSpeakersAreLines (entry.md MUST-15): each speaker is one line of at most
// 200 bytes, and what stands after the speakers is checked as well.
func TestSpeakersAreLines(t *testing.T) {
	for what, c := range map[string]struct {
		speakers []string
		within   uint64
		words    string
	}{
		"200 bytes":                 {[]string{strings.Repeat("x", 200)}, 0, ""},
		"201 bytes":                 {[]string{"x", strings.Repeat("x", 201)}, 0, "speaker of 201 bytes"},
		"two lines":                 {[]string{"x", "a\nb"}, 0, "more than one line"},
		"no words":                  {[]string{""}, 0, "speaker of 0 bytes"},
		"speakers and a false time": {[]string{"x"}, 1, "has no rule for"},
	} {
		p := newHouse("hc").policy
		p.Speakers = c.speakers
		p.RatifyWithin = c.within
		_, err := register.EncodeBody(p)
		says(t, what, err, c.words)
	}
}

package register_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"chancery.example/approval"
	"chancery.example/letter"
	"chancery.example/register"
)

// says holds a refusal to words of its message; none: there must be no refusal.
func says(t *testing.T, what string, err error, words string) {
	t.Helper()
	if (err == nil) != (words == "") || err != nil && !strings.Contains(err.Error(), words) {
		t.Errorf("%s: %v; want %q", what, err, words)
	}
}

// TestLimitsOfParts (entry.md MUST-8, MUST-9, MUST-12): the most of everything is
// taken, one more is not, and the refusal says which and how many.
func TestLimitsOfParts(t *testing.T) {
	h := newHouse("hc")
	leaf := letter.Hash(seed("leaf"))
	target := register.Target{Office: h.uri, Reference: "HC-1", Index: 7, Leaf: leaf}
	withdraw := func(change func(*register.Withdraw)) error {
		w := register.Withdraw{Target: target, Reason: register.Words{"en": "Sent by mistake."}}
		change(&w)
		_, err := register.EncodeBody(w)
		return err
	}
	signed := func(n, size int) (out []register.OfficerSignature) {
		for i := range n {
			out = append(out, register.OfficerSignature{Officer: fmt.Sprintf("o%03d", i), Signature: make([]byte, size)})
		}
		return out
	}
	approved := func(s ...register.OfficerSignature) error {
		return withdraw(func(w *register.Withdraw) { w.Approvals.Signatures = s })
	}
	says(t, "64 approvals", approved(signed(64, 9)...), "")
	says(t, "65 approvals", approved(signed(65, 9)...), "65 approvals: at most 64")
	says(t, "a signature of 1 byte", approved(signed(1, 1)...), "")
	says(t, "a signature of 2048 bytes", approved(signed(1, 2048)...), "")
	says(t, "a signature of 2049 bytes", approved(signed(1, 2049)...), "signature of 2049 bytes")
	says(t, "no signature", approved(signed(1, 0)...), "signature of 0 bytes")
	says(t, "an officer twice", approved(slices.Repeat(signed(1, 9), 2)...), "each once")
	bad := signed(3, 9)
	bad[2].Officer = "O"
	says(t, "no officer's name", approved(bad...), "approval 3: short name")

	worded := func(w register.Words) error {
		return withdraw(func(b *register.Withdraw) { b.Reason = w })
	}
	says(t, "no words", worded(nil), "the public reason is missing")
	says(t, "4000 bytes", worded(register.Words{"en": strings.Repeat("x", 4000)}), "")
	says(t, "4001 bytes", worded(register.Words{"en": strings.Repeat("x", 4001)}), "the public reason of 4001 bytes: want 1 to 4000")
	says(t, "empty words", worded(register.Words{"en": ""}), "of 0 bytes")
	says(t, "words that are not UTF-8", worded(register.Words{"en": "a\xff"}), "of UTF-8")
	says(t, "a language in another form", worded(register.Words{"EN": "x"}), `language tag "EN"`)
	says(t, "no language", worded(register.Words{"?": "x"}), `language tag "?"`)

	for name, want := range map[string]bool{
		"a": true, "z": true, "0": true, "9": true, "a-": true, "-a": false, "": false, "`": false, "{": false, "/": false, ":": false, "A": false, "a_": false,
		strings.Repeat("a", 32): true, strings.Repeat("a", 33): false,
	} {
		one := signed(1, 9)
		one[0].Officer = name
		if err := approved(one...); (err == nil) != want {
			t.Errorf("short name %q: %v", name, err)
		}
	}
	says(t, "a target without leaf", withdraw(func(w *register.Withdraw) { w.Target.Leaf = letter.Hash{} }), "index and leaf hash")
	says(t, "a target without index", withdraw(func(w *register.Withdraw) { w.Target.Index = 0 }), "index and leaf hash")
	says(t, "a target without reference", withdraw(func(w *register.Withdraw) { w.Target.Reference = "" }), "")

	statement := func(n int) error {
		s := register.Statement{Type: register.About, Texts: textLeaf(english(t, "Sir,\n"), "x"), Regarding: slices.Repeat([]register.Target{target}, n)}
		_, err := register.EncodeBody(s)
		return err
	}
	says(t, "64 targets", statement(64), "")
	says(t, "65 targets", statement(65), "regarding: 65 targets, at most 64")
}

// TestLimitsOfPolicies (entry.md MUST-15, MUST-16, MUST-31).
func TestLimitsOfPolicies(t *testing.T) {
	check := func(change func(*register.Policy)) error {
		p := newHouse("hc").policy
		change(&p)
		_, err := register.EncodeBody(p)
		return err
	}
	officers := func(n int) (out []register.Officer) {
		for i := range n {
			id := fmt.Sprintf("o%03d", i)
			out = append(out, register.Officer{ID: id, Person: id, Name: id, Roles: []register.Role{register.RoleApprover, register.RolePress}})
		}
		return out
	}
	rule := register.Rule{Act: approval.Issue, K: 1, Roles: []register.Role{register.RoleApprover}}
	urgent := register.Rule{Act: approval.WithdrawEmergency, K: 1, Roles: rule.Roles}
	const sizes = "want 1 to 500, at most 200, at most 500"
	for what, c := range map[string]struct {
		change func(*register.Policy)
		words  string
	}{
		"no officers":        {func(p *register.Policy) { p.Officers = nil }, sizes},
		"500 officers":       {func(p *register.Policy) { p.Officers = officers(500) }, ""},
		"501 officers":       {func(p *register.Policy) { p.Officers = officers(501) }, sizes},
		"200 rules":          {func(p *register.Policy) { p.Rules = slices.Repeat([]register.Rule{rule}, 200) }, ""},
		"201 rules":          {func(p *register.Policy) { p.Rules = slices.Repeat([]register.Rule{rule}, 201) }, sizes},
		"500 speakers":       {func(p *register.Policy) { p.Speakers = slices.Repeat([]string{"x"}, 500) }, ""},
		"501 speakers":       {func(p *register.Policy) { p.Speakers = slices.Repeat([]string{"x"}, 501) }, sizes},
		"an officer twice":   {func(p *register.Policy) { p.Officers = append(p.Officers, p.Officers[0]) }, "stands twice"},
		"16 keys":            {func(p *register.Policy) { p.Officers[0].Keys = slices.Repeat(p.Officers[0].Keys, 16) }, ""},
		"17 keys":            {func(p *register.Policy) { p.Officers[0].Keys = slices.Repeat(p.Officers[0].Keys, 17) }, "17 keys: at most 16"},
		"a key of two posts": {func(p *register.Policy) { p.Officers[1].Keys = p.Officers[0].Keys }, ""},
		"a key of two":       {func(p *register.Policy) { p.Officers[2].Keys = p.Officers[0].Keys }, "belongs to one person"},
		"a type of 40":       {func(p *register.Policy) { p.Rules[0].Type = strings.Repeat("x", 40) }, ""},
		"a type of 41":       {func(p *register.Policy) { p.Rules[0].Type = strings.Repeat("x", 41) }, "act or type"},
		"an unknown act":     {func(p *register.Policy) { p.Rules[0].Act = "sell" }, "act or type"},
		"nobody":             {func(p *register.Policy) { p.Rules[0].K = 0 }, "asks for 0 persons"},
		"all who hold it":    {func(p *register.Policy) { p.Rules[0].K = 2 }, ""},
		"one more":           {func(p *register.Policy) { p.Rules[0].K = 3 }, "asks for 3 persons; 2 hold the roles"},
		"an urgent rule":     {func(p *register.Policy) { p.Rules, p.RatifyWithin = append(p.Rules, urgent), 1 }, ""},
		"a year and a day":   {func(p *register.Policy) { p.Rules, p.RatifyWithin = append(p.Rules, urgent), 31_622_400 }, ""},
		"a second more":      {func(p *register.Policy) { p.Rules, p.RatifyWithin = append(p.Rules, urgent), 31_622_401 }, "at most 31622400"},
		"no time to ratify":  {func(p *register.Policy) { p.Rules = append(p.Rules, urgent) }, "does not say within what time"},
		"a time for nothing": {func(p *register.Policy) { p.RatifyWithin = 1 }, "has no rule for"},
	} {
		says(t, what, check(c.change), c.words)
	}
}

// TestLimitsOfGenesis (entry.md MUST-13).
func TestLimitsOfGenesis(t *testing.T) {
	for o, want := range map[string]bool{
		"a.z": true, "0.9/a-z": true, "": false, "nodot": false, "/a.b": false, "a.b/": false, "a.B": false, "a.`": false, "a.{": false, "a.:": false, "a.,": false,
		"." + strings.Repeat("x", 119): true, "." + strings.Repeat("x", 120): false,
	} {
		if err := register.ValidateOrigin(o); (err == nil) != want {
			t.Errorf("origin %.40q of %d bytes: %v", o, len(o), err)
		}
	}
	for n, want := range map[int]string{400: "", 401: "want the verifier key"} {
		g := register.Genesis{Origin: origin, Name: register.Words{"en": "x"}, Operator: newEdKey("operator").Public()}
		g.LogKey = origin + "+" + strings.Repeat("x", n-len(origin)-1)
		_, err := register.EncodeBody(g)
		says(t, fmt.Sprintf("a log key of %d bytes", n), err, want)
		g.Name["en"] = strings.Repeat("x", n)
		g.LogKey = origin + "+x"
		_, err = register.EncodeBody(g)
		if (err == nil) != (n == 400) {
			t.Errorf("a name of %d bytes: %v", n, err)
		}
	}
}

// TestLimitsOfHeadsAndKeys (entry.md MUST-34, MUST-35).
func TestLimitsOfHeadsAndKeys(t *testing.T) {
	const last = uint64(1) << 62
	for n, want := range map[uint64]bool{0: false, 1: true, last: true, last + 1: false} {
		_, err := register.EncodeBody(register.IndexHead{Size: n, Root: letter.Hash{1}})
		if (err == nil) != want {
			t.Errorf("a head over %d entries: %v", n, err)
		}
		_, err = register.EncodeBody(register.KeyRevoke{
			Office: newHouse("hc").uri, Thumbprint: letter.Hash{1}, After: register.Index(n), Reason: register.Words{"en": "x"},
		})
		if (err == nil) != (n <= last) {
			t.Errorf("revoked after %d: %v", n, err)
		}
	}
}

// TestEdgesOfTime (entry.md MUST-8): none before 1970, none beyond the year 9999.
func TestEdgesOfTime(t *testing.T) {
	const last = 253_402_300_799
	for at, want := range map[time.Time]register.Stamp{
		{}: 0, time.Unix(-1, 0): 0, time.Unix(0, 0): 0, time.Unix(1, 0): 1, time.Unix(last, 0): last,
	} {
		if got := register.StampOf(at); got != want {
			t.Errorf("%v is stamped %d", at, got)
		}
	}
	for s, zero := range map[register.Stamp]bool{0: true, 1: false, last: false, last + 1: true} {
		if got := s.Time(); got.IsZero() != zero || !zero && got.Unix() != int64(s) {
			t.Errorf("stamp %d is %v", s, got)
		}
	}
	w := register.Words{"fr": "a", "de": "b", "ar": "c", "zh": "d"}
	if s, l := w.In("x"); s != "c" || l != "ar" {
		t.Errorf("without the language and English: %q in %q", s, l)
	}
}

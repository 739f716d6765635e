package register_test

import (
	"bytes"
	"testing"

	"github.com/fxamacker/cbor/v2"

	"chancery.example/register"
)

// laterEntries are vectors of the kinds on corrections, emergencies and keys: the
// forms that the drawing of every kind does not show, and one fault in each.
func (s *shelf) laterEntries() {
	d := draw(s.t, "P(urgent) -> C1 -> I(C1) -> C2 -> Fix(C2) -> W(a emergency) -> Ratify(6) -> Key(new) -> "+
		"Revoke(hc after 8 key new) -> Head -> Role(receipt r operator) -> Role(log l operator) -> Revoke(r operators after 11 operator)")
	act := func(n int) register.Entry { return d.entries[d.first+n-1].Entry }
	for name, x := range map[string]struct {
		act     int
		comment string
	}{
		"policy_emergency":     {1, "MUST-31: a policy that allows withdrawals in an emergency"},
		"withdraw_emergency":   {6, "MUST-31: approved as withdraw-emergency"},
		"key_add_receipt":      {11, "MUST-33: a key of the operator that signs receipts"},
		"key_add_log":          {12, "MUST-33: the log's next key, announced"},
		"key_revoke_of_a_role": {13, "MUST-34: without approvals"},
	} {
		s.right("entry/"+name, x.comment, entryInput{Entry: act(x.act).Bytes()})
	}
	host := func(uri, domain string) func(m map[int]cbor.RawMessage) {
		return func(m map[int]cbor.RawMessage) { m[1], m[4] = cborOf(uri), cborOf(domain) }
	}
	s.right("entry/key_add_with_a_path", "MUST-14: an office below a path; the domain is the host", entryInput{Entry: changed(s.t, act(8), host("https://hc.example/port", "hc.example"))})
	rule := func(k int) func(m map[int]cbor.RawMessage) { // the first rule, with another k
		return func(m map[int]cbor.RawMessage) {
			var rules []map[int]cbor.RawMessage
			if err := cbor.Unmarshal(m[2], &rules); err != nil {
				s.t.Fatal(err)
			}
			rules[0][3] = cborOf(k)
			m[2] = cborOf(rules)
		}
	}
	period := func(expires uint64) func(m map[int]cbor.RawMessage) {
		return func(m map[int]cbor.RawMessage) { m[7], m[8] = cborOf(7200), cborOf(expires) }
	}
	s.right("entry/issue_expires_a_second_later", "MUST-23: a period of one second", entryInput{Entry: changed(s.t, act(3), period(7201))})
	zero := cborOf(make([]byte, 32))
	for _, x := range []struct {
		name, class, comment string
		act                  int
		change               func(m map[int]cbor.RawMessage)
	}{
		{"policy_no_time_to_ratify", "ratify-within", "MUST-31: a rule for withdraw-emergency and no time to ratify", 1, func(m map[int]cbor.RawMessage) { delete(m, 5) }},
		{"policy_k_zero", "k", "MUST-16: a rule that asks for nobody", 1, rule(0)},
		{"policy_k_below_zero", "k", "MUST-16: a rule that asks for fewer than nobody", 1, rule(-1)},
		{"policy_k_beyond_persons", "k", "MUST-16: a rule that asks for more persons than hold its roles", 1, rule(99)},
		{"issue_expires_at_its_hour", "expires", "MUST-23: expires is not later than not before, but equal", 3, period(7200)},
		{"issue_expires_before_its_hour", "expires", "MUST-23: expires is earlier than not before", 3, period(7199)},
		{"correct_no_reference", "reference", "MUST-30: the target has no reference", 5, func(m map[int]cbor.RawMessage) { m[1] = without(s.t, m[1], 2) }},
		{"correct_no_target", "target", "MUST-30: the target is no entry", 5, func(m map[int]cbor.RawMessage) { m[1] = without(s.t, m[1], 3) }},
		{"correct_on_presentation", "disclosure", "MUST-30: on presentation, and the salts are shown", 5, func(m map[int]cbor.RawMessage) { m[4] = cborOf("on_presentation") }},
		{"correct_no_reason", "not-deterministic", "MUST-30: no reason", 5, func(m map[int]cbor.RawMessage) { delete(m, 6) }},
		{"withdraw_emergency_false", "not-deterministic", "MUST-2, MUST-31: a default that is written", 6, func(m map[int]cbor.RawMessage) { m[4] = cborOf(false) }},
		{"ratify_no_target", "target", "MUST-32: the target is no entry", 7, func(m map[int]cbor.RawMessage) { m[1] = without(s.t, m[1], 3) }},
		{"ratify_unknown_key", "cbor", "MUST-4: a ratification gives no reason", 7, func(m map[int]cbor.RawMessage) { m[3] = m[2] }},
		{"key_revoke_no_key", "thumbprint", "MUST-34: the thumbprint is zero", 9, func(m map[int]cbor.RawMessage) { m[2] = zero }},
		{"key_revoke_no_position", "not-deterministic", "MUST-34: no position", 9, func(m map[int]cbor.RawMessage) { delete(m, 3) }},
		{"index_head_nothing_covered", "size", "MUST-35: over no entry", 10, func(m map[int]cbor.RawMessage) { m[1] = cborOf(0) }},
		{"index_head_no_root", "root", "MUST-35: the root is zero", 10, func(m map[int]cbor.RawMessage) { m[2] = zero }},
		{"key_add_unknown_role", "role", "MUST-33: there is no role of this name", 11, func(m map[int]cbor.RawMessage) { m[6] = cborOf("index") }},
		{"key_add_role_under_an_offices_name", "role", "MUST-33: the short name is operator", 11, func(m map[int]cbor.RawMessage) { m[2] = cborOf("hc") }},
		{"key_add_domain_with_the_path", "domain", "MUST-14: host and path are no domain", 8, host("https://hc.example/port", "hc.example/port")},
		{"key_add_another_domain", "domain", "MUST-14: the host of another office", 8, host("https://hc.example/port", "port.example")},
		{"key_add_no_domain", "domain", "MUST-14: no domain", 8, host("https://hc.example/port", "")},
		{"key_add_role_p256", "role", "MUST-33: the key is Ed25519", 11, func(m map[int]cbor.RawMessage) { m[5] = must(newECKey("r").Public().MarshalCBOR()) }},
	} {
		s.wrong("entry/"+x.name, x.class, x.comment, entryInput{Entry: changed(s.t, act(x.act), x.change)})
	}
}

// changed writes an entry with another payload. Its signature no longer fits,
// which parsing does not ask.
func changed(t testing.TB, e register.Entry, change func(m map[int]cbor.RawMessage)) []byte {
	parts := take(t, e)
	m := map[int]cbor.RawMessage{}
	if err := cbor.Unmarshal(parts.payload, &m); err != nil {
		t.Fatal(err)
	}
	change(m)
	parts.payload = cborOf(m)
	if bytes.Equal(parts.bytes(), e.Bytes()) {
		t.Fatal("nothing was changed")
	}
	return parts.bytes()
}

func without(t testing.TB, raw cbor.RawMessage, key int) cbor.RawMessage {
	m := map[int]cbor.RawMessage{}
	if err := cbor.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	delete(m, key)
	return cborOf(m)
}

func cborOf(v any) cbor.RawMessage {
	return must(must(cbor.CoreDetEncOptions().EncMode()).Marshal(v))
}

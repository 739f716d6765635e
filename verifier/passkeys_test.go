package verifier_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"chancery.example/approval"
	"chancery.example/internal/testkit/authenticator"
)

// Officers who approve by passkey, drawn as the vectors of package proof draw
// them, and what can be done to an approval by somebody who has the passkey.

var desks = map[string]struct {
	origin, rp string
	algorithms []int
}{
	"anna":   {"https://register.harbour.example", "register.harbour.example", []int{authenticator.ES256, authenticator.EdDSA, authenticator.RS256}},
	"basma":  {"https://desk.port.example:8443", "port.example", []int{authenticator.ES256}},
	"carl-2": {"https://register.harbour.example", "register.harbour.example", []int{authenticator.EdDSA}},
}

// evidence approves a statement by passkey; false when the officer has none.
func (m mutator) evidence(officer string, statement []byte) ([]byte, bool) {
	d, ok := desks[officer]
	if !ok {
		return nil, false
	}
	p := authenticator.New(d.origin, strings.TrimSuffix(officer, "-2")).Make(d.rp, d.algorithms[m.IntN(len(d.algorithms))])
	k, err := approval.NewPasskey(d.origin, d.rp, p.Public())
	if err != nil {
		return nil, false
	}
	line, err := base64.StdEncoding.DecodeString(strings.Fields(k.Line())[1])
	if err != nil {
		return nil, false
	}
	challenge := approval.Challenge(statement)
	raw := authenticator.Evidence(line, p.Assert(d.origin, challenge[:], m.ceremony))
	if m.IntN(8) == 0 {
		raw = m.bend(raw)
	}
	return raw, true
}

// pieces are what can stand in client data, wherever that is, and the bytes that
// authenticator data may end in.
var (
	pieces = []string{
		`"`, `\`, `\u0061`, `{`, `}`, `[`, `]`, `,`, `:`, " ", "\n", "\u2028", "\x00", "\xff", "\ufeff", `,"a":1`, `,"a":"\ud800"`, `,"\u0061":1`, `,"type":"webauthn.get"`, `,"crossOrigin":true`, `,"crossOrigin":false`,
		`,"topOrigin":null`, `,"x":{"a":[1,{"b":2,"b":3}]}`, `,"x":{"a":[1,{"b":2}],"c":{}}`, `,"x":1e999`, `,"x":-0`, `,"x":01`, `,"__proto__":1`, `,"constructor":{}`, `,"x":"\":\\"`, `,"x":"a:"`, "\u00a0", "\t:",
	}
	endings = [][]byte{
		{0xa0}, {0xa1, 0x61, 'a', 0xf5}, {0xa1, 1, 0xf8, 0x20}, {0xa1, 1, 0xc1, 1}, {0xa1, 1, 0x81, 0x81, 1}, {0xa1, 1, 0x81, 0x81, 0x81, 1}, {0xbf, 0xff}, {0xa1, 0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1},
		{0xa1, 1, 0xfb, 1, 2, 3, 4, 5, 6, 7, 8}, {0xb8, 1, 1, 2}, {0x80}, {0xa0, 0}, {}, {0xbb, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1}, {0xa1, 1, 0x9b, 0x80, 0, 0, 0, 0, 0, 0, 0},
	}
)

// ceremony bends an assertion in one place, before or after it is signed, or not
// at all.
func (m mutator) ceremony(c *authenticator.Ceremony) {
	json := c.Client.JSON()
	switch m.IntN(9) {
	case 0, 1:
		c.ClientData = m.bend(json)
	case 2, 3:
		i := len(json) - 1
		if m.IntN(2) == 0 {
			i = m.IntN(len(json) + 1)
		}
		c.ClientData = slices.Insert(bytes.Clone(json), i, []byte(pieces[m.IntN(len(pieces))])...)
	case 4:
		c.Flags ^= 1 << m.IntN(8)
	case 5:
		c.Flags |= authenticator.Extensions
		c.Extensions = bytes.Clone(endings[m.IntN(len(endings))])
		if m.IntN(3) == 0 {
			c.Extensions = m.bend(c.Extensions)
		}
	case 6:
		c.Signed = func(a *authenticator.Assertion) { a.Signature = m.bend(a.Signature) }
	case 7:
		c.RPIDHash = m.bend(c.RPIDHash)
	}
}

// TestPasskeysAlike: of an approval by passkey, bent by somebody who has it, both
// verifiers say the same.
func TestPasskeysAlike(t *testing.T) {
	other := start(t)
	const statement = "chancery-approval/v1\nnothing that matters here\n"
	n := 2000
	if s := os.Getenv("CHANCERY_ALIKE"); s != "" {
		n, _ = strconv.Atoi(s)
	}
	taken := 0
	names := slices.Sorted(maps.Keys(desks))
	for i := range n {
		m := mutator{rand.New(rand.NewPCG(3, uint64(i)))}
		officer := names[m.IntN(len(names))]
		raw, _ := m.evidence(officer, []byte(statement))
		line := strings.TrimSpace(lineIn(raw))
		k, err := approval.ParseKey(line)
		if err != nil {
			continue // the key itself was bent
		}
		why := approval.Verify([]byte(statement), k, raw)
		var got struct {
			Good           bool
			Class, Crashed string
		}
		other.ask(t, map[string]string{"area": "approval", "do": "verify", "statement": statement, "key": line, "signature": hex.EncodeToString(raw)}, &got)
		if got.Good != (why == nil) || got.Crashed != "" {
			t.Errorf("approval %d: the second verifier says %+v, the first %v\n%s\n%x", i, got, why, line, raw)
		}
		if why == nil {
			taken++
		}
	}
	t.Logf("%d of %d were taken", taken, n)
	if taken < n/10 || taken > 9*n/10 {
		t.Errorf("%d of %d were taken", taken, n)
	}
}

// lineIn is the line of the key that evidence names.
func lineIn(raw []byte) string {
	if len(raw) < 14 {
		return ""
	}
	size := int(binary.BigEndian.Uint32(raw[10:]))
	if size < 0 || size > len(raw)-14 {
		return ""
	}
	return approval.PasskeyType + " " + base64.StdEncoding.EncodeToString(raw[14:14+size])
}

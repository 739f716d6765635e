package register_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"
	"pgregory.net/rapid"

	"chancery.example/commitment"
	"chancery.example/letter"
	"chancery.example/register"
)

// everyKind is a register with entries of every kind.
const everyKind = "C1 -> O(C1) -> C2 -> I(C2) -> Cb1 -> I(Cb1) -> S(a b) -> W(b) -> Cc1 -> X(c sealed) -> " +
	"T(hello) -> R(11) -> D(C1) -> Recv@other(C1) -> P(k1) -> P(urgent) -> Cd1 -> I(Cd1) -> Cd2 -> Fix(Cd2) -> " +
	"W(d emergency) -> Ratify(21) -> Key(hc-2) -> Revoke(hc after 23 key hc-2) -> Head"

func TestEveryKindIsThere(t *testing.T) {
	seen := map[register.Kind]bool{}
	for _, l := range draw(t, everyKind).entries {
		seen[l.Entry.Body.Kind()] = true
	}
	if len(seen) != 16 {
		t.Errorf("%d of 16 kinds: %v", len(seen), seen)
	}
}

// pageEntry is the example of docs/formats/entry.md.
func pageEntry(t testing.TB) (register.Entry, edKey) {
	t.Helper()
	var s [32]byte
	copy(s[:], bytes.Repeat([]byte{0x44}, 32))
	key := edKeyOf(s)
	digest := must(letter.ParseHash("39210d731afe90a13c1835afe7f5a61752e976a4e1f42d5490d092c11bbe6d27"))
	o := commitment.Opening{
		Nonce: commitment.Nonce(bytes.Repeat([]byte{0x11}, 32)), Register: origin, Office: "https://harbour.example",
		Tag: commitment.Tag(bytes.Repeat([]byte{0x22}, 32)), Purpose: commitment.Draft, Revision: 1, Digest: digest,
	}
	const office = register.Office("https://harbour.example")
	claims := register.Claims{Issuer: office, Subject: register.OfficeSubject(office), IssuedAt: begin}
	return must(register.Sign(key, claims, register.NewCommit(1, o.Commitment()))), key
}

// TestPageShowsRealBytes holds the example of entry.md to the code.
func TestPageShowsRealBytes(t *testing.T) {
	b, err := os.ReadFile("../docs/formats/entry.md")
	if err != nil {
		t.Fatal(err)
	}
	page := strings.Join(strings.Fields(string(b)), "")
	e, _ := pageEntry(t)
	for _, want := range []string{fmt.Sprintf("%x", e.Bytes()), e.LeafHash().String(), e.KeyID.String(), fmt.Sprintf("%dbytes", len(e.Bytes()))} {
		if !strings.Contains(page, want) {
			t.Errorf("entry.md does not show %s", want)
		}
	}
}

// TestFlippedByte (entry.md MUST-7): whatever byte of an entry is changed, it
// does not parse or is not the key's.
func TestFlippedByte(t *testing.T) {
	keys := map[string]register.Signer{"EdDSA": newEdKey("flip"), "ES256": newECKey("flip")}
	for name, key := range keys {
		t.Run(name, func(t *testing.T) {
			for _, l := range draw(t, "C1 -> I(C1) -> T(hello)").entries[5:] {
				e := must(register.Sign(key, l.Entry.Claims, l.Entry.Body))
				if err := e.Verify(key.Public()); err != nil {
					t.Fatal(err)
				}
				flipBytes(t, e, key.Public())
			}
		})
	}
}

func flipBytes(t *testing.T, e register.Entry, key register.PublicKey) {
	t.Helper()
	raw := e.Bytes()
	for i := range raw {
		for _, mask := range []byte{0x01, 0x80, 0xff} {
			raw[i] ^= mask
			if changed, err := register.Parse(raw); err == nil && changed.Verify(key) == nil {
				t.Errorf("byte %d of %d ^ %02x: still the key's entry", i, len(raw), mask)
			}
			raw[i] ^= mask
		}
	}
	for n := range raw {
		if _, err := register.Parse(raw[:n]); err == nil {
			t.Errorf("the first %d bytes of %d parse", n, len(raw))
		}
	}
	if _, err := register.Parse(append(raw, 0)); err == nil {
		t.Error("an entry with one byte more parses")
	}
}

// envelope takes an entry apart to put it together wrongly.
type envelope struct {
	protected, unprotected, payload, signature []byte
}

func (e envelope) bytes() []byte {
	return slicesConcat([]byte{0xd2, 0x84}, byteString(e.protected), e.unprotected, byteString(e.payload), byteString(e.signature))
}

func slicesConcat(bs ...[]byte) []byte { return bytes.Join(bs, nil) }

func byteString(b []byte) []byte { return must(cbor.Marshal(b)) }

func take(t testing.TB, e register.Entry) envelope {
	t.Helper()
	var parts []cbor.RawMessage
	if err := cbor.Unmarshal(e.Bytes()[1:], &parts); err != nil {
		t.Fatal(err)
	}
	var out envelope
	for i, p := range []*[]byte{&out.protected, nil, &out.payload, &out.signature} {
		if p == nil {
			out.unprotected = parts[i]
			continue
		}
		if err := cbor.Unmarshal(parts[i], p); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// wrongForms are entries that say the same in other bytes, or more than an
// entry may say: each breaks one MUST of entry.md.
func wrongForms(e envelope) map[string][]byte {
	change := func(f func(*envelope)) []byte { c := e; f(&c); return c.bytes() }
	raw := e.bytes()
	signature := byteString(e.signature)
	head := func(from, to string) func(*envelope) {
		return func(c *envelope) { c.protected = bytes.Replace(c.protected, []byte(from), []byte(to), 1) }
	}
	body := func(from, to string) func(*envelope) {
		return func(c *envelope) { c.payload = bytes.Replace(c.payload, []byte(from), []byte(to), 1) }
	}
	return map[string][]byte{
		"MUST-1 no tag":                         raw[1:],
		"MUST-1 another tag":                    append([]byte{0xd1}, raw[1:]...),
		"MUST-1 tag in two bytes":               append([]byte{0xd8, 0x12}, raw[1:]...),
		"MUST-1 trailing byte":                  append(bytes.Clone(raw), 0),
		"MUST-1 five members":                   append(slicesConcat([]byte{0xd2, 0x85}, raw[2:]), 0xf6),
		"MUST-1 unprotected header not empty":   change(func(c *envelope) { c.unprotected = []byte{0xa1, 0x01, 0x26} }),
		"MUST-1 unprotected header null":        change(func(c *envelope) { c.unprotected = []byte{0xf6} }),
		"MUST-1 short signature":                change(func(c *envelope) { c.signature = c.signature[:63] }),
		"MUST-1 long signature":                 change(func(c *envelope) { c.signature = append(bytes.Clone(c.signature), 0) }),
		"MUST-1 too large":                      change(func(c *envelope) { c.payload = bytes.Repeat([]byte{0}, register.MaxEntry) }),
		"MUST-2 array of indefinite length":     append(slicesConcat([]byte{0xd2, 0x9f}, raw[2:]), 0xff),
		"MUST-2 length of the signature":        bytes.Replace(raw, signature, slicesConcat([]byte{0x59, 0, 64}, e.signature), 1),
		"MUST-2 algorithm as a long integer":    change(head("\xa5\x01\x27", "\xa5\x01\x38\x07")),
		"MUST-2 keys of the header unsorted":    change(head("\xa5\x01\x27\x03\x78\x1f"+register.ContentType, "\xa5\x03\x78\x1f"+register.ContentType+"\x01\x27")),
		"MUST-2 key of the payload as long int": change(body("\xa2\x01\x48", "\xa2\x18\x01\x48")),
		"MUST-2 keys of the payload unsorted":   change(func(c *envelope) { c.payload = slicesConcat([]byte{0xa2}, c.payload[11:], c.payload[1:11]) }),
		"MUST-2 a key twice":                    change(func(c *envelope) { c.payload = slicesConcat([]byte{0xa3}, c.payload[1:11], c.payload[1:]) }),
		"MUST-3 unknown key in the header":      change(head("\xa5\x01\x27", "\xa6\x01\x27\x02\x80")),
		"MUST-3 another content type":           change(head("chancery-entry", "chancery-entrx")),
		"MUST-3 another algorithm":              change(head("\x01\x27", "\x01\x28")),
		"MUST-3 no issued-at":                   change(func(c *envelope) { c.protected = withoutTime(c.protected) }),
		"MUST-4 unknown kind":                   change(head("commit", "commix")),
		"MUST-4 another kind's payload":         change(head("fcommit", "eissue")),
		"MUST-4 unknown key in the payload":     change(func(c *envelope) { c.payload = append(slicesConcat([]byte{0xa3}, c.payload[1:]), 0x03, 0x01) }),
		"MUST-4 payload of another type":        change(func(c *envelope) { c.payload = []byte{0x80} }),
		"MUST-4 no payload":                     change(func(c *envelope) { c.payload = nil }),
		"MUST-6 issuer without https":           change(head("https://", "httpx://")),
		"MUST-6 issuer with a capital":          change(head("//harbour", "//Harbour")),
		"MUST-6 a commit about a letter":        change(head("office:harbour", "letter:harbour")),
		"MUST-6 dated 1970":                     change(head("\x06\x1a\x69\xa5\x51\x90", "\x06\x1a\x00\xff\xff\xff")),
		"MUST-6 dated after the year 9999":      change(head("\x06\x1a\x69\xa5\x51\x90", "\x06\x1b\x00\x00\x00\x3a\xff\xf4\x41\x80")),
		"MUST-20 sequence zero":                 change(body("\x00\x00\x01\x02", "\x00\x00\x00\x02")),
		"MUST-20 sequence of seven bytes":       change(body("\x48\x00", "\x47")),
	}
}

func withoutTime(protected []byte) []byte {
	i := bytes.Index(protected, []byte("\x06\x1a"))
	out := slicesConcat(protected[:i], protected[i+6:])
	return bytes.Replace(out, []byte("\x0f\xa3"), []byte("\x0f\xa2"), 1)
}

// TestOneForm (entry.md MUST-1 to MUST-6, MUST-20).
func TestOneForm(t *testing.T) {
	e, _ := pageEntry(t)
	right := take(t, e)
	if _, err := register.Parse(right.bytes()); err != nil || !bytes.Equal(right.bytes(), e.Bytes()) {
		t.Fatalf("taken apart and put together: %v", err)
	}
	for name, raw := range wrongForms(right) {
		if bytes.Equal(raw, e.Bytes()) {
			t.Errorf("%s: the bytes are those of the right entry", name)
		}
		if _, err := register.Parse(raw); err == nil {
			t.Errorf("%s: parses", name)
		}
	}
}

// TestCommitsLookAlike (entry.md MUST-20): whatever a commit hides, the entry
// has the same length and header.
func TestCommitsLookAlike(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		key := newEdKey("hc")
		const office = register.Office("https://hc.example")
		at := minute(rapid.IntRange(0, 1_000_000).Draw(rt, "minute"))
		claims := register.Claims{Issuer: office, Subject: register.OfficeSubject(office), IssuedAt: at}
		o := commitment.Opening{
			Nonce: seed("%d", rapid.Int().Draw(rt, "nonce")), Register: origin, Office: string(office),
			Purpose: rapid.SampledFrom([]commitment.Purpose{commitment.Draft, commitment.Copies, commitment.Issue}).Draw(rt, "purpose"),
		}
		e := must(register.Sign(key, claims, register.NewCommit(rapid.Uint64Min(1).Draw(rt, "sequence"), o.Commitment())))
		if got, want := len(e.Bytes()), 264; got != want {
			rt.Fatalf("%d bytes, want %d", got, want)
		}
	})
}

// TestSignRefuses: what Parse would refuse is not signed.
func TestSignRefuses(t *testing.T) {
	const office = register.Office("https://hc.example")
	good := register.Claims{Issuer: office, Subject: register.OfficeSubject(office), IssuedAt: begin}
	body := register.NewCommit(1, commitment.Commitment{1})
	bad := map[string]register.Claims{
		"issuer":  {Issuer: "http://hc.example", Subject: good.Subject, IssuedAt: begin},
		"subject": {Issuer: office, Subject: "urn:chancery:office:other.example", IssuedAt: begin},
		"time":    {Issuer: office, Subject: good.Subject},
	}
	for name, c := range bad {
		if _, err := register.Sign(newEdKey("hc"), c, body); err == nil {
			t.Errorf("wrong %s: signed", name)
		}
	}
	if _, err := register.Sign(newEdKey("hc"), good, register.NewCommit(0, commitment.Commitment{1})); err == nil {
		t.Error("commit number 0: signed")
	}
	if _, err := register.Sign(liar{newEdKey("hc")}, good, body); err == nil {
		t.Error("a signer that answers with something else: taken")
	}
}

// liar is a signer that hands back another signature than it was asked for.
type liar struct{ edKey }

func (l liar) Sign([]byte) ([]byte, error) { return l.edKey.Sign([]byte("something else")) }

// TestVerifyOtherKey (entry.md MUST-5, MUST-7).
func TestVerifyOtherKey(t *testing.T) {
	e, key := pageEntry(t)
	if err := e.Verify(key.Public()); err != nil {
		t.Error(err)
	}
	for name, k := range map[string]register.PublicKey{"other": newEdKey("x").Public(), "P-256": newECKey("x").Public(), "none": {}} {
		if e.Verify(k) == nil {
			t.Errorf("%s key: verified", name)
		}
	}
}

// TestKeyBytes (entry.md MUST-5): one form, and only points of the curve.
func TestKeyBytes(t *testing.T) {
	for _, k := range []register.PublicKey{newEdKey("k").Public(), newECKey("k").Public()} {
		b := must(k.MarshalCBOR())
		var again register.PublicKey
		if err := again.UnmarshalCBOR(b); err != nil || !again.Equal(k) || again.Thumbprint() != k.Thumbprint() {
			t.Errorf("read back: %v", err)
		}
		for i := range b {
			b[i] ^= 0x40
			var changed register.PublicKey
			if changed.UnmarshalCBOR(b) == nil && changed.Equal(k) {
				t.Errorf("byte %d changed: the same key", i)
			}
			b[i] ^= 0x40
		}
	}
	extra := must(newEdKey("k").Public().MarshalCBOR())
	extra = append(slicesConcat([]byte{extra[0] + 1}, extra[1:]), 0x22, 0x41, 0x00)
	if new(register.PublicKey).UnmarshalCBOR(extra) == nil {
		t.Error("an Ed25519 key with a y coordinate was taken")
	}
	x := must(newECKey("k").Public().MarshalCBOR())
	x[len(x)-1] ^= 1 // no point of the curve
	var k register.PublicKey
	if k.UnmarshalCBOR(x) == nil {
		t.Error("a point that is not on the curve was taken")
	}
}

// TestParametersBindEveryWord (entry.md MUST-10, MUST-11): any change of a body
// but its signatures changes what officers sign; the signatures do not.
func TestParametersBindEveryWord(t *testing.T) {
	for _, l := range draw(t, everyKind).entries {
		b := l.Entry.Body
		a, ok := register.ApprovalsOf(b)
		if !ok || len(a.Signatures) == 0 {
			continue
		}
		want := must(register.Parameters(b))
		if got := must(register.Parameters(withApprovals(b, register.Approvals{Policy: a.Policy, Nonce: a.Nonce}))); got != want {
			t.Errorf("%s: signatures change the parameters", b.Kind())
		}
		if got := must(register.Parameters(withApprovals(b, register.Approvals{Policy: a.Policy + 1, Nonce: a.Nonce}))); got == want {
			t.Errorf("%s: another policy has the same parameters", b.Kind())
		}
		payload := must(register.EncodeBody(b))
		for i := range payload {
			payload[i] ^= 1
			changed, err := register.DecodeBody(b.Kind(), payload)
			payload[i] ^= 1
			if err != nil {
				continue
			}
			if ca, _ := register.ApprovalsOf(changed); fmt.Sprint(ca.Signatures) != fmt.Sprint(a.Signatures) {
				continue
			}
			if got, err := register.Parameters(changed); err == nil && got == want {
				t.Errorf("%s: byte %d changed, the parameters not", b.Kind(), i)
			}
		}
	}
}

// FuzzParse: what parses is written again in the same bytes (entry.md MUST-2),
// and nothing panics in the fold.
func FuzzParse(f *testing.F) {
	for _, l := range draw(f, everyKind).entries {
		f.Add(l.Entry.Bytes())
	}
	e, _ := pageEntry(f)
	for _, raw := range wrongForms(take(f, e)) {
		if len(raw) < 2000 {
			f.Add(raw)
		}
	}
	start := draw(f, "C1").entries
	f.Fuzz(func(t *testing.T, raw []byte) {
		e, err := register.Parse(raw)
		if err != nil {
			return
		}
		if !bytes.Equal(e.Bytes(), raw) {
			t.Error("Bytes differs from what was parsed")
		}
		payload, err := register.EncodeBody(e.Body)
		if err != nil || !bytes.Contains(raw, payload) {
			t.Errorf("the body is written in other bytes: %v", err)
		}
		s := register.Fold(start)
		s.Add(register.Logged{Index: register.Index(s.Size()), Entry: e})
	})
}

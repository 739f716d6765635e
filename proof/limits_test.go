package proof_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// says holds a refusal to its class and to words of its message.
func says(t *testing.T, what string, err error, class proof.Class, words string) {
	t.Helper()
	if proof.ClassOf(err) != class || err == nil && words != "" || err != nil && !strings.Contains(err.Error(), words) {
		t.Errorf("%s: class %q, %v; want %q and %q", what, proof.ClassOf(err), err, class, words)
	}
}

// TestLargestFiles: a file of the most bytes is read, and refused for what it is;
// one byte more is refused for its length.
func TestLargestFiles(t *testing.T) {
	root := base64.StdEncoding.EncodeToString(make([]byte, 32))
	head := fmt.Sprintf("%s\n7\n%s\n\n", origin, root)
	for _, c := range []struct {
		what string
		most int
		read func(n int) error
	}{
		{"proof", 16 << 20, func(n int) error { _, err := proof.Parse(make([]byte, n)); return err }},
		{"evidence", 128 << 10, func(n int) error { _, err := proof.ParseEvidence(make([]byte, n)); return err }},
		{"checkpoint", 32 << 10, func(n int) error {
			_, err := proof.ParseHead([]byte(head + strings.Repeat("x", n-len(head))))
			return err
		}},
		{"tlog-proof", 64 << 10, func(n int) error { _, err := proof.ParseTLogProof(make([]byte, n)); return err }},
		{"policy", 64 << 10, func(n int) error { _, err := proof.ParsePolicy(bytes.Repeat([]byte("#"), n)); return err }},
		{"verifier key", 512, func(n int) error { _, err := proof.NewVerifier(strings.Repeat("x", n)); return err }},
		{"origin", 255, func(n int) error {
			_, err := proof.ParseHead([]byte(fmt.Sprintf("%s\n7\n%s\n\n", strings.Repeat("x", n), root)))
			if n > 255 {
				says(t, "origin", err, proof.BadCheckpoint, "origin of 256 bytes: want 1 to 255")
				return fmt.Errorf("at most: %w", err)
			}
			return err
		}},
	} {
		if err := c.read(c.most); err != nil && strings.Contains(err.Error(), "at most") {
			t.Errorf("a %s of %d bytes: %v", c.what, c.most, err)
		}
		if err := c.read(c.most + 1); err == nil || !strings.Contains(err.Error(), "at most") {
			t.Errorf("a %s of %d bytes: %v", c.what, c.most+1, err)
		}
	}
}

// TestLimitsOfABundle (proof.md MUST-20, MUST-21, MUST-23): texts and entries,
// each once, in order, and no more than fit.
func TestLimitsOfABundle(t *testing.T) {
	w := newTown(t)
	parse := func(change func(*proof.Bundle)) error {
		b := w.bundle(t, w.issued, w.english)
		b.Support = slices.Clone(b.Support)
		change(&b)
		_, err := proof.Parse(encoded(t, b))
		return err
	}
	texts := func(n int) (out []letter.LangText) {
		for i := range n {
			out = append(out, letter.LangText{Lang: letter.Lang(fmt.Sprintf("x%c%c", 'a'+i/26, 'a'+i%26)), Text: w.english.Text})
		}
		return out
	}
	says(t, "64 texts", parse(func(b *proof.Bundle) { b.Texts = texts(64) }), "", "")
	says(t, "65 texts", parse(func(b *proof.Bundle) { b.Texts = texts(65) }), proof.BadFormat, "65 texts: at most 64")
	says(t, "a text twice", parse(func(b *proof.Bundle) { b.Texts = append(b.Texts, b.Texts[0]) }), proof.BadFormat, "each once")
	says(t, "a language in another form", parse(func(b *proof.Bundle) { b.Texts[0].Lang = "EN" }), proof.BadFormat, `language tag "EN"`)
	says(t, "no language", parse(func(b *proof.Bundle) { b.Texts[0].Lang = "?" }), proof.BadFormat, `language tag "?"`)
	says(t, "an entry twice", parse(func(b *proof.Bundle) { b.Support = slices.Insert(b.Support, 1, b.Support[1]) }), proof.BadFormat, "order of the log")
}

// TestSignatureLines (proof.md MUST-11): how many, and in which form.
func TestSignatureLines(t *testing.T) {
	w := newTown(t)
	p := policyOf(t, "quorum none")
	good := w.checkpoint(logKey)
	with := func(lines string) error {
		_, err := proof.OpenCheckpoint(append(bytes.Clone(good), lines...), p)
		return err
	}
	strangers := func(n int) string {
		var b strings.Builder
		for i := range n { // four bytes of key ID and one of signature: the shortest
			fmt.Fprintf(&b, "— stranger%d.example %s\n", i, base64.StdEncoding.EncodeToString(make([]byte, 5)))
		}
		return b.String()
	}
	says(t, "100 lines", with(strangers(99)), "", "")
	says(t, "101 lines", with(strangers(100)), proof.BadCheckpoint, "101 signature lines: at most 100")
	says(t, "a key ID alone", with("— stranger.example AAAAAA==\n"), proof.BadCheckpoint, "canonical form")
	says(t, "a line without its dash", with("stranger.example AAAAAAA=\n"), proof.BadCheckpoint, "canonical form")
	says(t, "no base64", with("— stranger.example ?AAAAAA=\n"), proof.BadCheckpoint, "canonical form")
	says(t, "a name with a plus", with("— a+b AAAAAAA=\n"), proof.BadCheckpoint, "canonical form")
}

// TestEveryLogItsClock (proof.md MUST-16): the clock of one log says nothing of
// the head of another.
func TestEveryLogItsClock(t *testing.T) {
	w := newTown(t)
	other := cosigner{name: "other.example/log", key: key("other log")}
	its := cosigner{name: other.name, key: key("other clock"), at: begin.Add(time.Hour)}
	p := policyOf(t, "log "+other.vkey(), "witness its "+its.vkey(), "quorum none")
	c, err := proof.OpenCheckpoint(w.checkpoint(logKey, its), p)
	if err != nil || !c.Time.IsZero() || c.Witnesses != 0 {
		t.Errorf("another log's clock was taken: %v, %d witnesses (%v)", c.Time, c.Witnesses, err)
	}
	h, err := proof.OpenSigned(w.checkpoint(logKey, its), p)
	if err != nil || !h.Time.IsZero() || len(h.Marks) != 0 {
		t.Errorf("another log's clock was taken: %v, %v (%v)", h.Time, h.Marks, err)
	}
	alone := must(proof.ParsePolicy([]byte("log " + logKey.vkey() + "\nwitness w1 " + witness[0].vkey() + "\nquorum none\n")))
	for what, c := range map[string]struct {
		p      proof.Policy
		origin string
		want   bool
	}{
		"its own": {p, origin, true}, "the other's": {p, other.name, true}, "a witness": {p, witness[0].name, false}, "nobody": {p, "x.example/log", false},
		"no clock": {alone, origin, false}, "a witness alone": {alone, witness[0].name, false}, "nothing": {proof.Policy{}, "", false},
	} {
		if got := c.p.HasClock(c.origin); got != c.want {
			t.Errorf("%s: the policy knows a clock: %v", what, got)
		}
	}
	var names []string
	for _, x := range p.WitnessList() {
		names = append(names, x.Name+" "+x.Key)
	}
	if want := []string{"w1 " + witness[0].vkey(), "w2 " + witness[1].vkey(), "w3 " + witness[2].vkey()}; !slices.Equal(names, want) {
		t.Errorf("witnesses %q, want %q", names, want)
	}
}

// TestKeysOfAnotherForm (proof.md MUST-12): a key has 32 bytes and a type that is
// known, also when its ID fits.
func TestKeysOfAnotherForm(t *testing.T) {
	vkey := func(material []byte) string {
		id := sha256.Sum256(append([]byte("a.example\n"), material...))
		return fmt.Sprintf("a.example+%08x+%s", binary.BigEndian.Uint32(id[:]), base64.StdEncoding.EncodeToString(material))
	}
	pub := []byte(key("a").Public().(ed25519.PublicKey))
	for _, typ := range []byte{1, 4} {
		if _, err := proof.NewVerifier(vkey(append([]byte{typ}, pub...))); err != nil {
			t.Errorf("type %d: %v", typ, err)
		}
		for _, n := range []int{31, 33} {
			if _, err := proof.NewVerifier(vkey(append([]byte{typ}, append(bytes.Clone(pub), 0)[:n]...))); err == nil || !strings.Contains(err.Error(), "no Ed25519 key") {
				t.Errorf("type %d, %d bytes: %v", typ, n, err)
			}
		}
	}
	for _, typ := range []byte{0, 2, 5} {
		if _, err := proof.NewVerifier(vkey(append([]byte{typ}, pub...))); err == nil || !strings.Contains(err.Error(), "no Ed25519 key") {
			t.Errorf("type %d: %v", typ, err)
		}
	}
	last := cosigner{witness[0].name, witness[0].key, time.Unix(253_402_300_799, 0)} // MUST-10
	c, err := proof.OpenCheckpoint(newTown(t).checkpoint(logKey, last), policyOf(t, "quorum w1"))
	if err != nil || c.Witnesses != 1 || !c.WitnessedAt.Equal(last.at) {
		t.Errorf("the last second of the year 9999: %v at %v", err, c.WitnessedAt)
	}
}

// TestForeignWordsAreClipped: a message quotes sixty bytes of what is foreign
// whole, and no more.
func TestForeignWordsAreClipped(t *testing.T) {
	for n, clipped := range map[int]bool{60: false, 61: true} {
		_, err := proof.NewVerifier(strings.Repeat("x", n))
		if err == nil || strings.Contains(err.Error(), "...") != clipped || !strings.Contains(err.Error(), strings.Repeat("x", 60)) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

// TestEdgesOfEvidence (evidence.md MUST-4, MUST-8).
func TestEdgesOfEvidence(t *testing.T) {
	p := policyOf(t, "quorum none")
	a, b, same := story(5, 3, "one"), story(9, 3, "two"), story(5, 3, "two")
	long, equal := contradict(t, a, b, logKey), contradict(t, a, same, logKey)
	rooted, pathed := equal, equal
	rooted.Root, pathed.Path = long.Root, long.Path
	for what, e := range map[string]proof.Evidence{"a root": rooted, "a path": pathed} {
		_, err := e.Verify(p)
		says(t, "one size, and "+what, err, proof.BadFormat, "between two heads of one size")
	}
	for n, words := range map[int]string{64: "does not lead", 65: "does not carry"} {
		e := long
		e.Path = make([]letter.Hash, n)
		_, err := e.Verify(p)
		says(t, fmt.Sprint(n, " hashes"), err, proof.BadConsistency, words)
	}
	first, second := a.checkpoint(logKey), a.checkpoint(logKey, clock) // one head: the order is the caller's
	e, err := proof.Contradict(first, second, a.under)
	if err != nil || !bytes.Equal(e.First, first) || !bytes.Equal(e.Second, second) {
		t.Errorf("two signatures of one head were put in another order (%v)", err)
	}
}

// TestEdgesOfConsistency (receipt.md MUST-3, MUST-5, MUST-7): read alone, a
// receipt of no growth is refused, whatever its path.
func TestEdgesOfConsistency(t *testing.T) {
	w := newTown(t)
	head := w.head()
	older, path := w.older(5)
	draw := func(from, to, size uint64, path []letter.Hash, inclusion, consistency int) error {
		proofs, one := map[any]any{}, encodedAs(t, []any{from, to, path})
		for kind, n := range map[int]int{-1: inclusion, -2: consistency} {
			if n > 0 {
				proofs[kind] = slices.Repeat([]any{one}, n)
			}
		}
		_, err := proof.ParseConsistencyReceipt(drawn{
			tag: 0xd2, signOver: head.Root[:], proofs: proofs,
			protected: map[any]any{
				1: -8, 4: receiptKey.Public().Thumbprint(), 15: map[any]any{1: string(operatorURI), 2: "urn:chancery:register:" + origin}, 395: 1, "size": size,
			},
		}.bytes(t))
		return err
	}
	says(t, "good", draw(5, head.Size, head.Size, path, 0, 1), "", "")
	says(t, "by one", draw(head.Size-1, head.Size, head.Size, path, 0, 1), "", "")
	const grew = "no log grew so"
	says(t, "from nothing", draw(0, head.Size, head.Size, path, 0, 1), proof.BadReceipt, grew)
	says(t, "to the same", draw(head.Size, head.Size, head.Size, path, 0, 1), proof.BadReceipt, grew)
	says(t, "backwards", draw(head.Size+1, head.Size, head.Size, path, 0, 1), proof.BadReceipt, grew)
	says(t, "no path", draw(5, head.Size, head.Size, []letter.Hash{}, 0, 1), proof.BadReceipt, grew)
	says(t, "another size signed", draw(5, head.Size, head.Size+1, path, 0, 1), proof.BadReceipt, grew)
	says(t, "a proof of either kind", draw(5, head.Size, head.Size, path, 1, 1), proof.BadReceipt, "want one of consistency alone")
	says(t, "two proofs", draw(5, head.Size, head.Size, path, 0, 2), proof.BadReceipt, "want one of consistency alone")

	r := w.grown(t, 5)
	older.Origin = "letters.elsewhere.example/main/2026"
	_, err := r.Verify(older, receiptKey.Public())
	says(t, "the head of another log", err, proof.BadReceipt, "the head at hand is of 5 entries")
	three := forest(3)
	leaf, left := register.LeafHash(three.entries[2]), must(three.Path(2))
	_, err = proof.SignConsistency(receiptKey, operatorURI, three.head(), three.head(), []letter.Hash{leaf, left[0]})
	says(t, "a log that did not grow", err, proof.BadReceipt, "does not lead")
}

// TestLimitsOfStatements (receipt.md MUST-10): one to four receipts, and no more
// bytes than they and an entry can have.
func TestLimitsOfStatements(t *testing.T) {
	w := newTown(t)
	entry := w.entries[w.issued]
	four := [][]byte{{1}, {1}, {1}, {1}}
	_, err := proof.Transparent(nil, four...)
	says(t, "no entry", err, proof.BadReceipt, "an entry of 0 bytes")
	_, err = proof.Transparent(entry, append(four, []byte{1})...)
	says(t, "five receipts", err, proof.BadReceipt, "want 1 to 4")
	raw, err := proof.Transparent(entry, four...)
	if err != nil {
		t.Fatal(err)
	}
	if _, got, err := proof.SplitTransparent(raw); err != nil || len(got) != 4 {
		t.Errorf("four receipts came apart as %d: %v", len(got), err)
	}
	list := []byte{0x19, 0x01, 0x8a, 0x84}
	none := bytes.Replace(raw, append(list, 0x41, 1, 0x41, 1, 0x41, 1, 0x41, 1), []byte{0x19, 0x01, 0x8a, 0x80}, 1)
	five := bytes.Replace(raw, list, []byte{0x19, 0x01, 0x8a, 0x85, 0x41, 1}, 1)
	for words, raw := range map[string][]byte{"a statement with 0 receipts": none, "a statement with 5 receipts": five} {
		_, _, err := proof.SplitTransparent(raw)
		says(t, words, err, proof.BadReceipt, words)
	}
	const most = register.MaxEntry + 4*(4096+8)
	for n, words := range map[int]string{most: "not a transparent statement", most + 1: "bytes that are no"} {
		long := make([]byte, n)
		long[0] = 0xd2
		_, _, err := proof.SplitTransparent(long)
		says(t, fmt.Sprint(n, " bytes"), err, proof.BadReceipt, words)
	}
}

// TestAReceiptOfAnotherRegister: by its log or by its operator.
func TestAReceiptOfAnotherRegister(t *testing.T) {
	w := newTown(t)
	w.announce(receiptKey)
	for what, change := range map[string]func(*proof.Receipt){
		"another log":      func(r *proof.Receipt) { r.Origin = "letters.elsewhere.example/main/2026" },
		"another operator": func(r *proof.Receipt) { r.Issuer = harbour },
	} {
		r := w.receipt(t, w.issued)
		change(&r)
		says(t, what, proof.VerifyReceipt(w.state(t), r, w.entries[w.issued]), proof.BadReceipt, "the receipt is one of")
	}
}

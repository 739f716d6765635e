package proof_test

import (
	"bytes"
	"slices"
	"testing"

	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// announce puts a receipt key of the operator into the log.
func (w *town) announce(s signer) register.Index {
	operator := signer{key("operator")}
	g := register.Genesis{Origin: origin, Name: register.Words{"en": "Harbour register"}, Operator: operator.Public(), LogKey: logKey.vkey()}
	return w.put(operator, operatorURI, register.RegisterSubject(origin), register.NewRoleKey(g, operatorURI, register.KeyReceipt, s.Public()))
}

// revoke ends a receipt key.
func (w *town) revoke(s signer, after register.Index) {
	w.put(signer{key("operator")}, operatorURI, register.OfficeSubject(operatorURI), register.KeyRevoke{
		Office: operatorURI, Thumbprint: s.Public().Thumbprint(), After: after, Reason: register.Words{"en": "A new one is in use."},
	})
}

// receipted is a bundle with a receipt, in a town that announced its key.
func (w *town) receipted(t testing.TB, texts ...letter.LangText) proof.Bundle {
	t.Helper()
	return w.withReceipts(t, w.bundle(t, w.issued, texts...), receiptKey)
}

func (w *town) withReceipts(t testing.TB, b proof.Bundle, keys ...signer) proof.Bundle {
	t.Helper()
	for _, k := range keys {
		if err := b.AddReceipt(w.state(t), k, w.tree); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

func TestABundleCarriesReceipts(t *testing.T) {
	w := newTown(t)
	at := w.announce(receiptKey)
	b, err := proof.Parse(encoded(t, w.receipted(t, w.english)))
	if err != nil {
		t.Fatal(err)
	}
	policy := policyOf(t, "quorum none")
	v, err := b.Verify(policy, later, w.english)
	if err != nil || len(v.Receipts) != 1 || v.Receipts[0].Index != w.issued {
		t.Fatalf("%d receipts: %v", len(v.Receipts), err)
	}
	if !slices.ContainsFunc(b.Support, func(s proof.Supporting) bool { return s.Index == at }) {
		t.Error("MUST-43: the entry that added the key is not carried")
	}
	if err := proof.VerifyReceipt(w.state(t), v.Receipts[0], b.Entry); err != nil {
		t.Error(err)
	}
	if err := proof.VerifyReceipt(w.state(t), v.Receipts[0], w.entries[0]); proof.ClassOf(err) != proof.BadReceipt {
		t.Errorf("another entry: %v", err)
	}
	// A receipt is worth nothing where the checkpoint is not: MUST-43.
	if _, err := b.Verify(policyOf(t, "group all3 3 w1 w2 w3", "quorum all3"), later); proof.ClassOf(err) != proof.QuorumNotMet {
		t.Errorf("a receipt stood for a witness: %v", err)
	}
}

// TestReceiptKeysMustBeAnnounced: nobody's key, the log's own, an office's, one
// that comes after the head, and one that was revoked sign no receipt.
func TestReceiptKeysMustBeAnnounced(t *testing.T) {
	for name, s := range map[string]signer{"nobody's": {key("nobody")}, "the log's": {logKey.key}, "the operator's": {key("operator")}, "an office's": {key("harbour")}} {
		w := newTown(t)
		w.announce(receiptKey)
		b := w.bundle(t, w.issued)
		if err := b.AddReceipt(w.state(t), s, w.tree); proof.ClassOf(err) != proof.BadReceipt || b.Receipts != nil {
			t.Errorf("%s key: %v", name, err)
		}
	}
	w := newTown(t)
	b := w.bundle(t, w.issued)
	w.announce(receiptKey) // after the bundle's head
	if err := b.AddReceipt(w.state(t), receiptKey, w.tree); proof.ClassOf(err) != proof.BadReceipt {
		t.Errorf("a key that the head does not cover: %v", err)
	}
	w.revoke(receiptKey, register.Index(len(w.entries)-1))
	b = w.bundle(t, w.issued)
	if err := b.AddReceipt(w.state(t), receiptKey, w.tree); proof.ClassOf(err) != proof.BadReceipt {
		t.Errorf("a revoked key: %v", err)
	}
}

// refusedReceipts are bundles whose receipts alone are at fault.
func refusedReceipts(t testing.TB) []refused {
	none := []string{"quorum none"}
	w := newTown(t)
	at := w.announce(receiptKey)
	good := w.receipted(t)
	with := func(change func(*proof.Bundle)) []byte {
		b := good
		b.Support, b.Receipts = slices.Clone(b.Support), slices.Clone(b.Receipts)
		change(&b)
		return encoded(t, b)
	}
	of := func(k signer, i register.Index) []byte {
		return must(proof.SignReceipt(k, operatorURI, w.head(), i, w.entries[i], must(w.Path(i)))).Bytes()
	}
	older := newTown(t) // the same, before the key was announced
	b := older.bundle(t, older.issued)
	stale := must(proof.SignReceipt(receiptKey, operatorURI, older.head(), older.issued, b.Entry, must(older.Path(older.issued)))).Bytes()
	revoked := newTown(t)
	added := revoked.announce(receiptKey)
	revoked.revoke(receiptKey, added)
	end := register.Index(len(revoked.entries) - 1)
	late := revoked.bundle(t, revoked.issued)
	for _, i := range []register.Index{added, end} {
		late.Support = append(late.Support, proof.Supporting{Index: i, Entry: revoked.entries[i], Path: must(revoked.Path(i))})
	}
	late.Receipts = [][]byte{must(proof.SignReceipt(receiptKey, operatorURI, revoked.head(), revoked.issued, late.Entry, must(revoked.Path(revoked.issued)))).Bytes()}
	other := must(proof.SignReceipt(receiptKey, harbour, w.head(), w.issued, w.entries[w.issued], must(w.Path(w.issued)))).Bytes()
	office := signer{key("harbour")}
	five := [][]byte{{1}, {2}, {3}, {4}, {5}}
	return []refused{
		{"five receipts", proof.BadFormat, with(func(b *proof.Bundle) { b.Receipts = five }), none, nil},
		{"an empty receipt", proof.BadFormat, with(func(b *proof.Bundle) { b.Receipts = [][]byte{{}} }), none, nil},
		{"a receipt of 4097 bytes", proof.BadFormat, with(func(b *proof.Bundle) { b.Receipts = [][]byte{make([]byte, 4097)} }), none, nil},
		{"a receipt twice", proof.BadFormat, with(func(b *proof.Bundle) { b.Receipts = append(b.Receipts, b.Receipts[0]) }), none, nil},
		{"receipts out of order", proof.BadFormat, with(func(b *proof.Bundle) { b.Receipts = [][]byte{{2}, {1}} }), none, nil},
		{"a receipt that is none", proof.BadReceipt, with(func(b *proof.Bundle) { b.Receipts = [][]byte{{0xd2}} }), none, nil},
		{"a receipt of another entry", proof.BadReceipt, with(func(b *proof.Bundle) { b.Receipts = [][]byte{of(receiptKey, w.withdrawn)} }), none, nil},
		{"a receipt under an older head", proof.BadReceipt, with(func(b *proof.Bundle) { b.Receipts = [][]byte{stale} }), none, nil},
		{"a receipt by the log's key", proof.BadReceipt, with(func(b *proof.Bundle) { b.Receipts = [][]byte{of(signer{logKey.key}, w.issued)} }), none, nil},
		{"a receipt by the office's key", proof.BadReceipt, with(func(b *proof.Bundle) { b.Receipts = [][]byte{of(office, w.issued)} }), none, nil},
		{"a receipt in another's name", proof.BadReceipt, with(func(b *proof.Bundle) { b.Receipts = [][]byte{other} }), none, nil},
		{"a receipt with a flipped bit", proof.BadReceipt, with(func(b *proof.Bundle) {
			r := bytes.Clone(b.Receipts[0])
			r[len(r)-1] ^= 1
			b.Receipts[0] = r
		}), none, nil},
		{"a receipt without the entry of its key", proof.BadReceipt, with(func(b *proof.Bundle) {
			b.Support = slices.DeleteFunc(b.Support, func(s proof.Supporting) bool { return s.Index == at })
		}), none, nil},
		{"a receipt by a revoked key", proof.BadReceipt, encoded(t, late), none, nil},
	}
}

// TestReceiptsThatSpoilABundle is MUST-41, MUST-42 and MUST-44.
func TestReceiptsThatSpoilABundle(t *testing.T) {
	for _, c := range refusedReceipts(t) {
		b, err := proof.Parse(c.raw)
		if err == nil {
			_, err = b.Verify(policyOf(t, c.lines...), later)
		}
		if proof.ClassOf(err) != c.class {
			t.Errorf("%s: class %q (%v), want %q", c.name, proof.ClassOf(err), err, c.class)
		}
	}
}

package proof_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/hex"
	"math/big"
	"testing"

	"github.com/fxamacker/cbor/v2"

	"chancery.example/proof"
	"chancery.example/register"
)

// A drawn receipt is one written member by member, so that each can be bent.
type drawn struct {
	protected, unprotected, proofs map[any]any
	path                           []any
	payload                        any
	tag                            byte
	signOver                       []byte // the root
	after                          func([]byte) []byte
	signature                      func([]byte) []byte
}

func encodedAs(t testing.TB, v any) []byte {
	t.Helper()
	mode := must(cbor.CoreDetEncOptions().EncMode())
	raw, err := mode.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func (d drawn) bytes(t testing.TB) []byte {
	t.Helper()
	if d.proofs == nil {
		d.proofs = map[any]any{-1: []any{encodedAs(t, d.path)}}
	}
	if d.unprotected == nil {
		d.unprotected = map[any]any{396: d.proofs}
	}
	protected := encodedAs(t, d.protected)
	tbs := encodedAs(t, []any{"Signature1", protected, []byte{}, d.signOver})
	sig := ed25519.Sign(receiptKey.key, tbs)
	if d.signature != nil {
		sig = d.signature(sig)
	}
	raw := append([]byte{d.tag}, encodedAs(t, []any{protected, d.unprotected, d.payload, sig})...)
	if d.after != nil {
		raw = d.after(raw)
	}
	return raw
}

// receiptVectors are the vectors: what must be refused is written here by hand,
// one fault each.
func receiptVectors(t testing.TB) map[string]receiptVector {
	w := newTown(t)
	made := map[string]receiptVector{}
	entry, path := w.entries[w.issued], must(w.Path(w.issued))
	head := w.head()
	key := encodedAs(t, receiptKey.Public())
	add := func(name, comment, do string, raw, key, entry []byte, older proof.Head, class proof.Class) {
		v := receiptVector{Comment: comment}
		v.Input.Do, v.Input.Receipt, v.Input.Key = do, hex.EncodeToString(raw), hex.EncodeToString(key)
		v.Input.Entry = hex.EncodeToString(entry)
		if older.Size > 0 {
			v.Input.Older, v.Input.OlderSize = older.Root.String(), older.Size
		}
		if class == "" {
			got, err := v.Input.run()
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			v.Expect = got
		} else {
			v.Expect.Class = class
		}
		made[do+"/"+name+".json"] = v
	}
	good := func(name, comment string, raw, entry []byte) {
		add(name, comment, "inclusion", raw, key, entry, proof.Head{}, "")
	}
	good("issued", "MUST-6: the receipt of an issue", w.receipt(t, w.issued).Bytes(), entry)
	good("first_entry", "MUST-4: entry 0, in a tree of more than one", w.receipt(t, 0).Bytes(), w.entries[0])
	good("last_entry", "the newest entry: the path is short in a tree that is not full", w.receipt(t, register.Index(len(w.entries)-1)).Bytes(), w.entries[len(w.entries)-1])
	two := &tree{}
	two.add(w.entries[0])
	two.add(w.entries[1])
	good("smallest_tree", "MUST-4: two entries, one hash", two.receipt(t, 0).Bytes(), w.entries[0])
	k256 := p256Key()
	r256, err := proof.SignReceipt(k256, operatorURI, head, w.issued, entry, path)
	if err != nil {
		t.Fatal(err)
	}
	add("es256", "MUST-2: a receipt key on P-256", "inclusion", r256.Bytes(), encodedAs(t, k256.Public()), entry, proof.Head{}, "")
	for _, from := range []uint64{4, 5, uint64(len(w.entries) - 1)} {
		older, _ := w.older(from)
		add(map[uint64]string{4: "grown_from_a_full_tree", 5: "grown_from_an_odd_tree", uint64(len(w.entries) - 1): "grown_by_one"}[from],
			"MUST-7: the log grew, nothing changed", "consistency", w.grown(t, from).Bytes(), key, nil, older, "")
	}
	base := func() drawn {
		return drawn{
			tag: 0xd2, signOver: head.Root[:], path: []any{head.Size, uint64(w.issued), path},
			protected: map[any]any{1: -8, 4: receiptKey.Public().Thumbprint(), 15: map[any]any{1: string(operatorURI), 2: "urn:chancery:register:" + origin}, 395: 1, "size": head.Size},
		}
	}
	if !bytes.Equal(base().bytes(t), w.receipt(t, w.issued).Bytes()) {
		t.Error("what is drawn member by member is not what the program writes")
	}
	bad := func(name, comment string, change func(*drawn)) {
		d := base()
		change(&d)
		add(name+"_fail", comment, "inclusion", d.bytes(t), key, entry, proof.Head{}, proof.BadReceipt)
	}
	bad("untagged", "MUST-1: COSE_Sign1 without its tag", func(d *drawn) { d.after = func(b []byte) []byte { return b[1:] } })
	bad("other_tag", "MUST-1: tag 17 is COSE_Mac0", func(d *drawn) { d.tag = 0xd1 })
	bad("a_byte_more", "MUST-1: nothing follows", func(d *drawn) { d.after = func(b []byte) []byte { return append(b, 0) } })
	bad("long_length", "MUST-1: a length in more bytes than it takes", func(d *drawn) {
		d.after = func(b []byte) []byte { // the signature's length
			at := len(b) - 66
			return append(append(bytes.Clone(b[:at]), 0x59, 0x00), b[at+1:]...)
		}
	})
	bad("short_signature", "MUST-1: 63 bytes", func(d *drawn) { d.signature = func(s []byte) []byte { return s[:63] } })
	bad("another_signature", "MUST-6: a flipped bit in the signature", func(d *drawn) {
		d.signature = func(s []byte) []byte { s[9] ^= 1; return s }
	})
	bad("attached_root", "MUST-3: the root is recomputed, not carried", func(d *drawn) { d.payload = head.Root[:] })
	bad("unknown_algorithm", "MUST-2: ES384", func(d *drawn) { d.protected[1] = -35 })
	bad("algorithm_of_another_key", "MUST-2: ES256 named over an Ed25519 key", func(d *drawn) { d.protected[1] = -7 })
	bad("other_data_structure", "MUST-2: the structure of CCF ledgers", func(d *drawn) { d.protected[395] = 2 })
	bad("no_data_structure", "MUST-2: vds is missing", func(d *drawn) { delete(d.protected, 395) })
	bad("data_structure_unprotected", "MUST-2: vds where nobody signs it", func(d *drawn) {
		delete(d.protected, 395)
		d.unprotected = map[any]any{395: 1, 396: map[any]any{-1: []any{encodedAs(t, d.path)}}}
	})
	bad("one_header_more", "MUST-2: a member that this page does not know", func(d *drawn) { d.protected["x"] = 1 })
	bad("without_claims", "MUST-2: whose receipt it is must be signed", func(d *drawn) { delete(d.protected, 15) })
	bad("subject_is_no_register", "MUST-2: the subject of an office", func(d *drawn) {
		d.protected[15] = map[any]any{1: string(operatorURI), 2: "urn:chancery:office:harbour.example"}
	})
	bad("issuer_is_no_address", "MUST-2: a bare name", func(d *drawn) {
		d.protected[15] = map[any]any{1: "harbour.example", 2: "urn:chancery:register:" + origin}
	})
	bad("short_key_id", "MUST-2: a key id of 8 bytes", func(d *drawn) { d.protected[4] = []byte("12345678") })
	bad("one_unprotected_header_more", "MUST-3: a key id where nobody signs it", func(d *drawn) {
		d.unprotected = map[any]any{4: []byte("key"), 396: map[any]any{-1: []any{encodedAs(t, d.path)}}}
	})
	bad("no_proof", "MUST-3: an empty list of proofs", func(d *drawn) { d.proofs = map[any]any{-1: []any{}} })
	bad("two_proofs", "MUST-3: one proof, once", func(d *drawn) {
		d.proofs = map[any]any{-1: []any{encodedAs(t, d.path), encodedAs(t, d.path)}}
	})
	bad("proof_of_a_kind_unknown", "MUST-3: label -3", func(d *drawn) { d.proofs = map[any]any{-3: []any{encodedAs(t, d.path)}} })
	bad("empty_path", "MUST-4: the only entry of a log has no receipt", func(d *drawn) {
		d.path, d.signOver, d.protected["size"] = []any{1, 0, []any{}}, hashOf(entry), 1
	})
	bad("path_cut", "MUST-4: one hash short", func(d *drawn) { d.path[2] = path[:len(path)-1] })
	bad("path_longer", "MUST-4: one hash more", func(d *drawn) { d.path[2] = append(path[:len(path):len(path)], path[0]) })
	bad("path_of_another_entry", "MUST-6: the sibling's path", func(d *drawn) { d.path[2] = must(w.Path(w.issued ^ 1)) })
	bad("index_beyond_the_tree", "MUST-4: the index is below the size", func(d *drawn) { d.path[1] = head.Size })
	bad("size_beyond_any_log", "MUST-4: 2^62 and one", func(d *drawn) { d.path[0], d.protected["size"] = uint64(1)<<62+1, uint64(1)<<62+1 })
	bad("size_not_signed", "MUST-2: without its size a receipt could be passed off as one of another tree", func(d *drawn) { delete(d.protected, "size") })
	bad("another_size_signed", "MUST-4: the path is for another size than the one that is signed", func(d *drawn) { d.path[0] = head.Size - 1 })
	bad("hash_of_31_bytes", "MUST-4: every hash has 32 bytes", func(d *drawn) { d.path[2] = []any{make([]byte, 31)} })
	bad("flipped_hash", "MUST-6: one bit of the path", func(d *drawn) {
		p := append(path[:0:0], path...)
		p[1][0] ^= 1
		d.path[2] = p
	})
	bad("signed_over_another_root", "MUST-6: the signature is over a root that the path does not lead to", func(d *drawn) {
		other := sha256.Sum256([]byte("another root"))
		d.signOver = other[:]
	})
	add("another_entry_fail", "MUST-6: a good receipt, of another entry", "inclusion", base().bytes(t), key, w.entries[w.issued-1], proof.Head{}, proof.BadReceipt)
	add("another_key_fail", "MUST-8: the log's key is no receipt key", "inclusion", base().bytes(t), encodedAs(t, signer{logKey.key}.Public()), entry, proof.Head{}, proof.BadReceipt)
	older, _ := w.older(5)
	older.Root[0] ^= 1
	add("grown_from_another_root_fail", "MUST-7: not the log that the reader knew", "consistency", w.grown(t, 5).Bytes(), key, nil, older, proof.BadReceipt)
	add("grown_from_nothing_fail", "MUST-5: an older size of 0", "consistency", drawn{
		tag: 0xd2, signOver: head.Root[:], protected: base().protected,
		proofs: map[any]any{-2: []any{encodedAs(t, []any{0, head.Size, path})}},
	}.bytes(t), key, nil, older, proof.BadReceipt)
	add("grown_backwards_fail", "MUST-5: the newer size is the smaller", "consistency", drawn{
		tag: 0xd2, signOver: head.Root[:], protected: base().protected,
		proofs: map[any]any{-2: []any{encodedAs(t, []any{head.Size, 5, path})}},
	}.bytes(t), key, nil, older, proof.BadReceipt)
	other := w.grown(t, 5)
	trusted, _ := w.older(6)
	add("grown_from_another_size_fail", "MUST-7: the reader's head is of another size", "consistency", other.Bytes(), key, nil, trusted, proof.BadReceipt)
	add("inclusion_for_consistency_fail", "MUST-3: a receipt of the other kind", "consistency", base().bytes(t), key, nil, older, proof.BadReceipt)
	return made
}

func hashOf(entry []byte) []byte {
	h := register.LeafHash(entry)
	return h[:]
}

// p256 is a signer on P-256 whose key is the same at every run.
type p256 struct{ key *ecdsa.PrivateKey }

func p256Key() p256 {
	d := seed("receipt key on P-256")
	k, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), d[:])
	if err != nil {
		panic(err)
	}
	return p256{k}
}

func (s p256) Public() register.PublicKey { return must(register.NewPublicKey(s.key.Public())) }

// Sign is deterministic (RFC 6979), so that vectors can be made anew.
func (s p256) Sign(tbs []byte) ([]byte, error) {
	sum := sha256.Sum256(tbs)
	der, err := s.key.Sign(nil, sum[:], crypto.SHA256)
	if err != nil {
		return nil, err
	}
	var rs struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &rs); err != nil {
		return nil, err
	}
	raw := make([]byte, 64)
	rs.R.FillBytes(raw[:32])
	rs.S.FillBytes(raw[32:])
	return raw, nil
}

package proof

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"chancery.example/letter"
	"chancery.example/register"
)

// MUST numbers here are those of receipt.md.

// A Receipt is a COSE receipt of inclusion (RFC 9942) with the tree of RFC 9162:
// that one entry is in a register's log, under a signature that any program that
// knows COSE can verify. It is what SCITT programs take; it says nothing that the
// tlog-proof of the same entry does not say, and nobody outside the register
// stands behind it.
type Receipt struct {
	Issuer register.Office // who runs the register
	Origin string          // of its log
	KeyID  letter.Hash     // thumbprint of the receipt key
	Size   uint64          // entries of the tree, at least 2
	Index  register.Index
	Path   []letter.Hash // from the leaf's sibling up, at least one

	sealed
}

// A sealed is what a receipt's signature is over and what it is.
type sealed struct {
	alg       int64
	signature []byte
	raw       []byte
}

// Bytes returns the receipt as it was signed or read.
func (s sealed) Bytes() []byte { return bytes.Clone(s.raw) }

// ReceiptMediaType is the media type of a receipt, and of anything in COSE_Sign1.
const ReceiptMediaType = "application/cose"

const (
	maxReceipt    = 4096
	tagSign1      = 0xd2 // CBOR tag 18 (RFC 9052 section 2)
	vdsRFC9162    = 1    // RFC 9942: RFC9162_SHA256
	signatureSize = 64   // Ed25519, and r | s of ES256
	algEdDSA      = -8
	algES256      = -7
)

type wireReceiptClaims struct {
	Issuer  string `cbor:"1,keyasint"`
	Subject string `cbor:"2,keyasint"`
}

type wireReceiptHeader struct {
	Alg    int64             `cbor:"1,keyasint"`
	KeyID  letter.Hash       `cbor:"4,keyasint"`
	Claims wireReceiptClaims `cbor:"15,keyasint"`
	VDS    int64             `cbor:"395,keyasint"`
	Size   uint64            `cbor:"size"` // of the tree, which RFC 9942 leaves unsigned
}

type wireProofs struct {
	Inclusion   [][]byte `cbor:"-1,keyasint,omitempty"`
	Consistency [][]byte `cbor:"-2,keyasint,omitempty"`
}

type wireReceiptUnprotected struct {
	Proofs wireProofs `cbor:"396,keyasint"`
}

type wireReceipt struct {
	_           struct{} `cbor:",toarray"`
	Protected   []byte
	Unprotected wireReceiptUnprotected
	Payload     *[]byte // always null: detached
	Signature   []byte
}

// A wirePath is both kinds of proof: tree size and leaf index with the inclusion
// path, or the older and the newer size with the consistency path.
type wirePath struct {
	_    struct{} `cbor:",toarray"`
	A, B uint64
	Path []letter.Hash
}

// SignReceipt makes the receipt of an entry in the tree of a head, which the
// caller knows to be one that the register's log signed. It recomputes the root
// from the entry and its path first: a receipt key signs nothing that it was
// merely told (MUST-9).
func SignReceipt(s register.Signer, issuer register.Office, h Head, i register.Index, entry []byte, path []letter.Hash) (Receipt, error) {
	r := Receipt{Issuer: issuer, Origin: h.Origin, Size: h.Size, Index: i, Path: slices.Clone(path)}
	if h.Size < 2 {
		return Receipt{}, refuse(BadReceipt, nil, "a log of %d entries gives no receipt: its only entry would have an empty path, which RFC 9942 does not allow", h.Size)
	}
	root, ok := rootByInclusion(register.LeafHash(entry), uint64(i), h.Size, path)
	if !ok || root != h.Root {
		return Receipt{}, refuse(BadReceipt, nil, "signing a receipt of entry %d: its path does not lead to the root over %d entries", i, h.Size)
	}
	r.KeyID = s.Public().Thumbprint()
	var err error
	r.sealed, err = sealReceipt(s, r.header(s.Public().Algorithm()), wireProofs{Inclusion: [][]byte{nil}}, wirePath{A: r.Size, B: uint64(i), Path: r.Path}, root)
	return r, err
}

func (r Receipt) header(alg int64) wireReceiptHeader {
	return wireReceiptHeader{Alg: alg, KeyID: r.KeyID, Claims: wireReceiptClaims{string(r.Issuer), register.RegisterSubject(r.Origin)}, VDS: vdsRFC9162, Size: r.Size}
}

// sealReceipt signs a root under a header; the path goes into the one place that
// proofs has for it.
func sealReceipt(s register.Signer, h wireReceiptHeader, proofs wireProofs, p wirePath, root letter.Hash) (sealed, error) {
	body, err := marshalCBOR(p)
	if err != nil {
		return sealed{}, err
	}
	for _, place := range [][][]byte{proofs.Inclusion, proofs.Consistency} {
		if len(place) == 1 {
			place[0] = body
		}
	}
	out := sealed{alg: h.Alg}
	protected, err := marshalCBOR(h)
	if err != nil {
		return sealed{}, err
	}
	tbs, err := receiptStructure(protected, root)
	if err != nil {
		return sealed{}, err
	}
	if out.signature, err = s.Sign(tbs); err != nil {
		return sealed{}, refuse(BadReceipt, err, "signing a receipt")
	}
	if err := s.Public().VerifySignature(tbs, out.signature); err != nil { // a signer outside this program may hand back anything
		return sealed{}, refuse(BadReceipt, err, "signing a receipt: the signer's answer")
	}
	raw, err := marshalCBOR(wireReceipt{Protected: protected, Unprotected: wireReceiptUnprotected{proofs}, Signature: out.signature})
	if err != nil {
		return sealed{}, err
	}
	out.raw = append([]byte{tagSign1}, raw...)
	return out, nil
}

// receiptStructure is the Sig_structure of RFC 9052 section 4.4; the root is the
// detached payload.
func receiptStructure(protected []byte, root letter.Hash) ([]byte, error) {
	return marshalCBOR(struct {
		_           struct{} `cbor:",toarray"`
		Context     string
		Protected   []byte
		ExternalAAD []byte
		Payload     []byte
	}{Context: "Signature1", Protected: protected, ExternalAAD: []byte{}, Payload: root[:]})
}

// ParseReceipt reads a receipt of inclusion and refuses everything but its one
// form (MUST-1 to MUST-5). It verifies nothing: that takes the entry and the key,
// see [Receipt.Verify].
func ParseReceipt(raw []byte) (Receipt, error) {
	s, h, proofs, err := openReceipt(raw)
	if err != nil {
		return Receipt{}, err
	}
	if len(proofs.Inclusion) != 1 || len(proofs.Consistency) != 0 {
		return Receipt{}, refuse(BadReceipt, nil, "a receipt with %d proofs of inclusion and %d of consistency: want one of inclusion alone", len(proofs.Inclusion), len(proofs.Consistency))
	}
	p, err := openPath(proofs.Inclusion[0])
	if err != nil {
		return Receipt{}, err
	}
	r := Receipt{Issuer: register.Office(h.Claims.Issuer), Origin: originOf(h), KeyID: h.KeyID, Size: p.A, Index: register.Index(p.B), Path: p.Path, sealed: s}
	if _, ok := rootByInclusion(letter.Hash{}, p.B, p.A, p.Path); !ok || len(p.Path) == 0 || p.A != h.Size { // MUST-4
		return Receipt{}, refuse(BadReceipt, nil, "a receipt of entry %d of %d with a path of %d hashes, signed for %d entries: no such tree", p.B, p.A, len(p.Path), h.Size)
	}
	return r, nil
}

func originOf(h wireReceiptHeader) string {
	return strings.TrimPrefix(h.Claims.Subject, register.RegisterSubject(""))
}

// openReceipt reads the envelope (MUST-1 to MUST-3).
func openReceipt(raw []byte) (sealed, wireReceiptHeader, wireProofs, error) {
	bad := func(err error, format string, args ...any) (sealed, wireReceiptHeader, wireProofs, error) {
		return sealed{}, wireReceiptHeader{}, wireProofs{}, refuse(BadReceipt, err, format, args...)
	}
	if len(raw) == 0 || len(raw) > maxReceipt {
		return bad(nil, "a receipt of %d bytes: want 1 to %d", len(raw), maxReceipt)
	}
	if raw[0] != tagSign1 {
		return bad(nil, "not a receipt: no tagged COSE_Sign1")
	}
	var w wireReceipt
	if err := unmarshalOneForm(raw[1:], &w); err != nil {
		return bad(err, "not a receipt")
	}
	var h wireReceiptHeader
	if err := unmarshalOneForm(w.Protected, &h); err != nil {
		return bad(err, "a receipt's protected header")
	}
	switch {
	case w.Payload != nil:
		return bad(nil, "a receipt that carries its root: the root is recomputed, never taken")
	case len(w.Signature) != signatureSize:
		return bad(nil, "a receipt's signature of %d bytes: want %d", len(w.Signature), signatureSize)
	case h.Alg != algEdDSA && h.Alg != algES256:
		return bad(nil, "a receipt with algorithm %d: want EdDSA (-8) or ES256 (-7)", h.Alg)
	case h.VDS != vdsRFC9162:
		return bad(nil, "a receipt over data structure %d: this program knows RFC9162_SHA256 (1)", h.VDS)
	}
	if _, err := register.ParseOffice(h.Claims.Issuer); err != nil {
		return bad(err, "a receipt's issuer")
	}
	if err := register.ValidateOrigin(originOf(h)); err != nil || register.RegisterSubject(originOf(h)) != h.Claims.Subject {
		return bad(err, "a receipt's subject %s is no register", clip(h.Claims.Subject))
	}
	return sealed{alg: h.Alg, signature: w.Signature, raw: bytes.Clone(raw)}, h, w.Unprotected.Proofs, nil
}

func openPath(raw []byte) (wirePath, error) {
	var p wirePath
	if err := unmarshalOneForm(raw, &p); err != nil {
		return p, refuse(BadReceipt, err, "a receipt's proof")
	}
	if p.A > maxSize || p.B > maxSize || len(p.Path) > 2*maxPath { // MUST-4, MUST-5
		return p, refuse(BadReceipt, nil, "a receipt's proof over %d and %d entries, with %d hashes: no such tree", p.A, p.B, len(p.Path))
	}
	return p, nil
}

// Verify verifies that the entry is in the log, under the key that the reader
// knows to be the register's receipt key: first the path, then the signature over
// the root that it leads to (MUST-6). It returns that root.
func (r Receipt) Verify(entry []byte, key register.PublicKey) (letter.Hash, error) {
	root, ok := rootByInclusion(register.LeafHash(entry), uint64(r.Index), r.Size, r.Path)
	if !ok {
		return letter.Hash{}, refuse(BadReceipt, nil, "the receipt's path is not one of entry %d of %d", r.Index, r.Size)
	}
	return root, r.verify(r.header(r.alg), root, key)
}

// verify verifies the signature over a root.
func (s sealed) verify(h wireReceiptHeader, root letter.Hash, key register.PublicKey) error {
	if key.IsZero() || key.Thumbprint() != h.KeyID || key.Algorithm() != s.alg {
		return refuse(BadReceipt, nil, "the receipt names key %s, not %s", h.KeyID, key.Thumbprint())
	}
	protected, err := marshalCBOR(h)
	if err != nil {
		return err
	}
	tbs, err := receiptStructure(protected, root)
	if err != nil {
		return err
	}
	if err := key.VerifySignature(tbs, s.signature); err != nil {
		return refuse(BadReceipt, err, "the receipt's signature is not over the root that its path leads to: another entry, another tree, or another key")
	}
	return nil
}

// marshalCBOR writes deterministic CBOR.
func marshalCBOR(v any) ([]byte, error) {
	if bundleEncErr != nil {
		return nil, refuse(BadReceipt, bundleEncErr, "writing a receipt")
	}
	raw, err := bundleEnc.Marshal(v)
	if err != nil {
		return nil, refuse(BadReceipt, err, "writing a receipt")
	}
	return raw, nil
}

// unmarshalOneForm reads CBOR and refuses what marshalCBOR would not have written.
func unmarshalOneForm(raw []byte, v any) error {
	if bundleDecErr != nil {
		return fmt.Errorf("reading CBOR: %w", bundleDecErr)
	}
	if err := bundleDec.Unmarshal(raw, v); err != nil {
		return fmt.Errorf("reading CBOR: %w", err)
	}
	again, err := marshalCBOR(v)
	if err != nil {
		return err
	}
	if !bytes.Equal(again, raw) {
		return fmt.Errorf("it is not in its one canonical form")
	}
	return nil
}

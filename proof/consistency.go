package proof

import (
	"slices"

	"chancery.example/letter"
	"chancery.example/register"
)

// MUST numbers here are those of receipt.md.

// A ConsistencyReceipt is a COSE receipt of consistency (RFC 9942): that a
// register's log of From entries grew into one of To, with nothing changed.
type ConsistencyReceipt struct {
	Issuer   register.Office
	Origin   string
	KeyID    letter.Hash
	From, To uint64
	Path     []letter.Hash

	sealed
}

// SignConsistency makes the receipt that an older head of a log is consistent
// with a newer one that the log signed. It recomputes both roots first (MUST-9).
func SignConsistency(s register.Signer, issuer register.Office, older, newer Head, path []letter.Hash) (ConsistencyReceipt, error) {
	r := ConsistencyReceipt{Issuer: issuer, Origin: newer.Origin, From: older.Size, To: newer.Size, Path: slices.Clone(path)}
	root, ok := rootByConsistency(r.From, r.To, older.Root, path)
	if !ok || root != newer.Root || older.Origin != newer.Origin {
		return ConsistencyReceipt{}, refuse(BadReceipt, nil, "signing a receipt from %d to %d entries: the path does not lead from the one root to the other", r.From, r.To)
	}
	r.KeyID = s.Public().Thumbprint()
	var err error
	r.sealed, err = sealReceipt(s, r.header(s.Public().Algorithm()), wireProofs{Consistency: [][]byte{nil}}, wirePath{A: r.From, B: r.To, Path: r.Path}, root)
	return r, err
}

func (r ConsistencyReceipt) header(alg int64) wireReceiptHeader {
	return Receipt{Issuer: r.Issuer, Origin: r.Origin, KeyID: r.KeyID, Size: r.To}.header(alg)
}

// ParseConsistencyReceipt reads a receipt of consistency in its one form (MUST-1
// to MUST-3, MUST-5).
func ParseConsistencyReceipt(raw []byte) (ConsistencyReceipt, error) {
	s, h, proofs, err := openReceipt(raw)
	if err != nil {
		return ConsistencyReceipt{}, err
	}
	if len(proofs.Consistency) != 1 || len(proofs.Inclusion) != 0 {
		return ConsistencyReceipt{}, refuse(BadReceipt, nil, "a receipt with %d proofs of inclusion and %d of consistency: want one of consistency alone", len(proofs.Inclusion), len(proofs.Consistency))
	}
	p, err := openPath(proofs.Consistency[0])
	if err != nil {
		return ConsistencyReceipt{}, err
	}
	if p.A == 0 || p.A >= p.B || len(p.Path) == 0 || p.B != h.Size {
		return ConsistencyReceipt{}, refuse(BadReceipt, nil, "a receipt from %d to %d entries with %d hashes, signed for %d entries: no log grew so", p.A, p.B, len(p.Path), h.Size)
	}
	return ConsistencyReceipt{register.Office(h.Claims.Issuer), originOf(h), h.KeyID, p.A, p.B, p.Path, s}, nil
}

// Verify verifies that an older head, which the reader trusts, is that of a log
// that grew into the one whose root is signed, and returns the newer head
// (MUST-7).
func (r ConsistencyReceipt) Verify(older Head, key register.PublicKey) (Head, error) {
	if older.Size != r.From || older.Origin != r.Origin {
		return Head{}, refuse(BadReceipt, nil, "the receipt is from %d entries of %s on; the head at hand is of %d entries of %s", r.From, clip(r.Origin), older.Size, clip(older.Origin))
	}
	root, ok := rootByConsistency(r.From, r.To, older.Root, r.Path)
	if !ok {
		return Head{}, refuse(BadReceipt, nil, "the receipt's path does not lead from the older root of %d entries to one of %d", r.From, r.To)
	}
	return Head{Origin: r.Origin, Size: r.To, Root: root}, r.verify(r.header(r.alg), root, key)
}

package proof

import (
	"chancery.example/register"
)

// MUST numbers here are those of receipt.md.

const maxReceipts = 4 // in one bundle, and with one entry

type wireStatement[U any] struct {
	_           struct{} `cbor:",toarray"`
	Protected   []byte
	Unprotected U
	Payload     []byte
	Signature   []byte
}

type wireReceipts struct {
	Receipts [][]byte `cbor:"394,keyasint"`
}

// Transparent returns an entry as a SCITT Transparent Statement (RFC 9943): the
// same signed statement with receipts in its unprotected header, which nobody
// signs (MUST-10). The entry in the log is the one without.
func Transparent(entry []byte, receipts ...[]byte) ([]byte, error) {
	var w wireStatement[struct{}]
	if len(entry) == 0 || entry[0] != tagSign1 || len(receipts) == 0 || len(receipts) > maxReceipts {
		return nil, refuse(BadReceipt, nil, "putting %d receipts to an entry of %d bytes: want 1 to %d, and a signed statement", len(receipts), len(entry), maxReceipts)
	}
	if err := unmarshalOneForm(entry[1:], &w); err != nil {
		return nil, refuse(BadReceipt, err, "putting receipts to an entry")
	}
	raw, err := marshalCBOR(wireStatement[wireReceipts]{Protected: w.Protected, Unprotected: wireReceipts{receipts}, Payload: w.Payload, Signature: w.Signature})
	if err != nil {
		return nil, err
	}
	return append([]byte{tagSign1}, raw...), nil
}

// SplitTransparent takes a Transparent Statement apart again: the entry as it
// stands in the log, byte for byte, and its receipts, unverified.
func SplitTransparent(raw []byte) (entry []byte, receipts [][]byte, err error) {
	var w wireStatement[wireReceipts]
	if len(raw) == 0 || len(raw) > register.MaxEntry+maxReceipts*(maxReceipt+8) || raw[0] != tagSign1 {
		return nil, nil, refuse(BadReceipt, nil, "%d bytes that are no transparent statement", len(raw))
	}
	if err := unmarshalOneForm(raw[1:], &w); err != nil {
		return nil, nil, refuse(BadReceipt, err, "not a transparent statement")
	}
	if n := len(w.Unprotected.Receipts); n == 0 || n > maxReceipts {
		return nil, nil, refuse(BadReceipt, nil, "a statement with %d receipts: want 1 to %d", n, maxReceipts)
	}
	bare, err := marshalCBOR(wireStatement[struct{}]{Protected: w.Protected, Payload: w.Payload, Signature: w.Signature})
	if err != nil {
		return nil, nil, err
	}
	return append([]byte{tagSign1}, bare...), w.Unprotected.Receipts, nil
}

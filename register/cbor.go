package register

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/fxamacker/cbor/v2"
)

// MaxEntry is the largest entry in bytes, the limit of C2SP tlog-tiles.
const MaxEntry = 65_535

var (
	encMode = mustMode(cbor.CoreDetEncOptions().EncMode())
	decMode = mustMode(cbor.DecOptions{
		DupMapKey:         cbor.DupMapKeyEnforcedAPF,
		IndefLength:       cbor.IndefLengthForbidden,
		ExtraReturnErrors: cbor.ExtraDecErrorUnknownField,
		TagsMd:            cbor.TagsForbidden,
		MaxNestedLevels:   12,
		MaxArrayElements:  4096,
		MaxMapPairs:       256,
	}.DecMode())
)

// mustMode panics on options that are wrong at build time, never on input.
func mustMode[M any](m M, err error) M {
	if err != nil {
		panic(err)
	}
	return m
}

// encode writes v as RFC 8949 section 4.2.1 core deterministic CBOR.
func encode(v any) ([]byte, error) {
	b, err := encMode.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("writing CBOR: %w", err)
	}
	return b, nil
}

// errNotDeterministic is MUST-2: what was read must be what would be written.
var errNotDeterministic = errors.New("not deterministic CBOR (unsorted keys, long integers or lengths, or a repeated default)")

// decode reads b into v and refuses bytes that encode would not have written.
func decode(b []byte, v any) error {
	if len(b) > MaxEntry {
		return fmt.Errorf("%d bytes: at most %d", len(b), MaxEntry)
	}
	if err := decMode.Unmarshal(b, v); err != nil {
		return fmt.Errorf("reading CBOR: %w", err)
	}
	again, err := encode(v)
	if err != nil {
		return err
	}
	if !bytes.Equal(again, b) {
		return errNotDeterministic
	}
	return nil
}

package proof

import (
	"bytes"
	"cmp"
	"slices"

	"chancery.example/register"
)

// orderly refuses a bundle with too many receipts, one twice, or out of order
// (MUST-40). What they are is for [Bundle.Verify].
func orderly(receipts [][]byte) error {
	if len(receipts) > maxReceipts {
		return refuse(BadFormat, nil, "the proof carries %d receipts: at most %d", len(receipts), maxReceipts)
	}
	for i, r := range receipts {
		if len(r) == 0 || len(r) > maxReceipt {
			return refuse(BadFormat, nil, "the proof carries a receipt of %d bytes: want 1 to %d", len(r), maxReceipt)
		}
		if i > 0 && bytes.Compare(receipts[i-1], r) >= 0 {
			return refuse(BadFormat, nil, "the proof's receipts are not in byte order, each once")
		}
	}
	return nil
}

// receipts verifies the receipts of the bundle: each is of its entry, under its
// checkpoint, by a receipt key that its entries add (MUST-41, MUST-42).
func (v *Verified) receipts(b Bundle) error {
	for _, raw := range b.Receipts {
		r, err := ParseReceipt(raw)
		if err != nil {
			return err
		}
		if r.Index != v.Index || r.Size != v.Checkpoint.Size || r.Origin != v.Checkpoint.Origin || r.Issuer != v.State.Operator() {
			return refuse(BadReceipt, nil, "the proof carries a receipt of entry %d of %d in %s by %s; want one of entry %d of %d in %s by %s",
				r.Index, r.Size, clip(r.Origin), clip(string(r.Issuer)), v.Index, v.Checkpoint.Size, clip(v.Checkpoint.Origin), clip(string(v.State.Operator())))
		}
		key, err := receiptKeyOf(v.State, r)
		if err != nil {
			return err
		}
		root, err := r.Verify(b.Entry, key.Key)
		if err != nil {
			return err
		}
		if root != v.Checkpoint.Root {
			return refuse(BadReceipt, nil, "the proof carries a receipt of another tree than its checkpoint's")
		}
		v.Receipts = append(v.Receipts, r)
	}
	return nil
}

// receiptKeyOf finds the receipt key that a receipt names.
func receiptKeyOf(s *register.State, r Receipt) (register.RoleKey, error) {
	keys := s.RoleKeys(register.KeyReceipt)
	i := slices.IndexFunc(keys, func(k register.RoleKey) bool { return k.Thumbprint == r.KeyID })
	switch {
	case i < 0:
		return register.RoleKey{}, refuse(BadReceipt, nil, "the receipt names key %s; the register's entries here add no such receipt key", r.KeyID)
	case keys[i].Revoked != nil:
		return register.RoleKey{}, refuse(BadReceipt, nil, "the receipt's key %s is revoked by entry %d", r.KeyID, keys[i].Revoked.Index)
	}
	return keys[i], nil
}

// VerifyReceipt verifies a receipt of an entry by what a state knows of the
// register: its name, its operator, and the receipt keys that are in force.
func VerifyReceipt(s *register.State, r Receipt, entry []byte) error {
	if r.Origin != s.Origin() || r.Issuer != s.Operator() {
		return refuse(BadReceipt, nil, "the receipt is one of %s by %s, not of %s by %s", clip(r.Origin), clip(string(r.Issuer)), clip(s.Origin()), clip(string(s.Operator())))
	}
	key, err := receiptKeyOf(s, r)
	if err != nil {
		return err
	}
	_, err = r.Verify(entry, key.Key)
	return err
}

// AddReceipt signs a receipt of the bundle's entry with a receipt key of state
// and puts it in, with the entry that added the key (MUST-43). The bundle's
// checkpoint is one that the register's log signed: the caller knows.
func (b *Bundle) AddReceipt(state *register.State, s register.Signer, src Source) error {
	tp, head, err := b.head()
	if err != nil {
		return err
	}
	r, err := SignReceipt(s, state.Operator(), head, register.Index(tp.Index), b.Entry, tp.Path)
	if err != nil {
		return err
	}
	key, err := receiptKeyOf(state, r)
	if err != nil {
		return err
	}
	if err := b.carry(key.Added, head, register.Index(tp.Index), src); err != nil {
		return err
	}
	b.Receipts = append(b.Receipts, r.Bytes())
	slices.SortFunc(b.Receipts, bytes.Compare)
	return nil
}

// Head returns the head that the bundle rests on, whether it is signed or not.
func (b Bundle) Head() (Head, error) {
	_, h, err := b.head()
	return h, err
}

func (b Bundle) head() (TLogProof, Head, error) {
	tp, err := ParseTLogProof(b.Proof)
	if err != nil {
		return tp, Head{}, err
	}
	h, err := ParseHead(tp.Checkpoint)
	return tp, h, err
}

// carry adds an entry of the log to the supporting ones, unless it is there.
func (b *Bundle) carry(i register.Index, head Head, own register.Index, src Source) error {
	at, there := slices.BinarySearchFunc(b.Support, i, func(s Supporting, i register.Index) int {
		return cmp.Compare(s.Index, i)
	})
	if there || i == own {
		return nil
	}
	if uint64(i) >= head.Size {
		return refuse(BadReceipt, nil, "the receipt key was added by entry %d, which the head over %d entries does not cover yet", i, head.Size)
	}
	raw, err := src.Entry(i)
	if err != nil {
		return err
	}
	path, err := src.Path(i)
	if err != nil {
		return err
	}
	b.Support = slices.Insert(b.Support, at, Supporting{i, raw, path})
	return nil
}

package server

import (
	"context"
	"fmt"

	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	"chancery.example/proof"
	"chancery.example/register"
)

// State implements api.Source.
func (s *Source) State(ctx context.Context) (*register.State, error) {
	now, err := s.newest(ctx)
	if err != nil {
		return nil, err
	}
	return now.reading.State, nil
}

// Receipt implements api.Source: it signs the receipt of an entry under the
// newest head, with the folder's receipt key. A copy without keys gives none
// (scrapi.md MUST-1).
// The same entry and head give the same receipt, so none is kept.
func (s *Source) Receipt(ctx context.Context, i register.Index) (proof.Receipt, error) {
	now, err := s.newest(ctx)
	if err != nil {
		return proof.Receipt{}, err
	}
	r := now.reading
	entry, err := r.Entry(i)
	if err != nil {
		return proof.Receipt{}, err
	}
	if r.Checkpoint.Size < 2 {
		return proof.Receipt{}, kind.NotFound.Errorf("the only entry of a log has no receipt: its path would be empty; there is one as soon as the second entry is there")
	}
	key, _, err := r.Folder().ReceiptKey(r.State)
	if err != nil {
		return proof.Receipt{}, err
	}
	path, err := r.Path(i)
	if err != nil {
		return proof.Receipt{}, err
	}
	got, err := proof.SignReceipt(key, r.State.Operator(), r.Checkpoint.Head, i, entry, path)
	if err != nil {
		return proof.Receipt{}, fmt.Errorf("signing the receipt of entry %d: %w", i, err)
	}
	if err := proof.VerifyReceipt(r.State, got, entry); err != nil {
		return proof.Receipt{}, fmt.Errorf("signing the receipt of entry %d: %w", i, err)
	}
	return got, nil
}

// addReceipt puts a receipt into a proof where the folder has a receipt key that
// the proof's head covers; elsewhere the proof is as good without.
func addReceipt(b *proof.Bundle, r *folder.Reading) error {
	key, announced, err := r.Folder().ReceiptKey(r.State)
	if err != nil { // fsck says what is wrong with a key that is there
		return nil //nolint:nilerr // readers get their proof all the same
	}
	head, err := b.Head()
	if err != nil {
		return err //nolint:wrapcheck // says what it did
	}
	if uint64(announced.Added) >= head.Size {
		return nil
	}
	return b.AddReceipt(r.State, key, r.Under(head)) //nolint:wrapcheck // says what it did
}

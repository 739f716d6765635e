package server

import (
	"context"
	"errors"

	"chancery.example/internal/folder"
	"chancery.example/internal/office"
	"chancery.example/internal/watch"
	"chancery.example/proof"
)

// Fsck reads a whole register folder and reports what in it is damaged. The zero
// policy means the folder's own keys; progress may be nil.
func Fsck(ctx context.Context, dir string, policy proof.Policy, progress func(done, all uint64)) (watch.Report, error) {
	f, err := folder.Open(dir)
	if err != nil {
		return watch.Report{}, err
	}
	return watch.Fsck(ctx, f, policy, progress)
}

// AdoptHead takes the log as it is here for the newest that was ever signed,
// when the office's memory of it is lost. The caller is sure of that: an older
// copy would be signed over heads that readers hold.
func AdoptHead(ctx context.Context, dir string) error {
	r, err := office.Open(ctx, dir, office.Options{AdoptHead: true})
	if err != nil {
		return err
	}
	return errors.Join(r.Sync(ctx), r.Close())
}

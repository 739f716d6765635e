package server

import (
	"context"

	"chancery.example/internal/folder"
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

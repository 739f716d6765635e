package main

import (
	"context"
	"crypto/sha256"
	"time"

	"chancery.example/internal/check"
	"chancery.example/internal/proved"
	"chancery.example/proof"
	"chancery.example/register"
)

// register is what proof files are held up to: under the keys of --policy, or the
// folder's own.
func (k *checking) register(ctx context.Context, c *call, snap *check.Snapshot) (proved.Register, error) {
	if k.source == nil {
		p, err := c.policy(k.policy)
		return proved.Register{Snapshot: snap, Policy: p}, err
	}
	src := k.source
	return proved.Register{
		Snapshot: snap, Policy: src.Trust(),
		HeadAt: func(size uint64) (proof.Head, error) { return src.HeadAt(ctx, size) },
		Entry:  func(i register.Index) ([]byte, error) { return src.Entry(ctx, i) },
	}, nil
}

// isProof reports whether an exhibit is a proof file, unless it is asked about as
// a file or the register itself names it as one.
func (k checking) isProof(snap *check.Snapshot, name string, as check.ExhibitKind, raw []byte) bool {
	return as != check.KindFile && proved.Is(name, raw) && len(snap.State().ByFile(sha256.Sum256(raw))) == 0
}

// proofFile answers a proof file and returns its exit code.
func (k checking) proofFile(c *call, raw []byte, at time.Time) (int, error) {
	if k.html != "" || k.picture != "" {
		return 0, usage("--html, --picture: the answer to a proof file is not written as a page; use --json, or the check page")
	}
	a := proved.Examine(k.held, raw, at)
	if k.json {
		return a.Exit(), c.printJSON(a)
	}
	c.answer(k.lang).Proved(a)
	return a.Exit(), nil
}

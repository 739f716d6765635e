package web

import (
	"context"
	"crypto/sha256"
	"time"

	"chancery.example/internal/check"
	"chancery.example/internal/proved"
	"chancery.example/internal/web/reply"
	"chancery.example/proof"
	"chancery.example/register"
)

// isProof reports whether a paper is a proof file, unless it is asked about as a
// file or the register itself names it as one.
func (e exhibit) isProof(r *check.Snapshot) bool {
	return e.file && e.as != check.KindFile && proved.Is(e.name, e.data) && len(r.State().ByFile(sha256.Sum256(e.data))) == 0
}

// proofFile answers a proof file. It is verified offline; of what only the
// office's own server knows nothing is asked, so that the answer tells its holder
// no more than the file and the public log do.
func (s *site) proofFile(c *call, sent exhibit, began time.Time) answer {
	a, bad := s.verify(c, sent)
	s.pace.release(c.Context(), began)
	if bad != nil {
		return s.problem(c, bad.kind, bad.limit)
	}
	return replied(reply.Proof(c.printer, c.records, a))
}

// verify verifies one proof file, when there is room for it.
func (s *site) verify(c *call, sent exhibit) (proved.Answer, *refusal) {
	ctx, cancel := context.WithTimeout(c.Context(), s.opts.CheckTimeout)
	defer cancel()
	select {
	case s.running <- struct{}{}:
		defer func() { <-s.running }()
	case <-ctx.Done():
		return proved.Answer{}, &refusal{"busy", 0}
	}
	return proved.Examine(proved.Register{
		Snapshot: c.records, Policy: s.src.Trust(),
		HeadAt: func(size uint64) (proof.Head, error) { return s.src.HeadAt(ctx, size) },
		Entry:  func(i register.Index) ([]byte, error) { return s.src.Entry(ctx, i) },
	}, sent.data, c.at), nil
}

package together

import (
	"context"
	"fmt"
	"time"

	"chancery.example/cmd/chancery/internal/plain"
	"chancery.example/internal/kind"
	"chancery.example/internal/proved"
	"chancery.example/proof"
	"chancery.example/register"
)

// A ProofAnswer is what the register that a proof file is of says about it; when
// no register of the book is meant, what the first says: that it is another's.
type ProofAnswer struct {
	Register string `json:"register"`
	proved.Answer
}

// Proof holds a proof file up to every register of the book. The one whose log it
// is of answers; of several copies of that log, one that it does not fit. at is
// the reader's moment, zero for each register's own.
func Proof(ctx context.Context, all []Register, raw []byte, at time.Time) (ProofAnswer, error) {
	var out *ProofAnswer
	var away error
	for _, r := range all {
		if r.err != nil {
			away = kind.Unavailable.Errorf("register %s of the address book could not be asked: %w", r.entry.Name, r.err)
			continue
		}
		when := at
		if when.IsZero() {
			when = r.now
		}
		a := ProofAnswer{r.entry.Name, proved.Examine(r.held(ctx), raw, when)}
		if out == nil || rank(a.Proof.Kind) > rank(out.Proof.Kind) {
			out = &a
		}
	}
	switch {
	case out == nil && away == nil:
		return ProofAnswer{}, kind.NotFound.Errorf("the address book has no register that can be read")
	case out == nil, rank(out.Proof.Kind) == 0 && away != nil: // the one that it is of may be the one that is away
		return ProofAnswer{}, away
	}
	return *out, nil
}

// rank orders the answers of several registers to one proof: that of another log
// says least, a fork is told first.
func rank(k proved.Kind) int {
	switch k {
	case proved.Foreign:
		return 0
	case proved.Refused:
		return 1
	case proved.OfRecord, proved.OfDraft, proved.OfAbsence:
		return 2
	case proved.Forked:
		return 3
	}
	return 0
}

// held is the register as proofs are held up to it.
func (r Register) held(ctx context.Context) proved.Register {
	return proved.Register{
		Snapshot: r.snap, Policy: r.source.Trust(),
		HeadAt: func(size uint64) (proof.Head, error) { return r.source.HeadAt(ctx, size) },
		Entry:  func(i register.Index) ([]byte, error) { return r.source.Entry(ctx, i) },
	}
}

// Write writes the answer, under the name of the register that gave it.
func (a ProofAnswer) Write(w plain.Writer) {
	_, _ = fmt.Fprintf(w.To, "-- %s: %s\n", a.Register, plain.Safe(a.Proof.Origin))
	w.Proved(a.Answer)
}

package archive

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/store"
	"chancery.example/letter"
	"chancery.example/register"
)

// Options say who records, and how.
type Options struct {
	Office string // its short name
	By     string // the officer who records: a clerk when it is issued at once
	// Signers are the officers whose keys are at hand. When they are not enough, the
	// letters wait for the others, and recording again issues what is approved.
	Signers []office.Signer
	// AtOnce is how many letters are on their way together, so that they share
	// commits and heads of the log; 64 when 0.
	AtOnce int
	// Progress, when not nil, is told how many of how many letters are done.
	Progress func(done, all int)
}

// A Summary is what became of an archive.
type Summary struct {
	Recorded int // now
	Before   int // on record already, word for word
	Waiting  int // for approvals
	Failed   []Problem
}

// Record records the letters. It goes on after a letter that fails, and names it
// in the summary; the error is of the register itself, or of ctx.
func Record(ctx context.Context, r *office.Register, letters []Letter, o Options) (Summary, error) {
	if o.AtOnce == 0 {
		o.AtOnce = 64
	}
	waiting, err := waitingIssues(ctx, r, o.Office)
	if err != nil {
		return Summary{}, err
	}
	var mu sync.Mutex
	var sum Summary
	var gone error // the register cannot go on
	done := 0
	jobs := make(chan Letter)
	var running sync.WaitGroup
	for range min(o.AtOnce, len(letters)) {
		running.Go(func() {
			for l := range jobs {
				count, err := one(ctx, r, l, waiting[l.Content.Reference], o)
				mu.Lock()
				switch {
				case err == nil:
					sum.add(count)
				case ctx.Err() != nil:
					gone = ctx.Err()
				default:
					if kind.Of(err) == kind.Unavailable && gone == nil {
						gone = err
					}
					sum.Failed = append(sum.Failed, Problem{l.Where, err.Error()})
				}
				done++
				if o.Progress != nil {
					o.Progress(done, len(letters))
				}
				mu.Unlock()
			}
		})
	}
	for _, l := range letters {
		mu.Lock()
		stop := gone != nil
		mu.Unlock()
		if stop || ctx.Err() != nil {
			break
		}
		jobs <- l
	}
	close(jobs)
	running.Wait()
	slices.SortFunc(sum.Failed, func(a, b Problem) int { return cmpWhere(a.Where, b.Where) })
	return sum, errors.Join(gone, ctx.Err())
}

func cmpWhere(a, b string) int {
	if len(a) != len(b) {
		return len(a) - len(b) // line 9 before line 10
	}
	if a < b {
		return -1
	}
	return 1
}

// An outcome is what became of one letter.
type outcome int

const (
	recorded outcome = iota
	before
	waits
)

func (s *Summary) add(o outcome) {
	switch o {
	case recorded:
		s.Recorded++
	case before:
		s.Before++
	case waits:
		s.Waiting++
	}
}

// waitingIssues are the requests of an earlier run, by reference.
func waitingIssues(ctx context.Context, r *office.Register, officeID string) (map[letter.Ref]office.Request, error) {
	all, err := r.Waiting(ctx, officeID)
	if err != nil {
		return nil, fmt.Errorf("looking for what waits: %w", err)
	}
	out := map[letter.Ref]office.Request{}
	for _, q := range all {
		if q.Kind == register.KindIssue {
			out[q.Reference] = q
		}
	}
	return out, nil
}

// one records one letter, or takes it up where an earlier run left it.
func one(ctx context.Context, r *office.Register, l Letter, q office.Request, o Options) (outcome, error) {
	was, err := r.Letter(ctx, o.Office, l.Content.Reference)
	if err != nil && !errors.Is(err, kind.NotFound) {
		return 0, err
	}
	if err == nil && was.Stage == store.Issued {
		if same(was.Draft, l.Content) {
			return before, nil
		}
		return 0, kind.Conflict.Errorf("recording %s: a letter with other words has this reference already", l.Content.Reference)
	}
	if err == nil && same(was.Draft, l.Content) && l.asked(q) {
		got, err := l.carry(ctx, r, q, o)
		if kind.Of(err) != kind.Conflict { // a policy that changed meanwhile voids it
			return got, err
		}
	}
	if q, err = r.SubmitFinished(ctx, o.Office, o.By, l.Content, office.Terms{Written: l.Written, Files: l.Files}); err != nil {
		return 0, err
	}
	return l.carry(ctx, r, q, o)
}

// carry approves a request with the keys at hand, and issues it when that is enough.
func (l Letter) carry(ctx context.Context, r *office.Register, q office.Request, o Options) (outcome, error) {
	for _, s := range o.Signers {
		if slices.Contains(q.Approved, s.Officer) {
			continue
		}
		sig, err := s.Key.Approve(q.Statement)
		if err != nil {
			return 0, fmt.Errorf("approving %s as %s: %w", l.Content.Reference, s.Officer, err)
		}
		if q, err = r.Approve(ctx, q.ID, s.Officer, sig); err != nil {
			return 0, err
		}
	}
	if !q.Ready {
		return waits, nil
	}
	_, err := r.Perform(ctx, q.ID, o.By)
	return recorded, err
}

// asked reports whether a request is for exactly this letter, so that approvals
// that were given count on.
func (l Letter) asked(q office.Request) bool {
	i, ok := q.Body.(register.Issue)
	if !ok || i.Written != l.Written || i.Type != l.Content.Type || !slices.Equal(i.Files, l.Files) || len(q.Texts) != len(l.Content.Texts) {
		return false
	}
	for _, t := range l.Content.Texts {
		if !slices.ContainsFunc(q.Texts, func(x letter.LangText) bool { return x.Lang == t.Lang && x.Text.String() == t.Text.String() }) {
			return false
		}
	}
	return true
}

// same reports whether two contents say the same.
func same(a, b letter.Content) bool {
	one, errA := letter.Seal(a, zeros{})
	two, errB := letter.Seal(b, zeros{})
	return errA == nil && errB == nil && one.Digest() == two.Digest()
}

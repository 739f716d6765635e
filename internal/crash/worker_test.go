package crash

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/signing"
	"chancery.example/internal/store"
	"chancery.example/internal/tlog"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// Environment of a worker: the folder, and a name that no other worker has.
const (
	workerEnv = "CHANCERY_CRASH_WORKER"
	nameEnv   = "CHANCERY_CRASH_NAME"
)

const officeID = "harbour"

// officers of the office; their keys are the same in every process.
var officers = []struct {
	id   string
	role register.Role
}{
	{"drafter", register.RoleDrafter}, {"commissioner", register.RoleApprover}, {"legal", register.RoleApprover},
	{"clerk", register.RoleClerk}, {"press", register.RolePress},
}

func officerKey(id string) (signing.OfficerKey, error) {
	var seed [32]byte
	copy(seed[:], "crash/"+id)
	return signing.NewOfficerKey(rand.NewChaCha8(seed), id)
}

// A worker does acts until it is killed, and tells of each only after it has
// returned.
type worker struct {
	r       *office.Register
	name    string
	signers map[string]office.Signer

	mu sync.Mutex // one line at a time
}

// say writes a line in one write, so that a kill cannot cut it.
func (w *worker) say(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, _ = os.Stdout.WriteString(fmt.Sprintf(format, args...) + "\n")
}

// ack tells of an act that has returned: its name, where it is and what.
func (w *worker) ack(act string, rec office.Receipt) {
	head := "-"
	if h, err := proof.ParseHead(rec.Checkpoint); err == nil {
		head = fmt.Sprintf("%d:%s", h.Size, h.Root)
	}
	w.say("ack %s %d %s %s", strings.ReplaceAll(act, " ", "_"), rec.Index, register.LeafHash(rec.Entry), head)
}

// trouble tells of an error that is no part of the game.
func (w *worker) trouble(act string, err error) {
	switch {
	case err == nil:
	case strings.HasSuffix(act, "again") && kind.Of(err) == kind.Conflict:
		// The other worker has done it meanwhile.
	case errors.Is(err, tlog.ErrLocked), kind.Of(err) == kind.Unavailable && strings.Contains(err.Error(), "another program"):
		w.say("locked %s", act)
	default:
		w.say("error %s: %s", act, strings.ReplaceAll(err.Error(), "\n", " / "))
	}
}

// work is the worker's main function.
func work(dir string) int {
	ctx := context.Background()
	w := &worker{name: os.Getenv(nameEnv), signers: map[string]office.Signer{}}
	for _, o := range officers {
		k, err := officerKey(o.id)
		if err != nil {
			w.trouble("key", err)
			return 1
		}
		w.signers[o.id] = office.Signer{Officer: o.id, Key: k}
	}
	w.say("born")
	var err error
	if w.r, err = office.Open(ctx, dir, options()); err != nil {
		w.trouble("open", err)
		return 1
	}
	if err := w.r.Sync(ctx); err != nil {
		w.trouble("sync", err)
	}
	w.say("ready")
	var wg sync.WaitGroup
	for n := range 6 {
		wg.Go(func() { w.issuing(ctx, n) })
	}
	wg.Go(func() { w.drafting(ctx) })
	wg.Go(func() { w.embargoing(ctx) })
	wg.Go(func() { w.publishing(ctx) })
	wg.Go(func() { w.speaking(ctx) })
	wg.Go(func() { w.again(ctx) })
	wg.Wait()
	return 0
}

func (w *worker) ref(n, i int) letter.Ref {
	return letter.Ref(fmt.Sprintf("%s-%d-%d", w.name, n, i))
}

func content(ref letter.Ref, words string) (letter.Content, error) {
	t, err := letter.Canonicalize([]byte("Harbour Commission\n\nSir,\n\n" + words + "\n\nThe Commissioner\n"))
	return letter.Content{
		Reference: ref, Type: letter.TypeLetter, Addressees: []string{"The Master, South Lock"},
		Texts: []letter.LangText{{Lang: "en", Text: t}},
	}, err
}

// issuing issues finished letters, and withdraws every third.
func (w *worker) issuing(ctx context.Context, n int) {
	for i := 0; ; i++ {
		ref := w.ref(n, i)
		c, err := content(ref, "the ship "+string(ref)+" leaves at noon.")
		if err != nil {
			w.trouble("content", err)
			return
		}
		q, err := w.r.SubmitFinished(ctx, officeID, "drafter", c, office.Terms{})
		if err != nil {
			w.trouble("submit", err)
			continue
		}
		rec, err := w.r.Carry(ctx, q, "clerk", w.signers["commissioner"], w.signers["legal"])
		if err != nil {
			w.trouble("issue", err)
			continue
		}
		w.ack("issue:"+string(ref), rec)
		if i%3 == 0 {
			w.withdraw(ctx, ref)
		}
	}
}

func (w *worker) withdraw(ctx context.Context, ref letter.Ref) {
	q, err := w.r.ProposeWithdraw(ctx, officeID, "clerk", ref, register.Words{"en": "The ship stays."})
	if err != nil {
		w.trouble("propose withdraw", err)
		return
	}
	rec, err := w.r.Carry(ctx, q, "clerk", w.signers["commissioner"], w.signers["legal"])
	if err != nil {
		w.trouble("withdraw", err)
		return
	}
	w.ack("withdraw:"+string(ref), rec)
}

// embargoing issues letters under embargoes of a few seconds, so that workers die
// before, at and after an hour.
func (w *worker) embargoing(ctx context.Context) {
	for i := 0; ; i++ {
		ref := w.ref(9, i)
		c, err := content(ref, "the lamp "+string(ref)+" will be green.")
		if err != nil {
			w.trouble("content", err)
			return
		}
		q, err := w.r.SubmitFinished(ctx, officeID, "drafter", c, office.Terms{NotBefore: w.r.Now().Add(time.Duration(1+i%3) * time.Second)})
		if err != nil {
			if kind.Of(err) != kind.Invalid { // the hour came while it was sealed
				w.trouble("submit under embargo", err)
			}
			continue
		}
		rec, err := w.r.Carry(ctx, q, "clerk", w.signers["commissioner"], w.signers["legal"])
		if err != nil {
			w.trouble("issue under embargo", err)
			continue
		}
		w.issued(ref, rec)
	}
}

// issued tells of an issue, or of the commitment that holds its place.
func (w *worker) issued(ref letter.Ref, rec office.Receipt) {
	if e, err := register.Parse(rec.Entry); err == nil && e.Body.Kind() == register.KindCommit {
		w.ack("embargo:"+string(ref), rec)
		return
	}
	w.ack("issue:"+string(ref), rec)
}

// publishing does what a server does beside the acts: it issues what is due.
func (w *worker) publishing(ctx context.Context) {
	for {
		if err := w.r.Sync(ctx); err != nil {
			w.trouble("sync", err)
		}
		time.Sleep(30 * time.Millisecond)
	}
}

// drafting starts, seals, revises, seals and circulates.
func (w *worker) drafting(ctx context.Context) {
	for i := 0; ; i++ {
		ref := w.ref(8, i)
		c, err := content(ref, "the draft "+string(ref)+" is not ready.")
		if err != nil {
			w.trouble("content", err)
			return
		}
		if err := w.r.Start(ctx, officeID, "drafter", c); err != nil {
			w.trouble("start", err)
			continue
		}
		s, err := w.r.Seal(ctx, officeID, "drafter", ref)
		if err != nil {
			w.trouble("seal", err)
			continue
		}
		w.ack(fmt.Sprintf("seal:%s/1", ref), s.Receipt)
		err = w.r.Revise(ctx, officeID, "drafter", ref, "a slip", func(c *letter.Content) error {
			c.Addressees = append(c.Addressees, "The Pilots")
			return nil
		})
		w.trouble("revise", err)
		got, err := w.r.Circulate(ctx, officeID, "clerk", ref, []office.Holder{{Name: "Coast guard", Purpose: "clearance", Outside: true}})
		if err != nil {
			w.trouble("circulate", err)
			continue
		}
		w.ack(fmt.Sprintf("seal:%s/2", ref), got.Sealed.Receipt)
	}
}

// speaking makes statements and takes each second one back.
func (w *worker) speaking(ctx context.Context) {
	for i := 0; ; i++ {
		t, err := letter.Canonicalize(fmt.Appendf(nil, "Statement %s-%d: no ship has left.\n", w.name, i))
		if err != nil {
			w.trouble("words", err)
			return
		}
		q, err := w.r.ProposeStatement(ctx, officeID, "press", office.Say{Texts: []letter.LangText{{Lang: "en", Text: t}}})
		if err != nil {
			w.trouble("propose statement", err)
			continue
		}
		rec, err := w.r.Carry(ctx, q, "press", w.signers["press"], w.signers["legal"])
		if err != nil {
			w.trouble("statement", err)
			continue
		}
		w.ack(fmt.Sprintf("statement:%d", q.ID), rec)
		if i%2 == 1 {
			continue
		}
		q, err = w.r.ProposeRetract(ctx, officeID, "press", rec.Index, register.Words{"en": "One has."})
		if err != nil {
			w.trouble("propose retract", err)
			continue
		}
		back, err := w.r.Carry(ctx, q, "press", w.signers["press"], w.signers["legal"])
		if err != nil {
			w.trouble("retract", err)
			continue
		}
		w.ack(fmt.Sprintf("retract:%d", rec.Index), back)
	}
}

// again does once more what an earlier worker may have done before it died: the
// receipt must be the one that was given then, if any was.
func (w *worker) again(ctx context.Context) {
	ls, err := w.r.Letters(ctx, officeID)
	if err != nil {
		w.trouble("letters", err)
		return
	}
	slices.Reverse(ls)
	for _, l := range ls[:min(len(ls), 12)] {
		switch l.Stage {
		case store.Issued, store.Approved:
			rec, err := w.r.Issue(ctx, officeID, "clerk", l.Reference)
			if err != nil {
				w.trouble("issue again", err)
				continue
			}
			w.issued(l.Reference, rec)
		case store.Approval:
			c := l.Draft
			q, err := w.r.SubmitFinished(ctx, officeID, "drafter", c, office.Terms{})
			if err != nil {
				w.trouble("submit again", err)
				continue
			}
			rec, err := w.r.Carry(ctx, q, "clerk", w.signers["commissioner"], w.signers["legal"])
			if err != nil {
				w.trouble("issue it again", err)
				continue
			}
			w.ack("issue:"+string(l.Reference), rec)
		case store.Embargoed, store.Drafting, store.Coordination, store.Closed:
		}
	}
	time.Sleep(time.Hour)
}

package office

import (
	"context"
	"errors"
	"fmt"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/internal/store"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// An embargoed letter is issued in two steps. Performing the request logs a
// commitment to the whole issue entry, signatures included, that looks like any
// draft's, and keeps the entry in the database. At the hour Sync moves it to
// the intents, from where it goes the way of all entries. Until then nothing of
// it is public, and closing the letter recalls it (docs/decisions/0036).

// embargo puts a request whose hour is to come under embargo, and returns the
// intent of its commitment.
func (t *turn) embargo(o store.Office, q store.Request, issue register.Issue) (int64, error) {
	op, err := register.EmbargoOf(issue)
	if err != nil {
		return 0, kind.Invalid.Wrap(err)
	}
	seq, err := t.commit(o, &op, "embargo:"+o.ID+"/"+string(issue.Reference))
	if err != nil {
		return 0, err
	}
	body, err := register.EncodeBody(issue)
	if err != nil {
		return 0, kind.Invalid.Wrap(err)
	}
	return seq, t.AddEmbargo(store.Embargo{
		Letter: q.Letter, Office: o.ID, Request: q.ID, Subject: q.Subject, Body: body, Texts: q.Texts,
		Opening: op, NotBefore: issue.NotBefore.Time(), Intent: seq,
	})
}

// heldBack returns the issue of a request whose hour is to come.
func (t *turn) heldBack(b register.Body) (register.Issue, bool) {
	issue, ok := b.(register.Issue)
	return issue, ok && issue.NotBefore != 0 && t.now.Before(issue.NotBefore.Time())
}

// release issues what is under embargo and whose hour has come, by the register's
// clock, and returns when a signed head covers it. It is done by whoever
// publishes: the server, or the command line when there is none.
func (r *Register) release(ctx context.Context) error {
	var due []store.Embargo
	err := r.db.View(ctx, func(tx *store.Tx) (err error) { due, err = tx.EmbargoesDue(r.Now()); return err })
	if err != nil {
		return err
	}
	var seqs []int64
	for _, e := range due { // one that cannot be issued must not keep the others back
		var seq int64
		one := r.act(ctx, func(t *turn) (err error) { seq, err = t.release(e.Letter); return err })
		if one != nil {
			err = errors.Join(err, fmt.Errorf("issuing what was under embargo until %s: %w", e.NotBefore.Format(time.RFC3339), one))
		} else if seq != 0 {
			seqs = append(seqs, seq)
		}
	}
	for _, seq := range seqs {
		_, one := r.pub.publish(ctx, seq)
		err = errors.Join(err, one)
	}
	return err
}

// release intends the issue entry of a letter under embargo, citing its
// commitment; 0 when there is nothing to do. Looked at again in the transaction:
// it may be issued or recalled meanwhile, and the clock may have been set back.
func (t *turn) release(letterID int64) (int64, error) {
	e, found, err := t.EmbargoOf(letterID)
	if err != nil || !found || e.State != store.Held || t.now.Before(e.NotBefore) {
		return 0, err
	}
	if !e.Logged { // the commitment comes first; it is on its way
		return 0, nil
	}
	o, err := t.Office(e.Office)
	if err != nil {
		return 0, err
	}
	issue, err := issueOf(e)
	if err != nil {
		return 0, err
	}
	issue.Embargo = &register.Link{Index: register.Index(e.Position), Opening: e.Opening}
	i, err := t.intend(issueName(o.ID, issue.Reference), o, e.Subject, issue, e.Texts)
	if err != nil {
		return 0, err
	}
	if err := t.EndEmbargo(e.Letter, store.Released); err != nil {
		return 0, err
	}
	if err := t.SetStage(e.Letter, store.Issued); err != nil {
		return 0, err
	}
	return i.Seq, t.note(o.ID, "-", string(register.KindIssue), fmt.Sprintf("request %d, at the end of its embargo", e.Request), e.Letter)
}

// done returns the intent of a request that was carried out: of a letter that was
// under embargo, that of its issue once it has one.
func (t *turn) done(q store.Request) (int64, error) {
	e, found, err := t.EmbargoOf(q.Letter)
	if err != nil || !found || e.Request != q.ID {
		return q.Intent, err
	}
	issue, err := issueOf(e)
	if err != nil {
		return 0, err
	}
	switch e.State {
	case store.Recalled:
		return 0, kind.Conflict.Errorf("issuing %s: it was recalled before its hour, and is closed; start a new letter", issue.Reference)
	case store.Released:
		i, _, err := t.IntentNamed(issueName(q.Office, issue.Reference))
		return i.Seq, err
	case store.Held:
	}
	return q.Intent, nil
}

// embargoOn returns which letter an intent holds under embargo, and until when.
func (r *Register) embargoOn(ctx context.Context, intent int64) (ref letter.Ref, until time.Time, err error) {
	err = r.db.View(ctx, func(tx *store.Tx) error {
		e, found, err := tx.EmbargoBy(intent)
		if err != nil || !found || e.State != store.Held {
			return err
		}
		issue, err := issueOf(e)
		ref, until = issue.Reference, e.NotBefore
		return err
	})
	return ref, until, err
}

// issueOf returns the issue entry to come of an embargo, without its citation.
func issueOf(e store.Embargo) (register.Issue, error) {
	body, err := register.DecodeBody(register.KindIssue, e.Body)
	if err != nil {
		return register.Issue{}, fmt.Errorf("an issue under embargo: %w", err)
	}
	issue, ok := body.(register.Issue)
	if !ok {
		return register.Issue{}, fmt.Errorf("an issue under embargo is a %s", body.Kind())
	}
	return issue, nil
}

// recall ends the embargo of a letter that is being closed. When its hour has
// come it is as good as issued, and there is no way back.
func (t *turn) recall(l store.Letter) error {
	e, found, err := t.EmbargoOf(l.ID)
	if err != nil || !found {
		return err
	}
	if !t.now.Before(e.NotBefore) {
		return kind.Conflict.Errorf("closing %s: its embargo ended at %s and it is being issued; withdraw it, or issue a letter that supersedes it", l.Reference, e.NotBefore.Format(time.RFC3339))
	}
	if err := t.EndEmbargo(l.ID, store.Recalled); err != nil {
		return err
	}
	return t.note(l.Office, "-", "recall", "closed before "+e.NotBefore.Format(time.RFC3339), l.ID)
}

// An Embargo is a letter that is issued and not public yet.
type Embargo struct {
	Office    string
	Reference letter.Ref
	Revision  uint32
	NotBefore time.Time
	Commit    register.Index // of the commitment that holds its place in the log
}

// Embargoes returns the letters of an office that are under embargo, the next to
// be issued first.
func (r *Register) Embargoes(ctx context.Context, officeID string) (out []Embargo, err error) {
	err = r.db.View(ctx, func(tx *store.Tx) error {
		if _, err := tx.Office(officeID); err != nil {
			return err
		}
		all, err := tx.Embargoes(officeID)
		if err != nil {
			return err
		}
		for _, e := range all {
			issue, err := issueOf(e)
			if err != nil {
				return err
			}
			out = append(out, Embargo{e.Office, issue.Reference, issue.Seal.Opening.Revision, e.NotBefore, register.Index(e.Position)})
		}
		return nil
	})
	return out, err
}

// GiveEmbargoed makes what is given to the holder of a letter under embargo: with
// it the holder can show, offline and without asking, that these words are issued
// and when they become public. It takes the issuing clerk or the press officer,
// and the journal keeps who was given it.
func (r *Register) GiveEmbargoed(ctx context.Context, officeID, by string, ref letter.Ref, holder string) (proof.Bundle, error) {
	what := "giving out " + string(ref) + " under embargo"
	var o store.Office
	var held register.HeldDraft
	var texts []letter.LangText
	err := r.act(ctx, func(t *turn) (err error) {
		if o, err = t.Office(officeID); err != nil {
			return err
		}
		if _, err := t.may(o, by, what, register.RoleClerk, register.RolePress); err != nil {
			return err
		}
		l, err := t.Letter(officeID, ref)
		if err != nil {
			return err
		}
		if !oneLine(holder) {
			return kind.Invalid.Errorf("%s: holder %q: want one line of at most 120 bytes", what, holder)
		}
		if held, texts, err = t.heldEmbargo(l, what); err != nil {
			return err
		}
		return t.note(o.ID, by, "give under embargo", holder, l.ID)
	})
	if err != nil {
		return proof.Bundle{}, err
	}
	b, err := r.pub.proveDraft(ctx, register.Office(o.URI), held, texts)
	if err != nil {
		return proof.Bundle{}, fmt.Errorf("%s: %w", what, err)
	}
	return b, nil
}

// heldEmbargo is what the holder of a letter under embargo is told beside its
// words: the openings of its seal and of its embargo, and the entry to come.
func (t *turn) heldEmbargo(l store.Letter, what string) (register.HeldDraft, []letter.LangText, error) {
	e, found, err := t.EmbargoOf(l.ID)
	switch {
	case err != nil:
		return register.HeldDraft{}, nil, err
	case !found || e.State != store.Held:
		return register.HeldDraft{}, nil, kind.Conflict.Errorf("%s: it is not under embargo, but in %s", what, l.Stage)
	case !e.Logged:
		return register.HeldDraft{}, nil, kind.Unavailable.Errorf("%s: its commitment is on its way into the log; do it again in a moment", what)
	}
	issue, err := issueOf(e)
	if err != nil {
		return register.HeldDraft{}, nil, err
	}
	revs, err := t.Revisions(l.ID)
	if err != nil {
		return register.HeldDraft{}, nil, err
	}
	rev := revs[issue.Seal.Opening.Revision-1]
	held := heldBy(issue.Seal.Index, rev)
	h, err := register.NewHeldIssue(issue, register.Link{Index: register.Index(e.Position), Opening: e.Opening})
	if err != nil {
		return held, nil, kind.Invalid.Wrap(err)
	}
	held.Embargo = &h
	return held, rev.Revision.Content().Texts, nil
}

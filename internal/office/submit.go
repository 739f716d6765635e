package office

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"chancery.example/approval"
	"chancery.example/internal/form"
	"chancery.example/internal/kind"
	"chancery.example/internal/store"
	"chancery.example/letter"
	"chancery.example/register"
)

// Terms are what an issue says beside the letter itself.
type Terms struct {
	NotBefore  time.Time    // under embargo until then; zero: at once
	Expires    time.Time    // zero: never
	Supersedes []letter.Ref // letters of this office that it replaces
	Regarding  []register.Target
	Files      []register.File
	// Form is a PDF made elsewhere that is to be the letter's form, in all its
	// languages; nil: the office makes one, or none.
	Form []byte
	// Confirmed is the digest of what Form was read to show, from who has read it
	// (ShowForm).
	Confirmed letter.Hash
	// Written says that the letter was issued before it is recorded here, and when
	// it was written; "" for a letter that is issued now.
	Written register.Day
}

// Submit seals the draft and asks for the approvals that issue it, word for word,
// in all its languages. An earlier request for the same letter is void. Before
// that, those who were asked for clearance have answered or let the time pass,
// conditions and objections are resolved or overruled with a reason, and what
// differs between the languages is settled or accepted with a reason (lifecycle, 5).
func (r *Register) Submit(ctx context.Context, officeID, by string, ref letter.Ref, terms Terms) (Request, error) {
	// Nothing is sealed for a request that would then be refused.
	var draft letter.Content
	err := r.act(ctx, func(t *turn) error {
		o, l, err := t.unissued(officeID, ref, "submitting")
		if err != nil {
			return err
		}
		if err := t.maySubmit(o, l.Draft, by, terms); err != nil {
			return err
		}
		draft = l.Draft
		return t.cleared(o, l, "submitting "+string(ref), terms.Written != "")
	})
	if err != nil {
		return Request{}, err
	}
	err = terms.confirmed("submitting "+string(ref), func() (form.Shown, error) { return r.ShowForm(ctx, officeID, by, draft, terms) })
	if err != nil {
		return Request{}, err
	}
	sealed, err := r.Seal(ctx, officeID, by, ref)
	if err != nil {
		return Request{}, fmt.Errorf("submitting %s: %w", ref, err)
	}
	made, err := r.formToIssue(ctx, officeID, ref, sealed, &terms)
	if err != nil {
		return Request{}, fmt.Errorf("submitting %s: %w", ref, err)
	}
	return r.propose(ctx, officeID, func(t *turn, o store.Office) (proposal, error) {
		_, l, err := t.unissued(officeID, ref, "submitting")
		if err != nil {
			return proposal{}, err
		}
		if err := t.maySubmit(o, l.Draft, by, terms); err != nil {
			return proposal{}, err
		}
		if err := t.cleared(o, l, "submitting "+string(ref), terms.Written != ""); err != nil {
			return proposal{}, err
		}
		if err := t.VoidRequests(l.ID, register.KindIssue); err != nil {
			return proposal{}, err
		}
		if err := t.SetStage(l.ID, store.Approval); err != nil {
			return proposal{}, err
		}
		if err := t.keep(o, l, by, made); err != nil {
			return proposal{}, err
		}
		return t.issueProposal(o, l, by, sealed.Revision, terms)
	})
}

// formToIssue makes the PDF that a letter is to be issued as, and has the terms name
// it. What was issued before it is recorded here had its form then.
func (r *Register) formToIssue(ctx context.Context, officeID string, ref letter.Ref, s Sealed, terms *Terms) (*madeForm, error) {
	if terms.Written != "" {
		return nil, nil
	}
	var o store.Office
	err := r.db.View(ctx, func(tx *store.Tx) (err error) { o, err = tx.Office(officeID); return err })
	if err != nil {
		return nil, err
	}
	made, err := r.form(ctx, o, s, ref, *terms)
	if made != nil {
		terms.Files, terms.Form = append(slices.Clone(terms.Files), made.file()), nil
	}
	return made, err
}

// maySubmit refuses what could not be issued on these terms.
func (t *turn) maySubmit(o store.Office, c letter.Content, by string, terms Terms) error {
	what := "submitting " + string(c.Reference)
	if _, err := t.may(o, by, what, register.RoleDrafter, register.RoleClerk); err != nil {
		return err
	}
	if err := t.ruled(o, approval.Issue, string(c.Type)); err != nil {
		return err
	}
	if !terms.Expires.IsZero() && !terms.Expires.After(t.now) {
		return kind.Invalid.Errorf("%s: it would expire at %s, which is past; give a later time or none", what, terms.Expires.Format(time.RFC3339))
	}
	if err := errors.Join(terms.embargo(t.now, what), terms.written(t.now, what), terms.formed(what)); err != nil {
		return err
	}
	for i, old := range terms.Supersedes {
		if slices.Contains(terms.Supersedes[:i], old) {
			return kind.Invalid.Errorf("%s: it is to supersede %s twice; name each letter once", what, old)
		}
		_, err := t.issued(o, old)
		if err == nil {
			err = t.replaceable(o.ID, old)
		}
		if err != nil {
			return fmt.Errorf("%s: it is to supersede %s: %w", what, old, err)
		}
	}
	return t.notDisavowed(o, what, c.Texts)
}

// embargo refuses an hour that is past, that nobody will see, or that the letter
// does not outlast.
func (terms Terms) embargo(now time.Time, what string) error {
	switch n := terms.NotBefore; {
	case n.IsZero():
		return nil
	case !n.After(now):
		return kind.Invalid.Errorf("%s: its embargo would end at %s, which is past; give a later time, or none to issue it at once", what, n.Format(time.RFC3339))
	case n.After(now.AddDate(maxEmbargo, 0, 0)):
		return kind.Invalid.Errorf("%s: its embargo would end at %s, in more than %d years; is the year right?", what, n.Format(time.RFC3339), maxEmbargo)
	case n.Nanosecond() != 0:
		return kind.Invalid.Errorf("%s: the end of an embargo is a whole second", what)
	case !terms.Expires.IsZero() && !terms.Expires.After(n):
		return kind.Invalid.Errorf("%s: it would expire at %s, before its embargo ends at %s", what, terms.Expires.Format(time.RFC3339), n.Format(time.RFC3339))
	}
	return nil
}

const maxEmbargo = 5 // years

// written refuses a day that is none, or after today: what is recorded later was
// written before.
func (terms Terms) written(now time.Time, what string) error {
	if terms.Written == "" {
		return nil
	}
	if _, err := register.ParseDay(string(terms.Written)); err != nil {
		return kind.Invalid.Errorf("%s: %w", what, err)
	}
	switch {
	case !terms.NotBefore.IsZero():
		return kind.Invalid.Errorf("%s: a letter that was issued before has no embargo; leave out one of the two times", what)
	case terms.Written.First() > now.Format(time.DateOnly):
		return kind.Invalid.Errorf("%s: it would have been written in %s, which is yet to come; is the year right?", what, terms.Written)
	}
	return nil
}

// issueProposal freezes the issue entry of a sealed revision.
func (t *turn) issueProposal(o store.Office, l store.Letter, by string, number uint32, terms Terms) (proposal, error) {
	revs, err := t.Revisions(l.ID)
	if err != nil {
		return proposal{}, err
	}
	rev := revs[len(revs)-1]
	if rev.Number != number || !sameContent(rev.Revision.Content(), l.Draft) {
		return proposal{}, kind.Conflict.Errorf("submitting %s: it was changed meanwhile; look at it and submit it again", l.Reference)
	}
	issue := register.Issue{
		Reference: l.Reference, Type: l.Draft.Type, Disclosure: register.DisclosePublic,
		Fields:    rev.Revision.Disclose(rev.Revision.Fields()...),
		Seal:      register.Link{Index: register.Index(rev.Position), Opening: rev.Opening},
		NotBefore: register.StampOf(terms.NotBefore), Expires: register.StampOf(terms.Expires), Regarding: terms.Regarding, Files: terms.Files, Written: terms.Written,
	}
	for _, old := range terms.Supersedes {
		target, err := t.issued(o, old)
		if err != nil {
			return proposal{}, fmt.Errorf("submitting %s: it is to supersede %s: %w", l.Reference, old, err)
		}
		issue.Supersedes = append(issue.Supersedes, target)
	}
	return proposal{
		by: by, letter: &l, revision: rev.Number, typ: string(l.Draft.Type), subject: t.letterSubject(o, l.Reference),
		texts: textsOf(rev.Revision), body: func(a register.Approvals) register.Body { issue.Approvals = a; return issue },
	}, nil
}

// issued names the issue entry of a letter that is issued.
func (t *turn) issued(o store.Office, ref letter.Ref) (register.Target, error) {
	l, err := t.Letter(o.ID, ref)
	if err != nil {
		return register.Target{}, err
	}
	i, found, err := t.IntentNamed(issueName(o.ID, ref))
	if err != nil {
		return register.Target{}, err
	}
	if l.Stage != store.Issued || !found {
		return register.Target{}, kind.Conflict.Errorf("%s is not issued (it is in %s)", ref, l.Stage)
	}
	return t.targetOf(i, ref)
}

// targetOf names an entry of this register.
func (t *turn) targetOf(i store.Intent, ref letter.Ref) (register.Target, error) {
	if !i.Logged {
		return register.Target{}, kind.Unavailable.Errorf("the entry it is about is on its way into the log; do it again in a moment")
	}
	return register.Target{Office: i.Issuer, Reference: ref, Index: i.Position, Leaf: register.LeafHash(i.Entry)}, nil
}

// textsOf pairs the texts of a revision with their leaves.
func textsOf(rev letter.Revision) []store.Text {
	var out []store.Text
	words := map[letter.Lang]letter.Text{}
	for _, x := range rev.Content().Texts {
		words[x.Lang] = x.Text
	}
	for _, d := range rev.Disclose() {
		if lang, isText := d.Field.Lang(); isText {
			out = append(out, store.Text{Leaf: d.Hash, Text: words[lang].String()})
		}
	}
	return out
}

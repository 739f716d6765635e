package office

import (
	"context"
	"fmt"
	"slices"

	"chancery.example/approval"
	"chancery.example/internal/form"
	"chancery.example/internal/kind"
	"chancery.example/internal/store"
	"chancery.example/letter"
	"chancery.example/register"
)

// A Correction is what is corrected in an issued letter, and why.
type Correction struct {
	Reason register.Words // that everybody will read
	// Change is applied to the words that stand.
	Change func(*letter.Content) error
	Files  []register.File
	// Form is a PDF made elsewhere that is to be the corrected letter's form, and
	// Confirmed the digest of what it was read to show (ShowCorrection); as in Terms.
	Form      []byte
	Confirmed letter.Hash
}

// terms are what the corrected letter's form is made by.
func (x Correction) terms() Terms {
	return Terms{Files: x.Files, Form: x.Form, Confirmed: x.Confirmed}
}

// ProposeCorrect asks for the approvals that correct a formal error in an issued
// letter. What comes of the change is sealed as the letter's next revision before
// officers see it. The letter stays in force, in the corrected words, and everybody
// sees what was changed and why. A change of meaning is no correction: that takes a
// letter that supersedes.
func (r *Register) ProposeCorrect(ctx context.Context, officeID, by string, ref letter.Ref, x Correction) (Request, error) {
	what := "correcting " + string(ref)
	err := x.terms().confirmed(what, func() (form.Shown, error) { return r.ShowCorrection(ctx, officeID, by, ref, x) })
	if err != nil {
		return Request{}, err
	}
	var rev store.Revision
	var o store.Office
	err = r.act(ctx, func(t *turn) (err error) {
		if o, err = t.Office(officeID); err != nil {
			return err
		}
		l, err := t.corrected(o, ref, by, what, x)
		if err != nil {
			return err
		}
		rev, err = t.seal(o, l, by)
		return err
	})
	if err != nil {
		return Request{}, err
	}
	sealed, err := r.sealed(ctx, o, ref, rev)
	if err != nil {
		return Request{}, fmt.Errorf("%s: %w", what, err)
	}
	made, err := r.form(ctx, o, sealed, ref, x.terms())
	if err != nil {
		return Request{}, fmt.Errorf("%s: %w", what, err)
	}
	files := x.Files
	if made != nil {
		files = append(slices.Clone(files), made.file())
	}
	return r.propose(ctx, officeID, func(t *turn, o store.Office) (proposal, error) {
		l, err := t.corrected(o, ref, by, what, x)
		if err != nil {
			return proposal{}, err
		}
		if !sameContent(rev.Revision.Content(), l.Draft) {
			return proposal{}, kind.Conflict.Errorf("%s: it was corrected meanwhile; look at it and propose the correction again", what)
		}
		target, err := t.issued(o, ref)
		if err != nil {
			return proposal{}, err
		}
		if err := t.VoidRequests(l.ID, register.KindCorrect); err != nil {
			return proposal{}, err
		}
		if err := t.keep(o, l, by, made); err != nil {
			return proposal{}, err
		}
		body := register.Correct{
			Target: target, Seal: register.Link{Index: sealed.Receipt.Index, Opening: rev.Opening},
			Fields: rev.Revision.Disclose(rev.Revision.Fields()...), Disclosure: register.DisclosePublic, Files: files, Reason: x.Reason,
		}
		return proposal{
			by: by, letter: &l, revision: rev.Number, typ: string(l.Draft.Type), subject: t.letterSubject(o, ref), texts: textsOf(rev.Revision),
			body: func(a register.Approvals) register.Body { body.Approvals = a; return body },
		}, nil
	})
}

// corrected returns an issued letter with the content that a correction would
// give it, or says why it cannot be corrected so.
func (t *turn) corrected(o store.Office, ref letter.Ref, by, what string, x Correction) (store.Letter, error) {
	if _, err := t.may(o, by, what, register.RoleDrafter, register.RoleClerk); err != nil {
		return store.Letter{}, err
	}
	l, err := t.Letter(o.ID, ref)
	if err != nil {
		return l, err
	}
	if err := t.ruled(o, approval.Correct, string(l.Draft.Type)); err != nil {
		return l, err
	}
	if err := x.terms().formed(what); err != nil {
		return l, err
	}
	if _, err := t.issued(o, ref); err != nil {
		return l, fmt.Errorf("%s: %w; a draft is revised", what, err)
	}
	if err := t.notWithdrawn(o.ID, ref, what); err != nil {
		return l, err
	}
	stands, err := t.stands(o, l)
	if err != nil {
		return l, fmt.Errorf("%s: %w", what, err)
	}
	l.Draft = stands.Revision.Content()
	before := languagesOf(l.Draft)
	if err := x.Change(&l.Draft); err != nil {
		return l, fmt.Errorf("%s: %w", what, err)
	}
	old := stands.Revision.Content()
	switch {
	case l.Draft.Reference != ref || l.Draft.Type != old.Type:
		return l, kind.Invalid.Errorf("%s: a correction keeps the reference and the type; issue a letter that supersedes it", what)
	case !slices.Equal(before, languagesOf(l.Draft)):
		return l, kind.Invalid.Errorf("%s: it was issued in %v, and a correction neither adds nor drops a language; give each corrected text under its own tag", what, before)
	case sameContent(old, l.Draft):
		return l, kind.Invalid.Errorf("%s: nothing differs from revision %d, which stands", what, stands.Number)
	}
	if err := sealable(l.Draft); err != nil {
		return l, fmt.Errorf("%s: %w", what, err)
	}
	return l, t.notDisavowed(o, what, l.Draft.Texts)
}

func languagesOf(c letter.Content) []letter.Lang {
	var out []letter.Lang
	for _, x := range c.Texts {
		out = append(out, x.Lang)
	}
	slices.Sort(out)
	return out
}

// stands returns the revision of an issued letter that stands: the issued one, or
// that of its newest correction.
func (t *turn) stands(o store.Office, l store.Letter) (store.Revision, error) {
	issue, found, err := t.IntentNamed(issueName(o.ID, l.Reference))
	if err != nil || !found {
		return store.Revision{}, err
	}
	number, err := revisionIn(issue)
	if err != nil {
		return store.Revision{}, err
	}
	all, err := t.IntentsOf(o.ID, register.KindCorrect)
	if err != nil {
		return store.Revision{}, err
	}
	for _, i := range all {
		body, err := register.DecodeBody(i.Kind, i.Body)
		if err != nil {
			return store.Revision{}, fmt.Errorf("intent %s: %w", i.Name, err)
		}
		if referenceOf(body) == l.Reference {
			n, err := revisionIn(i)
			if err != nil {
				return store.Revision{}, err
			}
			number = max(number, n)
		}
	}
	revs, err := t.Revisions(l.ID)
	if err != nil {
		return store.Revision{}, err
	}
	for _, rev := range revs {
		if rev.Number == number {
			return rev, nil
		}
	}
	return store.Revision{}, kind.NotFound.Errorf("the salts of revision %d are not in the database (was it rebuilt from the log?), so no later revision can follow it; issue a letter that supersedes it", number)
}

// revisionIn returns the revision that an issue or a correction makes official.
func revisionIn(i store.Intent) (uint32, error) {
	body, err := register.DecodeBody(i.Kind, i.Body)
	if err != nil {
		return 0, fmt.Errorf("intent %s: %w", i.Name, err)
	}
	switch b := body.(type) {
	case register.Issue:
		return b.Seal.Opening.Revision, nil
	case register.Correct:
		return b.Seal.Opening.Revision, nil
	}
	return 0, fmt.Errorf("intent %s makes no revision official", i.Name)
}

// notWithdrawn refuses an act on a letter that has ended.
func (t *turn) notWithdrawn(officeID string, ref letter.Ref, what string) error {
	_, gone, err := t.IntentNamed(withdrawName(officeID, ref))
	if err == nil && gone {
		return kind.Conflict.Errorf("%s: it was withdrawn; there is nothing left to correct", what)
	}
	return err
}

var correctAct = act{
	performers: []register.Role{register.RoleClerk},
	name: func(q store.Request, b register.Body) string {
		c, _ := b.(register.Correct)
		return fmt.Sprintf("correct:%s/%s/%d", q.Office, c.Target.Reference, c.Seal.Opening.Revision)
	},
	effect: func(t *turn, q store.Request, b register.Body) error {
		what := "correcting " + string(referenceOf(b))
		if err := t.notWithdrawn(q.Office, referenceOf(b), what); err != nil {
			return err
		}
		o, err := t.Office(q.Office)
		if err != nil {
			return err
		}
		l, err := t.LetterByID(q.Letter)
		if err != nil {
			return err
		}
		stands, err := t.stands(o, l)
		if err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		if q.Revision <= stands.Number {
			return kind.Conflict.Errorf("%s: revision %d stands already; propose the correction again", what, stands.Number)
		}
		revs, err := t.Revisions(l.ID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(revs, func(r store.Revision) bool { return r.Number == q.Revision })
		if i < 0 {
			return kind.NotFound.Errorf("%s: revision %d is not there", what, q.Revision)
		}
		content := revs[i].Revision.Content()
		if err := t.notDisavowed(o, what, content.Texts); err != nil {
			return err
		}
		return t.SetDraft(l.ID, content)
	},
}

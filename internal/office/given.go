package office

import (
	"context"
	"fmt"
	"slices"
	"time"

	"chancery.example/commitment"
	"chancery.example/internal/around"
	"chancery.example/internal/form"
	"chancery.example/internal/kind"
	"chancery.example/internal/papercode"
	"chancery.example/internal/pdf/typeset"
	"chancery.example/internal/store"
	"chancery.example/letter"
	"chancery.example/register"
)

// ShowForm finds out what a PDF that was made elsewhere (terms.Form) shows, and whether
// a letter of these words can be issued as it on these terms: what differs, word by word,
// and what else is in the way. Nothing is changed or kept. Who has read it confirms its
// Digest when they submit the letter (Terms.Confirmed).
func (r *Register) ShowForm(ctx context.Context, officeID, by string, c letter.Content, terms Terms) (form.Shown, error) {
	return r.look(ctx, officeID, "looking at the PDF of "+string(c.Reference), terms, func(t *turn, o store.Office) (letter.Content, error) {
		return c, t.maySubmit(o, c, by, terms)
	})
}

// ShowCorrection is ShowForm for a letter that is issued: what a PDF made elsewhere
// (x.Form) shows beside the words that the correction gives it.
func (r *Register) ShowCorrection(ctx context.Context, officeID, by string, ref letter.Ref, x Correction) (form.Shown, error) {
	what := "looking at the PDF of " + string(ref) + ", corrected"
	return r.look(ctx, officeID, what, x.terms(), func(t *turn, o store.Office) (letter.Content, error) {
		l, err := t.corrected(o, ref, by, what, x)
		return l.Draft, err
	})
}

// look has a PDF read that was made elsewhere, and holds it against the words that an
// act gives.
func (r *Register) look(ctx context.Context, officeID, what string, terms Terms, words func(*turn, store.Office) (letter.Content, error)) (form.Shown, error) {
	if len(terms.Form) == 0 {
		return form.Shown{}, kind.Invalid.Errorf("%s: there is no file; give the PDF that was made elsewhere", what)
	}
	var order form.Order
	err := r.act(ctx, func(t *turn) error {
		o, err := t.Office(officeID)
		if err != nil {
			return err
		}
		c, err := words(t, o)
		if err != nil {
			return err
		}
		names, err := namesOf(t.Tx, o)
		if err != nil {
			return err
		}
		order = terms.orderOf(o, c, names, t.now)
		// The letter's own code is known once it is sealed. This one is not shorter.
		order.Letter.Code = papercode.Of(o.Domain, o.ID, commitment.Opening{Revision: mostRevisions}, c.Reference).String()
		return nil
	})
	if err != nil {
		return form.Shown{}, err
	}
	s, err := r.opts.Forms.Look(ctx, order)
	if err != nil {
		return s, fmt.Errorf("%s: %w", what, err)
	}
	return s, nil
}

// mostRevisions is more than any letter has.
const mostRevisions = 9999

// orderOf is what the form of a letter is made of, but for its code.
func (terms Terms) orderOf(o store.Office, c letter.Content, names []typeset.Words, now time.Time) form.Order {
	day := terms.dated(now)
	return form.Order{Given: terms.Form, First: now, Last: day, Letter: typeset.Letter{
		Content: c, Office: names, Domain: o.Domain, Date: around.Day(day, c.Texts),
	}}
}

// confirmed refuses a PDF made elsewhere that does not show the letter, or that nobody
// said to have read.
func (terms Terms) confirmed(what string, show func() (form.Shown, error)) error {
	if terms.Form == nil {
		return nil
	}
	s, err := show()
	if err == nil {
		err = s.Err()
	}
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if s.Digest() != terms.Confirmed {
		return kind.Conflict.Errorf("%s: nobody has confirmed what its PDF shows, or it was read otherwise then: read what it shows, and confirm %s", what, s.Digest())
	}
	return nil
}

// formed refuses terms under which it is not known what the form is.
func (terms Terms) formed(what string) error {
	isForm := func(f register.File) bool { return f.Role == "form" }
	switch {
	case terms.Form == nil:
		return nil
	case terms.Written != "":
		return kind.Invalid.Errorf("%s: it was issued before, as whatever it was then: give that file by its digest; a PDF is stamped and sealed for a letter that is issued now", what)
	case slices.ContainsFunc(terms.Files, isForm):
		return kind.Invalid.Errorf("%s: it has one form: give the PDF that was made elsewhere, or a file by its digest", what)
	}
	return nil
}

package desk

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/web/desk/pages/given"
	"chancery.example/internal/web/desk/pages/paper"
	"chancery.example/internal/web/desk/pages/submit"
	"chancery.example/internal/web/shared"
	"chancery.example/letter"
	"chancery.example/register"
)

// submitForm asks for the terms on which a letter is to be issued.
func (c *call) submitForm() answer {
	d, err := c.editable()
	if err != nil {
		return c.failed(err)
	}
	return c.showSubmit(d, nil, nil, http.StatusOK)
}

// showSubmit shows the form, with what a PDF made elsewhere says when one was chosen.
func (c *call) showSubmit(d dossier, g *given.View, wrong []submit.Wrong, status int) answer {
	v := submit.View{Reference: d.Reference, NotBefore: c.FormValue("not-before"), Expires: c.FormValue("expires"), Given: g, Wrong: wrong}
	v.Title, v.TitleLang = shared.TitleOf(d.Draft, c.lang)
	var err error
	if v.Before, err = c.before(d.Reference); err != nil {
		return c.failed(err)
	}
	v.Blocked = blocked(v.Before)
	others, err := c.d.house.Letters(c.ctx(), c.who.Office)
	if err != nil {
		return c.failed(err)
	}
	for _, l := range slices.Backward(others) {
		if l.Stage != "issued" {
			continue
		}
		o := submit.Other{Reference: l.Reference}
		o.Title, o.TitleLang = shared.TitleOf(l.Draft, c.lang)
		replaced, about := o, o
		replaced.Chosen = slices.Contains(c.Form["supersedes"], string(l.Reference))
		about.Chosen = slices.Contains(c.Form["regarding"], string(l.Reference))
		v.Supersedes, v.Regarding = append(v.Supersedes, replaced), append(v.Regarding, about)
	}
	a := view(submit.Page, v, c.printer.T("desk.submit.title")+" "+string(d.Reference), deskPath("submit", d.Reference), "letters")
	a.status = status
	return a
}

// blocked reports whether something holds a letter up that comes before its
// submission, which is the first of the office's own steps to be open.
func blocked(before []paper.Condition) bool {
	return slices.ContainsFunc(before, func(q paper.Condition) bool { return q.Holds && q.State != office.ConditionDone })
}

// submit puts a letter up for approval.
func (c *call) submit() answer {
	d, err := c.editable()
	if err != nil {
		return c.failed(err)
	}
	if err := c.readForm(); err != nil {
		return c.failed(err)
	}
	terms, wrong, err := c.submitTerms()
	if err != nil {
		return c.failed(err)
	}
	g, err := c.given()
	if err != nil {
		wrong = append(wrong, submit.Wrong{Field: "form", Key: "form", Why: c.told(err)})
	}
	if len(wrong) > 0 {
		return c.showSubmit(d, nil, wrong, http.StatusUnprocessableEntity)
	}
	terms.Form, terms.Confirmed = g.pdf, g.confirmed
	if g.pdf != nil && g.confirmed == (letter.Hash{}) {
		return c.showGiven(d, g.name, terms)
	}
	q, err := c.d.house.Submit(c.ctx(), c.who.Office, c.who.ID, d.Reference, terms)
	switch k := kind.Of(err); {
	case err == nil:
		return c.done(fmt.Sprintf("/desk/request/%d", q.ID), "submitted")
	case k == kind.Invalid, k == kind.Conflict:
		return c.showSubmit(d, nil, []submit.Wrong{{Key: "submit", Why: c.told(err)}}, problemStatus(err))
	}
	return c.failed(err)
}

// submitTerms reads the terms of the form.
func (c *call) submitTerms() (terms office.Terms, wrong []submit.Wrong, err error) {
	for field, to := range map[string]*time.Time{"not-before": &terms.NotBefore, "expires": &terms.Expires} {
		t, errTime := formTime(c.FormValue(field))
		if errTime != nil {
			wrong = append(wrong, submit.Wrong{Field: field, Key: "time"})
		}
		*to = t
	}
	for _, r := range c.Form["supersedes"] {
		ref, errRef := letter.ParseRef(r)
		if errRef != nil {
			wrong = append(wrong, submit.Wrong{Field: "supersedes", Key: "reference", Why: c.told(errRef)})
			continue
		}
		terms.Supersedes = append(terms.Supersedes, ref)
	}
	terms.Regarding, err = c.targets(c.Form["regarding"])
	return terms, wrong, err
}

// targets names letters of the office by their references.
func (c *call) targets(refs []string) ([]register.Target, error) {
	if len(refs) == 0 {
		return nil, nil
	}
	offices, err := c.d.house.Offices(c.ctx())
	if err != nil {
		return nil, err //nolint:wrapcheck // the act's own words
	}
	var mine register.Office
	for _, o := range offices {
		if o.ID == c.who.Office {
			mine = register.Office(o.URI)
		}
	}
	var out []register.Target
	for _, r := range refs {
		ref, err := letter.ParseRef(r)
		if err == nil {
			_, err = c.d.house.Letter(c.ctx(), c.who.Office, ref)
		}
		if err != nil {
			return nil, kind.NotFound.Wrap(err)
		}
		out = append(out, register.Target{Office: mine, Reference: ref})
	}
	return out, nil
}

// formTime reads a time of a form, in UTC; the zero time when there is none.
func formTime(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02 15:04"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, nil
		}
	}
	return time.Time{}, kind.Invalid.Errorf("%.40q is no time", s)
}

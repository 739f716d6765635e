package desk

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/web/desk/pages/circulate"
	"chancery.example/internal/web/shared"
	"chancery.example/letter"
)

func (d *Desk) copyRoutes() []route {
	return []route{
		{pattern: "GET /desk/circulate/{ref...}", act: "give_copies_inside", serve: (*call).circulateForm},
		{pattern: "POST /desk/circulate/{ref...}", act: "give_copies_inside", serve: (*call).circulate},
		{pattern: "GET /desk/copy/{ref...}", act: "give_copies_inside", serve: (*call).printCopy},
		{pattern: "GET /desk/draft-proof/{ref...}", act: "give_copies_inside", serve: (*call).draftProof},
		{pattern: "POST /desk/receipt/{ref...}", act: "give_copies_inside", serve: (*call).copyReceived},
	}
}

// circulateForm asks who is to get numbered copies.
func (c *call) circulateForm() answer {
	d, err := c.editable()
	if err != nil {
		return c.failed(err)
	}
	return c.showCirculate(d, nil, circulate.View{}, http.StatusOK)
}

func (c *call) showCirculate(d dossier, holders []office.Holder, v circulate.View, status int) answer {
	v.Reference, v.MayOutside = d.Reference, c.may("give_copies_outside")
	v.Title, v.TitleLang = shared.TitleOf(d.Draft, c.lang)
	for _, t := range d.Draft.Texts {
		v.Langs = append(v.Langs, t.Lang)
	}
	for i := range max(circulate.Rows, len(holders)) {
		row := circulate.Holder{N: i + 1}
		if i < len(holders) {
			row.Holder = holders[i]
		}
		v.Holders = append(v.Holders, row)
	}
	a := view(circulate.Page, v, c.printer.T("desk.circulate.title")+" "+string(d.Reference), deskPath("circulate", d.Reference), "letters")
	a.status = status
	return a
}

// circulate gives out numbered copies of the draft.
func (c *call) circulate() answer {
	d, err := c.editable()
	if err != nil {
		return c.failed(err)
	}
	if err := c.ParseForm(); err != nil {
		return c.failed(kind.Invalid.Wrap(err))
	}
	holders, answers := c.holders(), office.Answers(c.FormValue("answers"))
	v := circulate.View{Answers: answers}
	if len(holders) == 0 {
		v.Wrong = "holders"
		return c.showCirculate(d, holders, v, http.StatusUnprocessableEntity)
	}
	_, err = c.d.house.CirculateAnswering(c.ctx(), c.who.Office, c.who.ID, d.Reference, holders, answers)
	switch k := kind.Of(err); {
	case err == nil:
		return c.done(deskPath("letter", d.Reference), "circulated")
	case k == kind.Invalid, k == kind.Conflict:
		v.Wrong, v.Why = "circulate", c.told(err)
		return c.showCirculate(d, holders, v, problemStatus(err))
	}
	return c.failed(err)
}

// holders reads the rows of the form that name somebody.
func (c *call) holders() []office.Holder {
	purposes, outside := c.Form["purpose"], c.Form["outside"]
	var out []office.Holder
	for i, name := range c.Form["holder"] {
		name = strings.TrimSpace(name)
		if name == "" {
			continue
		}
		h := office.Holder{Name: name, Outside: slices.Contains(outside, strconv.Itoa(i+1))}
		if i < len(purposes) {
			h.Purpose = strings.TrimSpace(purposes[i])
		}
		if h.Purpose == "" {
			h.Purpose = c.printer.T("desk.circulate.information")
		}
		out = append(out, h)
	}
	return out
}

// asked reads which revision, and which copy of it, an address or a form is about.
func (c *call) number(name string) (uint32, bool) {
	n, err := strconv.ParseUint(c.FormValue(name), 10, 32)
	return uint32(n), err == nil
}

// printCopy sends a numbered copy as a page to print. It holds everything that it
// needs.
func (c *call) printCopy() answer {
	d, err := c.dossier(whole)
	if err != nil {
		return c.failed(err)
	}
	x, err := c.givenCopy(d.Reference)
	if err != nil {
		return c.failed(err)
	}
	if c.FormValue("as") == "pdf" {
		raw, err := x.Paper.PDF()
		if err != nil {
			return c.failed(err)
		}
		return answer{file: &download{x.Paper.Name() + ".pdf", "application/pdf", raw}}
	}
	if lang := letter.Lang(c.FormValue("text")); lang != "" {
		text, ok := x.Paper.Text(lang)
		if !ok {
			return c.notFound()
		}
		return answer{file: &download{x.Paper.Name() + "." + string(lang) + ".txt", "text/plain; charset=utf-8", []byte(text)}}
	}
	html, err := x.Paper.HTML()
	if err != nil {
		return c.failed(err)
	}
	return answer{file: &download{x.Paper.Name() + ".html", "text/html; charset=utf-8", []byte(html)}}
}

// givenCopy returns the copy that an address names.
func (c *call) givenCopy(ref letter.Ref) (office.GivenCopy, error) {
	revision, okRevision := c.number("revision")
	number, okNumber := c.number("copy")
	all, err := c.d.house.Copies(c.ctx(), c.who.Office, ref)
	if err != nil {
		return office.GivenCopy{}, err //nolint:wrapcheck // the act's own words
	}
	i := slices.IndexFunc(all, func(x office.GivenCopy) bool { return x.Revision == revision && x.Number == number })
	if !okRevision || !okNumber || i < 0 {
		return office.GivenCopy{}, kind.NotFound.Errorf("no such copy was given out")
	}
	return all[i], nil
}

// draftProof sends what goes with the copies of a revision that leave the house.
func (c *call) draftProof() answer {
	d, err := c.dossier(whole)
	if err != nil {
		return c.failed(err)
	}
	revision, ok := c.number("revision")
	if !ok {
		return c.notFound()
	}
	b, err := c.d.house.DraftProof(c.ctx(), c.who.Office, d.Reference, revision)
	if err != nil {
		return c.failed(err)
	}
	raw, err := b.Bytes()
	if err != nil {
		return c.failed(err)
	}
	name := strings.ReplaceAll(string(d.Reference), "/", "_") + "-revision-" + strconv.FormatUint(uint64(revision), 10) + ".chancery-proof"
	return answer{file: &download{name, "application/octet-stream", raw}}
}

// copyReceived notes that a copy arrived.
func (c *call) copyReceived() answer {
	d, err := c.dossier(whole)
	if err != nil {
		return c.failed(err)
	}
	revision, okRevision := c.number("revision")
	number, okNumber := c.number("copy")
	if !okRevision || !okNumber {
		return c.notFound()
	}
	if err := c.d.house.CopyReceived(c.ctx(), c.who.Office, c.who.ID, d.Reference, revision, number, c.FormValue("note")); err != nil {
		return c.failed(err)
	}
	return c.done(deskPath("letter", d.Reference), "received")
}

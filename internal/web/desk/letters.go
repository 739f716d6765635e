package desk

import (
	"slices"
	"strconv"

	"chancery.example/internal/office"
	"chancery.example/internal/web/desk/pages/letters"
	"chancery.example/internal/web/desk/pages/paper"
	"chancery.example/internal/web/desk/pages/revisions"
	"chancery.example/internal/web/shared"
	"chancery.example/letter"
	"chancery.example/register"
)

func (d *Desk) letterRoutes() []route {
	return []route{
		{pattern: "GET /desk/letters", act: "see_drafts", serve: (*call).letters},
		{pattern: "GET /desk/letter/{ref...}", act: "see_drafts", serve: (*call).paper},
		{pattern: "GET /desk/revisions/{ref...}", act: "see_drafts", serve: (*call).revisions},
		{pattern: "POST /desk/answers/{ref...}", act: "set_answers", serve: (*call).setAnswers},
		{pattern: "POST /desk/parity-accept/{ref...}", act: "see_drafts", serve: (*call).acceptParity},
	}
}

// letters lists the letters of the office of which the reader may know.
func (c *call) letters() answer {
	all, err := c.d.house.Letters(c.ctx(), c.who.Office)
	if err != nil {
		return c.failed(err)
	}
	standings, err := c.standings()
	if err != nil {
		return c.failed(err)
	}
	var rows []letters.Row
	for _, l := range all {
		d := dossier{Reference: l.Reference, Draft: l.Draft, Drafter: l.Drafter, Stage: string(l.Stage)}
		if d.sight, err = c.sees(d); err != nil {
			return c.failed(err)
		}
		if d.sight == nothing {
			continue
		}
		row := letters.Row{Reference: l.Reference, Type: l.Draft.Type, Stage: d.Stage, Standing: standings[l.Reference], Drafter: l.Drafter, Started: l.CreatedAt}
		row.Title, row.TitleLang = shared.TitleOf(l.Draft, c.lang)
		for _, t := range l.Draft.Texts {
			row.Langs = append(row.Langs, t.Lang)
		}
		rows = append(rows, row)
	}
	q := c.URL.Query()
	page, _ := strconv.Atoi(q.Get("page")) // 0 is the first
	v := letters.Build(rows, letters.Query{
		Words: q.Get("q"), Stage: q.Get("stage"), Standing: register.Standing(q.Get("standing")), Lang: letter.Lang(q.Get("lang")), Page: page,
	})
	v.MayStart = c.may("start_draft")
	return view(letters.Page, v, c.printer.T("desk.letters.title"), "/desk/letters", "letters")
}

// paper shows one letter.
func (c *call) paper() answer {
	d, err := c.dossier(title)
	if err != nil {
		return c.failed(err)
	}
	return c.showPaper(d, paper.Ask{})
}

// showPaper shows a letter, with a form for clearances as it was filled in.
func (c *call) showPaper(d dossier, ask paper.Ask) answer {
	v, err := c.paperView(d, ask)
	if err != nil {
		return c.failed(err)
	}
	return view(paper.Page, v, string(d.Reference), deskPath("letter", d.Reference), "letters")
}

// deskPath is the path of what is done with a letter. Segments of a reference stay
// as they are: they need no escape.
func deskPath(what string, ref letter.Ref) string { return "/desk/" + what + "/" + string(ref) }

// revisions shows what changed between two revisions, or since one.
func (c *call) revisions() answer {
	d, err := c.dossier(whole)
	if err != nil {
		return c.failed(err)
	}
	revs, err := c.d.house.Revisions(c.ctx(), c.who.Office, d.Reference)
	if err != nil {
		return c.failed(err)
	}
	q := c.URL.Query()
	before, from, okFrom := revisionOf(revs, d.Draft, q.Get("from"))
	now, to, okTo := revisionOf(revs, d.Draft, q.Get("to"))
	if !okFrom || !okTo {
		return c.notFound()
	}
	v := revisions.Build(c.printer, before, now)
	v.Reference, v.From, v.To, v.Draft = d.Reference, from, to, d.Stage != "issued" && d.Stage != "closed"
	for _, r := range revs {
		v.All = append(v.All, r.Number)
	}
	return view(revisions.Page, v, c.printer.T("desk.revisions.changes")+" "+string(d.Reference), deskPath("revisions", d.Reference), "letters")
}

// revisionOf returns the content of a revision by its number; of "0" and of
// nothing that of the draft.
func revisionOf(revs []office.Revision, draft letter.Content, number string) (letter.Content, uint32, bool) {
	if number == "" || number == "0" {
		return draft, 0, true
	}
	i := slices.IndexFunc(revs, func(r office.Revision) bool { return strconv.FormatUint(uint64(r.Number), 10) == number })
	if i < 0 {
		return letter.Content{}, 0, false
	}
	return revs[i].Content, revs[i].Number, true
}

// setAnswers sets what a sealed revision tells who presents its words.
func (c *call) setAnswers() answer {
	d, err := c.dossier(title)
	if err != nil {
		return c.failed(err)
	}
	revision, err := strconv.ParseUint(c.FormValue("revision"), 10, 32)
	if err != nil {
		return c.notFound()
	}
	if err := c.d.house.SetAnswers(c.ctx(), c.who.Office, c.who.ID, d.Reference, uint32(revision), office.Answers(c.FormValue("answers"))); err != nil {
		return c.failed(err)
	}
	return c.done(deskPath("letter", d.Reference), "answers")
}

// acceptParity leaves a difference between the languages as it is.
func (c *call) acceptParity() answer {
	d, err := c.dossier(whole)
	if err != nil {
		return c.failed(err)
	}
	if err := c.d.house.AcceptParity(c.ctx(), c.who.Office, c.who.ID, d.Reference, c.FormValue("finding"), c.FormValue("reason")); err != nil {
		return c.failed(err)
	}
	return c.done(deskPath("letter", d.Reference), "accepted")
}

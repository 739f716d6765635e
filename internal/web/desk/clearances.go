package desk

import (
	"strconv"
	"strings"

	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/web/desk/pages/paper"
)

func (d *Desk) clearanceRoutes() []route {
	return []route{
		{pattern: "POST /desk/clearance-ask/{ref...}", act: "ask_clearance", serve: (*call).askClearance},
		// Whose answer counts is for package office to say: officers who were asked
		// answer as well as clearers.
		{pattern: "POST /desk/clearance-answer/{ref...}", act: "see_drafts", serve: (*call).answerClearance},
		{pattern: "POST /desk/clearance-settle/{ref...}", act: "see_drafts", serve: (*call).settleClearance},
	}
}

// askClearance asks somebody to clear the draft.
func (c *call) askClearance() answer {
	d, err := c.dossier(whole)
	if err != nil {
		return c.failed(err)
	}
	ask := paper.Ask{Of: strings.TrimSpace(c.FormValue("of")), Note: strings.TrimSpace(c.FormValue("note")), Due: c.FormValue("due"), Outside: c.FormValue("outside") != ""}
	due, err := formTime(ask.Due)
	if err != nil {
		ask.Wrong = "desk.wrong.time"
		return c.againPaper(d, ask, err)
	}
	_, err = c.d.house.AskClearance(c.ctx(), c.who.Office, c.who.ID, d.Reference, office.ClearanceAsked{Of: ask.Of, Outside: ask.Outside, Due: due, Note: ask.Note})
	switch kind.Of(err) {
	case kind.Invalid, kind.Conflict:
		ask.Wrong, ask.Why = "desk.wrong.ask", c.told(err)
		return c.againPaper(d, ask, err)
	case kind.Unknown, kind.NotFound, kind.Forbidden, kind.Unavailable:
	}
	if err != nil {
		return c.failed(err)
	}
	return c.done(deskPath("letter", d.Reference), "asked")
}

// againPaper shows a letter's page once more, with what was typed.
func (c *call) againPaper(d dossier, ask paper.Ask, err error) answer {
	a := c.showPaper(d, ask)
	a.status = problemStatus(err)
	return a
}

// answerClearance keeps what a clearer says.
func (c *call) answerClearance() answer {
	d, id, err := c.clearance()
	if err == nil {
		err = c.d.house.AnswerClearance(c.ctx(), c.who.Office, c.by(), d.Reference, id, office.ClearanceAnswer(c.FormValue("answer")), strings.TrimSpace(c.FormValue("comment")))
	}
	if err != nil {
		return c.failed(err)
	}
	return c.done(deskPath("letter", d.Reference), "answered")
}

// settleClearance ends what a clearance holds up.
func (c *call) settleClearance() answer {
	d, id, err := c.clearance()
	if err == nil {
		err = c.d.house.SettleClearance(c.ctx(), c.who.Office, c.by(), d.Reference, id, office.Settlement(c.FormValue("how")), strings.TrimSpace(c.FormValue("reason")))
	}
	if err != nil {
		return c.failed(err)
	}
	return c.done(deskPath("letter", d.Reference), "settled")
}

// clearance returns the letter and the number of the clearance that a form is
// about.
func (c *call) clearance() (dossier, int64, error) {
	d, err := c.dossier(whole)
	if err != nil {
		return d, 0, err
	}
	id, err := strconv.ParseInt(c.FormValue("id"), 10, 64)
	if err != nil {
		return d, 0, kind.NotFound.Errorf("no clearance %.20q", c.FormValue("id"))
	}
	return d, id, nil
}
